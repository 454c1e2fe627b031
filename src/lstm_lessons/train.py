"""Training: a loss, Adam, clipping, and one plain loop that shows how far it is."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm

from .cells import Array, checked
from .stack import Stack


def loss(y: Array, target) -> tuple[float, Array, float | None]:
    """The loss of answers y (T, B, n_out), its gradient dL/dy, and the share of right answers.

    Whole numbers as target are classes, (B,) at the last step or (T, B) at every step: softmax and
    cross-entropy. Other numbers are values, (B, n_out) or (T, B, n_out): the mean squared error, and
    no share.
    """
    target = np.asarray(target)
    classes = target.dtype.kind in "iu"
    every = target.ndim == (2 if classes else 3)
    asked = y if every else y[-1:]
    shape = asked.shape[0 if every else 1 : 2 if classes else 3]
    if target.shape != shape:
        raise ValueError(f"target: got shape {target.shape}, expected {shape} for y {y.shape}")
    dy = np.zeros_like(y)
    if not classes:
        off = asked - checked("target", target, shape)
        dy[len(y) - len(asked) :] = 2 * off / off.size
        return float(np.mean(off**2)), dy, None
    if target.min() < 0 or target.max() >= y.shape[2]:
        worst = target.min() if target.min() < 0 else target.max()
        raise ValueError(f"target: got class {worst}, expected 0 to {y.shape[2] - 1}")
    log_p = asked - asked.max(axis=-1, keepdims=True)
    log_p -= np.log(np.exp(log_p).sum(axis=-1, keepdims=True))
    truth = np.eye(y.shape[2])[target.reshape(asked.shape[:2])]
    dy[len(y) - len(asked) :] = (np.exp(log_p) - truth) / target.size
    right = np.mean(asked.argmax(axis=-1) == target)
    return float(-np.sum(log_p * truth) / target.size), dy, float(right)


def _length(grads: dict[str, Array]) -> float:
    return float(np.sqrt(sum(np.sum(grad**2) for grad in grads.values())))


def clip(grads: dict[str, Array], most: float) -> dict[str, Array]:
    """All gradients, made shorter by one factor if their common length is above ``most``."""
    length = _length(grads)
    return grads if length <= most else {name: g * (most / length) for name, g in grads.items()}


@dataclass(repr=False)
class History:
    """How a training went: at every step the loss and, for classes, the share of right answers.

    It keeps Adam's memory as well, so that ``fit(…, history=history)`` goes on where it stopped.
    """

    loss: list[float] = field(default_factory=list)
    right: list[float] = field(default_factory=list)
    stopped: bool = False  # by the reader, before all steps were done
    mean: dict[str, Array] = field(default_factory=dict)
    square: dict[str, Array] = field(default_factory=dict)

    def __repr__(self) -> str:
        if not self.loss:
            return "History: no step yet"
        right = f", {np.mean(self.right[-20:]):.0%} right" if self.right else ""
        return f"History: {len(self.loss)} steps, loss {np.mean(self.loss[-20:]):.2g}{right}"


class _Bar(tqdm):
    monitor_interval = 0  # its monitor is a thread, which a browser cannot start


def fit(model: Stack, task: Iterable, steps: int = 300, lr=0.01, most=1.0, history=None) -> History:
    """Train ``model`` in place on batches (xs, target) from ``task``, with the loss of `loss`.

    Adam (Kingma & Ba 2014, arXiv:1412.6980) with learning rate ``lr``; gradients are clipped to the
    length ``most``. A progress bar shows the loss. Stopped by the reader, it ends after a whole step
    and returns what there is; given that history it goes on. The same seeds give the same history.
    Raises FloatingPointError when the loss is no longer a number.
    """
    if not isinstance(model, Stack) or model.readout is None:
        raise TypeError(f"model: got {model!r:.60}, expected a Stack with a Readout last")
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)):
        raise TypeError(f"steps: got {steps!r:.60}, expected a whole number")
    if not isinstance(task, Iterable):
        raise TypeError(f"task: got {task!r:.60}, expected batches (xs, target)")
    for name, value in {"steps": steps, "lr": lr, "most": most}.items():
        checked(name, value, (), low=1 if name == "steps" else 0)
    if history is not None and not isinstance(history, History):
        raise TypeError(f"history: got {history!r:.60}, expected one that fit returned")
    history = History() if history is None else history
    history.stopped = False
    first, batches = len(history.loss) + 1, iter(task)
    bar = _Bar(range(first, first + steps), file=sys.stdout, leave=False)
    try:
        for n in bar:
            batch = next(batches, None)
            if batch is None:
                raise ValueError(
                    f"task: its batches ended before step {n}, expected one for each step."
                    " A generator that was stopped has ended; make the task anew."
                )
            _step(model, batch, history, n, lr, most)
            bar.set_postfix_str(f"loss {history.loss[-1]:.3f}", refresh=False)
    except KeyboardInterrupt:
        history.stopped = True
    finally:
        bar.close()
    return history


@np.errstate(over="ignore", invalid="ignore")  # what is not finite is told in a sentence
def _step(model: Stack, batch, history: History, n: int, lr: float, most: float) -> None:
    trace = model.forward(batch[0])
    now, dy, right = loss(trace.y, batch[1])
    params = model.params
    grads = model.backward(trace, dy) if np.isfinite(now) else {}
    grads = {name: grads[name] for name in params if grads}
    if not np.isfinite(now) or not np.isfinite(_length(grads)):
        raise FloatingPointError(
            f"loss: got {now:g}, or a gradient beyond all bounds, at step {n}, expected finite"
            f" numbers. Try a smaller lr (now {lr:g}) or a smaller most (now {most:g})."
        )
    mean, square, new = {}, {}, {}
    for name, grad in clip(grads, most).items():
        mean[name] = 0.9 * history.mean.get(name, 0.0) + 0.1 * grad
        square[name] = 0.999 * history.square.get(name, 0.0) + 0.001 * grad**2
        up, down = mean[name] / (1 - 0.9**n), square[name] / (1 - 0.999**n)
        new[name] = params[name] - lr * up / (np.sqrt(down) + 1e-8)
    # All is computed: from here on nothing takes long, so that an interrupt finds whole steps.
    for name, value in new.items():
        params[name][...] = value
    history.mean, history.square = mean, square
    history.loss.append(now)
    if right is not None:
        history.right.append(right)
