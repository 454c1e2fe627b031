"""What brings lesson 10's patients back, and what is often advised and does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arguments import Array
from ..cells import LSTM, Cell
from ..stack import Stack, StackTrace
from .cases import Prepared, Rng, next_value, time_first


class OnRidge(Stack):
    """A Stack whose W_h in the lowest cell is kept orthogonal: the nearest such matrix at every step."""

    def forward(self, xs: Any, states: Any = None, override: Any = None) -> StackTrace:
        u, _, v = np.linalg.svd(self.params["0.Wh"])
        self.params["0.Wh"][:] = u @ v
        return super().forward(xs, states, override)


def _scaled(rows: Array) -> Prepared:
    return next_value((rows - 1013) / 8)


def _changes(rows: Array) -> Prepared:
    return next_value(np.diff(rows))


def _trailing(rows: Array) -> Prepared:
    smooth = (rows[:, :-3] + rows[:, 1:-2] + rows[:, 2:-1]) / 3
    return np.stack([rows[:, 2:-1], smooth], axis=-1), rows[:, 3:, None]


def _wide(n_inputs: int, **start: Any) -> Callable[[Rng], Cell]:
    return lambda rng: LSTM(n_inputs, 48, rng, **start)


def _best_step(sick: Any) -> dict[str, Any]:
    """Early stopping with hindsight: the check at which a training's loss on new rows was least."""
    return dict(steps=int(sick.record.step[sick.record.new.argmin()]))


SEEDS = range(200, 220)
_BY_PATIENT: dict[str, dict[str, Any]] = {  # a case's changed fields, or a function of its training
    "A": {"state from 0": dict(stack=Stack), "three times as long": dict(steps=600)},
    "B": {
        "inputs scaled": dict(prepare=_scaled), "a tenth of the rate": dict(lr=0.001),
        "three times the units": dict(cell=_wide(1)),
    },
    "C": {
        "changes": dict(prepare=_changes, naive=lambda rows: np.zeros_like(rows[:, 2:, None])),
        "three times the units": dict(cell=_wide(1)),
    },
    "D": {"mean of the past": dict(prepare=_trailing)},
    "E": {
        "chrono": dict(cell=lambda rng: LSTM(5, 16, rng, chrono=20)),
        "forget bias 1": dict(cell=lambda rng: LSTM(5, 16, rng, forget_bias=1)),
        "a third of the rate": dict(lr=0.003), "three times as long": dict(steps=1200),
    },
    "F": {"a hundredth of the rate": dict(lr=0.001), "clipped to 0.001": dict(max_norm=0.001)},
    "G": {
        "always new sequences": dict(pool=None), "stopped at its best step": _best_step,
        "a quarter of the units": dict(cell=lambda rng: LSTM(1, 4, rng)),
    },
    "H": {"time first": dict(turn=time_first), "three times the units": dict(cell=_wide(1))},
    "I": {
        "W_h kept orthogonal": dict(stack=OnRidge), "a tenth of the rate": dict(lr=0.003),
        "clipped to 0.01": dict(max_norm=0.01),
    },
}  # fmt: skip
TREATMENTS: dict[str, dict[str, Any]] = {
    name: {"as it was": {}} | hows for name, hows in _BY_PATIENT.items()
}
