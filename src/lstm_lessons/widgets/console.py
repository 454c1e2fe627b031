"""The gate console: a cell over a few steps whose gates are dragged on the picture itself.

What it computes is in gate_model.py, and in gate_model.js for the picture that follows the hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import traitlets

from .. import gradients, pictures
from ..arguments import Array, as_array, as_count, as_number, one_of
from ..arguments import shown as quoted
from ..cells import Trace
from .base import Checked, Widget, script, style
from .gate_model import (
    SHOWN,
    TOLERANCE,
    Stories,
    Values,
    all_misses,
    distance,
    simulate,
    states,
    unit,
)
from .own_puzzle import GIVEN, OWN, PHASES, checked_boxes, own_goal, own_start
from .presets import GOALS, KNOBS, LANES, PRESETS, STEPS, Knob, Story, key, spread
from .slopes import Slope, slopes


def _start(cell: str, values: Values, steps: int) -> dict[str, Any]:
    """A preset's values as the console has them: a lane's over the steps, a knob's as a float."""
    knobs = {knob.trait: float(values[knob.trait]) for knob in KNOBS.get(cell, [])}
    return {lane.trait: spread(values[lane.trait], steps) for lane in LANES[cell]} | knobs


def _goal(cell: str, name: str) -> tuple[dict, dict]:
    """A goal as the console shows it, and where it starts, which has no score."""
    goal = GOALS[cell][name]
    stories: list[dict[str, Any]] = [
        {"values": {t: spread(v, STEPS) for t, v in story.values.items()}, "targets": story.targets}
        for story in goal.stories or (Story({}, goal.targets),)
    ]
    given = goal.given | stories[0]["values"]
    halves: dict[str, Any] = {lane.trait: 0.5 for lane in LANES[cell]}
    start = _start(cell, halves | given | goal.start, STEPS)
    shown: dict[str, Any] = dict(name=name, key=key(cell, name), text=goal.text)
    shown |= dict(given=list(given), stories=stories, tolerance=TOLERANCE)
    shown |= dict(best=goal.best and goal.best._asdict())
    return shown | {"start_distance": distance(cell, stories, start)}, start


def _row(name: str, value: Any, console: Any, low: float) -> tuple[float, ...]:
    """A gate's value at every step, as a tuple: to change one, assign them all."""
    return tuple(as_array(name, value, (console.steps,), low, 1).tolist())


def _turned(name: str, value: Any, _: Any, knob: Knob) -> float:
    return as_number(name, value, knob.low, knob.high)


