"""The cells whose gates read x alone: their formulas, the direct path, and the scan."""

import math
from functools import partial

import numpy as np
import pytest

from lstm_lessons import gradients
from lstm_lessons.cells import MinGRU, MinLSTM, scan, sigmoid

CELLS = {"minGRU": MinGRU, "signed": partial(MinGRU, signed=True), "minLSTM": MinLSTM}


@pytest.fixture(params=CELLS)
def cell(request, new_cell):
    return new_cell(CELLS[request.param])


@pytest.mark.parametrize("T", [1, 2, 3, 8, 100, 1000])
def test_the_scan_is_the_loop(cell, T, new_run):
    run = new_run(cell, T)
    trace = cell.forward(run.xs)  # from zeros, as the scan
    written = trace.z * trace.n if isinstance(cell, MinGRU) else (1 - trace.kept) * trace.g
    by_scan = scan(trace.kept, written)
    np.testing.assert_allclose(by_scan, trace.h, rtol=0, atol=1e-12)


def test_a_step_is_its_formula():
    rng = np.random.default_rng(0)
    gru, lstm = MinGRU(1, 1, rng), MinLSTM(1, 1, rng)
    gru.params |= {"Wx": np.array([[2.0], [3.0]]), "b": np.array([-1.0, 0.5])}
    lstm.params |= {"Wx": np.array([[1.0], [2.0], [3.0]]), "b": np.array([0.2, -0.4, 0.6])}
    z, n = 1 / (1 + math.exp(-(2 * 0.7 - 1))), 3 * 0.7 + 0.5
    signed = MinGRU(1, 1, rng, signed=True)
    signed.params |= gru.params
    assert signed.forward([[[0.7]]], [[0.4]]).h.item() == pytest.approx((1 - 2 * z) * 0.4 + z * n)
    h = gru.forward([[[0.7]]], [[0.4]]).h.item()
    assert h == pytest.approx((1 - z) * 0.4 + z * n, rel=1e-14)
    i, f = (1 / (1 + math.exp(-a)) for a in (0.7 + 0.2, 2 * 0.7 - 0.4))
    h = lstm.forward([[[0.7]]], [[0.4]]).h.item()
    assert h == pytest.approx((f * 0.4 + i * (3 * 0.7 + 0.6)) / (f + i), rel=1e-14)


def test_the_direct_path_is_the_whole_gradient(cell, new_run):
    trace = cell.forward(new_run(cell, T=30).xs)
    lengths = np.sqrt(np.sum(gradients.direct_path(trace) ** 2, axis=-1))
    np.testing.assert_allclose(gradients.jacobian_norms(cell, trace), lengths, rtol=1e-12)


def test_two_gates_that_are_as_good_as_shut_still_say_what_is_kept():
    cell = MinLSTM(1, 1, np.random.default_rng(0))
    cell.params |= {"Wx": np.zeros((3, 1)), "b": np.array([-101.0, -100.0, 0.0])}  # i, f, g
    kept = cell.forward([[[1.0]]], [[1.0]]).h.item()
    assert kept == pytest.approx(1 / (1 + math.exp(-1)), rel=1e-12)  # f / (f + i)


def test_chrono_opens_what_keeps():
    rng = np.random.default_rng(0)
    b_z, _ = np.split(MinGRU(2, 50, rng, chrono=100).params["b"], 2)
    b_i, b_f, _ = np.split(MinLSTM(2, 50, rng, chrono=100).params["b"], 3)
    assert -math.log(99) < b_z.min() and b_z.max() < 0 and sigmoid(-b_z).mean() > 0.9
    assert np.array_equal(b_f, -b_i) and b_f.min() > 0


def test_what_cannot_be_is_refused_in_a_sentence(cell, assert_refused):
    assert_refused(cell.to_torch, TypeError, "PyTorch has no such layer")
    assert_refused(lambda: type(cell).from_torch({}), TypeError, "PyTorch has no such layer")
    if isinstance(cell, MinLSTM):
        shut = {"i": 0.0, "f": 0.0}
        assert_refused(
            lambda: cell.forward(np.zeros((2, 1, 3)), override=shut), ValueError, "i, f: got 0 for"
        )
    assert_refused(lambda: scan([0.5, 0.5], [1.0]), ValueError, "b: got shape (1,)")
