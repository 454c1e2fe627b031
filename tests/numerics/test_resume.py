"""Training can be stopped anywhere and gone on with, as if nothing had been."""

import pickle
import signal
import sys
from functools import cache
from itertools import count, islice

import numpy as np
import pytest

from lstm_lessons.cells import LSTM
from lstm_lessons.stack import Readout, Stack
from lstm_lessons.tasks import recall
from lstm_lessons.train import History, Stopped, fit


def model(seed=0):
    rng = np.random.default_rng(seed)
    return Stack([LSTM(5, 6, rng), Readout(6, 4, rng)])


def batches(seed=0):
    return recall(3, np.random.default_rng(seed), B=4)


def state(net, history):
    """All that a training has come to: parameters, Adam's memory, and the curves."""
    memory = {f"{k} of {n}": a for k in "mv" for n, a in vars(history.adam)[k].items()}
    return net.params | memory | {"loss": history.loss, "accuracy": history.accuracy}


@cache
def uninterrupted(steps):
    """What so many steps come to if nobody stops them."""
    net = model()
    return state(net, fit(net, batches(), steps) if steps else History())


def test_the_same_seeds_give_the_same_training_and_others_another(assert_same):
    net = model()
    history = fit(net, batches(), 8)
    assert_same(state(net, history), uninterrupted(8))
    assert len(history.loss) == len(history.accuracy) == 8
    assert fit(model(1), batches(), 8).loss != history.loss != fit(model(), batches(1), 8).loss


def test_three_steps_and_five_are_eight_and_the_history_is_one(assert_same):
    net, task = model(), batches()
    first = fit(net, task, 3)
    assert fit(net, task, 5, history=first) is first
    assert_same(state(net, first), uninterrupted(8))


def press_stop():
    raise KeyboardInterrupt


def stopped(*given, **options):
    """The history of a training that the reader stops."""
    with pytest.raises(Stopped) as caught:
        fit(*given, **options)
    return caught.value.history


def stopping(net, step, stop=press_stop):
    """Have ``stop`` called, once, in the middle of this step of the model's training."""
    forward, steps = net.forward, count(1)

    def forward_and_stop(xs):
        trace = forward(xs)
        if next(steps) == step:
            stop()
        return trace

    net.forward = forward_and_stop


def test_stopped_by_a_signal_in_the_middle_of_a_step_it_drops_and_repeats_that_step(assert_same):
    net, task = model(), batches()
    stopping(net, 4, lambda: signal.raise_signal(signal.SIGINT))
    # A process started in the background ignores the signal, unless told otherwise.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        history = stopped(net, task, 8)
    finally:
        signal.signal(signal.SIGINT, before)
    assert_same(state(net, history), uninterrupted(3))
    assert_same(state(net, fit(net, task, 5, history=history)), uninterrupted(8))


def stopped_at_line(net, task, line):
    """Train for three steps, but stop before the ``line``-th line that follows on the first.

    The history, and whether it was stopped. Lines of train.py, but for those that hand a batch on: one that is on its way from the task is lost.
    """
    history, before, left = History(model=net), sys.gettrace(), [line]

    def watch(frame, event, _):
        code = frame.f_code
        if code.co_filename != fit.__code__.co_filename:
            return None
        if event == "line" and 1 <= len(history.loss) <= 2:
            left[0] -= 1
            if left[0] == 0:
                sys.settrace(before)
                press_stop()
        return watch

    sys.settrace(watch)
    try:
        fit(net, task, 3, history=history)
    except KeyboardInterrupt as stop:
        assert getattr(stop, "history", None) in (history, None)
        return history, True
    finally:
        sys.settrace(before)
    return history, False


def test_stopped_at_any_line_of_a_step_it_goes_on_as_if_nothing_had_been(assert_same, capsys):
    for line in count(1):
        net, task = model(), batches()
        history, was_stopped = stopped_at_line(net, task, line)
        if not was_stopped:
            break
        done = len(history.loss)
        assert_same(state(net, history), uninterrupted(done))
        assert_same(state(net, fit(net, task, 4 - done, history=history)), uninterrupted(4))
        capsys.readouterr()  # hundreds of bars
    assert line > 200  # so many lines do two steps have at least


def test_a_batch_of_another_task_is_not_gone_on_with(assert_same):
    net = model()
    stopping(net, 1)
    history = stopped(net, batches(1), 1)
    assert repr(history) == "History: no step yet"
    assert_same(state(net, fit(net, batches(), 4, history=history)), uninterrupted(4))


def test_a_history_and_its_model_can_be_stored_and_gone_on_with(assert_same):
    net = model()
    stopping(net, 4)
    history = stopped(net, batches(), 8)
    del net.forward
    stored = pickle.loads(pickle.dumps(history))
    assert stored.model is not net
    fit(stored.model, islice(batches(), 3, None), 5, history=stored)  # its batch was not stored
    assert_same(state(stored.model, stored), uninterrupted(8))
    assert_same(state(net, history), uninterrupted(3))  # the first has nothing to do with it
