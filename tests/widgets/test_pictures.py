"""The pictures' artists hold the given arrays, within their limits, and can be told apart."""

import base64
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb

from lstm_lessons import GRU, LSTM, GateConsole, GradientLens, pictures, sigmoid
from lstm_lessons.console import GOALS, LANES
from lstm_lessons.pictures import COLORS, STYLE, Picture, png


@pytest.fixture
def still(monkeypatch):
    """A console's stored picture, before it becomes a PNG."""
    kept = []
    monkeypatch.setattr(pictures, "png", lambda figure: kept.append(figure) or b"")

    def still(console):
        console._repr_mimebundle_()
        return kept.pop()

    return still


# --- colours

SHOWN = {"memory": "c", "lstm": "ch", "gru": "h"}
TOGETHER = {
    cell: [letter for _, letter, *_ in LANES[cell]] + [*SHOWN[cell], "gradient"] for cell in LANES
}
TOGETHER |= {"lanes": LSTM.gates, "graph": [*LSTM.gates, "c", "h"], "lens": ["gradient", "c", "h"]}
LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750])
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], LUMINANCE, [0.0193339, 0.1191920, 0.9503041]]
)  # from linear sRGB, D65

# Machado, Oliveira & Fernandes 2009, severity 1.0, for linear RGB.
EYES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
}

# These pairs look alike to some eyes. What tells them apart: "lane" is a named lane of their own in
# the console and a letter where the line ends, "style" is their line and marker besides, "box" is
# what stands in the box that has the colour.
ALIKE = {
    ("protanopia", "lstm", "o", "c"): "style",
    ("deuteranopia", "lstm", "f", "g"): "lane",
    ("protanopia", "gru", "z", "x"): "lane",
    ("deuteranopia", "gru", "z", "gradient"): "lane",
    ("deuteranopia", "lanes", "f", "g"): "lane",
    ("protanopia", "graph", "o", "c"): "box",
    ("deuteranopia", "graph", "f", "g"): "box",
}


def linear(color):
    v = np.array(to_rgb(color))
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b* of linear RGB."""
    q = XYZ @ np.clip(rgb, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(q > (6 / 29) ** 3, np.cbrt(q), q / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(eye, one, other):
    """CIE76 between two colours as the eye sees them."""
    seen = [lab(np.array(EYES[eye]) @ linear(COLORS[name])) for name in (one, other)]
    return np.linalg.norm(seen[0] - seen[1])


def test_the_distance_of_colours_is_the_published_one():
    white, red = lab(linear("#ffffff")), lab(linear("#ff0000"))
    assert white == pytest.approx([100, 0, 0], abs=0.01)
    assert red == pytest.approx([53.24, 80.09, 67.20], abs=0.02)
    for eye in EYES.values():  # grey stays grey
        assert np.sum(eye, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_every_letter_of_the_lessons_has_a_colour():
    lanes = {letter for lanes in LANES.values() for _, letter, *_ in lanes}
    assert set(COLORS) == lanes | set(LSTM.gates) | set(GRU.gates) | {"c", "h", "gradient"}


def test_colours_that_meet_in_a_picture_are_far_apart_to_every_eye_but_for_those_named():
    near = {
        (eye, picture, *pair)
        for eye, (picture, names) in itertools.product(EYES, TOGETHER.items())
        for pair in itertools.combinations(names, 2)
        if distance(eye, *pair) < 10
    }
    assert near == set(ALIKE)


@pytest.mark.parametrize(("key", "told_by"), ALIKE.items(), ids=str)
def test_colours_that_look_alike_are_told_apart_otherwise(still, key, told_by):
    _, picture, *pair = key
    if told_by == "box":
        said = [{text.get_text() for text in boxed(COLORS[name])} for name in pair]
        assert all(said) and not said[0] & said[1]
    elif told_by == "lane":
        values = dict.fromkeys(TOGETHER[picture], np.ones(3))
        of_gates = picture == "lanes"
        figure = pictures.lanes("", "", values) if of_gates else still(GateConsole(picture))
        labels = [ax.get_ylabel().split() for ax in figure.axes]
        where = [[name in label for label in labels] for name in pair]
        assert where[0].count(True) == where[1].count(True) == 1 and where[0] != where[1]
    else:
        ax = pictures.states("", "", **dict.fromkeys(pair, np.ones(3))).axes[0]
        one, other = ((line.get_linestyle(), line.get_marker()) for line in ax.lines)
        assert one[0] != other[0] and one[1] != other[1]


def boxed(color):
    """The texts of the LSTM's graph whose boxes have this colour."""
    texts = [text for text in pictures.lstm_graph("").axes[0].texts if text.get_bbox_patch()]
    return [
        text for text in texts if to_hex(text.get_bbox_patch().get_edgecolor()) == color.lower()
    ]


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_the_lines_of_a_lens_differ_in_colour_and_in_style(cell):
    lines = GradientLens(cell).figure.axes[0].lines
    for look in (lambda line: to_hex(line.get_color()).upper(), lambda line: line.get_linestyle()):
        assert len({look(line) for line in lines}) == len(lines)
    assert {line.get_color() for line in lines} <= {COLORS[name] for name in TOGETHER["lens"]}


