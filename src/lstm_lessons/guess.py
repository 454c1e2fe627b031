"""A guess, made before looking and kept beside the computed answer."""

from __future__ import annotations

import pathlib

import anywidget
import traitlets

from . import pictures
from .cells import checked

HERE = pathlib.Path(__file__).parent


class Kept(traitlets.TraitType):
    """A guess: one of the choices, a number if there are none, or None before it was made."""

    def __init__(self):
        super().__init__(None, allow_none=True)
        self.tag(sync=True)

    def validate(self, guess, value):
        if guess.choices and value not in guess.choices:
            raise ValueError(f"value: got {value!r}, expected one of {guess.choices}")
        return value if guess.choices else float(checked("value", value, ()))


class Guess(anywidget.AnyWidget):
    """A question to answer before looking. The reader commits; the guess stays and is not lost.

    ``choices`` is a list of texts; without it the guess is a number, right within ``tolerance``.
    ``reveal(answer)`` prints the computed answer beside the guess, and the widget shows it too,
    once a guess has been made. ``value`` is the guess, None before.
    """

    _ipython_display_ = None  # ipywidgets 7 has one, which would go before our MIME bundle
    _esm = (HERE / "guess.js").read_text(encoding="utf-8")
    _css = (HERE / "guess.css").read_text(encoding="utf-8")

    question = traitlets.Unicode(read_only=True).tag(sync=True)
    choices = traitlets.List(read_only=True).tag(sync=True)
    value = Kept()
    answer = traitlets.Unicode("").tag(sync=True)

    def __init__(self, question: str, choices=(), tolerance: float = 0.0):
        if not isinstance(question, str) or not question.strip():
            raise TypeError(f"question: got {question!r:.60}, expected a sentence")
        if not isinstance(choices, (list, tuple)) or not all(isinstance(c, str) for c in choices):
            raise TypeError(f"choices: got {choices!r:.60}, expected a list of texts")
        if len(choices) == 1 or len(set(choices)) < len(choices):
            raise ValueError(f"choices: got {list(choices)}, expected two or more, all different")
        self.tolerance = float(checked("tolerance", tolerance, (), low=0))
        self.set_trait("question", question)
        self.set_trait("choices", list(choices))
        super().__init__()

    def reveal(self, answer) -> None:
        """Show what was computed, and whether the guess was it. Raises if it is not among the choices."""
        if self.choices and answer not in self.choices:
            raise ValueError(f"answer: got {answer!r}, expected one of {self.choices}")
        if not self.choices:
            answer = float(checked("answer", answer, ()))
        self.answer = self._shown(answer)
        # Where all cells run in one go, a guess that the browser has kept comes only after this.
        verdict = "Compare it with your guess above."
        if self.value is not None:
            right = self.value == answer
            if not self.choices:
                right = abs(self.value - answer) <= self.tolerance
            verdict = f"You guessed {self._shown(self.value)}{', and you were right' * right}."
        print(f"Computed: {self.answer}. {verdict}")

    def _shown(self, value) -> str:
        return value if self.choices else f"{value:.10g}"

    def __repr__(self):
        return f"Guess: {self.question}"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        card = pictures.question_card(self.question, self.choices)
        return pictures.with_png(card, repr(self), data, metadata)
