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

    from ..pictures import Picture, Update


GUESSES: dict[str, dict[str, Any]] = {
    "usual": dict(
        question="City, learning rate 0.01. Which of the three solves it in most of ten seeds: the RNN,"
        " the LSTM with chrono, the GRU with chrono?",
        choices={
            "all": "all three",
            "gates": "only the LSTM and the GRU",
            "else": "a different set of them",
        },
        why={
            "all": "At this learning rate the RNN's error falls in none of the ten seeds. Choose the"
            " city and the RNN in the panel further down, and look at its ten curves.",
            "gates": "Most seeds of the two with gates get there, and none of the RNN's. Before you"
            " conclude anything from that: what has nobody moved here yet?",
            "else": "You may have expected a gated cell to fail as well. It can: started with all"
            " biases at 0, the LSTM solved the city in none of ten seeds at any of the four rates."
            " With chrono both do, mostly.",
        },
    ),
    "slower": dict(
        question="The same RNN, the same start, the same batches: only the learning rate is 0.003"
        " instead of 0.01. In how many of ten seeds does it solve the city now?",
        choices={0.5: "in none", 5.5: "in 1 to 5", np.inf: "in more than half"},
        why={
            0.5: "That an RNN cannot carry a city this far is what the first race seemed to say. It"
            " said so at one learning rate. Set lr to 0.003 in the cell below, and train one.",
            5.5: "A third of the step helps more than that. In the panel further down choose the city"
            " and the RNN, and drag log₁₀ lr from −2 to −2.5.",
            np.inf: "The RNN could do it all along. At 0.01 its ten trainings all stay at chance; at"
            " 0.003 most of them end with the task solved.",
        },
    ),
    "widest": dict(
        question="Give each of the ten contestants its best of four learning rates, task by task."
        " How many then solve all four tasks in at least nine of ten seeds?",
        tolerance=1,
        why={
            4: "Hardly any start would suit all four tasks then. But each may take a different"
            " learning rate for each task, and most starts with gates do get through.",
            6.5: "They are the three GRUs, and the two LSTMs whose forget gates chrono has opened. The"
            " others each miss something: the RNNs adding, the other LSTMs recall.",
            9.5: "You may trust any cell with gates. All eight of them solve adding, but recall stops"
            " three: LSTMs whose forget gates start half open, or with a bias of only 1.",
            np.inf: "Then every contestant would solve everything. Look for the zeros in the table:"
            " adding stops the RNN, and recall two of the LSTMs.",
        },
    ),
    "halves": dict(
        question="The LSTM, adding, learning rate 0.01. Which start solves it in the fewest training"
        " steps?",
        choices={
            "LSTM, chrono": "chrono, both halves",
            "LSTM, chrono's f alone": "its open forget gates alone",
            "LSTM, chrono's i alone": "its shut input gates alone",
            "LSTM, zeros": "neither half: all biases at 0",
        },
        why={
            "LSTM, chrono": "Each half helps at this rate, and together they help most: open forget gates"
            " keep what is there, and shut input gates keep the other steps from piling up on it.",
            "LSTM, chrono's f alone": "Open forget gates are the half that one usually hears of. Alone,"
            " at this rate, they are quicker than nothing, and slower than with shut input gates"
            " beside them.",
            "LSTM, chrono's i alone": "Shut input gates keep out what is not asked for. Alone they"
            " help a little at this rate; at 0.003 and below they help more than open forget gates do.",
            "LSTM, zeros": "Training can open and shut every gate by itself, and here it does. It just"
            " has the longest way to go: of the four this start is the slowest.",
        },
    ),
    "helps": dict(
        question="Adding, learning rate 0.01, about as many parameters: who needs fewer training"
        " steps?",
        choices={
            "two": "two layers, clearly",
            "same": "no clear difference",
            "one": "one layer, clearly",
        },
        why={
            "two": "Deeper is often taken for better. A second layer can read what the first has made"
            " of the input; perhaps there is little in adding to be read in two stages.",
            "same": "In these two seeds the second layer buys nothing that width does not buy. Put other"
            " seeds into the cell: now and then one needs far longer.",
            "one": "A second layer could have made the way of the gradient harder. In these two seeds"
            " it costs nothing either. Put other seeds into the cell: some are slower.",
        },
    ),
}


def _size(units: float) -> str:
    if units != int(units) or units < 1:
        return f"{units:g} is no whole number of units, 1 or more."
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

    columns = [f"{lr:g}".lstrip("0") for lr in LEARNING_RATES] * len(tasks)
    apart = len(LEARNING_RATES) + 1  # a column is free between two tasks
    places = [k for k in range(apart * len(tasks) - 1) if k % apart < len(LEARNING_RATES)]
    table = np.full((len(counts), places[-1] + 1), np.nan)
    table[:, places] = [np.ravel(count) for count in counts.values()]
    middles = [apart * k + (apart - 2) / 2 for k in range(len(tasks))]

    def draw(figure: Picture) -> None:
        shown = table.T if figure.narrow else table
        rows, wide = shown.shape
        figure.set_figheight(0.26 * rows + (2.4 if figure.narrow else 1.6))
        lowest = (rows - 0.5, -0.5 if figure.narrow else -1.6)
        ax = pictures.axes(
            figure, title, "learning rate", "", (-0.5, wide + 0.5 * figure.narrow - 0.5), lowest
        )
        ax.imshow(shown, cmap="Greys", vmin=0, vmax=13, aspect="auto")
        for (row, column), count in np.ndenumerate(shown):
            if np.isfinite(count):
                color = "white" if count > 7 else "black"
                ax.text(column, row, f"{count:.0f}", ha="center", va="center", color=color)
        bold: dict[str, Any] = dict(ha="center", va="center", fontweight="bold")
        if figure.narrow:
            ax.set_yticks(places, columns, fontsize=9)
            ax.set(xlabel="", ylabel="learning rate")
            turn: dict[str, Any] = dict(rotation=60, ha="right", rotation_mode="anchor")
            ax.set_xticks(range(wide), list(counts), fontsize=9, **turn)
            for middle, task in zip(middles, tasks, strict=True):
                ax.text(wide, middle, task, rotation=90, **bold)
        else:
            ax.set_xticks(places, columns, fontsize=8)
            ax.set_yticks(range(rows), list(counts), fontsize=9)
            for middle, task in zip(middles, tasks, strict=True):
                ax.text(middle, -1, task, **bold)
        ax.tick_params(length=0)
        ax.grid(False)
        ax.spines[:].set_visible(False)

    return pictures.still(draw, alt)


def race_curves(figure: Picture, title: str = "Ten seeds, one recipe") -> Update:
    """The errors of ten trainings, and of the reader's own: ``update((curves, own))``.

    ``curves`` are (10, chunks), NaN after a run's end; ``own`` is (n,), which may be 0. A dot stands
    where a run ended.
    """
    from .. import pictures
    from ..race import CHUNK, MOST, SOLVED

    ax = pictures.error_axes(figure, title, "error", MOST, SOLVED)
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

    return pictures.still(lambda figure: race_curves(figure, title)((curves, own)), alt)