def test_c_and_h_differ_in_line_and_marker():
    assert STYLE["h"]["ls"] != STYLE["c"].get("ls", "-")
    assert STYLE["h"]["marker"] != STYLE["c"]["marker"]


@pytest.mark.parametrize("paper", ["#ffffff", "#111111"])
@pytest.mark.parametrize("name", COLORS)
def test_every_colour_stands_out_from_light_and_dark_paper(name, paper):
    low, high = sorted(LUMINANCE @ linear(color) + 0.05 for color in (COLORS[name], paper))
    assert high / low >= 3


# --- the console's still

CONSOLES = [
    *[dict(cell=cell) for cell in LANES],
    *[dict(cell=cell, steps=steps) for cell in LANES for steps in (2, 24)],
    *[dict(cell=cell, goal=goal) for cell in GOALS for goal in GOALS[cell]],
]


def dragged(arguments):
    console = GateConsole(**arguments)
    rng = np.random.default_rng(0)
    for lane in console.lanes:
        setattr(console, lane["trait"], rng.uniform(lane["low"], 1, console.steps))
    return console


@pytest.mark.parametrize("arguments", CONSOLES, ids=str)
def test_the_still_s_artists_hold_the_console_s_numbers(still, arguments):
    console = dragged(arguments)
    *lanes, states, gradient = still(console).axes
    steps = np.arange(1, console.steps + 1)
    for ax, lane in zip(lanes, console.lanes, strict=True):
        heights = [bar.get_y() + bar.get_height() for bar in ax.patches]
        assert heights == pytest.approx(getattr(console, lane["trait"]))
        assert [bar.get_x() + bar.get_width() / 2 for bar in ax.patches] == pytest.approx(steps)
        assert {to_hex(bar.get_facecolor()).upper() for bar in ax.patches} == {lane["color"]}
        assert ax.get_ylabel().split()[-1] == lane["letter"]
        assert ax.get_ylabel().replace("\n", " ").startswith(lane["name"])
    _, *lines = states.lines
    names = [text.get_text() for text in states.get_legend().get_texts()]
    for line, name, legend in zip(lines, SHOWN[console.cell], names, strict=True):
        assert line.get_xdata() == pytest.approx(steps)
        assert line.get_ydata() == pytest.approx(getattr(console.trace, name)[:, 0, 0])
        assert line.get_color() == COLORS[name] and legend.endswith(f"state {name}")
    (line,) = gradient.lines
    assert line.get_ydata() == pytest.approx(np.maximum(console.gradient, 1e-5))
    assert gradient.get_xlabel() == "step t" and gradient.get_xticks() == pytest.approx(steps)


@pytest.mark.parametrize("ends", [False, True], ids=["dragged", "at the ends"])
@pytest.mark.parametrize("arguments", CONSOLES, ids=str)
def test_the_still_s_limits_hold_all_data_and_no_text_is_cut_off(still, arguments, ends):
    console = dragged(arguments)
    if ends:  # the largest state there can be, and the lowest bars
        for lane in console.lanes:
            top = -1 if lane["low"] else 1
            setattr(console, lane["trait"], [top] * console.steps)
    figure = still(console)
    for ax in figure.axes:
        low, high = ax.get_ylim()
        left, right = ax.get_xlim()
        for line in ax.lines[1:] if ax is not figure.axes[-1] else ():
            x, y = line.get_data()
            assert low < min(y) and max(y) < high and left < min(x) and max(x) < right
        for bar in ax.patches:
            ends_at = bar.get_y() + bar.get_height()
            assert low <= ends_at <= high and left < bar.get_x()
            assert bar.get_x() + bar.get_width() < right
    low, high = figure.axes[-1].get_ylim()
    assert low < 1e-4 and max(console.gradient) < high  # below its last tick it may run out
    figure.canvas.draw()
    tight, size = figure.get_tightbbox(), figure.get_size_inches()
    assert min(tight.x0, tight.y0) > -0.01 and np.all(tight.max < size + 0.01)


