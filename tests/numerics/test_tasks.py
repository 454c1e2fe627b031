"""The tasks: every answer can be worked out from the input, and the same seed asks the same."""

import argparse
import importlib.util
from itertools import islice

import numpy as np
import pytest

from lstm_lessons import tasks
from lstm_lessons.tasks import CITIES, FILLERS, NAMES, WORDS, adding, filled_in, recall, story

TASKS = {
    "recall": lambda rng: recall(6, rng),
    "adding": lambda rng: adding(10, rng),
    "city": lambda rng: filled_in(2, rng),
    "name": lambda rng: filled_in(2, rng, ask="name"),
    "brackets": lambda rng: tasks.brackets(argparse, rng),
}


@pytest.mark.parametrize("task", TASKS)
def test_the_same_seed_gives_the_same_batches_and_another_seed_others(task):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    one, same, other = (list(islice(TASKS[task](np.random.default_rng(k)), 3)) for k in (5, 5, 6))
    for batch, again in zip(one, same, strict=True):
        assert all(map(np.array_equal, batch, again))
    assert not np.array_equal(one[0][0], other[0][0])
    assert not np.array_equal(one[0][0], one[1][0])  # the next batch is a new one
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("T, kinds", [(9, 2), (1, 4), (0, 7)])
def test_recall_asks_for_the_first_symbol_and_only_blanks_follow(T, kinds):
    xs, target = next(recall(T, np.random.default_rng(0), kinds, B=200))
    assert set(target) == set(range(kinds)) and target.shape == (200,)
    expected = np.zeros((T + 1, 200, kinds + 1))
    expected[1:, :, kinds] = 1
    for k, answer in enumerate(target):
        expected[0, k, answer] = 1
    assert np.array_equal(xs, expected)
    assert next(recall(T, np.random.default_rng(0)))[0].shape == (T + 1, 32, 5)


