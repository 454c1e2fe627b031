"""A panel moved by its controls: the picture, the numbers behind it, and what goes wrong."""

import base64
import io
import subprocess
import sys

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from lstm_lessons import Panel, pictures, sigmoid
from lstm_lessons.panel import slider


def leak():
    def what_is_left(f):
        return f ** np.arange(61), np.log(0.5) / np.log(f)

    def say(result):
        return f"Half of it is left after {result[1]:.1f} steps."

    return Panel(what_is_left, pictures.decay, {"f": slider("f", 0.3, 0.99, 0.9)}, say)


def squash():
    def compute(a):
        s, t = sigmoid(a), np.tanh(a)
        return a, (s, t), (s * (1 - s), 1 - t**2)

    def say(r):
        return f"At a = {r[0]:.1f}: sigmoid {r[1][0]:.3f}, tanh {r[1][1]:.3f}."

    return Panel(compute, pictures.squashers, {"a": slider("a", -6.0, 6.0, 0.0, 0.1)}, say)


def train():
    cue, wanted, w, b, gates = np.array([1.0, -1.0]), np.array([1.0, 0.0]), 0.0, 0.0, []
    for _ in range(201):
        f = sigmoid(w * cue + b)
        gates.append(f)
        da = 2 * (f - wanted) * f * (1 - f)
        w, b = w - np.sum(da * cue), b - np.sum(da)
    keep, drop = np.transpose(gates)

    def say(r):
        return f"After {r[0]} steps: {r[1][-1]:.2f} for keep, {r[2][-1]:.2f} for drop."

    return Panel(
        lambda step: (step, keep[: step + 1], drop[: step + 1]),
        pictures.gate_training,
        {"step": slider("step", 0, 200, 40, 1)},
        say,
    )


PANELS = pytest.mark.parametrize("make", [leak, squash, train])


def control(panel):
    (only,) = panel.controls.values()
    return only


def stops(panel):
    """The ends of the control, its middle, and some values between them, to and fro."""
    knob = control(panel)
    shares = (0, 0.5, 1, 0.03, 0.97, 0.7, 0.25, 0.8)
    return [type(knob.value)(knob.min + share * (knob.max - knob.min)) for share in shares]


