"""The project's own rules: addresses, dependencies, and who may import whom."""

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from scripts import frontends, stamp

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
    "checks": {"cells", "gradients", "tasks"},
    "progress": {"checks", "pictures"},
    "stack": {"cells"},
    "train": {"cells", "stack"},
    "tasks": {"cells"},
    "baselines": {"cells"},
}
WIDGETS = {"ipywidgets", "anywidget"}
KNOW_WIDGETS = {"panel", "console", "guess", "progress"}
DRAW = {"pictures", "panel", "console"}
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


def run(*command, cwd=ROOT):
    return subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, text=True)


# --- the address


NEW = "somebody/elsewhere"
OLD = PROJECT["urls"]["Repository"].removeprefix("https://github.com/")


@pytest.fixture
def copy(tmp_path):
    """A project with nothing in it but what stamp.py reads."""
    for name in ("scripts/stamp.py", "pyproject.toml", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    links = nbformat.v4.new_markdown_cell(metadata={"tags": ["links"]})
    bootstrap = nbformat.v4.new_code_cell(metadata={"tags": ["bootstrap", "hide-input"]})
    other = nbformat.v4.new_code_cell("print('mine')")
    notebook = nbformat.v4.new_notebook(cells=[links, bootstrap, other])
    path = tmp_path / "notebooks" / "small.ipynb"
    path.parent.mkdir()
    path.write_text(stamp.stamped_lesson(nbformat.writes(notebook), path), encoding="utf-8")
    return tmp_path


def moves(copy):
    """Have the project at another address."""
    pyproject = (copy / "pyproject.toml").read_text(encoding="utf-8")
    (copy / "pyproject.toml").write_text(pyproject.replace(OLD, NEW), encoding="utf-8")


def lesson_of(copy):
    return nbformat.read(copy / "notebooks" / "small.ipynb", as_version=4)


def put(copy, notebook):
    nbformat.write(notebook, copy / "notebooks" / "small.ipynb")


def test_the_readme_and_the_lessons_show_the_address_that_stands_in_pyproject():
    checked = run("scripts/stamp.py", "--check")
    assert checked.returncode == 0, checked.stderr


def test_what_shows_the_address_already_is_left_as_it_is(copy):
    paths = [copy / "README.md", copy / "notebooks" / "small.ipynb"]
    before = [path.read_bytes() for path in paths]
    for options in ([], ["--check"]):
        done = run("scripts/stamp.py", *options, cwd=copy)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.read_bytes() for path in paths] == before


def test_a_stale_readme_is_reported_by_name_and_then_mended(copy):
    moves(copy)
    checked = run("scripts/stamp.py", "--check", cwd=copy)
    assert checked.returncode == 1
    assert "README.md" in checked.stderr

    assert run("scripts/stamp.py", cwd=copy).returncode == 0
    assert run("scripts/stamp.py", "--check", cwd=copy).returncode == 0
    readme = (copy / "README.md").read_text(encoding="utf-8")
    assert "git clone https://github.com/somebody/elsewhere\ncd elsewhere\n" in readme
    assert OLD not in readme


@pytest.mark.parametrize("lost", ["<!-- address: badges -->", "<!-- address: clone -->"])
def test_a_readme_without_the_markers_is_an_error(copy, lost):
    readme = (copy / "README.md").read_text(encoding="utf-8")
    (copy / "README.md").write_text(readme.replace(lost, ""), encoding="utf-8")
    checked = run("scripts/stamp.py", cwd=copy)
    assert checked.returncode == 1
    assert lost in checked.stderr


@pytest.mark.parametrize("stale", [0, 1], ids=["links", "bootstrap"])
def test_a_stale_lesson_is_reported_by_name_and_then_mended(copy, stale):
    fresh = lesson_of(copy)
    notebook = lesson_of(copy)
    notebook.cells[stale].source += "\nmore"
    put(copy, notebook)

    checked = run("scripts/stamp.py", "--check", cwd=copy)
    assert checked.returncode == 1
    assert "small.ipynb" in checked.stderr and "README.md" not in checked.stderr
    assert lesson_of(copy) == notebook

    mended = run("scripts/stamp.py", cwd=copy)
    assert (mended.returncode, mended.stdout) == (0, "Written: small.ipynb.\n")
    assert lesson_of(copy) == fresh
    assert run("scripts/stamp.py", "--check", cwd=copy).returncode == 0


def test_a_lesson_that_has_moved_shows_the_new_address_and_nothing_of_the_old_one(copy):
    moves(copy)
    assert run("scripts/stamp.py", cwd=copy).returncode == 0
    links, bootstrap, other = (cell.source for cell in lesson_of(copy).cells)
    to = stamp.places(NEW, "small")
    for name in ("lite", "colab", "binder", "page"):
        assert f"({to[name]})" in links
    assert f"git+https://github.com/{NEW}\n" in bootstrap
    assert other == "print('mine')"
    owner = OLD.split("/")[0]
    text = (copy / "notebooks" / "small.ipynb").read_text(encoding="utf-8")
    assert owner.lower() not in text.lower()


@pytest.mark.parametrize("times", [0, 2])
@pytest.mark.parametrize("tag", ["links", "bootstrap"])
def test_a_lesson_without_just_one_cell_of_each_tag_is_an_error(copy, tag, times):
    notebook = lesson_of(copy)
    (place,) = (k for k, cell in enumerate(notebook.cells) if tag in cell.metadata.get("tags", []))
    twice = notebook.cells[place].copy()
    twice["id"] = "twice"
    notebook.cells[place : place + 1] = [notebook.cells[place], twice][:times]
    put(copy, notebook)
    done = run("scripts/stamp.py", cwd=copy)
    assert done.returncode == 1
    assert "small.ipynb" in done.stderr and f"tag {tag}, not {times}" in done.stderr
    assert lesson_of(copy) == notebook


# --- the cell that fetches the package


@pytest.fixture
def fetch(monkeypatch):
    """Run that cell somewhere else, and get the magics that it asks for."""

    def fetch(where, installed=False):
        asked = []
        ipython = SimpleNamespace(run_line_magic=lambda *magic: asked.append(magic))
        code = TransformerManager().transform_cell(stamp.BOOTSTRAP.format(repository="HERE"))
        with monkeypatch.context() as pretend:
            pretend.delitem(sys.modules, "google.colab", raising=False)
            if where == "colab":
                pretend.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
            if not installed:
                pretend.setattr(importlib.util, "find_spec", {"lstm_lessons": None}.__getitem__)
            if where == "emscripten":
                pretend.setattr(sys, "platform", "emscripten")
            exec(code, {"get_ipython": lambda: ipython})
        return asked

    return fetch


@pytest.mark.parametrize("where", ["here", "colab", "emscripten"])
def test_where_the_package_is_installed_nothing_is_fetched_and_nothing_said(fetch, where, capsys):
    assert fetch(where, installed=True) == []
    assert capsys.readouterr() == ("", "")


def test_nothing_is_installed_behind_the_back_of_a_reader_with_a_python_of_their_own(fetch, capsys):
    assert fetch("here") == []
    assert capsys.readouterr() == ("", "")


def test_colab_takes_the_package_from_the_repository_and_keeps_the_versions_it_has(fetch, capsys):
    assert fetch("colab") == [("pip", "install -q --no-deps git+HERE")]
    assert capsys.readouterr() == ("", "")


def test_a_browser_alone_takes_the_package_from_the_site_and_says_that_it_takes_a_while(
    fetch, capsys
):
    assert fetch("emscripten") == [("pip", "install -q lstm-lessons")]
    assert capsys.readouterr().out.count("\n") == 1


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
