"""Training: the loss and its gradient, clipping, and a loop that can be stopped and gone on with."""

import math
import re
import signal
from itertools import islice

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN
from lstm_lessons.stack import Readout, Stack
from lstm_lessons.tasks import adding, recall
from lstm_lessons.train import History, clip, fit, loss

T, B, N = 5, 2, 3
rng = np.random.default_rng(0)
TARGETS = {
    "(B,)": rng.integers(N, size=B),
    "(T, B)": rng.integers(N, size=(T, B)),
    "(B, n)": rng.standard_normal((B, N)),
    "(T, B, n)": rng.standard_normal((T, B, N)),
}
ANSWERS = rng.standard_normal((T, B, N))


def naive_loss(y, target):
    """The loss and the share of right answers, one answer after another."""
    classes = target.dtype.kind == "i"
    every = target.ndim == (2 if classes else 3)
    pairs = [
        (y[t, b], target[t, b] if every else target[b])
        for t in (range(len(y)) if every else [len(y) - 1])
        for b in range(y.shape[1])
    ]
    if not classes:
        return np.mean([np.mean((scores - value) ** 2) for scores, value in pairs]), None
    losses = [-math.log(math.exp(s[k]) / sum(math.exp(v) for v in s)) for s, k in pairs]
    return np.mean(losses), np.mean([np.argmax(scores) == k for scores, k in pairs])


# --- the loss


@pytest.mark.parametrize("steps", [1, T])
@pytest.mark.parametrize("form", TARGETS)
def test_the_loss_is_that_of_the_formula(form, steps):
    y, target = ANSWERS[:steps], TARGETS[form]
    target = target[:steps] if form.startswith("(T") else target
    value, dy, right = loss(y, target)
    expected, share = naive_loss(y, target)
    assert value == pytest.approx(expected, rel=1e-13) and right == share
    assert type(value) is float and dy.shape == y.shape


@pytest.mark.parametrize("form", TARGETS)
def test_the_losss_gradient_agrees_with_central_differences(form):
    y, target = ANSWERS.copy(), TARGETS[form]
    dy = loss(y, target)[1]
    for k in np.ndindex(y.shape):
        sides = []
        for sign in (1, -1):
            y[k] = ANSWERS[k] + sign * 1e-5
            sides.append(loss(y, target)[0])
        y[k] = ANSWERS[k]
        assert dy[k] == pytest.approx((sides[0] - sides[1]) / 2e-5, abs=1e-9)
    assert dy[:-1].any() == form.startswith("(T")  # the last step alone, or every step
    assert np.array_equal(y, ANSWERS)


def test_all_scores_alike_have_the_loss_of_a_guess():
    assert loss(np.zeros((4, 3, 8)), np.array([0, 3, 7]))[0] == pytest.approx(math.log(8))


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64, list])
def test_whole_numbers_of_any_kind_are_classes(kind):
    target = [2, 0] if kind is list else np.array([2, 0], kind)
    expected = loss(ANSWERS, np.array([2, 0]))
    got = loss(ANSWERS, target)
    assert (got[0], got[2]) == (expected[0], expected[2]) and np.array_equal(got[1], expected[1])


@pytest.mark.parametrize("right, expected, slope", [(0, 0.0, 0.0), (1, 2e4, 1.0)])
def test_huge_scores_do_not_overflow(right, expected, slope):
    value, dy, share = loss(np.array([[[1e4, -1e4]]]), np.array([right]))
    assert value == expected and share == 1 - right
    assert np.array_equal(dy, [[[slope, -slope]]])


