"""What can be measured of a training, a reader's own as well: lesson 10's instruments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .. import train
from ..arguments import Array, as_array, as_count
from ..stack import Stack


class Record(NamedTuple):
    """What `watch` has seen, at every check: each (n,)."""

    step: Array
    loss: Array  # of the training batches since the last check, their mean
    new: Array  # the loss on the new batch
    length: Array  # of the new batch's gradient, before any clipping
    widest: Array  # the largest singular value of a gate's W_h in the lowest cell
    radius: Array  # the largest |eigenvalue| there


def watch(
    model: Stack,
    batches: Iterable,
    new: tuple[Any, Any],
    steps: int = 200,
    lr: float = 0.01,
    max_norm: float = 1.0,
    every: int = 10,
) -> Record:
    """Train ``model`` in place as `train.fit` does, and look at it before and after ``every`` steps.

    ``new`` is a batch (xs, target) that is not learned from. When the loss is no longer a number the
    training ends, the last row of the record is infinite but for W_h, and the weights are put back to
    those of the last check at which it was one.
    """
    history, batches, rows = train.History(model=model), iter(batches), list[tuple[float, ...]]()
    with train.one_bar(steps):
        for step in range(0, 1 + as_count("steps", steps), as_count("every", every)):
            kept = {name: value.copy() for name, value in model.params.items()}
            try:
                if step:
                    train.fit(model, batches, every, lr, max_norm, history)
                loss, grads = _back(model, *new)
            except FloatingPointError:
                rows.append((step, np.inf, np.inf, np.inf, *_widths(model)))
                for name, value in kept.items():
                    model.params[name][...] = value
                break
            seen = float(np.mean(history.loss[-every:])) if step else loss
            rows.append((step, seen, loss, _length(grads), *_widths(model)))
    return Record(*np.array(rows).T)


def by_step(model: Stack, xs: ArrayLike, target: ArrayLike) -> Array:
    """How long the loss's gradient by the inputs x_t is at every step, (T,)."""
    return np.sqrt(np.sum(_back(model, xs, target)[1]["xs"] ** 2, axis=(1, 2)))


def by_parameter(model: Stack, xs: ArrayLike, target: ArrayLike) -> dict[str, float]:
    """How long the loss's gradient by each parameter is, by the names of ``model.params``."""
    grads = _back(model, xs, target)[1]
    return {name: float(np.linalg.norm(grads[name])) for name in model.params}


def gates(model: Stack, xs: ArrayLike) -> dict[str, Array]:
    """All values of the lowest cell's gates, (T, B, H) each by its letter; of an RNN its h."""
    trace = model.forward(xs).layers[0]
    return {letter: getattr(trace, letter) for letter in model.cells[0].gates}


def moved(answer: Callable[[Array], Array], rows: ArrayLike, start: int = 0) -> dict[str, float]:
    """How far answers move that should stay, as a share of their standard deviation.

    ``answer(rows)`` takes sequences as they are delivered, (B, T, ...), and returns answers (B, n, K):
    the first is given when value ``start`` (from 0) is known, each other one value later.
    *twice*: the same rows again. *neighbours*: the last half of the rows alone, in the opposite order.
    *future*: the answers of the first half of the steps, when the values of the second half are
    exchanged between the rows.
    """
    rows = as_array("rows", rows, None)
    if rows.ndim < 2 or len(rows) < 2 or rows.shape[1] < 2:
        raise ValueError(f"rows: got shape {rows.shape}, expected (B, T, ...), both 2 or more")
    half, alone = rows.shape[1] // 2, rows[: len(rows) // 2 - 1 : -1]
    early = slice(half - as_count("start", start, 0, half - 1))
    other = np.concatenate([rows[:, :half], rows[::-1, half:]], axis=1)
    before = answer(rows)
    pairs = {
        "twice": (answer(rows), before),
        "neighbours": (answer(alone), before[::-1][: len(alone)]),
    }
    pairs["future"] = answer(other)[:, early], before[:, early]
    spread = np.std(before) or 1.0
    return {
        name: round(float(np.sqrt(np.mean((one - two) ** 2)) / spread), 9)
        for name, (one, two) in pairs.items()
    }


@np.errstate(over="ignore", invalid="ignore")
def _back(model: Stack, xs: ArrayLike, target: ArrayLike) -> tuple[float, dict[str, Array]]:
    """The loss and its gradients. Raises FloatingPointError if one of them is no finite number."""
    trace = model.forward(xs)
    if trace.y is None:
        raise TypeError(f"model: got {model!r:.60}, expected a Stack with a Readout last")
    whole = np.asarray(target).dtype.kind in "iu"
    loss, dy, *_ = (train.cross_entropy if whole else train.squared_error)(trace.y, target)
    if not np.isfinite(loss):
        raise FloatingPointError(f"loss: got {loss:g}, expected a finite number")
    grads = model.backward(trace, dy)
    if not np.isfinite(_length(grads)):
        raise FloatingPointError("gradient: got one beyond all bounds, expected finite numbers")
    return loss, grads


def _length(grads: dict[str, Array]) -> float:
    return train.global_norm({name: grad for name, grad in grads.items() if name != "xs"})


def _widths(model: Stack) -> tuple[float, float]:
    """The largest singular value and |eigenvalue| of W_h in the lowest cell, gate by gate."""
    Wh = model.cells[0].params["Wh"]
    blocks = Wh.reshape(-1, Wh.shape[1], Wh.shape[1])
    return np.linalg.svd(blocks)[1].max(), np.abs(np.linalg.eigvals(blocks)).max()
