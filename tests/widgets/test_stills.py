"""The stills' artists hold the given arrays, within their limits, and every name stands free."""

import itertools

import numpy as np
import pytest
from matplotlib.colors import to_hex

from lstm_lessons import GateConsole, pictures
from lstm_lessons.pictures import COLORS, INK
from tests.puzzles import PUZZLES, SOLUTIONS, console_with

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


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_every_state_is_a_line_with_its_letter_at_its_end_and_no_letter_covers_another(
    series, narrow, stands_free
):
    figure = pictures.state_lines("The point", "What is seen", **series)
    figure = figure.for_phone() if narrow else figure
    figure.canvas.draw()
    (ax,) = figure.axes
    centre = {}
    for line, label, (name, values) in zip(ax.lines, ax.texts, series.items(), strict=True):
        assert line.get_data() == (pytest.approx(range(1, len(values) + 1)), pytest.approx(values))
        assert ax.get_ylim()[0] < values.min() and values.max() < ax.get_ylim()[1]
        assert label.get_text() == name
        assert (line.get_color(), label.get_color()) == (COLORS[name], INK[name])
        x, y = ax.transData.transform((len(values), values[-1]))
        box = label.get_window_extent()
        centre[name] = (box.y0 + box.y1) / 2
        assert x < box.x0 < x + 3 * box.height
        # at its line, or moved for the other letters by less than two heights each
        assert abs(centre[name] - y) < (2 * (len(series) - 1) + 0.3) * box.height
        assert ax.bbox.y0 - box.height < centre[name] < ax.bbox.y1 + 1  # the title is above
    for one, other in itertools.permutations(series, 2):
        assert series[one][-1] <= series[other][-1] or centre[one] > centre[other]
    stands_free(figure, ax.texts)
    assert ax.get_xlim() == (0.5, len(values) + 0.5) and ax.get_xlabel() and ax.get_ylabel()
    assert (ax.get_title(loc="left"), repr(figure)) == ("The point", "What is seen")


@pytest.mark.parametrize(
    ("c", "limits"), [([-0.5, 3.0], (-3.3, 3.3)), ([0.5, 0.0], (-0.1, 1.1))], ids=str
)
def test_values_of_both_signs_are_drawn_on_a_symmetric_scale(c, limits):
    (ax,) = pictures.state_lines("", "", c=c).axes
    assert ax.get_ylim() == pytest.approx(limits)


@pytest.mark.parametrize(
    ("series", "error", "said"),
    [
        ({}, ValueError, "series: got none, expected a state"),
        (dict(q=F), ValueError, "series: got 'q', expected one of 'f', "),
        (dict(c=F, h=F[1:]), ValueError, r"h: got shape \(3,\), expected \(4,\)"),
        (dict(c=[]), ValueError, r"c: got shape \(0,\)"),
        (dict(c=[[1.0]]), ValueError, r"c: got shape \(1, 1\), expected \(1,\)"),
        (dict(c=[1.0, np.nan]), ValueError, "c: got nan at index"),
        (dict(c="c"), TypeError, "c: got 'c', expected an array"),
    ],
)
def test_states_that_cannot_be_drawn_are_named(series, error, said):
    with pytest.raises(error, match=said):
        pictures.state_lines("", "", **series)


# --- curves over x

