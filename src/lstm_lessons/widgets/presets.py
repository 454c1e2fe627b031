"""The gate console's data: what each kind of cell lets one drag, from where, and to which goal."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

STEPS = 12  # of a goal, and of a console that is told no other number


class Lane(NamedTuple):
    """What is dragged: a trait of the console with its letter, its name and its lowest value; the highest is 1."""

    trait: str
    letter: str
    name: str
    low: int = 0


class Knob(NamedTuple):
    """A weight that all steps share: a trait of the console with its letter, its name and its range."""

    trait: str
    letter: str
    name: str
    low: float
    high: float


class Story(NamedTuple):
    """What is given in one of a puzzle's stories, and the states to reach in it (None: free)."""

    values: dict[str, Any]
    targets: dict[str, list[float | None]]


class Best(NamedTuple):
    """What is the best in a puzzle that cannot be solved: the score, the boxes reached, and why."""

    score: int
    boxes: int
    why: str


class Goal(NamedTuple):
    """A puzzle of one lesson: the states to reach (None: free), and the lanes that are given.

    ``stories`` in the place of ``targets`` are to be reached all with the same weights. ``start`` says
    where what is free starts, if it is not half open. With a ``best`` it cannot be solved.
    """

    lesson: int
    text: str
    targets: dict[str, list[float | None]] = {}
    given: dict[str, Any] = {}
    stories: tuple[Story, ...] = ()
    start: dict[str, Any] = {}
    best: Best | None = None


FORGET, INPUT = Lane("forget", "f", "forget gate"), Lane("input", "i", "input gate")
CANDIDATE, OUTPUT = Lane("candidate", "g", "candidate", -1), Lane("output", "o", "output gate")
UPDATE, X = Lane("update", "z", "update gate"), Lane("x", "x", "input", -1)
LANES = {
    "memory": [FORGET, INPUT, X],
    "rnn": [X],
    "lstm": [FORGET, INPUT, CANDIDATE, OUTPUT],
    "gru": [Lane("reset", "r", "reset gate"), UPDATE, X],
    "min": [UPDATE, X],
}

KNOBS: dict[str, list[Knob]] = {
    "rnn": [
        Knob("w_x", "w_x", "input weight", -3, 3),
        Knob("w_h", "w_h", "recurrent weight", -3, 3),
        Knob("b", "b", "bias", -2, 2),
    ],
}

# One value worth keeping, at step 2, among others that are not.
DATA = [0.4, 0.8, -0.6, 0.5, -0.3, 0.7, -0.8, 0.3, -0.6, -0.5, 0.9, -0.4]
EVENTS = [0.6, 1, -0.4, 0.3, 1, 1, -0.7, 0.5, 1, -0.2, 0.8, -0.5]
SWITCH = [0.5, -0.3, 1, -0.8, 0.4, 0.6, -1, 0.7, -0.2, 0.3, -0.6, 0.9]
READ = float(np.tanh(0.8))
ONCE = (0, {2: 1})
MEAN = [1 / t for t in range(1, 25)]

