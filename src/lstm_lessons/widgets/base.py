"""What every widget shares: its JavaScript in one piece, a PNG beside its view, and what it lets in."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets
from PIL import Image

from .. import pictures
from . import reruns

HERE = Path(__file__).parent
IMPORT = re.compile(r'(?m)^import \{[^}]*\} from "\./(\w+)\.js";\n')


def script(name: str) -> str:
    """``name``.js with the files that it imports put before it: a widget's script stands alone.

    The files are plain modules of one namespace, so that a page or node can also load them as they are.
    """
    parts: dict[str, str] = {}

    def add(name: str) -> None:
        text = (HERE / f"{name}.js").read_text(encoding="utf-8")
        for needed in IMPORT.findall(text):
            if needed not in parts:
                add(needed)
        parts[name] = IMPORT.sub("", text)

    add(name)
    own = parts.pop(name)
    shared = [re.sub(r"(?m)^export ", "", text) for text in parts.values()]
    return "\n".join([*shared, own])


def style(*names: str) -> str:
    """Each of ``names``.css, after what all widgets have in common."""
    files = [HERE / f"{part}.css" for part in ("widget", *names)]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


class Checked(traitlets.TraitType):
    """A synced trait, which keeps what ``check(name, value, widget)`` returns or raises its error."""

    def __init__(self, check: Callable[[Any, Any, Any], Any], start: Any = None) -> None:
        super().__init__(start)
        self.check = check
        self.tag(sync=True)

    def validate(self, widget: Any, value: Any) -> Any:
        return self.check(self.name, value, widget)


class Widget(anywidget.AnyWidget):
    """An anywidget that shows a still of itself where no widget can be shown."""

    _ipython_display_ = None  # ipywidgets 7 has one, which would go before our MIME bundle
    invitation = "Run this lesson to drag"  # over the still; none if it is empty

    def __init__(self, **traits: Any) -> None:
        super().__init__(_dom_classes=("lesson-widget",), **traits)
        reruns.keep(partial(reruns.close, self))

    def still(self) -> pictures.Picture:
        """The widget as it stands, as a picture."""
        raise NotImplementedError

    def png(self) -> tuple[bytes, tuple[int, int]]:
        """The still as a PNG, and its width and height in a page's pixels."""
        figure = self.still()
        return pictures.png(figure), figure.size

    def set_state(self, sync_data: dict) -> None:
        """Take in what the front end sends: what it may set, and all of that or nothing.

        Raises what a trait has to say against a value, and has the front end show what is true.
        """
        writable = {n for n, t in self.traits(sync=True).items() if not t.read_only and n[0] != "_"}
        heard = {name: value for name, value in sync_data.items() if name in writable}
        try:
            for name, value in heard.items():
                self.traits()[name].validate(self, value)
        except (TypeError, ValueError, traitlets.TraitError):
            self.send_state(list(heard))
            raise
        super().set_state(heard)

    def _repr_mimebundle_(self, **kwargs: Any) -> pictures.Bundle:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        png, (width, height) = self.png()
        if self.invitation:
            png, height = _under_strip(self.invitation, png, width, height)
        image = {"image/png": base64.b64encode(png).decode(), "text/plain": repr(self)}
        shown = {"image/png": {"alt": repr(self), "width": width, "height": height}}
        return {**data, **image}, {**metadata, **shown}


def _under_strip(words: str, png: bytes, width: int, height: int) -> tuple[bytes, int]:
    """A picture with words on a strip above it, and its new height in a page's pixels."""
    strip = pictures.Picture(narrow=width < 400)
    strip.set_figheight(0.3)
    strip.set_facecolor("0.93")
    play = "\N{BLACK RIGHT-POINTING TRIANGLE}"
    strip.text(0.02, 0.5, f"{play}  {words}", va="center", fontsize=9.5, color="0.25")
    above, below = (Image.open(io.BytesIO(part)) for part in (pictures.png(strip), png))
    whole = Image.new("RGB", (below.width, above.height + below.height), "white")
    whole.paste(above.convert("RGB"))
    whole.paste(below.convert("RGB"), (0, above.height))
    out = io.BytesIO()
    whole.save(out, "png")
    return out.getvalue(), height + strip.size[1]
