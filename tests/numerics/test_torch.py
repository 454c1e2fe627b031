"""PyTorch's layers: their values and gradients are ours, and their parameters go in and out.

Tests that take ``torch`` need a PyTorch: `make test-frontends FRONTENDS=pytorch` runs them. All others
compare with what PyTorch has answered, stored by make_torch_table.py and scripts/torch_layers.py.
"""

import copy
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lstm_lessons import weights
from lstm_lessons.cells import GRU, LSTM, RNN
from lstm_lessons.course.bridge import torch_layers

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


# --- several layers, and both directions

PLACES = [(0, False), (0, True), (1, False), (1, True)]  # in the order of h_n
DEEP = {name: layer for name, layer in torch_layers().items() if name in ("RNN", "LSTM", "GRU")}


def deep_output(cells, xs, states=None):
    """What four cells in two layers and both directions make: output, and (cells, B, H) of h_n, c_n."""
    below, last = xs, []
    states = states or [None] * 4
    for at in (0, 2):
        ways = [cells[at].forward(below, states[at])]
        ways.append(cells[at + 1].forward(below[::-1], states[at + 1]))
        last += [
            [trace.h[-1], trace.c[-1]] if "c" in cells[0].states else [trace.h[-1]]
            for trace in ways
        ]
        below = np.concatenate([ways[0].h, ways[1].h[::-1]], axis=-1)
    return below, [np.array(state) for state in zip(*last, strict=True)]


def four(make, state_dict):
    return [make(state_dict, layer=layer, reverse=reverse) for layer, reverse in PLACES]


def joined(cells):
    """The state_dict of four cells."""
    named = {}
    for cell, (layer, reverse) in zip(cells, PLACES, strict=True):
        named |= cell.to_torch(layer, reverse)
    return named


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_two_layers_in_both_directions_answer_as_pytorch_s_do(kind):
    layer, xs = DEEP[kind.__name__], torch_layers()["xs"]
    read = four(kind.from_torch, layer["state_dict"])
    for cells in (read, four(kind.from_torch, joined(read))):
        output, last = deep_output(cells, xs)
        for mine, name in zip([output, *last], ["output", "h_n", "c_n"], strict=False):
            assert np.abs(mine - layer[name]).max() < 1e-12, name
    assert list(joined(read)) == list(layer["state_dict"])


@pytest.mark.parametrize("cls", [RNN, LSTM, GRU])
def test_a_layer_without_biases_is_one_whose_biases_are_0(cls, assert_same):
    layer = DEEP[cls.__name__]["state_dict"]
    zeros = {name: p * 0 if name.startswith("bias") else p for name, p in layer.items()}
    without = {name: p for name, p in layer.items() if not name.startswith("bias")}
    for layer, reverse in PLACES:
        read = partial(cls.from_torch, layer=layer, reverse=reverse)
        assert_same(read(without).params, read(zeros).params)
    one = {name: p for name, p in without.items() if name.endswith("l0")}
    assert not cls.from_torch(one).params["b"].any()


# --- with a real PyTorch


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not here: see the pytorch front end")


KINDS = {
    "RNN tanh": (RNN, {}, {}),
    "RNN relu": (RNN, {"nonlinearity": "relu"}, {"activation": "relu"}),
    "LSTM": (LSTM, {}, {}),
    "GRU": (GRU, {}, {}),
}


def assert_answers_alike(torch, net, cells, seed):
    """From random states: output, h_n and c_n are equal to 1e-12."""
    draw = np.random.default_rng(seed).standard_normal
    xs, starts = draw((9, 3, 2)), [draw((4, 3, 5)) for _ in cells[0].states]
    states = list(zip(*starts, strict=True)) if len(starts) > 1 else list(starts[0])
    tensors = tuple(torch.tensor(start) for start in starts)
    expected, end = net(torch.tensor(xs), tensors if len(starts) > 1 else tensors[0])
    output, last = deep_output(cells, xs, states)
    end = end if len(starts) > 1 else [end]
    for mine, theirs in zip([output, *last], [expected, *end], strict=True):
        assert mine.shape == tuple(theirs.shape)
        assert np.abs(mine - theirs.detach().numpy()).max() < 1e-12


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", KINDS)
def test_a_real_pytorch_and_the_cells_answer_alike_both_ways(torch, name, bias, seed):
    kind, theirs, ours = KINDS[name]
    torch.manual_seed(seed)
    shape = dict(num_layers=2, bidirectional=True, dtype=torch.float64)
    new = partial(getattr(torch.nn, kind.__name__), 2, 5, **shape, **theirs)
    net = new(bias=bias)
    for state_dict in (net.state_dict(), dict(net.named_parameters())):
        read = four(partial(kind.from_torch, **ours), state_dict)
        assert_answers_alike(torch, net, read, seed)
    rng, after = np.random.default_rng(seed), {"reset_after": True} if kind is GRU else {}
    drawn = [kind(2 if layer == 0 else 10, 5, rng, **ours, **after) for layer, _ in PLACES]
    for cell in drawn:
        for value in cell.params.values():
            value += 0.5 * rng.standard_normal(value.shape)
    for cells in (read, drawn):
        net = new()
        net.load_state_dict({key: torch.tensor(value) for key, value in joined(cells).items()})
        assert_answers_alike(torch, net, cells, seed)


