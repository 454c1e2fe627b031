"""The gate console in Python: its cells and presets, what may be set and what is stored."""

import base64
import math
import subprocess
import sys

import numpy as np
import pytest
from traitlets import TraitError

from lstm_lessons import GateConsole
from lstm_lessons.widgets.console import SHOWN
from lstm_lessons.widgets.presets import LANES, PRESETS
from tests.puzzles import console_with, lane, random_gates

STARTS = [(cell, preset) for cell in PRESETS for preset in PRESETS[cell]]


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
    gradient = [abs(math.prod(factors[t:])) for t in range(1, len(factors) + 1)]
    return {"c": states, "h": hidden, "gradient": gradient}


@pytest.mark.parametrize("T", [2, 12, 24])
@pytest.mark.parametrize("cell", LANES)
def test_states_and_gradient_agree_with_a_loop_over_plain_numbers(cell, T):
    rng = np.random.default_rng(T)
    for _ in range(20):
        values = random_gates(cell, T, rng)
        console, expected = console_with(cell, values), by_hand(cell, values)
        for name in SHOWN[cell]:
            state = getattr(console.trace, name)
            assert state.shape == (T, 1, 1)
            np.testing.assert_allclose(state[:, 0, 0], expected[name], atol=1e-14)
        assert console.gradient.shape == (T,)
        np.testing.assert_allclose(console.gradient, expected["gradient"], atol=1e-14)


def test_the_gates_are_read_from_the_trace_as_they_were_set():
    console = GateConsole("lstm", preset="latch")
    assert list(console.values) == ["forget", "input", "candidate", "output"]
    for row in console.lanes:
        read = getattr(console.trace, row["letter"])[:, 0, 0]
        assert tuple(read) == console.values[row["trait"]] == getattr(console, row["trait"])


# --- what the presets' names promise: the states and the gradient, from step 2 on

A_SET, A_CLEAR = math.tanh(1), math.tanh(-1)
LEAK = 0.8 ** np.arange(11)
PROMISES = [
    ("memory", "remember for ever", "c", [0.8] * 11, [1] * 11),
    ("memory", "leak", "c", 0.8 * LEAK, LEAK[::-1]),
    ("memory", "forget at step 5", "c", [0.8] * 3 + [0] * 8, [0] * 3 + [1] * 8),
    ("lstm", "remember for ever", "c", [0.8] * 11, [1] * 11),
    ("lstm", "leak", "c", 0.8 * LEAK, LEAK[::-1]),
    ("lstm", "forget at step 5", "c", [0.8] * 3 + [0] * 8, [0] * 3 + [1] * 8),
    ("lstm", "write-hold-read", "h", [0] * 8 + [math.tanh(0.8), 0, 0], [1] * 11),
    ("lstm", "latch", "c", [0] + [1] * 5 + [0] * 5, [0] * 6 + [1] * 5),
    ("lstm", "count", "c", [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4], [1] * 11),
    ("gru", "remember for ever", "h", [A_SET] * 11, [1] * 11),
    ("gru", "leak", "h", A_SET * LEAK, LEAK[::-1]),
    ("gru", "start again at step 6", "h", [A_SET] * 4 + [A_CLEAR] * 7, [0] * 4 + [1] * 7),
]


@pytest.mark.parametrize(("cell", "preset", "name", "states", "gradient"), PROMISES)
def test_a_preset_does_what_its_name_says(cell, preset, name, states, gradient):
    console = GateConsole(cell, preset=preset)
    state = getattr(console.trace, name)[:, 0, 0]
    assert state[0] == 0
    np.testing.assert_allclose(state[1:], states)
    np.testing.assert_allclose(console.gradient[1:], gradient)


def test_a_running_blend_moves_a_quarter_of_the_way_to_each_input():
    console = GateConsole("memory", preset="running blend")
    state = console.trace.c[:, 0, 0]
    before = np.concatenate([[0], state[:-1]])
    np.testing.assert_allclose(state - before, 0.25 * (console.x - before))