def decoded(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


# --- the lesson's panels, driven


@PANELS
def test_every_value_gives_another_picture_of_the_declared_size_and_no_error(make):
    panel = make()
    size = panel.figure.size
    seen = {control(panel).value: panel.view.value}
    for value in stops(panel):
        control(panel).value = value
        seen[value] = panel.view.value
        height, width, _ = decoded(panel.view.value).shape
        assert (width, height) == (1.5 * size[0], 1.5 * size[1])  # finer than a page's pixels
        assert (int(panel.view.width), int(panel.view.height)) == panel.figure.size == size
        assert panel.figure.alt in panel.sentence.value and "Error" not in panel.sentence.value
    assert len(set(seen.values())) == len(seen) > 7


@PANELS
def test_a_picture_shows_all_that_a_full_redraw_shows_and_nothing_of_earlier_values(make):
    panel = make()
    frame = np.zeros(decoded(panel.view.value).shape[:2], bool)
    for ax in panel.figure.axes:  # its lines may lie above what was drawn, or below
        left, bottom, right, top = np.round(ax.bbox.extents).astype(int)
        frame[len(frame) - bottom - 3 : len(frame) - bottom + 3, left:right] = True
        frame[len(frame) - top : len(frame) - bottom, left - 3 : left + 3] = True
    for value in stops(panel):
        control(panel).value = value
        off = np.abs(decoded(panel.view.value) - decoded(pictures.png(panel.figure))).max(-1)
        assert off[~frame].max() <= 8, f"{(off[~frame] > 8).sum()} pixels at {value}"


@PANELS
def test_the_same_value_gives_the_same_picture_whatever_came_before(make):
    panel = make()
    first = panel.view.value
    start = control(panel).value
    for value in [*stops(panel), start]:
        control(panel).value = value
    assert panel.view.value == first


@PANELS
def test_the_axes_keep_their_limits_and_their_places(make):
    panel = make()
    where = [(ax.get_xlim(), ax.get_ylim(), ax.bbox.bounds) for ax in panel.figure.axes]
    for value in stops(panel):
        control(panel).value = value
        assert [(a.get_xlim(), a.get_ylim(), a.bbox.bounds) for a in panel.figure.axes] == where


@PANELS
def test_no_text_leaves_the_picture_or_covers_another(make):
    panel = make()
    for value in stops(panel):
        control(panel).value = value
        shown = [text for ax in panel.figure.axes for text in ax.texts if text.get_text().strip()]
        boxes = [text.get_window_extent() for text in shown]
        for k, box in enumerate(boxes):
            assert panel.figure.bbox.containsx(box.x0) and panel.figure.bbox.containsx(box.x1)
            assert panel.figure.bbox.containsy(box.y0) and panel.figure.bbox.containsy(box.y1)
            assert not any(box.overlaps(other) for other in boxes[:k])


@PANELS
def test_many_updates_leave_no_more_artists_than_there_were(make):
    panel = make()
    before = len(panel.figure.findobj())
    for value in (stops(panel) * 13)[:100]:
        control(panel).value = value
    assert len(panel.figure.findobj()) == before


@pytest.mark.parametrize(
    ("f", "half_life", "label"),
    [(0.3, 0.576, " half at 0.6"), (0.9, 6.579, " half at 6.6"), (0.99, 68.968, "")],
)
def test_the_leak_s_picture_and_sentence_show_the_half_life(f, half_life, label):
    panel = leak()
    panel.controls["f"].value = f
    (ax,) = panel.figure.axes
    _, line, drop = ax.lines
    assert line.get_xdata() == pytest.approx(np.arange(61))
    assert line.get_ydata() == pytest.approx([f**k for k in range(61)])
    assert drop.get_xydata() == pytest.approx(
        np.array([[half_life, 0.5], [half_life, 0]]), abs=1e-3
    )
    assert [text.get_text() for text in ax.texts] == [label]
    assert f">Half of it is left after {half_life:.1f} steps.<" in panel.sentence.value


@pytest.mark.parametrize(
    ("a", "values", "slopes"),
    [
        (0.0, (0.5, 0.0), (0.25, 1.0)),
        (2.0, (0.880797, 0.964028), (0.104994, 0.070651)),
        (-6.0, (0.002473, -0.999988), (0.002467, 0.000025)),
        (6.0, (0.997527, 0.999988), (0.002467, 0.000025)),
    ],
)
def test_the_squashers_picture_and_sentence_show_values_and_slopes(a, values, slopes):
    panel = squash()
    panel.controls["a"].value = a
    for ax, value, slope in zip(panel.figure.axes, values, slopes, strict=True):
        _, curve, tangent, dot = ax.lines
        assert np.interp(a, *curve.get_data()) == pytest.approx(value, abs=1e-6)
        assert dot.get_xydata() == pytest.approx(np.array([[a, value]]), abs=1e-6)
        (x0, y0), (x1, y1) = tangent.get_xydata()
        assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((a, value), abs=1e-6)
        assert (y1 - y0) / (x1 - x0) == pytest.approx(slope, abs=1e-6)
        assert [text.get_text() for text in ax.texts] == [f"value {value:.3f}\nslope {slope:.3f}"]
    assert f"sigmoid {values[0]:.3f}, tanh {values[1]:.3f}." in panel.sentence.value


@pytest.mark.parametrize(
    ("step", "keep"), [(0, 0.5), (1, 0.622459), (2, 0.7016), (40, 0.9384), (200, 0.9738)]
)
def test_the_training_s_picture_and_sentence_show_both_gates_up_to_the_step(step, keep):
    panel = train()
    panel.controls["step"].value = step
    (ax,) = panel.figure.axes
    for line, label, last in zip(ax.lines, ax.texts, (keep, 1 - keep), strict=True):
        assert line.get_xdata().tolist() == list(range(step + 1))
        assert line.get_ydata()[[0, -1]] == pytest.approx([0.5, last], abs=1e-3)
        assert label.get_position()[1] == pytest.approx(last, abs=0.1)
    said = f"After {step} steps: {keep:.2f} for keep, {1 - keep:.2f} for drop."
    assert f">{said}<" in panel.sentence.value


def test_a_slider_moved_in_the_front_end_does_the_same_as_python():
    one, other = leak(), leak()
    one.controls["f"].set_state({"value": 0.5})
    other.controls["f"].value = 0.5
    assert one.view.value == other.view.value != leak().view.value


# --- any panel


def draw(figure):
    """One line from 0 up to the result."""
    ax = pictures.axes(figure, "A line", "x", "y", (0, 1), (-10, 10))
    (line,) = ax.plot([], [])

    def update(result):
        line.set_data([0, 1], [0, result])
        return [line]

    return update


def line_panel(compute=lambda x: x, draw=draw, say=lambda y: f"y is {y}", **controls):
    return Panel(compute, draw, controls or {"x": slider("x", -5, 5, 1, 1)}, say)


def height(panel):
    return panel.figure.axes[0].lines[0].get_ydata()[1]


def test_compute_gets_every_control_by_its_name():
    panel = line_panel(
        lambda up, down: up - 10 * down,
        up=slider("up", 0, 9, 3, 1),
        down=ipywidgets.Checkbox(False, description="down"),
    )
    assert panel.values == {"up": 3, "down": False} and height(panel) == 3
    panel.controls["down"].value = True
    panel.controls["up"].value = 5
    assert panel.values == {"up": 5, "down": True} and height(panel) == -5
    assert panel.box.children[:2] == tuple(panel.controls.values())


def test_two_panels_share_nothing():
    one, other = line_panel(), line_panel()
    before = other.view.value
    one.controls["x"].value = 4
    assert (height(one), height(other)) == (4, 1)
    assert other.view.value == before and other.values == {"x": 1}
    assert other.sentence.value != one.sentence.value


def failing_compute(x):
    if x == 3:
        raise ValueError("no <b>3</b> & no more")
    return x


def failing_draw(figure):
    update = draw(figure)
    return lambda result: update(failing_compute(result))


@pytest.mark.parametrize(
    "arguments",
    [
        dict(compute=failing_compute),
        dict(draw=failing_draw),
        dict(say=lambda y: f"y is {failing_compute(y)}"),
    ],
    ids=["compute", "update", "say"],
)
def test_an_error_is_raised_and_shown_over_the_last_good_picture_until_the_next_good_value(
    arguments,
):
    panel = line_panel(**arguments)
    panel.controls["x"].value = 2
    good, alt = panel.view.value, repr(panel)
    with pytest.raises(ValueError, match="no <b>3</b>"):
        panel.controls["x"].value = 3
    assert "ValueError: no &lt;b&gt;3&lt;/b&gt; &amp; no more" in panel.sentence.value
    assert panel.view.value == good and repr(panel) == alt == "Panel: y is 2"
    panel.controls["x"].value = 4
    assert ">y is 4<" in panel.sentence.value and "Error" not in panel.sentence.value
    fresh = line_panel()
    fresh.controls["x"].value = 4
    assert panel.view.value == fresh.view.value


def test_an_error_at_the_start_is_raised_at_once():
    with pytest.raises(ValueError, match="no <b>3</b>"):
        line_panel(failing_compute, x=slider("x", 0, 5, 3, 1))


def test_the_sentence_is_text_and_not_html():
    panel = line_panel(say=lambda y: f"<i>{y}</i> & y < 9")
    assert "&lt;i&gt;1&lt;/i&gt; &amp; y &lt; 9" in panel.sentence.value
    assert panel.figure.alt == "<i>1</i> & y < 9"


def test_a_panel_is_stored_as_a_widget_a_picture_and_its_sentence():
    panel = line_panel()
    panel.controls["x"].value = 2
    data, metadata = panel._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view == {"version_major": 2, "version_minor": 0, "model_id": panel.box.model_id}
    assert panel.box.children[-2:] == (panel.view, panel.sentence)
    assert base64.b64decode(data["image/png"], validate=True) == panel.view.value
    assert data["text/plain"] == repr(panel) == "Panel: y is 2"
    width, height = panel.figure.size
    assert metadata == {"image/png": {"alt": "Panel: y is 2", "width": width, "height": height}}


def test_without_a_sentence_the_controls_values_stand_there():
    panel = line_panel(say=None)
    assert ">x = 1<" in panel.sentence.value
    panel.controls["x"].value = 4
    assert ">x = 4<" in panel.sentence.value and repr(panel) == "Panel: x = 4"


def test_panels_and_their_pictures_do_not_load_pyplot():
    code = (
        "import sys, numpy as np; from lstm_lessons import Panel, pictures;"
        " from lstm_lessons.panel import slider;"
        " panel = Panel(lambda f: (f ** np.arange(61), 2.0), pictures.decay,"
        " {'f': slider('f', 0.1, 0.9, 0.5)}, str); panel.controls['f'].value = 0.7;"
        " panel._repr_mimebundle_(); pictures.states('', '', c=np.ones(3))._repr_mimebundle_();"
        " print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


@pytest.mark.parametrize(
    ("controls", "said"),
    [
        ([slider("x", 0, 1, 0)], "controls: got "),
        (slider("x", 0, 1, 0), "controls: got "),
        ({}, "controls: got {}, expected a dict"),
        (None, "controls: got None"),
        ({"x": 0.5}, r"controls\['x'\]: got 0.5, expected a slider"),
        ({"x": ipywidgets.VBox()}, r"controls\['x'\]: got VBox"),
        ({"x": ipywidgets.FloatSlider}, r"controls\['x'\]: got "),
    ],
)
def test_controls_that_are_none_are_named(controls, said):
    with pytest.raises(TypeError, match=said):
        Panel(lambda x: x, draw, controls, str)


# --- sliders


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        ((0, 200, 40, 1), ipywidgets.IntSlider),
        (tuple(np.array([0, 200, 40, 1])), ipywidgets.IntSlider),
        ((0.0, 200, 40, 1), ipywidgets.FloatSlider),
        ((0, 200, 40, 0.5), ipywidgets.FloatSlider),
        ((np.float32(0), 2, 1, 1), ipywidgets.FloatSlider),
    ],
)
def test_a_slider_counts_in_whole_numbers_if_all_of_its_are(numbers, kind):
    made = slider("k", *numbers)
    assert type(made) is kind
    assert (made.min, made.max, made.value, made.step) == numbers
    assert made.description == "k"


