"""A solution of every puzzle and a way to it, and gates at random: what tests set a console to."""

import numpy as np

from lstm_lessons import GateConsole
from lstm_lessons.widgets.presets import GOALS, KNOBS, LANES


def lane(base, exceptions=None):
    """A gate over 12 steps: one value everywhere but at the steps named."""
    return [(exceptions or {}).get(t, base) for t in range(1, 13)]


ONCE = lane(0, {2: 1})
HELD = dict(forget=lane(1), input=ONCE)
SOLUTIONS = {
    ("memory", "half-life"): dict(forget=lane(0.79)),
    ("rnn", "forget"): dict(w_x=1.1, w_h=0.4, b=0),
    ("rnn", "hold a sign"): dict(w_x=2, w_h=1.65, b=0),
    ("rnn", "hold 0.8"): dict(w_x=1.37, w_h=1.37, b=0),
    ("lstm", "hold"): HELD,
    ("lstm", "forget on cue"): dict(forget=lane(1, {8: 0}), input=ONCE),
    ("lstm", "write-hold-read"): HELD | dict(output=lane(0, {10: 1})),
    ("lstm", "latch"): dict(forget=lane(1, {7: 0, 10: 0}), input=lane(0, {3: 1, 7: 1})),
    ("lstm", "count"): dict(
        forget=lane(1), input=lane(0, {2: 1, 5: 1, 6: 1, 9: 1}), output=lane(0, {12: 1})
    ),
    ("lstm", "running mean"): dict(
        forget=[(t - 1) / t for t in range(1, 13)], input=[1 / t for t in range(1, 13)]
    ),
    ("gru", "hold"): dict(reset=lane(1), update=ONCE),
    ("min", "crack"): dict(update=lane(0, {3: 0.1, 8: 0.1})),
}
# How one gets there, a lane at a time: each stroke takes the gates nearer to the solution.
KEEP_NOTHING_NEW = [dict(forget=lane(1)), dict(input=lane(0))]
HOLD = [*KEEP_NOTHING_NEW, dict(input=ONCE)]
COUNTED = [2, 5, 6, 9]
WAYS = {
    ("memory", "half-life"): [dict(forget=lane(f)) for f in (0.65, 0.72, 0.79)],
    ("rnn", "forget"): [dict(b=0), dict(w_h=0.4), dict(w_x=1.1)],
    ("rnn", "hold a sign"): [dict(w_h=1.2), dict(w_h=1.4), dict(w_h=1.65), dict(w_x=2)],
    ("rnn", "hold 0.8"): [dict(b=0), dict(w_x=1.37), dict(w_h=1), dict(w_h=1.37)],
    ("lstm", "hold"): HOLD,
    ("lstm", "forget on cue"): [*HOLD, dict(forget=lane(1, {8: 0}))],
    ("lstm", "write-hold-read"): [*HOLD, dict(output=lane(0)), dict(output=lane(0, {10: 1}))],
    ("lstm", "latch"): [
        *KEEP_NOTHING_NEW,
        *(dict(input=lane(0, dict.fromkeys(steps, 1))) for steps in ([3], [3, 7])),
        *(dict(forget=lane(1, dict.fromkeys(steps, 0))) for steps in ([7], [7, 10])),
    ],
    ("lstm", "count"): [
        *KEEP_NOTHING_NEW,
        *(dict(input=lane(0, dict.fromkeys(COUNTED[:k], 1))) for k in (1, 2, 3, 4)),
        dict(output=lane(0)),
        dict(output=lane(0, {12: 1})),
    ],
    ("lstm", "running mean"): [
        {trait: SOLUTIONS["lstm", "running mean"][trait]} for trait in ("input", "forget")
    ],
    ("gru", "hold"): [dict(update=lane(0)), dict(update=ONCE)],
    ("min", "crack"): [
        dict(update=lane(0)),
        dict(update=lane(0, {3: 0.05, 8: 0.05})),
        dict(update=lane(0, {3: 0.1, 8: 0.1})),
    ],
}
ALL = [(cell, goal) for cell in GOALS for goal in GOALS[cell]]
PUZZLES = [(cell, goal) for cell, goal in ALL if not GOALS[cell][goal].best]  # can be solved


def console_with(cell, values, goal=None):
    """A console whose gates and knobs have these values."""
    steps = None if goal else len(values[LANES[cell][0].trait])
    console = GateConsole(cell, goal=goal) if goal else GateConsole(cell, steps)
    for trait, value in values.items():
        setattr(console, trait, value)
    return console


def random_gates(cell, steps, rng):
    """Anything in range; often just 0 or an end, as coarse as a drag, or the same at all steps."""

    def one(low):
        values = rng.uniform(low, 1, steps)
        ends = rng.choice([low, 0, 0.5, 1], steps)
        kinds = [values, ends, np.round(values, 2), np.full(steps, values[0])]
        return kinds[rng.integers(4)].tolist()

    def turned(knob):
        return float(rng.choice([rng.uniform(knob.low, knob.high), 0, 1, knob.low, knob.high]))

    lanes = {lane.trait: one(lane.low) for lane in LANES[cell]}
    return lanes | {knob.trait: turned(knob) for knob in KNOBS.get(cell, [])}
