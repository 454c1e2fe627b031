"""The exercises' checks with the right answer, with typical wrong ones and with none; the guess."""

import base64
import inspect
import math
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from lstm_lessons import GRU, LSTM, GateConsole, Guess, checks, pictures


def latch(forget=(-20, 10), write=(20, -10), candidate=(1, 0), bias=0.0):
    """An LSTM that writes tanh(value) at flag 1 and holds it at flag 0; gates as (flag's, bias)."""
    cell = LSTM(2, 1, np.random.default_rng(0))
    cell.params["Wh"][:] = 0
    cell.params["Wx"][:] = [[0, 0], [0, forget[0]], [0, write[0]], candidate]
    cell.params["b"][:] = [0, forget[1], write[1], bias]
    return cell


def step(o, f, i, g, c_prev):
    c = f * c_prev + i * g
    return c, o * math.tanh(c)


ONE = 256 * (100 + 256) + 256  # a layer with 100 inputs and 256 hidden units

RIGHT = [
    ("check_half_life", 0.5**0.1),
    ("check_half_life", np.float64(0.933)),
    ("check_gate_input", math.log(99)),
    ("check_gate_input", 4.6),
    ("check_slope", lambda s: s * (1 - s)),
    ("check_slope", lambda s: s - s**2),
    ("check_cue", 6, 1),
    ("check_cue", 7, np.float64(1.1)),
    ("check_step", step),
    ("check_step", lambda o, f, i, g, c: (f * c + i * g, o * np.tanh(f * c + i * g))),
    ("check_parameters", 365_568),
    ("check_parameters", np.int64(365_568)),
    ("check_largest", 50, 1),
    ("check_largest", 50.0, np.int64(1)),
    ("check_latch", latch()),
    ("check_latch", latch(forget=(-30, 15))),
]

WRONG = [
    ("check_half_life", (0.95,), "takes the same *amount* each step"),
    ("check_half_life", (0.5,), "with f = 0.5, 0.1% is left after 10 steps. It should be 50%"),
    ("check_half_life", (0.9,), "34.9% is left"),
    ("check_half_life", (10,), "f = 10"),
    ("check_half_life", (-(0.5**0.1),), ""),
    ("check_half_life", (1e40,), ""),
    ("check_gate_input", (0.99,), "Going in, it makes a gate of 0.73"),
    ("check_gate_input", (-4.595,), "sigmoid(-4.595) = 0.0100. It should be 0.99"),
    ("check_gate_input", (6,), "sigmoid(6) = 0.9975"),
    ("check_gate_input", (1e6,), "= 1.0000"),
    ("check_slope", (lambda s: 1 - s * s,), "1 - s*s is the slope of tanh"),
    ("check_slope", (lambda s: s / 4,), "where the gate is 0.378, its slope is 0.2350"),
    ("check_slope", (lambda s: s,), "yours is 0.8808"),
    ("check_slope", (lambda s: 0.25,), "where the gate is 0.047"),
    ("check_cue", (1, 0), "after ten cues to keep, 4.4% is left"),
    ("check_cue", (6, 0), "97.6% is left. It should be at least 99%"),
    ("check_cue", (5, 5), "one cue to drop leaves 50.0%. It should be at most 1%"),
    ("check_cue", (-6, 1), "after ten cues to keep, 0.0%"),
    ("check_step", (lambda o, f, i, g, c: (i * c + f * g, 0.0),), "c is off. f belongs to what"),
    (
        "check_step",
        (lambda o, f, i, g, c: (f * c + i * g, o * (f * c + i * g)),),
        "c is right, h is off. The belt is squashed before o",
    ),
    (
        "check_step",
        (lambda o, f, i, g, c: (f * c + i * g, math.tanh(f * c + i * g)),),
        "c is right, h is off: with c = 1.050 and o = 0.9, h is 0.704",
    ),
    ("check_step", (lambda o, f, i, g, c: step(o, f, i, g, c)[::-1],), "c is off"),
    (
        "check_step",
        (lambda o, f, i, g, c: (c + i * g, 0.0),),
        "f * c_prev = 1.20 and i * g = -0.15",
    ),
    ("check_parameters", (ONE,), "that is a plain RNN of this size"),
    ("check_parameters", (4 * 256 * 356,), "only the biases are missing"),
    ("check_parameters", (3 * ONE,), "the candidate has its own weights too"),
    ("check_parameters", (4 * (100 * (100 + 256) + 100),), "H rows of D + H weights"),
    ("check_largest", (1, 1), "nothing squashes c itself"),
    ("check_largest", (51, 1), "c is off"),
    ("check_largest", (50, 50), "h is off. It is o times tanh(c)"),
    ("check_latch", (latch(write=(0, -10)),), "Look at the input gate and the candidate"),
    (
        "check_latch",
        (latch(candidate=(-1, 0)),),
        "flag 1 at the first step, value 0.14, but c is -",
    ),
    ("check_latch", (latch(candidate=(1, 1)),), "g = tanh(value)"),
    ("check_latch", (latch(bias=0.5),), "Look at the input gate and the candidate"),
    ("check_latch", (latch(forget=(0, -10)),), "does not hold while the flag is 0"),
    ("check_latch", (latch(forget=(0, 3)),), "does not hold while the flag is 0"),
    ("check_latch", (latch(write=(0, 10)),), "does not hold while the flag is 0"),
    ("check_latch", (latch(forget=(0, 10)),), "the second value does not replace the first"),
]

