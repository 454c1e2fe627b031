"""What is stamped: the address, or none, the course's list, and the cell that fetches the package."""

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
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from lstm_lessons.course import LESSONS
from scripts import stamp

ROOT = Path(__file__).parent.parent

# --- what is stamped

NOWHERE = re.compile(r"OWNER|github\.io|colab\.research|mybinder\.org|github\.com/\S*lstm-lessons")
SLUGS = [None, "somebody/elsewhere"]


@pytest.fixture
def project(tmp_path):
    """The project's files that are stamped; the lessons are short, and have never been stamped."""
    for name in ("README.md", "pyproject.toml", "CITATION.cff"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "notebooks").mkdir()
    for lesson in LESSONS:
        cells = [nbformat.v4.new_markdown_cell(metadata={"tags": ["links"]})]
        cells += [nbformat.v4.new_code_cell(metadata={"tags": ["bootstrap"]})]
        cells += [nbformat.v4.new_code_cell("print('mine')")]
        cells += [nbformat.v4.new_markdown_cell(metadata={"tags": ["next"]})]
        text = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
        (tmp_path / "notebooks" / f"{lesson.notebook}.ipynb").write_text(text, encoding="utf-8")
    stamp.set_address("", tmp_path)
    return tmp_path


def texts(project):
    return {path: path.read_text(encoding="utf-8") for path in sorted(project.glob("**/*.*"))}


def test_the_readme_and_the_lessons_show_what_stands_elsewhere():
    assert stamp.stamp(ROOT, check=True) == []


def test_what_is_stale_is_named_and_then_mended(project):
    before = texts(project)
    stale = stamp.stamp(project, check=True)
    assert stale[-len(LESSONS) :] == [f"{lesson.notebook}.ipynb" for lesson in LESSONS]
    assert texts(project) == before
    assert stamp.stamp(project, check=False) == stale
    assert stamp.stamp(project, check=True) == []
    assert all(
        "print('mine')" in text for path, text in texts(project).items() if "ipynb" in path.name
    )


def test_without_an_address_nothing_leads_nowhere(project):
    stamp.stamp(project, check=False)
    assert stamp.address(project) is None
    for path, text in texts(project).items():
        assert not NOWHERE.search(text), path


def test_an_address_is_set_everywhere_changed_and_taken_away_again(project):
    stamp.stamp(project, check=False)
    bare = texts(project)
    stamp.set_address("first/one", project)
    stamp.stamp(project, check=False)
    stamp.set_address("somebody/elsewhere", project)
    assert "README.md" in stamp.stamp(project, check=False)
    found = texts(project)
    assert stamp.address(project) == "somebody/elsewhere"
    assert not any("first" in text and "first/one" in text for text in found.values())
    readme, lesson = found[project / "README.md"], found[min(project.glob("notebooks/*"))]
    assert "git clone https://github.com/somebody/elsewhere\ncd elsewhere\n" in readme
    assert "git+https://github.com/somebody/elsewhere@main" in lesson
    citation = found[project / "CITATION.cff"]
    assert "\nrepository-code: https://github.com/somebody/elsewhere\n" in citation
    assert "https://somebody.github.io/elsewhere/lite/notebooks/index.html?path=01_" in lesson
    stamp.set_address("", project)
    stamp.stamp(project, check=False)
    assert texts(project) == bare


@pytest.mark.parametrize("slug", ["elsewhere", "https://github.com/a/b", "a/b/c", "a/b c"])
def test_what_is_no_address_is_refused_with_a_sentence(project, slug):
    before = texts(project)
    with pytest.raises(SystemExit, match=f"got '{slug}', expected OWNER/NAME"):
        stamp.set_address(slug, project)
    assert texts(project) == before


@pytest.mark.parametrize(
    ("lost", "said"), [("<!-- address: clone -->", "clone"), ("<!-- lessons -->", "lessons")]
)
def test_a_place_in_the_readme_that_is_missing_is_an_error(project, lost, said):
    path = project / "README.md"
    path.write_text(path.read_text(encoding="utf-8").replace(lost, ""), encoding="utf-8")
    with pytest.raises(SystemExit, match=f"{said}.* not 0"):
        stamp.stamp(project, check=False)


@pytest.mark.parametrize("tag", ["links", "bootstrap", "next"])
def test_a_cell_that_is_missing_is_an_error(project, tag):
    path = max(project.glob("notebooks/*"))
    path.write_text(
        path.read_text(encoding="utf-8").replace(f'"{tag}"', '"other"'), encoding="utf-8"
    )
    with pytest.raises(SystemExit, match=f"{path.stem} must have one cell tagged {tag}, not 0"):
        stamp.stamp(project, check=False)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.notebook)
def test_a_lesson_ends_with_the_way_on_and_says_how_long_it_takes(lesson):
    cells = nbformat.read(ROOT / "notebooks" / f"{lesson.notebook}.ipynb", as_version=4).cells
    assert cells[-1].id == f"lesson-{lesson.number}-next"
    assert cells[-1].metadata.tags == ["next"]
    paths = re.findall(r"\]\(([^)]+)\)", cells[-1].source)
    assert paths and all((ROOT / "notebooks" / path).exists() for path in paths)
    (links,) = [cell.source for cell in cells if "links" in cell.metadata.get("tags", [])]
    assert 20 <= int(re.match(r"About (\d+) minutes, exercises included\.", links)[1]) <= 165


