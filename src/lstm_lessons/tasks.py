"""Synthetic tasks, each a generator of batches (xs, target), and a real series.

Every generator draws from ``rng`` alone: the same seed gives the same batches. Inputs xs are
(T, B, D); a target of whole numbers (B,) is a class asked for at the last step, other targets are values.
Bad arguments raise ValueError or TypeError at once, not with the first batch.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib.resources import files
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from .arguments import Array, as_count, as_rng, one_of, shown

Batches = Iterator[tuple[Array, NDArray]]

CITIES = (
    "Accra Athens Bergen Berlin Bogota Boston Cairo Cusco Dakar Delhi Dublin Genoa Hanoi Havana"
    " Kyoto Lagos Lima Lisbon London Lyon Madrid Milan Moscow Nairobi Oslo Paris Porto Prague"
    " Quito Rome Seoul Tokyo"
).split()
NAMES = ["Ana", "Ben", "Mara", "Tom"]
FILLERS = [  # five words each, with the full stop
    "the food was good .",
    "the houses were old .",
    "the train was late .",
    "the sea was calm .",
    "nobody was in sight .",
    "it had rained before .",
    "they slept very well .",
    "her boss called twice .",
]
STORIES = {  # the beginning, the end, and which of its words is asked for
    "city": ("{who} flew to {answer} .", "{who} is on holiday in", CITIES),
    "name": ("{answer} came in . {who} sat there .", "{who} said hello to", NAMES),
}
WORDS = sorted(
    {word for filler in FILLERS for word in filler.split()}
    | {*CITIES, *NAMES}
    | {w for begin, end, _ in STORIES.values() for w in f"{begin} {end}".split() if "{" not in w}
)


def recall(T: int, rng: np.random.Generator, kinds: int = 4, B: int = 32) -> Batches:
    """Which of ``kinds`` symbols came first? After it T blanks: xs (T + 1, B, kinds + 1)."""
    T, B, rng = as_count("T", T, low=0), as_count("B", B), as_rng(rng)
    kinds = as_count("kinds", kinds)

    def batches() -> Batches:
        while True:
            first = rng.integers(kinds, size=B)
            xs = np.zeros((T + 1, B, kinds + 1))
            xs[0, np.arange(B), first] = 1
            xs[1:, :, kinds] = 1
            yield xs, first

    return batches()


def adding(T: int, rng: np.random.Generator, B: int = 32) -> Batches:
    """The sum of two marked numbers among T, one in each half: xs (T, B, 2), target (B, 1).

    Always answering 1 has a mean squared error of 1/6 (Hochreiter & Schmidhuber 1997, in the form
    with numbers from 0 to 1).
    """
    T, B, rng = as_count("T", T, low=2), as_count("B", B), as_rng(rng)

    def batches() -> Batches:
        while True:
            xs = np.zeros((T, B, 2))
            xs[..., 0] = rng.uniform(0, 1, (T, B))
            marked = rng.integers(0, T // 2, B), rng.integers(T // 2, T, B)
            for steps in marked:
                xs[steps, np.arange(B), 1] = 1
            yield xs, np.sum(xs[..., 0] * xs[..., 1], axis=0)[:, None]

    return batches()


def parity(T: int, rng: np.random.Generator, B: int = 32) -> Batches:
    """Is the number of ones odd so far, after every one of T bits? xs (T, B, 1), classes (T, B)."""
    T, B, rng = as_count("T", T), as_count("B", B), as_rng(rng)

    def batches() -> Batches:
        while True:
            bits = rng.integers(2, size=(T, B))
            yield bits[..., None].astype(float), np.cumsum(bits, axis=0) % 2

    return batches()


def story(fillers: int, rng: np.random.Generator, ask: str = "city") -> tuple[list[str], str]:
    """The words of a story with a gap at its end, and the word that belongs there."""
    begin, end, _ = STORIES[one_of("ask", ask, STORIES)]
    fillers, rng = as_count("fillers", fillers, low=0), as_rng(rng)
    who, other = (NAMES[k] for k in rng.choice(len(NAMES), 2, replace=False))
    answer = CITIES[rng.integers(len(CITIES))] if ask == "city" else other
    first, *middle = (FILLERS[k] for k in rng.integers(len(FILLERS), size=fillers + 1))
    text = " ".join([first, begin, *middle, end]).format(who=who, answer=answer)
    return text.split(), answer


def one_hot(stories: list[list[str]]) -> Array:
    """Stories of equal length as inputs, (T, B, len(WORDS)). Raises ValueError for any other word."""
    if not isinstance(stories, (list, tuple)) or any(isinstance(words, str) for words in stories):
        raise TypeError(f"stories: got {shown(stories)}, expected lists of words")
    places = {word: k for k, word in enumerate(WORDS)}
    if unknown := [word for words in stories for word in words if word not in places]:
        raise ValueError(f"stories: got {unknown[0]!r:.60}, expected words of tasks.WORDS")
    lengths = {len(words) for words in stories}
    if len(lengths) != 1 or 0 in lengths:
        got = sorted(lengths) or "none"
        raise ValueError(f"stories: got lengths {got}, expected stories of one length")
    return np.eye(len(WORDS))[np.array([[places[w] for w in words] for words in stories]).T]


def filled_in(fillers: int, rng: np.random.Generator, ask: str = "city", B: int = 32) -> Batches:
    """Stories with a gap: which city, or which name, belongs there?  xs (T, B, len(WORDS)).

    A story begins with a sentence of five words that has nothing to do with the gap. ``fillers``
    more of them stand between what the gap asks for and the gap.
    """
    fillers, rng, B = as_count("fillers", fillers, low=0), as_rng(rng), as_count("B", B)
    answers = STORIES[one_of("ask", ask, STORIES)][2]

    def batches() -> Batches:
        while True:
            told = [story(fillers, rng, ask) for _ in range(B)]
            targets = np.array([answers.index(answer) for _, answer in told])
            yield one_hot([words for words, _ in told]), targets

    return batches()


def code(module: ModuleType, length: int = 80) -> list[str]:
    """Pieces of a module's own source, each ``length`` characters from where no bracket is open.

    Lines are joined by spaces, and what is not plain ASCII is left out.
    """
    if not isinstance(module, ModuleType):
        raise TypeError(f"module: got {shown(module)}, expected an imported module")
    length = as_count("length", length)
    pieces, text, depth = [], "", 0
    for line in inspect.getsource(module).splitlines():
        if depth == 0 and len(text) >= length:
            pieces.append(text[:length])
            text = ""
        line = line.strip().encode("ascii", "ignore").decode()
        text += line + " "
        depth = max(0, depth + sum((c in "([{") - (c in ")]}") for c in line))
    if not pieces:
        raise ValueError(f"module: got a source shorter than {length}, expected a longer one")
    return pieces


def spelled(pieces: list[str]) -> tuple[Array, Array]:
    """Pieces of code, character by character (T, B, 95), and how many brackets are open (T, B).

    Every bracket counts, also those in texts and comments; 4 means 4 or more.
    """
    if not isinstance(pieces, list) or {type(piece) for piece in pieces} != {str}:
        raise TypeError(f"pieces: got {shown(pieces)}, expected a list of texts")
    if len(lengths := {len(piece) for piece in pieces}) > 1 or 0 in lengths:
        raise ValueError(f"pieces: got lengths {sorted(lengths)}, expected one, above 0")
    codes = np.array([[ord(c) - 32 for c in piece] for piece in pieces]).T.clip(0, 94)
    steps = np.array([[(c in "([{") - (c in ")]}") for c in piece] for piece in pieces]).T
    return np.eye(95)[codes], np.cumsum(steps, axis=0).clip(0, 4)


def brackets(module: ModuleType, rng: np.random.Generator, B: int = 32) -> Batches:
    """How many brackets are open, after every character of a module's source? See `spelled`."""
    (xs, depth), rng, B = spelled(code(module)), as_rng(rng), as_count("B", B)

    def batches() -> Batches:
        while True:
            some = rng.integers(xs.shape[1], size=B)
            yield xs[:, some], depth[:, some]

    return batches()


def sunspots() -> tuple[Array, Array]:
    """Years 1700 to 2008 and the yearly mean number of sunspots (data/sunspots.csv)."""
    text = (files(__package__) / "data" / "sunspots.csv").read_text(encoding="utf-8")
    rows = [line.split(",") for line in text.splitlines() if line and line[0] in "12"]
    years, numbers = np.array(rows, dtype=np.float64).T
    return years, numbers
