"""Lesson 4, three gates make a memory: its exercises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arguments import as_number
from ..cells import LSTM
from .exercise import exercise, own_cell
from .tables import Number


@exercise
def step(step: Any) -> str:
    """One LSTM step from the gates' values: step(i, f, g, o, c_prev) -> c, h."""
    if not callable(step):
        raise TypeError(f"step: got {step!r:.60}, expected a function")
    i, f, g, o, c_prev = 0.3, 0.8, -0.5, 0.9, 1.5
    c = f * c_prev + i * g
    h, mine = o * math.tanh(c), step(i, f, g, o, c_prev)
    mine = mine.tolist() if isinstance(mine, np.ndarray) else mine
    if not isinstance(mine, (tuple, list)) or len(mine) != 2:
        raise TypeError(f"step: got {mine!r:.60} back, expected the two numbers c, h")
    my_c, my_h = as_number("c", mine[0]), as_number("h", mine[1])
    if _same(my_c, c) and _same(my_h, h):
        return "Right. Two products, a sum, a tanh and a product: that is all an LSTM does with c."
    if _same(my_c, h) and _same(my_h, c):
        return "both numbers are right, in the other order: c first, then h."
    if _same(my_c, i * c_prev + f * g):
        return "c is off. f belongs to what was there, i to what comes in."
    if _same(my_c, c) and _same(my_h, o * c):
        return "c is right, h is off. The belt is squashed before o: h = o * tanh(c)."
    if _same(my_c, c):
        return f"c is right, h is off: with c = {c:.3f} and o = {o}, h is {h:.3f}."
    return f"c is off: f * c_prev = {f * c_prev:.2f} and i * g = {i * g:.2f} make {c:.2f}."


def _same(mine: float, true: float) -> bool:
    return math.isclose(mine, true, rel_tol=1e-6)  # a float32 is right as well


_LAYER = 256 * (100 + 256) + 256  # H rows of D + H weights and a bias
_LSTM = 4 * _LAYER

parameters = Number(
    "parameters",
    {
        _LSTM: "Right. It does not depend on the length of the sequence: every step uses the same ones.",
        _LAYER: "that is a plain RNN of this size. An LSTM has such a layer four times.",
        _LSTM
        - 4 * 256: "only the biases are missing, one for each row of each of the four layers.",
        _LSTM
        + 4 * 256: "that is PyTorch's count: it has a second bias for each row. Here there is one.",
        3 * _LAYER: "there are three gates, but the candidate has its own weights too.",
    },
    otherwise="one layer has H rows of D + H weights and a bias. How many layers are there?",
)


@exercise
def largest(c: Any, h: Any) -> str:
    """How large can |c| and |h| be after 50 steps from c = 0?"""
    c, h = as_number("c", c), as_number("h", h)
    if c == 50 and h == 1:
        return "Right. c is a sum and grows with the steps; h is squashed, however long it goes on."
    if c == 1:
        return "tanh keeps each g within 1, but nothing squashes c itself: it is a sum."
    if c != 50:
        return "c is off. At most, how much can one step add, and how many steps are there?"
    return "h is off. It is o times tanh(c), however large c is."


@exercise
def latch(cell: Any) -> str:
    """Set the weights of an LSTM that writes the value when the flag is 1 and holds it at 0."""
    cell = own_cell(cell, LSTM, n_inputs=2)
    rng, second = np.random.default_rng(0), 10
    for k in range(20):
        values, flags = rng.uniform(-2, 2, 30), np.zeros(30)
        flags[[0, second]] = (k + 1) % 2, 1  # every other time it first holds the 0 of the start
        c = cell.forward(np.stack([values, flags], axis=-1)[:, None]).c[:, 0, 0]
        wanted = np.repeat(np.tanh(values[[0, second]]) * flags[[0, second]], [second, 30 - second])
        off = np.abs(c - wanted) > 0.03
        if not off.any():
            continue
        t = int(off.argmax())
        now = round(float(c[t]), 2) + 0.0  # no minus sign before a 0
        made = f"c is {now:.2f} at step {t + 1} and should be {wanted[t]:.2f}."
        if not flags[t]:
            return f"at flag 0 it does not hold: {made} f should be near 1 there, and i near 0."
        if t == 0 or not flags[0]:
            made = f"flag 1, value {values[t]:.2f}: {made}"
            return f"{made} i should be near 1 there, and g = tanh(value)."
        return f"the second value does not replace the first: {made} f should be near 0 at flag 1."
    return "Right, on 20 sequences. No hand sets the gates: the flag does, through the weights."
