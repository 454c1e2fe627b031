"""Sliders and a picture that follows them: the one seam for slider-driven figures.

`GradientLens` is the panel that three lessons share: a random cell, and its gradient's way back.
"""

from __future__ import annotations

import html
import io
from collections.abc import Callable, Mapping

import ipywidgets
import numpy as np
from PIL import Image

from . import gradients, pictures
from .cells import GRU, LSTM, RNN, Array, checked


def _layout() -> ipywidgets.Layout:
    return ipywidgets.Layout(width="min(100% - 4px, 460px)")  # widgets have margins of 2 px


def slider(letter: str, low: float, high: float, start: float, step: float = 0.01):
    """A slider for one number, labelled with its letter; whole numbers if all four are whole."""
    numbers = dict(low=low, high=high, start=start, step=step)
    for name, value in numbers.items():
        checked(name, value, ())
    if not low < high:
        raise ValueError(f"high: got {high}, expected more than low, {low}")
    if not low <= start <= high:
        raise ValueError(f"start: got {start}, expected from {low} to {high}")
    if not 0 < step <= high - low:
        raise ValueError(f"step: got {step}, expected above 0 and up to {high - low}")
    whole = all(isinstance(value, (int, np.integer)) for value in numbers.values())
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    readout = "d" if whole else f".{max(0, int(np.ceil(-np.log10(step))))}f"
    shown = dict(description=letter, readout_format=readout, layout=_layout())
    return kind(start, min=low, max=high, step=step, **shown)


class Panel:
    """A picture that is drawn anew whenever a control moves.

    ``compute(**values)`` takes the controls' values by name and returns a result. ``draw(figure)``
    builds the picture once on an empty `pictures.Picture`, and returns ``update(result)``, which
    moves the artists and returns those it moved. ``controls`` is a dict of widgets by name (see
    `slider`). ``say(result)`` gives the sentence under the picture, which is its alt text too;
    without it the controls' values stand there.

    ``view`` is the picture, an ``Image`` widget, ``box`` all of it together.

    The figure is kept and only the moved artists are drawn again; limits must therefore stay fixed.
    An error in a callback shows as text in the panel and is raised as well.
    """

    def __init__(self, compute: Callable, draw: Callable, controls: Mapping, say: Callable = None):
        if not isinstance(controls, Mapping) or not controls:
            raise TypeError(f"controls: got {controls!r:.60}, expected a dict of widgets by name")
        for name, control in controls.items():
            if not isinstance(control, ipywidgets.Widget) or not control.has_trait("value"):
                raise TypeError(f"controls[{name!r}]: got {control!r:.60}, expected a slider")
        self.compute, self.controls = compute, dict(controls)
        self.say = say or (lambda result: ", ".join(f"{k} = {v}" for k, v in self.values.items()))
        self.figure = pictures.Picture()
        self.update = draw(self.figure)
        result = compute(**self.values)
        self._moving = self.update(result)
        for artist in self._moving:
            artist.set_animated(True)
        canvas = self.figure.canvas
        canvas.draw()
        self.figure.set_layout_engine("none")  # the layout is found: it must not move any more
        self._background = canvas.copy_from_bbox(self.figure.bbox)
        width, height = self.figure.size
        limits = dict(max_width="calc(100% - 4px)", height="auto")
        layout = ipywidgets.Layout(width=f"{width}px", **limits)
        self.view = ipywidgets.Image(format="png", width=width, height=height, layout=layout)
        self.sentence = ipywidgets.HTML()
        self.box = ipywidgets.VBox([*self.controls.values(), self.view, self.sentence])
        self._show(result)
        for control in self.controls.values():
            control.observe(self._redraw, "value")

    @property
    def values(self) -> dict:
        """The controls' values by name."""
        return {name: control.value for name, control in self.controls.items()}

    def _show(self, result) -> None:
        canvas = self.figure.canvas
        canvas.restore_region(self._background)
        for artist in self._moving:
            artist.axes.draw_artist(artist)
        out = io.BytesIO()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]
        Image.fromarray(np.ascontiguousarray(pixels)).save(out, "png", compress_level=1)
        self.figure.alt = self.say(result)
        self.view.value = out.getvalue()
        self.sentence.value = f"<p style='margin:0'>{html.escape(self.figure.alt)}</p>"

    def _redraw(self, change) -> None:
        try:
            result = self.compute(**self.values)
            self.update(result)
            self._show(result)
        except Exception as error:
            text = html.escape(f"{type(error).__name__}: {error}")
            self.sentence.value = f"<p style='margin:0; color:#b00020'>{text}</p>"
            raise

    def __repr__(self) -> str:
        return f"Panel: {self.figure.alt}"

    def _repr_mimebundle_(self, **kwargs):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
        data = {"application/vnd.jupyter.widget-view+json": view}
        return pictures.with_png(self.figure, repr(self), data, picture=self.view.value)


# --- the gradient's way back ---------------------------------------------------------------------


