"""Two things that one adds to an LSTM: layer normalisation, and dropout in three places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array, as_number, one_of
from .base import NotInPyTorch, Slopes, sigmoid
from .lstm import LSTM
from .trace import ByHand, LSTMTrace


def normalised(a: Array) -> tuple[Array, Array]:
    """Each row of the last axis with mean 0 and variance 1, and what it was divided by (…, 1)."""
    off = a - a.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.mean(off * off, axis=-1, keepdims=True) + 1e-5)
    return off / spread, spread


class LayerNormLSTM(NotInPyTorch, LSTM):
    """An LSTM that normalises what its gates read, over the units, at each step and for each gate
    (after Ba, Kiros & Hinton 2016, arXiv:1607.06450, who normalise the two products apart, and c too).

        a = gain * norm(Wx x + Wh h_prev) + b, and on as the LSTM; gain (4H,) starts at 1
    """

    def __init__(
        self, n_inputs: int, n_hidden: int, rng: np.random.Generator, forget_bias: float = 0.0
    ):
        super().__init__(n_inputs, n_hidden, rng, forget_bias)
        self.params["gain"] = np.ones(4 * self.n_hidden)
        self.shapes["gain"] = self.params["gain"].shape

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> LSTMTrace:
        """Run over xs (T, B, D) from state (h0, c0), each (B, H), zeros if None; as `LSTM`."""
        xs, a, [h, c] = self._begin(xs, state)
        by_hand, Wh = ByHand(override, self.gates, (len(xs), *h.shape)), self._by_gate("Wh")
        gain, b = (self.params[name].reshape(4, 1, -1) for name in ("gain", "b"))
        a -= b  # which comes after the norm
        steps = np.empty((len("hcifgo"), 1 + len(xs), *h.shape))
        steps[:2, 0] = h, c
        for t in range(len(xs)):
            a_i, a_f, a_g, a_o = gain * normalised(a[t] + h @ Wh)[0] + b
            i, f = by_hand("i", t, sigmoid(a_i)), by_hand("f", t, sigmoid(a_f))
            g, o = by_hand("g", t, np.tanh(a_g)), by_hand("o", t, sigmoid(a_o))
            c = f * c + i * g
            h = o * np.tanh(c)
            steps[:, t + 1] = h, c, i, f, g, o
        (h_prev, c_prev), (h, c, i, f, g, o) = steps[:2, :-1], steps[:, 1:]
        return LSTMTrace(self.variant, xs, by_hand, h_prev, h, c_prev, c, i, f, g, o)

    def slopes(self, trace: LSTMTrace) -> Slopes:
        """As the LSTM's, "a" by what comes out of the norm; and "norm", "spread" (T, B, 4, H or 1)."""
        read = trace.xs @ self.params["Wx"].T + trace.h_prev @ self.params["Wh"].T
        norm, spread = normalised(read.reshape(*read.shape[:2], 4, -1))
        return super().slopes(trace) | {"norm": norm, "spread": spread}

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh and dL/dc_T = dc_last; "a" is by what goes into the norm."""
        slope, h_by_c, f, Wh = slopes["a"], slopes["h_by_c"], slopes["f"], self.params["Wh"]
        gain, norm, spread = self.params["gain"], slopes["norm"], slopes["spread"]
        dh, dc, da = dh.copy(), np.empty_like(dh), np.empty((*dh.shape[:2], len(Wh)))
        dgain, db = np.zeros_like(gain), np.zeros_like(gain)
        dh_next = np.zeros_like(dh[0])
        dc_next = np.zeros_like(dh[0]) if dc_last is None else dc_last
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            dc[t] = dc_next + dh[t] * h_by_c[t]
            after = slope[t] * np.concatenate([dc[t], dc[t], dc[t], dh[t]], axis=-1)
            db += after.sum(axis=0)
            dgain += np.sum(after * norm[t].reshape(after.shape), axis=0)
            d = (gain * after).reshape(norm[t].shape)
            along = norm[t] * np.mean(d * norm[t], axis=-1, keepdims=True)
            da[t] = ((d - d.mean(axis=-1, keepdims=True) - along) / spread[t]).reshape(after.shape)
            dh_next, dc_next = da[t] @ Wh, dc[t] * f[t]
        return {"h": dh, "c": dc, "h0": dh_next, "c0": dc_next, "a": da, "gain": dgain, "b": db}


PLACES = ("above", "h", "c")


@dataclass(frozen=True, repr=False, eq=False)
class DropoutTrace(LSTMTrace):
    """An LSTM's trace, and what h and c were multiplied by: each (T, B, H), 1 where nothing is dropped."""

    above: Array  # h on its way up; trace.h is what arrives there
    into_h: Array  # h_prev on its way into the gates; trace.h_prev is what arrives there
    into_c: Array  # c_prev on its way into c

    @property
    def kept(self) -> Array:
        return self.f * self.into_c


