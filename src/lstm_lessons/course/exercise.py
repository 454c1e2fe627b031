"""Exercises: is your answer right?, and which of them this kernel has seen solved.

Each has a name, under which a reader's browser keeps that it was solved. A number or a function is a
table, see `tables`; what fits none is a function that returns a sentence, under `exercise`. The
answer to an exercise that nobody has touched is ``...``. A puzzle's answer is the state of a console.
Whatever else stands in an answer, the reader is told in a sentence.
"""

from __future__ import annotations

import copy
import html
import re
import warnings
from collections.abc import Callable
from inspect import signature
from typing import Any, TypeVar

import numpy as np

from ..arguments import as_array, shown
from ..cells import Cell
from ..stack import Readout, Stack

UNTOUCHED = "Not attempted yet: put your answer where the ... stands, and run this cell again."
NOT_DRAGGED = "Not attempted yet: drag something in the console above, and run this cell again."

FOLDED = "What the check says of the solution"

# How a sentence begins, with its mark and a color that is seen on light and on dark pages.
MARKS = {
    "Right": ("\N{CHECK MARK}", "#2f9e5b"),
    "Solved": ("\N{CHECK MARK}", "#2f9e5b"),
    "Not attempted yet": ("\N{WHITE CIRCLE}", "#888888"),
    "Not yet": ("\N{RIGHTWARDS ARROW}", "#c27c0e"),
}
STYLE = (
    "border-left: 4px solid {}; margin: 4px 0px; padding: 2px 12px"  # what JupyterLab lets through
)
REFUSED = re.compile(r"([^:]+): got (.*), expected (.*)", re.DOTALL)  # a sentence of `arguments`

AnyCell = TypeVar("AnyCell", bound=Cell)

solved: set[str] = set()  # the names of the exercises that were solved in this kernel
_listener: Callable[[str], object] | None = None


def listen(callback: Callable[[str], object] | None) -> None:
    """From now on, tell ``callback`` the name of each exercise that is solved, and nobody else."""
    global _listener
    _listener = callback


class Verdict:
    """What a check says: its sentence as text, and as a paragraph with a mark before it."""

    def __init__(self, sentence: str, folded: bool = False):
        self.sentence, self.folded = sentence, folded

    def __repr__(self) -> str:
        return self.sentence

    def _repr_html_(self) -> str:
        begins = next(words for words in MARKS if self.sentence.startswith(words))
        (mark, color), rest = MARKS[begins], html.escape(self.sentence[len(begins) :])
        rest = re.sub(r"`(\w+)`", r"<code>\1</code>", rest)
        style = STYLE.format(color)
        said = f'<p role="status" style="{style}"><strong>{mark} {begins}</strong>{rest}</p>'
        return f"<details><summary>{FOLDED}</summary>{said}</details>" if self.folded else said


def _show(sentence: str, folded: bool = False) -> None:
    from IPython.display import display  # it takes a while to load where no notebook has done so

    display(Verdict(sentence, folded))  # in a plain Python it prints


class Unfit(Exception):
    """A sentence on an answer that cannot be judged; it is told as any other that is not right."""


class exercise:
    """Decorate ``judge``, which returns the sentence for its arguments, a reader's answers.

    It begins with "Right" if they are; "Not yet: " is put before any other. For what can be no answer
    it raises Unfit, or lets out what `arguments` raises.
    """

    name: str
    judge: Callable[..., str]

    def __init__(self, judge: Callable[..., str]):
        self.name, self.__doc__, self.judge = judge.__name__, judge.__doc__, judge

    def check(self, *answers: Any, **named: Any) -> None:
        """Show whether the answers are right; if they are, note the exercise as solved."""
        sentence = self._sentence(answers, named)
        _show(sentence)
        if not sentence.startswith("Right"):
            return
        solved.add(self.name)
        if _listener is not None:
            try:
                _listener(self.name)
            except Exception as error:  # the answer is right all the same
                warnings.warn(f"The progress did not take it in: {error!r}", stacklevel=2)

    def solution(self, *answers: Any, **named: Any) -> None:
        """Show what ``check`` would, folded, and note nothing. Raises AssertionError if it is not right.

        Folded, because a reader who runs all cells has not opened the solutions.
        """
        sentence = self._sentence(answers, named)
        if not sentence.startswith("Right"):
            raise AssertionError(f"{self.name}: {sentence}")
        _show(sentence, folded=True)

    def _sentence(self, answers: tuple[Any, ...], named: dict[str, Any]) -> str:
        given = [*answers, *named.values()]
        given += [value for one in given if isinstance(one, dict) for value in one.values()]
        if any(value is ... for value in given):
            return UNTOUCHED
        try:
            signature(self.judge).bind(*answers, **named)
        except TypeError as error:
            return f"Not yet: the check asks for other answers than it was given: {error}."
        try:
            sentence = self.judge(*answers, **named)
        except Unfit as unfit:
            sentence = str(unfit)
        except (TypeError, ValueError) as error:
            refused = REFUSED.fullmatch(str(error))
            if not refused:
                raise  # it is not about the answer
            sentence = _plainly(*refused.groups())
        return sentence if sentence.startswith("Right") else f"Not yet: {sentence}"


