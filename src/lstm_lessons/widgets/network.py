"""The operating table: a trained LSTM whose gates are dragged at any word, in any unit of a story.

network.js computes the same in the page, so that the picture follows the hand with no kernel; what Python
reads is computed here, by the model itself. A test compares the two.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import traitlets

from .. import pictures, tasks
from ..arguments import Array, as_array, as_count, as_number, one_of, shown
from ..cells import LSTM
from ..cells.trace import ByHand
from ..stack import Readout, Stack, StackTrace
from .base import Checked, Widget, script, style
from .learning import learning, weights_text

MOST_UNITS, MOST_WORDS = 32, 40
GATES = "fiog"  # in the order of the maps
ALL = "all"
PARAMS = ["0.Wx", "0.Wh", "0.b", "1.V", "1.v"]  # in this order they stand in `weights`
# What a preset sets in all units, and where: a word some way behind the city, before it, or the last.
PRESETS: dict[str, tuple[dict[str, float], str]] = {
    "as it is": ({}, "last"),
    "cut the belt": ({"f": 0}, "after"),
    "cut both roads": ({"f": 0, "i": 0}, "after"),
    "open i before the city": ({"i": 1}, "before"),
    "show nothing": ({"o": 0}, "last"),
}


def place(story: tuple[str, ...], where: str) -> int | None:
    """Which word, from 1, a preset speaks of; None if the story has none there."""
    cities = [word for word, text in enumerate(story, 1) if text in tasks.CITIES]
    city = cities[-1] if cities else 0
    if where == "last":
        return len(story)
    if where == "before":
        return city - 1 if city > 1 else None
    return city - (city - len(story)) // 3 if city < len(story) else None


def _model(model: Any) -> Stack:
    """``model``, if it fills cities into stories."""
    kind = f"Stack([LSTM({len(tasks.WORDS)}, …), Readout(…, {len(tasks.CITIES)})])"
    if not isinstance(model, Stack):
        raise TypeError(f"model: got {shown(model)}, expected {kind}")
    cell, sizes = model.cells[0], (len(tasks.WORDS), len(tasks.CITIES))
    fits = len(model.cells) == 1 and type(cell) is LSTM and isinstance(model.readout, Readout)
    if not fits or (cell.n_inputs, getattr(model.readout, "n_out", 0)) != sizes:
        raise ValueError(f"model: got {model!r:.120}, expected {kind}")
    if cell.n_hidden > MOST_UNITS:
        raise ValueError(f"model: got {cell.n_hidden} units, expected at most {MOST_UNITS}")
    return model


def _story(name: str, value: Any, _: Any, low: int = 1) -> tuple[str, ...]:
    """Words as a tuple, ``low`` to 40 of them, each known."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name}: got {shown(value)}, expected a list of words")
    as_count(f"number of words in {name}", len(value), low, MOST_WORDS)
    for word in value:
        if not isinstance(word, str) or word not in tasks.WORDS:
            raise ValueError(f"{name}: got {shown(word)}, expected words of tasks.WORDS")
    return tuple(value)


def _weights(name: str, value: Any, console: Any) -> str:
    try:
        numbers = np.frombuffer(base64.b64decode(value, validate=True), "<f8")
    except (TypeError, ValueError, binascii.Error):
        raise TypeError(f"{name}: got {shown(value)}, expected float64 in base64") from None
    as_array(name, numbers, (console.model.n_params,))
    return value


def _gate(name: str, gate: Any) -> str:
    return one_of(name, gate, tuple(GATES))


def _hands(name: str, value: Any, console: Any) -> tuple[tuple[str, int, int, float], ...]:
    """Gate, word, unit and value of all that is set by hand, each place once."""
    most = len(GATES) * MOST_WORDS * console.units
    if not isinstance(value, (list, tuple)) or len(value) > most:
        raise TypeError(f"{name}: got {shown(value)}, expected a list of up to {most} places")
    places = {}
    for row in value:
        if not isinstance(row, (list, tuple)) or len(row) != 4:
            raise ValueError(f"{name}: got {shown(row)}, expected [gate, word, unit, value]")
        gate, word = _gate(name, row[0]), as_count(name, row[1], 1, MOST_WORDS)
        unit = as_count(name, row[2], 0, console.units - 1)
        places[gate, word, unit] = as_number(name, row[3], -1 if gate == "g" else 0, 1)
    return tuple((*where, places[where]) for where in sorted(places))


