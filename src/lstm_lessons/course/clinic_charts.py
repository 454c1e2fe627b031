"""Lesson 10's clinic: how a measurement of a training looks, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from . import measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..pictures import Picture, Update
    from .trainings import Training

LOWEST = 1e-20  # of a gradient's axis: what is less lies on its floor
STYLES = {"solid": "-", "dashed": "--", "dotted": ":"}


def say(result: tuple[str, str, Training]) -> str:
    """A panel's ``say``: the owner's words, and what is measured."""
    name, what, training = result
    says = (
        f"{name}: \N{LEFT DOUBLE QUOTATION MARK}{training.case.says}\N{RIGHT DOUBLE QUOTATION MARK}"
    )
    return f"{says if training.case.says else 'Healthy.'} {MEASUREMENTS[what][1](training)}"


def chart(figure: Picture) -> Update:
    """A panel's ``draw``: one pair of axes, which is cleared for every measurement."""
    from .. import pictures

    figure.set_figheight(3.5 if figure.narrow else 3.2)
    ax = pictures.axes(figure, "", "", "", (0, 1), (0, 1))
    figure.set_layout_engine("none")
    ax.set_position((0.26, 0.16, 0.48, 0.73) if figure.narrow else (0.13, 0.17, 0.66, 0.72))

    def update(result: tuple[str, str, Training]) -> list[Axes]:
        name, what, training = result
        ax.clear()
        ax.grid(alpha=0.25, lw=0.6)
        ax.tick_params(labelsize=9)
        ax.set_axisbelow(True)
        whose = "Healthy" if name == "healthy" else f"Patient {name}"
        ax.set_title(f"{whose}: {what}", loc="left", **pictures.TITLE)
        MEASUREMENTS[what][0](ax, training)
        return [ax]

    return update


def _lines(ax: Axes, x: ArrayLike, lines: Mapping[str, tuple[Any, str, str]], log: bool) -> None:
    """Lines over x, each with its style and colour, named at their ends; beyond the axis they lie on it."""
    from .. import pictures

    if log:
        ax.set_yscale("log")
        ax.minorticks_off()
    low, high = ax.get_ylim()
    ends = {}
    for name, (values, style, color) in lines.items():
        clipped = np.clip(np.broadcast_to(values, np.shape(x)).astype(float), low, high)
        ax.plot(x, clipped, ls=STYLES[style], color=color, lw=1.9, clip_on=False)
        end = (
            np.log(clipped[-1] / low) / np.log(high / low)
            if log
            else (clipped[-1] - low) / (high - low)
        )
        ends[name] = float(end)
    for name, height in pictures.spread(ends, 0.09, 1.0).items():
        look: dict[str, Any] = dict(va="center", fontsize=9, fontweight="bold")
        ax.text(1.02, height, name, transform=ax.transAxes, color=lines[name][2], **look)


def _loss(ax: Axes, training: Training) -> None:
    record = training.record
    ax.set(xlabel="training step", ylabel="loss", xlim=(0, record.step[-1]), ylim=(1e-3, 1e1))
    lines = {
        "training": (record.loss, "solid", "0.1"),
        "new data": (record.new, "dashed", "0.1"),
        "constant": (training.constant, "dotted", "0.45"),
    }
    _lines(ax, record.step, lines, log=True)


def _say_loss(training: Training) -> str:
    record = training.record
    if not np.isfinite(record.loss[-1]):
        return f"The loss is {record.loss[-2]:.2f} at first, and infinite after {record.step[-1]:.0f} step."
    return (
        f"At the end the loss is {record.loss[-1]:.3f} in training and {record.new[-1]:.3f} on new data;"
        f" for one constant answer {training.constant:.3f}."
    )


def _length(ax: Axes, training: Training) -> None:
    from .. import pictures

    record = training.record
    ax.set(xlabel="training step", ylabel="length of the gradient", ylim=(1e-4, 1e6))
    ax.set_xlim(0, record.step[-1])
    lines = {
        "length": (record.length, "solid", pictures.INK["gradient"]),
        "clip at": (training.case.max_norm, "dotted", "0.1"),
    }
    _lines(ax, record.step, lines, log=True)


