"""A panel moved by its controls: the picture, the sentence, what goes wrong, and how it ends."""

import base64
import subprocess
import sys

import ipywidgets
import numpy as np
import pytest

from lstm_lessons import choice, pictures, slider
from tests.panels import ask, decoded, draw, height, made

# --- the picture follows


def test_every_value_has_its_own_picture_whatever_came_before_and_it_is_what_a_full_draw_shows():
    panel, seen = made(), {}
    where = [(ax.get_xlim(), ax.get_ylim(), ax.bbox.bounds) for ax in panel.figure.axes]
    n_artists = len(panel.figure.findobj())
    for value in [1, -5, 5, 0, 4, -5, 0, 5, 1, *range(-5, 6)]:
        panel.controls["x"].value = value
        assert seen.setdefault(value, panel.view.value) == panel.view.value
        assert height(panel) == value and panel.view.sentence == f"y is {value}"
        off = decoded(panel.view.value) - decoded(pictures.png(panel.figure))
        assert np.abs(off).max() <= 8
    assert len(set(seen.values())) == len(seen) == 11
    assert [(a.get_xlim(), a.get_ylim(), a.bbox.bounds) for a in panel.figure.axes] == where
    assert len(panel.figure.findobj()) == n_artists
    assert decoded(panel.view.value).shape == (450, 1050, 3)  # half as fine again as its place
    assert tuple(panel.view.size) == panel.figure.size == (700, 300)


def test_compute_gets_every_control_by_its_name():
    controls = {"up": slider("up", 0, 9, 3, 1), "by": choice("by", [10, 1])}
    panel = made(lambda up, by: up - by, controls=controls)
    assert panel.values == {"up": 3, "by": 10} and height(panel) == -7
    panel.controls["by"].value = 1
    panel.controls["up"].value = 5
    assert panel.values == {"up": 5, "by": 1} and height(panel) == 4


def test_what_a_hand_moves_on_the_page_does_the_same_as_python():
    one, other = made(), made()
    ask(one, 4, question=7)
    assert (height(one), height(other)) == (4, 1)  # and two panels share nothing
    assert one.view.value != other.view.value and one.view.sentence != other.view.sentence
    assert (one.view.answered, one.view.values, one.values) == (7, [4], {"x": 4})
    other.controls["x"].value = 4
    assert one.view.value == other.view.value


def test_all_that_a_hand_has_moved_takes_one_picture():
    drawn = []
    controls = {"x": slider("x", 0.0, 5.0, 1.0), "up": choice("up", ["no", "yes"])}
    panel = made(lambda x, up: drawn.append((x, up)) or x, controls=controls)
    ask(panel, 2.5, 1)
    assert drawn == [(1.0, "no"), (2.5, "yes")] and panel.view.values == [2.5, 1]


def test_a_narrow_page_gets_a_phone_s_picture_and_a_wide_one_its_own_again():
    panel, other = made(), made()
    other.controls["x"].value = 3
    ask(panel, 3, narrow=True)
    narrow = panel.view.value
    assert tuple(panel.view.size) == panel.figure.size == (340, 340)
    assert decoded(narrow).shape == (680, 680, 3)
    ask(panel, 2, narrow=True)
    assert panel.view.value != narrow
    ask(panel, 3, narrow=False)
    assert tuple(panel.view.size) == (700, 300) and panel.view.value == other.view.value


def test_where_no_widget_can_be_shown_there_is_the_picture_under_a_strip_that_invites():
    panel = made()
    panel.controls["x"].value = 2
    data, metadata = panel._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == panel.view.model_id
    shown = decoded(base64.b64decode(data["image/png"], validate=True))
    assert np.array_equal(shown[45:], decoded(panel.view.value)) and shown[:45].min() < 120
    assert data["text/plain"] == repr(panel) == "Panel: y is 2" and panel.figure.alt == "y is 2"
    assert metadata == {"image/png": {"alt": "Panel: y is 2", "width": 700, "height": 330}}


def test_without_a_sentence_the_controls_values_stand_there():
    plain = made(say=None)
    plain.controls["x"].value = 4
    assert plain.view.sentence == "x = 4" and repr(plain) == "Panel: x = 4"


def test_a_front_end_cannot_overwrite_what_a_panel_shows():
    panel = made()
    before = panel.view.get_state()
    panel.view.set_state(
        {"value": b"x", "controls": [], "sentence": "no", "frames": {}, "_esm": ""}
    )
    assert panel.view.get_state() == before


