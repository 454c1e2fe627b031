"""The tasks: every answer can be worked out from the input, and the same seed asks the same."""

import argparse
from importlib.resources import files
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
}


def batch(task, seed=0):
    return next(TASKS[task](np.random.default_rng(seed)))


# --- batches


@pytest.mark.parametrize("task", TASKS)
def test_the_same_seed_gives_the_same_batches_and_another_seed_others(task):
    one, same, other = (
        list(islice(TASKS[task](np.random.default_rng(seed)), 3)) for seed in (5, 5, 6)
    )
    for (xs, target), (xs_again, target_again) in zip(one, same, strict=True):
        assert np.array_equal(xs, xs_again) and np.array_equal(target, target_again)
    assert not np.array_equal(one[0][0], other[0][0])
    assert not np.array_equal(one[0][0], one[1][0])  # the next batch is a new one


@pytest.mark.parametrize("task", TASKS)
def test_tasks_leave_numpys_global_random_numbers_alone(task):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    batch(task)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(
    "make, xs_shape, target_shape",
    [
        (lambda rng: recall(7, rng), (8, 32, 5), (32,)),
        (lambda rng: recall(1, rng, kinds=2, B=3), (2, 3, 3), (3,)),
        (lambda rng: recall(0, rng, B=1), (1, 1, 5), (1,)),
        (lambda rng: adding(10, rng), (10, 32, 2), (32, 1)),
        (lambda rng: adding(2, rng, B=1), (2, 1, 2), (1, 1)),
        (lambda rng: adding(7, rng, B=5), (7, 5, 2), (5, 1)),
        (lambda rng: filled_in(0, rng), (15, 32, len(WORDS)), (32,)),
        (lambda rng: filled_in(3, rng, B=4), (30, 4, len(WORDS)), (4,)),
        (lambda rng: filled_in(1, rng, "name", 2), (22, 2, len(WORDS)), (2,)),
    ],
)
def test_batches_have_time_first_and_one_target_a_sequence(make, xs_shape, target_shape):
    xs, target = next(make(np.random.default_rng(0)))
    assert (xs.shape, target.shape, xs.dtype) == (xs_shape, target_shape, np.float64)
    assert target.dtype.kind == ("f" if len(target_shape) == 2 else "i")


# --- recall


@pytest.mark.parametrize("kinds", [2, 4, 7])
def test_recall_asks_for_the_first_symbol_and_only_blanks_follow(kinds):
    xs, target = next(recall(9, np.random.default_rng(0), kinds, B=200))
    assert np.array_equal(np.flatnonzero(np.bincount(target, minlength=kinds)), np.arange(kinds))
    for k, answer in enumerate(target):
        assert np.flatnonzero(xs[0, k]).tolist() == [answer] and xs[0, k, answer] == 1
        assert np.array_equal(xs[1:, k], np.tile(np.eye(kinds + 1)[kinds], (9, 1)))


# --- adding


@pytest.mark.parametrize("T", [2, 7, 40])
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(T):
    xs, target = next(adding(T, np.random.default_rng(0), B=300))
    numbers, marks = xs[..., 0], xs[..., 1]
    assert numbers.min() >= 0 and numbers.max() < 1 and set(np.unique(marks)) <= {0, 1}
    for k in range(300):
        first, second = np.flatnonzero(marks[:, k])
        assert first < T // 2 <= second
        assert target[k, 0] == pytest.approx(numbers[first, k] + numbers[second, k], abs=1e-15)
    assert marks.any(axis=1).all() if T < 40 else True  # every place is marked now and then


def test_always_answering_one_in_adding_is_off_by_a_sixth():
    _, target = next(adding(10, np.random.default_rng(0), B=50_000))
    assert np.mean((target - 1) ** 2) == pytest.approx(1 / 6, abs=0.005)


# --- stories


def told(ask, fillers, n=400):
    """Stories as words, read back from the inputs, each with its target's word.

    The sentence that they all begin with, which has nothing to do with the gap, is taken off.
    """
    xs, target = next(filled_in(fillers, np.random.default_rng(0), ask, B=n))
    assert np.array_equal(xs.sum(axis=2), np.ones(xs.shape[:2])) and set(np.unique(xs)) == {0, 1}
    texts = [[WORDS[k] for k in column] for column in xs.argmax(axis=2).T]
    assert all(" ".join(words[:5]) in FILLERS for words in texts)
    return zip(
        [words[5:] for words in texts],
        [{"city": CITIES, "name": NAMES}[ask][k] for k in target],
        strict=True,
    )


@pytest.mark.parametrize("fillers", [0, 1, 4])
def test_the_city_is_the_word_after_flew_to_and_the_traveller_is_on_holiday(fillers):
    answers = set()
    for words, answer in told("city", fillers):
        who, *start = words[:5]
        assert start == ["flew", "to", answer, "."] and answer in CITIES and who in NAMES
        assert words[-5:] == [who, "is", "on", "holiday", "in"]
        answers.add(answer)
    assert answers == set(CITIES)


