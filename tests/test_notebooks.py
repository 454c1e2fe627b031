"""What holds for every lesson as it is stored, and for the script that stores it."""

import itertools
import re
import subprocess
import sys
from importlib import import_module

import nbformat
import pytest

from scripts.jupyter import NOTEBOOKS, ROOT, STATE, VIEW

CODE = "\0"  # where a cell of code stands in an outline


@pytest.fixture(scope="module", params=sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda p: p.stem)
def lesson(request):
    return nbformat.read(request.param, as_version=4)


def cells(notebook, kind):
    return [cell for cell in notebook.cells if cell.cell_type == kind]


def outputs(notebook):
    return [output for cell in cells(notebook, "code") for output in cell.outputs]


def data(notebook):
    return [output.data for output in outputs(notebook) if "data" in output]


def widgets(notebook):
    """The models of the stored widgets, by id."""
    return notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})


def prose(notebook):
    return "\n\n".join(cell.source for cell in cells(notebook, "markdown"))


def outline(notebook):
    """The prose, with a mark for each cell of code."""
    marks = (cell.source if cell.cell_type == "markdown" else CODE for cell in notebook.cells)
    return "\n\n".join(marks)


def shown(notebook):
    """What the widgets that are shown say of themselves, in order."""
    return [bundle["text/plain"] for bundle in data(notebook) if VIEW in bundle]


# --- the lessons


def test_a_lesson_opens_with_a_question_and_has_its_closing_parts(lesson):
    assert "?" in cells(lesson, "markdown")[0].source
    titles = re.findall(r"^## (Summary|Exercises|Sources)$", prose(lesson), re.MULTILINE)
    assert sorted(titles) == ["Exercises", "Sources", "Summary"]


def test_a_code_cell_has_at_most_twelve_lines(lesson):
    for cell in cells(lesson, "code"):
        assert len(cell.source.splitlines()) <= 12, cell.source


def test_all_cells_were_run_from_top_to_bottom_the_fetching_one_first_and_nothing_failed(lesson):
    counts = [cell.execution_count for cell in cells(lesson, "code")]
    assert counts == list(range(1, len(counts) + 1))
    assert cells(lesson, "code")[0].metadata.get("tags") == ["bootstrap"]
    for output in outputs(lesson):
        assert output.output_type != "error", output.evalue
        assert output.get("name") != "stderr", output.text


def test_a_widget_is_stored_with_its_state_and_with_a_picture_of_itself(lesson):
    for bundle in data(lesson):
        if VIEW in bundle:
            assert bundle[VIEW]["model_id"] in widgets(lesson)
            assert bundle.get("image/png"), bundle["text/plain"]


def test_the_javascript_stored_with_a_widget_is_the_package_s_own(lesson):
    states = [model["state"] for model in widgets(lesson).values()]
    ours = [state for state in states if "_esm" in state]
    assert ours
    for state in ours:
        place, _, name = state["_anywidget_id"].rpartition(".")
        kind = getattr(import_module(place), name)
        stored = state["_esm"], state["_css"]
        assert stored == (str(kind._esm), str(kind._css)), f"{name}: run make notebooks"


def test_a_panel_is_stored_with_pictures_of_its_controls_places(lesson):
    panels = [m["state"] for m in widgets(lesson).values() if "frames" in m["state"]]
    assert len(panels) == sum(words.startswith("Panel:") for words in shown(lesson))
    for state in panels:
        frames = state["frames"]
        places = list(itertools.product(*frames["axes"]))
        assert len(places) >= 4 and list(places[frames["start"]]) == state["values"]
        assert frames["sentences"][frames["start"]] == state["sentence"]
        for kind in ("wide", "narrow"):
            assert len(frames[kind]["pictures"]) == len(places) == len(frames["sentences"])
            assert len(set(frames[kind]["pictures"])) > 2  # not all need differ
        texts = [text for kind in ("wide", "narrow") for text in frames[kind]["pictures"]]
        assert sum(map(len, texts)) < 1.6e6


