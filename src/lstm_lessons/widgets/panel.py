"""Sliders and a picture that follows them: the one seam for slider-driven figures."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from .. import pictures
from . import reruns


class Panel:
    """A picture that is drawn anew whenever a control moves.

    ``compute(**values)`` takes the controls' values by name and returns a result. ``draw(figure)``
    builds the picture once on an empty `pictures.Picture`, and returns ``update(result)``, which
    moves the artists and returns those it moved. ``controls`` is a dict of widgets by name (see
    `slider`). ``say(result)`` gives the sentence under the picture, which is its alt text too;
    without it the controls' values stand there.

    ``view`` is the picture, an ``Image`` widget, ``box`` all of it together.

    The figure is kept and only the moved artists are drawn again; limits must therefore stay fixed.
    An error in a callback shows as text in the panel and is raised as well; so is a TypeError for
    one that does not return what it should. When the cell that made a panel runs again, the panel
    is closed.
    """

    def __init__(
        self,
        compute: Callable[..., Any],
        draw: Callable[[pictures.Picture], pictures.Update],
        controls: Mapping[str, ipywidgets.Widget],
        say: Callable[[Any], str] | None = None,
    ) -> None:
        self.compute, self.say = compute, say or self._say_values
        for name, callback in dict(compute=compute, draw=draw, say=self.say).items():
            if not callable(callback):
                raise TypeError(f"{name}: got {callback!r:.60}, expected a function")
        self.controls = _checked(controls)
        result = compute(**self.values)
        self._drawing: pictures.Drawing | None = pictures.Drawing(draw, result)
        width, height = self.figure.size
        layout = dict(width=f"{width}px", max_width="calc(100% - 4px)", height="auto")
        self.view = ipywidgets.Image(format="png", width=width, height=height, layout=layout)
        self.sentence = ipywidgets.HTML()
        self.box = ipywidgets.VBox([*self.controls.values(), self.view, self.sentence])
        self._show(result)
        for control in self.controls.values():
            control.observe(self._redraw, "value")
        reruns.keep(self.close)

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def figure(self) -> pictures.Picture:
        """The picture as a figure. Raises ValueError if the panel is closed."""
        return self._open().figure

    def close(self) -> None:
        """Take the panel off the page and let go of its picture; its controls are only let go."""
        if self._drawing is None:
            return
        self._drawing = None
        for control in self.controls.values():
            control.unobserve(self._redraw, "value")
        for widget in (self.box, self.view, self.sentence):
            reruns.close(widget)
        self.view.value = b""

    def _open(self) -> pictures.Drawing:
        if self._drawing is None:
            raise ValueError("panel: got a closed one, expected one whose cell has not run again")
        return self._drawing

    def _say_values(self, result: Any) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.values.items())

    def _show(self, result: Any) -> None:
        picture, said = self._open().png(), self.say(result)
        if not isinstance(said, str):
            raise TypeError(f"say: got {said!r:.60} from it, expected a text")
        self.figure.alt, self.view.value = said, picture
        self.sentence.value = f"<p style='margin:0'>{html.escape(said)}</p>"

    def _redraw(self, change: object) -> None:
        try:
            result = self.compute(**self.values)
            self._open().update(result)
            self._show(result)
        except Exception as error:
            text = html.escape(f"{type(error).__name__}: {error}")
            self.sentence.value = f"<p style='margin:0; color:#b00020'>{text}</p>"
            raise

    def __repr__(self) -> str:
        return f"Panel: {self.figure.alt if self._drawing else 'closed, as its cell ran again'}"

    def _repr_mimebundle_(self, **kwargs: Any) -> pictures.Bundle:
        if self._drawing is None:
            return {"text/plain": repr(self)}, {}
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        data = {"application/vnd.jupyter.widget-view+json": view}
        return pictures.with_png(self.figure, repr(self), (data, {}), self.view.value)


def _checked(controls: Any) -> dict[str, ipywidgets.Widget]:
    if not isinstance(controls, Mapping) or not controls:
        raise TypeError(f"controls: got {controls!r:.60}, expected a dict of widgets by name")
    for name, control in controls.items():
        if not isinstance(name, str):
            raise TypeError(f"controls: got the name {name!r:.60}, expected a text")
        if not isinstance(control, ipywidgets.Widget) or not control.has_trait("value"):
            raise TypeError(f"controls[{name!r}]: got {control!r:.60}, expected a slider")
    return dict(controls)