def _say_length(training: Training) -> str:
    length = training.record.length[np.isfinite(training.record.length)]
    return (
        f"Before clipping the gradient is {length.min():.2g} to {length.max():.2g} long; it is clipped"
        f" to {training.case.max_norm:g}."
    )


def _width(ax: Axes, training: Training) -> None:
    record = training.record
    ax.set(xlabel="training step", ylabel="$W_h$", xlim=(0, record.step[-1]), ylim=(0, 8))
    lines = {
        "norm": (record.widest, "solid", "0.1"),
        "radius": (record.radius, "dashed", "0.35"),
        "orthogonal": (1.0, "dotted", "0.45"),
    }
    _lines(ax, record.step, lines, log=False)


def _say_width(training: Training) -> str:
    record = training.record
    return (
        f"The largest singular value of W_h, gate by gate, goes from {record.widest[0]:.2f} to"
        f" {record.widest[-1]:.2f}, its spectral radius from {record.radius[0]:.2f} to {record.radius[-1]:.2f}."
    )


def _by_step(ax: Axes, training: Training) -> None:
    from .. import pictures

    path = measure.by_step(training.model, *training.new)
    steps = np.arange(1, len(path) + 1)
    ax.set(xlabel="step t of the sequence", ylabel="gradient by $x_t$", ylim=(LOWEST, 1e2))
    ax.set_xlim(1, len(path))
    _lines(ax, steps, {"$|dL/dx_t|$": (path, "solid", pictures.INK["gradient"])}, log=True)


def _say_by_step(training: Training) -> str:
    path = measure.by_step(training.model, *training.new)
    return (
        f"The loss's gradient by the inputs is {path[0]:.1e} long at the first step, {path[len(path) // 2]:.1e}"
        f" in the middle, {path[-1]:.1e} at the last."
    )


def _bars(ax: Axes, values: Mapping[str, float], limits: tuple[float, float], xlabel: str) -> None:
    ax.set_xscale("log")
    ax.set(xlim=limits, xlabel=xlabel, ylim=(len(values) - 0.4, -0.6))
    ax.minorticks_off()
    for k, value in enumerate(values.values()):
        ax.barh(k, max(value, limits[0]), color="0.55", height=0.6)
        text = "0" if value == 0 else f"{value:.2g}"
        ax.text(1.02, k, text, transform=ax.get_yaxis_transform(), va="center", fontweight="bold")
    ax.set_yticks(range(len(values)), list(values))


def _by_parameter(ax: Axes, training: Training) -> None:
    lengths = measure.by_parameter(training.model, *training.new)
    _bars(ax, lengths, (1e-12, 1e4), "length of the gradient")


def _say_by_parameter(training: Training) -> str:
    lengths = measure.by_parameter(training.model, *training.new)
    return "Lengths: " + ", ".join(f"{name} {value:.2g}" for name, value in lengths.items()) + "."


def _gates(ax: Axes, training: Training) -> None:
    from .. import pictures

    seen = measure.gates(training.model, training.new[0])
    ax.set(xlim=(-1, 1), xlabel="value", ylim=(0, len(seen)))
    ax.set_yticks([])
    for k, (letter, values) in enumerate(reversed(seen.items())):
        low = -1 if letter in "gnh" else 0
        count, edges = np.histogram(np.clip(values, low, 1), bins=40, range=(low, 1))
        ax.stairs(
            k + 0.88 * count / count.max(),
            edges,
            baseline=k,
            fill=True,
            color=pictures.COLORS[letter],
        )
        look: dict[str, Any] = dict(color=pictures.INK[letter], fontweight="bold", va="center")
        ax.text(1.04, k + 0.4, letter, transform=ax.get_yaxis_transform(), **look)


def _say_gates(training: Training) -> str:
    said = []
    for letter, values in measure.gates(training.model, training.new[0]).items():
        shut = (
            np.mean(np.abs(values) > 0.99) if letter in "gnh" else np.mean(abs(values - 0.5) > 0.49)
        )
        said.append(f"{letter} {np.mean(values):.2f} ({shut:.0%})")
    return f"Means, and in brackets the share at an end, within 0.01: {', '.join(said)}."


