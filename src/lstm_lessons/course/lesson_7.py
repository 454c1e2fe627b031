"""Lesson 7, which one, and how deep?: its exercises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cells import RNN
from .exercise import exercise, own_stack
from .tables import Near, Number


def _size(units: float) -> str:
    if units != int(units):
        return f"{units:g} is not a whole number of units. Which of its neighbours is nearer?"
    return f"{units:g} units have {units * (units + 11):,.0f} parameters, not about 2,480."


fair = Number(
    "fair",
    {
        45: "Right. More than twice the units for the same number of parameters.",
        44: "44 have 2,420 parameters, 60 too few. Is there one that is nearer?",
        80: "four times the units is too much. W_h grows with their square.",
        20: "with as many units an RNN has a quarter of the parameters.",
    },
    otherwise=_size,
)

baseline = Number(
    "baseline",
    {
        Near(1 / 6, 0.001): "Right. An error near 0.167 means: nothing was learned but the mean.",
        Near(1 / 12, 0.001): "that is the variance of one of the two numbers.",
        Near(math.sqrt(1 / 6), 0.01): "that is its root. The mean of the squares is asked for.",
        0: "1 is right on average, and wrong nearly every time.",
    },
    otherwise="{:g} is not it. How far is a sum of two such numbers from 1, squared?".format,
)


@exercise
def recaller(model: Any) -> str:
    """Train a Stack of an RNN and a Readout that recalls one of four symbols over 100 blanks."""
    xs = np.zeros((101, 4, 5))
    xs[0, :, :4], xs[1:, :, 4] = np.eye(4), 1  # all there is: each symbol, then the blanks
    y = own_stack(model, RNN, n_inputs=5, n_out=4).forward(xs).y
    right = np.sum(np.asarray(y)[-1].argmax(axis=-1) == np.arange(4))
    if right == 1:
        return "one of the four symbols is recalled, as by chance. More steps?"
    if right < 4:
        return f"{right} of the 4 symbols are recalled. More steps, or a smaller lr."
    return "Right, all four symbols. It is the start and the training that decide, not the name."
