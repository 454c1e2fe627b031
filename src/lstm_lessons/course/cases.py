"""Lesson 10's patients: nine trainings, each with one thing wrong, and a healthy one beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arguments import Array
from ..cells import LSTM, RNN, Cell
from ..stack import Readout, Stack, StackTrace

B, NEW = 32, 128  # sequences in a batch, and new ones that are kept for tests
Rng = np.random.Generator
Prepared = tuple[Array, NDArray]  # inputs (B, T, D), and values (B, T, 1) or classes (B,)


def time_first(array: NDArray) -> NDArray:
    """From (B, T, ...) to (T, B, ...), as the cells want it; and back."""
    return array.swapaxes(0, 1)


class Carrying(Stack):
    """A Stack that goes on from the states in which the batch before has left it."""

    last: StackTrace | None = None

    def forward(self, xs: Any, states: Any = None, override: Any = None) -> StackTrace:
        if self.last is not None and states is None:
            states = [(trace.h[-1], trace.c[-1]) for trace in self.last.layers]  # type: ignore[attr-defined]
        self.last = super().forward(xs, states, override)
        return self.last


class Single(Stack):
    """A Stack whose answers are float32's: beyond 3.4e38 they are infinite."""

    def forward(self, xs: Any, states: Any = None, override: Any = None) -> StackTrace:
        trace = super().forward(xs, states, override)
        assert trace.y is not None
        with np.errstate(over="ignore"):
            return StackTrace(trace.layers, trace.y.astype(np.float32).astype(np.float64))


class Case(NamedTuple):
    """One training: its data, its network, its settings, and what its owner says of it."""

    diagnosis: str
    says: str
    rows: Callable[[Rng, int], Array]  # so many sequences as they are delivered, (B, T, ...)
    prepare: Callable[[Array], Prepared]
    cell: Callable[[Rng], Cell]
    steps: int = 200
    lr: float = 0.01
    max_norm: float = 1.0
    turn: Callable[[NDArray], NDArray] = time_first
    stack: Callable[[list], Stack] = Stack
    pool: int | None = None  # how many sequences there are to learn from; None: always new ones
    limit: float = (
        0.5  # well is a loss below this share of the naive forecast's, or a constant answer's
    )
    start: int = 0  # the number of the value after which the first answer is given
    naive: Callable[[Array], Array] | None = None  # a forecast without a network, (B, T, 1)

    def untrained(self, rng: Rng) -> Stack:
        """The network as it starts."""
        cell = self.cell(rng)
        target = self.prepare(self.rows(np.random.default_rng(0), 1))[1]
        return self.stack([cell, Readout(cell.n_hidden, 1 if target.ndim == 3 else 4, rng)])

    def batch(self, rows: Array) -> tuple[Array, NDArray]:
        """(xs, target) as the network gets them."""
        inputs, target = self.prepare(rows)
        return self.turn(inputs), self.turn(target) if target.ndim == 3 else target

    def batches(self, rng: Rng) -> Iterator[tuple[Array, NDArray]]:
        """What it learns from, without an end."""
        kept = self.rows(rng, self.pool) if self.pool else None
        while True:
            yield self.batch(
                self.rows(rng, B) if kept is None else kept[rng.integers(len(kept), size=B)]
            )

    def answer(self, model: Stack, rows: Array) -> Array:
        """The answers to delivered rows, batch by batch and in their order, (B, T, n_out)."""
        answers = []
        for k in range(0, len(rows), B):
            y = model.forward(self.batch(rows[k : k + B])[0]).y
            assert y is not None
            answers.append(self.turn(y))
        return np.concatenate(answers)


# --- what is delivered, and what is made of it


def _waves(rng: Rng, n: int, length: int = B + 1) -> Array:
    """Noisy waves, each of its own length."""
    period, phase = rng.uniform(8, 14, (n, 1)), rng.uniform(0, 2 * np.pi, (n, 1))
    noise = 0.1 * rng.standard_normal((n, length))
    return np.sin(2 * np.pi * np.arange(length) / period + phase) + noise


def _pressures(rng: Rng, n: int) -> Array:
    """Air pressures in hPa."""
    return 1013 + 8 * _waves(rng, n)


def _walks(rng: Rng, n: int) -> Array:
    """Nearly random walks: a change is 0.3 times the change before, and chance."""
    changes = rng.standard_normal((n, B))
    for t in range(1, B):
        changes[:, t] += 0.3 * changes[:, t - 1]
    return rng.normal(0, 10, (n, 1)) + np.cumsum(changes, axis=1)


def _weather(rng: Rng, n: int) -> Array:
    """A value is 0.6 times the value before, and chance."""
    values = rng.standard_normal((n, B + 3))
    for t in range(1, B + 3):
        values[:, t] += 0.6 * values[:, t - 1]
    return values


