"""Exercises: their tables test themselves; all of them with right and wrong answers."""

import copy
import re

import numpy as np
import pytest

from lstm_lessons import LSTM
from lstm_lessons.course import exercise, lesson_5
from lstm_lessons.course.tables import Number
from tests.course.answers import (
    DIAGNOSIS,
    EXERCISES,
    RIGHT,
    TABLES,
    adder,
    both_ones,
    by_hand,
    by_value,
    each,
    exploding,
    latch,
    lstm_step,
    one_mask,
    parity,
    reader,
    recaller,
    rng,
    story,
    taken,
    turner,
)

WRONG = [  # with a word of what it is told; limits from outside
    ("lag", 43, "1.08%"), ("lag", 44.5, "whole"), ("lag", 0, "at least 1"), ("apart", 1, "no news"),
    ("apart", 0, "met"), ("apart", 0.98**201, "small"), ("apart", 0.98**199, "safe"),
    ("half_life", 0.494**0.1, "49.4%"), ("half_life", 0.506**0.1, "50.6%"),
    ("half_life", 10, "share"), ("gate_input", 4.53, "sigmoid"), ("gate_input", 4.66, "sigmoid"),
    ("bias", 4.24, "half is"), ("bias", 4, "after 38.2"), ("bias", 50, "keeps all"),
    ("bias", -500, "nothing"), ("update_bias", -4.5, "left"), ("update_bias", -4.7, "left"),
    ("fair", 44.6, "whole"), ("fair", 46, "2,622"), ("baseline", 0.169, "squared"),
    ("baseline", 0.16, "squared"), ("chance", 0.033, "one answer"),
    ("rnn_step", lambda x, h, Wx, Wh, b: h, "off by"), ("step_back", lambda dh, h, W: dh, "off by"),
    ("slope", lambda s: s / 4, "slope"), ("path", lambda f, t: f[-1] ** (4 - t), "t = 2"),
    ("gru_step", lambda *_: 0, "n = "), ("total_dc", lambda *_: 0, "dh = "),
    ("both_ones", both_ones(b=(0, 0)), "bit 1 and 0 before it, the second unit is above"),
    ("both_ones", both_ones(b=(0, -12)), "bit 1 and 1 before it, the second unit is not above"),
    ("hump", [[0.901, 50], [0, 0.9]], "radius"), ("hump", [[-0.9, 50], [0, 0.9]], "grows"),
    ("cue", 6, 0, "keep"), ("cue", 5, 5, "drop"), ("cue", 5.95, 0.93, "98.978%"),
    ("cue", 5.75, 1.16, "1.005%"), ("largest", 1, 1, "squashes"),
    ("largest", 51, 1, "c is off"), ("largest", 50, 50, "h is off"),
    ("step", lambda i, f, g, o, c: (i * c + f * g, 0), "f belongs"),
    ("step", lambda i, f, g, o, c: (f * c + i * g, o * (f * c + i * g)), "squashed"),
    ("step", lambda i, f, g, o, c: (f * c + i * g, 0), "c is right, h is off"),
    ("step", lambda o, f, i, g, c: lstm_step(i, f, g, o, c), "make 1.05"),  # a different order
    ("step", lambda *gates: lstm_step(*gates)[::-1], "c first"), ("parameters", 366592, "PyTorch"),
    ("latch", latch(write=(11.73, -10)), "i should be near 1"), ("latch", latch((10, -5), (-10, 5)), "hold"),
    ("latch", latch(candidate=(-1, 0)), "tanh"), ("latch", latch(forget=(-24, 4)), "not hold"),
    ("latch", latch(forget=(-11.73, 10)), "replace"), ("latch", by_value(), "not hold"),
    ("diagnosis", dict.fromkeys("ABC", "tanh"), "B is not 'tanh'"),
    ("diagnosis", DIAGNOSIS | {"A": "sum"}, "Wx, Wh and b"),
    ("explosion", exploding(2.38), "make it larger"), ("explosion", exploding(b=(0, 50, 0, 0)), "gate of 1"),
    ("explosion", exploding(b=(0, 0, 1, 0)), "wandered off"), ("parity", parity(n=10), "change its sign"),
    ("parity", parity(z=(-20, 10)), "keep h = 1"), ("parity", parity(z=(20, -5)), "stay"),
    ("recaller", recaller(0), "by chance"), ("recaller", recaller(-np.eye(4)), "0 of the 4"),
    ("recaller", recaller(np.eye(4), n_hidden=8), "RNN(5, 32, rng)"),
    ("recaller", recaller(np.diag([1, 1, 1, -1])), "3 of the 4"), ("hide", "o", 0.5, "0.5"),
    ("hide", "o", 1, "all of"), ("hide", "f", 0, "wipes"), ("hide", "g", 0, "onto the belt"),
    ("transplant", taken("i"), reader(), story("London"), "answers London. Which of the four"),
    ("transplant", taken("gi", word=8), reader(), story("London"), "word 9"),
    ("transplant", taken("gi", "Lima"), reader(), story("London"), "answers Lima. Were"),
    ("transplant", by_hand(taken("gi"), also=9), reader(), story("London"), "g is set at other words"),
    ("findings", dict.fromkeys("ABCDEFGHI", "late"), "A is not"),
    ("scalings", dict.fromkeys("XYZ", "row"), "Y"),
    ("drop_once", lambda T, B, H, share, rng: (rng.random((T, B, H)) >= share) / (1 - share), "it changes from step to step."),
    ("drop_once", lambda T, B, H, share, rng: one_mask(T, 1, H, share, rng).repeat(B, 1), "all sequences have the same mask."),
    ("drop_once", lambda T, B, H, share, rng: one_mask(T, B, H, 1 - share, rng), "drops the others."),
    ("drop_once", lambda T, B, H, share, rng: one_mask(T, B, H, share, rng) * (1 - share), "multiplied by 1. For a mean of 1"),
    ("drop_once", lambda T, B, H, share, rng: np.ones((T, B, H)), "all factors are 1."),
    ("sums_anew", adder(w=0), "the sum should go on"), ("sums_anew", adder(mark=0), "the sum should begin anew"),
    ("turner", turner(signed=False), "signed=True"), ("turner", turner((0, -50)), "change its sign"),
    ("turner", turner((100, -0.5)), "h should stay"), ("turner", turner((100, -50), n=0.6), "nearer to 1"),
]  # fmt: skip


