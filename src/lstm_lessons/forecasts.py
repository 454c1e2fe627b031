"""Sunspots, a year ahead: a recipe with validation and early stopping, and a table of its runs.

Everything that is learned or chosen comes from the years before TEST. The runs of every recipe lie in
data/forecasts.npz, made by scripts/forecasts.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from . import tasks, train
from .arguments import Array, as_array, as_count, as_number, one_of
from .cells import GRU, LSTM, Cell, LSTMTrace
from .stack import Readout, Stack

CELLS: dict[str, type[Cell]] = {"LSTM": LSTM, "GRU": GRU}
UNITS, LEARNING_RATES = (4, 8, 16), (0.003, 0.01, 0.03)
VALIDATION, TEST = 1900, 1950  # the first years of each part; training has those before
EARLIER = (1850, 1900)  # the first years of two other tests, of fifty years each
CHOSEN = {"LSTM": (16, 0.003), "GRU": (16, 0.01)}  # units and rate, by the least median validation
PIECE, B = 44, 16  # years of a piece of the series, and pieces in a batch
FAR = ((1, 1), (2, 5), (6, 11), (12, 22), (23, 44), (45, 60))  # years ahead, put together by `far`
STEPS, CHUNK = 400, 10  # training steps in all, and from one look at the validation to the next


class Split(NamedTuple):
    """Which of the forecasts of series[1:] belong to each part, as slices."""

    training: slice
    validation: slice
    test: slice


def split(years: Array, validation: int = VALIDATION, test: int = TEST) -> Split:
    """The three parts by the years that are forecast, ``years`` (T,), one a year."""
    years = as_array("years", years, ("T",))
    if not years[0] + 1 < validation < test <= years[-1]:
        within = f"{years[0] + 1:.0f} < validation < test <= {years[-1]:.0f}"
        raise ValueError(f"validation, test: got {validation} and {test}, expected {within}")
    start, end = (int(year - years[0]) - 1 for year in (validation, test))
    return Split(slice(0, start), slice(start, end), slice(end, None))


def rmse(forecast: Array, truth: Array) -> float:
    """The root of the mean squared error, in the unit of its arguments."""
    return float(np.sqrt(np.mean((np.asarray(forecast) - truth) ** 2)))


def by_cycle(forecast: Array, truth: Array) -> Array:
    """The errors in five parts of the years, one after the other: two (T,) to (5,).

    Of the test years' 59 each part has eleven or twelve, about a cycle.
    """
    parts = zip(np.array_split(forecast, 5), np.array_split(truth, 5), strict=True)
    return np.array([rmse(*part) for part in parts])


def network(cell: str, units: int, seed: int) -> Stack:
    """An untrained network that reads a number a year and forecasts the next."""
    rng = np.random.default_rng([as_count("seed", seed, low=0), 0])
    return Stack([CELLS[one_of("cell", cell, CELLS)](1, units, rng), Readout(units, 1, rng)])


def forecast(model: Stack, series: Array) -> Array:
    """What it says of series[1:], each from all values before it: (T,) to (T - 1,)."""
    y = model.forward(series[:-1, None, None]).y
    assert y is not None
    return y[:, 0, 0]


def pieces(series: Array, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Batches of pieces from anywhere in ``series``: xs (PIECE, B, 1), and the next values as target."""
    while True:
        starts = rng.integers(len(series) - PIECE, size=B)
        rows = np.array([series[start : start + PIECE + 1] for start in starts]).T[..., None]
        yield rows[:-1], rows[1:]


class Run(NamedTuple):
    """How one training went: errors by chunk, in the unit of the series, and the step that was kept."""

    training: Array  # (chunks,)
    validation: Array  # (chunks,)
    best: int  # the training step with the least error on the validation part


