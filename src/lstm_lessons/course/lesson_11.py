"""Lesson 11, what became of the gate: its guesses and its exercises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..cells import MinGRU
from .exercise import exercise, own_cell
from .tables import Near, Number, function

GUESSES: dict[str, dict[str, Any]] = {
    "cut": {
        "question": "With W_h at 0, how much arrives over all roads, compared with the belt alone?",
        "choices": {
            "more": "more, as before",
            "same": "the same, to the last digits",
            "less": "less: the side roads had helped the belt",
        },
        "why": {
            "more": "A side road leaves the belt at h and comes back through a gate that reads h. Where"
            " no gate reads h, no road comes back.",
            "same": "Every side road passes through W_h. With W_h at 0 the product of the forget gates"
            " is no longer one road of many: it is the gradient.",
            "less": "Cutting them takes away what they brought, and leaves the belt as it was: its"
            " factors are the forget gates, and no side road is in them.",
        },
    },
    "rounds": {
        "question": "1,000 steps, and every h is wanted. Joins in one round do not wait for each"
        " other. With processors enough, in how many rounds is it done?",
        "tolerance": 1,
        "why": {
            8.5: "In a round a step can only join with one that is done: what it has looked back on at"
            " most doubles. After five rounds that is 32 steps.",
            11.5: "Each round doubles how far every step has looked back: 1, 2, 4, … 512, 1,024. That"
            " is the logarithm of 1,000 to the base 2, rounded up.",
            40: "You may have thought of a tree that goes up and down again: that takes about 20. The"
            " other way, with more joins in every round, takes half of it.",
            np.inf: "That is as if step after step had to wait. A join needs no start state: pairs far"
            " down the sequence can be joined before anything before them is known.",
        },
    },
    "opened": {
        "question": "A step between 0.001 and 0.1, and A = -1, as in the slowest of Mamba's sixteen states"
        " before training: what share does it keep at a step, at the least?",
        "choices": {
            0.3: "less than 0.3",
            0.6: "about a half, as a sigmoid at 0",
            0.8: "about 0.73, as with a forget bias of 1",
            np.inf: "more than 0.8",
        },
        "why": {
            0.3: "That would be the share of a step above 1. A small step is a long memory: what is"
            " kept is exp(-step), near 1 where the step is near 0.",
            0.6: "A softplus at 0 is 0.69 and would keep a half. Its authors did not leave it there: they"
            " set the bias so that the step lies between 0.001 and 0.1.",
            0.8: "That was the usual start for an LSTM for long. It keeps half of a value for about"
            " two steps, and here the sequences are thousands of steps long.",
            np.inf: "It keeps exp(-0.1) at the least, which is 0.905. The fastest of its states, with"
            " A = -16, keeps a fifth: together they are memories of many lengths.",
        },
    },
    "tracks": {
        "question": "Which of RNN, LSTM, GRU, minLSTM and minGRU know the parity of 200 bits in at"
        " least half of the ten seeds?",
        "choices": {
            "all": "all five",
            "gated": "LSTM, GRU, minLSTM and minGRU",
            "old": "RNN, LSTM and GRU",
            "else": "a different set of them",
        },
        "why": {
            "all": "Two of them cannot turn a sign: what they keep is a share between 0 and 1 that the"
            " input chooses. They are at chance at the last of 20 bits.",
            "gated": "Gates are for keeping, and nothing has to be kept long here. What is needed is to"
            " turn round what is there, which the plain RNN can do.",
            "old": "To change the answer at a 1, the state has to be turned round. These three do it by"
            " reading it.",
            "else": "You may have thought that 200 bits are too many after a training on 20. They are"
            " not for a network that keeps the answer as one of two states that pull back to themselves.",
        },
    },
}

rounds = Number(
    "rounds",
    {
        12: "Right. Twice as many steps cost one round more.",
        4095: "that is one join after the other. Those that do not wait for each other share a round.",
        4096: "that is one step after the other. Those that do not wait for each other share a round.",
        11: "after 11 rounds each step has looked back on 2,048.",
        24: "that is up a tree and down again. The scan above needs half of it.",
    },
    otherwise="{:g} is not it. Each round doubles how far every step has looked back.".format,
)


@function((0.5, 2.0, 0.25, -3.0), (0.9, -1.0, 0.0, 4.0))
def joined(f2: float, b2: float, f1: float, b1: float) -> dict[str, Any]:
    """Two steps as one: joined(f2, b2, f1, b1) -> (f, b)."""
    return {
        "Right. All that a scan needs is that this can be done in any brackets.": np.array(
            [f2 * f1, f2 * b1 + b2]
        ),
        "that is the second step before the first. What was written first is kept by f2.": np.array(
            [f2 * f1, f1 * b2 + b1]
        ),
        "what the first step wrote passes the second gate as well.": np.array([f2 * f1, b1 + b2]),
        "shares multiply: of a half, a quarter is kept.": np.array([f2 + f1, f2 * b1 + b2]),
    }


def _half(steps: float) -> str:
    if steps <= 0:
        return f"{steps:g} is no number of steps."
    return f"after {steps:g} steps {math.exp(-0.01 * steps):.0%} is left."


small_step = Number(
    "small_step",
    {
        Near(
            math.log(2) / 0.01, 0.75
        ): "Right. A small step is a long memory, and no gate was named.",
        100: "after 100 steps 1/e is left, 37%. Half is gone sooner.",
        Near(math.exp(-0.01), 1e-3): "that is what one step keeps. How many of them make a half?",
        50: "that would be a straight line. It keeps a share of what is left at every step.",
    },
    otherwise=_half,
)


@exercise
def turner(cell: Any) -> str:
    """Set the weights of a signed minGRU of one unit whose h tells the parity of 200 bits."""
    cell = own_cell(cell, MinGRU, n_inputs=1)
    if cell.variant != "MinGRU signed":
        return "it should be a MinGRU(1, 1, rng, signed=True)."
    bits = np.random.default_rng(0).integers(2, size=(200, 20))
    bits[0], bits[:, 0], bits[:, 1] = 0, 0, 1  # one row that only keeps, one that only turns
    h = cell.forward(bits[..., None], np.ones((20, 1))).h[..., 0]
    sign = 1 - 2 * (np.cumsum(bits, axis=0) % 2)
    wrong = np.argwhere(h * sign <= 0.5)
    if len(wrong) == 0:
        return (
            "Right, on 20 rows of 200 bits. It works because a gate can round to exactly 0 and 1 here;"
            " a little less, and nothing pulls h back."
        )
    t, row = wrong[0]
    now, was = (round(float(v), 2) + 0.0 for v in (h[t, row], h[t - 1, row] if t else 1.0))
    if bits[t, row] == 0:
        return f"at step {t + 1}, an input 0, h should stay, and goes from {was:.2f} to {now:.2f}."
    if now * was > 0:
        return f"at an input 1 h should change its sign: it goes from {was:.2f} to {now:.2f}. Is z near 1 there?"
    return f"h turns, but it has shrunk or grown: {now:.2f} after step {t + 1}. Nearer to 1 with z, and n at 0?"
