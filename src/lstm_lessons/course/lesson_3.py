"""Lesson 3, a gate is a valve: its guesses, its exercises, and the drawings that only it uses."""

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

GUESSES: dict[str, dict[str, Any]] = {
    "half": {
        "question": "A memory holds 1. Each step keeps 0.9 of it and lets nothing in."
        " After how many steps is less than half of it left?",
        "why": {
            5: "If every step took a tenth of the 1 it would take five to lose half. Each takes less than"
            " the one before: a tenth of what is left.",
            6: "You may have taken away 0.1 at each step. But each step takes a tenth of what is left, and"
            " that gets less and less: 0.9, 0.81, 0.73.",
            7: "After six steps 0.53 is left, a little more than half. Taking away 0.1 each time would"
            " leave 0.4, but each step takes a tenth of what is left.",
            8: "The shares multiply, one for each step: 0.9 to the power of 7 is 0.48.",
            11: "If every step took a tenth of the 1, ten would lose all of it. They lose less and less,"
            " but half is gone sooner than after eight.",
            np.inf: "You may have thought that 0.9 is nearly everything. But it multiplies again at every"
            " step. Drag f to 0.9 in the panel below and see where the half is.",
        },
    },
    "long": {
        "question": "Which f keeps half of a value for 30 steps?",
        "tolerance": 0.003,
        "why": {
            0.6: "You may have thought of the half that is to be left, or have shared it out over 30 steps."
            " f is what each single step keeps: at 0.5, half is gone after one.",
            0.95: "That sounds like a lot, and is not enough: even 0.9 was down to half in seven"
            " steps. Drag f up from 0.9 and watch how late the half-life begins to grow.",
            0.9739: "You are near, but close to 1 every thousandth counts. Drag f from 0.95 up to 0.98 in"
            " small steps and watch the half-life.",
            0.9801: "It is the thirtieth root of a half: multiplied by itself 30 times it gives 0.5.",
            0.985: "You may have shared the loss out evenly, 0.5 / 30 for each step. But a step takes a"
            " share of what is left, and that is less and less. So each may take a little more.",
            1: "That is too much: at 0.99 half is left after 69 steps. Close to 1 every thousandth counts."
            " Drag f down from 0.99 in small steps.",
            np.inf: "A gate is a share: 98% is 0.98. And at f = 1 it forgets nothing, however long.",
        },
    },
    "middle": {
        "question": "You give a sigmoid nothing at all, a = 0. What comes out?",
        "tolerance": 0.005,
        "why": {
            0.1: "You may have thought: nothing in, nothing out. Tanh does it like that. Drag a to 0 and"
            " compare the two.",
            0.4949: "Were you thinking of a quarter? That is the slope of a sigmoid at 0. Drag a to 0: the"
            " panel shows the value and the slope.",
            0.5051: "Since e⁰ is 1, it is 1 / (1 + 1). With nothing to go by, a gate is half open.",
            np.inf: "You may have stopped at e⁰ = 1. There is one more 1 below the line: 1 / (1 + 1).",
        },
    },
    "learned": {
        "question": "After 200 steps of training, how far is the gate open for the cue that means keep?",
        "choices": {
            0.6: "below 0.6, much as at the start",
            0.9: "from 0.6 to 0.9",
            1: "from 0.9 to just below 1",
            np.inf: "exactly 1",
        },
        "why": {
            0.6: "You may have thought that the two cues pull against each other. In b they do, and it"
            " stays at 0. But w is multiplied by the cue, so there both pull the same way. Drag step from"
            " 0 to 20.",
            0.9: "It does slow down, only later than you thought. Drag step from 20 to 200 and watch it"
            " creep on.",
            1: "It opens fast at first and then ever more slowly: as it comes near 1, both the error and"
            " the slope of the sigmoid shrink.",
            np.inf: "You may have thought that training ends where the error is 0. For a sigmoid 1 is a"
            " limit, so a little error is always left. Drag step to 200: it still creeps.",
        },
    },
}


def _left(f: float) -> str:
    if not 0 <= f <= 1:
        return f"a gate is a share from 0 to 1, and f = {f:g} is not."
    return f"with f = {f:g}, {f**10:.1%} is left after 10 steps. It should be 50%."


_HALF = Near(0.5 ** (1 / 10), 0.0009)  # between 49.5% and 50.5%

half_life = Number(
    "half_life",
    {
        _HALF: "Right. Forgetting compounds: f is used once a step, so it is f to the power of 10.",
        0.95: "1 - 0.5 / 10 takes the same amount each step. A gate takes the same share.",
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
    ink: dict[str, Any] = dict(color=pictures.INK["f"], fontweight="bold")
    ax.axhline(0.5, color="0.6", lw=0.8, ls=":")
    (line,) = ax.plot([], [], color=pictures.COLORS["c"], lw=2)
    (drop,) = ax.plot([], [], color=color, lw=1.5, ls="--", marker="o", ms=6)
    label = ax.text(0, 0, "", va="bottom", **ink)

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

    figure.set_figheight(5.0 if figure.narrow else 3.0)
    grid, sides = np.linspace(-6, 6, 241), []
    half = 1.0  # how far the tangent is drawn to each side
    kinds = [
        ("sigmoid: how much passes, from 0 to 1", "value", sigmoid(grid), pictures.COLORS["i"]),
        ("tanh: which value, from \N{MINUS SIGN}1 to 1", "", np.tanh(grid), pictures.COLORS["g"]),
    ]
    for k, (title, ylabel, curve, color) in enumerate(kinds, 1):
        labels = title, "a, what goes in", ylabel
        ax = pictures.axes(figure, *labels, (-6, 6), (-1.15, 1.15), (2, k))
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
        labels.append(ax.text(0, 0, cue, color=pictures.INK["f"], fontweight="bold", va="center"))

    def update(result: tuple[int, Array, Array]) -> list[Artist]:
        step, keep, drop = result
        x = step + 4 if step < 160 else 165
        for k, (values, beside) in enumerate([(keep, -0.09), (drop, 0.09)]):
            lines[k].set_data(np.arange(len(values)), values)
            labels[k].set_position((x, values[-1] + beside))
        return [*lines, *labels]

    return update
