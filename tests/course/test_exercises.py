"""Exercises: their tables test themselves; all of them with right, wrong and bad answers."""

import copy
import itertools
import math
import re
from importlib import import_module

import numpy as np
import pytest

from lstm_lessons import GRU, LSTM, RNN, Readout, Stack, sigmoid, tasks
from lstm_lessons.course import LESSONS, exercise, lesson_5
from lstm_lessons.course.tables import Function, Number

EXERCISES = {
    name: getattr(import_module(f"lstm_lessons.course.lesson_{lesson.number}"), name)
    for lesson in LESSONS
    for name in lesson.exercises
}
TABLES = {name: one for name, one in EXERCISES.items() if isinstance(one, (Function, Number))}


def rng():
    return np.random.default_rng(0)


def cell(kind, *sizes, Wx=0, Wh=0, b=0, lists=False, **options):
    """A cell with these weights, given by rows; ``lists`` leaves them as lists."""
    made = kind(*sizes, rng(), **options)
    for name, value in dict(Wx=Wx, Wh=Wh, b=b).items():
        made.params[name].flat = np.ravel(value)
    if lists:
        made.params = {name: value.tolist() for name, value in made.params.items()}
    return made


def both_ones(Wx=(5, 5), Wh=((0, 0), (5, 0)), b=(0, -7.5)):
    """An RNN whose first unit is the bit, and whose second one is above 0 after two of them."""
    return cell(RNN, 1, 2, Wx=Wx, Wh=Wh, b=b)


def latch(write=(20, -10), forget=(-20, 10), candidate=(1, 0), lists=False):
    """An LSTM that writes tanh(value) at flag 1 and holds it at flag 0; gates as (flag's, bias)."""
    Wx = [[0, write[0]], [0, forget[0]], candidate, [0, 0]]
    return cell(LSTM, 2, 1, Wx=Wx, b=[write[1], forget[1], 0, 0], lists=lists)


def exploding(g=4.0, b=(0, 0, 0, 0)):
    """An LSTM whose state stays at 0 without a bias, and grows from there by 1/2 + g/4 a step."""
    return cell(LSTM, 1, 1, Wh=[0, 0, g, 0], b=b)


def parity(z=(20, -10), n=-10.0, **options):
    """A GRU that turns h over at bit 1 and keeps it at bit 0; z as (bit's, bias), n as h's weight."""
    return cell(GRU, 1, 1, Wx=[0, z[0], 0], Wh=[0, 0, n], b=[0, z[1], 0], **options)


def recaller(V=0, inputs=5, kind=RNN, n_out=4, n_hidden=32):
    """An RNN each of whose first four units latches one symbol, and a read-out V (n_out, 4) of these."""
    Wx, Wh = 5 * np.eye(n_hidden, inputs), 3 * np.eye(n_hidden)
    first = cell(kind, inputs, n_hidden, **(dict(Wx=Wx, Wh=Wh) if kind is RNN else {}))
    last = Readout(n_hidden, n_out, rng())
    last.params["V"][:] = 0
    last.params["V"][:, :4] = V
    return Stack([first, last])


def reader():
    """A network of hand-made weights that answers with the last city it has read."""
    H, places = len(tasks.CITIES), [tasks.WORDS.index(city) for city in tasks.CITIES]
    Wx = np.zeros((4, H, len(tasks.WORDS)))
    Wx[:2, :, places] = [[[40]], [[-30]]]  # at any city all units write and forget
    Wx[2, range(H), places] = 5  # and each city has a candidate
    last = Readout(H, H, rng())
    last.params["V"][:] = np.eye(H)
    first = cell(LSTM, len(tasks.WORDS), H, Wx=Wx, b=np.repeat([-20, 10, 0, 10], H))
    return Stack([first, last])


def story(city):
    text = f"the food was good . Mara flew to {city} . nobody was in sight . Mara is on holiday in"
    return tasks.one_hot([text.split()])


def taken(gates, city="Paris", word=9):
    """Gates of the reader's LSTM at a word of the story with this city."""
    trace = reader().forward(story(city)).layers[0]
    return {gate: getattr(trace, gate)[word - 1, 0] for gate in gates}


def by_value():
    """A latch whose value opens the input gate: right only while values are small."""
    return cell(LSTM, 2, 1, Wx=[[10, 20], [0, -20], [1, 0], [0, 0]], b=[-10, 10, 0, 0])


def gru_step(r, z, x, h_prev):
    return (1 - z) * h_prev + z * np.tanh(x + r * h_prev)


def lstm_step(i, f, g, o, c_prev):
    c = f * c_prev + i * g
    return c, o * np.tanh(c)


def slope(s):
    a = np.log(s / (1 - s))
    return (sigmoid(a + 1e-5) - sigmoid(a - 1e-5)) / 2e-5


def rnn_step(x, h_prev, Wx, Wh, b):
    return cell(RNN, 2, 3, Wx=Wx, Wh=Wh, b=b).forward(x[None, None], h_prev[None]).h[0, 0]


def step_back(dh, h, W):
    back = np.where(h > 0, dh, 0) @ W
    dh[:] = h[:] = W[:] = 0  # what it was given is its own
    return back.tolist()


