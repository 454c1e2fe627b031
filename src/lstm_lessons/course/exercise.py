"""Exercises: is your answer right?, and which of them this kernel has seen solved.

A lesson decorates a function that has the exercise's name. If it has parameters, they are the answers,
and it returns a sentence, which begins with "Right" if they are right. If it has none, it returns a
table. The answer to an exercise that nobody has touched is ``...``.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from ..arguments import as_array
from ..cells import Cell
from ..stack import Stack
from .tables import Function, Number

UNTOUCHED = "Not attempted yet: put your answer where the ... stands, and run this cell again."

AnyCell = TypeVar("AnyCell", bound=Cell)

solved: set[str] = set()  # the names of the exercises that were solved in this kernel
_listener: Callable[[str], object] | None = None


def listen(callback: Callable[[str], object] | None) -> None:
    """From now on, tell ``callback`` the name of each exercise that is solved, and nobody else."""
    global _listener
    _listener = callback


class Exercise:
    """What an exercise is to its reader: ``check`` an answer, see that the ``solution`` is one."""

    def __init__(self, ask: Callable[..., Any]):
        self.name, self.__doc__ = ask.__name__, ask.__doc__
        self.table: Number | Function | None = None
        if not inspect.signature(ask).parameters:
            self.table = ask()
        self._judge: Callable[..., str] = self.table.judge if self.table else ask

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
        if any(value is ... for value in given):
            return UNTOUCHED
        return self._judge(*answers, **named)


def exercise(ask: Callable[..., Any]) -> Exercise:
    """Decorate a function to make an exercise of it; see the module."""
    return Exercise(ask)


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
    rows = len(kind.gates) * n_hidden
    shapes: dict[str, tuple[int, ...]] = {
        "Wx": (rows, n_inputs),
        "Wh": (rows, n_hidden),
        "b": (rows,),
    }
    if getattr(cell, "reset_after", False):
        shapes["bh"] = (n_hidden,)
    own = copy.copy(cell)
    own.params = {
        name: as_array(f"params[{name!r}]", cell.params.get(name), shape, -1000, 1000)
        for name, shape in shapes.items()
    }
    return own


def check_stack(model: Any, kind: type[Cell], n_inputs: int, n_out: int) -> None:
    """Raise TypeError unless the reader's model is a Stack of one such cell and a Readout, and
    ValueError unless it has so many inputs and answers."""
    if (
        not isinstance(model, Stack)
        or [type(cell) for cell in model.cells] != [kind]
        or model.readout is None
    ):
        expected = f"Stack([{kind.__name__}(…), Readout(…)])"
        raise TypeError(f"model: got {model!r:.60}, expected {expected}")
    got = model.cells[0].n_inputs, model.readout.n_out
    if got != (n_inputs, n_out):
        raise ValueError(
            "model: got {} inputs and {} answers, expected {} and {}".format(*got, n_inputs, n_out)
        )
