"""What nbval lets pass in a cell's output, and what not: the conftest.py beside the notebooks, run."""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest

from lstm_lessons.widgets.guess import SAID
from scripts.jupyter import ROOT, STATE, VIEW

ALIKE = [
    ("12 steps: 0.29 is left", "12 steps: 0.30 is left"),
    ("0.0000003 to 1718.42", "0.0000004 to 1718.1"),
    ("a loss of 5,123.4", "a loss of 5,119.1"),
    ("8e+06, 9e-05, 2e+86, 1.2e-17", "7e+06, 1e-04, 1e+86, 1.1e-17"),
    ("97% of all, 2.0% of 1,000", "98% of all, 1.9% of 1,000"),
    ("[ 0.158 -0.001  1.   ]", "[0.159 0.    0.999]"),
    ("-0.00 in h_0", "0.00 in h_0"),
    ("sum -9.99.", "sum -10.0."),
    ("no number", "no number"),
]
UNLIKE = [
    ("0.29 is left", "0.29 is kept"),
    ("0.29 is left", "0.31 is left"),
    ("128 parameters", "127 parameters"),
    ("29,440 parameters", "29,441 parameters"),
    ("Computed: 9. Compare", "Computed: 8. Compare"),
    ("[ 1. -1.  0.]", "[ 1. -1.  1.]"),
    ("3e-05", "5e-05"),
    ("8e+06", "8e+05"),
    ("28%", "30%"),
    ("-0.30", "0.30"),
    ("h_0 is 0.5", "h_1 is 0.5"),
    ("0.5 0.5", "0.5"),
    ("nan", "0.5"),
]
VARIED = [("seed 3: 28.6% and -2e+05 left", "seed 4: 3.1% and 7 left")]
VARIED_TOO_MUCH = [("28.6% left", "28.6% kept"), ("0.5", "nan"), ("0.5 0.5", "0.5")]


def printing(text, stored, *tags, plain=False):
    """A cell that prints the one text, or has it as its value, and is stored with the other."""
    if plain:
        source = f"class A:\n    def __repr__(self):\n        return {text!r}\nA()"
        out = nbformat.v4.new_output("execute_result", {"text/plain": stored}, execution_count=1)
    else:
        source, out = f"print({text!r})", nbformat.v4.new_output("stream", text=f"{stored}\n")
    cell = nbformat.v4.new_code_cell(source, execution_count=1, outputs=[out])
    cell.metadata.tags = list(tags)
    return cell


def answered(told, stored):
    """A notebook in which a card is told the one text, and is stored with the other."""
    ask, tell = "g = Guess('How many?')\ng", f"with g.reveal(3):\n    print({told!r})"
    view = {VIEW: {"model_id": "a"}, "text/plain": "Guess: How many?"}
    shown = nbformat.v4.new_output("execute_result", view, execution_count=1)
    outputs = [[], [shown], [nbformat.v4.new_output("stream", text=f"{SAID}\n")]]
    cells = [
        nbformat.v4.new_code_cell(source, execution_count=1, outputs=output)
        for source, output in zip(
            ["from lstm_lessons import Guess", ask, tell], outputs, strict=True
        )
    ]
    state = {"question": "How many?", "answer": "3", "evidence": [{"text": stored}]}
    widgets = {STATE: {"state": {"a": {"state": state}}}}
    return nbformat.v4.new_notebook(cells=cells, metadata={"widgets": widgets})


@pytest.mark.parametrize(("told", "stored", "alike"), [("1.20", "1.21", True), ("2", "3", False)])
def test_what_a_card_is_told_is_compared_as_if_it_had_been_printed(tmp_path, told, stored, alike):
    shutil.copy(ROOT / "conftest.py", tmp_path)
    nbformat.write(answered(told, stored), tmp_path / "cards.ipynb")
    command = [sys.executable, "-m", "pytest", "-rA", "--nbval", "--nbval-current-env", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    found = re.findall(r"^(PASSED|FAILED) \S*::Cell \d+", done.stdout, re.MULTILINE)
    assert sorted(found) == sorted(["PASSED", "PASSED", "PASSED" if alike else "FAILED"]), (
        done.stdout
    )


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    """Which cells passed, by their number; all cases are cells of one notebook."""
    folder = tmp_path_factory.mktemp("printed")
    shutil.copy(ROOT / "conftest.py", folder)
    cells = [printing(*pair, plain=plain) for pair in ALIKE + UNLIKE for plain in (False, True)]
    cells += [printing(*pair, "numbers-vary") for pair in VARIED + VARIED_TOO_MUCH]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "cells.ipynb")
    command = [sys.executable, "-m", "pytest", "-rA", "--nbval", "--nbval-current-env", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    found = re.findall(r"^(PASSED|FAILED) \S*::Cell (\d+)", done.stdout, re.MULTILINE)
    assert len(found) == len(cells), done.stdout
    outcome = {int(number): word == "PASSED" for word, number in found}
    return [outcome[number] for number in range(len(cells))]


def test_numbers_are_compared_up_to_their_last_digits_and_words_exactly(passed):
    pairs = [pair for pair in ALIKE + UNLIKE for _ in (False, True)]
    wrong = [p for p, good in zip(pairs, passed, strict=False) if good != (p in ALIKE)]
    assert not wrong


def test_where_a_tag_says_that_numbers_vary_only_the_words_are_compared(passed):
    pairs = VARIED + VARIED_TOO_MUCH
    found = zip(pairs, passed[-len(pairs) :], strict=True)
    wrong = [pair for pair, good in found if good != (pair in VARIED)]
    assert not wrong
