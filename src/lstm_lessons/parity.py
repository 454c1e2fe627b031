"""Who tracks the parity of a row of bits, beyond the lengths of its training? Lesson 11's duel.

Trained on rows of LENGTH bits, asked after every bit, and tested at the last bit of longer ones.
data/parity.npz has the runs, made by scripts/parity.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from . import tasks, train
from .arguments import Array, as_count, as_number, one_of
from .cells import GRU, LSTM, RNN, Cell, MinGRU, MinLSTM
from .stack import Readout, Stack

LEARNING_RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
LENGTH, STEPS, UNITS = 20, 1500, 16
TESTED = (20, 40, 100, 200)  # bits


def _layers(kind: Callable[..., Cell], n: int) -> Callable[[np.random.Generator], list[Cell]]:
    return lambda rng: [kind(1 if k == 0 else UNITS, UNITS, rng) for k in range(n)]


CONTESTANTS = {
    "RNN": _layers(RNN, 1),
    "LSTM": _layers(LSTM, 1),
    "GRU": _layers(GRU, 1),
    "minLSTM": _layers(MinLSTM, 1),
    "minGRU": _layers(MinGRU, 1),
    "minLSTM, two layers": _layers(MinLSTM, 2),
    "minGRU, two layers": _layers(MinGRU, 2),
    "minGRU, signed": _layers(partial(MinGRU, signed=True), 1),
}


def run(name: str, lr: float, seed: int, steps: int = STEPS) -> tuple[Stack, Array]:
    """Train one contestant; the network, and its shares right at the lengths TESTED, (lengths,)."""
    layers = CONTESTANTS[one_of("name", name, CONTESTANTS)]
    rng = np.random.default_rng([as_count("seed", seed, low=0), 0])
    model = Stack([*layers(rng), Readout(UNITS, 2, rng)])
    batches = tasks.parity(LENGTH, np.random.default_rng([seed, 1]))
    train.fit(model, batches, steps, as_number("lr", lr), name=f"{name}, seed {seed}")
    return model, np.array([right(model, T, np.random.default_rng([seed, 2])) for T in TESTED])


def right(model: Stack, T: int, rng: np.random.Generator) -> float:
    """The share of 1,000 new rows of T bits whose parity the model knows at the last bit."""
    xs, parity = next(tasks.parity(T, rng, B=1000))
    y = model.forward(xs).y
    assert y is not None
    return float(np.mean(y[-1].argmax(axis=-1) == parity[-1]))


def stored(name: str, lr: float) -> Array:
    """The shares right of seeds 0 to 29 at the lengths TESTED, (30, lengths)."""
    if as_number("lr", lr) not in LEARNING_RATES:
        raise ValueError(f"lr: got {lr:g}, expected one of {LEARNING_RATES}")
    where = list(CONTESTANTS).index(one_of("name", name, CONTESTANTS)), LEARNING_RATES.index(lr)
    return _table()[where].astype(float)


@cache
def _table() -> NDArray:
    with (files(__package__) / "data" / "parity.npz").open("rb") as file, np.load(file) as kept:
        return kept["right"]
