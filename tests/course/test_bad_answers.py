"""What can be no answer at all: the reader gets a sentence all the same, and no traceback."""

import itertools
import math
import re

import numpy as np
import pytest

from lstm_lessons import GRU, LSTM, RNN, Readout, Stack, tasks
from lstm_lessons.course import exercise
from tests.course.answers import (
    DIAGNOSIS,
    EXERCISES,
    RIGHT,
    TABLES,
    each,
    exploding,
    latch,
    parity,
    reader,
    recaller,
    rng,
    story,
)

HALF = [0.5] * len(tasks.CITIES)


def replaced(made, params):
    """A cell with something else in the place of its weights."""
    made.params = params
    return made


BAD = [  # what can be no answer, with what is said of it
    *[(name, bad, "your answer should be a ") for name, table in TABLES.items() for bad in ("0.9", None, [0.9])],
    ("half_life", (0, 93), "be one number, and is (0, 93). A decimal number has a point, not a comma."),
    ("lag", math.nan, "your answer should be a finite number, and is nan."),
    ("slope", lambda s: None, "your function returned nothing. Is there a `return`?"),
    ("slope", lambda s: "s", "what your function returns should be a number, and is 's'."),
    ("slope", lambda s: 1 / 0, "your function stopped with ZeroDivisionError: division by zero."),
    ("slope", lambda s: {}["\n s "], "your function stopped with KeyError: '\\n s '."),
    ("slope", lambda: 1, "your function stopped with TypeError: <lambda>() takes 0 positional arguments but 1 was given."),
    ("slope", len, "your function stopped with TypeError: object of type 'numpy.float64' has no len()."),
    ("path", lambda f, t: f, "what your function returns should be a number, and is array("),
    ("rnn_step", lambda x, h, Wx, Wh, b: Wx, "returns should have shape (3,), and has (3, 2)."),
    ("hump", None, "your answer should be an array of real numbers, and is None."),
    ("hump", np.eye(3), "your answer should have shape (2, 2), and has (3, 3)."),
    ("hump", [[0, 1_000_001], [0, 0]], "be values from -1e+06 to 1e+06, and is 1e+06."),
    ("cue", "6", 1, "w should be a number, and is '6'."), ("cue", 6, None, "b should be a number"),
    ("largest", 3, "1", "h should be a number"), ("step", 1.05, "your answer should be a function"),
    ("step", lambda *_: 1.05, "your function should return two numbers, c and h, and returned 1.05."),
    ("step", lambda *_: (1.05, None), "the h you return should be a number, and is None."),
    ("step", lambda *_: print(end=""), "your function returned nothing."),
    ("diagnosis", None, "dict with A, B and C, and is None."),
    ("masked_loss", lambda x, n: x, "should be a number, and is array("),
    ("findings", None, "and is None."), ("findings", {"A": "late"}, "and is {'A': 'late'}."),
    ("findings", dict.fromkeys("ABCDEFGHI", "flu"), "and is 'flu'."),
    ("scalings", {"X": "row"}, "and is {'X': 'row'}."),
    ("drop_once", 0.5, "your answer should be a function"), ("sums_anew", None, "GRU(2, 1, rng), and is None."),
    ("turner", GRU(1, 1, rng()), "MinGRU(1, 1, rng), and is GRU("),
    ("diagnosis", {"A": "tanh"}, "dict with A, B and C, and is {'A': 'tanh'}."),
    ("diagnosis", DIAGNOSIS | {"B": "Sum"}, "your answer for B should be one of 'dc_next', 'sum', 'tanh', and is 'Sum'."),
    ("hide", "fi", 0, "gate should be one of 'i', 'f', 'g', 'o', and is 'fi'."),
    ("hide", "o", 2, "value should be a number from 0 to 1, and is 2."),
    ("both_ones", RNN, "your answer should be RNN(1, 2, rng), and is <class "),
    ("both_ones", RNN(1, 1, rng()), "RNN(1, 2, rng), and is RNN(n_inputs=1, n_hidden=1)."),
    ("latch", GRU(2, 1, rng()), "your answer should be LSTM(2, 1, rng)"),
    ("latch", replaced(latch(), [1]), "its params should be a dict of arrays, and are [1]."),
    ("latch", replaced(latch(), {}), "params['Wx'] should be an array of real numbers, and is None."),
    ("explosion", latch(), "your answer should be LSTM(1, 1, rng)"),
    ("explosion", exploding(1000.1), "params['Wh'] should be values from -1000 to 1000"),
    ("parity", parity(n=math.nan), "params['Wh'] should be finite numbers, and is nan at index (2, 0)."),
    ("recaller", Stack, "the model should be Stack([RNN(…), Readout(…)]), and is <class "),
    ("recaller", recaller(kind=LSTM), "the model should be Stack([RNN"),
    ("recaller", recaller(inputs=4), "should have 5 inputs and 4 answers, and has 4 and 4."),
    ("recaller", recaller(n_out=5), "should have 5 inputs and 4 answers, and has 5 and 5."),
    *[("transplant", gates, reader(), story("London"), said) for gates, said in [
        (None, "a dict with some of i, f, g, o, and is None."), ({}, "nothing is set by hand yet."),
        ({"x": HALF}, "a dict with some of i"), ({"f": HALF[1:]}, "your f should have shape (32,), and has (31,)."),
        ({"g": [-1.1, *HALF[1:]]}, "override['g'] should be values from -1 to 1"),
    ]],
    ("transplant", {"g": HALF}, None, story("London"), "the model should be Stack([LSTM"),
    ("transplant", {"g": HALF}, recaller(kind=LSTM), story("London"), "the model should have "),
    ("transplant", {"g": HALF}, reader(), None, "xs should be an array of real numbers"),
    ("transplant", {"g": HALF}, reader(), story("London")[:8], "xs should have 9 words or more, and has 8."),
]  # fmt: skip


