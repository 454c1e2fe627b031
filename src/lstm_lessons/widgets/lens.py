"""The gradient's way back through a random cell: the panel that three lessons share."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .. import gradients
from ..arguments import Array, as_count, as_number, one_of
from ..cells import GRU, LSTM, RNN, Cell
from ..pictures import FlowLine, gradient_flow
from .panel import Panel
from .slider import Choice, Slider, choice, slider

N_INPUTS, N_HIDDEN = 4, 32


def _rnn(rng: np.random.Generator, radius: float, activation: str) -> Cell:
    cell = RNN(N_INPUTS, N_HIDDEN, rng, activation=activation)
    W = rng.standard_normal((N_HIDDEN, N_HIDDEN))
    cell.params["Wh"][:] = radius * W / np.abs(np.linalg.eigvals(W)).max()
    return cell


def _gated(kind: type[LSTM | GRU], rng: np.random.Generator, scale: float, **bias: Any) -> Cell:
    cell = kind(N_INPUTS, N_HIDDEN, rng, **bias)
    cell.params["Wh"] *= scale
    return cell


class Kind(NamedTuple):
    """A cell's lens: how the cell is made, its sliders' numbers, and what is drawn."""

    make: Callable[..., Cell]
    sliders: dict[str, tuple[str, float, float, float, float]]
    title: str
    lines: dict[str, FlowLine]


_ROADS = {of: rf"$\mathbf{{|\partial {of}_T/\partial {of}_t|}}$" for of in "ch"}
_SCALE = ("s", 0.0, 4.0, 1.0, 0.1)
KINDS = {
    "rnn": Kind(
        _rnn,
        {"radius": ("ρ", 0.0, 3.0, 0.9, 0.05)},
        "An RNN multiplies at every step: the gradient dies, arrives or blows up",
        {"radius": FlowLine("ρ alone", "c", ":"), "h": FlowLine(_ROADS["h"], "gradient", "-")},
    ),
    "lstm": Kind(
        partial(_gated, LSTM),
        {"scale": _SCALE, "forget_bias": ("b_f", -2.0, 6.0, 1.0, 0.1)},
        "An LSTM's gradient: what f carries, and all roads together",
        {
            "c": FlowLine(_ROADS["c"], "gradient", "-"),
            "direct": FlowLine("f alone", "c", "--"),
            "h": FlowLine(_ROADS["h"], "h", ":"),
        },
    ),
    "gru": Kind(
        partial(_gated, GRU),
        {"update_bias": ("b_z", -6.0, 2.0, -1.0, 0.1), "scale": _SCALE},
        "A GRU's gradient: what 1 \N{MINUS SIGN} z carries, and all roads together",
        {
            "h": FlowLine(_ROADS["h"], "gradient", "-"),
            "direct": FlowLine("1 \N{MINUS SIGN} z alone", "h", "--"),
        },
    ),
}


class GradientLens(Panel):
    """What is left of the last step's gradient at every earlier step, in a random cell.

    ``cell`` is "rnn", "lstm" or "gru": 32 units, 4 inputs from a normal distribution at each of T
    steps. The RNN's Wh is normal and scaled to the spectral radius ρ; the gated cells' is orthogonal
    for each gate, times s, and their forget or update bias is set. ``start`` moves the sliders before
    they are shown: ``GradientLens("rnn", radius=1.1, activation="linear")``.

    ``compute(**values)`` gives the curves, each (T,): "h" is |dh_T/dh_t| and "c" |dc_T/dc_t|, over
    all roads; "direct" the direct path's (`gradients.direct_path`), "radius" ρ to the power of T - t.
    They are root mean squares over the units: at 1 a gradient of random direction arrives, in the
    mean square, as long as it set out. Most directions may have died all the same, and few have grown.
    ``make(rng, **settings)`` gives the random cell.
    Raises ValueError or TypeError for a cell or a start that there is not.
    """

    def __init__(self, cell: str = "lstm", **start: Any) -> None:
        kind = KINDS[one_of("cell", cell, KINDS)]
        self.make, self._lines = kind.make, kind.lines
        controls: dict[str, Any] = {name: slider(*n) for name, n in kind.sliders.items()}
        if cell == "rnn":
            controls["activation"] = choice("activation", list(RNN.activations))
        controls |= {"steps": slider("T", 10, 100, 100, 10), "seed": slider("seed", 0, 9, 0, 1)}
        for name, value in start.items():
            _move(name, controls[one_of("start", name, controls)], value)
        draw = partial(gradient_flow, title=kind.title, lines=kind.lines)
        super().__init__(self._compute, draw, controls, self._say)

    def _compute(self, steps: int, seed: int, **settings: Any) -> dict[str, Array]:
        rng = np.random.default_rng(seed)
        cell = self.make(rng, **settings)
        trace = cell.forward(rng.standard_normal((steps, 1, N_INPUTS)))
        curves: dict[str, Array] = {}
        for name in self._lines:
            if name == "radius":
                curves[name] = settings["radius"] ** np.arange(steps)[::-1]
            elif name == "direct":
                curves[name] = np.sqrt(np.mean(gradients.direct_path(trace)[:, 0] ** 2, axis=-1))
            else:  # a state's name
                norms = gradients.jacobian_norms(cell, trace, name, name)
                curves[name] = norms[:, 0] / np.sqrt(N_HIDDEN)
        return curves

    def _say(self, curves: dict[str, Array]) -> str:
        first = {name: curve[0] for name, curve in curves.items()}
        all_roads = first.get("c", first["h"])
        fate = "vanishes" if all_roads < 1e-2 else "arrives" if all_roads < 1e2 else "explodes"
        direct = "direct" in first
        words = "the direct path alone" if direct else "the radius alone"
        return (
            f"{len(curves['h']) - 1} steps back, {all_roads:.1e} of the gradient is left"
            f" (root mean square): it {fate}."
            f" By {words} it would be {first['direct' if direct else 'radius']:.1e}."
        )


def _move(name: str, control: Slider | Choice, value: Any) -> None:
    if isinstance(control, Choice):
        control.value = one_of(name, value, control.options)
    elif isinstance(control.step, int):
        control.value = as_count(name, value, control.min, control.max)
    else:
        control.value = as_number(name, value, control.min, control.max)
