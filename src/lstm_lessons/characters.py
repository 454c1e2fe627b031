"""A text, character by character: batches in order, a training that carries its state on, and writing.

data/prose.txt is what lessons 1 to 8 say, in small letters and without formulas; data/writer.npz a
network trained on it. Both are made by scripts/writer.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import train
from .arguments import Array, as_count, as_number, as_rng, shown
from .cells import LSTM
from .stack import Readout, Stack, StackTrace

TRAINING = 0.9  # this share of a text is learned from, the rest is for validation
UNITS = 72  # of the stored network


def text() -> str:
    """The prose of lessons 1 to 8, some 37,000 characters."""
    return (files(__package__) / "data" / "prose.txt").read_text(encoding="utf-8")


def encode(text: str, letters: str) -> NDArray[np.int_]:
    """The place of each character in ``letters``, (n,). Raises ValueError for one that is not there."""
    if not isinstance(text, str) or not text:
        raise TypeError(f"text: got {shown(text)}, expected a text with something in it")
    places = {letter: k for k, letter in enumerate(letters)}
    if unknown := [letter for letter in text if letter not in places]:
        raise ValueError(f"text: got {unknown[0]!r}, expected characters of {letters!r:.80}")
    return np.array([places[letter] for letter in text])


class Piece(NamedTuple):
    """A batch: the next piece of every stream."""

    xs: Array  # (T, B, K), one-hot
    target: NDArray[np.int_]  # (T, B), the characters that follow
    first: bool  # whether the streams begin here


def streams(codes: NDArray[np.int_], K: int, T: int = 50, B: int = 16) -> Iterator[Piece]:
    """A text cut into B streams that are read side by side, T characters of each at a time, for ever.

    Each piece goes on where the one before it ended, so a state can be carried on from batch to batch.
    """
    T, B, length = as_count("T", T), as_count("B", B), (len(codes) - 1) // B
    if length < T:
        raise ValueError(f"codes: got {len(codes)} characters, expected more than {T * B}")
    xs, target = (codes[k : k + B * length].reshape(B, length).T for k in (0, 1))
    while True:
        for start in range(0, length - T + 1, T):
            yield Piece(np.eye(K)[xs[start : start + T]], target[start : start + T], start == 0)


def network(K: int, units: int, rng: np.random.Generator) -> Stack:
    """An untrained LSTM that reads one of K characters and scores the next."""
    return Stack([LSTM(K, units, as_rng(rng), forget_bias=1.0), Readout(units, K, rng)])


def after(trace: StackTrace) -> list[tuple[Array, Array]]:
    """The state after the last step of ``network``, as its forward takes it."""
    layer = trace.layers[0]
    return [(layer.h[-1], layer.c[-1])]  # type: ignore[attr-defined]


def learn(
    model: Stack, batches: Iterator[Piece], steps: int, lr: float, carry: bool = True
) -> list[float]:
    """Train as `train.fit` does, but each batch starts from the state in which the last one ended.

    Its gradient ends with the batch. Returns the losses, in bits a character. Raises
    FloatingPointError when the loss is no longer a number.
    """
    if not as_number("lr", lr) > 0:
        raise ValueError(f"lr: got {lr:g}, expected a number above 0")
    adam, states, bits, steps = train.Adam(), None, [], as_count("steps", steps)
    with train.one_bar(steps) as bar:
        for n in range(1, steps + 1):
            piece = next(batches)
            trace = model.forward(piece.xs, None if piece.first or not carry else states)
            assert trace.y is not None
            loss, dy, _ = train.cross_entropy(trace.y, piece.target)
            if not np.isfinite(loss):
                raise FloatingPointError(
                    f"loss: got {loss:g} at step {n}, expected a number. Try a smaller lr (now {lr:g})."
                )
            grads = model.backward(trace, dy)
            grads = train.clip_by_norm({name: grads[name] for name in model.params}, 1.0)
            new, adam = adam.step(model.params, grads, n, lr)
            for name, value in new.items():
                model.params[name][...] = value
            states = after(trace)
            bits.append(loss / np.log(2))
            bar.update()
    return bits


def bits(model: Stack, codes: NDArray[np.int_], T: int = 50, carry: bool = True) -> Array:
    """What ``model`` pays for a text, in bits a character, by the character's place in its piece, (T,).

    The text is read in pieces of T; ``carry`` says whether the state goes on from piece to piece.
    """
    K, states, costs = model.cells[0].n_inputs, None, []
    if len(codes) <= as_count("T", T):
        raise ValueError(f"codes: got {len(codes)} characters, expected more than {T}")
    for piece in pieces(codes, K, T):
        trace = model.forward(piece.xs, states if carry else None)
        assert trace.y is not None
        y = trace.y[:, 0]
        log_p = y - y.max(axis=1, keepdims=True)
        log_p -= np.log(np.exp(log_p).sum(axis=1, keepdims=True))
        costs.append(-log_p[np.arange(T), piece.target[:, 0]] / np.log(2))
        states = after(trace)
    return np.mean(costs, axis=0)


def pieces(codes: NDArray[np.int_], K: int, T: int) -> Iterator[Piece]:
    """One stream's pieces, from its beginning to its end."""
    for start in range(0, len(codes) - T, T):
        xs, target = (codes[k + start : k + start + T, None] for k in (0, 1))
        yield Piece(np.eye(K)[xs], target, start == 0)


def chances(y: Array, temperature: float) -> Array:
    """softmax(y / temperature) of scores (K,): how likely each character is to be drawn."""
    if not as_number("temperature", temperature) > 0:
        raise ValueError(f"temperature: got {temperature:g}, expected a number above 0")
    scores = (y - y.max()) / temperature
    return np.exp(scores) / np.exp(scores).sum()


def write(
    model: Stack,
    letters: str,
    start: str,
    n: int,
    temperature: float,
    rng: np.random.Generator,
    carry: bool = True,
) -> str:
    """``start`` and n characters that are drawn after it, each read before the next is drawn.

    Without ``carry`` the network forgets after each character what came before it.
    """
    K, rng, written = len(letters), as_rng(rng), start
    trace = model.forward(np.eye(K)[encode(start, letters)[:, None]])
    for _ in range(as_count("n", n)):
        assert trace.y is not None
        drawn = rng.choice(K, p=chances(trace.y[-1, 0], temperature))
        written += letters[drawn]
        trace = model.forward(np.eye(K)[[[drawn]]], after(trace) if carry else None)
    return written


@cache
def stored() -> tuple[Stack, str]:
    """The network of data/writer.npz, and its letters."""
    with (files(__package__) / "data" / "writer.npz").open("rb") as file, np.load(file) as kept:
        params = {name: kept[name].astype(float) for name in kept.files if name != "letters"}
        letters = str(kept["letters"])
    model = network(len(letters), UNITS, np.random.default_rng(0))
    for name, value in params.items():
        model.params[name][...] = value
    return model, letters
