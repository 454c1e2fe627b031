"""The cells: right against PyTorch's numbers and the textbook's, true to what the lessons claim."""

import copy
import math
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_lessons import gradients
from lstm_lessons.cells import GRU, LSTM, RNN, chrono_bias, sigmoid

VARIANTS = {
    "RNN tanh": RNN,
    "RNN relu": partial(RNN, activation="relu"),
    "RNN linear": partial(RNN, activation="linear"),
    "LSTM": LSTM,
    "GRU reset before": GRU,
    "GRU reset after": partial(GRU, reset_after=True),
}
GATED = [name for name in VARIANTS if not name.startswith("RNN")]
TABLE = np.load(Path(__file__).with_name("torch_table.npz"))
CASES = sorted({key.split("/")[0] for key in TABLE})


def random_cell(variant, D=3, H=4, seed=0):
    """A cell with no parameter at zero, biases included, so that none can go missing unnoticed."""
    rng = np.random.default_rng(seed)
    cell = VARIANTS[variant](D, H, rng)
    for value in cell.params.values():
        value += 0.5 * rng.standard_normal(value.shape)
    return cell


def random_run(cell, T=5, B=2, seed=1):
    """Inputs, a start state as the cell wants it, and what backward wants after the trace."""
    rng, H = np.random.default_rng(seed), cell.n_hidden
    xs, dh = rng.standard_normal((T, B, cell.n_inputs)), rng.standard_normal((T, B, H))
    h0, c0, dc_last = 0.5 * rng.standard_normal((3, B, H))
    return (xs, (h0, c0), (dh, dc_last)) if cell.kind == "LSTM" else (xs, h0, (dh,))


def last_state(trace):
    return (trace.h[-1], trace.c[-1]) if trace.kind == "LSTM" else trace.h[-1]


def states_of(state):
    """The start state as a list of arrays, whichever cell it is for."""
    return list(state) if isinstance(state, tuple) else [state]


def pick(state, sequences):
    """The start state of some of the batch's sequences."""
    some = tuple(value[sequences] for value in states_of(state))
    return some if isinstance(state, tuple) else some[0]


def assert_close(a, b, tolerance):
    assert a.shape == b.shape
    assert np.max(np.abs(a - b)) <= tolerance * np.max(np.abs(b))


# --- against PyTorch


def torch_layer(case):
    """PyTorch's parameters of one case, by name, and our cell made from them."""
    prefix = f"{case}/state_dict/"
    state_dict = {key.removeprefix(prefix): TABLE[key] for key in TABLE if key.startswith(prefix)}
    if case.startswith("rnn"):
        return state_dict, RNN.from_torch(state_dict, activation=case.removeprefix("rnn_"))
    return state_dict, (LSTM if case.startswith("lstm") else GRU).from_torch(state_dict)


def run_torch_case(case, cell):
    inputs = {key: TABLE[f"{case}/in/{key}"] for key in ("xs", "dh", "dc_last", "h0")}
    state, dc = inputs["h0"], ()
    if cell.kind == "LSTM":
        state, dc = (state, TABLE[f"{case}/in/c0"]), (inputs["dc_last"],)
    trace = cell.forward(inputs["xs"], state)
    return trace, cell.backward(trace, inputs["dh"], *dc)


def gradients_by_torch_names(cell, grads):
    """Our gradients under PyTorch's names, in its order of gates and with its sign of z.

    Gates move and z's rows change sign alike in a parameter and in its gradient, so to_torch
    carries both over. It writes zeros for the second bias where the two are only ever added: there
    the gradient by either is the same. In the GRU's n they are not: b and bh have each their own.
    """
    like = copy.copy(cell)
    like.params = {name: grads[name] for name in cell.params}
    named = like.to_torch()
    added = slice(0, 2 * cell.n_hidden) if cell.kind == "GRU" else slice(None)
    named["bias_hh_l0"][added] = named["bias_ih_l0"][added]
    return named | {name: grads[name] for name in ("xs", "h0", "c0") if name in grads}


