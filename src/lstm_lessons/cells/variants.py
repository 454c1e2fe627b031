"""LSTMs of which one part is different or gone, and a GRU without r."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array
from .base import Cell, NotInPyTorch, Slopes, flatten, sigmoid
from .lstm import LSTM
from .rnn import RNN
from .trace import ByHand, GRUTrace, LSTMTrace


def hard_sigmoid(a: ArrayLike) -> Array:
    """a / 6 + 1/2, cut at 0 and 1, as PyTorch and Keras 3 have it; Keras 2 had 0.2 a + 1/2."""
    return np.clip(np.asarray(a, float) / 6 + 0.5, 0, 1)


GATES: dict[str, tuple[Callable[..., Array], Callable[..., Array]]] = {  # and slopes, by the value
    "sigmoid": (sigmoid, lambda s: s * (1 - s)),
    "hard": (hard_sigmoid, lambda s: ((s > 0) & (s < 1)) / 6),
}


class Variant(NotInPyTorch, LSTM):
    """An LSTM, and what a subclass changes in it. Without a change it is `LSTM`.

        i, f, o = gate(a_i), gate(a_f), gate(a_o);  g = candidate(a_g);  a = Wx x + Wh h_prev + b
        c = f * c_prev + i * g;  h = o * squash(c)

    A gate that ``gates`` does not name is 1, and has no weights; of ``coupled`` gates i is 1 - f. With
    ``peepholes`` (Gers & Schmidhuber 2000) i and f see c_prev as well, and o sees c, each unit its own:
    a_i + p_i * c_prev, a_f + p_f * c_prev, a_o + p_o * c; p is (3H,), in the order i, f, o, from 0.
    """

    gate: ClassVar[str] = "sigmoid"
    candidate: ClassVar[str] = "tanh"  # and squash: names in RNN.activations
    squash: ClassVar[str] = "tanh"
    coupled: ClassVar[bool] = False
    peepholes: ClassVar[bool] = False

    def __init__(
        self, n_inputs: int, n_hidden: int, rng: np.random.Generator, forget_bias: float = 0.0
    ):
        Cell.__init__(self, n_inputs, n_hidden, rng)
        if "f" in self.gates:
            self._start_bias("f", forget_bias, None, 1, rng)
        if self.peepholes:
            self.params["p"] = np.zeros(3 * self.n_hidden)
            self.shapes["p"] = self.params["p"].shape

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> LSTMTrace:
        """Run over xs (T, B, D) from state (h0, c0), each (B, H), zeros if None; as `LSTM`."""
        xs, a, [h, c] = self._begin(xs, state)
        by_hand, Wh = ByHand(override, self.gates, (len(xs), *h.shape)), self._by_gate("Wh")
        gate, candidate = GATES[self.gate][0], RNN.activations[self.candidate]
        squash, p, one = RNN.activations[self.squash], self._peepholes(), np.ones_like(h)
        steps = np.empty((len("hcifgo"), 1 + len(xs), *h.shape))
        steps[:2, 0] = h, c

        def value(letter: str, t: int, seen: Array) -> Array:
            """A gate at step t, where it peeps at ``seen``; 1 if it is gone."""
            if letter not in rows:
                return one
            return by_hand(letter, t, gate(rows[letter] + p[letter] * seen if p else rows[letter]))

        for t in range(len(xs)):
            rows = dict(zip(self.gates, a[t] + h @ Wh, strict=True))
            f = value("f", t, c)
            i = 1 - f if self.coupled else value("i", t, c)
            g = by_hand("g", t, candidate(rows["g"]))
            c = f * c + i * g
            o = value("o", t, c)
            h = o * squash(c)
            steps[:, t + 1] = h, c, i, f, g, o
        (h_prev, c_prev), (h, c, i, f, g, o) = steps[:2, :-1], steps[:, 1:]
        return LSTMTrace(self.variant, xs, by_hand, h_prev, h, c_prev, c, i, f, g, o)

    def slopes(self, trace: LSTMTrace) -> Slopes:
        """Of all steps: "a" of the gates there are (T, B, rows), "h_by_c" and "f" (T, B, H)."""
        i, f, g, o, c_prev = trace.i, trace.f, trace.g, trace.o, trace.c_prev
        squashed, gate = RNN.activations[self.squash](trace.c), GATES[self.gate][1]
        by_a = {
            "i": g * gate(i),
            "f": (c_prev - g if self.coupled else c_prev) * gate(f),
            "g": i * RNN.derivatives[self.candidate](g),
            "o": squashed * gate(o),
        }
        a = trace.by_hand.slopes(**{letter: by_a[letter] for letter in self.gates})
        return {"a": a, "h_by_c": o * RNN.derivatives[self.squash](squashed), "f": f}

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh and dL/dc_T = dc_last: what reaches every h, c and a, and h0, c0."""
        slope, h_by_c, f, Wh = slopes["a"], slopes["h_by_c"], slopes["f"], self.params["Wh"]
        dh, dc, H, p = dh.copy(), np.empty_like(dh), self.n_hidden, self._peepholes()
        da = np.empty((*dh.shape[:2], len(Wh)))
        dh_next = np.zeros_like(dh[0])
        dc_next = np.zeros_like(dh[0]) if dc_last is None else dc_last
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            dc[t] = dc_next + dh[t] * h_by_c[t]
            if p:
                dc[t] += dh[t] * slope[t, :, 3 * H :] * p["o"]  # o has seen this c
            reaches = [dh[t] if letter == "o" else dc[t] for letter in self.gates]
            da[t] = slope[t] * np.concatenate(reaches, axis=-1)
            dh_next, dc_next = da[t] @ Wh, dc[t] * f[t]
            if p:
                dc_next = dc_next + da[t, :, :H] * p["i"] + da[t, :, H : 2 * H] * p["f"]
        return {"h": dh, "c": dc, "h0": dh_next, "c0": dc_next, "a": da}

    def _peepholes(self) -> dict[str, Array]:
        return (
            dict(zip("ifo", np.split(self.params["p"], 3), strict=True)) if self.peepholes else {}
        )

    def _recurrent_gradients(self, trace: Any, da: Array) -> dict[str, Array]:
        grads = super()._recurrent_gradients(trace, da)
        if self.peepholes:
            i, f, _, o = np.split(da, 4, axis=-1)
            c_prev, c = flatten(trace.c_prev), flatten(trace.c)
            seen = [np.sum(i * c_prev, axis=0), np.sum(f * c_prev, axis=0), np.sum(o * c, axis=0)]
            grads["p"] = np.concatenate(seen)
        return grads


