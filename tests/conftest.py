"""Chromium and node, a server, and a plain statement at the end of what could not be had."""

import os
import shutil
import threading
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

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


@pytest.fixture(scope="session")
def untested(pytestconfig):
    """Call it with a reason to skip what needs a thing that cannot be had here."""
    return partial(_untested, pytestconfig)


class _Quiet(SimpleHTTPRequestHandler):
    # Not the machine's idea of these: WebAssembly and modules need the right one.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_):
        pass


@contextmanager
def _served(folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def serve():
    """Call it with a folder to have it served on this machine; it returns the address."""
    with ExitStack() as servers:
        yield lambda folder: servers.enter_context(_served(folder))


def _program(config, program, names, part):
    path = next(filter(None, (shutil.which(name) for name in names if name)), None)
    return path or _untested(config, f"{part} was NOT tested: {program} is missing")


def _untested(config, reason):
    config.stash[not_tested].append(reason)
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter, config):
    yield  # everything else first: this must not scroll away
    for reason in config.stash[not_tested]:
        terminalreporter.write_line(reason[0].upper() + reason[1:] + ".", yellow=True, bold=True)
