"""Lesson 6, making do with two gates: its guesses and its exercises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arguments import Array
from ..cells import GRU, sigmoid
from .exercise import exercise, own_cell
from .tables import Near, Number, function

GUESSES: dict[str, dict[str, Any]] = {
    "counting": {
        "question": "c starts at 0, and the candidates lie between \N{MINUS SIGN}1 and 1. With one"
        " gate for two, can c still get beyond 1?",
        "choices": {"yes": "yes, with z open often enough", "no": "no, whatever z does"},
        "why": {
            "yes": "The counter of lesson 4 kept all of the old and took all of the new, f = 1 and"
            " i = 1. One gate cannot do both: what it puts on, it first takes off. With z at 1"
            " only the new one is left.",
            "no": "1 \N{MINUS SIGN} z of the old and z of the new make a mean of the two, and a mean"
            " lies between them. If both are within \N{MINUS SIGN}1 and 1, so is the mean.",
        },
    },
    "count": {
        "question": "An LSTM with 3 inputs and 4 units has 128 parameters. How many does a GRU have?",
        "why": {
            65: "Two gates make two layers of 32. The candidate is computed too, by a layer of its"
            " own.",
            96: "Three layers of 32 are more than that. If only biases are missing: each layer has"
            " one for each of its 4 units.",
            97: "Two gates and a candidate are three layers, each as large as one of the LSTM's"
            " four. The blend at the end has no weights.",
            128: "Three layers of 32 are less than that. If you gave each row a second bias, as"
            " PyTorch does: in these formulas there is one.",
            np.inf: "There is no output gate, and z does the work of two gates. With r that leaves"
            " a layer less than in the LSTM, and each is as large as there.",
        },
    },
    "half": {
        "question": "At one step you set r = 0 and z = 0.5. What share of the old h is in the new"
        " one?",
        "choices": {
            0.01: "none: r = 0 hides the past",
            0.49: "less than half",
            0.51: "half",
            np.inf: "more than half",
        },
        "why": {
            0.01: "A shut r hides the past from the candidate, and from nothing else. In the console"
            " set r to 0 at step 5 and then z to 0.5: its sentence says how much of h is kept.",
            0.49: "You may have let r take something off the kept half as well. But it stands inside"
            " the candidate only, and what is kept does not go through it.",
            0.51: "With z at 0.5 half of the old h is kept directly. The other half is the"
            " candidate, and with r = 0 there is nothing of the old h in that.",
            np.inf: "More would have to come through the candidate, which sees the old h if r lets"
            " it. With r = 0 it does not, and what is kept directly is 1 \N{MINUS SIGN} z.",
        },
    },
    "related": {
        "question": "In one GRU z keeps, in the other z takes. How are the two related?",
        "choices": {
            "same": "the same function, with different weights",
            "not": "two different functions",
        },
        "why": {
            "same": "The share that is kept in one is the share that is taken in the other, and 1"
            " \N{MINUS SIGN} sigmoid(a) is sigmoid(\N{MINUS SIGN}a). So the weights and biases of z"
            " change their signs, and that is all.",
            "not": "With the same weights they do give different states. But the weights of z may"
            " differ too: with their signs changed, what one gate keeps is what the other takes.",
        },
    },
    "lives": {
        "question": "A random GRU of 32 units, its W_h orthogonal and all its biases 0, reads random"
        " numbers, new ones at each step. How much of the gradient arrives 50 steps back?",
        "choices": {1e-6: "less than a millionth", 0.01: "a millionth to 1%", np.inf: "1% or more"},
        "why": {
            1e-6: "With a bias of 0 an update gate stands about half open, so the direct road keeps"
            " about half at each step. The side roads add to that here, but not enough.",
            0.01: "It fades, and faster than that. At b_z = 0 the direct road loses half at each step;"
            " with the side roads three tenths are lost. Drag b_z down, and watch more arrive.",
            np.inf: "A direct road does not yet save a gradient: its factor is 1 \N{MINUS SIGN} z,"
            " and at b_z = 0 that is about a half. Drag b_z down to \N{MINUS SIGN}5, and most of it"
            " arrives.",
        },
    },
}

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
