"""Exercises as tables: which answer is right, which wrong ones are worth a sentence of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arguments import Array, as_array, as_number, shown
from .exercise import ask, exercise


@dataclass(frozen=True)
class Near:
    """All numbers that are at most ``within`` away from ``value``."""

    value: float
    within: float = 1e-9  # the rounding of a number that was computed


Wanted = float | Near
Says = str | Callable[[float], str]  # a sentence, or one that depends on the answer


class Number(exercise):
    """An exercise whose answer is a number. ``answers`` has the right one first, then typical misses;
    a tuple holds several that are told the same."""

    def __init__(
        self, name: str, answers: Mapping[Wanted | tuple[Wanted, ...], Says], otherwise: Says
    ):
        self.name, self.otherwise = name, otherwise
        self.rows: list[tuple[Near, Says]] = []
        for wanted, says in answers.items():
            for one in wanted if isinstance(wanted, tuple) else (wanted,):
                self.rows.append((one if isinstance(one, Near) else Near(one), says))

    def judge(self, answer: Any) -> str:
        """The sentence for this answer. Raises TypeError or ValueError if it is no finite number."""
        if isinstance(answer, tuple):
            return f"your answer should be one number, and is {shown(answer)}. A decimal number has a point, not a comma."
        number = as_number("your answer", answer)
        fitting = (says for near, says in self.rows if abs(number - near.value) <= near.within)
        says = next(fitting, self.otherwise)
        return says if isinstance(says, str) else says(number)


Rows = Callable[..., Mapping[str, Any]]  # what an answer would give for a case, by its sentence


def off_by(mine: Array, true: Array) -> str:
    """The sentence for a function that is wrong in no known way."""
    return f"off by up to {np.abs(mine - true).max():.2g}."


@dataclass(frozen=True, eq=False)
class Function(exercise):
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

        Raises Unfit if it is no function that returns something, and TypeError or ValueError if that is
        not finite or of another shape than the right result.
        """
        tables = [self.rows(*case) for case in self.cases]
        results = {says: np.array([table[says] for table in tables]) for says in tables[0]}
        right = next(iter(results.values()))
        mine = np.array([self._result(answer, case, right[0].shape) for case in self.cases])
        for says, result in results.items():
            if np.allclose(mine, result, rtol=1e-6, atol=1e-9):  # a float32 is right as well
                return says
        return self.otherwise if isinstance(self.otherwise, str) else self.otherwise(mine, right)

    def _result(self, answer: Any, case: tuple[Any, ...], shape: tuple[int, ...]) -> Array | float:
        result, name = ask(answer, *case), "what your function returns"
        return as_array(name, result, shape) if shape else as_number(name, result)


def function(
    *cases: tuple[Any, ...], otherwise: str | Callable[[Array, Array], str] = off_by
) -> Callable[[Rows], Function]:
    """Decorate the ``rows`` of a `Function`, which takes their name."""
    return lambda rows: Function(rows.__name__, rows, cases, otherwise)
