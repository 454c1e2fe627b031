"""Exercises as tables: which answer is right, which wrong ones are worth a sentence of their own."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..arguments import Array, as_array, as_number


@dataclass(frozen=True)
class Near:
    """All numbers that are less than ``within`` away from ``value``."""

    value: float
    within: float


Wanted = float | Near
Says = str | Callable[[float], str]  # a sentence, or one that depends on the answer


@dataclass(frozen=True)
class Number:
    """An exercise whose answer is a number, called ``name``."""

    name: str
    right: Mapping[Wanted, Says]
    otherwise: Says
    misses: Mapping[Wanted | tuple[Wanted, ...], Says] = field(default_factory=dict)

    def judge(self, answer: Any) -> str:
        """The sentence for this answer. Raises TypeError or ValueError if it is no finite number."""
        number = as_number(self.name, answer)
        for wanted, says in self._rows():
            if _is(number, wanted):
                return _said(says, number)
        return _said(self.otherwise, number)

    def declared(self) -> Iterator[tuple[float, str]]:
        """Every answer that stands in the table, with its sentence."""
        for wanted, says in self._rows():
            number = wanted.value if isinstance(wanted, Near) else wanted
            yield number, _said(says, number)

    def _rows(self) -> Iterator[tuple[Wanted, Says]]:
        yield from self.right.items()
        for wanted, says in self.misses.items():
            yield from ((one, says) for one in (wanted if isinstance(wanted, tuple) else (wanted,)))


@dataclass(frozen=True)
class Function:
    """An exercise whose answer is a function, called ``name``, that does what ``truth`` does.

    A case holds the arguments of one call. ``misses`` gives wrong functions by their sentences.
    ``otherwise`` is a sentence, or makes one of the answer's and the true results, (cases, …) each.
    """

    name: str
    truth: Callable[..., Any]
    cases: Sequence[tuple[Any, ...]]
    right: str
    misses: Mapping[str, Callable[..., Any]]
    otherwise: str | Callable[[Array, Array], str]

    def judge(self, answer: Any) -> str:
        """The sentence for this answer.

        Raises TypeError if it is no function, and TypeError or ValueError if what it gives back is
        not finite or of another shape than the truth.
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
        return self.otherwise(mine, self._results(self.truth))

    def declared(self) -> Iterator[tuple[Callable[..., Any], str]]:
        """Every function that stands in the table, with its sentence."""
        yield self.truth, self.right
        yield from ((wrong, sentence) for sentence, wrong in self.misses.items())

    def _results(self, function: Callable[..., Any]) -> Array:
        return np.array([self._result(function, case) for case in self.cases])

    def _result(self, function: Callable[..., Any], case: tuple[Any, ...]) -> Array | float:
        result = function(*copy.deepcopy(case))
        shape = np.shape(self.truth(*case))
        return as_array(self.name, result, shape) if shape else as_number(self.name, result)


def off_by(mine: Array, true: Array) -> str:
    """The sentence for a function that is wrong in no known way."""
    return f"Not yet: off by up to {np.abs(mine - true).max():.2g}."


def _is(number: float, wanted: Wanted) -> bool:
    if isinstance(wanted, Near):
        return abs(number - wanted.value) < wanted.within
    return number == wanted


def _said(says: Says, number: float) -> str:
    return says if isinstance(says, str) else says(number)
