"""The gradient's way back: its direct path, its whole Jacobian, and the check for mistakes."""

import copy
from functools import partial

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN
from lstm_lessons.gradients import check, direct_path, jacobian_norms

VARIANTS = {
    "RNN tanh": RNN,
    "RNN relu": partial(RNN, activation="relu"),
    "RNN linear": partial(RNN, activation="linear"),
    "LSTM": LSTM,
    "GRU reset before": GRU,
    "GRU reset after": partial(GRU, reset_after=True),
}
GATED = [name for name in VARIANTS if not name.startswith("RNN")]


def random_cell(build, D=3, H=4, seed=0):
    """A cell with no parameter at zero, biases included, so that none can go missing unnoticed."""
    rng = np.random.default_rng(seed)
    cell = build(D, H, rng)
    for value in cell.params.values():
        value += 0.3 * rng.standard_normal(value.shape)
    return cell


# --- the check


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("T", [1, 3, 8])
@pytest.mark.parametrize("variant", VARIANTS)
def test_every_backward_agrees_with_central_differences(variant, T, seed):
    cell = random_cell(VARIANTS[variant], seed=seed)
    before = copy.deepcopy(cell.params)
    assert check(cell, steps=(T,), rng=np.random.default_rng(seed)) < 1e-6
    assert all(np.array_equal(cell.params[name], before[name]) for name in before)


class WithoutTheBelt(LSTM):
    """Forgets what reaches c_t from c_{t+1}."""

    def local(self, trace):
        slope, c_by_h, f = super().local(trace)
        return slope, c_by_h, np.concatenate([f[:1], 0 * f[1:]])


class WithoutTheTanhOfC(LSTM):
    """Forgets that h = o tanh(c) bends."""

    def local(self, trace):
        slope, _, f = super().local(trace)
        return slope, trace.gates[:, : self.n_hidden], f


class WithoutTheTanh(RNN):
    """Forgets that tanh bends."""

    def local(self, trace):
        return (np.ones_like(super().local(trace)[0]),)


class WithoutTheCandidatesTanh(GRU):
    """Forgets that n = tanh(...) bends."""

    def local(self, trace):
        slope, r, keep = super().local(trace)
        H = self.n_hidden
        return np.concatenate([slope[:, : 2 * H], 1 - keep], axis=1), r, keep


class OnlyTheLastStep:
    """Writes each step's gradient over the one before instead of adding them up."""

    def walk(self, *args):
        back = super().walk(*args)
        for name in {"a", "u"} & back.keys():
            back[name][:-1] = 0
        return back


class LastStepRNN(OnlyTheLastStep, RNN):
    pass


class LastStepLSTM(OnlyTheLastStep, LSTM):
    pass


class LastStepGRU(OnlyTheLastStep, GRU):
    pass


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "broken, seen_at_one_step",
    [
        (WithoutTheBelt, False),
        (WithoutTheTanhOfC, True),
        (WithoutTheTanh, True),
        (WithoutTheCandidatesTanh, True),
        (LastStepRNN, False),
        (LastStepLSTM, False),
        (LastStepGRU, False),
        (partial(LastStepGRU, reset_after=True), False),
    ],
)
def test_the_check_finds_a_broken_backward_and_one_step_may_hide_it(broken, seen_at_one_step, seed):
    cell = random_cell(broken, seed=seed)
    assert check(cell, steps=(3,), rng=np.random.default_rng(seed)) > 1e-3
    assert check(cell, rng=np.random.default_rng(seed)) > 1e-3
    at_one = check(cell, steps=(1,), rng=np.random.default_rng(seed))
    assert at_one > 1e-3 if seen_at_one_step else at_one < 1e-6


def test_the_check_reports_the_worst_length():
    cell = random_cell(WithoutTheBelt)
    assert check(cell, steps=(1, 3)) > 1e-3 and check(cell, steps=(3, 1)) > 1e-3


# --- the direct path


@pytest.mark.parametrize("variant", GATED)
def test_the_direct_path_is_the_product_of_the_later_gates(variant):
    cell = random_cell(VARIANTS[variant])
    trace = cell.forward(np.random.default_rng(1).standard_normal((6, 2, 3)))
    path = direct_path(trace)
    assert path.shape == trace.h.shape
    for t, b, j in np.ndindex(path.shape):
        product = 1.0
        for s in range(t + 1, 6):
            product *= trace.f[s, b, j] if variant == "LSTM" else 1 - trace.z[s, b, j]
        assert path[t, b, j] == pytest.approx(product, rel=1e-14)
    assert (path[-1] == 1).all()


@pytest.mark.parametrize("variant", GATED)
def test_the_direct_path_of_one_step_is_one(variant):
    assert (direct_path(random_cell(VARIANTS[variant]).forward(np.ones((1, 2, 3)))) == 1).all()


def test_an_rnn_has_no_direct_path():
    with pytest.raises(TypeError, match="trace: got one of RNN, expected one of an LSTM or a GRU"):
        direct_path(random_cell(RNN).forward(np.ones((3, 1, 3))))
    with pytest.raises(TypeError, match="trace: got one of ndarray, expected"):
        direct_path(np.ones((3, 1, 3)))


# --- the whole Jacobian


def last_state_from(cell, xs, t, moved, of):
    """The last ``of`` if the states at step t were ``moved``."""
    if t == len(xs) - 1:
        return moved[of]
    state = tuple(value[None] for value in moved.values())  # h, then c if there is one
    return getattr(cell.forward(xs[t + 1 :], state if len(state) == 2 else state[0]), of)[-1, 0]


