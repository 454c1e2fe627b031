"""Pictures that stand still: arrays in, a `Picture` out."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ..arguments import Array, as_array, one_of
from .picture import Picture, still
from .style import COLORS, INK, NAMES, STYLE, axes, spread

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

    def draw(figure: Picture) -> None:
        ax = axes(figure, title, *labels, (places[0], places[-1]), ylim)
        if log:
            ax.set_yscale("log")
            ax.minorticks_off()
        if np.asarray(x).dtype.kind in "iu":
            ax.locator_params(axis="x", integer=True)  # no ticks between what is counted
        if band:
            ax.axhspan(*band, color="0.94", zorder=0)
        to_share = (
            ax.transScale + ax.transLimits
        )  # of the axis' height: 0 at its bottom, 1 at its top
        ends = {}
        for (name, values), style in zip(series.items(), LINE_STYLES, strict=False):
            median = _draw_curve(ax, name, places, values, style)
            seen = np.flatnonzero((median >= ylim[0]) & (median <= ylim[1]))
            if not len(seen):
                raise ValueError(f"series[{name!r}]: got no value inside ylim, expected some")
            last = seen[-1]
            if last == len(places) - 1:
                ends[name] = float(to_share.transform((1, median[last]))[1])
            else:  # beside the point, away from the edge that the curve crosses
                falls = median[last] < median[max(last - 1, 0)]
                _name(ax, name, (places[last], median[last]), (7, 6 if falls else -8), "baseline")
        gap = 0.27 / figure.get_figheight()
        for name, share in spread(ends, gap, 1.0).items():
            ax.text(1.01, share, name, transform=ax.transAxes, va="center", **_look(name))

    return still(draw, alt)


def _draw_curve(ax: Axes, name: str, x: Array, values: ArrayLike, style: str) -> Array:
    """Draw a curve, or its repetitions thin and their median thick; returns the median, (N,)."""
    shape = ("n", len(x)) if np.ndim(values) == 2 else (len(x),)
    repeated = np.atleast_2d(as_array(f"series[{name!r}]", values, shape))
    median = np.median(repeated, axis=0)
    if len(repeated) > 1:
        ax.plot(x, repeated.T, color="0.75", lw=0.7, ls=style)
    ax.plot(x, median, color=COLORS.get(name, "0.15"), lw=2, ls=style)
    return median


def _look(name: str) -> dict[str, Any]:
    """How a line's name is written: a letter in its own colour, all else nearly black."""
    return dict(color=INK.get(name, "0.15"), fontweight="bold")


def _name(ax: Axes, name: str, at: tuple, shift: tuple[float, float], va: str = "center") -> None:
    """Write a line's name beside a point of it; ``shift`` is in points."""
    place: dict[str, Any] = dict(textcoords="offset points", annotation_clip=False)
    ax.annotate(name, at, shift, va=va, **place, **_look(name))


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
    steps = np.arange(1, n_steps + 1)
    ends = {name: float(values[-1]) for name, values in lines.items()}
    heights = spread(ends, 0.13 * (reach - low), reach)

    def draw(figure: Picture) -> None:
        figure.set_figheight(2.8 if figure.narrow else 2.4)
        ax = axes(figure, title, "step t", "value", (0.5, n_steps + 0.5), (low, reach))
        ax.set_xticks(steps)
        for name, values in lines.items():
            style = STYLE.get(name, dict(ls=":", marker="."))
            ax.plot(steps, values, color=COLORS[name], ms=5, **style)
            _name(ax, name, (n_steps, heights[name]), (12, 0))

    return still(draw, alt)


# --- what a widget leaves in a page that cannot show it


def question_card(question: str, choices: Sequence[str]) -> Picture:
    """A question and its choices."""
    indents: Any = dict(initial_indent="\N{WHITE CIRCLE}  ", subsequent_indent="     ")
    asked, answers = textwrap.wrap(question, 70), []
    for choice in choices:
        answers += textwrap.wrap(choice, 74, **indents)
    inch = 0.25  # a line's height
    figure = Picture()
    figure.set_figheight(inch * (len(asked) + len(answers)) + 0.3)
    for k, line in enumerate(asked + answers):
        y = 1 - (0.12 + inch * k) / figure.get_figheight()
        weight = "bold" if k < len(asked) else "normal"
        figure.text(0.02, y, line, va="top", fontsize=10.5, fontweight=weight, parse_math=False)
    return figure


FAINTEST = 1e-4  # what is less lies on the gradient's floor, as an open triangle


