"""The operating table in Python: what it takes, what the hand sets, and what the network answers."""

import base64
import json
import math
import subprocess

import numpy as np
import pytest
from traitlets import TraitError

from lstm_lessons import GRU, LSTM, NetworkConsole, Readout, Stack, tasks, train
from lstm_lessons.widgets.base import script
from lstm_lessons.widgets.network import PRESETS

D, K = len(tasks.WORDS), len(tasks.CITIES)
STORY = (
    "it had rained before . Tom flew to Lima . her boss called twice . Tom is on holiday in".split()
)


def network(H=4, seed=0):
    rng = np.random.default_rng(seed)
    return Stack([LSTM(D, H, rng, chrono=20), Readout(H, K, rng)])


@pytest.fixture
def console():
    """One on whose gates a hand has been."""
    console = NetworkConsole(network(), STORY)
    console.hands = [["f", 3, 0, 0.25], ["g", 9, 3, -1]]
    return console


def everything(console):
    names = ["weights", "story", "other", "hands", "chosen", "chosen_preset"]
    return {name: getattr(console, name) for name in names}


# --- what it is made of

RNG = np.random.default_rng(0)
KIND = r"Stack\(\[LSTM\(73, …\), Readout\(…, 32\)\]\)"


@pytest.mark.parametrize(
    ("model", "error", "said"),
    [
        (LSTM(D, 4, RNG), TypeError, f"model: got LSTM.*, expected {KIND}"),
        (Stack([LSTM(D, 4, RNG)]), ValueError, f"model: got Stack.*, expected {KIND}"),
        (Stack([GRU(D, 4, RNG), Readout(4, K, RNG)]), ValueError, f"model: got .*GRU.*{KIND}"),
        (Stack([LSTM(D - 1, 4, RNG), Readout(4, K, RNG)]), ValueError, "model: got Stack.*72"),
        (Stack([LSTM(D, 4, RNG), Readout(4, K + 1, RNG)]), ValueError, "model: got Stack.*33"),
        (
            Stack([LSTM(D, 4, RNG), LSTM(4, 4, RNG), Readout(4, K, RNG)]),
            ValueError,
            "model: got Stack",
        ),
        (network(33), ValueError, "model: got 33 units, expected at most 32"),
    ],
)
def test_a_model_of_another_shape_or_kind_is_named_beside_what_was_expected(model, error, said):
    with pytest.raises(error, match=f"^{said}"):
        NetworkConsole(model)


def test_weights_that_are_not_finite_cannot_be_shown():
    model = network()
    model.params["0.Wx"][2, 3] = np.nan
    with pytest.raises(ValueError, match="^weights: got nan at index .*, expected finite numbers"):
        NetworkConsole(model)


BAD = [  # by what is set: errors, and values that raise them
    ("story", TypeError, ["the sea was calm", None, 3]),
    ("story", ValueError, [[], ["the"] * 41, ["the", "Atlantis"], [3], [["the"]]]),
    ("other", TypeError, ["Lima"]),
    ("other", ValueError, [["the"] * 41, ["<b>Lima</b>"]]),
    ("hands", TypeError, [None, "f", [["f", 1, 0, 0.5]] * 1000, [["f", 1.0, 0, 0.5]]]),
    ("hands", TypeError, [[["f", 1, 0, "0.5"]], [["f", "all", 0, 0.5]], [["f", 1, True, 0.5]]]),
    ("hands", ValueError, [[["f", 1, 0]], [3], [["c", 1, 0, 0.5]], [["f", 0, 0, 0.5]]]),
    ("hands", ValueError, [[["f", 41, 0, 0.5]], [["f", 1, 4, 0.5]], [["f", 1, 0, -0.1]]]),
    ("hands", ValueError, [[["g", 1, 0, -1.1]], [["o", 1, 0, math.nan]], [["i", 1, 0, 1.1]]]),
    ("chosen", ValueError, [["f", 0], None, ["h", 0, 1], ["f", 4, 1], ["f", 0, 41]]),
    ("chosen", TypeError, [["f", "none", 1], ["f", 0, 1.5]]),
    ("chosen_preset", ValueError, ["leak", 3]),
    ("weights", TypeError, [None, 3, "no base64!", "AAAA"]),
    ("weights", ValueError, ["", base64.b64encode(np.zeros(7)).decode()]),
    ("weights", ValueError, [base64.b64encode(np.full(network().n_params, np.inf)).decode()]),
]


@pytest.mark.parametrize(("name", "error", "values"), BAD)
def test_a_value_that_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    console, name, error, values
):
    before, weights = everything(console), console.model.params["0.Wh"].copy()
    said = rf"^[\w ]*{'preset' if name == 'chosen_preset' else name}: got .{{1,100}}, expected .{{1,140}}$"
    for value in values:
        with pytest.raises(error, match=said):
            setattr(console, name, value)
        with pytest.raises(error, match=said):
            console.set_state({"story": STORY[::-1], name: value})
        assert everything(console) == before
        np.testing.assert_array_equal(console.model.params["0.Wh"], weights)


