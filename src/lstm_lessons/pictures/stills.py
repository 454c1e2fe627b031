"""Pictures that stand still: arrays in, a `Picture` out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from ..arguments import Array, as_array, one_of
from .style import COLORS, NAMES, STYLE, Picture, axes, spread

LINE_STYLES = ("-", "--", ":", "-.")


# --- curves over x


def curves(
    title: str,
    alt: str,
    labels: tuple[str, str],
    x: ArrayLike,
    series: Mapping[str, ArrayLike],
    ylim: tuple[float, float],
    log: bool = False,
    band: tuple[float, float] | None = None,
) -> Picture:
    """Curves over x, each with its name where it ends; ``labels`` are those of the two axes.

    ``x`` is (N,). Each of the ``series`` is (N,), or (n, N) for n repetitions: thin lines, and their
    median as a thick one. ``log`` is for the y axis; ``band`` is a range of values on grey ground.
    Raises ValueError for more than 4 series, and for one of which nothing would be seen.
    """
    if len(series) > len(LINE_STYLES):
        expected = f"{len(LINE_STYLES)} at most: there are {len(LINE_STYLES)} line styles"
        raise ValueError(f"series: got {len(series)}, expected {expected}")
    places = as_array("x", x, ("N",))
    figure = Picture(7.0, 3.0, alt)
    ax = axes(figure, title, *labels, (places[0], places[-1]), ylim)
    if log:
        ax.set_yscale("log")
        ax.minorticks_off()
    if np.asarray(x).dtype.kind in "iu":
        ax.locator_params(axis="x", integer=True)  # no ticks between what is counted
    if band:
        ax.axhspan(*band, color="0.93", zorder=0)
    ends = {}
    for (name, values), style in zip(series.items(), LINE_STYLES, strict=False):
        median = _draw_curve(ax, name, places, values, style)
        seen = np.flatnonzero((median >= ylim[0]) & (median <= ylim[1]))
        if not len(seen):
            raise ValueError(f"series[{name!r}]: got no value inside ylim, expected some")
        if seen[-1] == len(places) - 1:
            ends[name] = float(median[-1])
        else:
            _name_where_it_leaves(ax, name, places, median, seen[-1])
    _name_at_the_right(ax, ends)
    return figure


def _draw_curve(ax: Axes, name: str, x: Array, values: ArrayLike, style: str) -> Array:
    """Draw a curve, or its repetitions thin and their median thick; returns the median, (N,)."""
    shape = ("n", len(x)) if np.ndim(values) == 2 else (len(x),)
    repeated = np.atleast_2d(as_array(f"series[{name!r}]", values, shape))
    median = np.median(repeated, axis=0)
    if len(repeated) > 1:
        ax.plot(x, repeated.T, color="0.75", lw=0.7, ls=style)
    ax.plot(x, median, color=_color(name), lw=2, ls=style)
    return median


def _name_where_it_leaves(ax: Axes, name: str, x: Array, curve: Array, last: int) -> None:
    """The curve is last seen at ``last``, before the right edge: its name goes beside that point."""
    falls = curve[last] < curve[max(last - 1, 0)]
    shift = (7, 6) if falls else (7, -8)  # in points, away from the edge that it crosses
    look: dict[str, Any] = dict(color=_color(name), fontweight="bold")
    ax.annotate(name, (x[last], curve[last]), shift, textcoords="offset points", **look)


def _name_at_the_right(ax: Axes, ends: Mapping[str, float]) -> None:
    """Names beside the right edge, at the heights where their curves end or near them."""
    to_share = ax.transScale + ax.transLimits  # of the axis' height: 0 at its bottom, 1 at its top
    shares = {name: float(to_share.transform((1, end))[1]) for name, end in ends.items()}
    for name, share in spread(shares, 0.09, 1.0).items():
        look: dict[str, Any] = dict(color=_color(name), fontweight="bold", va="center")
        ax.text(1.01, share, name, transform=ax.transAxes, **look)


def _color(name: str) -> str:
    """A letter's own colour; all else is nearly black."""
    return COLORS.get(name, "0.15")


# --- states over the steps


