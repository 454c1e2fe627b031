"""A panel moved by its controls: the picture, the sentence, what goes wrong, and how it ends."""

import base64
import io
import subprocess
import sys

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from lstm_lessons import Panel, pictures, slider


def draw(figure):
    """A line from 0 up to the result, a bar as high, a dot, and the number in words."""
    ax = pictures.axes(figure, "A line", "x", "y", (0, 1), (-10, 10), (1, 2, 1))
    side = pictures.axes(figure, "A bar", "", "", (-1, 1), (-10, 10), (1, 2, 2))
    (line,) = ax.plot([], [])
    (dot,) = ax.plot([], [], "o", ms=9)
    (bar,) = side.bar([0], [0])
    label = ax.text(0.1, 8, "")

    def update(result):
        line.set_data([0.05, 0.9], [0, result])
        dot.set_data([0.9], [result])
        bar.set_height(result)
        label.set_text(f"y = {result:.2f}")
        return line, dot, bar, label

    return update


def made(compute=lambda x: x, draw=draw, controls=None, say=lambda y: f"y is {y}"):
    controls = {"x": slider("x", -5, 5, 1, 1)} if controls is None else controls
    return Panel(compute, draw, controls, say)


def height(panel):
    line, _ = panel.figure.axes[0].lines
    return line.get_ydata()[1]


def decoded(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


# --- the picture follows


def test_every_value_has_its_own_picture_whatever_came_before_and_it_is_what_a_full_draw_shows():
    panel, seen = made(), {}
    where = [(ax.get_xlim(), ax.get_ylim(), ax.bbox.bounds) for ax in panel.figure.axes]
    n_artists = len(panel.figure.findobj())
    for value in [1, -5, 5, 0, 4, -5, 0, 5, 1, *range(-5, 6)]:
        panel.controls["x"].value = value
        assert seen.setdefault(value, panel.view.value) == panel.view.value
        assert height(panel) == value and panel.sentence.value.count(f">y is {value}<") == 1
        off = decoded(panel.view.value) - decoded(pictures.png(panel.figure))
        assert np.abs(off).max() <= 8
    assert len(set(seen.values())) == len(seen) == 11
    assert [(a.get_xlim(), a.get_ylim(), a.bbox.bounds) for a in panel.figure.axes] == where
    assert len(panel.figure.findobj()) == n_artists
    assert decoded(panel.view.value).shape == (450, 1050, 3)  # half as fine again as its place
    assert (int(panel.view.width), int(panel.view.height)) == panel.figure.size == (700, 300)


def test_compute_gets_every_control_by_its_name():
    controls = {"up": slider("up", 0, 9, 3, 1), "down": ipywidgets.Checkbox(False)}
    panel = made(lambda up, down: up - 10 * down, controls=controls)
    assert panel.values == {"up": 3, "down": False} and height(panel) == 3
    panel.controls["down"].value = True
    panel.controls["up"].value = 5
    assert panel.values == {"up": 5, "down": True} and height(panel) == -5
    assert panel.box.children == (*controls.values(), panel.view, panel.sentence)


def test_a_slider_moved_in_the_front_end_does_the_same_as_python():
    one, other = made(), made()
    one.controls["x"].set_state({"value": 4})
    assert (height(one), height(other)) == (4, 1)  # and two panels share nothing
    assert one.view.value != other.view.value and one.sentence.value != other.sentence.value
    other.controls["x"].value = 4
    assert one.view.value == other.view.value


def test_a_panel_is_stored_as_a_widget_a_picture_and_its_sentence():
    panel = made()
    panel.controls["x"].value = 2
    data, metadata = panel._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view == {"version_major": 2, "version_minor": 0, "model_id": panel.box.model_id}
    assert base64.b64decode(data["image/png"], validate=True) == panel.view.value
    assert data["text/plain"] == repr(panel) == "Panel: y is 2" and panel.figure.alt == "y is 2"
    assert metadata == {"image/png": {"alt": "Panel: y is 2", "width": 700, "height": 300}}


def test_the_sentence_is_text_and_not_html_and_without_one_the_controls_values_stand_there():
    panel, plain = made(say=lambda y: f"<i>{y}</i> & y < 9"), made(say=None)
    assert "&lt;i&gt;1&lt;/i&gt; &amp; y &lt; 9" in panel.sentence.value
    assert panel.figure.alt == "<i>1</i> & y < 9"
    plain.controls["x"].value = 4
    assert ">x = 4<" in plain.sentence.value and repr(plain) == "Panel: x = 4"


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
    assert "ValueError: no &lt;b&gt;3&lt;/b&gt; &amp; no more" in panel.sentence.value
    assert panel.view.value == good and repr(panel) == alt == "Panel: y is 2"
    panel.controls["x"].value = 4
    assert ">y is 4<" in panel.sentence.value and "Error" not in panel.sentence.value
    fresh = made()
    fresh.controls["x"].value = 4
    assert panel.view.value == fresh.view.value
    with pytest.raises(ValueError, match="no <b>3</b>"):  # at the start as well
        made(**callback, controls={"x": slider("x", 0, 5, 3, 1)})


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
    ],
)
def test_what_a_panel_cannot_be_made_of_is_named(arguments, said):
    with pytest.raises(TypeError, match=said):
        made(**arguments)


def test_a_closed_panel_keeps_its_values_and_says_that_it_is_closed():
    panel, other = made(), made()
    panel.close()
    panel.close()  # which does nothing more
    for own in (panel.box, panel.view, panel.sentence):
        assert own.comm is None and own.layout.comm is None
    knob = panel.controls["x"]  # the reader's, who may use it again
    knob.value = 3
    assert panel.values == {"x": 3} and knob.comm is not None and panel.view.value == b""
    assert panel._repr_mimebundle_() == ({"text/plain": repr(panel)}, {})
    assert repr(panel) == "Panel: closed, as its cell ran again"
    with pytest.raises(ValueError, match="panel: got a closed one"):
        panel.figure  # noqa: B018
    other.controls["x"].value = 3
    assert height(other) == 3


# --- sliders


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ((0, 200, 40, 1), ipywidgets.IntSlider),
        (tuple(np.array([0, 200, 40, 1])), ipywidgets.IntSlider),
        ((0.0, 200, 40, 1), ipywidgets.FloatSlider),
        ((0, 1, 1, 0.5), ipywidgets.FloatSlider),
        ((np.float32(0), 2, 0, 1), ipywidgets.FloatSlider),
    ],
)
def test_a_slider_counts_in_whole_numbers_if_all_of_its_are(numbers, kind):
    knob = slider("k", *numbers)
    assert type(knob) is kind
    assert (knob.min, knob.max, knob.value, knob.step) == numbers
    assert knob.description == "k"


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
