"""Lesson 9, the bridge to other frameworks: its guesses, exercises, stored layers and its drawing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array
from .tables import function

if TYPE_CHECKING:
    from ..pictures import Picture

GUESSES: dict[str, dict[str, Any]] = {
    "two": {
        "question": "In PyTorch you set the forget gate's part of both biases to 1. What does the gate"
        " start at, where x and h are 0?",
        "tolerance": 0.02,
        "why": {
            0.6: "A bias of 0 would make 0.5. These push it open.",
            0.85: "That is sigmoid(1), what one bias of 1 makes. A layer of PyTorch has two, and they are"
            " added.",
            0.92: "The two biases are added, and sigmoid(2) is what comes out. If you wanted sigmoid(1),"
            " set one of them to 0.",
            np.inf: "Then the biases would have to make more than 2. A gate of exactly 1 would need a"
            " bias near 40.",
        },
    },
    "axes": {
        "question": "You have 32 sequences of 50 steps, 3 numbers each: an array (32, 50, 3). You give"
        " it to a layer that expects (steps, sequences, numbers). What happens?",
        "choices": {
            "error": "an error: the shape is wrong",
            "same": "the right answers: the layer sees which axis is which",
            "other": "different numbers, and not a word",
        },
        "why": {
            "error": "Only the last axis can be checked, since W_x has a width. 32 is as good a number"
            " of steps as 50, so nothing is wrong with the shape.",
            "same": "An array does not say what its axes mean. The layer walks along the first one: here"
            " from one sequence to the next.",
            "other": "It walks along the first axis, so a state runs from sequence to sequence, and each"
            " step is taken for a sequence of its own. The answer even has the shape that you expect.",
        },
    },
}


@function(*((np.sin(np.arange(24.0) + k).reshape(3, 2, 4),) for k in range(2)))
def both_ends(output: Array) -> Mapping[str, Array]:
    """The summary of a bidirectional layer, from its output (T, B, 2 H)."""
    forward, reverse = np.split(output, 2, axis=-1)
    return {
        "Right. Each direction is taken where it has read everything.": np.concatenate(
            [forward[-1], reverse[0]], axis=-1
        ),
        "at the last step the reverse direction has read one step only.": output[-1],
        "at the first step the forward direction has read one step only.": output[0],
        "these are the ends where each direction has just begun.": np.concatenate(
            [forward[0], reverse[-1]], axis=-1
        ),
        "reverse comes after forward in h_n, and in output too.": np.concatenate(
            [reverse[0], forward[-1]], axis=-1
        ),
    }


@function(*((np.cos(np.arange(12.0) + k).reshape(2, 6),) for k in range(2)))
def keras_gru(kernel: Array) -> Mapping[str, Array]:
    """Our Wx (3 H, D) from a Keras GRU's kernel (D, 3 H): z, r, h, and z keeps the old."""
    z, r, n = np.split(kernel.T, 3)
    return {
        "Right. Turned, in the order r z n, and z with its sign changed.": np.concatenate(
            [r, -z, n]
        ),
        "in Keras z keeps the old, here it takes the new. What does that change?": np.concatenate(
            [r, z, n]
        ),
        "the blocks are still in Keras's order.": np.concatenate([z, r, n]),
        "the sign is right, the order is still Keras's.": np.concatenate([-z, r, n]),
        "only z means something else there. The others keep their signs.": np.concatenate(
            [-r, -z, -n]
        ),
    }


MODEL = files("lstm_lessons") / "data" / "torch_model.safetensors"


def torch_layers() -> dict[str, Any]:
    """Layers of torch.nn and what they answered, as `scripts/torch_layers.py` has stored them.

    "xs" (6, 2, 3), "lengths", "message", "made by", "packed"; and by name "one", an LSTM(3, 4), and
    "RNN", "LSTM", "GRU" of two layers in both directions: a dict of state_dict, output, h_n, and c_n.
    "times" has of an LSTM and a GRU the microseconds that a step took there, (2,): as it comes, and
    with oneDNN switched off.
    """
    layers: dict[str, Any] = {}
    with (files("lstm_lessons") / "data" / "torch_layers.npz").open("rb") as stored:
        for key, value in np.load(stored).items():
            *path, last = key.split("/")
            place = layers
            for name in path:
                place = place.setdefault(name, {})
            place[last] = value if value.ndim or value.dtype.kind != "U" else str(value)
    return layers


def reach(title: str, alt: str, starts: Mapping[str, tuple[Array, Array]], steps: float) -> Picture:
    """A forget gate's bias and the half-life that it alone makes, a mark a unit, for each start.

    ``starts`` by name: biases (H,) and half-lives (H,). A line stands at ``steps``, the length of a task.
    """
    from .. import pictures

    def draw(figure: Picture) -> None:
        ax = pictures.axes(
            figure, title, "bias of the forget gate", "half-life (steps)", (-1.2, 5.2), (0.4, 300)
        )
        ax.set_yscale("log")
        ax.set_yticks([1, 10, 100], ["1", "10", "100"])
        ax.minorticks_off()
        ax.axhline(steps, color="0.5", ls=":", lw=1)
        ax.text(-1.15, 1.1 * steps, f"{steps:g} steps", color="0.4", va="bottom")
        marks = zip(starts.items(), "so^", ("white", "0.75", "0.45"), strict=False)
        for (name, (biases, halves)), mark, fill in marks:
            look: dict[str, Any] = dict(mfc=fill, mec=pictures.COLORS["f"], ms=6, ls="none")
            ax.plot(biases, halves, marker=mark, **look)
            one = int(np.argmin(np.abs(biases - np.median(biases))))
            left = biases[one] > 3  # above the marks there, and below them elsewhere
            label: dict[str, Any] = dict(fontweight="bold", va="bottom" if left else "top")
            label |= dict(ha="right" if left else "left")
            aside = biases[one] + (-0.25 if left else 0.25), halves[one] * (1.1 if left else 0.8)
            ax.text(*aside, name, **label)

    return pictures.still(draw, alt)
