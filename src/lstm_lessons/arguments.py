"""Is this argument what it should be? If not, a sentence: its name, what came, what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def as_array(
    name: str | None,
    value: Any,
    shape: tuple[int | str, ...] | None,
    low: float = -np.inf,
    high: float = np.inf,
    nan: bool = False,
) -> Array:
    """``value`` as a float64 array; itself if it is one already.

    ``shape`` holds numbers, or letters for lengths that are free but not zero, as ("T", "B", 3);
    None is any shape.
    ``nan=True`` lets NaN pass. Raises TypeError for what is not real numbers, else ValueError.
    """
    array = as_real(name, value)
    if shape is not None and not _fits(array.shape, shape):
        expected = "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
        empty = ", none of them 0" if 0 in array.shape else ""
        raise ValueError(f"{name}: got shape {array.shape}, expected {expected}{empty}")
    bad = np.isinf(array) if nan else ~np.isfinite(array)
    if bad.any():
        index = tuple(int(k) for k in np.argwhere(bad)[0])
        where = f" at index {index}" if index else ""
        raise ValueError(f"{name}: got {array[index]}{where}, expected finite numbers")
    outside = (array < low) | (array > high)
    if outside.any():
        expected = f"values from {low:g} to {high:g}"
        raise ValueError(f"{name}: got {array[outside][0]:g}, expected {expected}")
    return array


def as_number(name: str | None, value: Any, low: float = -np.inf, high: float = np.inf) -> float:
    """``value`` as a float from ``low`` to ``high``. Raises TypeError for what is no real number."""
    array = as_real(name, value, "a number")
    if array.ndim or np.asarray(value).dtype.kind == "b":
        raise TypeError(f"{name}: got {shown(value)}, expected a number")
    number = float(array)
    if not np.isfinite(number):
        raise ValueError(f"{name}: got {number}, expected a finite number")
    if not low <= number <= high:
        bounds = f"from {low:g} to {high:g}" if np.isfinite(high) else f"of {low:g} or more"
        raise ValueError(f"{name}: got {number:g}, expected a number {bounds}")
    return number


def as_count(name: str | None, value: Any, low: int = 1, high: int | None = None) -> int:
    """``value`` as an int from ``low`` to ``high``. Raises TypeError for what is no whole number."""
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))
    if not whole:
        raise TypeError(f"{name}: got {shown(value)}, expected a whole number")
    if value < low or (high is not None and value > high):
        expected = f"{low} or more" if high is None else f"{low} to {high}"
        raise ValueError(f"{name}: got {value}, expected {expected}")
    return int(value)


def one_of(name: str | None, value: Any, options: Sequence[str] | dict) -> str:
    """``value``, which must be one of these texts. Raises ValueError if it is not."""
    if not isinstance(value, str) or value not in list(options):  # not: a part of a text
        expected = ", ".join(map(repr, options))
        raise ValueError(f"{name}: got {shown(value)}, expected one of {expected}")
    return value


def as_rng(value: Any) -> np.random.Generator:
    """``value``, which must be numpy's source of random numbers. Raises TypeError if it is not."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"rng: got {shown(value)}, expected numpy.random.default_rng(seed)")
    return value


def as_real(name: str | None, value: Any, expected: str = "an array of real numbers") -> Array:
    """``value`` as a float64 array of any shape, infinite or not. Raises TypeError for anything else."""
    try:
        array = np.asarray(value)
        masked = isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value)
        if array.dtype.kind not in "fiub" or masked:
            raise TypeError
    except Exception:  # whatever it raises, PyTorch's tensors RuntimeError: it is no array
        raise TypeError(f"{name}: got {shown(value)}, expected {expected}") from None
    return array.astype(np.float64, copy=False)


def shown(value: Any) -> str:
    """``value`` for a sentence: on one line, and not too long."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # it cannot say what it is
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _fits(shape: tuple[int, ...], wanted: tuple[int | str, ...]) -> bool:
    lengths = zip(shape, wanted, strict=False)
    return len(shape) == len(wanted) and all(
        n > 0 and (isinstance(w, str) or w == n) for n, w in lengths
    )
