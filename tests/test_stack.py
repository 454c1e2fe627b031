"""Stacks and the read-out: exact gradients through every layer, and the cells' own numbers."""

import copy
import re

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN
from lstm_lessons.stack import Readout, Stack

KINDS = {
    "RNN": RNN,
    "LSTM": LSTM,
    "GRU before": GRU,
    "GRU after": lambda D, H, rng: GRU(D, H, rng, reset_after=True),
}
DEEP = {
    **{kind: [kind] for kind in KINDS},
    **{f"{kind} twice": [kind, kind] for kind in KINDS},
    "LSTM on GRU on RNN": ["RNN", "GRU after", "LSTM"],
    "RNN on GRU on LSTM": ["LSTM", "GRU before", "RNN"],
}
SIZES = [2, 3, 2, 3]  # inputs, then the hidden units of each cell from below
N_OUT = 2


def random_stack(kinds, readout=True, seed=0):
    """A stack with no parameter at zero, biases included, so that none can go missing unnoticed."""
    rng = np.random.default_rng(seed)
    layers = [KINDS[kind](SIZES[k], SIZES[k + 1], rng) for k, kind in enumerate(kinds)]
    stack = Stack([*layers, Readout(layers[-1].n_hidden, N_OUT, rng)] if readout else layers)
    for value in stack.params.values():
        value += 0.3 * rng.standard_normal(value.shape)
    return stack


def random_run(stack, T=5, B=2, seed=1):
    """Inputs, a start state for each cell, and dL/dy."""
    rng, states = np.random.default_rng(seed), []
    for cell in stack.cells:
        h0, c0 = 0.5 * rng.standard_normal((2, B, cell.n_hidden))
        states.append((h0, c0) if cell.kind == "LSTM" else h0)
    width = stack.readout.n_out if stack.readout else stack.cells[-1].n_hidden
    return (
        rng.standard_normal((T, B, stack.cells[0].n_inputs)),
        states,
        rng.standard_normal((T, B, width)),
    )


def answers(stack, trace):
    return trace.y if stack.readout else trace.h


def arrays(values):
    """All arrays in lists, tuples and dicts, whatever way they are nested."""
    if isinstance(values, np.ndarray):
        return [values]
    inner = values.values() if isinstance(values, dict) else values
    return [array for value in inner for array in arrays(value)]


def central_differences(loss, array, step=1e-5):
    """dloss/darray, entry by entry; the array is moved in place and put back."""
    grad = np.empty_like(array)
    for k in np.ndindex(array.shape):
        stored, sides = array[k], []
        for sign in (1, -1):
            array[k] = stored + sign * step
            sides.append(loss())
        array[k] = stored
        grad[k] = (sides[0] - sides[1]) / (2 * step)
    return grad


def assert_gradients_are_right(stack, T, override=None):
    xs, states, dy = random_run(stack, T)

    def loss():
        return np.sum(dy * answers(stack, stack.forward(xs, states, override)))

    grads = stack.backward(stack.forward(xs, states, override), dy)
    point = stack.params | {"xs": xs}
    assert grads.keys() == point.keys()
    for name, array in point.items():
        numeric = central_differences(loss, array)
        assert grads[name].shape == array.shape
        assert np.max(np.abs(grads[name] - numeric)) < 1e-6 * np.max(np.abs(numeric)), name


# --- gradients


@pytest.mark.parametrize("T", [1, 3, 8])
@pytest.mark.parametrize("readout", [True, False], ids=["with read-out", "without"])
@pytest.mark.parametrize("name", DEEP)
def test_every_gradient_agrees_with_central_differences(name, readout, T):
    assert_gradients_are_right(random_stack(DEEP[name], readout), T)


def test_gradients_are_right_when_gates_of_two_cells_are_set_by_hand():
    stack = random_stack(["LSTM", "GRU after"])
    with_a_gap = np.full((4, 1, 1), 0.9)
    with_a_gap[2] = np.nan
    override = {0: {"f": with_a_gap}, 1: {"z": np.array([[[0.2, np.nan]]])}}
    assert_gradients_are_right(stack, 4, override)