# For each lane a number for all steps, or (number, {step: exception}), or a list; for a knob a number.
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "memory": {
        "remember for ever": dict(forget=1, input=ONCE, x=DATA),
        "leak": dict(forget=0.8, input=ONCE, x=DATA),
        "forget at step 5": dict(forget=(1, {5: 0}), input=ONCE, x=DATA),
        "running blend": dict(forget=0.75, input=0.25, x=DATA),
        "half open": dict(forget=0.5, input=0.5, x=DATA),
    },
    "rnn": {
        "fades": dict(w_x=1, w_h=0.8, b=0, x=(0, {1: 1})),
        "forgets at once": dict(w_x=1, w_h=0, b=0, x=(0, {1: 1})),
        "lasts": dict(w_x=1, w_h=1.5, b=0, x=(0, {1: 1})),
        "swings": dict(w_x=1, w_h=-1.5, b=0, x=(0, {1: 1})),
        "gradient explodes": dict(w_x=1, w_h=2, b=0, x=(0, {1: 0.001})),
        "many inputs": dict(w_x=1, w_h=0.8, b=0, x=DATA),
    },
    "lstm": {
        "remember for ever": dict(forget=1, input=ONCE, candidate=DATA, output=1),
        "leak": dict(forget=0.8, input=ONCE, candidate=DATA, output=1),
        "forget at step 5": dict(forget=(1, {5: 0}), input=ONCE, candidate=DATA, output=1),
        "write-hold-read": dict(forget=1, input=ONCE, candidate=DATA, output=(0, {10: 1})),
        "latch": dict(
            forget=(1, {8: 0}), input=(0, {3: 1}), candidate=(0, {3: 1, 8: -1}), output=1
        ),
        "count": dict(forget=1, input=(0, {2: 1, 5: 1, 8: 1, 11: 1}), candidate=1, output=1),
        "soft gates": dict(forget=0.98, input=(0.02, {2: 0.5}), candidate=DATA, output=0.8),
        "half open": dict(forget=0.5, input=0.5, candidate=DATA, output=0.5),
    },
    "gru": {
        "remember for ever": dict(reset=1, update=ONCE, x=(0, {2: 1, 5: -0.7, 9: 0.5})),
        "leak": dict(reset=0, update=(0.2, {2: 1}), x=ONCE),
        "start again at step 6": dict(
            reset=(1, {6: 0}), update=(0, {2: 1, 6: 1}), x=(0, {2: 1, 6: -1})
        ),
        "plain tanh": dict(reset=1, update=1, x=DATA),
        "half open": dict(reset=0.5, update=0.5, x=DATA),
    },
    "min": {
        "running blend": dict(update=0.25, x=DATA),
        "mean of all": dict(update=MEAN, x=DATA),
        "remember for ever": dict(update=ONCE, x=DATA),
        "start again at step 6": dict(update=(0.25, {6: 1}), x=DATA),
        "half open": dict(update=0.5, x=DATA),
    },
}