def test_what_is_stored_for_the_lesson_is_what_this_pytorch_says(torch):
    stored = torch_layers()
    for name, layer in DEEP.items():
        shape = dict(num_layers=2, bidirectional=True, dtype=torch.float64)
        net = getattr(torch.nn, name)(3, 4, **shape)
        net.load_state_dict({key: torch.tensor(p) for key, p in layer["state_dict"].items()})
        output = net(torch.tensor(stored["xs"]))[0].detach().numpy()
        assert np.abs(output - layer["output"]).max() < 1e-12


def in_pieces(torch, detach, after=None, **how):
    """Two pieces of a sequence, each followed by a backward, and perhaps by a training step."""
    net, state = torch.nn.LSTM(3, 4), None
    for piece in torch.zeros(6, 2, 3).split(3):
        output, state = net(piece, state)
        output.sum().backward(**how)
        if after:
            after(net.parameters(), lr=0.1).step()
        state = tuple(one.detach() for one in state) if detach else state


def test_a_state_that_is_handed_on_without_detach_fails_as_the_lesson_says(torch):
    in_pieces(torch, True)
    in_pieces(torch, True, torch.optim.SGD)
    in_pieces(torch, False, retain_graph=True)
    with pytest.raises(RuntimeError, match=f"^{torch_layers()['message']}"):
        in_pieces(torch, False)
    with pytest.raises(RuntimeError, match="has been modified by an inplace operation"):
        in_pieces(torch, False, torch.optim.SGD, retain_graph=True)


@pytest.mark.parametrize("detach", [True, False])
def test_a_state_holds_on_to_all_pieces_before_it_unless_it_is_detached(torch, detach):
    net, state, sizes = torch.nn.LSTM(3, 4), None, []
    for piece in torch.zeros(40, 2, 3).split(4):
        _, state = net(piece, state)
        seen, todo = set(), [state[0].grad_fn]
        while todo:
            if (node := todo.pop()) is not None and node not in seen:
                seen.add(node)
                todo += [parent for parent, _ in node.next_functions]
        sizes.append(len(seen))
        state = tuple(one.detach() for one in state) if detach else state
    assert (sizes[-1] > 5 * sizes[0]) is not detach


def test_swapped_axes_raise_no_error_and_both_biases_get_one_gradient(torch):
    net = torch.nn.LSTM(3, 4, dtype=torch.float64)
    data = torch.randn(32, 50, 3, dtype=torch.float64)
    output, (h_n, _) = net(data)
    assert output.shape == (32, 50, 4) and h_n.shape == (1, 50, 4)
    output.sum().backward()
    assert torch.allclose(net.bias_ih_l0.grad, net.bias_hh_l0.grad)


@pytest.mark.parametrize("kind", ["float64", "float32", "float16", "bfloat16"])
def test_what_safetensors_writes_is_read(torch, kind, tmp_path):
    save = pytest.importorskip("safetensors.torch", reason="safetensors is not here").save_file
    torch.manual_seed(0)
    net = torch.nn.LSTM(3, 4).to(getattr(torch, kind))
    net.register_buffer("steps", torch.tensor(7))
    save(net.state_dict(), tmp_path / "net.safetensors", metadata={"format": "pt"})
    got = weights.load(tmp_path / "net.safetensors")
    assert got.keys() == net.state_dict().keys()
    for name, value in net.state_dict().items():
        assert np.array_equal(got[name], value.double().numpy()), name
    assert repr(weights.report(net.double().state_dict())) == repr(weights.report(got))


# --- what does not fit


def read(cls=LSTM, without="", place=None, **changed):
    """Read the layer of an LSTM(3, 4) with a few entries changed."""
    layer = LSTM(3, 4, np.random.default_rng(0)).to_torch() | changed
    given = {name: layer[name] for name in layer if name != without}
    return lambda: cls.from_torch(given, **(place or {}))


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
        (ValueError, "state_dict: got no 'weight_ih_l1_reverse', expected weight_ih_l1_reverse, w",
         read(place=dict(layer=1, reverse=True))),
        (ValueError, "layer: got None beside reverse=True, exp", read(place=dict(reverse=True))),
        (ValueError, "layer: got -1, expected 0 or more", read(place=dict(layer=-1))),
        (TypeError, "reverse: got 'yes', expected True or False", read(place=dict(layer=0, reverse="yes"))),
        (ValueError, "state_dict: got 'weight_hr_l0', expected a layer without a projection",
         read(weight_hr_l0=ones, place=dict(layer=0))),
        (ValueError, "state_dict: got no 'bias_ih_l0', expected", read(without=NAMES[2], place=dict(layer=0))),
        (TypeError, "layer: got 'top', expected a whole number",
         lambda: RNN(3, 4, np.random.default_rng(0)).to_torch("top")),
    ],
)  # fmt: skip
def test_a_layer_that_does_not_fit_is_refused(exception, sentence, call, assert_refused):
    assert_refused(call, exception, sentence)
