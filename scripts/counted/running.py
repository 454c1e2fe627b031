"""How a count is entered, and how it runs a lesson's cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import nbformat

FILE = Path(__file__).with_name("counted.json")
COUNTS: dict[str, tuple[Callable[[Any], Any], list]] = {}  # by name: the function, and its seeds


def count(seeds: Iterable) -> Callable[[Callable], Callable]:
    """What is counted: a function of a seed, which returns what JSON can hold."""

    def enter(function: Callable) -> Callable:
        COUNTS[function.__name__] = function, list(seeds)
        return function

    return enter


def cells(lesson: int, *places: str, **changed: dict[str, str]) -> dict[str, Any]:
    """The names that a lesson's cells make, run in this order after its imports, its second code cell.

    ``changed`` says by place what is put for what: ``a14={"default_rng(1)": "default_rng(7)"}``.
    """
    (path,) = Path("notebooks").glob(f"{lesson:02}_*.ipynb")
    names: dict[str, Any] = {}
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    by_id = {cell.id.removeprefix(f"lesson-{lesson}-"): cell.source for cell in code}
    imports = list(by_id)[1]
    for place in (imports, *places):
        source = by_id[place]
        for old, new in changed.get(place, {}).items():
            if old not in source:
                raise ValueError(f"{place}: {old!r} is not in the cell any more")
            source = source.replace(old, new)
        exec(compile(source, f"lesson {lesson}, cell {place}", "exec"), names)
    return names


def kept() -> dict[str, list]:
    """What was counted, by name, in the order of the seeds."""
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
