"""Arrays in, marks on a matplotlib Axes out. Nothing here computes what a lesson wants to check.

Every gate and state has one colour in all lessons, chosen to stay apart for colour-blind eyes and
in grey together with its line style; lines are labelled where they end.
"""

from __future__ import annotations

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from .cells import Array

COLORS = {
    "f": "#D55E00",
    "i": "#009E73",
    "o": "#A5559C",
    "g": "#B58900",
    "n": "#B58900",
    "x": "#5B7083",
    "r": "#8C6239",
    "z": "#C2417C",
    "c": "#0072B2",
    "h": "#2C9AD1",
    "gradient": "#767676",
}
STYLE = {"h": dict(ls="--", marker="s", mfc="white"), "c": dict(marker="o")}
NAMES = {"c": "cell state c", "h": "hidden state h"}


class Picture(Figure):
    """A matplotlib Figure that a notebook shows as a PNG together with its alt text."""

    def __init__(self, width: float = 7.0, height: float = 3.0, alt: str = ""):
        super().__init__(figsize=(width, height), dpi=100, layout="constrained")
        FigureCanvasAgg(self)
        self.alt = alt

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **kwargs):
        return {"image/png": png(self), "text/plain": self.alt}, {"image/png": {"alt": self.alt}}


def png(figure: Figure) -> bytes:
    """The figure as PNG bytes."""
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def axes(figure: Figure, title: str, xlabel: str, ylabel: str, xlim, ylim, where=(1, 1, 1)):
    """One Axes with fixed limits; its title says the picture's point."""
    ax = figure.add_subplot(*where, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25, lw=0.6)
    ax.set_axisbelow(True)
    return ax


def console(lanes: list[dict], values: dict, states: dict, gradient: Array) -> Picture:
    """A still of the gate console: a lane of bars for each gate, the states, the gradient."""
    T = len(gradient)
    steps = np.arange(1, T + 1)
    figure = Picture(7.6, 0.62 * len(lanes) + 3.6)
    heights = [1] * len(lanes) + [2.2, 1.8]
    grid = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    for ax in grid:
        ax.spines[["top", "right"]].set_visible(False)
    for ax, lane in zip(grid, lanes, strict=False):
        ax.bar(steps, values[lane["trait"]], color=lane["color"], width=0.8, alpha=0.85)
        ax.set(ylim=(lane["low"], 1.02), yticks=[lane["low"], 1])
        label = lane["name"].replace(" gate", "\ngate") + f"  {lane['letter']}"
        ax.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=9)
        ax.axhline(0, color="0.4", lw=0.8)
    above, below = grid[-2:]
    top = 1.15 * max(1.0, *(np.abs(v).max() for v in states.values()))
    above.axhline(0, color="0.4", lw=0.8)
    for name, value in states.items():
        above.plot(steps, value, color=COLORS[name], label=NAMES[name], ms=5, **STYLE[name])
    above.set(ylim=(-top, top))
    above.set_ylabel("state", rotation=0, ha="right", va="center", fontsize=9)
    above.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False, fontsize=8)
    name = "h" if list(states) == ["h"] else "c"
    below.semilogy(steps, np.maximum(gradient, 1e-5), color=COLORS["gradient"], marker="D", ms=4)
    below.set(ylim=(4e-5, 2), xlabel="step t", xticks=steps, yticks=[1, 1e-2, 1e-4])
    below.set_yticklabels(["100%", "1%", "0.01%"])
    label = f"gradient\n$|\\partial {name}_{{{T}}} / \\partial {name}_t|$"
    below.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=9)
    return figure
