"""The project's own rules: what the package needs, and what its workflows run."""

import re
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]


# --- dependencies


def test_what_the_package_imports_of_others_is_what_it_says_it_needs():
    texts = [path.read_text() for path in (ROOT / "src" / "lstm_lessons").rglob("*.py")]
    words = re.compile(r"^\s*(?:from|import) (\w+)(?= import\b|\.| as\b|,|$)", re.MULTILINE)
    found = {word for text in texts for word in words.findall(text)} - sys.stdlib_module_names
    called = {"PIL": "pillow", "IPython": "ipython"}
    found = {called.get(name, name) for name in found - {"lstm_lessons"}}
    assert found == {requirement.name for requirement in NEEDED}


def test_dependencies_are_ranges_and_not_pins():
    extras = PROJECT["optional-dependencies"].values()
    for requirement in [*NEEDED, *(Requirement(line) for extra in extras for line in extra)]:
        operators = {part.operator for part in requirement.specifier}
        if requirement.name != PROJECT["name"]:
            assert ">=" in operators, f"{requirement}: say the oldest version that works"
            assert not operators & {"==", "===", "~="}, f"{requirement}: a pin"


def test_conda_and_pip_install_the_same_ranges():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    conda = {line.strip().removeprefix("- ").replace("-base", "") for line in lines}
    assert {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]} <= conda


def test_binder_is_told_one_python_which_the_package_supports_and_the_front_ends_test():
    # repo2docker reads no other form than this, and takes a Python of its own choice instead.
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    (told,) = re.findall(r"^  - python=(\d+\.\d+)$", text, re.MULTILINE)
    assert told in SpecifierSet(PROJECT["requires-python"])
    assert f'@nox.session(python="{told}")\ndef binder' in (ROOT / "noxfile.py").read_text()


@pytest.mark.parametrize("name", ["colab", "binder"])
def test_what_a_front_end_has_is_in_the_ranges_and_colab_has_all(name):
    lines = (ROOT / "tests" / "frontends" / f"{name}.txt").read_text().splitlines()
    pins = {pin.name: pin for pin in map(Requirement, (x for x in lines if x and x[0] != "#"))}
    for needed in NEEDED:
        assert needed.name in pins or name != "colab", f"Colab's list lacks {needed.name}"
        for part in pins[needed.name].specifier if needed.name in pins else []:
            assert part.version in needed.specifier


# --- workflows


@pytest.mark.parametrize("path", sorted(ROOT.glob(".github/workflows/*")), ids=lambda p: p.name)
def test_a_workflow_names_actions_by_commit_and_keeps_no_credentials(path):
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert used
    for action, tag in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.match(r" # v\d+\.\d+\.\d+", tag), f"{action}: say which version that is"
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")
