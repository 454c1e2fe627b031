"""Lesson 5, why an LSTM remembers: its exercises, their patients, and the drawings only it uses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import gradients
from ..arguments import Array, one_of
from ..cells import LSTM, LSTMTrace, sigmoid
from .exercise import exercise, own_cell
from .tables import Near, Number, function

if TYPE_CHECKING:
    from ..pictures import Picture

Backward = Callable[[LSTM, LSTMTrace, Array], dict[str, Array]]

FAULTS = {"A": "tanh", "B": "sum", "C": "dc_next"}  # which line of each patient is wrong


def _patient(fault: str) -> Backward:
    """An LSTM's backward pass for one sequence, in plain steps, with one line wrong."""

    def backward(cell: LSTM, trace: LSTMTrace, dh: Array) -> dict[str, Array]:
        """Gradients by name from dh (T, 1, H), as the package's LSTM.backward would return them."""
        grads = {name: np.zeros_like(value) for name, value in cell.params.items()}
        grads["xs"] = np.zeros_like(trace.xs)
        dh_next = dc_next = np.zeros(cell.n_hidden)
        for t in reversed(range(len(dh))):
            i, f, g, o = trace.i[t, 0], trace.f[t, 0], trace.g[t, 0], trace.o[t, 0]
            h_prev, c_prev, tanh_c = trace.h_prev[t, 0], trace.c_prev[t, 0], np.tanh(trace.c[t, 0])
            dh_t = dh[t, 0] + dh_next
            dc = dh_t * o * (1 if fault == "tanh" else 1 - tanh_c**2)
            dc = dc + (0 if fault == "dc_next" else dc_next)
            da_i, da_f = dc * g * i * (1 - i), dc * c_prev * f * (1 - f)
            da_g, da_o = dc * i * (1 - g**2), dh_t * tanh_c * o * (1 - o)
            da = np.concatenate([da_i, da_f, da_g, da_o])
            steps = np.outer(da, trace.xs[t, 0]), np.outer(da, h_prev), da
            for name, step in zip(("Wx", "Wh", "b"), steps, strict=True):
                grads[name] = step if fault == "sum" else grads[name] + step
            grads["xs"][t, 0] = cell.params["Wx"].T @ da
            dh_next, dc_next = cell.params["Wh"].T @ da, dc * f
        return grads | {"h0": dh_next[None], "c0": dc_next[None]}

    return backward


patients = {name: _patient(fault) for name, fault in FAULTS.items()}


