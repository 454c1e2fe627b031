"""Sliders and a picture that follows them: the one seam for slider-driven figures."""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping

import ipywidgets
import numpy as np
from PIL import Image

from . import pictures
from .cells import checked


def slider(letter: str, low: float, high: float, start: float, step: float = 0.01):
    """A slider for one number, labelled with its letter; whole numbers if all four are whole."""
    numbers = dict(low=low, high=high, start=start, step=step)
    for name, value in numbers.items():
        checked(name, value, ())
    if not low < high:
        raise ValueError(f"high: got {high}, expected more than low, {low}")
    if not low <= start <= high:
        raise ValueError(f"start: got {start}, expected from {low} to {high}")
    if not 0 < step <= high - low:
        raise ValueError(f"step: got {step}, expected above 0 and up to {high - low}")
    whole = all(isinstance(value, (int, np.integer)) for value in numbers.values())
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    layout = ipywidgets.Layout(width="min(100%, 460px)")
    return kind(start, min=low, max=high, step=step, description=letter, layout=layout)


class Panel:
    """A picture that is drawn anew whenever a control moves.

    ``compute(**values)`` takes the controls' values by name and returns a result. ``draw(figure)``
    builds the picture once on an empty `pictures.Picture`, and returns ``update(result)``, which
    moves the artists and returns those it moved. ``controls`` is a dict of widgets by name (see
    `slider`). ``say(result)`` gives the sentence under the picture, which is its alt text too;
    without it the controls' values stand there.

    ``view`` is the picture, an ``Image`` widget, ``box`` all of it together.

    The figure is kept and only the moved artists are drawn again; limits must therefore stay fixed.
    An error in a callback shows as text in the panel and is raised as well.
    """

    def __init__(self, compute: Callable, draw: Callable, controls: Mapping, say: Callable = None):
        if not isinstance(controls, Mapping) or not controls:
            raise TypeError(f"controls: got {controls!r:.60}, expected a dict of widgets by name")
        for name, control in controls.items():
            if not isinstance(control, ipywidgets.Widget) or not control.has_trait("value"):
                raise TypeError(f"controls[{name!r}]: got {control!r:.60}, expected a slider")
        self.compute, self.controls = compute, dict(controls)
        self.say = say or (lambda result: ", ".join(f"{k} = {v}" for k, v in self.values.items()))
        self.figure = pictures.Picture()
        self.update = draw(self.figure)
        result = compute(**self.values)
        self._moving = self.update(result)
        for artist in self._moving:
            artist.set_animated(True)
        canvas = self.figure.canvas
        canvas.draw()
        self.figure.set_layout_engine("none")  # the layout is found: it must not move any more
        self._background = canvas.copy_from_bbox(self.figure.bbox)
        width, height = self.figure.size
        layout = ipywidgets.Layout(width=f"{width}px", max_width="100%", height="auto")
        self.view = ipywidgets.Image(format="png", width=width, height=height, layout=layout)
        self.sentence = ipywidgets.HTML()
        self.box = ipywidgets.VBox([*self.controls.values(), self.view, self.sentence])
        self._show(result)
        for control in self.controls.values():
            control.observe(self._redraw, "value")

    @property
    def values(self) -> dict:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _show(self, result) -> None:
        canvas = self.figure.canvas
        canvas.restore_region(self._background)
        for artist in self._moving:
            artist.axes.draw_artist(artist)
        out = io.BytesIO()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]
        Image.fromarray(np.ascontiguousarray(pixels)).save(out, "png", compress_level=1)
        self.figure.alt = self.say(result)
        self.view.value = out.getvalue()
        self.sentence.value = f"<p style='margin:0'>{html.escape(self.figure.alt)}</p>"

    def _redraw(self, change) -> None:
        try:
            result = self.compute(**self.values)
            self.update(result)
            self._show(result)
        except Exception as error:
            text = html.escape(f"{type(error).__name__}: {error}")
            self.sentence.value = f"<p style='margin:0; color:#b00020'>{text}</p>"
            raise

    def __repr__(self) -> str:
        return f"Panel: {self.figure.alt}"

    def _repr_mimebundle_(self, **kwargs):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        data = {"application/vnd.jupyter.widget-view+json": view}
        return pictures.with_png(self.figure, repr(self), data, picture=self.view.value)
