"""Lesson 5's patients: the LSTM's backward pass, each with one line wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..arguments import Array
from ..cells import LSTM, LSTMTrace

Backward = Callable[[LSTM, LSTMTrace, Array], dict[str, Array]]

FAULTS = {"A": "tanh", "B": "sum", "C": "dc_next"}  # which line of each patient is wrong


def _patient(fault: str) -> Backward:
    """An LSTM's backward pass for one sequence, in plain steps, with one line wrong."""

    def backward(cell: LSTM, trace: LSTMTrace, dh: Array) -> dict[str, Array]:
        """Gradients by name from dh (T, 1, H), as the package's LSTM.backward would return them."""
        grads = {name: np.zeros_like(value) for name, value in cell.params.items()}
        grads["xs"] = np.zeros_like(trace.xs)
        dh_next = dc_next = np.zeros(cell.n_hidden)
        for t in reversed(range(len(dh))):
            i, f, g, o = trace.i[t, 0], trace.f[t, 0], trace.g[t, 0], trace.o[t, 0]
            h_prev, c_prev, tanh_c = trace.h_prev[t, 0], trace.c_prev[t, 0], np.tanh(trace.c[t, 0])
            dh_t = dh[t, 0] + dh_next
            dc = dh_t * o * (1 if fault == "tanh" else 1 - tanh_c**2)
            dc = dc + (0 if fault == "dc_next" else dc_next)
            da_i, da_f = dc * g * i * (1 - i), dc * c_prev * f * (1 - f)
            da_g, da_o = dc * i * (1 - g**2), dh_t * tanh_c * o * (1 - o)
            da = np.concatenate([da_i, da_f, da_g, da_o])
            steps = np.outer(da, trace.xs[t, 0]), np.outer(da, h_prev), da
            for name, step in zip(("Wx", "Wh", "b"), steps, strict=True):
                grads[name] = step if fault == "sum" else grads[name] + step
            grads["xs"][t, 0] = cell.params["Wx"].T @ da
            dh_next, dc_next = cell.params["Wh"].T @ da, dc * f
        return grads | {"h0": dh_next[None], "c0": dc_next[None]}

    return backward


patients = {name: _patient(fault) for name, fault in FAULTS.items()}