# --- cards


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("An RNN of this size has 32 parameters. How many has an LSTM of the same size?", []),
        ("You shut the output gate. What happens to c?", ["it stays", "it fades", "it is erased"]),
        ("Which of the two sentences is the one that you would rather sign? " * 3, ["1", "2"]),
        ("WHICH ONE, WITH MANY WIDE LETTERS, MUST STILL NOT LEAVE THE PAPER IT IS ON?", ["A", "B"]),
        ("Which?", ["a choice that goes on for much longer than the picture is wide " * 3, "b"]),
        ("Is it $5 or $6?", ["$5", "$6^^$, or <more> & _more_"]),
    ],
    ids=["number", "three", "long", "wide", "long choice", "dollars"],
)
def test_a_card_shows_the_question_and_every_choice_whole(question, choices):
    figure = pictures.card(question, choices)
    shown = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    asked, *answers = shown.split(" \N{WHITE CIRCLE} ")
    assert asked == " ".join(question.split())
    assert answers == [
        " ".join(c.split()) for c in choices or ["a number: \N{HORIZONTAL ELLIPSIS}"]
    ]
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.texts]
    for k, box in enumerate(boxes):
        assert np.all(box.min >= 0) and np.all(box.max <= figure.bbox.max)
        assert not any(box.overlaps(other) for other in boxes[:k])


# --- states over the steps

F = np.array([1.0, 0.6, 0.2, 0.4])
SERIES = {
    "the lesson's": dict(c=np.full(12, 0.8), h=np.eye(12)[9] * 0.66),
    "below 0": dict(c=np.array([0.5, -2.5, 3.0]), h=np.tanh([0.5, -2.5, 3.0])),
    "all at one place": dict(c=F, h=F, f=F, i=F, o=F),
    "all at the top": dict(c=F[::-1], h=F[::-1], f=F[::-1], i=F[::-1], o=F[::-1], g=F[::-1]),
    "all alike": dict(c=np.zeros(3), h=np.zeros(3)),
    "one step": dict(z=np.array([0.3])),
}
EACH = pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)


@EACH
def test_the_lines_are_the_series_within_the_limits(series):
    figure = pictures.states("The point", "What is seen", **series)
    (ax,) = figure.axes
    for line, (name, values) in zip(ax.lines, series.items(), strict=True):
        assert line.get_xdata().tolist() == list(range(1, len(values) + 1))
        assert line.get_ydata() == pytest.approx(values)
        assert line.get_color() == COLORS[name]
        assert ax.get_ylim()[0] < values.min() and values.max() < ax.get_ylim()[1]
    assert ax.get_xlim() == (0.5, len(values) + 0.5)
    assert (ax.get_title(loc="left"), repr(figure)) == ("The point", "What is seen")
    assert ax.get_xlabel() and ax.get_ylabel()


@EACH
def test_every_line_has_its_letter_at_its_end_and_no_letter_covers_another(series):
    figure = pictures.states("The point", "", **series)
    figure.canvas.draw()
    (ax,) = figure.axes
    assert sorted(label.get_text() for label in ax.texts) == sorted(series)
    boxes = [label.get_window_extent() for label in ax.texts]
    centre = {}
    for k, (label, box) in enumerate(zip(ax.texts, boxes, strict=True)):
        name = label.get_text()
        assert label.get_color() == COLORS[name]
        x, y = ax.transData.transform((len(series[name]), series[name][-1]))
        centre[name] = (box.y0 + box.y1) / 2
        assert x < box.x0 < x + 3 * box.height
        # at its line, or moved for the other letters by less than two heights each
        assert abs(centre[name] - y) < (2 * (len(series) - 1) + 0.3) * box.height
        assert ax.bbox.y0 - box.height < centre[name] < ax.bbox.y1 + 1  # the title is above
        assert not any(box.overlaps(other) for other in boxes[:k])
        assert np.all(box.min >= 0) and np.all(box.max <= figure.bbox.max)
    for one, other in itertools.permutations(series, 2):
        assert series[one][-1] <= series[other][-1] or centre[one] > centre[other]


def test_letters_with_room_stand_exactly_at_their_lines():
    (ax,) = pictures.states("", "", c=np.array([0.0, 1.0]), h=np.array([1.0, 0.2])).axes
    assert {label.get_text(): label.xy for label in ax.texts} == {"c": (2, 1.0), "h": (2, 0.2)}


def test_values_of_both_signs_are_drawn_on_a_symmetric_scale():
    (ax,) = pictures.states("", "", c=np.array([-0.5, 3.0])).axes
    assert ax.get_ylim() == pytest.approx((-3.3, 3.3))
    (ax,) = pictures.states("", "", c=np.array([0.5, 0.0])).axes
    assert ax.get_ylim() == pytest.approx((-0.1, 1.1))


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
        (dict(a=7.0), dict(a=7.0)),
    ],
)
def test_spread_moves_a_label_only_for_want_of_room(heights, placed):
    assert pictures.spread(heights, 1.0, 10.0) == placed


