"""What a notebook's cell made is closed when the same cell runs again.

A kernel keeps every widget for ever, and IPython whatever a cell ended with: without this, each run
of a cell would stay in memory beside the next one.
"""

from __future__ import annotations

import gc
from typing import Protocol

import ipywidgets
from IPython import get_ipython


class Closable(Protocol):
    """A widget, or what has widgets. Closing it twice does nothing more than once."""

    def close(self) -> None:
        """Let go of what it holds."""


# By a cell's id: its last run that kept something, and what that was.
_kept: dict[str, tuple[str, list[Closable]]] = {}


def keep(made: Closable) -> None:
    """Keep ``made`` until the running cell runs again, and close what its earlier run kept.

    Where no cell is running, or the front end does not say which, nothing is kept or closed.
    """
    cell, run = _running()
    if not cell:
        return
    last, earlier = _kept.get(cell, ("", []))
    if last == run:
        earlier.append(made)
        return
    _kept[cell] = run, [made]
    for thing in earlier:
        thing.close()
    gc.collect()  # a figure goes only so, and Python does not see how much its pixels weigh


def close(widget: ipywidgets.Widget) -> None:
    """Close a widget and its layout and style, which are widgets of their own."""
    for part in ("layout", "style"):
        if widget.has_trait(part):
            getattr(widget, part).close()
    widget.close()


def _running() -> tuple[str, str]:
    """The id of the running cell and the id of this run of it; ("", "") where there is none."""
    kernel = getattr(get_ipython(), "kernel", None)  # IPython in a terminal has none
    request = kernel.get_parent() if kernel else {}
    return request.get("metadata", {}).get("cellId", ""), request.get("header", {}).get(
        "msg_id", ""
    )
