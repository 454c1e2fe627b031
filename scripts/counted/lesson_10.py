"""Lesson 10: treatments, instruments and a bad start, beyond what the lesson stores."""

from __future__ import annotations

from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from lstm_lessons import choices
from lstm_lessons.arguments import Array
from lstm_lessons.cells import LSTM, Cell, additions
from lstm_lessons.course import lesson_10
from lstm_lessons.course.cases import Prepared
from lstm_lessons.course.treatments import SEEDS, TREATMENTS
from lstm_lessons.stack import Stack, StackTrace

from .running import cells, count

again = lesson_10.again


def _inputs(change: Any) -> Any:
    """B's rows with other inputs and the same target."""

    def prepare(rows: Array) -> Prepared:
        return change(rows[:, :-1, None]), (rows[:, 1:, None] - 1013) / 8

    return prepare


@count(SEEDS)
def half_of_the_scaling(seed: int) -> dict[str, bool]:
    """Is B well, with a part of its treatment?"""
    parts = {
        "mean subtracted": lambda x: x - 1013,
        "divided by 8": lambda x: x / 8,
        "divided by 1013": lambda x: x / 1013,
        "both": lambda x: (x - 1013) / 1013,
    }
    return {name: again("B", seed, prepare=_inputs(part)).well for name, part in parts.items()}


@count(SEEDS)
def large_without_a_mean(seed: int) -> list[Any]:
    """B with inputs that are as large, but with a mean of 0: well, its loss as a share of the last
    value's, and the share of its gates within 0.01 of an end."""
    one = again("B", seed, prepare=_inputs(lambda x: 125 * (x - 1013)))
    gates = lesson_10.gates(one.model, one.new[0])
    values = np.concatenate([gates[letter].ravel() for letter in "ifo"])
    return [one.well, one.loss / one.naive, float(np.mean(np.abs(values - 0.5) > 0.49))]


@count([[factor, seed] for factor in (250, 500) for seed in range(300, 308)])
def larger_without_a_mean(job: list) -> float:
    """B with inputs still larger and a mean of 0: its loss as a share of the last value's."""
    factor, seed = job
    one = again("B", seed, prepare=_inputs(lambda x: factor * (x - 1013)))
    return one.loss / one.naive


@count(SEEDS)
def longer_on_levels(seed: int) -> list[float]:
    """C's loss as a share of the last value's: after three times the steps, and with three times the units."""
    wide = TREATMENTS["C"]["three times the units"]
    both = again("C", seed, steps=600), again("C", seed, **wide)
    return [one.loss / one.naive for one in both]


@count(range(200, 206))
def much_longer_on_levels(seed: int) -> float:
    """C's loss after ten times the steps, as a share of the last value's."""
    one = again("C", seed, steps=2000)
    return one.loss / one.naive


@count(SEEDS)
def carried_longer(seed: int) -> list[float]:
    """A's loss as a share of a constant answer's, after 200 steps and after 600."""
    both = [again("A", seed, steps=steps) for steps in (200, 600)]
    return [one.loss / one.constant for one in both]


@count(SEEDS)
def across_the_batch(seed: int) -> list[float]:
    """H's loss as a share of the last value's, with 16 units and with 48."""
    both = [
        again("H", seed, **TREATMENTS["H"][how]) for how in ("as it was", "three times the units")
    ]
    return [one.loss / one.naive for one in both]


@count(SEEDS)
def slow_and_longer(seed: int) -> bool:
    """Is E well at a third of the rate, after three times the steps?"""
    return again("E", seed, lr=0.003, steps=1200).well


class Still(Stack):
    """A Stack whose W_h stays as it started."""

    start: Array | None = None

    def forward(self, xs: Any, states: Any = None, override: Any = None) -> StackTrace:
        if self.start is None:
            self.start = self.params["0.Wh"].copy()
        self.params["0.Wh"][:] = self.start
        return super().forward(xs, states, override)


@count(SEEDS)
def ridge(seed: int) -> list[Any]:
    """I as it was: well, the norm of W_h, the share of |h| above 0.9; and well with W_h left alone."""
    sick = again("I", seed)
    h = sick.model.forward(sick.new[0]).layers[0].h
    ends = float(np.mean(np.abs(h) > 0.9))
    return [sick.well, float(sick.record.widest[-1]), ends, again("I", seed, stack=Still).well]


@count(SEEDS)
def eight_by_heart(seed: int) -> dict[str, float]:
    """The loss in training on eight sequences, as a share of a constant answer's on new ones."""
    eights = {name: again(name, seed, pool=8) for name in ("healthy", "B", "C", "D", "G", "H")}
    eights["C treated"] = again("C", seed, pool=8, **TREATMENTS["C"]["changes"])
    return {name: float(one.record.loss[-1] / one.constant) for name, one in eights.items()}


@count(range(200, 204))
def eight_changes(seed: int) -> float:
    """The same of C treated, after 3,000 steps."""
    one = again("C", seed, pool=8, steps=3000, **TREATMENTS["C"]["changes"])
    return float(one.record.loss[-1] / one.constant)


@count([None])
def jump_clipped(_: None) -> list[float]:
    """How far the calm weights stray with one gradient of 0.1, clipped at a length of 0.01."""
    clip = {"weights, {": "weights, clipped({"}
    clip |= {'"W": gradient}': '"W": gradient})'}
    own = cells(10, "e54a", e54a=clip)
    own["clipped"] = lambda grads: own["train"].clip_by_norm(grads, 0.01)
    return own["strayed"](0.1)


def _ten_times(kind: type[Cell], *sizes: Any) -> Cell:
    cell = kind(*sizes, forget_bias=1.0)  # type: ignore[call-arg]
    cell.params["Wh"] *= 10
    return cell


@count(range(200, 220))
def from_weights_ten_times_as_large(seed: int) -> dict[str, bool]:
    """Is adding solved, from W_x and W_h that start ten times too large?"""
    kinds = {"LSTM": LSTM, "layer norm": additions.LayerNormLSTM}
    large = {
        f"{n}, large": choices.Choice(partial(_ten_times, k), inputs=10) for n, k in kinds.items()
    }
    runs = [("LSTM, large", 0.03), ("LSTM, large", 0.1), ("layer norm, large", 0.03)]
    with patch.dict(choices.CHOICES, large):
        return {f"{n}, {lr}": choices.run(n, "adding", lr, seed).solved for n, lr in runs}