@pytest.mark.parametrize("start", [0, 1])
def test_a_slider_may_start_at_either_end(start):
    assert slider("f", 0, 1, start).value == start


@pytest.mark.parametrize(
    ("numbers", "error", "said"),
    [
        (("0", 1, 0.5), TypeError, "low: got '0', expected a number"),
        ((0, None, 0.5), TypeError, "high: got None"),
        ((0, 1, [0.5]), TypeError, r"start: got \[0.5\]"),
        ((0, 1, True), TypeError, "start: got True"),
        ((0, 1, 0.5, "fine"), TypeError, "step: got 'fine'"),
        ((1, 1, 1), ValueError, "high: got 1, expected more than low, 1"),
        ((2, 1, 1), ValueError, "high: got 1"),
        ((0, np.nan, 0), ValueError, "high: got nan"),
        ((0, np.inf, 0), ValueError, "high: got inf"),
        ((-np.inf, 0, 0), ValueError, "low: got -inf"),
        ((0, 1, -0.1), ValueError, "start: got -0.1, expected from 0 to 1"),
        ((0, 1, 1.1), ValueError, "start: got 1.1"),
        ((0, 1, np.nan), ValueError, "start: got nan"),
        ((0, 1, 0.5, 0), ValueError, "step: got 0, expected above 0 and up to 1"),
        ((0, 1, 0.5, 2), ValueError, "step: got 2"),
        ((0, 1, 0.5, np.nan), ValueError, "step: got nan"),
    ],
)
def test_a_slider_that_cannot_be_made_says_why(numbers, error, said):
    with pytest.raises(error, match=said):
        slider("f", *numbers)
