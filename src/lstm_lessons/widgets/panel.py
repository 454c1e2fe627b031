"""Controls and a picture that follows them: the one seam for slider-driven figures."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

import traitlets

from .. import pictures
from . import controls as knobs
from . import frames, reruns
from .base import Widget, script, style

_made: WeakSet[Panel] = WeakSet()


class PanelView(Widget):
    """A panel on a page. What it asks Python for comes as messages; its traits are the answers.

    ``value`` is the picture, ``size`` its width and height in a page's pixels; ``sentence`` says what
    is seen, ``error`` what went wrong. ``values`` are where the ``controls`` stand, in their order.
    """

    _esm = script("panel")
    _css = style("control", "panel")

    controls: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    values: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    value = traitlets.Bytes(read_only=True).tag(sync=True)
    size: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    sentence = traitlets.Unicode(read_only=True).tag(sync=True)
    error = traitlets.Unicode(read_only=True).tag(sync=True)
    answered = traitlets.Int(read_only=True).tag(sync=True)  # the last question's number
    frames: traitlets.Dict = traitlets.Dict(read_only=True).tag(sync=True)  # see `Panel.store`

    def show(self, **state: Any) -> None:
        """Have all this on the page at once."""
        with self.hold_sync():
            for name, value in state.items():
                self.set_trait(name, value)

    def png(self) -> tuple[bytes, tuple[int, int]]:
        width, height = self.size
        return self.value, (width, height)

    def __repr__(self) -> str:
        return f"Panel: {self.sentence}"


class Panel:
    """A picture that is drawn anew whenever a control moves.

    ``compute(**values)`` takes the controls' values by name and returns a result. ``draw(figure)``
    builds the picture once on an empty `pictures.Picture`, and returns ``update(result)``, which
    moves the artists and returns those it moved. ``controls`` is a dict by name: see `slider` and
    `choice`; ipywidgets' sliders and dropdowns will do as well. ``say(result)`` gives the sentence
    under the picture, which is its alt text too; without it the controls' values stand there.

    A notebook is stored with pictures for all combinations of some places of its controls, so that
    they can be moved before anything has run. ``places`` are those of the first slider that the text
    speaks of, which must be among them.

    ``view`` is the widget; ``view.value`` is the picture as PNG bytes.

    The figure is kept and only the moved artists are drawn again; limits must therefore stay fixed.
    An error in a callback shows as text in the panel and is raised as well; so is a TypeError for
    one that does not return what it should. When the cell that made a panel runs again, the panel
    is closed.
    """

    def __init__(
        self,
        compute: Callable[..., Any],
        draw: Callable[[pictures.Picture], pictures.Update],
        controls: Mapping[str, Any],
        say: Callable[[Any], str] | None = None,
        places: Iterable[float] = (),
    ) -> None:
        self.compute, self._draw, self.say = compute, draw, say or self._say_values
        for name, callback in dict(compute=compute, draw=draw, say=self.say).items():
            if not callable(callback):
                raise TypeError(f"{name}: got {callback!r:.60}, expected a function")
        self.controls = knobs.checked(controls)
        sliders = [pair for pair in self.controls.items() if knobs.is_slider(pair[1])]
        self._places = frames.check_named(places, *next(iter(sliders), (None, None)))
        self._narrow = self._held = False
        self._drawings: dict[bool, pictures.Drawing] | None = {}
        result = compute(**self.values)
        self._move(result)
        self.view = PanelView()
        described = [knobs.described(*pair) for pair in self.controls.items()]
        self._show(result, controls=described)
        self.view.on_msg(self._hear)
        for control in self.controls.values():
            control.observe(self._redraw, "value")
        reruns.keep(self.close)
        _made.add(self)

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def figure(self) -> pictures.Picture:
        """The picture as a figure. Raises ValueError if the panel is closed."""
        return self._drawing.figure

    def close(self) -> None:
        """Take the panel off the page and let go of its picture; its controls are only let go."""
        if self._drawings is None:
            return
        self._drawings = None
        for control in self.controls.values():
            control.unobserve(self._redraw, "value")
        reruns.close(self.view)
        self.view.set_trait("value", b"")

    def store(self) -> None:
        """Have the view keep a picture for every combination of some places of its controls.

        ``view.frames`` has as ``axes`` these places, of each control in order, and of all their
        combinations, those of the last control next to each other, the ``sentences`` and as ``wide``
        and ``narrow`` the pictures of a page and of a phone: `frames.overlays`. ``start`` is the
        number of the one where the controls stand.
        Raises ValueError if there are too many.
        """
        if self._drawings is None:
            return
        axes, here, was = frames.grid(self.controls, self._places), self._positions(), self._narrow
        combinations = list(itertools.product(*axes))
        start = min(range(len(combinations)), key=lambda k: math.dist(combinations[k], here))
        kept: dict[str, Any] = dict(axes=axes, start=start)
        with self._hold():
            for self._narrow, kind in ((True, "narrow"), (False, "wide")):
                shown, sentences = [], []
                for positions in combinations:
                    self._put(positions)
                    result = self.compute(**self.values)
                    self._move(result)
                    shown.append(self._drawing.png())
                    sentences.append(self.say(result))
                kept[kind] = dict(pictures=frames.overlays(shown, start), size=self.figure.size)
            self._put(here)
        self._narrow = was
        self.view.show(frames=kept | dict(sentences=sentences), value=b"")  # which is among them

    @property
    def _drawing(self) -> pictures.Drawing:
        if self._drawings is None:
            raise ValueError("panel: got a closed one, expected one whose cell has not run again")
        return self._drawings[self._narrow]

    def _move(self, result: Any) -> None:
        """Move the artists, of a picture as wide as the page has it."""
        if self._drawings is not None and self._narrow not in self._drawings:
            self._drawings[self._narrow] = pictures.Drawing(self._draw, result, self._narrow)
        else:
            self._drawing.update(result)

    def _positions(self) -> list[float]:
        return [knobs.position(control) for control in self.controls.values()]

    def _put(self, positions: Iterable[Any]) -> None:
        for (name, control), place in zip(self.controls.items(), positions, strict=True):
            knobs.put(name, control, place)

    def _say_values(self, result: Any) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.values.items())

    def _show(self, result: Any, **more: Any) -> None:
        said = self.say(result)
        if not isinstance(said, str):
            raise TypeError(f"say: got {said!r:.60} from it, expected a text")
        self.figure.alt = said
        seen = dict(
            value=self._drawing.png(), size=list(self.figure.size), values=self._positions()
        )
        self.view.show(**seen, sentence=said, error="", **more)

    def _hear(self, view: Any, content: Any, buffers: Any) -> None:
        """A page asks for the picture of some positions: {question, positions, narrow}."""
        more = {"answered": content["question"]}
        with self._failing(**more):
            self._narrow = bool(content["narrow"])
            with self._hold():
                self._put(content["positions"])
            self._draw_again(**more)

    def _redraw(self, change: object = None) -> None:
        if not self._held:
            with self._failing():
                self._draw_again()

    def _draw_again(self, **more: Any) -> None:
        result = self.compute(**self.values)
        self._move(result)
        self._show(result, **more)

    @contextmanager
    def _hold(self) -> Iterator[None]:
        """No picture for what moves meanwhile."""
        self._held = True
        try:
            yield
        finally:
            self._held = False

    @contextmanager
    def _failing(self, **more: Any) -> Iterator[None]:
        """What goes wrong is shown as well as raised."""
        try:
            yield
        except Exception as error:
            self.view.show(
                error=f"{type(error).__name__}: {error}", values=self._positions(), **more
            )
            raise

    def __repr__(self) -> str:
        return repr(self.view) if self._drawings else "Panel: closed, as its cell ran again"

    def _repr_mimebundle_(self, **kwargs: Any) -> pictures.Bundle:
        return self.view._repr_mimebundle_() if self._drawings else ({"text/plain": repr(self)}, {})


def store_all() -> None:
    """Have all panels that are not closed keep what they show without a kernel."""
    for panel in _made:
        panel.store()