def numeric_norm(cell, trace, xs, t, of, by, step=1e-6):
    """|d of_T / d by_t| by central differences: run on from step t, one unit of ``by`` moved."""
    columns = []
    for j in range(cell.n_hidden):
        sides = []
        for sign in (1, -1):
            moved = {name: getattr(trace, name)[t, 0].copy() for name in trace.states}
            moved[by][j] += sign * step
            if by == "c":  # a moved c_t moves its own h_t
                moved["h"] = trace.o[t, 0] * np.tanh(moved["c"])
            sides.append(last_state_from(cell, xs, t, moved, of))
        columns.append((sides[0] - sides[1]) / (2 * step))
    return np.linalg.norm(columns)


@pytest.mark.parametrize(
    "variant, of, by",
    [
        *((variant, "h", "h") for variant in VARIANTS),
        ("LSTM", "c", "c"),
        ("LSTM", "h", "c"),
        ("LSTM", "c", "h"),
    ],
)
def test_jacobian_norms_are_those_of_central_differences(variant, of, by):
    for H in (1, 3):
        cell = random_cell(VARIANTS[variant], H=H)
        xs = np.random.default_rng(1).standard_normal((5, 1, 3))
        trace = cell.forward(xs)
        norms = jacobian_norms(cell, trace, of, by)
        assert norms.shape == (5, 1)
        for t in range(5):
            expected = numeric_norm(cell, trace, xs, t, of, by)
            assert norms[t, 0] == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("radius", [0.5, 1.0, 1.1])
def test_a_linear_rnns_gradient_decays_like_the_power_of_its_radius(radius):
    T, H = 30, 6
    cell = RNN(2, H, np.random.default_rng(0), activation="linear")  # Wh starts orthogonal
    cell.params["Wh"] *= radius
    norms = jacobian_norms(cell, cell.forward(np.random.default_rng(1).standard_normal((T, 2, 2))))
    expected = radius ** np.arange(T - 1, -1, -1.0) * np.sqrt(H)
    np.testing.assert_allclose(norms, np.stack([expected, expected], axis=1), rtol=1e-12)


@pytest.mark.parametrize("held", ["f", "figo", "fig"])
def test_the_direct_path_is_the_whole_gradient_only_if_every_gate_into_c_is_held(held):
    cell = random_cell(LSTM, H=1)
    rng = np.random.default_rng(1)
    xs, override = (
        rng.standard_normal((8, 3, 3)),
        {k: rng.uniform(0.1, 0.9, (8, 3, 1)) for k in held},
    )
    trace = cell.forward(xs, override=override)
    whole, path = jacobian_norms(cell, trace, of="c", by="c"), direct_path(trace)[..., 0]
    if held == "f":
        assert np.max(np.abs(whole / path - 1)) > 0.05
    else:
        np.testing.assert_allclose(whole, path, rtol=1e-13)


@pytest.mark.parametrize("reset_after", [False, True])
def test_a_gru_of_one_unit_with_held_gates_multiplies_its_two_roads_step_by_step(reset_after):
    cell = random_cell(partial(GRU, reset_after=reset_after), D=1, H=1)
    rng, T = np.random.default_rng(1), 8
    override = {gate: rng.uniform(0, 1, (T, 1, 1)) for gate in "rz"}
    trace = cell.forward(rng.standard_normal((T, 1, 1)), override=override)
    r, z, n, w = trace.r, trace.z, trace.n, cell.params["Wh"][2, 0]
    factor = ((1 - z) + z * (1 - n**2) * r * w)[:, 0, 0]
    expected = [abs(np.prod(factor[t + 1 :])) for t in range(T)]
    np.testing.assert_allclose(jacobian_norms(cell, trace)[:, 0], expected, rtol=1e-12)


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_sequence_of_a_batch_has_its_own_jacobian(variant):
    cell = random_cell(VARIANTS[variant])
    xs = np.random.default_rng(1).standard_normal((6, 3, 3))
    norms = jacobian_norms(cell, cell.forward(xs))
    alone = [jacobian_norms(cell, cell.forward(xs[:, k : k + 1]))[:, 0] for k in range(3)]
    np.testing.assert_allclose(norms, np.stack(alone, axis=1), rtol=1e-12)
    assert np.array_equal(norms[-1], [2, 2, 2])  # sqrt(H)
    if variant != "RNN linear":
        assert np.ptp(norms[0]) > 1e-6


@pytest.mark.parametrize("variant", VARIANTS)
def test_jacobian_norms_leave_the_trace_as_it_was(variant):
    cell = random_cell(VARIANTS[variant])
    trace = cell.forward(np.random.default_rng(1).standard_normal((6, 2, 3)))
    before = copy.deepcopy([trace.states, trace.gates])
    first, second = jacobian_norms(cell, trace), jacobian_norms(cell, trace)
    assert np.array_equal(first, second)
    assert all(np.array_equal(trace.states[name], value) for name, value in before[0].items())
    assert np.array_equal(trace.gates, before[1])


@pytest.mark.parametrize(
    "variant, names, sentence",
    [
        ("GRU reset before", {"of": "c"}, "of: got 'c', expected one of h"),
        ("RNN tanh", {"by": "c"}, "by: got 'c', expected one of h"),
        ("LSTM", {"by": "f"}, "by: got 'f', expected one of h, c"),
        ("LSTM", {"of": "hc"}, "of: got 'hc', expected one of h, c"),
    ],
)
def test_only_states_have_a_jacobian(variant, names, sentence):
    cell = random_cell(VARIANTS[variant])
    with pytest.raises(ValueError, match=sentence):
        jacobian_norms(cell, cell.forward(np.ones((3, 1, 3))), **names)