X = np.linspace(0, 3, 31)
TIMES = np.arange(-3, 4)[:, None]
CURVES = {
    "one": dict(series={"half-life": 10**X}, ylim=(0.1, 1000), log=True),
    "letters": dict(series={"c": np.cos(X), "h": np.sin(X)}, ylim=(-1.1, 1.1)),
    "alike at the top": dict(series=dict.fromkeys("1234", X), ylim=(0, 3)),
    "alike at the bottom": dict(series=dict.fromkeys(["tanh", "f", "o"], -X), ylim=(-3, 0)),
    "a long name": dict(series={"the one that goes on": X, "b": X}, ylim=(-9, 9), band=(-1, 2)),
    "out at the top": dict(series={"a": 10**X, "b": 10 ** (9 * X)}, ylim=(1e-9, 1e9), log=True),
    "out at the bottom": dict(series={"a": -X, "b": -9 * X}, ylim=(-3, 0)),
    "repeated": dict(
        series={"tanh": 10 ** (X * TIMES), "relu": 10 ** (X * TIMES[:6]), "linear": 10**X},
        ylim=(1e-12, 1e12),
        log=True,
        band=(0.01, 100),
    ),
}


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("arguments", CURVES.values(), ids=CURVES)
def test_a_curve_is_a_thick_line_with_its_name_where_it_ends_and_its_repetitions_thin_ones(
    arguments, narrow, stands_free
):
    figure = pictures.curves("The point", "What is seen", ("the x", "the y"), X, **arguments)
    figure = figure.for_phone() if narrow else figure
    figure.canvas.draw()
    (ax,) = figure.axes
    series, (low, high) = arguments["series"], arguments["ylim"]
    assert sorted(label.get_text() for label in ax.texts) == sorted(series)
    labels = {label.get_text(): label for label in ax.texts}
    lines, styles = iter(ax.lines), set()
    for name, curve in series.items():
        repeated = np.atleast_2d(curve)
        thin = [next(lines) for _ in repeated] if len(repeated) > 1 else []
        thick = next(lines)
        for line, one in zip(thin, repeated, strict=False):
            assert line.get_data() == (pytest.approx(X), pytest.approx(one))
            assert line.get_linewidth() < 1 and line.get_linestyle() == thick.get_linestyle()
        middle = np.sort(repeated, axis=0)
        middle = (middle[(len(middle) - 1) // 2] + middle[len(middle) // 2]) / 2
        assert thick.get_data() == (pytest.approx(X), pytest.approx(middle))
        assert thick.get_linewidth() == 2
        styles.add(thick.get_linestyle())
        last = np.flatnonzero((low <= middle) & (middle <= high))[-1]
        x, y = ax.transData.transform((X[last], middle[last]))
        box = labels[name].get_window_extent()
        assert x < box.x0 < x + box.height
        centre = (box.y0 + box.y1) / 2
        assert abs(centre - y) < (1.5 * (len(series) - 1) + 0.2) * box.height
        assert centre < ax.bbox.y1 + 1  # the title is above
        if last < len(X) - 1:  # not on the line that goes out
            assert (centre > y) == (middle[last] < middle[last - 1])
        assert thick.get_color() == COLORS.get(name, "0.15")
        assert labels[name].get_color() == INK.get(name, "0.15")
    assert next(lines, None) is None and len(styles) == len(series)
    stands_free(figure, ax.texts)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 3), arguments["ylim"])
    assert ax.get_yscale() == ("log" if arguments.get("log") else "linear")
    assert (ax.get_title(loc="left"), repr(figure)) == ("The point", "What is seen")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("the x", "the y")
    bands = [ax.transData.inverted().transform(patch.get_window_extent()) for patch in ax.patches]
    wanted = [arguments["band"]] if "band" in arguments else []
    assert [band[:, 1] for band in bands] == [pytest.approx(band) for band in wanted]


@pytest.mark.parametrize(("x", "whole"), [(np.arange(3), True), (np.arange(3.0), False)], ids=str)
def test_between_what_is_counted_there_are_no_ticks(x, whole):
    (ax,) = pictures.curves("", "", ("x", "y"), x, {"a": x}, (0, 2)).axes
    assert bool(np.all(ax.get_xticks() % 1 == 0)) is whole


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ({name: X for name in "abcde"}, "series: got 5, expected 4 at most"),
        ({"a": X + 10}, r"series\['a'\]: got no value inside ylim"),
        ({"a": X[1:]}, r"series\['a'\]: got shape \(30,\), expected \(31,\)"),
        ({"a": np.ones((2, 30))}, r"series\['a'\]: got shape \(2, 30\), expected \(n, 31\)"),
        ({"a": X * np.nan}, r"series\['a'\]: got nan"),
    ],
)
def test_a_curve_that_would_not_be_seen_is_an_error(series, said):
    with pytest.raises(ValueError, match=said):
        pictures.curves("t", "alt", ("x", "y"), X, series, (0, 3))


# --- the console's still

LANES = [
    dict(trait="input", letter="i", name="input gate", low=0, color=COLORS["i"]),
    dict(trait="x", letter="x", name="input", low=-1, color=COLORS["x"]),
]
STATES = {"c": lambda h: 3 * h, "h": lambda h: h}


@pytest.mark.parametrize("shown", ["c", "ch", "h"])
@pytest.mark.parametrize("T", [2, 24])
def test_the_console_s_still_holds_its_numbers_within_limits_and_nothing_is_cut_off(T, shown, fits):
    rng = np.random.default_rng(T)
    values = {lane["trait"]: rng.choice([lane["low"], 0.3, 1], T) for lane in LANES}
    states = {name: STATES[name](rng.uniform(-1, 1, T)) for name in shown}
    gradient = np.geomspace(1e-9, 1, T)
    figure = pictures.console_still(LANES, values, states, gradient)
    *rows, above, below = figure.axes
    steps = np.arange(1, T + 1)
    for ax, lane in zip(rows, LANES, strict=True):
        assert [bar.get_height() for bar in ax.patches] == pytest.approx(values[lane["trait"]])
        assert [bar.get_x() + bar.get_width() / 2 for bar in ax.patches] == pytest.approx(steps)
        assert {to_hex(bar.get_facecolor()).upper() for bar in ax.patches} == {lane["color"]}
        assert ax.get_ylabel().split() == [*lane["name"].split(), lane["letter"]]
        assert ax.get_ylabel().replace("\n", " ") in ("input gate  i", "input  x")
        assert ax.get_ylim()[0] <= lane["low"] and ax.get_ylim()[1] > 1
    (low, high), names = above.get_ylim(), above.get_legend().get_texts()
    for line, name, label in zip(above.lines[1:], shown, names, strict=True):
        assert line.get_data() == (pytest.approx(steps), pytest.approx(states[name]))
        assert low < min(states[name]) and max(states[name]) < high
        assert line.get_color() == COLORS[name] and label.get_text().endswith(f"state {name}")
    line, floor = below.lines
    seen, faint = gradient >= 1e-4, gradient < 1e-4
    assert line.get_ydata()[seen] == pytest.approx(gradient[seen]) and faint.any()
    assert np.isnan(line.get_ydata()[faint]).all() and floor.get_xdata() == pytest.approx(
        steps[faint]
    )
    assert floor.get_linestyle() == "None" and floor.get_markerfacecolor() == "white"
    assert f"partial {shown[0]}_{{{T}}}" in below.get_ylabel()
    low, high = below.get_ylim()
    assert 0 < low < min(floor.get_ydata()) and max(floor.get_ydata()) < 1e-4 and high > 1
    assert below.get_xlabel() == "step t" and below.get_xticks() == pytest.approx(steps)
    left, right = below.get_xlim()
    assert left < 0.6 and T + 0.4 < right
    fits(figure)


