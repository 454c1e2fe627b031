"""The list of lessons, what is noted of their exercises, and the check of a puzzle."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from lstm_lessons import GateConsole
from lstm_lessons.course import LESSONS, check_goal, exercise, lesson_3

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.notebook)
def test_a_notebook_has_its_lessons_title_and_its_exercises_in_order_each_with_a_solution(lesson):
    cells = nbformat.read(ROOT / "notebooks" / f"{lesson.notebook}.ipynb", as_version=4).cells
    assert cells[0].source.startswith(f"# {lesson.number} · {lesson.title}\n")
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    for method in ("check", "solution"):
        asked = re.findall(rf"\blesson_{lesson.number}\.(\w+)\.{method}\(", code)
        assert tuple(asked) == lesson.exercises


def test_lessons_are_numbered_in_order_and_an_exercises_name_is_in_one_only():
    names = [name for lesson in LESSONS for name in lesson.exercises]
    assert len(names) == len(set(names)) and all(lesson.exercises for lesson in LESSONS)
    assert [lesson.number for lesson in LESSONS] == list(range(1, len(LESSONS) + 1))


def test_the_list_and_all_lessons_load_without_matplotlib_and_widgets():
    code = (
        "import sys; from lstm_lessons.course import LESSONS;"
        " [lesson.exercises for lesson in LESSONS];"
        " print({'matplotlib', 'ipywidgets', 'anywidget'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


@pytest.mark.parametrize(
    ("answers", "named"),
    [([...], {}), ([6, ...], {}), ([6], {"b": ...}), ([{"A": "tanh", "B": ...}], {})],
)
def test_an_answer_that_nobody_has_touched_is_not_attempted_yet(answers, named, heard, said):
    assert said(lesson_3.cue.check, *answers, **named) == exercise.UNTOUCHED
    with pytest.raises(AssertionError, match="^cue: Not attempted yet"):
        lesson_3.cue.solution(*answers, **named)
    assert not exercise.solved and not heard


def test_only_who_listened_last_hears_and_what_goes_wrong_there_is_only_a_warning(heard, said):
    later = []
    exercise.listen(later.append)
    said(lesson_3.cue.check, b=1, w=6)
    assert (heard, later) == ([], ["cue"])
    exercise.listen(lambda name: 1 / 0)
    with pytest.warns(UserWarning, match="progress did not take it in: ZeroDivisionError"):
        assert said(lesson_3.cue.check, 6, 1).startswith("Right")


def shown(sentence):
    """What a notebook gets for it."""
    data, _ = DisplayFormatter().format(exercise.Verdict(sentence))
    assert set(data) == {"text/plain", "text/html"} and data["text/plain"] == sentence
    return data["text/html"]


@pytest.mark.parametrize(
    ("sentence", "marked"),
    [
        ("Right, all three.", "✓ Right</strong>, all three."),
        ("Solved. All of it.", "✓ Solved</strong>. All of it."),
        (exercise.UNTOUCHED, "○ Not attempted yet</strong>: put"),
        (exercise.NOT_DRAGGED, "○ Not attempted yet</strong>: drag"),
        ("Not yet: is there a `return`?", "→ Not yet</strong>: is there a <code>return</code>?"),
        ("Not yet: f is <b>'1'</b>.", "→ Not yet</strong>: f is &lt;b&gt;&#x27;1&#x27;&lt;/b&gt;."),
    ],
)
def test_a_sentence_is_shown_as_a_paragraph_with_a_mark_and_the_reader_s_words_escaped(
    sentence, marked
):
    assert marked in shown(sentence)


def luminance(color):
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("page", ["#ffffff", "#111111", "#1e1e1e", "#383838"])
def test_a_mark_s_color_is_seen_on_light_and_dark_pages_and_the_letters_have_the_page_s_own(page):
    for sentence in ("Right.", exercise.UNTOUCHED, "Not yet: no."):
        (color,) = re.findall(r"#\w{6}", shown(sentence))
        low, high = sorted([luminance(color), luminance(page)])
        assert (high + 0.05) / (low + 0.05) > 3 and " color:" not in shown(sentence)


HELD = dict(forget=[1.0] * 12, input=np.eye(12)[1])


@pytest.mark.parametrize(
    ("gates", "idea"),
    [
        ({}, "Not attempted yet: drag"),
        (HELD, "h at step 2: it is 0.33 and should be 0.00"),  # as far off as all later ones
        (HELD | {"output": [1.0] * 12}, "11 of 21 boxes are reached"),
        (HELD | {"output": 0.25 * np.eye(12)[9]}, "h at step 10: it is 0.17"),
        (HELD | {"output": np.eye(12)[9]}, "Solved."),
        (
            HELD | {"output": np.eye(12)[9], "forget": [0.9895] * 12},
            "20 of 21 boxes are reached. Furthest off",
        ),
    ],
)
def test_a_puzzle_is_untouched_on_its_way_or_solved(gates, idea, said):
    console = GateConsole(goal="write-hold-read")
    for trait, values in gates.items():
        setattr(console, trait, values)
    sentence = said(check_goal, console)
    assert idea in sentence and (console.score == 100) == sentence.startswith("Solved")
    assert sentence.startswith(
        ("Not attempted", "Solved", "Not yet: {} of {}".format(*console.reached))
    )


@pytest.mark.parametrize("bad", ["0.9", None, ..., GateConsole()])
def test_what_has_no_puzzle_is_told_so(bad, said):
    assert said(check_goal, bad).startswith(
        "Not yet: check_goal should be given a puzzle's console, "
    )
