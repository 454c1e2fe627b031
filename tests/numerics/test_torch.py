"""PyTorch's layers: their values and gradients are ours, and their parameters go in and out."""

import copy
from pathlib import Path

import numpy as np
import pytest

from lstm_lessons.cells import GRU, LSTM, RNN

TABLE = np.load(Path(__file__).with_name("torch_table.npz"))
CASES = sorted({key.split("/")[0] for key in TABLE})
NAMES = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]


def assert_close(a, b):
    assert a.shape == b.shape
    assert np.max(np.abs(a - b)) <= 1e-10 * np.max(np.abs(b))


def part(case, which):
    """One part of a case, by the names in it: in, out, grad, state_dict."""
    prefix = f"{case}/{which}/"
    return {key.removeprefix(prefix): TABLE[key] for key in TABLE if key.startswith(prefix)}


def cell_of(case):
    if case.startswith("rnn"):
        activation = case.removeprefix("rnn_")
        return RNN.from_torch(part(case, "state_dict"), activation=activation)
    return (LSTM if case.startswith("lstm") else GRU).from_torch(part(case, "state_dict"))


def forward(cell, given):
    return cell.forward(given["xs"], (given["h0"], given["c0"]) if "c0" in given else given["h0"])


def under_torchs_names(cell, grads):
    """Our gradients under PyTorch's names and with its sign of z.

    z's rows change sign alike in a parameter and in its gradient, so to_torch carries both over. It
    writes zeros for the second bias where the two are only ever added: there the gradient by either
    is the same. In the GRU's n they are not: b and bh have each their own.
    """
    like = copy.copy(cell)
    like.params = {name: grads[name] for name in cell.params}
    named = like.to_torch()
    added = slice(0, 2 * cell.n_hidden) if isinstance(cell, GRU) else slice(None)
    named["bias_hh_l0"][added] = named["bias_ih_l0"][added]
    return named | {name: grads[name] for name in ("xs", "h0", "c0") if name in grads}


@pytest.mark.parametrize("case", CASES)
def test_values_and_gradients_are_pytorchs(case):
    cell, given, out = cell_of(case), part(case, "in"), part(case, "out")
    trace = forward(cell, given)
    assert_close(trace.h, out["h"])
    if "c_last" in out:
        assert_close(trace.c[-1], out["c_last"])
    grads = cell.backward(trace, given["dh"], given["dc_last"] if "c_last" in out else None)
    named, expected = under_torchs_names(cell, grads), part(case, "grad")
    assert named.keys() == expected.keys()
    for name, value in named.items():
        assert_close(value, expected[name])


@pytest.mark.parametrize("case", CASES)
def test_to_torch_gives_back_the_layer_that_from_torch_read(case):
    layer, cell = part(case, "state_dict"), cell_of(case)
    back = cell.to_torch()
    assert list(back) == NAMES
    for name in NAMES[:2]:
        assert np.array_equal(back[name], layer[name])
    both = [biases["bias_ih_l0"] + biases["bias_hh_l0"] for biases in (back, layer)]
    np.testing.assert_allclose(*both, rtol=0, atol=1e-15)
    for name in NAMES[2:] if isinstance(cell, GRU) else []:  # n's two biases stay two
        assert np.array_equal(np.split(back[name], 3)[2], np.split(layer[name], 3)[2])
    kwargs = {"activation": cell.activation} if isinstance(cell, RNN) else {}
    again, given = type(cell).from_torch(back, **kwargs), part(case, "in")
    assert np.array_equal(forward(again, given).h, forward(cell, given).h)


class Tensor:
    """Like PyTorch's: one that wants a gradient gives its numbers only once it is detached."""

    def __init__(self, array, wants_gradient=True):
        self.array, self.wants_gradient = array, wants_gradient

    def detach(self):
        return Tensor(self.array, wants_gradient=False)

    def __array__(self, dtype=None, copy=None):
        if self.wants_gradient:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad.")
        return self.array


@pytest.mark.parametrize("case", ["rnn_tanh", "lstm_short", "gru_short"])
def test_a_layers_own_parameters_are_read_as_its_state_dict_is(case, assert_same):
    layer, cls = part(case, "state_dict"), type(cell_of(case))
    live = {name: Tensor(value.astype(np.float32)) for name, value in layer.items()}
    stored = {name: value.astype(np.float32) for name, value in layer.items()}
    got = cls.from_torch(live).params
    assert_same(got, cls.from_torch(stored).params)
    assert all(value.dtype == np.float64 for value in got.values())


@pytest.mark.parametrize("cls", [RNN, LSTM, GRU])
def test_the_cell_and_the_layer_share_no_memory(cls):
    kwargs = {"reset_after": True} if cls is GRU else {}
    layer = cls(3, 4, np.random.default_rng(0), **kwargs).to_torch()
    cell = cls.from_torch(layer)
    for value in cell.params.values():
        for other in [*layer.values(), *cell.to_torch().values()]:
            assert not np.shares_memory(value, other)


def read(cls=LSTM, without="", **changed):
    """Read the layer of an LSTM(3, 4) with a few entries changed."""
    layer = LSTM(3, 4, np.random.default_rng(0)).to_torch() | changed
    return lambda: cls.from_torch({name: layer[name] for name in layer if name != without})


ones = np.ones((16, 3))


@pytest.mark.parametrize(
    "exception, sentence, call",
    [
        (ValueError, "state_dict: got no 'bias_hh_l0', expected weight_", read(without=NAMES[3])),
        (ValueError, "state_dict: got 'bias_hh_l1', expected one layer", read(bias_hh_l1=ones)),
        (ValueError, "weight_hh_l0: got shape (15, 4), exp", read(weight_hh_l0=np.ones((15, 4)))),
        (ValueError, "weight_ih_l0: got shape (16, 3), expected (12, D)", read(GRU)),
        (TypeError, "state_dict: got list, expected a dict", lambda: LSTM.from_torch([ones])),
        (ValueError, "reset_after: got False, expected True",
         lambda: GRU(3, 4, np.random.default_rng(0)).to_torch()),
    ],
)  # fmt: skip
def test_a_layer_that_does_not_fit_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)
