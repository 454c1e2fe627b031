"""The course: its lessons in order, and a room for each with its exercises and its own drawings."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from . import exercise
from .exercise import check_goal

__all__ = ["LESSONS", "Lesson", "check_goal"]


@dataclass(frozen=True)
class Lesson:
    """A lesson: its notebook's name without the suffix, its title, its question, what you drag."""

    notebook: str
    title: str
    question: str
    drag: str

    @property
    def number(self) -> int:
        """Its number, from 1, as the names of its notebook and its module have it."""
        return int(self.notebook.split("_")[0])

    @property
    def exercises(self) -> tuple[str, ...]:
        """The names of its exercises, in order."""
        values = vars(import_module(f".lesson_{self.number}", __name__)).values()
        return tuple(value.name for value in values if isinstance(value, exercise.exercise))


LESSONS = (
    Lesson(
        "01_sequences",
        "Reading a sequence",
        "How can a network read a sequence whose length it does not know?",
        "the window of a forecast; the weights and inputs of one unit",
    ),
    Lesson(
        "02_rnn_limits",
        "Why an RNN forgets",
        "Why does an RNN forget the beginning of the sentence?",
        "the weights of a random RNN, until its gradient explodes; those of one unit, in four puzzles",
    ),
    Lesson(
        "03_gates",
        "A gate is a valve",
        "What is a gate, and why sigmoid here and tanh there?",
        "the gates of a leaky memory; a gate in training",
    ),
    Lesson(
        "04_lstm",
        "Three gates make a memory",
        "How do three gates make a memory?",
        "all gates of an LSTM; six puzzles, and one of your own",
    ),
    Lesson(
        "05_lstm_gradients",
        "Why an LSTM remembers",
        "Why does the LSTM remember what the RNN loses?",
        "gates that show their slopes; the forget bias and the side roads of a random LSTM",
    ),
    Lesson(
        "06_gru",
        "Making do with two gates",
        "What is left of the LSTM if it has to make do with two gates?",
        "both gates of a GRU; its gradient",
    ),
    Lesson(
        "07_which_one",
        "Which one, and how deep?",
        "RNN, LSTM or GRU, and how deep?",
        "nothing: you train, and watch the race",
    ),
    Lesson(
        "08_inside_a_trained_lstm",
        "Inside a trained LSTM",
        "What did the gates learn?",
        "a network while it learns, and any of its gates at any word",
    ),
    Lesson(
        "09_your_own_network",
        "Your own network",
        "You have data of your own. How does it get into a recurrent network, and how do you know that it"
        " learned?",
        "the year from which a forecast runs free; the temperature of a network that writes",
    ),
    Lesson(
        "10_the_clinic",
        "The clinic",
        "It does not learn. What now?",
        "which patient you examine, and by which measurement; two dozen variants in a race",
    ),
    Lesson(
        "11_what_became_of_the_gate",
        "What became of the gate",
        "Why do today's networks gate by the input alone, and what does it cost?",
        "the brackets of a scan, and a gate in it; a mean that must add",
    ),
)
