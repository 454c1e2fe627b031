"""What becomes of a lesson's cells on its page: code folds, answers wait, phrases become buttons.

A cell says it to MyST by its tags and its `mystnb` settings. The tags are classes on the page, which
site/live/live.css and live.js read.
"""

import ast
import html
import re
import sys

from nbformat import NotebookNode

from lstm_lessons.widgets.guess import SAID

# The kinds of code cells, each a tag on the page, with what their folds say.
FOLDS = {
    "solution": ("Show a solution", "Hide the solution"),
    "answer": ("Show how it is computed", "Hide how it is computed"),  # the answer to a guess
    "exercise": ("Show the code", "Hide the code"),
    "plumbing": ("Show the code", "Hide the code"),  # it only imports, or shows a widget
    "code": ("Show the code", "Hide the code"),
}
UNTOUCHED = "Not attempted yet"  # so begins what a check says of an exercise nobody has answered
WIDGETS = {
    "GateConsole",
    "GradientLens",
    "Guess",
    "NetworkConsole",
    "Panel",
    "Progress",
    "ScanTree",
}

# **f to 0 at step 7**<!-- try: f=0@7 -->; the words may hold a formula.
TRY = re.compile(r"\*\*((?:(?!\*\*).)+)\*\*<!-- *try: *(.*?) *-->")
CHANGE = r"(?:preset=[^,=@]+|\w+=[+-]?\d*\.?\d+(?:@\d+(?:-\d+)?)?|\w+=\w+)"
CHANGES = re.compile(rf"{CHANGE}(?:, *{CHANGE})*")
HANGUL = re.compile("[가-힣](?:[가-힣()·, ]*[가-힣)])?")


def kind(cell: NotebookNode) -> str:
    """Which of FOLDS a code cell is."""
    if "solution" in cell.metadata.get("tags", []):
        return "solution"
    if any(said(output).startswith(UNTOUCHED) for output in cell.outputs):
        return "exercise"
    if ".reveal(" in cell.source:
        return "answer"
    return "plumbing" if all(map(_is_plumbing, ast.parse(cell.source).body)) else "code"


def _is_plumbing(statement: ast.stmt) -> bool:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return True
    shown = getattr(statement, "value", None)  # of an assignment, or an expression on its own
    named = shown.func if isinstance(shown, ast.Call) else shown
    return isinstance(named, ast.Name) and (named is shown or named.id in WIDGETS)


def said(output: NotebookNode) -> str:
    """An output as plain text."""
    return output.get("text", "") or output.get("data", {}).get("text/plain", "")


def fold(cell: NotebookNode, run: str) -> None:
    """Fold a code cell, and leave out of its outputs what says nothing on a page.

    Where an exercise waits for an answer, `run`, a link in HTML, leads to where it can be given.
    """
    what = kind(cell)
    shut, opened = FOLDS[what]
    cell.metadata.tags = sorted({*cell.metadata.get("tags", []), "hide-input", what})
    cell.metadata.mystnb = {"code_prompt_show": shut, "code_prompt_hide": opened}
    if what == "solution":
        cell.outputs = []
    elif what == "exercise":
        # A puzzle's score stands on its console.
        made = [] if "check_goal(" in cell.source else [as_html(run)]
        cell.outputs = [output for output in cell.outputs if not said(output).startswith(UNTOUCHED)]
        cell.outputs += made
    for output in cell.outputs:
        if output.output_type == "stream":
            output.text = output.text.replace(f"{SAID}\n", "")  # the card says the answer
    cell.outputs = [output for output in cell.outputs if output.get("text") != ""]


def as_html(made: str) -> NotebookNode:
    """An output that is a piece of HTML."""
    return NotebookNode(output_type="display_data", data={"text/html": made}, metadata={})


def with_buttons(source: str, name: str) -> str:
    """Markdown whose phrases with something to try are buttons; exits if one cannot be read."""

    def button(match: re.Match) -> str:
        words, changes = match.groups()
        if not CHANGES.fullmatch(changes):
            sys.exit(
                f"{name}: got try: {changes}, expected as in f=0@7, f=0.5@3-9, preset=leak, s=0"
            )
        return (
            f'<button type="button" class="try" data-try="{html.escape(changes)}">{words}</button>'
        )

    return TRY.sub(button, source)


def with_korean(source: str) -> str:
    """Markdown that says of its Korean words that they are Korean, so that they are read out right."""
    return HANGUL.sub(lambda match: f'<span lang="ko">{match[0]}</span>', source)