@pytest.mark.parametrize(("cell", "name"), PUZZLES)
def test_a_puzzle_s_still_says_its_goal_and_has_a_box_at_each_target(cell, name, fits, stands_free):
    for console in (GateConsole(cell, goal=name), console_with(cell, SOLUTIONS[cell, name], name)):
        goal, trace, figure = console.goal, console.trace, console.still()
        figure.canvas.draw()
        said = figure.get_suptitle()
        weights = ",   ".join(
            f"{knob['name']} {knob['letter']} = {console.values[knob['trait']]:.2f}"
            for knob in console.knobs
        ).replace("-", "−")
        assert " ".join(said.split()) == " ".join(f"Goal: {goal['text']} {weights}".split())
        stands_free(figure, [figure._suptitle])
        *rows, above, _ = figure.axes
        for ax, lane in zip(rows, console.lanes, strict=True):
            assert ax.get_ylabel().endswith("\n(given)") is (lane["trait"] in goal["given"])
        boxes = iter(above.patches)
        for state, targets in goal["stories"][0]["targets"].items():
            for t, target in enumerate(targets):
                if target is None:
                    continue
                box = next(boxes)
                x, y = box.get_center()
                assert (x, y) == (pytest.approx(t + 1), pytest.approx(target))
                assert to_hex(box.get_edgecolor()).upper() == COLORS[state].upper()
                hit = abs(getattr(trace, state)[t, 0, 0] - target) <= goal["tolerance"]
                assert box.get_fill() is True and (box.get_facecolor()[3] > 0) is bool(hit)
                assert (box.get_linestyle() in ("-", "solid")) is bool(hit)
                low, high = above.get_ylim()
                assert low < box.get_y() and box.get_y() + box.get_height() < high
                assert box.get_height() > 2 * goal["tolerance"]
        assert next(boxes, None) is None
        assert all(float(tick) == int(tick) for tick in above.get_yticks())
        fits(figure)


def test_a_gradient_beyond_its_axis_lies_at_the_edge_and_the_knobs_are_named(fits):
    console = GateConsole("rnn")
    console.w_h, console.x = -3, [0] * 12
    figure = console.still()
    line, _, high = figure.axes[-1].lines
    assert console.gradient[:7].min() > 100 > console.gradient[7]
    assert list(high.get_xdata()) == [1, 2, 3, 4, 5, 6, 7] and high.get_marker() == "^"
    assert np.isnan(line.get_ydata()[:7]).all() and not np.isnan(line.get_ydata()[7:]).any()
    bottom, top = figure.axes[-1].get_ylim()
    assert np.all((bottom < high.get_ydata()) & (high.get_ydata() < top))
    said = "input weight w_x = 1.00,   recurrent weight w_h = −3.00,   bias b = 0.00"
    assert figure.get_suptitle() == said
    fits(figure)


def test_a_still_of_several_stories_has_the_boxes_of_the_one_that_is_shown():
    console = GateConsole("rnn", goal="hold a sign")
    for story in console.goal["stories"]:
        console.x = story["values"]["x"]
        *_, above, _ = console.still().axes
        last = above.patches[-1].get_center()
        assert last == pytest.approx((12, story["targets"]["h"][-1]))


# --- cards


@pytest.mark.parametrize(
    ("question", "choices"),
    [
        ("An RNN of this size has 32 parameters. How many has an LSTM of the same size?", []),
        ("You shut the output gate. What happens to c?", ["it stays", "it fades", "it is erased"]),
        ("WHICH ONE, WITH MANY WIDE LETTERS, MUST STILL NOT LEAVE THE PAPER IT IS ON?", ["A", "B"]),
        ("Which? " * 30, ["a choice that goes on for much longer than the picture " * 3, "b"]),
        ("Is it $5 or $6?", ["$5", "$6^^$, or <more> & _more_"]),
    ],
    ids=["none", "three", "wide", "long", "dollars"],
)
def test_a_card_shows_the_question_and_every_choice_whole(question, choices, stands_free):
    figure = pictures.question_card(question, choices)
    shown = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    asked, *answers = shown.split(" \N{WHITE CIRCLE} ")
    assert asked == " ".join(question.split())
    assert answers == [" ".join(c.split()) for c in choices]
    figure.canvas.draw()
    stands_free(figure, figure.texts)
