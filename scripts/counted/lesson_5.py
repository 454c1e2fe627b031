"""Lesson 5, *The belt alone, and all roads*: with larger inputs."""

from __future__ import annotations

import numpy as np

from lstm_lessons import GradientLens, gradients

from .running import count


@count(range(20))
def larger_inputs(seed: int) -> float:
    """How many times as much arrives over all roads as along the belt, 50 steps back: the lens at
    b_f = 1 and s = 1, with inputs three times as large."""
    rng = np.random.default_rng(seed)
    cell = GradientLens("lstm").make(rng, forget_bias=1.0, scale=1.0)
    trace = cell.forward(3 * rng.standard_normal((51, 1, cell.n_inputs)))
    all_roads = gradients.jacobian_norms(cell, trace, "c", "c")[0, 0]
    return float(all_roads / np.linalg.norm(gradients.direct_path(trace)[0, 0]))