@exercise
def diagnosis(diagnosis: Any) -> str:
    """Which line is wrong in each of `patients`? A dict from "A", "B", "C" to a fault."""
    if not isinstance(diagnosis, dict) or set(diagnosis) != set(FAULTS):
        raise TypeError(f"diagnosis: got {diagnosis!r:.60}, expected a dict with A, B and C")
    for name, fault in diagnosis.items():
        one_of(f"diagnosis[{name!r}]", fault, sorted(FAULTS.values()))
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
    """The LSTM's computation graph: forward along the arrows, and each one's factor on the way back."""
    from .. import pictures

    figure = pictures.Picture(7.6, 4.2, alt)
    ax = pictures.axes(figure, "Every arrow back is a factor", "", "", (0, 10.4), (0.1, 6))
    ax.axis("off")
    belt, middle, low = 5.3, 3.5, 2.15
    places = {
        "before": (0.5, belt, "c", r"$c_{t-1}$"), "forget": (2.2, belt, "c", r"$\odot$"),
        "add": (5.2, belt, "c", "+"), "after": (9.9, belt, "c", r"$c_t$"),
        "write": (5.2, middle, "c", r"$\odot$"), "tanh": (7.4, middle + 0.6, "c", "tanh"),
        "show": (8.7, low, "h", r"$\odot$"), "shown": (9.9, low, "h", r"$h_t$"),
        "f": (2.2, low, "f", "f"), "i": (4.2, low, "i", "i"), "g": (6.2, low, "g", "g"),
        "o": (7.4, low, "o", "o"), "in": (0.8, 0.45, "h", r"$x_t,\ h_{t-1}$"),
    }  # fmt: skip
    for x, y, color, text in places.values():
        box = dict(boxstyle="round,pad=0.35", fc="white", ec=pictures.COLORS[color], lw=1.6)
        bold = "bold" if len(text) == 1 else "normal"
        ax.text(x, y, text, ha="center", va="center", bbox=box, zorder=3, fontweight=bold)
    arrows = [  # from, to, the factor on the way back, where it stands beside the middle
        ("before", "forget", r"$\times f$", (0, 0.32)),
        ("forget", "add", r"$\times 1$", (0, 0.32)),
        ("f", "forget", r"$\times c_{t-1}$", (0.5, 0)),
        ("write", "add", r"$\times 1$", (0.4, 0)),
        ("i", "write", r"$\times g$", (-0.5, 0.15)),
        ("g", "write", r"$\times i$", (0.5, 0.15)),
        ("tanh", "show", r"$\times o$", (0.35, 0.2)),
        ("o", "show", r"$\times\tanh c$", (0.05, -0.36)),
        ("add", "after", r"$\times 1$", (-1, 0.32)),
        ("show", "shown", r"$\times 1$", (0, 0.3)),
    ]
    style = dict(arrowstyle="-|>", color="0.55", lw=1.2, shrinkA=0, shrinkB=13)
    look: dict[str, Any] = dict(color="0.35", va="center")
    for start, end, text, (dx, dy) in arrows:
        (x0, y0, *_), (x1, y1, *_) = places[start], places[end]
        ax.annotate("", (x1, y1), (x0, y0), arrowprops=style, zorder=2)
        ax.text((x0 + x1) / 2 + dx, (y0 + y1) / 2 + dy, text, ha="center", **look)
    ax.annotate("", (7.4, middle + 0.6), (7.4, belt), arrowprops=style, zorder=2)
    ax.text(8.25, 4.75, r"$\times(1-\tanh^2 c)$", ha="center", **look)
    slopes = {"f": "f(1-f)", "i": "i(1-i)", "g": "(1-g^2)", "o": "o(1-o)"}
    for gate, slope in slopes.items():  # the four branches out of x and h
        x = places[gate][0]
        ax.plot([1.4, x], [0.45, 0.45], color="0.55", lw=1.2)
        ax.annotate("", (x, low), (x, 0.45), arrowprops=style, zorder=2)
        for height, factor in ((1.3, slope), (0.85, rf"W_{gate}^\top")):
            ax.text(x + 0.08, height, rf"$\times {factor}$", ha="left", **look)
    return figure


def gate_bars(title: str, alt: str, by_bar: dict[str, Array], by_a: dict[str, Array]) -> Picture:
    """What moves the last h, (T,) for each letter, on one scale: the bar of the gate itself (pale),
    and the a behind it (dark)."""
    from .. import pictures

    figure = pictures.Picture(7.0, 0.7 * len(by_bar) + 0.9, alt)
    grid = figure.subplots(len(by_bar), 1, sharex=True, squeeze=False)[:, 0]
    reach = 1.15 * (max(np.abs(v).max() for v in (*by_bar.values(), *by_a.values())) or 1)
    for ax, (name, value) in zip(grid, by_bar.items(), strict=True):
        steps, color = np.arange(1, len(value) + 1), pictures.COLORS[name]
        ax.bar(steps, value, color=color, width=0.8, alpha=0.35)
        ax.bar(steps, by_a[name], color=color, width=0.5)
        ax.axhline(0, color="0.4", lw=0.8)
        ax.spines[["top", "right"]].set_visible(False)
        ax.set(ylim=(-reach, reach), xticks=steps)
        ax.set_ylabel(name, rotation=0, ha="right", va="center", fontweight="bold", color=color)
    grid[0].set_title(title, loc="left", fontsize=10, fontweight="bold")
    grid[-1].set_xlabel("step t")
    figure.supylabel(rf"derivative of $h_{{{len(steps)}}}$", fontsize=9)
    return figure
