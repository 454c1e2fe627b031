"""What all pictures share: colours, labels, axes and the PNG; and the gradient's way back."""

import base64
import io
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import rgb_to_hsv, to_rgb
from PIL import Image

from lstm_lessons import pictures
from lstm_lessons.pictures import COLORS, INK, FlowLine, Picture
from tests.colors import XYZ, contrast, linear

# --- colours

EYES = {  # Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB
    "red": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "green": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
}
# What looks alike to an eye blind to it. n stands where g does, and has its colour.
ALIKE = {"red": {"oc", "xz"}, "green": {"fg", "fn", "iz", "ox", "zgradient"}}


def lab(rgb):
    """CIE L*a*b* of linear RGB."""
    q = XYZ @ np.clip(rgb, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(q > (6 / 29) ** 3, np.cbrt(q), q / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", EYES)
def test_two_letters_look_alike_to_a_colour_blind_eye_only_where_it_is_known(eye):
    seen = {name: lab(np.array(EYES[eye]) @ linear(color)) for name, color in COLORS.items()}
    pairs = itertools.combinations(COLORS, 2)
    alike = {a + b for a, b in pairs if np.linalg.norm(seen[a] - seen[b]) < 10}
    assert {frozenset(pair) for pair in alike - {"gn"}} == {frozenset(p) for p in ALIKE[eye]}


@pytest.mark.parametrize("paper", ["#ffffff", "#111111"])
def test_every_colour_stands_out_from_light_and_dark_paper(paper):
    for name, color in COLORS.items():
        assert contrast(color, paper) >= 3, name


@pytest.mark.parametrize("paper", ["1.0", "0.94"])
def test_every_letter_can_be_read_on_light_paper_and_keeps_its_colour_s_hue(paper):
    assert list(INK) == list(COLORS)
    for name, ink in INK.items():
        assert contrast(ink, paper) >= 4.5, name
        hues = [rgb_to_hsv(to_rgb(c))[:2] for c in (ink, COLORS[name])]
        assert hues[0] == pytest.approx(hues[1], abs=0.06), name


def test_c_and_h_differ_in_line_and_marker():
    (ax,) = pictures.state_lines("", "", c=np.ones(3), h=np.ones(3)).axes
    one, other = ((line.get_linestyle(), line.get_marker()) for line in ax.lines)
    assert one[0] != other[0] and one[1] != other[1]


# --- labels where lines end


@given(st.lists(st.floats(-20, 20), max_size=6), st.floats(0.1, 5), st.floats(-20, 20))
def test_spread_keeps_the_order_the_gap_and_the_top(heights, gap, top):
    named = dict(zip("abcdef", heights, strict=False))
    placed = pictures.spread(named, gap, top)
    upwards = sorted(named, key=placed.get)
    assert set(placed) == set(named) and [named[name] for name in upwards] == sorted(heights)
    assert np.all(np.diff([placed[name] for name in upwards]) > gap - 1e-9)
    assert max(placed.values(), default=top) <= top


@pytest.mark.parametrize(
    ("heights", "placed"),
    [
        (dict(a=5.0, b=-1.0, c=3.5), dict(a=5.0, b=-1.0, c=3.5)),  # there is room
        (dict(a=1.0, b=1.5, c=9.0), dict(a=1.0, b=2.0, c=9.0)),  # up
        (dict(a=9.8, b=10.0, c=2.0), dict(a=9.0, b=10.0, c=2.0)),  # and down from the top
        (dict(a=12.0, b=11.0, c=9.5), dict(a=10.0, b=9.0, c=8.0)),
    ],
)
def test_spread_moves_a_label_only_for_want_of_room(heights, placed):
    assert pictures.spread(heights, 1.0, 10.0) == placed


# --- the gradient's way back

LINES = {"h": FlowLine("all roads", "h", "-"), "direct": FlowLine("f alone", "c", "--")}


@pytest.mark.parametrize(
    ("curve", "height", "back"),
    [
        ([1e-3, 0.1, 1.0], 1e-3, 2),  # to its end
        ([1e20, 1e10, 1e5, 1.0], 1e10, 2),  # out at the top
        ([0.0, 0.0, 1e-9, 1.0], 1e-9, 1),  # out at the bottom, and no warning
        ([0.0, 0.0, 1.0], 1.0, 0),
        ([1e-12, 1e-3, 1.0], 10**-10.6, 2),  # not into the axis
        ([1e5, 1e13, 1.0], 1e5, 2),  # out, and in again
    ],
)
def test_a_gradient_is_drawn_and_named_where_it_ends_or_leaves_the_picture(curve, height, back):
    figure = Picture()
    update = pictures.gradient_flow(figure, "Point", LINES)
    curve = np.array(curve)
    moved = update({"h": curve, "direct": np.ones(40)})
    (ax,) = figure.axes
    line, other = ax.lines
    label, last = (t for t in ax.texts if t.get_text() in ("all roads", "f alone"))
    assert moved == [line, other, label, last] == update({"h": curve, "direct": np.ones(40)})
    assert (line.get_color(), line.get_linestyle()) == (COLORS["h"], "-")
    assert (other.get_color(), other.get_linestyle()) == (COLORS["c"], "--")
    assert (label.get_color(), last.get_color()) == (INK["h"], INK["c"])
    assert line.get_xdata().tolist() == list(reversed(range(len(curve))))
    assert line.get_ydata() == pytest.approx(np.where(curve < 1e-12, line.get_ydata(), curve))
    assert np.all((line.get_ydata() < 1e-12) == (curve < 1e-12)) and np.all(line.get_ydata() > 0)
    x, y = label.get_position()
    assert back < x < back + 4 and y == pytest.approx(height)
    left, right = ax.get_xlim()
    assert left > right and left > 100 + 4 and right < 0  # the past lies to the left
    assert ax.get_ylim() == (1e-12, 1e12) and ax.get_yscale() == "log"
    (band,) = ax.patches  # and the words stand at the heights that they name
    _, (low, high) = ax.transData.inverted().transform(band.get_window_extent()).T
    assert (low, high) == pytest.approx((0.01, 100))
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights["vanishes"] < low < heights["arrives"] < high < heights["explodes"]


# --- what a notebook stores


def test_a_picture_s_bundle_carries_its_alt_text_and_a_png_of_it_half_as_fine_again():
    figure = pictures.state_lines("Point", "c is 1 all along.", c=np.ones(3))
    data, metadata = figure._repr_mimebundle_(include=None, exclude=None)
    assert repr(figure) == data["text/plain"] == "c is 1 all along."
    assert metadata == {"image/png": {"alt": "c is 1 all along.", "width": 700, "height": 240}}
    with Image.open(io.BytesIO(base64.b64decode(data["image/png"], validate=True))) as image:
        assert (image.format, image.size) == ("PNG", (1050, 360))
        blue = np.array(to_rgb(COLORS["c"])) * 255
        pixels = np.asarray(image.convert("RGB")).astype(int)
    assert np.any(np.abs(pixels - blue).max(axis=-1) < 2)


def test_a_still_is_drawn_for_a_phone_only_where_a_page_keeps_it():
    figure = pictures.state_lines("Point", "c is 1 all along.", c=np.ones(3))
    data, metadata = pictures.for_the_site(figure)
    plain, beside = figure._repr_mimebundle_()
    phone = metadata["image/png"]
    narrow, size = phone.pop("narrow"), phone.pop("narrow_size")
    assert (data, metadata) == (plain, beside)
    assert size == [340, 280]
    with Image.open(io.BytesIO(base64.b64decode(narrow, validate=True))) as image:
        assert (image.format, image.size) == ("PNG", (680, 560))
    phone = figure.for_phone()
    assert phone.narrow and not figure.narrow and repr(phone) == "c is 1 all along."
    assert base64.b64decode(narrow) == pictures.png(phone)
    only = Picture()
    only.add_subplot()
    assert "narrow" not in pictures.for_the_site(only)[1]["image/png"]


def test_a_drawing_can_be_made_for_a_phone():
    def draw(figure):
        (line,) = pictures.axes(figure, "Point", "x", "y", (0, 1), (0, 1)).plot([], [])
        return lambda result: line.set_data([0, 1], result) or [line]

    for narrow, size in ((False, (1050, 450)), (True, (680, 680))):
        drawing = pictures.Drawing(draw, [0, 1], narrow)
        with Image.open(io.BytesIO(drawing.png())) as image:
            assert (drawing.figure.narrow, image.size) == (narrow, size)


@pytest.mark.parametrize("narrow", [False, True])
def test_a_long_title_is_broken_into_lines_and_not_cut(narrow, fits):
    figure = Picture(narrow)
    title = (
        "Which of the many words of a title that goes on and on and on is still on the paper? " * 2
    )
    pictures.axes(figure, title, "x", "y", (0, 1), (0, 1))
    fits(figure)
