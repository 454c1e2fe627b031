"""What a training step is made of: two losses and their gradients, clipping, and Adam."""

import math

import numpy as np
import pytest

from lstm_lessons.train import Adam, clip_by_norm, cross_entropy, global_norm, squared_error

T, B, N = 5, 2, 3
rng = np.random.default_rng(0)
TARGETS = {
    "(B,)": rng.integers(N, size=B),
    "(T, B)": rng.integers(N, size=(T, B)),
    "(B, n)": rng.standard_normal((B, N)),
    "(T, B, n)": rng.standard_normal((T, B, N)),
}
ANSWERS = rng.standard_normal((T, B, N))
LOSSES = {form: squared_error if "n" in form else cross_entropy for form in TARGETS}


def naive_loss(form, y, target):
    """The loss and the share of right answers, one answer after another."""
    steps = range(len(y)) if "T" in form else [len(y) - 1]
    places = [(t, b) for t in steps for b in range(y.shape[1])]
    pairs = [(y[t, b], target[t, b] if "T" in form else target[b]) for t, b in places]
    if "n" in form:
        return [np.mean([np.mean((scores - values) ** 2) for scores, values in pairs])]
    losses = [-math.log(math.exp(s[k]) / sum(math.exp(v) for v in s)) for s, k in pairs]
    return [np.mean(losses), np.mean([np.argmax(scores) == k for scores, k in pairs])]


@pytest.mark.parametrize("steps", [1, T])
@pytest.mark.parametrize("form", TARGETS)
def test_losses_are_those_of_the_formula_and_gradients_those_of_differences(
    form, steps, assert_gradients
):
    y, loss = ANSWERS[:steps].copy(), LOSSES[form]
    target = TARGETS[form][:steps] if "T" in form else TARGETS[form]
    value, dy, *accuracy = loss(y, target)
    assert type(value) is float
    assert [value, *accuracy] == pytest.approx(naive_loss(form, y, target), rel=1e-13)
    assert_gradients({"y": dy}, {"y": y}, lambda: loss(y, target)[0])
    assert np.array_equal(y, ANSWERS[:steps])  # and is left alone
    assert steps == 1 or dy[:-1].any() == ("T" in form)  # the last step alone, or every step


@pytest.mark.parametrize("target", [np.array([2, 0], np.uint8), (2.0, 0.0)])
def test_whole_numbers_of_any_kind_are_classes(target):
    both = cross_entropy(ANSWERS, target), cross_entropy(ANSWERS, [2, 0])
    assert all(map(np.array_equal, *both))


@pytest.mark.parametrize("right, expected, slope", [(0, 0.0, 0.0), (1, 2e4, 1.0)])
def test_huge_scores_do_not_overflow(right, expected, slope):
    value, dy, accuracy = cross_entropy(np.array([[[1e4, -1e4]]]), np.array([right]))
    assert value == expected and accuracy == 1 - right
    assert np.array_equal(dy, [[[slope, -slope]]])


@pytest.mark.parametrize(
    "loss, target, sentence",
    [
        (
            lambda y, target: cross_entropy(y[0], target),
            [0, 1],
            "y: got shape (2, 3), expected (T, B",
        ),
        (
            lambda y, target: squared_error(y[0], target),
            [0, 1],
            "y: got shape (2, 3), expected (T, B",
        ),
        (cross_entropy, [0, 1, 2], "target: got shape (3,), expected (2,) for y (5, 2, 3)"),
        (cross_entropy, [0, 3], "target: got class 3, expected 0 to 2"),
        (cross_entropy, [-1, 3], "target: got class -1, expected 0 to 2"),
        (squared_error, np.zeros((2, 1)), "target: got shape (2, 1), expected (2, 3)"),
        (squared_error, np.zeros((4, 2, 3)), "got shape (4, 2, 3), expected (5, 2, 3)"),
    ],
)
def test_a_target_that_does_not_fit_is_refused(loss, target, sentence, assert_refused):
    assert_refused(lambda: loss(ANSWERS, target), ValueError, sentence)


# --- clipping

GRADS = {"a": np.array([3.0, -4.0]), "b": np.array([[12.0]])}  # of length 13


def scaled(by):
    return {name: by * grad for name, grad in GRADS.items()}


def test_the_global_norm_of_nothing_is_zero_and_what_is_not_finite_stays_so():
    assert global_norm({}) == global_norm(scaled(0)) == 0
    for name, k in [("a", 0), ("a", 1), ("b", 0)]:
        for bad in (np.nan, np.inf, -np.inf):
            grads = scaled(1)
            grads[name].flat[k] = bad
            assert not np.isfinite(global_norm(grads))
            with np.errstate(invalid="ignore"):
                assert not all(np.isfinite(g).all() for g in clip_by_norm(grads, 1).values())


@pytest.mark.parametrize(
    "size, max_norm", [(1.0, 1e-3), (1.0, 12.9), (1e200, 1.0), (1e-200, 1e-201)]
)
def test_clipping_bounds_the_common_length_and_keeps_the_direction(size, max_norm):
    long = scaled(size)
    short = clip_by_norm(long, max_norm)
    assert global_norm(long) == pytest.approx(13 * size, rel=1e-14)
    for name, grad in short.items():
        np.testing.assert_allclose(grad, GRADS[name] * max_norm / 13, rtol=1e-13)
        assert grad.shape == GRADS[name].shape
        assert np.array_equal(long[name], scaled(size)[name])  # it was left alone


@pytest.mark.parametrize("max_norm", [13, 14.0])
def test_short_gradients_are_left_as_they_are(max_norm):
    assert clip_by_norm(GRADS, max_norm) is GRADS
    assert clip_by_norm(scaled(0), max_norm).keys() == GRADS.keys()


def test_a_bound_that_is_no_length_is_refused(assert_refused):
    assert_refused(lambda: clip_by_norm(GRADS, -1), ValueError, "max_norm: got -1, expected")


# --- Adam


def test_adams_steps_are_those_of_its_paper_written_by_hand():
    params, adam, lr = {"w": np.array([1.0, -2.0]), "u": np.array([[0.5]])}, Adam(), 0.05
    by_hand = {name: value.copy() for name, value in params.items()}
    m = v = {"w": 0.0, "u": 0.0}
    for n in range(1, 5):
        grads = {"w": np.array([0.3 * n, -1.0]), "u": np.array([[1e-3 / n]])}
        was, old = adam, [{**adam.m}, {**adam.v}]
        params, adam = adam.step(params, grads, n, lr)
        assert [was.m, was.v] == old and adam is not was  # until the new one is put in its place
        m = {name: 0.9 * m[name] + (1 - 0.9) * g for name, g in grads.items()}
        v = {name: 0.999 * v[name] + (1 - 0.999) * g**2 for name, g in grads.items()}
        for name in by_hand:
            up, down = m[name] / (1 - 0.9**n), v[name] / (1 - 0.999**n)
            by_hand[name] = by_hand[name] - lr * up / (np.sqrt(down) + 1e-8)
            np.testing.assert_allclose(params[name], by_hand[name], rtol=1e-13)
            np.testing.assert_allclose(adam.m[name], m[name], rtol=1e-13)
            np.testing.assert_allclose(adam.v[name], v[name], rtol=1e-13)
