"""What holds for the lessons' code: what it reveals is computed, and what it draws is seen."""

import ast
import builtins
import re
from importlib import import_module

import nbformat
import pytest

from scripts.jupyter import NOTEBOOKS


@pytest.fixture(scope="module", params=sorted(NOTEBOOKS.glob("*.ipynb")), ids=lambda p: p.stem)
def lesson(request):
    return nbformat.read(request.param, as_version=4)


def statements(notebook):
    """Each statement of each cell, with the cell; the one that fetches the package is not all Python."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and "bootstrap" not in cell.metadata.get("tags", []):
            yield from ((cell, statement) for statement in ast.parse(cell.source).body)


def names(node):
    """The names that are read in a piece of code."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def written_down(notebook):
    """The arguments of `reveal` in which nothing was computed: literals, also under a name."""
    fixed = set(dir(builtins))
    for _, statement in statements(notebook):
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign) and names(node.value) <= fixed:
                fixed |= {target.id for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.Assign):
                fixed -= {target.id for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "reveal":
                if not any(names(it) - fixed - names(node.func) for it in node.args):
                    yield ast.unparse(node)


def test_every_answer_to_a_guess_is_computed(lesson):
    assert list(written_down(lesson)) == []


DRAGGED = ("Panel", "GateConsole", "GradientLens", "NetworkConsole", "ScanTree")


def draws(node):
    """Is this a call that makes a picture, or something to drag?"""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id in DRAGGED
    place = ast.unparse(node.func).rpartition(".")[0]
    if not re.fullmatch(r"pictures|lesson_\d+", place):
        return False
    room = import_module(f"lstm_lessons.{'course.' * (place != 'pictures')}{place}")
    returned = getattr(room, node.func.attr).__annotations__.get("return", "")
    return returned.endswith("Picture")


def unseen(notebook):
    """What is drawn and not seen: no picture is stored, or a later line of the cell took its place."""
    all_of_it = list(statements(notebook))
    for k, (cell, statement) in enumerate(all_of_it):
        if isinstance(statement, ast.FunctionDef) or not any(map(draws, ast.walk(statement))):
            continue
        if isinstance(statement, ast.Assign):
            made = {name.id for name in statement.targets if isinstance(name, ast.Name)}
            seen = any(made & names(later) for _, later in all_of_it[k + 1 :])
        else:
            last = [later for same, later in all_of_it if same is cell][-1] is statement
            shown = (last and isinstance(statement, ast.Expr)) or "display" in names(statement)
            seen = shown and any("image/png" in output.get("data", {}) for output in cell.outputs)
        if not seen:
            yield ast.unparse(statement)


def test_what_a_cell_draws_is_seen(lesson):
    assert list(unseen(lesson)) == []


# --- the rules themselves

REVEALS = {
    "a.reveal('x' if f(n) < 1 else 'y')": True,
    "n = g(3)\na.reveal(n)": True,
    "a.reveal(max(values))": True,
    "for n in (1, 2):\n    pass\na.reveal(n / 2)": True,
    "a.reveal('x')": False,
    "a.reveal(-0.5 ** 3)": False,
    "a.reveal('x' if True else 'y')": False,
    "if n < 1:\n    a.reveal(float('7'))": False,
    "n = 7\nm = n\na.reveal(m)": False,
    "a.reveal(list(a.texts)[0])": False,
}
PICTURE = "pictures.state_lines('t', 'a', c=c)"
DRAWN = {  # True: its last line is seen
    PICTURE: True,
    f"c = 1\n{PICTURE}": True,
    f"{PICTURE}\nassert c": False,
    f"if c:\n    {PICTURE}": False,
    f"if c:\n    display({PICTURE})": True,
    f"p = {PICTURE}": False,
    f"p = {PICTURE}\np": True,
    f"def p(c):\n    return {PICTURE}": True,
    "lesson_5.lstm_graph('a')\nc = 1": False,
    "Panel(a, lesson_3.decay, b, c)\nc = 1": False,
    "Panel(a, lesson_3.decay, b, c)": True,
    "GateConsole()\nc = 1": False,
    "pictures.png(c)\nc = 1": True,
}


def one_cell(source, shows=True):
    picture = nbformat.v4.new_output("display_data", {"image/png": "", "text/plain": "words"})
    cell = nbformat.v4.new_code_cell(source, outputs=[picture] * shows)
    return nbformat.v4.new_notebook(cells=[cell])


@pytest.mark.parametrize(("source", "good"), REVEALS.items())
def test_an_answer_that_is_written_down_is_found(source, good):
    assert bool(list(written_down(one_cell(source)))) is not good


@pytest.mark.parametrize(("source", "good"), DRAWN.items())
def test_a_picture_that_is_not_seen_is_found(source, good):
    assert bool(list(unseen(one_cell(source)))) is not good
    if source == PICTURE:
        assert list(unseen(one_cell(source, shows=False)))
