"""Lesson 10's clinic: its instruments, its patients, and what brings them back."""

import itertools

import numpy as np
import pytest

from lstm_lessons import GRU, LSTM, RNN, Readout, Stack, pictures, tasks, train
from lstm_lessons.course import cases, clinic, measure
from lstm_lessons.course.treatments import TREATMENTS
from tests.course.test_drawings import assert_all_is_titled_inside_and_can_be_read

ROWS = np.random.default_rng(3).standard_normal((6, 8, 1))
FOUND = dict(zip("ABCDEFGHI", "state unscaled late future half_open overflow by_heart axes off_ridge".split(), strict=True))  # fmt: skip


def small(kind=LSTM, seed=0):
    rng = np.random.default_rng(seed)
    return Stack([kind(2, 4, rng), Readout(4, 1, rng)]), tasks.adding(6, rng)


# --- instruments


def test_watching_a_training_changes_nothing_in_it():
    (watched, batches), (plain, same) = small(), small()
    next(same)
    record = measure.watch(watched, batches, next(batches), steps=20, every=5)
    history = train.fit(plain, same, 20)
    assert np.allclose(record.loss[1:], np.reshape(history.loss, (4, 5)).mean(axis=1))
    assert all(np.array_equal(watched.params[name], plain.params[name]) for name in plain.params)
    assert list(record.step) == [0, 5, 10, 15, 20]
    assert {len(column) for column in record} == {5}


def test_a_training_that_overflows_ends_with_the_weights_of_the_check_before():
    model, batches = small()
    new, before = next(batches), {name: p.copy() for name, p in model.params.items()}
    far = ((np.full((6, 3, 2), 1.0), np.full((3, 1), 1e200)) for _ in itertools.count())
    record = measure.watch(model, far, new, steps=20, every=5)
    assert list(record.step) == [0, 5]
    assert np.isinf([record.loss[-1], record.new[-1], record.length[-1]]).all()
    assert np.isfinite(record.widest).all()
    assert all(np.array_equal(model.params[name], before[name]) for name in before)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_the_lengths_are_those_of_the_gradient(kind):
    model, batches = small(kind)
    xs, target = next(batches)
    trace = model.forward(xs)
    grads = model.backward(trace, train.squared_error(trace.y, target)[1])
    felt, lengths = measure.by_step(model, xs, target), measure.by_parameter(model, xs, target)
    assert np.allclose(felt, [np.linalg.norm(step) for step in grads["xs"]])
    assert list(lengths) == list(model.params)
    assert lengths["0.Wh"] == pytest.approx(np.linalg.norm(grads["0.Wh"]))
    record = measure.watch(model, batches, (xs, target), steps=1, every=1)
    assert record.length[0] == pytest.approx(np.hypot.reduce(list(lengths.values())))


def test_w_h_starts_with_a_norm_and_a_radius_of_1_gate_by_gate():
    for kind in (RNN, LSTM, GRU):
        model, batches = small(kind)
        record = measure.watch(model, batches, next(batches), steps=1, every=1)
        assert (record.widest[0], record.radius[0]) == pytest.approx((1, 1))
        model.params["0.Wh"][:4] = 3 * np.eye(4)
        assert measure._widths(model) == pytest.approx((3, 3))


def test_gates_are_those_of_the_trace():
    for kind, letters in {RNN: "h", LSTM: "ifgo", GRU: "rzn"}.items():
        model, batches = small(kind)
        xs, _ = next(batches)
        seen, trace = measure.gates(model, xs), model.forward(xs).layers[0]
        assert sorted(seen) == sorted(letters)
        assert all(np.array_equal(seen[letter], getattr(trace, letter)) for letter in letters)


class Counting:
    """It counts how often it was asked."""

    asked = 0

    def __call__(self, rows):
        self.asked += 1
        return np.cumsum(rows, axis=1) + self.asked


MOVED = {  # what moves, and an answer in which it does
    "": lambda rows: np.cumsum(rows, axis=1),
    "future": lambda rows: rows - rows.mean(axis=1, keepdims=True),
    "neighbours": lambda rows: rows - rows.mean(axis=0, keepdims=True),
    "neighbours ": lambda rows: np.cumsum(rows, axis=0),  # across the batch
    "twice neighbours future": Counting(),
}


@pytest.mark.parametrize("which", MOVED)
def test_what_moves_an_answer_that_should_not_is_found(which):
    moved = measure.moved(MOVED[which], ROWS)
    assert list(moved) == ["twice", "neighbours", "future"]
    assert {name for name, value in moved.items() if value > 0} == set(which.split())


def test_the_future_begins_one_value_after_an_answer():
    def ahead(steps):
        return lambda rows: rows[:, steps:]  # its first answer is made of value number `steps`

    for steps in (0, 1, 2):
        assert measure.moved(ahead(steps), ROWS, start=steps)["future"] == 0
        assert measure.moved(ahead(steps + 1), ROWS, start=steps)["future"] > 0


