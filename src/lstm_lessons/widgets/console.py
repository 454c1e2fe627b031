"""The gate console: a cell over a few steps whose gates are dragged on the picture itself.

The same small model runs twice: in gate_model.js, so that the picture follows the hand with no kernel,
and here through `cells` and `gradients`, which is what Python reads. A test compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import traitlets

from .. import gradients, pictures
from ..arguments import Array, as_array, as_count, one_of
from ..cells import GRU, LSTM, Cell, Trace
from .base import Checked, Widget, script, style
from .presets import GOALS, LANES, PRESETS, STEPS, key, spread

TOLERANCE = 0.05  # a state this near its target has reached it
SHOWN = {"memory": "c", "lstm": "ch", "gru": "h"}  # the states
CELLS: dict[str, type[Cell]] = {"memory": LSTM, "lstm": LSTM, "gru": GRU}


def unit(cell: str) -> Cell:
    """One hidden unit, one input. A candidate n is tanh(x + r h_prev), all else is 0."""
    made = CELLS[cell](1, 1, np.random.default_rng(0))
    for name, weights in made.params.items():
        weights[...] = 0
        if "n" in made.gates and name != "b":
            weights[made.gates.index("n")] = 1
    return made


def simulate(cell: str, values: Mapping[str, Sequence[float]], start: Array | None = None) -> Trace:
    """The trace of one unit whose gates are set by hand: T steps, batch 1, hidden size 1.

    ``start`` (1, 1) is what the first step finds in c, or in a GRU's h; None is 0.
    """
    lanes = {trait: np.reshape(v, (-1, 1, 1)) for trait, v in values.items()}
    letters = {lane.letter: lanes[lane.trait] for lane in LANES[cell]}
    xs = letters.pop("x", np.zeros_like(next(iter(lanes.values()))))
    if cell == "memory":  # an LSTM whose candidate is the input itself; its h is not shown
        letters |= {"g": xs, "o": np.ones_like(xs)}
    state = start if start is None or cell == "gru" else (np.zeros_like(start), start)
    return unit(cell).forward(xs, state, override=letters)


Targets = Mapping[str, Sequence[float | None]]  # for each step of a state; None: free
Values = Mapping[str, Sequence[float]]


def _misses(targets: Targets, states: Values) -> list[float]:
    """How far each state asked for is from its target."""
    return [
        abs(value - target)
        for name, wanted in targets.items()
        for value, target in zip(states[name], wanted, strict=True)
        if target is not None
    ]


def _judged(cell: str, targets: Targets, values: Values) -> dict[str, list[float]]:
    """The states that each step makes if the step before it has left what was asked for."""
    carried = SHOWN[cell][0]
    states: dict[str, list[float]] = {name: [] for name in SHOWN[cell]}
    state = np.zeros((1, 1))
    for t, aim in enumerate(targets.get(carried, [None] * STEPS)):
        trace = simulate(cell, {trait: row[t : t + 1] for trait, row in values.items()}, state)
        made = getattr(trace, carried)[0]
        state = made if aim is None else np.full_like(made, aim)
        states[carried].append(made.item())
        if cell == "lstm":
            states["h"].append(values["output"][t] * math.tanh(state.item()))
    return states


def _distance(cell: str, targets: Targets, values: Values) -> float:
    """What is wrong at each step judged by itself: its miss beyond the tolerance.

    Of what a miss has beyond 0.7 a fifth counts: right at most steps is nearer than half right at all.
    """
    beyond = [
        max(0.0, miss - TOLERANCE) for miss in _misses(targets, _judged(cell, targets, values))
    ]
    return sum(min(miss, 0.56 + miss / 5) for miss in beyond)


def _goal(cell: str, name: str) -> tuple[dict, dict]:
    """A goal as the console shows it, and where it starts: all gates half open, no score."""
    goal = GOALS[cell][one_of("goal", name, GOALS[cell])]
    halves = {lane.trait: 0.5 for lane in LANES[cell]}
    start = {trait: spread(value, STEPS) for trait, value in (halves | goal.given).items()}
    shown: dict[str, Any] = dict(name=name, key=key(cell, name), text=goal.text)
    shown |= dict(given=list(goal.given), targets=goal.targets, tolerance=TOLERANCE)
    return shown | {"start_distance": _distance(cell, goal.targets, start)}, start


def _row(name: str, value: Any, console: Any, low: float) -> tuple[float, ...]:
    """A gate's value at every step, as a tuple: to change one, assign them all."""
    return tuple(as_array(name, value, (console.steps,), low, 1).tolist())


