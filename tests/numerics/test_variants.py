"""The cells of which one part is different or gone: their formulas, their gradients (the minimal ones' too), their masks."""

from functools import partial

import numpy as np
import pytest

from lstm_lessons import gradients
from lstm_lessons.cells import GRU, LSTM, MinGRU, MinLSTM, additions, variants

CELLS = {
    "as it is": variants.Variant,
    "no input gate": variants.NoInputGate,
    "no forget gate": variants.NoForgetGate,
    "no output gate": variants.NoOutputGate,
    "no squash": variants.NoSquash,
    "coupled": variants.Coupled,
    "peepholes": variants.Peepholes,
    "hard sigmoid": variants.HardSigmoid,
    "ReLU candidate": variants.ReLUCandidate,
    "ReLU twice": variants.ReLUTwice,
    "GRU without r": variants.GRUWithoutReset,
    "layer norm": additions.LayerNormLSTM,
    "minGRU": MinGRU,
    "minGRU signed": partial(MinGRU, signed=True),
    "minLSTM": MinLSTM,
    **{
        f"dropout {place} {'once' if once else 'fresh'}": partial(
            additions.DropoutLSTM, place=place, once=once, share=0.4
        )
        for place in additions.PLACES
        for once in (False, True)
    },
}


class Still:
    """A source of random numbers that gives the same masks again and again."""

    def random(self, shape):
        return np.random.default_rng(5).random(shape)


@pytest.fixture(params=CELLS)
def cell(request, new_cell):
    cell = new_cell(CELLS[request.param])
    if isinstance(cell, additions.DropoutLSTM):
        cell.rng = Still()
    return cell


@pytest.mark.parametrize("T", [1, 3, 8])
def test_gradients_are_central_differences(cell, T, new_run, assert_gradients):
    run = new_run(cell, T)
    grads = cell.backward(cell.forward(run.xs, run.state), *run.upstream)
    assert_gradients(grads, cell.params | {"xs": run.xs} | run.start, lambda: run.loss(cell))


def test_gradients_stop_at_a_gate_that_is_set_by_hand(cell, new_run, assert_gradients):
    run = new_run(cell, 4)
    override = {gate: np.full((4, 1, 1), np.nan) for gate in cell.gates}
    for t, gate in enumerate(cell.gates):
        override[gate][t] = 0.3
    grads = cell.backward(cell.forward(run.xs, run.state, override), *run.upstream)
    point = cell.params | {"xs": run.xs} | run.start
    assert_gradients(grads, point, lambda: run.loss(cell, override))


def values(*shape, seed=3):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize(
    "make",
    [variants.Variant, partial(additions.DropoutLSTM, share=0.0)],
    ids=["variant", "dropout"],
)
def test_without_a_change_it_is_the_lstm(make, new_run, assert_same):
    cells = [kind(3, 4, np.random.default_rng(0), forget_bias=1.0) for kind in (LSTM, make)]
    run = new_run(cells[0])
    usual, same = ([c.forward(run.xs, run.state), c] for c in cells)
    assert_same(cells[0].params, cells[1].params)
    for letter in "hcifgo":
        assert np.array_equal(getattr(usual[0], letter), getattr(same[0], letter))
    grads = [cell.backward(trace, *run.upstream) for trace, cell in (usual, same)]
    assert grads[0].keys() == grads[1].keys()
    for name in grads[0]:
        assert np.allclose(grads[0][name], grads[1][name], rtol=1e-13, atol=0)


def step(make, rng_seed=0):
    """A cell of one unit with random weights, its inputs, and the trace of two steps."""
    cell = make(2, 1, np.random.default_rng(rng_seed))
    for value in cell.params.values():
        value[...] = values(*value.shape)
    return cell, cell.forward(values(2, 1, 2), (values(1, 1), values(1, 1, seed=4)))