@each(BAD)
def test_what_can_be_no_answer_is_told_in_a_sentence_and_not_noted(name, answers, heard, said):
    *answers, about = answers
    sentence = said(EXERCISES[name].check, *answers)
    assert sentence.startswith("Not yet: ") and about in sentence
    assert not exercise.solved and not heard


class Bad:
    """It raises whatever one does with it."""

    def fail(self, *_):
        raise OSError("no")

    __repr__ = __eq__ = __hash__ = __array__ = __float__ = __len__ = __call__ = __bool__ = fail


NASTY = [
    None, "", "0.9", b"1", True, [], [[1], [1, 2]], {}, {"f": None}, {1, 2}, (0, 93), 1j, 10**400,
    -1.0, -1e308, math.inf, math.nan, np.ma.masked, np.zeros(0), np.full((2, 2), np.nan), Bad(), Bad,
    object, RNN, LSTM, Readout, LSTM(1, 1, rng()), RNN(1, 2, rng()), Stack(RNN(1, 2, rng())), range,
    lambda: 1, lambda *_: None, lambda *_: "x", lambda *_: Bad(), lambda *_: [[1], [1, 2]],
    lambda *_: math.nan, lambda *_: (i for i in "ch"), lambda *_: {}, lambda *_: 1 / 0, max, np.tanh,
    (i for i in "ab"), iter([]), type("Sub", (LSTM,), {}), np.datetime64("2020-01-01"), NotImplemented,
]  # fmt: skip


@pytest.mark.parametrize("name", EXERCISES)
def test_whatever_stands_in_an_answer_the_reader_gets_one_sentence(name, said):
    right = next(list(answers) for n, *answers in RIGHT if n == name)
    for place, nasty in itertools.product(range(len(right)), NASTY):
        answers = right.copy()
        answers[place] = nasty
        with np.errstate(all="ignore"):
            assert re.fullmatch(
                r"Not yet: .{10,250}\.|Not yet: .{10,250}\?", said(EXERCISES[name].check, *answers)
            )


@pytest.mark.parametrize("name", ["slope", "step"])
def test_who_stops_a_function_that_does_not_end_has_stopped_it(name):
    def endless(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        EXERCISES[name].check(endless)


def test_a_fault_of_ours_is_not_taken_for_the_reader_s():
    @exercise.exercise
    def faulty(answer):
        return np.ones(2) @ np.ones(3)

    with pytest.raises(ValueError, match="mismatch"):
        faulty.check(1)


@each([("lag", 43), *BAD[:5]])
def test_a_solution_that_is_not_right_fails(name, answers, capsys):
    with pytest.raises(AssertionError, match=f"^{name}: Not yet: "):
        EXERCISES[name].solution(*answers[:1])
    assert capsys.readouterr().out == ""


def test_what_is_said_of_a_solution_is_folded_for_those_who_run_all_cells():
    shown = exercise.Verdict("Right. It is 7.", folded=True)._repr_html_()
    assert re.fullmatch(r"<details><summary>[^<]+</summary><p .*Right.*7\.</p></details>", shown)
    assert "details" not in exercise.Verdict("Right. It is 7.")._repr_html_()