@pytest.mark.parametrize("case", CASES)
def test_values_and_gradients_are_pytorchs(case):
    cell = torch_layer(case)[1]
    trace, grads = run_torch_case(case, cell)
    assert_close(trace.h, TABLE[f"{case}/out/h"], 1e-10)
    if cell.kind == "LSTM":
        assert_close(trace.c[-1], TABLE[f"{case}/out/c_last"], 1e-10)
    named = gradients_by_torch_names(cell, grads)
    assert named.keys() == {key.split("/")[2] for key in TABLE if key.startswith(f"{case}/grad/")}
    for name, value in named.items():
        assert_close(value, TABLE[f"{case}/grad/{name}"], 1e-10)


@pytest.mark.parametrize("case", CASES)
def test_to_torch_gives_back_the_layer_that_from_torch_read(case):
    state_dict, cell = torch_layer(case)
    back = cell.to_torch()
    assert list(back) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    for name in ("weight_ih_l0", "weight_hh_l0"):
        assert np.array_equal(back[name], state_dict[name])
    both = [layer["bias_ih_l0"] + layer["bias_hh_l0"] for layer in (back, state_dict)]
    np.testing.assert_allclose(*both, rtol=0, atol=1e-15)
    if cell.kind == "GRU":  # n's two biases stay two
        n = slice(2 * cell.n_hidden, None)
        for name in ("bias_ih_l0", "bias_hh_l0"):
            assert np.array_equal(back[name][n], state_dict[name][n])
    kwargs = {"activation": cell.activation} if cell.kind == "RNN" else {}
    again = type(cell).from_torch(back, **kwargs)
    assert np.array_equal(run_torch_case(case, again)[0].h, run_torch_case(case, cell)[0].h)


def test_the_cell_and_the_torch_dict_share_no_memory():
    state_dict, cell = torch_layer("gru_short")
    for value in cell.params.values():
        for other in [*state_dict.values(), *cell.to_torch().values()]:
            assert not np.shares_memory(value, other)


# --- against the textbook, one hidden unit, numbers only

XS = [0.9, -1.3, 0.4, 2.0]
WX, WH, B = [0.7, -0.4, 1.1, 0.3], [-0.6, 0.8, 0.5, -1.2], [0.1, 0.2, -0.3, 0.4]
H0, C0, BH = 0.35, -0.8, 0.25


def one_unit(cls, **kwargs):
    """A cell with D = H = 1 whose gates have the weights above, first gate first, and its h."""
    cell = cls(1, 1, np.random.default_rng(0), **kwargs)
    n = len(cell.gates)
    cell.params["Wx"][:, 0], cell.params["Wh"][:, 0], cell.params["b"][:] = WX[:n], WH[:n], B[:n]
    if "bh" in cell.params:
        cell.params["bh"][:] = BH
    h0, c0 = np.array([[H0]]), np.array([[C0]])
    trace = cell.forward(np.array(XS).reshape(-1, 1, 1), (h0, c0) if cls is LSTM else h0)
    return trace, {gate: (WX[k], WH[k], B[k]) for k, gate in enumerate(cell.gates)}


def logistic(a):
    return 1 / (1 + math.exp(-a))


def assert_numbers(array, numbers):
    np.testing.assert_allclose(array[:, 0, 0], numbers, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    "activation, function",
    [("tanh", math.tanh), ("relu", lambda a: max(a, 0.0)), ("linear", lambda a: a)],
)
def test_an_rnn_of_one_unit_follows_the_textbook(activation, function):
    trace, weights = one_unit(RNN, activation=activation)
    (u, w, b), h, expected = weights["h"], H0, []
    for x in XS:
        h = function(u * x + w * h + b)
        expected.append(h)
    assert_numbers(trace.h, expected)


def test_an_lstm_of_one_unit_follows_the_textbook():
    trace, weights = one_unit(LSTM)
    h, c = H0, C0
    expected = {name: [] for name in "ofighc"}
    for x in XS:
        a = {gate: u * x + w * h + b for gate, (u, w, b) in weights.items()}
        f, i, o, g = logistic(a["f"]), logistic(a["i"]), logistic(a["o"]), math.tanh(a["g"])
        c = f * c + i * g
        h = o * math.tanh(c)
        for name, value in {"o": o, "f": f, "i": i, "g": g, "h": h, "c": c}.items():
            expected[name].append(value)
    for name, numbers in expected.items():
        assert_numbers(getattr(trace, name), numbers)


