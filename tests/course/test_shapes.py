"""The sensor of lesson 9: what it reports is what was there, when it was there."""

import numpy as np

from lstm_lessons.course.shapes import reports


def test_a_report_stands_until_the_next_one_and_grows_older_by_a_step():
    values, known, last, since = reports(np.random.default_rng(0), T=30, B=50)
    assert (known[0] == 1).all() and 0.25 < known[1:].mean() < 0.35
    for t, b in np.ndindex(values.shape):
        told = np.flatnonzero(known[: t + 1, b])[-1]
        assert last[t, b] == values[told, b] and since[t, b] == t - told


def test_the_series_keeps_its_variance_and_the_last_report_says_what_can_be_said():
    values, _, last, since = reports(np.random.default_rng(0), T=20, B=20_000)
    assert np.allclose(values.var(axis=1), 1, atol=0.05)
    for age in (0, 1, 3):
        then, now = last[since == age], values[since == age]
        assert np.isclose(np.mean(then * now) / np.mean(then**2), 0.8**age, atol=0.02)
        assert np.isclose(np.mean((now - 0.8**age * then) ** 2), 1 - 0.64**age, atol=0.03)


def test_the_same_seed_gives_the_same_reports():
    first, again = (reports(np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
