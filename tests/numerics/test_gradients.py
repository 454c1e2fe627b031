"""The gradient's way back: its direct path, its whole Jacobian, and the check for mistakes."""

from functools import partial
from itertools import product

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN
from lstm_lessons.gradients import check, direct_path, jacobian_norms

# --- the check


def test_the_check_finds_nothing_in_the_cells_and_leaves_them_alone(kind, new_cell, assert_same):
    for seed in range(3):
        cell, same = new_cell(kind, seed=seed), new_cell(kind, seed=seed)
        assert check(cell, rng=np.random.default_rng(seed)) < 1e-6
        assert_same(cell.params, same.params)


class WithoutTheBelt(LSTM):
    """Forgets what reaches c_t from c_{t+1}."""

    def slopes(self, trace):
        slopes = super().slopes(trace)
        return slopes | {"f": np.concatenate([slopes["f"][:1], 0 * slopes["f"][1:]])}


class WithoutTheTanhOfC(LSTM):
    """Forgets that h = o tanh(c) bends."""

    def slopes(self, trace):
        return super().slopes(trace) | {"h_by_c": trace.o}


class WithoutTheTanh(RNN):
    """Forgets that tanh bends."""

    def slopes(self, trace):
        return {"a": np.ones_like(trace.h)}


class WithoutTheCandidatesTanh(GRU):
    """Forgets that n = tanh(...) bends."""

    def slopes(self, trace):
        slopes = super().slopes(trace)
        a = np.concatenate([slopes["a"][..., : 2 * self.n_hidden], trace.z], axis=-1)
        return slopes | {"a": a}


class OnlyTheLastStep:
    """Writes each step's gradient over the one before instead of adding them up."""

    def back_through_time(self, *args):
        back = super().back_through_time(*args)
        return back | {"a": np.concatenate([0 * back["a"][:-1], back["a"][-1:]])}


def last_step(cls, **variant):
    """A builder of cells of this class that go wrong in that way."""
    return partial(type(f"LastStep{cls.__name__}", (OnlyTheLastStep, cls), {}), **variant)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "broken, seen_at_one_step",
    [
        *[(cls, True) for cls in (WithoutTheTanhOfC, WithoutTheTanh, WithoutTheCandidatesTanh)],
        *[(cls, False) for cls in (WithoutTheBelt, *map(last_step, (RNN, LSTM, GRU)))],
        (last_step(GRU, reset_after=True), False),
    ],
)
def test_the_check_finds_a_broken_backward_and_one_step_may_hide_it(
    broken, seen_at_one_step, seed, new_cell
):
    cell = new_cell(broken, seed=seed)
    for steps in [(3,), (1, 3), (3, 1), (1, 3, 8)]:
        assert check(cell, steps, np.random.default_rng(seed)) > 1e-3
    at_one = check(cell, (1,), np.random.default_rng(seed))
    assert at_one > 1e-3 if seen_at_one_step else at_one < 1e-6


def one_nan(grad):
    return np.where(np.arange(grad.size).reshape(grad.shape) == 0, np.nan, grad)


def infinite(grad):
    return np.where(grad > 0, np.inf, grad)


def test_the_check_finds_a_mistake_in_any_single_gradient(kind, new_cell):
    cell = new_cell(kind)
    backward = cell.backward
    for name in [*cell.params, "xs", *(f"{state}0" for state in cell.states)]:
        for spoil, expected in [
            (lambda grad: 0.99 * grad, 1e-3),
            (one_nan, np.inf),
            (infinite, np.inf),
        ]:

            def spoilt(*args, name=name, spoil=spoil):
                return (grads := backward(*args)) | {name: spoil(grads[name])}

            cell.backward = spoilt
            with np.errstate(invalid="ignore"):
                assert check(cell, (3, 1)) >= expected


def test_a_check_that_is_stopped_anywhere_leaves_the_cell_as_it_was(kind, new_cell, assert_same):
    cell, same, runs = new_cell(kind), new_cell(kind), 1 + 2 * (len(new_cell(kind).params) + 2)
    forward = cell.forward
    for last in range(runs):
        left = iter(range(last))

        def stop(*args, left=left):
            if next(left, None) is None:
                raise KeyboardInterrupt
            return forward(*args)

        cell.forward = stop
        with pytest.raises(KeyboardInterrupt):
            check(cell, (2,))
        assert_same(cell.params, same.params)


# --- the direct path