def stands_free(figure, boxes):
    """No text leaves the picture or covers another."""
    for k, box in enumerate(boxes):
        assert np.all(box.min >= 0) and np.all(box.max <= figure.bbox.max)
        assert not any(box.overlaps(other) for other in boxes[:k])


# --- curves over x

X = np.linspace(0, 3, 31)
TIMES = np.arange(-3, 4)[:, None]
LINES = {
    "one": dict(curves={"half-life": 10**X}, ylim=(0.1, 1000), log=True),
    "letters": dict(curves={"c": np.cos(X), "h": np.sin(X)}, ylim=(-1.1, 1.1)),
    "alike at the top": dict(curves=dict.fromkeys("1234", X), ylim=(0, 3)),
    "alike at the bottom": dict(curves=dict.fromkeys(["tanh", "f", "o"], -X), ylim=(-3, 0)),
    "a long name": dict(curves={"the one that goes on": X, "b": X}, ylim=(-9, 9), band=(-1, 2)),
    "out at the top": dict(curves={"a": 10**X, "b": 10 ** (9 * X)}, ylim=(1e-9, 1e9), log=True),
    "repeated": dict(
        curves={"tanh": 10 ** (X * TIMES), "relu": 10 ** (X * TIMES[:6]), "linear": 10**X},
        ylim=(1e-12, 1e12),
        log=True,
        band=(0.01, 100),
    ),
}
CURVES = pytest.mark.parametrize("arguments", LINES.values(), ids=LINES)


@CURVES
def test_every_repetition_is_a_thin_line_and_their_median_a_thick_one(arguments):
    figure = pictures.lines("The point", "What is seen", ("the x", "the y"), X, **arguments)
    (ax,) = figure.axes
    lines, thick = iter(ax.lines), []
    for name, curve in arguments["curves"].items():
        repeated = curve if curve.ndim == 2 else []
        thin = [next(lines) for _ in repeated]
        thick.append(next(lines))
        for line, one in zip(thin, repeated, strict=True):
            assert line.get_data() == (pytest.approx(X), pytest.approx(one))
            assert line.get_linewidth() < 1 and line.get_linestyle() == thick[-1].get_linestyle()
        middle = np.sort(curve, axis=0) if curve.ndim == 2 else curve[None]
        middle = (middle[(len(middle) - 1) // 2] + middle[len(middle) // 2]) / 2
        assert thick[-1].get_data() == (pytest.approx(X), pytest.approx(middle))
        assert thick[-1].get_linewidth() == 2
        assert thick[-1].get_color() == COLORS.get(name, "0.15")
    assert next(lines, None) is None
    assert len({line.get_linestyle() for line in thick}) == len(thick)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 3), arguments["ylim"])
    assert (ax.get_title(loc="left"), repr(figure)) == ("The point", "What is seen")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("the x", "the y")


@CURVES
def test_every_curve_has_its_name_where_it_ends_or_leaves_the_picture(arguments):
    figure = pictures.lines("The point", "", ("the x", "the y"), X, **arguments)
    figure.canvas.draw()
    (ax,) = figure.axes
    curves, (low, high) = arguments["curves"], arguments["ylim"]
    assert sorted(label.get_text() for label in ax.texts) == sorted(curves)
    boxes = [label.get_window_extent() for label in ax.texts]
    stands_free(figure, boxes)
    for label, box in zip(ax.texts, boxes, strict=True):
        middle = np.median(np.atleast_2d(curves[label.get_text()]), axis=0)
        last = np.flatnonzero((low <= middle) & (middle <= high))[-1]
        x, y = ax.transData.transform((X[last], middle[last]))
        assert x < box.x0 < x + box.height
        assert abs((box.y0 + box.y1) / 2 - y) < (1.5 * (len(curves) - 1) + 0.2) * box.height
        assert label.get_color() == COLORS.get(label.get_text(), "0.15")


@CURVES
def test_the_axis_is_a_log_axis_and_has_a_band_only_if_asked_for(arguments):
    (ax,) = pictures.lines("The point", "", ("x", "y"), X, **arguments).axes
    assert ax.get_yscale() == ("log" if arguments.get("log") else "linear")
    bands = [ax.transData.inverted().transform(patch.get_window_extent()) for patch in ax.patches]
    wanted = [arguments["band"]] if "band" in arguments else []
    assert [band[:, 1] for band in bands] == [pytest.approx(band) for band in wanted]
    assert all(band[0, 0] <= 0 and band[1, 0] >= 3 - 1e-9 for band in bands)


# --- words

STORY = "The cat that my neighbour who sings every morning in the stairwell feeds is asleep , $5 ."


