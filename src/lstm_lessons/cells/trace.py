"""What a forward pass leaves behind: every state and gate of every step, and what was set by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from ..arguments import Array, as_array, shown


@dataclass(frozen=True, repr=False, eq=False)
class Trace:
    """Every state and gate of one forward pass, each (T, B, H) and read-only."""

    cell: str  # which cell it comes from, as `Cell.variant`
    xs: Array  # (T, B, D)
    by_hand: ByHand
    h_prev: Array  # the state before each step, so that h_prev[0] is the start
    h: Array

    def __post_init__(self) -> None:
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.setflags(write=False)

    @property
    def kept(self) -> Array:
        """What share of its state each unit keeps at each step, the direct path's factor, (T, B, H)."""
        raise TypeError(f"trace: got one of {self.cell}, expected one of a cell with gates")

    def __repr__(self) -> str:
        names = [field.name for field in fields(self) if len(field.name) == 1]
        return f"Trace of {self.cell.split()[0]}: {', '.join(names)}, each {self.h.shape}"


@dataclass(frozen=True, repr=False, eq=False)
class LSTMTrace(Trace):
    """Both states and all gates of an LSTM."""

    c_prev: Array
    c: Array
    i: Array
    f: Array
    g: Array
    o: Array

    @property
    def kept(self) -> Array:
        return self.f


@dataclass(frozen=True, repr=False, eq=False)
class GRUTrace(Trace):
    """The state and all gates of a GRU."""

    r: Array
    z: Array
    n: Array

    @property
    def kept(self) -> Array:
        return 1 - self.z


@dataclass(frozen=True, repr=False, eq=False)
class MinGRUTrace(Trace):
    """The state and both gates of a minGRU."""

    z: Array
    n: Array
    reach: int  # 1, or 2 where what is kept may turn its sign

    @property
    def kept(self) -> Array:
        return 1 - self.reach * self.z


@dataclass(frozen=True, repr=False, eq=False)
class MinLSTMTrace(Trace):
    """The state and all gates of a minLSTM."""

    i: Array
    f: Array
    g: Array

    @property
    def kept(self) -> Array:
        return self.f / (self.f + self.i)


class ByHand:
    """Gates set by hand: one number or (T, B, H) each, where any length may be 1; NaN: the net decides."""

    def __init__(self, override: Mapping | None, gates: str, shape: tuple[int, int, int]):
        self.values: dict[str, Array] = {}
        if override is None:
            return
        if not isinstance(override, Mapping):
            raise TypeError(f"override: got {shown(override)}, expected a dict of gates")
        for gate, value in override.items():
            if gate not in list(gates):
                raise ValueError(f"override: got {shown(gate)}, expected one of {', '.join(gates)}")
            name, low = f"override[{gate!r}]", -1 if gate in "gn" else 0
            array = as_array(name, value, None, low, 1, nan=True)
            lengths = zip(array.shape, shape, strict=False)
            if array.ndim not in (0, 3) or any(n not in (1, m) for n, m in lengths):
                expected = f"one number or {shape} (any of these lengths may be 1)"
                raise ValueError(f"{name}: got shape {array.shape}, expected {expected}")
            self.values[gate] = np.broadcast_to(array, shape).copy()

    def __call__(self, gate: str, t: int, value: Array) -> Array:
        """A gate's value (B, H) at step t: what the hand has set, else what the net decides."""
        if gate not in self.values:
            return value
        hand = self.values[gate][t]
        return np.where(np.isnan(hand), value, hand)

    def slopes(self, **slopes: Array) -> Array:
        """The gates' slopes side by side, (T, B, rows), with 0 where a gate was set by hand."""
        for gate, hand in self.values.items():
            slopes[gate] = np.where(np.isnan(hand), slopes[gate], 0.0)
        return np.concatenate(list(slopes.values()), axis=-1)
