"""Forecasts without a hidden state: they find what a series was made of and never look ahead."""

import numpy as np
import pytest

from lstm_lessons.baselines import Window, markov, whole_past
from lstm_lessons.tasks import sunspots


def made(weights, b, T, noise=0.0):
    """A series from its own past, the last value's weight first; before it began there was 0."""
    rng, series = np.random.default_rng(0), [1.0]
    while len(series) < T:
        past = series[::-1][: len(weights)]
        value = b + sum(w * x for w, x in zip(weights, past, strict=False))
        series.append(value + noise * rng.standard_normal())
    return np.array(series)


def waves(*turns):
    """The weights of a series that swings for ever, by so much of a circle at each step."""
    return -np.poly(np.exp([sign * 1j * turn for turn in turns for sign in (1, -1)])).real[1:]


random = np.random.default_rng(0).standard_normal(40)
random[0] = 3.0  # weights that lean on a first value near 0 would be huge


@pytest.mark.parametrize(
    "weights, b", [([0.5], 0.3), ([-1.0], 3.0), (waves(0.5), 0.7), (waves(0.5, 1.3), -0.2)]
)
def test_a_window_finds_the_weights_that_a_series_was_made_of(weights, b):
    series = made(weights, b, 60)
    window = Window(series, len(weights))
    np.testing.assert_allclose(window.weights, [*weights, b], rtol=0, atol=1e-8)
    np.testing.assert_allclose(window.forecast(series), series[1:], rtol=0, atol=1e-9)
    noisy = Window(made([0.6, -0.5, 0.2], 0.4, 5_000, noise=1.0), 3)
    np.testing.assert_allclose(noisy.weights, [0.6, -0.5, 0.2, 0.4], rtol=0, atol=0.06)


@pytest.mark.parametrize("width", [1, 2, 5, 39])
def test_a_forecast_is_the_weighted_past_with_zeros_before_the_beginning(width):
    window, before = Window(random, width), random.copy()
    series = np.random.default_rng(1).standard_normal(30)
    *weights, b = window.weights
    expected = []
    for t in range(1, len(series)):
        past = [series[t - k] if t >= k else 0.0 for k in range(1, width + 1)]
        expected.append(b + np.dot(weights, past))
    np.testing.assert_allclose(window.forecast(series), expected, rtol=0, atol=1e-12)
    assert np.array_equal(random, before) and window.n_params == width + 1


def test_markov_is_a_window_of_one_and_the_whole_past_one_of_everything():
    assert np.array_equal(markov(random).weights, Window(random, 1).weights)
    for series in (random, [3.0, -1.0]):
        past = whole_past(series)
        assert past.width == len(series) - 1 and past.n_params == len(series)
        np.testing.assert_allclose(past.forecast(series), series[1:], rtol=0, atol=1e-11)


def test_the_whole_past_knows_nothing_of_what_comes_next():
    numbers = sunspots()[1]
    past, step = whole_past(numbers[:200]), markov(numbers[:200])
    errors = [np.mean((fit.forecast(numbers)[200:] - numbers[201:]) ** 2) for fit in (past, step)]
    assert errors[0] > errors[1]


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (ValueError, "width: got 40, expected 1 to 39", lambda: Window(random, 40)),
        (ValueError, "series: got nan at index (1,)", lambda: markov([1, np.nan, 3])),
        (ValueError, "series: got 1 value, expected two or more", lambda: markov([1.0])),
        (ValueError, "series: got shape (0,), expected", lambda: markov(random).forecast([])),
    ],
)  # fmt: skip
def test_bad_input_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)
