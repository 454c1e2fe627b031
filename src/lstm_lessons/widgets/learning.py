"""What the page needs to train a network by itself: how it may start, and what stories it reads."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from .. import tasks
from ..cells import LSTM
from ..stack import Readout, Stack

SEED = 1
FILLERS = 3  # sentences between the city and the gap, as in lesson 8
STARTS: dict[str, dict[str, float]] = {
    "chrono": {"chrono": 40.0},
    "forget bias 1": {"forget_bias": 1.0},
    "zeros": {},
}
RATES = [0.001, 0.003, 0.01, 0.03]


def weights_text(model: Stack) -> str:
    """The weights of an LSTM with a read-out, Wx, Wh, b, V, v, as base64 of little-endian float64."""
    flat = np.concatenate([values.ravel() for values in model.params.values()])
    return base64.b64encode(flat.astype("<f8").tobytes()).decode()


def learning(model: Stack) -> dict[str, Any]:
    """For a network of the size of ``model``: the weights it begins from, and each start's b (4H,).

    The first weights are those of the first start. The other starts differ from it in b alone.
    """
    D, H, K = len(tasks.WORDS), model.cells[0].n_hidden, len(tasks.CITIES)

    def begun(start: str) -> Stack:
        rng = np.random.default_rng(SEED)
        return Stack([LSTM(D, H, rng, **STARTS[start]), Readout(H, K, rng)])

    begin, end, cities = tasks.STORIES["city"]
    return {
        "first": weights_text(begun(next(iter(STARTS)))),
        "starts": [[start, begun(start).params["0.b"].tolist()] for start in STARTS],
        "rates": RATES,
        "rate": 0.01,
        "seed": SEED,
        "grammar": {
            "words": tasks.WORDS,
            "fillers": tasks.FILLERS,
            "begin": begin,
            "end": end,
            "names": tasks.NAMES,
            "cities": cities,
            "count": FILLERS,
        },
    }