def state_lines(title: str, alt: str, **series: ArrayLike) -> Picture:
    """States and gates over the steps, each (T,) under its letter, which stands where it ends.

    Raises ValueError for a letter that has no colour and for series of different lengths.
    """
    if not series:
        raise ValueError("series: got none, expected a state or a gate under its letter, as c=…")
    n_steps = np.size(next(iter(series.values())))
    lines = {
        one_of("series", name, COLORS): as_array(name, values, (n_steps,))
        for name, values in series.items()
    }
    reach = 1.1 * max(1.0, *(np.abs(values).max() for values in lines.values()))
    low = -reach if min(values.min() for values in lines.values()) < 0 else -0.1
    figure = Picture(7.0, 2.4, alt)
    ax = axes(figure, title, "step t", "value", (0.5, n_steps + 0.5), (low, reach))
    steps = np.arange(1, n_steps + 1)
    ax.set_xticks(steps)
    ends = {name: float(values[-1]) for name, values in lines.items()}
    heights = spread(ends, 0.13 * (reach - low), reach)
    for name, values in lines.items():
        style = STYLE.get(name, dict(ls=":", marker="."))
        ax.plot(steps, values, color=COLORS[name], ms=5, **style)
        look: dict[str, Any] = dict(color=COLORS[name], fontweight="bold", va="center")
        place: dict[str, Any] = dict(textcoords="offset points", annotation_clip=False)
        ax.annotate(name, (n_steps, heights[name]), (12, 0), **place, **look)
    return figure


# --- what a widget leaves in a page that cannot show it


def question_card(question: str, choices: Sequence[str]) -> Picture:
    """A question and its choices; without choices, the place for a number."""
    mark = "\N{WHITE CIRCLE}  "
    asked = textwrap.wrap(question, 70)
    answers = [
        line
        for choice in choices or ["a number: …"]
        for line in textwrap.wrap(choice, 74, initial_indent=mark, subsequent_indent="     ")
    ]
    inch = 0.25  # a line's height
    figure = Picture(7.0, inch * (len(asked) + len(answers)) + 0.3)
    for k, line in enumerate(asked + answers):
        y = 1 - (0.12 + inch * k) / figure.get_figheight()
        weight = "bold" if k < len(asked) else "normal"
        figure.text(0.02, y, line, va="top", fontsize=10.5, fontweight=weight, parse_math=False)
    return figure


class Lane(TypedDict):
    """A row of the gate console: ``values[trait]`` is drawn in it, from ``low`` to 1."""

    trait: str
    letter: str
    name: str
    low: float
    color: str


def console_still(
    lanes: Sequence[Lane],
    values: Mapping[str, Sequence[float]],
    states: Mapping[str, Array],
    gradient: Array,
) -> Picture:
    """The gate console: a lane of bars for each gate, the states c and h, and the gradient.

    ``values`` holds a lane's (T,) values under its trait, ``states`` c, h or both, each (T,);
    ``gradient`` is (T,), what of the last step's gradient reaches each step.
    """
    figure = Picture(7.6, 0.62 * len(lanes) + 3.6)
    heights = [1] * len(lanes) + [2.2, 1.8]
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    for ax in grid:
        ax.spines[["top", "right"]].set_visible(False)
    *rows, above, below = grid
    for ax, lane in zip(rows, lanes, strict=True):
        _gate_bars(ax, lane, values[lane["trait"]])
    _console_states(above, states)
    _console_gradient(below, "h" if list(states) == ["h"] else "c", gradient)
    return figure


def _gate_bars(ax: Axes, lane: Lane, values: Sequence[float]) -> None:
    steps = np.arange(1, len(values) + 1)
    ax.bar(steps, values, color=lane["color"], width=0.8, alpha=0.85)
    ax.axhline(0, color="0.4", lw=0.8)
    ax.set(ylim=(lane["low"], 1.02), yticks=[lane["low"], 1])
    _row_label(ax, lane["name"].replace(" gate", "\ngate") + f"  {lane['letter']}")


def _console_states(ax: Axes, states: Mapping[str, Array]) -> None:
    top = 1.15 * max(1.0, *(np.abs(values).max() for values in states.values()))
    ax.axhline(0, color="0.4", lw=0.8)
    for name, values in states.items():
        steps = np.arange(1, len(values) + 1)
        ax.plot(steps, values, color=COLORS[name], label=NAMES[name], ms=5, **STYLE[name])
    ax.set(ylim=(-top, top))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    _row_label(ax, "state")


def _console_gradient(ax: Axes, of: str, gradient: Array) -> None:
    """On a log axis, whose floor stands for all that is smaller."""
    n_steps = len(gradient)
    steps = np.arange(1, n_steps + 1)
    ax.semilogy(steps, np.maximum(gradient, 1e-5), color=COLORS["gradient"], marker="D", ms=4)
    ax.set(ylim=(4e-5, 2), xlabel="step t", xticks=steps, yticks=[1, 1e-2, 1e-4])
    ax.set_yticklabels(["100%", "1%", "0.01%"])
    _row_label(ax, f"gradient\n$|\\partial {of}_{{{n_steps}}} / \\partial {of}_t|$")


def _row_label(ax: Axes, text: str) -> None:
    ax.set_ylabel(text, rotation=0, ha="right", va="center", fontsize=9)
