"""Has the reader solved the puzzle of a gate console?"""

from __future__ import annotations

from typing import Any


def check_goal(console: Any) -> None:
    """Print whether the console's puzzle is solved; if not, which state is furthest from its target.

    Raises TypeError if it is no console, and ValueError if it has no goal.
    """
    if not hasattr(console, "goal"):
        raise TypeError(f"console: got {console!r:.60}, expected a GateConsole")
    if console.goal is None:
        raise ValueError("console: got one without a goal, expected GateConsole(goal=…)")
    if console.values == {k: tuple(v) for k, v in console.presets["start"].items()}:
        print("Not attempted yet: drag the gates of the console above, and run this cell again.")
        return
    if console.score == 100:
        print("Solved. Every state asked for is where it should be.")
        return
    misses = [
        (abs(float(getattr(console.trace, name)[t, 0, 0]) - target), name, t, target)
        for name, targets in console.goal["targets"].items()
        for t, target in enumerate(targets)
        if target is not None
    ]
    _, name, t, target = max(misses)
    now = float(getattr(console.trace, name)[t, 0, 0])
    print(
        f"Score {console.score}. Furthest off is {name} at step {t + 1}: it is {now:.2f} and should"
        f" be {target:.2f}. Look at the gates of that step, and of the steps before it."
    )
