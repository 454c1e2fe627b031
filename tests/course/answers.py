"""Answers to the exercises: cells and networks made by hand, and a right answer to each exercise."""

import itertools
import math
from importlib import import_module

import numpy as np
import pytest

from lstm_lessons import GRU, LSTM, RNN, Readout, Stack, sigmoid, tasks
from lstm_lessons.cells import MinGRU
from lstm_lessons.course import LESSONS
from lstm_lessons.course.tables import Function, Number

EXERCISES = {
    name: getattr(import_module(f"lstm_lessons.course.lesson_{lesson.number}"), name)
    for lesson in LESSONS
    for name in lesson.exercises
}
TABLES = {name: one for name, one in EXERCISES.items() if isinstance(one, (Function, Number))}


def each(rows):
    ids = [f"{row[0]}-{k}" for k, row in enumerate(rows)]
    return pytest.mark.parametrize(
        ("name", "answers"), [(row[0], row[1:]) for row in rows], ids=ids
    )


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


def by_hand(gates, also=8):
    """The same as a console's override, with word 9 and one more set, counted from 0."""
    override = {gate: np.full((len(story("Paris")), 1, 32), np.nan) for gate in gates}
    for gate, values in gates.items():
        override[gate][[8, also]] = values
    return override


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


def drawn(y, temperature, u):
    odds = np.exp((y - y.max()) / temperature)
    return next(k for k in range(len(y)) if sum(odds[: k + 1]) > u * sum(odds))


def one_mask(T, B, H, share, rng):
    return np.ones((T, 1, 1)) * (rng.random((B, H)) > share) / (1 - share)


def adder(mark=-60, w=1, lists=False):
    """A GRU whose r is shut by the mark, and whose n adds a hundredth of the number to w times h."""
    Wx = [[0, mark], [0, 0], [0.01, 0]]
    return cell(GRU, 2, 1, Wx=Wx, Wh=[0, 0, w], b=[30, 30, 0], lists=lists)


def turner(z=(100, -50), n=0, signed=True):
    """A minGRU with z as (bit's, bias), and a candidate that is always n."""
    made = MinGRU(1, 1, rng(), signed=signed)
    made.params |= {"Wx": np.array([[z[0]], [0.0]]), "b": np.array([z[1], n], float)}
    return made


FINDINGS = "state unscaled late future half_open overflow by_heart axes off_ridge".split()
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
    ("transplant", by_hand(taken("gi")), reader(), story("London")),
    ("both_ends", lambda output: np.where(np.arange(4) < 2, output[-1], output[0])),
    ("keras_gru", lambda kernel: np.vstack([kernel.T[2:4], -kernel.T[:2], kernel.T[4:]])),
    ("masked_loss", lambda x, n: np.concatenate([x[:k, b] for b, k in enumerate(n)]).mean()),
    ("scaler", lambda s, n: (s - sum(s[:n]) / n) / np.sqrt(np.var(s[:n]))), ("sample", drawn),
    ("guessing", 2.302585), ("findings", dict(zip("ABCDEFGHI", FINDINGS, strict=True))),
    ("scalings", {"X": "row", "Y": "training", "Z": "batch"}), ("drop_once", one_mask),
    ("sums_anew", adder()), ("sums_anew", adder(lists=True)), ("rounds", 12), ("small_step", 69),
    ("joined", lambda f2, b2, f1, b1: [f2 * f1, f2 * b1 + b2]), ("turner", turner()),
]  # fmt: skip
