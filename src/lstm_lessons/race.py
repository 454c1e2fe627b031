"""A race between cells. What differs is the cell, where its biases start, and the learning rate.

All runs on one task with one seed get the same batches, and all networks on one task about the same
number of parameters, the read-out counted. data/race.npz has 1,600 runs, made by scripts/race.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import tasks, train
from .arguments import Array, as_count, as_number, one_of
from .cells import GRU, LSTM, RNN, Cell
from .stack import Readout, Stack

LEARNING_RATES = (0.001, 0.003, 0.01, 0.03)
CHUNK = 50  # a curve has the mean error of so many training steps as one number
STEPS, MOST = 2000, 4000  # MOST for a run whose error is still falling at the end
ROUND = 1000  # steps; from STEPS on it is asked after each whether the error still falls
SOLVED = 0.01  # a run ends when the mean error of its last two chunks is at most this


class Task(NamedTuple):
    """What the race is about. An error is a mean squared error, or the share of wrong answers."""

    batches: Callable[..., tasks.Batches]  # of a generator and B, the number of sequences
    length: int  # of a sequence, in steps
    n_inputs: int
    n_out: int
    n_params: int  # about as many has every network


WORDS = len(tasks.WORDS)
TASKS = {
    "adding": Task(lambda rng, B=32: tasks.adding(100, rng, B=B), 100, 2, 1, 1500),
    "recall": Task(lambda rng, B=32: tasks.recall(50, rng, B=B), 51, 5, 4, 1500),
    "name": Task(lambda rng, B=32: tasks.filled_in(5, rng, "name", B=B), 42, WORDS, 4, 5800),
    "city": Task(lambda rng, B=32: tasks.filled_in(5, rng, B=B), 40, WORDS, 32, 5800),
}


def _identity(n_inputs: int, n_hidden: int, length: int, rng: np.random.Generator) -> Cell:
    """Le, Jaitly & Hinton 2015 (arXiv:1504.00941): ReLU, W_h the identity, small W_x."""
    cell = RNN(n_inputs, n_hidden, rng, activation="relu")
    cell.params["Wh"][:] = np.eye(n_hidden)
    cell.params["Wx"][:] = 0.001 * rng.standard_normal((n_hidden, n_inputs))
    return cell


def _half(gate: str) -> Callable[..., Cell]:
    """Chrono for one of the LSTM's two gates; the bias of the other, ``gate``, starts at 0."""

    def cell(n_inputs: int, n_hidden: int, length: int, rng: np.random.Generator) -> Cell:
        lstm = LSTM(n_inputs, n_hidden, rng, chrono=length)
        lstm.params["b"].reshape(4, n_hidden)[lstm.gates.index(gate)] = 0.0
        return lstm

    return cell


STARTS: dict[str, Callable[..., Cell]] = {
    "RNN": lambda D, H, T, rng: RNN(D, H, rng),
    "RNN, identity": _identity,
    "LSTM, zeros": lambda D, H, T, rng: LSTM(D, H, rng),
    "LSTM, forget bias 1": lambda D, H, T, rng: LSTM(D, H, rng, forget_bias=1.0),
    "LSTM, chrono": lambda D, H, T, rng: LSTM(D, H, rng, chrono=T),
    "LSTM, chrono's f alone": _half("i"),
    "LSTM, chrono's i alone": _half("f"),
    "GRU, zeros": lambda D, H, T, rng: GRU(D, H, rng),
    "GRU, update bias -1": lambda D, H, T, rng: GRU(D, H, rng, update_bias=-1.0),
    "GRU, chrono": lambda D, H, T, rng: GRU(D, H, rng, chrono=T),
}


def units(start: str, task: str) -> int:
    """The number H of hidden units with which a network comes nearest to the task's ``n_params``."""
    race, layers = TASKS[one_of("task", task, TASKS)], len(_kind(start).gates)

    def off(H: int) -> int:
        # A layer has H rows of n_inputs + H weights and a bias, the read-out n_out of H and a bias.
        n_params = layers * H * (race.n_inputs + H + 1) + race.n_out * (H + 1)
        return abs(n_params - race.n_params)

    return min(range(1, 100), key=off)


def _kind(start: str) -> Any:
    return {"RNN": RNN, "LSTM": LSTM, "GRU": GRU}[one_of("start", start, STARTS).split(",")[0]]


