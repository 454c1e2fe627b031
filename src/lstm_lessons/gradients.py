"""How the gradient travels: the direct path, the full Jacobian, and a check of every backward pass."""

from __future__ import annotations

import numpy as np

from .cells import LSTM, Array, Cell, Trace, checked


def direct_path(trace: Trace) -> Array:
    """What the straight road back leaves of the last step's gradient at every step, (T, B, H).

    For the LSTM the product of the later f's, dc_T/dc_t along the belt alone; for the GRU of the
    later (1 - z)'s. The last step keeps 1. Roads through the gates are left out: `jacobian_norms`.
    """
    if not isinstance(trace, Trace) or trace.kind == "RNN":
        got = trace.kind if isinstance(trace, Trace) else type(trace).__name__
        raise TypeError(
            f"trace: got one of {got}, expected one of an LSTM or a GRU: no gate, no path"
        )
    keep = trace.f if trace.kind == "LSTM" else 1 - trace.z
    path = np.ones_like(keep)
    path[:-1] = np.cumprod(keep[:0:-1], axis=0)[::-1]
    return path


def jacobian_norms(cell: Cell, trace: Trace, of: str = "h", by: str = "h") -> Array:
    """|dh_T/dh_t| for every step t, over all roads, (T, B), as the Frobenius norm.

    The last entry is the norm of an identity, sqrt(H). For the LSTM ``of="c", by="c"`` gives
    |dc_T/dc_t|, and ``by="c"`` alone |dh_T/dc_t|, which ends in the norm of o (1 - tanh(c)²). When
    h_t is moved, c_t is held; when c_t is moved, its own h_t moves with it.
    """
    cell.check_trace(trace)
    for name, value in {"of": of, "by": by}.items():
        if value not in trace.states:
            raise ValueError(f"{name}: got {value!r}, expected one of {', '.join(trace.states)}")
    T, B, H = trace.h.shape
    norms = np.empty((T, B))
    local = cell.local(trace)
    for k in range(B):
        # One sequence, H columns: column j carries the gradient of the last state's unit j.
        one = [part[..., k : k + 1] for part in local]
        dh = np.zeros((T, H, H))
        if of == "h":
            dh[-1] = np.eye(H)
            back = cell.walk(one, dh)
        else:
            back = cell.walk(one, dh, np.eye(H))
        norms[:, k] = np.sqrt(np.einsum("tij,tij->t", back[by], back[by]))
    return norms


def check(cell: Cell, steps=(1, 3, 8), rng=None, step_size: float = 1e-5) -> float:
    """The largest relative error of ``cell.backward`` against central differences.

    For each length in ``steps``: random inputs and start state, a loss with a random weight on every
    h_t (and the last c), and for each parameter and input one random direction. Below 1e-6 is right;
    a mistake shows as 1e-3 or more. T = 1 alone misses every mistake that only crosses a step.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng: got {rng!r:.60}, expected numpy.random.default_rng(seed)")
    checked("steps", steps, ("lengths",), low=1)
    return max(_check_length(cell, T, rng, step_size) for T in steps)


def _check_length(cell: Cell, T: int, rng: np.random.Generator, step_size: float) -> float:
    B, H, two_states = 2, cell.n_hidden, isinstance(cell, LSTM)
    point = {"xs": rng.standard_normal((T, B, cell.n_inputs)), "h0": rng.standard_normal((B, H))}
    if two_states:
        point["c0"] = rng.standard_normal((B, H))
    dh, dc = rng.standard_normal((T, B, H)), rng.standard_normal((B, H))

    def forward():
        return cell.forward(point["xs"], (point["h0"], point["c0"]) if two_states else point["h0"])

    def loss():
        trace = forward()
        return np.sum(dh * trace.h) + (np.sum(dc * trace.c[-1]) if two_states else 0)

    grads = cell.backward(forward(), dh, *([dc] if two_states else []))
    worst = 0.0
    for name, value in {**cell.params, **point}.items():
        direction = rng.standard_normal(value.shape)
        stored = value.copy()
        sides = []
        for sign in (1, -1):
            value[...] = stored + sign * step_size * direction
            sides.append(loss())
        value[...] = stored
        numeric = (sides[0] - sides[1]) / (2 * step_size)
        exact = np.sum(grads[name] * direction)
        worst = max(
            worst, abs(numeric - exact) / max(abs(numeric), np.linalg.norm(grads[name]), 1e-12)
        )
    return float(worst)
