"""Lesson 2, why an RNN forgets: its guesses, its exercises, and the drawing that only it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array, as_array
from .exercise import exercise
from .tables import Near, Number, function

if TYPE_CHECKING:
    from ..pictures import Picture

GUESSES: dict[str, dict[str, Any]] = {
    "felt": {
        "question": "Oslo in place of the fourth word, or in place of the last one: how much less does"
        " the first change move the last hidden state than the second one does?",
        "choices": {
            10: "up to 10 times less",
            1000: "10 to 1,000 times less",
            np.inf: "more than 1,000 times less",
        },
        "why": {
            10: "You may have thought that the state holds the words side by side. But at every step all"
            " of it goes through Wₕ and tanh once more, and in this network most steps leave less of a change.",
            1000: "You may have added up what is lost, step by step. It multiplies: a factor of 0.6,"
            " twenty times over, is less than a ten-thousandth.",
            np.inf: "Each step leaves about 0.6 of a change. Between the fourth word and the last there"
            " are twenty steps, and their factors multiply.",
        },
    },
    "can": {
        "question": "No slope of tanh is above 1. Can the gradient of a tanh RNN of 32 units explode on its"
        " way back, that is, grow and grow?",
        "choices": {
            "no": "no, it can only shrink",
            "rare": "yes, but only in a rare network, whatever the size of Wₕ",
            "most": "yes, in most networks at some size of Wₕ",
        },
        "why": {
            "no": "You may have looked at the slopes alone. They are one factor of each step, and the"
            " matrix is the other. Leave the activation at tanh and drag ρ up to 3.",
            "rare": "You may have thought that large weights saturate tanh before the gradient can grow."
            " With far larger ones, in a network of this size, they do. Drag ρ up to 3: first it grows.",
            "most": "A step multiplies by the slopes and by Wₕ. If the matrix stretches by more than the"
            " slopes shrink, the product grows: at ρ = 3 it did so in most of 20 random"
            " networks of 32 units.",
        },
    },
    "small": {
        "question": "In an RNN with ρ = 0.9, whose gradient vanishes, a random gradient of length 6 or so"
        " arrives at the last state. How long is dL/dWₕ, all its numbers taken as one vector?",
        "choices": {
            0.1: "nearly 0, below 0.1",
            1: "small, from 0.1 to 1",
            np.inf: "not small at all, above 1",
        },
        "why": {
            0.1: "You may have thought that where the gradient vanishes, dL/dWₕ does too. It is a sum over"
            " all steps, and the last of them are next to the loss: nothing has vanished there yet.",
            1: "You may have thought that the steps long ago drag the rest down. It is a sum and no mean:"
            " what adds nothing takes nothing away either.",
            np.inf: "In the sum over the steps, the parts from long ago have vanished, and the last ten"
            " steps alone make nearly all of it.",
        },
    },
    "recalls": {
        "question": "Which start learns, in 300 steps of gradient descent, to name the symbol better than"
        " by chance?",
        "choices": {
            "neither": "neither: they are RNNs",
            "orthogonal": "only the orthogonal one",
            "PyTorch's": "only PyTorch's",
            "both": "both",
        },
        "why": {
            "neither": "You may have heard that no RNN can learn to remember for so long. It depends on"
            " the start: one of these two learned it.",
            "orthogonal": "A random orthogonal Wₕ shortens no vector, so at the start only the slopes of"
            " tanh take something from the gradient. PyTorch's weights take more at every step, and"
            " next to nothing comes back over 50 blanks.",
            "PyTorch's": "You may have trusted the start that a library has chosen. It is no bad one, but"
            " its weights are small, and the way back is 50 steps long.",
            "both": "You may have thought that training finds the weights from any start. Gradient descent"
            " moves a weight in proportion to its gradient, and that is where the two differ.",
        },
    },
    "three": {
        "question": "0.2, 0.5 or 0.8 is written into one tanh unit. Under one set of weights, given to two"
        " decimals, how many of the three can it keep to within 0.05 for 200 steps?",
        "choices": {0.5: "none", 1.5: "one", 2.5: "two", np.inf: "all three"},
        "why": {
            0.5: "You may have thought that tanh wears down every value. Not a fixed point: in puzzle 3 you"
            " made 0.8 one. It is then the one value that lasts.",
            1.5: "What lasts is a value that the next step gives back, and that draws its neighbours in."
            " A tanh unit has one such value above 0 at most.",
            2.5: "You may have thought of the two signs, which both lasted. One of those two lies below 0"
            " and one above it. Two above 0 do not both last.",
            np.inf: "You may have thought that wₕ = 1 hands h on as it is. tanh takes something at every"
            " step: what is no fixed point drifts until it comes to one.",
        },
    },
}


def _left(k: float) -> str:
    if k < 1 or k != round(k):
        return f"k is a number of steps, whole and at least 1, and not {k!r}."
    return f"k = {k:g} leaves {0.9**k * 100:.3g}%, and one step earlier it was {0.9 ** (k - 1) * 100:.3g}%."


lag = Number(
    "lag",
    {
        44: "Right. 0.9 sounds like a lot, but multiplied at every step it leaves less than 1% after 44.",
        10: "0.1 is lost of what is left, so each step takes away less than the last.",
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
    W = as_array("your answer", W, (2, 2), -1e6, 1e6)
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

    def draw(figure: Picture) -> None:
        places, range_ = range(len(text)), (-0.7, len(text) - 0.3)
        if figure.narrow:  # the words go down: side by side they have no room
            figure.set_figheight(0.2 * len(text) + 1.4)
            ax = pictures.axes(figure, title, ylabel, "", ylim, range_[::-1])
            ax.barh(places, values, color=pictures.COLORS["h"], height=0.7)
            ax.set_yticks(places, text, fontsize=9)
            ax.set_xscale("log")
        else:
            ax = pictures.axes(figure, title, "", ylabel, range_, ylim)
            ax.bar(places, values, color=pictures.COLORS["h"], width=0.7)
            ax.set_xticks(places, text, rotation=60, ha="right", rotation_mode="anchor")
            ax.set_yscale("log")
        ax.minorticks_off()

    return pictures.still(draw, alt)
