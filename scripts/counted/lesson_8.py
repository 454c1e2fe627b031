"""Lesson 8: its trainings from other seeds."""

from __future__ import annotations

import numpy as np

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


@count(range(100, 110))
def what_lies_on_the_belt(seed: int) -> dict[str, list[float]]:
    """Of networks from each start: the share of answers that survive with c at 0 after word 15 and at
    its mean, and the share that answer the story whose c it is."""
    put = {"03b": {"seed=1": f"seed={seed}"}, "03h": {"learner.model": "untrained({})"}}
    own = cells(8, "03", "03b", "03h", "04b", "13", **put)
    xs, shares = own["xs"], {}
    for name, network in own["networks"].items():
        trace, plain = network.forward(xs).layers[0], own["plain"][name]
        h, c, story = trace.h[14], trace.c[14], np.roll(plain, 7)
        belts = (0 * c, plain), (0 * c + c.mean(axis=0), plain), (np.roll(c, 7, axis=0), story)
        answers = [network.forward(xs[15:], [(h, belt)]).y[-1].argmax(axis=-1) for belt, _ in belts]
        shares[name] = [float(np.mean(y == of)) for y, (_, of) in zip(answers, belts, strict=True)]
    return shares
