"""What a panel is stored with for a page without a kernel."""

import base64
import io
import itertools

import numpy as np
import pytest
from PIL import Image

from lstm_lessons import choice, slider
from lstm_lessons.widgets.frames import places
from tests.panels import ask, decoded, made


def picture(address):
    kind, _, text = address.partition(",")
    assert kind == "data:image/webp;base64"
    return base64.b64decode(text)


def seen(frames, kind, k, scale):
    """Frame k as a page shows it, over the one where the panel was stored, larger or smaller."""
    over, under = (
        Image.open(io.BytesIO(picture(frames[kind]["pictures"][n]))).convert("RGBA")
        for n in (k, frames["start"])
    )
    size = [round(scale * side) for side in over.size]
    under, over = (one.resize(size, Image.Resampling.BILINEAR) for one in (under, over))
    return np.asarray(Image.alpha_composite(under, over).convert("RGB")).astype(int)


def test_a_stored_panel_shows_at_each_combination_of_places_what_python_shows_there():
    controls = {"up": slider("up", 0.0, 5.0, 0.0, 1.0), "x": choice("x", [-3, 1, 4])}
    panel = made(lambda x, up: x + up, controls=controls, say=None, places=[0.55])
    panel.controls["up"].value = 2.0
    panel.controls["x"].value = 1
    panel.store()
    frames = panel.view.frames
    assert panel.values == {"up": 2.0, "x": 1} and panel.view.values == [2.0, 1]
    assert panel.view.value == b""
    assert frames["axes"] == [[0, 0.55, 1, 2, 3, 4, 5], [0, 1, 2]]
    combinations = list(itertools.product(*frames["axes"]))
    assert combinations[frames["start"]] == (2.0, 1)
    for kind, narrow in (("wide", False), ("narrow", True)):
        assert len(frames[kind]["pictures"]) == len(frames["sentences"]) == 21
        for k in (0, 2, 3, frames["start"], 20):
            up, x = combinations[k]
            ask(panel, up, x, narrow=narrow)
            off = np.abs(seen(frames, kind, k, 1).astype(int) - decoded(panel.view.value))
            assert off.max() < 48 and np.mean(off > 8) < 1e-2  # its colours are fewer
            for scale in (2 / 3, 4 / 3):  # nothing of the picture below shines through
                shown = Image.open(io.BytesIO(panel.view.value))
                size = [round(scale * side) for side in shown.size]
                whole = np.asarray(shown.resize(size, Image.Resampling.BILINEAR)).astype(int)
                assert np.sum(np.abs(seen(frames, kind, k, scale) - whole) > 24) < 100
            assert list(frames[kind]["size"]) == panel.view.size
            assert (
                frames["sentences"][k] == panel.view.sentence == f"up = {up}, x = {[-3, 1, 4][x]}"
            )


PLACES = {
    (0.3, 0.99, 0.9, 0.001): {0.3, 0.9, 0.99, 0.5, 0.95, 0.975},
    (-2.0, 2.0, 0.8, 0.05): {-2, -1, 0, 0.8, 1, 2},
    (1, 60, 1, 1): {1, 2, 30, 60},
    (0, 200, 37, 1): {0, 37, 100, 200},
    (-3.0, -1.5, -2.0, 0.5): {-3, -2.5, -2, -1.5},
    (0.05, 0.95, 0.05, 0.1): {0.05, 0.15, 0.95},
    (0.0, 1.7, 0.0, 0.017): {0, 1.7},
}


@pytest.mark.parametrize(("numbers", "expected"), PLACES.items())
def test_the_places_are_round_few_within_reach_and_have_the_ends_and_the_start(numbers, expected):
    values, (low, high, _, step) = places(slider("x", *numbers), []), numbers
    assert expected <= set(values) and len(values) <= 34
    assert len(values) > 10 or len(values) == round((high - low) / step) + 1
    assert all(type(value) is type(numbers[0]) and low <= value <= high for value in values)
    steps = (np.array(values) - low) / step
    assert steps == pytest.approx(np.round(steps), abs=1e-6)


def test_a_panel_of_choices_alone_is_stored_as_well():
    panel = made(lambda x: len(x), controls={"x": choice("x", ["a", "bc"])})
    panel.store()
    assert panel.view.frames["axes"] == [[0, 1]] and panel.view.frames["start"] == 0
    assert panel.view.frames["sentences"] == ["y is 1", "y is 2"]


def test_a_panel_with_too_many_combinations_is_not_stored_and_it_is_said_why():
    controls = {"x": slider("x", 0, 15, 3, 1), "up": slider("up", 0, 10, 0, 1)}
    panel = made(lambda x, up: x + up, controls=controls)
    with pytest.raises(ValueError, match="got 176 combinations of x, up, expected up to 160"):
        panel.store()
    assert panel.view.frames == {} and panel.view.value and panel.values == {"x": 3, "up": 0}


def test_a_panel_that_stands_where_no_step_leads_is_stored_from_there():
    panel = made(controls={"x": slider("x", 0.0, 1.0, 0.0, 0.1)})
    panel.controls["x"].value = 0.1 + 0.2
    panel.store()
    frames = panel.view.frames
    assert frames["sentences"][frames["start"]] == "y is 0.3"
    assert panel.values == {"x": 0.1 + 0.2}


def test_what_fails_at_a_stored_place_is_not_passed_over():
    panel = made(compute=lambda x: 1 / (x - 3))
    with pytest.raises(ZeroDivisionError):
        panel.store()
