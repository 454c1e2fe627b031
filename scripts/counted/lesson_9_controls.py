"""Lesson 9's controls: a different cell, only some steps asked, padding in training, a sign for a gap."""

from __future__ import annotations

import numpy as np

from lstm_lessons import LSTM, Readout, Stack, tasks, train

from .running import cells, count


@count(range(100, 120))
def asked_of_an_rnn(seed: int) -> dict[str, float]:
    """The share right at the last step, by where the loss asks: the package's RNN at a rate of 0.003."""
    put = {"default_rng(1)": f"default_rng({seed})", "lr=0.01": "lr=0.003"}
    own = cells(9, "a14", a14=put | {"LSTM(5, 16, rng, chrono=chrono)": "RNN(5, 16, rng)"})
    return {name: own["learn"](every)[1] for name, every in {"last": False, "every": True}.items()}


@count(range(100, 120))
def asked_at_the_first_and_the_last(seed: int) -> float:
    """The share right at the last step, where the loss asks at these two alone, in equal shares."""
    rng = np.random.default_rng(seed)
    model, adam = Stack([LSTM(5, 16, rng), Readout(16, 4, rng)]), train.Adam()
    batches = tasks.recall(20, rng)
    for n in range(1, 151):
        xs, symbol = next(batches)
        trace = model.forward(xs)
        dy = train.cross_entropy(trace.y, np.tile(symbol, (21, 1)))[1] * 21 / 2
        dy[1:-1] = 0
        grads = model.backward(trace, dy)
        clipped = train.clip_by_norm({name: grads[name] for name in model.params}, 1.0)
        new, adam = adam.step(model.params, clipped, n, lr=0.01)
        for name, value in new.items():
            model.params[name][...] = value
    xs, symbol = next(tasks.recall(20, rng, B=400))
    return train.cross_entropy(model.forward(xs).y, symbol)[2]


def _signs(seed: int, lr: float) -> dict[str, float]:
    put = {
        "default_rng(2)": f"default_rng({seed})",
        "default_rng(1)": f"default_rng({seed + 1000})",
    }
    own = cells(9, "a41", "a42", a42=put | {"lr=0.01": f"lr={lr}"})
    forms = own["forms"]
    minus_five = {"-5": lambda known, last, since: [np.where(known, last, -5.0)]}
    some = {name: forms[name] for name in ("0 where missing", "0, and a flag")} | minus_five
    return {name: float(own["learned"](form)) for name, form in some.items()}


@count(range(100, 110))
def a_sign_for_what_is_missing(seed: int) -> dict[str, float]:
    """What is above the best possible error: 0 where a report is missing, -5, and 0 with a flag."""
    return _signs(seed, 0.01)


@count([[lr, seed] for lr in (0.003, 0.03) for seed in range(300, 308)])
def a_sign_at_other_rates(job: list) -> dict[str, float]:
    """The same at other learning rates."""
    lr, seed = job
    return _signs(seed, lr)


def _in_front(rng: np.random.Generator, B: int = 32) -> tasks.Batches:
    """Recall over 3 to 19 blanks, filled up with zeros in front to 20 steps."""
    while True:
        xs, symbol = np.zeros((20, B, 5)), rng.integers(4, size=B)
        for row, T in enumerate(rng.integers(4, 21, size=B)):
            xs[20 - T, row, symbol[row]] = 1
            xs[21 - T :, row, 4] = 1
        yield xs, symbol


@count(range(100, 110))
def padded_in_front(seed: int) -> dict[str, float]:
    """The share right over 7 blanks with 12 rows of zeros in front: trained with such rows, or without,
    for 400 steps."""
    shares = {}
    for name in ("with", "without"):
        rng = np.random.default_rng(seed)
        model = Stack([LSTM(5, 16, rng, forget_bias=1), Readout(16, 4, rng)])
        batches = _in_front(rng) if name == "with" else tasks.recall(7, rng)
        train.fit(model, batches, 400, 0.01)
        xs, symbol = next(tasks.recall(7, rng, B=400))
        padded = np.concatenate([np.zeros((12, 400, 5)), xs])
        shares[name] = train.cross_entropy(model.forward(padded).y, symbol)[2]
        shares[f"{name}, no zeros"] = train.cross_entropy(model.forward(xs).y, symbol)[2]
    return shares