def _chosen(name: str, value: Any, console: Any) -> tuple[str, int | str, int | str]:
    if not isinstance(value, (list, tuple)) or len(value) != 3:
        raise ValueError(f"{name}: got {shown(value)}, expected [gate, unit, word]")
    gate, unit, word = value
    unit = unit if unit == ALL else as_count(name, unit, 0, console.units - 1)
    return _gate(name, gate), unit, word if word == ALL else as_count(name, word, 1, MOST_WORDS)


class NetworkConsole(Widget):
    """Operate on a network that fills a city into a story: drag its gates, and see what it answers.

    ``model`` is ``Stack([LSTM(len(tasks.WORDS), H), Readout(H, len(tasks.CITIES))])`` with H up to 32;
    ``story`` and ``other``, a second story to take gates from, are lists of up to 40 words.
    ``learn=True`` shows how it is trained; the weights that come of it are written into ``model``.

    ``story``, ``other`` and ``chosen`` (gate, unit from 0 or "all", word from 1 or "all") are traits, and
    so is ``hands``: a (gate, word from 1, unit from 0, value) for each place set by hand. `override` has
    the same as arrays. Python reads what the reader did and may set it. Raises ValueError or TypeError
    for what cannot be, and keeps its last state.
    """

    _esm = script("network_console")
    _css = style("network_console", "learner")

    weights = Checked(_weights)
    # Sent as the page has them: what comes back as it was sent is not sent once more.
    story = Checked(_story, ()).tag(to_json=lambda words, _: list(words))
    other = Checked(partial(_story, low=0), ()).tag(to_json=lambda words, _: list(words))
    hands = Checked(_hands, ()).tag(to_json=lambda hands, _: [list(row) for row in hands])
    chosen = Checked(_chosen, ("f", ALL, 1)).tag(to_json=lambda chosen, _: list(chosen))
    chosen_preset = Checked(lambda name, value, _: value and one_of("preset", value, PRESETS), "")
    units = traitlets.Int(read_only=True).tag(sync=True)
    vocabulary: traitlets.List = traitlets.List(tasks.WORDS, read_only=True).tag(sync=True)
    cities: traitlets.List = traitlets.List(tasks.CITIES, read_only=True).tag(sync=True)
    samples: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    colors = traitlets.Dict(pictures.COLORS, read_only=True).tag(sync=True)
    # As pairs: a notebook stores an object's names in the alphabet's order.
    presets: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    learning = traitlets.Dict(default_value=None, allow_none=True, read_only=True).tag(sync=True)

    def __init__(
        self,
        model: Stack,
        story: Any = None,
        other: Any = None,
        learn: bool = False,
    ):
        self.model = _model(model)
        rng = np.random.default_rng(0)
        samples = [tasks.story(3, rng)[0] for _ in range(12)]
        self.set_trait("units", model.cells[0].n_hidden)
        self.set_trait("samples", samples)
        presets = [[name, {"gates": gates, "where": at}] for name, (gates, at) in PRESETS.items()]
        self.set_trait("presets", presets)
        self.set_trait("learning", learning(model) if learn else None)
        self.weights = weights_text(model)
        self.story = samples[0] if story is None else story
        self.other = [] if other is None else other
        self.chosen = ("f", ALL, place(self.story, "after") or 1)
        super().__init__()

    @traitlets.observe("weights")
    def _load(self, change: Any) -> None:
        """The page's weights into the model's own arrays."""
        numbers = np.frombuffer(base64.b64decode(change.new), "<f8")
        for name in PARAMS:
            here = self.model.params[name]
            here[...], numbers = numbers[: here.size].reshape(here.shape), numbers[here.size :]

    @traitlets.observe("chosen_preset")
    def _start_from(self, change: Any) -> None:
        if change.new:
            self.hands = self._set_by(change.new)

    @traitlets.observe("hands", "story")
    def _go_on(self, _: Any) -> None:
        """From a preset: it can be chosen again."""
        if self.chosen_preset and self.hands != self._set_by(self.chosen_preset):
            self.chosen_preset = ""

    def _set_by(self, preset: str) -> tuple[tuple[str, int, int, float], ...]:
        """What a preset sets in this story."""
        gates, where = PRESETS[preset]
        word = place(self.story, where)
        if word is None:
            return ()
        units = range(self.units)
        return tuple((gate, word, unit, float(gates[gate])) for gate in gates for unit in units)

    @property
    def override(self) -> dict[str, Array]:
        """What is set by hand, by gate, (T, 1, H) with NaN where the network decides.

        It may be set to the same form, or to what broadcasts to it, such as one number.
        """
        by_hand: dict[str, Array] = {}
        shape = len(self.story), 1, self.units
        for gate, word, unit, value in self.hands:
            if word <= len(self.story):
                by_hand.setdefault(gate, np.full(shape, np.nan))[word - 1, 0, unit] = value
        return by_hand

    @override.setter
    def override(self, override: Mapping) -> None:
        values = ByHand(override, GATES, (len(self.story), 1, self.units)).values
        self.hands = [
            (gate, int(t) + 1, int(unit), float(array[t, 0, unit]))
            for gate, array in values.items()
            for t, _, unit in np.argwhere(~np.isnan(array))
        ]

    @property
    def trace(self) -> StackTrace:
        """What the network makes of the story with what is set by hand."""
        return self.model.forward(tasks.one_hot([list(self.story)]), override={0: self.override})

    @property
    def answers(self) -> list[tuple[str, float]]:
        """The five likeliest cities, each with its probability."""
        scores: Any = self.trace.y
        y = scores[-1, 0]
        p = np.exp(y - y.max())
        p /= p.sum()
        return [(tasks.CITIES[k], float(p[k])) for k in np.argsort(-p, kind="stable")[:5]]

    def __repr__(self) -> str:
        told = f"{len(self.story)} words, {len(self.hands)} gate values set by hand"
        return f"NetworkConsole({self.model.cells[0]!r}, {told})"

    def _repr_mimebundle_(self, **kwargs: Any) -> pictures.Bundle:
        self.weights = weights_text(self.model)  # which may have been trained since
        return super()._repr_mimebundle_(**kwargs)

    def still(self) -> pictures.Picture:
        trace, words = self.trace.layers[0], range(len(self.story))
        city, p = self.answers[0]
        figure = pictures.Picture()
        figure.set_figheight(0.17 * len(words) + 1.1)
        figure.suptitle(f"It answers {city}, {p:.2f}", x=0.02, **pictures.TITLE)
        grid = figure.subplots(1, 6, sharey=True)
        for ax, name in zip(grid, "fiogch", strict=True):
            values = getattr(trace, name)[:, 0]
            low = 0 if name in "fio" else -1
            shown_here = np.tanh(values) if name == "c" else values
            look: dict[str, Any] = dict(cmap="Greys", aspect="auto", interpolation="nearest")
            ax.imshow(shown_here, vmin=low, vmax=1, **look)
            title = "tanh(c)" if name == "c" else name
            ax.set_title(title, color=pictures.INK[name], fontweight="bold", fontsize=10)
            ax.set_xticks([0, self.units - 1], ["0", self.units - 1], fontsize=8)
            ax.tick_params(left=False)
        for gate, word, unit, _ in self.hands:
            grid[GATES.index(gate)].plot(unit, word - 1, "o", ms=2, color=pictures.INK[gate])
        grid[0].set_yticks(words, self.story, fontsize=8)
        grid[0].set_xlabel("unit", fontsize=8)
        return figure
