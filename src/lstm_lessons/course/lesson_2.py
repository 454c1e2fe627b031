"""Lesson 2, why an RNN forgets: its exercises, and the drawing that only it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array, as_array
from .exercise import exercise
from .tables import Function, Near, Number, off_by

if TYPE_CHECKING:
    from ..pictures import Picture


@exercise
def lag() -> Number:
    """After how many steps, for the first time, is less than 1% left if 0.9 is kept at each?"""

    def left(k: float) -> str:
        if k < 1 or k != round(k):
            return f"Not yet: k is a number of steps, whole and at least 1, and not {k!r}."
        return f"Not yet: k = {k:g} leaves {0.9**k:.2%}, and one step earlier it was {0.9 ** (k - 1):.2%}."

    return Number(
        "k",
        right={44: "Right. 0.9 sounds like much; as a share a step it is 1% after 44 of them."},
        misses={
            10: "Not yet: 0.1 is lost of what is *left*, so each step takes away less than the last.",
        },
        otherwise=left,
    )


@exercise
def step_back() -> Function:
    """One step back of a relu RNN: step_back(dh, h, W) -> the gradient one step earlier."""
    rng = np.random.default_rng(0)
    h, dh = np.maximum(rng.standard_normal(5), 0), rng.standard_normal(5)
    W = rng.standard_normal((5, 5))
    return Function(
        "step_back",
        truth=lambda dh, h, W: W.T @ ((h > 0) * dh),
        cases=[(dh, h, W)],
        right="Right. A unit that is off passes nothing back; one that is on passes all, unchanged.",
        misses={
            "Not yet: forward goes through W, back goes through its transpose.": (
                lambda dh, h, W: W @ ((h > 0) * dh)
            ),
            "Not yet: 1 - h*h is the slope of tanh. What is relu's?": (
                lambda dh, h, W: W.T @ ((1 - h * h) * dh)
            ),
            "Not yet: the slope is missing. A unit with h = 0 is off and must pass nothing.": (
                lambda dh, h, W: W.T @ dh
            ),
            "Not yet: the order is off. Back from h_t, the slope comes first, then the matrix.": (
                lambda dh, h, W: (h > 0) * (W.T @ dh)
            ),
        },
        otherwise=off_by,
    )


@exercise
def apart() -> Number:
    """How far apart can two states that start 1 apart be after 200 steps at a norm of 0.98?"""
    most = 0.98**200

    def why(apart: float) -> str:
        if apart >= 1:
            return f"Not yet: {apart:g} is no news: they start 1 apart, and each step brings them closer."
        if apart <= 0:
            return f"Not yet: {apart:g} would say that they must have met. Nothing forces them to."
        if apart < most:
            return f"Not yet: {apart:.2g} is too small: a norm of 0.98 allows {most:.2%}."
        return f"Not yet: {apart:g} is safe, but not the closest bound. Is 0.98 used once a step?"

    return Number(
        "apart",
        right={
            Near(most, 0.01 * most): (
                "Right. And that is the bound; the slopes of tanh make it less still."
            ),
        },
        otherwise=why,
    )


@exercise
def hump(W: Any) -> str:
    """Find a 2 x 2 matrix whose powers grow a hundredfold before they vanish."""
    W = as_array("W", W, (2, 2), -1000, 1000)
    radius = np.abs(np.linalg.eigvals(W)).max()
    if radius > 0.9 + 1e-5:  # a double eigenvalue comes out with an error as large as that
        return f"Not yet: its spectral radius is {radius:.5g}. It should be at most 0.9."
    sizes = [np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(1, 201)]
    if max(sizes) <= 100:
        return f"Not yet: it grows to {max(sizes):.1f} times at most, and should to more than 100."
    return (
        f"Right. {max(sizes):.0f} times at step {1 + int(np.argmax(sizes))}, {sizes[-1]:.0e} at step"
        " 200. The radius tells the end of the story, not its middle."
    )


def word_bars(
    title: str,
    alt: str,
    ylabel: str,
    text: list[str],
    values: Array,
    ylim: tuple[float, float],
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
