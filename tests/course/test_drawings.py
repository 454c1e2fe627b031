"""All drawings, one lesson's and shared ones: they hold what they are given, within fixed limits."""

import inspect
from importlib import import_module

import numpy as np
import pytest
from matplotlib.text import Text

from lstm_lessons import pictures, sigmoid
from lstm_lessons.course import (
    LESSONS,
    lesson_1,
    lesson_2,
    lesson_3,
    lesson_5,
    lesson_7,
    lesson_8,
    lesson_9,
    lesson_10,
)
from lstm_lessons.forecasts import Run
from tests.colors import contrast

YEARS, WIDTHS = np.arange(1900, 2009), np.arange(1, 61)
TRUTH, ERRORS = 90 + 90 * np.sin(YEARS / 1.75), 10 + 30 / WIDTHS
LEFT, KEEP, DROP = 0.9 ** np.arange(61), np.array([0.5, 0.6, 0.7]), np.array([0.5, 0.4, 0.3])
STEPS, SHARES = np.linspace(-1, 1, 12), np.array([0.5, 0.25, 0.125, 0.004, 0])
CITIES, WORDS = "Rome Lima Oslo Nairobi Bogota".split(), "She is on holiday in".split()
MAP = np.linspace(-1, 1, 20).reshape(5, 4)
COUNTS = np.array([[0, 7, 3, 10], [1, 2, 3, 4]])
STEPS_OF = {
    "one": {"a": [300, 400], "b": [900, np.inf]},
    "other": {"a": [100, 200], "b": [50, 150]},
}
RUNS, OWN = np.linspace(0.9, 0.02, 10)[:, None] ** np.arange(1, 3), np.array([0.5, 0.1])


def forecast(figure):
    return lesson_1.forecast(figure, YEARS, TRUTH, WIDTHS, ERRORS)


def gradient_flow(figure):
    return pictures.gradient_flow(figure, "The point", {"h": pictures.FlowLine("all", "h", "-")})


def state_lines(title, alt, c):
    return pictures.state_lines(title, alt, c=c)


LIVE = {  # two results, and the arrays and texts that are seen with the second
    forecast: [(TRUTH, 1, 40.0), (TRUTH[::-1], 9, 15.4), TRUTH[::-1], [15.4]],
    lesson_3.decay: [(0.5 * LEFT, 1.0), (LEFT, 6.58), LEFT, " half at 6.6"],
    lesson_3.sigmoid_and_tanh: [
        (0.0, (0.5, 0.0), (0.25, 1.0)), (0.5, (0.62, 0.46), (0.24, 0.79)), [0.62], [0.46],
        "value 0.460\nslope 0.790",
    ],
    lesson_3.gate_training: [(0, KEEP[:1], DROP[:1]), (2, KEEP, DROP), KEEP, DROP],
    lesson_7.race_curves: [(RUNS[::-1], []), (RUNS, OWN), RUNS[1], OWN, "  yours"],
    gradient_flow: [{"h": 0.5 * LEFT}, {"h": LEFT[::-1]}, LEFT[::-1], "all"],
    lesson_10.choice_curves: [(RUNS[::-1], RUNS), (RUNS, RUNS[::-1]), RUNS[1]],
    lesson_9.running_free: [
        (YEARS, TRUTH, 1950, TRUTH[::-1]), (YEARS, TRUTH, 1990, TRUTH / 2), TRUTH, TRUTH[-19:] / 2,
    ],
    lesson_9.next_and_text: [
        ("abcdefghij", np.arange(10) / 45, "one"), ("abcdefghij", np.arange(10)[::-1] / 45, "two\nthree"),
        np.arange(9, 1, -1) / 45, "two\nthree", "a",
    ],
}  # fmt: skip
STILL = {
    lesson_2.word_bars: [("how far", WORDS, SHARES, (1e-7, 10)), SHARES],
    lesson_5.lstm_graph: [(), *"ifgo"],
    lesson_7.race_table: [(["one", "two"], {"a": COUNTS, "b": COUNTS + 1}), "one", "10", "11"],
    lesson_7.own_run: [(RUNS, OWN), RUNS[1], OWN, "  yours"],
    lesson_8.cost_scatter: [({"a": SHARES}, {"a": SHARES**2}), SHARES**2],
    lesson_10.steps_taken: [(STEPS_OF,), [0.0, 0.0], [1.0], "1"],
    lesson_9.stopped: [(Run(10 * OWN, 20 * OWN, 20), 2.0), 20 * OWN, 40 * OWN, "kept"],
    lesson_9.reach: [
        ({"a": (DROP, KEEP), "b": (4 + DROP, 40 * KEEP)}, 100),
        KEEP,
        40 * KEEP,
        "a",
        "b",
        "100 steps",
    ],
    state_lines: [(STEPS,), STEPS, "c"],
    pictures.curves: [(("x", "y"), STEPS, {"a": STEPS**2}, (0, 2)), STEPS**2, "a"],
}


