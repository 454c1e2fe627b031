"""One unit whose gates or weights are set by hand: what it computes, and how near it is to a goal.

The same is written in gate_model.js, so that the picture follows the hand with no kernel; a test compares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arguments import Array
from ..cells import GRU, LSTM, RNN, Cell, MinGRU, Trace
from .presets import KNOBS, LANES, STEPS

TOLERANCE = 0.05  # a state this near its target has reached it
SHOWN = {"memory": "c", "rnn": "h", "lstm": "ch", "gru": "h", "min": "h"}  # the states
CELLS: dict[str, type[Cell]] = {
    "memory": LSTM,
    "rnn": RNN,
    "lstm": LSTM,
    "gru": GRU,
    "min": MinGRU,
}


Targets = Mapping[str, Sequence[float | None]]  # for each step of a state; None: free
Values = Mapping[str, Any]  # by trait: a lane's numbers, one a step, or the number of a knob
Stories = Sequence[
    Mapping[str, Any]
]  # of a goal: the values that each brings along, and its targets


def unit(cell: str, values: Values) -> Cell:
    """One hidden unit, one input. An RNN's weights are its knobs; a candidate n is tanh(x + r h_prev), or x.

    All other weights are 0: what they would make is set by hand.
    """
    made = CELLS[cell](1, 1, np.random.default_rng(0))
    for name, weights in made.params.items():
        weights[...] = 0
        if cell == "rnn":
            weights[...] = values[{"Wx": "w_x", "Wh": "w_h", "b": "b"}[name]]
        elif "n" in made.gates and name != "b":
            weights[made.gates.index("n")] = 1
    return made


def simulate(cell: str, values: Values, start: Array | None = None) -> Trace:
    """The trace of one unit whose gates are set by hand: T steps, batch 1, hidden size 1.

    ``start`` (1, 1) is what the first step finds in c, or in h where there is no c; None is 0.
    """
    letters = {lane.letter: np.reshape(values[lane.trait], (-1, 1, 1)) for lane in LANES[cell]}
    xs = letters.pop("x") if "x" in letters else np.zeros_like(letters["f"], float)
    if cell == "memory":  # an LSTM whose candidate is the input itself; its h is not shown
        letters |= {"g": xs, "o": np.ones_like(xs, float)}
    state = start if start is None or "c" not in SHOWN[cell] else (np.zeros_like(start), start)
    return unit(cell, values).forward(xs, state, override=letters or None)


def states(cell: str, values: Values) -> dict[str, list[float]]:
    """The states that are shown, by name, a number a step."""
    trace = simulate(cell, values)
    return {name: getattr(trace, name)[:, 0, 0].tolist() for name in SHOWN[cell]}


def misses(targets: Targets, made: Mapping[str, Sequence[float]]) -> list[float]:
    """How far each state asked for is from its target."""
    return [
        abs(value - target)
        for name, wanted in targets.items()
        for value, target in zip(made[name], wanted, strict=True)
        if target is not None
    ]


def _judged(cell: str, targets: Targets, values: Values) -> dict[str, list[float]]:
    """The states that each step makes if the step before it has left what was asked for.

    Where all steps share their weights it is what they make: one wrong step makes all others wrong.
    """
    if KNOBS.get(cell):
        return states(cell, values)
    carried = SHOWN[cell][0]
    made: dict[str, list[float]] = {name: [] for name in SHOWN[cell]}
    state = np.zeros((1, 1))
    for t, aim in enumerate(targets.get(carried, [None] * STEPS)):
        trace = simulate(cell, {trait: row[t : t + 1] for trait, row in values.items()}, state)
        found = getattr(trace, carried)[0]
        state = found if aim is None else np.full_like(found, aim)
        made[carried].append(found.item())
        if cell == "lstm":
            made["h"].append(values["output"][t] * math.tanh(state.item()))
    return made


def all_misses(cell: str, stories: Stories, values: Values) -> list[float]:
    """How far each state asked for is from its target, in all stories."""
    return [
        miss
        for story in stories
        for miss in misses(story["targets"], states(cell, {**values, **story["values"]}))
    ]


def distance(cell: str, stories: Stories, values: Values) -> float:
    """What is wrong at each step of each story: its miss beyond the tolerance.

    Of what a miss has beyond 0.7 a fifth counts: right at most steps is nearer than half right at all.
    """
    total = 0.0
    for story in stories:
        made = _judged(cell, story["targets"], {**values, **story["values"]})
        beyond = [max(0.0, miss - TOLERANCE) for miss in misses(story["targets"], made)]
        total += sum(min(miss, 0.56 + miss / 5) for miss in beyond)
    return total
