"""Lesson 7, which one, and how deep?: its exercises, and the drawings that only it uses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array
from ..cells import RNN
from .exercise import exercise, own_stack
from .tables import Near, Number

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    from ..pictures import Picture, Update


def _size(units: float) -> str:
    if units != int(units) or units < 1:
        return f"{units:g} is not a whole number of units. Which of its neighbours is nearer?"
    return f"{units:g} units have {units * (units + 11):,.0f} parameters, not about 2,480."


fair = Number(
    "fair",
    {
        45: "Right. More than twice the units for the same number of parameters.",
        44: "44 have 2,420 parameters, 60 too few. Is there one that is nearer?",
        80: "four times the units is too much. W_h grows with their square.",
        20: "with as many units an RNN has a quarter of the parameters.",
    },
    otherwise=_size,
)

baseline = Number(
    "baseline",
    {
        Near(1 / 6, 0.001): "Right. An error near 0.167 means: nothing was learned but the mean.",
        Near(1 / 12, 0.001): "that is the variance of one of the two numbers.",
        Near(math.sqrt(1 / 6), 0.01): "that is its root. The mean of the squares is asked for.",
        0: "1 is right on average, and wrong nearly every time.",
    },
    otherwise="{:g} is not it. How far is a sum of two such numbers from 1, squared?".format,
)


@exercise
def recaller(model: Any) -> str:
    """Train a Stack of an RNN and a Readout that recalls one of four symbols over 100 blanks."""
    xs = np.zeros((101, 4, 5))
    xs[0, :, :4], xs[1:, :, 4] = np.eye(4), 1  # all there is: each symbol, then the blanks
    model = own_stack(model, RNN, n_inputs=5, n_out=4)
    if (model.cells[0].n_hidden, model.cells[0].activation) != (32, "tanh"):
        return "it should be an RNN(5, 32, rng), with tanh."
    y = model.forward(xs).y
    right = np.sum(np.asarray(y)[-1].argmax(axis=-1) == np.arange(4))
    if right == 1:
        return "one of the four symbols is recalled, as by chance. More steps, or a different seed?"
    if right < 4:
        return (
            f"{right} of the 4 symbols are recalled. More steps, a smaller lr, or a different seed."
        )
    return "Right, all four symbols. An RNN can, with a start and a learning rate that suit it."


def race_table(title: str, alt: str, tasks: Sequence[str], counts: dict[str, Array]) -> Picture:
    """Which contestant solved what: ``counts`` by its name, (tasks, learning rates), of ten seeds."""
    from .. import pictures
    from ..race import LEARNING_RATES

    rates = [f"{lr:g}".lstrip("0") for lr in LEARNING_RATES]
    wide, rows = len(rates) + 1, len(counts)  # a column is free between two tasks
    table = np.full((rows, wide * len(tasks) - 1), np.nan)
    for k in range(len(tasks)):
        table[:, wide * k : wide * k + len(rates)] = [count[k] for count in counts.values()]
    figure = pictures.Picture(8.4, 0.3 * rows + 1.2, alt)
    labels = "learning rate", ""
    ax = pictures.axes(figure, title, *labels, (-0.5, table.shape[1] - 0.5), (rows - 0.5, -1.6))
    ax.imshow(table, cmap="Greys", vmin=0, vmax=13, aspect="auto")
    for (row, column), count in np.ndenumerate(table):
        if np.isfinite(count):
            color = "white" if count > 7 else "black"
            ax.text(column, row, f"{count:.0f}", ha="center", va="center", color=color)
    for k, task in enumerate(tasks):
        ax.text(wide * k + 1.5, -1, task, ha="center", va="center", fontweight="bold")
    places = [wide * k + j for k in range(len(tasks)) for j in range(len(rates))]
    ax.set_xticks(places, rates * len(tasks), fontsize=8)
    ax.set_yticks(range(rows), list(counts))
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set_visible(False)
    return figure


def race_curves(figure: Figure, title: str = "Ten seeds, one recipe") -> Update:
    """The errors of ten trainings, and of the reader's own: ``update((curves, own))``.

    ``curves`` are (10, chunks), NaN after a run's end; ``own`` is (n,), which may be 0. A dot stands
    where a run ended.
    """
    from .. import pictures
    from ..race import CHUNK, MOST, SOLVED

    labels = "training step", "error"
    ax = pictures.axes(figure, title, *labels, (0, MOST + 50), (2e-3, 3))
    ax.set_yscale("log")
    ax.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
    ax.minorticks_off()
    ax.axhspan(2e-3, SOLVED, color="0.93", zorder=0)
    ax.text(MOST, 0.0045, "solved", color="0.45", style="italic", ha="right", va="center")
    look: dict[str, Any] = dict(color="0.55", lw=0.9, marker="o", ms=4)
    lines = [ax.plot([], [], **look, markevery=[-1])[0] for _ in range(10)]
    (mine,) = ax.plot([], [], color="0.05", lw=2.2, marker="s", ms=6, markevery=[-1])
    label = ax.text(0, 1, "", fontweight="bold", ha="left", va="bottom")

    def update(result: tuple[ArrayLike, ArrayLike]) -> list[Artist]:
        curves, own = (np.asarray(runs, float) for runs in result)
        for line, curve in zip([*lines, mine], [*curves, own], strict=True):
            curve = np.clip(curve[np.isfinite(curve)], 3e-3, 2.5)
            line.set_data(CHUNK * np.arange(1, len(curve) + 1), curve)
        if len(own):
            label.set_position((CHUNK * len(own), 1.15 * float(np.clip(own[-1], 3e-3, 2.5))))
            label.set_text("  yours")
        return [*lines, mine, label]

    return update


def own_run(title: str, alt: str, curves: Array, own: Array) -> Picture:
    """The reader's own training among ten stored ones; see `race_curves`."""
    from .. import pictures

    figure = pictures.Picture(7.0, 3.0, alt)
    race_curves(figure, title)((curves, own))
    return figure
