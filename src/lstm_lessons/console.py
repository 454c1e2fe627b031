"""The gate console: a cell over a few steps whose gates are dragged on the picture itself.

The same small model runs twice: in console.js, so that the picture follows the hand with no kernel,
and here through `cells` and `gradients`, which is what Python reads. A test compares the two.
"""

from __future__ import annotations

import math
import pathlib

import anywidget
import numpy as np
import traitlets

from . import gradients, pictures
from .cells import GRU, LSTM, Array, Trace, checked

HERE = pathlib.Path(__file__).parent

# Lanes: what is dragged, as (trait, letter, name, lowest value); the highest is always 1.
LANES = {
    "memory": [
        ("forget", "f", "forget gate", 0),
        ("input", "i", "input gate", 0),
        ("x", "x", "input x", -1),
    ],
    "lstm": [
        ("forget", "f", "forget gate", 0),
        ("input", "i", "input gate", 0),
        ("candidate", "g", "candidate", -1),
        ("output", "o", "output gate", 0),
    ],
    "gru": [
        ("reset", "r", "reset gate", 0),
        ("update", "z", "update gate", 0),
        ("x", "x", "input x", -1),
    ],
}

# One value worth keeping, at step 2, among others that are not.
DATA = [0.4, 0.8, -0.6, 0.5, -0.3, 0.7, -0.8, 0.3, 0.6, -0.5, 0.9, -0.4]

# Presets: for each lane a number for all steps, or (number, {step: exception}), or a list.
PRESETS = {
    "memory": {
        "remember for ever": dict(forget=1, input=(0, {2: 1}), x=DATA),
        "leak": dict(forget=0.8, input=(0, {2: 1}), x=DATA),
        "forget at step 5": dict(forget=(1, {5: 0}), input=(0, {2: 1}), x=DATA),
        "running blend": dict(forget=0.75, input=0.25, x=DATA),
        "half open": dict(forget=0.5, input=0.5, x=DATA),
    },
    "lstm": {
        "remember for ever": dict(forget=1, input=(0, {2: 1}), candidate=DATA, output=1),
        "leak": dict(forget=0.8, input=(0, {2: 1}), candidate=DATA, output=1),
        "forget at step 5": dict(forget=(1, {5: 0}), input=(0, {2: 1}), candidate=DATA, output=1),
        "write-hold-read": dict(forget=1, input=(0, {2: 1}), candidate=DATA, output=(0, {10: 1})),
        "latch": dict(
            forget=(1, {8: 0}), input=(0, {3: 1}), candidate=(0, {3: 1, 8: -1}), output=1
        ),
        "count": dict(forget=1, input=(0, {2: 1, 5: 1, 8: 1, 11: 1}), candidate=1, output=1),
        "half open": dict(forget=0.5, input=0.5, candidate=DATA, output=0.5),
    },
    "gru": {
        "remember for ever": dict(reset=1, update=(0, {2: 1}), x=(0, {2: 1, 5: -0.7, 9: 0.5})),
        "leak": dict(reset=0, update=(0.2, {2: 1}), x=(0, {2: 1})),
        "start again at step 6": dict(
            reset=(1, {6: 0}), update=(0, {2: 1, 6: 1}), x=(0, {2: 1, 6: -1})
        ),
        "plain tanh": dict(reset=1, update=1, x=DATA),
        "half open": dict(reset=0.5, update=0.5, x=DATA),
    },
}

EVENTS = [0.6, 1, -0.4, 0.3, 1, 1, -0.7, 0.5, 1, -0.2, 0.8, -0.5]
SWITCH = [0.5, -0.3, 1, -0.8, 0.4, 0.6, -1, 0.7, -0.2, 0.3, -0.6, 0.9]
READ = float(np.tanh(0.8))