def drawings():
    """The names of all functions that draw on a figure, or a picture with an alt text."""
    lessons = [f"course.lesson_{lesson.number}" for lesson in LESSONS]
    parts = [f"course.{part}" for part in ("bridge", "choices", "forecast", "writer")]
    for room in ("pictures.live", "pictures.stills", *lessons, *parts):
        module = import_module(f"lstm_lessons.{room}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            takes = inspect.signature(function).parameters
            if function.__module__ == module.__name__ and ("alt" in takes or "figure" in takes):
                yield name


def test_every_drawing_stands_in_one_of_the_tables():
    assert sorted(draw.__name__ for draw in (*LIVE, *STILL)) == sorted(
        name for name in drawings() if name[0] != "_"
    )


def shown(figure):
    """Every line's y, every row of bars' lengths, every map and every text of a figure.

    On a narrow one maps and tables are turned.
    """
    turned = np.transpose if figure.narrow else np.asarray
    for ax in figure.axes:
        yield from (np.asarray(line.get_ydata()) for line in ax.lines)
        yield from (turned(image.get_array()) for image in ax.images)
        yield from (text.get_text() for text in ax.texts)
        for length in ("get_height", "get_width"):
            yield np.array([getattr(bar, length)() for bar in ax.patches])


def is_shown(figure, wanted):
    return any(np.array_equal(np.array(one), np.array(wanted)) for one in shown(figure))


def state(artist):
    """What an update may change of an artist."""
    asked = ("get_xydata", "get_bbox", "get_text", "get_position")
    return [str(getattr(artist, ask)()) for ask in asked if hasattr(artist, ask)]


def point(figure):
    """The title."""
    return figure.get_suptitle() or figure.axes[0].get_title(loc="left")


def assert_all_is_titled_inside_and_can_be_read(figure):
    figure.canvas.draw()
    tight, size = figure.get_tightbbox(), figure.get_size_inches()
    assert min(tight.x0, tight.y0) > 0 and np.all(tight.max < size + 0.01)
    assert figure.get_figwidth() == (3.4 if figure.narrow else 7.0) and point(figure)
    for text in figure.findobj(Text):
        assert text.get_fontsize() * 100 / 72 >= 11, text  # an inch is 100 of a page's pixels
        on_dark = text.get_color() == "white"  # its own test is below
        assert on_dark or contrast(text.get_color(), "white") >= 4.5, text


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize(("draw", "given"), LIVE.items(), ids=[draw.__name__ for draw in LIVE])
def test_an_update_shows_its_result_moves_only_what_it_returns_and_keeps_the_limits(
    draw, given, narrow
):
    first, second, *seen = given
    figure = pictures.Picture(narrow)
    update = draw(figure)
    moved = list(update(first))
    assert_all_is_titled_inside_and_can_be_read(figure)
    artists = [artist for ax in figure.axes for artist in (*ax.lines, *ax.patches, *ax.texts)]
    before = [state(artist) for artist in artists]
    limits = [(ax.get_xlim(), ax.get_ylim()) for ax in figure.axes]
    assert list(update(second)) == moved and set(moved) <= set(artists)
    changed = {one for one, was in zip(artists, before, strict=True) if state(one) != was}
    assert changed and changed <= set(moved)
    assert all(is_shown(figure, one) for one in seen)
    assert_all_is_titled_inside_and_can_be_read(figure)
    assert [(ax.get_xlim(), ax.get_ylim()) for ax in figure.axes] == limits


@pytest.mark.parametrize(("draw", "given"), STILL.items(), ids=[draw.__name__ for draw in STILL])
def test_a_still_shows_what_it_is_given_under_its_title_and_with_its_alt_text(draw, given):
    arguments, *seen = given
    named = ("What is seen",) if draw is lesson_5.lstm_graph else ("The point", "What is seen")
    wide = draw(*named, *arguments)
    for figure in (wide, wide.for_phone()):
        assert isinstance(figure, pictures.Picture) and repr(figure) == "What is seen"
        assert len(named) == 1 or point(figure) == "The point"
        assert all(is_shown(figure, one) for one in seen)
        assert_all_is_titled_inside_and_can_be_read(figure)


def test_every_count_can_be_read_on_its_grey():
    counts = {"a": np.arange(4)[None], "b": np.arange(4, 8)[None], "c": np.arange(7, 11)[None]}
    (ax,) = lesson_7.race_table("The point", "What is seen", ["one"], counts).axes
    (grey,) = ax.images
    for text in ax.texts:
        if text.get_text().isdigit():
            paper = grey.cmap(grey.norm(int(text.get_text())))
            assert contrast(text.get_color(), paper) >= 4.5, text


def test_every_factor_of_the_graph_is_a_partial_derivative():
    before, f, i, g, o = 0.7, 0.6, 0.3, -0.4, 0.8
    c = f * before + i * g
    a = {name: np.log(gate / (1 - gate)) for name, gate in dict(f=f, i=i, o=o).items()}
    factors = {  # its value, and what is moved on the way there
        "f": (f, lambda d: f * (before + d)), "c_{t-1}": (before, lambda d: (f + d) * before),
        "g": (g, lambda d: (i + d) * g), "i": (i, lambda d: i * (g + d)),
        "o": (o, lambda d: o * (np.tanh(c) + d)), r"\tanh c": (np.tanh(c), lambda d: (o + d) * np.tanh(c)),
        r"(1-\tanh^2 c)": (1 - np.tanh(c) ** 2, lambda d: np.tanh(c + d)),
        "(1-g^2)": (1 - g**2, lambda d: np.tanh(np.arctanh(g) + d)),
        "f(1-f)": (f * (1 - f), lambda d: sigmoid(a["f"] + d)),
        "i(1-i)": (i * (1 - i), lambda d: sigmoid(a["i"] + d)),
        "o(1-o)": (o * (1 - o), lambda d: sigmoid(a["o"] + d)),
        **{rf"W_{gate}^\top": (2.5, lambda d: 2.5 * (before + d)) for gate in "figo"},
    }  # fmt: skip
    for text, (value, way) in factors.items():
        assert value == pytest.approx((way(1e-6) - way(-1e-6)) / 2e-6, rel=1e-6), text
    texts = [text for text in shown(lesson_5.lstm_graph("")) if isinstance(text, str)]
    found = [text[len(r"$\times") : -1].strip() for text in texts if text.startswith(r"$\times")]
    assert sorted(found) == sorted([*factors, *"1111"])  # into the sum and out of it, and h
