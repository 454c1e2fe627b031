"""The cells: right against central differences and the textbook, true to what the lessons claim."""

import math
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons.cells import GRU, LSTM, RNN, sigmoid


def last_state(trace):
    return (trace.h[-1], trace.c[-1]) if hasattr(trace, "c") else trace.h[-1]


# --- gradients


@pytest.mark.parametrize("T", [1, 3, 8])
def test_every_gradient_agrees_with_central_differences(
    kind, T, new_cell, new_run, assert_gradients
):
    cell = new_cell(kind, D=2, H=3)
    run = new_run(cell, T)
    grads = cell.backward(cell.forward(run.xs, run.state), *run.upstream)
    point = cell.params | {"xs": run.xs} | run.start
    assert_gradients(grads, point, partial(run.loss, cell))


@pytest.mark.parametrize("T", [1, 3, 8])
def test_and_with_gates_set_by_hand_here_and_there(gated, T, new_cell, new_run, assert_gradients):
    cell = new_cell(gated, D=2, H=3)
    run, rng = new_run(cell, T), np.random.default_rng(2)
    values = rng.uniform(0, 1, (T, 2, 3))
    values[rng.random(values.shape) < 0.5] = np.nan
    for gates in [*cell.gates, cell.gates]:  # one after another, then all of them
        override = dict.fromkeys(gates, values)
        grads = cell.backward(cell.forward(run.xs, run.state, override), *run.upstream)
        point = cell.params | {"xs": run.xs} | run.start
        assert_gradients(grads, point, partial(run.loss, cell, override))


def test_no_dc_last_means_zeros(new_cell, new_run, assert_same):
    cell = new_cell("LSTM")
    run = new_run(cell)
    trace, (dh, dc_last) = cell.forward(run.xs, run.state), run.upstream
    assert_same(cell.backward(trace, dh), cell.backward(trace, dh, 0 * dc_last))


# --- against the textbook, one hidden unit, numbers only

XS = [0.9, -1.3, 0.4, 2.0]
WX, WH, B = [0.7, -0.4, 1.1, 0.3], [-0.6, 0.8, 0.5, -1.2], [0.1, 0.2, -0.3, 0.4]
H0, C0, BH = 0.35, -0.8, 0.25


def one_unit(cls, **kwargs):
    """The trace of a cell with D = H = 1 whose gates have the weights above, first gate first, and these."""
    cell = cls(1, 1, np.random.default_rng(0), **kwargs)
    n = len(cell.gates)
    cell.params["Wx"][:, 0], cell.params["Wh"][:, 0], cell.params["b"][:] = WX[:n], WH[:n], B[:n]
    if "bh" in cell.params:
        cell.params["bh"][:] = BH
    h0, c0 = np.array([[H0]]), np.array([[C0]])
    trace = cell.forward(np.array(XS).reshape(-1, 1, 1), (h0, c0) if cls is LSTM else h0)
    return trace, list(zip(WX, WH, B, strict=True))


def logistic(a):
    return 1 / (1 + math.exp(-a))


def assert_numbers(trace, **expected):
    for name, numbers in expected.items():
        np.testing.assert_allclose(getattr(trace, name)[:, 0, 0], numbers, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "activation, function",
    [("tanh", math.tanh), ("relu", lambda a: max(a, 0.0)), ("linear", lambda a: a)],
)
def test_an_rnn_of_one_unit_follows_the_textbook(activation, function):
    trace, [(u, w, b), *_] = one_unit(RNN, activation=activation)
    h, hs = H0, []
    for x in XS:
        h = function(u * x + w * h + b)
        hs.append(h)
    assert_numbers(trace, h=hs)


def test_an_lstm_of_one_unit_follows_the_textbook():
    trace, weights = one_unit(LSTM)
    h, c, steps = H0, C0, []
    for x in XS:
        a_i, a_f, a_g, a_o = (u * x + w * h + b for u, w, b in weights)
        i, f, g, o = logistic(a_i), logistic(a_f), math.tanh(a_g), logistic(a_o)
        c = f * c + i * g
        h = o * math.tanh(c)
        steps.append((i, f, g, o, c, h))
    assert_numbers(trace, **dict(zip("ifgoch", zip(*steps, strict=True), strict=True)))


@pytest.mark.parametrize("reset_after", [False, True])
def test_a_gru_of_one_unit_follows_the_textbook(reset_after):
    trace, [(u_r, w_r, b_r), (u_z, w_z, b_z), (u, w, b), _] = one_unit(GRU, reset_after=reset_after)
    h, steps = H0, []
    for x in XS:
        r, z = logistic(u_r * x + w_r * h + b_r), logistic(u_z * x + w_z * h + b_z)
        n = math.tanh(u * x + b + (r * (w * h + BH) if reset_after else w * (r * h)))
        h = (1 - z) * h + z * n
        steps.append((r, z, n, h))
    assert_numbers(trace, **dict(zip("rznh", zip(*steps, strict=True), strict=True)))


# --- what the gates mean, set by hand


def test_forget_gate_one_and_input_gate_zero_carry_c_exactly(new_cell, new_run):
    cell = new_cell("LSTM")
    run = new_run(cell, T=50)
    c = cell.forward(run.xs, run.state, {"f": 1, "i": 0}).c
    assert np.array_equal(c, np.broadcast_to(run.start["c0"], c.shape))


