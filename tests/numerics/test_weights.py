"""Weights of anybody: files are read or refused in a sentence, and the report says what is in them."""

import json

import numpy as np
import pytest

from lstm_lessons import sigmoid, weights
from lstm_lessons.cells import GRU, LSTM, RNN

ROWS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "U8": "|u1"}


def rng():
    return np.random.default_rng(0)


def safetensors(arrays, **header):
    """The bytes of such a file; ``arrays`` by name: (type, array). The header can be overwritten."""
    made, data = {}, b""
    for name, (kind, array) in arrays.items():
        more = array.astype(ROWS.get(kind, "<u2")).tobytes()
        place = [len(data), len(data) + len(more)]
        made[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": place}
        data += more
    text = json.dumps(made | header).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.fixture
def written(tmp_path):
    """Call it with bytes to have them in a file; it returns the path."""

    def write(data, name="some.safetensors"):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


# --- files


@pytest.mark.parametrize("kind", ROWS)
def test_a_safetensors_file_is_read_in_each_type(kind, written):
    array = np.arange(6.0).reshape(2, 3)
    text = {"__metadata__": {"format": "pt"}}
    file = written(safetensors({"a": (kind, array), "b.c": ("F32", array[0])}, **text))
    got = weights.load(file)
    assert list(got) == ["a", "b.c"] and got["a"].dtype == np.float64
    assert np.array_equal(got["a"], array) and np.array_equal(got["b.c"], array[0])


def test_a_bf16_is_the_upper_half_of_an_f32(written):
    array = np.array([1.0, -2.5, 0.15625, 3e38], np.float32)
    upper = (array.view(np.uint32) >> 16).astype(np.uint16)
    expected = (upper.astype(np.uint32) << 16).view(np.float32)
    got = weights.load(written(safetensors({"a": ("BF16", upper)})))
    assert np.array_equal(got["a"], expected) and np.array_equal(got["a"][:3], array[:3])


def test_an_npz_gives_its_numbers_back_and_a_number_alone_or_nothing_is_an_array_too(tmp_path):
    given = {"w": np.float32([[1, 2]]), "n": np.array(3), "none": np.zeros((0, 4))}
    np.savez(tmp_path / "some.npz", **given)
    got = weights.load(str(tmp_path / "some.npz"))
    for name, value in given.items():
        assert got[name].dtype == np.float64 and np.array_equal(got[name], value)
        assert got[name].shape == value.shape


A = {"a": ("F32", np.ones(2))}
ONE = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "some.safetensors: got 0 bytes, expected 8 and a header"),
        (b"\x00\x01", "some.safetensors: got 2 bytes, expected 8"),
        (b"\xff" * 40, "some.safetensors: got 40 bytes, expected 8 and a header of 18446744073709551615"),
        (b"\x04" + b"\x00" * 7 + b"{no}", "some.safetensors: got a damaged header, expected a dict in JSON"),
        (b"\x02" + b"\x00" * 7 + b"[]", "some.safetensors: got a damaged header"),
        (b"\x02" + b"\x00" * 7 + b"\xff\xfe", "some.safetensors: got a damaged header, expected a dict in JSON"),
        (safetensors(A)[:-1], "some.safetensors, a: got bytes 0 to 8 of 7, expected 8 for shape (2,)"),
        (safetensors(A, a=ONE | {"shape": [3]}), "a: got bytes 0 to 8 of 8, expected 12 for shape"),
        (safetensors(A, a=ONE | {"shape": [-1, -2]}), "a: got {'dtype': 'F32', 'shape': [-1, -2]"),
        (safetensors(A, a=ONE | {"data_offsets": [-8, 0]}), "a: got {'dtype': 'F32'"),
        (safetensors(A, a=ONE | {"data_offsets": [8]}), "a: got {'dtype': 'F32'"),
        (safetensors(A, a=ONE | {"dtype": "F8_E4M3"}), "a: got dtype 'F8_E4M3', expected one of F64"),
        (safetensors(A, a=[1]), "a: got [1], expected a dtype, a shape and data_offsets"),
        (safetensors(A, a=ONE | {"shape": "22"}), "a: got {'dtype': 'F32'"),
    ],
)  # fmt: skip
def test_a_damaged_safetensors_file_is_refused_in_a_sentence(data, sentence, written):
    with pytest.raises(ValueError) as refused:
        weights.load(written(data))
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    "name, data, sentence",
    [
        ("net.pt", b"", "path: got 'net.pt', expected a .npz or .safetensors file. In PyTorch: np.savez("),
        ("net.npz", b"PK\x03\x04no", "net.npz: got "), ("net.npz", b"", "net.npz: got "),
    ],
)  # fmt: skip
def test_a_file_of_a_different_kind_is_refused_in_a_sentence(name, data, sentence, written):
    with pytest.raises(ValueError) as refused:
        weights.load(written(data, name))
    assert str(refused.value).startswith(sentence)


