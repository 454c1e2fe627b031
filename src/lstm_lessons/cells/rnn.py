"""The plain recurrent cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array, one_of
from .base import Cell, Slopes
from .trace import ByHand, Trace


class RNN(Cell):
    """A plain recurrent cell: h = act(Wx x + Wh h_prev + b), act one of tanh, relu, linear.

    Elman 1990 with tanh. ``trace.h`` is (T, B, H).
    """

    gates = drawn = "h"
    activations: ClassVar[dict] = {
        "tanh": np.tanh,
        "relu": lambda a: np.maximum(a, 0),
        "linear": lambda a: a,
    }
    derivatives: ClassVar[dict] = {  # from the value h itself
        "tanh": lambda h: 1 - h * h,
        "relu": lambda h: (h > 0).astype(np.float64),
        "linear": np.ones_like,
    }

    def __init__(
        self, n_inputs: int, n_hidden: int, rng: np.random.Generator, activation: str = "tanh"
    ):
        self.activation = one_of("activation", activation, self.activations)
        super().__init__(n_inputs, n_hidden, rng)

    @property
    def variant(self) -> str:
        return f"RNN {self.activation}"

    def forward(self, xs: ArrayLike, state: Any = None, override: Mapping | None = None) -> Trace:
        """Run over xs (T, B, D) from state h0 (B, H), zeros if None. There is no gate to override."""
        if override is not None:
            raise ValueError("override: got gates for an RNN, which has none, expected None")
        xs, a, [h] = self._begin(xs, state)
        act, Wh = self.activations[self.activation], self._by_gate("Wh")[0]
        steps = np.empty((1 + len(xs), *h.shape))
        steps[0] = h
        for t in range(len(xs)):
            h = act(a[t, 0] + h @ Wh)
            steps[t + 1] = h
        return Trace(self.variant, xs, ByHand(None, "", xs.shape), steps[:-1], steps[1:])

    def slopes(self, trace: Trace) -> Slopes:
        """The slope of the activation at every step: "a" (T, B, H)."""
        return {"a": self.derivatives[self.activation](trace.h)}

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh: what reaches every h and a, (T, B, H), and h0."""
        slope, Wh = slopes["a"], self.params["Wh"]
        dh, da, dh_next = dh.copy(), np.empty_like(dh), np.zeros_like(dh[0])
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            da[t] = dh[t] * slope[t]
            dh_next = da[t] @ Wh
        return {"h": dh, "h0": dh_next, "a": da}
