"""Exercises: is your answer right?, and which of them this kernel has seen solved.

Each has a name, under which a reader's browser keeps that it was solved. A number or a function is a
table, see `tables`; what fits none is a function that returns a sentence, under `exercise`. The
answer to an exercise that nobody has touched is ``...``. A puzzle's answer is the state of a console.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
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


class exercise:
    """Decorate ``judge``, which returns the sentence for its arguments, a reader's answers.

    It begins with "Right" if they are; "Not yet: " is put before any other. What can be no answer
    raises TypeError or ValueError.
    """

    name: str
    judge: Callable[..., str]

    def __init__(self, judge: Callable[..., str]):
        self.name, self.__doc__, self.judge = judge.__name__, judge.__doc__, judge

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
        sentence = self.judge(*answers, **named)
        return sentence if sentence.startswith("Right") else f"Not yet: {sentence}"


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
        numbers = *got, n_inputs, n_out
        raise ValueError("model: got {} inputs and {} answers, expected {} and {}".format(*numbers))
    return model


def check_goal(console: Any) -> None:
    """Print whether the console's puzzle is solved; if not, which state is furthest from its target.

    Raises TypeError if it is no console, and ValueError if it has no goal.
    """
    if not hasattr(console, "goal"):
        raise TypeError(f"console: got {console!r:.60}, expected a GateConsole")
    if console.goal is None:
        raise ValueError("console: got one without a goal, expected GateConsole(goal=…)")
    if console.values == {k: tuple(v) for k, v in console.presets["start"].items()}:
        print("Not attempted yet: drag the gates of the console above, and run this cell again.")
        return
    if console.score == 100:
        print("Solved. Every state asked for is where it should be.")
        return
    states = {name: getattr(console.trace, name)[:, 0, 0] for name in console.goal["targets"]}
    off = [
        (abs(float(states[name][t]) - target), t, name, target)
        for t in range(len(console.trace.xs))
        for name, targets in console.goal["targets"].items()
        if (target := targets[t]) is not None
    ]
    _, t, name, target = max(off, key=lambda one: round(one[0], 9))  # of equals the first
    print(
        f"Score {console.score}. Furthest off is {name} at step {t + 1}: it is {states[name][t]:.2f}"
        f" and should be {target:.2f}. Look at the gates of that step, and of the steps before it."
    )
