"""A guess, made before looking: the card keeps the computed answer shut until there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets
from IPython.utils.capture import capture_output

from .. import pictures
from ..arguments import as_number, one_of
from .base import Checked, Widget, script, style

SAID = "Computed: the answer is in the card with the question."
INF = float("inf")
PNG = "data:image/png;base64,"


def _kept(name: str, value: Any, guess: Guess) -> str | float | None:
    if value is None:  # not made yet
        return None
    return one_of(name, value, guess.texts) if guess.texts else as_number(name, value)


class Guess(Widget):
    """A question to answer before looking. Its card opens once the reader has guessed.

    ``choices`` is a dict of texts, by keys, or by the numbers below which they hold: these rise, and
    the last is infinity, so that every number has its answer. Without it the guess is a number, right
    within ``tolerance``. ``why`` has a sentence on each choice, by the same keys; or, for a number, on
    each range, by the numbers below which it holds.

    ``reveal(answer)`` hands the computed answer, a key or a number, to the card, which shows it with
    the sentence on the guess when one is made, or when the reader asks to be shown. What is printed or
    displayed inside ``with guess.reveal(answer):`` waits in the card as well. ``value`` is the guess,
    a key or a number, None before; the key of a choice by numbers is its number as a text.
    Raises TypeError or ValueError, with the argument's name, for what cannot be.
    """

    _esm = script("guess")
    _css = style("guess")
    invitation = "Run this lesson to guess"

    question = traitlets.Unicode(read_only=True).tag(sync=True)
    choices: traitlets.List = traitlets.List(read_only=True).tag(sync=True)  # pairs (key, text)
    # Pairs (key, sentence), or (bound, sentence): the last bound, infinity, is None in JSON.
    why: traitlets.List = traitlets.List(read_only=True).tag(sync=True)
    tolerance = traitlets.Float(read_only=True).tag(sync=True)
    value = Checked(_kept)
    answer = traitlets.Unicode("", read_only=True).tag(sync=True)  # as it is shown
    right: traitlets.Any = traitlets.Any(None, read_only=True).tag(sync=True)  # a key or a number
    evidence: traitlets.List = traitlets.List(read_only=True).tag(sync=True)  # texts and pictures

    def __init__(
        self,
        question: str,
        choices: Mapping[Any, str] | None = None,
        tolerance: float = 0.0,
        why: Mapping[Any, str] | None = None,
    ):
        if not isinstance(question, str) or not question.strip():
            raise TypeError(f"question: got {question!r:.60}, expected a sentence")
        self.texts, self._bounds = _checked("choices", choices)
        self.set_trait("tolerance", float(as_number("tolerance", tolerance, low=0)))
        self.set_trait("question", question)
        self.set_trait("choices", [list(pair) for pair in self.texts.items()])
        self.set_trait("why", self._sentences(why))
        super().__init__()

    def _sentences(self, why: Mapping[Any, str] | None) -> list[list[Any]]:
        texts, bounds = _checked("why", why)
        if not texts:
            return []
        if self.texts:
            if list(texts) != list(self.texts):
                keys = list(self.texts)
                raise ValueError(f"why: got the keys {list(texts)!r:.60}, expected {keys!r:.60}")
            return [list(pair) for pair in texts.items()]
        if not bounds:
            raise TypeError(f"why: got the keys {list(texts)!r:.60}, expected numbers")
        return [
            [None if bound == INF else bound, text]
            for bound, text in zip(bounds.values(), texts.values(), strict=True)
        ]

    def reveal(self, answer: Any) -> _Evidence:
        """Hand the computed answer to the card. Raises for what can be no answer.

        Used as ``with guess.reveal(answer):`` it hands over too what is printed or displayed within.
        """
        right, shown = self._judge(answer)
        self.set_trait("evidence", [])
        self.set_trait("right", right)
        self.set_trait("answer", shown)
        print(SAID)
        return _Evidence(self)

    def _judge(self, answer: Any) -> tuple[str | float, str]:
        """The answer as a guess would be, and as it is shown."""
        if self.texts and not self._bounds:
            key = one_of("answer", answer, self.texts)
            return key, self.texts[key]
        number = as_number("answer", answer)
        if not self._bounds:
            return float(number), f"{number:.10g}"
        key = next(key for key, bound in self._bounds.items() if number < bound)
        shown = f"{number:,.0f}" if 1e3 <= abs(number) < 1e6 else f"{number:.3g}"
        return key, f"{shown}, that is {self.texts[key]}"

    def __repr__(self) -> str:
        return f"Guess: {self.question}"

    def still(self) -> pictures.Picture:
        return pictures.question_card(self.question, [*self.texts.values()] or ["a number: …"])


class _Evidence:
    """Takes what a piece of code prints and displays, for a guess's card."""

    def __init__(self, guess: Guess) -> None:
        self._guess, self._captured = guess, capture_output(stderr=False)

    def __enter__(self) -> None:
        self._taken = self._captured.__enter__()

    def __exit__(self, kind: Any, *error: Any) -> None:
        self._captured.__exit__(kind, *error)
        if kind is not None:  # the code failed half-way: what it has said must not be lost
            self._taken.show()
            return
        text = self._taken.stdout.rstrip("\n")
        shown: list[dict[str, Any]] = [{"text": text}] if text else []
        for output in self._taken.outputs:
            if "image/png" in output.data:
                about = dict(output.metadata["image/png"])
                if "narrow" in about:  # an edition for phones, beside what is stored
                    about["narrow"] = PNG + about["narrow"]
                shown.append({"src": PNG + output.data["image/png"], **about})
            else:
                shown.append({"text": output.data["text/plain"]})
        self._guess.set_trait("evidence", shown)

    def _ipython_display_(self) -> None:
        """Nothing: the card shows it."""


def _checked(name: str, choices: Any) -> tuple[dict[str, str], dict[str, float]]:
    """The texts by key; and the bounds by key, if there are any."""
    if choices is None:
        return {}, {}
    if not isinstance(choices, Mapping) or not all(isinstance(c, str) for c in choices.values()):
        raise TypeError(f"{name}: got {choices!r:.60}, expected a dict of texts")
    if len(choices) < 2 or len(set(choices.values())) < len(choices):
        got = repr(dict(choices))
        raise ValueError(f"{name}: got {got:.60}, expected two or more, all different")
    if all(isinstance(key, str) for key in choices):
        return dict(choices), {}
    if any(isinstance(key, (str, bool)) or not isinstance(key, (int, float)) for key in choices):
        raise TypeError(f"{name}: got the keys {list(choices)!r:.60}, expected texts or numbers")
    bounds = {f"{key:g}": float(key) for key in choices}
    if list(bounds.values()) != sorted(set(bounds.values())) or max(choices) != INF:
        got = repr(list(choices))
        raise ValueError(f"{name}: got the keys {got:.60}, expected them to rise to infinity")
    return dict(zip(bounds, choices.values(), strict=True)), bounds