@pytest.mark.parametrize("text", [STORY.split(), (STORY + " Or so I think .").split(), ["one"]])
def test_every_word_has_its_bar_and_none_is_cut_off_or_touches_the_next(text):
    values = 10.0 ** -np.arange(len(text))
    values[0] = 0  # has no bar on a log axis, and no warning
    figure = pictures.words("The point", "What is seen", "how far", text, values, (1e-7, 10))
    figure.canvas.draw()
    (ax,) = figure.axes
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(values)
    assert [bar.get_x() + bar.get_width() / 2 for bar in ax.patches] == pytest.approx(
        range(len(text))
    )
    labels = ax.get_xticklabels()
    assert [label.get_text() for label in labels] == text
    assert ax.get_xticks().tolist() == list(range(len(text)))
    assert ax.get_yscale() == "log" and ax.get_ylim() == (1e-7, 10)
    assert (ax.get_title(loc="left"), repr(figure)) == ("The point", "What is seen")
    assert ax.get_ylabel() == "how far"
    tight, size = figure.get_tightbbox(), figure.get_size_inches()
    assert min(tight.x0, tight.y0) > 0 and np.all(tight.max < size)
    apart = ax.transData.transform((1, 1))[0] - ax.transData.transform((0, 1))[0]
    slanted = np.radians(labels[0].get_rotation())
    assert apart * np.sin(slanted) > labels[0].get_fontsize() * figure.dpi / 72


# --- the LSTM's graph


def test_every_gate_and_state_of_the_graph_stands_in_a_box_of_its_colour():
    for gate in LSTM.gates:
        assert [text.get_text() for text in boxed(COLORS[gate])] == [gate]
    for state in "ch":
        said = [text.get_text() for text in boxed(COLORS[state])]
        assert rf"${state}_t$" in said and any(f"{state}_{{t-1}}" in text for text in said)
    assert pictures.lstm_graph("What is seen").alt == "What is seen"


def test_every_factor_of_the_graph_is_a_partial_derivative():
    c_before, f, i, g, o = 0.7, 0.6, 0.3, -0.4, 0.8
    c = f * c_before + i * g
    factors = {  # its value, and what is moved on the way there
        r"f": (f, lambda d: f * (c_before + d)),
        r"c_{t-1}": (c_before, lambda d: (f + d) * c_before),
        r"g": (g, lambda d: (i + d) * g),
        r"i": (i, lambda d: i * (g + d)),
        r"o": (o, lambda d: o * (np.tanh(c) + d)),
        r"\tanh c": (np.tanh(c), lambda d: (o + d) * np.tanh(c)),
        r"(1-\tanh^2 c)": (1 - np.tanh(c) ** 2, lambda d: np.tanh(c + d)),
        r"(1-g^2)": (1 - g**2, lambda d: np.tanh(np.arctanh(g) + d)),
    }
    for name, gate in dict(f=f, i=i, o=o).items():
        a = np.log(gate / (1 - gate))
        factors[f"{name}(1-{name})"] = (gate * (1 - gate), lambda d, a=a: sigmoid(a + d))
    for text, (value, way) in factors.items():
        assert value == pytest.approx((way(1e-6) - way(-1e-6)) / 2e-6, rel=1e-6), text
    shown = [text.get_text() for text in pictures.lstm_graph("").axes[0].texts]
    shown = [text[len(r"$\times") : -1].strip() for text in shown if text.startswith(r"$\times")]
    assert sorted(shown) == sorted([*factors, "1", "1"])  # both roads into the sum


def test_nothing_in_the_graph_covers_a_text_or_leaves_the_picture():
    figure = pictures.lstm_graph("")
    figure.canvas.draw()
    (ax,) = figure.axes
    shown = [text for text in ax.texts if text.get_text().strip()]
    boxes = [(text.get_bbox_patch() or text).get_window_extent() for text in shown]
    stands_free(figure, boxes)
    arrows = [text for text in ax.texts if text.get_text() == ""]
    ways = [(note.xyann, note.xy) for note in arrows if getattr(note, "arrow_patch", None)]
    assert len(ways) == 15
    for start, end in ways:
        points = ax.transData.transform(np.linspace(start, end, 200))
        for text, box in zip(shown, boxes, strict=True):
            if not text.get_bbox_patch():
                assert not np.any(np.all((points > box.min) & (points < box.max), axis=1)), text


# --- a row of bars for each letter