WRONG_VALUE = [
    ("target: got shape (3,), expected (2,) for y (5, 2, 3)", [0, 1, 2]),
    ("target: got shape (2, 5), expected (5, 2)", np.zeros((2, 5), int)),
    ("target: got shape (), expected (2,)", 1),
    ("target: got shape (2, 1), expected (2, 3)", np.zeros((2, 1))),
    ("target: got shape (5, 2), expected (2, 3)", np.zeros((5, 2))),
    ("target: got shape (5, 2, 1), expected (5, 2, 3)", np.zeros((5, 2, 1))),
    ("target: got shape (4, 2, 3), expected (5, 2, 3)", np.zeros((4, 2, 3))),
    ("target: got shape (0,), expected", []),
    ("target: got class 3, expected 0 to 2", [0, 3]),
    ("target: got class -1, expected 0 to 2", [-1, 3]),
    ("target: got class 7, expected 0 to 2", np.full((5, 2), 7)),
    ("target: got nan at index (1, 2), expected finite", [[0.0, 1, 2], [0, 1, np.nan]]),
    ("target: got inf at index (0, 0, 0), expected finite", np.full((5, 2, 3), np.inf)),
]


@pytest.mark.parametrize("sentence, target", WRONG_VALUE)
def test_a_target_that_does_not_fit_is_answered_with_a_sentence(sentence, target):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        loss(ANSWERS, target)


# --- clipping

GRADS = {"a": np.array([3.0, -4.0]), "b": np.array([[12.0]])}  # of length 13


@pytest.mark.parametrize("most", [1e-3, 1.0, 12.9])
def test_clipping_bounds_the_common_length_and_keeps_the_direction(most):
    short = clip(GRADS, most)
    flat, was = (np.concatenate([g.ravel() for g in grads.values()]) for grads in (short, GRADS))
    assert np.linalg.norm(flat) == pytest.approx(most, rel=1e-14)
    np.testing.assert_allclose(flat * 13 / most, was, rtol=1e-13)
    assert {name: g.shape for name, g in short.items()} == {"a": (2,), "b": (1, 1)}
    assert GRADS["a"].tolist() == [3, -4] and GRADS["b"].tolist() == [[12]]


@pytest.mark.parametrize("most", [13, 14.0, np.inf])
def test_short_gradients_are_left_as_they_are(most):
    assert clip(GRADS, most) is GRADS
    zeros = {"a": np.zeros(3)}
    assert clip(zeros, most) is zeros


# --- the loop


def model(seed=0, D=5, n=4, H=12, build=LSTM, **kwargs):
    rng = np.random.default_rng(seed)
    return Stack([build(D, H, rng, **kwargs), Readout(H, n, rng)])


def linear(D=2, n=1):
    return model(D=D, n=n, H=8, build=RNN, activation="linear")


def batches(seed=0, steps=6):
    return recall(steps, np.random.default_rng(seed))


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def assert_same_training(one, other):
    (net, history), (other_net, other_history) = one, other
    assert history.loss == other_history.loss and history.right == other_history.right
    assert same(net.params, other_net.params)
    assert same(history.mean, other_history.mean) and same(history.square, other_history.square)


def at_once(steps=20):
    net = model()
    return net, fit(net, batches(), steps)


def test_the_same_seed_gives_the_same_training_and_another_seed_another():
    one, again = at_once(), at_once()
    assert_same_training(one, again)
    assert len(one[1].loss) == len(one[1].right) == 20 and not one[1].stopped
    assert fit(model(1), batches(), 20).loss != one[1].loss != fit(model(), batches(1), 20).loss


def test_twice_ten_steps_are_twenty_steps():
    net, task = model(), batches()
    first = fit(net, task, 10)
    second = fit(net, task, 10, history=first)
    assert second is first
    assert_same_training((net, second), at_once())


def test_the_first_steps_are_adams():
    net, task = linear(), list(islice(adding(4, np.random.default_rng(0)), 3))
    expected = {name: value.copy() for name, value in net.params.items()}
    twin, m, v = linear(), dict.fromkeys(expected, 0.0), dict.fromkeys(expected, 0.0)
    for n, (xs, target) in enumerate(task, 1):
        trace = twin.forward(xs)
        grads = twin.backward(trace, loss(trace.y, target)[1])
        length = math.sqrt(sum((grads[name] ** 2).sum() for name in expected))
        for name in expected:
            g = grads[name] * min(1, 0.3 / length)
            m[name], v[name] = 0.9 * m[name] + 0.1 * g, 0.999 * v[name] + 0.001 * g**2
            up, down = m[name] / (1 - 0.9**n), v[name] / (1 - 0.999**n)
            expected[name] -= 0.05 * up / (np.sqrt(down) + 1e-8)
            twin.params[name][...] = expected[name]
    fit(net, task, 3, lr=0.05, most=0.3)
    for name, value in net.params.items():
        np.testing.assert_allclose(value, expected[name], rtol=0, atol=1e-12)


