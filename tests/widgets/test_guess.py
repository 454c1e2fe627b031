"""The guess: what it keeps, what it says beside the computed answer, and how it is stored."""

import base64
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lstm_lessons import Guess, pictures
from lstm_lessons import guess as module

CHOICES = ["it stays", "it fades", "it is erased"]


def choice():
    return Guess("What happens to c?", CHOICES)


def number(tolerance=0.0):
    return Guess("How many?", tolerance=tolerance)


def assign(guess, value):
    guess.value = value


def send(guess, value):
    guess.set_state({"value": value})  # as the front end does


@pytest.mark.parametrize("put", [assign, send])
@pytest.mark.parametrize(
    ("make", "good", "bad", "error"),
    [
        (choice, "it fades", "it fade", ValueError),
        (choice, "it fades", 1, ValueError),
        (choice, "it fades", ["it fades"], ValueError),
        (choice, "it fades", "", ValueError),
        (number, 7, "7", TypeError),
        (number, 7.5, True, TypeError),
        (number, -1, [7], TypeError),
    ],
)
def test_a_guess_keeps_what_is_good_through_what_is_not_until_it_is_taken_back(
    make, good, bad, error, put
):
    guess, other = make(), make()
    assert guess.value is None
    put(guess, good)
    with pytest.raises(error, match="^value: got .*expected "):
        put(guess, bad)
    assert guess.value == good
    put(guess, None)
    assert guess.value is None is other.value


REVEALED = [
    (choice, None, "it stays", "Computed: it stays. Compare it with your guess above."),
    (
        choice,
        "it stays",
        "it stays",
        "Computed: it stays. You guessed it stays, and you were right.",
    ),
    (choice, "it fades", "it stays", "Computed: it stays. You guessed it fades."),
    (number, None, 128, "Computed: 128. Compare it with your guess above."),
    (number, 128, 128, "Computed: 128. You guessed 128, and you were right."),
    (number, 127.5, np.int64(128), "Computed: 128. You guessed 127.5."),
    (number, 0, 7, "Computed: 7. You guessed 0."),
    (
        lambda: number(0.005),
        0.5,
        np.float64(0.5049),
        "Computed: 0.5049. You guessed 0.5, and you were right.",
    ),
    (lambda: number(0.005), 0.5, 0.5051, "Computed: 0.5051. You guessed 0.5."),
    (lambda: number(0.005), 0.5, 0.4949, "Computed: 0.4949. You guessed 0.5."),
]


@pytest.mark.parametrize(
    ("make", "value", "answer", "said"), REVEALED, ids=[said for *_, said in REVEALED]
)
def test_the_answer_is_shown_beside_the_guess(make, value, answer, said, capsys):
    guess = make()
    guess.value = value
    assert guess.answer == ""
    guess.reveal(answer)
    assert capsys.readouterr().out == said + "\n"
    assert guess.answer == said.removeprefix("Computed: ").split(". You")[0].split(". Compare")[0]
    assert guess.value == value


@pytest.mark.parametrize(
    ("make", "answer", "error"),
    [
        (choice, "it grows", ValueError),
        (choice, 0, ValueError),
        (choice, None, ValueError),
        (number, "seven", TypeError),
        (number, None, TypeError),
    ],
)
def test_an_answer_that_cannot_be_one_is_named_and_not_shown(make, answer, error, capsys):
    guess = make()
    with pytest.raises(error, match="^answer: got .*expected "):
        guess.reveal(answer)
    assert guess.answer == "" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        (("",), TypeError, "question: got ''"),
        (("  ",), TypeError, "question: got '  '"),
        ((None,), TypeError, "question: got None, expected a sentence"),
        (("Q?", "ab"), TypeError, "choices: got 'ab', expected a list of texts"),
        (("Q?", [1, 2]), TypeError, r"choices: got \[1, 2\]"),
        (("Q?", 2), TypeError, "choices: got 2"),
        (("Q?", None), TypeError, "choices: got None"),
        (("Q?", ["a"]), ValueError, r"choices: got \['a'\], expected two or more"),
        (("Q?", ["a", "b", "a"]), ValueError, "choices: got .*all different"),
        (("Q?", (), "wide"), TypeError, "tolerance: got 'wide'"),
        (("Q?", (), -1), ValueError, "tolerance: got -1"),
    ],
)
def test_a_guess_that_cannot_be_made_says_why(arguments, error, said):
    with pytest.raises(error, match=said):
        Guess(*arguments)


@pytest.mark.parametrize(("make", "asked"), [(choice, "What happens to c?"), (number, "How many?")])
def test_a_guess_is_stored_as_a_widget_a_card_and_its_question(make, asked):
    guess = make()
    data, metadata = guess._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == guess.model_id
    assert data["text/plain"] == repr(guess) == metadata["image/png"]["alt"] == f"Guess: {asked}"
    card = pictures.png(pictures.card(asked, guess.choices))
    assert base64.b64decode(data["image/png"], validate=True) == card
    guess.value = guess.choices[0] if guess.choices else 3
    guess.reveal(guess.value)
    assert guess._repr_mimebundle_()[0]["image/png"] == data["image/png"]  # no answer is given away


def test_what_the_front_end_gets_is_the_question_its_choices_and_the_state():
    guess = choice()
    sent = {name: guess.get_state()[name] for name in ("question", "choices", "value", "answer")}
    assert sent == dict(question="What happens to c?", choices=CHOICES, value=None, answer="")
    guess.value = "it fades"
    assert guess.get_state()["value"] == "it fades"


def test_the_script_is_a_module_without_a_syntax_error(node, tmp_path):
    script = tmp_path / "guess.mjs"
    source = Path(module.__file__).with_suffix(".js").read_text(encoding="utf-8")
    script.write_text(source, encoding="utf-8")
    done = subprocess.run([node, "--check", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
