"""`make lab`: the reader's copies of the lessons, and what JupyterLab is started with."""

import json
import os
import shutil

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from scripts import lab
from scripts.jupyter import NOTEBOOKS, ROOT

NAME = "notebooks/01_sequences.ipynb"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with two lessons and a page, and an empty place for copies."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))  # where trust is kept
    root = tmp_path / "project"
    for name in (NAME, "notebooks/02_rnn_limits.ipynb", "docs/CLAIMS.md"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


def bring(project):
    files = [*sorted(project.glob("notebooks/*")), *sorted(project.glob("docs/*"))]
    return lab.bring(project.parent / "mine", files, project)


def change(path, source=None, output=None):
    """Write something into a notebook's first code cell, or have JupyterLab store what it gave."""
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.source = source or cell.source
    if output:
        cell.outputs = [nbformat.v4.new_output("stream", text=output)]
    nbformat.write(notebook, path)


def test_the_first_time_all_is_copied_as_it_is_and_trusted(project):
    mine = project.parent / "mine"
    assert bring(project) == [f"Your copies of the lessons are in {mine}: 3 new."]
    for path in project.rglob("*.*"):
        assert (mine / path.relative_to(project)).read_bytes() == path.read_bytes()
    assert NotebookNotary().check_signature(nbformat.read(mine / NAME, as_version=4))
    assert bring(project) == [f"Your copies of the lessons are in {mine}."]


def test_what_the_reader_wrote_is_kept_and_it_is_said_until_they_have_the_new_version(project):
    bring(project)
    mine = project.parent / "mine" / NAME
    change(mine, source="my = 'answer'")
    assert len(bring(project)) == 1  # nothing to say: there is no new version
    change(project / NAME, source="something = 'new'")
    for _ in range(2):
        _, said = bring(project)
        assert said.startswith("01_sequences.ipynb has a new version. You wrote in yours")
        assert "my = 'answer'" in mine.read_text(encoding="utf-8")
    mine.rename(mine.with_name("old.ipynb"))
    assert bring(project)[0].endswith(": 1 new.")
    assert mine.read_bytes() == (project / NAME).read_bytes()
    assert "my = 'answer'" in mine.with_name("old.ipynb").read_text(encoding="utf-8")


def test_a_copy_that_was_only_run_is_renewed(project):
    bring(project)
    change(project.parent / "mine" / NAME, output="what it gave")
    change(project / NAME, source="something = 'new'")
    assert bring(project)[0].endswith(": 01_sequences.ipynb renewed.")
    copy = project.parent / "mine" / NAME
    assert copy.read_bytes() == (project / NAME).read_bytes()
    assert NotebookNotary().check_signature(nbformat.read(copy, as_version=4))


def test_a_copy_that_is_no_notebook_any_more_is_the_reader_s(project):
    bring(project)
    (project.parent / "mine" / NAME).write_text("not a notebook", encoding="utf-8")
    change(project / NAME, source="something = 'new'")
    assert len(bring(project)) == 2
    assert (project.parent / "mine" / NAME).read_text(encoding="utf-8") == "not a notebook"


@pytest.mark.parametrize("wrote", [False, True])
def test_a_lesson_that_has_another_name_by_now_goes_unless_the_reader_wrote_in_it(project, wrote):
    bring(project)
    copy = project.parent / "mine" / NAME
    if wrote:
        change(copy, source="my = 'answer'")
    (project / NAME).rename(project / "notebooks" / "09_sequences.ipynb")
    bring(project)
    assert copy.exists() is wrote
    assert copy.with_name("09_sequences.ipynb").exists()


def test_the_lesson_saved_last_is_opened_and_at_first_the_first(project):
    files = sorted(project.glob("notebooks/*"))
    bring(project)
    assert lab.last_saved(project.parent / "mine", files, project) == NAME
    second = project.parent / "mine" / "notebooks" / "02_rnn_limits.ipynb"
    os.utime(second)
    assert lab.last_saved(project.parent / "mine", files, project).endswith("02_rnn_limits.ipynb")
    for path in files:  # a new version comes, later than that
        os.utime(path, ns=(2**61, 2**61))
    bring(project)
    assert lab.last_saved(project.parent / "mine", files, project).endswith("02_rnn_limits.ipynb")


def test_only_the_course_s_own_lessons_are_copied_and_git_never_meets_the_copies():
    notebooks = [path for path in lab.sources() if path.suffix == ".ipynb"]
    assert [path.stem for path in notebooks] == [lesson.notebook for lesson in lab.LESSONS]
    assert {path.parent for path in notebooks} == {NOTEBOOKS}
    assert f"/{lab.COPIES.name}/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_jupyterlab_gets_three_extensions_and_quiet_settings_before_the_reader_s_own(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "elsewhere")
    environment, (option,) = lab.surroundings(tmp_path)
    folder = option.partition("=")[2]
    names = {
        json.loads(path.read_text())["name"] for path in tmp_path.glob("labext*/**/package.json")
    }
    assert names == {*lab.EXTENSIONS, "lstm-lessons"} and folder == str(tmp_path / "labextensions")
    ours, other = environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert other == "elsewhere"
    text = (lab.LAB / "config/labconfig/default_setting_overrides.json").read_text(encoding="utf-8")
    assert ours == str(lab.LAB / "config")
    assert json.loads(text)["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"