def test_the_gru_with_both_gates_open_is_a_plain_tanh_network():
    console = GateConsole("gru", preset="plain tanh")
    state = console.trace.h[:, 0, 0]
    np.testing.assert_allclose(state, np.tanh(console.x + np.concatenate([[0], state[:-1]])))


@pytest.mark.parametrize(("cell", "preset"), STARTS)
def test_every_preset_fits_any_number_of_steps_and_sets_the_gates_when_it_is_chosen(cell, preset):
    for steps in (2, 24):
        console = GateConsole(cell, steps, list(PRESETS[cell])[-1])
        console.preset = preset
        assert console.values == GateConsole(cell, steps, preset).values
        assert all(len(values) == steps for values in console.values.values())
        first = next(iter(console.values))
        setattr(console, first, [0.123] * steps)
        console.preset = preset  # once more, though its name has not changed
        assert console.values == GateConsole(cell, steps, preset).values


# --- what may be set

ROW = np.ones(2)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (dict(cell="rnn"), ValueError, "cell: got 'rnn'"),
        (dict(cell=ROW), ValueError, "cell: got array.*expected one of 'memory'"),
        (dict(steps=1), ValueError, "steps: got 1, expected 2 to 24"),
        (dict(steps=25), ValueError, "steps: got 25, expected 2 to 24"),
        (dict(steps=12.0), TypeError, "steps: got 12.0"),
        (dict(steps=True), TypeError, "steps: got True"),
        (dict(preset="forget"), ValueError, "preset: got 'forget'"),
        (dict(preset=ROW), ValueError, "preset: got array.*expected one of 'remember"),
        (dict(goal="win"), ValueError, "goal: got 'win'"),
        (dict(goal=ROW), ValueError, "goal: got array.*expected one of 'hold'"),
        (dict(goal="hold", steps=6), ValueError, "goal: got a preset or a number of steps"),
        (dict(goal="hold", preset="leak"), ValueError, "goal: got a preset"),
    ],
)
def test_a_console_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=f"^{said}"):
        GateConsole(**arguments)


BAD = [
    ("forget", [0.5] * 11, ValueError, r"got shape \(11,\), expected \(12,\)"),
    ("forget", 0.5, ValueError, r"got shape \(\)"),
    ("forget", [], ValueError, r"got shape \(0,\)"),
    ("forget", [0.5] * 11 + [1.01], ValueError, "got 1.01, expected values from 0 to 1"),
    ("input", [-0.01] + [0.5] * 11, ValueError, "got -0.01"),
    ("output", [0.5] * 11 + [math.nan], ValueError, "got nan"),
    ("candidate", [-1.5] * 12, ValueError, "got -1.5, expected values from -1 to 1"),
    ("candidate", "many", TypeError, "got 'many'"),
    ("forget", None, TypeError, "got None"),
    ("forget", [None] * 12, TypeError, "got"),
    ("forget", {"0": 1}, TypeError, "got"),
    ("forget", ["0.5"] * 10**5, TypeError, "got"),
    ("forget", [0.5] * 10**5, ValueError, "got shape"),
    ("preset", "forget", ValueError, "got 'forget'"),
    ("preset", "x" * 10**6, ValueError, "got 'xxx"),
    ("preset", 3, ValueError, "got 3"),
    ("preset", ROW, ValueError, "got array"),
    ("gate", "r", ValueError, "got 'r'"),
    ("gate", ROW, ValueError, "got array"),
    ("gate", ["f"] * 10**5, ValueError, "got "),
    ("step", 0, ValueError, "got 0"),
    ("step", 13, ValueError, "got 13"),
    ("step", 1.5, TypeError, "got 1.5"),
    ("step", True, TypeError, "got True"),
    ("step", np.True_, TypeError, "got "),
    ("step", ROW, TypeError, "got array"),
]


def everything(console):
    return {**console.values, "preset": console.preset, "gate": console.gate, "step": console.step}


