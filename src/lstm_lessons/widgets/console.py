"""The gate console: a cell over a few steps whose gates are dragged on the picture itself.

The same small model runs twice: in gate_model.js, so that the picture follows the hand with no kernel,
and here through `cells` and `gradients`, which is what Python reads. A test compares the two.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import traitlets

from .. import gradients, pictures
from ..arguments import Array, as_array, as_count, one_of
from ..cells import GRU, LSTM, Trace
from .base import Widget, script, style
from .presets import GOALS, LANES, PRESETS, STEPS, key, spread

TOLERANCE = 0.05  # a state this near its target has reached it
SHOWN = {"memory": "c", "lstm": "ch", "gru": "h"}  # the states


def unit(cell: str) -> LSTM | GRU:
    """One hidden unit, one input. The GRU's candidate is n = tanh(x + r h_prev), all else is 0."""
    made = (GRU if cell == "gru" else LSTM)(1, 1, np.random.default_rng(0))
    for name, weights in made.params.items():
        weights[...] = 0
        if cell == "gru" and name != "b":
            weights[made.gates.index("n")] = 1
    return made


def simulate(cell: str, values: Mapping[str, Sequence[float]]) -> Trace:
    """The trace of one unit whose gates are set by hand: T steps, batch 1, hidden size 1."""
    lanes = {trait: np.reshape(v, (-1, 1, 1)) for trait, v in values.items()}
    letters = {lane.letter: lanes[lane.trait] for lane in LANES[cell]}
    xs = letters.pop("x", np.zeros_like(next(iter(lanes.values()))))
    if cell == "memory":  # an LSTM whose candidate is the input itself; its h is not shown
        letters |= {"g": xs, "o": np.ones_like(xs)}
    return unit(cell).forward(xs, override=letters)


def _distance(goal: dict, trace: Trace) -> float:
    """How far the states are from a goal's targets, beyond the tolerance, added up."""
    return sum(
        max(0.0, abs(value - target) - goal["tolerance"])
        for name, targets in goal["targets"].items()
        for value, target in zip(getattr(trace, name)[:, 0, 0].tolist(), targets, strict=True)
        if target is not None
    )


def _goal(cell: str, name: str) -> tuple[dict, dict]:
    """A goal as the console shows it, and where it starts: all gates half open, no score."""
    goal = GOALS[cell][one_of("goal", name, GOALS[cell])]
    start = {lane.trait: 0.5 for lane in LANES[cell]} | goal.given
    start = {trait: spread(value, STEPS) for trait, value in start.items()}
    shown = dict(
        name=name,
        key=key(cell, name),
        text=goal.text,
        given=list(goal.given),
        targets=goal.targets,
        tolerance=TOLERANCE,
    )
    return shown | {"start_distance": _distance(shown, simulate(cell, start))}, start


class LaneTrait(traitlets.TraitType):
    """A gate's value at every step, as a tuple: to change one, assign them all."""

    def __init__(self, start: Sequence[float], low: int):
        super().__init__(tuple(start))
        self.low = low
        self.tag(sync=True)

    def validate(self, console: Any, value: Any) -> tuple[float, ...]:
        return tuple(as_array(self.name, value, (console.steps,), self.low, 1).tolist())


class Chosen(traitlets.TraitType):
    """What is chosen out of what the console offers: ``check(name, value, console)`` says if it may be."""

    def __init__(self, check: Callable):
        super().__init__()
        self.check = check
        self.tag(sync=True)

    def validate(self, console: Any, value: Any) -> Any:
        return self.check(self.name, value, console)


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
    presets = traitlets.Dict(read_only=True).tag(sync=True)
    goal = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)
    chosen_preset = Chosen(lambda name, value, console: one_of("preset", value, console.presets))
    gate = Chosen(
        lambda name, value, console: one_of(name, value, [row["letter"] for row in console.lanes])
    )
    step = Chosen(lambda name, value, console: as_count(name, value, 1, console.steps))

    def __init__(
        self,
        cell: str = "lstm",
        steps: int = STEPS,
        preset: str | None = None,
        goal: str | None = None,
    ):
        cell, steps = one_of("cell", cell, LANES), as_count("steps", steps, 2, 24)
        shown = None
        starts = {
            name: {trait: spread(value, steps) for trait, value in lanes.items()}
            for name, lanes in PRESETS[cell].items()
        }
        if goal is not None:
            if steps != STEPS or preset is not None:
                got = "got a preset or a number of steps beside it"
                raise ValueError(f"goal: {got}, expected it alone")
            shown, start = _goal(cell, goal)
            starts = {"start": start}
        lanes = [asdict(lane) | {"color": pictures.COLORS[lane.letter]} for lane in LANES[cell]]
        colors = {name: pictures.COLORS[name] for name in ("c", "h", "gradient")}
        fixed = dict(cell=cell, steps=steps, lanes=lanes, colors=colors, presets=starts, goal=shown)
        for name, value in fixed.items():
            self.set_trait(name, value)
        preset = next(iter(starts)) if preset is None else one_of("preset", preset, starts)
        self.add_traits(
            **{
                lane["trait"]: LaneTrait(starts[preset][lane["trait"]], lane["low"])
                for lane in lanes
            }
        )
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
    def score(self) -> int:
        """From 0, where the puzzle starts, to 100: every state asked for is within the tolerance."""
        if self.goal is None:
            raise ValueError("score: got a console without a goal, expected GateConsole(goal=…)")
        left = _distance(self.goal, self.trace) / self.goal["start_distance"]
        return max(0, math.floor(100 * (1 - left)))

    def __repr__(self) -> str:
        what = f"goal={self.goal['name']!r}" if self.goal else f"preset={self.preset!r}"
        return f"GateConsole(cell={self.cell!r}, steps={self.steps}, {what})"

    def still(self) -> pictures.Picture:
        states = {name: getattr(self.trace, name)[:, 0, 0] for name in SHOWN[self.cell]}
        return pictures.console_still(self.lanes, self.values, states, self.gradient)
