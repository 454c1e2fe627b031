"""Traces: what they hold, that nothing changes them, and what forward and backward refuse."""

import copy
import pickle
from dataclasses import FrozenInstanceError
from functools import partial

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN


def values_of(trace):
    """All arrays of a trace by name."""
    return {name: value for name, value in vars(trace).items() if isinstance(value, np.ndarray)}


# --- what a trace holds


def test_a_trace_offers_its_states_and_gates_by_name(kind, kinds, ran):
    cell, run, trace = ran(kind)
    held = kinds[kind].held
    states = [*held, *(f"{name}_prev" for name in cell.states)]
    assert values_of(trace).keys() == {"xs", *states} <= set(dir(trace))
    assert held.endswith(cell.gates)
    assert np.array_equal(trace.xs, run.xs)
    assert all(getattr(trace, name).shape == (5, 2, 4) for name in states)
    assert repr(trace) == f"Trace of {kind.split()[0]}: {', '.join(held)}, each (5, 2, 4)"


def test_before_each_step_stands_the_start_or_the_step_before(kind, ran):
    cell, run, _ = ran(kind)
    for state in (run.state, None):
        trace = cell.forward(run.xs, state)
        for name, start in run.start.items():
            before, after = getattr(trace, f"{name[0]}_prev"), getattr(trace, name[0])
            assert np.array_equal(before[0], 0 * start if state is None else start)
            assert np.array_equal(before[1:], after[:-1])


# --- nothing is changed behind your back


def test_a_trace_cannot_be_changed(kind, new_cell, new_run):
    cell = new_cell(kind)
    trace = cell.forward(new_run(cell).xs)
    for name, value in values_of(trace).items():
        with pytest.raises(ValueError, match="read-only"):
            value[0] = 5
        with pytest.raises(FrozenInstanceError):
            setattr(trace, name, value)


@pytest.mark.parametrize("B", [1, 2])  # an array of one column needs no copy to be turned
def test_forward_and_backward_change_nothing_and_repeat_themselves(kind, B, ran, assert_same):
    cell, run, _ = ran(kind, B=B)
    override = {} if kind.startswith("RNN") else {cell.gates[0]: np.full((5, B, 4), 0.5)}
    lent = [run.xs, *run.start.values(), *override.values(), *run.upstream]
    before = copy.deepcopy([*lent, *cell.params.values()])
    traces = [cell.forward(run.xs, run.state, override or None) for _ in range(2)]
    grads = [cell.backward(trace, *run.upstream) for trace in (traces[0], *traces)]
    assert all(map(np.array_equal, [*lent, *cell.params.values()], before))
    upstream = copy.deepcopy(run.upstream)
    for value in lent:
        value[:] = np.nan  # whatever becomes of them, the traces have what they need
    for again in [*grads[1:], cell.backward(traces[0], *upstream)]:
        assert_same(again, grads[0])
    assert_same(values_of(traces[0]), values_of(traces[1]))


@pytest.mark.parametrize("again", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_copy_of_a_trace_goes_back_as_well(kind, again, ran, assert_same):
    cell, run, trace = ran(kind)
    assert_same(cell.backward(again(trace), *run.upstream), cell.backward(trace, *run.upstream))


# --- the parameters belong to the reader


def test_a_parameter_changed_in_place_or_replaced_reaches_the_next_forward(kind, ran):
    cell, run, _ = ran(kind)
    before = cell.forward(run.xs, run.state).h
    for name, value in cell.params.items():
        value += 0.1
        assert not np.array_equal(cell.forward(run.xs, run.state).h, before), name
        cell.params[name] = (value - 0.1).tolist()
        assert np.allclose(cell.forward(run.xs, run.state).h, before, rtol=0, atol=1e-14)
        assert cell.params[name].dtype == np.float64  # which training can change in place


def test_a_parameter_that_does_not_fit_or_is_gone_is_refused(kind, new_cell, assert_refused):
    for name in new_cell(kind).params:
        cell = new_cell(kind)
        call, said = partial(cell.forward, np.ones((5, 2, 3))), f"params['{name}']: got "
        cell.params[name] = np.ones(1)
        assert_refused(call, ValueError, f"{said}shape (1,), expected")
        del cell.params[name]
        assert_refused(call, TypeError, f"{said}None, expected")


# --- bad input

rng = np.random.default_rng(0)
xs, s0, ones = rng.standard_normal((5, 2, 3)), np.zeros((2, 4)), np.ones((5, 2, 4))
rnn, lstm, gru = RNN(3, 4, rng), LSTM(3, 4, rng), GRU(3, 4, rng)
after, relu = GRU(3, 4, rng, reset_after=True), RNN(3, 4, rng, "relu")


def by_hand(cell, **gates):
    return lambda: cell.forward(xs, override=gates)


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (ValueError, "xs: got shape (2, 3), expected (T, B, 3)", lambda: lstm.forward(xs[0])),
        (ValueError, "h0: got shape (4, 2), expected (2, 4)", lambda: lstm.forward(xs, (s0.T, s0))),
        (TypeError, "c0: got None, expected", lambda: lstm.forward(xs, (s0, None))),
        (TypeError, "expected the pair (h0, c0)", lambda: lstm.forward(xs, (s0, s0, s0))),
        (ValueError, "override['f']: got 1.5, expected values from 0 to 1", by_hand(lstm, f=1.5)),
        (ValueError, "override['g']: got -1.2, expected values from -1", by_hand(lstm, g=-1.2)),
        (ValueError, "override['z']: got shape (4, 2, 4), expected", by_hand(gru, z=ones[:4])),
        (ValueError, "override['z']: got shape (2, 4), expected", by_hand(gru, z=ones[0])),
        (ValueError, "override: got 'z', expected one of i, f, g, o", by_hand(lstm, z=1)),
        (ValueError, "override: got 'if', expected one of i, f", by_hand(lstm, **{"if": 1})),
        (TypeError, "override: got 'f', expected a dict", lambda: lstm.forward(xs, override="f")),
        (ValueError, "override: got gates for an RNN, which has none", by_hand(rnn, h=1)),
    ],
)
def test_a_run_that_cannot_be_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)


def back(cell, *upstream, of=None):
    return lambda: cell.backward((of or cell).forward(xs), *upstream)


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (ValueError, "dh: got shape (2, 4), expected (5, 2, 4)", back(rnn, ones[0])),
        (ValueError, "dc_last: got a value for a cell without c", back(gru, ones, s0)),
        (ValueError, "got 5 hidden units, expected 4", back(lstm, ones, of=LSTM(3, 5, rng))),
        (TypeError, "got one of RNN tanh, expected one of RNN relu", back(relu, ones, of=rnn)),
        (TypeError, "expected one of GRU reset_after=True", back(after, ones, of=gru)),
        (TypeError, "got one of NoneType, expected", lambda: rnn.backward(None, ones)),
        (ValueError, "trace: got 3 inputs, expected 2", back(LSTM(2, 4, rng), ones, of=lstm)),
    ],
)
def test_a_way_back_that_cannot_be_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)
