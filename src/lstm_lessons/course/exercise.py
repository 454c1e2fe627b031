"""Exercises, and what is solved of them."""

from __future__ import annotations

from types import ModuleType


def names_in(lesson: ModuleType) -> tuple[str, ...]:
    """The names of a lesson's exercises, in order."""
    return ()