SIZES = {n: RNN(10, n, rng()).n_params for n in range(1, 81)}
NEAREST = min(SIZES, key=lambda n: abs(SIZES[n] - LSTM(10, 20, rng()).n_params))
DIAGNOSIS = {"A": "tanh", "B": "sum", "C": "dc_next"}
RIGHT = [  # each right answer found in another way than the exercise does; limits from inside
    ("rnn_parameters", RNN(2, 3, rng()).n_params), ("rnn_step", rnn_step),
    ("window_parameters", np.float64(12 * 3 + 1)), ("both_ones", both_ones()),
    ("both_ones", both_ones((1, 1), ((0, 0), (1, 0)), (0, -1.3))),  # just above and below 0
    ("lag", next(k for k in itertools.count() if 0.9**k < 0.01)), ("step_back", step_back),
    ("apart", np.float32(0.0176)), ("hump", [[0, 0], [101, 0]]),
    ("hump", [[-24.1, 25], [-25, 25.9]]),  # 0.9 twice, found as 0.9 + 5e-8
    ("half_life", 0.4955**0.1), ("half_life", np.array(0.5045**0.1)), ("gate_input", 4.6),
    ("slope", slope), ("cue", 6, 1), ("step", lstm_step),
    ("step", lambda *gates: tuple(map(np.float32, lstm_step(*gates)))),
    ("step", lambda *gates: np.array(lstm_step(*gates))), ("step", lambda *g: list(lstm_step(*g))),
    ("parameters", LSTM(100, 256, rng()).n_params), ("largest", 50.0, np.int64(1)),
    ("latch", latch(lists=True)), ("latch", latch((14, -7), (-14, 7))), ("diagnosis", {name: np.str_(DIAGNOSIS[name]) for name in "CBA"}),
    ("bias", 4.27), ("bias", 4.3), ("path", lambda f, t: np.cumprod([1, *f[:t:-1]])[-1]),
    ("total_dc", lambda dh, dc, o, c: np.float32(dh * o / np.cosh(c) ** 2 + dc)),
    ("explosion", exploding()), ("explosion", exploding(b=(0, 5, 0, 0))), ("explosion", exploding(b=(0, 25, 0, 0))),
    ("gru_parameters", GRU(100, 256, rng()).n_params), ("update_bias", -math.log(99)),
    ("gru_step", lambda r, z, x, h: h + z * (np.tanh(x + r * h) - h)),
    ("gru_step", lambda *a: gru_step(*map(np.float32, a))), ("parity", parity()),
    ("parity", parity(z=(80, -40), n=-20, reset_after=True)), ("fair", NEAREST), ("baseline", 0.167),
    ("recaller", recaller(np.eye(4))), ("chance", 0.031), ("hide", "o", 0),
    ("transplant", taken("gi"), reader(), story("London")),
    ("transplant", {k: v.tolist() for k, v in taken("gifo").items()}, reader(), story("London")),
]  # fmt: skip
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
]  # fmt: skip
HALF = [0.5] * len(tasks.CITIES)
BAD = [  # with the name of what is bad
    *[(name, bad, table.name) for name, table in TABLES.items() for bad in ("0.9", None, [0.9])],
    ("lag", math.nan, "lag"), ("slope", lambda s: "s", "slope"), ("path", lambda f, t: f, "path"),
    ("hump", np.eye(3), "W"), ("hump", [[0, 1_000_001], [0, 0]], "W"), ("cue", "6", 1, "w"),
    ("cue", 6, None, "b"), ("largest", 3, "1", "h"), ("step", 1.05, "step"),
    ("step", lambda *_: 1.05, "step"), ("step", lambda *_: (1.05, None), "h"),
    ("diagnosis", {"A": "tanh"}, "diagnosis"), ("hide", "fi", 0, "gate"), ("hide", "o", 2, "value"),
    ("diagnosis", DIAGNOSIS | {"B": "Sum"}, "diagnosis['B']"), ("both_ones", RNN, "cell"),
    ("both_ones", RNN(1, 1, rng()), "cell"), ("latch", GRU(2, 1, rng()), "cell"),
    ("explosion", latch(), "cell"), ("explosion", exploding(1000.1), "params['Wh']"),
    ("parity", parity(n=math.nan), "params['Wh']"), ("recaller", Stack, "model"),
    ("recaller", recaller(kind=LSTM), "model"), ("recaller", recaller(inputs=4), "model"),
    ("recaller", recaller(n_out=5), "model"),
    *[("transplant", gates, reader(), story("London"), argument) for gates, argument in [
        ({}, "override"), ({"x": HALF}, "override"), ({"f": HALF[1:]}, "override['f']"),
        ({"g": [-1.1, *HALF[1:]]}, "override['g']"), ({"f": [-0.1, *HALF[1:]]}, "override['f']"),
    ]],
    ("transplant", {"g": HALF}, None, story("London"), "model"),
    ("transplant", {"g": HALF}, recaller(kind=LSTM), story("London"), "model"),
    ("transplant", {"g": HALF}, reader(), None, "xs"),
    ("transplant", {"g": HALF}, reader(), story("London")[:8], "xs"),
]  # fmt: skip


def each(rows):
    ids = [f"{row[0]}-{k}" for k, row in enumerate(rows)]
    return pytest.mark.parametrize(
        ("name", "answers"), [(row[0], row[1:]) for row in rows], ids=ids
    )


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


@each(BAD)
def test_an_answer_of_another_kind_is_named_and_neither_printed_nor_noted(name, answers, capsys):
    *answers, argument = answers
    with pytest.raises((TypeError, ValueError), match=f"^{re.escape(argument)}: got .*expected "):
        EXERCISES[name].check(*answers)
    assert capsys.readouterr().out == "" and not exercise.solved


def test_every_exercise_is_tried_and_those_without_a_table_with_wrong_and_bad_answers():
    assert {name for name, *_ in RIGHT} == set(EXERCISES)
    wrong, bad = ({name for name, *_ in rows} for rows in (WRONG, BAD))
    assert set(EXERCISES) - set(TABLES) <= wrong & bad


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