BAD = [
    ("check_latch", (latch(bias=math.nan),), "b"),
    ("check_largest", (math.inf, 1), "c"),
    ("check_cue", (math.nan, 1), "w"),
    ("check_half_life", (math.nan,), "f"),
    *[(name, (bad,), argument) for name, argument in [
        ("check_half_life", "f"), ("check_gate_input", "a"), ("check_slope", "slope"),
        ("check_step", "step"), ("check_parameters", "n"), ("check_latch", "cell"),
        ("check_goal", "console"),
    ] for bad in ("0.9", None, [0.9], True)],
    ("check_slope", (lambda s: ...,), "slope"),
    ("check_slope", (lambda s: "s",), "slope"),
    ("check_cue", ("6", 1), "w"),
    ("check_cue", (6, None), "b"),
    ("check_step", (lambda o, f, i, g, c: None,), "step"),
    ("check_step", (lambda o, f, i, g, c: ...,), "step"),
    ("check_step", (lambda o, f, i, g, c: 1.05,), "step"),
    ("check_step", (lambda o, f, i, g, c: (1.05, 0.7, 0.0),), "step"),
    ("check_step", (lambda o, f, i, g, c: (1.05, None),), "h"),
    ("check_step", (lambda o, f, i, g, c: ("1", 0.7),), "c"),
    ("check_largest", ("50", 1), "c"),
    ("check_largest", (50, None), "h"),
    ("check_largest", (3, "1"), "h"),
    ("check_latch", (LSTM,), "cell"),
    ("check_latch", (GRU(2, 1, np.random.default_rng(0)),), "cell"),
    ("check_latch", (LSTM(1, 1, np.random.default_rng(0)),), "cell"),
    ("check_latch", (LSTM(2, 2, np.random.default_rng(0)),), "cell"),
]  # fmt: skip

CHECKS = {name: check for name, check in vars(checks).items() if name.startswith("check_")}


def arguments_of(name):
    return list(inspect.signature(CHECKS[name]).parameters)


def named(values):
    return [f"{value[0]}-{k}" for k, value in enumerate(values)]


def test_every_check_is_tried_here_with_a_right_answer_and_with_two_wrong_ones():
    others = set(CHECKS) - {"check_goal"}
    assert {name for name, *_ in RIGHT} == others == {name for name, *_ in BAD} - {"check_goal"}
    wrong = [name for name, *_ in WRONG]
    assert all(wrong.count(name) >= 2 for name in others)