def run(model: Stack, series: Array, parts: Split, lr: float, seed: int, steps: int = STEPS) -> Run:
    """Train ``model`` on the training part of ``series`` (T,), and give it the weights that did best
    on the validation part."""
    rng = np.random.default_rng([as_count("seed", seed, low=0), 1])
    batches = pieces(series[: parts.training.stop + 1], rng)
    history, best, kept = train.History(model=model), np.inf, {}
    errors: list[tuple[float, float]] = []
    with train.one_bar(steps):
        for _ in range(as_count("steps", steps, low=CHUNK) // CHUNK):
            train.fit(model, batches, CHUNK, as_number("lr", lr), history=history)
            made, truth = forecast(model, series), series[1:]
            errors.append(
                (rmse(made[parts[0]], truth[parts[0]]), rmse(made[parts[1]], truth[parts[1]]))
            )
            if errors[-1][1] < best:
                best, kept = errors[-1][1], {name: p.copy() for name, p in model.params.items()}
    for name, value in kept.items():
        model.params[name][...] = value
    training, validation = np.array(errors).T
    return Run(training, validation, CHUNK * int(1 + validation.argmin()))


def free(model: Stack, past: Array, n: int) -> Array:
    """n values after ``past`` (T,), each forecast read as if it had been measured: (n,)."""
    trace = model.forward(past[:, None, None])
    made: list[float] = []
    for _ in range(as_count("n", n)):
        assert trace.y is not None
        made.append(trace.y[-1, 0, 0])
        cell = trace.layers[0]
        state = (cell.h[-1], cell.c[-1]) if isinstance(cell, LSTMTrace) else cell.h[-1]
        trace = model.forward([[[made[-1]]]], [state])
    return np.array(made)


def far(forecaster: Callable[[Array, int], Array], series: Array) -> Array:
    """The errors of ``forecaster(known, n)``, which gives n values after the known ones, by FAR: (6,).

    ``series`` (T,) are the sunspots, scaled or not; a forecast begins in each year from VALIDATION to
    TEST - 1.
    """
    n, starts = FAR[-1][1], np.arange(VALIDATION, TEST) - int(tasks.sunspots()[0][0])
    squares = [(forecaster(series[:t], n) - series[t : t + n]) ** 2 for t in starts]
    by_year = np.mean(squares, axis=0)
    return np.array([np.sqrt(np.mean(by_year[first - 1 : last])) for first, last in FAR])


def scaled(validation: int = VALIDATION) -> tuple[Array, Array, float, float]:
    """The years, the numbers scaled by the training part's mean and spread, and these two."""
    years, numbers = tasks.sunspots()
    known = numbers[years < as_count("validation", validation, 1702, 2008)]
    return years, (numbers - known.mean()) / known.std(), float(known.mean()), float(known.std())


class Stored(NamedTuple):
    """Seeds 0 to 9 of one recipe; errors are in sunspots."""

    validation: Array  # (10,)
    test: Array  # (10,)
    cycles: Array  # (10, 5), the test years' errors `by_cycle`
    far: Array  # (10, 6), running free, see `far`
    best: Array  # (10,), the step that was kept


def stored(cell: str, units: int, lr: float) -> Stored:
    """The runs of one recipe that lie in data/forecasts.npz."""
    for name, value, known in (("units", units, UNITS), ("lr", lr, LEARNING_RATES)):
        if as_number(name, value) not in known:
            raise ValueError(f"{name}: got {value:g}, expected one of {known}")
    place = list(CELLS).index(one_of("cell", cell, CELLS))
    where = place, UNITS.index(units), LEARNING_RATES.index(lr)
    return Stored(*(_table()[name][where] for name in Stored._fields))


def earlier(cell: str, test: int) -> Array:
    """Ten seeds of the CHOSEN recipe in one of the EARLIER tests: errors in sunspots, (10,).

    All is as in the others, a hundred or fifty years before: the fifty years before ``test`` are the
    validation, those before them the training.
    """
    if as_count("test", test) not in EARLIER:
        raise ValueError(f"test: got {test}, expected one of {EARLIER}")
    place = list(CELLS).index(one_of("cell", cell, CELLS))
    return _table()["earlier"][place, EARLIER.index(test)]


@cache
def _table() -> dict[str, Array]:
    with (files(__package__) / "data" / "forecasts.npz").open("rb") as file, np.load(file) as kept:
        return {name: kept[name].astype(float) for name in kept.files}