class GateConsole(Widget):
    """Drag the gates of a cell with one unit and see its states and its gradient follow.

    ``cell`` is "memory" (c = f c_prev + i x), "rnn" (h = tanh(w_x x + w_h h_prev + b)), "lstm" (f, i, g
    and o set by hand) "gru" (r, z and the input x set by hand; n = tanh(x + r h_prev)) or "min" (a minGRU, z and its
    candidate, the input x, set by hand). ``steps`` is from 2 to 24. ``preset`` names where to start. ``goal`` names a puzzle instead; it has 12 steps.
    With ``goal="your own"`` the reader draws it: ``boxes`` has for each state a number or None at
    each step, and ``phase`` is "draw", "solve", or "sent" for who was sent it.
    ``descent=True`` shows the slopes of all bars, and offers gradient descent on a puzzle before the
    reader has solved it; that puzzle does not count as solved, and is not kept.

    The gates are traits, each a tuple of one number a step: ``forget``, ``input``, ``output``,
    ``reset``, ``update`` in [0, 1], ``candidate``, ``x`` in [-1, 1]. The knobs of "rnn" are numbers:
    ``w_x``, ``w_h`` in [-3, 3], ``b`` in [-2, 2]. Python reads what the reader dragged and may set it.
    ``gate`` (a letter) and ``step`` (from 1) are what is chosen.
    Raises ValueError or TypeError for what is out of range or unknown, and keeps its last state.
    """

    _esm = script("console")
    _css = style("console")

    cell = traitlets.Unicode(read_only=True).tag(sync=True)
    steps = traitlets.Int(read_only=True).tag(sync=True)
    lanes: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    knobs: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    colors = traitlets.Dict(read_only=True).tag(sync=True)
    # Sent as pairs: a notebook stores an object's names in the alphabet's order.
    presets = traitlets.Dict(read_only=True).tag(
        sync=True, to_json=lambda presets, _: list(presets.items())
    )
    goal = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)
    descent = traitlets.Bool(read_only=True).tag(sync=True)
    chosen_preset = Checked(lambda _, value, console: one_of("preset", value, console.presets))
    gate = Checked(lambda name, value, it: one_of(name, value, it.letters))
    step = Checked(lambda name, value, console: as_count(name, value, 1, console.steps))

    def __init__(
        self,
        cell: str = "lstm",
        steps: int = STEPS,
        preset: str | None = None,
        goal: str | None = None,
        descent: bool = False,
    ):
        cell, steps = one_of("cell", cell, LANES), as_count("steps", steps, 2, 24)
        shown = None
        if goal is None:
            starts = {name: _start(cell, start, steps) for name, start in PRESETS[cell].items()}
        elif steps != STEPS or preset is not None:
            raise ValueError("goal: got a preset or a number of steps beside it, expected it alone")
        elif one_of("goal", goal, [*GOALS[cell], OWN]) == OWN:
            starts = {"start": _start(cell, own_start(cell), STEPS)}
            shown = own_goal(cell, {}, starts["start"])
        else:
            shown, start = _goal(cell, goal)
            starts = {"start": start}
        preset = next(iter(starts)) if preset is None else one_of("preset", preset, starts)
        lanes = [lane._asdict() | {"color": pictures.COLORS[lane.letter]} for lane in LANES[cell]]
        colors = {name: pictures.COLORS[name] for name in ("c", "h", "x", "gradient")}
        knobs = [knob._asdict() | {"step": 0.01} for knob in KNOBS.get(cell, [])]
        fixed = dict(cell=cell, steps=steps, lanes=lanes, knobs=knobs, colors=colors)
        if not isinstance(descent, bool):
            raise TypeError(f"descent: got {quoted(descent)}, expected True or False")
        fixed |= dict(presets=starts, goal=shown, descent=descent)
        for name, value in fixed.items():
            self.set_trait(name, value)
        rows = {
            lane.trait: Checked(partial(_row, low=lane.low), tuple(starts[preset][lane.trait]))
            for lane in LANES[cell]
        }
        turned = {
            knob.trait: Checked(partial(_turned, knob=knob), starts[preset][knob.trait])
            for knob in KNOBS.get(cell, [])
        }
        self.add_traits(**rows, **turned)
        if goal == OWN:
            phase = Checked(lambda name, value, _: one_of(name, value, PHASES), "draw")
            self.add_traits(boxes=Checked(checked_boxes, {}), phase=phase)
            self.observe(self._drawn, ["boxes", GIVEN[cell]])
            self.set_trait("boxes", {})
        self.chosen_preset, self.gate, self.step = preset, lanes[0]["letter"], min(5, steps)
        super().__init__()

    def _drawn(self, _: Any) -> None:
        """The reader has drawn a box, or the lane that is given."""
        given = GIVEN[self.cell]
        start = {**self.presets["start"], given: list(getattr(self, given))}
        self.set_trait("goal", own_goal(self.cell, self.boxes, start))

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
    def letters(self) -> list[str]:
        """What can be chosen as ``gate``: the letters of the lanes and the knobs."""
        return [row["letter"] for row in (*self.lanes, *self.knobs)]

    @property
    def values(self) -> dict[str, Any]:
        """Every lane's values, and every knob's, by the name of its trait."""
        return {row["trait"]: getattr(self, row["trait"]) for row in (*self.lanes, *self.knobs)}

    @property
    def trace(self) -> Trace:
        """What the cell computes with these gates: .c (but for the GRU), .h, .f …, each (T, 1, 1)."""
        return simulate(self.cell, self.values)

    @property
    def gradient(self) -> Array:
        """What of the last step's gradient reaches each step, (T,): |dc_T/dc_t|, for an RNN or GRU |dh_T/dh_t|.

        Gates set by hand do not depend on h, so in "memory", "lstm" and "min" the direct path is all of it.
        """
        name = SHOWN[self.cell][0]
        return gradients.jacobian_norms(unit(self.cell, self.values), self.trace, of=name, by=name)[
            :, 0
        ]

    @property
    def reached(self) -> tuple[int, int]:
        """How many of the states that a puzzle asks for are within the tolerance, and of how many."""
        misses = all_misses(self.cell, self._stories("reached"), self.values)
        return sum(miss <= TOLERANCE for miss in misses), len(misses)

    @property
    def furthest_off(self) -> tuple[int, str, int, float, float]:
        """Of the states asked for: the story from 1, the state, the step from 1, its value, its target."""
        off = [
            (story, name, step, value, target)
            for story, told in enumerate(self._stories("furthest_off"), 1)
            for name, made in states(self.cell, {**self.values, **told["values"]}).items()
            for step, (value, target) in enumerate(
                zip(made, told["targets"].get(name) or [None] * self.steps, strict=True), 1
            )
            if target is not None
        ]
        # Of equals the first.
        return max(off, key=lambda one: round(abs(one[3] - one[4]), 9))

    @property
    def score(self) -> int:
        """From 0, where the puzzle starts, to 100: every state asked for is within the tolerance.

        In between each step is judged by itself, as if the step before it had been right; but for the
        RNN, whose steps all have the same weights.
        """
        stories, (reached, asked) = self._stories("score"), self.reached
        left = distance(self.cell, stories, self.values) / self.goal["start_distance"]
        points = 100 if reached == asked else max(0, min(99, math.floor(100 * (1 - left))))
        return points if asked else 0

    @property
    def slopes(self) -> dict[str, Slope]:
        """The derivatives of a puzzle's loss, or else of the last state, by all that is not given.

        The loss is the sum of (state - target)^2 over the boxes. ``console.slopes["forget"].value``
        is by the gate's values, ``.a`` by the a of each, the number before the sigmoid.
        """
        return slopes(self.cell, self.values, self.goal)

    def _stories(self, name: str) -> Stories:
        if self.goal is None:
            raise ValueError(f"{name}: got a console without a goal, expected GateConsole(goal=…)")
        return self.goal["stories"]

    def __repr__(self) -> str:
        what = f"goal={self.goal['name']!r}" if self.goal else f"preset={self.preset!r}"
        what += ", descent=True" * self.descent
        return f"GateConsole(cell={self.cell!r}, steps={self.steps}, {what})"

    def still(self) -> pictures.Picture:
        seen = {name: getattr(self.trace, name)[:, 0, 0] for name in SHOWN[self.cell]}
        goal = self.goal and self.goal | {"targets": self._shown_story["targets"]}
        drawn = (self.lanes, self.values, seen, self.gradient, goal, self.knobs)
        return pictures.console_still(*drawn)

    @property
    def _shown_story(self) -> Mapping[str, Any]:
        """The story whose inputs are set, or else the first."""
        stories, values = self.goal["stories"], self.values
        fits = [
            story
            for story in stories
            if all(values[trait] == tuple(row) for trait, row in story["values"].items())
        ]
        return (fits or stories)[0]
