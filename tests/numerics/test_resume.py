"""Training can be stopped anywhere and gone on with, as if nothing had been."""

import pickle
import signal
import sys
from itertools import count, islice

import numpy as np
import pytest

from lstm_lessons.cells import LSTM
from lstm_lessons.stack import Readout, Stack
from lstm_lessons.tasks import recall
from lstm_lessons.train import History, fit


def model(seed=0):
    rng = np.random.default_rng(seed)
    return Stack([LSTM(5, 6, rng), Readout(6, 4, rng)])


def batches(seed=0):
    return recall(3, np.random.default_rng(seed), B=4)


@pytest.fixture(scope="module")
def uninterrupted():
    """Call it with a number of steps: a model trained for so long, and its history."""
    trained = {}

    def at_once(steps):
        if steps not in trained:
            net = model()
            trained[steps] = net, fit(net, batches(), steps) if steps else History()
        return trained[steps]

    return at_once


@pytest.fixture
def assert_same_training(assert_same):
    def compare(net, history, expected):
        other_net, other = expected
        assert history.loss == other.loss and history.accuracy == other.accuracy
        for one, same in [
            (net.params, other_net.params),
            (history.adam.m, other.adam.m),
            (history.adam.v, other.adam.v),
        ]:
            assert_same(one, same)

    return compare


def test_the_same_seeds_give_the_same_training_and_others_another(
    uninterrupted, assert_same_training
):
    net, (_, history) = model(), uninterrupted(12)
    again = fit(net, batches(), 12)
    assert_same_training(net, again, uninterrupted(12))
    assert len(again.loss) == len(again.accuracy) == 12 and not again.stopped
    assert fit(model(1), batches(), 12).loss != history.loss != fit(model(), batches(1), 12).loss


def test_five_steps_and_seven_are_twelve_and_the_history_is_one(
    uninterrupted, assert_same_training
):
    net, task = model(), batches()
    first = fit(net, task, 5)
    assert fit(net, task, 7, history=first) is first
    assert_same_training(net, first, uninterrupted(12))


# --- stopped by the reader


def stopping(net, step, stop):
    """Have ``stop`` called, once, in the middle of this step of the model's training."""
    forward, steps = net.forward, iter(range(1, step + 1))

    def forward_and_stop(xs):
        trace = forward(xs)
        if next(steps, None) == step:
            stop()
        return trace

    net.forward = forward_and_stop


def press_stop():
    raise KeyboardInterrupt


class StopsAt:
    """A task that can be gone on with after it was stopped, as a generator cannot."""

    def __init__(self, batch):
        self.task, self.left = batches(), batch

    def __iter__(self):
        return self

    def __next__(self):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt
        return next(self.task)


@pytest.mark.parametrize("batch", [1, 4])
def test_stopped_before_a_batch_it_goes_on_with_that_batch(
    batch, uninterrupted, assert_same_training
):
    net, task = model(), StopsAt(batch)
    history = fit(net, task, 8)
    assert history.stopped and len(history.loss) == batch - 1
    assert_same_training(net, history, uninterrupted(batch - 1))
    assert_same_training(net, fit(net, task, 9 - batch, history=history), uninterrupted(8))
    assert not history.stopped


def test_stopped_by_the_interrupt_button_in_the_middle_of_a_step_it_drops_and_repeats_that_step(
    uninterrupted, assert_same_training
):
    net, task = model(), batches()
    stopping(net, 4, lambda: signal.raise_signal(signal.SIGINT))
    # A process started in the background ignores the signal, unless told otherwise.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        history = fit(net, task, 8)
    finally:
        signal.signal(signal.SIGINT, before)
    assert history.stopped and len(history.loss) == 3
    assert_same_training(net, history, uninterrupted(3))
    assert_same_training(net, fit(net, task, 5, history=history), uninterrupted(8))


def stopped_at_line(net, task, line):
    """The history of three steps, but stopped before the ``line``-th line that follows on the first step.

    Lines of train.py, but for those that hand a batch on: one that is on its way from the task is lost.
    """
    history, before, left = History(model=net), sys.gettrace(), [line]

    def watch(frame, event, _):
        code = frame.f_code
        if code.co_filename != fit.__code__.co_filename or code.co_name == "_next_batch":
            return None
        if event == "line" and 1 <= len(history.loss) <= 2:
            left[0] -= 1
            if left[0] == 0:
                sys.settrace(before)
                raise KeyboardInterrupt
        return watch

    sys.settrace(watch)
    try:
        return fit(net, task, 3, history=history)
    finally:
        sys.settrace(before)


def test_stopped_at_any_line_of_a_step_it_goes_on_as_if_nothing_had_been(
    uninterrupted, assert_same_training, capsys
):
    for line in count(1):
        net, task = model(), batches()
        history = stopped_at_line(net, task, line)
        if not history.stopped:
            break
        done = len(history.loss)
        assert_same_training(net, history, uninterrupted(done))
        assert_same_training(net, fit(net, task, 4 - done, history=history), uninterrupted(4))
        capsys.readouterr()  # hundreds of bars
    assert line > 200  # so many lines do two steps have at least


def test_a_batch_of_another_task_is_not_gone_on_with(assert_same):
    net, twin, task = model(), model(), batches(1)
    stopping(net, 1, press_stop)
    history = fit(net, batches(0), 1)
    assert history.stopped and history.drawn is not None and repr(history) == "History: no step yet"
    fit(net, task, 2, history=history)
    fit(twin, batches(1), 2)
    assert_same(net.params, twin.params)


def test_a_history_and_its_model_can_be_stored_and_gone_on_with(
    uninterrupted, assert_same_training
):
    net = model()
    stopping(net, 6, press_stop)
    history = fit(net, batches(), 12)
    del net.forward
    stored = pickle.loads(pickle.dumps(history))
    assert history.drawn is not None and stored.drawn is None  # a task is not stored
    assert stored.stopped and stored.model is not net
    fit(stored.model, islice(batches(), 5, None), 7, history=stored)
    assert_same_training(stored.model, stored, uninterrupted(12))
    assert len(history.loss) == 5  # the first has nothing to do with it
