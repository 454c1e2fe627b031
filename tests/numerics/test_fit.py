"""The training loop: its steps are Adam's, it learns, and says what went wrong."""

import math
from itertools import islice

import numpy as np
import pytest

from lstm_lessons import train
from lstm_lessons.cells import GRU, LSTM, RNN
from lstm_lessons.stack import Readout, Stack
from lstm_lessons.tasks import adding, recall
from lstm_lessons.train import History, clip_by_norm, cross_entropy, fit, squared_error


def model(seed=0, D=5, n=4, H=12, build=LSTM, **kwargs):
    rng = np.random.default_rng(seed)
    return Stack([build(D, H, rng, **kwargs), Readout(H, n, rng)])


def linear(D=2, n=1):
    return model(D=D, n=n, H=8, build=RNN, activation="linear")


def batches(seed=0, steps=4):
    return recall(steps, np.random.default_rng(seed), B=4)


# --- a whole training


@pytest.mark.parametrize("loss", [squared_error, cross_entropy])
def test_each_step_is_adams_on_clipped_gradients(loss):
    build = linear if loss is squared_error else model
    task = adding(4, np.random.default_rng(0)) if loss is squared_error else batches()
    task, net, twin, adam = list(islice(task, 3)), build(), build(), train.Adam()
    losses = []
    for n, (xs, target) in enumerate(task, 1):
        trace = twin.forward(xs)
        value, dy, *_ = loss(trace.y, target)
        grads = twin.backward(trace, dy)
        grads = clip_by_norm({name: grads[name] for name in twin.params}, 0.3)
        new, adam = adam.step(twin.params, grads, n, 0.05)
        for name, param in twin.params.items():
            param[...] = new[name]
        losses.append(value)
    arrays, lent = net.params, [[part.copy() for part in batch] for batch in task]
    history = fit(net, task, 3, lr=0.05, max_norm=0.3)
    assert history.loss == pytest.approx(losses, rel=1e-12)
    for name, param in net.params.items():
        np.testing.assert_allclose(param, twin.params[name], rtol=0, atol=1e-13)
        assert param is arrays[name]  # in place
    for old, new in zip(lent, task, strict=True):  # and nothing else
        assert all(map(np.array_equal, old, new))


def test_it_learns_to_recall():
    history = fit(model(H=16, chrono=6), recall(5, np.random.default_rng(0)), 100)
    assert history.loss[0] == pytest.approx(math.log(4), abs=0.3)  # a guess among four
    assert np.mean(history.loss[-10:]) < 0.3 and np.mean(history.accuracy[-10:]) > 0.9


def test_it_learns_values_at_every_step_and_keeps_no_accuracy():
    xs = np.random.default_rng(0).standard_normal((6, 16, 2))
    task = iter(lambda: (xs, np.cumsum(xs, axis=0)[..., :1]), None)
    history = fit(model(D=2, n=1, build=GRU), task, 80, lr=0.02)
    assert history.loss[-1] < 0.2 * history.loss[0] and history.accuracy == []


# --- no longer a number


def endless(xs, target):
    return iter(lambda: (xs, target), None)


BLOWN_UP = {
    "a huge target": (model, lambda: endless(np.ones((3, 2, 5)), np.full((2, 4), 1e200)), 0.01),
    "inputs beyond all": (
        lambda: linear(5, 4),
        lambda: endless(np.full((3, 2, 5), 1e308), [0, 1]),
        0.01,
    ),
    "lr 100": (linear, lambda: adding(100, np.random.default_rng(0)), 100.0),
    "lr 1e308": (linear, lambda: adding(10, np.random.default_rng(0)), 1e308),
}


@pytest.mark.parametrize("build, task, lr", BLOWN_UP.values(), ids=BLOWN_UP)
def test_a_loss_that_is_no_longer_a_number_says_at_which_step_and_what_to_try(build, task, lr):
    net = build()
    history = History(model=net)
    with pytest.raises(FloatingPointError) as caught:
        fit(net, task(), 60, lr=lr, history=history)
    sentence = str(caught.value)
    assert f"at step {len(history.loss) + 1}," in sentence
    assert f"Try a smaller lr (now {lr:g}) or a smaller max_norm (now 1)." in sentence
    assert np.isfinite(history.loss).all()
    assert all(np.isfinite(value).all() for value in net.params.values())


@pytest.mark.parametrize(
    "spoilt, value",
    [("gradients", np.nan), ("gradients", 1.7e308), ("weights", np.nan), ("weights", np.inf)],
)
def test_what_else_is_beyond_all_bounds_is_found_before_it_is_written(spoilt, value, monkeypatch):
    net = model()
    before = {name: array.copy() for name, array in net.params.items()}
    beyond = {name: np.full_like(array, value) for name, array in before.items()}
    if spoilt == "gradients":  # each 1.7e308 is a number, their common length is none
        net.backward = lambda *_: beyond
    else:
        monkeypatch.setattr(train.Adam, "step", lambda *_: (beyond, None))
    with pytest.raises(FloatingPointError, match="at step 1, expected finite"):
        fit(net, batches(), 2)
    assert all(np.array_equal(array, before[name]) for name, array in net.params.items())


# --- bad input


def call(**changed):
    return lambda: fit(**{"model": model(), "task": batches(), "steps": 2, **changed})


@pytest.mark.parametrize(
    "exception, sentence, run",
    [
        (TypeError, "model: got LSTM(n_inputs=5, n_hidden=4)", call(model=LSTM(5, 4, np.random.default_rng(0)))),
        (TypeError, "expected a Stack with a Readout last", call(model=Stack(model().cells))),
        (TypeError, "task: got 3, expected batches (xs, target)", call(task=3)),
        (TypeError, "task: got 7 at step 1, expected a pair (xs, target)", call(task=[7])),
        (ValueError, "task: its batches ended before step 2", call(task=[next(batches())])),
        (ValueError, "target: got shape (2,), expected (2, 4)", call(task=endless(np.ones((3, 2, 5)), [True, False]))),
        (ValueError, "steps: got 0, expected 1 or more", call(steps=0)),
        (ValueError, "lr: got 0, expected a number above 0", call(lr=0)),
        (ValueError, "max_norm: got 0, expected a number above 0", call(max_norm=0)),
        (TypeError, "history: got 3, expected one that fit returned", call(history=3)),
        (ValueError, "history: got that of None, expected this model's own", call(history=History())),
    ],
)  # fmt: skip
def test_bad_input_is_refused(exception, sentence, run, assert_refused):
    assert_refused(run, exception, sentence)


# --- what is printed


def test_a_history_prints_how_it_went_of_late():
    assert repr(History()) == "History: no step yet"
    assert repr(History([9.0] + [0.123] * 20)) == "History: 21 steps, loss 0.12"
    assert repr(History([1.0, 3.0], [0.5, 0.75])) == "History: 2 steps, loss 2, 62% right"
    history = History([9.0] + [1.0] * 20, [0.0] + [1.0] * 20)
    assert repr(history) == "History: 21 steps, loss 1, 100% right"
