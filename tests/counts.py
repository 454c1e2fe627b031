"""Sentences of the lessons, and what scripts/counted has counted of them."""

from pathlib import Path

import nbformat
import numpy as np

from scripts.counted import kept

COUNTED = kept()


def said(place: str, *words: str) -> None:
    """These words stand in this cell, "9-a16" for example."""
    (path,) = Path("notebooks").glob(f"{int(place.split('-')[0]):02}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    (source,) = (cell.source for cell in cells if cell.id == f"lesson-{place}")
    for some in words:
        assert some in source


def counted(name: str) -> dict[str, np.ndarray]:
    """The values by their names, each (seeds,)."""
    return {key: np.array([one[key] for one in COUNTED[name]]) for key in COUNTED[name][0]}


def each(name: str) -> np.ndarray:
    """The values of each seed, (seeds,) or (values, seeds)."""
    return np.array(COUNTED[name]).T
