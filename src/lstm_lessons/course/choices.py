"""Lesson 10, its part on choices: guesses, exercises, and the drawings that only it uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array, as_array
from ..cells import GRU
from .exercise import ask, exercise, own_cell

if TYPE_CHECKING:
    from matplotlib.artist import Artist

    from ..pictures import Picture, Update

GUESSES: dict[str, dict[str, Any]] = {
    "costs": dict(
        question="Take one part out of the LSTM and give the parameters to more units. Adding over 40"
        " steps, each at its best of three learning rates: which is missed most, counted in"
        " training steps?",
        choices={
            "no input gate": "the input gate: i is always 1",
            "no forget gate": "the forget gate: f is always 1",
            "no output gate": "the output gate: o is always 1",
            "no second tanh": "the second tanh: h = o · c",
        },
        why={
            "no input gate": "In adding, 38 of the 40 numbers must not get in, and without this gate"
            " only the candidate itself can keep them out, by being near 0.",
            "no forget gate": "Two numbers are to be kept to the end, so you might think that nothing"
            " need be forgotten. Without this gate it still took about three times the steps.",
            "no output gate": "It keeps a stored value from the other gates until it is wanted. That"
            " helps a little here; the sum is asked for once, and may show all the time.",
            "no second tanh": "It keeps h between −1 and 1. A sum of two numbers is small anyway, so"
            " there is little to bound here.",
        },
    ),
    "survive": dict(
        question="Dropout on c, a quarter of the units at each step, with a fresh mask: of 10,000"
        " units that hold a 1, how many still hold anything after 20 steps?",
        tolerance=10,
        why={
            10: "So few are left after 30 steps or so. At each step three quarters of those that are"
            " left go on.",
            50: "A unit must be spared 20 times running, with a chance of 0.75 each time: 0.75²⁰ is"
            " about 0.3 %. It is a forget gate of 0.75 on average.",
            1000: "About 560 are left after 10 steps. After 20 the same share of those: it is a"
            " power, as for a forget gate.",
            6000: "The losses do not stop at a half or a quarter. Each step takes a quarter of those"
            " that are still there.",
            np.inf: "A quarter is lost at every step, not once: one mask for all 20 steps would leave"
            " 7,500.",
        },
    ),
}


@exercise
def drop_once(mask: Any) -> str:
    """Give mask(T, B, H, share, rng): dropout's factors (T, B, H), one mask for all steps."""
    share, rng = 0.25, np.random.default_rng(0)
    made = as_array("what your function returns", ask(mask, 30, 40, 50, share, rng), (30, 40, 50))
    values, kept = np.unique(np.round(made, 9)), np.mean(made != 0)
    if len(values) == 1:
        return f"all factors are {values[0]:g}. Some should be 0, and the others alike."
    if len(values) != 2 or values[0] != 0:
        return f"a factor should be 0 or one other number; among yours are {values[0]:g} and {values[-1]:g}."
    if not np.array_equal(made, np.broadcast_to(made[:1], made.shape)):
        return "it changes from step to step. Draw one mask, (1, B, H), and use it at all of them."
    if np.array_equal(made, np.broadcast_to(made[:, :1], made.shape)):
        return "all sequences have the same mask. Draw one for each of them, (1, B, H)."
    if abs(kept - share) < 0.1:
        return f"with share = {share} it keeps {kept:.0%} and drops the others. It should be the other way round."
    if abs(kept - (1 - share)) > 0.1:
        return f"with share = {share} it keeps {kept:.0%} of the values, and should keep 75%."
    if abs(values[1] - 1 / (1 - share)) > 1e-6:
        return f"what is kept is multiplied by {values[1]:g}. For a mean of 1 it should be 1 / (1 - share)."
    return "Right. One mask for each sequence, the same at all its steps, and a mean of 1."


