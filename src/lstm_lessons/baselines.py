"""Forecasts without a hidden state: from the whole past, from a window of it, from the last step.

All three are linear and fitted by least squares: next value = weights · past values + b.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .arguments import Array, as_array, as_count


class Window:
    """A forecast from the last ``width`` values; before the series began, the past counts as 0."""

    def __init__(self, series: ArrayLike, width: int):
        series = _as_series(series)
        self.width = as_count("width", width, 1, len(series) - 1)
        # Where there are more weights than values to fit, lstsq takes the smallest weights that fit.
        self.weights = np.linalg.lstsq(self._rows(series), series[1:], rcond=None)[0]

    def _rows(self, series: Array) -> Array:
        """For each step from the second one the values before it, the last one first, and a 1."""
        padded = np.concatenate([np.zeros(self.width - 1), series[:-1]])
        windows = np.lib.stride_tricks.sliding_window_view(padded, self.width)[:, ::-1]
        return np.column_stack([windows, np.ones(len(windows))])

    @property
    def n_params(self) -> int:
        """One weight for each value in the window, and b."""
        return self.weights.size

    def forecast(self, series: ArrayLike) -> Array:
        """What it says of series[1:], each from the values before it: (T,) to (T - 1,)."""
        series = _as_series(series)
        return self._rows(series) @ self.weights


def whole_past(series: ArrayLike) -> Window:
    """A weight for every value since the series began: their number grows with the series."""
    series = _as_series(series)
    return Window(series, len(series) - 1)


def markov(series: ArrayLike) -> Window:
    """A forecast from the step before alone."""
    return Window(series, 1)


def _as_series(series: ArrayLike) -> Array:
    array = as_array("series", series, ("T",))
    if len(array) < 2:
        raise ValueError(f"series: got {len(array)} value, expected two or more")
    return array