def declared(table):
    """Every answer that stands in a table, with its sentence."""
    if isinstance(table, Number):
        return {
            near.value: says(near.value) if callable(says) else says for near, says in table.rows
        }
    return {(lambda *case, k=k: table.rows(*case)[k]): k for k in table.rows(*table.cases[0])}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_answer_in_a_table_gets_its_own_sentence(table):
    answers = declared(table)
    assert {answer: table.judge(answer) for answer in answers} == answers
    right, *others = answers.values()
    assert right.startswith("Right.") and not any(one.startswith("Right") for one in others)


@each(RIGHT)
def test_a_right_answer_is_noted_and_heard_and_its_solution_only_shown(name, answers, heard, said):
    before = copy.deepcopy(answers)
    sentence = said(EXERCISES[name].solution, *answers)
    assert re.fullmatch(r"Right[.,:] .{20,}\.", sentence) and not exercise.solved and not heard
    for times in (1, 2):
        assert said(EXERCISES[name].check, *answers) == sentence
        assert exercise.solved == {name} and heard == times * [name]
    for mine, was in zip(answers, before, strict=True):  # lists stay lists
        mine, was = getattr(mine, "params", mine), getattr(was, "params", was)
        np.testing.assert_equal(mine, was)
        assert repr(mine) == repr(was)


@each(WRONG)
def test_a_wrong_answer_is_told_what_is_off_and_is_not_noted(name, answers, heard, said):
    *answers, idea = answers
    sentence = said(EXERCISES[name].check, *answers)
    assert sentence.startswith("Not yet: ") and idea.lower() in sentence.lower()
    assert not exercise.solved and not heard


def test_every_exercise_is_tried_and_those_without_a_table_with_wrong_answers_too():
    assert {name for name, *_ in RIGHT} == set(EXERCISES)
    assert set(EXERCISES) - set(TABLES) <= {name for name, *_ in WRONG}


@pytest.mark.parametrize(
    ("fault", "T", "wrong"),
    [
        ("tanh", 1, "Wx Wh b xs h0 c0"), ("tanh", 3, "Wx Wh b xs h0 c0"), ("sum", 1, ""),
        ("sum", 3, "Wx Wh b"), ("dc_next", 1, ""), ("dc_next", 3, "Wx Wh b xs h0 c0"),
    ],
)  # fmt: skip
def test_a_patients_gradients_are_wrong_exactly_where_its_fault_says(fault, T, wrong):
    (patient,) = [lesson_5.patients[name] for name, its in lesson_5.FAULTS.items() if its == fault]
    one, draw = LSTM(2, 4, rng()), rng().standard_normal
    one.params["b"][:] = draw(16)
    trace = one.forward(draw((T, 1, 2)), (draw((1, 4)), draw((1, 4))))
    dh = draw((T, 1, 4))
    right, mine = one.backward(trace, dh), patient(one, trace, dh)
    off = {name: np.abs(mine[name] - v).max() / np.abs(v).max() for name, v in right.items()}
    assert {name for name, error in off.items() if error > 1e-12} == set(wrong.split())
    assert all(off[name] > 0.01 for name in wrong.split())  # the lab shows two decimals
