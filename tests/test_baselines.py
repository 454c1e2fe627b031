"""Forecasts without a hidden state: they find what a series was made of and never look ahead."""

import re

import numpy as np
import pytest

from lstm_lessons.baselines import Window, markov, whole_past
from lstm_lessons.tasks import sunspots


def made(weights, b, T, noise=0.0, start=1.0, seed=0):
    """A series from its own past, the last value's weight first; before it began there was 0."""
    rng, series = np.random.default_rng(seed), [start]
    while len(series) < T:
        past = series[::-1][: len(weights)]
        series.append(b + sum(w * x for w, x in zip(weights, past, strict=False)))
        series[-1] += noise * rng.standard_normal()
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


def test_a_window_finds_the_weights_under_noise():
    weights, b = [0.6, -0.5, 0.2], 0.4
    window = Window(made(weights, b, 20_000, noise=1.0), 3)
    np.testing.assert_allclose(window.weights, [*weights, b], rtol=0, atol=0.03)


@pytest.mark.parametrize("width", [1, 2, 5, 39])
def test_a_forecast_is_the_weighted_past_with_zeros_before_the_beginning(width):
    window = Window(random, width)
    series = np.random.default_rng(1).standard_normal(30)
    *weights, b = window.weights
    expected = []
    for t in range(1, len(series)):
        past = [series[t - k] if t >= k else 0.0 for k in range(1, width + 1)]
        expected.append(b + np.dot(weights, past))
    np.testing.assert_allclose(window.forecast(series), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("width", [1, 3, 39])
@pytest.mark.parametrize("changed", [1, 12, 39])
def test_a_forecast_uses_only_the_values_before_it(width, changed):
    window, other = Window(random, width), random.copy()
    other[changed] += 100
    before, after = window.forecast(random), window.forecast(other)
    assert before.shape == after.shape == (39,)
    reached = slice(changed, changed + width)  # forecast[t] is of series[t + 1]
    moved = before != after
    assert moved[reached].all() and not np.delete(moved, np.arange(39)[reached]).any()


@pytest.mark.parametrize("width", [1, 4, 10])
def test_no_other_weights_fit_better(width):
    window = Window(random, width)
    rows = [[*random[max(t - width, 0) : t][::-1], *[0.0] * (width - t), 1] for t in range(1, 40)]
    off = window.forecast(random) - random[1:]
    np.testing.assert_allclose(np.transpose(rows) @ off, 0, atol=1e-12)  # least squares


def test_a_wider_window_never_fits_worse():
    errors = [np.sum((Window(random, w).forecast(random) - random[1:]) ** 2) for w in range(1, 40)]
    assert (np.diff(errors) < 1e-12).all() and errors[-1] < 1e-20


@pytest.mark.parametrize("width", [1, 2, 17, 39])
def test_n_params_is_one_weight_for_each_value_in_the_window_and_b(width):
    assert Window(random, width).n_params == width + 1


def test_markov_is_a_window_of_one():
    assert markov(random).width == 1 and markov(random).n_params == 2
    assert np.array_equal(markov(random).weights, Window(random, 1).weights)
    assert np.array_equal(markov(random).forecast(random), Window(random, 1).forecast(random))


@pytest.mark.parametrize(
    "series, rest",
    [(random, 1e-12), ([3.0, -1.0], 1e-12), (sunspots()[1], 0.05)],  # rounding, with huge weights
    ids=["noise", "two values", "sunspots"],
)
def test_the_whole_past_fits_its_own_series_and_grows_with_it(series, rest):
    past = whole_past(series)
    assert past.width == len(series) - 1 and past.n_params == len(series)
    assert np.std(past.forecast(series) - series[1:]) < rest * np.std(series)


def test_the_whole_past_knows_nothing_of_what_comes_next():
    numbers = sunspots()[1]
    past, step = whole_past(numbers[:200]), markov(numbers[:200])
    errors = [np.mean((fit.forecast(numbers)[200:] - numbers[201:]) ** 2) for fit in (past, step)]
    assert errors[0] > errors[1]


@pytest.mark.parametrize("width", [1, 5, 39])
def test_fitting_and_forecasting_change_nothing(width):
    series = random.copy()
    window = Window(series, width)
    weights = window.weights.copy()
    first = window.forecast(series)
    first[:] = 7
    assert np.array_equal(window.forecast(series), Window(random, width).forecast(random))
    assert np.array_equal(series, random) and np.array_equal(window.weights, weights)
    series[:] = 0  # the window has what it needs
    assert np.array_equal(window.weights, weights)


# --- bad input


WRONG = [
    (ValueError, "width: got 0, expected 1 to 39", lambda: Window(random, 0)),
    (ValueError, "width: got -1, expected 1 to 39", lambda: Window(random, -1)),
    (ValueError, "width: got 40, expected 1 to 39", lambda: Window(random, 40)),
    (TypeError, "width: got 1.5, expected a whole number", lambda: Window(random, 1.5)),
    (TypeError, "width: got True, expected a whole number", lambda: Window(random, True)),
    (TypeError, "width: got '2', expected a whole number", lambda: Window(random, "2")),
    (ValueError, "series: got shape (20, 2), exp", lambda: Window(random.reshape(20, 2), 2)),
    (ValueError, "series: got nan at index (1,), expected finite", lambda: markov([1, np.nan, 3])),
    (ValueError, "series: got shape (0,), expected (T,)", lambda: whole_past([])),
    (ValueError, "series: got shape (0,), expected (T,)", lambda: markov(random).forecast([])),
    (TypeError, "series: got ['a', 'b'], expected", lambda: whole_past(["a", "b"])),
    (ValueError, "series: got 1 value, expected two or more", lambda: markov([1.0])),
    (ValueError, "series: got 1 value, expected two or", lambda: Window(random, 3).forecast([1.0])),
    (ValueError, "series: got shape (), expected (T,)", lambda: whole_past(5)),
]


@pytest.mark.parametrize("exception, sentence, call", WRONG)
def test_bad_input_is_answered_with_a_sentence(exception, sentence, call):
    with pytest.raises(exception, match=re.escape(sentence)) as caught:
        call()
    assert caught.type is exception