def test_a_constant_forget_gate_leaves_its_power_of_c_and_of_the_gradient(new_cell, new_run):
    cell, f, T = new_cell("LSTM"), 0.9, 40
    run = new_run(cell, T)
    trace = cell.forward(run.xs, run.state, {"f": f, "i": 0, "o": 0.5, "g": 0.3})
    power = f ** np.arange(1, T + 1).reshape(T, 1, 1)
    np.testing.assert_allclose(trace.c, power * run.start["c0"], rtol=1e-13)
    dh, dc_last = run.upstream
    grads = cell.backward(trace, np.zeros_like(dh), dc_last)
    np.testing.assert_allclose(grads["c0"], f**T * dc_last, rtol=1e-13)
    assert not grads["h0"].any() and not grads["xs"].any()


@pytest.mark.parametrize("reset", ["before", "after"])
def test_update_gate_zero_keeps_h_exactly_and_one_takes_n(reset, new_cell, new_run):
    cell = new_cell(f"GRU reset {reset}")
    run = new_run(cell, T=50)
    kept = cell.forward(run.xs, run.state, {"z": 0}).h
    assert np.array_equal(kept, np.broadcast_to(run.start["h0"], kept.shape))
    taken = cell.forward(run.xs, run.state, {"z": 1})
    assert np.array_equal(taken.h, taken.n)


def test_where_the_override_is_nan_the_net_decides(gated, new_cell, new_run):
    cell, step, unit = new_cell(gated), 2, 1
    run = new_run(cell)
    free = cell.forward(run.xs, run.state)
    for gate in cell.gates:
        values = np.full(free.h.shape, np.nan)
        values[step, :, unit] = 0.125
        trace = cell.forward(run.xs, run.state, {gate: values})
        for name in cell.gates:
            was, now = (getattr(t, name)[: step + 1].copy() for t in (free, trace))
            if name == gate:
                was[step, :, unit] = 0.125
            if (gate, name) != ("r", "n"):  # n reads r
                assert np.array_equal(now, was)
        # afterwards the net decides again, from the state that the hand has changed
        first = cell.forward(run.xs[: step + 1], run.state, {gate: values[: step + 1]})
        second = cell.forward(run.xs[step + 1 :], last_state(first))
        assert np.array_equal(trace.h[step + 1 :], second.h)
        assert not np.array_equal(second.h, free.h[step + 1 :])


def test_one_number_and_short_axes_spread_over_time_batch_and_units(gated, new_cell, new_run):
    cell = new_cell(gated)
    run = new_run(cell)
    for shape in [(), (5, 1, 1), (1, 2, 1), (1, 1, 4), (5, 2, 4)]:
        values = np.random.default_rng(0).uniform(0, 1, shape)
        for gate in cell.gates:
            got = getattr(cell.forward(run.xs, run.state, {gate: values}), gate)
            assert np.array_equal(got, np.broadcast_to(values, (5, 2, 4)))


# --- sequences


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    shape=st.tuples(*[st.integers(1, 5)] * 4), seed=st.integers(0, 99), share=st.floats(0.01, 0.99)
)
def test_whatever_the_shapes_sequences_keep_apart_and_can_be_cut_in_two(
    kind, new_cell, new_run, shape, seed, share
):
    T, B, D, H = shape
    cell = new_cell(kind, D, H, seed)
    run = new_run(cell, T, B, seed)
    trace = cell.forward(run.xs, run.state)
    grads = cell.backward(trace, *run.upstream)
    close = partial(np.testing.assert_allclose, rtol=1e-10, atol=1e-11)
    assert trace.h.shape == (T, B, H)

    sums = dict.fromkeys(cell.params, 0)
    for k in range(B):
        one, alone = slice(k, k + 1), run.of(slice(k, k + 1))
        trace_alone = cell.forward(alone.xs, alone.state)
        close(trace_alone.h, trace.h[:, one])
        back = cell.backward(trace_alone, *alone.upstream)
        for name in grads.keys() - sums.keys():
            close(back[name], grads[name][..., one, :])
        sums = {name: sums[name] + back[name] for name in sums}
    for name, total in sums.items():
        close(total, grads[name])

    cut = max(1, round(share * T))
    if cut < T:
        first = cell.forward(run.xs[:cut], run.state)
        second = cell.forward(run.xs[cut:], last_state(first))
        close(np.concatenate([first.h, second.h]), trace.h)


# --- the sigmoid


def test_the_sigmoid_is_right_and_cannot_overflow():
    assert sigmoid(1) == pytest.approx(0.7310585786300049, abs=1e-15)
    a = np.linspace(-40, 40, 1001)
    np.testing.assert_allclose(sigmoid(a), [logistic(v) for v in a], rtol=0, atol=1e-15)
    with np.errstate(all="raise"):
        assert sigmoid([-1000, -39, 0, 38, 1000]).tolist() == [0, 0, 0.5, 1, 1]
    assert 0 < sigmoid(-36) and sigmoid(36) < 1
    assert a[0] == -40  # and leaves what it is given alone


@pytest.mark.parametrize("value", [None, "1", 1j, [None]])
def test_the_sigmoid_refuses_what_is_no_real_number(value, assert_refused):
    assert_refused(lambda: sigmoid(value), TypeError, "a: got ")
