"""The gate console without a browser: JavaScript against numpy, and what Python sees."""

import base64
import json
import math
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from traitlets import TraitError

from lstm_lessons import console as module
from lstm_lessons.console import GOALS, LANES, PRESETS, GateConsole, simulate

SCRIPT = Path(module.__file__).with_suffix(".js")
CELLS = list(LANES)
PUZZLES = [(cell, goal) for cell in GOALS for goal in GOALS[cell]]
STARTS = [(cell, preset) for cell in PRESETS for preset in PRESETS[cell]]
SHOWN = {"memory": "c", "lstm": "ch", "gru": "h"}  # the states that a reader sees


def lane(base, exceptions=None):
    """A gate over 12 steps: one value everywhere but at the steps named."""
    return [(exceptions or {}).get(t, base) for t in range(1, 13)]


def console_with(cell, values):
    console = GateConsole(cell, steps=len(next(iter(values.values()))))
    for trait, value in values.items():
        setattr(console, trait, value)
    return console


def puzzle_with(cell, goal, values):
    console = GateConsole(cell, goal=goal)
    for trait, value in values.items():
        setattr(console, trait, value)
    return console


# --- JavaScript against numpy

RUN = """
import { readFileSync } from "node:fs";
import { simulate, score, sentence } from "./console.mjs";
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ cell, values, goal, letters }) => {
  const states = simulate(cell, values), steps = states.gradient.map((_, t) => t + 1);
  const say = (gate) => steps.map((step) => [gate, step, sentence(cell, values, gate, step)]);
  return { states, score: goal && score(goal, states), sentences: letters.flatMap(say) };
});
const noNumber = (v) => typeof v === "number" && !Number.isFinite(v); // JSON would say null
console.log(JSON.stringify(answers, (_, v) => (noNumber(v) ? String(v) : v)));
"""


def random_lane(rng, low, T):
    """Anything in range; often just 0 or an end, as coarse as a drag, or the same at all steps."""
    values = rng.uniform(low, 1, T)
    kind = rng.integers(4)
    if kind == 0:
        values = rng.choice([low, 0, 0.5, 1], T)
    elif kind == 1:
        values = np.round(values, 2)
    elif kind == 2:
        values = np.full(T, values[0])
    return values.tolist()


def settings():
    """What both sides compute, as (cell, values, goal's name): presets, goals, random gates."""
    rng = np.random.default_rng(0)
    for cell, preset in STARTS:
        for T in (2, 12, 24):
            yield cell, GateConsole(cell, T, preset).values, None
    for cell in CELLS:
        for T in (2, 12, 24):
            for _ in range(34):
                yield (
                    cell,
                    {name: random_lane(rng, low, T) for name, _, _, low in LANES[cell]},
                    None,
                )
    for cell, goal in PUZZLES:
        yield cell, GateConsole(cell, goal=goal).values, goal
        yield cell, puzzle_with(cell, goal, SOLUTIONS[cell, goal]).values, goal
        for _ in range(20):
            values = {name: random_lane(rng, low, 12) for name, _, _, low in LANES[cell]}
            yield cell, values, goal