@pytest.mark.parametrize(
    "values",
    [
        {"f": F, "i": -2 * F, "g": F[::-1], "o": 0 * F},
        {"f": np.zeros(12), "i": np.zeros(12)},
        {"c": np.array([-3.0])},
    ],
    ids=["four", "all zero", "one"],
)
def test_lanes_show_every_letter_s_values_on_one_scale(values):
    figure = pictures.lanes("The point", "What is seen", values)
    assert figure.alt == "What is seen" and figure.axes[0].get_title(loc="left") == "The point"
    figure.canvas.draw()
    largest = max(np.abs(v).max() for v in values.values())
    for ax, (name, wanted) in zip(figure.axes, values.items(), strict=True):
        assert [bar.get_height() for bar in ax.patches] == pytest.approx(wanted)
        centres = [bar.get_x() + bar.get_width() / 2 for bar in ax.patches]
        assert centres == pytest.approx(range(1, len(wanted) + 1)) == ax.get_xticks()
        assert {to_hex(bar.get_facecolor()).upper() for bar in ax.patches} == {COLORS[name]}
        assert (ax.get_ylabel(), ax.yaxis.label.get_color()) == (name, COLORS[name])
        assert ax.get_ylim() == figure.axes[0].get_ylim() == (-ax.get_ylim()[1], ax.get_ylim()[1])
        assert ax.get_ylim()[1] > largest
    assert figure.axes[-1].get_xlabel() == "step t"
    tight, size = figure.get_tightbbox(), figure.get_size_inches()
    assert min(tight.x0, tight.y0) > 0 and np.all(tight.max < size)


# --- drawing functions for panels


def way_back(figure):
    lines = {"h": ("all roads", "k", "-"), "direct": ("f alone", COLORS["c"], "--")}
    return pictures.way_back(figure, "Point", lines)


YEARS, WIDTHS = np.arange(1900, 2009), np.arange(1, 61)
TRUTH, ERRORS = 90 + 90 * np.sin(YEARS / 1.75), 10 + 30 / WIDTHS
GUESSED = "Rome Lima Oslo Nairobi Bogota".split(), np.array([1.0, 0.25, 0.125, 0.004, 0.0])


def forecast(figure):
    return pictures.forecast(figure, YEARS, TRUTH, WIDTHS, ERRORS)


DRAWN = {
    way_back: {"h": np.array([1e-3, 0.1, 1.0]), "direct": np.array([1e-5, 1e-3, 1.0])},
    pictures.decay: (0.9 ** np.arange(61), 6.58),
    pictures.squashers: (0.5, (0.62, 0.46), (0.24, 0.79)),
    pictures.gate_training: (2, np.array([0.5, 0.6, 0.7]), np.array([0.5, 0.4, 0.3])),
    forecast: (TRUTH[::-1], 9, 15.4),
    pictures.one_unit: (np.linspace(-1, 1, 12), np.tanh(np.linspace(2, -2, 12))),
    pictures.answers: GUESSED,
}
DRAWS = pytest.mark.parametrize(("draw", "result"), DRAWN.items(), ids=lambda v: None)


@DRAWS
def test_update_returns_artists_that_are_on_the_figure_and_the_same_each_time(draw, result):
    figure = Picture()
    update = draw(figure)
    moved = list(update(result))
    assert moved and moved == list(update(result))
    drawn = figure.findobj()
    assert all(artist in drawn and artist.axes in figure.axes for artist in moved)


@DRAWS
def test_every_axes_of_a_panel_s_picture_says_its_point_and_what_it_measures(draw, result):
    figure = Picture()
    draw(figure)(result)
    assert all(ax.get_title(loc="left") and ax.get_xlabel() for ax in figure.axes)
    first = figure.axes[0]
    assert first.get_ylabel() or not len(first.get_yticks())  # or its bars have words on them


def test_axes_are_made_on_the_given_figure_with_the_given_limits():
    figure = Picture()
    one = pictures.axes(figure, "Point", "x", "y", (0, 5), (-1, 2), (1, 2, 1))
    other = pictures.axes(figure, "Point", "x", "y", (0, 5), (-1, 2), (1, 2, 2))
    assert figure.axes == [one, other]
    assert (one.get_xlim(), one.get_ylim()) == ((0, 5), (-1, 2))
    assert (one.get_title(loc="left"), one.get_xlabel(), one.get_ylabel()) == ("Point", "x", "y")


def drawn(draw, result):
    """The picture laid out, its axes, and what the update moved."""
    figure = Picture()
    moved = list(draw(figure)(result))
    figure.canvas.draw()
    fits(figure)
    return figure.axes, moved


def fits(figure):
    """No text leaves the picture, those of the axes included."""
    tight, size = figure.get_tightbbox(), figure.get_size_inches()
    assert min(tight.x0, tight.y0) > 0 and np.all(tight.max < size)


