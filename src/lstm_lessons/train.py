"""Training: two losses, clipping, Adam, and one plain loop that shows how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TextIO

import numpy as np
from numpy.typing import ArrayLike
from tqdm import tqdm

from .arguments import Array, as_array, as_count, as_number, as_real, shown
from .stack import Stack


def cross_entropy(y: Array, classes: ArrayLike) -> tuple[float, Array, float]:
    """The mean cross-entropy of softmax(y) with y (T, B, n_out), its gradient dL/dy, and the accuracy.

    ``classes`` are whole numbers from 0: (T, B), one at every step, or (B,), at the last step only.
    """
    y, given = _answers(y), as_real("target", classes)
    if (given != np.round(given)).any():
        raise TypeError(f"target: got {shown(classes)}, expected whole numbers")
    classes, asked = given.astype(int), y if given.ndim == 2 else y[-1:]
    expected = asked.shape[:2] if classes.ndim == 2 else asked.shape[1:2]
    if classes.shape != expected:
        raise ValueError(f"target: got shape {classes.shape}, expected {expected} for y {y.shape}")
    if classes.min() < 0 or classes.max() >= y.shape[2]:
        worst = classes.min() if classes.min() < 0 else classes.max()
        raise ValueError(f"target: got class {worst}, expected 0 to {y.shape[2] - 1}")
    log_p = asked - asked.max(axis=-1, keepdims=True)
    log_p -= np.log(np.exp(log_p).sum(axis=-1, keepdims=True))
    truth = np.eye(y.shape[2])[classes.reshape(asked.shape[:2])]
    dy = np.zeros_like(y)
    dy[-len(asked) :] = (np.exp(log_p) - truth) / classes.size
    accuracy = np.mean(asked.argmax(axis=-1) == classes)
    return float(-np.sum(log_p * truth) / classes.size), dy, float(accuracy)


def squared_error(y: Array, values: ArrayLike) -> tuple[float, Array]:
    """The mean squared error of y (T, B, n_out), and its gradient dL/dy.

    ``values`` are (T, B, n_out), at every step, or (B, n_out), at the last step only.
    """
    y, values = _answers(y), as_array("target", values, None)
    asked = y if values.ndim == 3 else y[-1:]
    shape = asked.shape if values.ndim == 3 else asked.shape[1:]
    if values.shape != shape:
        got = f"target: got shape {values.shape}"
        raise ValueError(f"{got}, expected {shape} for y {y.shape}, or whole numbers as classes")
    off = asked - values
    dy = np.zeros_like(y)
    dy[-len(asked) :] = 2 * off / off.size
    return float(np.mean(off**2)), dy


def _answers(y: Any) -> Array:
    y = as_real("y", y)  # it may be infinite: `fit` says so
    if y.ndim != 3:
        raise ValueError(f"y: got shape {y.shape}, expected (T, B, n_out)")
    return y


def global_norm(grads: dict[str, Array]) -> float:
    """The length of all gradients as one vector. Scaled first: squares of large numbers would not fit."""
    largest = max((float(np.abs(grad).max()) for grad in grads.values()), default=0.0)
    if not 0 < largest < np.inf:
        return largest
    return largest * float(np.sqrt(sum(np.sum((g / largest) ** 2) for g in grads.values())))


def clip_by_norm(grads: dict[str, Array], max_norm: float) -> dict[str, Array]:
    """All gradients, made shorter by one factor if their common length is above ``max_norm``."""
    norm = global_norm(grads)
    if norm <= as_number("max_norm", max_norm, low=0):
        return grads
    return {name: grad * (max_norm / norm) for name, grad in grads.items()}


@dataclass(repr=False, eq=False)
class Adam:
    """The optimizer of Kingma & Ba 2014 (arXiv:1412.6980): running means of gradients and their squares."""

    m: dict[str, Array] = field(default_factory=dict)
    v: dict[str, Array] = field(default_factory=dict)

    def step(self, params: dict, grads: dict, n: int, lr: float) -> tuple[dict[str, Array], Adam]:
        """The parameters after step ``n`` (from 1), as new arrays, and Adam's memory after it."""
        after, new = Adam(), {}
        for name, grad in grads.items():
            after.m[name] = 0.9 * self.m.get(name, 0.0) + 0.1 * grad
            after.v[name] = 0.999 * self.v.get(name, 0.0) + 0.001 * grad**2
            m_hat, v_hat = after.m[name] / (1 - 0.9**n), after.v[name] / (1 - 0.999**n)
            new[name] = params[name] - lr * m_hat / (np.sqrt(v_hat) + 1e-8)
        return new, after


@dataclass(repr=False, eq=False)
class History:
    """How a training went: at every step the loss and, for classes, the accuracy.

    It keeps what ``fit(…, history=history)`` needs to go on where it stopped.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    adam: Adam = field(default_factory=Adam)
    model: Stack | None = None
    drawn: tuple[Any, Any] | None = None  # a task, and its batch whose step was not done

    def __getstate__(self) -> dict:
        return vars(self) | {"drawn": None}  # a generator cannot be pickled

    def __repr__(self) -> str:
        if not self.loss:
            return "History: no step yet"
        right = f", {np.mean(self.accuracy[-20:]):.0%} right" if self.accuracy else ""
        return f"History: {len(self.loss)} steps, loss {np.mean(self.loss[-20:]):.2g}{right}"


class Bar(tqdm):
    """A progress bar in plain text."""

    monitor_interval = 0  # its monitor is a thread, which a browser cannot start

    @staticmethod
    def status_printer(file: TextIO) -> Callable[[str], None]:
        """What writes a line over the one before; tqdm's own leaves its end if it is interrupted."""
        longest = 0

        def show(line: str) -> None:
            nonlocal longest
            longest = max(longest, len(line))  # before it is written: a stop may come after that
            file.write("\r" + line.ljust(longest))
            file.flush()

        return show


