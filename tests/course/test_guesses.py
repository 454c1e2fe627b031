"""The lessons' guesses: each choice, and each range of numbers, has a sentence of its own."""

import re
from importlib import import_module

import nbformat
import numpy as np
import pytest

from lstm_lessons import Guess
from lstm_lessons.course import LESSONS
from scripts.jupyter import NOTEBOOKS, STATE

GUESSES = {
    f"{lesson.number}-{name}": guess
    for lesson in LESSONS
    for name, guess in import_module(f"lstm_lessons.course.lesson_{lesson.number}").GUESSES.items()
}


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.notebook)
def lesson(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(lesson):
    return nbformat.read(NOTEBOOKS / f"{lesson.notebook}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def cards(notebook):
    """The stored guesses by their question."""
    models = notebook.metadata.widgets[STATE]["state"].values()
    return {m["state"]["question"]: m["state"] for m in models if "question" in m["state"]}


@pytest.mark.parametrize("guess", GUESSES.values(), ids=GUESSES)
def test_each_choice_and_each_range_of_numbers_has_a_sentence_of_its_own(guess):
    made = Guess(**guess)
    sentences = [sentence for _, sentence in made.why]
    assert len(sentences) == (len(made.choices) or len(set(sentences))) >= 2
    if not made.choices:
        assert len(sentences) >= 3, "a number can be too small, right or too large"
    for sentence in sentences:
        assert re.fullmatch(r"[A-Z0-9“].{30,}[.?]", sentence, re.DOTALL), sentence
        assert not sentence.startswith(("Right", "Wrong", "Yes", "No,")), "the card says that"


def test_a_lesson_asks_its_guesses_and_no_others_and_each_is_answered(lesson, notebook, cards):
    module = import_module(f"lstm_lessons.course.lesson_{lesson.number}")
    assert set(cards) == {guess["question"] for guess in module.GUESSES.values()}
    assert all(card["answer"] and card["right"] is not None for card in cards.values())
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    asked = re.findall(
        r"^(\w+) = Guess\(\*\*lesson_\d+\.GUESSES\[\"(\w+)\"\]\)$", code, re.MULTILINE
    )
    assert [name for _, name in asked] == list(module.GUESSES)


def test_only_right_numbers_share_the_right_one_s_sentence(cards):
    for card in cards.values():
        if card["choices"]:
            continue
        bounds = np.array([np.inf if b is None else b for b, _ in card["why"]])
        off = card["tolerance"]
        k, low, high = (np.argmax(bounds > card["right"] + d) for d in (0, -off, off))
        assert k == low == high, f"{card['question']}: a right guess has a wrong one's sentence"
        assert 0 < k < len(bounds) - 1, card["question"]
        width = bounds[k] - bounds[k - 1]
        assert width <= 4 * off or (off == 0 and width <= 2), card["question"]
