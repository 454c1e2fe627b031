"""What all pictures share: a colour for each letter, axes with fixed limits, labels, and the PNG."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

# One colour in all lessons. To some colour-blind eyes f and g, o and c or x, z and i, x or the
# gradient are alike: their letters, and their rows, boxes or line styles, tell them apart as well.
COLORS = {
    "f": "#D55E00", "i": "#009E73", "o": "#A5559C", "g": "#B58900",
    "r": "#8C6239", "z": "#C2417C", "n": "#B58900", "x": "#5B7083",
    "c": "#0072B2", "h": "#2C9AD1", "gradient": "#767676",
}  # fmt: skip
STYLE: dict[str, Any] = {"c": dict(marker="o"), "h": dict(ls="--", marker="s", mfc="white")}
NAMES = {"c": "cell state c", "h": "hidden state h"}
Bundle = tuple[dict[str, Any], dict[str, Any]]  # what Jupyter shows: data and metadata by MIME type


class Picture(Figure):
    """A matplotlib figure, in inches, that a notebook shows as a PNG together with its alt text."""

    canvas: FigureCanvasAgg

    def __init__(self, width: float = 7.0, height: float = 3.0, alt: str = "") -> None:
        super().__init__(figsize=(width, height), dpi=150)
        self.set_layout_engine(ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))  # room to the edge
        FigureCanvasAgg(self)
        self.alt = alt

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **kwargs: Any) -> Bundle:
        return with_png(self, self.alt)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in a page's pixels, 100 to the inch: the PNG is finer by half."""
        return round(100 * self.get_figwidth()), round(100 * self.get_figheight())


def png(figure: Figure) -> bytes:
    """The figure as PNG bytes."""
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def with_png(
    figure: Picture, text: str, bundle: Bundle = ({}, {}), picture: bytes | None = None
) -> Bundle:
    """A MIME bundle with a PNG beside what it has; ``text`` is its plain text and its alt text.

    ``picture`` is the PNG, if it has been drawn already.
    """
    data, metadata = bundle
    encoded = base64.b64encode(picture or png(figure)).decode()
    width, height = figure.size
    shown = {"image/png": {"alt": text, "width": width, "height": height}}
    return {**data, "image/png": encoded, "text/plain": text}, {**metadata, **shown}


def axes(
    figure: Figure,
    title: str,
    xlabel: str,
    ylabel: str,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    where: tuple[int, int, int | tuple[int, int]] = (1, 1, 1),
) -> Axes:
    """One Axes with fixed limits, at ``where`` as in ``add_subplot``; its title is the point."""
    ax = figure.add_subplot(*where, xlim=xlim, ylim=ylim, xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, loc="left", fontsize=10, fontweight="bold")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25, lw=0.6)
    ax.set_axisbelow(True)
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