class DropoutLSTM(NotInPyTorch, LSTM):
    """An LSTM in which values are set to 0 while it is trained, and the others divided by 1 - share.

    ``place`` says which: "above" drops from h on its way to the layer above (Zaremba et al. 2014),
    "h" from the h_prev that the gates read, "c" from c_prev. ``share`` of them are dropped, by a fresh
    mask at every step, or, with ``once``, by one mask for all steps of a sequence (Gal & Ghahramani
    2016). Masks are drawn from ``rng`` at every forward pass, none while ``dropping`` is False.
    """

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        rng: np.random.Generator,
        forget_bias: float = 0.0,
        share: float = 0.25,
        place: str = "above",
        once: bool = False,
    ):
        super().__init__(n_inputs, n_hidden, rng, forget_bias)
        self.share, self.place = as_number("share", share, 0, 0.99), one_of("place", place, PLACES)
        self.once, self.dropping, self.rng = once, True, rng

    def _masks(self, T: int, B: int) -> list[Array]:
        """By what to multiply, for each of the three places, (T, B, H)."""
        H = self.n_hidden
        masks = dict.fromkeys(PLACES, np.ones((T, B, H)))
        if self.dropping and self.share:
            drawn = self.rng.random((1 if self.once else T, B, H)) >= self.share
            masks[self.place] = np.broadcast_to(drawn / (1 - self.share), (T, B, H)).copy()
        return list(masks.values())

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> DropoutTrace:
        """Run over xs (T, B, D) from state (h0, c0), each (B, H), zeros if None; as `LSTM`."""
        xs, a, [h, c] = self._begin(xs, state)
        by_hand, Wh = ByHand(override, self.gates, (len(xs), *h.shape)), self._by_gate("Wh")
        above, into_h, into_c = self._masks(len(xs), len(h))
        steps = np.empty((len("hchcifgo"), len(xs), *h.shape))
        for t in range(len(xs)):
            h, c = h * into_h[t], c * into_c[t]
            steps[:2, t] = h, c
            a_i, a_f, a_g, a_o = a[t] + h @ Wh
            i, f = by_hand("i", t, sigmoid(a_i)), by_hand("f", t, sigmoid(a_f))
            g, o = by_hand("g", t, np.tanh(a_g)), by_hand("o", t, sigmoid(a_o))
            c = f * c + i * g
            h = o * np.tanh(c)
            steps[2:, t] = h * above[t], c, i, f, g, o
        h_prev, c_prev, h, c, i, f, g, o = steps
        states_and_gates = h_prev, h, c_prev, c, i, f, g, o
        return DropoutTrace(self.variant, xs, by_hand, *states_and_gates, above, into_h, into_c)

    def slopes(self, trace: Any) -> Slopes:
        """As the LSTM's, and the three masks."""
        masks = {"above": trace.above, "into_h": trace.into_h, "into_c": trace.into_c}
        return super().slopes(trace) | masks

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh and dL/dc_T = dc_last: what reaches every h, c and a, and h0, c0."""
        slope, h_by_c, f, Wh = slopes["a"], slopes["h_by_c"], slopes["f"], self.params["Wh"]
        dh, dc, da = dh * slopes["above"], np.empty_like(dh), np.empty((*dh.shape[:2], len(Wh)))
        dh_next = np.zeros_like(dh[0])
        dc_next = np.zeros_like(dh[0]) if dc_last is None else dc_last
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            dc[t] = dc_next + dh[t] * h_by_c[t]
            da[t] = slope[t] * np.concatenate([dc[t], dc[t], dc[t], dh[t]], axis=-1)
            dh_next = da[t] @ Wh * slopes["into_h"][t]
            dc_next = dc[t] * f[t] * slopes["into_c"][t]
        return {"h": dh, "c": dc, "h0": dh_next, "c0": dc_next, "a": da}
