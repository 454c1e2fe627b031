"""A picture that is drawn again and again: only what moves, over the rest that stays."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from PIL import Image

from .picture import Picture

Update = Callable[[Any], Iterable[Artist]]


class Drawing:
    """What ``draw(figure)`` builds on an empty `Picture`, moved by the ``update`` that it returns.

    ``update(result)`` moves the artists and returns those it moved, at every call the same. The axes
    and all other artists are drawn once, here, with the first ``result``, and must not change.
    ``narrow`` makes a phone's picture of it.
    Raises TypeError if ``draw`` returns no function, or ``update`` no artists.
    """

    def __init__(
        self, draw: Callable[[Picture], Update], result: Any, narrow: bool = False
    ) -> None:
        self.figure = Picture(narrow)
        self.update = draw(self.figure)
        if not callable(self.update):
            raise TypeError(f"draw: got {self.update!r:.60} from it, expected a function, update")
        moved: Any = self.update(result)
        self._moving: list[Any] = list(moved) if isinstance(moved, Iterable) else [None]
        if not all(isinstance(artist, Artist) for artist in self._moving):
            raise TypeError(
                f"update: got {moved!r:.60} from it, expected the artists that it moved"
            )
        for artist in self._moving:
            artist.set_animated(True)
        self.figure.canvas.draw()
        self.figure.set_layout_engine("none")  # the layout is found: it must not move any more
        self._rest = self.figure.canvas.copy_from_bbox(self.figure.bbox)

    def png(self) -> bytes:
        """The picture as it was moved last, as PNG bytes."""
        canvas = self.figure.canvas
        canvas.restore_region(self._rest)
        for artist in self._moving:
            self.figure.draw_artist(artist)
        out = io.BytesIO()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]
        Image.fromarray(np.ascontiguousarray(pixels)).save(out, "png", compress_level=1)
        return out.getvalue()