def test_the_readouts_gradients_agree_with_central_differences():
    rng = np.random.default_rng(0)
    readout = Readout(3, 2, rng)
    h, dy = rng.standard_normal((4, 2, 3)), rng.standard_normal((4, 2, 2))
    grads = readout.backward(h, dy)
    point = readout.params | {"h": h}
    assert grads.keys() == point.keys()
    for name, array in point.items():
        numeric = central_differences(lambda: np.sum(dy * readout.forward(h)), array)
        np.testing.assert_allclose(grads[name], numeric, rtol=0, atol=1e-8)


# --- what a stack is


@pytest.mark.parametrize("kind", KINDS)
def test_a_stack_of_one_cell_is_the_cell(kind):
    stack = random_stack([kind], readout=False)
    (cell,), (xs, states, dy) = stack.cells, random_run(stack)
    trace, alone = stack.forward(xs, states), cell.forward(xs, states[0])
    assert np.array_equal(trace.h, alone.h) and trace.y is None
    grads, expected = stack.backward(trace, dy), cell.backward(alone, dy)
    assert np.array_equal(grads.pop("xs"), expected["xs"])
    assert grads.keys() == {f"0.{name}" for name in cell.params}
    assert all(np.array_equal(grads[f"0.{name}"], expected[name]) for name in cell.params)
    bare = Stack(cell)  # without the list
    assert bare.cells == [cell] and np.array_equal(bare.forward(xs, states).h, alone.h)


def test_each_cell_reads_the_h_of_the_one_below_and_the_readout_that_of_the_last():
    stack = random_stack(["RNN", "GRU before", "LSTM"])
    xs, states, _ = random_run(stack)
    trace, below = stack.forward(xs, states), xs
    for cell, layer, state in zip(stack.cells, trace.layers, states, strict=True):
        below = cell.forward(below, state).h
        assert np.array_equal(layer.h, below)
    assert np.array_equal(trace.h, below)
    V, v = stack.readout.params.values()
    expected = [[V @ h + v for h in step] for step in below]
    np.testing.assert_allclose(trace.y, expected, rtol=0, atol=1e-14)


def test_params_are_the_layers_own_arrays_named_from_below():
    stack = random_stack(["LSTM", "GRU after"])
    names = "0.Wx 0.Wh 0.b 1.Wx 1.Wh 1.b 1.bh 2.V 2.v".split()
    assert list(stack.params) == names
    assert stack.layers == [*stack.cells, stack.readout]
    for name, array in stack.params.items():
        layer, own = name.split(".")
        assert array is stack.layers[int(layer)].params[own]


@pytest.mark.parametrize("name", DEEP)
def test_changing_any_parameter_in_place_changes_the_output(name):
    stack = random_stack(DEEP[name])
    xs, states, _ = random_run(stack)
    before = stack.forward(xs, states).y
    for param, value in stack.params.items():
        value += 0.1
        after = stack.forward(xs, states).y
        assert not np.array_equal(after, before), param
        before = after


@pytest.mark.parametrize("name", DEEP)
def test_n_params_counts_the_numbers_in_params(name):
    for readout in (True, False):
        stack = random_stack(DEEP[name], readout)
        assert stack.n_params == sum(value.size for value in stack.params.values())
    assert random_stack(["LSTM", "RNN"]).n_params == 4 * 3 * 6 + 2 * 6 + 2 * 3


def test_a_stack_without_states_starts_from_zeros():
    stack = random_stack(["LSTM", "GRU before"])
    xs = random_run(stack)[0]
    zeros = [(np.zeros((2, 3)),) * 2, np.zeros((2, 2))]
    expected = stack.forward(xs, zeros).y
    for states in (None, [None, None], (zeros[0], None)):
        assert np.array_equal(stack.forward(xs, states).y, expected)


def test_overrides_reach_the_cell_they_name_and_no_other():
    stack = random_stack(["LSTM", "LSTM"])
    xs, states, _ = random_run(stack)
    free = stack.forward(xs, states)
    low = stack.forward(xs, states, {0: {"f": 0.25}})
    assert (low.layers[0].f == 0.25).all() and (low.layers[1].f != 0.25).all()
    assert not np.array_equal(low.y, free.y)
    high = stack.forward(xs, states, {1: {"f": 0.25}})
    assert (high.layers[1].f == 0.25).all()
    assert np.array_equal(high.layers[0].h, free.layers[0].h)
    assert np.array_equal(stack.forward(xs, states, {}).y, free.y)