@pytest.mark.parametrize("reset_after", [False, True])
def test_a_gru_of_one_unit_follows_the_textbook(reset_after):
    trace, weights = one_unit(GRU, reset_after=reset_after)
    h = H0
    expected = {name: [] for name in "rznh"}
    for x in XS:
        a = {gate: u * x + w * h + b for gate, (u, w, b) in weights.items()}
        r, z = logistic(a["r"]), logistic(a["z"])
        u, w, b = weights["n"]
        recurrent = r * (w * h + BH) if reset_after else w * (r * h)
        n = math.tanh(u * x + b + recurrent)
        h = (1 - z) * h + z * n
        for name, value in {"r": r, "z": z, "n": n, "h": h}.items():
            expected[name].append(value)
    for name, numbers in expected.items():
        assert_numbers(getattr(trace, name), numbers)


# --- what the gates mean, set by hand


def test_forget_gate_one_and_input_gate_zero_carry_c_exactly():
    cell = random_cell("LSTM")
    xs, (h0, c0), _ = random_run(cell, T=50)
    trace = cell.forward(xs, (h0, c0), {"f": 1, "i": 0})
    assert np.array_equal(trace.c, np.broadcast_to(c0, trace.c.shape))


def test_a_constant_forget_gate_leaves_its_power_of_c_and_of_the_gradient():
    cell, f, T = random_cell("LSTM"), 0.9, 40
    xs, (h0, c0), (dh, dc_last) = random_run(cell, T)
    trace = cell.forward(xs, (h0, c0), {"f": f, "i": 0, "o": 0.5, "g": 0.3})
    power = f ** np.arange(1, T + 1).reshape(T, 1, 1)
    np.testing.assert_allclose(trace.c, power * c0, rtol=1e-13)
    grads = cell.backward(trace, np.zeros_like(dh), dc_last)
    np.testing.assert_allclose(grads["c0"], f**T * dc_last, rtol=1e-13)
    assert not grads["h0"].any() and not grads["xs"].any()


@pytest.mark.parametrize("variant", ["GRU reset before", "GRU reset after"])
def test_update_gate_zero_keeps_h_exactly_and_one_takes_n(variant):
    cell = random_cell(variant)
    xs, h0, _ = random_run(cell, T=50)
    kept = cell.forward(xs, h0, {"z": 0}).h
    assert np.array_equal(kept, np.broadcast_to(h0, kept.shape))
    taken = cell.forward(xs, h0, {"z": 1})
    np.testing.assert_allclose(taken.h, taken.n, rtol=0, atol=1e-15)


@pytest.mark.parametrize("variant", GATED)
def test_setting_the_gates_to_what_the_net_decided_changes_nothing(variant):
    cell = random_cell(variant)
    xs, state, _ = random_run(cell)
    free = cell.forward(xs, state)
    held = cell.forward(xs, state, {gate: getattr(free, gate) for gate in cell.gates})
    for name in [*free.states, *cell.gates]:
        assert np.array_equal(getattr(held, name), getattr(free, name))


@pytest.mark.parametrize("variant", GATED)
def test_where_the_override_is_nan_the_net_decides(variant):
    cell, step, unit, value = random_cell(variant), 2, 1, 0.125
    xs, state, _ = random_run(cell)
    free = cell.forward(xs, state)
    for gate in cell.gates:
        values = np.full(free.h.shape, np.nan)
        values[step, :, unit] = value
        trace = cell.forward(xs, state, {gate: values})
        assert (getattr(trace, gate)[step, :, unit] == value).all()
        # up to that step, everything else is as it was (only n, which reads r, moves with r)
        assert np.array_equal(trace.h[:step], free.h[:step])
        for name in cell.gates:
            was, now = (getattr(t, name)[: step + 1] for t in (free, trace))
            free_here = np.isnan(values[: step + 1]) | (name != gate)
            if (gate, name) != ("r", "n"):
                assert np.array_equal(now[free_here], was[free_here])
        # afterwards the net decides again, from the state that the hand has changed
        first = cell.forward(xs[: step + 1], state, {gate: values[: step + 1]})
        second = cell.forward(xs[step + 1 :], last_state(first))
        assert np.array_equal(trace.h[step + 1 :], second.h)
        assert not np.array_equal(trace.h[step + 1 :], free.h[step + 1 :])


