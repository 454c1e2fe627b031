"""Pictures that move: a figure in, ``update(result)`` out. Their limits stay fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from ..arguments import Array
from .style import axes, spread

LOW, HIGH = 1e-12, 1e12  # what a gradient's axis shows
WORDS = {"explodes": 3e10, "arrives": 1.0, "vanishes": 1e-11}  # and where each stands on it


class FlowLine(NamedTuple):
    """How a curve of `gradient_flow` looks: its name beside it, its colour, its line style."""

    label: str
    color: str
    style: str


def gradient_flow(
    figure: Figure, title: str, lines: Mapping[str, FlowLine]
) -> Callable[[Mapping[str, Array]], list[Artist]]:
    """What is left of a gradient on its way back, on a log axis; ``update(curves)``, each (T,).

    ``lines`` says by a curve's name how it looks. T is 100 at most: that is where the axis ends.
    """
    ax = _gradient_axes(figure, title)
    drawn = {name: _line_and_label(ax, line) for name, line in lines.items()}

    def update(curves: Mapping[str, Array]) -> list[Artist]:
        # A label stands where its line ends, or where it leaves the picture.
        ends: dict[str, int] = {}
        heights: dict[str, float] = {}
        for name in drawn:
            curve = curves[name]
            ends[name] = int(np.argmax((curve >= LOW) & (curve <= HIGH)))
            heights[name] = max(np.log10(np.clip(curve[ends[name]], LOW, HIGH)), -11.2)
        places = spread(heights, 1.9, 11.2)
        for name, (line, label) in drawn.items():
            back = np.arange(len(curves[name]))[::-1]
            line.set_data(back, np.maximum(curves[name], LOW / 10))
            label.set_position((back[ends[name]] + 2, 10 ** places[name]))
        lines_first = [line for line, _ in drawn.values()]
        return [*lines_first, *(label for _, label in drawn.values())]

    return update


def _gradient_axes(figure: Figure, title: str) -> Axes:
    """The past lies to the left; between 1% and a hundredfold, what arrives, the ground is grey."""
    xlabel = "steps back from the end, T \N{MINUS SIGN} t"
    ax = axes(figure, title, xlabel, "what is left of the gradient", (141, -2), (LOW, HIGH))
    ax.set_yscale("log")
    ax.set(xticks=range(0, 101, 20), yticks=[10.0**k for k in range(-12, 13, 4)])
    ax.minorticks_off()
    ax.axhspan(1e-2, 1e2, color="0.93", zorder=0)
    for word, height in WORDS.items():
        ax.text(139, height, word, color="0.45", va="center", style="italic")
    return ax


def _line_and_label(ax: Axes, line: FlowLine) -> tuple[Line2D, Text]:
    width = 2.2 if line.style == "-" else 1.6
    (drawn,) = ax.plot([], [], color=line.color, ls=line.style, lw=width)
    label = ax.text(0, 1, line.label, color=line.color, ha="right", va="center", fontweight="bold")
    label.set_path_effects([withStroke(linewidth=3, foreground="white")])
    return drawn, label