def console_still(
    lanes: Sequence[Mapping[str, Any]],
    values: Mapping[str, Sequence[float]],
    states: Mapping[str, Array],
    gradient: Array,
    goal: Mapping[str, Any] | None = None,
    knobs: Sequence[Mapping[str, Any]] = (),
) -> Picture:
    """The gate console: a lane of bars for each gate, the states c and h, and the gradient.

    A lane has a trait, a letter, a name, a color and the low end of its axis, which goes to 1.
    ``values`` holds a lane's (T,) values under its trait, ``states`` c, h or both, each (T,);
    ``gradient`` is (T,), what of the last step's gradient reaches each step. A ``goal`` has a text,
    the traits that are given, and targets for the states: a box each, filled where it is reached.
    ``knobs`` have a trait, a letter and a name, and each a number in ``values``: a line of text.
    """
    n_steps = len(gradient)
    said = textwrap.wrap(f"Goal: {goal['text']}", 86) if goal else []
    if knobs:
        weights = [f"{k['name']} {k['letter']} = {values[k['trait']]:.2f}" for k in knobs]
        said.append(",   ".join(weights).replace("-", "\N{MINUS SIGN}"))
    figure = Picture()
    figure.set_figheight(0.62 * len(lanes) + 3.6 + 0.25 * len(said))
    heights = [1] * len(lanes) + [2.2, 1.8]
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    if said:
        look: Any = dict(fontsize=10, fontweight="bold", parse_math=False)
        figure.suptitle("\n".join(said), x=0.02, ha="left", **look)
    of = "h" if list(states) == ["h"] else "c"
    names = [lane["name"].replace(" gate", "\ngate") + f"  {lane['letter']}" for lane in lanes]
    names += ["state", f"gradient\n$|\\partial {of}_{{{n_steps}}} / \\partial {of}_t|$"]
    given = goal["given"] if goal else ()
    for k, lane in enumerate(lanes):
        names[k] += "\n(given)" * (lane["trait"] in given)
    for ax, name in zip(grid, names, strict=True):
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
    *rows, above, below = grid
    for ax in (*rows, above):
        ax.axhline(0, color="0.4", lw=0.8)
    steps = np.arange(1, n_steps + 1)
    for ax, lane in zip(rows, lanes, strict=True):
        ax.bar(steps, values[lane["trait"]], color=lane["color"], width=0.8, alpha=0.85)
        ax.set(ylim=(lane["low"], 1.02), yticks=[lane["low"], 1])
    for name, state in states.items():
        above.plot(steps, state, color=COLORS[name], label=NAMES[name], ms=5, **STYLE[name])
    seen = [0.0, *np.concatenate(list(states.values()))]
    if goal:
        seen += [v for targets in goal["targets"].values() for v in targets if v is not None]
    low, high = -1.15 * max(1.0, -min(seen)), 1.15 * max(1.0, *seen)
    above.set_ylim(low, high)
    above.locator_params(axis="y", integer=True)
    if goal:
        _draw_targets(above, goal, states, 0.09 * (high - low))
    above.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=9)
    most = 100.0 if knobs else 1.0  # by weights a gradient can grow
    faint, high = gradient < FAINTEST, gradient > 1.0001 * most
    look = dict(color=COLORS["gradient"], ms=4)
    below.semilogy(steps, np.where(faint | high, np.nan, gradient), marker="D", **look)
    below.semilogy(steps[faint], np.full(faint.sum(), 0.7 * FAINTEST), "v", mfc="white", **look)
    if high.any():
        below.semilogy(steps[high], np.full(high.sum(), 1.4 * most), "^", mfc="white", **look)
    ticks = {1e-4: "0.01%", 1e-2: "1%", 1.0: "100%", 100.0: "100 \N{MULTIPLICATION SIGN}"}
    shown = [tick for tick in ticks if tick <= most]
    below.set(ylim=(4e-5, 2 * most), xlabel="step t", xticks=steps, yticks=shown)
    below.set_yticklabels([ticks[tick] for tick in shown])
    return figure


def _draw_targets(
    ax: Axes, goal: Mapping[str, Any], states: Mapping[str, Array], height: float
) -> None:
    """A box around each value that a state should have, dashed until it has it."""
    for name, targets in goal["targets"].items():
        width, color = {"c": 0.94, "h": 0.6}[name], COLORS[name]
        for t, target in enumerate(targets):
            if target is None:
                continue
            hit = abs(states[name][t] - target) <= goal["tolerance"]
            look = dict(ls="-", fc=(color, 0.4)) if hit else dict(ls=(0, (3, 2)), fc="none")
            corner = (t + 1 - width / 2, target - height / 2)
            ax.add_patch(Rectangle(corner, width, height, ec=color, lw=1.2, **look))