def _random_rnn(rng, radius: float, activation: str) -> RNN:
    cell = RNN(4, 32, rng, activation=activation)
    W = rng.standard_normal((32, 32))
    cell.params["Wh"][:] = radius * W / np.abs(np.linalg.eigvals(W)).max()
    return cell


def _random_lstm(rng, forget_bias: float, scale: float) -> LSTM:
    cell = LSTM(4, 32, rng, forget_bias=forget_bias)
    cell.params["Wh"] *= scale
    return cell


def _random_gru(rng, update_bias: float, scale: float) -> GRU:
    cell = GRU(4, 32, rng, update_bias=update_bias)
    cell.params["Wh"] *= scale
    return cell


_GREY, _C, _H = (pictures.COLORS[name] for name in ("gradient", "c", "h"))
_LENSES = {  # how a cell is made, its sliders, the picture's title, its lines
    "rnn": (
        _random_rnn,
        {"radius": ("\N{GREEK SMALL LETTER RHO}", 0.0, 3.0, 0.9, 0.05)},
        "An RNN multiplies at every step: the gradient dies or blows up",
        {
            "radius": ("\N{GREEK SMALL LETTER RHO} alone", _C, ":"),
            "h": (r"$\mathbf{|\partial h_T/\partial h_t|}$", _GREY, "-"),
        },
    ),
    "lstm": (
        _random_lstm,
        {"forget_bias": ("b_f", -2.0, 6.0, 1.0, 0.1), "scale": ("s", 0.0, 4.0, 1.0, 0.1)},
        "An LSTM's gradient takes more roads than the belt",
        {
            "c": (r"$\mathbf{|\partial c_T/\partial c_t|}$", _GREY, "-"),
            "direct": ("f alone", _C, "--"),
            "h": (r"$\mathbf{|\partial h_T/\partial h_t|}$", _H, ":"),
        },
    ),
    "gru": (
        _random_gru,
        {"update_bias": ("b_z", -6.0, 2.0, -1.0, 0.1), "scale": ("s", 0.0, 4.0, 1.0, 0.1)},
        "A GRU's gradient: what 1 \N{MINUS SIGN} z carries, and all roads together",
        {
            "h": (r"$\mathbf{|\partial h_T/\partial h_t|}$", _GREY, "-"),
            "direct": ("1 \N{MINUS SIGN} z alone", _H, "--"),
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
    They are root mean squares over the units, so that 1 means: as much as there was at the end.
    """

    def __init__(self, cell: str = "lstm", **start):
        if cell not in list(_LENSES):
            raise ValueError(f"cell: got {cell!r:.60}, expected one of {', '.join(_LENSES)}")
        self.make, sliders, title, lines = _LENSES[cell]
        sliders = sliders | {"steps": ("T", 10, 100, 100, 10), "seed": ("seed", 0, 9, 0, 1)}
        controls = {name: slider(*settings) for name, settings in sliders.items()}
        if cell == "rnn":
            pick = ipywidgets.Dropdown(
                options=list(RNN.activations), description="activation", layout=_layout()
            )
            controls = {"radius": controls.pop("radius"), "activation": pick} | controls
        for name, value in start.items():
            if name not in controls:
                raise ValueError(f"start: got {name!r}, expected one of {', '.join(controls)}")
            control = controls[name]
            if isinstance(control, ipywidgets.Dropdown):
                if value not in list(control.options):
                    expected = ", ".join(control.options)
                    raise ValueError(f"{name}: got {value!r:.60}, expected one of {expected}")
            else:
                checked(name, value, (), control.min, control.max)
            control.value = value
            if control.value != value:
                raise ValueError(f"{name}: got {value}, expected a whole number")
        super().__init__(
            self._compute,
            lambda figure: pictures.way_back(figure, title, lines),
            controls,
            self._say,
        )

    def _compute(self, steps: int, seed: int, **settings) -> dict[str, Array]:
        rng = np.random.default_rng(seed)
        cell = self.make(rng, **settings)
        trace, unit = cell.forward(rng.standard_normal((steps, 1, 4))), np.sqrt(cell.n_hidden)
        curves = {"h": gradients.jacobian_norms(cell, trace)[:, 0] / unit}
        if isinstance(cell, RNN):
            return curves | {"radius": settings["radius"] ** np.arange(steps)[::-1]}
        if isinstance(cell, LSTM):
            curves["c"] = gradients.jacobian_norms(cell, trace, of="c", by="c")[:, 0] / unit
        direct = gradients.direct_path(trace)[:, 0]
        return curves | {"direct": np.sqrt(np.mean(direct**2, axis=-1))}

    def _say(self, curves: dict[str, Array]) -> str:
        first = {name: curve[0] for name, curve in curves.items()}
        all_roads = first.get("c", first["h"])
        fate = "vanishes" if all_roads < 1e-2 else "arrives" if all_roads < 1e2 else "explodes"
        other = "direct" if "direct" in first else "radius"
        words = {"direct": "the direct path alone", "radius": "the radius alone"}[other]
        return (
            f"{len(curves['h']) - 1} steps back, {all_roads:.1e} of the gradient is left: it {fate}."
            f" By {words} it would be {first[other]:.1e}."
        )
