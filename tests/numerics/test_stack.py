"""Stacks and the read-out: exact gradients through every layer, and the cells' own numbers."""

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN
from lstm_lessons.stack import Readout, Stack

DEEP = {
    "one cell": (["LSTM"], False),
    "two of a kind": (["GRU reset before", "GRU reset before"], True),
    "LSTM on GRU on RNN": (["RNN tanh", "GRU reset after", "LSTM"], True),
    "RNN on GRU on LSTM": (["LSTM", "GRU reset before", "RNN tanh"], False),
}


@pytest.fixture
def deep(new_cell, new_run):
    """A stack without a parameter at zero, its kinds from below and perhaps a read-out; xs, states, dL/dy."""

    def make(kinds, readout=True, T=5):
        sizes = [2, 3, 2, 3]  # inputs, then the hidden units of each cell from below
        cells = [new_cell(kind, *sizes[k : k + 2], seed=k) for k, kind in enumerate(kinds)]
        top = [Readout(cells[-1].n_hidden, 2, np.random.default_rng(0))] if readout else []
        for layer in top:
            layer.params["v"] += 0.3
        runs = [new_run(cell, T, seed=k) for k, cell in enumerate(cells)]
        dy = runs[-1].upstream[0][..., :2] if readout else runs[-1].upstream[0]
        return Stack([*cells, *top]), runs[0].xs, [run.state for run in runs], dy

    return make


@pytest.mark.parametrize("T", [1, 3, 8])
@pytest.mark.parametrize("kinds, readout", DEEP.values(), ids=DEEP)
def test_every_gradient_agrees_with_central_differences(kinds, readout, T, deep, assert_gradients):
    stack, xs, states, dy = deep(kinds, readout, T)

    def loss():
        trace = stack.forward(xs, states)
        return np.sum(dy * (trace.y if readout else trace.h))

    grads = stack.backward(stack.forward(xs, states), dy)
    assert_gradients(grads, stack.params | {"xs": xs}, loss)


def test_and_when_gates_of_two_cells_are_set_by_hand(deep, assert_gradients):
    stack, xs, states, dy = deep(["LSTM", "GRU reset after"], T=4)
    with_a_gap = np.full((4, 1, 1), 0.9)
    with_a_gap[2] = np.nan
    override = {0: {"f": with_a_gap}, 1: {"z": np.array([[[0.2, np.nan]]])}}
    grads = stack.backward(stack.forward(xs, states, override), dy)
    point = stack.params | {"xs": xs}
    assert_gradients(grads, point, lambda: np.sum(dy * stack.forward(xs, states, override).y))


def test_each_cell_reads_the_h_of_the_one_below_and_the_readout_that_of_the_last(deep):
    stack, xs, states, _ = deep(*DEEP["LSTM on GRU on RNN"])
    trace, below = stack.forward(xs, states), xs
    for cell, layer, state in zip(stack.cells, trace.layers, states, strict=True):
        below = cell.forward(below, state).h
        assert np.array_equal(layer.h, below)
    assert np.array_equal(trace.h, below)
    V, v = stack.readout.params.values()
    np.testing.assert_allclose(trace.y, below @ V.T + v, rtol=0, atol=1e-14)


def test_a_stack_takes_a_cell_without_a_list_and_then_has_no_answers(ran):
    cell, run, _ = ran("GRU reset after")
    stack = Stack(cell)
    trace = stack.forward(run.xs, [run.state])
    assert stack.cells == [cell] and trace.y is None
    assert np.array_equal(trace.h, cell.forward(run.xs, run.state).h)


def test_params_are_the_layers_own_arrays_named_from_below(deep):
    layers = deep(["LSTM", "GRU reset after"])[0].layers
    stack = Stack(layers)
    layers.clear()  # the stack has what it needs
    assert list(stack.params) == "0.Wx 0.Wh 0.b 1.Wx 1.Wh 1.b 1.bh 2.V 2.v".split()
    assert stack.layers == [*stack.cells, stack.readout]
    for name, array in stack.params.items():
        layer, own = name.split(".")
        assert array is stack.layers[int(layer)].params[own]
    assert stack.n_params == sum(value.size for value in stack.params.values())
    assert stack.n_params == 4 * 3 * 6 + (3 * 2 * 6 + 2) + 2 * 3


def test_a_stack_without_states_starts_from_zeros(deep):
    stack, xs, _, _ = deep(["LSTM", "GRU reset before"])
    zeros = [(np.zeros((2, 3)),) * 2, np.zeros((2, 2))]
    expected = stack.forward(xs, zeros).y
    for states in (None, [None, None], (zeros[0], None)):
        assert np.array_equal(stack.forward(xs, states).y, expected)