# Goals: what is asked, the lanes that are given, the start, and the states to reach (None: free).
GOALS = {
    "memory": {
        "half-life": dict(
            text="A 1 is written at step 1. Let half of it be left after every three steps.",
            given=dict(input=(0, {1: 1}), x=(0, {1: 1})),
            start=dict(forget=0.5),
            c=[1, None, None, 0.5, None, None, 0.25, None, None, 0.125, None, None],
        ),
    },
    "lstm": {
        "hold": dict(
            text="Put the 0.8 of step 2 into c and keep it there to the end. Let nothing else in.",
            c=[0] + [0.8] * 11,
        ),
        "forget on cue": dict(
            text="Hold the 0.8 of step 2, and drop it at step 7: from there on c is 0.",
            c=[0] + [0.8] * 5 + [0] * 6,
        ),
        "write-hold-read": dict(
            text="The 0.8 written at step 2 must appear in h at step 10, as tanh(0.8) = 0.66,"
            " and h must be 0 at every other step.",
            h=[0] * 9 + [READ] + [0] * 2,
        ),
        "latch": dict(
            text="Set c to 1 at step 3, turn it over to \N{MINUS SIGN}1 in the single step 7,"
            " and clear it at step 10.",
            given=dict(candidate=SWITCH),
            c=[0] * 2 + [1] * 4 + [-1] * 3 + [0] * 3,
        ),
        "count": dict(
            text="The candidate is 1 at steps 2, 5, 6 and 9. Count these in c: 1, 2, 3, 4."
            " Show nothing in h before step 12.",
            given=dict(candidate=EVENTS),
            c=[0, 1, 1, 1, 2, 3, 3, 3, 4, 4, 4, 4],
            h=[0] * 11 + [float(np.tanh(4))],
        ),
        "running mean": dict(
            text="At every step c must be the mean of all candidates so far.",
            c=[float(v) for v in np.cumsum(DATA) / np.arange(1, 13)],
        ),
    },
    "gru": {
        "hold": dict(
            text="Write the input of step 2 into h as tanh(0.8) = 0.66 and keep it to the end.",
            h=[0] + [READ] * 11,
        ),
    },
}
TOLERANCE = 0.05  # a state this near its target has reached it


def _spread(value, steps: int) -> list[float]:
    """A lane of a preset written out over the steps; what lies beyond the last one is left away."""
    if isinstance(value, list):
        return [float(v) for v in np.resize(value, steps)]
    base, exceptions = value if isinstance(value, tuple) else (value, {})
    return [float(exceptions.get(t, base)) for t in range(1, steps + 1)]


def _one_of(name: str, value, options) -> None:
    if value not in list(options):
        raise ValueError(f"{name}: got {value!r}, expected one of {', '.join(map(repr, options))}")


def _unit(cell: str) -> LSTM | GRU:
    """One hidden unit, one input. The GRU's candidate is n = tanh(x + r h_prev), all else is 0."""
    unit = (GRU if cell == "gru" else LSTM)(1, 1, np.random.default_rng(0))
    for name, weights in unit.params.items():
        weights[...] = 0
        if cell == "gru" and name != "b":
            weights[2] = 1
    return unit


def simulate(cell: str, values: dict[str, list[float]]) -> Trace:
    """The trace of one unit whose gates are set by hand: T steps, batch 1, hidden size 1."""
    lanes = {trait: np.reshape(v, (-1, 1, 1)) for trait, v in values.items()}
    if cell == "gru":
        override = {"r": lanes["reset"], "z": lanes["update"]}
        return _unit(cell).forward(lanes["x"], override=override)
    override = {"f": lanes["forget"], "i": lanes["input"]}
    if cell == "memory":  # an LSTM whose candidate is the input itself; its h is not shown
        override |= {"g": lanes["x"], "o": 1.0}
    else:
        override |= {"g": lanes["candidate"], "o": lanes["output"]}
    return _unit(cell).forward(np.zeros_like(lanes["forget"]), override=override)


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
    _one_of("goal", name, GOALS[cell])
    spec = GOALS[cell][name]
    given = spec.get("given", {"x" if cell != "lstm" else "candidate": DATA})
    start = {trait: 0.5 for trait, *_ in LANES[cell]} | given
    start = {trait: _spread(value, 12) for trait, value in start.items()}
    targets = {state: spec[state] for state in "ch" if state in spec}
    goal = dict(
        name=name, text=spec["text"], given=list(given), targets=targets, tolerance=TOLERANCE
    )
    return goal | {"par": _distance(goal, simulate(cell, start))}, start


class Lane(traitlets.TraitType):
    """A gate's value at every step, as a tuple: to change one, assign them all."""

    def __init__(self, start: list[float], low: int):
        super().__init__(tuple(start))
        self.low = low
        self.tag(sync=True)

    def validate(self, console, value):
        return tuple(checked(self.name, value, (console.steps,), self.low, 1).tolist())


class OneOf(traitlets.TraitType):
    """A value out of those that the console offers."""

    def __init__(self, options):
        super().__init__()
        self.options = options
        self.tag(sync=True)

    def validate(self, console, value):
        _one_of(self.name, value, self.options(console))
        return value


class Preset(OneOf):
    """Setting it sets the gates, also when it is the one that was set before."""

    def set(self, console, value):
        super().set(console, value)
        if not console._hears:
            for trait, values in console.presets[value].items():
                setattr(console, trait, values)


