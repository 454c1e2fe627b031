"""Lesson 10's trainings: a patient as it was, trained again with one thing changed, and what was tried."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import train
from ..arguments import Array, as_count, one_of
from ..stack import Stack
from .cases import CASES, NEW, Case, time_first
from .measure import Record, moved, watch
from .treatments import TREATMENTS

PATIENTS = [name for name in CASES if name != "healthy"]


@dataclass(frozen=True, eq=False)
class Training:
    """One training of a case: its network, what `watch` saw, and new rows that it has not learned from."""

    case: Case
    model: Stack
    record: Record
    rows: Array

    def answer(self, rows: Array) -> Array:
        """The answers to rows as they are delivered: (B, T, n_out)."""
        return self.case.answer(self.model, rows)

    @property
    def target(self) -> NDArray:
        """What is true of the new rows."""
        return self.case.prepare(self.rows)[1]

    @property
    def new(self) -> tuple[Array, NDArray]:
        """A batch (xs, target) as the network gets it."""
        return self.case.batch(self.rows[:32])

    @property
    def loss(self) -> float:
        """The loss on the new rows, which may be infinite."""
        return self._loss(self.answer(self.rows))

    @property
    def right(self) -> float:
        """The share of new rows that are given their class."""
        return float(np.mean(self.answer(self.rows)[:, -1].argmax(axis=-1) == self.target))

    @property
    def constant(self) -> float:
        """The loss of the best answer that is always the same; of classes, of their frequencies."""
        if self.target.ndim == 3:
            return float(np.var(self.target))
        share = np.bincount(self.target) / len(self.target)
        return -float(np.sum(share * np.log(share)))

    @property
    def naive(self) -> float:
        """The loss of a forecast that repeats the last value; without one, of the constant answer."""
        return self._loss(self.case.naive(self.rows)) if self.case.naive else self.constant

    @property
    def moved(self) -> dict[str, float]:
        """See the function of this name."""
        return moved(self.answer, self.rows, self.case.start)

    @property
    def well(self) -> bool:
        """Did it end, is its loss on new rows low enough, and does nothing move that should stay?"""
        low = np.isfinite(self.record.loss[-1]) and self.loss < self.case.limit * self.naive
        return bool(low and max(self.moved.values()) == 0)

    def _loss(self, y: Array) -> float:
        if self.target.ndim == 3:
            return float(np.mean((y - self.target) ** 2))
        return train.cross_entropy(time_first(y), self.target)[0]

    def __repr__(self) -> str:
        against = "repeating the last value" if self.case.naive else "one constant answer"
        return f"Training: loss {self.loss:.3g} on new rows; {against} has {self.naive:.3g}"


def again(name: str, seed: int = 0, **changes: Any) -> Training:
    """Train a patient anew, with these fields of its case changed and all else as it was."""
    case = CASES[one_of("name", name, CASES)]
    unknown = sorted(set(changes) - set(case._fields))
    if unknown:
        one_of("changes", unknown[0], case._fields)
    case = case._replace(**changes)
    model, rows = _start(case, seed)
    record = watch(
        model, case.batches(np.random.default_rng([seed, 1])), case.batch(rows[:32]),
        case.steps, case.lr, case.max_norm, max(1, case.steps // 40),
    )  # fmt: skip
    return Training(case, model, record, rows)


def _start(case: Case, seed: int) -> tuple[Stack, Array]:
    seed = as_count("seed", seed, low=0)
    rows = case.rows(np.random.default_rng([seed, 2]), NEW)
    return case.untrained(np.random.default_rng([seed, 0])), rows


def patient(name: str) -> Training:
    """A patient as it was trained from seed 0, from data/clinic.npz."""
    case = CASES[one_of("name", name, CASES)]
    (model, rows), table = _start(case, 0), _table()
    weights, at = table[f"{name} weights"].astype(float), 0
    for value in model.params.values():
        value[...] = weights[at : at + value.size].reshape(value.shape)
        at += value.size
    return Training(case, model, Record(*table[f"{name} record"].astype(float)), rows)


def tried(name: str) -> dict[str, NDArray[np.bool_]]:
    """Was the patient well after each of `TREATMENTS`, in seeds 200 to 219? From data/clinic.npz."""
    one_of("name", name, TREATMENTS)
    return {how: _table()[f"{name} {how}"] for how in TREATMENTS[name]}


@cache
def _table() -> dict[str, Any]:
    with (files("lstm_lessons") / "data" / "clinic.npz").open("rb") as file, np.load(file) as kept:
        return {name: kept[name] for name in kept.files}