class Stopped(KeyboardInterrupt):
    """The reader has stopped a training: a notebook's cell ends with this sentence alone.

    ``history`` is that of the training it stopped in, to resume it; None if it was between two.
    """

    def __init__(self, bar: Bar, history: History | None = None):
        super().__init__(
            f"Stopped after step {bar.n:,} of {bar.total:,}. Run this cell again, and then those below it."
        )
        self.history = history

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # which IPython shows in the place of a traceback


_open: Bar | None = None


@contextmanager
def one_bar(steps: int) -> Iterator[Bar]:
    """``with one_bar(3 * 300):`` one progress bar over all trainings within, of so many steps.

    Within another it is that one. Raises Stopped when the reader interrupts what is within.
    """
    global _open
    if _open is not None:
        yield _open
        return
    _open = bar = Bar(total=as_count("steps", steps), miniters=1, file=sys.stdout, leave=False)
    try:
        yield bar
    except KeyboardInterrupt as stop:
        raise stop if isinstance(stop, Stopped) else Stopped(bar) from None
    finally:
        _open = None
        bar.close()


def fit(
    model: Stack,
    task: Iterable,
    steps: int = 300,
    lr: float = 0.01,
    max_norm: float = 1.0,
    history: History | None = None,
    name: str = "",
) -> History:
    """Train ``model`` in place on batches (xs, target) from ``task``; the history.

    Whole numbers as target are classes (`cross_entropy`), others values (`squared_error`). Adam with
    learning rate ``lr``; gradients are clipped to the length ``max_norm``. A progress bar shows the
    loss, after ``name`` if there is one; see also `one_bar`. The same seeds give the same history.
    Raises FloatingPointError when the loss is no longer a number.

    Interrupted, it finishes or drops the step and raises `Stopped`. Pass that one's ``history``, or
    the ``History(model=model)`` that you had given to it, to resume as if nothing had happened. (A
    generator that is interrupted while it makes a batch has ended: make the task anew.)
    """
    if not isinstance(model, Stack) or model.readout is None:
        raise TypeError(f"model: got {shown(model)}, expected a Stack with a Readout last")
    if isinstance(task, (str, bytes)) or not isinstance(task, Iterable):
        raise TypeError(f"task: got {shown(task)}, expected batches (xs, target)")
    steps = as_count("steps", steps)
    for what, value in {"lr": lr, "max_norm": max_norm}.items():
        if not as_number(what, value) > 0:
            raise ValueError(f"{what}: got {value:g}, expected a number above 0")
    if history is not None and not isinstance(history, History):
        raise TypeError(f"history: got {shown(history)}, expected one that fit returned")
    history = history or History(model=model)
    if history.model is not model:
        raise ValueError(f"history: got that of {history.model!r:.60}, expected this model's own")
    first, batches = len(history.loss) + 1, iter(task)
    with one_bar(steps) as bar:
        bar.set_description(name, refresh=False)
        try:
            for n in range(first, first + steps):
                if history.drawn is None or history.drawn[0] is not task:
                    history.drawn = batches, next(batches, None)
                _step(model, _as_batch(history.drawn[1], n), history, n, lr, max_norm)
                bar.set_postfix_str(f"loss {history.loss[-1]:.3g}", refresh=False)
                bar.update()
        except KeyboardInterrupt:
            raise Stopped(bar, history) from None
        except Exception:
            history.drawn = None  # a batch that was refused must not come again
            raise
    return history


def _as_batch(batch: Any, n: int) -> tuple[Any, Any]:
    if batch is None:
        raise ValueError(
            f"task: its batches ended before step {n}, expected one for each step."
            " A generator that was stopped has ended; make the task anew."
        )
    if not isinstance(batch, (tuple, list)) or len(batch) != 2:
        raise TypeError(f"task: got {shown(batch)} at step {n}, expected a pair (xs, target)")
    return batch[0], batch[1]


@np.errstate(over="ignore", invalid="ignore")  # what is not finite is told in a sentence
def _step(model: Stack, batch: tuple, history: History, n: int, lr: float, max_norm: float) -> None:
    xs, target = batch
    trace = model.forward(xs)
    assert trace.y is not None  # fit has seen to it that there is a read-out
    accuracy: list[float]
    if np.asarray(target).dtype.kind in "iu":
        loss, dy, *accuracy = cross_entropy(trace.y, target)
    else:
        loss, dy, *accuracy = squared_error(trace.y, target)
    params, adam = model.params, history.adam
    new: dict[str, Array] = {}
    grads = model.backward(trace, dy) if np.isfinite(loss) else {}
    grads = {name: grads[name] for name in params if grads}
    if finite := bool(grads) and np.isfinite(global_norm(grads)):
        new, adam = adam.step(params, clip_by_norm(grads, max_norm), n, lr)
        finite = all(np.isfinite(value).all() for value in new.values())
    if not finite:
        raise FloatingPointError(
            f"loss: got {loss:g}, or a gradient or weight beyond all bounds, at step {n}, expected finite"
            f" numbers. Try a smaller lr (now {lr:g}) or a smaller max_norm (now {max_norm:g})."
        )

    def commit() -> None:
        for name, value in new.items():
            params[name][...] = value
        history.adam, history.loss[n - 1 :], history.accuracy[n - 1 :] = adam, [loss], accuracy
        history.drawn = None

    try:
        commit()
    except KeyboardInterrupt:  # a step is done as a whole: doing it twice changes nothing
        commit()
        raise
