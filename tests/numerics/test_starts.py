"""How a cell starts: which random numbers go where, and which sizes and biases it can have."""

import math

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN, chrono_bias

# The first number of each gate in Wx, for D = 3, H = 4 and seed 5, in the order in which they are drawn.
# These must never change: what the lessons say of their networks would no longer hold.
FIRST = {
    "RNN": {"h": -0.19922784880127364},
    "LSTM": dict(
        zip(
            "ofig",
            [-0.7275288837758218, 0.9104083743594082, -0.9241169812797685, 0.6629592780084121],
            strict=True,
        )
    ),
    "GRU": {"r": -0.8989041386990566, "z": 0.3410817762170657, "n": -0.22131660855255075},
}


def gates_of(cell, name="b"):
    """A parameter's rows, gate by gate."""
    return dict(zip(cell.gates, np.split(cell.params[name], len(cell.gates)), strict=True))


def first_of(kind):
    return FIRST[kind.split()[0]]


def test_a_seed_makes_the_networks_that_it_always_made(kind, kinds):
    D, H, rng, own = 3, 4, np.random.default_rng(5), np.random.default_rng(5)
    cell, numbers, bound = kinds[kind].make(D, H, own), first_of(kind), math.sqrt(6 / (D + H))
    for gate in numbers:
        orthogonal = np.linalg.qr(rng.standard_normal((H, H)))[0]
        assert np.array_equal(gates_of(cell, "Wh")[gate], orthogonal)
    for gate in numbers:
        assert np.array_equal(gates_of(cell, "Wx")[gate], rng.uniform(-bound, bound, (H, D)))
    assert own.random() == rng.random()  # nothing else was drawn
    first = {gate: rows[0, 0] for gate, rows in gates_of(cell, "Wx").items()}
    assert first == pytest.approx(numbers, rel=1e-9)
    assert not cell.params["b"].any() and not cell.params.get("bh", np.zeros(1)).any()


def test_n_params_counts_a_matrix_and_a_bias_per_gate(kind, new_cell):
    D, H = 5, 7
    blocks = len(first_of(kind))
    extra = H if kind == "GRU reset after" else 0
    assert new_cell(kind, D, H).n_params == blocks * (H * (D + H) + H) + extra


def test_a_bias_goes_to_its_gate_alone():
    rng = np.random.default_rng(0)
    cells = {"f": LSTM(3, 4, rng, 1.5), "z": GRU(3, 4, rng, reset_after=True, update_bias=1.5)}
    for gate, cell in cells.items():
        b = gates_of(cell) | {"bh": cell.params.get("bh", np.zeros(4))}
        assert (b.pop(gate) == 1.5).all()
        assert not any(rows.any() for rows in b.values())


def test_chrono_spreads_the_gates_over_memories_up_to_its_length():
    tau = np.exp(chrono_bias(50, 10_000, np.random.default_rng(0)))  # uniform between 1 and 49
    quartiles = np.quantile(tau, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(quartiles, [1, 13, 25, 37, 49], rtol=0, atol=0.7)
    lstm, gru = (gates_of(cell(3, 40, np.random.default_rng(0), chrono=50)) for cell in (LSTM, GRU))
    for drawn in (lstm["f"], -lstm["i"], -gru["z"]):  # 1 - z keeps, hence the sign
        assert 0 <= drawn.min() and drawn.max() <= math.log(49) and np.unique(drawn).size == 40
    assert np.array_equal(lstm["i"], -lstm["f"])
    assert not any(b.any() for b in (lstm["o"], lstm["g"], gru["r"], gru["n"]))


rng = np.random.default_rng(0)


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (ValueError, "n_hidden: got 0, expected 1 or more", lambda: LSTM(3, 0, rng)),
        (TypeError, "rng: got 0, expected numpy.random.default_rng(seed)", lambda: LSTM(3, 4, 0)),
        (ValueError, "activation: got 'elu', expected one of 'tanh', 'relu', 'linear'",
         lambda: RNN(3, 4, rng, "elu")),
        (TypeError, "reset_after: got 'yes', expected True or", lambda: GRU(3, 4, rng, "yes")),
        (TypeError, "forget_bias: got array([0., 0.])", lambda: LSTM(3, 4, rng, np.zeros(2))),
        (ValueError, "update_bias: got -inf", lambda: GRU(3, 4, rng, update_bias=-np.inf)),
        (ValueError, "chrono: got it beside a bias", lambda: LSTM(3, 4, rng, 1.0, chrono=9)),
        (ValueError, "chrono: got it beside a bias", lambda: GRU(3, 4, rng, False, -1.0, chrono=9)),
        (ValueError, "chrono: got 2, expected a number of steps", lambda: LSTM(3, 4, rng, chrono=2)),
        (ValueError, "chrono: got nan, expected a finite", lambda: chrono_bias(np.nan, 4, rng)),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)