@pytest.mark.parametrize(
    ("width", "error", "shown"), [(9, 15.4, 15.4), (60, 55.0, 40), (1, 40, 40)]
)
def test_a_forecast_stands_beside_the_truth_and_its_error_among_those_of_all_widths(
    width, error, shown
):
    (ax, side), (line, dot) = drawn(forecast, (TRUTH[::-1], width, error))
    truth, guess = ax.lines
    assert truth.get_data() == (pytest.approx(YEARS), pytest.approx(TRUTH))
    assert guess is line and line.get_data() == (pytest.approx(YEARS), pytest.approx(TRUTH[::-1]))
    assert truth.get_linestyle() != line.get_linestyle() and truth.get_color() == COLORS["x"]
    assert ax.get_xlim() == (1900, 2008)
    assert ax.get_ylim()[0] < 0 and ax.get_ylim()[1] > 190.2  # the most there were
    assert side.lines[0].get_data() == (pytest.approx(WIDTHS), pytest.approx(ERRORS))
    assert side.lines[1] is dot and dot.get_xydata().tolist() == [[width, shown]]
    assert side.get_xlim()[0] < 1 and side.get_xlim()[1] > 60


@pytest.mark.parametrize("end", [(1, -1), (-1, -1), (1, 1), (0, 0.05)], ids=str)
def test_one_unit_s_input_and_state_are_drawn_and_their_letters_stand_where_they_end(end):
    x, h = np.linspace(-1, end[0], 12), np.linspace(1, end[1], 12)
    (ax,), moved = drawn(pictures.one_unit, (x, h))
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(x)
    assert [bar.get_x() + bar.get_width() / 2 for bar in ax.patches] == pytest.approx(range(1, 13))
    assert ax.lines[-1].get_data() == (pytest.approx(range(1, 13)), pytest.approx(h))
    boxes = [label.get_window_extent() for label in ax.texts]
    stands_free(ax.figure, boxes)
    for label, value in zip(ax.texts, end, strict=True):
        assert label.get_position()[1] == pytest.approx(value, abs=0.21)
        assert label.get_color() == COLORS[label.get_text()]
        assert label in moved and label.get_position()[0] > 12
    assert [label.get_text() for label in ax.texts] == ["x", "h"]


@pytest.mark.parametrize("words", [GUESSED[0], ["Copenhagen"] * 5], ids=["cities", "long"])
def test_the_likeliest_answers_are_bars_with_their_words_from_the_top(words):
    (ax,), _ = drawn(pictures.answers, (words, GUESSED[1]))
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(GUESSED[1])
    shares = ["100%", "25%", "12%", "0%", "0%"]
    said = [f"{word}  {share}" for word, share in zip(words, shares, strict=True)]
    assert [label.get_text() for label in ax.texts] == said
    boxes = [label.get_window_extent() for label in ax.texts]
    stands_free(ax.figure, boxes)
    assert np.all(np.diff([box.y0 for box in boxes]) < 0)
    for bar, box in zip(ax.patches, boxes, strict=True):
        row = bar.get_window_extent()
        assert row.y0 < box.y0 and box.y1 < row.y1
    assert ax.get_xlim() == (0, 1)


# --- all units over the words


@pytest.mark.parametrize(
    ("text", "hidden"),
    [(STORY.split(), 16), (["one"], 2), (list("d = {'a': [1, (2, 3)]} " * 4)[:80], 8)],
    ids=["words", "one word", "characters"],
)
def test_all_units_are_maps_from_white_to_black_over_the_words(text, hidden):
    f = np.random.default_rng(0).uniform(0, 1, (len(text), hidden))
    values = {"f": f, "i": f**2, "c": 2 * f - 1.5}
    figure = pictures.units("The point", "What is seen", text, values)
    figure.canvas.draw()
    for ax, (name, value) in zip(figure.axes, values.items(), strict=True):
        (image,) = ax.images
        assert np.array_equal(image.get_array(), value.T)
        assert image.get_clim() == ((-1, 1) if name == "c" else (0, 1))
        grey = image.cmap([0.0, 0.5, 1.0])[:, :3].mean(axis=1)
        assert grey[0] == 1 and grey[2] == 0 and np.all(np.diff(grey) < 0)
        assert (ax.get_ylabel(), ax.yaxis.label.get_color()) == (name, COLORS[name])
        assert ax.get_yticks().tolist() == [0, hidden - 1]
        labels = [label.get_text() for label in ax.get_yticklabels()]
        assert labels == ["unit 0", str(hidden - 1)]
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()] == text
    assert figure.axes[-1].get_xticks().tolist() == list(range(len(text)))
    assert (figure.axes[0].get_title(loc="left"), repr(figure)) == ("The point", "What is seen")
    fits(figure)


# --- the gradient's way back