def test_an_npz_that_holds_objects_is_refused_and_not_executed(tmp_path):
    np.savez(tmp_path / "some.npz", a=np.array([{}, None], object))
    with pytest.raises(
        ValueError, match=r"^some.npz: got .Object arrays.*, expected arrays of numbers$"
    ):
        weights.load(tmp_path / "some.npz")
    with pytest.raises(FileNotFoundError):
        weights.load(tmp_path / "none.npz")


# --- the report


def only(state_dict):
    (layer,) = weights.report(state_dict)
    return layer


def test_every_recurrent_layer_is_found_behind_any_prefix_and_named():
    model = {"emb.weight": np.ones((9, 3)), "head.bias": np.ones(2)}
    lstm, gru = LSTM(3, 4, rng()), GRU(4, 5, rng(), reset_after=True)
    for prefix, layer in {
        "encoder.lstm.": lstm.to_torch() | lstm.to_torch(1, True),
        "gru.": gru.to_torch(2), "": RNN(2, 6, rng()).to_torch(),
    }.items():  # fmt: skip
        model |= {prefix + name: value for name, value in layer.items()}
    model |= {f"cell.{name[:-3]}": value for name, value in lstm.to_torch().items()}  # an LSTMCell
    found = [(it.name, it.kind, it.n_inputs, it.n_hidden) for it in weights.report(model)]
    assert found == [
        ("encoder.lstm layer 0", "LSTM", 3, 4), ("encoder.lstm layer 1 reverse", "LSTM", 3, 4),
        ("gru layer 2", "GRU", 4, 5), ("layer 0", "RNN", 2, 6), ("cell", "LSTM", 3, 4),
    ]  # fmt: skip


def test_both_biases_count_and_the_half_lives_are_those_of_their_sum():
    layer = LSTM(3, 4, rng()).to_torch()
    layer["bias_ih_l0"], layer["bias_hh_l0"] = np.arange(16.0), -0.5 * np.arange(16.0)
    said = only(layer)
    for gate, rows in {"i": [0, 4], "f": [4, 8], "o": [12, 16]}.items():
        assert np.array_equal(said.biases[gate], 0.5 * np.arange(*rows))
    assert np.allclose(said.half_lives, np.log(0.5) / np.log(sigmoid(said.biases["f"])))
    assert said.open == {"i": 0.0, "f": 0.75, "o": 1.0} and said.shut == dict.fromkeys("ifo", 0.0)


def test_a_grus_gate_that_keeps_is_z_and_its_half_life_is_that_of_our_cell():
    cell = GRU(3, 4, rng(), reset_after=True, update_bias=-3)
    said = only(cell.to_torch())
    kept = 1 - sigmoid(-3)
    assert np.allclose(said.half_lives, np.log(0.5) / np.log(kept)) and set(said.biases) == {*"rz"}
    assert said.open["z"] == 1 and "Half-lives by the update gate's bias alone: 14.3" in repr(said)


def with_biases(f_ih, f_hh, **more):
    layer = LSTM(2, 4, rng()).to_torch()
    layer["bias_ih_l0"][4:8], layer["bias_hh_l0"][4:8] = f_ih, f_hh
    return layer | more