@pytest.fixture(scope="module")
def answers(node, tmp_path_factory):
    """What console.js says to all settings, as (cell, values, goal's name, answer)."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "console.mjs").write_text(SCRIPT.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "run.mjs").write_text(RUN, encoding="utf-8")
    asked = list(settings())
    text = json.dumps(
        [
            dict(
                cell=cell,
                values=values,
                goal=goal and GateConsole(cell, goal=goal).goal,
                letters=[letter for _, letter, *_ in LANES[cell]],
            )
            for cell, values, goal in asked
        ]
    )
    done = subprocess.run(
        [node, folder / "run.mjs"], input=text, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return [(*one, answer) for one, answer in zip(asked, json.loads(done.stdout), strict=True)]


def test_javascript_and_numpy_compute_the_same_states_and_gradients(answers):
    assert len(answers) > 300
    for cell, values, _, answer in answers:
        console = console_with(cell, values)
        states = answer["states"]
        for name in SHOWN[cell]:
            here = getattr(console.trace, name)[:, 0, 0]
            np.testing.assert_allclose(states[name], here, rtol=0, atol=1e-12)
        np.testing.assert_allclose(states["gradient"], console.gradient, rtol=0, atol=1e-12)


def test_javascript_and_numpy_give_the_same_score(answers):
    scores = set()
    for cell, values, goal, answer in answers:
        if goal:
            assert answer["score"] == puzzle_with(cell, goal, values).score, (cell, goal, values)
            scores.add(answer["score"])
    assert {0, 100} < scores and len(scores) > 20


def test_no_sentence_shows_a_number_that_is_none(answers):
    for *_, answer in answers:
        for *_, text in answer["sentences"]:
            assert not re.search(r"NaN|undefined|null|Infinity|[-−]0\.00(?!\d)|\de", text), text


def sentence(answers, cell, preset, gate, step):
    """The sentence for a preset over 12 steps, and the console it is about."""
    console = GateConsole(cell, preset=preset)
    for asked, values, _, answer in answers:
        if asked == cell and values == console.values:
            said = {(at_gate, at_step): text for at_gate, at_step, text in answer["sentences"]}
            return said[gate, step], console
    raise AssertionError(f"nothing was asked about {cell}, {preset}")


def numbers(text):
    """The numbers with two decimals, and the percentages."""
    text = text.replace("−", "-")
    decimals = [float(v) for v in re.findall(r"-?\d+\.\d\d(?![\d%])", text)]
    return decimals, [float(v) / 100 for v in re.findall(r"([\d.]+)%", text)]


@pytest.mark.parametrize("cell", ["memory", "lstm"])
@pytest.mark.parametrize("preset", ["remember for ever", "leak"])
def test_the_sentence_on_f_says_what_is_left_of_the_value_written_before(answers, cell, preset):
    text, console = sentence(answers, cell, preset, "f", 7)
    assert "written at step 2, " in text and "left at step 12" in text
    decimals, percents = numbers(text)
    assert decimals == [pytest.approx(console.forget[6], abs=0.005)]
    left = console.trace.c[-1, 0, 0] / console.trace.c[1, 0, 0]
    assert percents == 2 * [pytest.approx(left, abs=0.005)]
    assert percents == 2 * [pytest.approx(console.gradient[1], abs=0.005)]


def test_the_sentence_on_i_says_what_the_step_writes(answers):
    text, console = sentence(answers, "memory", "running blend", "i", 10)
    decimals, percents = numbers(text)
    i, x = console.input[9], console.x[9]
    assert decimals == pytest.approx([i, i, x, i * x], abs=0.00501)
    assert percents == 2 * [pytest.approx(console.gradient[9], abs=0.005)]


def test_the_sentence_on_o_says_what_h_shows_and_that_the_gradient_does_not_mind(answers):
    text, console = sentence(answers, "lstm", "write-hold-read", "o", 10)
    c, h = console.trace.c[9, 0, 0], console.trace.h[9, 0, 0]
    assert numbers(text) == (pytest.approx([1, 1, c, h], abs=0.005), [])
    assert "same for every o" in text


@pytest.mark.parametrize("gate", "zrx")
def test_the_gru_s_sentences_say_what_the_gradient_passes(answers, gate):
    text, console = sentence(answers, "gru", "half open", gate, 7)
    h, n, r, z = (getattr(console.trace, name)[:, 0, 0] for name in "hnrz")
    x = console.x
    factor = console.gradient[5] / console.gradient[6]
    decimals, percents = numbers(text)
    if gate == "z":
        expected = [z[6], h[5], n[6], h[6], factor]
    else:
        expected = [r[6] if gate == "r" else x[6], x[6], r[6], h[5], n[6], factor]
    assert decimals == pytest.approx(expected, abs=0.005)
    assert percents[-1] == pytest.approx(console.gradient[6], rel=0.05)


# --- the model


def by_hand(cell, values):
    """The states and the gradient, step by step with plain numbers."""
    state, states, hidden, factors = 0.0, [], [], []
    for gates in zip(*values.values(), strict=True):
        v = dict(zip(values, gates, strict=True))
        if cell == "gru":
            n, z = math.tanh(v["x"] + v["reset"] * state), v["update"]
            factors.append((1 - z) + z * (1 - n**2) * v["reset"])
            state = (1 - z) * state + z * n
            hidden.append(state)
        else:
            factors.append(v["forget"])
            state = v["forget"] * state + v["input"] * v["x" if cell == "memory" else "candidate"]
            states.append(state)
            hidden.append(v.get("output", 1) * math.tanh(state))
    T = len(factors)
    gradient = [abs(math.prod(factors[t + 1 :])) for t in range(T)]
    return {"c": states, "h": hidden, "gradient": gradient}


@pytest.mark.parametrize("T", [2, 12, 24])
@pytest.mark.parametrize("cell", CELLS)
def test_states_and_gradient_agree_with_a_loop_over_plain_numbers(cell, T):
    rng = np.random.default_rng(T)
    for _ in range(20):
        values = {name: random_lane(rng, low, T) for name, _, _, low in LANES[cell]}
        console, expected = console_with(cell, values), by_hand(cell, values)
        for name in SHOWN[cell]:
            state = getattr(console.trace, name)
            assert state.shape == (T, 1, 1)
            np.testing.assert_allclose(state[:, 0, 0], expected[name], atol=1e-14)
        assert console.gradient.shape == (T,)
        np.testing.assert_allclose(console.gradient, expected["gradient"], atol=1e-14)


def test_the_gates_are_read_from_the_trace_as_they_were_set():
    console = GateConsole("lstm", preset="latch")
    assert tuple(console.trace.f[:, 0, 0]) == console.forget
    assert tuple(console.trace.o[:, 0, 0]) == console.output
    assert list(console.values) == ["forget", "input", "candidate", "output"]
    assert console.values["candidate"] == console.candidate


# --- what the presets' names promise


def states(cell, preset):
    console = GateConsole(cell, preset=preset)
    return console, getattr(console.trace, "h" if cell == "gru" else "c")[:, 0, 0]


@pytest.mark.parametrize("cell", CELLS)
def test_remember_for_ever_keeps_the_value_and_the_gradient_from_the_write_on(cell):
    console, state = states(cell, "remember for ever")
    assert abs(state[-1]) > 0.5
    assert np.all(state[1:] == state[-1]) and state[0] == 0
    assert np.all(console.gradient[1:] == 1)


@pytest.mark.parametrize("cell", CELLS)
def test_leak_keeps_four_fifths_of_the_value_and_of_the_gradient_at_each_step(cell):
    console, state = states(cell, "leak")
    np.testing.assert_allclose(state[2:] / state[1:-1], 0.8)
    np.testing.assert_allclose(console.gradient[1:-1] / console.gradient[2:], 0.8)


@pytest.mark.parametrize("cell", ["memory", "lstm"])
def test_forget_at_step_5_empties_the_memory_and_stops_the_gradient(cell):
    console, state = states(cell, "forget at step 5")
    assert np.all(state[1:4] == 0.8) and np.all(state[4:] == 0)
    assert np.all(console.gradient[:4] == 0) and np.all(console.gradient[4:] == 1)


def test_the_memory_s_running_blend_moves_a_quarter_of_the_way_to_each_input():
    console, state = states("memory", "running blend")
    moves = state - np.concatenate([[0], state[:-1]])
    np.testing.assert_allclose(moves, 0.25 * (console.x - state + moves))


def test_the_lstm_s_write_hold_read_shows_the_value_at_step_10_alone():
    console, state = states("lstm", "write-hold-read")
    h = console.trace.h[:, 0, 0]
    assert np.all(state[1:] == 0.8)
    assert h[9] == pytest.approx(math.tanh(0.8)) and np.count_nonzero(h) == 1


def test_the_lstm_s_latch_is_set_at_step_3_and_cleared_at_step_8():
    assert states("lstm", "latch")[1].tolist() == [0] * 2 + [1] * 5 + [0] * 5


def test_the_lstm_s_count_goes_up_by_one_at_every_third_step():
    assert states("lstm", "count")[1].tolist() == [0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]


def test_the_gru_starts_again_at_step_6_and_no_gradient_passes_it():
    console, state = states("gru", "start again at step 6")
    assert state[1] == pytest.approx(math.tanh(1)) and state[-1] == pytest.approx(math.tanh(-1))
    assert np.all(console.gradient[:5] == 0) and np.all(console.gradient[5:] == 1)


def test_the_gru_with_both_gates_open_is_a_plain_tanh_network():
    console, state = states("gru", "plain tanh")
    before = np.concatenate([[0], state[:-1]])
    np.testing.assert_allclose(state, np.tanh(console.x + before))


@pytest.mark.parametrize("steps", [2, 24])
@pytest.mark.parametrize(("cell", "preset"), STARTS)
def test_every_preset_fits_any_number_of_steps(cell, preset, steps):
    console = GateConsole(cell, steps, preset)
    assert all(len(values) == steps for values in console.values.values())
    assert np.isfinite(console.gradient).all()


# --- goals

ONCE = lane(0, {2: 1})
HELD = dict(forget=lane(1), input=ONCE)
SOLUTIONS = {
    ("memory", "half-life"): dict(forget=lane(0.79)),
    ("lstm", "hold"): HELD,
    ("lstm", "forget on cue"): dict(forget=lane(1, {7: 0}), input=ONCE),
    ("lstm", "write-hold-read"): HELD | dict(output=lane(0, {10: 1})),
    ("lstm", "latch"): dict(forget=lane(1, {7: 0, 10: 0}), input=lane(0, {3: 1, 7: 1})),
    ("lstm", "count"): dict(
        forget=lane(1), input=lane(0, {2: 1, 5: 1, 6: 1, 9: 1}), output=lane(0, {12: 1})
    ),
    ("lstm", "running mean"): dict(
        forget=[(t - 1) / t for t in range(1, 13)], input=[1 / t for t in range(1, 13)]
    ),
    ("gru", "hold"): dict(reset=lane(1), update=ONCE),
}
WRONG = [
    ("memory", "half-life", dict(forget=lane(0.5))),  # half after every step
    ("memory", "half-life", dict(forget=lane(1, {4: 0.5}))),  # once only
    ("lstm", "hold", HELD | dict(input=lane(1))),  # the door left open
    ("lstm", "hold", HELD | dict(forget=lane(0.95))),  # a small leak
    ("lstm", "forget on cue", HELD),
    ("lstm", "forget on cue", dict(forget=lane(1, {8: 0}), input=ONCE)),  # a step late
    ("lstm", "write-hold-read", HELD | dict(output=lane(1))),
    ("lstm", "write-hold-read", HELD | dict(output=lane(0, {9: 1}))),
    ("lstm", "latch", dict(forget=lane(1, {10: 0}), input=lane(0, {3: 1, 7: 1}))),  # 1 - 1 = 0
    ("lstm", "latch", dict(forget=lane(1, {7: 0}), input=lane(0, {3: 1, 7: 1}))),  # not cleared
    ("lstm", "count", dict(forget=lane(1), input=lane(1), output=lane(0, {12: 1}))),
    ("lstm", "count", SOLUTIONS["lstm", "count"] | dict(output=lane(1))),
    ("lstm", "running mean", dict(forget=lane(0.75), input=lane(0.25))),
    ("lstm", "running mean", dict(forget=lane(1), input=lane(1 / 12))),  # right at the last only
    ("gru", "hold", dict(reset=lane(1), update=lane(0.5, {2: 1}))),
    ("gru", "hold", dict(reset=lane(1), update=lane(0))),
]


@pytest.mark.parametrize(("cell", "goal"), PUZZLES)
def test_a_goal_starts_at_0_and_can_be_reached(cell, goal):
    assert GateConsole(cell, goal=goal).score == 0
    assert puzzle_with(cell, goal, SOLUTIONS[cell, goal]).score == 100


@pytest.mark.parametrize(("cell", "goal"), PUZZLES)
def test_a_goal_can_be_reached_with_the_bars_as_a_hand_can_set_them(cell, goal):
    rounded = {name: np.round(v, 2) for name, v in SOLUTIONS[cell, goal].items()}
    assert puzzle_with(cell, goal, rounded).score == 100


@pytest.mark.parametrize(("cell", "goal", "values"), WRONG)
def test_a_plausible_wrong_answer_does_not_reach_the_goal(cell, goal, values):
    assert puzzle_with(cell, goal, values).score < 100


@pytest.mark.parametrize("value", [0, 0.5, 1])
@pytest.mark.parametrize(("cell", "goal"), PUZZLES)
def test_all_gates_alike_do_not_reach_a_goal(cell, goal, value):
    console = GateConsole(cell, goal=goal)
    free = [trait for trait, *_ in LANES[cell] if trait not in console.goal["given"]]
    assert puzzle_with(cell, goal, {trait: lane(value) for trait in free}).score < 100


def test_a_console_without_a_goal_has_no_score():
    with pytest.raises(ValueError, match="score: got a console without a goal"):
        _ = GateConsole().score


# --- what Python may set


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (dict(cell="rnn"), ValueError, "cell: got 'rnn'"),
        (dict(steps=1), ValueError, "steps: got 1, expected 2 to 24"),
        (dict(steps=25), ValueError, "steps: got 25"),
        (dict(steps=12.0), TypeError, "steps: got 12.0"),
        (dict(steps=True), TypeError, "steps: got True"),
        (dict(preset="forget"), ValueError, "preset: got 'forget'"),
        (dict(goal="win"), ValueError, "goal: got 'win'"),
        (dict(goal="hold", steps=6), ValueError, "goal: got a preset or a number of steps"),
        (dict(goal="hold", preset="leak"), ValueError, "goal: got a preset"),
    ],
)
def test_a_console_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=said):
        GateConsole(**arguments)


BAD = [
    ("forget", [0.5] * 11, ValueError, r"forget: got shape \(11,\), expected \(12,\)"),
    ("forget", 0.5, ValueError, r"forget: got shape \(\)"),
    ("forget", [], ValueError, r"forget: got shape \(0,\)"),
    ("forget", [0.5] * 11 + [1.01], ValueError, "forget: got 1.01, expected values from 0 to 1"),
    ("input", [-0.01] + [0.5] * 11, ValueError, "input: got -0.01"),
    ("output", [0.5] * 11 + [math.nan], ValueError, "output: got nan"),
    ("candidate", [-1.5] * 12, ValueError, "candidate: got -1.5, expected values from -1 to 1"),
    ("candidate", "many", TypeError, "candidate: got 'many'"),
    ("forget", None, TypeError, "forget: got None"),
    ("forget", [None] * 12, TypeError, "forget: got"),
    ("forget", {"0": 1}, TypeError, "forget: got"),
    ("preset", "forget", ValueError, "preset: got 'forget'"),
    ("preset", 3, (ValueError, TypeError), "preset: got 3"),
    ("gate", "r", ValueError, "gate: got 'r'"),
    ("step", 0, ValueError, "step: got 0"),
    ("step", 13, ValueError, "step: got 13"),
    ("step", 1.5, (ValueError, TypeError), "step: got 1.5"),
    ("cell", "gru", TraitError, "cell"),
    ("steps", 6, TraitError, "steps"),
]


def everything(console):
    return {**console.values, "preset": console.preset, "gate": console.gate, "step": console.step}


@pytest.mark.parametrize("sender", ["Python", "the front end"])
@pytest.mark.parametrize(("trait", "value", "error", "said"), BAD)
def test_a_value_that_is_not_possible_is_refused_and_changes_nothing(
    trait, value, error, said, sender
):
    console = GateConsole("lstm", preset="leak")
    console.forget = lane(0.3)
    before = everything(console)
    if sender == "Python":
        with pytest.raises(error, match=said):
            setattr(console, trait, value)
    elif trait not in before:
        return  # read only: that the front end never sends them is JavaScript's matter
    else:
        with pytest.raises(error, match=said):
            console.set_state({trait: value})
    assert everything(console) == before
    console.forget = lane(0.4)
    assert console.forget == tuple(lane(0.4))


def test_what_the_front_end_sends_after_a_drag_is_what_python_reads():
    console = GateConsole("lstm")
    sent = {name: list(values) for name, values in console.values.items()}
    sent |= {"forget": lane(0.25), "input": lane(0.5), "gate": "o", "step": 9}
    console.set_state(sent | {"preset": console.preset})
    assert console.forget == tuple(lane(0.25)) and console.input == tuple(lane(0.5))
    assert (console.gate, console.step) == ("o", 9)


def test_a_drag_that_arrives_together_with_a_new_preset_is_not_lost():
    console = GateConsole("lstm")
    console.set_state({"preset": "leak", "forget": lane(0.25)})
    assert (console.preset, console.forget) == ("leak", tuple(lane(0.25)))


@pytest.mark.parametrize("given", [list, tuple, np.array])
def test_a_gate_is_set_from_any_row_of_numbers_and_read_as_a_tuple(given):
    console = GateConsole("lstm")
    console.forget = given([0, 1] * 6)
    assert console.forget == (0.0, 1.0) * 6
    assert all(type(value) is float for value in console.forget)
    with pytest.raises(TypeError):
        console.forget[0] = 0.5


@pytest.mark.parametrize(("cell", "preset"), STARTS)
def test_choosing_a_preset_sets_its_gates(cell, preset):
    chosen = GateConsole(cell, preset=list(PRESETS[cell])[-1])
    chosen.preset = preset
    assert chosen.values == GateConsole(cell, preset=preset).values


def test_two_consoles_do_not_share_anything():
    one, other = GateConsole("lstm"), GateConsole("lstm")
    before = everything(other)
    one.preset, one.gate, one.step = "latch", "o", 9
    one.forget = lane(0.1)
    one.presets["leak"]["forget"][0] = 0.5
    assert everything(other) == before
    assert other.presets == GateConsole("lstm").presets
    assert not hasattr(GateConsole("gru"), "forget")


# --- what a notebook stores


def test_the_repr_is_the_same_every_time():
    assert repr(GateConsole()) == ("GateConsole(cell='lstm', steps=12, preset='remember for ever')")
    assert repr(GateConsole("gru", 6, "leak")) == "GateConsole(cell='gru', steps=6, preset='leak')"
    goal = "GateConsole(cell='lstm', steps=12, goal='count')"
    assert repr(GateConsole(goal="count")) == goal


@pytest.mark.parametrize(
    "arguments", [dict(cell="memory"), dict(), dict(cell="gru", steps=24), dict(goal="latch")]
)
def test_a_console_is_stored_as_a_widget_a_picture_and_a_text(arguments):
    console = GateConsole(**arguments)
    data, _ = console._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == console.model_id
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
    assert data["text/plain"] == repr(console)


def test_the_stored_picture_shows_the_gates_as_they_are_now():
    console = GateConsole("memory")
    before = console._repr_mimebundle_()[0]["image/png"]
    assert console._repr_mimebundle_()[0]["image/png"] == before
    console.forget = lane(0.5)
    assert console._repr_mimebundle_()[0]["image/png"] != before


def test_the_console_and_its_picture_do_not_load_pyplot():
    code = (
        "import sys; from lstm_lessons import GateConsole; console = GateConsole();"
        " console._repr_mimebundle_(); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


def test_simulate_gives_a_trace_of_the_cell_that_was_named():
    for cell, kind in {"memory": "LSTM", "lstm": "LSTM", "gru": "GRU"}.items():
        assert simulate(cell, GateConsole(cell).values).kind == kind
