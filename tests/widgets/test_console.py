"""The gate console in Python: its cells and presets, what may be set and what is stored."""

import base64
import json
import math

import numpy as np
import pytest
from traitlets import TraitError

from lstm_lessons import GateConsole
from lstm_lessons.widgets.presets import PRESETS
from tests.puzzles import console_with, lane

STARTS = [(cell, preset) for cell in PRESETS for preset in PRESETS[cell]]


def test_the_gates_are_read_from_the_trace_as_they_were_set():
    console = GateConsole("lstm", preset="latch")
    assert list(console.values) == ["forget", "input", "candidate", "output"]
    for row in console.lanes:
        read = getattr(console.trace, row["letter"])[:, 0, 0]
        assert tuple(read) == console.values[row["trait"]] == getattr(console, row["trait"])


# --- what the presets' names promise: the states and the gradient, from step 2 on

A_SET, A_CLEAR = math.tanh(1), math.tanh(-1)
LEAK = 0.8 ** np.arange(11)
BELT = [
    ("remember for ever", "c", [0.8] * 11, [1] * 11),
    ("leak", "c", 0.8 * LEAK, LEAK[::-1]),
    ("forget at step 5", "c", [0.8] * 3 + [0] * 8, [0] * 3 + [1] * 8),
]
PROMISES = [
    *((cell, *promise) for cell in ("memory", "lstm") for promise in BELT),
    ("lstm", "write-hold-read", "h", [0] * 8 + [math.tanh(0.8), 0, 0], [1] * 11),
    ("lstm", "latch", "c", [0] + [1] * 5 + [0] * 5, [0] * 6 + [1] * 5),
    ("lstm", "count", "c", [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4], [1] * 11),
    ("rnn", "forgets at once", "h", [0] * 11, [0] * 10 + [1]),
    ("gru", "remember for ever", "h", [A_SET] * 11, [1] * 11),
    ("gru", "leak", "h", A_SET * LEAK, LEAK[::-1]),
    ("gru", "start again at step 6", "h", [A_SET] * 4 + [A_CLEAR] * 7, [0] * 4 + [1] * 7),
    ("min", "remember for ever", "h", [0.8] * 11, [1] * 11),
]


@pytest.mark.parametrize(("cell", "preset", "name", "states", "gradient"), PROMISES)
def test_a_preset_does_what_its_name_says(cell, preset, name, states, gradient):
    console = GateConsole(cell, preset=preset)
    state = getattr(console.trace, name)[:, 0, 0]
    if cell != "rnn":  # whose input comes at step 1
        assert state[0] == 0
    np.testing.assert_allclose(state[1:], states)
    np.testing.assert_allclose(console.gradient[1:], gradient)


@pytest.mark.parametrize(("cell", "name"), [("memory", "c"), ("min", "h")])
def test_a_running_blend_moves_a_quarter_of_the_way_to_each_input(cell, name):
    console = GateConsole(cell, preset="running blend")
    state = getattr(console.trace, name)[:, 0, 0]
    before = np.concatenate([[0], state[:-1]])
    np.testing.assert_allclose(state - before, 0.25 * (console.x - before))


def test_a_minimal_cell_holds_the_mean_of_all_that_came_or_begins_anew():
    console = GateConsole("min", 24, preset="mean of all")
    mean = np.cumsum(console.x) / np.arange(1, 25)
    np.testing.assert_allclose(console.trace.h[:, 0, 0], mean)
    np.testing.assert_allclose(console.gradient, np.arange(1, 25) / 24)
    console = GateConsole("min", preset="start again at step 6")
    assert console.trace.h[5, 0, 0] == console.x[5] and not console.gradient[:5].any()


def test_soft_gates_are_never_quite_open_nor_quite_shut():
    console = GateConsole("lstm", preset="soft gates")
    gates = np.array([console.forget, console.input, console.output])
    assert (gates > 0).all() and (gates < 1).all()


def test_an_rnn_s_presets_fade_last_swing_and_let_the_gradient_grow():
    at = {name: GateConsole("rnn", preset=name) for name in PRESETS["rnn"]}
    h = {name: console.trace.h[:, 0, 0] for name, console in at.items()}
    assert np.all(np.diff(h["fades"]) < 0) and 0 < h["fades"][-1] < 0.06
    assert 0.85 < h["lasts"][-1] == pytest.approx(math.tanh(1.5 * h["lasts"][-1]), abs=1e-3)
    assert at["lasts"].gradient[0] < 1e-4  # what is held firmly sends nothing back
    np.testing.assert_allclose(np.abs(h["swings"]), h["lasts"])
    assert np.all(h["swings"][1:] * h["swings"][:-1] < 0)
    assert at["gradient explodes"].gradient[0] > 100 and h["gradient explodes"][0] < 0.01
    assert at["gradient explodes"].gradient[:3] == pytest.approx(
        [abs(slope) for slope in differences(at["gradient explodes"])], rel=1e-4
    )
    x = np.array(at["many inputs"].x)
    before = np.concatenate([[0], h["many inputs"][:-1]])
    np.testing.assert_allclose(h["many inputs"], np.tanh(x + 0.8 * before))


