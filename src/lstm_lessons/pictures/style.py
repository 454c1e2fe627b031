"""How all pictures look: a colour for each letter, axes with fixed limits, labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes

from .picture import Picture

# One colour in all lessons. To some colour-blind eyes f and g, o and c or x, z and i, x or the
# gradient are alike: their letters, and their rows, boxes or line styles, tell them apart as well.
COLORS = {
    "f": "#D55E00", "i": "#009E73", "o": "#A5559C", "g": "#B58900",
    "r": "#8C6239", "z": "#C2417C", "n": "#B58900", "x": "#5B7083",
    "c": "#0072B2", "h": "#2C9AD1", "gradient": "#767676",
}  # fmt: skip
# The same, darker, for letters: at least 4.5 to 1 on white and on the palest greys.
INK = {
    "f": "#B44E00", "i": "#007152", "o": "#82427B", "g": "#846300",
    "r": "#73502D", "z": "#AE3A6F", "n": "#846300", "x": "#4E6071",
    "c": "#005B90", "h": "#1F749F", "gradient": "#6A6A6A",
}  # fmt: skip
STYLE: dict[str, Any] = {"c": dict(marker="o"), "h": dict(ls="--", marker="s", mfc="white")}
TITLE: dict[str, Any] = dict(fontsize=10, fontweight="bold", ha="left", wrap=True)
NAMES = {"c": "cell state c", "h": "hidden state h"}


def axes(
    figure: Picture,
    title: str,
    xlabel: str,
    ylabel: str,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    where: tuple[int, int | tuple[int, int]] = (1, 1),
) -> Axes:
    """One Axes with fixed limits; ``title`` is its point.

    ``where`` says in how many columns the picture is cut, and in which it stands, or from which to
    which; on a narrow picture they are rows.
    """
    cut, place = where
    grid = (cut, 1) if figure.narrow else (1, cut)
    ax = figure.add_subplot(*grid, place, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, loc="left", **TITLE)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25, lw=0.6)
    ax.tick_params(labelsize=9 if figure.narrow else 10)
    ax.set_axisbelow(True)
    return ax


def error_axes(figure: Picture, title: str, label: str, most: int, solved: float) -> Axes:
    """Axes for errors, called ``label``, over ``most`` training steps. Up to ``solved`` lies a grey band."""
    ax = axes(figure, title, "training step", label, (0, most + 50), (2e-3, 3))
    ax.set_yscale("log")
    ax.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    ax.minorticks_off()
    ax.axhspan(2e-3, solved, color="0.94", zorder=0)
    look: dict[str, Any] = dict(color="0.4", style="italic", va="center")
    ax.text(1.0375 * most, 0.0045, "solved", rotation=90 if figure.narrow else 0, **look)
    return ax


def spread(heights: Mapping[str, float], gap: float, top: float) -> dict[str, float]:
    """Heights for labels at the ends of lines: near their lines, ``gap`` apart, up to ``top``."""
    if not heights:
        return {}
    names = sorted(heights, key=lambda name: heights[name])
    placed = [heights[name] for name in names]
    for k in range(1, len(names)):  # first push up, then back down
        placed[k] = max(placed[k], placed[k - 1] + gap)
    placed[-1] = min(placed[-1], top)
    for k in range(len(names) - 2, -1, -1):
        placed[k] = min(placed[k], placed[k + 1] - gap)
    return dict(zip(names, placed, strict=True))
