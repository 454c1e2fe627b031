"""A panel moved by its controls: the picture, the numbers behind it, and what goes wrong."""

import base64
import io
import itertools
import subprocess
import sys
from functools import partial

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from lstm_lessons import (
    GRU,
    LSTM,
    RNN,
    GradientLens,
    Panel,
    baselines,
    pictures,
    sigmoid,
    tasks,
)
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


def window():
    years, numbers = tasks.sunspots()
    fitted = {int(w): baselines.Window(numbers[:200], int(w)) for w in WIDTHS}
    off = {w: np.sqrt(np.mean((fit.forecast(numbers)[199:] - numbers[200:]) ** 2)) for w, fit in fitted.items()}  # fmt: skip

    def compute(width):
        return fitted[width].forecast(numbers)[199:], width, off[width]

    def draw(figure):
        return pictures.forecast(figure, years[200:], numbers[200:], WIDTHS, list(off.values()))

    def say(r):
        return f"Window width {r[1]}: an error of {r[2]:.1f} spots."

    return Panel(compute, draw, {"width": slider("width", 1, 60, 1, 1)}, say)


def unit():
    def compute(w_x, w_h, x_1, x_2):
        x = np.array([x_1, x_2] + [0.0] * 10)
        h = [np.tanh(w_x * x[0])]
        for value in x[1:]:
            h.append(np.tanh(w_x * value + w_h * h[-1]))
        return x, np.array(h)

    def say(r):
        return f"h is {r[1][0]:.2f} at step 1 and {r[1][-1]:.2f} at step 12."

    controls = {"w_x": slider("w_x", -2.0, 2.0, 1.0), "w_h": slider("w_h", -2.0, 2.0, 0.75)}
    controls |= {"x_1": slider("x_1", -1.0, 1.0, 1.0), "x_2": slider("x_2", -1.0, 1.0, 0.0)}
    return Panel(compute, pictures.one_unit, controls, say)


def gap():
    scores = np.array([0.0, 1.0, 3.0, 2.0, -1.0, 2.5])

    def compute(sure):
        p = np.exp(sure * scores) / np.exp(sure * scores).sum()
        best = np.argsort(-p, kind="stable")[:5]
        return [tasks.CITIES[k] for k in best], p[best]

    return Panel(
        compute,
        pictures.answers,
        {"sure": slider("sure", 0.0, 9.0, 1.0)},
        lambda r: f"{r[0][0]}, {r[1][0]:.0%}.",
    )


WIDTHS = np.arange(1, 61)
CELLS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
MAKE = {"leak": leak, "squash": squash, "train": train, "window": window, "unit": unit, "gap": gap}
MAKE |= {f"{cell} lens": partial(GradientLens, cell) for cell in CELLS}
PANELS = pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
LENSES = pytest.mark.parametrize("cell", CELLS)


def along(knob, *shares):
    """The control's values at these shares of its way; all that it offers if it has no way."""
    if isinstance(knob, ipywidgets.Dropdown):
        return list(knob.options)
    return [type(knob.value)(knob.min + share * (knob.max - knob.min)) for share in shares]


def stops(panel):
    """Each control by itself at its ends, its middle, and some values between them, to and fro."""
    start = panel.values
    for name, knob in panel.controls.items():
        for value in along(knob, 0, 0.5, 1, 0.03, 0.97, 0.7, 0.25, 0.8):
            yield start | {name: value}


def corners(panel):
    """All controls at their ends and middles, each with each."""
    for values in itertools.product(*(along(knob, 0, 0.5, 1) for knob in panel.controls.values())):
        yield dict(zip(panel.controls, values, strict=True))


def put(panel, values):
    for name, value in values.items():
        panel.controls[name].value = value
    assert panel.values == values


