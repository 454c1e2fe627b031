"""Make the text and the network of lesson 9's last section: `python -m scripts.writer`.

A minute on one core. The text is taken from the lessons only where it is not there yet: the
lessons go on changing, and what is said of the network should not.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import numpy as np
from numpy.typing import NDArray

from lstm_lessons import characters
from lstm_lessons.stack import Stack

DATA = Path("src/lstm_lessons/data")
PLAIN = set("abcdefghijklmnopqrstuvwxyz0123456789 .,?!'\"-:;()%\n")
PLAN = ((0.01, 9), (0.003, 7))  # learning rates, and for how many hundred steps


def prose() -> str:
    """What lessons 1 to 8 say, in small letters; without formulas, code, lists, hints and sources."""
    kept = []
    for path in sorted(Path("notebooks").glob("0[1-8]*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            around = {"links", "next"}.intersection(cell.metadata.get("tags", []))
            if cell.cell_type == "markdown" and not around and "## Sources" not in cell.source:
                kept += filter(None, map(_plain, cell.source.split("\n\n")))
    return "\n".join(kept)


def _plain(paragraph: str) -> str:
    """The paragraph in plain characters; nothing, if it has others or is no prose."""
    text = re.sub(r"<!--.*?-->", "", paragraph)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).replace("*", "").replace("\n", " ").strip()
    text = text.lower().translate(str.maketrans("’−“”", '\'-""'))
    return text if text[:1] not in "#-" and set(text) <= PLAIN else ""


def parts() -> tuple[NDArray[np.int_], NDArray[np.int_], str]:
    """What is learned from and what is for validation, as codes, and the letters."""
    text = characters.text()
    letters = "".join(sorted(set(text)))
    codes = characters.encode(text, letters)
    known = int(characters.TRAINING * len(codes))
    return codes[:known], codes[known:], letters


def trained(seed: int = 0) -> Stack:
    """A network with the weights that did best on the validation part, rounded as they are stored."""
    known, new, letters = parts()
    model = characters.network(len(letters), characters.UNITS, np.random.default_rng(seed))
    batches, best, kept, steps = characters.streams(known, len(letters)), np.inf, {}, 0
    for lr, hundreds in PLAN:
        for _ in range(hundreds):
            characters.learn(model, batches, 100, lr)
            steps += 100
            now = characters.bits(model, new).mean()
            print(f"{steps} steps: {now:.3f} bits a character on the validation part")
            if now < best:
                best, kept = now, {name: p.astype(np.float16) for name, p in model.params.items()}
    for name, value in kept.items():
        model.params[name][...] = value
    return model


def main() -> None:
    if not (DATA / "prose.txt").exists():
        (DATA / "prose.txt").write_text(prose(), encoding="utf-8")
    weights = {name: p.astype(np.float16) for name, p in trained().params.items()}
    np.savez_compressed(DATA / "writer.npz", letters=np.array(parts()[2]), **weights)


if __name__ == "__main__":
    main()
