"""How far a reader is in the course: exercises and puzzles solved, kept by the reader's browser."""

from __future__ import annotations

import pathlib

import anywidget
import traitlets

from . import checks, pictures

HERE = pathlib.Path(__file__).parent

# By lesson; console.js notes them as they are solved by hand.
PUZZLES = {
    3: ["memory half-life"],
    4: [
        "lstm hold",
        "lstm forget on cue",
        "lstm write-hold-read",
        "lstm latch",
        "lstm count",
        "lstm running mean",
    ],
    6: ["gru hold"],
}


class Progress(anywidget.AnyWidget):
    """The eight lessons, and how many exercises and puzzles of each are solved.

    ``solved`` are the exercises that were solved in this kernel. The browser adds them to those that
    it has kept from other days and other lessons, and to the puzzles; nothing leaves the machine.
    """

    _ipython_display_ = None  # ipywidgets 7 has one, which would go before our MIME bundle
    _esm = (HERE / "progress.js").read_text(encoding="utf-8")
    _css = (HERE / "progress.css").read_text(encoding="utf-8")

    course = traitlets.Dict(read_only=True).tag(sync=True)
    solved = traitlets.List().tag(sync=True)

    def __init__(self):
        course = {
            str(lesson): names + PUZZLES.get(lesson, []) for lesson, names in checks.COURSE.items()
        }
        self.set_trait("course", course)
        super().__init__(solved=sorted(checks.solved))
        checks.hears.append(self._hear)

    def _hear(self, name: str) -> None:
        self.solved = sorted({*self.solved, name})

    def close(self):
        if self._hear in checks.hears:
            checks.hears.remove(self._hear)
        super().close()

    def __repr__(self):
        count = sum(len(names) for names in self.course.values())
        return f"Progress: {count} exercises and puzzles in {len(self.course)} lessons"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        lines = [f"Lesson {lesson}: {len(names)}" for lesson, names in self.course.items()]
        card = pictures.question_card(
            "Exercises and puzzles, which count here as you solve them", lines
        )
        return pictures.with_png(card, repr(self), data, metadata)
