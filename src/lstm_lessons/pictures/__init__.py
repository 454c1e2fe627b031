"""Arrays in, marks on a matplotlib figure out; nothing here computes what a lesson wants to check.

`stills` return a `Picture`. `live` ones take a figure, build the picture on it, and return
``update(result)``, which moves the artists and returns those it moved: what a panel draws with.
"""

from .drawing import Drawing, Update
from .live import FlowLine, gradient_flow
from .picture import Bundle, Picture, for_the_site, png, still
from .stills import console_still, curves, question_card, state_lines
from .style import COLORS, INK, NAMES, STYLE, TITLE, axes, error_axes, spread

__all__ = ["Drawing", "Update", "FlowLine", "gradient_flow"]
__all__ += ["Bundle", "Picture", "for_the_site", "png", "still"]
__all__ += ["console_still", "curves", "question_card", "state_lines"]
__all__ += ["COLORS", "INK", "NAMES", "STYLE", "TITLE", "axes", "error_axes", "spread"]