def test_panels_and_their_pictures_do_not_load_pyplot():
    code = (
        "import sys, numpy as np; from lstm_lessons import GradientLens, pictures;"
        " lens = GradientLens('gru'); lens.controls['seed'].value = 1; lens._repr_mimebundle_();"
        " one = np.ones(3); pictures.state_lines('', '', c=one)._repr_mimebundle_();"
        " pictures.curves('', '', ('', ''), one.cumsum(), {'c': one}, (0, 2))._repr_mimebundle_();"
        " print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


# --- what goes wrong


def fails_at_3(x):
    if x == 3:
        raise ValueError("no <b>3</b> & no more")
    return x


def update_fails_at_3(figure):
    update = draw(figure)
    return lambda result: update(fails_at_3(result))


@pytest.mark.parametrize(
    "callback",
    [
        dict(compute=fails_at_3),
        dict(draw=update_fails_at_3),
        dict(say=lambda y: f"y is {fails_at_3(y)}"),
    ],
    ids=["compute", "update", "say"],
)
def test_an_error_is_raised_and_shown_over_the_last_good_picture_until_the_next_good_value(
    callback,
):
    panel = made(**callback)
    panel.controls["x"].value = 2
    good, alt = panel.view.value, repr(panel)
    with pytest.raises(ValueError, match="no <b>3</b>"):
        panel.controls["x"].value = 3
    assert panel.view.error == "ValueError: no <b>3</b> & no more" and panel.view.values == [3]
    assert panel.view.value == good and repr(panel) == alt == "Panel: y is 2"
    panel.controls["x"].value = 4
    assert panel.view.sentence == "y is 4" and panel.view.error == ""
    fresh = made()
    fresh.controls["x"].value = 4
    assert panel.view.value == fresh.view.value
    with pytest.raises(ValueError, match="no <b>3</b>"):  # at the start as well
        made(**callback, controls={"x": slider("x", 0, 5, 3, 1)})


@pytest.mark.parametrize("position", [6, "high", None, 1.5])
def test_where_a_control_cannot_be_the_page_is_told_so(position, caplog):
    panel = made()
    ask(panel, position, question=9)
    assert ("x: got" in panel.view.error) is (position != 1.5)  # a whole number is rounded
    assert panel.view.answered == 9 and panel.view.values == [2 if position == 1.5 else 1]


X = slider("x", 0, 1, 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (dict(compute=3), "compute: got 3, expected a function"),
        (dict(draw=None), "draw: got None, expected a function"),
        (dict(draw=lambda figure: None), "draw: got None from it, expected a function, update"),
        (dict(draw=lambda figure: print), "update: got None from it, expected the artists"),
        (dict(draw=lambda figure: lambda y: [y]), r"update: got \[1\] from it, expected the"),
        (dict(say="y"), "say: got 'y', expected a function"),
        (dict(say=lambda y: y), "say: got 1 from it, expected a text"),
        (dict(controls=[X]), "controls: got "),
        (dict(controls=X), "controls: got "),
        (dict(controls={}), "controls: got {}, expected a dict"),
        (dict(controls={1: X}), "controls: got the name 1, expected a text"),
        (dict(controls={"x": 0.5}), r"controls\['x'\]: got 0.5, expected a slider"),
        (dict(controls={"x": ipywidgets.VBox()}), r"controls\['x'\]: got VBox"),
        (dict(controls={"x": ipywidgets.FloatSlider}), r"controls\['x'\]: got "),
        (dict(controls={"x": ipywidgets.Text("a")}), r"controls\['x'\]: got Text"),
        (dict(places="0.5"), "places: got '0.5', expected a list of numbers"),
        (dict(places=0.5), "places: got 0.5, expected a list of numbers"),
        (dict(places=["a"]), "places, of x: got 'a', expected a number"),
    ],
)
def test_what_a_panel_cannot_be_made_of_is_named(arguments, said):
    with pytest.raises(TypeError, match=said):
        made(**arguments)


def test_a_place_that_is_none_of_the_first_slider_s_is_named():
    with pytest.raises(ValueError, match="places, of x: got 6, expected a number from -5 to 5"):
        made(places=[0, 6])
    with pytest.raises(ValueError, match="expected none: the panel has no slider"):
        made(lambda x: 1, controls={"x": choice("x", ["a", "b"])}, places=[1])


def test_a_closed_panel_keeps_its_values_and_says_that_it_is_closed():
    panel, other = made(), made()
    panel.close()
    panel.close()  # which does nothing more
    assert panel.view.comm is panel.view.layout.comm is None
    panel.controls["x"].value = 3  # the reader's, who may use it again
    assert panel.values == {"x": 3} and panel.view.value == b""
    panel.store()
    assert panel.view.frames == {}
    assert panel._repr_mimebundle_() == ({"text/plain": repr(panel)}, {})
    assert repr(panel) == "Panel: closed, as its cell ran again"
    with pytest.raises(ValueError, match="panel: got a closed one"):
        panel.figure  # noqa: B018
    other.controls["x"].value = 3
    assert height(other) == 3