def test_training_changes_the_parameters_in_place_and_nothing_else():
    net, task = model(), list(islice(batches(), 5))
    arrays, kept = net.params, [(xs.copy(), target.copy()) for xs, target in task]
    before = {name: value.copy() for name, value in arrays.items()}
    fit(net, task, 5)
    for name, value in net.params.items():
        assert value is arrays[name] and not np.array_equal(value, before[name])
    for old, new in zip(kept, task, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(old, new, strict=True))


@pytest.mark.parametrize("seed", range(3))
def test_the_loss_falls_on_recall(seed):
    net = model(seed, H=16, chrono=10)
    history = fit(net, batches(seed, 10), 150)
    assert history.loss[0] == pytest.approx(math.log(4), abs=0.3)  # a guess among four
    assert np.mean(history.loss[-10:]) < 0.3 * np.mean(history.loss[:10])
    assert np.mean(history.right[-10:]) > 0.9


def test_the_loss_falls_on_values_at_every_step_and_no_share_is_kept():
    rng = np.random.default_rng(0)
    xs = rng.standard_normal((6, 16, 2))
    task = iter(lambda: (xs, np.cumsum(xs, axis=0)[..., :1]), None)
    history = fit(model(D=2, n=1, build=GRU), task, 100, lr=0.02)
    assert history.loss[-1] < 0.2 * history.loss[0] and history.right == []


# --- stopping


def stopped_at(step, task):
    """The task, until a reader presses stop in the middle of a batch."""
    yield from islice(task, step - 1)
    raise KeyboardInterrupt


def test_stopped_by_the_reader_it_keeps_whole_steps_and_goes_on():
    net, task = model(), batches()
    history = fit(net, stopped_at(7, task), 20)
    assert history.stopped and len(history.loss) == len(history.right) == 6
    assert_same_training((net, history), at_once(6))
    assert np.isfinite(net.forward(next(batches(9))[0]).y).all()
    again = fit(net, task, 14, history=history)
    assert again is history and not history.stopped
    assert_same_training((net, history), at_once())


def test_stopped_before_the_first_step_there_is_a_history_without_steps():
    history = fit(model(), stopped_at(1, batches()), 5)
    assert history.stopped and repr(history) == "History: no step yet"


class StopsInTheStep(dict):
    """Adam's memory; the reader presses stop when its third array is asked for."""

    asked = 0

    def get(self, name, default=None):
        self.asked += 1
        if self.asked == 3:
            signal.raise_signal(signal.SIGINT)
        return super().get(name, default)


def test_stopped_in_the_middle_of_a_step_it_ends_after_a_whole_one():
    net, task = model(), batches()
    history = fit(net, task, 5, history=History(square=StopsInTheStep()))
    assert history.stopped and history.square.asked == 3
    assert history.loss == history.right == [] and not history.mean
    assert same(net.params, model().params)


# --- no longer a number


def endless(xs, target):
    return iter(lambda: (xs, target), None)


HUGE = np.full((3, 2, 5), 1e200)
BLOWN_UP = {
    "a huge target": (model, lambda: endless(np.ones((3, 2, 5)), np.full((2, 4), 1e200)), 0.01),
    "huge inputs": (lambda: linear(5, 4), lambda: endless(HUGE, np.zeros((2, 4))), 0.01),
    "lr 100": (linear, lambda: adding(100, np.random.default_rng(0)), 100.0),
    "lr 1": (linear, lambda: adding(100, np.random.default_rng(0)), 1.0),
    "lr 1e6": (linear, lambda: adding(100, np.random.default_rng(0)), 1e6),
    "lr 1e12": (linear, lambda: adding(10, np.random.default_rng(0)), 1e12),
    "huge inputs, classes": (lambda: linear(5, 4), lambda: endless(HUGE, np.array([0, 1])), 0.01),
    "inputs beyond all": (lambda: linear(5, 4), lambda: endless(1e108 * HUGE, [0, 1]), 0.01),
}