def zeroed(name, rows):
    layer = LSTM(2, 4, rng()).to_torch()
    layer[name][rows] = 0
    return layer


def spoiled():
    layer = LSTM(2, 4, rng()).to_torch()
    layer["weight_hh_l0"][0, 0], layer["bias_ih_l0"][3] = np.nan, np.inf
    return layer


def drawn():
    """As PyTorch draws it."""
    bound = 0.5
    return {
        n: rng().uniform(-bound, bound, p.shape) for n, p in LSTM(2, 4, rng()).to_torch().items()
    }


SAID = [
    (with_biases(0, 0), "forget gate are 0: by these it stands at 0.5, a half-life of 1 step"),
    (with_biases(1, 1), "are 1, and they add up to 2: sigmoid(2) = 0.88, where one bias of 1 makes 0.73"),
    (with_biases(1, 1), "The half-life is 5.46 steps"),
    (with_biases(1, 0), "forget gate's bias alone: 2.21 to 2.21 steps"),
    (with_biases([5, 5, 5, -9], 0), "25% of the forget gates are held shut by their bias"),
    (with_biases(800, 0), "inf to inf steps"),
    (spoiled(), "2 of its 128 numbers are NaN or infinite"),
    (zeroed("weight_hh_l0", slice(3, 6)), "3 of the 16 rows of weight_hh are all 0: they do not see the state"),
    (zeroed("weight_ih_l0", 0), "1 of the 16 rows of weight_ih are all 0: they do not see the input"),
    (drawn(), "All its numbers lie between -0.50 and 0.50, 1 / sqrt(4), where PyTorch draws them"),
    (RNN(2, 4, rng()).to_torch(), "The spectral radius of W_h is 1: where the activation's slope is 1, what is old keeps"),
    ({"weight_ih_l0": np.ones((2, 1)), "weight_hh_l0": 0.5 * np.eye(2)}, "is old fades in the long run (0.5^50 = 9e-16)"),
    ({"weight_ih_l0": np.ones((8, 1)), "weight_hh_l0": np.ones((8, 1)), "weight_hr_l0": np.ones((1, 2))}, "its h is 1 numbers, made of 2"),
]  # fmt: skip


@pytest.mark.parametrize(("state_dict", "sentence"), SAID)
def test_what_is_remarkable_is_said(state_dict, sentence):
    assert sentence in repr(only(state_dict))


def test_where_numbers_are_lost_nothing_else_is_said():
    assert len(only(spoiled()).remarks) == 1


def test_what_is_not_there_is_not_said():
    said = repr(only(LSTM(2, 4, rng(), forget_bias=3).to_torch()))
    for word in ("NaN", "all 0", "shut by", "trained", "projection", "radius"):
        assert word not in said


@pytest.mark.parametrize(
    "exception, sentence, state_dict",
    [
        (TypeError, "state_dict: got [1], expected a dict of arrays", [1]),
        (ValueError, "state_dict: got the names ['head.weight'], expected one as", {"head.weight": 1}),
        (ValueError, "a.weight_hh_l0: got shape (8, 4), expected H, 3 H or 4 H rows", {"a.weight_hh_l0": np.ones((8, 4))}),
        (ValueError, "weight_hh_l0: got shape (4,), expected", {"weight_hh_l0": np.ones(4)}),
        (ValueError, "weight_ih_l0: got shape (4,), expected (4, 4)", {"weight_hh_l0": np.ones((4, 4))}),
        (ValueError, "bias_hh_l0: got shape (3,), expected (16,)", with_biases(0, 0, bias_hh_l0=np.ones(3))),
        (TypeError, "bias_hh_l0: got 'x', expected an array of real", with_biases(0, 0, bias_hh_l0="x")),
    ],
)  # fmt: skip
def test_what_is_no_layer_is_refused(exception, sentence, state_dict, assert_refused):
    assert_refused(lambda: weights.report(state_dict), exception, sentence)