def test_a_gate_held_open_and_shut_below_carries_c_through_the_stack():
    stack = random_stack(["LSTM", "GRU after"])
    xs, states, _ = random_run(stack, T=20)
    trace = stack.forward(xs, states, {0: {"f": 1, "i": 0}, 1: {"z": 0}})
    for got, start in [(trace.layers[0].c, states[0][1]), (trace.h, states[1])]:
        assert np.array_equal(got, np.broadcast_to(start, got.shape))


# --- the read-out's start


def test_a_new_readout_is_spread_evenly_by_its_inputs_and_starts_at_no_offset():
    V, v = Readout(25, 400, np.random.default_rng(0)).params.values()
    assert V.shape == (400, 25) and v.shape == (400,) and not v.any()
    np.testing.assert_allclose(np.quantile(V, [0, 0.25, 0.5, 0.75, 1]), [-0.2, -0.1, 0, 0.1, 0.2], atol=0.01)  # fmt: skip
    assert np.abs(V).max() <= 0.2


def test_the_same_seed_gives_the_same_readout():
    one, same, other = (Readout(3, 2, np.random.default_rng(k)).params["V"] for k in (5, 5, 6))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


# --- nothing is changed behind your back


@pytest.mark.parametrize("readout", [True, False], ids=["with read-out", "without"])
@pytest.mark.parametrize("name", DEEP)
def test_forward_and_backward_change_nothing_and_repeat_themselves(name, readout):
    stack = random_stack(DEEP[name], readout)
    xs, states, dy = random_run(stack)
    gates = {k: cell.gates[0] for k, cell in enumerate(stack.cells) if cell.kind != "RNN"}
    override = {k: {gate: np.full((5, 1, 1), 0.5)} for k, gate in gates.items()}
    lent = arrays([xs, states, dy, override, stack.params])
    before = copy.deepcopy(lent)
    traces = [stack.forward(xs, states, override) for _ in range(2)]
    y, h = answers(stack, traces[0]).copy(), [layer.h.copy() for layer in traces[0].layers]
    grads = [stack.backward(trace, dy) for trace in (traces[0], *traces)]
    for trace in traces:
        assert np.array_equal(answers(stack, trace), y)
        assert all(np.array_equal(a.h, b) for a, b in zip(trace.layers, h, strict=True))
    for again in grads[1:]:
        assert all(np.array_equal(again[param], grads[0][param]) for param in grads[0])
    assert all(np.array_equal(a, b) for a, b in zip(lent, before, strict=True))


def test_the_list_of_layers_is_left_alone():
    rng = np.random.default_rng(0)
    layers = [LSTM(2, 3, rng), Readout(3, 1, rng)]
    stack = Stack(layers)
    assert len(layers) == 2
    layers.clear()
    assert len(stack.layers) == 2


# --- bad input: the sentence names the argument, what came and what was expected

rng = np.random.default_rng(0)
lstm, gru, out = LSTM(2, 3, rng), GRU(3, 4, rng), Readout(4, 2, rng)
stack = Stack([lstm, gru, out])
xs, h, dy = np.ones((5, 2, 2)), np.ones((5, 2, 4)), np.ones((5, 2, 2))
s3, s4 = np.zeros((2, 3)), np.zeros((2, 4))


def run(**given):
    return stack.forward(xs, **given)


def deeper():
    return Stack([lstm, gru, GRU(4, 4, rng), out]).forward(xs)


