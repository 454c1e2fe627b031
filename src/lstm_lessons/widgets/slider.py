"""What a panel's reader moves: a number on a slider, or one of several choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from ..arguments import as_count, as_number, shown
from .base import Checked


def _number(name: str, value: Any, knob: Slider) -> float | int:
    check = as_count if isinstance(knob.step, int) else as_number
    return check(knob.description, value, knob.min, knob.max)


def _option(name: str, value: Any, knob: Choice) -> Any:
    if not any(type(value) is type(one) and value == one for one in knob.options):
        expected = ", ".join(map(repr, knob.options))
        raise ValueError(f"{knob.description}: got {shown(value)}, expected one of {expected}")
    return value


class Slider(traitlets.HasTraits):
    """A number from ``min`` to ``max`` in steps, with its letter, ``description``; see `slider`."""

    value = Checked(_number)

    def __init__(self, description: str, low: Any, high: Any, start: Any, step: Any) -> None:
        self.description, self.min, self.max, self.step = description, low, high, step
        super().__init__(value=start)


class Choice(traitlets.HasTraits):
    """One of several values, ``options``, with its name, ``description``; see `choice`."""

    value = Checked(_option)

    def __init__(self, description: str, options: list[Any]) -> None:
        self.description, self.options = description, options
        super().__init__(value=options[0])


def slider(letter: str, low: float, high: float, start: float, step: float = 0.01) -> Slider:
    """A slider with its letter; for whole numbers if all four of its numbers are whole.

    A letter as "w_h" is shown with its index below. A panel's reader moves it, and ``value`` may be set.
    Raises TypeError for what is no number, and ValueError for a start or a step that does not fit.
    """
    numbers: dict[str, Any] = dict(low=low, high=high, start=start, step=step)
    _check_name("letter", letter)
    for name, value in numbers.items():
        as_number(name, value)
    if not low < high:
        raise ValueError(f"high: got {high}, expected more than low, {low}")
    as_number("start", start, low, high)
    if not 0 < step <= high - low:
        raise ValueError(f"step: got {step}, expected above 0 and up to {high - low}")
    whole = all(isinstance(value, (int, np.integer)) for value in numbers.values())
    return Slider(letter, *map(int if whole else float, numbers.values()))


def choice(name: str, options: Sequence[Any]) -> Choice:
    """A choice of one of several texts or numbers, the first to begin with; ``value`` may be set.

    Raises TypeError for a name that is no text, and ValueError if there are not two options or more,
    all different.
    """
    _check_name("name", name)
    if isinstance(options, str) or len(set(options)) < max(2, len(options)):
        raise ValueError(f"options: got {shown(options)}, expected two or more, all different")
    return Choice(name, list(options))


def _check_name(name: str, value: Any) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name}: got {shown(value)}, expected a text")
