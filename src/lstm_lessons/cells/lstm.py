"""The LSTM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array, as_number
from .base import Cell, Slopes, sigmoid
from .trace import ByHand, LSTMTrace


class LSTM(Cell):
    """Long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

        i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g);  a = Wx x + Wh h_prev + b
        c = f * c_prev + i * g;  h = o * tanh(c)

    ``forget_bias`` is what the forget gate's bias starts at. ``chrono=T`` draws it for memories of
    up to T steps instead, b_f = log U(1, T - 1) and b_i = -b_f (Tallec & Ollivier 2018).
    """

    gates, drawn, states = "ifgo", "ofig", "hc"

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        rng: np.random.Generator,
        forget_bias: float = 0.0,
        chrono: float | None = None,
    ):
        super().__init__(n_inputs, n_hidden, rng)
        self._start_bias("f", as_number("forget_bias", forget_bias), chrono, 1, rng)
        if chrono is not None:
            self._bias("i")[:] = -self._bias("f")

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> LSTMTrace:
        """Run over xs (T, B, D) from state (h0, c0), each (B, H), zeros if None.

        ``override={"f": values}`` sets gates by hand: one number, or (T, B, H) where any length may
        be 1, and NaN where the net decides. i, f, o lie in [0, 1], the candidate g in [-1, 1].
        """
        xs, a, [h, c] = self._begin(xs, state)
        by_hand, Wh = ByHand(override, self.gates, (len(xs), *h.shape)), self._by_gate("Wh")
        steps = np.empty((len("hcifgo"), 1 + len(xs), *h.shape))
        steps[:2, 0] = h, c
        for t in range(len(xs)):
            a_i, a_f, a_g, a_o = a[t] + h @ Wh
            i = by_hand("i", t, sigmoid(a_i))
            f = by_hand("f", t, sigmoid(a_f))
            g = by_hand("g", t, np.tanh(a_g))
            o = by_hand("o", t, sigmoid(a_o))
            c = f * c + i * g
            h = o * np.tanh(c)
            steps[:, t + 1] = h, c, i, f, g, o
        (h_prev, c_prev), (h, c, i, f, g, o) = steps[:2, :-1], steps[:, 1:]
        return LSTMTrace(self.variant, xs, by_hand, h_prev, h, c_prev, c, i, f, g, o)

    def slopes(self, trace: LSTMTrace) -> Slopes:
        """Of all steps: "a" of the four gates (T, B, 4H), "h_by_c" and "f" (T, B, H).

        A gate set by hand does not depend on its a, so its slope there is 0.
        """
        i, f, g, o, tanh_c = trace.i, trace.f, trace.g, trace.o, np.tanh(trace.c)
        a = trace.by_hand.slopes(
            i=g * i * (1 - i),
            f=trace.c_prev * f * (1 - f),
            g=i * (1 - g * g),
            o=tanh_c * o * (1 - o),
        )
        return {"a": a, "h_by_c": o * (1 - tanh_c * tanh_c), "f": f}

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh and dL/dc_T = dc_last: what reaches every h, c and a, and h0, c0."""
        slope, h_by_c, f, Wh = slopes["a"], slopes["h_by_c"], slopes["f"], self.params["Wh"]
        dh, dc = dh.copy(), np.empty_like(dh)
        da = np.empty((*dh.shape[:2], len(Wh)))
        dh_next = np.zeros_like(dh[0])
        dc_next = np.zeros_like(dh[0]) if dc_last is None else dc_last
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            dc[t] = dc_next + dh[t] * h_by_c[t]  # two roads into c meet: the next c's, and h's
            da[t] = slope[t] * np.concatenate([dc[t], dc[t], dc[t], dh[t]], axis=-1)
            dh_next = da[t] @ Wh
            dc_next = dc[t] * f[t]  # along the belt: only a product with f
        return {"h": dh, "c": dc, "h0": dh_next, "c0": dc_next, "a": da}
