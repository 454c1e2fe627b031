"""The reader's own puzzle: boxes that are drawn on the states, to be reached with an input that is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..arguments import as_real, shown
from .gate_model import SHOWN, TOLERANCE, Values, distance
from .presets import DATA, LANES, STEPS, key

OWN = "your own"  # the name of its goal
PHASES = [
    "draw",
    "solve",
    "sent",
]  # it is drawn, or solved by who has drawn it, or by who was sent it
GIVEN = {
    "memory": "x",
    "rnn": "x",
    "lstm": "candidate",
    "gru": "x",
    "min": "x",
}  # the lane that its maker draws
REACH = {"c": STEPS, "h": 1}  # how far from 0 a state can get: c by a whole one at each step
TEXT = "Bring the states into all boxes."

Boxes = Mapping[str, list[float | None]]


def checked_boxes(name: str, value: Any, console: Any) -> Boxes:
    """For each state a number or None at each step; a state that is missing has no boxes."""
    states = SHOWN[console.cell]
    if not isinstance(value, Mapping) or not set(value) <= set(states):
        expected = f"a dict with a list for {' and '.join(states)}"
        raise ValueError(f"{name}: got {shown(value)}, expected {expected}")
    return {state: _row(name, value.get(state, STEPS * [None]), REACH[state]) for state in states}


def _row(name: str, value: Any, reach: float) -> list[float | None]:
    expected = f"{STEPS} numbers from {-reach} to {reach}, None where there is no box"
    row = list(value) if isinstance(value, (list, tuple, np.ndarray)) else []
    numbers = as_real(name, [0 if v is None else v for v in row], expected)
    if numbers.shape != (STEPS,) or not np.all(np.abs(numbers) <= reach):  # NaN is not, either
        raise ValueError(f"{name}: got {shown(value)}, expected {expected}")
    return [old if old is None else v for old, v in zip(row, numbers.tolist(), strict=True)]


def own_start(cell: str) -> dict[str, Any]:
    """Where it starts: half open, an RNN that fades, and an input to draw over."""
    halves = {lane.trait: 0.5 for lane in LANES[cell]}
    return halves | {GIVEN[cell]: DATA} | {"w_x": 1, "w_h": 0.5, "b": 0}


def own_goal(cell: str, boxes: Boxes, start: Values) -> dict[str, Any]:
    """The goal as the console shows it, for these boxes and where the puzzle starts."""
    stories = [{"values": {}, "targets": boxes}]
    fixed = dict(name=OWN, key=key(cell, OWN), text=TEXT, given=[GIVEN[cell]], best=None)
    measured = dict(stories=stories, tolerance=TOLERANCE)
    return fixed | measured | {"start_distance": distance(cell, stories, start) or 1.0}
