"""Characters: batches go on where the last ended, bits are counted by hand, and what is drawn is fair."""

import io
from contextlib import redirect_stderr
from itertools import islice

import numpy as np
import pytest

from lstm_lessons import characters, train
from scripts import writer

LETTERS = "abcdefgh"
K = len(LETTERS)
CODES = np.random.default_rng(3).integers(K, size=203)


@pytest.fixture
def small():
    model = characters.network(K, 5, np.random.default_rng(1))
    for value in model.params.values():
        value *= 3  # far from even chances
    return model


def learned(how, *args, **kwargs):
    with redirect_stderr(io.StringIO()):
        return how(*args, **kwargs)


def test_each_stream_goes_on_where_it_ended_and_begins_anew_after_its_last_piece():
    batches = list(islice(characters.streams(CODES, K, T=12, B=4), 8))
    assert [batch.first for batch in batches] == [True, False, False, False] * 2
    for b in range(4):  # 202 characters have one after them: 50 for each stream, 48 in whole pieces
        read = np.concatenate([batch.xs[:, b].argmax(axis=1) for batch in batches[:4]])
        asked = np.concatenate([batch.target[:, b] for batch in batches[:4]])
        assert np.array_equal(read, CODES[50 * b : 50 * b + 48])
        assert np.array_equal(asked, CODES[50 * b + 1 : 50 * b + 49])
    assert all(
        np.array_equal(one, other) for one, other in zip(batches[1], batches[5], strict=True)
    )


def test_a_letter_has_its_place_in_the_alphabet_given():
    assert np.array_equal(characters.encode("head", LETTERS), [7, 4, 0, 3])


@pytest.mark.parametrize("T", [1, 7, 50])
def test_with_the_state_carried_on_the_pieces_pay_what_the_whole_text_does(small, T):
    n = (len(CODES) - 1) // T * T
    y = small.forward(np.eye(K)[CODES[:n, None]]).y[:, 0]
    p = np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)
    whole = -np.log2([p[t, CODES[t + 1]] for t in range(n)]).reshape(-1, T)
    np.testing.assert_allclose(characters.bits(small, CODES, T), whole.mean(axis=0), atol=1e-12)


def test_reset_each_piece_is_read_as_if_nothing_had_been_before_it(small):
    alone = [characters.bits(small, CODES[k : k + 11], 10) for k in range(0, 200, 10)]
    reset = characters.bits(small, CODES, 10, carry=False)
    np.testing.assert_allclose(reset, np.mean(alone, axis=0), atol=1e-12)
    carried = characters.bits(small, CODES, 10)
    assert abs(reset - carried).max() > 0.01


def test_scores_that_are_all_alike_pay_the_bits_of_the_alphabet(small):
    for name, value in small.params.items():
        value[...] = 0 if name in ("1.V", "1.v") else value
    np.testing.assert_allclose(characters.bits(small, CODES), np.log2(K), atol=1e-12)


def test_without_carrying_on_it_trains_as_fit_does():
    one, other = (characters.network(K, 5, np.random.default_rng(1)) for _ in range(2))
    paid = learned(characters.learn, one, characters.streams(CODES, K, 12, 4), 9, 0.02, carry=False)
    tasks = ((piece.xs, piece.target) for piece in characters.streams(CODES, K, 12, 4))
    history = learned(train.fit, other, tasks, 9, 0.02)
    np.testing.assert_allclose(paid, np.array(history.loss) / np.log(2), atol=1e-12)
    for name, value in one.params.items():
        np.testing.assert_allclose(value, other.params[name], atol=1e-12)


def test_a_training_hands_its_state_on_and_begins_anew_where_the_streams_do(small):
    batches = list(islice(characters.streams(CODES, K, 12, 4), 6))
    paid = learned(characters.learn, small, iter(batches), 6, 1e-12)  # the weights stay as they are
    states, expected = None, []
    for n, piece in enumerate(batches):
        trace = small.forward(piece.xs, None if n == 4 else states)
        expected.append(train.cross_entropy(trace.y, piece.target)[0] / np.log(2))
        layer = trace.layers[0]
        states = [(layer.h[-1], layer.c[-1])]
    np.testing.assert_allclose(paid, expected, atol=1e-8)
    assert abs(paid[0] - paid[4]) < 1e-8


