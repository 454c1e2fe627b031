"""Lesson 6, making do with two gates: its exercises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arguments import Array
from ..cells import GRU, sigmoid
from .exercise import exercise, own_cell
from .tables import Near, Number, function

_LAYER = 256 * (100 + 256) + 256  # H rows of D + H weights and a bias
_GRU = 3 * _LAYER
_MORE_BIASES = _GRU + 256, _GRU + 3 * 256

gru_parameters = Number(
    "gru_parameters",
    {
        _GRU: "Right. Three layers where the LSTM has four: three quarters of its parameters.",
        4 * _LAYER: "that is the LSTM of this size. Which of its layers does a GRU not have?",
        2 * _LAYER: "there are two gates, but the candidate has its own weights too.",
        _GRU - 3 * 256: "only the biases are missing, one for each row of each of the layers.",
        _MORE_BIASES: "a second bias comes only with r after the matrix. Here it is before.",
    },
    otherwise="one layer has H rows of D + H weights and a bias. How many are there?",
)


def _made(mine: Array, true: Array) -> str:
    n = math.tanh(0.5 + 0.3 * 0.9)
    return f"r = 0.3, z = 0.8, x = 0.5, h_prev = 0.9 make n = {n:.3f}, h = {true[0]:.3f}."


@function((0.3, 0.8, 0.5, 0.9), otherwise=_made)
def gru_step(r: float, z: float, x: float, h: float) -> dict[str, float]:
    """One step of the console's GRU: step(r, z, x, h_prev) -> h."""
    n = math.tanh(x + r * h)
    mean, swapped = (1 - z) * h + z * n, z * h + (1 - z) * n
    open_r, r_on_h = (1 - z) * h + z * math.tanh(x + h), (1 - z) * r * h + z * n
    return {
        "Right. A mean of the old state and a candidate, and z is the share of the new one.": mean,
        "that is the other convention, where z keeps. Here z is the share of the new.": swapped,
        "r is missing. It multiplies the past that the candidate sees.": open_r,
        "r hides the past from the candidate only; the state keeps its full share.": r_on_h,
        "that is the candidate. The new state is a mean of it and the old one.": n,
    }


_B = math.log(math.expm1(1 / 100))  # (1 - z)**100 = 1/e
_SHUT, _OPEN = Near(_B, 0.027), Near(-_B, 0.027)  # between 36% and 38%


def _a_gate(b_z: float) -> str:
    z = float(sigmoid(b_z))
    return f"that is a gate's value. Used as a bias, it makes z = {z:.2f}."


def _left(b_z: float) -> str:
    left = float(sigmoid(-b_z)) ** 100
    return f"with b_z = {b_z:g}, {left:.1%} is left after 100 steps. It should be 37%."


update_bias = Number(
    "update_bias",
    {
        _SHUT: "Right. A GRU remembers with its update gates nearly shut, from the first step on.",
        _OPEN: "the sign. That z would take 99% of the new at each step; 1 - z is what keeps.",
        (Near(0.01, 0.001), Near(0.99, 0.001)): _a_gate,
    },
    otherwise=_left,
)


@exercise
def parity(cell: Any) -> str:
    """Set the weights of a one-unit GRU whose h changes sign at each input 1 and stays at each 0."""
    cell = own_cell(cell, GRU, n_inputs=1)
    bits = np.random.default_rng(0).integers(2, size=(60, 20))
    bits[0], bits[:, 0] = 0, 0  # the first sequence only keeps, and each one keeps at first
    h = cell.forward(bits[..., None], np.ones((20, 1))).h[..., 0]
    sign = 1 - 2 * (np.cumsum(bits, axis=0) % 2)
    wrong = np.argwhere(h * sign <= 0.5)
    if len(wrong) == 0:
        return "Right, on 20 rows of 60 bits. One unit that keeps or flips its sign tells odd from even."
    t, row = wrong[0]
    now, was = (round(float(v), 2) + 0.0 for v in (h[t, row], h[t - 1, row] if t else 1.0))
    if t == 0:
        return f"at input 0 it should keep h = 1, and makes {now:.2f} of it: z near 0 there."
    if bits[t, row]:
        return f"at an input 1 h should change its sign and stay large: it goes from {was:.2f} to {now:.2f}."
    return (
        f"at input 0 h should stay, and at step {t + 1} it goes from {was:.2f} to {now:.2f}."
        " z should be near 0 there, and the candidate at an input 1 near 1 or -1."
    )
