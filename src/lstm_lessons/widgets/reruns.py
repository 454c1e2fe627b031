"""What a notebook's cell made is closed when the same cell runs again.

A kernel keeps every widget for ever, and IPython whatever a cell ended with: without this, each run
of a cell would stay in memory beside the next one.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

import ipywidgets
from IPython import get_ipython

# By a cell's id: its last run that kept something, and what closes that.
_kept: dict[str, tuple[str, list[Callable[[], None]]]] = {}


def keep(let_go: Callable[[], None]) -> None:
    """Call ``let_go`` when the running cell runs again, and now what its earlier run kept.

    Where no cell is running, or the front end does not say which, nothing is kept or closed.
    """
    kernel = getattr(get_ipython(), "kernel", None)  # IPython in a terminal has none
    request = kernel.get_parent() if kernel else {}
    cell = request.get("metadata", {}).get("cellId")
    if not cell:
        return
    run = request["header"]["msg_id"]
    last, earlier = _kept.get(cell, ("", []))
    if last == run:
        earlier.append(let_go)
        return
    _kept[cell] = run, [let_go]
    for let_go_earlier in earlier:
        let_go_earlier()
    gc.collect()  # a figure goes only so, and Python does not see how much its pixels weigh


def close(widget: ipywidgets.Widget) -> None:
    """Close a widget and its layout and style, which are widgets of their own."""
    for part in ("layout", "style"):
        if widget.has_trait(part):
            getattr(widget, part).close()
    widget.close()