@pytest.mark.parametrize("build, task, lr", BLOWN_UP.values(), ids=BLOWN_UP)
def test_a_loss_that_is_no_longer_a_number_says_at_which_step_and_what_to_try(build, task, lr):
    net, history = build(), History()
    with pytest.raises(FloatingPointError) as caught:
        fit(net, task(), 60, lr=lr, history=history)
    sentence = str(caught.value)
    assert f"at step {len(history.loss) + 1}," in sentence
    assert f"Try a smaller lr (now {lr:g})" in sentence
    assert "or a smaller most (now 1)." in sentence
    assert np.isfinite(history.loss).all()
    assert all(np.isfinite(value).all() for value in net.params.values())


# --- bad input


def short(**kwargs):
    return lambda: fit(model(), batches(), **{"steps": 2, **kwargs})


WRONG = [
    (TypeError, "expected a Stack with a Readout last", lambda: fit(Stack(LSTM(5, 4, rng)), [])),
    (TypeError, "model: got LSTM(n_inputs=5, n_hidden=4)", lambda: fit(LSTM(5, 4, rng), [])),
    (ValueError, "steps: got 0, expected values from 1", short(steps=0)),
    (ValueError, "steps: got -3, expected values from 1", short(steps=-3)),
    (TypeError, "steps: got '3', expected a whole number", short(steps="3")),
    (TypeError, "steps: got True, expected a whole number", short(steps=True)),
    (ValueError, "lr: got -0.1, expected values from 0", short(lr=-0.1)),
    (ValueError, "lr: got nan, expected finite", short(lr=np.nan)),
    (TypeError, "lr: got 'fast', expected a number", short(lr="fast")),
    (ValueError, "xs: got shape (7, 32, 5), expected (T, B, 3)", lambda: fit(model(D=3), batches(), 2)),
    (ValueError, "target: got class 3, expected 0 to 2", lambda: fit(model(n=3), batches(), 2)),
    (ValueError, "xs: got nan", lambda: fit(model(), endless(np.nan * HUGE, [0, 1]), 2)),
    (ValueError, "most: got -1, expected values from 0", short(most=-1.0)),
    (ValueError, "most: got nan, expected finite", short(most=np.nan)),
    (TypeError, "most: got 'x', expected a number", short(most="x")),
    (TypeError, "steps: got 2.5, expected a whole number", short(steps=2.5)),
    (TypeError, "history: got 3, expected one that fit returned", short(history=3)),
    (TypeError, "task: got 3, expected batches (xs, target)", lambda: fit(model(), 3, 2)),
    (ValueError, "task: its batches ended before step 2, expected one for each step",
     lambda: fit(model(), list(islice(batches(), 1)), 2)),
]  # fmt: skip


@pytest.mark.parametrize("exception, sentence, call", WRONG)
def test_bad_input_is_answered_with_a_sentence(exception, sentence, call):
    with pytest.raises(exception, match=re.escape(sentence)) as caught:
        call()
    assert caught.type is exception  # not a relative


# --- what is printed


@pytest.mark.parametrize("task", [batches(), stopped_at(2, batches())], ids=["whole", "stopped"])
def test_the_progress_bar_goes_to_stdout_and_is_wiped_away(task, capsys):
    fit(model(), task, 4)
    out, err = capsys.readouterr()
    assert err == ""
    assert "/4" in out and out.endswith("\r") and "\n" not in out


@pytest.mark.parametrize(
    "history, text",
    [
        (History(), "History: no step yet"),
        (History([0.5]), "History: 1 steps, loss 0.5"),
        (History([9.0] * 5 + [0.123] * 20), "History: 25 steps, loss 0.12"),
        (History([1.0, 3.0], [0.5, 0.75]), "History: 2 steps, loss 2, 62% right"),
        (History([9.0] * 30 + [1.0] * 20, [0.0] * 30 + [1.0] * 20), "History: 50 steps, loss 1, 100% right"),
    ],
)  # fmt: skip
def test_a_history_prints_how_it_went_of_late(history, text):
    assert repr(history) == text
