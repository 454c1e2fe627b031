"""What a reader moves: our own sliders and choices, and those of ipywidgets, as a panel takes them."""

import ipywidgets
import numpy as np
import pytest

from lstm_lessons import choice, slider
from tests.panels import ask, made

FOREIGN = {
    "int": (ipywidgets.IntSlider(2, 0, 4, description="n"), [0, 1, 4]),
    "float": (ipywidgets.FloatSlider(0.2, min=0, max=1, step=0.05), [0.0, 0.35, 1.0]),
    "names": (ipywidgets.Dropdown(options=["a", "b", "c"], description="n"), [0, 1, 2]),
    "pairs": (ipywidgets.Dropdown(options={"one": 1, "two": 2}), [0, 1]),
    "steps": (ipywidgets.SelectionSlider(options=[1, 10, 100]), [0, 2]),
    "box": (ipywidgets.Checkbox(False), [0, 1]),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_control_of_ipywidgets_is_moved_to_its_ends_and_middle_like_our_own(kind):
    control, positions = FOREIGN[kind]
    panel = made(lambda n: n, lambda figure: lambda n: [], {"n": control}, say=repr)
    for position in positions:
        ask(panel, position)
        options = getattr(control, "_options_values", [False, True])
        expected = position if hasattr(control, "min") else options[position]
        assert panel.values == {"n": expected} and type(control.value) is type(expected)
        assert panel.view.sentence == repr(expected) and panel.view.values == [position]
    control.value = panel.values["n"]
    (about,) = panel.view.controls
    assert about["name"] == "n" and about["label"] == "n"
    assert about.get("options", [0] * 2) and len(about.get("options", positions)) >= len(positions)


def test_a_page_knows_of_a_control_all_that_it_shows():
    controls = {
        "w": slider("w_h", -2.0, 2.0, 0.8, 0.05),
        "n": slider("n", 1, 60, 1, 1),
        "f": slider("f", 0.25, 0.75, 0.5, 0.125),
        "kind": choice("kind", ["lstm", "gru", 3]),
    }
    panel = made(lambda w, n, f, kind: w, controls=controls)
    assert panel.view.controls == [
        dict(name="w", label="w_h", min=-2, max=2, step=0.05, decimals=2),
        dict(name="n", label="n", min=1, max=60, step=1, decimals=0),
        dict(name="f", label="f", min=0.25, max=0.75, step=0.125, decimals=3),
        dict(name="kind", label="kind", options=["lstm", "gru", "3"]),
    ]
    assert panel.view.values == [0.8, 1, 0.5, 0]


# --- sliders and choices


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ((0, 200, 40, 1), int),
        (tuple(np.array([0, 200, 40, 1])), int),
        ((0.0, 200, 40, 1), float),
        ((0, 1, 1, 0.5), float),
        ((np.float32(0), 2, 0, 1), float),
    ],
)
def test_a_slider_counts_in_whole_numbers_if_all_of_its_are(numbers, kind):
    knob = slider("k", *numbers)
    found = (knob.min, knob.max, knob.value, knob.step)
    assert found == numbers and {type(number) for number in found} == {kind}
    assert knob.description == "k"


def test_a_slider_tells_of_its_value_and_takes_none_that_it_cannot_have():
    heard, knob = [], slider("f", 0.0, 1.0, 0.5)
    knob.observe(lambda change: heard.append((change.old, change.new)), "value")
    knob.value = 1
    assert heard == [(0.5, 1.0)] and type(knob.value) is float
    with pytest.raises(ValueError, match="f: got 1.5, expected a number from 0 to 1"):
        knob.value = 1.5
    with pytest.raises(TypeError, match="f: got '1', expected a number"):
        knob.value = "1"
    with pytest.raises(TypeError, match="n: got 1.5, expected a whole number"):
        slider("n", 0, 3, 1, 1).value = 1.5
    assert knob.value == 1.0 and len(heard) == 1


def test_a_choice_begins_with_its_first_and_takes_only_its_own():
    heard, knob = [], choice("unit", ["all", 0, 1])
    knob.observe(lambda change: heard.append(change.new), "value")
    assert (knob.value, knob.options, knob.description) == ("all", ["all", 0, 1], "unit")
    knob.value = 1
    for other in (True, "1", None, 2):
        with pytest.raises(ValueError, match=f"unit: got {other!r}, expected one of 'all', 0, 1"):
            knob.value = other
    assert heard == [1]


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((None, ["a", "b"]), TypeError, "name: got None, expected a text"),
        (("n", "ab"), ValueError, "options: got 'ab', expected two or more"),
        (("n", ["a"]), ValueError, r"options: got \['a'\], expected two or more, all different"),
        (("n", ["a", "a"]), ValueError, "options: got "),
        (("n", []), ValueError, "options: got "),
    ],
)
def test_a_choice_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=said):
        choice(*arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ((None, 0, 1, 0), TypeError, "letter: got None, expected a text"),
        (("f", "0", 1, 0.5), TypeError, "low: got '0', expected a number"),
        (("f", 0, None, 0.5), TypeError, "high: got None"),
        (("f", 0, 1, [0.5]), TypeError, r"start: got \[0.5\]"),
        (("f", 0, 1, True), TypeError, "start: got True"),
        (("f", 1, 1, 1), ValueError, "high: got 1, expected more than low, 1"),
        (("f", 2, 1, 1), ValueError, "high: got 1"),
        (("f", 0, np.nan, 0), ValueError, "high: got nan"),
        (("f", -np.inf, 0, 0), ValueError, "low: got -inf"),
        (("f", 0, 1, -0.1), ValueError, "start: got -0.1, expected a number from 0 to 1"),
        (("f", 0, 1, 1.1), ValueError, "start: got 1.1"),
        (("f", 0, 1, 0.5, 0), ValueError, "step: got 0, expected above 0 and up to 1"),
        (("f", 0, 1, 0.5, 2), ValueError, "step: got 2"),
    ],
)
def test_a_slider_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=said):
        slider(*arguments)