@pytest.mark.parametrize("variant", GATED)
def test_one_number_and_short_axes_spread_over_time_batch_and_units(variant):
    cell = random_cell(variant)
    xs, state, _ = random_run(cell)
    T, B, H = 5, 2, 4
    for shape in [(), (T, 1, 1), (1, B, 1), (1, 1, H), (T, B, H)]:
        values = np.random.default_rng(0).uniform(0, 1, shape)
        for gate in cell.gates:
            got = getattr(cell.forward(xs, state, {gate: values}), gate)
            assert np.array_equal(got, np.broadcast_to(values, (T, B, H)))


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


@pytest.mark.parametrize("hand", ["no gate", "each gate in turn", "every gate"])
@pytest.mark.parametrize("variant", GATED)
def test_backward_agrees_with_central_differences_under_partial_override(variant, hand):
    cell = random_cell(variant, D=2, H=3)
    xs, state, upstream = random_run(cell, T=4)
    rng = np.random.default_rng(2)
    values = rng.uniform(0, 1, (4, 2, 3))
    values[rng.random(values.shape) < 0.5] = np.nan
    choices = {"no gate": [""], "each gate in turn": cell.gates, "every gate": [cell.gates]}[hand]
    for gates in choices:
        override = {gate: values for gate in gates}

        def loss(override=override):
            trace = cell.forward(xs, state, override)
            ends = [trace.h, trace.c[-1]] if cell.kind == "LSTM" else [trace.h]
            return sum(np.sum(d * end) for d, end in zip(upstream, ends, strict=True))

        grads = cell.backward(cell.forward(xs, state, override), *upstream)
        point = cell.params | {"xs": xs} | dict(zip(["h0", "c0"], states_of(state), strict=False))
        assert grads.keys() == point.keys()
        for name, array in point.items():
            assert_close(grads[name], central_differences(loss, array), 1e-7)


@pytest.mark.parametrize("variant", GATED)
def test_a_gate_set_by_hand_gives_its_own_parameters_no_gradient(variant):
    cell = random_cell(variant)
    xs, state, upstream = random_run(cell)
    for k, gate in enumerate(cell.gates):
        grads = cell.backward(cell.forward(xs, state, {gate: 0.5}), *upstream)
        for name in ("Wx", "Wh", "b"):
            for j, part in enumerate(np.split(grads[name], len(cell.gates))):
                # r acts only through n: where n is set by hand, r has no gradient either
                still = j == k or (gate, cell.gates[j]) == ("n", "r")
                assert part.any() != still


def test_reset_before_and_after_are_two_functions_that_meet_where_r_is_one():
    before, after = random_cell("GRU reset before"), random_cell("GRU reset after")
    after.params.update({name: before.params[name] for name in before.params}, bh=np.zeros(4))
    xs, h0, (dh,) = random_run(before)
    assert np.max(np.abs(before.forward(xs, h0).h - after.forward(xs, h0).h)) > 0.01
    one, other = (cell.forward(xs, h0, {"r": 1}) for cell in (before, after))
    np.testing.assert_allclose(one.h, other.h, rtol=0, atol=1e-14)
    grads, others = before.backward(one, dh), after.backward(other, dh)
    for name in grads:
        np.testing.assert_allclose(grads[name], others[name], rtol=0, atol=1e-13)


# --- nothing is changed behind your back


@pytest.mark.parametrize("B", [1, 2])  # an array of one column needs no copy to be turned
@pytest.mark.parametrize("variant", VARIANTS)
def test_forward_and_backward_change_nothing_and_repeat_themselves(variant, B):
    cell = random_cell(variant)
    xs, state, upstream = random_run(cell, B=B)
    override = {cell.gates[0]: np.full((5, 1, 1), 0.5)} if variant in GATED else None
    lent = [xs, *states_of(state), *upstream, *cell.params.values(), *(override or {}).values()]
    before = copy.deepcopy(lent)
    traces = [cell.forward(xs, state, override) for _ in range(2)]
    kept = {name: getattr(traces[0], name).copy() for name in [*traces[0].states, *traces[0].names]}
    grads = [cell.backward(trace, *upstream) for trace in (traces[0], *traces)]
    for name, value in kept.items():
        for trace in traces:
            assert np.array_equal(getattr(trace, name), value)
    for again in grads[1:]:
        assert all(np.array_equal(again[name], grads[0][name]) for name in grads[0])
    assert all(np.array_equal(a, b) for a, b in zip(lent, before, strict=True))


