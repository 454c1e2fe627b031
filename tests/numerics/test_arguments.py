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


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int8(2), np.array(2.0)])
def test_a_number_of_any_kind_becomes_a_float(value):
    number = as_number("lr", value, 2, 2)
    assert type(number) is float and number == 2


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3)])
def test_a_whole_number_of_any_kind_becomes_an_int(value):
    count = as_count("B", value, 3, 3)
    assert type(count) is int and count == 3
    assert as_count("B", 1) == 1 and as_count("B", 10**12) == 10**12


def test_a_text_that_is_one_of_the_options_and_a_generator_are_passed_on():
    assert one_of("gate", "f", ["i", "f"]) == one_of("gate", "f", {"f": 1}) == "f"
    rng = np.random.default_rng(0)
    assert as_rng(rng) is rng


# --- what is wrong


@pytest.mark.parametrize(
    "value, exception, sentence",
    [
        ([[1, 2]], ValueError, "xs: got shape (1, 2), expected (T, B, 3)"),
        (np.ones((2, 0, 3)), ValueError, "shape (2, 0, 3), expected (T, B, 3), none of them 0"),
        ([[[1, np.nan, 2]]], ValueError, "xs: got nan at index (0, 0, 1), expected finite numbers"),
        ([[[1, 2, -np.inf]]], ValueError, "xs: got -inf at index (0, 0, 2), expected finite"),
        ([[[1, 2, 3.5]]], ValueError, "xs: got 3.5, expected values from -3 to 3"),
        ([[[1, -3.5, 3]]], ValueError, "xs: got -3.5, expected values from -3 to 3"),
        ("a b", TypeError, "xs: got 'a b', expected an array of real numbers"),
        ([[[1j, 2, 3]]], TypeError, "xs: got [[[1j, 2, 3]]], expected"),
        ([[[1, 2, 3]], [[1]]], TypeError, "xs: got [[[1, 2, 3]], [[1]]], expected"),
        (np.ones((1, 1, 3), "m8[s]"), TypeError, "xs: got array([[[1, 1, 1]]], dtype='timedelta64"),
        (np.ma.masked_array([[[1, 2, 3]]], [[[0, 1, 0]]]), TypeError, "xs: got masked_array("),
        (Tensor(), TypeError, "xs: got tensor([1.], requires_grad=True), expected an array of real"),
        ([10**400], TypeError, f"xs: got [1{'0' * 55}..., expected"),
    ],
)  # fmt: skip
def test_an_array_that_is_none_is_refused(value, exception, sentence, assert_refused):
    assert_refused(lambda: as_array("xs", value, ("T", "B", 3), -3, 3), exception, sentence)


def test_where_nan_is_allowed_infinity_is_not_and_bounds_still_hold(assert_refused):
    for value, sentence in [(np.inf, "f: got inf at index (1,)"), (2, "f: got 2, expected values")]:
        values = [np.nan, value]
        assert_refused(partial(as_array, "f", values, (2,), 0, 1, nan=True), ValueError, sentence)


def test_a_list_of_one_length_says_so_with_its_comma(assert_refused):
    sentence = "series: got shape (2, 2), expected (T,)"
    assert_refused(lambda: as_array("series", np.ones((2, 2)), ("T",)), ValueError, sentence)


@pytest.mark.parametrize(
    "value, exception, sentence",
    [
        (np.nan, ValueError, "lr: got nan, expected a finite number"),
        (np.inf, ValueError, "lr: got inf, expected a finite number"),
        (-0.5, ValueError, "lr: got -0.5, expected a number from 0 to 2"),
        (2.5, ValueError, "lr: got 2.5, expected a number from 0 to 2"),
        ([1.0], TypeError, "lr: got [1.0], expected a number"),
        (True, TypeError, "lr: got True, expected a number"),
        (np.True_, TypeError, "expected a number"),
        ("1", TypeError, "lr: got '1', expected a number"),
        (1j, TypeError, "lr: got 1j, expected a number"),
        (10**400, TypeError, f"lr: got 1{'0' * 56}..., expected"),
        (np.timedelta64(1, "D"), TypeError, "expected a number"),
        (np.ma.masked, TypeError, "lr: got masked, expected a number"),
        (Tensor(), TypeError, "lr: got tensor([1.], requires_grad=True), expected a number"),
    ],
)
def test_a_number_that_is_none_is_refused(value, exception, sentence, assert_refused):
    assert_refused(lambda: as_number("lr", value, 0, 2), exception, sentence)


def test_a_number_without_an_upper_bound_says_so(assert_refused):
    sentence = "lr: got -1, expected a number of 0 or more"
    assert_refused(lambda: as_number("lr", -1, 0), ValueError, sentence)


@pytest.mark.parametrize(
    "value, exception, sentence",
    [
        (2, ValueError, "B: got 2, expected 3 to 5"),
        (6, ValueError, "B: got 6, expected 3 to 5"),
        (4.0, TypeError, "B: got 4.0, expected a whole number"),
        (True, TypeError, "B: got True, expected a whole number"),
        (np.True_, TypeError, "expected a whole number"),
        ("4", TypeError, "B: got '4', expected a whole number"),
        (np.array(4), TypeError, "B: got array(4), expected a whole number"),
        (np.timedelta64(4, "D"), TypeError, "expected a whole number"),
        (Tensor(), TypeError, "B: got tensor([1.], requires_grad=True), expected a whole"),
    ],
)
def test_a_count_that_is_none_is_refused(value, exception, sentence, assert_refused):
    assert_refused(lambda: as_count("B", value, 3, 5), exception, sentence)


def test_a_count_without_an_upper_bound_says_so(assert_refused):
    assert_refused(lambda: as_count("B", 0), ValueError, "B: got 0, expected 1 or more")


@pytest.mark.parametrize("value", ["of", "", None, 1, [], np.ones(2), Tensor(), "x" * 10**6])
def test_what_is_not_one_of_the_options_is_refused_and_they_are_named(value, assert_refused):
    for options in (["o", "f"], "of", {"o": 1, "f": 2}):
        for part in ("gate: got ", "expected one of 'o', 'f'"):
            assert_refused(lambda options=options: one_of("gate", value, options), ValueError, part)


@pytest.mark.parametrize("value", [None, 0, np.random, np.random.RandomState(0)])  # noqa: NPY002
def test_what_is_no_generator_is_refused_and_the_way_to_one_is_named(value, assert_refused):
    expected = "expected numpy.random.default_rng(seed)"
    assert_refused(lambda: as_rng(value), TypeError, expected)