GOALS = {
    "memory": {
        "half-life": Goal(
            3,
            "A 1 is written at step 1. Let half of it be left after every three steps.",
            dict(c=[1, None, None, 0.5, None, None, 0.25, None, None, 0.125, None, None]),
            given=dict(input=(0, {1: 1}), x=(0, {1: 1})),
        ),
    },
    "rnn": {
        "forget": Goal(
            2,
            "Write 0.8 at step 2 and \N{MINUS SIGN}0.8 at step 8. One step later h is 0.3 or \N{MINUS SIGN}0.3,"
            " and within three steps it is forgotten.",
            dict(h=[0, 0.8, 0.3, None, 0, 0, 0, -0.8, -0.3, None, 0, 0]),
            given=dict(x=(0, {2: 1, 8: -1})),
            start=dict(w_x=0.5, w_h=1.5, b=0.5),
        ),
        "hold a sign": Goal(
            2,
            "At step 2 comes 0.3 or \N{MINUS SIGN}0.3, at step 8 the opposite. From step 5 on let h be 0.9"
            " with the sign of the first; at steps 8 and 9 it may sway.",
            stories=tuple(
                Story(
                    dict(x=(0, {2: 0.3 * sign, 8: -0.3 * sign})),
                    dict(h=[0, *[None] * 3, *[0.9 * sign] * 3, *[None] * 2, *[0.9 * sign] * 3]),
                )
                for sign in (1, -1)
            ),
            start=dict(w_x=0.5, w_h=0.5, b=0),
        ),
        "hold 0.8": Goal(
            2,
            "0.8 comes at step 4. Let h be 0 before it, and 0.8 from then on to the end.",
            dict(h=[*[0] * 3, *[0.8] * 9]),
            given=dict(x=(0, {4: 0.8})),
            start=dict(w_x=0.5, w_h=0.5, b=-0.5),
        ),
        "hold whichever was written": Goal(
            2,
            "0.2, 0.5 or 0.8 comes at step 2. Let h keep whichever it was to the end:"
            " three stories, one set of weights.",
            stories=tuple(
                Story(dict(x=(0, {2: value})), dict(h=[0, *[value] * 11]))
                for value in (0.2, 0.5, 0.8)
            ),
            start=dict(w_x=1, w_h=0.95, b=0),
            best=Best(
                76,
                26,
                "To be kept, a value must be one that the next step makes of itself, h = tanh(w\u2095 h + b)."
                " There are three such values at most. Where there are three, the middle one does not"
                " last: what is a little off it moves further away at each step. Of the other two one"
                " is below 0. So of these three values one lasts, and the others drift.",
            ),
        ),
    },
    "lstm": {
        "hold": Goal(
            4,
            "Put the 0.8 of step 2 into c and keep it there to the end. Let nothing else in.",
            dict(c=[0, *[0.8] * 11]),
            given=dict(candidate=DATA),
        ),
        "forget on cue": Goal(
            4,
            "Hold the 0.8 of step 2 in c, and drop it at step 8: from there on c is 0.",
            dict(c=[0, *[0.8] * 6, *[0] * 5]),
            given=dict(candidate=DATA),
        ),
        "write-hold-read": Goal(
            4,
            "Write the 0.8 of step 2 into c and hold it there. Show it in h at step 10,"
            " as tanh(0.8) = 0.66; at every other step h is 0.",
            dict(c=[0, *[0.8] * 8, *[None] * 3], h=[*[0] * 9, READ, 0, 0]),
            given=dict(candidate=DATA),
        ),
        "latch": Goal(
            4,
            "Set c to 1 at step 3, flip it to \N{MINUS SIGN}1 in one step, step 7, and clear it at step 10.",
            dict(c=[0, 0, *[1] * 4, *[-1] * 3, *[0] * 3]),
            given=dict(candidate=SWITCH),
        ),
        "count": Goal(
            4,
            "The candidate is 1 at steps 2, 5, 6 and 9. Count these in c: 1, 2, 3, 4."
            " Show nothing in h before step 12.",
            dict(c=[0, 1, 1, 1, 2, 3, 3, 3, 4, 4, 4, 4], h=[*[0] * 11, float(np.tanh(4))]),
            given=dict(candidate=EVENTS),
        ),
        "running mean": Goal(
            4,
            "At every step c is the mean of all candidates so far.",
            dict(c=(np.cumsum(DATA) / np.arange(1, STEPS + 1)).tolist()),
            given=dict(candidate=DATA),
        ),
    },
    "gru": {
        "hold": Goal(
            6,
            "Write the input of step 2 into h as tanh(0.8) = 0.66 and keep it to the end.",
            dict(h=[0, *[READ] * 11]),
            given=dict(x=DATA),
        ),
    },
    "min": {
        "crack": Goal(
            11,
            "Two numbers count, those of steps 3 and 8: each is 1 or \N{MINUS SIGN}1. Let the last h be a tenth"
            " of their sum, in all four stories, with the same gates.",
            stories=tuple(
                Story(
                    dict(x=[*DATA[:2], first, *DATA[3:7], second, *DATA[8:]]),
                    dict(h=[*[None] * 11, (first + second) / 10]),
                )
                for first in (1, -1)
                for second in (1, -1)
            ),
            start=dict(update=0.9),
        ),
    },
}


def key(cell: str, goal: str) -> str:
    """The name under which a reader's browser keeps that a goal was reached."""
    return f"{cell} {goal}"


def of_lesson(lesson: int) -> list[str]:
    """The keys of a lesson's goals, in their order; without those that cannot be reached."""
    named = [(cell, name, goal) for cell, goals in GOALS.items() for name, goal in goals.items()]
    counted = [
        (cell, name) for cell, name, goal in named if goal.lesson == lesson and not goal.best
    ]
    return [key(cell, name) for cell, name in counted]


def spread(value: Any, steps: int) -> list[float]:
    """A lane of a preset written out over the steps; what lies beyond the last one is left away."""
    if isinstance(value, list):
        return [float(v) for v in np.resize(value, steps)]
    base, exceptions = value if isinstance(value, tuple) else (value, {})
    return [float(exceptions.get(t, base)) for t in range(1, steps + 1)]