@pytest.mark.parametrize("B", [1, 2])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_trace_does_not_depend_on_what_became_of_its_inputs(variant, B):
    cell = random_cell(variant)
    xs, state, upstream = random_run(cell, B=B)
    trace = cell.forward(xs, state)
    h, grads = trace.h.copy(), cell.backward(trace, *upstream)
    for value in [xs, *states_of(state)]:
        value[:] = 7
    assert np.array_equal(trace.h, h)
    again = cell.backward(trace, *upstream)
    assert all(np.array_equal(again[name], grads[name]) for name in grads)


@pytest.mark.parametrize("variant", VARIANTS)
def test_training_in_place_reaches_the_next_forward(variant):
    cell = random_cell(variant)
    xs, state, _ = random_run(cell)
    before = cell.forward(xs, state).h
    for name, value in cell.params.items():
        value += 0.1
        after = cell.forward(xs, state).h
        assert not np.array_equal(after, before), name
        before = after


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    variant=st.sampled_from(list(VARIANTS)),
    shape=st.tuples(*[st.integers(1, 5)] * 4),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_whatever_the_shapes_sequences_keep_apart_and_can_be_cut_in_two(variant, shape, seed, data):
    T, B, D, H = shape
    cell = random_cell(variant, D, H, seed)
    xs, state, upstream = random_run(cell, T, B, seed)
    trace = cell.forward(xs, state)
    grads = cell.backward(trace, *upstream)
    close = partial(np.testing.assert_allclose, rtol=1e-11, atol=1e-12)

    assert trace.h.shape == (T, B, H)
    point = cell.params | {"xs": xs} | dict(zip(["h0", "c0"], states_of(state), strict=False))
    assert {k: v.shape for k, v in grads.items()} == {k: v.shape for k, v in point.items()}

    sums = dict.fromkeys(cell.params, 0)
    for k in range(B):
        one = slice(k, k + 1)
        alone = cell.forward(xs[:, one], pick(state, one))
        close(alone.h, trace.h[:, one])
        back = cell.backward(alone, *(d[..., one, :] for d in upstream))
        for name in grads.keys() - sums.keys():
            close(back[name], grads[name][..., one, :])
        sums = {name: sums[name] + back[name] for name in sums}
    for name, total in sums.items():
        close(total, grads[name])

    if T > 1:
        cut = data.draw(st.integers(1, T - 1), label="cut")
        first = cell.forward(xs[:cut], state)
        second = cell.forward(xs[cut:], last_state(first))
        close(np.concatenate([first.h, second.h]), trace.h)


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_start_state_means_zeros(variant):
    cell = random_cell(variant)
    xs, state, _ = random_run(cell)
    zeros = [np.zeros_like(value) for value in states_of(state)]
    given_zeros = cell.forward(xs, tuple(zeros) if cell.kind == "LSTM" else zeros[0])
    assert np.array_equal(cell.forward(xs).h, given_zeros.h)


# --- the sigmoid


def test_the_sigmoid_is_right_and_cannot_overflow():
    assert sigmoid(1) == pytest.approx(0.7310585786300049, abs=1e-15)
    a = np.linspace(-40, 40, 1001)
    np.testing.assert_allclose(sigmoid(a), [1 / (1 + math.exp(-v)) for v in a], rtol=0, atol=1e-15)
    with np.errstate(all="raise"):
        assert sigmoid([-1000, -39, 0, 38, 1000]).tolist() == [0, 0, 0.5, 1, 1]
    assert 0 < sigmoid(-36) and sigmoid(36) < 1


