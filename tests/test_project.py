"""The project's own rules: addresses, dependencies, and who may import whom."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from scripts import frontends

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "lstm_lessons"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# What a module may import from the package. Nothing at all may import panel or console.
ARROWS = {  # what a module may import of the package
    "__init__": {"cells", "gradients"},
    "cells": set(),
    "gradients": {"cells"},
    "pictures": {"cells"},
    "panel": {"cells", "gradients", "pictures"},
    "console": {"cells", "gradients", "pictures"},
    "guess": {"cells", "pictures"},
    "checks": {"cells", "gradients"},
    "stack": {"cells"},
    "train": {"cells", "stack"},
    "tasks": {"cells"},
    "baselines": {"cells"},
}
WIDGETS = {"ipywidgets", "anywidget"}
KNOW_WIDGETS = {"panel", "console", "guess"}
DRAW = {"pictures", "panel", "console"}
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


def run(*command, cwd=ROOT):
    return subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True)


# --- the address


@pytest.fixture
def copy(tmp_path):
    """A project with nothing in it but what stamp.py reads."""
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/stamp.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_readme_shows_the_address_that_stands_in_pyproject():
    checked = run("scripts/stamp.py", "--check")
    assert checked.returncode == 0, checked.stderr


def test_a_stale_readme_is_reported_by_name_and_then_mended(copy):
    pyproject = (copy / "pyproject.toml").read_text(encoding="utf-8")
    address = PROJECT["urls"]["Repository"]
    moved = pyproject.replace(address, "https://github.com/somebody/elsewhere")
    (copy / "pyproject.toml").write_text(moved, encoding="utf-8")

    checked = run("scripts/stamp.py", "--check", cwd=copy)
    assert checked.returncode == 1
    assert "README.md" in checked.stderr

    assert run("scripts/stamp.py", cwd=copy).returncode == 0
    assert run("scripts/stamp.py", "--check", cwd=copy).returncode == 0
    readme = (copy / "README.md").read_text(encoding="utf-8")
    assert "git clone https://github.com/somebody/elsewhere\ncd elsewhere\n" in readme
    assert address not in readme


@pytest.mark.parametrize("lost", ["<!-- address: badges -->", "<!-- address: clone -->"])
def test_a_readme_without_the_markers_is_an_error(copy, lost):
    readme = (copy / "README.md").read_text(encoding="utf-8")
    (copy / "README.md").write_text(readme.replace(lost, ""), encoding="utf-8")
    checked = run("scripts/stamp.py", cwd=copy)
    assert checked.returncode == 1
    assert lost in checked.stderr


# --- dependencies


def test_the_package_needs_five_others_and_no_more():
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert names == {"numpy", "matplotlib", "ipywidgets", "anywidget", "tqdm"}


def test_dependencies_are_ranges_and_not_pins():
    extras = PROJECT["optional-dependencies"].values()
    for line in [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]:
        requirement = Requirement(line)
        if requirement.name == PROJECT["name"]:
            continue
        operators = {part.operator for part in requirement.specifier}
        assert ">=" in operators, f"{line}: say the oldest version that works"
        assert not operators & {"==", "===", "~="}, f"{line}: a pin"


def test_conda_and_pip_install_the_same_ranges():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    conda = {line.strip().removeprefix("- ").replace("-base", "") for line in lines}
    wanted = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"]}
    assert wanted <= conda


def test_binder_is_told_one_python_which_the_package_supports_and_the_front_ends_test():
    # repo2docker reads no other form than this, and takes a Python of its own choice instead.
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    (line,) = re.findall(r"^  - python\b(?!-).*$", text, re.MULTILINE)
    told = re.fullmatch(r"  - python=(\d+)\.(\d+)", line)
    assert told, f"{line.strip()!r} is not of the form '- python=3.12'"
    assert f"{told[1]}.{told[2]}" in SpecifierSet(PROJECT["requires-python"])
    assert (int(told[1]), int(told[2])) == frontends.PYTHON["binder"]


# --- arrows


def imports(module):
    """Every module that this one imports: dotted names, those of the package as `lstm_lessons.x`.

    What `__init__` imports inside a function comes only when it is asked for, and is left out.
    """
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    if module == "__init__":
        functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        lazy = {inner for function in functions for inner in ast.walk(function)}
        nodes = [node for node in nodes if node not in lazy]
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inside = "lstm_lessons" if node.level else ""
            start = ".".join(filter(None, [inside, node.module]))
            names |= {start} | {f"{start}.{alias.name}" for alias in node.names}
    return names


def from_package(module):
    names = (name.split(".") for name in imports(module))
    return {name[1] for name in names if name[0] == "lstm_lessons" and name[1:]} & set(MODULES)


def from_others(module):
    return {name.split(".")[0] for name in imports(module)}


@pytest.mark.parametrize("module", MODULES)
def test_the_arrows_point_one_way(module):
    assert from_package(module) <= ARROWS[module]


@pytest.mark.parametrize("module", MODULES)
def test_nothing_imports_the_panel_or_the_console(module):
    assert not from_package(module) & {"panel", "console"}


@pytest.mark.parametrize("module", MODULES)
def test_only_what_a_reader_operates_knows_widgets(module):
    assert module in KNOW_WIDGETS or not from_others(module) & WIDGETS


@pytest.mark.parametrize("module", MODULES)
def test_only_what_draws_imports_matplotlib_and_nothing_imports_pyplot(module):
    assert module in DRAW or "matplotlib" not in from_others(module)
    assert not {"matplotlib.pyplot", "pylab", "matplotlib.pylab"} & imports(module)


def test_importing_the_package_loads_neither_matplotlib_nor_widgets():
    loaded = run("-c", "import sys, lstm_lessons; print(*sys.modules)")
    assert loaded.returncode == 0, loaded.stderr
    assert not {"matplotlib", "ipywidgets", "anywidget"} & set(loaded.stdout.split())
