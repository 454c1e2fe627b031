"""Shapes and tasks, the first part of lesson 9: its guesses and exercises, and a sensor's reports."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arguments import Array
from .tables import function

GUESSES: dict[str, dict[str, Any]] = {
    "reshaped": dict(
        question="The log has 12 rows: four hours of room 0, then of room 1, then of room 2. You call"
        " reshape(4, 3, 2) on its two sensors. Of the three sequences in the result, how many hold"
        " one room each?",
        choices={0.5: "none", 2.5: "one or two", np.inf: "all three"},
        why={
            0.5: "It deals the rows out like cards, three to an hour. Every sequence gets rows of"
            " several rooms, and nothing warns you.",
            2.5: "You may have thought that the first room at least keeps its place. But its first"
            " three rows now stand side by side, as the first hour of three sequences.",
            np.inf: "The shape is the one asked for, and a shape is all that reshape promises. It"
            " fills it in the order of the log, three rows to an hour.",
        },
    ),
    "in_front": dict(
        question="A fresh LSTM, forget bias 1, all other biases 0, reads a sequence. Then it reads"
        " five rows of zeros and after them the same sequence. Does its last h change?",
        choices={"same": "not at all", "moved": "yes, as with zeros behind"},
        why={
            "same": "Zeros still go through every gate. But the candidate is tanh(0) = 0, so there is"
            " nothing to let in, c stays at 0, and the sequence starts as if they had not been there.",
            "moved": "Zeros behind the end change h, because there is a state to change. In front of"
            " it there is none yet: with the candidate's bias at 0 they write 0. And after training?",
        },
    ),
    "alone": dict(
        question="The decoder always says its likeliest digit. Told the right answers before, it gets"
        " a share of all rows right from end to end. Running free, does it get fewer?",
        choices={"fewer": "fewer rows", "same": "exactly as many", "more": "more rows"},
        why={
            "fewer": "Mistakes do pile up when it runs free: look at the digits after the first one."
            " But a row with a mistake was not right from end to end before either.",
            "same": "Until its first mistake the decoder is told the same in both, since what it says"
            " is right. A row without a mistake is one in both. It is the digits after one that suffer.",
            "more": "Its own answers may suit it better than the right ones, you may have thought. In"
            " a row that is right they are the right ones, so nothing is different there.",
        },
    ),
}


def reports(
    rng: np.random.Generator, T: int = 20, B: int = 32
) -> tuple[Array, Array, Array, Array]:
    """A series that a sensor reports now and then, each (T, B).

    The values, x_t = 0.8 x_(t-1) + 0.6 noise, of variance 1; which of them were reported, 1 or 0, the
    first and three in ten; the last report at every step; and the steps since it.
    """
    values, known = rng.standard_normal((T, B)), rng.random((T, B)) < 0.3
    known[0] = True
    last, since = values.copy(), np.zeros((T, B))
    for t in range(1, T):
        values[t] = 0.8 * values[t - 1] + 0.6 * values[t]
        last[t] = np.where(known[t], values[t], last[t - 1])
        since[t] = np.where(known[t], 0, since[t - 1] + 1)
    return values, known.astype(float), last, since


def _case(losses: list[list[float]], lengths: list[int]) -> tuple[Array, Any]:
    return np.array(losses), np.array(lengths)


@function(
    _case([[1.0, 0.2], [3.0, 0.4], [9.0, 0.6], [9.0, 0.8], [9.0, 9.0]], [2, 4]),
    _case([[2.0, 1.0, 5.0], [7.0, 4.0, 6.0], [7.0, 7.0, 1.0], [7.0, 7.0, 7.0]], [1, 2, 3]),
    otherwise="it is off. Step t, from 0, is there if t is below its sequence's length.",
)
def masked_loss(losses: Array, lengths: Any) -> dict[str, Any]:
    """The mean loss of the steps that are there: losses (T, B), lengths (B,)."""
    steps = np.arange(len(losses))[:, None]
    there, late = losses * (steps < lengths), losses * (steps <= lengths)
    last = losses[lengths - 1, np.arange(len(lengths))]
    return {
        "Right. Every step that is there counts the same, and padding not at all.": there.sum()
        / lengths.sum(),
        "that is the mean of the sequences' means, in which a step of a short one counts more.": (
            np.mean(there.sum(axis=0) / lengths)
        ),
        "that counts the padding too.": losses.mean(),
        "the padding adds nothing, but you divide by its steps as well.": there.mean(),
        "that is the sum. Divide it by the number of steps that are there.": there.sum(),
        "one step too many of each sequence is in it: steps count from 0.": late.sum()
        / (lengths + 1).sum(),
        "only the last step of each sequence is in it.": last.mean(),
    }