# --- how a cell starts


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_new_cell_has_orthogonal_recurrent_blocks_glorot_inputs_and_zero_biases(variant):
    D, H = 30, 20
    cell = VARIANTS[variant](D, H, np.random.default_rng(0))
    blocks = np.split(cell.params["Wh"], len(cell.gates))
    for block in blocks:
        np.testing.assert_allclose(block @ block.T, np.eye(H), rtol=0, atol=1e-13)
    assert all(not np.array_equal(blocks[0], block) for block in blocks[1:])
    bound, largest = math.sqrt(6 / (D + H)), np.abs(cell.params["Wx"]).max()
    assert 0.98 * bound < largest <= bound
    assert not cell.params["b"].any() and not cell.params.get("bh", np.zeros(1)).any()


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_seed_gives_the_same_parameters(variant):
    build, seeds = VARIANTS[variant], (5, 5, 6)
    one, same, other = (build(3, 4, np.random.default_rng(seed)).params for seed in seeds)
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert not any(np.array_equal(one[name], other[name]) for name in ("Wx", "Wh"))


@pytest.mark.parametrize("variant", VARIANTS)
def test_n_params_counts_a_matrix_and_a_bias_per_gate(variant):
    D, H = 5, 7
    blocks = {"RNN": 1, "LSTM": 4, "GRU": 3}[variant.split()[0]]
    extra = H if variant == "GRU reset after" else 0
    assert random_cell(variant, D, H).n_params == blocks * (H * (D + H) + H) + extra


def biases(cell):
    return dict(zip(cell.gates, np.split(cell.params["b"], len(cell.gates)), strict=True))


def test_forget_bias_goes_to_the_forget_gate_alone():
    b = biases(LSTM(3, 4, np.random.default_rng(0), forget_bias=1.5))
    assert (b.pop("f") == 1.5).all()
    assert not any(part.any() for part in b.values())


@pytest.mark.parametrize("reset_after", [False, True])
def test_update_bias_goes_to_the_update_gate_alone(reset_after):
    cell = GRU(3, 4, np.random.default_rng(0), reset_after, update_bias=-1.5)
    b = biases(cell) | {"h": cell.params.get("bh", np.zeros(4))}
    assert (b.pop("z") == -1.5).all()
    assert not any(part.any() for part in b.values())


