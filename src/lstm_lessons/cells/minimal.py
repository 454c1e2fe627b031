"""Cells whose gates read the input alone, minGRU and minLSTM, and the scan that can run them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array, as_array, shown
from .base import NotInPyTorch, Slopes
from .trace import ByHand, MinGRUTrace, MinLSTMTrace


def scan(f: ArrayLike, b: ArrayLike) -> Array:
    """All h_t = f_t h_{t-1} + b_t from a zero state, f and b (T, …), in ceil(log2 T) rounds.

    Each round joins every pair with the one that stands some steps before it, (f2, b2) after (f1, b1)
    being (f2 f1, f2 b1 + b2); the distance doubles from 1 (Hillis & Steele 1986).
    """
    f = as_array("f", f, None).copy()
    b = as_array("b", b, f.shape).copy()
    distance = 1
    while distance < len(f):
        b[distance:] += f[distance:] * b[:-distance]
        f[distance:] *= f[:-distance].copy()
        distance *= 2
    return b


class Minimal(NotInPyTorch):
    """What both share: no Wh, and h = kept * h_prev + written, both from x alone.

    So the direct path is the whole gradient: dh_T/dh_t is the product of the later kept.
    """

    def __init__(
        self, n_inputs: int, n_hidden: int, rng: np.random.Generator, chrono: float | None = None
    ):
        super().__init__(n_inputs, n_hidden, rng)
        del self.params["Wh"], self.shapes["Wh"]
        self._start_bias(self.gates[0], 0.0, chrono, -1, rng)

    def _gates(
        self, xs: ArrayLike, state: Any, override: Mapping | None
    ) -> tuple[Array, Array, ByHand, list[Array]]:
        """The inputs, h0 (B, H), what is set by hand, and every gate of all steps, (T, B, H) each."""
        xs, a, [h0] = self._begin(xs, state)
        by_hand = ByHand(override, self.gates, (len(xs), *h0.shape))
        # A sigmoid that stays above 0 down to -745: minLSTM divides by a sum of two.
        values = [np.exp(-np.logaddexp(0, -a[:, k])) for k in range(len(self.gates) - 1)]
        values.append(a[:, -1])
        for k, gate in enumerate(self.gates):
            for t in range(len(xs)):
                values[k][t] = by_hand(gate, t, values[k][t])
        return xs, h0, by_hand, values

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh: what reaches every h and a, and h0."""
        kept, dh, dh_next = slopes["kept"], dh.copy(), np.zeros_like(dh[0])
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            dh_next = dh[t] * kept[t]  # no other road
        da = np.concatenate([dh] * len(self.gates), axis=-1) * slopes["a"]
        return {"h": dh, "h0": dh_next, "a": da}

    def _recurrent_gradients(self, trace: Any, da: Array) -> dict[str, Array]:
        return {}


def run(kept: Array, written: Array, h0: Array) -> tuple[Array, Array]:
    """The states before and after every step of h = kept * h_prev + written, (T, B, H) each."""
    h = np.empty((1 + len(kept), *h0.shape))
    h[0] = h0
    for t in range(len(kept)):
        h[t + 1] = kept[t] * h[t] + written[t]
    return h[:-1], h[1:]


class MinGRU(Minimal):
    """minGRU (Feng et al. 2024, arXiv:2410.01201): a GRU without r, whose z reads x alone.

        z = sigmoid(a_z);  n = a_n;  a = Wx x + b
        h = (1 - z) * h_prev + z * n

    With ``signed=True`` it keeps 1 - 2 z, a factor in (-1, 1), as Grazzi et al. 2024 propose for
    such layers (arXiv:2411.12537). ``chrono=T`` draws z's bias for memories of up to T steps.
    """

    gates = drawn = "zn"

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        rng: np.random.Generator,
        chrono: float | None = None,
        signed: bool = False,
    ):
        if not isinstance(signed, (bool, np.bool_)):
            raise TypeError(f"signed: got {shown(signed)}, expected True or False")
        super().__init__(n_inputs, n_hidden, rng, chrono)
        self.reach = 2 if signed else 1

    @property
    def variant(self) -> str:
        return "MinGRU signed" if self.reach == 2 else "MinGRU"

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> MinGRUTrace:
        """Run over xs (T, B, D) from state h0 (B, H), zeros if None; ``override`` as in the LSTM."""
        xs, h0, by_hand, [z, n] = self._gates(xs, state, override)
        h_prev, h = run(1 - self.reach * z, z * n, h0)
        return MinGRUTrace(self.variant, xs, by_hand, h_prev, h, z, n, self.reach)

    def slopes(self, trace: MinGRUTrace) -> Slopes:
        """Of all steps: "a" of z and n (T, B, 2H), and "kept" (T, B, H)."""
        z, n = trace.z, trace.n
        by_z = n - self.reach * trace.h_prev
        return {"a": trace.by_hand.slopes(z=by_z * z * (1 - z), n=z), "kept": trace.kept}


class MinLSTM(Minimal):
    """minLSTM (Feng et al. 2024, arXiv:2410.01201): f and i read x alone, and are made to add up to 1.

        i, f = sigmoid(a_i), sigmoid(a_f);  g = a_g;  a = Wx x + b
        kept = f / (f + i);  h = kept * h_prev + (1 - kept) * g

    There is one state and no output gate. ``chrono=T`` draws b_f = log U(1, T - 1) and b_i = -b_f.
    """

    gates = drawn = "ifg"

    def __init__(
        self, n_inputs: int, n_hidden: int, rng: np.random.Generator, chrono: float | None = None
    ):
        super().__init__(n_inputs, n_hidden, rng, chrono)
        self._bias("f")[:] = -self._bias("i")

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> MinLSTMTrace:
        """Run over xs (T, B, D) from state h0 (B, H), zeros if None; ``override`` as in the LSTM.

        Raises ValueError where i and f are both 0: then nothing says what is kept.
        """
        xs, h0, by_hand, [i, f, g] = self._gates(xs, state, override)
        if (i + f == 0).any():
            raise ValueError("i, f: got 0 for both at one step, expected one of them above 0")
        h_prev, h = run(f / (f + i), i / (f + i) * g, h0)
        return MinLSTMTrace(self.variant, xs, by_hand, h_prev, h, i, f, g)

    def slopes(self, trace: MinLSTMTrace) -> Slopes:
        """Of all steps: "a" of i, f and g (T, B, 3H), and "kept", f / (f + i) (T, B, H)."""
        i, f, kept = trace.i, trace.f, trace.kept
        by_kept = (trace.h_prev - trace.g) * kept * (1 - kept)
        a = trace.by_hand.slopes(i=-by_kept * (1 - i), f=by_kept * (1 - f), g=1 - kept)
        return {"a": a, "kept": kept}
