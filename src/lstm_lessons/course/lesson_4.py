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
    if not isinstance(mine, tuple) or len(mine) != 2:
        raise TypeError(f"step: got {mine!r:.60} back, expected the two numbers c, h")
    my_c, my_h = as_number("c", mine[0]), as_number("h", mine[1])
    if _same(my_c, c) and _same(my_h, h):
        return "Right. Two products, a sum, a tanh and a product: that is all an LSTM does with c."
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
        3 * _LAYER: "there are three gates, but the candidate has its own weights too.",
    },
    otherwise="one layer has H rows of D + H weights and a bias. How many layers are there?",
)


@exercise
def largest(c: Any, h: Any) -> str:
    """How large can |c| and |h| be after 50 steps from c = 0?"""
    c, h = as_number("c", c), as_number("h", h)
    if c == 50 and h == 1:
        return "Right. c is a sum and can count; h is squashed and cannot."
    if c == 1:
        return "tanh keeps each g within 1, but nothing squashes c itself: it is a sum."
    if c != 50:
        return "c is off. At most, how much can one step add, and how many steps are there?"
    return "h is off. It is o times tanh(c), however large c is."


@exercise
def latch(cell: Any) -> str:
    """Set the weights of an LSTM that writes the value when the flag is 1 and holds it at 0."""
    cell = own_cell(cell, LSTM, n_inputs=2)
    rng = np.random.default_rng(0)
    for _ in range(20):
        values, flags = rng.uniform(-0.5, 0.5, 30), np.zeros(30)
        flags[[0, 10]] = 1
        c = cell.forward(np.stack([values, flags], axis=-1)[:, None]).c[:, 0, 0]
        first, second = np.tanh(values[[0, 10]])
        if abs(c[0] - first) > 0.02:
            return (
                f"flag 1 at the first step, value {values[0]:.2f}, but c is {c[0]:.2f}."
                " Look at the input gate and the candidate: i should be near 1, g = tanh(value)."
            )
        if np.abs(c[1:10] - first).max() > 0.02:
            return "it writes, but does not hold while the flag is 0: f near 1, i near 0."
        if np.abs(c[10:] - second).max() > 0.02:
            return "it holds, but the second value does not replace the first: f near 0."
    return "Right, on 20 sequences. No hand sets the gates: the flag does, through the weights."
