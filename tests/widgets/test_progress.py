"""How far a reader is: what the widget hears in a kernel, and what it tells the front end."""

import base64
import json
import re

import pytest
from traitlets import TraitError

from lstm_lessons import Progress, pictures
from lstm_lessons.course import LESSONS, exercise, lesson_7, lesson_8
from lstm_lessons.widgets import presets
from lstm_lessons.widgets.own_puzzle import OWN
from lstm_lessons.widgets.progress import CARD
from scripts.jupyter import NOTEBOOKS, shown


@pytest.fixture(autouse=True)
def nothing_solved(monkeypatch):
    """A kernel in which no exercise has been solved, and nobody listens afterwards."""
    monkeypatch.setattr(exercise, "solved", set())
    yield
    exercise.listen(None)


def asked(progress, monkeypatch, content):
    """What a front end is sent when it sends this message of its own."""
    answers = []
    monkeypatch.setattr(progress.comm, "send", lambda data, buffers=None: answers.append(data))
    message = {"data": {"method": "custom", "content": content}}
    progress.comm.handle_msg({"content": message, "buffers": []})
    return [answer["content"] for answer in answers]


def test_the_front_end_that_asks_is_told_each_lesson_and_its_exercises_and_puzzles(monkeypatch):
    (course,) = asked(Progress(), monkeypatch, "course")
    for told, lesson in zip(course, LESSONS, strict=True):
        assert (told["notebook"], told["title"]) == (lesson.notebook, lesson.title)
        assert told["names"] == [*lesson.exercises, *presets.of_lesson(lesson.number)]
    assert json.loads(json.dumps(course)) == course
    names = [name for lesson in course for name in lesson["names"]]
    assert len(set(names)) == len(names)
    puzzles = {
        presets.key(cell, name): goal
        for cell, goals in presets.GOALS.items()
        for name, goal in goals.items()
    }
    assert {key for key in puzzles if key in names} == {k for k, g in puzzles.items() if not g.best}
    for nonsense in ("courses", None, {"course": 1}, ["course"]):
        assert asked(Progress(), monkeypatch, nonsense) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.notebook)
def test_a_puzzle_counts_in_the_lesson_that_shows_it(lesson):
    texts = shown(NOTEBOOKS / f"{lesson.notebook}.ipynb")
    goals = [re.fullmatch(r"GateConsole\(cell='(\w+)', .*goal='(.+)'\)", text) for text in texts]
    named = [goal.groups() for goal in goals if goal and goal[2] != OWN]
    keys = [presets.key(cell, name) for cell, name in named if not presets.GOALS[cell][name].best]
    assert keys == presets.of_lesson(lesson.number)


def test_it_starts_with_what_was_solved_and_the_last_one_made_hears_of_more(capsys):
    lesson_7.fair.check(45)
    first = Progress()
    assert first.solved == ["fair"]
    lesson_7.fair.check(45)
    lesson_8.chance.check(1 / 32)
    assert first.solved == ["chance", "fair"]
    lesson_7.baseline.solution(1 / 6)
    lesson_7.baseline.check(0)
    assert first.solved == ["chance", "fair"]
    again = Progress()
    lesson_7.baseline.check(1 / 6)
    assert again.solved == ["baseline", "chance", "fair"]
    assert first.solved == ["chance", "fair"]


@pytest.mark.parametrize("value", [[[]], [1], None, {"fair": 1}])
def test_what_is_no_list_of_names_is_refused_and_the_next_exercise_still_counts(value, capsys):
    progress = Progress()
    with pytest.raises(TraitError, match="solved"):
        progress.solved = value
    with pytest.raises(TraitError, match="solved"):
        progress.set_state({"solved": value})
    lesson_7.fair.check(45)
    assert progress.solved == ["fair"]


def test_it_is_stored_as_a_widget_and_a_card_that_do_not_grow_stale():
    progress = Progress()
    data, metadata = progress._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == progress.model_id
    assert data["text/plain"] == repr(progress) == metadata["image/png"]["alt"] == "Progress"
    card = pictures.png(pictures.question_card(CARD, []))
    assert base64.b64decode(data["image/png"], validate=True) == card
    state = {name for name in progress.get_state() if name[0] != "_"}
    assert state - {"layout", "tabbable", "tooltip"} == {"solved"}
