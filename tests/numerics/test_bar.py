"""How far a training is: one bar over one or several, and a sentence where the reader stops them."""

import io
import queue
import re
import sys
from functools import partial
from itertools import islice

import numpy as np
import pytest
from jupyter_client.manager import KernelManager

from lstm_lessons import race, train
from lstm_lessons.cells import LSTM
from lstm_lessons.stack import Readout, Stack
from lstm_lessons.tasks import recall
from lstm_lessons.train import Stopped, fit, one_bar


def model():
    rng = np.random.default_rng(0)
    return Stack([LSTM(5, 6, rng), Readout(6, 4, rng)])


def batches(stop_after=None):
    yield from islice(recall(4, np.random.default_rng(0), B=4), stop_after)
    raise KeyboardInterrupt


def bars(capsys):
    """What the bars showed, one after another; and each goes to stdout, and is wiped away at its end."""
    out, err = capsys.readouterr()
    assert err == "" and "\n" not in out and re.search(r"\r +\r$", out)
    return out.split("\r")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """A bar shows each step, however fast they are."""
    monkeypatch.setattr(train, "Bar", partial(train.Bar, mininterval=0))


def test_a_training_shows_its_steps_its_name_and_its_loss(capsys):
    history = fit(model(), batches(), 3, name="LSTM, seed 0")
    shown = [line for line in bars(capsys) if "loss" in line]
    assert [re.findall(r"^(.*?): .* (\d/\d) .*, loss ([\d.]+)", line) for line in shown] == [
        [("LSTM, seed 0", f"{n}/3", f"{loss:.3g}")] for n, loss in enumerate(history.loss, 1)
    ]


def test_several_trainings_share_one_bar_that_names_the_one_it_is_in(capsys):
    with one_bar(6):
        for seed in (1, 2):
            fit(model(), batches(), 3, name=f"seed {seed} of 2")
    shown = [line for line in bars(capsys) if "loss" in line]
    assert [re.findall(r"^(.*): .* (\d/\d) ", line) for line in shown] == [
        [(f"seed {1 + n // 4} of 2", f"{n}/6")] for n in range(1, 7)
    ]
    fit(model(), batches(), 2)
    assert "2/2" in "".join(bars(capsys))


def test_after_what_went_wrong_under_it_the_next_training_has_a_bar_of_its_own(capsys):
    for stop in (ZeroDivisionError, KeyboardInterrupt):
        with pytest.raises((ZeroDivisionError, Stopped)), one_bar(50):
            raise stop
        bars(capsys)
        fit(model(), batches(), 2)
        assert "2/2" in "".join(bars(capsys))


def test_a_race_has_one_bar_and_what_a_run_did_not_need_counts_as_done(capsys, monkeypatch):
    monkeypatch.setattr(race, "SOLVED", 9.0)  # after two chunks
    with one_bar(900) as bar:
        for seed, done in [(0, 300), (1, 600)]:
            race.compete(race.contestant("RNN", "recall", seed), "recall", 0.003, seed, steps=300)
            assert bar.n == done
    assert "recall, seed 1: " in "".join(bars(capsys))


def test_a_race_that_goes_on_has_a_bar_that_grows(monkeypatch):
    for name, value in dict(STEPS=100, ROUND=100, MOST=200, SOLVED=-1.0).items():
        monkeypatch.setattr(race, name, value)
    monkeypatch.setattr(race, "_flat", lambda curve: False)
    with one_bar(100) as bar:
        run = race.compete(race.contestant("RNN", "recall", 0), "recall", 0.003, 0)
    assert len(run.curve) == 4 and bar.n == bar.total == 200


@pytest.mark.parametrize(("stop", "n"), [((1, 2), 1), ((5, 2), 5), ((5, 0), 3)])
def test_stopped_anywhere_a_loop_of_trainings_ends_with_one_sentence(stop, n, capsys):
    first, second = stop
    with pytest.raises(
        Stopped, match=rf"^Stopped after step {n} of 6\. Run this cell again"
    ) as caught:
        with one_bar(6):
            fit(model(), batches(first), 3)
            fit(model(), batches(second), 3)
    bars(capsys)
    assert len(caught.value.history.loss) == {1: 1, 5: 2, 3: 0}[n]


def test_stopped_between_two_trainings_it_has_no_history():
    with pytest.raises(Stopped, match="after step 2 of 4") as caught, one_bar(4):
        fit(model(), batches(), 2)
        raise KeyboardInterrupt
    assert caught.value.history is None


class Stopping(io.StringIO):
    """A screen: the reader presses stop while the first line is flushed that has a loss in it."""

    def flush(self):
        if "loss" in self.getvalue() and not self.stopped:
            self.stopped = True
            raise KeyboardInterrupt

    stopped = False


def test_a_bar_that_is_stopped_while_it_grows_is_wiped_away_whole(monkeypatch):
    screen = Stopping()
    monkeypatch.setattr(sys, "stdout", screen)
    with pytest.raises(Stopped):
        fit(model(), batches(), 3)
    *lines, wiped, _ = screen.getvalue().split("\r")
    assert "loss" in lines[-1] and len(lines[-1]) > len(lines[-2])
    assert wiped == " " * len(lines[-1])


def test_a_bar_of_no_length_is_refused(assert_refused):
    def run():
        with one_bar(0):
            pass

    assert_refused(run, ValueError, "steps: got 0, expected 1 or more")


CELL = """
from lstm_lessons import LSTM, Readout, Stack, tasks, train
import numpy as np
rng = np.random.default_rng(0)
with train.one_bar(2 * 10**6):
    for k in range(2):
        train.fit(Stack([LSTM(5, 6, rng), Readout(6, 4, rng)]), tasks.recall(3, rng), 10**6)
"""


@pytest.fixture
def client():
    """A real kernel."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    client.interrupt = manager.interrupt_kernel
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_the_stop_button_ends_a_cell_of_trainings_with_one_sentence_and_no_traceback(client):
    client.execute(CELL)
    interrupted, said = False, {}
    while said.get("msg_type") != "error":
        try:
            said = client.get_iopub_msg(timeout=60)
        except queue.Empty:
            pytest.fail("the kernel went on")
        if not interrupted and "loss" in said["content"].get("text", ""):
            client.interrupt()
            interrupted = True
    content = said["content"]
    assert content["ename"] == "Stopped" and content["traceback"] == [content["evalue"]]
    assert re.fullmatch(r"Stopped after step [\d,]+ of 2,000,000\. [^\n]+", content["evalue"])