@pytest.mark.parametrize("name", ["units", "vocabulary", "cities", "samples", "colors", "presets"])
def test_what_a_table_is_cannot_be_changed_from_either_side(console, name):
    before = console.get_state()
    with pytest.raises(TraitError, match=name):
        setattr(console, name, before[name])
    console.set_state({name: []})
    assert console.get_state() == before


# --- what the hand sets


def test_the_answers_are_those_of_the_model_with_what_is_set_by_hand(console):
    by_hand = {gate: np.full((len(STORY), 1, 4), np.nan) for gate in "fg"}
    by_hand["f"][2, 0, 0], by_hand["g"][8, 0, 3] = 0.25, -1
    y = console.model.forward(tasks.one_hot([STORY]), override={0: by_hand}).y[-1, 0]
    p = np.exp(y) / np.exp(y).sum()
    cities, probabilities = zip(*console.answers, strict=True)
    assert list(cities) == [tasks.CITIES[k] for k in np.argsort(-p)[:5]]
    np.testing.assert_allclose(probabilities, np.sort(p)[:-6:-1])
    assert console.trace.layers[0].f[2, 0, 0] == 0.25


def test_override_has_what_the_hand_has_set_and_takes_it_back_as_it_was(console):
    override, before = console.override, console.hands
    assert {gate: array.shape for gate, array in override.items()} == dict.fromkeys(
        "fg", (len(STORY), 1, 4)
    )
    assert (override["f"][2, 0, 0], override["g"][8, 0, 3]) == (0.25, -1)
    assert sum(int(np.isfinite(array).sum()) for array in override.values()) == 2
    console.override = {}
    assert console.hands == () and console.override == {}
    console.override = override
    assert console.hands == before


@pytest.mark.parametrize("value", [0.5, np.full((1, 1, 4), 0.5), np.full((len(STORY), 1, 1), 0.5)])
def test_override_takes_what_broadcasts_to_all_words_and_units(console, value):
    console.override = {"o": value}
    np.testing.assert_array_equal(console.override["o"], np.full((len(STORY), 1, 4), 0.5))
    assert len(console.hands) == 4 * len(STORY)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"f": 2.0}, r"override\['f'\]: got 2, expected values from 0 to 1"),
        ({"h": 0.0}, "override: got 'h', expected one of f, i, o, g"),
        (
            {"f": np.zeros((2, 1, 4))},
            r"override\['f'\]: got shape \(2, 1, 4\), expected one number",
        ),
    ],
)
def test_an_override_that_cannot_be_changes_nothing(console, override, said):
    before = console.hands
    with pytest.raises(ValueError, match=said):
        console.override = override
    assert console.hands == before


def test_what_is_set_at_a_word_that_a_shorter_story_lacks_is_not_in_its_override(console):
    console.story = STORY[:5]
    assert list(console.override) == ["f"]
    assert console.trace.h.shape == (5, 1, 4)


def test_weights_from_the_page_go_into_the_model_s_own_arrays_and_change_the_answers(console):
    arrays, other = console.model.params, network(seed=1)
    before = console.answers
    console.set_state({"weights": NetworkConsole(other).weights})
    for name, array in console.model.params.items():
        assert array is arrays[name]
        np.testing.assert_array_equal(array, other.params[name])
    assert console.answers != before


def test_a_table_shown_again_has_the_network_as_it_was_trained_since(console):
    before = console.weights
    train.fit(console.model, tasks.filled_in(0, np.random.default_rng(0)), steps=1)
    assert console.weights == before
    console._repr_mimebundle_()
    assert console.weights == NetworkConsole(console.model).weights != before


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_sets_its_gates_in_all_units_at_a_word_that_the_city_gives(console, preset):
    console.chosen_preset = preset
    gates, where = PRESETS[preset]
    word = {"last": len(STORY), "before": 8, "after": 13}[where]
    places = {(gate, word, unit, value) for gate, value in gates.items() for unit in range(4)}
    assert set(console.hands) == places


def test_a_preset_is_chosen_until_something_else_is_set(console):
    for _ in range(2):
        console.chosen_preset = "cut the belt"
        assert len(console.hands) == 4
        console.hands = console.hands[:3]
        assert console.chosen_preset == ""


def test_where_there_is_no_word_behind_the_city_nothing_is_cut(console):
    console.story = STORY[:9]
    console.chosen_preset = "cut the belt"
    assert console.hands == ()


def test_a_message_with_a_longer_story_and_a_hand_on_its_last_word_is_taken_as_a_whole(console):
    console.set_state({"story": [*STORY, "."], "hands": [["o", len(STORY) + 1, 0, 0.0]]})
    assert console.override["o"][-1, 0, 0] == 0


