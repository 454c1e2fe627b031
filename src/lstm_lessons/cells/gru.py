"""The GRU, whose reset gate stands before or after the recurrent product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array, as_number, shown
from .base import Cell, Slopes, flatten, sigmoid
from .trace import ByHand, GRUTrace

# The past that the candidate sees, in two forms; and back from it, to what r multiplies and to h_prev.


def past_reset_before(r: Array, h: Array, Wh_n: Array, bh: Any) -> Array:
    return (r * h) @ Wh_n


def back_reset_before(r: Array, dpast: Array, Wh_n: Array) -> tuple[Array, Array]:
    drh = dpast @ Wh_n
    return drh, r * drh


def past_reset_after(r: Array, h: Array, Wh_n: Array, bh: Any) -> Array:
    return r * (h @ Wh_n + bh)


def back_reset_after(r: Array, dpast: Array, Wh_n: Array) -> tuple[Array, Array]:
    return dpast, (r * dpast) @ Wh_n


class GRU(Cell):
    """Gated recurrent unit (Cho et al. 2014; in the form of Chung et al. 2014, arXiv:1412.3555).

        r, z = sigmoid(a_r), sigmoid(a_z);  n = tanh(a_n + past);  h = (1 - z) * h_prev + z * n
        past = Wh_n (r * h_prev)             reset_after=False, Chung 2014
        past = r * (Wh_n h_prev + bh)        reset_after=True, cuDNN, PyTorch, Keras

    The two are different functions. With reset_after=True there is one more parameter, bh (H,).
    ``update_bias`` is what the update gate's bias starts at; below 0 it keeps. ``chrono=T`` draws it
    for memories of up to T steps instead, b_z = -log U(1, T - 1) (Tallec & Ollivier 2018).
    """

    gates = drawn = "rzn"

    def __init__(
        self,
        n_inputs: int,
        n_hidden: int,
        rng: np.random.Generator,
        reset_after: bool = False,
        update_bias: float = 0.0,
        chrono: float | None = None,
    ):
        if not isinstance(reset_after, (bool, np.bool_)):
            raise TypeError(f"reset_after: got {shown(reset_after)}, expected True or False")
        super().__init__(n_inputs, n_hidden, rng)
        self.reset_after = bool(reset_after)
        if self.reset_after:
            self.params["bh"], self.shapes["bh"] = np.zeros(self.n_hidden), (self.n_hidden,)
        self._start_bias("z", as_number("update_bias", update_bias), chrono, -1, rng)

    @property
    def variant(self) -> str:
        return f"GRU reset_after={self.reset_after}"

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> GRUTrace:
        """Run over xs (T, B, D) from state h0 (B, H), zeros if None; ``override`` as in the LSTM.

        r and z lie in [0, 1], the candidate n in [-1, 1].
        """
        xs, a, [h] = self._begin(xs, state)
        by_hand, Wh = ByHand(override, self.gates, (len(xs), *h.shape)), self._by_gate("Wh")
        Wh_rz, Wh_n, bh = Wh[:2], Wh[2], self.params.get("bh")
        past = past_reset_after if self.reset_after else past_reset_before
        steps = np.empty((len("hrzn"), 1 + len(xs), *h.shape))
        steps[0, 0] = h
        for t in range(len(xs)):
            a_r, a_z = a[t, :2] + h @ Wh_rz
            r = by_hand("r", t, sigmoid(a_r))
            z = by_hand("z", t, sigmoid(a_z))
            n = by_hand("n", t, np.tanh(a[t, 2] + past(r, h, Wh_n, bh)))
            h = (1 - z) * h + z * n
            steps[:, t + 1] = h, r, z, n
        return GRUTrace(self.variant, xs, by_hand, steps[0, :-1], *steps[:, 1:])

    def slopes(self, trace: GRUTrace) -> Slopes:
        """Of all steps: "a" of the three gates (T, B, 3H), r's still without the gradient of what r
        multiplies; "r" and "kept", the direct path's 1 - z, (T, B, H)."""
        r, z, n, h_prev = trace.r, trace.z, trace.n, trace.h_prev
        u = h_prev @ self._by_gate("Wh")[2] + self.params["bh"] if self.reset_after else h_prev
        a = trace.by_hand.slopes(r=u * r * (1 - r), z=(n - h_prev) * z * (1 - z), n=z * (1 - n * n))
        return {"a": a, "r": r, "kept": 1 - z}

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh: what reaches every h and a, and h0."""
        (s_r, s_z, s_n), r, kept = np.split(slopes["a"], 3, axis=-1), slopes["r"], slopes["kept"]
        rows = 2 * self.n_hidden
        Wh_rz, Wh_n = np.split(self.params["Wh"], [rows])
        back = back_reset_after if self.reset_after else back_reset_before
        dh, dh_next = dh.copy(), np.zeros_like(dh[0])
        da = np.empty((*dh.shape[:2], 3 * self.n_hidden))
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            da_n = dh[t] * s_n[t]
            du, dh_past = back(r[t], da_n, Wh_n)
            da[t] = np.concatenate([du * s_r[t], dh[t] * s_z[t], da_n], axis=-1)
            dh_next = dh[t] * kept[t] + dh_past + da[t, :, :rows] @ Wh_rz  # along h: times 1 - z
        return {"h": dh, "h0": dh_next, "a": da}

    def _recurrent_gradients(self, trace: GRUTrace, da: Array) -> dict[str, Array]:
        da_rz, da_n = np.split(da, [2 * self.n_hidden], axis=-1)
        r, h_prev = flatten(trace.r), flatten(trace.h_prev)
        if self.reset_after:
            du = da_n * r
            return {"Wh": np.concatenate([da_rz, du], axis=-1).T @ h_prev, "bh": du.sum(axis=0)}
        return {"Wh": np.concatenate([da_rz.T @ h_prev, da_n.T @ (r * h_prev)])}

    @classmethod
    def from_torch(cls, state_dict: Mapping, **variant: Any) -> GRU:
        return super().from_torch(state_dict, reset_after=True, **variant)
