"""Build the site: the stored lessons as pages whose widgets are alive without a kernel.

`python -m scripts.site TARGET` (default: build/site); serve the folder, and open index.html there.

A gate console or a guess becomes its state and a place where site/live.js puts it. A panel needs
Python for its pictures, so they are drawn here, one for each place of its main slider; what its
other controls do, the page leaves to a link. All other pictures become files.
"""

import argparse
import base64
import contextlib
import html
import io
import json
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from nbformat import NotebookNode
from PIL import Image

from lstm_lessons import GateConsole, Panel, Progress
from scripts import lite
from scripts.lite import run
from scripts.stamp import ROOT, address, places

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
FRAMES = 32  # at most, for a panel
KINDS = {"guess": "question", "progress": "course", "console": "presets"}  # and what tells them

TABLES = [ROOT / "docs" / f"{name}.md" for name in ("QUESTIONS", "CLAIMS", "GLOSSARY")]


class Pages:
    """A folder of pages and of the pictures in them."""

    def __init__(self, folder: Path):
        self.folder, self.pictures = folder, folder / "_static" / "pictures"
        self.pictures.mkdir(parents=True)

    def picture(self, name: str, png: bytes) -> str:
        """Store a picture, without loss; its address."""
        Image.open(io.BytesIO(png)).convert("RGB").save(
            self.pictures / f"{name}.webp", lossless=True, quality=80, method=4
        )
        return f"_static/pictures/{name}.webp"

    def front(self, lessons: list[str]) -> None:
        """Write the front page, from site/index.md and the README."""
        console = GateConsole("lstm")
        console.step = 7  # of which the page speaks
        text = (ROOT / "site" / "index.md").read_text(encoding="utf-8")
        parts = {
            "console": place("console", console.get_state(), lessons[0]),
            "lite": run_here(lessons[0]),
            "lessons": section("The lessons"),
            "able": section("What you will be able to explain"),
            "progress": place("progress", Progress().get_state(), lessons[0]),
            "toctree": "\n".join(lessons),
            "tables": "\n".join(path.stem for path in TABLES),
        }
        for name, part in parts.items():
            text = text.replace(f"[[{name}]]", part)
        (self.folder / "index.md").write_text(text, encoding="utf-8")

    def table(self, path: Path) -> None:
        """Write one of the pages that lead to places in the lessons."""
        text = path.read_text(encoding="utf-8")
        link = re.compile(r"\]\(\.\./notebooks/(\w+\.ipynb)#([^)]+)\)")  # as JupyterLab has them
        text = link.sub(lambda to: f"]({to[1]}#{slug(to[2])})", text)
        (self.folder / path.name).write_text(text, encoding="utf-8")

    def lesson(self, path: Path) -> None:
        """Write a lesson's page."""
        notebook = nbformat.read(path, as_version=4)
        widgets = notebook.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
        panels = iter(run_panels(notebook, widgets))
        shown = []
        for cell in notebook.cells:
            tags = cell.metadata.get("tags", [])
            if "bootstrap" in tags:
                continue
            if "links" in tags:
                cell.source = links(path.stem)
            shown.append(cell)
            if cell.cell_type == "markdown":
                cell.source = cell.source.replace(*exercises(path.stem))
            if cell.cell_type != "code":
                continue
            for k, output in enumerate(cell.outputs):
                name, data = f"{cell.id}-{k}", output.get("data", {})
                if VIEW in data:
                    state = widgets[data[VIEW]["model_id"]]
                    if state["model_name"] == "AnyModel":
                        kind = next(k for k, v in KINDS.items() if v in state["state"])
                        made = place(kind, state["state"], path.stem)
                    else:
                        made = self.panel(next(panels), name, path.stem)
                elif "image/png" in data:
                    file = self.picture(name, base64.b64decode(data["image/png"]))
                    made = image(file, output.metadata["image/png"])
                else:
                    continue
                output.data, output.metadata = NotebookNode({"text/html": made}), NotebookNode()
        notebook.cells = shown
        nbformat.write(notebook, self.folder / path.name)

    def panel(self, panel: Panel, name: str, lesson: str) -> str:
        """A panel as its pictures over the first of its sliders."""
        key, main = next((k, c) for k, c in panel.controls.items() if hasattr(c, "max"))
        start, frames = main.value, []
        count = round((main.max - main.min) / main.step) + 1
        stride = -(-count // FRAMES)
        first = round((start - main.min) / main.step) % stride
        values = main.min + main.step * np.arange(first, count, stride)
        for k, value in enumerate(values.tolist()):
            main.value = value
            file = self.picture(f"{name}-{k:02}", panel.view.value)
            frames.append([f"{main.value:{main.readout_format}}", file, panel.figure.alt])
        main.value = start
        others = [f"{c.description} = {c.value}" for k, c in panel.controls.items() if k != key]
        state = dict(letter=main.description, frames=frames, others=others)
        state["start"] = int(np.argmin(np.abs(values - start)))
        state["size"] = panel.figure.size
        return place("panel", state, lesson)


class Shell(InteractiveShell):
    def init_virtualenv(self):
        """Not another environment's packages, though one may be active: this Python's own."""


def run_panels(notebook: NotebookNode, widgets: dict) -> list[Panel]:
    """The lesson's panels: made by its own cells, which are run as far as the last one."""

    def shows_panel(cell):
        views = [o.data[VIEW] for o in cell.get("outputs", []) if VIEW in o.get("data", {})]
        return any(widgets[view["model_id"]]["model_name"] != "AnyModel" for view in views)

    last = max((k for k, cell in enumerate(notebook.cells) if shows_panel(cell)), default=-1)
    shell, panels = Shell(), []
    for cell in notebook.cells[: last + 1]:
        if cell.cell_type != "code":
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            result = shell.run_cell(cell.source)
        if not result.success:
            sys.exit(f"{cell.id} failed:\n{printed.getvalue()}")
        if shows_panel(cell):
            panels.append(result.result)
    return panels


def place(kind: str, state: dict, lesson: str) -> str:
    """Where live.js puts a widget, with its state beside it."""
    state = {name: value for name, value in state.items() if not name.startswith("_")}
    text = json.dumps(state | {"live": run_here(lesson)}).replace("</", "<\\/")
    return (
        f'<div class="live live-{kind}" data-kind="{kind}">'
        f'<script type="application/json">{text}</script>'
        "<noscript>With JavaScript on, there is something to drag here.</noscript></div>"
    )


def image(file: str, shown: dict) -> str:
    return (
        f'<img class="picture" src="{file}" alt="{html.escape(shown["alt"])}" loading="lazy"'
        f' width="{shown["width"]}" height="{shown["height"]}">'
    )


def run_here(lesson: str) -> str:
    """Where a lesson runs, as a page of the site refers to it."""
    to = places(address(), lesson)
    return to["lite"].removeprefix(to["site"])


def links(lesson: str) -> str:
    """Where to run a lesson, as the line of buttons under its title."""
    to = places(address(), lesson)
    buttons = [
        ("run", run_here(lesson), "Run this lesson in your browser"),
        ("", to["colab"], "Open in Colab"),
        ("", to["binder"], "Open on Binder"),
        ("", f"lite/files/{lesson}.ipynb", "Download the notebook"),
    ]
    made = "".join(f'<a class="open {kind}" href="{url}">{text}</a>' for kind, url, text in buttons)
    return f'<p class="openers">{made}</p>'


def exercises(lesson: str) -> tuple[str, str]:
    """The heading of a lesson's exercises, and the same with a word on where they answer."""
    here = f'<a href="{run_here(lesson)}">run the lesson in your browser</a>'
    return "## Exercises\n", f"## Exercises\n\nTo have your answers checked, {here}.\n"


def slug(anchor: str) -> str:
    """A heading's anchor in JupyterLab as the anchor that MyST gives it."""
    return re.sub(r"[^\w-]", "", anchor.lower())


def section(title: str) -> str:
    """A section of the README, with its links to lessons turned into links to pages."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## )", readme, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit(f"README.md has no section {title!r}, which the front page shows.")
    return re.sub(r"\]\((notebooks|docs)/", "](", found[0])


def build(target: Path) -> None:
    """Build the site, but for the part in which the lessons run."""
    # The folder is removed first, so it had better be the site's.
    if target.exists() and any(target.iterdir()) and not (target / "searchindex.js").exists():
        sys.exit(f"{target} holds something else than the site: name another folder.")
    shutil.rmtree(target, ignore_errors=True)
    with TemporaryDirectory() as folder:
        pages = Pages(Path(folder))
        lessons = sorted((ROOT / "notebooks").glob("*.ipynb"))
        for path in lessons:
            pages.lesson(path)
        for path in TABLES:
            pages.table(path)
        pages.front([path.stem for path in lessons])
        run(
            "sphinx",
            "-W",
            "--keep-going",
            "-q",
            "-d",
            f"{folder}/.cache",
            "-c",
            ROOT / "site",
            folder,
            target,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", type=Path, default=ROOT / "build" / "site")
    target = parser.parse_args().target
    print("The pages, with a picture for each place of each slider (a minute)", flush=True)
    build(target)
    print("The part in which the lessons run", flush=True)
    lite.build(target / "lite")
    print(f"{target}: serve this folder, for example with python -m http.server -d {target}")


if __name__ == "__main__":
    main()