def _symbols(T: int) -> Callable[[Rng, int], Array]:
    """One of four symbols, 0 to 3, and T blanks, 4."""

    def rows(rng: Rng, n: int) -> Array:
        codes = np.full((n, T + 1), 4.0)
        codes[:, 0] = rng.integers(4, size=n)
        return codes

    return rows


def _coins(rng: Rng, n: int) -> Array:
    return rng.choice([-1.0, 1.0], (n, 20))


def _drifts(rng: Rng, n: int) -> Array:
    """Noise around one of four levels, which stands in column 0."""
    level = rng.integers(4, size=(n, 1))
    return np.concatenate([level, level - 1.5 + 2 * rng.standard_normal((n, 20))], axis=1)


def _numbers(rng: Rng, n: int) -> Array:
    return rng.uniform(-1, 1, (n, 400))


def next_value(rows: Array) -> Prepared:
    """Inputs x_t, and as targets x_{t+1}."""
    return rows[:, :-1, None], rows[:, 1:, None]


def _unscaled(rows: Array) -> Prepared:
    return rows[:, :-1, None], (rows[:, 1:, None] - 1013) / 8


def _levels(rows: Array) -> Prepared:
    return next_value(rows[:, 1:] / 10)


def _first_symbol(rows: Array) -> Prepared:
    codes = rows.astype(int)
    return np.eye(5)[codes], codes[:, 0]


def _running_sum(rows: Array) -> Prepared:
    return rows[..., None], np.cumsum(rows, axis=1)[..., None] / 5


def _running_mean(rows: Array) -> Prepared:
    n = np.arange(1, rows.shape[1] + 1)
    return rows[..., None], (np.cumsum(rows, axis=1) / np.sqrt(n))[..., None]


def _level(rows: Array) -> Prepared:
    return rows[:, 1:, None], rows[:, 0].astype(int)


def _centred(rows: Array) -> Prepared:
    smooth = (rows[:, 1:-2] + rows[:, 2:-1] + rows[:, 3:]) / 3
    return np.stack([rows[:, 2:-1], smooth], axis=-1), rows[:, 3:, None]


def _identity(rng: Rng) -> RNN:
    cell = RNN(1, 16, rng, activation="relu")
    cell.params["Wh"][:] = np.eye(16)
    return cell


def _lstm(rng: Rng) -> LSTM:
    return LSTM(1, 16, rng)


CASES = {
    "healthy": Case("healthy", "", _waves, next_value, _lstm, naive=lambda r: r[:, :-1, None]),
    "A": Case(
        "state",
        "It should say how far ahead heads are after each of 20 coins. It learns half of it and stops.",
        _coins, _running_sum, lambda rng: LSTM(1, 16, rng, forget_bias=1), stack=Carrying,
    ),
    "B": Case(
        "unscaled",
        "It should forecast the air pressure. All its answers are the same.",
        _pressures, _unscaled, _lstm, naive=lambda r: (r[:, :-1, None] - 1013) / 8,
    ),
    "C": Case(
        "late",
        "It forecasts a price and explains 99% of the variance. I want to use it.",
        _walks, _levels, _lstm, limit=0.95, start=1, naive=lambda r: r[:, 1:-1, None] / 10,
    ),
    "D": Case(
        "future",
        "It forecasts the weather better than anyone, on new data as well. I want to use it.",
        _weather, _centred, lambda rng: LSTM(2, 16, rng), start=2, limit=0.9, naive=lambda r: r[:, 2:-1, None],
    ),
    "E": Case(
        "half_open",
        "It should say which symbol came first, before 20 blanks. It guesses.",
        _symbols(20), _first_symbol, lambda rng: LSTM(5, 16, rng), steps=400, limit=0.2,
    ),
    "F": Case(
        "overflow",
        "It sums numbers up. The gradients are clipped to a length of 1, and I still get inf, then NaN.",
        _numbers, _running_mean, _identity, steps=40, lr=0.1, stack=Single, limit=0.3,
    ),
    "G": Case(
        "by_heart",
        "It should say around which of four levels a noisy series moves. It makes no mistake.",
        _drifts, _level, lambda rng: LSTM(1, 16, rng), steps=300, pool=16, start=1, limit=0.6,
    ),
    "H": Case(
        "axes",
        "It should forecast a wave. It learns something, and then nothing more.",
        _waves, next_value, _lstm, turn=lambda array: array, naive=lambda r: r[:, :-1, None],
    ),
    "I": Case(
        "off_ridge",
        "It should say which symbol came first, before 50 blanks. It begins to, and never gets there.",
        _symbols(50), _first_symbol, lambda rng: RNN(5, 32, rng), steps=300, lr=0.03, limit=0.2,
    ),
}  # fmt: skip
