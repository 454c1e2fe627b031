"""The cells' parameters under the names of PyTorch's layers, and back. The rows lie in one order."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..arguments import Array, as_array, as_count, shown

KINDS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

# A GRU's z keeps the old state in PyTorch where ours takes the new: sigmoid(-a) = 1 - sigmoid(a), so z's
# rows change their sign. Its second bias matters only for n, where it is our bh.


def suffix(layer: int, reverse: bool) -> str:
    """The end of the four names of one layer in one direction: "_l0", or "_l1_reverse"."""
    if not isinstance(reverse, (bool, np.bool_)):
        raise TypeError(f"reverse: got {shown(reverse)}, expected True or False")
    return f"_l{as_count('layer', layer, 0)}{'_reverse' * reverse}"


def read(
    state_dict: Mapping, gates: str, layer: int | None = None, reverse: bool = False
) -> dict[str, Array]:
    """A cell's parameters by our names, as new arrays; ``gates`` are its letters.

    ``state_dict`` holds arrays or PyTorch's tensors: weight_ih_l0 (rows, D), weight_hh_l0 (rows, H), and
    two biases (rows,), or none (bias=False), which is the same as zeros. PyTorch adds the two where one
    does the same; here they become their sum. ``layer`` and ``reverse`` say which layer is taken, and in
    which direction; with None there has to be one alone. Raises TypeError or ValueError for anything else.
    """
    if not isinstance(state_dict, Mapping):
        got = type(state_dict).__name__
        raise TypeError(f"state_dict: got {got}, expected a dict of arrays")
    if layer is None and reverse:
        raise ValueError("layer: got None beside reverse=True, expected its number, from 0")
    end = suffix(layer or 0, reverse)
    names = [f"{kind}{end}" for kind in KINDS]
    biases = names[2:] if any(name in state_dict for name in names[2:]) else []
    wanted = [*names[:2], *biases]
    if missing := [name for name in wanted if name not in state_dict]:
        raise ValueError(f"state_dict: got no {missing[0]!r}, expected {', '.join(names)}")
    if (projection := f"weight_hr{end}") in state_dict:
        raise ValueError(f"state_dict: got {projection!r}, expected a layer without a projection")
    if layer is None and (extra := [name for name in state_dict if name not in names]):
        raise ValueError(f"state_dict: got {extra[0]!r:.60}, expected one layer, one direction")
    # A layer's own parameters want a gradient, and give their numbers only without it.
    given = {
        name: getattr(state_dict[name], "detach", lambda n=name: state_dict[n])() for name in wanted
    }
    H = as_array(names[1], given[names[1]], ("rows", "H")).shape[1]
    rows = len(gates) * H
    shapes = [(rows, "D"), (rows, H), (rows,), (rows,)]
    w_ih, w_hh, b_ih, b_hh = (
        as_array(name, given.get(name, np.zeros(rows)), shape).copy()
        for name, shape in zip(names, shapes, strict=True)
    )
    if "z" not in gates:
        return {"Wx": w_ih, "Wh": w_hh, "b": b_ih + b_hh}
    sign, (b_rz, bh) = _minus_for_z(H), np.split(b_hh, [2 * H])
    b = sign * (b_ih + np.concatenate([b_rz, np.zeros(H)]))
    return {"Wx": sign[:, None] * w_ih, "Wh": sign[:, None] * w_hh, "b": b, "bh": bh}


def write(
    params: Mapping[str, Array], gates: str, layer: int = 0, reverse: bool = False
) -> dict[str, Array]:
    """A cell's parameters under PyTorch's names, as new arrays. Raises ValueError for a GRU without bh."""
    Wx, Wh, b, b_hh = params["Wx"], params["Wh"], params["b"], np.zeros_like(params["b"])
    if "z" in gates:
        if "bh" not in params:
            raise ValueError("reset_after: got False, expected True: PyTorch's GRU resets after")
        sign = _minus_for_z(Wh.shape[1])
        Wx, Wh, b = sign[:, None] * Wx, sign[:, None] * Wh, sign * b
        b_hh[-Wh.shape[1] :] = params["bh"]
    names = [f"{kind}{suffix(layer, reverse)}" for kind in KINDS]
    return {name: p.copy() for name, p in zip(names, (Wx, Wh, b, b_hh), strict=True)}


def _minus_for_z(n_hidden: int) -> Array:
    return np.repeat([1.0, -1.0, 1.0], n_hidden)