@pytest.fixture
def console():
    """An LSTM's console that is no longer as its preset has it."""
    console = GateConsole("lstm", preset="leak")
    console.forget = lane(0.3)
    return console


@pytest.mark.parametrize(("name", "value", "error", "said"), BAD)
def test_a_value_that_is_not_possible_is_refused_in_short_and_changes_nothing(
    console, name, value, error, said
):
    before = everything(console)
    with pytest.raises(error, match=f"^{name}: {said}") as from_python:
        setattr(console, name, value)
    trait = "chosen_preset" if name == "preset" else name
    with pytest.raises(error, match=f"^{name}: {said}") as from_front_end:
        console.set_state({trait: value})
    assert max(len(str(refusal.value)) for refusal in (from_python, from_front_end)) < 250
    assert everything(console) == before


@pytest.mark.parametrize("name", ["cell", "steps", "lanes", "colors", "presets", "goal"])
def test_what_a_console_is_cannot_be_changed_from_either_side(console, name):
    before = console.get_state()
    with pytest.raises(TraitError, match=name):
        setattr(console, name, before[name])
    console.set_state({name: [], "_esm": "", "nonsense": 1, "step": 9})
    assert console.get_state() == before | {"step": 9}


def test_a_message_of_the_front_end_is_taken_as_a_whole(console):
    console.set_state({"chosen_preset": "latch", "forget": lane(0.25), "gate": "o", "step": 9})
    assert (console.preset, console.forget) == ("latch", tuple(lane(0.25)))
    assert (console.gate, console.step) == ("o", 9)


def test_a_message_with_one_bad_value_is_refused_as_a_whole_and_answered_with_the_truth(
    console, monkeypatch
):
    before, answers = everything(console), []
    monkeypatch.setattr(console.comm, "send", lambda data, buffers=None: answers.append(data))
    with pytest.raises(ValueError, match="forget: got 2, expected values from 0 to 1"):
        console.set_state({"chosen_preset": "latch", "input": lane(1), "forget": lane(2)})
    assert everything(console) == before
    truth = {"chosen_preset": "leak", "input": console.input, "forget": console.forget}
    assert [answer["state"] for answer in answers] == [truth]


@pytest.mark.parametrize("given", [list, tuple, np.array])
def test_a_gate_is_set_from_any_row_of_numbers_and_read_as_a_tuple(given):
    console = GateConsole("lstm")
    console.forget = given([0, 1] * 6)
    assert console.forget == (0.0, 1.0) * 6
    assert all(type(value) is float for value in console.forget)


def test_two_consoles_do_not_share_anything():
    one, other = GateConsole("lstm"), GateConsole("lstm")
    before = everything(other)
    one.preset, one.gate, one.step = "latch", "o", 9
    one.presets["leak"]["forget"][0] = 0.5
    assert everything(other) == before
    assert other.presets == GateConsole("lstm").presets
    assert not hasattr(GateConsole("gru"), "forget")


# --- what a notebook stores


def test_a_console_is_named_by_what_makes_another_like_it():
    named = {
        "cell='lstm', steps=12, preset='remember for ever'": GateConsole(),
        "cell='gru', steps=6, preset='leak'": GateConsole("gru", 6, "leak"),
        "cell='lstm', steps=12, goal='count'": GateConsole(goal="count"),
    }
    assert {f"GateConsole({name})" for name in named} == {repr(made) for made in named.values()}


@pytest.mark.parametrize("arguments", [dict(cell="memory"), dict(cell="gru", goal="hold")])
def test_a_console_is_stored_as_a_widget_a_text_and_a_picture_of_its_gates(arguments):
    console = GateConsole(**arguments)
    data, _ = console._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == console.model_id
    assert data["text/plain"] == repr(console)
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
    setattr(console, next(iter(console.values)), lane(0.25))
    assert console._repr_mimebundle_()[0]["image/png"] != data["image/png"]


def test_the_console_and_its_picture_do_not_load_pyplot():
    code = (
        "import sys; from lstm_lessons import GateConsole; console = GateConsole();"
        " console._repr_mimebundle_(); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr
