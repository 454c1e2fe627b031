"""Lesson 9: the same networks from other seeds."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from lstm_lessons import characters, forecasts, tasks, train
from lstm_lessons.baselines import Window

from .. import writer
from ..forecasts import trained
from .running import cells, count


def _learned(seed: int, **more: str) -> dict[str, float]:
    own = cells(9, "a14", a14={"default_rng(1)": f"default_rng({seed})"} | more)
    ways = {"last step": (False,), "every step": (True,), "chrono": (False, 20)}
    return {name: own["learn"](*way)[1] for name, way in ways.items()}


@count(range(100, 120))
def asked(seed: int) -> dict[str, float]:
    """The share right at the last step, by where the loss asks."""
    return _learned(seed)


@count(range(100, 110))
def asked_at_a_smaller_rate(seed: int) -> dict[str, float]:
    return _learned(seed, **{"lr=0.01": "lr=0.003"})


def _holes(seed: int, steps: int) -> dict[str, float]:
    put = {
        "default_rng(2)": f"default_rng({seed})",
        "default_rng(1)": f"default_rng({seed + 1000})",
    }
    own = cells(9, "a41", "a42", a42=put | {"steps=150": f"steps={steps}"})
    return {name: float(own["learned"](form)) for name, form in own["forms"].items()}


@count(range(100, 120))
def holes(seed: int) -> dict[str, float]:
    """What is above the best possible error, by how a missing report is written down."""
    return _holes(seed, 150)


@count(range(100, 104))
def holes_longer(seed: int) -> dict[str, float]:
    return _holes(seed, 1500)


# --- the decoder


def _decoder(seed: int, *places: str, **changed: dict[str, str]) -> dict[str, Any]:
    start = {"a46": {"default_rng(0)": f"default_rng({seed})"}}
    return cells(9, "a46", "a48", *places, **start | changed)


def _beams(seed: int, steps: int) -> dict[str, float]:
    longer = {"a52": {"steps = train.Adam(), 200": f"steps = train.Adam(), {steps}"}}
    own = _decoder(seed, "a52", "a58c", **longer)
    digits, target, _ = own["batch"](200)
    rows = list(zip(digits.T, target.T, strict=True))
    ways = {"one beginning": (1, True), "five": (5, True), "five, one state": (5, False)}
    return {
        way: float(np.mean([own["beam"](row, *how) == end.tolist() for row, end in rows]))
        for way, how in ways.items()
    }


@count(range(100, 120))
def beams(seed: int) -> dict[str, float]:
    """The share of rows right from end to end."""
    return _beams(seed, 200)


@count(range(100, 106))
def beams_after_longer(seed: int) -> dict[str, float]:
    return _beams(seed, 400)


@count(range(100, 104))
def beams_after_six_times_as_long(seed: int) -> dict[str, float]:
    return _beams(seed, 1200)


def _says(own: dict[str, Any], digits: np.ndarray, hears: bool) -> np.ndarray:
    """What the decoder says running free, (6, B); if it does not hear itself, it is told the sign."""
    reads, write = own["read"].forward(np.eye(10)[digits]), own["write"]
    state, told, said = (reads.h[-1], reads.c[-1]), np.full(digits.shape[1], 10), []
    for _ in range(6):
        step = write.forward(np.eye(11)[told][None], state)
        state = step.h[0], step.c[0]
        said.append(own["layers"]["say"].forward(step.h)[0].argmax(axis=-1))
        told = said[-1] if hears else told
    return np.array(said)


@count(range(100, 120))
def told_own_or_nothing(seed: int) -> dict[str, list[float]]:
    """Rows right running free, by what the decoder is told in training, after 200 steps and 1,200."""
    right: dict[str, list[float]] = {}
    for way in ("told", "own", "nothing"):
        own, adam, right[way] = _decoder(seed), train.Adam(), []
        params = {
            f"{k}.{n}": p for k, layer in own["layers"].items() for n, p in layer.params.items()
        }
        for n in range(1, 1201):
            digits, target, before = own["batch"]()
            if way == "own":
                before[1:] = _says(own, digits, hears=True)[:-1]
            elif way == "nothing":
                before[1:] = 10
            reads, writes, y = own["answers"](digits, before)
            grads = own["way_back"](reads, writes, train.cross_entropy(y, target)[1])
            new, adam = adam.step(params, train.clip_by_norm(grads, 1.0), n, lr=0.02)
            for name, value in new.items():
                params[name][...] = value
            if n in (200, 1200):
                digits, target, _ = own["batch"](1000)
                same = _says(own, digits, hears=way != "nothing") == target
                right[way].append(float(same.all(axis=0).mean()))
    return right


# --- the sunspots


@cache
def _sun() -> tuple[np.ndarray, np.ndarray, forecasts.Split]:
    years, numbers = tasks.sunspots()
    return years, numbers, forecasts.split(years)


@count(range(100, 108))
def stopped_at_100(seed: int) -> list[float]:
    """A GRU of 16 units after 100 steps: its errors in validation and test, in sunspots."""
    _, numbers, parts = _sun()
    _, series, mean, spread = forecasts.scaled()
    model = forecasts.network("GRU", 16, seed)
    batches = forecasts.pieces(series[: parts.training.stop + 1], np.random.default_rng([seed, 1]))
    train.fit(model, batches, 100, 0.01)
    made = mean + spread * forecasts.forecast(model, series)
    return [forecasts.rmse(made[part], numbers[1:][part]) for part in parts[1:]]


@count([[lr, seed] for lr in (0.003, 0.01) for seed in range(10)])
def thirty_two_units(job: list) -> list[float]:
    """An LSTM of 32 units: its errors in validation and test, in sunspots."""
    _, numbers, parts = _sun()
    _, series, mean, spread = forecasts.scaled()
    model, run = trained("LSTM", 32, *job)
    made = mean + spread * forecasts.forecast(model, series)
    return [
        spread * float(run.validation.min()),
        forecasts.rmse(made[parts.test], numbers[1:][parts.test]),
    ]


@count(range(100, 120))
def still_swings(seed: int) -> float:
    """An LSTM of 8 units runs free for 200 years: the spread of the last 50, in sunspots."""
    _, series, _, spread = forecasts.scaled()
    model, _ = trained("LSTM", 8, 0.01, seed)
    return spread * float(forecasts.free(model, series[:250], 200)[-50:].std())


@count([1850, 1900, 1950])
def chosen_by_the_years_before(first: int) -> list[float]:
    """A window whose width is chosen by the fifty years before ``first``: the width, and its error in
    the fifty years after."""
    years, numbers, _ = _sun()
    asked, before = ((years[1:] >= y) & (years[1:] < y + 50) for y in (first, first - 50))

    def error(width: int, end: int, on: np.ndarray) -> float:
        made = Window(numbers[years < end], width).forecast(numbers)
        return forecasts.rmse(made[on], numbers[1:][on])

    width = min(range(1, 41), key=lambda width: error(width, first - 50, before))
    return [width, error(width, first, asked)]


@count([None])
def window_with_the_validation_years(_: None) -> float:
    """The window of ten years, learned from all years before 1950: its error in the test."""
    years, numbers, parts = _sun()
    made = Window(numbers[years < forecasts.TEST], 10).forecast(numbers)
    return forecasts.rmse(made[parts.test], numbers[1:][parts.test])


@count([None])
def random_splits(_: None) -> int:
    """In how many of 2,000 draws random years promise less error than the last years have."""
    own = cells(9, "c01", "c03", "c06")
    early, late, error = np.arange(241), np.arange(241, 300), own["error_of"]
    in_time = error(early, late)
    draws = [np.random.default_rng(seed).permutation(300) for seed in range(100, 2100)]
    return int(sum(error(mixed[:241], mixed[241:]) < in_time for mixed in draws))


@count([None])
def mixture(_: None) -> list[float]:
    """How 55% truth and 45% last value go along with the truth, and with the last value, in the test."""
    _, numbers, parts = _sun()
    truth, last = numbers[1:][parts.test], numbers[:-1][parts.test]
    mixed = 0.55 * truth + 0.45 * last
    return [float(np.corrcoef(mixed, one)[0, 1]) for one in (truth, last)]


# --- the network that writes


@count(range(100, 120))
def carried_or_reset(seed: int) -> dict[str, list[float]]:
    """Bits a character of two small networks, the state carried on in training or reset, by the length
    of the pieces: in use carried on, and in use reset."""
    known, new, letters = writer.parts()
    bits: dict[str, list[float]] = {}
    for T in (50, 10):
        for carry in (True, False):
            model = characters.network(len(letters), 32, np.random.default_rng(seed))
            pieces = characters.streams(known, len(letters), T)
            characters.learn(model, pieces, 150, 0.01, carry)
            paid = [float(characters.bits(model, new, T, use).mean()) for use in (True, False)]
            bits[f"{T}, {'carried' if carry else 'reset'}"] = paid
    return bits


@count([None])
def counts_that_go_on(_: None) -> float:
    """Bits a character of counts of four, where each character of the last tenth counts once it is paid."""
    own = cells(9, "d01", "d03", "d07", "d07b")
    text, runs, followed, bits = own["text"], own["runs"], own["runs"].copy(), []
    for place in range(len(own["known"]), len(text)):
        p, befores = 1 / own["K"], [text[place - n : place] for n in range(5)]
        for before in befores:
            p = (runs[before + text[place]] + 5 * p) / (followed[before] + 5)
        bits.append(-np.log2(p))
        runs.update(before + text[place] for before in befores)
        followed.update(befores)
    return float(np.mean(bits))


@count(range(1, 21))
def writers(seed: int) -> list[Any]:
    """Ends in a circle where the likeliest is taken; bits at a piece's first character more than with
    the state carried on, when pieces are shuffled, and when it is reset."""
    known, new, letters = writer.parts()
    model = writer.trained(seed)
    cold = characters.write(model, letters, "the ", 300, 0.001, np.random.default_rng(0))
    pieces = new[: len(new) // 50 * 50].reshape(-1, 50)
    mixed = np.random.default_rng(0).permutation(pieces).ravel()
    carried = characters.bits(model, new)
    shuffled, reset = characters.bits(model, mixed), characters.bits(model, new, carry=False)
    circle = cold[:-60].count(cold[-60:-30]) > 0
    return [circle, float(shuffled[0] - carried[0]), float(reset[0] - carried[0])]
