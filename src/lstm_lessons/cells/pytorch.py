"""The cells' parameters under the names of PyTorch's layers, and back. The rows lie in one order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..arguments import Array, as_array

NAMES = [f"{kind}_l0" for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]


# A GRU's z keeps the old state in PyTorch where ours takes the new: sigmoid(-a) = 1 - sigmoid(a), so z's
# rows change their sign. Its second bias matters only for n, where it is our bh.


def read(state_dict: Mapping, gates: str) -> dict[str, Array]:
    """A cell's parameters by our names, as new arrays; ``gates`` are its letters.

    ``state_dict`` holds one layer in one direction, as arrays or as PyTorch's tensors: weight_ih_l0
    (rows, D), weight_hh_l0 (rows, H), and two biases (rows,). PyTorch adds these where one does the same;
    here they become their sum. Raises TypeError or ValueError for anything else.
    """
    if not isinstance(state_dict, Mapping):
        got = type(state_dict).__name__
        raise TypeError(f"state_dict: got {got}, expected a dict of arrays")
    if missing := [name for name in NAMES if name not in state_dict]:
        raise ValueError(f"state_dict: got no {missing[0]!r}, expected {', '.join(NAMES)}")
    if extra := [name for name in state_dict if name not in NAMES]:
        raise ValueError(f"state_dict: got {extra[0]!r:.60}, expected one layer, one direction")
    # A layer's own parameters want a gradient, and give their numbers only without it.
    given = {name: getattr(p, "detach", lambda p=p: p)() for name, p in state_dict.items()}
    H = as_array("weight_hh_l0", given["weight_hh_l0"], ("rows", "H")).shape[1]
    rows = len(gates) * H
    shapes = [(rows, "D"), (rows, H), (rows,), (rows,)]
    w_ih, w_hh, b_ih, b_hh = (
        as_array(name, given[name], shape).copy() for name, shape in zip(NAMES, shapes, strict=True)
    )
    if "z" not in gates:
        return {"Wx": w_ih, "Wh": w_hh, "b": b_ih + b_hh}
    sign, (b_rz, bh) = _minus_for_z(H), np.split(b_hh, [2 * H])
    b = sign * (b_ih + np.concatenate([b_rz, np.zeros(H)]))
    return {"Wx": sign[:, None] * w_ih, "Wh": sign[:, None] * w_hh, "b": b, "bh": bh}


def write(params: Mapping[str, Array], gates: str) -> dict[str, Array]:
    """A cell's parameters under PyTorch's names, as new arrays. Raises ValueError for a GRU without bh."""
    Wx, Wh, b, b_hh = params["Wx"], params["Wh"], params["b"], np.zeros_like(params["b"])
    if "z" in gates:
        if "bh" not in params:
            raise ValueError("reset_after: got False, expected True: PyTorch's GRU resets after")
        sign = _minus_for_z(Wh.shape[1])
        Wx, Wh, b = sign[:, None] * Wx, sign[:, None] * Wh, sign * b
        b_hh[-Wh.shape[1] :] = params["bh"]
    return {name: p.copy() for name, p in zip(NAMES, (Wx, Wh, b, b_hh), strict=True)}


def _minus_for_z(n_hidden: int) -> Array:
    return np.repeat([1.0, -1.0, 1.0], n_hidden)
