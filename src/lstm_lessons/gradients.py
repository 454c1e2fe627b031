"""How the gradient travels: the direct path, the full Jacobian, and a check of every backward pass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from .arguments import Array, as_count, as_number, as_rng, one_of, shown
from .cells import Cell, Trace


def direct_path(trace: Trace) -> Array:
    """What the straight road back leaves of the last step's gradient at every step, (T, B, H).

    For the LSTM the product of the later f's, dc_T/dc_t along the belt alone; for the GRU of the
    later (1 - z)'s. The last step keeps 1. Roads through the gates are left out: `jacobian_norms`.
    Raises TypeError for a trace without gates.
    """
    if not isinstance(trace, Trace):
        raise TypeError(f"trace: got {shown(trace)}, expected one of an LSTM or a GRU")
    path = np.ones_like(trace.h)
    path[:-1] = np.cumprod(trace.kept[:0:-1], axis=0)[::-1]
    return path


def jacobian_norms(cell: Cell, trace: Trace, of: str = "h", by: str = "h") -> Array:
    """|dh_T/dh_t| for every step t, over all roads, (T, B), as the Frobenius norm.

    The last entry is the norm of an identity, sqrt(H). For the LSTM ``of="c", by="c"`` gives
    |dc_T/dc_t|, and ``by="c"`` alone |dh_T/dc_t|, which ends in the norm of o (1 - tanh(c)²). When
    h_t is moved, c_t is held; when c_t is moved, its own h_t moves with it.
    """
    _as_cell(cell).check_trace(trace)
    of, by = one_of("of", of, cell.states), one_of("by", by, cell.states)
    T, B, H = trace.h.shape
    slopes, norms, unit = cell.slopes(trace), np.empty((T, B)), np.eye(H)
    for k in range(B):
        # One sequence, H rows: row j carries the gradient of the last state's unit j.
        one = {name: slope[:, k : k + 1] for name, slope in slopes.items()}
        dh = np.zeros((T, H, H))
        dh[-1] = unit if of == "h" else 0
        back = cell.back_through_time(one, dh, unit if of == "c" else None)[by]
        largest = np.abs(back).max(
            axis=(1, 2)
        )  # squares of larger or smaller numbers would not fit
        scaled = back / np.where(largest > 0, largest, 1)[:, None, None]
        norms[:, k] = largest * np.sqrt(np.einsum("tij,tij->t", scaled, scaled))
    return norms


def check(
    cell: Cell, steps: Iterable[int] = (1, 3, 8), rng: Any = None, step_size: float = 1e-5
) -> float:
    """The largest relative error of ``cell.backward`` against central differences.

    For each length in ``steps``: random inputs and start state, a loss with a random weight on every
    h_t (and the last c), and for each parameter and input one random direction. Below 1e-6 is right;
    a mistake shows as 1e-3 or more, and a gradient that is not a number as infinity. T = 1 alone
    misses every mistake that only crosses a step.
    """
    rng = np.random.default_rng(0) if rng is None else as_rng(rng)
    if not as_number("step_size", step_size) > 0:
        raise ValueError(f"step_size: got {step_size:g}, expected a number above 0")
    if isinstance(steps, str) or not isinstance(steps, Iterable):
        raise TypeError(f"steps: got {shown(steps)}, expected whole numbers, as (1, 3, 8)")
    lengths = [as_count("steps", T) for T in steps]
    if not lengths:
        raise ValueError("steps: got none, expected one length or more")
    errors = [_largest_error(_as_cell(cell), T, rng, step_size) for T in lengths]
    return max(error if np.isfinite(error) else np.inf for error in errors)


def _as_cell(cell: Any) -> Cell:
    if not isinstance(cell, Cell):
        raise TypeError(f"cell: got {shown(cell)}, expected an RNN, an LSTM or a GRU")
    return cell


def _largest_error(cell: Cell, T: int, rng: np.random.Generator, step_size: float) -> float:
    B, H, has_c = 2, cell.n_hidden, "c" in cell.states
    point = {"xs": rng.standard_normal((T, B, cell.n_inputs)), "h0": rng.standard_normal((B, H))}
    if has_c:
        point["c0"] = rng.standard_normal((B, H))
    dh, dc = rng.standard_normal((T, B, H)), rng.standard_normal((B, H))

    def forward() -> Any:
        return cell.forward(point["xs"], (point["h0"], point["c0"]) if has_c else point["h0"])

    def loss() -> float:
        trace = forward()
        return np.sum(dh * trace.h) + (np.sum(dc * trace.c[-1]) if has_c else 0)

    grads, worst = cell.backward(forward(), dh, dc if has_c else None), 0.0
    for name, value in {**cell.params, **point}.items():
        direction, stored = rng.standard_normal(value.shape), value.copy()
        try:
            value[...] = stored + step_size * direction
            up = loss()
            value[...] = stored - step_size * direction
            numeric = (up - loss()) / (2 * step_size)
        finally:  # also if the reader stops it: the cell is theirs
            value[...] = stored
        exact, size = np.sum(grads[name] * direction), float(np.linalg.norm(grads[name]))
        error = abs(numeric - exact) / max(float(abs(numeric)), size, 1e-12)
        worst = float(np.maximum(worst, error))  # which keeps a NaN, as max does not
    return worst
