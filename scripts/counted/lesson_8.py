"""Lesson 8: its trainings and its operations from other seeds."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lstm_lessons import Stack, train

from .running import cells, count


def _trained(own: dict[str, Any], model: Stack) -> Stack:
    """As the lesson trains its three."""
    known = own["for_training"]
    batches = (own["coded"](known[k : k + 32]) for k in range(0, len(known), 32))
    train.fit(model, batches, 700)
    return model


@count(range(100, 120))
def after_700_steps(seed: int) -> dict[str, float]:
    """The share of new stories that are right, by the start of the gates."""
    own, right = cells(8, "03", "03b"), {}
    for name, start in {"chrono": {"chrono": 40}, "bias 1": {"forget_bias": 1.0}}.items():
        y = _trained(own, own["untrained"](start, seed)).forward(own["xs"]).y[-1]
        right[name] = float((y.argmax(axis=-1) == own["cities"]).mean())
    return right


@count(range(100, 108))
def f_shut_by_half_of_the_start(seed: int) -> dict[str, float]:
    """The share of answers that change with f at 0 at a word after the city, the median of the words:
    from chrono's forget half alone, and from a forget bias of 3 with an input bias of -3."""
    own, shares = cells(8, "03", "03b"), {}
    for name, start, input_bias in (
        ("forget half", {"chrono": 40}, 0.0),
        ("input bias -3", {"forget_bias": 3.0}, -3.0),
    ):
        model, xs = own["untrained"](start, seed), own["xs"]
        model.params["0.b"][:16] = input_bias
        plain = _trained(own, model).forward(xs).y[-1].argmax(axis=-1)
        changed = []
        for word in range(9, len(xs)):
            f = np.full((len(xs), 1, 16), np.nan)
            f[word] = 0.0
            y = model.forward(xs, override={0: {"f": f}}).y[-1]
            changed.append(np.mean(y.argmax(axis=-1) != plain))
        shares[name] = float(np.median(changed))
    return shares


@count(range(100, 110))
def other_networks(seed: int) -> dict[str, dict[str, float]]:
    """Shares of the answers, by the network's start. With something else on the belt after word 15,
    those that survive, or are the story's whose c it is; with a gate at its mean, those that change;
    and of the units what the costliest costs, and how many cost more than 5%, at 0 and at their means."""
    put = {"03b": {"seed=1": f"seed={seed}"}, "03h": {"learner.model": "untrained({})"}}
    own = cells(8, "03", "03b", "03h", "04b", "08", "13", "13c", "27", **put)
    xs, changed, shares = own["xs"], own["changed"], {}
    for name, network in own["networks"].items():
        trace, plain = own["traces"][name], own["plain"][name]

        def answers(word: int, belt: Any, network: Any = network, trace: Any = trace) -> np.ndarray:
            state = trace.h[word - 1], belt(trace.c[word - 1])
            return network.forward(xs[word:], [state]).y[-1].argmax(axis=-1)

        other, story = partial(np.roll, shift=7, axis=0), np.roll(plain, 7)
        way = range(8, len(xs) - 1)
        found = {
            "empty": np.mean(answers(15, lambda c: 0 * c) == plain),
            "mean": np.mean(answers(15, lambda c: 0 * c + c.mean(axis=0)) == plain),
            "different": np.mean(answers(15, other) == story),
            "different after the city": np.mean(answers(9, other) == story),
            "i": changed(name, i={8: trace.i[8].mean(axis=0)}),
            "o": changed(name, o={t: trace.o[t].mean(axis=0) for t in way}),
        }
        for hands in ("dead", "mean"):
            costs = np.array([own["without"](name, unit, hands) for unit in range(16)])
            found |= {f"{hands}, most": costs.max(), f"{hands}, units": np.sum(costs > 0.05)}
            found[f"{hands}, which"] = costs.argmax()
        shares[name] = {what: float(share) for what, share in found.items()}
    return shares


@count(range(100, 112))
def brackets(seed: int) -> list[list[float]]:
    """The share right of all characters, and of those where 0, 1, 2 and 3 are open, after 400 training
    steps and after 1,500."""
    own, told = cells(8, "34", "35"), []
    for counter, shares, _ in own["learn_to_count"](seed):
        told.append([float(own["judged"](counter)[0]), *map(float, shares)])
    return told