def soft(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.parametrize(
    ("make", "formula"),
    [
        (variants.NoInputGate, lambda a, c: dict(i=1, f=soft(a["f"]), o=soft(a["o"]))),
        (variants.NoForgetGate, lambda a, c: dict(i=soft(a["i"]), f=1, o=soft(a["o"]))),
        (variants.NoOutputGate, lambda a, c: dict(i=soft(a["i"]), f=soft(a["f"]), o=1)),
        (variants.Coupled, lambda a, c: dict(i=1 - soft(a["f"]), f=soft(a["f"]), o=soft(a["o"]))),
        (
            variants.HardSigmoid,
            lambda a, c: {k: min(max(a[k] / 6 + 0.5, 0), 1) for k in "ifo"},
        ),
        (variants.ReLUCandidate, lambda a, c: dict(g=max(a["g"], 0))),
        (variants.ReLUTwice, lambda a, c: dict(g=max(a["g"], 0), squashed=max(c, 0))),
        (variants.NoSquash, lambda a, c: dict(squashed=c)),
    ],
)
def test_a_step_is_its_formula(make, formula):
    cell, trace = step(make)
    rows = zip(cell.gates, trace.xs[1, 0] @ cell.params["Wx"].T, strict=True)
    a = {
        k: v + cell.params["Wh"][n, 0] * trace.h[0, 0, 0] + cell.params["b"][n]
        for n, (k, v) in enumerate(rows)
    }
    c = trace.c[1].item()
    due = {"g": np.tanh(a["g"]), "squashed": np.tanh(c)} | {k: soft(a[k]) for k in a if k != "g"}
    due |= formula(a, c)
    assert c == pytest.approx(due["f"] * trace.c[0].item() + due["i"] * due["g"], rel=1e-12)
    assert trace.h[1].item() == pytest.approx(due["o"] * due["squashed"], rel=1e-12)


def test_a_peephole_shows_c_to_the_gates():
    cell, trace = step(variants.Peepholes)
    p_i, p_f, p_o = cell.params["p"]
    plain = (
        trace.xs[1, 0] @ cell.params["Wx"].T
        + cell.params["Wh"][:, 0] * trace.h[0]
        + cell.params["b"]
    )
    a_i, a_f, _, a_o = plain[0]
    before, after = trace.c[0].item(), trace.c[1].item()
    assert trace.i[1].item() == pytest.approx(soft(a_i + p_i * before), rel=1e-12)
    assert trace.f[1].item() == pytest.approx(soft(a_f + p_f * before), rel=1e-12)
    assert trace.o[1].item() == pytest.approx(soft(a_o + p_o * after), rel=1e-12)


def test_a_gru_without_r_is_a_gru_whose_r_is_held_at_1():
    bare = variants.GRUWithoutReset(3, 4, np.random.default_rng(0))
    full = GRU(3, 4, np.random.default_rng(0))
    for name, value in bare.params.items():
        full.params[name][4:] = value
    xs = values(6, 2, 3)
    held = full.forward(xs, override={"r": 1.0})
    np.testing.assert_allclose(bare.forward(xs).h, held.h, rtol=1e-13)


def test_layer_norm_does_not_see_how_large_the_weights_are():
    cell = additions.LayerNormLSTM(3, 16, np.random.default_rng(0))
    xs = values(6, 2, 3)
    before = cell.forward(xs).h
    cell.params["Wx"] *= 10
    cell.params["Wh"] *= 10
    np.testing.assert_allclose(cell.forward(xs).h, before, atol=1e-3)


@pytest.mark.parametrize("once", [False, True])
@pytest.mark.parametrize("place", additions.PLACES)
def test_a_mask_lies_where_it_is_said_and_has_a_mean_of_1(place, once):
    cell = additions.DropoutLSTM(1, 50, np.random.default_rng(0), share=0.2, place=place, once=once)
    trace = cell.forward(np.zeros((20, 60, 1)))
    masks = dict(zip(additions.PLACES, (trace.above, trace.into_h, trace.into_c), strict=True))
    for name, mask in masks.items():
        assert set(np.unique(mask)) == ({0.0, 1.25} if name == place else {1.0})
    assert abs(masks[place].mean() - 1) < 0.05
    assert np.array_equal(masks[place], np.broadcast_to(masks[place][:1], (20, 60, 50))) == once
    cell.dropping = False
    still = cell.forward(np.zeros((20, 60, 1)))
    assert (np.array([still.above, still.into_h, still.into_c]) == 1).all()


def test_what_is_dropped_from_c_is_not_kept():
    cell = additions.DropoutLSTM(1, 50, np.random.default_rng(0), share=0.2, place="c")
    trace = cell.forward(np.zeros((5, 3, 1)))
    assert np.array_equal(trace.kept, trace.f * trace.into_c)
    path = gradients.direct_path(trace)
    assert np.array_equal(path[-2], trace.kept[-1]) and (path[-2] == 0).any()


def test_what_cannot_be_is_refused_in_a_sentence(cell, assert_refused):
    assert_refused(cell.to_torch, TypeError, "PyTorch has no such layer")
    assert_refused(lambda: type(cell).from_torch({}), TypeError, "PyTorch has no such layer")


def test_dropout_is_refused_what_it_does_not_know(assert_refused):
    rng = np.random.default_rng(0)
    make = partial(additions.DropoutLSTM, 1, 2, rng)
    assert_refused(lambda: make(place="x"), ValueError, "place: got 'x', expected one of 'above'")
    assert_refused(lambda: make(share=1.0), ValueError, "share: got 1, expected a number from 0 to")
