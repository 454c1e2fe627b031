"""Lesson 8, inside a trained LSTM: its exercises, and the drawings that only it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array, as_array, as_number, one_of
from ..cells import LSTM
from ..tasks import CITIES, WORDS
from .exercise import exercise, own_stack
from .tables import Near, Number

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from ..pictures import Picture, Update

_ONE_IN_32 = Near(1 / 32, 0.001)

chance = Number(
    "chance",
    {
        _ONE_IN_32: "Right. A cut memory changes about 97% of the answers. Where all change, something of the city is left.",
        0: "now and then the city that it answers is the true one.",
        (32, 3.125, 3.1): "give it as a share of 1.",
    },
    otherwise="{:g} is not it. One answer in how many is right by chance?".format,
)


@exercise
def hide(gate: Any, value: Any) -> str:
    """Which gate hides what the belt holds, and at what value?"""
    gate, value = one_of("gate", gate, tuple("ifgo")), as_number("value", value, 0, 1)
    if gate == "o" and value == 0:
        return "Right. The city is still on the belt; the read-out just cannot see it."
    if gate == "o":
        part = "all" if value == 1 else "a part"
        return f"the right gate, but at {value:g} {part} of tanh(c) is still shown."
    if gate == "f":
        return "that wipes the belt. It should be hidden, not lost."
    return f"{gate} decides what gets onto the belt. What is shown of it?"


@exercise
def transplant(override: Any, model: Any, xs: Any) -> str:
    """Find gates at word 9, all units, that make the first story's answer Paris.

    ``override`` is a dict from gates to arrays (H,), ``model`` the network, ``xs`` the stories,
    (T, B, D) with T from 9.
    """
    if not isinstance(override, dict) or not override or not set(override) <= set("ifgo"):
        raise TypeError(f"override: got {override!r:.60}, expected a dict with some of i, f, g, o")
    model = own_stack(model, LSTM, n_inputs=len(WORDS), n_out=len(CITIES))
    xs, units = as_array("xs", xs, ("T", "B", len(WORDS))), model.cells[0].n_hidden
    if len(xs) < 9:
        raise ValueError(f"xs: got {len(xs)} words, expected 9 or more")
    at_9 = {gate: np.full((len(xs), 1, units), np.nan) for gate in override}
    for gate, values in override.items():
        at_9[gate][8] = as_array(f"override[{gate!r}]", values, (units,))
    city = CITIES[int(model.forward(xs[:, :1], override={0: at_9}).y[-1, 0].argmax())]
    if city == "Paris":
        gates, verb = " and ".join(sorted(override)), "are" if len(override) > 1 else "is"
        return f"Right. It reads one city and answers a different one: {gates} at one word {verb} enough."
    if "g" not in override:
        return f"it answers {city}. Which of the four says *what* is written?"
    if "i" not in override:
        return f"it answers {city}. Was g taken at word 9 of the story with Paris? If so, take i as well."
    return f"it answers {city}. Were the gates taken at word 9 of the story with Paris?"


def unit_maps(title: str, alt: str, text: list[str], values: dict[str, Array]) -> Picture:
    """All units over the words: a grey map for each letter, (T, H), dark where the value is high.

    Under "c" it expects tanh(c).
    """
    from .. import pictures

    figure = pictures.Picture(7.6, 0.9 * len(values) + 1.6, alt)
    grid = figure.subplots(len(values), 1, sharex=True, squeeze=False)[:, 0]
    for ax, (name, value) in zip(grid, values.items(), strict=True):
        low = -1 if value.min() < 0 else 0
        ax.imshow(value.T, cmap="Greys", vmin=low, vmax=1, aspect="auto", interpolation="nearest")
        ax.set(yticks=[0, value.shape[1] - 1])
        ax.set_yticklabels(["unit 0", value.shape[1] - 1], fontsize=8)
        label = "tanh(c)" if name == "c" else name
        ax.set_ylabel(label, rotation=0, ha="right", color=pictures.COLORS[name], fontweight="bold")
    grid[0].set_title(title, loc="left", fontsize=10, fontweight="bold")
    size = 9 if len(text) < 40 else 7
    turn = dict(rotation=60, ha="right", rotation_mode="anchor") if len(text) < 40 else {}
    grid[-1].set_xticks(range(len(text)), text, fontsize=size, **turn)
    return figure


def cost_scatter(title: str, alt: str, sizes: dict[str, Array], costs: dict[str, Array]) -> Picture:
    """A point for each unit of each network, (H,): what its loss costs over how large its c is."""
    from .. import pictures

    figure = pictures.Picture(7.0, 3.2, alt)
    top = 1.1 * max(float(size.max()) for size in sizes.values())
    labels = "mean |c| at the gap", "answers lost without the unit"
    ax = pictures.axes(figure, title, *labels, (0, top), (-0.03, 1.03))
    for name, marker in zip(sizes, "osD", strict=False):
        look: dict[str, Any] = dict(color="0.25", ls="", marker=marker, ms=6, alpha=0.8)
        ax.plot(sizes[name], costs[name], **look, mfc="none", label=name)
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return figure


def top_answers(figure: Picture) -> Update:
    """The likeliest answers as bars; ``update((words, probabilities))``, five of each."""
    from .. import pictures

    title = "Your hand on one gate can change what it puts into the gap"
    ax = pictures.axes(figure, title, "probability", "", (0, 1), (4.6, -0.6))
    ax.set_yticks([])
    bars = ax.barh(range(5), np.zeros(5), color=pictures.COLORS["h"], height=0.7, alpha=0.6)
    labels = [ax.text(0.01, k, "", va="center", fontweight="bold") for k in range(5)]

    def update(result: tuple[list[str], Array]) -> list[Artist]:
        for bar, label, word, p in zip(bars, labels, *result, strict=True):
            bar.set_width(p)
            label.set_text(f"{word}  {p:.0%}")
        return [*bars, *labels]

    return update
