"""Lesson 4, three gates make a memory: its guesses and its exercises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arguments import as_number, shown
from ..cells import LSTM
from .exercise import ask, exercise, own_cell
from .tables import Number

GUESSES: dict[str, dict[str, Any]] = {
    "size": {
        "question": "An RNN of this size has 32 parameters."
        " How many does an LSTM of the same size have?",
        "why": {
            33: "You may have thought that a second state is all that is new. A state has no"
            " weights: the layers have them, and an LSTM computes its gates by layers as well.",
            96: "Three layers of 32 are more than that, and an LSTM has three gates, each with a"
            " layer of its own. Something has to compute what is written, besides.",
            97: "Three gates make three layers. But what is written is computed too: the candidate"
            " has a layer of its own.",
            128: "Four layers of 32 are more than that. If only biases are missing: each layer has"
            " one for each of its 4 units.",
            129: "Three gates and a candidate are computed from x and h, each by a layer as large"
            " as the RNN's. That makes four times 32.",
            145: "Four layers of 32 are less than that. If you gave each row a second bias, as"
            " PyTorch does: in these formulas there is one.",
            np.inf: "An LSTM has four layers of 32. Neither c nor the length of the sequence adds"
            " any: a state has no weights, and every step uses the same ones.",
        },
    },
    "same_step": {
        "question": "A 0.8 is written into c at step 2, and held. You shut the forget gate at that"
        " very step, step 2, and leave all other bars as they are. How much of the 0.8 is left at"
        " step 12?",
        "choices": {0.01: "nothing", 0.99: "a part of it", 1.01: "all of it", np.inf: "more"},
        "why": {
            0.01: "You may have seen the 0.8 arrive and be taken off in the same step. But f takes"
            " off what comes from the step before; the 0.8 is put on after that. Drag f to 0 at"
            " step 3, and it is gone.",
            0.99: "A shut gate leaves nothing of what passes it, so it is all or nothing. And the"
            " 0.8 does not pass the gate of its own step: it is put on behind it. For a part of"
            " it, drag f at step 3 to a half.",
            1.01: "At each step the belt first loses, then gains: f times the old c, plus i times"
            " g. What step 2 writes meets the forget gates of the steps after it only.",
            np.inf: "Nothing is written again: i is 0 after step 2. And a forget gate can only take"
            " off; here it takes off what came from step 1, and that was nothing.",
        },
    },
    "belt": {
        "question": "An LSTM with 4 hidden units has read 100 words."
        " How many numbers does its c hold?",
        "why": {
            4: "Each of the 4 hidden units has a cell of its own, so there are as many numbers in c"
            " as there are units.",
            5: "One for each unit, after one word as after a hundred. What is new is added to what"
            " is there, and a sum of a hundred numbers is one number.",
            9: "You may have counted h as well. It is carried along, but it is a state of its own,"
            " and c is as long as h.",
            105: "You may have thought of a list to which each word appends. But what is new is"
            " added to what is there: look at the shape after 1, 10 and 100 steps.",
            np.inf: "You may have counted every step's c. In a trace all of them are kept, for you"
            " to look at; what the cell carries on is the last one alone.",
        },
    },
}


@exercise
def step(step: Any) -> str:
    """One LSTM step from the gates' values: step(i, f, g, o, c_prev) -> c, h."""
    i, f, g, o, c_prev = 0.3, 0.8, -0.5, 0.9, 1.5
    c = f * c_prev + i * g
    h, mine = o * math.tanh(c), ask(step, i, f, g, o, c_prev)
    mine = mine.tolist() if isinstance(mine, np.ndarray) else mine
    if not isinstance(mine, (tuple, list)) or len(mine) != 2:
        return f"your function should return two numbers, c and h, and returned {shown(mine)}."
    my_c, my_h = as_number("the c you return", mine[0]), as_number("the h you return", mine[1])
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
    return "Right, on 20 sequences. You set the weights; from there on the flag sets the gates."
