"""The package's rooms: who may import whom, what of others, and how long a file may be."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "lstm_lessons"

# The rooms of the package, from the ground up, and what each may import of those below it.
ARROWS = {
    "arguments": "",
    "cells": "arguments",
    "gradients": "arguments cells",
    "stack": "arguments cells",
    "train": "arguments cells stack",
    "tasks": "arguments",
    "baselines": "arguments",
    "race": "arguments cells stack train tasks",
    "choices": "arguments cells stack train tasks race",
    "parity": "arguments cells stack train tasks",
    "forecasts": "arguments cells stack train tasks",
    "characters": "arguments cells stack train",
    "weights": "arguments cells",
    "pictures": "arguments cells",
    "course": "arguments cells gradients stack train tasks baselines race choices forecasts weights"
    " pictures",
    "widgets": "arguments cells gradients stack train tasks baselines pictures course",
}

MODULES = {}  # dotted name, "" for the package itself -> file
for _path in PACKAGE.rglob("*.py"):
    _parts = _path.relative_to(PACKAGE).with_suffix("").parts
    MODULES[".".join(part for part in _parts if part != "__init__")] = _path


def imports(module):
    """What a module imports anywhere in it: (modules of the package, dotted names of others).

    What the package itself imports inside a function comes only when it is asked for: left out.
    """
    path = MODULES[module]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree)) if module else tree.body
    here = ["lstm_lessons", *module.split(".")] if module else ["lstm_lessons"]
    here = here if path.stem == "__init__" else here[:-1]
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            start = here[: len(here) + 1 - node.level] if node.level else []
            start = ".".join([*start, *filter(None, [node.module])])
            names |= {f"{start}.{alias.name}" for alias in node.names}
    own = [name.split(".")[1:] for name in names if name.split(".")[0] == "lstm_lessons"]
    # `from .a import b`: a module b in a, or something that is in a.
    own = {".".join(x if ".".join(x) in MODULES else x[:-1]) for x in own}
    return own, {name for name in names if name.split(".")[0] != "lstm_lessons"}


@pytest.mark.parametrize("module", [module for module in MODULES if module])
def test_the_arrows_point_one_way(module):
    room = module.split(".")[0]
    assert {name.split(".")[0] for name in imports(module)[0]} <= {room, *ARROWS[room].split()}


def test_no_modules_import_one_another_in_a_circle():
    order = TopologicalSorter({module: imports(module)[0] - {module} for module in MODULES})
    assert len(list(order.static_order())) == len(MODULES)


def test_widgets_are_known_to_their_room_alone_and_matplotlib_to_what_draws_without_pyplot():
    for module in MODULES:
        room, others = module.split(".")[0], imports(module)[1]
        tops = {name.split(".")[0] for name in others}
        assert room == "widgets" or not tops & {"ipywidgets", "anywidget", "traitlets"}, module
        assert room in ("pictures", "widgets", "course") or "matplotlib" not in tops, module
        assert not any(re.match(r"(matplotlib\.)?(pyplot|pylab)\b", name) for name in others)


@pytest.mark.parametrize(("kind", "most"), [("py", 300), ("js", 400)])
def test_a_file_fits_one_reading(kind, most):
    lines = {path: path.read_text().count("\n") for path in PACKAGE.rglob(f"*.{kind}")}
    assert [f"{path.name}: {count}" for path, count in lines.items() if count > most] == []


def test_importing_the_package_loads_neither_matplotlib_nor_widgets():
    code = "import sys, lstm_lessons; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr
    assert not {"matplotlib", "ipywidgets", "anywidget"} & set(loaded.stdout.split())
