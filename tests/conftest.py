"""Where Chromium and node are, and a plain statement at the end if one of them is missing."""

import os
import shutil

import pytest

not_tested = pytest.StashKey[list[str]]()


def pytest_configure(config):
    config.stash[not_tested] = []


@pytest.fixture(scope="session")
def chromium(pytestconfig) -> str:
    """The path of Chromium or Chrome."""
    names = ["chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium"]
    return _program(pytestconfig, "Chromium", [os.environ.get("CHROMIUM"), *names], "the browser")


@pytest.fixture(scope="session")
def node(pytestconfig) -> str:
    """The path of node, which runs the JavaScript without a browser."""
    return _program(pytestconfig, "node", ["node", "nodejs"], "the JavaScript")


def _program(config, program, names, part):
    path = next(filter(None, (shutil.which(name) for name in names if name)), None)
    if path:
        return path
    reason = f"{part} was NOT tested: {program} is missing"
    config.stash[not_tested].append(reason)
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter, config):
    yield  # everything else first: this must not scroll away
    for reason in config.stash[not_tested]:
        terminalreporter.write_line(reason[0].upper() + reason[1:] + ".", yellow=True, bold=True)
