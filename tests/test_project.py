"""The project's own rules: what is stamped, how the package is fetched, and what it needs."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from lstm_lessons.course import LESSONS
from scripts import stamp

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]


# --- what is stamped

OLD = stamp.address()


@pytest.fixture
def moved(tmp_path):
    """A project with one small lesson, whose address has changed since it was stamped."""
    shutil.copy(ROOT / "README.md", tmp_path)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    new = text.replace(OLD, "somebody/elsewhere")
    (tmp_path / "pyproject.toml").write_text(new, encoding="utf-8")
    cells = [nbformat.v4.new_markdown_cell(metadata={"tags": ["links"]})]
    cells += [nbformat.v4.new_code_cell(metadata={"tags": ["bootstrap"]})]
    cells += [nbformat.v4.new_code_cell("print('mine')")]
    (tmp_path / "notebooks").mkdir()
    lesson = tmp_path / "notebooks" / "small.ipynb"
    text = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    lesson.write_text(stamp.stamped_lesson(text, lesson, OLD), encoding="utf-8")
    return SimpleNamespace(root=tmp_path, readme=tmp_path / "README.md", lesson=lesson)


def test_the_readme_and_the_lessons_show_what_stands_elsewhere():
    assert stamp.stamp(ROOT, check=True) == []


def test_what_is_stale_is_named_and_then_mended_and_nothing_else_is_touched(moved):
    files = [moved.readme, moved.lesson]
    before = [path.read_text(encoding="utf-8") for path in files]
    assert stamp.stamp(moved.root, check=True) == ["README.md", "small.ipynb"]
    assert [path.read_text(encoding="utf-8") for path in files] == before
    assert stamp.stamp(moved.root, check=False) == ["README.md", "small.ipynb"]
    assert stamp.stamp(moved.root, check=True) == []
    readme, lesson = (path.read_text(encoding="utf-8") for path in files)
    assert "git clone https://github.com/somebody/elsewhere\ncd elsewhere\n" in readme
    assert "git+https://github.com/somebody/elsewhere" in lesson
    assert OLD not in readme + lesson and OLD.split("/")[0].lower() not in lesson.lower()
    back = stamp.stamped_readme(readme, OLD), stamp.stamped_lesson(lesson, moved.lesson, OLD)
    assert list(back) == before


@pytest.mark.parametrize("lost", ["<!-- address: clone -->", "<!-- lessons -->", '"bootstrap"'])
def test_a_place_for_a_stamp_that_is_missing_is_an_error(moved, lost):
    for path in (moved.readme, moved.lesson):
        path.write_text(path.read_text(encoding="utf-8").replace(lost, '""'), encoding="utf-8")
    with pytest.raises(SystemExit, match=f"{lost.strip(chr(34))}.* not 0"):
        stamp.stamp(moved.root, check=False)


def test_the_course_lists_the_notebooks_that_there_are():
    stored = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert [lesson.notebook for lesson in LESSONS] == stored


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


@pytest.mark.parametrize(
    ("where", "asked", "lines"),
    [
        ("here", [], 0),  # nothing behind the back of a reader with a Python of their own
        ("colab", [("pip", "install -q --no-deps git+HERE")], 0),
        ("emscripten", [("pip", "install -q lstm-lessons")], 1),  # which takes a while
    ],
)
def test_where_the_package_is_missing_it_is_fetched_from_where_it_fits(
    fetch, where, asked, lines, capsys
):
    assert fetch(where) == asked
    assert capsys.readouterr().out.count("\n") == lines


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
