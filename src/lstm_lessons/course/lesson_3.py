"""Lesson 3, a gate is a valve: its exercises, and the drawings that only it uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array, as_number
from ..cells import sigmoid
from .exercise import exercise
from .tables import Near, Number, function

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from ..pictures import Picture, Update


def _left(f: float) -> str:
    if not 0 <= f <= 1:
        return f"a gate is a share from 0 to 1, and f = {f:g} is not."
    return f"with f = {f:g}, {f**10:.1%} is left after 10 steps. It should be 50%."


_HALF = Near(0.5 ** (1 / 10), 0.0009)  # between 49.5% and 50.5%

half_life = Number(
    "half_life",
    {
        _HALF: "Right. Forgetting compounds: f is used once a step, so it is f to the power of 10.",
        0.95: "1 - 0.5 / 10 takes the same *amount* each step. A gate takes the same share.",
    },
    otherwise=_left,
)

_OPEN = Near(math.log(99), 0.049)  # between 0.9895 and 0.9905
_GATE = float(sigmoid(0.99))

gate_input = Number(
    "gate_input",
    {
        _OPEN: "Right. Under 5 is enough: a bias of that size holds a gate nearly open from the start.",
        0.99: f"0.99 is what should come out. Going in, it makes a gate of {_GATE:.2f}.",
    },
    otherwise=lambda a: f"sigmoid({a:g}) = {float(sigmoid(a)):.4f}. It should be 0.99.",
)

_VALUES = sigmoid(np.array([-3.0, -0.5, 0.0, 2.0]))


def _worst_slope(mine: Array, true: Array) -> str:
    k = int(np.argmax(np.abs(mine - true)))
    right = f"where the gate is {_VALUES[k]:.3f}, its slope is {true[k]:.4f}"
    return f"{right}, and yours is {mine[k]:.4f}."


@function(*[(s,) for s in _VALUES], otherwise=_worst_slope)
def slope(s: float) -> dict[str, float]:
    """What is the slope of a sigmoid, from its value s alone? A function slope(s)."""
    ds = s * (1 - s)
    return {
        "Right. It is at most 1/4, and a gate that is nearly open or shut has almost no slope.": ds,
        "1 - s*s is the slope of tanh, from its own value.": 1 - s * s,
    }


@exercise
def cue(w: Any, b: Any) -> str:
    """Choose the weights of a gate that keeps on the cue 1 and drops on the cue -1."""
    w, b = as_number("w", w), as_number("b", b)
    kept, dropped = float(sigmoid(b + w)) ** 10, float(sigmoid(b - w))
    if kept < 0.99:
        return f"after ten cues to keep, {kept:.3%} is left. It should be at least 99%."
    if dropped > 0.01:
        return f"one cue to drop leaves {dropped:.3%}. It should be at most 1%."
    return (
        "Right. Keeping has to work ten times in a row: w + b must reach 6.9, and w - b only 4.6."
    )


def decay(figure: Picture) -> Update:
    """What is left of a value; ``update((left, half_life))`` with left (K + 1,) from step 0."""
    from .. import pictures

    title = "A memory kept by the same f at every step halves again and again"
    labels = "steps since it was written", "what is left"
    ax, color = pictures.axes(figure, title, *labels, (0, 60), (0, 1.02)), pictures.COLORS["f"]
    ax.axhline(0.5, color="0.6", lw=0.8, ls=":")
    (line,) = ax.plot([], [], color=pictures.COLORS["c"], lw=2)
    (drop,) = ax.plot([], [], color=color, lw=1.5, ls="--", marker="o", ms=6)
    label = ax.text(0, 0, "", color=color, fontweight="bold", va="bottom")

    def update(result: tuple[Array, float]) -> list[Artist]:
        left, half_life = result
        line.set_data(np.arange(len(left)), left)
        drop.set_data([half_life, half_life], [0.5, 0])
        label.set_text(f" half at {half_life:.1f}" if half_life <= 60 else "")
        label.set_position((min(half_life, 48), 0.52))
        return [line, drop, label]

    return update


def sigmoid_and_tanh(figure: Picture) -> Update:
    """Sigmoid and tanh with a tangent each; ``update((a, values, slopes))``, two of both."""
    from .. import pictures

    grid, sides = np.linspace(-6, 6, 241), []
    half = 1.0  # how far the tangent is drawn to each side
    kinds = [
        ("sigmoid: how much passes, from 0 to 1", "value", sigmoid(grid), pictures.COLORS["i"]),
        ("tanh: which value, from \N{MINUS SIGN}1 to 1", "", np.tanh(grid), pictures.COLORS["g"]),
    ]
    for k, (title, ylabel, curve, color) in enumerate(kinds, 1):
        labels = title, "a, what goes in", ylabel
        ax = pictures.axes(figure, *labels, (-6, 6), (-1.15, 1.15), (1, 2, k))
        ax.axhline(0, color="0.5", lw=0.8)
        ax.plot(grid, curve, color=color, lw=2)
        (tangent,) = ax.plot([], [], color="0.2", lw=2.5)
        (dot,) = ax.plot([], [], "o", color=color, mec="0.1", ms=8)
        sides.append((tangent, dot, ax.text(-5.7, 0.68, "", fontweight="bold")))

    def update(result: tuple[float, tuple[float, float], tuple[float, float]]) -> list[Artist]:
        a, values, slopes = result
        for (tangent, dot, label), value, slope in zip(sides, values, slopes, strict=True):
            tangent.set_data([a - half, a + half], [value - half * slope, value + half * slope])
            dot.set_data([a], [value])
            label.set_text(f"value {value:.3f}\nslope {slope:.3f}")
        return [artist for side in sides for artist in side]

    return update


def gate_training(figure: Picture) -> Update:
    """A gate while it learns; ``update((step, keep, drop))``: its two values up to that step."""
    from .. import pictures

    title = "The gate opens for one cue and shuts for the other"
    ax = pictures.axes(figure, title, "training step", "gate f", (0, 215), (-0.03, 1.03))
    color, lines, labels = pictures.COLORS["f"], [], []
    for cue, style in (("cue 1: keep", "-"), ("cue \N{MINUS SIGN}1: drop", "--")):
        lines += ax.plot([], [], color=color, lw=2, ls=style, marker="o", markevery=[-1])
        labels.append(ax.text(0, 0, cue, color=color, fontweight="bold", va="center"))

    def update(result: tuple[int, Array, Array]) -> list[Artist]:
        step, keep, drop = result
        x = step + 4 if step < 160 else 165
        for k, (values, beside) in enumerate([(keep, -0.09), (drop, 0.09)]):
            lines[k].set_data(np.arange(len(values)), values)
            labels[k].set_position((x, values[-1] + beside))
        return [*lines, *labels]

    return update