@pytest.mark.parametrize("fillers", [0, 1, 4])
def test_the_name_greeted_is_the_other_one_in_the_room(fillers):
    answers = set()
    for words, answer in told("name", fillers):
        one, other = (word for word in words[:8] if word in NAMES)
        assert words[:8] == [one, "came", "in", ".", other, "sat", "there", "."]
        assert words[-4:] == [other, "said", "hello", "to"]
        assert {one, other} - {words[-4]} == {answer}  # two people, and nobody greets himself
        answers.add(answer)
    assert answers == set(NAMES)


@pytest.mark.parametrize("ask, start", [("city", 5), ("name", 8)])
def test_between_beginning_and_end_stand_as_many_fillers_as_asked_for(ask, start):
    seen = set()
    for words, answer in told(ask, 3):
        middle = words[start : start + 15]
        sentences = [" ".join(middle[k : k + 5]) for k in (0, 5, 10)]
        assert set(sentences) <= set(FILLERS)
        assert answer not in middle
        seen |= set(sentences)
    assert seen == set(FILLERS)


@pytest.mark.parametrize("ask, nearest", [("city", 7), ("name", 12)])
def test_each_filler_moves_the_gap_five_words_away_from_the_answer(ask, nearest):
    for fillers in range(6):
        words, answer = story(fillers, np.random.default_rng(fillers), ask)
        assert len(words) - words.index(answer) == nearest + 5 * fillers
        assert words.count(answer) == 1  # the end does not give it away


def test_filler_sentences_have_five_words_and_tell_nothing():
    for sentence in FILLERS:
        words = sentence.split()
        assert len(words) == 5 and words[-1] == "."
        assert not {*CITIES, *NAMES} & set(words)
    assert len(set(FILLERS)) == len(FILLERS)


def test_every_word_is_known_once_and_every_known_word_is_used():
    rng = np.random.default_rng(0)
    used = {word for ask in ("city", "name") for _ in range(100) for word in story(3, rng, ask)[0]}
    assert used == set(WORDS)
    assert sorted(set(WORDS)) == WORDS
    assert not set(CITIES) & set(NAMES)


def test_one_hot_puts_words_in_time_and_stories_in_the_batch():
    xs = tasks.one_hot([["Rome", "is", "."], ["in", "Lima", "."]])
    assert xs.shape == (3, 2, len(WORDS))
    assert [WORDS[k] for k in xs.argmax(axis=2).ravel()] == ["Rome", "in", "is", "Lima", ".", "."]


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: next(adding(1, rng)),
        lambda rng: story(-1, rng),
        lambda rng: story(1, rng, "dog"),
    ],
)
def test_a_task_that_cannot_be_is_answered_with_a_sentence(make):
    with pytest.raises(ValueError, match=r"^(T|fillers|ask): got .*, expected"):
        make(np.random.default_rng(0))


# --- sunspots


def test_the_sunspots_are_those_of_1700_to_2008():
    years, numbers = tasks.sunspots()
    assert np.array_equal(years, np.arange(1700, 2009)) and numbers.shape == (309,)
    assert numbers.min() >= 0 and np.isfinite(numbers).all()
    known = {1700: 5, 1711: 0, 1778: 154.4, 1816: 45.8, 1957: 190.2, 1958: 184.8, 2008: 2.9}
    assert {year: numbers[year - 1700] for year in known} == known
    assert years[numbers.argmax()] == 1957


def test_the_sunspots_have_a_cycle_of_eleven_years():
    numbers = tasks.sunspots()[1]
    power = np.abs(np.fft.rfft(numbers - numbers.mean())) ** 2
    assert 10 < len(numbers) / power.argmax() < 12


def test_the_sunspot_file_says_where_it_is_from_and_that_it_is_free():
    text = (files("lstm_lessons") / "data" / "sunspots.csv").read_text(encoding="utf-8")
    head = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    assert "Source: " in head and "Public domain" in head
    assert len(text.splitlines()) == len(head.splitlines()) + 1 + 309


# --- brackets in real source


def test_pieces_of_code_have_one_length_and_begin_where_no_bracket_is_open():
    pieces = tasks.code(argparse, length=60)
    assert len(pieces) > 100 and {len(piece) for piece in pieces} == {60}
    assert all(piece.isascii() for piece in pieces)


def test_open_brackets_are_counted_as_by_hand_and_up_to_four():
    xs, depth = tasks.spelled(["f(a[0]){", "((((((((", ")x()))((", "~ABC xyz"])
    assert xs.shape == (8, 4, 95) and (xs.sum(axis=-1) == 1).all()
    assert depth[:, 0].tolist() == [0, 1, 1, 2, 2, 1, 0, 1]
    assert depth[:, 1].tolist() == [1, 2, 3, 4, 4, 4, 4, 4]
    assert xs[0, 3].argmax() == ord("~") - 32 and (depth >= 0).all()


def test_batches_of_brackets_are_pieces_of_the_module():
    xs, depth = next(tasks.brackets(argparse, np.random.default_rng(0), B=5))
    pieces = {piece: k for k, piece in enumerate(tasks.code(argparse))}
    spelled = ["".join(chr(32 + c) for c in column) for column in xs.argmax(axis=-1).T]
    assert depth.shape == (80, 5) and all(piece in pieces for piece in spelled)