class NoInputGate(Variant):
    gates, drawn = "fgo", "ofg"


class NoForgetGate(Variant):
    gates, drawn = "igo", "oig"


class NoOutputGate(Variant):
    gates, drawn = "ifg", "fig"


class NoSquash(Variant):
    squash = "linear"


class Coupled(Variant):
    gates, drawn, coupled = "fgo", "ofg", True


class Peepholes(Variant):
    peepholes = True


class HardSigmoid(Variant):
    gate = "hard"


class ReLUCandidate(Variant):
    candidate = "relu"


class ReLUTwice(Variant):
    """ReLU in both places of tanh, as Keras' ``LSTM(…, activation="relu")`` has it."""

    candidate = squash = "relu"


class GRUWithoutReset(NotInPyTorch):
    """A GRU whose candidate always sees the whole past: r is 1.

    z = sigmoid(a_z);  n = tanh(a_n);  a = Wx x + Wh h_prev + b;  h = (1 - z) * h_prev + z * n
    """

    gates = drawn = "zn"

    def __init__(
        self, n_inputs: int, n_hidden: int, rng: np.random.Generator, update_bias: float = 0.0
    ):
        super().__init__(n_inputs, n_hidden, rng)
        self._start_bias("z", update_bias, None, -1, rng)

    def forward(
        self, xs: ArrayLike, state: Any = None, override: Mapping | None = None
    ) -> GRUTrace:
        """Run over xs (T, B, D) from state h0 (B, H), zeros if None; ``override`` as in the LSTM."""
        xs, a, [h] = self._begin(xs, state)
        by_hand, Wh = ByHand(override, self.gates, (len(xs), *h.shape)), self._by_gate("Wh")
        steps = np.empty((len("hzn"), 1 + len(xs), *h.shape))
        steps[0, 0] = h
        for t in range(len(xs)):
            a_z, a_n = a[t] + h @ Wh
            z, n = by_hand("z", t, sigmoid(a_z)), by_hand("n", t, np.tanh(a_n))
            h = (1 - z) * h + z * n
            steps[:, t + 1] = h, z, n
        h, z, n = steps[:, 1:]
        return GRUTrace(self.variant, xs, by_hand, steps[0, :-1], h, np.ones_like(h), z, n)

    def slopes(self, trace: GRUTrace) -> Slopes:
        """Of all steps: "a" of z and n (T, B, 2H), and "kept", 1 - z (T, B, H)."""
        z, n = trace.z, trace.n
        a = trace.by_hand.slopes(z=(n - trace.h_prev) * z * (1 - z), n=z * (1 - n * n))
        return {"a": a, "kept": 1 - z}

    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """Back from dL/dh_t = dh: what reaches every h and a, and h0."""
        slope, kept, Wh = slopes["a"], slopes["kept"], self.params["Wh"]
        dh, dh_next = dh.copy(), np.zeros_like(dh[0])
        da = np.empty((*dh.shape[:2], len(Wh)))
        for t in reversed(range(len(dh))):
            dh[t] += dh_next
            da[t] = slope[t] * np.concatenate([dh[t], dh[t]], axis=-1)
            dh_next = dh[t] * kept[t] + da[t] @ Wh
        return {"h": dh, "h0": dh_next, "a": da}