@pytest.mark.parametrize(
    ("name", "place"),
    [(name, k) for name in CHECKS if name != "check_goal" for k in range(len(arguments_of(name)))],
)
def test_what_nobody_has_touched_is_not_attempted_yet(name, place, capsys):
    answers = [0.5] * len(arguments_of(name))
    answers[place] = ...
    assert CHECKS[name](*answers) is None
    assert re.fullmatch(r"Not attempted yet: .* run this cell again\.\n", capsys.readouterr().out)


@pytest.mark.parametrize(("name", "answers"), [(n, a) for n, *a in RIGHT], ids=named(RIGHT))
def test_the_right_answer_is_right_and_says_why_it_matters(name, answers, capsys):
    CHECKS[name](*answers)
    assert re.fullmatch(r"Right[.,] \S.{20,}\.\n", capsys.readouterr().out)


@pytest.mark.parametrize(("name", "answers", "said"), WRONG, ids=named(WRONG))
def test_a_wrong_answer_is_not_yet_right_and_is_told_what_is_off(name, answers, said, capsys):
    CHECKS[name](*answers)
    out = capsys.readouterr().out
    assert out.startswith("Not yet: ") and said in out and "Right" not in out


@pytest.mark.parametrize(("name", "answers", "argument"), BAD, ids=named(BAD))
def test_an_answer_of_another_kind_or_not_finite_is_named(name, answers, argument, capsys):
    with pytest.raises((TypeError, ValueError), match=f"^{argument}: got .*expected "):
        CHECKS[name](*answers)
    assert capsys.readouterr().out == ""


def test_a_check_leaves_the_cell_as_it_is():
    cell = latch()
    before = {name: value.copy() for name, value in cell.params.items()}
    checks.check_latch(cell)
    assert all(np.array_equal(cell.params[name], value) for name, value in before.items())


# --- the console's puzzles


@pytest.mark.parametrize(
    ("goal", "gates", "said"),
    [
        ("hold", {}, "Not attempted yet: drag the gates"),
        ("hold", dict(forget=[0.9] * 12, input=np.eye(12)[1]), "c at step 12: it is 0.28 and should be 0.80"),
        ("hold", dict(forget=[1.0] * 12, input=np.zeros(12)), "it is 0.00 and should be 0.80"),
        ("hold", dict(forget=[1.0] * 12, input=np.eye(12)[1]), "Solved."),
        ("hold", dict(forget=[0.99] * 12, input=np.eye(12)[1]), "Score 99. Furthest off is c at step 12"),
        ("hold", dict(forget=[0.999] * 12, input=np.eye(12)[1]), "Solved."),
        (
            "write-hold-read",
            dict(forget=[1.0] * 12, input=np.eye(12)[1], output=0.25 * np.eye(12)[9]),
            "h at step 10: it is 0.17 and should be 0.66",
        ),
        ("write-hold-read", dict(forget=[1.0] * 12, input=np.eye(12)[1], output=np.eye(12)[9]), "Solved."),
        ("forget on cue", dict(forget=1 - np.eye(12)[6], input=np.eye(12)[1]), "Solved."),
    ],
)  # fmt: skip
def test_a_puzzle_is_untouched_on_its_way_or_solved(goal, gates, said, capsys):
    console = GateConsole(goal=goal)
    for trait, values in gates.items():
        setattr(console, trait, values)
    checks.check_goal(console)
    out = capsys.readouterr().out
    assert said in out and out.count("\n") == 1
    assert out.startswith(("Not attempted yet", "Solved.", f"Score {console.score}. Furthest off"))
    assert ("Solved" in out) == (console.score == 100)


def test_a_console_without_a_goal_cannot_be_checked():
    with pytest.raises(ValueError, match="^console: got one without a goal"):
        checks.check_goal(GateConsole())


# --- the guess

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


@pytest.mark.parametrize("script", ["console.js", "guess.js"])
def test_the_scripts_are_modules_without_a_syntax_error(script, node, tmp_path):
    module = tmp_path / script.replace(".js", ".mjs")
    module.write_text(
        Path(checks.__file__).with_name(script).read_text(encoding="utf-8"), encoding="utf-8"
    )
    done = subprocess.run([node, "--check", module], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