def test_a_picture_has_a_text_for_those_who_do_not_see_it(lesson):
    assert not re.search(r"!\[\s*\]", prose(lesson))
    for tag in re.findall(r"<img\b[^>]*>", prose(lesson)):
        assert re.search(r"""\balt=(["']).*?\S.*?\1""", tag), tag
    for output in outputs(lesson):
        if "image/png" in output.get("data", {}):
            words = output.data.get("text/plain", "").strip()
            assert words and not words.startswith("<Figure"), words
            assert output.metadata["image/png"]["alt"].strip(), words


def test_a_reader_guesses_before_each_thing_to_drag(lesson):
    guessed = False
    for words in shown(lesson):
        if words.startswith("Guess:"):
            guessed = True
        elif words.startswith(("Panel:", "GateConsole(")) and "goal=" not in words:
            assert guessed, f"no guess since the last thing to drag, before {words}"
            guessed = False


def test_what_is_shown_is_a_guess_a_thing_to_drag_or_the_progress(lesson):
    kinds = {re.match(r"\w+", words)[0] for words in shown(lesson)}
    dragged = {"Panel", "GateConsole", "GradientLens", "NetworkConsole", "ScanTree"}
    assert kinds <= {"Guess", *dragged, "Progress"}


def test_every_guess_is_answered_later_on(lesson):
    code = cells(lesson, "code")
    for k, cell in enumerate(code):
        if any(o.get("data", {}).get("text/plain", "").startswith("Guess:") for o in cell.outputs):
            name = cell.source.splitlines()[-1]
            assert re.fullmatch(r"\w+", name), cell.source
            later = "\n".join(cell.source for cell in code[k + 1 :])
            assert re.search(rf"\b{name}\.reveal\(", later), f"{name} is never answered"


def test_no_line_says_only_that_something_is_true_or_false(lesson):
    texts = [output.text for output in outputs(lesson) if output.output_type == "stream"]
    assert re.findall(r"^.*: (?:True|False)$", "".join(texts), re.MULTILINE) == []


