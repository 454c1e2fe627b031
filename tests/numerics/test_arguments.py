"""Arguments: what is right passes as it is, what is wrong is told in a sentence."""

from functools import partial

import numpy as np
import pytest

from lstm_lessons.arguments import as_array, as_count, as_number, as_rng, one_of


class Tensor:
    """Like PyTorch's that wants a gradient: it gives its numbers away only with an error."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def __repr__(self):
        return "tensor([1.],\n       requires_grad=True)"


# --- what is right


def test_an_array_of_floats_is_passed_on_and_anything_else_becomes_one():
    array = np.array([[1.0, 2.0]])
    assert as_array("xs", array, ("B", 2)) is array
    for value in ([[1, 2]], ((True, 2),), np.array([[1, 2]], np.uint8), array.astype(np.float32)):
        got = as_array("xs", value, (1, "D"))
        assert got.dtype == np.float64 and got.tolist() == [[1, 2]]
    assert as_array("x", 5, ()).shape == ()
    assert np.isnan(as_array("f", [np.nan, 1], ("T",), 0, 1, nan=True)).tolist() == [True, False]
    assert as_array("f", [0, 1], (2,), 0, 1).tolist() == [0, 1]  # the bounds are allowed
    unmasked = as_array("xs", np.ma.masked_array([1.0], mask=[False]), (1,))
    assert type(unmasked) is np.ndarray


def test_a_number_of_any_kind_becomes_a_float_and_a_whole_one_an_int():
    for value in (2, 2.0, np.float32(2), np.int8(2), np.array(2.0)):
        number = as_number("lr", value, 2, 2)
        assert type(number) is float and number == 2
    for value in (3, np.int8(3), np.uint64(3)):
        count = as_count("B", value, 3, 3)
        assert type(count) is int and count == 3
    assert as_count("B", 1) == 1 and as_count("B", 10**12) == 10**12


def test_a_text_that_is_one_of_the_options_and_a_generator_are_passed_on():
    assert one_of("gate", "f", ["i", "f"]) == one_of("gate", "f", {"f": 1}) == "f"
    rng = np.random.default_rng(0)
    assert as_rng(rng) is rng


# --- what is wrong

xs = partial(as_array, "xs", shape=("T", "B", 3), low=-3, high=3)
gate = partial(as_array, "f", shape=("T",), low=0, high=1, nan=True)
lr, B, day = partial(as_number, "lr", low=0, high=2), partial(as_count, "B"), np.timedelta64(1, "D")
masked = np.ma.masked_array([[[1, 2, 3]]], [[[0, 1, 0]]])


@pytest.mark.parametrize(
    "check, value, exception, sentence",
    [
        (xs, [[1, 2]], ValueError, "xs: got shape (1, 2), expected (T, B, 3)"),
        (xs, np.ones((2, 0, 3)), ValueError, "(2, 0, 3), expected (T, B, 3), none of them 0"),
        (xs, [[[1, np.nan, 2]]], ValueError, "xs: got nan at index (0, 0, 1), expected finite num"),
        (xs, [[[1, 2, -np.inf]]], ValueError, "xs: got -inf at index (0, 0, 2), expected finite"),
        (xs, [[[1, 2, 3.5]]], ValueError, "xs: got 3.5, expected values from -3 to 3"),
        (xs, [[[1, -3.5, 3]]], ValueError, "xs: got -3.5, expected values from -3 to 3"),
        (xs, "a b", TypeError, "xs: got 'a b', expected an array of real numbers"),
        (xs, [[[1j, 2, 3]]], TypeError, "xs: got [[[1j, 2, 3]]], expected"),
        (xs, [[[1, 2, 3]], [[1]]], TypeError, "xs: got [[[1, 2, 3]], [[1]]], expected"),
        (xs, np.full((1, 1, 3), day), TypeError, "xs: got array([[[1, 1, 1]]], dtype='timedelta64"),
        (xs, masked, TypeError, "xs: got masked_array("),
        (xs, Tensor(), TypeError, "xs: got tensor([1.], requires_grad=True), expected an array of"),
        (xs, [10**400], TypeError, f"xs: got [1{'0' * 55}..., expected"),
        (gate, [np.nan, np.inf], ValueError, "f: got inf at index (1,)"),
        (gate, [np.nan, 2], ValueError, "f: got 2, expected values from 0 to 1"),
        (gate, [[0]], ValueError, "f: got shape (1, 1), expected (T,)"),
        (lr, np.nan, ValueError, "lr: got nan, expected a finite number"),
        (lr, -0.5, ValueError, "lr: got -0.5, expected a number from 0 to 2"),
        (lr, 2.5, ValueError, "lr: got 2.5, expected a number from 0 to 2"),
        (partial(lr, high=np.inf), -1, ValueError, "lr: got -1, expected a number of 0 or more"),
        (lr, [1.0], TypeError, "lr: got [1.0], expected a number"),
        (lr, True, TypeError, "lr: got True, expected a number"),
        (lr, np.True_, TypeError, "expected a number"),
        (lr, "1", TypeError, "lr: got '1', expected a number"),
        (lr, np.ma.masked, TypeError, "lr: got masked, expected a number"),
        (partial(B, low=3), 2, ValueError, "B: got 2, expected 3 or more"),
        (partial(B, high=5), 6, ValueError, "B: got 6, expected 1 to 5"),
        (B, 0, ValueError, "B: got 0, expected 1 or more"),
        (B, 4.0, TypeError, "B: got 4.0, expected a whole number"),
        (B, True, TypeError, "B: got True, expected a whole number"),
        (B, np.array(4), TypeError, "B: got array(4), expected a whole number"),
        (B, day, TypeError, "expected a whole number"),
        (as_rng, 0, TypeError, "rng: got 0, expected numpy.random.default_rng(seed)"),
        (as_rng, np.random.RandomState(0), TypeError, "rng: got RandomState"),  # noqa: NPY002
    ],
)  # fmt: skip
def test_what_is_not_what_it_should_be_is_refused(
    check, value, exception, sentence, assert_refused
):
    assert_refused(lambda: check(value), exception, sentence)


@pytest.mark.parametrize("value", ["of", "", None, [], np.ones(2), Tensor(), "x" * 10**6])
def test_what_is_not_one_of_the_options_is_refused_and_they_are_named(value, assert_refused):
    for options in (["o", "f"], "of", {"o": 1, "f": 2}):
        for part in ("gate: got ", "expected one of 'o', 'f'"):
            assert_refused(lambda options=options: one_of("gate", value, options), ValueError, part)