def decoded(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


# --- the lesson's panels, driven


@PANELS
def test_every_value_gives_another_picture_of_the_declared_size_and_no_error(make):
    panel = make()
    size = panel.figure.size
    seen = {tuple(panel.values.values()): panel.view.value}
    for values in stops(panel):
        put(panel, values)
        seen[tuple(values.values())] = panel.view.value
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
        for y in {line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1}:
            row = len(frame) - round(ax.transData.transform((0, y))[1])  # so may a line of zero
            frame[row - 2 : row + 2, left:right] = True
    for values in stops(panel):
        put(panel, values)
        off = np.abs(decoded(panel.view.value) - decoded(pictures.png(panel.figure))).max(-1)
        assert off[~frame].max() <= 8, f"{(off[~frame] > 8).sum()} pixels at {values}"


@PANELS
def test_the_same_value_gives_the_same_picture_whatever_came_before(make):
    panel = make()
    first, start = panel.view.value, panel.values
    for values in [*stops(panel), start]:
        put(panel, values)
    assert panel.view.value == first


@PANELS
def test_the_axes_keep_their_limits_and_their_places(make):
    panel = make()
    where = [(ax.get_xlim(), ax.get_ylim(), ax.bbox.bounds) for ax in panel.figure.axes]
    for values in stops(panel):
        put(panel, values)
        assert [(a.get_xlim(), a.get_ylim(), a.bbox.bounds) for a in panel.figure.axes] == where


def texts_stand_free(figure):
    """No text leaves the picture or covers another."""
    shown = [text for ax in figure.axes for text in ax.texts if text.get_text().strip()]
    boxes = [text.get_window_extent() for text in shown]
    for k, box in enumerate(boxes):
        assert np.all(box.min >= 0) and np.all(box.max <= figure.bbox.max), shown[k]
        assert not any(box.overlaps(other) for other in boxes[:k]), shown[k]


@PANELS
def test_no_text_leaves_the_picture_or_covers_another(make):
    panel = make()
    for values in stops(panel):
        put(panel, values)
        texts_stand_free(panel.figure)


@PANELS
def test_many_updates_leave_no_more_artists_than_there_were(make):
    panel = make()
    before = len(panel.figure.findobj())
    for values in itertools.islice(itertools.cycle(stops(panel)), 100):
        put(panel, values)
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


@pytest.mark.parametrize("width", [1, 9, 60])
def test_the_window_s_picture_and_sentence_show_its_forecast_and_error(width):
    panel = window()
    panel.controls["width"].value = width
    ax, side = panel.figure.axes
    off = ax.lines[1].get_ydata() - ax.lines[0].get_ydata()
    error = np.sqrt(np.mean(off**2))
    assert side.lines[1].get_xydata() == pytest.approx(np.array([[width, error]]))
    assert np.interp(width, *side.lines[0].get_data()) == pytest.approx(error)
    assert f">Window width {width}: an error of {error:.1f} spots.<" in panel.sentence.value


def test_a_slider_moved_in_the_front_end_does_the_same_as_python():
    one, other = leak(), leak()
    one.controls["f"].set_state({"value": 0.5})
    other.controls["f"].value = 0.5
    assert one.view.value == other.view.value != leak().view.value


# --- the lens


def built(cell, steps, seed, radius=None, activation="tanh", scale=1.0, **bias):
    """The cell and the inputs that a lens's docstring tells of, made by hand; the cell's trace."""
    rng = np.random.default_rng(seed)
    made = RNN(4, 32, rng, activation) if cell == "rnn" else CELLS[cell](4, 32, rng)
    p = made.params
    if cell == "rnn":
        W = rng.standard_normal((32, 32))
        p["Wh"] = radius * W / max(abs(np.linalg.eigvals(W)))
    else:
        for gate in np.split(p["Wh"], len(made.gates)):
            assert gate @ gate.T == pytest.approx(np.eye(32), abs=1e-12)
        p["Wh"] = scale * p["Wh"]
        (p["b"][32:64],) = bias.values()  # f and z are the second gates of the rows
    xs = rng.standard_normal((steps, 1, 4))
    return made, xs, made.forward(xs)


def multiplied_out(cell, trace):
    """|dh_T/dh_t| of an RNN, one Jacobian after the other."""
    h, W, J, norms = trace.h[:, 0], cell.params["Wh"], np.eye(32), []
    slopes = {"tanh": 1 - h**2, "relu": 1.0 * (h > 0), "linear": np.ones_like(h)}
    for slope in slopes[cell.activation][::-1]:
        norms.insert(0, np.linalg.norm(J) / np.sqrt(32))
        J = J @ np.diag(slope) @ W
    return norms


def by_nudges(cell, xs, trace, of, t, size=1e-5):
    """|d of_T / d of_t|: each unit is moved a little to both sides, and the cell runs on."""
    nudges = size * np.concatenate([np.eye(32), -np.eye(32)])
    h, both = trace.h[t] + np.zeros((64, 1)), ()
    if cell.kind == "LSTM":
        c = trace.c[t] + (nudges if of == "c" else np.zeros((64, 1)))
        h, both = (trace.o[t] * np.tanh(c), c) if of == "c" else (h + nudges, c), True
    later = cell.forward(np.repeat(xs[t + 1 :], 64, axis=1), h if both else h + nudges)
    up, down = np.split(getattr(later, of)[-1], 2)
    return np.linalg.norm((up - down) / (2 * size)) / np.sqrt(32)


def test_the_lens_s_curve_of_an_rnn_is_the_product_of_its_jacobians():
    lens = GradientLens("rnn")
    for values in corners(lens):
        cell, _, trace = built("rnn", **values)
        curves = lens.compute(**values)
        # loose, for at radius 3 the states double each rounding's share from step to step
        assert curves["h"] == pytest.approx(multiplied_out(cell, trace), rel=1e-4, abs=1e-290)
        assert curves["radius"] == pytest.approx(
            [values["radius"] ** k for k in reversed(range(values["steps"]))], rel=1e-9
        )


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_lens_s_curves_of_a_gated_cell_are_what_a_nudge_does_and_its_gates_multiplied(cell):
    lens = GradientLens(cell)
    for values in corners(lens):
        made, xs, trace = built(cell, **values)
        curves = lens.compute(**values)
        for of, lag in itertools.product(curves.keys() - {"direct"}, (1, 2, 6)):
            nudged = by_nudges(made, xs, trace, of, values["steps"] - 1 - lag)
            assert curves[of][-1 - lag] == pytest.approx(nudged, rel=1e-5, abs=1e-10)
        keep = trace.f[:, 0] if cell == "lstm" else 1 - trace.z[:, 0]
        path = [np.prod(keep[t + 1 :], axis=0) for t in range(values["steps"])]
        assert curves["direct"] == pytest.approx(np.sqrt(np.mean(np.square(path), axis=1)))


@LENSES
def test_at_every_corner_the_lens_draws_its_curves_and_says_what_is_left(cell):
    lens, fates = GradientLens(cell), set()
    shown = {"rnn": ["radius", "h"], "lstm": ["c", "direct", "h"], "gru": ["h", "direct"]}[cell]
    drawn = {}
    for values in corners(lens):
        put(lens, values)
        curves = lens.compute(**values)
        assert set(curves) == set(shown)
        lines = [line.get_xydata() for line in lens.figure.axes[0].lines]
        for name, line in zip(shown, lines, strict=True):
            assert curves[name].shape == (values["steps"],) and np.all(np.isfinite(curves[name]))
            assert curves[name][-1] == pytest.approx(1, rel=1e-12)
            assert line[:, 0].tolist() == list(reversed(range(values["steps"])))
            assert line[:, 1] == pytest.approx(np.maximum(curves[name], 1e-13), abs=0)
        seen = [np.log10(line[:, 1].clip(1e-13, 1e13)).round(2) for line in lines]
        seen = [line[abs(line) <= 12].tolist() for line in seen]
        assert drawn.setdefault(lens.view.value, seen) == seen  # other curves, another picture
        texts_stand_free(lens.figure)
        left = curves["c" if cell == "lstm" else "h"][0]
        fate = "vanishes" if left < 0.01 else "arrives" if left < 100 else "explodes"
        other = curves["radius" if cell == "rnn" else "direct"][0]
        said = f">{values['steps'] - 1} steps back, {left:.1e} of the gradient is left: it {fate}."
        assert said in lens.sentence.value and f"{other:.1e}" in lens.sentence.value
        fates.add(fate)
    assert fates == {"vanishes", "arrives", "explodes"}


@pytest.mark.parametrize(
    ("left", "fate"),
    [(0, "vanishes"), (0.0099, "vanishes"), (0.01, "arrives"), (99, "arrives"), (100, "explodes")],
)
@LENSES
def test_a_gradient_arrives_from_a_hundredth_to_a_hundredfold_of_it(cell, left, fate):
    main, *rest = {"rnn": "hr", "lstm": "chd", "gru": "hd"}[cell]
    names = {"r": "radius", "d": "direct"}
    curves = {main: [left, 1.0]} | {names.get(name, name): [1e9, 1.0] for name in rest}
    said = GradientLens(cell).say(curves)
    assert f" {left:.1e} of the gradient is left: it {fate}. " in said and "1.0e+09" in said


@pytest.mark.parametrize(("cell", "of"), [("lstm", "c"), ("gru", "h")])
def test_without_its_recurrent_weights_a_gated_cell_has_the_direct_road_alone(cell, of):
    lens = GradientLens(cell, scale=0.0)
    for values in [lens.values, *corners(lens)]:
        curves = lens.compute(**values | {"scale": 0.0})
        assert curves[of] == pytest.approx(curves["direct"], rel=1e-10, abs=0)
        if cell == "lstm":  # nothing reads h
            assert not curves["h"][:-1].any()


def test_in_a_linear_rnn_the_gradient_is_a_power_of_the_radius_times_what_is_bounded():
    lens = GradientLens("rnn")
    for seed in range(10):
        settings = dict(activation="linear", steps=100, seed=seed)
        curves = [lens.compute(radius=radius, **settings) for radius in (0.1, 0.9, 1.0, 3.0)]
        first, *others = [curve["h"] / curve["radius"] for curve in curves]
        assert all(other == pytest.approx(first, rel=1e-8) for other in others)
        assert 1 / np.sqrt(32) < first.min() and first.max() < 2


@pytest.mark.parametrize(
    ("cell", "start"),
    [
        ("rnn", dict(radius=1.1, activation="linear")),
        ("rnn", dict(radius=0, steps=10, seed=9, activation="relu")),
        ("lstm", dict(forget_bias=6, scale=4.0)),
        ("gru", dict(update_bias=-6.0, seed=3)),
    ],
)
def test_a_lens_starts_where_it_is_told_to_as_if_the_reader_had_gone_there(cell, start):
    lens, other = GradientLens(cell, **start), GradientLens(cell)
    assert lens.values == other.values | start != other.values
    put(other, lens.values)
    assert lens.view.value == other.view.value != GradientLens(cell).view.value
    assert lens.sentence.value == other.sentence.value and repr(lens) == repr(other)


@pytest.mark.parametrize(
    ("arguments", "start", "said"),
    [
        (["RNN"], {}, "cell: got 'RNN', expected one of rnn, lstm, gru"),
        ([None], {}, "cell: got None, expected one of rnn, lstm, gru"),
        ([["rnn"]], {}, r"cell: got \['rnn'\], expected one of rnn, lstm, gru"),
        (["rnn"], dict(forget_bias=1), "start: got 'forget_bias', expected one of radius, activat"),
        (["lstm"], dict(update_bias=1), "start: got 'update_bias', expected one of forget_bias, s"),
        ([], dict(T=50), "start: got 'T', expected one of forget_bias, scale, steps, seed"),
        (["rnn"], dict(radius=9), "radius: got 9, expected values from 0 to 3"),
        (["rnn"], dict(radius=np.nan), "radius: got nan, expected finite numbers"),
        (["gru"], dict(steps=500), "steps: got 500, expected values from 10 to 100"),
        (["gru"], dict(steps=10.5), "steps: got 10.5, expected a whole number"),
        (
            ["rnn"],
            dict(activation="sigmoid"),
            "activation: got 'sigmoid', expected one of tanh, relu",
        ),
    ],
)
def test_a_cell_and_a_start_that_a_lens_does_not_have_are_named(arguments, start, said):
    with pytest.raises(ValueError, match=said):
        GradientLens(*arguments, **start)


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
        "import sys, numpy as np; from lstm_lessons import GradientLens, Panel, pictures;"
        " from lstm_lessons.panel import slider;"
        " panel = Panel(lambda f: (f ** np.arange(61), 2.0), pictures.decay,"
        " {'f': slider('f', 0.1, 0.9, 0.5)}, str); panel.controls['f'].value = 0.7;"
        " panel._repr_mimebundle_(); lens = GradientLens('gru'); lens.controls['seed'].value = 1;"
        " one = np.ones(3); pictures.states('', '', c=one)._repr_mimebundle_();"
        " pictures.lines('', '', ('', ''), one.cumsum(), {'c': one}, (0, 2))._repr_mimebundle_();"
        " pictures.lstm_graph('')._repr_mimebundle_();"
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