def test_a_training_that_is_no_longer_in_numbers_stops(small):
    small.params["1.v"][...], small.params["1.V"][...] = 1.7e308, 1e308
    message = "loss: got nan at step 1, expected a number. Try a smaller lr"
    with np.errstate(all="ignore"), pytest.raises(FloatingPointError, match=message):
        learned(characters.learn, small, characters.streams(CODES, K, 12, 4), 3, 0.01)


def test_a_temperature_makes_chances_more_alike_or_less():
    y = np.array([1000.0, 1001.0, 999.0])
    even, own, sure = (characters.chances(y, temperature) for temperature in (1e6, 1, 1e-3))
    np.testing.assert_allclose(even, np.full(3, 1 / 3), atol=1e-5)
    np.testing.assert_allclose(own, np.exp([-1, 0, -2]) / np.exp([-1, 0, -2]).sum(), atol=1e-12)
    np.testing.assert_allclose(sure, [0, 1, 0], atol=1e-12)


def test_what_is_written_begins_as_it_was_told_and_the_same_seed_writes_the_same(small):
    def text(seed):
        return characters.write(small, LETTERS, "bad", 40, 1.0, np.random.default_rng(seed))

    assert text(0) == text(0) != text(1)
    assert text(0).startswith("bad") and len(text(0)) == 43 and set(text(0)) <= set(LETTERS)


def test_characters_are_drawn_as_often_as_their_chances_say(small):
    p = characters.chances(small.forward(np.eye(K)[[[0]]]).y[-1, 0], 2.0)
    rng = np.random.default_rng(0)
    drawn = [characters.write(small, LETTERS, "a", 1, 2.0, rng)[-1] for _ in range(1500)]
    assert abs(np.array([drawn.count(letter) for letter in LETTERS]) / 1500 - p).max() < 0.05


def test_only_a_network_whose_state_is_carried_on_knows_more_than_the_last_character():
    model, letters = characters.stored()

    def followers(carry):
        """How many different characters came after each, where the likeliest is always taken."""
        rng = np.random.default_rng(0)
        made = characters.write(model, letters, "the gate ", 120, 1e-6, rng, carry)[9:]
        after = {}
        for one, other in zip(made, made[1:], strict=False):
            after.setdefault(one, set()).add(other)
        return max(map(len, after.values()))

    assert followers(carry=False) == 1
    assert followers(carry=True) > 1


def test_the_stored_network_is_the_scripts_and_forecasts_the_text_better_than_pairs_do():
    model, letters = characters.stored()
    text = characters.text()
    assert letters == "".join(sorted(set(text))) and set(text) <= writer.PLAIN
    for value in model.params.values():
        assert np.array_equal(value, value.astype(np.float16))
    codes = characters.encode(text, letters)
    known, new = np.split(codes, [int(characters.TRAINING * len(codes))])
    pairs = np.ones((len(letters), len(letters)))
    np.add.at(pairs, (known[:-1], known[1:]), 1)
    pairs /= pairs.sum(axis=1, keepdims=True)
    assert characters.bits(model, new).mean() < -np.log2(pairs[new[:-1], new[1:]]).mean() - 0.8


def test_the_text_is_prose_without_formulas_links_and_marks():
    shown = "A **gate** is [a valve](04_lstm.ipynb#x)<!-- try: f=0 -->, isn’t it? “Yes”: −1."
    assert writer._plain(shown) == 'a gate is a valve, isn\'t it? "yes": -1.'
    for left_out in (
        "# A heading",
        "- a list",
        "| a table |",
        "so $c = 0$ holds",
        "`code`",
        "<p>",
        "é",
        "",
    ):
        assert writer._plain(left_out) == ""


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda m: characters.encode("", LETTERS), TypeError, "text: got '', expected a text"),
        (lambda m: characters.encode(7, LETTERS), TypeError, "text: got 7, expected a text"),
        (lambda m: characters.encode("axb", LETTERS), ValueError, "text: got 'x', expected"),
        (lambda m: next(characters.streams(CODES, K, 60, 4)), ValueError, "more than 240"),
        (lambda m: characters.bits(m, CODES[:50]), ValueError, "got 50 characters, expected more"),
        (lambda m: characters.chances(np.zeros(3), 0), ValueError, "temperature: got 0, expected"),
        (lambda m: characters.learn(m, iter([]), 3, -1), ValueError, "lr: got -1, expected"),
        (lambda m: characters.learn(m, iter([]), 0, 1), ValueError, "steps: got 0, expected"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(small, call, error, message):
    with pytest.raises(error, match=message):
        call(small)
