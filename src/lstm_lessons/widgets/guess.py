"""A guess, made before looking and kept beside the computed answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets

from .. import pictures
from ..arguments import as_number, one_of
from .base import Checked, Widget, script, style


def _answer(name: str, value: Any, choices: Sequence[str]) -> str | float:
    """One of the choices, or a number if there are none."""
    return one_of(name, value, choices) if choices else as_number(name, value)


def _kept(name: str, value: Any, guess: Any) -> str | float | None:
    return None if value is None else _answer(name, value, guess.choices)  # None: not made yet


class Guess(Widget):
    """A question to answer before looking. The reader commits; the guess stays and is not lost.

    ``choices`` is a list of texts; without it the guess is a number, right within ``tolerance``.
    ``reveal(answer)`` prints the computed answer beside the guess, and the widget shows it too,
    once a guess has been made. ``value`` is the guess, None before.
    """

    _esm = script("guess")
    _css = style("guess")

    question = traitlets.Unicode(read_only=True).tag(sync=True)
    choices: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    value = Checked(_kept)
    answer = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(self, question: str, choices: Sequence[str] = (), tolerance: float = 0.0):
        if not isinstance(question, str) or not question.strip():
            raise TypeError(f"question: got {question!r:.60}, expected a sentence")
        if not isinstance(choices, (list, tuple)) or not all(isinstance(c, str) for c in choices):
            raise TypeError(f"choices: got {choices!r:.60}, expected a list of texts")
        if len(choices) == 1 or len(set(choices)) < len(choices):
            got = repr(list(choices))
            raise ValueError(f"choices: got {got:.60}, expected two or more, all different")
        self.tolerance = as_number("tolerance", tolerance, low=0)
        self.set_trait("question", question)
        self.set_trait("choices", list(choices))
        super().__init__()

    def reveal(self, answer: Any) -> None:
        """Show what was computed, and whether the guess was it. Raises if it is not among the choices."""
        answer = _answer("answer", answer, self.choices)
        self.set_trait("answer", self._shown(answer))
        # Where all cells run in one go, a guess that the browser has kept comes only after this.
        verdict = "Compare it with your guess above."
        if self.value is not None:
            right = self.value == answer
            if not self.choices:
                right = abs(self.value - answer) <= self.tolerance
            verdict = f"You guessed {self._shown(self.value)}{', and you were right' * right}."
        print(f"Computed: {self.answer}. {verdict}")

    def _shown(self, value: Any) -> str:
        return value if self.choices else f"{value:.10g}"

    def __repr__(self) -> str:
        return f"Guess: {self.question}"

    def still(self) -> pictures.Picture:
        return pictures.question_card(self.question, self.choices)