def test_minutes_are_counted_from_words_code_things_to_drag_and_exercises():
    markdown, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    cells = [
        markdown("word " * 2000 + "\n| cell " * 900),
        code("x = 1\n" * 120),
        code("a = ...\nsum_up.check(a)"),
    ]
    cells += [code("GateConsole()"), code("half = Guess(**GUESSES['half'])\nhalf")]
    own = len(cells)
    cells += [code("sum_up.solution(3)", metadata={"jupyter": {"source_hidden": True}})]
    cells += [markdown("word " * 2000, metadata={"tags": ["links"]})]
    assert stamp.minutes(nbformat.v4.new_notebook(cells=cells[:1])) == 10
    assert stamp.minutes(nbformat.v4.new_notebook(cells=cells[:2])) == 20
    assert stamp.minutes(nbformat.v4.new_notebook(cells=cells[:3])) == 25
    assert stamp.minutes(nbformat.v4.new_notebook(cells=cells[:own])) == 30
    assert stamp.minutes(nbformat.v4.new_notebook(cells=cells)) == 30


def test_the_course_lists_the_notebooks_that_there_are():
    stored = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert [lesson.notebook for lesson in LESSONS] == stored


# --- the cell that fetches the package

PIP = "-q --no-deps git+https://github.com/somebody/elsewhere@main"


@pytest.fixture
def fetch(monkeypatch):
    """Run that cell somewhere else, and get the magics that it asks for."""

    def fetch(where, slug, installed=False):
        asked, names = [], {}

        def magic(name, line):
            asked.append((name, line.format(**names)))  # IPython fills in names as well

        names["get_ipython"] = lambda: SimpleNamespace(run_line_magic=magic)
        code = TransformerManager().transform_cell(stamp.bootstrap(slug))
        with monkeypatch.context() as pretend:
            pretend.delitem(sys.modules, "google.colab", raising=False)
            if where == "colab":
                pretend.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
            if not installed:
                pretend.setattr(importlib.util, "find_spec", {"lstm_lessons": None}.__getitem__)
            if where == "emscripten":
                pretend.setattr(sys, "platform", "emscripten")
            exec(code, names)
        return asked

    return fetch


@pytest.mark.parametrize("slug", SLUGS)
def test_the_cell_is_as_the_formatter_leaves_it_and_no_longer_than_others(slug, tmp_path):
    path = tmp_path / "cell.ipynb"
    cells = [nbformat.v4.new_code_cell(stamp.bootstrap(slug))]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    command = [sys.executable, "-m", "ruff", "format", "--check", f"--config={ROOT}/pyproject.toml"]
    assert subprocess.run([*command, path], capture_output=True).returncode == 0
    assert len(cells[0].source.splitlines()) <= 12


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("where", ["here", "colab", "emscripten"])
def test_where_the_package_is_installed_nothing_is_fetched_and_nothing_said(
    fetch, where, slug, capsys
):
    assert fetch(where, slug, installed=True) == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("where", "slug", "asked", "lines"),
    [
        ("colab", SLUGS[1], [("pip", f"install {PIP}")], 0),
        ("emscripten", SLUGS[1], [("pip", "install -q lstm-lessons")], 1),  # which takes a while
        ("emscripten", None, [("pip", "install -q lstm-lessons")], 1),
    ],
)
def test_where_the_package_is_missing_it_is_fetched_from_where_it_fits(
    fetch, where, slug, asked, lines, capsys
):
    assert fetch(where, slug) == asked
    assert capsys.readouterr().out.count("\n") == lines


@pytest.mark.parametrize(
    ("where", "slug", "how"),
    [
        ("here", SLUGS[1], r"%pip install git\+https://github.com/somebody/elsewhere@main$"),
        ("here", None, "`make lab`, in its folder.$"),
        ("colab", None, "`make lab`, in its folder.$"),
    ],
)
def test_where_it_cannot_be_fetched_unasked_one_sentence_says_how_to_get_it(
    fetch, where, slug, how
):
    with pytest.raises(SystemExit, match="The package is missing here. .*" + how):
        fetch(where, slug)


def test_that_sentence_is_all_that_a_reader_sees_and_no_other_cell_runs():
    cells = [nbformat.v4.new_code_cell(stamp.bootstrap(None)), nbformat.v4.new_code_cell("1 / 0")]
    cells[0].source = cells[0].source.replace('"lstm_lessons"', '"not_installed_anywhere"')
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, kernel_name="python3").execute()
    errors = [output for output in cells[0].outputs if output.output_type == "error"]
    assert [error.ename for error in errors] == ["SystemExit"]
    assert len(errors[0].traceback) <= 2 and "File" not in "".join(errors[0].traceback)
    assert cells[1].outputs == []
