"""The cells: right against central differences, true to what the lessons claim (PyTorch: test_torch.py)."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons.cells import sigmoid


def logistic(a):
    return 1 / (1 + np.exp(-a))


def last_state(trace):
    return (trace.h[-1], trace.c[-1]) if hasattr(trace, "c") else trace.h[-1]


# --- gradients


@pytest.mark.parametrize("T", [1, 3, 8])
def test_every_gradient_agrees_with_central_differences(kind, T, ran, assert_gradients):
    cell, run, _ = ran(kind, T, D=2, H=3)
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


# --- what the frozen table of PyTorch's numbers does not have


def test_a_linear_rnn_follows_its_formula(new_cell, new_run):
    cell = new_cell("RNN linear")
    trace = cell.forward(new_run(cell).xs)
    Wx, Wh, b = cell.params.values()
    np.testing.assert_allclose(trace.h, trace.xs @ Wx.T + trace.h_prev @ Wh.T + b, atol=1e-14)


def test_a_gru_that_resets_before_follows_its_formula(ran):
    cell, run, trace = ran("GRU reset before")
    u, (w_r, w_z, w_n) = trace.xs @ cell.params["Wx"].T, np.split(cell.params["Wh"], 3)
    u_r, u_z, u_n = np.split(u + cell.params["b"], 3, axis=-1)
    r, z = logistic(u_r + trace.h_prev @ w_r.T), logistic(u_z + trace.h_prev @ w_z.T)
    n = np.tanh(u_n + (r * trace.h_prev) @ w_n.T)
    expected = {"r": r, "z": z, "n": n, "h": (1 - z) * trace.h_prev + z * n}
    for name, value in expected.items():
        np.testing.assert_allclose(getattr(trace, name), value, rtol=0, atol=1e-14)


# --- what the gates mean, set by hand


def test_forget_gate_one_and_input_gate_zero_carry_c_exactly(ran):
    cell, run, _ = ran("LSTM", T=50)
    c = cell.forward(run.xs, run.state, {"f": 1, "i": 0}).c
    assert np.array_equal(c, np.broadcast_to(run.start["c0"], c.shape))


@pytest.mark.parametrize("reset", ["before", "after"])
def test_update_gate_zero_keeps_h_exactly_and_one_takes_n(reset, ran):
    cell, run, _ = ran(f"GRU reset {reset}", T=50)
    kept = cell.forward(run.xs, run.state, {"z": 0}).h
    assert np.array_equal(kept, np.broadcast_to(run.start["h0"], kept.shape))
    taken = cell.forward(run.xs, run.state, {"z": 1})
    assert np.array_equal(taken.h, taken.n)


def test_where_the_override_is_nan_the_net_decides(gated, kinds, new_cell, new_run):
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
            if gate + name != kinds[gated].reads:
                assert np.array_equal(now, was)
        # afterwards the net decides again, from the state that the hand has changed
        first = cell.forward(run.xs[: step + 1], run.state, {gate: values[: step + 1]})
        second = cell.forward(run.xs[step + 1 :], last_state(first))
        assert np.array_equal(trace.h[step + 1 :], second.h)
        assert not np.array_equal(second.h, free.h[step + 1 :])


def test_one_number_and_short_axes_spread_over_time_batch_and_units(gated, ran):
    cell, run, _ = ran(gated)
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
    kind, ran, shape, seed, share
):
    T, B, D, H = shape
    cell, run, trace = ran(kind, T, B, D=D, H=H, seed=seed)
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


def test_the_sigmoid_is_right_and_cannot_overflow(assert_refused):
    assert sigmoid(1) == pytest.approx(0.7310585786300049, abs=1e-15)
    a = np.linspace(-40, 40, 1001)
    np.testing.assert_allclose(sigmoid(a), logistic(a), rtol=0, atol=1e-15)
    with np.errstate(all="raise"):
        assert sigmoid([-1000, -39, 0, 38, 1000]).tolist() == [0, 0, 0.5, 1, 1]
    assert 0 < sigmoid(-36) and sigmoid(36) < 1
    assert a[0] == -40  # and leaves what it is given alone
    assert_refused(lambda: sigmoid([None]), TypeError, "a: got [None], expected an array")