def test_what_the_page_sends_does_not_come_back_to_it_and_undo_what_its_hand_does_next(
    console, monkeypatch
):
    answers, sent = [], dict(story=STORY[1:], other=STORY, hands=[["f", 1, 0, 0]])
    monkeypatch.setattr(console.comm, "send", lambda data, buffers=None: answers.append(data))
    console.set_state(sent | {"chosen": ["g", 2, "all"]})
    assert console.story == tuple(STORY[1:])
    assert [data for data in answers if data["method"] == "update"] == []


# --- what a notebook stores


def test_a_table_is_stored_as_a_widget_a_text_and_a_picture_that_follows_the_hand(console):
    data, _ = console._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == console.model_id
    assert data["text/plain"] == (
        f"NetworkConsole(LSTM(n_inputs=73, n_hidden=4), {len(STORY)} words, 2 gate values set by hand)"
    )
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG\r\n\x1a\n")
    console.hands = [["f", 3, 0, 1]]
    assert console._repr_mimebundle_()[0]["image/png"] != data["image/png"]


@pytest.mark.parametrize("H", [1, 32])
def test_one_unit_or_32_and_one_word_or_40_make_a_table(H):
    for story in (["in"], ["the"] * 40):
        console = NetworkConsole(network(H), story)
        assert console.trace.h.shape == (len(story), 1, H)
        assert console.still().size[0] == 700
        json.dumps(console.get_state()["presets"])


def test_a_table_that_shows_no_training_has_nothing_to_train_with(console):
    assert console.learning is None
    assert set(NetworkConsole(network(), learn=True).learning) >= {"starts", "rates", "grammar"}


# --- the page's side: what it makes of presets and of what is set by hand


def test_the_table_s_script_with_what_it_imports_is_one_module_that_runs_alone(node, tmp_path):
    (tmp_path / "joined.mjs").write_text(script("network_console"), encoding="utf-8")
    load = "import('./joined.mjs').then((made) => console.log(Object.keys(made), made.default))"
    done = subprocess.run([node, "-e", load], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[ 'default' ] { render: [Function: render] }\n", done.stderr


RUN = """
import { readFileSync } from "node:fs";
import { alike, handsOf, listed, placeOf, presetHands, spliced } from "./says.mjs";
const given = JSON.parse(readFileSync(0, "utf8"));
const { stories, presets, cities, H, hands, T } = given;
const made = stories.map((story) => presets.map(([name, preset]) =>
  [name, placeOf(preset.where, story, cities) ? listed(presetHands(preset, story, cities, H), H) : []]));
const taken = handsOf(hands, T, H);
const shifted = listed(spliced(taken, 2, 1, 0, H), H), spread = listed(spliced(taken, 2, 0, 1, H), H);
const back = alike(spliced(spliced(taken, 5, 0, 1, H), 5, 1, 0, H), taken);
const bad = given.bad.map((list) => handsOf(list, T, H));
console.log(JSON.stringify({ made, list: listed(taken, H), shifted, spread, back, bad }));
"""


def test_the_page_makes_of_presets_and_hands_what_python_makes_of_them(node, tmp_path, console):
    (tmp_path / "says.mjs").write_text(script("network_says"), encoding="utf-8")
    (tmp_path / "run.mjs").write_text(RUN, encoding="utf-8")
    rng = np.random.default_rng(0)
    stories = [tasks.story(fillers, rng)[0] for fillers in (0, 1, 3)]
    stories += [["Lima"], ["in"], ["Lima", "in"], ["in", "Lima"], ["Lima", "in", "Rome", ".", "."]]
    console.override = {
        gate: np.where(rng.random((len(STORY), 1, 4)) < 0.5, rng.random((len(STORY), 1, 4)), np.nan)
        for gate in "fiog"
    }
    bad = [values for name, _, values in BAD if name == "hands"]
    bad = [value for values in bad for value in values if value != [["o", 1, 0, math.nan]]]
    bad = [value for value in bad if value != [["f", 1.0, 0, 0.5]] and len(value or "") < 1000]
    given = dict(stories=stories, presets=console.presets, cities=tasks.CITIES, H=4)
    given |= dict(hands=console.hands, T=len(STORY), bad=bad)
    done = subprocess.run(
        [node, "run.mjs"], cwd=tmp_path, input=json.dumps(given), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["list"] == [list(row) for row in console.hands]
    assert made["bad"] == [None] * len(bad)
    assert made["back"]
    at_3 = [list(row) for row in console.hands if row[1] != 3]
    assert made["shifted"] == [[g, w - (w > 3), *rest] for g, w, *rest in at_3]
    assert made["spread"] == [[g, w + (w > 2), *rest] for g, w, *rest in console.hands]
    for story, presets in zip(stories, made["made"], strict=True):
        console.story = story
        for name, hands in presets:
            console.chosen_preset = ""
            console.chosen_preset = name
            assert [list(row) for row in console.hands] == hands, (story, name)
