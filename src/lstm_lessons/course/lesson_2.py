"""Lesson 2, why an RNN forgets: its exercises, and the drawing that only it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array, as_array
from .exercise import exercise
from .tables import Near, Number, function

if TYPE_CHECKING:
    from ..pictures import Picture


def _left(k: float) -> str:
    if k < 1 or k != round(k):
        return f"k is a number of steps, whole and at least 1, and not {k!r}."
    return f"k = {k:g} leaves {0.9**k * 100:.3g}%, and one step earlier it was {0.9 ** (k - 1) * 100:.3g}%."


lag = Number(
    "lag",
    {
        44: "Right. 0.9 sounds like a lot, but multiplied at every step it leaves less than 1% after 44.",
        10: "0.1 is lost of what is *left*, so each step takes away less than the last.",
    },
    otherwise=_left,
)

_draw = np.random.default_rng(0).standard_normal


@function((_draw(5), np.maximum(_draw(5), 0), _draw((5, 5))))
def step_back(dh: Array, h: Array, W: Array) -> dict[str, Array]:
    """One step back of a relu RNN: step_back(dh, h, W) -> the gradient one step earlier."""
    da, of_tanh = (h > 0) * dh, (1 - h * h) * dh
    back, late = W.T @ da, (h > 0) * (W.T @ dh)
    return {
        "Right. A unit that is off passes nothing back; one that is on passes all, unchanged.": back,
        "forward goes through W, back goes through its transpose.": W @ da,
        "1 - h*h is the slope of tanh. What is relu's?": W.T @ of_tanh,
        "the slope is missing. A unit with h = 0 is off and must pass nothing.": W.T @ dh,
        "the order is off. Back from h_t, the slope comes first, then the matrix.": late,
    }


_MOST = 0.98**200
_NEARLY = Near(_MOST, 0.01 * _MOST)


def _not_the_bound(apart: float) -> str:
    if apart >= 1:
        return f"{apart:g} is no news: they start 1 apart, and each step brings them closer."
    if apart <= 0:
        return f"{apart:g} would say that they must have met. Nothing forces them to."
    if apart < _MOST:
        return f"{apart:.2g} is too small: a norm of 0.98 allows {_MOST:.2%}."
    return f"{apart:g} is safe, but not the closest bound. Is 0.98 used once a step?"


apart = Number(
    "apart",
    {_NEARLY: "Right. And that is the bound; the slopes of tanh make it less still."},
    otherwise=_not_the_bound,
)


@exercise
def hump(W: Any) -> str:
    """Find a 2 x 2 matrix whose powers grow a hundredfold before they vanish."""
    W = as_array("W", W, (2, 2), -1e6, 1e6)
    radius = np.abs(np.linalg.eigvals(W)).max()
    if radius > 0.9 + 1e-5:  # a double eigenvalue comes out with an error as large as that
        return f"its spectral radius is {radius:.5g}. It should be at most 0.9."
    sizes = [np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(1, 201)]
    if max(sizes) <= 100:
        return f"it grows to {max(sizes):.1f} times at most, and should to more than 100."
    return (
        f"Right. {max(sizes):.0f} times at step {1 + int(np.argmax(sizes))}, {sizes[-1]:.0e} at step"
        " 200. The radius tells the end of the story, not its middle."
    )


def word_bars(
    title: str, alt: str, ylabel: str, text: list[str], values: Array, ylim: tuple[float, float]
) -> Picture:
    """A bar for each word of a text, on a log axis; values (words,)."""
    from .. import pictures

    figure = pictures.Picture(7.6, 3.0, alt)
    ax = pictures.axes(figure, title, "", ylabel, (-0.7, len(text) - 0.3), ylim)
    ax.set_yscale("log")
    ax.minorticks_off()
    ax.bar(range(len(text)), values, color=pictures.COLORS["h"], width=0.7)
    ax.set_xticks(range(len(text)), text, rotation=60, ha="right", rotation_mode="anchor")
    return figure
