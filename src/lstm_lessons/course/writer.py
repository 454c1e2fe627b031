"""A network that writes, the last part of lesson 9: its guesses, its exercise, and a picture."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import Array
from .tables import function

if TYPE_CHECKING:
    from ..pictures import Picture, Update

GUESSES: dict[str, dict[str, Any]] = {
    "likeliest": dict(
        question="It begins with “the ” and always takes the likeliest next character, 300 times. What"
        " does it write?",
        choices={
            "best": "its best text: every choice is the best one",
            "loop": "after a while the same words, again and again",
            "noise": "noise: one wrong character leads to the next",
        },
        why={
            "best": "Each character is the likeliest after those before it. But the likeliest sentence"
            " is not made of them, and nothing ever makes it leave a beaten track.",
            "loop": "What comes next depends on the state alone. Once the state comes back to where it"
            " was, or nearly, everything after it repeats.",
            "noise": "The likeliest characters are the ones it is surest of, so the words are mostly"
            " right. What is missing is any change.",
        },
    ),
    "caught_up": dict(
        question="The network reads new text in pieces of 50 characters, and its state is reset before"
        " each. After how many characters does it pay at most 0.1 bit more than one whose state"
        " was carried on?",
        tolerance=2,
        why={
            3.5: "One or two characters say little: is this the middle of a word? At the third it still"
            " pays more than half a bit more.",
            9.5: "Half a word is enough for most of what it knows. It is a small network, trained on"
            " little text, and looks back on words more than on sentences.",
            30: "It would take that long if much hung on the sentence before. Most of what this network"
            " can tell of the next character stands in the last few.",
            np.inf: "Then a reset would cost to the end of the piece. For this network the far past is"
            " worth next to nothing; for one that knows a topic it would be.",
        },
    ),
}


def _drawn(chances: Array, u: float) -> float:
    return float(np.searchsorted(np.cumsum(chances), u, side="right"))


def _softmax(y: Array) -> Array:
    e = np.exp(y - y.max())
    return e / e.sum()


_CASES = [
    (np.array([2.0, 1.0, 0.0, -1.0]), temperature, u)
    for temperature in (0.5, 1.0, 3.0)
    for u in (0.05, 0.35, 0.7, 0.85, 0.97)
]


@function(*_CASES, (np.array([1000.0, 1001.0, 999.0]), 1.0, 0.5), otherwise="not all of them.")
def sample(y: Array, temperature: float, u: float) -> dict[str, Any]:
    """The character that is drawn: sample(y, temperature, u) -> its place."""
    right, hot = _softmax(y / temperature), _softmax(y * temperature)
    flat = _softmax(y) / temperature
    return {
        "Right. Scores of 1,000 do no harm, and now it can write.": _drawn(right, u),
        "that is always the likeliest one. u should decide.": float(y.argmax()),
        "the temperature is turned over: a high one should make all chances more alike.": _drawn(
            hot, u
        ),
        "the temperature divides the scores, before the softmax, and not the chances.": _drawn(
            flat / flat.sum(), u
        ),
    }


def next_and_text(figure: Picture) -> Update:
    """What may come next, and what is written: ``update((letters, chances, text))``.

    ``chances`` (K,) are those of the ``letters`` after the beginning of the text; the eight likeliest
    are shown.
    """
    from .. import pictures

    figure.set_figheight(5.2 if figure.narrow else 2.9)
    ax = pictures.axes(figure, "After “the ”", "chance", "", (0, 1.05), (7.6, -0.6), (3, 1))
    bars = ax.barh(range(8), np.zeros(8), color="0.35")
    ax.set_yticks(range(8), [""] * 8)
    ax.tick_params(axis="y", length=0)
    names = [ax.text(-0.03, k, "", ha="right", va="center") for k in range(8)]
    page = pictures.axes(figure, "What it writes", "", "", (0, 1), (0, 1), (3, (2, 3)))
    page.axis("off")
    look: dict[str, Any] = dict(va="top", family="monospace", fontsize=9, linespacing=1.5)
    written = page.text(0, 0.97, "", **look)

    def update(result: tuple[str, Array, str]) -> list[Any]:
        letters, chances, text = result
        order = np.argsort(-chances, kind="stable")[:8]
        for bar, name, k in zip(bars, names, order, strict=True):
            bar.set_width(chances[k])
            name.set_text({" ": "space", "\n": "line"}.get(letters[k], letters[k]))
        wide = 33 if figure.narrow else 56
        lines = [line for part in text.split("\n") for line in textwrap.wrap(part, wide) or [""]]
        written.set_text("\n".join(lines[:9]))
        return [*bars, *names, written]

    return update