def differences(console):
    """By how much the last state moves with that of the first three steps: with x, over w_x (1 - h^2)."""
    for t in range(3):
        ends = []
        for move in (1e-6, -1e-6):
            x = [value + move * (k == t) for k, value in enumerate(console.x)]
            ends.append(console_with("rnn", console.values | dict(x=x)).trace.h[-1, 0, 0])
        slope = console.w_x * (1 - console.trace.h[t, 0, 0] ** 2)
        yield (ends[0] - ends[1]) / 2e-6 / slope


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
        assert all(len(console.values[row["trait"]]) == steps for row in console.lanes)
        first = next(iter(console.values))
        setattr(console, first, [0.123] * steps)
        console.preset = preset  # once more, though its name has not changed
        assert console.values == GateConsole(cell, steps, preset).values


# --- what may be set

ROW = np.ones(2)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (dict(cell="elman"), ValueError, "cell: got 'elman', expected one of 'memory'"),
        (dict(cell=ROW), ValueError, "cell: got array"),
        (dict(steps=1), ValueError, "steps: got 1, expected 2 to 24"),
        (dict(steps=25), ValueError, "steps: got 25"),
        (dict(steps=12.0), TypeError, "steps: got 12.0"),
        (dict(preset="forget"), ValueError, "preset: got 'forget', expected one of 'remember"),
        (dict(preset=ROW), ValueError, "preset: got array"),
        (dict(goal="win"), ValueError, "goal: got 'win', expected one of 'hold'"),
        (dict(goal=ROW), ValueError, "goal: got array"),
        (dict(goal="hold", steps=6), ValueError, "goal: got a preset or a number of steps"),
        (dict(goal="hold", preset="leak"), ValueError, "goal: got a preset"),
    ],
)
def test_a_console_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=f"^{said}"):
        GateConsole(**arguments)


BAD = [  # by what is set: errors, and values that raise them
    ("forget", ValueError, [[0.5] * 11, 0.5, [], [0.5] * 11 + [1.01], [0.5] * 10**5]),
    ("forget", TypeError, [None, [None] * 12, {"0": 1}, "many", ["0.5"] * 10**5]),
    ("output", ValueError, [[-0.01] + [0.5] * 11, [0.5] * 11 + [math.nan]]),
    ("candidate", ValueError, [[-1.5] * 12, [1.01] * 12]),
    ("preset", ValueError, ["forget", 3, None, ROW, "x" * 10**6]),
    ("gate", ValueError, ["r", "", None, ROW, ["f"] * 10**5]),
    ("step", ValueError, [0, 13, 10**50]),
    ("step", TypeError, [1.5, "3", None, True, np.True_, ROW]),
]


def everything(console):
    return {**console.values, "preset": console.preset, "gate": console.gate, "step": console.step}


@pytest.fixture
def console():
    """An LSTM's console that is no longer as its preset has it."""
    console = GateConsole("lstm", preset="leak")
    console.forget = lane(0.3)
    return console


@pytest.mark.parametrize(("name", "error", "values"), BAD)
def test_a_value_that_is_not_possible_is_refused_in_short_and_changes_nothing(
    console, name, error, values
):
    before = everything(console)
    trait = "chosen_preset" if name == "preset" else name
    said = f"^{name}: got .{{1,100}}expected .{{1,140}}$"
    for value in values:
        with pytest.raises(error, match=said):
            setattr(console, name, value)
        with pytest.raises(error, match=said):
            console.set_state({trait: value})
        assert everything(console) == before


TURNED = [
    ("w_h", ValueError, [3.01, -3.01, math.nan, math.inf]),
    ("w_h", TypeError, [None, "1", [1.0], True]),
    ("b", ValueError, [2.01, -2.01]),
]


@pytest.mark.parametrize(("name", "error", "values"), TURNED)
def test_a_knob_refuses_what_is_no_number_in_its_range_and_keeps_its_own(name, error, values):
    console = GateConsole("rnn")
    before = console.values
    for value in values:
        with pytest.raises(error, match=f"^{name}: got .+expected "):
            setattr(console, name, value)
        with pytest.raises(error, match=f"^{name}: got .+expected "):
            console.set_state({name: value, "x": lane(0.5)})
        assert console.values == before
    setattr(console, name, 2)
    assert getattr(console, name) == 2.0 and type(getattr(console, name)) is float


def test_a_knob_can_be_chosen_as_a_lane_can():
    console = GateConsole("rnn")
    for letter in ("w_x", "w_h", "b", "x"):
        console.gate = letter
        assert console.gate == letter
    with pytest.raises(ValueError, match="gate: got 'w_h', expected one of 'f'"):
        GateConsole("lstm").gate = "w_h"


@pytest.mark.parametrize("name", ["cell", "steps", "lanes", "knobs", "colors", "presets", "goal"])
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


@pytest.mark.parametrize("cell", PRESETS)
def test_the_presets_are_stored_in_their_order(cell):
    stored = json.loads(json.dumps(GateConsole(cell).get_state()["presets"], sort_keys=True))
    assert [name for name, _ in stored] == list(PRESETS[cell])
    assert dict(stored) == GateConsole(cell).presets


@pytest.mark.parametrize("arguments", [dict(cell="memory"), dict(cell="gru", goal="hold")])
def test_a_console_is_stored_as_a_widget_a_text_and_a_picture_of_its_gates(arguments):
    console = GateConsole(**arguments)
    data, _ = console._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == console.model_id
    assert data["text/plain"] == repr(console)
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
    setattr(console, next(iter(console.values)), lane(0.25))
    assert console._repr_mimebundle_()[0]["image/png"] != data["image/png"]