@exercise
def sums_anew(cell: Any) -> str:
    """Set the weights of GRU(2, 1, rng): h is a hundredth of the sum since the last mark."""
    from ..choices import sums

    cell = own_cell(cell, GRU, n_inputs=2)
    xs, total = next(sums(np.random.default_rng(0), B=50))
    off = np.abs(100 * cell.forward(xs).h - total)
    if off.max() <= 0.05:
        held = cell.forward(xs, override={"r": 1.0}).h
        worse = np.abs(100 * held - total).max()
        return (
            "Right, on 50 sequences, with an error of at most"
            f" {off.max():.2f}. With r held at 1 your cell would be wrong by up to {worse:.2g}."
        )
    t, row = np.argwhere(off[..., 0] > 0.05)[0]
    got, due = 100 * cell.forward(xs).h[t, row, 0], total[t, row, 0]
    if t == 0:
        return f"at the first step, with a mark, 100 h should be {due:.2f}, and is {got:.2f}."
    if xs[t, row, 1]:
        return f"at a mark, step {t + 1}, the sum should begin anew: 100 h should be {due:.2f}, and is {got:.2f}."
    return f"without a mark, step {t + 1}, the sum should go on: 100 h should be {due:.2f}, and is {got:.2f}."


def steps_taken(title: str, alt: str, steps: Mapping[str, Mapping[str, ArrayLike]]) -> Picture:
    """How many steps each choice took, in a row each: ``steps`` by its task and its name, (seeds,).

    A dot is a seed, a bar their median; those that are not solved are infinite and stand at the right
    edge, as crosses. The first name is the one that the others are compared with: a line marks its median.
    """
    from .. import pictures

    names = list(next(iter(steps.values())))
    rows = np.arange(len(names))

    def draw(figure: Picture) -> None:
        high = 0.21 * len(names) + 0.9
        figure.set_figheight(high * len(steps) if figure.narrow else high)
        for k, (task, by_name) in enumerate(steps.items()):
            head = title if k == 0 else ""
            where = (len(steps), k + 1)
            ax = pictures.axes(
                figure,
                head,
                f"training steps, {task} (×: unsolved)",
                "",
                (0, 2300),
                (-0.6, 0),
                where,
            )
            ax.set_ylim(len(names) - 0.4, -0.6)
            for row, name in enumerate(names):
                taken = np.asarray(by_name[name], float)
                done = taken[np.isfinite(taken)]
                ax.plot(done, np.full(len(done), row), "o", color="0.45", ms=4, alpha=0.7)
                lost = np.count_nonzero(~np.isfinite(taken))
                if lost:
                    ax.plot(2100, row, "x", color="0.05", ms=5)
                    ax.text(2140, row, f"{lost}", va="center", fontsize=8)
                median = np.median(taken)
                if np.isfinite(median):
                    ax.plot([median, median], [row - 0.38, row + 0.38], color="0.05", lw=2)
            base = np.median(np.asarray(by_name[names[0]], float))
            ax.axvline(base, color="0.05", ls=":", lw=1)
            ax.set_yticks(rows, names if k == 0 or figure.narrow else [""] * len(names), fontsize=8)
            ax.set_xticks([0, 500, 1000, 1500, 2000])
            ax.tick_params(axis="y", length=0)

    return pictures.still(draw, alt)


def choice_curves(figure: Picture) -> Update:
    """The errors of one choice's seeds, and of the LSTM as it is: ``update((curves, usual))``.

    Both are (seeds, chunks), NaN after a run's end. A mark stands where a run ended.
    """
    from .. import pictures
    from ..choices import CHUNK, MOST, SOLVED

    title = "One choice as heavy lines, the LSTM as it is as thin ones"
    ax = pictures.error_axes(figure, title, "error on new sequences", MOST, SOLVED)
    looks: Sequence[dict[str, Any]] = (
        dict(color="0.6", lw=1.0, ls="--", marker="o", ms=4, mfc="white"),
        dict(color="0.05", lw=1.3, marker="s", ms=5),
    )
    lines = [[ax.plot([], [], **one, markevery=[-1])[0] for _ in range(10)] for one in looks]

    def update(result: tuple[ArrayLike, ArrayLike]) -> list[Artist]:
        chosen, usual = (np.asarray(runs, float) for runs in result)
        for group, runs in zip(lines, (usual, chosen), strict=True):
            for line, run in zip(group, runs, strict=False):
                curve = np.clip(_ended(run), 3e-3, 2.5)
                line.set_data(CHUNK * np.arange(1, len(curve) + 1), curve)
        return [line for group in lines for line in group]

    return update


def _ended(run: Array) -> Array:
    return run[~np.isnan(run)]
