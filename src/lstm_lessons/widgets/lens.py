"""The gradient's way back through a random cell: the lens that three lessons share."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

import numpy as np
import traitlets

from .. import gradients, pictures
from ..arguments import Array, as_count, as_number, one_of
from ..cells import GRU, LSTM, RNN, Cell, Trace
from ..pictures import FlowLine
from . import controls as knobs
from . import reruns
from .base import Checked, Widget, script, style
from .slider import Choice, Slider, choice, slider

N_INPUTS, N_HIDDEN, MOST_STEPS, SEEDS = 4, 32, 100, 10
VIEWS = ("root mean square", "singular values")


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
    """A cell's lens: how the cell is made, its sliders' numbers, and what is drawn.

    ``plain`` are the settings at which the weights are as they were drawn.
    """

    make: Callable[..., Cell]
    plain: dict[str, Any]
    sliders: dict[str, tuple[str, float, float, float, float]]
    title: str
    lines: dict[str, FlowLine]


_SCALE = ("s", 0.0, 4.0, 1.0, 0.1)
_H, _C = "|∂h_T/∂h_t|", "|∂c_T/∂c_t|"
KINDS = {
    "rnn": Kind(
        _rnn,
        {"radius": 1.0, "activation": "tanh"},
        {"radius": ("ρ", 0.0, 3.0, 0.9, 0.05)},
        "An RNN multiplies at every step: the gradient dies, arrives or blows up",
        {"radius": FlowLine("ρ alone", "c", ":"), "h": FlowLine(_H, "gradient", "-")},
    ),
    "lstm": Kind(
        partial(_gated, LSTM),
        {"scale": 1.0, "forget_bias": 0.0},
        {"scale": _SCALE, "forget_bias": ("b_f", -2.0, 6.0, 1.0, 0.1)},
        "An LSTM's gradient: what f carries, and all roads together",
        {
            "c": FlowLine(_C, "gradient", "-"),
            "direct": FlowLine("f alone", "c", "--"),
            "h": FlowLine(_H, "h", ":"),
        },
    ),
    "gru": Kind(
        partial(_gated, GRU),
        {"update_bias": 0.0, "scale": 1.0},
        {"update_bias": ("b_z", -6.0, 2.0, -1.0, 0.1), "scale": _SCALE},
        "A GRU's gradient: what 1 \N{MINUS SIGN} z carries, and all roads together",
        {
            "h": FlowLine(_H, "gradient", "-"),
            "direct": FlowLine("1 \N{MINUS SIGN} z alone", "h", "--"),
        },
    ),
}


@cache
def draws(cell: str) -> str:
    """The random numbers of all seeds for the page: of each seed Wx, Wh and the inputs of 100 steps.

    As the base64 of their float64, little-endian. `GradientLens.compute` draws the same again.
    """
    kind, parts = KINDS[cell], []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        params = kind.make(rng, **kind.plain).params
        parts += [params["Wx"], params["Wh"], rng.standard_normal((MOST_STEPS, N_INPUTS))]
    return base64.b64encode(b"".join(part.astype("<f8").tobytes() for part in parts)).decode()


class GradientLens(Widget):
    """What is left of the last step's gradient at every earlier step, in a random cell.

    ``cell`` is "rnn", "lstm" or "gru": 32 units, 4 inputs from a normal distribution at each of T
    steps. The RNN's Wh is normal and scaled to the spectral radius ρ; the gated cells' is orthogonal
    for each gate, times s, and their forget or update bias is set. ``start`` moves the sliders before
    they are shown: ``GradientLens("rnn", radius=1.1, activation="linear")``.

    ``compute(**values)`` gives the curves, each (T,): "h" is |dh_T/dh_t| and "c" |dc_T/dc_t|, over
    all roads; "direct" the direct path's (`gradients.direct_path`), "radius" ρ to the power of T - t.
    They are root mean squares over the units: at 1 a gradient of random direction arrives, in the
    mean square, as long as it set out. Most directions may have died all the same, and few have grown:
    ``singular_values(**values)``. ``make(rng, **settings)`` gives the random cell.

    The sliders are ``controls``, a dict by name; a ``value`` that the reader has moved is there, and
    may be set. ``picture``, "root mean square" or "singular values", is what the page shows.
    Raises ValueError or TypeError for a cell or a start that there is not.
    """

    _esm = script("lens")
    _css = style("control", "lens")

    cell = traitlets.Unicode(read_only=True).tag(sync=True)
    title = traitlets.Unicode(read_only=True).tag(sync=True)
    lines: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    knobs: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    draws = traitlets.Unicode(read_only=True).tag(sync=True)
    picture = Checked(lambda name, value, _: one_of(name, value, VIEWS), VIEWS[0])

    def __init__(self, cell: str = "lstm", **start: Any) -> None:
        self._kind = kind = KINDS[one_of("cell", cell, KINDS)]
        self.make = kind.make
        made: dict[str, Any] = {name: slider(*n) for name, n in kind.sliders.items()}
        if cell == "rnn":
            made["activation"] = choice("activation", list(RNN.activations))
        made |= {
            "steps": slider("T", 10, MOST_STEPS, MOST_STEPS, 10),
            "seed": slider("seed", 0, SEEDS - 1, 0, 1),
        }
        self.controls: dict[str, Slider | Choice] = made
        for name, value in start.items():
            control = made[one_of("start", name, made)]
            control.value = _checked(name, value, self, control)
        lines = [
            line._asdict() | {"name": name, "color": pictures.COLORS[line.letter]}
            for name, line in kind.lines.items()
        ]
        described = [knobs.described(*pair) for pair in made.items()]
        fixed = dict(cell=cell, title=kind.title, lines=lines, knobs=described, draws=draws(cell))
        for name, value in fixed.items():
            self.set_trait(name, value)
        moved = {
            name: Checked(partial(_checked, control=control), control.value)
            for name, control in made.items()
        }
        self.add_traits(**moved)
        super().__init__()
        for name, control in made.items():
            traitlets.link((self, name), (control, "value"))
        reruns.keep(partial(reruns.close, self))

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def view(self) -> GradientLens:
        """The widget, which a panel has beside it, and a lens is."""
        return self

    @property
    def sentence(self) -> str:
        """What is said where the controls stand."""
        return self.say(self.compute(**self.values))

    def compute(self, steps: int, seed: int, **settings: Any) -> dict[str, Array]:
        """The curves at these values of the controls, by name, each (T,)."""
        cell, trace = self._run(steps, seed, settings)
        curves: dict[str, Array] = {}
        for name in self._kind.lines:
            if name == "radius":
                curves[name] = settings["radius"] ** np.arange(steps)[::-1]
            elif name == "direct":
                curves[name] = np.sqrt(np.mean(gradients.direct_path(trace)[:, 0] ** 2, axis=-1))
            else:  # a state's name
                norms = gradients.jacobian_norms(cell, trace, name, name)
                curves[name] = norms[:, 0] / np.sqrt(N_HIDDEN)
        return curves

    def singular_values(self, steps: int, seed: int, **settings: Any) -> Array:
        """Those of dh_T/dh_t, in the LSTM of dc_T/dc_t, at every step: (T, 32), the largest first.

        What is below 32 roundings of the largest cannot be told from 0, and is given as 0.
        """
        cell, trace = self._run(steps, seed, settings)
        unit, dh = np.eye(N_HIDDEN), np.zeros((steps, N_HIDDEN, N_HIDDEN))
        if cell.states == "h":
            dh[-1] = unit
            back = cell.back_through_time(cell.slopes(trace), dh)["h"]
        else:
            back = cell.back_through_time(cell.slopes(trace), dh, unit)["c"]
        values = np.linalg.svd(back, compute_uv=False)
        known = values > N_HIDDEN * np.finfo(float).eps * values[:, :1]
        return np.where(known, values, 0.0)

    def _run(self, steps: int, seed: int, settings: dict[str, Any]) -> tuple[Cell, Trace]:
        rng = np.random.default_rng(seed)
        cell = self.make(rng, **settings)
        return cell, cell.forward(rng.standard_normal((steps, 1, N_INPUTS)))

    def say(self, curves: dict[str, Array]) -> str:
        """The sentence on curves as `compute` gives them."""
        first = {name: curve[0] for name, curve in curves.items()}
        all_roads = first.get("c", first["h"])
        fate = "vanishes" if all_roads < 1e-2 else "arrives" if all_roads < 1e2 else "explodes"
        direct = "direct" in first
        words = "the direct path alone" if direct else "the radius alone"
        said = (
            f"{len(curves['h']) - 1} steps back, {all_roads:.1e} of the gradient is left"
            f" (root mean square): it {fate}."
            f" By {words} it would be {first['direct' if direct else 'radius']:.1e}."
        )
        return said.replace("e-", "e\N{MINUS SIGN}")

    def __repr__(self) -> str:
        return f"GradientLens: {self.sentence}"

    def still(self) -> pictures.Picture:
        """The root mean square's curves, whichever picture the page shows."""
        curves = self.compute(**self.values)
        lines = {
            name: line._replace(label=_formula(line.label))
            for name, line in self._kind.lines.items()
        }

        def draw(figure: pictures.Picture) -> None:
            pictures.gradient_flow(figure, self.title, lines)(curves)

        return pictures.still(draw, self.sentence)


def _formula(label: str) -> str:
    """A derivative as matplotlib sets it; other labels as they are."""
    formula = label.replace("∂", r"\partial ")
    return label if formula == label else rf"$\mathbf{{{formula}}}$"


def _checked(name: str, value: Any, lens: GradientLens, control: Slider | Choice) -> Any:
    if isinstance(control, Choice):
        return one_of(name, value, control.options)
    check = as_count if isinstance(control.step, int) else as_number
    return check(name, value, control.min, control.max)
