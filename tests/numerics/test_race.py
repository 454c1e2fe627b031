"""The race: a fair one, and its stored table is what its script makes."""

import numpy as np
import pytest

from lstm_lessons import race
from scripts.jupyter import ROOT
from scripts.race import SEEDS, summary, table


@pytest.mark.parametrize("task", race.TASKS)
@pytest.mark.parametrize("start", race.STARTS)
def test_every_contestant_has_about_as_many_parameters_the_read_out_counted(start, task):
    model, rules = race.contestant(start, task, seed=0), race.TASKS[task]
    assert abs(model.n_params / rules.n_params - 1) < 0.03
    xs, target = next(rules.batches(np.random.default_rng(0), B=5))
    assert xs.shape == (rules.length, 5, rules.n_inputs)
    assert model.forward(xs).y.shape == (rules.length, 5, rules.n_out) and len(target) == 5


def gate_biases(start):
    cell = race.contestant(start, "recall", seed=0).cells[0]
    return dict(zip(cell.gates, np.split(cell.params["b"], len(cell.gates)), strict=True))


def test_chrono_s_halves_are_what_both_together_are():
    both, f, i = (gate_biases(f"LSTM, chrono{half}") for half in ("", "'s f alone", "'s i alone"))
    assert (both["f"] > 0).any() and np.array_equal(both["i"], -both["f"])
    assert np.array_equal(f["f"], both["f"]) and not f["i"].any()
    assert np.array_equal(i["i"], both["i"]) and not i["f"].any()


def test_the_starts_are_what_their_names_say():
    assert not any(bias.any() for bias in gate_biases("LSTM, zeros").values())
    assert (gate_biases("LSTM, forget bias 1")["f"] == 1).all()
    assert (gate_biases("GRU, update bias -1")["z"] == -1).all()
    identity = race.contestant("RNN, identity", "adding", seed=0).cells[0]
    assert np.array_equal(identity.params["Wh"], np.eye(37)) and identity.activation == "relu"


# Trainings are chaotic: another machine's rounding shows after some hundred steps, not before.
@pytest.mark.parametrize("start", race.STARTS)
def test_the_table_s_curves_begin_as_the_script_s_trainings_do(start):
    tasks, seed = list(race.TASKS), list(race.STARTS).index(start)
    task, lr = tasks[seed % 4], race.LEARNING_RATES[seed % 3]
    begun = race.run(start, task, lr, seed, steps=100)
    assert np.allclose(begun.curve, race.stored(start, task, lr).curves[seed, :2], atol=0.02)


@pytest.mark.parametrize(
    ("start", "task", "lr"),
    [("RNN", "recall", 0.003), ("LSTM, chrono", "name", 0.01), ("GRU, chrono", "recall", 0.03)],
)
def test_a_sample_of_the_table_is_solved_again_and_in_about_as_many_steps(start, task, lr):
    again, stored = race.run(start, task, lr, seed=0), race.stored(start, task, lr)
    assert again.solved and stored.solved[0] and max(again.error, stored.errors[0]) < 0.05
    assert abs(len(again.curve) - np.isfinite(stored.curves[0]).sum()) <= 3


def test_the_table_has_every_run_and_counts_as_solved_what_ended_so():
    for start in race.STARTS:
        for task in race.TASKS:
            for lr in race.LEARNING_RATES:
                runs = race.stored(start, task, lr)
                assert runs.curves.shape == (10, race.MOST // race.CHUNK)
                last = [curve[np.isfinite(curve)][-2:].mean() for curve in runs.curves]
                assert (np.array(last)[runs.solved] <= 1.01 * race.SOLVED).all()
                assert (np.array(last)[~runs.solved] >= 0.99 * race.SOLVED).all()


def test_the_script_puts_each_run_in_its_place():
    job = ["GRU, zeros", "name", 0.03, SEEDS[-1]]
    made = table([{"job": job, "curve": [0.75, 0.01, 0.01], "error": 0.25, "seconds": 2.0}])
    where = list(race.STARTS).index("GRU, zeros"), 2, 3, 9
    assert np.isfinite(made["curves"]).sum() == 3 and made["curves"][where][0] == 0.75
    assert made["errors"][where] == 0.25 and made["solved"][where] and made["solved"].sum() == 1


def test_the_page_of_what_was_measured_shows_the_table_as_it_is():
    assert summary() in (ROOT / "docs" / "MEASURED.md").read_text(encoding="utf-8")


def test_a_run_ends_when_it_has_solved_its_task_or_blown_up():
    run = race.run("RNN", "recall", 0.003, seed=1, steps=1000)
    assert run.solved and len(run.curve) < 20 and run.error < 0.05
    model = race.contestant("RNN", "adding", seed=0)
    model.params["0.Wh"][:] *= 1e200
    with np.errstate(over="ignore", invalid="ignore"):
        blown = race.compete(model, "adding", 0.01, seed=0)
    assert np.isnan(blown.error) or not blown.solved


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: race.contestant("LSTM", "adding", 0), "start: got 'LSTM', expected one of 'RNN'"),
        (lambda: race.stored("RNN", "sum", 0.01), "task: got 'sum', expected one of 'adding'"),
        (lambda: race.stored("RNN", "city", 0.02), r"lr: got 0.02, expected one of \(0.001, 0.003"),
        (lambda: race.stored("RNN", "city", [0.01]), r"lr: got \[0.01\], expected a number"),
        (lambda: race.run("RNN", "city", 0.01, -1), "seed: got -1, expected 0 or more"),
        (lambda: race.compete(race.contestant("RNN", "city", 0), "x", 0.01, 0), "task: got 'x'"),
    ],
)
def test_what_the_race_does_not_have_is_named(call, said):
    with pytest.raises((TypeError, ValueError), match=f"^{said}"):
        call()
