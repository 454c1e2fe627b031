"""What the lessons say of seeds that they do not use: each count, and a file of what was counted.

Where it can be, a count runs the lesson's own cells with nothing changed but the seed. Run
`python -m scripts.counted` for those that are missing in counted.json, or with names for those alone: all
together an hour and a half on one core. tests/course/test_counted.py and test_counted_in_practice.py
hold the lessons' sentences to that file.
"""

from . import lesson_2, lesson_5, lesson_8, lesson_9, lesson_9_controls, lesson_10, lesson_11
from .running import COUNTS, FILE, kept

__all__ = [
    "COUNTS",
    "FILE",
    "kept",
    "lesson_2",
    "lesson_5",
    "lesson_8",
    "lesson_9",
    "lesson_9_controls",
    "lesson_10",
    "lesson_11",
]