def test_overrides_reach_the_cell_they_name_and_no_other(deep):
    stack, xs, states, _ = deep(["LSTM", "LSTM"])
    free = stack.forward(xs, states)
    low, high = (stack.forward(xs, states, {k: {"f": 0.25}}) for k in (0, 1))
    assert (low.layers[0].f == 0.25).all() and (low.layers[1].f != 0.25).all()
    assert (high.layers[1].f == 0.25).all()
    assert np.array_equal(high.layers[0].h, free.layers[0].h)
    assert np.array_equal(stack.forward(xs, states, {}).y, free.y)


def test_a_new_readout_is_spread_evenly_by_its_inputs_and_starts_at_no_offset():
    readout, rng = Readout(25, 40, np.random.default_rng(3)), np.random.default_rng(3)
    assert np.array_equal(readout.params["V"], rng.uniform(-0.2, 0.2, (40, 25)))
    assert readout.params["v"].shape == (40,) and not readout.params["v"].any()
    assert readout.n_params == 1040


def test_the_readout_reads_what_is_not_finite_for_a_training_has_words_of_its_own_for_it():
    spoilt = np.ones((5, 2, 4))
    spoilt[1, 0, 2], spoilt[3, 1] = np.nan, np.inf
    with np.errstate(invalid="ignore"):
        finite = np.isfinite(Readout(4, 2, np.random.default_rng(0)).forward(spoilt))
    assert not finite[[1, 3], [0, 1]].any() and finite.sum() == finite.size - 4


# --- bad input

rng = np.random.default_rng(0)
rnn, lstm, gru, out = RNN(3, 3, rng), LSTM(2, 3, rng), GRU(3, 4, rng), Readout(4, 2, rng)
stack = Stack([lstm, gru, out])
xs, h, dy = np.ones((5, 2, 2)), np.ones((5, 2, 4)), np.ones((5, 2, 2))


replaced = Readout(4, 2, rng)
replaced.params["V"] = np.ones((2, 3))


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (ValueError, f"layers: got {lstm} on {gru}, expected it to read 4", lambda: Stack([gru, lstm])),
        (ValueError, f"layers: got {out} on {lstm}, expected it to", lambda: Stack([lstm, out])),
        (ValueError, "layers: got one cell twice", lambda: Stack([rnn, rnn])),
        (TypeError, "layers: got [], expected cells, and perhaps", lambda: Stack([])),
        (TypeError, "expected cells, and perhaps a Readout last", lambda: Stack([gru, out, lstm])),
        (TypeError, "n_out: got True, expected a whole number", lambda: Readout(1, True, rng)),
        (TypeError, "rng: got 0, expected numpy.random.default_rng", lambda: Readout(1, 1, 0)),
        (ValueError, "h: got shape (5, 2, 3), expected (T, B, 4)", lambda: out.forward(h[..., :3])),
        (ValueError, "params['V']: got shape (2, 3), expected (2, 4)", lambda: replaced.forward(h)),
        (ValueError, "h: got shape (2, 4), expected (T, B, 4)", lambda: out.backward(h[0], dy)),
        (ValueError, "dy: got shape (5, 2, 1), expected", lambda: out.backward(h, dy[..., :1])),
        (TypeError, "states: got [None], expected a list of 2", lambda: stack.forward(xs, [None])),
        (TypeError, "override: got {2: {}}, expected a dict by a", lambda: stack.forward(xs, None, {2: {}})),
        (TypeError, "trace: got one of GRU", lambda: Stack(rnn).backward(
            Stack(GRU(3, 3, rng)).forward(np.ones((5, 2, 3))), np.ones((5, 2, 3)))),
        (TypeError, "trace: got StackTrace of LSTM, exp", lambda: stack.backward(
            Stack(lstm).forward(xs), dy)),
    ],
)  # fmt: skip
def test_bad_input_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)


def test_stacks_and_their_traces_print_what_they_are():
    assert repr(stack) == f"Stack([{lstm!r}, {gru!r}, Readout(n_hidden=4, n_out=2)])"
    assert repr(lstm) == "LSTM(n_inputs=2, n_hidden=3)"
    assert repr(stack.forward(xs)) == "StackTrace of LSTM, GRU, and answers y (5, 2, 2)"
    assert repr(Stack(lstm).forward(xs)) == "StackTrace of LSTM"
