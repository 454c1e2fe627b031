"""The guess in Python: what it keeps, what it says beside the computed answer, how it is stored."""

import base64

import numpy as np
import pytest

from lstm_lessons import Guess, pictures

CHOICES = {"stays": "it stays", "fades": "it fades", "gone": "it is erased"}
RANGES = {0.5: "less than half", 10: "up to 10 times", np.inf: "10 times or more"}


def choice():
    return Guess("What happens to c?", CHOICES)


def ranges():
    return Guess("How many times?", RANGES)


def number(tolerance=0.0):
    return Guess("How many?", tolerance=tolerance)


def within():
    return number(0.005)


@pytest.mark.parametrize(
    ("make", "good", "bad", "error"),
    [
        (choice, "fades", ["fade", "it fades", 1, ["fades"], "", "x" * 10**6], ValueError),
        (ranges, "inf", ["0.50", 10, "up to 10 times", np.inf], ValueError),
        (number, 7.5, ["7", True, [7], np.ones(2), "x" * 10**6], TypeError),
    ],
)
def test_a_guess_keeps_what_is_good_through_what_is_not_until_it_is_taken_back(
    make, good, bad, error
):
    guess, other = make(), make()
    assert guess.value is None
    guess.value = good
    for value in bad:
        with pytest.raises(error, match="^value: got .{1,80}expected .{1,100}$"):
            guess.value = value
        with pytest.raises(error, match="^value: got .{1,80}expected .{1,100}$"):
            guess.set_state({"value": value})  # as the front end does
        assert guess.value == good
    guess.set_state({"value": None})
    assert guess.value is None is other.value


@pytest.mark.parametrize(
    ("make", "value", "answer", "said"),
    [
        (choice, None, "stays", "it stays. Compare it with your guess above."),
        (choice, "stays", "stays", "it stays. You guessed it stays, and you were right."),
        (choice, "fades", "stays", "it stays. You guessed it fades."),
        (ranges, None, -3, "-3, that is less than half. Compare it with your guess above."),
        (
            ranges,
            "10",
            np.float64(2.345678),
            "2.35, that is up to 10 times. You guessed up to 10 times, and you were right.",
        ),
        (
            ranges,
            "0.5",
            0.5,
            "0.5, that is up to 10 times. You guessed less than half.",
        ),
        (
            ranges,
            "inf",
            10**9,
            "1e+09, that is 10 times or more. You guessed 10 times or more, and you were right.",
        ),
        (number, None, 128, "128. Compare it with your guess above."),
        (number, 127.5, np.int64(128), "128. You guessed 127.5."),
        (number, 0, 0, "0. You guessed 0, and you were right."),
        (within, 0.5, np.float64(0.5049), "0.5049. You guessed 0.5, and you were right."),
        (within, 0.5, 0.5051, "0.5051. You guessed 0.5."),
        (within, 0.5, 0.4949, "0.4949. You guessed 0.5."),
    ],
)
def test_the_answer_is_shown_beside_the_guess(make, value, answer, said, capsys):
    guess = make()
    guess.value = value
    guess.reveal(answer)
    assert capsys.readouterr().out == f"Computed: {said}\n"
    assert said.startswith(f"{guess.answer}. ") and guess.value == value


@pytest.mark.parametrize("make", [choice, ranges, number])
@pytest.mark.parametrize("answer", ["it stays", None, np.ones(2), np.nan, ...])
def test_an_answer_that_cannot_be_one_is_named_and_not_shown(make, answer, capsys):
    guess = make()
    with pytest.raises((ValueError, TypeError), match="^answer: got .*expected "):
        guess.reveal(answer)
    assert guess.answer == "" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("  ",), TypeError, "question: got '  ', expected a sentence"),
        ((None,), TypeError, "question: got None"),
        (("Q?", ["a", "b"]), TypeError, r"choices: got \['a', 'b'\], expected a dict of texts"),
        (("Q?", "ab"), TypeError, "choices: got 'ab', expected a dict of texts"),
        (("Q?", {"a": 1, "b": 2}), TypeError, "choices: got {'a': 1, 'b': 2}, expected a dict"),
        (("Q?", {"a": "A"}), ValueError, "choices: got {'a': 'A'}, expected two or more"),
        (("Q?", {"a": "A", "b": "A"}), ValueError, "choices: got .*all different$"),
        (("Q?", dict.fromkeys(range(10**5), "A")), ValueError, "choices: got .{1,90}different$"),
        (
            ("Q?", {"a": "A", 2: "B"}),
            TypeError,
            r"choices: got the keys \['a', 2\], expected texts",
        ),
        (("Q?", {False: "A", np.inf: "B"}), TypeError, "choices: got the keys .*texts or numbers"),
        (("Q?", {1: "A", 2: "B"}), ValueError, r"choices: got the keys \[1, 2\], .*to infinity$"),
        (("Q?", {np.inf: "A", 1: "B"}), ValueError, "choices: got the keys .*to rise"),
        (("Q?", {np.nan: "A", np.inf: "B"}), ValueError, "choices: got the keys .*to rise"),
        (("Q?", None, "wide"), TypeError, "tolerance: got 'wide'"),
        (("Q?", None, -1), ValueError, "tolerance: got -1"),
    ],
)
def test_a_guess_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=f"^{said}"):
        Guess(*arguments)


ASKED = [
    (choice, "What happens to c?", "stays", "stays"),
    (ranges, "How many times?", "0.5", 0.1),
    (number, "How many?", 3, 3),
]


@pytest.mark.parametrize(("make", "asked", "value", "answer"), ASKED)
def test_a_guess_is_stored_as_a_widget_a_card_and_its_question(make, asked, value, answer):
    guess = make()
    data, metadata = guess._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == guess.model_id
    assert data["text/plain"] == repr(guess) == metadata["image/png"]["alt"] == f"Guess: {asked}"
    texts = [text for _, text in guess.choices] or ["a number: …"]
    card = pictures.png(pictures.question_card(asked, texts))
    assert base64.b64decode(data["image/png"], validate=True) == card
    guess.value = value
    guess.reveal(answer)
    assert guess._repr_mimebundle_()[0]["image/png"] == data["image/png"]  # no answer is given away


def test_the_front_end_is_told_a_choice_s_key_and_its_text_in_their_order():
    assert choice().choices == [list(pair) for pair in CHOICES.items()]
    texts = list(RANGES.values())
    assert ranges().choices == [
        list(pair) for pair in zip(["0.5", "10", "inf"], texts, strict=True)
    ]
    assert number().choices == []
