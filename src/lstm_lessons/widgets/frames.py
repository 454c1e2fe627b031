"""What a stored panel shows while no kernel answers: pictures of some places of its controls."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from PIL import Image

from ..arguments import as_number
from . import controls as knobs

COLOURS = 64
NEAR = 4  # pixels around what differs between two pictures
MOST = 32  # places of a slider, and those that are named besides
PICTURES = 160  # of a panel with several controls, and each in two widths
ROUND = {"1", "2", "25", "5"}  # the digits of a stride that a reader can follow


def grid(controls: Mapping[str, Any], named: Iterable[float]) -> list[list[float]]:
    """For each control the positions that are stored: some places of a slider, a choice's options.

    ``named`` are places of the first slider. Raises ValueError for more combinations than a notebook
    should carry.
    """
    axes = []
    for control in controls.values():
        if knobs.is_slider(control):
            axes.append(places(control, named))
            named = ()
        else:
            axes.append(list(range(knobs.count(control))))
    combinations = math.prod(map(len, axes))
    if len(axes) > 1 and combinations > PICTURES:
        raise ValueError(
            f"controls: got {combinations:,} combinations of {', '.join(controls)}, expected up to"
            f" {PICTURES}: a stored lesson has a picture of each. Take longer steps, or fewer options"
        )
    return axes


def places(control: Any, named: Iterable[float]) -> list[float]:
    """Some places of a slider in order: in round strides, its ends, where it stands, the named ones."""
    low, high, step = control.min, control.max, control.step
    least = math.ceil((high - low) / step / (MOST - 1) - 1e-9)
    strides = (n * step for n in range(least, 10 * least + 1))
    stride = next((s for s in strides if _digits(s) in ROUND), least * step)
    origin = 0 if abs(low / step - round(low / step)) < 1e-9 else low  # from there it reaches them
    first, last = (
        math.ceil((low - origin) / stride - 1e-9),
        math.floor((high - origin) / stride + 1e-9),
    )
    regular = [origin + k * stride for k in range(first, last + 1)]
    kind = int if isinstance(control.value, int) else float
    return sorted({kind(f"{n:.10g}") for n in [low, *regular, high, control.value, *named]})


def check_named(named: Any, name: str | None, control: Any) -> list[float]:
    """The places that a text names. Raises if a slider, which is None if there is none, has no such."""
    if not isinstance(named, Iterable) or isinstance(named, str):
        raise TypeError(f"places: got {named!r:.60}, expected a list of numbers")
    numbers = list(named)
    if numbers and control is None:
        raise ValueError(f"places: got {named!r:.60}, expected none: the panel has no slider")
    for number in numbers:
        as_number(f"places, of {name}", number, control.min, control.max)
    return numbers


def overlays(pictures: list[bytes], start: int) -> list[str]:
    """Pictures as data addresses: one whole, and of the others what differs from it, which lies over it.

    A little around that is there as well: a browser that scales them blends each pixel with those
    beside it.
    """
    opened = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    made = []
    for k, picture in enumerate(opened):
        over = Image.new("RGBA", picture.size)
        differs = np.any(np.asarray(picture) != np.asarray(opened[start]), axis=-1)
        for axis in (0, 1):
            differs = np.any([np.roll(differs, k, axis) for k in range(-NEAR, NEAR + 1)], axis=0)
        over.paste(picture, mask=Image.fromarray(np.uint8(255 * differs)))
        made.append(_webp(picture if k == start else over))
    return made


def _webp(picture: Image.Image) -> str:
    """In few colours: the edges of letters and lines need no more, and a notebook is half as large."""
    few = picture.convert("RGBA").quantize(COLOURS, method=Image.Quantize.FASTOCTREE)
    out = io.BytesIO()
    few.convert(picture.mode).save(out, "webp", lossless=True, quality=80, method=2)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def _digits(number: float) -> str:
    return f"{number:.9e}".partition("e")[0].replace(".", "").rstrip("0")
