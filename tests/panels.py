"""A small panel for the tests, and what a page asks of it."""

import io

import numpy as np
from PIL import Image

from lstm_lessons import Panel, pictures, slider


def draw(figure):
    """A line from 0 up to the result, a bar as high, a dot, and the number in words."""
    ax = pictures.axes(figure, "A line", "x", "y", (0, 1), (-10, 10), (2, 1))
    side = pictures.axes(figure, "A bar", "", "", (-1, 1), (-10, 10), (2, 2))
    (line,) = ax.plot([], [])
    (dot,) = ax.plot([], [], "o", ms=9)
    (bar,) = side.bar([0], [0])
    label = ax.text(0.1, 8, "")

    def update(result):
        line.set_data([0.05, 0.9], [0, result])
        dot.set_data([0.9], [result])
        bar.set_height(result)
        label.set_text(f"y = {result:.2f}")
        return line, dot, bar, label

    return update


def made(compute=lambda x: x, draw=draw, controls=None, say=lambda y: f"y is {y}", places=()):
    controls = {"x": slider("x", -5, 5, 1, 1)} if controls is None else controls
    return Panel(compute, draw, controls, say, places)


def ask(panel, *positions, question=1, narrow=False):
    """What a page sends when a hand has moved a control."""
    content = dict(question=question, positions=list(positions), narrow=narrow)
    panel.view.comm.handle_msg(
        {"content": {"data": {"method": "custom", "content": content}}, "buffers": []}
    )


def height(panel):
    line, _ = panel.figure.axes[0].lines
    return line.get_ydata()[1]


def decoded(data, mode="RGB"):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert(mode)).astype(int)
