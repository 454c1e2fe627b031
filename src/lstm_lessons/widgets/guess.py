"""A guess, made before looking and kept beside the computed answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from .. import pictures
from ..arguments import as_number, one_of
from .base import Checked, Widget, script, style


def _kept(name: str, value: Any, guess: Guess) -> str | float | None:
    if value is None:  # not made yet
        return None
    return one_of(name, value, guess.texts) if guess.texts else as_number(name, value)


class Guess(Widget):
    """A question to answer before looking. The reader commits; the guess stays and is not lost.

    ``choices`` is a dict of texts, by keys, or by the numbers below which they hold: these rise, and
    the last is infinity, so that every number has its answer. Without it the guess is a number, right
    within ``tolerance``. ``reveal(answer)`` takes a key or a number. It prints the computed answer
    beside the guess, and the widget shows it too, once a guess has been made. ``value`` is the guess,
    a key or a number, None before; the key of a choice by numbers is its number as a text.
    """

    _esm = script("guess")
    _css = style("guess")

    question = traitlets.Unicode(read_only=True).tag(sync=True)
    choices: traitlets.List = traitlets.List(read_only=True).tag(sync=True)  # pairs (key, text)
    value = Checked(_kept)
    answer = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(
        self, question: str, choices: Mapping[Any, str] | None = None, tolerance: float = 0.0
    ):
        if not isinstance(question, str) or not question.strip():
            raise TypeError(f"question: got {question!r:.60}, expected a sentence")
        self.texts, self._bounds = _checked(choices)
        self.tolerance = as_number("tolerance", tolerance, low=0)
        self.set_trait("question", question)
        self.set_trait("choices", [list(pair) for pair in self.texts.items()])
        super().__init__()

    def reveal(self, answer: Any) -> None:
        """Show what was computed, and whether the guess was it. Raises for what can be no answer."""
        right, shown = self._judge(answer)
        self.set_trait("answer", shown)
        # Where all cells run in one go, a guess that the browser has kept comes only after this.
        verdict = "Compare it with your guess above."
        if self.value is not None:
            guessed = self.texts[self.value] if self.texts else f"{self.value:.10g}"
            verdict = f"You guessed {guessed}{', and you were right' * right}."
        print(f"Computed: {self.answer}. {verdict}")

    def _judge(self, answer: Any) -> tuple[bool, str]:
        """Is the guess that answer? And how the answer is shown."""
        if self.texts and not self._bounds:
            key = one_of("answer", answer, self.texts)
            return key == self.value, self.texts[key]
        number = as_number("answer", answer)
        if not self._bounds:
            near = self.value is not None and abs(self.value - number) <= self.tolerance
            return near, f"{number:.10g}"
        key = next(key for key, bound in self._bounds.items() if number < bound)
        return key == self.value, f"{number:.3g}, that is {self.texts[key]}"

    def __repr__(self) -> str:
        return f"Guess: {self.question}"

    def still(self) -> pictures.Picture:
        return pictures.question_card(self.question, [*self.texts.values()] or ["a number: …"])


def _checked(choices: Any) -> tuple[dict[str, str], dict[str, float]]:
    """The texts by key; and the bounds by key, if there are any."""
    if choices is None:
        return {}, {}
    if not isinstance(choices, Mapping) or not all(isinstance(c, str) for c in choices.values()):
        raise TypeError(f"choices: got {choices!r:.60}, expected a dict of texts")
    if len(choices) < 2 or len(set(choices.values())) < len(choices):
        got = repr(dict(choices))
        raise ValueError(f"choices: got {got:.60}, expected two or more, all different")
    if all(isinstance(key, str) for key in choices):
        return dict(choices), {}
    if any(isinstance(key, (str, bool)) or not isinstance(key, (int, float)) for key in choices):
        raise TypeError(f"choices: got the keys {list(choices)!r:.60}, expected texts or numbers")
    bounds = {f"{key:g}": float(key) for key in choices}
    if list(bounds.values()) != sorted(set(bounds.values())) or max(choices) != float("inf"):
        got = repr(list(choices))
        raise ValueError(f"choices: got the keys {got:.60}, expected them to rise to infinity")
    return dict(zip(bounds, choices.values(), strict=True)), bounds