class GateConsole(Widget):
    """Drag the gates of a cell with one unit and see its states and its gradient follow.

    ``cell`` is "memory" (c = f c_prev + i x), "lstm" (f, i, g and o set by hand) or "gru" (r, z and
    the input x set by hand; n = tanh(x + r h_prev)). ``steps`` is from 2 to 24. ``preset`` names where
    to start. ``goal`` names a puzzle instead; it has 12 steps.

    The gates are traits, each a tuple of one number a step: ``forget``, ``input``, ``output``,
    ``reset``, ``update`` in [0, 1], ``candidate``, ``x`` in [-1, 1]. Python reads what the reader
    dragged and may set it. ``gate`` (a letter) and ``step`` (from 1) are what is chosen.
    Raises ValueError or TypeError for what is out of range or unknown, and keeps its last state.
    """

    _esm = script("console")
    _css = style("console")

    cell = traitlets.Unicode(read_only=True).tag(sync=True)
    steps = traitlets.Int(read_only=True).tag(sync=True)
    lanes: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    colors = traitlets.Dict(read_only=True).tag(sync=True)
    # Sent as pairs: a notebook stores an object's names in the alphabet's order.
    presets = traitlets.Dict(read_only=True).tag(
        sync=True, to_json=lambda presets, _: list(presets.items())
    )
    goal = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)
    chosen_preset = Checked(lambda _, value, console: one_of("preset", value, console.presets))
    gate = Checked(lambda name, value, it: one_of(name, value, [row["letter"] for row in it.lanes]))
    step = Checked(lambda name, value, console: as_count(name, value, 1, console.steps))

    def __init__(
        self,
        cell: str = "lstm",
        steps: int = STEPS,
        preset: str | None = None,
        goal: str | None = None,
    ):
        cell, steps = one_of("cell", cell, LANES), as_count("steps", steps, 2, 24)
        shown = None
        if goal is None:
            starts = {
                name: {trait: spread(value, steps) for trait, value in start.items()}
                for name, start in PRESETS[cell].items()
            }
        elif steps != STEPS or preset is not None:
            raise ValueError("goal: got a preset or a number of steps beside it, expected it alone")
        else:
            shown, start = _goal(cell, goal)
            starts = {"start": start}
        preset = next(iter(starts)) if preset is None else one_of("preset", preset, starts)
        lanes = [lane._asdict() | {"color": pictures.COLORS[lane.letter]} for lane in LANES[cell]]
        colors = {name: pictures.COLORS[name] for name in ("c", "h", "gradient")}
        fixed = dict(cell=cell, steps=steps, lanes=lanes, colors=colors, presets=starts, goal=shown)
        for name, value in fixed.items():
            self.set_trait(name, value)
        rows = {
            lane.trait: Checked(partial(_row, low=lane.low), tuple(starts[preset][lane.trait]))
            for lane in LANES[cell]
        }
        self.add_traits(**rows)
        self.chosen_preset, self.gate, self.step = preset, lanes[0]["letter"], min(5, steps)
        super().__init__()

    @property
    def preset(self) -> str:
        """Where the gates started. Setting it sets them, also if it is the same as before."""
        return self.chosen_preset

    @preset.setter
    def preset(self, name: str) -> None:
        self.chosen_preset = name
        for trait, values in self.presets[name].items():
            setattr(self, trait, values)

    @property
    def values(self) -> dict[str, tuple[float, ...]]:
        """Every lane's values by the name of its trait."""
        return {lane["trait"]: getattr(self, lane["trait"]) for lane in self.lanes}

    @property
    def trace(self) -> Trace:
        """What the cell computes with these gates: .c (but for the GRU), .h, .f …, each (T, 1, 1)."""
        return simulate(self.cell, self.values)

    @property
    def gradient(self) -> Array:
        """What of the last step's gradient reaches each step, (T,): |dc_T/dc_t|, for a GRU |dh_T/dh_t|.

        Gates set by hand do not depend on h, so in "memory" and "lstm" the direct path is all of it.
        """
        name = SHOWN[self.cell][0]
        return gradients.jacobian_norms(unit(self.cell), self.trace, of=name, by=name)[:, 0]

    @property
    def reached(self) -> tuple[int, int]:
        """How many of the states that a puzzle asks for are within the tolerance, and of how many."""
        states = {name: getattr(self.trace, name)[:, 0, 0].tolist() for name in SHOWN[self.cell]}
        misses = _misses(self._targets("reached"), states)
        return sum(miss <= TOLERANCE for miss in misses), len(misses)

    @property
    def score(self) -> int:
        """From 0, where the puzzle starts, to 100: every state asked for is within the tolerance.

        In between each step is judged by itself, as if the step before it had been right.
        """
        targets, (reached, asked) = self._targets("score"), self.reached
        left = _distance(self.cell, targets, self.values) / self.goal["start_distance"]
        return 100 if reached == asked else max(0, min(99, math.floor(100 * (1 - left))))

    def _targets(self, name: str) -> Targets:
        if self.goal is None:
            raise ValueError(f"{name}: got a console without a goal, expected GateConsole(goal=…)")
        return self.goal["targets"]

    def __repr__(self) -> str:
        what = f"goal={self.goal['name']!r}" if self.goal else f"preset={self.preset!r}"
        return f"GateConsole(cell={self.cell!r}, steps={self.steps}, {what})"

    def still(self) -> pictures.Picture:
        states = {name: getattr(self.trace, name)[:, 0, 0] for name in SHOWN[self.cell]}
        return pictures.console_still(self.lanes, self.values, states, self.gradient, self.goal)