def test_the_direct_path_is_the_product_of_the_later_gates(gated, kinds, new_cell, new_run):
    cell = new_cell(gated)
    for T in (1, 6):
        trace = cell.forward(new_run(cell, T).xs)
        kept = kinds[gated].kept(trace)
        expected = [np.prod(kept[t + 1 :], axis=0) for t in range(T)]
        np.testing.assert_allclose(direct_path(trace), expected, rtol=1e-14)


# --- the whole Jacobian


def numeric_norms(cell, trace, t, of, by, step=1e-6):
    """|d of_T / d by_t| of each sequence: run on from step t, one unit of ``by`` moved up and down."""
    columns = []
    for unit in np.eye(cell.n_hidden):
        ends = []
        for moved in (step * unit, -step * unit):
            state = {name: getattr(trace, name)[t] for name in cell.states}
            state[by] = state[by] + moved
            if by == "c":  # a moved c_t moves its own h_t
                state["h"] = trace.o[t] * np.tanh(state["c"])
            if t < len(trace.xs) - 1:
                start = tuple(state.values()) if len(state) == 2 else state["h"]
                state[of] = getattr(cell.forward(trace.xs[t + 1 :], start), of)[-1]
            ends.append(state[of])
        columns.append((ends[0] - ends[1]) / (2 * step))
    return np.linalg.norm(columns, axis=(0, 2))


def test_jacobian_norms_are_those_of_central_differences(kind, new_cell, new_run):
    for H in (1, 3):
        cell = new_cell(kind, H=H)
        trace = cell.forward(new_run(cell).xs)
        for of, by in product(cell.states, cell.states):
            expected = [numeric_norms(cell, trace, t, of, by) for t in range(5)]
            norms = jacobian_norms(cell, trace, of, by)
            np.testing.assert_allclose(norms, expected, rtol=1e-7, atol=1e-9)
        assert np.array_equal(jacobian_norms(cell, trace), jacobian_norms(cell, trace, "h", "h"))


@pytest.mark.parametrize("radius, T", [(0.0, 3), (1.1, 30), (2.0, 601), (0.5, 601)])
def test_a_linear_rnns_gradient_is_a_power_of_its_radius_however_large_or_small_or_zero(radius, T):
    H = 4
    cell = RNN(2, H, np.random.default_rng(0), activation="linear")
    cell.params["Wh"][:] = radius * np.eye(H)
    norms = jacobian_norms(cell, cell.forward(np.zeros((T, 2, 2))))
    expected = radius ** np.arange(T - 1, -1, -1.0) * 2
    np.testing.assert_allclose(norms, np.stack([expected, expected], axis=1), rtol=1e-12)


@pytest.mark.parametrize("held", ["f", "fig", "ifgo"])
def test_the_direct_path_is_the_whole_gradient_only_if_every_gate_into_c_is_held(held, new_cell):
    cell, rng = new_cell("LSTM", H=1), np.random.default_rng(1)
    override = {gate: rng.uniform(0.1, 0.9, (8, 3, 1)) for gate in held}
    trace = cell.forward(rng.standard_normal((8, 3, 3)), override=override)
    whole, path = jacobian_norms(cell, trace, of="c", by="c"), direct_path(trace)[..., 0]
    if held == "f":
        assert np.max(np.abs(whole / path - 1)) > 0.05
    else:
        np.testing.assert_allclose(whole, path, rtol=1e-13)


# --- bad input

rng = np.random.default_rng(0)
rnn, lstm, gru, xs = RNN(3, 4, rng), LSTM(3, 4, rng), GRU(3, 4, rng), np.ones((5, 2, 3))


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (TypeError, "trace: got one of RNN tanh, expected", lambda: direct_path(rnn.forward(xs))),
        (TypeError, "trace: got array(", lambda: direct_path(xs)),
        (TypeError, "cell: got None, expected", lambda: jacobian_norms(None, rnn.forward(xs))),
        (TypeError, "trace: got one of GRU", lambda: jacobian_norms(lstm, gru.forward(xs))),
        (ValueError, "of: got 'c', expected", lambda: jacobian_norms(gru, gru.forward(xs), "c")),
        (ValueError, "by: got 'f', exp", lambda: jacobian_norms(lstm, lstm.forward(xs), by="f")),
        (TypeError, "cell: got None, expected", lambda: check(None)),
        (TypeError, "rng: got 0, expected", lambda: check(lstm, rng=0)),
        (TypeError, "steps: got 3, expected", lambda: check(lstm, steps=3)),
        (ValueError, "steps: got none, expected", lambda: check(lstm, steps=())),
        (ValueError, "step_size: got 0, expected", lambda: check(lstm, step_size=0.0)),
    ],
)  # fmt: skip
def test_bad_input_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)
