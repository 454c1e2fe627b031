"""A panel's controls: what a page has to know of each, where it stands, and how it is put elsewhere.

A slider has ``min``, ``max``, ``step`` and a number as its ``value``, a choice has ``options``: those
of `slider` and `choice`, and ipywidgets' own as well. A page knows a choice by its place in the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets

from ..arguments import as_count, as_number, shown


def checked(controls: Any) -> dict[str, Any]:
    """A dict of controls by name. Raises TypeError for anything else."""
    if not isinstance(controls, Mapping) or not controls:
        raise TypeError(f"controls: got {shown(controls)}, expected a dict of sliders by name")
    for name, control in controls.items():
        if not isinstance(name, str):
            raise TypeError(f"controls: got the name {shown(name)}, expected a text")
        moves = isinstance(control, traitlets.HasTraits) and control.has_trait("value")
        if not moves or not (_pairs(control) or is_slider(control)):
            raise TypeError(f"controls[{name!r}]: got {shown(control)}, expected a slider")
    return dict(controls)


def is_slider(control: Any) -> bool:
    """Is it moved along numbers?"""
    numbers = [getattr(control, name, None) for name in ("min", "max", "step", "value")]
    return all(isinstance(number, (int, float, np.number)) for number in numbers)


def described(name: str, control: Any) -> dict[str, Any]:
    """What a page has to know of a control, but for where it stands."""
    about = {"name": name, "label": control.description or name}
    if pairs := _pairs(control):
        return about | {"options": [text for text, _ in pairs]}
    low, high, step = (float(as_number(name, n)) for n in (control.min, control.max, control.step))
    decimals = [np.format_float_positional(n, 10, trim="-").partition(".")[2] for n in (low, step)]
    return about | {"min": low, "max": high, "step": step, "decimals": max(map(len, decimals))}


def position(control: Any) -> float | int:
    """Where a control stands: a slider's number, a choice's place in the list."""
    if pairs := _pairs(control):
        return next(k for k, (_, value) in enumerate(pairs) if value == control.value)
    return control.value


def count(control: Any) -> int:
    """How many options a choice has."""
    return len(_pairs(control))


def put(name: str, control: Any, place: Any) -> None:
    """Move a control to where a page has it. Raises ValueError or TypeError if it cannot be there."""
    if pairs := _pairs(control):
        control.value = pairs[as_count(name, place, 0, len(pairs) - 1)][1]
    else:
        number = as_number(name, place, control.min, control.max)
        control.value = round(number) if isinstance(control.value, int) else number


def _pairs(control: Any) -> list[tuple[str, Any]]:
    """A choice's texts and values; nothing for a slider."""
    if isinstance(control.value, bool):  # a box to tick
        return [("no", False), ("yes", True)]
    options = getattr(control, "options", ())
    pairs = options.items() if isinstance(options, Mapping) else options
    return [one if isinstance(one, tuple) and len(one) == 2 else (str(one), one) for one in pairs]
