"""The slider for one number."""

from __future__ import annotations

import ipywidgets
import numpy as np

from ..arguments import as_number


def control_layout() -> ipywidgets.Layout:
    """A control's width: a phone's page is narrower, and widgets have margins of 2 px."""
    return ipywidgets.Layout(width="min(100% - 4px, 460px)")


def slider(
    letter: str, low: float, high: float, start: float, step: float = 0.01
) -> ipywidgets.IntSlider | ipywidgets.FloatSlider:
    """A slider labelled with its letter; for whole numbers if all four of its numbers are whole.

    Raises TypeError for what is no number, and ValueError for a start or a step that does not fit.
    """
    if not isinstance(letter, str):
        raise TypeError(f"letter: got {letter!r:.60}, expected a text")
    numbers = dict(low=low, high=high, start=start, step=step)
    for name, value in numbers.items():
        as_number(name, value)
    if not low < high:
        raise ValueError(f"high: got {high}, expected more than low, {low}")
    as_number("start", start, low, high)
    if not 0 < step <= high - low:
        raise ValueError(f"step: got {step}, expected above 0 and up to {high - low}")
    whole = all(isinstance(value, (int, np.integer)) for value in numbers.values())
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    readout = "d" if whole else f".{max(0, int(np.ceil(-np.log10(step))))}f"
    shown = dict(description=letter, readout_format=readout, layout=control_layout())
    return kind(start, min=low, max=high, step=step, **shown)
