"""Lesson 1, reading a sequence: its exercises, and the drawings that only it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array
from ..cells import RNN
from .exercise import exercise, own_cell
from .tables import Number, function

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from ..pictures import Picture, Update

rnn_parameters = Number(
    "rnn_parameters",
    {
        18: "Right. The 1,000 steps do not count: all of them use the same 18 numbers.",
        15: "only the bias is missing, one number for each unit.",
        (15_000, 18_000): "the weights are shared. A longer sequence has no more of them.",
        9: "that is one part only: W_h is 3 by 3, and the input's weights with b are 9 as well.",
        21: "that is PyTorch's count, with a second bias that is simply added. Here there is one.",
    },
    otherwise="count W_x (3 by 2), W_h (3 by 3) and b (3).",
)

_draw = np.random.default_rng(0).standard_normal


@function((_draw(2), _draw(3), _draw((3, 2)), _draw((3, 3)), _draw(3)))
def rnn_step(x: Array, h: Array, Wx: Array, Wh: Array, b: Array) -> dict[str, Array]:
    """One step of an RNN: step(x, h_prev, Wx, Wh, b) -> h."""
    a = Wx @ x + Wh @ h + b
    return {
        "Right. Everything an RNN knows of the past came in through h_prev.": np.tanh(a),
        "the sum is right, and tanh is missing around it.": a,
        "h_prev is missing. Without it there is no memory.": np.tanh(Wx @ x + b),
        "only the bias is missing.": np.tanh(Wx @ x + Wh @ h),
        "tanh goes around the whole sum.": np.tanh(Wx @ x) + Wh @ h + b,
    }


window_parameters = Number(
    "window_parameters",
    {
        37: "Right. Twice the window, twice the weights (and one bias): each lag has its own.",
        36: "only the bias is missing.",
        13: "each step has 3 values, and each of them a weight.",
    },
    otherwise="count the numbers in the window, and one bias for the one answer.",
)


@exercise
def both_ones(cell: Any) -> str:
    """Set the weights of an RNN whose second unit is above 0 after two ones in a row, and only then."""
    own = own_cell(cell, RNN, n_inputs=1, n_hidden=2)
    bits = np.random.default_rng(0).integers(2, size=(40, 20))
    says = own.forward(bits[..., None]).h[..., 1] > 0
    before = np.vstack([np.zeros((1, 20), int), bits[:-1]])
    wrong = np.argwhere(says != (bits & before).astype(bool))
    if len(wrong) == 0:
        return "Right, on 20 rows of 40 bits. The first unit is the memory, the second one decides."
    t, row = wrong[0]
    what = "is above 0" if says[t, row] else "is not above 0"
    return f"with this bit {bits[t, row]} and {before[t, row]} before it, the second unit {what}."


def forecast(figure: Picture, years: Array, truth: Array, widths: Array, errors: Array) -> Update:
    """A forecast beside the truth, both (years,), and its error by width.

    ``update((forecast, width, error))`` shows those of one width.
    """
    from .. import pictures

    labels = "The forecast (dashed) follows the waves", "year", "sunspots"
    ax = pictures.axes(figure, *labels, (years[0], years[-1]), (-20, 240), (1, 3, (1, 2)))
    ax.plot(years, truth, color=pictures.COLORS["x"], lw=1.2)
    (line,) = ax.plot([], [], color="0.1", lw=1.4, ls="--")
    labels = "Longest is not best", "window width", "error"
    side = pictures.axes(figure, *labels, (0, widths[-1] + 1), (15, 30), (1, 3, 3))
    side.plot(widths, errors, color="0.5", lw=1.5)
    (dot,) = side.plot([], [], "o", color="0.1", ms=7)

    def update(result: tuple[Array, int, float]) -> list[Artist]:
        values, width, error = result
        line.set_data(years, values)
        dot.set_data([width], [min(error, 30)])
        return [line, dot]

    return update


def one_unit(figure: Picture) -> Update:
    """Inputs and the hidden state of one unit over 12 steps; ``update((x, h))``, each (12,)."""
    from .. import pictures

    title = "The hidden state carries an input on to later steps"
    ax = pictures.axes(figure, title, "step t", "value", (0.4, 13.4), (-1.15, 1.15))
    ax.set_xticks(range(1, 13))
    ax.axhline(0, color="0.5", lw=0.8, zorder=0.5)
    bars = ax.bar(range(1, 13), np.zeros(12), color=pictures.COLORS["x"], width=0.6, alpha=0.6)
    (line,) = ax.plot([], [], color=pictures.COLORS["h"], lw=2, ms=5, **pictures.STYLE["h"])
    bold: dict[str, Any] = dict(va="center", fontweight="bold")
    labels = {name: ax.text(12.5, 0, name, color=pictures.COLORS[name], **bold) for name in "xh"}

    def update(result: tuple[Array, Array]) -> list[Artist]:
        x, h = result
        for bar, value in zip(bars, x, strict=True):
            bar.set_height(value)
        line.set_data(np.arange(1, 13), h)
        places = pictures.spread({"x": x[-1], "h": h[-1] + 0.001}, 0.2, 1.1)
        for name, label in labels.items():
            label.set_y(places[name])
        return [*bars, line, *labels.values()]

    return update
