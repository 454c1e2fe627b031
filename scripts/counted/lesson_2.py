"""Lesson 2, *Must it be so?*: which starts learn to hold a symbol, and at which rates."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lstm_lessons import RNN, gradients

from .running import cells, count

WHOLE = ("43", "56", "58", "59b", "60", "60a", "64d", "64f2", "64h2")
NO_MORE = {
    "before = [": "before = [] and [",
    "range(5)": "range(0)",
    "5 * 100": "1",
}  # of 64f2's own


def lesson(**changed: dict[str, str]) -> dict[str, Any]:
    return cells(2, *WHOLE, **{"64f2": NO_MORE} | changed)


@count(range(100, 120))
def starts(seed: int) -> dict[str, float]:
    """The share right after 300 steps of gradient descent, by start, and PyTorch's at larger rates."""
    own = lesson()
    found = {
        start: own["right"](*own["train"](seed, start)) for start in ("orthogonal", "PyTorch's")
    }
    for lr in (0.01, 0.1, 0.3, 1.0):
        pair = own["train"](seed, "PyTorch's", lambda name, grad, lr=lr: lr * grad)
        found[f"PyTorch's, {lr}"] = own["right"](*pair)
    all_but = {"cell.params.values()": '(cell.params["Wx"], cell.params["b"])'}
    other = lesson(**{"59b": all_but})
    found["PyTorch's, but W_h orthogonal"] = other["right"](*other["train"](seed, "PyTorch's"))
    found["identity, 0.3"] = own["right"](
        *own["train"](seed, "identity", lambda name, grad: 0.3 * grad)
    )
    return found


@count(range(100, 120))
def after_nonsense(seed: int) -> float:
    """The share right: PyTorch's start, 100 steps of Adam with shuffled answers, 300 of descent."""
    own = lesson()
    cell, V = own["train"](seed, "PyTorch's", own["adam"](0.01), 100, task=own["shuffled"])
    rng, params = np.random.default_rng(seed + 1000), cell.params | {"V": V}
    for _ in range(300):
        grads = own["clip"](own["backprop"](cell, V, *own["batch"](rng))[0], 1.0)
        for name, grad in grads.items():
            params[name] -= 0.03 * grad
    return own["right"](cell, V)


CUT = {
    'cell.params["Wh"] *= min(1, most / np.linalg.norm(cell.params["Wh"], 2))': (
        'u, s, v = np.linalg.svd(cell.params["Wh"]);'
        ' cell.params["Wh"][:] = u @ (np.minimum(s, most)[:, None] * v)'
    )
}


@count(range(8))
def each_singular_value_cut(seed: int) -> dict[str, float]:
    """The share right where each singular value of W_h is cut by itself: by limit and steps."""
    own = lesson(**{"60": CUT})
    return {
        f"{most}, {steps}": own["right"](
            *own["train"](seed, "orthogonal", own["adam"](0.01), steps, most=most)
        )
        for most, steps in ((0.95, 300), (0.95, 3000), (0.9, 3000))
    }


@count(range(100, 120))
def quiet_blanks(seed: int) -> dict[str, list[int]]:
    """By start, with quiet blanks: are all four symbols known after 1 blank, after 10, at how many of
    the 29 lengths from 36 to 64, and at all of 15 and more?"""
    own = lesson()
    rotated = lesson(**{"59b": {"np.eye(32)": "cell.params['Wh']"}})
    known = {}
    for name, one, step in (
        ("identity", own, {}),
        ("rotation", rotated, {}),
        ("identity, 0.1", own, {"step": lambda name, grad: 0.1 * grad}),
    ):
        pair = one["train"](seed, "quiet identity", **step)
        knows = partial(one["knows"], *pair)
        middle = sum(map(knows, range(36, 65)))
        longer = middle == 29 and all(map(knows, (15, 20, 25, 30, 100, 200, 500, 1000)))
        known[name] = [int(knows(1)), int(knows(10)), middle, int(longer)]
    return known


@count(range(20))
def a_radius_of_100(seed: int) -> float:
    """What is left of the gradient 50 steps back: the lens's RNN with tanh, and 128 units."""
    rng = np.random.default_rng(seed)
    cell = RNN(4, 128, rng)
    W = rng.standard_normal((128, 128))
    cell.params["Wh"][:] = 100 * W / np.abs(np.linalg.eigvals(W)).max()
    trace = cell.forward(rng.standard_normal((51, 1, 4)))
    return float(gradients.jacobian_norms(cell, trace)[0, 0] / np.sqrt(128))


@count(range(100, 150))
def identities_with_blanks_that_are_heard(seed: int) -> list[int]:
    """Trained at 0.3: are all four symbols known after 50 blanks, at how many of the 29 lengths, and
    after 1,000?"""
    own = lesson()
    pair = own["train"](seed, "identity", lambda name, grad: 0.3 * grad)
    knows = partial(own["knows"], *pair)
    return [int(knows(50)), sum(map(knows, range(36, 65))), int(knows(1000))]


@count(range(20))
def sizes_of_adams_steps(seed: int) -> dict[str, float]:
    """The mean size of Adam's steps at a rate of 1, where the gradient's sign turns at every step, or
    is drawn by chance."""
    rng, n = np.random.default_rng(seed), 5000
    sizes = {}
    for name, signs in (
        ("turns", np.resize([1.0, -1.0], n)),
        ("chance", rng.choice([-1.0, 1.0], n)),
        ("noise", rng.standard_normal(n)),
    ):
        step = lesson()["adam"](1.0)
        sizes[name] = float(np.mean([abs(step("W", grad)) for grad in signs][1000:]))
    return sizes
