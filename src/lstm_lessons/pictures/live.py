"""Pictures that move: a figure in, ``update(result)`` out. Their limits stay fixed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from ..arguments import Array
from .picture import Picture
from .style import COLORS, INK, axes, spread

LOW, HIGH = 1e-12, 1e12  # what a gradient's axis shows
WORDS = {"explodes": 1e7, "arrives": 1.0, "vanishes": 1e-7}  # and where each stands beside it


class FlowLine(NamedTuple):
    """How a curve of `gradient_flow` looks: its name beside it, its letter in COLORS, its style."""

    label: str
    letter: str
    style: str


def gradient_flow(
    figure: Picture, title: str, lines: Mapping[str, FlowLine]
) -> Callable[[Mapping[str, Array]], list[Artist]]:
    """What is left of a gradient on its way back, on a log axis; ``update(curves)``, each (T,).

    ``lines`` says by a curve's name how it looks. T is 100 at most: that is where the axis ends.
    """
    xlabel = "steps back from the end, T \N{MINUS SIGN} t"  # the past lies to the left
    ylabel = "left of the gradient\n(root mean square)"
    figure.set_figheight(4.0 if figure.narrow else 3.0)
    furthest = 170 if figure.narrow else 125  # left of 100 stand the names of the lines
    ax = axes(figure, title, xlabel, ylabel, (furthest, -2), (LOW, HIGH))
    ax.set_yscale("log")
    every = 50 if figure.narrow else 20
    ax.set(xticks=range(0, 101, every), yticks=[10.0**k for k in range(-12, 13, 4)])
    ax.minorticks_off()
    ax.axhspan(1e-2, 1e2, color="0.94", zorder=0)  # where it arrives
    look: dict[str, Any] = dict(color="0.4", style="italic", va="center")
    for word, height in WORDS.items():
        ax.text(-5, height, word, rotation=90 if figure.narrow else 0, **look)
    drawn: dict[str, Line2D] = {}
    labels: dict[str, Text] = {}
    outline = withStroke(linewidth=3, foreground="white")
    for name, (label, letter, style) in lines.items():
        (drawn[name],) = ax.plot(
            [], [], color=COLORS[letter], ls=style, lw=2.2 if style == "-" else 1.6
        )
        look = dict(ha="right", va="center", path_effects=[outline])
        labels[name] = ax.text(0, 1, label, color=INK[letter], fontweight="bold", **look)

    def update(curves: Mapping[str, Array]) -> list[Artist]:
        # A label stands where its line ends, or where it leaves the picture.
        ends, heights = {}, {}
        for name, line in drawn.items():
            curve = curves[name]
            line.set_data(np.arange(len(curve))[::-1], np.maximum(curve, LOW / 10))
            end = int(np.argmax((curve >= LOW) & (curve <= HIGH)))
            ends[name] = len(curve) - 1 - end
            heights[name] = max(np.log10(np.clip(curve[end], LOW, HIGH)), -10.6)
        for name, height in spread(heights, 2.2, 10.6).items():
            labels[name].set_position((ends[name] + 2, 10**height))
        return [*drawn.values(), *labels.values()]

    return update
