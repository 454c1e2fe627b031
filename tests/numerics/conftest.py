"""Cells of all kinds, runs to try them on, central differences, and how a bad argument is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pytest

from lstm_lessons.arguments import Array
from lstm_lessons.cells import GRU, LSTM, RNN, Cell


class Kind(NamedTuple):
    """How a cell is made, and what its trace must then be."""

    make: Callable[..., Cell]
    held: str  # what it offers: the states, then the gates in the order of the rows
    kept: Callable[[Any], Array] | None = None  # the share of its state that a gate keeps
    reads: str = ""  # "rn": in the same step n reads r


KINDS = {
    "RNN tanh": Kind(RNN, "h"),
    "RNN relu": Kind(partial(RNN, activation="relu"), "h"),
    "RNN linear": Kind(partial(RNN, activation="linear"), "h"),
    "LSTM": Kind(LSTM, "hcifgo", lambda trace: trace.f),
    "GRU reset before": Kind(GRU, "hrzn", lambda trace: 1 - trace.z, "rn"),
    "GRU reset after": Kind(
        partial(GRU, reset_after=True), "hrzn", lambda trace: 1 - trace.z, "rn"
    ),
}


class Run(NamedTuple):
    """What a cell can be run on, forward and back."""

    xs: Array  # (T, B, D)
    start: dict[str, Array]  # h0, and c0 for an LSTM, each (B, H)
    upstream: tuple[Array, ...]  # dh (T, B, H), and dc_last (B, H) for an LSTM

    @property
    def state(self) -> Any:
        """The start as the cell's forward takes it."""
        arrays = tuple(self.start.values())
        return arrays if len(arrays) == 2 else arrays[0]

    def of(self, sequences: slice) -> Run:
        """The same for some sequences of the batch."""
        start = {name: value[sequences] for name, value in self.start.items()}
        return Run(self.xs[:, sequences], start, tuple(d[..., sequences, :] for d in self.upstream))

    def loss(self, cell: Cell, override: Any = None) -> float:
        """A loss whose gradients by the states are ``upstream``."""
        trace = cell.forward(self.xs, self.state, override)
        ends = [trace.h, trace.c[-1]] if len(self.start) == 2 else [trace.h]
        return sum(float(np.sum(d * end)) for d, end in zip(self.upstream, ends, strict=True))


@pytest.fixture(scope="session", params=KINDS)
def kind(request) -> str:
    """Each kind of cell in turn, by its name here."""
    return request.param


@pytest.fixture(scope="session", params=[name for name in KINDS if KINDS[name].kept])
def gated(request) -> str:
    """Each kind of cell with gates in turn."""
    return request.param


@pytest.fixture(scope="session")
def kinds():
    """Each kind by its name."""
    return KINDS


@pytest.fixture(scope="session")
def new_cell():
    """A cell of a kind by its name here, or of a class, with no parameter at zero that could go missing."""

    def make(kind, D=3, H=4, seed=0):
        rng = np.random.default_rng(seed)
        cell = (KINDS[kind].make if isinstance(kind, str) else kind)(D, H, rng)
        for value in cell.params.values():
            value += 0.5 * rng.standard_normal(value.shape)
        return cell

    return make


@pytest.fixture(scope="session")
def new_run():
    """A random run for a cell."""

    def make(cell, T=5, B=2, seed=1):
        rng, H = np.random.default_rng(seed), cell.n_hidden
        xs, dh = rng.standard_normal((T, B, cell.n_inputs)), rng.standard_normal((T, B, H))
        h0, c0, dc_last = 0.5 * rng.standard_normal((3, B, H))
        if "c" in cell.states:
            return Run(xs, {"h0": h0, "c0": c0}, (dh, dc_last))
        return Run(xs, {"h0": h0}, (dh,))

    return make


@pytest.fixture(scope="session")
def ran(new_cell, new_run):
    """A cell of a kind, a random run of it, and the run's trace."""

    def make(kind, T=5, B=2, **sizes):
        run = new_run(cell := new_cell(kind, **sizes), T, B)
        return cell, run, cell.forward(run.xs, run.state)

    return make


@pytest.fixture(scope="session")
def assert_gradients():
    """Call it with gradients, the arrays they are by, and the loss, which reads these arrays."""

    def compare(grads, point, loss):
        assert grads.keys() == point.keys()
        for name, array in point.items():
            numeric = central_differences(loss, array)
            assert grads[name].shape == array.shape, name
            error = np.max(np.abs(grads[name] - numeric))
            assert error <= 1e-7 * np.max(np.abs(numeric)) + 1e-12, name

    return compare


def central_differences(loss, array, step=1e-5):
    """dloss/darray, entry by entry; the array is moved in place and put back."""
    grad = np.empty_like(array)
    for k in np.ndindex(array.shape):
        stored = array[k]
        array[k] = stored + step
        up = loss()
        array[k] = stored - step
        grad[k] = (up - loss()) / (2 * step)
        array[k] = stored
    return grad


@pytest.fixture(scope="session")
def assert_same():
    """Call it with two dicts of arrays, which must agree bit for bit."""

    def compare(one, other):
        assert one.keys() == other.keys()
        for name in one:
            assert np.array_equal(one[name], other[name]), name

    return compare


@pytest.fixture(scope="session")
def assert_refused():
    """Call it with a call, its exception and a part of the sentence that it must say, in one short line."""

    def call_it(call, exception, sentence):
        with pytest.raises(exception, match=re.escape(sentence)) as caught:
            call()
        assert caught.type is exception  # not a relative
        assert len(str(caught.value)) < 250

    return call_it
