"""Lesson 1, reading a sequence: its guesses, its exercises, and the drawings that only it uses."""

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

GUESSES: dict[str, dict[str, Any]] = {
    "all_of_it": {
        "question": "A forecast has a weight for each of the 199 years before, all of them fitted to the"
        " 200 years for learning. In the test the error of “same as last year” was 28.6."
        " What is the error of this forecast?",
        "choices": {20: "below 20", 40: "from 20 to 40", np.inf: "40 or more"},
        "why": {
            20: "You may have thought that more of the past can only help. In the years it was fitted"
            " to, it does: there the error is below 5. The test has other years.",
            40: "You may have thought that weights that are not needed come out near 0. Nothing asks"
            " them to: least squares takes whatever fits best, and here the largest is above 1,000.",
            np.inf: "200 parameters fitted to 200 years learn those years nearly by heart, with huge"
            " weights that cancel each other there. In new years they do not cancel.",
        },
    },
    "best": {
        "question": "Which window, from 1 to 60 years wide, gives the smallest error in the test?",
        "tolerance": 2,
        "why": {
            2: "You may have thought that the last value says nearly all. It does not say whether the"
            " wave is rising or falling. Drag the width from 1 to 2 and watch the error.",
            7: "Two years tell whether the wave rises or falls, and that is most of the gain. Still, a"
            " few more help. Drag the width on to 9.",
            11.1: "Nine years see most of a wave. Each further year would need a weight of its own, and"
            " there are only 200 years to learn it from.",
            25: "You may have thought of a whole wave, or two of them. That much is not needed. Drag the"
            " width back to 9: the error gets smaller, not larger.",
            np.inf: "You may have thought that a longer look back can only help. Each year further back"
            " needs a weight of its own, from the same 200 years. Drag the width to 60 and watch.",
        },
    },
    "lasting": {
        "question": "An input of 1 comes at step 1, then nothing. With wₓ = wₕ = 1 and no bias, h is"
        " 0.76 at step 1. What is it at step 12?",
        "choices": {0.1: "below 0.1", 0.7: "from 0.1 to 0.7", np.inf: "0.7 or more"},
        "why": {
            0.1: "You may have thought that tanh takes the same share at every step. The smaller h is,"
            " the less it takes. Set wₕ to 1 in the console and see how flat the line gets.",
            0.7: "Only tanh makes h smaller here, and of a small number it takes little: of 0.5 it leaves"
            " 0.46. So h fades, and ever more slowly.",
            np.inf: "You may have thought that wₕ = 1 hands h on whole. It does, but tanh takes something"
            " at every step. Set wₕ to 1 in the console and watch h sink; then to 1.5, where it stays.",
        },
    },
    "padded": {
        "question": "A sequence has ended, and zeros fill up the batch. The RNN's biases are not 0."
        " What does h do?",
        "choices": {
            "stays": "it stays as it is",
            "changes": "it goes on changing",
            "zero": "it becomes 0",
        },
        "why": {
            "stays": "You may have thought that a zero adds nothing. The input's part of the sum is"
            " nothing, indeed. The other parts are not.",
            "changes": "At every step the old h goes through Wₕ, the bias is added, and tanh squashes the"
            " sum, whatever comes in.",
            "zero": "You may have thought that without an input there is no state. But the input is only"
            " one part of the sum, and the bias alone keeps it from 0.",
        },
    },
}

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
    """A forecast beside the truth, both (years,), and its error by width, (widths,), up to its own.

    ``update((forecast, width, error))`` shows those of one width.
    """
    from .. import pictures

    figure.set_figheight(4.4 if figure.narrow else 3.0)
    labels = "The forecast (dashed) follows the waves", "year", "sunspots"
    ax = pictures.axes(figure, *labels, (years[0], years[-1]), (-20, 240), (3, (1, 2)))
    ax.plot(years, truth, color=pictures.COLORS["x"], lw=1.2)
    (line,) = ax.plot([], [], color="0.1", lw=1.4, ls="--")
    labels = "The error so far", "window width", "error"
    side = pictures.axes(figure, *labels, (0, widths[-1] + 1), (15, 30), (3, 3))
    (curve,) = side.plot([], [], color="0.5", lw=1.5)  # no more of it than was looked for
    (dot,) = side.plot([], [], "o", color="0.1", ms=7)

    def update(result: tuple[Array, int, float]) -> list[Artist]:
        values, width, error = result
        line.set_data(years, values)
        curve.set_data(widths[widths <= width], errors[widths <= width])
        dot.set_data([width], [min(error, 30)])
        return [line, curve, dot]

    return update