def contestant(start: str, task: str, seed: int) -> Stack:
    """The untrained network of one run."""
    H, race = units(start, task), TASKS[task]
    rng = np.random.default_rng([as_count("seed", seed, low=0), 0])
    cell = STARTS[start](race.n_inputs, H, race.length, rng)
    return Stack([cell, Readout(H, race.n_out, rng)])


class Run(NamedTuple):
    """How one training went."""

    curve: Array  # the mean error of each CHUNK of training steps, (n,)
    error: float  # on 1,000 new sequences, after it; NaN if the training broke off

    @property
    def solved(self) -> bool:
        """Did the training end because the task was solved?"""
        return len(self.curve) > 1 and bool(np.mean(self.curve[-2:]) <= SOLVED)


def run(start: str, task: str, lr: float, seed: int, steps: int | None = None) -> Run:
    """Train one contestant. The same arguments give the same run, up to a machine's rounding."""
    return compete(contestant(start, task, seed), task, lr, seed, steps)


def compete(model: Stack, task: str, lr: float, seed: int, steps: int | None = None) -> Run:
    """Train ``model`` on a task until it is solved, or for ``steps``, and test it on new sequences.

    Without ``steps`` for STEPS, and a ROUND more, up to MOST, if the error fell by a tenth in the last 250.
    A bar shows how far it is. Interrupted, it raises `train.Stopped`.
    """
    race, lr, curve = TASKS[one_of("task", task, TASKS)], as_number("lr", lr), list[float]()
    seed, history = as_count("seed", seed, low=0), train.History(model=model)
    batches = race.batches(np.random.default_rng([seed, 1]))
    most = MOST if steps is None else as_count("steps", steps)
    planned = STEPS if steps is None else most
    with train.one_bar(planned) as bar:
        end, name = bar.n + planned, f"{task}, seed {seed}"
        try:
            while len(curve) * CHUNK < most:
                if bar.n == end:  # it goes on, at least until it is asked again
                    end, bar.total = end + ROUND, bar.total + ROUND
                train.fit(model, batches, CHUNK, lr, history=history, name=name)
                curve.append(_error(history))
                if Run(np.array(curve), 0.0).solved or (steps is None and _flat(curve)):
                    break
            error = _tested(model, race, seed)
        except FloatingPointError:  # it blew up: that is a result
            error = np.nan
        bar.update(max(0, end - bar.n))  # what it did not need counts as done
    return Run(np.array(curve), error)


def _tested(model: Stack, race: Task, seed: int) -> float:
    """The error on 1,000 new sequences."""
    xs, target = next(race.batches(np.random.default_rng([seed, 2]), B=1000))
    y = model.forward(xs).y
    assert y is not None  # fit has seen to it that there is a read-out
    if target.dtype.kind == "f":
        return train.squared_error(y, target)[0]
    return 1 - train.cross_entropy(y, target)[2]


def _error(history: train.History) -> float:
    """The mean error of the last chunk."""
    if history.accuracy:
        return 1 - float(np.mean(history.accuracy[-CHUNK:]))
    return float(np.mean(history.loss[-CHUNK:]))


def _flat(curve: list[float]) -> bool:
    """Asked at STEPS and every ROUND after: is the error of the last 250 steps as good as before?"""
    steps = len(curve) * CHUNK
    asked = steps >= STEPS and steps % ROUND == 0
    return asked and bool(np.mean(curve[-5:]) > 0.9 * np.mean(curve[-10:-5]))


class Stored(NamedTuple):
    """Ten runs of one contestant on one task at one learning rate."""

    curves: Array  # (10, MOST / CHUNK), NaN where a run had ended
    errors: Array  # on new sequences, (10,); NaN where a training broke off
    solved: NDArray[np.bool_]  # (10,)


def stored(start: str, task: str, lr: float) -> Stored:
    """The ten runs of seeds 0 to 9 that lie in data/race.npz."""
    place = list(STARTS).index(one_of("start", start, STARTS))
    if as_number("lr", lr) not in LEARNING_RATES:
        raise ValueError(f"lr: got {lr:g}, expected one of {LEARNING_RATES}")
    where = place, list(TASKS).index(one_of("task", task, TASKS)), LEARNING_RATES.index(lr)
    table = _table()
    return Stored(*(table[name][where] for name in Stored._fields))


@cache
def _table() -> dict[str, Any]:
    with (files(__package__) / "data" / "race.npz").open("rb") as file, np.load(file) as kept:
        return {name: kept[name] for name in kept.files}
