"""The choices: each is what its name says, and the stored table is what its script makes."""

import numpy as np
import pytest

from lstm_lessons import choices
from lstm_lessons.cells import additions
from scripts.choices import RACES, SEEDS, jobs, summary, table
from scripts.jupyter import ROOT


@pytest.mark.parametrize("task", choices.TASKS)
@pytest.mark.parametrize("name", choices.CHOICES)
def test_every_network_has_about_as_many_parameters_as_its_size_says(name, task):
    model, chosen = choices.contestant(name, task, seed=0), choices.CHOICES[name]
    wanted = chosen.size * choices.TASKS[task].n_params
    assert abs(model.n_params / wanted - 1) < 0.09
    assert len(model.cells) == chosen.layers


def test_what_starts_larger_or_smaller_is_the_input_matrix_alone():
    usual, large = (choices.contestant(n, "city", 0).params for n in ("LSTM", "inputs × 10"))
    for name in usual:
        factor = 10 if name == "0.Wx" else 1
        assert np.array_equal(factor * usual[name], large[name]), name


def test_between_two_layers_is_between_them_alone():
    below, above = choices.contestant("two, dropout between", "adding", 0).cells
    xs = np.zeros((5, 40, 2))
    assert (below.forward(xs).above == 0).any()
    assert (above.forward(np.zeros((5, 40, above.n_inputs))).above == 1).all()


def test_what_is_dropped_in_training_is_not_dropped_in_the_test():
    model = choices.contestant("dropout on h, fresh", "adding", 0)
    xs, target = next(choices.TASKS["adding"].batches(np.random.default_rng(0)))
    assert choices._error(model, xs, target) == choices._error(model, xs, target)
    assert model.cells[0].dropping and isinstance(model.cells[0], additions.DropoutLSTM)


# Trainings are chaotic: another machine's rounding shows after some hundred steps, not before.
@pytest.mark.parametrize("name", choices.CHOICES)
def test_the_table_s_curves_begin_as_the_script_s_trainings_do(name):
    k = list(choices.CHOICES).index(name)
    task, lr = list(choices.TASKS)[k % 2], choices.LEARNING_RATES[k % 3]
    begun = choices.run(name, task, lr, seed=0, steps=100)
    assert np.allclose(begun.curve, choices.stored(name, task, lr).curves[0, :2], atol=0.02)


def test_a_sample_of_the_table_is_solved_again_and_in_about_as_many_steps():
    again = choices.run("coupled gates", "adding", 0.03, seed=0)
    stored = choices.stored("coupled gates", "adding", 0.03)
    assert again.solved and stored.solved[0]
    assert abs(choices.CHUNK * len(again.curve) - stored.steps[0]) <= 100


def test_the_table_has_every_run_and_counts_as_solved_what_ended_so():
    for name in choices.CHOICES:
        for task in choices.TASKS:
            for lr in choices.LEARNING_RATES:
                runs = choices.stored(name, task, lr)
                assert len(runs.solved) == 5 and (runs.steps > 0).all()
                last = [curve[~np.isnan(curve)][-2:].max() for curve in runs.curves]
                assert (np.array(last)[runs.solved] <= 1.01 * choices.SOLVED).all()
                unsolved = ~runs.solved
                assert (np.array(last)[unsolved] >= 0.99 * choices.SOLVED).all()
                blown = np.isinf(runs.curves).any(axis=1)
                assert (runs.steps[unsolved & ~blown] == choices.MOST).all()
    few = [choices.stored_few(name, lr) for name in choices.FEW for lr in choices.FEW_RATES]
    assert (
        np.isfinite(few).all() and np.isfinite([choices.stored_sums(n) for n in choices.SUMS]).all()
    )


def test_the_script_puts_each_run_in_its_place():
    made = table(
        [
            {"job": ["all", "GRU", "city", 0.03, 1], "result": [0.75, 0.01, 0.01], "seconds": 2.0},
            {"job": ["all", "GRU", "city", 0.03, 7], "result": [0.75], "seconds": 2.0},
            {"job": ["few", "LSTM", 0.03, 9], "result": [0.0, 0.1], "seconds": 2.0},
            {"job": ["more", "inputs × 10", 19], "result": 350, "seconds": 2.0},
            {"job": ["sums", "GRU, 1 unit", 0], "result": 0.04, "seconds": 2.0},
        ],
        seeds=2,
    )
    where = list(choices.CHOICES).index("GRU"), 1, 2, 1
    assert np.isfinite(made["curves"]).sum() == 3 and made["curves"][where][0] == 0.75
    assert made["solved"][where] and made["solved"].sum() == 1
    assert list(made["few"][0, 1, 9]) == [0.0, 0.1] and made["sums"][0, 0] == 0.04
    assert made["more"].shape == (5, 20) and made["more"][1, 19] == 350


def test_the_script_does_all_of_it_once():
    every = [str(job) for job in jobs(5)]
    assert len(every) == len(set(every)) == 25 * 2 * 3 * 5 + 10 * (4 * 2 + 3) + 20 * 5
    assert {job[0] for job in jobs(1)} == set(RACES) == {"all", *SEEDS}


def test_the_page_of_what_was_measured_shows_the_table_as_it_is():
    assert summary() in (ROOT / "docs" / "MEASURED.md").read_text(encoding="utf-8")


def test_the_sum_begins_anew_at_each_mark():
    xs, total = next(choices.sums(np.random.default_rng(0), B=3))
    for row in range(3):
        for t in range(15):
            start = max(k for k in range(t + 1) if xs[k, row, 1])
            assert total[t, row, 0] == pytest.approx(xs[start : t + 1, row, 0].sum())


@pytest.mark.parametrize("cell", choices.SUMS)
def test_the_stored_sums_come_out_again(cell):
    assert abs(choices.summing(cell, seed=0) - choices.stored_sums(cell)[0]) < 0.05


def test_a_training_on_few_stories_begins_at_chance():
    known, new = choices.from_few("dropout above", 0.01, seed=0, steps=1)
    assert known > 0.8 and new > 0.8


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: choices.run("x", "city", 0.01, 0), "choice: got 'x', expected one of 'LSTM'"),
        (lambda: choices.run("LSTM", "x", 0.01, 0), "task: got 'x', expected one of 'adding'"),
        (lambda: choices.run("LSTM", "city", 0.01, -1), "seed: got -1, expected 0 or more"),
        (lambda: choices.stored("LSTM", "city", 0.02), r"lr: got 0.02, expected one of \(0.003"),
        (lambda: choices.stored_few("LSTM", 0.02), r"lr: got 0.02, expected one of \(0.01"),
        (lambda: choices.stored_sums("x"), "cell: got 'x', expected one of 'GRU, 1 unit'"),
        (lambda: choices.again("x", 0), "choice: got 'x', expected one of 'LSTM', 'inputs"),
        (lambda: choices.stored_more("x"), "choice: got 'x', expected one of 'LSTM', 'inputs"),
        (lambda: choices.from_few("x", 0.01, 0), "choice: got 'x', expected one of 'LSTM'"),
    ],
)
def test_what_the_choices_do_not_have_is_named(call, said):
    with pytest.raises((TypeError, ValueError), match=f"^{said}"):
        call()