class GateConsole(anywidget.AnyWidget):
    """Drag the gates of a cell with one unit and see its states and its gradient follow.

    ``cell`` is "memory" (c = f c_prev + i x), "lstm" (f, i, g and o set by hand) or "gru" (r, z and
    the input x set by hand; n = tanh(x + r h_prev)). ``preset`` names where to start. ``goal`` names
    a puzzle instead; it has 12 steps.

    The gates are traits, each a tuple of one number a step: ``forget``, ``input``, ``output``,
    ``reset``, ``update`` in [0, 1], ``candidate``, ``x`` in [-1, 1]. Python reads what the reader
    dragged and may set it. ``gate`` (a letter) and ``step`` (from 1) are what is chosen.
    Raises ValueError or TypeError for what is out of range or unknown, and keeps its last state.
    """

    _ipython_display_ = None  # ipywidgets 7 has one, which would go before our MIME bundle
    _esm = (HERE / "console.js").read_text(encoding="utf-8")
    _css = (HERE / "console.css").read_text(encoding="utf-8")

    cell = traitlets.Unicode(read_only=True).tag(sync=True)
    steps = traitlets.Int(read_only=True).tag(sync=True)
    lanes = traitlets.List(read_only=True).tag(sync=True)
    colors = traitlets.Dict(read_only=True).tag(sync=True)
    presets = traitlets.Dict(read_only=True).tag(sync=True)
    goal = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)
    preset = Preset(lambda console: console.presets)
    gate = OneOf(lambda console: [lane["letter"] for lane in console.lanes])
    step = OneOf(lambda console: range(1, console.steps + 1))
    _hears = False  # while a message from the front end is taken in

    def __init__(self, cell="lstm", steps=12, preset=None, goal=None):
        _one_of("cell", cell, LANES)
        if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)):
            raise TypeError(f"steps: got {steps!r}, expected a whole number")
        if not 2 <= steps <= 24:
            raise ValueError(f"steps: got {steps}, expected 2 to 24")
        if goal is None:
            presets = {
                name: {trait: _spread(value, steps) for trait, value in values.items()}
                for name, values in PRESETS[cell].items()
            }
        elif steps != 12 or preset is not None:
            raise ValueError("goal: got a preset or a number of steps beside it, expected it alone")
        else:
            goal, start = _goal(cell, goal)
            presets = {"start": start}
        lanes = [
            dict(trait=trait, letter=letter, name=name, low=low, color=pictures.COLORS[letter])
            for trait, letter, name, low in LANES[cell]
        ]
        colors = {name: pictures.COLORS[name] for name in ("c", "h", "gradient")}
        fixed = dict(
            cell=cell, steps=int(steps), lanes=lanes, colors=colors, presets=presets, goal=goal
        )
        for name, value in fixed.items():
            self.set_trait(name, value)
        preset = next(iter(presets)) if preset is None else preset
        _one_of("preset", preset, presets)
        self.add_traits(
            **{lane["trait"]: Lane(presets[preset][lane["trait"]], lane["low"]) for lane in lanes}
        )
        self.preset, self.gate, self.step = preset, lanes[0]["letter"], min(5, int(steps))
        super().__init__()

    def set_state(self, sync_data):
        """What the front end sends. A preset comes with the gates that it set, or that a drag since
        then has changed: it must not set them once more."""
        self._hears = True
        try:
            super().set_state(sync_data)
        finally:
            self._hears = False

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
        if self.cell == "gru":
            return gradients.jacobian_norms(_unit("gru"), self.trace)[:, 0]
        return gradients.direct_path(self.trace)[:, 0, 0]

    @property
    def score(self) -> int:
        """From 0, where the puzzle starts, to 100: every state asked for is within the tolerance."""
        if self.goal is None:
            raise ValueError("score: got a console without a goal, expected GateConsole(goal=…)")
        left = _distance(self.goal, self.trace) / self.goal["par"]
        return max(0, math.floor(100 * (1 - left)))

    def __repr__(self):
        what = f"goal={self.goal['name']!r}" if self.goal else f"preset={self.preset!r}"
        return f"GateConsole(cell={self.cell!r}, steps={self.steps}, {what})"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        shown = {"memory": "c", "lstm": "ch", "gru": "h"}[self.cell]
        states = {name: getattr(self.trace, name)[:, 0, 0] for name in shown}
        figure = pictures.console_still(self.lanes, self.values, states, self.gradient)
        return pictures.with_png(figure, repr(self), data, metadata)
