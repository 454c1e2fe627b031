"""The guess in Python: what it keeps, what it says beside the computed answer, how it is stored."""

import base64
import json

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from lstm_lessons import Guess, pictures
from lstm_lessons.widgets.guess import SAID


class Shell(InteractiveShell):
    """IPython as a kernel has it, whose user's names are given with the cell."""

    def init_virtualenv(self):
        """Not another environment's packages, though one may be active."""

    def run_cell(self, source, **names):
        self.push(names)
        super().run_cell(source).raise_error()


@pytest.fixture
def shell():
    yield Shell.instance()
    Shell.clear_instance()


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
    ("make", "answer", "right", "shown"),
    [
        (choice, "stays", "stays", "it stays"),
        (ranges, -3, "0.5", "-3, that is less than half"),
        (ranges, np.float64(2.345678), "10", "2.35, that is up to 10 times"),
        (ranges, 0.5, "10", "0.5, that is up to 10 times"),
        (ranges, 16_123.4, "inf", "16,123, that is 10 times or more"),
        (ranges, 10**9, "inf", "1e+09, that is 10 times or more"),
        (number, np.int64(128), 128, "128"),
        (within, np.float64(0.5049), 0.5049, "0.5049"),
    ],
)
def test_the_answer_goes_to_the_card_and_only_that_is_printed(make, answer, right, shown, capsys):
    guess = make()
    guess.reveal(answer)
    assert (guess.right, guess.answer) == (right, shown)
    assert capsys.readouterr().out == f"{SAID}\n" and shown not in SAID
    state = json.loads(json.dumps(guess.get_state(["right", "answer", "evidence", "tolerance"])))
    assert state["right"] == right and state["evidence"] == []


def test_what_is_printed_and_displayed_beside_an_answer_goes_to_the_card_in_the_place_of_earlier(
    capsys, shell
):
    guess, picture = number(), pictures.Picture(alt="a curve")
    with guess.reveal(1):
        print("one\ntwo")
        shell.run_cell("display(picture)", picture=picture)
    assert capsys.readouterr().out == f"{SAID}\n"
    text, shown = guess.evidence
    assert text == {"text": "one\ntwo"}
    assert (shown["alt"], shown["width"], shown["height"]) == ("a curve", 700, 300)
    png = base64.b64decode(shown["src"].removeprefix("data:image/png;base64,"), validate=True)
    assert png == pictures.png(picture)
    with guess.reveal(1):
        print("three")
    assert guess.evidence == [{"text": "three"}]
    guess.reveal(1)
    assert guess.evidence == []


def test_what_was_printed_before_a_failure_is_shown_and_the_failure_not_hidden(capsys):
    guess = number()
    with pytest.raises(ZeroDivisionError), guess.reveal(1):
        print("so far")
        print(1 / 0)
    assert capsys.readouterr().out == f"{SAID}\nso far\n" and guess.evidence == []


def test_a_sentence_stands_beside_each_choice_or_each_range_of_numbers():
    why = {"stays": "A.", "fades": "B.", "gone": "C."}
    assert Guess("Q?", CHOICES, why=why).why == [list(pair) for pair in why.items()]
    by_bounds = Guess("Q?", RANGES, why={0.5: "A.", 10: "B.", np.inf: "C."})
    assert by_bounds.why == [["0.5", "A."], ["10", "B."], ["inf", "C."]]
    numbers = Guess("Q?", why={3: "A.", 4.5: "B.", np.inf: "C."})
    assert numbers.why == [[3, "A."], [4.5, "B."], [None, "C."]]
    assert Guess("Q?", CHOICES).why == Guess("Q?").why == []


@pytest.mark.parametrize("make", [choice, ranges, number])
@pytest.mark.parametrize("answer", ["it stays", None, np.ones(2), np.nan, ...])
def test_an_answer_that_cannot_be_one_is_named_and_not_shown(make, answer, capsys):
    guess = make()
    with pytest.raises((ValueError, TypeError), match="^answer: got .*expected "):
        guess.reveal(answer)
    assert guess.answer == "" == capsys.readouterr().out and guess.right is None


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
        (
            ("Q?", CHOICES, 0, {"stays": "A.", "gone": "B."}),
            ValueError,
            "why: got the keys .*'fades'",
        ),
        (("Q?", CHOICES, 0, {1: "A.", np.inf: "B."}), ValueError, "why: got the keys .*'fades'"),
        (("Q?", None, 0, CHOICES), TypeError, "why: got the keys .* expected numbers$"),
        (("Q?", None, 0, {1: "A.", 2: "B."}), ValueError, "why: got the keys .*to infinity$"),
        (("Q?", None, 0, ["A."]), TypeError, r"why: got \['A.'\], expected a dict of texts"),
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
    assert pictures.png(guess.still()) == pictures.png(pictures.question_card(asked, texts))
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
