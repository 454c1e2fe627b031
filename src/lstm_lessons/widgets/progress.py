"""How far a reader is in the course: exercises and puzzles solved, kept by the reader's browser."""

from __future__ import annotations

from typing import Any

import traitlets

from .. import pictures
from ..course import LESSONS, exercise
from . import presets
from .base import Widget, script, style

CARD = "How far you are: run this cell, and the exercises and puzzles count as you solve them"


def course() -> list[dict[str, Any]]:
    """Each lesson's notebook and title, and the names of its exercises and puzzles."""
    return [
        {
            "notebook": lesson.notebook,
            "title": lesson.title,
            "names": [*lesson.exercises, *presets.of_lesson(lesson.number)],
        }
        for lesson in LESSONS
    ]


class Progress(Widget):
    """The lessons, and how many exercises and puzzles of each are solved.

    ``solved`` are the exercises that were solved in this kernel. The browser adds them to those that
    it has kept from other days and other lessons, and to the puzzles; nothing leaves the machine.
    """

    _esm = script("progress")
    _css = style("progress")
    invitation = ""

    solved = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(self) -> None:
        super().__init__(solved=sorted(exercise.solved))
        exercise.listen(self._hear)
        self.on_msg(self._tell)

    def _hear(self, name: str) -> None:
        self.solved = sorted({*self.solved, name})

    def _tell(self, widget: Any, content: Any, buffers: Any) -> None:
        if content == "course":
            self.send(course())

    def __repr__(self) -> str:
        return "Progress"

    def still(self) -> pictures.Picture:
        return pictures.question_card(CARD, [])