@pytest.mark.parametrize("T", [2, 7, 40])
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(T):
    xs, target = next(adding(T, np.random.default_rng(0), B=2000))
    numbers, marks = xs[..., 0], xs[..., 1]
    assert xs.shape == (T, 2000, 2) and target.shape == (2000, 1)
    assert 0 <= numbers.min() < 0.01 and 0.99 < numbers.max() < 1 and set(marks.flat) <= {0, 1}
    for half in (marks[: T // 2], marks[T // 2 :]):
        assert (half.sum(axis=0) == 1).all()
    np.testing.assert_allclose(target[:, 0], np.sum(numbers * marks, axis=0), rtol=0, atol=1e-15)
    assert marks.any(axis=1).all()  # every place is marked now and then
    assert np.mean((target - 1) ** 2) == pytest.approx(1 / 6, abs=0.02)  # of always answering 1


ANSWERS = {"city": CITIES, "name": NAMES}


def told(ask, fillers, n=400):
    """Stories as words, read back from the inputs, each with its target's word.

    The sentence that they all begin with, which has nothing to do with the gap, is taken off.
    """
    xs, target = next(filled_in(fillers, np.random.default_rng(0), ask, B=n))
    assert np.array_equal(xs.sum(axis=2), np.ones(xs.shape[:2])) and set(np.unique(xs)) == {0, 1}
    texts = [[WORDS[k] for k in column] for column in xs.argmax(axis=2).T]
    assert all(" ".join(words[:5]) in FILLERS for words in texts) and len(texts) == n
    return zip([words[5:] for words in texts], [ANSWERS[ask][k] for k in target], strict=True)


@pytest.mark.parametrize("fillers", [0, 1, 3])
@pytest.mark.parametrize("ask", ["city", "name"])
def test_a_story_tells_the_answer_once_then_as_many_fillers_as_asked_for(ask, fillers):
    answers, seen = set(), set()
    for words, answer in told(ask, fillers):
        who = next(word for word in words if word in NAMES and word != answer)  # not himself
        if ask == "city":
            begin, end = f"{who} flew to {answer} .", f"{who} is on holiday in"
        else:
            begin, end = f"{answer} came in . {who} sat there .", f"{who} said hello to"
        first, last = len(begin.split()), len(words) - len(end.split())
        assert words[:first] == begin.split() and words[last:] == end.split()
        sentences = [" ".join(words[k : k + 5]) for k in range(first, last, 5)]
        assert len(sentences) == fillers and set(sentences) <= set(FILLERS)
        assert words.count(answer) == 1  # the end does not give it away
        answers.add(answer)
        seen.update(sentences)
    assert answers == set(ANSWERS[ask])
    assert fillers == 0 or seen == set(FILLERS)


def test_every_word_is_known_once_and_every_known_word_is_used():
    rng = np.random.default_rng(0)
    used = {word for ask in ("city", "name") for _ in range(150) for word in story(3, rng, ask)[0]}
    assert used == set(WORDS)
    assert sorted(set(WORDS)) == WORDS and not set(CITIES) & set(NAMES)
    assert len(set(FILLERS)) == len(FILLERS)
    for filler in FILLERS:  # which tells nothing
        *words, end = filler.split()
        assert len(words) == 4 and end == "." and not {*CITIES, *NAMES} & set(words)


# --- brackets in real source

SOURCE = """first = 1
rows = [
    (1, 2), (3,  # café
    4),
]
last = {}
"""


def test_pieces_of_code_have_one_length_and_begin_where_no_bracket_is_open(tmp_path):
    path = tmp_path / "some_source.py"
    path.write_text(SOURCE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    assert tasks.code(module, 9) == ["first = 1", "rows = [ "]
    assert tasks.code(module, 1) == ["f", "r"]
    assert tasks.code(module, 40) == ["first = 1 rows = [ (1, 2), (3,  # caf 4)"]
    for piece in (pieces := tasks.code(argparse, length=60)):
        assert len(piece) == 60 and piece.isascii()
    assert len(pieces) > 100


def test_open_brackets_are_counted_as_by_hand_and_up_to_four():
    xs, depth = tasks.spelled(["f(a[0]){", "((((((((", ")x()))((", "~ABC xyz"])
    assert xs.shape == (8, 4, 95) and (xs.sum(axis=-1) == 1).all()
    assert depth[:, 0].tolist() == [0, 1, 1, 2, 2, 1, 0, 1]
    assert depth[:, 1].tolist() == [1, 2, 3, 4, 4, 4, 4, 4]
    assert xs[0, 3].argmax() == ord("~") - 32 and (depth >= 0).all()


def test_batches_of_brackets_are_pieces_of_the_module():
    xs, depth = next(tasks.brackets(argparse, np.random.default_rng(0), B=5))
    pieces = tasks.code(argparse)
    spelled = ["".join(chr(32 + c) for c in column) for column in xs.argmax(axis=-1).T]
    assert xs.shape == (80, 5, 95) and set(spelled) <= set(pieces)
    assert np.array_equal(depth, tasks.spelled(spelled)[1])


# --- sunspots


def test_the_sunspots_are_those_of_1700_to_2008():
    years, numbers = tasks.sunspots()
    assert np.array_equal(years, np.arange(1700, 2009)) and numbers.shape == (309,)
    known = {1700: 5, 1711: 0, 1778: 154.4, 1816: 45.8, 1957: 190.2, 1958: 184.8, 2008: 2.9}
    assert {year: numbers[year - 1700] for year in known} == known
    assert numbers.min() >= 0 and years[numbers.argmax()] == 1957
    power = np.abs(np.fft.rfft(numbers - numbers.mean())) ** 2
    assert 10 < len(numbers) / power.argmax() < 12  # a cycle of eleven years


# --- bad input: said at once, not with the first batch

rng = np.random.default_rng(0)


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (TypeError, "T: got 2.5, expected a whole number", lambda: recall(2.5, rng)),
        (TypeError, "rng: got None, expected numpy", lambda: recall(3, None)),
        (ValueError, "kinds: got 0, expected 1 or more", lambda: recall(3, rng, kinds=0)),
        (TypeError, "B: got True, expected a whole number", lambda: recall(3, rng, B=True)),
        (ValueError, "T: got 1, expected 2 or more", lambda: adding(1, rng)),
        (ValueError, "B: got -1, expected 1 or more", lambda: adding(4, rng, B=-1)),
        (ValueError, "fillers: got -1, expected 0 or more", lambda: filled_in(-1, rng)),
        (TypeError, "rng: got None, expected numpy", lambda: filled_in(1, None)),
        (ValueError, "ask: got 'dog', expected one of", lambda: filled_in(1, rng, "dog")),
        (ValueError, "ask: got [], expected one of", lambda: story(1, rng, [])),
        (ValueError, "stories: got 'xyz', expected words", lambda: tasks.one_hot([["Rome", "xyz"]])),
        (ValueError, "stories: got lengths", lambda: tasks.one_hot([["Rome"], ["is", "."]])),
        (TypeError, "stories: got 'Rome', expected", lambda: tasks.one_hot("Rome")),
        (TypeError, "stories: got ['Rome'], expected", lambda: tasks.one_hot(["Rome"])),
        (TypeError, "pieces: got 'f()', expected", lambda: tasks.spelled("f()")),
        (TypeError, "pieces: got [], expected", lambda: tasks.spelled([])),
        (ValueError, "pieces: got lengths [1, 3], exp", lambda: tasks.spelled(["f()", "f"])),
        (ValueError, "pieces: got lengths [0], exp", lambda: tasks.spelled([""])),
        (TypeError, "module: got 'tasks', expected", lambda: tasks.code("tasks")),
        (TypeError, "rng: got None, expected numpy", lambda: tasks.brackets(argparse, None)),
        (ValueError, "B: got 0, expected 1 or more", lambda: tasks.brackets(argparse, rng, B=0)),
    ],
)  # fmt: skip
def test_a_task_that_cannot_be_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)
