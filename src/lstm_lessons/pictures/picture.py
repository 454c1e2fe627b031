"""What all pictures are: a figure of one of two widths with an alt text, and its PNG in a notebook."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from functools import partial
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

Bundle = tuple[dict[str, Any], dict[str, Any]]  # what Jupyter shows: data and metadata by MIME type


class Picture(Figure):
    """A matplotlib figure that a notebook shows as a PNG together with its alt text.

    It is 7 inches wide and 3 high, or on a ``narrow`` one, a phone's, 3.4 and 3.4. What draws on it
    may set another height, and leaves the width.
    """

    canvas: FigureCanvasAgg

    def __init__(self, narrow: bool = False, alt: str = "") -> None:
        width, height, dpi = (3.4, 3.4, 200) if narrow else (7.0, 3.0, 150)
        super().__init__(figsize=(width, height), dpi=dpi)
        self.set_layout_engine(ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))  # room to the edge
        FigureCanvasAgg(self)
        self.narrow, self.alt = narrow, alt
        self.for_phone: Callable[[], Picture] | None = None  # makes the narrow one; see `still`

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **kwargs: Any) -> Bundle:
        encoded = base64.b64encode(png(self)).decode()
        width, height = self.size
        shown = {"image/png": {"alt": self.alt, "width": width, "height": height}}
        return {"image/png": encoded, "text/plain": self.alt}, shown

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in a page's pixels, 100 to the inch: the PNG is finer by half or more."""
        return round(100 * self.get_figwidth()), round(100 * self.get_figheight())


def still(draw: Callable[[Picture], object], alt: str, narrow: bool = False) -> Picture:
    """What ``draw(figure)`` draws on an empty `Picture`; its ``for_phone()`` draws it again, narrow."""
    figure = Picture(narrow, alt)
    draw(figure)
    figure.for_phone = partial(still, draw, alt, narrow=True)
    return figure


def png(figure: Figure) -> bytes:
    """The figure as PNG bytes."""
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def for_the_site(figure: Picture) -> Bundle:
    """A picture's bundle with its narrow edition in the metadata of the PNG, as a PNG and its size.

    What stores a notebook for the site shows pictures this way; for a reader it would be idle work.
    """
    data, metadata = figure._repr_mimebundle_()
    if figure.for_phone:
        phone = figure.for_phone()
        encoded = base64.b64encode(png(phone)).decode()
        metadata["image/png"] |= {"narrow": encoded, "narrow_size": list(phone.size)}
    return data, metadata
