"""Lesson 11, *What is lost*: parity beyond the table."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np

from lstm_lessons import parity, tasks, train

from .running import cells, count


@count(range(30, 50))
def one_gate_set(seed: int) -> list[float]:
    """The shares right at 200 bits as learned at 0.03, and the least of all with one gate at 0 or 1."""
    own = cells(11, "62", **{"62": {"seed=10": f"seed={seed}"}})
    return [own["before"][-1], min(own["after"])]


@count(range(30))
def a_thousand_bits(seed: int) -> float:
    """The share right at 1,000 bits: the table's signed minGRU at the largest rate."""
    model, _ = parity.run("minGRU, signed", 0.3, seed)
    return parity.right(model, 1000, np.random.default_rng(seed))


@count(
    [
        [kind, lr, seed]
        for kind in ("minLSTM", "minGRU")
        for lr in (0.003, 0.01, 0.03)
        for seed in range(9)
    ]
)
def longer_on_eight(job: list) -> list[float]:
    """The shares right at 8, 12 and 20 bits: two layers, trained on 8 bits and four times as long."""
    kind, lr, seed = job
    with patch.multiple(parity, LENGTH=8, TESTED=(8, 12, 20)):
        return parity.run(f"{kind}, two layers", lr, seed, 4 * parity.STEPS)[1].tolist()


@count(
    [
        [kind, lr, seed]
        for kind in ("minLSTM", "minGRU")
        for lr in parity.LEARNING_RATES
        for seed in range(3)
    ]
)
def bits_known_by_one_layer(job: list) -> int:
    """Of how many first bits the parity is known, right in more than 0.99 of 2,000 rows."""
    model, _ = parity.run(*job)
    xs, truth = next(tasks.parity(20, np.random.default_rng(job[-1]), B=2000))
    right = (model.forward(xs).y.argmax(axis=-1) == truth).mean(axis=1)
    return int(np.argmin(right > 0.99))


def _recalls(matrix: np.ndarray, keys: np.ndarray, values: np.ndarray) -> float:
    scores = keys @ matrix.T @ values.T - np.sum(values**2, axis=1) / 2
    return float(np.mean(scores.argmax(axis=1) == np.arange(len(keys))))


def _trained(keys: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The matrix whose answers' cross-entropy Adam has brought down, from the plain sum."""
    params, adam, n = {"C": values.T @ keys}, train.Adam(), len(keys)
    for step in range(1, 2001):
        scores = keys @ params["C"].T @ values.T - np.sum(values**2, axis=1) / 2
        dy = train.cross_entropy(scores[None], np.arange(n))[1][0]
        params, adam = adam.step(params, {"C": values.T @ dy.T @ keys}, step, lr=0.01)
    return params["C"]


@count(range(20))
def matrices(seed: int) -> dict[str, float]:
    """The share of pairs that a matrix of 16 x 16 recalls, by how it was found and how many there are."""
    rng, recalled = np.random.default_rng(seed), {}
    for n in (16, 64, 128):
        keys, values = rng.standard_normal((2, n, 16))
        keys /= np.linalg.norm(keys, axis=1, keepdims=True)
        found = {
            "sum": values.T @ keys,
            "least squares": values.T @ np.linalg.pinv(keys).T,
            "trained": _trained(keys, values),
        }
        recalled |= {f"{way}, {n}": _recalls(C, keys, values) for way, C in found.items()}
    return recalled