def _answers(ax: Axes, training: Training) -> None:
    from .. import pictures

    y, target = training.answer(training.rows), training.target
    if target.ndim == 1:
        asked, given = (np.bincount(k, minlength=4) / len(k) for k in (target, y[:, -1].argmax(-1)))
        ax.set(xlabel="class", ylabel="share of new sequences", xlim=(-0.6, 3.6), ylim=(0, 1))
        ax.bar(np.arange(4) - 0.2, asked, 0.38, color="0.75")
        ax.bar(np.arange(4) + 0.2, given, 0.38, color=pictures.COLORS["c"])
        ax.set_xticks(range(4))
        ax.text(1.02, 0.6, "asked for", transform=ax.transAxes, color="0.4", fontweight="bold")
        look: dict[str, Any] = dict(color=pictures.INK["c"], fontweight="bold")
        ax.text(1.02, 0.45, "answered", transform=ax.transAxes, **look)
        return
    shown = slice(0, 20)
    lines = {
        "true": (target[0, shown, 0], "solid", "0.45"),
        "answer": (y[0, shown, 0], "dashed", pictures.INK["c"]),
    }
    if training.case.naive:
        lines["last value"] = (training.case.naive(training.rows)[0, shown, 0], "dotted", "0.1")
    values = np.concatenate([np.ravel(line[0]) for line in lines.values()])
    room = 0.1 * (values.max() - values.min())
    ax.set(xlabel="step t of one new sequence", ylabel="value", xlim=(1, 20))
    ax.set_ylim(values.min() - room, values.max() + room)
    ax.set_xticks(range(2, 21, 3))
    _lines(ax, np.arange(1, 21), lines, log=False)


def _say_answers(training: Training) -> str:
    y, target = training.answer(training.rows), training.target
    if target.ndim == 1:
        return f"{training.right:.0%} of the answers are right; one constant answer: {np.bincount(target).max() / len(target):.0%}."
    last = f", repeating the last value {training.naive:.3g}" if training.case.naive else ""
    return (
        f"Mean squared error {training.loss:.3g}; one constant answer {training.constant:.3g}{last}."
        f" The answers' standard deviation is {np.std(y):.3f}, that of what is true {np.std(target):.3f}."
    )


def _moved(ax: Axes, training: Training) -> None:
    named = {"twice": "asked twice", "neighbours": "neighbours", "future": "future"}
    moved = {named[key]: value for key, value in training.moved.items()}
    _bars(ax, moved, (1e-4, 10), "how far answers move")


def _say_moved(training: Training) -> str:
    said = ", ".join(f"{name} {value:.2g}" for name, value in training.moved.items())
    return f"As a share of the answers' standard deviation: {said}."


def losses(name: str, sick: Training, treated: Training) -> Picture:
    """The loss on new data of two trainings, as a share of the naive forecast's, or a constant answer's."""
    from .. import pictures

    against = "last value" if sick.case.naive else "constant"
    last = max(sick.record.step[-1], treated.record.step[-1])

    def draw(figure: Picture) -> None:
        figure.set_figheight(2.9 if figure.narrow else 2.4)
        ax = pictures.axes(
            figure, f"Patient {name}, as it was and treated", "training step",
            f"loss on new data\n\N{DIVISION SIGN} that of the {against}", (0, last), (1e-2, 1e1),
        )  # fmt: skip
        for label, one, color, style in (
            ("as it was", sick, "0.45", "dashed"), ("treated", treated, "0.05", "solid"),
        ):  # fmt: skip
            _lines(
                ax, one.record.step, {label: (one.record.new / one.naive, style, color)}, log=True
            )
        ax.axhline(1, color="0.45", ls=":")

    return pictures.still(
        draw, f"The loss of patient {name} over the training, as it was and treated."
    )


# How each is drawn, and what is said of it.
MEASUREMENTS: dict[str, tuple[Callable[..., None], Callable[..., str]]] = {
    "loss": (_loss, _say_loss),
    "length of the gradient": (_length, _say_length),
    "gradient by step": (_by_step, _say_by_step),
    "gradient by parameter": (_by_parameter, _say_by_parameter),
    "norm and radius of $W_h$": (_width, _say_width),
    "gates": (_gates, _say_gates),
    "answers": (_answers, _say_answers),
    "what moves answers": (_moved, _say_moved),
}