def test_chrono_spreads_the_gates_over_memories_up_to_its_length():
    tau = np.exp(chrono_bias(50, 10_000, np.random.default_rng(0)))  # uniform between 1 and 49
    quartiles = np.quantile(tau, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(quartiles, [1, 13, 25, 37, 49], rtol=0, atol=0.7)
    assert 1 <= tau.min() and tau.max() <= 49

    b = biases(LSTM(3, 40, np.random.default_rng(0), chrono=50))
    assert b["f"].min() >= 0 and b["f"].max() <= math.log(49) and np.unique(b["f"]).size == 40
    assert np.array_equal(b["i"], -b["f"])
    assert not b["o"].any() and not b["g"].any()

    b = biases(GRU(3, 40, np.random.default_rng(0), chrono=50))  # 1 - z keeps, hence the sign
    assert b["z"].max() <= 0 and b["z"].min() >= -math.log(49) and np.unique(b["z"]).size == 40
    assert not b["r"].any() and not b["n"].any()


# --- bad input: the sentence names the argument, what came and what was expected

rng = np.random.default_rng(0)
xs = rng.standard_normal((5, 2, 3))
s0, ones = np.zeros((2, 4)), np.ones((5, 2, 4))
rnn, lstm, gru, wide = RNN(3, 4, rng), LSTM(3, 4, rng), GRU(3, 4, rng), LSTM(3, 5, rng)


def with_one(value):
    """xs with one bad number in it."""
    changed = xs.copy()
    changed[3, 1, 2] = value
    return changed


def by_hand(cell, **gates):
    return cell.forward(xs, override=gates)


def back(cell, *upstream):
    return cell.backward(cell.forward(xs), *upstream)


def read(cls=LSTM, without="", **changed):
    """Read an LSTM layer with a few entries changed."""
    layer = lstm.to_torch() | changed
    return cls.from_torch({name: layer[name] for name in layer if name != without})


WRONG_VALUE = [
    ("steps: got shape (), expected", lambda: gradients.check(lstm, steps=3)),
    ("xs: got shape (2, 3), expected (T, B, 3)", lambda: lstm.forward(xs[0])),
    ("xs: got shape (5, 2, 2), expected (T, B, 3)", lambda: rnn.forward(xs[..., :2])),
    ("xs: got shape (0, 2, 3), expected (T, B, 3), none", lambda: gru.forward(xs[:0])),
    ("xs: got shape (5, 0, 3), expected (T, B, 3), none", lambda: gru.forward(xs[:, :0])),
    ("xs: got nan at index (3, 1, 2), expected finite", lambda: gru.forward(with_one(np.nan))),
    ("xs: got -inf at index (3, 1, 2), expected finite", lambda: rnn.forward(with_one(-np.inf))),
    ("h0: got shape (4, 2), expected (2, 4)", lambda: lstm.forward(xs, (s0.T, s0))),
    ("c0: got shape (4,), expected (2, 4)", lambda: lstm.forward(xs, (s0, s0[0]))),
    ("h0: got shape (2, 2, 4), expected (2, 4)", lambda: gru.forward(xs, (s0, s0))),
    ("h0: got nan at index (0, 0), expected finite", lambda: rnn.forward(xs, s0 + np.nan)),
    ("override['f']: got 1.5, expected values from 0 to 1", lambda: by_hand(lstm, f=1.5)),
    ("override['z']: got -0.1, expected values from 0 to 1", lambda: by_hand(gru, z=-0.1)),
    ("override['g']: got -1.2, expected values from -1 to 1", lambda: by_hand(lstm, g=-1.2)),
    ("override['n']: got 2, expected values from -1 to 1", lambda: by_hand(gru, n=2 * ones)),
    ("override['z']: got inf, expected finite", lambda: by_hand(gru, z=np.inf)),
    ("override: got 'z', expected one of o, f, i, g", lambda: by_hand(lstm, z=1)),
    ("override: got 'of', expected one of o, f, i, g", lambda: by_hand(lstm, of=1)),
    ("override['z']: got shape (4, 2, 4), expected one", lambda: by_hand(gru, z=ones[:4])),
    ("override['z']: got shape (2, 4), expected one", lambda: by_hand(gru, z=ones[0])),
    ("override: got gates for an RNN, which has none", lambda: by_hand(rnn, h=1)),
    ("n_hidden: got 0, expected 1 or more", lambda: LSTM(3, 0, rng)),
    ("n_inputs: got -1, expected 1 or more", lambda: RNN(-1, 4, rng)),
    ("activation: got 'elu', expected one of tanh, relu, linear", lambda: RNN(3, 4, rng, "elu")),
    ("forget_bias: got nan", lambda: LSTM(3, 4, rng, np.nan)),
    ("update_bias: got -inf", lambda: GRU(3, 4, rng, update_bias=-np.inf)),
    ("chrono: got it beside a forget_bias", lambda: LSTM(3, 4, rng, 1.0, chrono=9)),
    ("chrono: got it beside an update_bias", lambda: GRU(3, 4, rng, update_bias=-1.0, chrono=9)),
    ("chrono: got 2, expected a number of steps above 2", lambda: LSTM(3, 4, rng, chrono=2)),
    ("chrono: got 2, expected a number of steps above 2", lambda: GRU(3, 4, rng, chrono=2)),
    ("dh: got shape (2, 4), expected (5, 2, 4)", lambda: back(rnn, ones[0])),
    ("dh: got nan at index (0, 0, 0), expected finite", lambda: back(gru, ones * np.nan)),
    ("dc_last: got shape (4, 2), expected (2, 4)", lambda: back(lstm, ones, s0.T)),
    ("dc_last: got a value for a cell without c", lambda: back(gru, ones, s0)),
    ("dc_last: got a value for a cell without c", lambda: back(rnn, ones, s0)),
    ("trace: got 5 hidden units, expected 4", lambda: lstm.backward(wide.forward(xs), ones)),
    ("state_dict: got no 'bias_hh_l0', expected weight_ih_l0", lambda: read(without="bias_hh_l0")),
    ("state_dict: got 'bias_hh_l1', expected one layer", lambda: read(bias_hh_l1=ones)),
    ("'bias_hh_l0_reverse', expected one layer", lambda: read(bias_hh_l0_reverse=ones)),
    ("weight_hh_l0: got shape (15, 4), exp", lambda: read(weight_hh_l0=np.ones((15, 4)))),
    ("weight_ih_l0: got shape (12, 3), exp", lambda: read(weight_ih_l0=np.ones((12, 3)))),
    ("bias_hh_l0: got shape (16, 1), exp", lambda: read(bias_hh_l0=np.ones((16, 1)))),
    ("bias_ih_l0: got nan at index (0,)", lambda: read(bias_ih_l0=np.full(16, np.nan))),
    ("weight_ih_l0: got shape (16, 3), expected (12, D)", lambda: read(GRU)),
    ("reset_after: got False, but PyTorch's GRU resets after", gru.to_torch),
]
WRONG_TYPE = [
    ("forget_bias: got array([0., 0., 0., 0.]), expected a number", lambda: LSTM(3, 4, rng, s0[0])),
    ("update_bias: got 'shut', expected a number", lambda: GRU(3, 4, rng, update_bias="shut")),
    ("update_bias: got array([0., 0., 0., 0.])", lambda: GRU(3, 4, rng, update_bias=s0[0])),
    ("override: got 'f', expected a dict of gates", lambda: lstm.forward(xs, override="f")),
    (
        "override['f']: got 'shut', expected a number",
        lambda: lstm.forward(xs, override={"f": "shut"}),
    ),
    (
        "chrono: got '9', expected a number",
        lambda: LSTM(3, 4, np.random.default_rng(0), chrono="9"),
    ),
    ("trace: got one of GRU", lambda: gradients.jacobian_norms(lstm, gru.forward(xs))),
    (
        "reset_after=True",
        lambda: gru.backward(
            GRU(3, 4, np.random.default_rng(0), True).forward(xs), gru.forward(xs).h
        ),
    ),
    ("rng: got 0, expected", lambda: gradients.check(lstm, rng=0)),
    ("xs: got 'a b', expected an array of real numbers", lambda: lstm.forward("a b")),
    ("xs: got [[[1, 2, 3]], [[1]]], expected", lambda: lstm.forward([[[1, 2, 3]], [[1]]])),
    ("xs: got [[[1j, 2, 3]]], expected", lambda: lstm.forward([[[1j, 2, 3]]])),
    ("xs: got None, expected", lambda: rnn.forward(None)),
    ("state: got ndarray, expected the pair (h0, c0)", lambda: lstm.forward(xs, s0)),
    ("state: got tuple, expected the pair (h0, c0)", lambda: lstm.forward(xs, (s0, s0, s0))),
    ("c0: got None, expected", lambda: lstm.forward(xs, (s0, None))),
    ("override['z']: got ", lambda: by_hand(gru, z="shut")),
    ("n_hidden: got 1.5, expected a whole number", lambda: GRU(3, 1.5, rng)),
    ("n_hidden: got True, expected a whole number", lambda: RNN(3, True, rng)),
    ("rng: got 0, expected numpy.random.default_rng(seed)", lambda: LSTM(3, 4, 0)),
    ("reset_after: got 'yes', expected True or False", lambda: GRU(3, 4, rng, "yes")),
    (
        "trace: got one of GRU reset_after=False, expected one of LSTM",
        lambda: lstm.backward(gru.forward(xs), ones),
    ),
    ("trace: got one of ndarray, expected one of LSTM", lambda: lstm.backward(ones, ones)),
    ("state_dict: got list, expected a dict of arrays", lambda: LSTM.from_torch([ones])),
]


@pytest.mark.parametrize(
    "exception, sentence, call",
    [(ValueError, *row) for row in WRONG_VALUE] + [(TypeError, *row) for row in WRONG_TYPE],
)
def test_bad_input_is_answered_with_a_sentence(exception, sentence, call):
    with pytest.raises(exception, match=re.escape(sentence)) as caught:
        call()
    assert caught.type is exception  # not a relative
    assert len(str(caught.value)) < 200 and "\n" not in str(caught.value)


def test_a_trace_says_what_it_has():
    with pytest.raises(AttributeError, match="a trace of GRU has no 'c', it has h, r, z, n"):
        _ = gru.forward(xs).c


# --- what is printed


def test_cells_and_traces_print_what_they_are():
    assert repr(lstm) == "LSTM(n_inputs=3, n_hidden=4)"
    assert repr(lstm.forward(xs)) == "Trace of LSTM: h, c, o, f, i, g, each (5, 2, 4)"
    assert repr(rnn.forward(xs)) == "Trace of RNN: h, each (5, 2, 4)"


def test_a_trace_survives_a_copy():
    trace = lstm.forward(xs)
    assert np.array_equal(copy.deepcopy(trace).f, trace.f)
