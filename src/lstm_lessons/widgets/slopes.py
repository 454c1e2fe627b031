"""Which way, and how strongly, a console's loss or last state would have each bar and knob moved.

The same derivatives are taken in slopes.js, so that the marks on the bars follow the hand; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..arguments import Array
from .gate_model import SHOWN, Targets, Values, simulate

BY_A = {"candidate": lambda v: 1 - v * v} | dict.fromkeys(
    ("forget", "input", "output", "reset", "update"), lambda v: v * (1 - v)
)


class Slope(NamedTuple):
    """The derivatives by a lane's values, one a step, and by the a of each; or by a knob's value.

    A gate's a is the number before its sigmoid, the candidate's before its tanh; an input and a knob
    have none.
    """

    value: tuple[float, ...] | float
    a: tuple[float, ...] | None


def slopes(cell: str, values: Values, goal: Mapping[str, Any] | None) -> dict[str, Slope]:
    """The derivatives of the loss by all that is not given, by trait.

    The loss is the sum of (state - target)^2 over the boxes of all of a goal's stories; without a goal
    it is the last state itself.
    """
    stories = [{"values": {}, "targets": None}] if goal is None else goal["stories"]
    given = [] if goal is None else goal["given"]
    made: dict[str, Array] = {}
    for story in stories:
        for trait, row in _of_story(cell, {**values, **story["values"]}, story["targets"]).items():
            made[trait] = made.get(trait, 0) + row
    return {
        trait: _slope(values[trait], row, trait)
        for trait, row in made.items()
        if trait not in given
    }


def _slope(value: Any, by_step: Array, trait: str) -> Slope:
    if np.ndim(value) == 0:  # a knob, which moves all steps
        return Slope(float(by_step.sum()), None)
    by_a = BY_A[trait](np.array(value)) * by_step if trait in BY_A else None
    return Slope(tuple(by_step.tolist()), None if by_a is None else tuple(by_a.tolist()))


def _of_story(cell: str, values: Values, targets: Targets | None) -> dict[str, Array]:
    """dL/d(value) at every step (T,), by trait; a knob's as if each step had its own."""
    trace = simulate(cell, values)
    at = {name: v[:, 0, 0] for name, v in vars(trace).items() if isinstance(v, np.ndarray)}
    own = {name: _pull(at[name], targets, name, SHOWN[cell]) for name in SHOWN[cell]}
    if cell == "rnn":
        by_sum = 1 - at["h"] ** 2
        into = by_sum * _back(own["h"], values["w_h"] * by_sum)
        return dict(x=into * values["w_x"], w_x=into * at["xs"], w_h=into * at["h_prev"], b=into)
    if cell == "gru":
        r, z, n, h_prev = at["r"], at["z"], at["n"], at["h_prev"]
        by_n = z * (1 - n * n)
        d = _back(own["h"], 1 - z + by_n * r)
        return dict(reset=d * by_n * h_prev, update=d * (n - h_prev), x=d * by_n)
    if cell == "min":
        d = _back(own["h"], 1 - at["z"])
        return dict(update=d * (at["n"] - at["h_prev"]), x=d * at["z"])
    f, i, g, o, tanh_c = at["f"], at["i"], at["g"], at["o"], np.tanh(at["c"])
    if cell == "memory":
        d = _back(own["c"], f)
        return dict(forget=d * at["c_prev"], input=d * g, x=d * i)
    d = _back(own["c"] + own["h"] * o * (1 - tanh_c**2), f)
    return dict(forget=d * at["c_prev"], input=d * g, candidate=d * i, output=own["h"] * tanh_c)


def _pull(state: Array, targets: Targets | None, name: str, shown: str) -> Array:
    """dL/d(state) (T,), of each step by itself."""
    if targets is None:
        return np.array([*np.zeros(len(state) - 1), name == shown[-1]], float)
    aims = np.array(targets.get(name, [None] * len(state)), float)  # None becomes NaN
    return np.nan_to_num(2 * (state - aims))


def _back(own: Array, factor: Array) -> Array:
    """What reaches the carried state of every step: its own, and of the step after it ``factor`` times."""
    reaching = own.copy()
    for t in reversed(range(len(own) - 1)):
        reaching[t] += factor[t + 1] * reaching[t + 1]
    return reaching
