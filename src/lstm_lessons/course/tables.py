"""Exercises as tables: which answer is right, which wrong ones are worth a sentence of their own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arguments import Array, as_array, as_number
from .exercise import Exercise


@dataclass(frozen=True)
class Near:
    """All numbers that are less than ``within`` away from ``value``."""

    value: float
    within: float


Wanted = float | Near
Says = str | Callable[[float], str]  # a sentence, or one that depends on the answer


@dataclass(frozen=True, eq=False)
class Number(Exercise):
    """An exercise whose answer is a number. ``answers`` has the right one first, then typical misses."""

    name: str
    answers: Mapping[Wanted | tuple[Wanted, ...], Says]
    otherwise: Says

    def judge(self, answer: Any) -> str:
        """The sentence for this answer. Raises TypeError or ValueError if it is no finite number."""
        number = as_number(self.name, answer)
        for wanted, says in self._rows():
            near = wanted if isinstance(wanted, Near) else Near(wanted, 0)
            if number == near.value or abs(number - near.value) < near.within:
                return _said(says, number)
        return _said(self.otherwise, number)

    def declared(self) -> Iterator[tuple[float, str]]:
        """Every answer that stands in the table, with its sentence."""
        for wanted, says in self._rows():
            number = wanted.value if isinstance(wanted, Near) else wanted
            yield number, _said(says, number)

    def _rows(self) -> Iterator[tuple[Wanted, Says]]:
        for wanted, says in self.answers.items():
            yield from ((one, says) for one in (wanted if isinstance(wanted, tuple) else (wanted,)))


def _said(says: Says, number: float) -> str:
    return says if isinstance(says, str) else says(number)


def off_by(mine: Array, true: Array) -> str:
    """The sentence for a function that is wrong in no known way."""
    return f"Not yet: off by up to {np.abs(mine - true).max():.2g}."


Rows = Callable[..., Mapping[str, Any]]  # what an answer would give for a case, by its sentence


@dataclass(frozen=True, eq=False)
class Function(Exercise):
    """An exercise whose answer is a function.

    A case holds the arguments of one call; ``rows(*case)`` what the right answer gives for it, under
    its sentence, then what typical wrong ones give. ``otherwise`` is a sentence, or makes one of the
    answer's and the right results, (cases, …) each.
    """

    name: str
    rows: Rows
    cases: Sequence[tuple[Any, ...]]
    otherwise: str | Callable[[Array, Array], str]

    def judge(self, answer: Any) -> str:
        """The sentence for this answer.

        Raises TypeError if it is no function, and TypeError or ValueError if what it gives back is
        not finite or of another shape than the right result.
        """
        if not callable(answer):
            raise TypeError(f"{self.name}: got {answer!r:.60}, expected a function")
        mine = self._results(answer)
        for function, sentence in self.declared():
            # A float32 is right as well.
            if np.allclose(mine, self._results(function), rtol=1e-6, atol=1e-9):
                return sentence
        if isinstance(self.otherwise, str):
            return self.otherwise
        right, _ = next(self.declared())
        return self.otherwise(mine, self._results(right))

    def declared(self) -> Iterator[tuple[Callable[..., Any], str]]:
        """Every function that stands in the table, with its sentence."""
        for sentence in self.rows(*self.cases[0]):
            yield lambda *case, row=sentence: self.rows(*case)[row], sentence

    def _results(self, function: Callable[..., Any]) -> Array:
        right, _ = next(self.declared())
        shapes = [np.shape(right(*case)) for case in self.cases]
        results = [function(*copy.deepcopy(case)) for case in self.cases]
        return np.array(
            [
                as_array(self.name, result, shape) if shape else as_number(self.name, result)
                for result, shape in zip(results, shapes, strict=True)
            ]
        )


def function(
    *cases: tuple[Any, ...], otherwise: str | Callable[[Array, Array], str] = off_by
) -> Callable[[Rows], Function]:
    """Decorate the ``rows`` of a `Function`, which takes their name."""
    return lambda rows: Function(rows.__name__, rows, cases, otherwise)