def test_a_lesson_has_three_to_five_exercises_each_with_two_hints_before_its_code(lesson):
    part = re.search(r"^## Exercises$(.*?)^## ", outline(lesson), re.MULTILINE | re.DOTALL)[1]
    _, *found = re.split(r"^\*\*(\d+)\.\*\* ", part, flags=re.MULTILINE)
    assert 3 <= len(found) / 2 <= 5
    assert found[::2] == [str(number + 1) for number in range(len(found) // 2)]
    for number, text in zip(found[::2], found[1::2], strict=True):
        before, code, after = text.partition(CODE)
        assert code, f"{number}: no cell for an answer"
        hints = re.findall(r"<details><summary>(.*?)</summary>(.+?)</details>", before)
        assert [title for title, _ in hints] == ["Hint", "Second hint"], number
        assert before.count("<details") == 2 and "<details" not in after, number


def test_a_reader_sees_how_far_they_are_once_after_the_exercises(lesson):
    sources = [cell.source for cell in lesson.cells]
    (place,) = (k for k, source in enumerate(sources) if source.endswith("\nProgress()"))
    exercises = [k for k, source in enumerate(sources) if re.search(r"\.check\w*\(", source)]
    (last,) = (k for k, source in enumerate(sources) if source.startswith("## Sources"))
    assert max(exercises) < place < last
    (output,) = lesson.cells[place].outputs
    assert output.data["text/plain"].startswith("Progress") and VIEW in output.data


def test_no_output_shows_an_address_in_memory(lesson):
    texts = [output.text for output in outputs(lesson) if "text" in output]
    kinds = ("text/plain", "text/html")
    for text in texts + [bundle.get(kind, "") for bundle in data(lesson) for kind in kinds]:
        assert not re.search(r"0x[0-9a-fA-F]{6,}", text), text


# --- the script that stores them


def tiny(folder, *sources):
    path = folder / "tiny.ipynb"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.metadata.language_info = {"name": "python", "version": "2.7"}
    hidden = {"source_hidden": True, "outputs_hidden": True}
    notebook.cells[-1].metadata = {"tags": ["solution"]}
    notebook.cells[0].metadata = {"collapsed": True, "tags": ["hide-input"], "jupyter": hidden}
    nbformat.write(notebook, path)
    return path


PANEL = """\
from lstm_lessons import Panel, pictures, slider
def draw(figure):
    ax = pictures.axes(figure, "A line", "x", "y", (0, 1), (0, 4))
    (line,) = ax.plot([0, 1], [0, 0])
    return lambda y: line.set_ydata([0, y]) or [line]
panel = Panel(lambda y: y, draw, {"y": slider("y", 0, 4, 1, 1)})
panel"""


def store(path):
    # A process of its own, as a person would run it: nbclient's warnings are not ours.
    command = [sys.executable, "-m", "scripts.notebooks", path]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A notebook with two sliders in a box, one that is never shown, and a second view of one."""
    path = tiny(
        tmp_path_factory.mktemp("tiny"),
        "import ipywidgets as w\nunseen = w.IntSlider()\nslider = w.FloatSlider(description='f')",
        "import sys\nfor i in range(3):\n    print(i); sys.stdout.flush()",
        "print('a bar', end='\\r'); sys.stdout.flush(); print('done')",
        "w.VBox([w.IntSlider(description='steps'), slider])",
        "slider",
        PANEL,
        "pictures.state_lines('A line', 'It falls', c=[1, 0])",
        "print('Right.')",
    )
    done = store(path)
    assert done.returncode == 0, done.stderr
    return path


def test_storing_a_notebook_twice_changes_nothing(stored):
    first = stored.read_bytes()
    assert store(stored).returncode == 0
    assert stored.read_bytes() == first


def test_only_the_widgets_that_are_shown_are_stored(stored):
    models = widgets(nbformat.read(stored, as_version=4)).values()
    names = sorted(model["model_name"] for model in models)
    sliders = ["FloatSliderModel", "IntSliderModel"] + 2 * ["LayoutModel", "SliderStyleModel"]
    assert names == sorted(["AnyModel", "LayoutModel", "LayoutModel", "VBoxModel", *sliders])


def test_a_panel_is_stored_with_all_that_it_shows_without_a_kernel_and_with_nothing_twice(stored):
    models = widgets(nbformat.read(stored, as_version=4)).values()
    (panel,) = (model for model in models if model["model_name"] == "AnyModel")
    frames = panel["state"]["frames"]
    assert frames["axes"] == [[0, 1, 2, 3, 4]] and frames["start"] == 1
    assert frames["sentences"] == [f"y = {y}" for y in range(5)]
    assert len(set(frames["wide"]["pictures"])) == len(set(frames["narrow"]["pictures"])) == 5
    assert [buffer["data"] for buffer in panel["buffers"]] == [""]


def test_a_still_is_stored_for_a_phone_as_well(stored):
    (output,) = nbformat.read(stored, as_version=4).cells[-2].outputs
    shown = output.metadata["image/png"]
    assert shown["alt"] == "It falls" and shown["narrow"] != output.data["image/png"]
    assert shown["narrow_size"][0] < shown["width"]


def test_what_a_solution_says_is_not_stored_and_the_storing_leaves_no_cell_behind(stored):
    notebook = nbformat.read(stored, as_version=4)
    assert notebook.cells[-1].source == "print('Right.')" and notebook.cells[-1].outputs == []
    assert [cell.execution_count for cell in notebook.cells] == list(range(1, 9))


def test_only_what_the_lessons_use_is_kept_beside_the_cells(stored):
    notebook = nbformat.read(stored, as_version=4)
    kept = {"tags": ["hide-input"], "jupyter": {"source_hidden": True}}
    assert notebook.cells[0].metadata == kept
    assert "version" not in notebook.metadata.language_info


def test_text_is_stored_in_one_piece_and_as_it_was_left_on_the_screen(stored):
    notebook = nbformat.read(stored, as_version=4)
    assert [output.text for output in notebook.cells[1].outputs] == ["0\n1\n2\n"]
    assert [output.text for output in notebook.cells[2].outputs] == ["done\n"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; print('oh', file=sys.stderr)", "stderr: oh"),
        ("print('a bar', end='\\r')", "progress bar"),
    ],
)
def test_a_notebook_that_goes_wrong_is_left_as_it_was(tmp_path, source, reason):
    path = tiny(tmp_path, source)
    before = path.read_bytes()
    done = store(path)
    assert done.returncode == 1
    assert "tiny.ipynb is left as it was" in done.stderr and reason in done.stderr
    assert path.read_bytes() == before
