"""Lesson 5, why an LSTM remembers: its guesses, its exercises, and the drawings only it uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import gradients
from ..arguments import Array, one_of, shown
from ..cells import LSTM, sigmoid
from .exercise import exercise, own_cell
from .patients import FAULTS
from .patients import patients as patients  # the notebook calls them lesson_5.patients
from .tables import Near, Number, function

if TYPE_CHECKING:
    from ..pictures import Picture

GUESSES: dict[str, dict[str, Any]] = {
    "bar": {
        "question": "f = 0.98 and o = 0.8 at all steps, g = 0.8 at step 2, i = 0.5 at step 2 and"
        " 0.02 elsewhere. Which of these four bars, moved a little while all others stay, changes"
        " the last h most?",
        "choices": {
            "i": "the input gate at step 2",
            "f": "the forget gate at step 5",
            "g": "the candidate at step 2",
            "o": "the output gate at step 12",
        },
        "why": {
            "i": "In the product i · g each factor gets the gradient times the other one. i gets"
            " g's 0.8, the largest factor of the four, and the belt keeps most of it.",
            "f": "All that is held passes this gate. But it gets times what is on the belt by then,"
            " and that is about half of the 0.8. Drag f at step 5 and i at step 2 by the same"
            " amount.",
            "g": "This is the value itself, but only half of it is let in: g gets times i, 0.5,"
            " while i gets times g, 0.8. From there on both take the same road.",
            "o": "It stands nearest to the last h. But it gets times tanh of what is left on the"
            " belt, 0.31; the 0.8 of the input gate is still 0.47 at the end of its way.",
        },
    },
    "roads": {
        "question": "That LSTM, 50 steps back: how much arrives over all roads, compared with the"
        " belt alone?",
        "choices": {
            0.5: "less than half as much",
            2: "about as much",
            100: "2 to 100 times as much",
            1000: "100 to 1,000 times as much",
            np.inf: "more than 1,000 times as much",
        },
        "why": {
            0.5: "Side roads have signs, so they can cancel the belt. In these networks they add"
            " far more than they cancel: move s from 0 to 1, and the solid line rises above the"
            " dashed one.",
            2: "The product of the f is often called the LSTM's gradient, as if nothing else"
            " counted. Move s from 0 to 1 and see how far the solid line leaves the dashed one.",
            100: "They do bring more. But it is a factor at each step, and fifty of them multiply:"
            " follow the two lines to the left, and see the gap grow with every step.",
            1000: "At s = 0.5 it is about a hundred times as much, in the median. At s = 1 the roads"
            " are wider, and that tells at each of the fifty steps.",
            np.inf: "At each step the side roads add about a fifth, on average, to what f alone"
            " lets through. Fifty such steps make it more than ten thousand times as much.",
        },
    },
    "opened": {
        "question": "A forget gate stays at sigmoid(1). What share of a value is left after 20"
        " steps?",
        "choices": {0.01: "below 1%", 0.1: "1% to 10%", 0.5: "10% to 50%", np.inf: "50% or more"},
        "why": {
            0.01: "The gate is sigmoid(1), 0.73, and every step keeps that share of what is left."
            " Half is gone after 2.2 steps, and 20 steps are nine times as many.",
            0.1: "It does decay fast, and faster than that: 4% are left after 10 steps already,"
            " and 10 more take the same share of those.",
            0.5: "That would be a gate of 0.95, with which this lesson began. sigmoid(1) is 0.73,"
            " and a gate a little lower makes a difference at each of the 20 steps.",
            np.inf: "A bias of 1 sounds like a gate at 1. But the gate is sigmoid(1), 0.73, and the"
            " shares of 20 steps multiply.",
        },
    },
}


@exercise
def diagnosis(diagnosis: Any) -> str:
    """Which line is wrong in each of `patients`? A dict from "A", "B", "C" to a fault."""
    if not isinstance(diagnosis, dict) or set(diagnosis) != set(FAULTS):
        return f"your answer should be a dict with A, B and C, and is {shown(diagnosis)}."
    for name, fault in diagnosis.items():
        one_of(f"your answer for {name}", fault, sorted(FAULTS.values()))
    signs = {
        "tanh": "a missing slope is wrong within a single step, so at T = 1 already",
        "dc_next": "without dc_next T = 1 is right, and at T = 3 xs and h0 are wrong too",
        "sum": "without the sum T = 1 is right, and at T = 3 only Wx, Wh and b are wrong",
    }
    for name, fault in diagnosis.items():
        if fault != FAULTS[name]:
            return f"{name} is not {str(fault)!r}: {signs[fault]}. Compare its rows of the table."
    return "Right, all three. Two of them are in perfect health at T = 1: always check longer."


def _not_50(b_f: float) -> str:
    f = float(sigmoid(b_f))
    if f in (0, 1):
        keeps = "all" if f else "nothing"
        return f"with b_f = {b_f:g} the gate rounds to {f:.0f}: it keeps {keeps}."
    half = math.log(0.5) / math.log(f)
    return f"with b_f = {b_f:g}, f is {f:.4f} and half is left after {half:.3g} steps."


_F, _TAU = 0.5 ** (1 / 50), Near(math.log(50 - 1), 0.005)
_HALF = math.log(0.5) / math.log(1 - 1 / 50)
_LONG = Near(math.log(_F / (1 - _F)), 0.03)  # 4.27, or 4.3: between 48.5 and 51.5 steps

bias = Number(
    "bias",
    {
        _LONG: "Right. The bias is 4.27, far from the usual 1, and 50 steps are not many.",
        Near(_F, 0.002): "that is the gate itself. Which bias makes a sigmoid of it?",
        _TAU: f"ln(50 - 1) leaves 1/e after 50 steps. Half is left after {_HALF:.1f} of them.",
    },
    otherwise=_not_50,
)


def _it_is(mine: Array, true: Array) -> str:
    return f"for dh = 0.7, dc_next = -0.4, o = 0.6, c = 1.2 it is {true[0]:.3f}."


@function((0.7, -0.4, 0.6, 1.2), otherwise=_it_is)
def total_dc(dh: float, dc_next: float, o: float, c: float) -> dict[str, float]:
    """The gradient of c where two roads meet: total_dc(dh, dc_next, o, c)."""
    h_by_c = o * (1 - math.tanh(c) ** 2)
    of_c, on_both = dc_next + dh * o * (1 - c * c), (dc_next + dh) * h_by_c
    dc = dc_next + dh * h_by_c
    return {
        "Right. Everything else on the way back, df, di, dg and dc_prev, starts from this sum.": dc,
        "what comes back along the belt, dc_next, is missing.": dh * h_by_c,
        "the slope of tanh is missing between c and h.": dc_next + dh * o,
        "the slope is 1 - tanh(c)**2; 1 - c*c would do if c were the tanh already.": of_c,
        "dc_next comes along the belt, and neither o nor a slope is on that road.": on_both,
    }


_GATES = np.array([0.9, 0.5, 0.8, 0.25, 0.6])


def _worst_step(mine: Array, true: Array) -> str:
    t = int(np.argmax(np.abs(mine - true)))
    return f"for f = {_GATES.tolist()} and t = {t} it is {true[t]:.3f}, and yours is {mine[t]:.3g}."


@function(*[(_GATES, t) for t in range(5)], otherwise=_worst_step)
def path(f: Array, t: int) -> dict[str, Any]:
    """The direct path from step t to the last one: path(f, t)."""
    later, from_t, up_to_t = np.prod(f[t + 1 :]), np.prod(f[t:]), np.prod(f[: t + 1])
    return {
        "Right. The further back, the more factors, and the last step has none.": later,
        "f at t itself made c_t. A change of c_t comes after it and meets only later ones.": from_t,
        "that goes from the first step up to t. The gradient comes from the last one.": up_to_t,
    }


@exercise
def explosion(cell: Any) -> str:
    """Set the weights of a one-unit LSTM whose gradient explodes though all f are below 1."""
    cell = own_cell(cell, LSTM, n_inputs=1)
    trace = cell.forward(np.zeros((51, 1, 1)))
    arrives = float(gradients.jacobian_norms(cell, trace, of="c", by="c")[0, 0])
    if trace.f.max() >= 1:
        return "it has a forget gate of 1. All of them should stay below."
    if arrives > 100:
        return (
            f"Right: {arrives:.0e}, with every f below 1. The belt alone would have left"
            f" {float(np.prod(trace.f[1:])):.0e}; the rest came over h."
        )
    c = trace.c[-1].item()
    if abs(c) > 0.5:
        return (
            f"{arrives:.1e} arrives. The state has wandered off to c = {c:.2f},"
            " where the slopes are small and the side roads narrow. Keep it at 0: no biases."
        )
    return f"{arrives:.1e} arrives. Each step multiplies c by 1/2 + w/4, w the weight of h in g: make it larger."


def lstm_graph(alt: str) -> Picture:
    """The LSTM's computation graph: forward along the arrows, and each one's factor on the way back.

    The belt runs to the right, on a narrow picture down.
    """
    from .. import pictures

    belt, middle, low, start = 5.3, 3.5, 2.15, 0.45  # across the belt; along it:
    nodes = {
        "before": (0.5, belt, "c", r"$c_{t-1}$"), "forget": (2.2, belt, "c", r"$\odot$"),
        "add": (5.2, belt, "c", "+"), "after": (9.9, belt, "c", r"$c_t$"),
        "write": (5.2, middle, "c", r"$\odot$"), "tanh": (7.4, middle + 0.6, "c", "tanh"),
        "show": (8.7, low, "h", r"$\odot$"), "shown": (9.9, low, "h", r"$h_t$"),
        "f": (2.2, low, "f", "f"), "i": (4.2, low, "i", "i"), "g": (6.2, low, "g", "g"),
        "o": (7.4, low, "o", "o"), "in": (0.8, start, "h", r"$x_t,\ h_{t-1}$"),
    }  # fmt: skip
    arrows = [  # from, to, the factor on the way back, how far it stands from the middle: wide, narrow
        ("before", "forget", r"$\times f$", (0, 0.32), (0.42, 0)),
        ("forget", "add", r"$\times 1$", (0, 0.32), (0.42, 0)),
        ("f", "forget", r"$\times c_{t-1}$", (0.5, 0), (0, 0.32)),
        ("write", "add", r"$\times 1$", (0.4, 0), (0, 0.32)),
        ("i", "write", r"$\times g$", (-0.5, 0.15), (0.25, 0.35)),
        ("g", "write", r"$\times i$", (0.5, 0.15), (0.25, -0.35)),
        ("tanh", "show", r"$\times o$", (0.35, 0.2), (0.5, 0)),
        ("o", "show", r"$\times\tanh c$", (0.05, -0.36), (-0.75, -0.25)),
        ("add", "after", r"$\times 1$", (-1, 0.32), (0.42, 1)),
        ("show", "shown", r"$\times 1$", (0, 0.3), (0.42, 0)),
    ]
    slopes = {"f": "f(1-f)", "i": "i(1-i)", "g": "(1-g^2)", "o": "o(1-o)"}
    arrow = dict(arrowstyle="-|>", color="0.55", lw=1.2, shrinkA=0, shrinkB=13)
    look: dict[str, Any] = dict(color="0.35", ha="center", va="center")

    def draw(figure: Picture) -> None:
        down = figure.narrow

        def at(along: float, across: float) -> tuple[float, float]:
            return (across, -along) if down else (along, across)

        figure.set_figheight(5.4 if down else 4.2)
        limits = ((-0.1, 6.1), (-10.4, 0)) if down else ((0, 10.4), (0.1, 6))
        ax = pictures.axes(figure, "Every arrow back is a factor", "", "", *limits)
        ax.axis("off")
        places = {name: at(along, across) for name, (along, across, *_) in nodes.items()}
        if down:
            places["in"] = (0.75, -0.8)  # its box is wide
        for name, (*_, color, text) in nodes.items():
            box = dict(boxstyle="round,pad=0.35", fc="white", ec=pictures.COLORS[color], lw=1.6)
            bold = "bold" if len(text) == 1 else "normal"
            middling: dict[str, Any] = dict(ha="center", va="center", zorder=3)
            ax.text(*places[name], text, bbox=box, fontweight=bold, **middling)
        for one, other, text, *shifts in arrows:
            (x0, y0), (x1, y1), (dx, dy) = places[one], places[other], shifts[down]
            ax.annotate("", (x1, y1), (x0, y0), arrowprops=arrow, zorder=2)
            ax.text((x0 + x1) / 2 + dx, (y0 + y1) / 2 + dy, text, **look)
        ax.annotate("", places["tanh"], at(7.4, belt), arrowprops=arrow, zorder=2)
        ax.text(*((4.25, -6.85) if down else (8.25, 4.75)), r"$\times(1-\tanh^2 c)$", **look)
        for gate, slope in slopes.items():  # the four branches out of x and h
            along = nodes[gate][0]
            ax.plot(*zip(at(1.2, start), at(along, start), strict=True), color="0.55", lw=1.2)
            ax.annotate("", places[gate], at(along, start), arrowprops=arrow, zorder=2)
            for factor, across, apart in ((slope, 1.3, 0.3), (rf"W_{gate}^\top", 0.85, -0.36)):
                spot = (1.15, apart - along) if down else (along + 0.08, across)
                aligned = look | dict(ha="center" if down else "left")
                ax.text(*spot, rf"$\times {factor}$", **aligned)

    return pictures.still(draw, alt)