def test_what_cannot_be_measured_is_said():
    model, batches = small()
    xs, target = next(batches)
    with pytest.raises(TypeError, match="model: got .*, expected a Stack with a Readout last"):
        measure.by_step(Stack([LSTM(2, 4, np.random.default_rng(0))]), xs, target)
    with pytest.raises(FloatingPointError, match="loss: got inf"):
        measure.by_step(model, xs, target + 1e200)
    with pytest.raises(ValueError, match=r"rows: got shape \(6,\), expected \(B, T, ...\)"):
        measure.moved(MOVED[""], np.ones(6))
    with pytest.raises(ValueError, match="start: got 4, expected 0 to 3"):
        measure.moved(MOVED[""], ROWS, start=4)
    with pytest.raises(ValueError, match="name: got 'K', expected one of"):
        clinic.patient("K")
    with pytest.raises(ValueError, match="changes: got 'rate', expected one of"):
        clinic.again("A", rate=1)


# --- patients


def test_each_patient_is_sick_and_the_healthy_one_is_well():
    assert clinic.patient("healthy").well
    assert {name: cases.CASES[name].diagnosis for name in clinic.PATIENTS} == FOUND
    assert not any(clinic.patient(name).well for name in clinic.PATIENTS)


def test_what_is_stored_is_what_training_gives():
    stored, again = clinic.patient("F"), clinic.again("F")
    assert np.allclose(stored.record[:2], again.record[:2], rtol=1e-6)
    for name, value in again.model.params.items():
        assert np.allclose(stored.model.params[name], value, atol=1e-6)


def test_the_measurement_that_tells_each_patient_does():
    at = {name: clinic.patient(name) for name in clinic.PATIENTS}
    moves = {
        name: {key for key, value in one.moved.items() if value > 0} for name, one in at.items()
    }
    assert "twice" in moves["A"] and moves["H"] == {"neighbours"} and moves["D"] == {"future"}
    assert not any(moves[name] for name in "BCEFGI")
    assert at["B"].answer(at["B"].rows).std() < 0.01
    ends = [(f < 0.01) | (f > 0.99) for f in measure.gates(at["B"].model, at["B"].new[0]).values()]
    assert np.mean(ends[0]) > 0.99
    assert 1 < at["C"].loss / at["C"].naive < 1.3 and at["C"].loss < 0.02 * at["C"].constant
    assert np.isinf(at["F"].record.new[-1]) and at["F"].record.step[-1] == 1
    assert at["G"].record.loss[-1] < 0.02 and at["G"].record.new[-1] > at["G"].constant
    for name, little in {"E": 1e-5, "I": 1e-10}.items():
        assert measure.by_step(at[name].model, *at[name].new)[0] < little
    forget = measure.gates(at["E"].model, at["E"].new[0])["f"]
    assert 0.25 < forget.min() and forget.max() < 0.75
    assert at["I"].record.widest[-1] > 3
    assert np.mean(np.abs(measure.gates(at["I"].model, at["I"].new[0])["h"]) > 0.99) > 0.5


def test_the_first_treatment_brings_each_patient_back_and_time_alone_hardly_any():
    assert list(TREATMENTS) == clinic.PATIENTS
    for name in clinic.PATIENTS:
        tried = clinic.tried(name)
        (before, treated), controls = list(tried.values())[:2], list(tried.values())[2:]
        assert before.shape == (20,) and before.sum() <= 3, name
        assert treated.sum() >= 19 and treated[:5].all(), name
        assert all(control.shape == (20,) for control in controls)


def test_every_measurement_of_every_patient_can_be_read_and_says_its_numbers():
    for narrow in (False, True):
        figure = pictures.Picture(narrow)
        update = clinic.chart(figure)
        for what, name in itertools.product(clinic.MEASUREMENTS, cases.CASES):
            result = clinic.measured(name, what)
            (ax,) = update(result)
            assert ax.lines or ax.patches
            said = clinic.say(result)
            assert any(letter.isdigit() for letter in said) and said.endswith(".")
            assert cases.CASES[name].says in said
            assert_all_is_titled_inside_and_can_be_read(figure)


def test_a_patient_and_its_treatment_stand_side_by_side():
    for figure in (clinic.side_by_side("F", clinic.patient("F")),):
        for picture in (figure, figure.for_phone()):
            assert_all_is_titled_inside_and_can_be_read(picture)
            texts = {text.get_text() for text in picture.axes[0].texts}
            assert texts == {"as it was", "treated"}


# --- exercises


def test_the_nine_are_told_apart_and_a_wrong_one_hears_what_to_look_at():
    assert clinic.findings.judge(dict(FOUND)).startswith("Right")
    for key, sign in clinic.SIGNS.items():
        wrong = FOUND | {"A": key if key != "state" else "axes"}
        expected = sign if key != "state" else clinic.SIGNS["axes"]
        assert expected in clinic.findings.judge(wrong) and "8 of 9" in clinic.findings.judge(wrong)
    assert set(clinic.SIGNS) == set(FOUND.values())


def test_three_ways_to_scale_are_told_apart_by_what_moves_them():
    rows, found = cases.CASES["B"].rows(np.random.default_rng(1), 64), {}
    for name, pipeline in clinic.scaled_by.items():
        moved = measure.moved(pipeline, rows)
        found[name] = "batch" if moved["neighbours"] else "row" if moved["future"] else "training"
    assert clinic.scalings.judge(found).startswith("Right")
    assert "later values" in clinic.scalings.judge(found | {"Y": "row"})
