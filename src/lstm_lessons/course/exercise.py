"""Exercises: is your answer right?, and which of them this kernel has seen solved.

Each has a name, under which a reader's browser keeps that it was solved. A number or a function is a
table, see `tables`; what fits none is a function that returns a sentence, under `exercise`. A sentence
begins with "Right" if the answer is. The answer to an exercise that nobody has touched is ``...``.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from ..arguments import as_array
from ..cells import Cell
from ..stack import Readout, Stack

UNTOUCHED = "Not attempted yet: put your answer where the ... stands, and run this cell again."

AnyCell = TypeVar("AnyCell", bound=Cell)

solved: set[str] = set()  # the names of the exercises that were solved in this kernel
_listener: Callable[[str], object] | None = None


def listen(callback: Callable[[str], object] | None) -> None:
    """From now on, tell ``callback`` the name of each exercise that is solved, and nobody else."""
    global _listener
    _listener = callback


class Exercise(ABC):
    """What an exercise is to its reader: ``check`` an answer, see that the ``solution`` is one."""

    name: str

    @abstractmethod
    def judge(self, *answers: Any, **named: Any) -> str:
        """The sentence for these answers. Raises TypeError or ValueError for what can be none."""

    def check(self, *answers: Any, **named: Any) -> None:
        """Print whether the answers are right; if they are, note the exercise as solved."""
        sentence = self._sentence(answers, named)
        print(sentence)
        if sentence.startswith("Right"):
            solved.add(self.name)
            if _listener is not None:
                _listener(self.name)

    def solution(self, *answers: Any, **named: Any) -> None:
        """Print what ``check`` would, and note nothing."""
        print(self._sentence(answers, named))

    def _sentence(self, answers: tuple[Any, ...], named: dict[str, Any]) -> str:
        given = [*answers, *named.values()]
        given += [value for one in given if isinstance(one, dict) for value in one.values()]
        return UNTOUCHED if any(value is ... for value in given) else self.judge(*answers, **named)


class exercise(Exercise):
    """Decorate a function that returns the sentence for its arguments, a reader's answers."""

    def __init__(self, judge: Callable[..., str]):
        self.name, self.__doc__, self._judge = judge.__name__, judge.__doc__, judge

    def judge(self, *answers: Any, **named: Any) -> str:
        return self._judge(*answers, **named)


def names_in(lesson: ModuleType) -> tuple[str, ...]:
    """The names of a lesson's exercises, in order."""
    return tuple(value.name for value in vars(lesson).values() if isinstance(value, Exercise))


def own_cell(cell: Any, kind: type[AnyCell], n_inputs: int, n_hidden: int = 1) -> AnyCell:
    """A copy of the reader's cell with its weights checked, and arrays if they were lists.

    Raises TypeError if it is no such cell, and TypeError or ValueError if weights that were put in
    its ``params`` have another shape, are not finite or are beyond 1000.
    """
    if not isinstance(cell, kind) or (cell.n_inputs, cell.n_hidden) != (n_inputs, n_hidden):
        expected = f"{kind.__name__}({n_inputs}, {n_hidden}, rng)"
        raise TypeError(f"cell: got {cell!r:.60}, expected {expected}")
    own = copy.copy(cell)
    own.params = {
        name: as_array(f"params[{name!r}]", cell.params.get(name), shape, -1000, 1000)
        for name, shape in cell.shapes.items()
    }
    return own


def own_stack(model: Any, kind: type[Cell], n_inputs: int, n_out: int) -> Stack:
    """The reader's model. Raises TypeError unless it is a Stack of one such cell and a Readout, and
    ValueError unless it has so many inputs and answers."""
    kinds = [type(layer) for layer in model.layers] if isinstance(model, Stack) else []
    if kinds != [kind, Readout]:
        expected = f"Stack([{kind.__name__}(…), Readout(…)])"
        raise TypeError(f"model: got {model!r:.60}, expected {expected}")
    got = model.cells[0].n_inputs, model.readout.n_out
    if got != (n_inputs, n_out):
        expected = "expected {} and {}".format(n_inputs, n_out)
        raise ValueError("model: got {} inputs and {} answers, {}".format(*got, expected))
    return model
