"""The guess in Python: what it keeps, what it says beside the computed answer, how it is stored."""

import base64

import numpy as np
import pytest

from lstm_lessons import Guess, pictures

CHOICES = ["it stays", "it fades", "it is erased"]


def choice():
    return Guess("What happens to c?", CHOICES)


def number(tolerance=0.0):
    return Guess("How many?", tolerance=tolerance)


def within():
    return number(0.005)


@pytest.mark.parametrize(
    ("make", "good", "bad", "error"),
    [
        (choice, "it fades", ["it fade", 1, ["it fades"], "", "x" * 10**6], ValueError),
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
        (choice, None, "it stays", "it stays. Compare it with your guess above."),
        (choice, "it stays", "it stays", "it stays. You guessed it stays, and you were right."),
        (choice, "it fades", "it stays", "it stays. You guessed it fades."),
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


@pytest.mark.parametrize("make", [choice, number])
@pytest.mark.parametrize("answer", ["it grows", None, np.ones(2), ...])
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
        (("Q?", "ab"), TypeError, "choices: got 'ab', expected a list of texts"),
        (("Q?", np.array(["a", "b"])), TypeError, "choices: got array"),
        (("Q?", [1, 2]), TypeError, r"choices: got \[1, 2\]"),
        (("Q?", ["a"]), ValueError, r"choices: got \['a'\], expected two or more"),
        (("Q?", ["a", "b"] * 10**5), ValueError, "choices: got .{1,90}all different$"),
        (("Q?", (), "wide"), TypeError, "tolerance: got 'wide'"),
        (("Q?", (), -1), ValueError, "tolerance: got -1"),
    ],
)
def test_a_guess_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=f"^{said}"):
        Guess(*arguments)


@pytest.mark.parametrize(("make", "asked"), [(choice, "What happens to c?"), (number, "How many?")])
def test_a_guess_is_stored_as_a_widget_a_card_and_its_question(make, asked):
    guess = make()
    data, metadata = guess._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == guess.model_id
    assert data["text/plain"] == repr(guess) == metadata["image/png"]["alt"] == f"Guess: {asked}"
    card = pictures.png(pictures.question_card(asked, guess.choices))
    assert base64.b64decode(data["image/png"], validate=True) == card
    guess.value = guess.choices[0] if guess.choices else 3
    guess.reveal(guess.value)
    assert guess._repr_mimebundle_()[0]["image/png"] == data["image/png"]  # no answer is given away