def _plainly(name: str, got: str, expected: str) -> str:
    """A sentence of `arguments`, for a reader."""
    if got.startswith("shape "):
        return f"{name} should have shape {expected}, and has {got.removeprefix('shape ')}."
    return f"{name} should be {expected}, and is {got}."


def ask(function: Any, *arguments: Any) -> Any:
    """What a reader's function returns for copies of these arguments.

    Raises Unfit if it is no function, takes other arguments, fails or returns nothing.
    """
    if not callable(function):
        raise Unfit(f"your answer should be a function, and is {shown(function)}.")
    try:
        result = function(*copy.deepcopy(arguments))
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split()).strip(": .")
        raise Unfit(f"your function stopped with {said}.") from error
    if result is None:
        raise Unfit("your function returned nothing. Is there a `return`?")
    return result


def own_cell(cell: Any, kind: type[AnyCell], n_inputs: int, n_hidden: int = 1) -> AnyCell:
    """A copy of the reader's cell with its weights checked, and arrays if they were lists.

    Raises Unfit if it is no such cell, and TypeError or ValueError if weights that were put in its
    ``params`` have another shape, are not finite or are beyond 1000.
    """
    if not isinstance(cell, kind) or (cell.n_inputs, cell.n_hidden) != (n_inputs, n_hidden):
        expected = f"{kind.__name__}({n_inputs}, {n_hidden}, rng)"
        raise Unfit(f"your answer should be {expected}, and is {shown(cell)}.")
    if not isinstance(cell.params, dict):
        raise Unfit(f"its params should be a dict of arrays, and are {shown(cell.params)}.")
    own = copy.copy(cell)
    own.params = {
        name: as_array(f"params[{name!r}]", cell.params.get(name), shape, -1000, 1000)
        for name, shape in cell.shapes.items()
    }
    return own


def own_stack(model: Any, kind: type[Cell], n_inputs: int, n_out: int) -> Stack:
    """The reader's model. Raises Unfit unless it is a Stack of one such cell and a Readout, with so
    many inputs and answers."""
    kinds = [type(layer) for layer in model.layers] if isinstance(model, Stack) else []
    if kinds != [kind, Readout]:
        expected = f"Stack([{kind.__name__}(…), Readout(…)])"
        raise Unfit(f"the model should be {expected}, and is {shown(model)}.")
    got = model.cells[0].n_inputs, model.readout.n_out
    if got != (n_inputs, n_out):
        numbers = n_inputs, n_out, *got
        raise Unfit(
            "the model should have {} inputs and {} answers, and has {} and {}.".format(*numbers)
        )
    return model


def check_goal(console: Any) -> None:
    """Show whether the console's puzzle is solved; if not, how much of it is, and what is furthest off."""
    _show(_of_goal(console))


def _of_goal(console: Any) -> str:
    if getattr(console, "goal", None) is None:
        return f"Not yet: check_goal should be given a puzzle's console, and is given {shown(console)}."
    free = [row["trait"] for row in (*console.lanes, *console.knobs)]
    free = [trait for trait in free if trait not in console.goal["given"]]
    if all(np.array_equal(console.values[t], console.presets["start"][t]) for t in free):
        return NOT_DRAGGED
    if console.score == 100:
        return "Solved. Every state asked for is where it should be."
    reached, asked = console.reached
    if not asked:
        return "Not yet: no box is drawn."
    story, name, step, value, target = console.furthest_off
    told = f" of story {story}" if len(console.goal["stories"]) > 1 else ""
    where = "Look at the gates of that step, and of the steps before it."
    return (
        f"Not yet: {reached} of {asked} boxes are reached. Furthest off is {name} at step {step}{told}:"
        f" it is {value:.2f} and should be {target:.2f}."
        f" {'All steps have the same weights.' if console.knobs else where}"
    )