WRONG_VALUE = [
    (
        "layers: got LSTM(n_inputs=2, n_hidden=3) on GRU(n_inputs=3, n_hidden=4), expected it to read 4",
        lambda: Stack([gru, lstm]),
    ),
    (
        "layers: got Readout(n_hidden=4, n_out=2) on LSTM(n_inputs=2, n_hidden=3), expected it to read 3",
        lambda: Stack([lstm, out]),
    ),
    ("n_hidden: got 0, expected 1 or more", lambda: Readout(0, 1, rng)),
    ("n_out: got -1, expected 1 or more", lambda: Readout(1, -1, rng)),
    ("h: got shape (5, 2, 3), expected (T, B, 4)", lambda: out.forward(h[..., :3])),
    ("h: got shape (2, 4), expected (T, B, 4)", lambda: out.backward(h[0], dy)),
    ("h: got nan at index (0, 0, 0), expected finite", lambda: out.backward(h * np.nan, dy)),
    ("dy: got shape (5, 2, 1), expected (5, 2, 2)", lambda: out.backward(h, dy[..., :1])),
    ("dy: got shape (2, 2), expected (5, 2, 2)", lambda: stack.backward(run(), dy[0])),
    ("dy: got nan at index (0, 0, 0)", lambda: stack.backward(run(), dy * np.nan)),
    ("xs: got shape (5, 2, 4), expected (T, B, 2)", lambda: stack.forward(h)),
    ("h0: got shape (2, 3), expected (2, 4)", lambda: run(states=[(s3, s3), s3])),
    ("override: got 'z', expected one of o, f, i, g", lambda: run(override={0: {"z": 1}})),
    ("override['z']: got 2, expected values from 0 to 1", lambda: run(override={1: {"z": 2}})),
]
WRONG_TYPE = [
    ("layers: got [], expected cells, and perhaps a Readout last", lambda: Stack([])),
    ("layers: got [Readout(n_hidden=4, n_out=2)], expected cells", lambda: Stack([out])),
    ("Readout(n_hidden=4, n_out=2)", lambda: Stack([out, lstm])),
    ("expected cells, and perhaps a Readout last", lambda: Stack([gru, out, lstm])),
    ("expected cells, and perhaps a Readout last", lambda: Stack([gru, out, Readout(2, 2, rng)])),
    ("layers: got [<class", lambda: Stack([LSTM])),
    ("layers: got None, expected cells", lambda: Stack(None)),
    ("n_hidden: got 1.5, expected a whole number", lambda: Readout(1.5, 1, rng)),
    ("n_out: got True, expected a whole number", lambda: Readout(1, True, rng)),
    ("rng: got 0, expected numpy.random.default_rng(seed)", lambda: Readout(1, 1, 0)),
    ("states: got [None], expected a list of 2", lambda: run(states=[None])),
    ("states: got array(", lambda: run(states=np.zeros((2, 2)))),
    ("state: got ndarray, expected the pair (h0, c0)", lambda: run(states=[s3, s4])),
    ("override: got {2: {}}, expected a dict by a cell's place", lambda: run(override={2: {}})),
    ("override: got {'f': 1}, expected a dict by a cell's", lambda: run(override={"f": 1})),
    ("override: got [], expected a dict by a cell's place", lambda: run(override=[])),
    ("override: got 1, expected a dict of gates", lambda: run(override={0: 1})),
    ("trace: got one of GRU", lambda: Stack([lstm]).backward(Stack([gru]).forward(h[..., :3]), s3)),
    ("trace: got one of 3 cells, expected one of 2", lambda: stack.backward(deeper(), dy)),
    ("trace: got one of 1 cells", lambda: stack.backward(Stack([lstm]).forward(xs), dy)),
    (
        "trace: got one of Trace, expected one of 2 cells",
        lambda: stack.backward(gru.forward(h[..., :3]), dy),
    ),
    ("trace: got one of NoneType, expected one of 2 cells", lambda: stack.backward(None, dy)),
]


@pytest.mark.parametrize(
    "exception, sentence, call",
    [(ValueError, *row) for row in WRONG_VALUE] + [(TypeError, *row) for row in WRONG_TYPE],
)
def test_bad_input_is_answered_with_a_sentence(exception, sentence, call):
    with pytest.raises(exception, match=re.escape(sentence)) as caught:
        call()
    assert caught.type is exception  # not a relative
    assert len(str(caught.value)) < 200


def test_the_readout_reads_what_is_not_finite_for_a_training_has_words_of_its_own_for_it():
    spoilt = h.copy()
    spoilt[1, 0, 2], spoilt[3, 1] = np.nan, np.inf
    with np.errstate(invalid="ignore"):
        finite = np.isfinite(out.forward(spoilt))
    assert not finite[[1, 3], [0, 1]].any() and finite.sum() == finite.size - 4


# --- what is printed


def test_stacks_and_their_traces_print_what_they_are():
    assert repr(out) == "Readout(n_hidden=4, n_out=2)"
    assert repr(stack) == f"Stack([{lstm!r}, {gru!r}, {out!r}])"
    assert repr(run()) == "StackTrace of LSTM, GRU, and answers y (5, 2, 2)"
    assert repr(Stack([lstm]).forward(xs)) == "StackTrace of LSTM"
