"""The slopes of the bars: numpy agrees with differences, JavaScript with numpy, and descent descends."""

import json
import re
import subprocess

import numpy as np
import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.base import script
from lstm_lessons.widgets.console import SHOWN, simulate
from lstm_lessons.widgets.presets import GOALS, LANES
from tests.puzzles import PUZZLES, console_with, random_gates

RUN = """
import { readFileSync } from "node:fs";
import { slopes } from "./slopes.mjs";
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(({ cell, values, goal }) => slopes(cell, values, goal))));
"""


def asked(console):
    return dict(cell=console.cell, values=console.values, goal=console.goal)


def answers(node, folder, questions):
    """What node makes of them."""
    (folder / "slopes.mjs").write_text(script("slopes"), encoding="utf-8")
    (folder / "run.mjs").write_text(RUN, encoding="utf-8")
    done = subprocess.run(
        [node, folder / "run.mjs"], input=json.dumps(questions), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CASES = [*PUZZLES, *((cell, None) for cell in LANES)]


def settings(cell, goal, count=20):
    """A console as it starts, and with gates at random."""
    rng = np.random.default_rng(0)
    yield GateConsole(cell, goal=goal)
    yield from (console_with(cell, random_gates(cell, 12, rng), goal) for _ in range(count))


def loss(console, values):
    """The loss of a puzzle, or the last state, in plain words."""
    if console.goal is None:
        return getattr(simulate(console.cell, values), SHOWN[console.cell][-1])[-1, 0, 0]
    total = 0
    for story in console.goal["stories"]:
        trace = simulate(console.cell, values | story["values"])
        for name, row in story["targets"].items():
            misses = [getattr(trace, name)[t, 0, 0] - v for t, v in enumerate(row) if v is not None]
            total += np.sum(np.square(misses))
    return total


def difference(console, trait, t, move, size=1e-6):
    """The loss's derivative by one bar, which ``move`` moves from its value by a little."""
    values = {name: np.array(row) for name, row in console.values.items()}

    def after(by):
        row = values[trait].copy()
        row[t] = move(row[t], by)  # a knob's t is (), as of an array with no dimension
        return loss(console, values | {trait: row})

    return (after(size) - after(-size)) / (2 * size)


def by_sigmoid(value, by):
    return 1 / (1 + np.exp(-(np.log(value / (1 - value)) + by)))


def by_tanh(value, by):
    return np.tanh(np.arctanh(value) + by)


@pytest.mark.parametrize(("cell", "goal"), CASES)
def test_the_slopes_are_those_of_differences_by_the_bar_and_by_its_a(cell, goal):
    for console in settings(cell, goal, 4):
        for lane in console.lanes:  # differences need room on both sides
            trait, low = lane["trait"], lane["low"] + 0.01
            setattr(console, trait, np.clip(getattr(console, trait), low, 0.99))
        for knob in console.knobs:  # and a gradient that does not explode
            setattr(console, knob["trait"], np.clip(getattr(console, knob["trait"]), -1.2, 1.2))
        given = console.goal["given"] if console.goal else []
        assert console.slopes.keys() == console.values.keys() - set(given)
        for trait, slope in console.slopes.items():
            squashed = by_tanh if trait == "candidate" else by_sigmoid
            for t in np.ndindex(np.shape(slope.value)):
                by_bar = difference(console, trait, t, lambda value, by: value + by)
                assert np.array(slope.value)[t] == pytest.approx(by_bar, rel=1e-6, abs=1e-6)
                if slope.a is not None:
                    by_a = difference(console, trait, t, squashed)
                    assert np.array(slope.a)[t] == pytest.approx(by_a, rel=1e-6, abs=1e-6)
            assert (slope.a is None) == (trait in ("x", "w_x", "w_h", "b"))


def test_javascript_and_numpy_have_the_same_slopes(node, tmp_path):
    consoles = [console for case in CASES for console in settings(*case)]
    made = answers(node, tmp_path, [asked(console) for console in consoles])
    for console, answer in zip(consoles, made, strict=True):
        assert answer.keys() == console.slopes.keys()
        for trait, slope in console.slopes.items():
            np.testing.assert_allclose(answer[trait]["value"], slope.value, rtol=1e-9, atol=1e-9)
            assert (answer[trait]["a"] is None) == (slope.a is None)
            if slope.a is not None:
                np.testing.assert_allclose(answer[trait]["a"], slope.a, rtol=1e-9, atol=1e-9)


# --- descent

DESCEND = """
import { readFileSync } from "node:fs";
import { descend, loss, score, withoutSlope } from "./model.mjs";
const { cell, values, goal, knobs, most } = JSON.parse(readFileSync(0, "utf8"));
let at = values;
let steps = 0;
const losses = [];
for (; steps < most && score(goal, cell, at).points < 100; steps++) {
  losses.push(loss(cell, at, goal));
  at = descend(cell, at, goal, knobs);
}
const stuck = withoutSlope(cell, at, goal);
const points = score(goal, cell, at).points;
console.log(JSON.stringify({ values: at, steps, points, losses, stuck }));
"""


@pytest.fixture
def descended(node, tmp_path):
    """Call it with a console and the most steps, for where descent takes it."""
    text = re.sub(r"(?m)^function (score)", r"export function \1", script("slopes"))
    (tmp_path / "model.mjs").write_text(text, encoding="utf-8")
    (tmp_path / "descend.mjs").write_text(DESCEND, encoding="utf-8")

    def descended(console, most):
        question = asked(console) | {"knobs": console.knobs, "most": most}
        command = [node, tmp_path / "descend.mjs"]
        done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        for trait, values in answer["values"].items():
            setattr(console, trait, values)
        return answer

    return descended


HALF_OPEN = [(cell, goal) for cell, goal in PUZZLES if not GOALS[cell][goal].start]


@pytest.mark.parametrize(("cell", "goal"), [*HALF_OPEN, ("rnn", "forget"), ("rnn", "hold 0.8")])
def test_descent_solves_the_puzzle_from_its_start(descended, cell, goal):
    console = GateConsole(cell, goal=goal)
    answer = descended(console, 500)
    assert answer["points"] == console.score == 100
    assert answer["losses"][-1] < 0.1 * answer["losses"][0]


def test_one_step_of_descent_is_the_rate_times_python_s_slope_by_a(descended):
    console = GateConsole(goal="write-hold-read")
    before, slope = console.values, console.slopes
    descended(console, 1)
    for trait in ("forget", "input", "output"):
        a = np.log(np.array(before[trait]) / (1 - np.array(before[trait])))
        moved = 1 / (1 + np.exp(-(a - 2 * np.array(slope[trait].a))))
        np.testing.assert_allclose(getattr(console, trait), moved, rtol=0, atol=1e-12)
    assert console.candidate == before["candidate"]  # which is given


def test_a_gate_that_is_quite_shut_stays_so_and_a_hand_frees_it(descended):
    console = GateConsole(goal="write-hold-read")
    console.forget = [0 if t == 5 else 0.5 for t in range(1, 13)]
    answer = descended(console, 2000)
    assert console.forget[4] == 0 and console.score < 90
    assert answer["stuck"] == [{"trait": "forget", "t": 4, "shut": True}]
    assert console.slopes["forget"].value[4] < -1 and console.slopes["forget"].a[4] == 0
    console.forget = [0.3 if t == 5 else v for t, v in enumerate(console.forget, 1)]
    descended(console, 2000)
    assert console.score == 100


@pytest.mark.parametrize("value", [0, 1])
def test_where_all_gates_are_at_an_end_nothing_moves(descended, value):
    console = GateConsole(goal="hold")
    for trait in ("forget", "input", "output"):
        setattr(console, trait, [value] * 12)
    before = console.values
    descended(console, 5)
    assert console.values == before


def test_what_one_unit_cannot_hold_descent_does_not_find_and_the_knobs_stay_in_range(descended):
    console = GateConsole("rnn", goal="hold whichever was written")
    descended(console, 1000)  # which sets the knobs, and they refuse what is out of range
    assert console.score < 100


def test_whether_descent_is_offered_is_true_or_false():
    assert GateConsole(goal="hold", descent=True).descent is True
    assert GateConsole(goal="hold").descent is False
    with pytest.raises(TypeError, match="^descent: got 1, expected True or False$"):
        GateConsole(goal="hold", descent=1)