@pytest.mark.parametrize(
    ("curve", "height", "lag"),
    [
        ([1e-3, 0.1, 1.0], 1e-3, 2),  # to its end
        ([1e20, 1e10, 1e5, 1.0], 1e10, 2),  # out at the top
        ([0.0, 0.0, 1e-9, 1.0], 1e-9, 1),  # out at the bottom, and no warning
        ([0.0, 0.0, 1.0], 1.0, 0),
        ([1e5, 1e13, 1.0], 1e5, 2),  # out, and in again
    ],
)
def test_a_way_back_is_drawn_and_labelled_where_it_ends_or_leaves_the_picture(curve, height, lag):
    figure = Picture()
    curve = np.array(curve)
    way_back(figure)({"h": curve, "direct": np.ones(40)})
    (ax,) = figure.axes
    line = ax.lines[0]
    (label,) = [text for text in ax.texts if text.get_text() == "all roads"]
    assert line.get_xdata().tolist() == list(reversed(range(len(curve))))
    assert line.get_ydata() == pytest.approx(np.where(curve < 1e-12, line.get_ydata(), curve))
    assert np.all((line.get_ydata() < 1e-12) == (curve < 1e-12)) and np.all(line.get_ydata() > 0)
    x, y = label.get_position()
    assert lag < x < lag + 4 and y == pytest.approx(height)
    left, right = ax.get_xlim()
    assert left > right and left > 100 + 4 and right < 0  # the past lies to the left
    assert ax.get_ylim() == (1e-12, 1e12) and ax.get_yscale() == "log"


def test_the_words_of_a_way_back_stand_at_the_heights_that_they_name():
    figure = Picture()
    way_back(figure)(DRAWN[way_back])
    (ax,) = figure.axes
    (band,) = ax.patches
    _, (low, high) = ax.transData.inverted().transform(band.get_window_extent()).T
    assert (low, high) == pytest.approx((0.01, 100))
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights["vanishes"] < low < heights["arrives"] < high < heights["explodes"]


# --- what a notebook stores


def drawn_on_a_picture(draw):
    figure = Picture()
    draw(figure)(DRAWN[draw])
    return figure


STILLS = {
    "card": lambda: pictures.card("Which?", ["a", "b"]),
    "states": lambda: pictures.states("Point", "Alt", c=F, h=-F),
    "console": lambda: pictures.console([], {}, {"c": F, "h": F}, F),
    "lines": lambda: pictures.lines("Point", "Alt", ("x", "y"), F, {"c": F, "h": F * F}, (0, 1)),
    "words": lambda: pictures.words("Point", "Alt", "y", ["a", "b"], F[:2], (0.1, 1)),
    "lanes": lambda: pictures.lanes("Point", "Alt", {"f": F, "i": -F}),
    "units": lambda: pictures.units("Point", "Alt", ["a", "b"], {"f": np.eye(2), "c": -np.eye(2)}),
    "lstm_graph": lambda: pictures.lstm_graph("Alt"),
} | {draw.__name__: lambda draw=draw: drawn_on_a_picture(draw) for draw in DRAWN}


@pytest.mark.parametrize("name", STILLS)
def test_a_picture_s_png_is_the_same_every_time(name):
    figure, other = STILLS[name](), STILLS[name]()
    assert isinstance(figure, Picture)
    first = png(figure)
    assert first.startswith(b"\x89PNG\r\n\x1a\n")
    assert first == png(other) != png(Picture(*figure.get_size_inches()))
    if name not in (
        "lines",
        "lanes",
        "units",
        "forecast",
    ):  # whose layout moves by some hundredths of a pixel
        assert first == png(figure)


def test_a_picture_s_repr_is_its_alt_text_and_its_bundle_carries_both():
    figure = pictures.states("Point", "c is 1 all along.", c=np.ones(3))
    data, metadata = figure._repr_mimebundle_(include=None, exclude=None)
    assert repr(figure) == data["text/plain"] == "c is 1 all along."
    assert metadata == {"image/png": {"alt": "c is 1 all along.", "width": 700, "height": 240}}
    assert base64.b64decode(data["image/png"], validate=True) == png(figure)


def test_with_png_adds_to_a_bundle_and_changes_nothing_in_it():
    data, metadata = {"text/html": "x", "text/plain": "old"}, {"text/html": {"a": 1}}
    new, beside = pictures.with_png(Picture(2, 1), "alt", data, metadata, b"\x89PNG")
    assert new == {"text/html": "x", "text/plain": "alt", "image/png": "iVBORw=="}
    shown = {"alt": "alt", "width": 200, "height": 100}
    assert beside == {"text/html": {"a": 1}, "image/png": shown}
    assert (data["text/plain"], metadata) == ("old", {"text/html": {"a": 1}})


@pytest.mark.parametrize(
    ("curves", "said"),
    [
        ({name: X for name in "abcde"}, "curves: got 5, expected 4 at most"),
        ({"a": X + 10}, r"curves\['a'\]: got no value inside ylim"),
    ],
)
def test_a_curve_that_would_not_be_seen_is_an_error(curves, said):
    with pytest.raises(ValueError, match=said):
        pictures.lines("t", "alt", ("x", "y"), X, curves, (0, 3))
