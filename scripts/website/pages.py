"""Build the site: the stored lessons as pages whose widgets are alive without a kernel.

`python -m scripts.website.pages TARGET` (default: build/site); serve the folder, and open index.html.

Sphinx and MyST make the pages. Written here is what they have no means for: a widget becomes its
state and a place where site/live/live.js puts it, instead of an ipywidgets manager with its megabytes
of script. A panel needs Python for its pictures, so they are drawn here, one for each place of its
main slider; what its other controls do, the page leaves to a link. All other pictures become files.
"""

import argparse
import base64
import contextlib
import html
import io
import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from jinja2 import StrictUndefined, Template
from nbformat import NotebookNode
from PIL import Image

from lstm_lessons import GateConsole, Panel, Progress
from lstm_lessons.course import LESSONS
from lstm_lessons.widgets.progress import course
from scripts.jupyter import NOTEBOOKS, ROOT, STATE, VIEW
from scripts.stamp import address, places
from scripts.website import lite

FRAMES = 32  # at most, for a panel
DOCS = [ROOT / "docs" / f"{name}.md" for name in ("QUESTIONS", "CLAIMS", "GLOSSARY", "METHOD")]


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

    def others(self) -> None:
        """Write the pages that are no lessons: those of site/, filled in, and the docs as they are."""
        console, first = GateConsole("lstm"), LESSONS[0].notebook
        console.step = 7  # of which the front page speaks
        parts = {
            "console": place(console.get_state(), first),
            "lite": run_here(first),
            "progress": place(Progress().get_state(), first),
            "lessons": [lesson.notebook for lesson in LESSONS],
            "docs": [path.stem for path in DOCS],
        }
        for path in (ROOT / "site").glob("*.md"):
            template = Template(path.read_text(encoding="utf-8"), undefined=StrictUndefined)
            (self.folder / path.name).write_text(template.render(parts) + "\n", encoding="utf-8")
        for path in DOCS:
            shutil.copy(path, self.folder)

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
                name, data = f"{path.stem}-{cell.id}-{k}", output.get("data", {})
                if VIEW in data:
                    state = widgets[data[VIEW]["model_id"]]
                    if state["model_name"] == "AnyModel":
                        made = place(state["state"], path.stem)
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
        state = {"_anywidget_id": "Panel", "letter": main.description, "frames": frames}
        state |= {"others": others, "size": panel.figure.size}
        return place(state | {"start": int(np.argmin(np.abs(values - start)))}, lesson)


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


def place(state: dict, lesson: str) -> str:
    """Where live.js puts a widget, with its state beside it, by which it is known there."""
    kind = state["_anywidget_id"].rpartition(".")[2]  # the name of its class
    state = {name: value for name, value in state.items() if not name.startswith("_")}
    if kind == "Progress":  # a kernel would tell it
        state["course"] = course()
    text = json.dumps(state | {"live": run_here(lesson)}).replace("</", "<\\/")
    return (
        f'<div class="live" data-kind="{kind}">'
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


def build(target: Path) -> None:
    """Build the site, but for the part in which the lessons run."""
    lite.clear(target, "searchindex.js")
    with TemporaryDirectory() as folder:
        # A folder of this name beside the README: links to lessons lead there from wherever they stand.
        source = Path(folder) / NOTEBOOKS.name
        pages = Pages(source)
        for lesson in LESSONS:
            pages.lesson(NOTEBOOKS / f"{lesson.notebook}.ipynb")
        pages.others()
        shutil.copy(ROOT / "README.md", folder)  # of which the front page includes parts
        quiet = ["-W", "--keep-going", "-q", "-d", Path(folder) / "cache"]
        lite.run("sphinx", *quiet, "-c", ROOT / "site", source, target)


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
