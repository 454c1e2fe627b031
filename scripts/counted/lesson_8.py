"""Lesson 8: its trainings from other seeds."""

from __future__ import annotations

from lstm_lessons import train

from .running import cells, count


@count(range(100, 120))
def after_700_steps(seed: int) -> dict[str, float]:
    """The share of new stories that are right, by the start of the gates."""
    own = cells(8, "03", "03b")
    known, right = own["for_training"], {}
    for name, start in {"chrono": {"chrono": 40}, "bias 1": {"forget_bias": 1.0}}.items():
        model = own["untrained"](start, seed)
        batches = (own["coded"](known[k : k + 32]) for k in range(0, len(known), 32))
        train.fit(model, batches, 700)
        y = model.forward(own["xs"]).y[-1]
        right[name] = float((y.argmax(axis=-1) == own["cities"]).mean())
    return right


@count(range(100, 112))
def brackets(seed: int) -> list[list[float]]:
    """The shares right where 0, 1, 2 and 3 are open, after 400 training steps and after 1,500."""
    own = cells(8, "34", "35")
    return [[float(share) for share in shares] for _, shares, _ in own["learn_to_count"](seed)]
