"""Build the site: the stored lessons as pages whose widgets are alive without a kernel.

`python -m scripts.website.pages TARGET` (default: build/site); serve the folder, and open index.html.

Sphinx and MyST make the pages. Written here is what they have no means for: a widget becomes its
state and a place where site/live/live.js puts it, instead of an ipywidgets manager with its megabytes
of script. All pictures become files, those too that a notebook keeps for the places of a panel's controls.
What becomes of code and of answers is in cells.py.
"""

import argparse
import base64
import html
import io
import json
import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import yaml
from jinja2 import StrictUndefined, Template
from PIL import Image

from lstm_lessons import GateConsole, Progress
from lstm_lessons.course import LESSONS
from lstm_lessons.widgets.progress import course
from scripts.jupyter import NOTEBOOKS, ROOT, STATE, VIEW
from scripts.stamp import address, minutes, places
from scripts.stamp import lite as run_here
from scripts.website import cells, images, lite

DOCS = [
    ROOT / "docs" / f"{name}.md"
    for name in ("QUESTIONS", "CLAIMS", "GLOSSARY", "METHOD", "MEASURED")
]
PHONE = "(max-width: 700px)"  # on which pictures have their narrow editions


def citation() -> dict[str, str]:
    """What CITATION.cff says of the course, for the foot of each page."""
    said = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    day = date.fromisoformat(str(said["date-released"]))
    author = " and ".join(author["name"] for author in said["authors"])
    dates = {"date": day.isoformat(), "released": f"{day.day} {day:%B %Y}"}
    return {"project": said["title"], "author": author, "version": str(said["version"])} | dates


class Pages:
    """A folder of pages and of the pictures in them."""

    def __init__(self, folder: Path):
        self.folder, self.pictures = folder, folder / "_static" / "pictures"
        self.pictures.mkdir(parents=True)
        images.card().save(folder / "_static" / "card.png")
        images.icon().save(folder / "_static" / "apple-touch-icon.png")

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
            "console": place(console.get_state(), "front", first),
            "puzzle": place(GateConsole("lstm", goal="your own").get_state(), "puzzle", first),
            "lite": run_here(first),
            "progress": place(Progress().get_state(), "progress", first),
            "lessons": [lesson.notebook for lesson in LESSONS],
            "docs": [path.stem for path in DOCS],
            "repository": repository(),
        } | citation()
        for path in (ROOT / "site").glob("*.md"):
            template = Template(path.read_text(encoding="utf-8"), undefined=StrictUndefined)
            (self.folder / path.name).write_text(template.render(parts) + "\n", encoding="utf-8")
        for path in DOCS:
            text = cells.with_korean(path.read_text(encoding="utf-8"))
            (self.folder / path.name).write_text(text, encoding="utf-8")

    def lesson(self, path: Path) -> None:
        """Write a lesson's page."""
        notebook = nbformat.read(path, as_version=4)
        widgets = notebook.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
        opening = links(path.stem, minutes(notebook))
        notebook.cells = [
            c for c in notebook.cells if "bootstrap" not in c.metadata.get("tags", [])
        ]
        for cell in notebook.cells:
            if "links" in cell.metadata.get("tags", []):
                cell.source = opening
            elif cell.cell_type == "markdown":
                source = cell.source.replace("](../docs/", "](")  # they lie beside the lessons here
                cell.source = cells.with_korean(cells.with_buttons(source, cell.id))
            if cell.cell_type != "code":
                continue
            cells.fold(cell, answer_there(path.stem))
            for k, output in enumerate(cell.outputs):
                name, data = f"{path.stem}-{cell.id}-{k}", output.get("data", {})
                if VIEW in data:
                    state = widgets[data[VIEW]["model_id"]]["state"]
                    made = self.widget(state, name, cell.id, path.stem)
                elif "image/png" in data:
                    made = self.image(name, data["image/png"], output.metadata["image/png"])
                else:
                    continue
                cell.outputs[k] = cells.as_html(made)
        nbformat.write(notebook, self.folder / path.name)

    def image(self, name: str, png: str, shown: dict) -> str:
        """A picture from a notebook, and its narrow edition where it has one."""
        size = f'width="{shown["width"]}" height="{shown["height"]}"'
        wide = self.picture(name, base64.b64decode(png))
        alt = html.escape(shown["alt"])
        made = f'<img class="picture" src="{wide}" alt="{alt}" loading="lazy" {size}>'
        if "narrow" not in shown:
            return made
        narrow = self.picture(f"{name}-narrow", base64.b64decode(shown["narrow"]))
        width, height = shown["narrow_size"]
        source = f'<source media="{PHONE}" srcset="{narrow}" width="{width}" height="{height}">'
        return f"<picture>{source}{made}</picture>"

    def widget(self, state: dict, name: str, cell: str, lesson: str) -> str:
        """A cell's widget; the pictures that it holds in its state become files."""
        for k, piece in enumerate(state.get("evidence", [])):
            for kind in piece.keys() & {"src", "narrow"}:
                png = base64.b64decode(piece[kind].rpartition(",")[2])  # a data URL, or its end
                piece[kind] = self.picture(f"{name}-evidence-{k}-{kind}", png)
        frames = state.get("frames", {})  # a panel's, webp already
        for kind in frames.keys() & {"wide", "narrow"}:
            sources = frames[kind]["pictures"]
            for k, source in enumerate(sources):
                file = self.pictures / f"{name}-{kind}-{k:02}.webp"
                file.write_bytes(base64.b64decode(source.partition(",")[2]))
                sources[k] = f"_static/pictures/{file.name}"
        return place(state, cell, lesson)


def place(state: dict, name: str, lesson: str) -> str:
    """Where live.js puts a widget, with its state beside it; links to its page know it by its name."""
    kind = state["_anywidget_id"].rpartition(".")[2]  # the name of its class
    state = {name: value for name, value in state.items() if not name.startswith("_")}
    if kind == "Progress":  # a kernel would tell it
        state["course"] = course()
    text = json.dumps(state | {"live": run_here(lesson)}).replace("</", "<\\/")
    return (
        f'<div class="live" data-kind="{kind}" data-place="{name}">'
        f'<script type="application/json">{text}</script>'
        "<noscript>With JavaScript on, there is something to try here.</noscript></div>"
    )


def repository() -> str:
    """The repository's address; empty while the project has none."""
    slug = address()
    return places(slug, LESSONS[0].notebook)["repository"] if slug else ""


def facts() -> list[str]:
    """What the head and the foot of each page say, as options for Sphinx."""
    said, slug = citation(), address()
    site = places(slug, LESSONS[0].notebook)["site"] if slug else ""
    settings = {name: said[name] for name in ("project", "author", "version")}
    settings |= {"html_baseurl": site}
    shown = {"author": said["author"], "released": said["released"], "repository": repository()}
    options = [["-D", f"{name}={value}"] for name, value in settings.items()]
    options += [["-A", f"{name}={value}"] for name, value in shown.items()]
    return sum(options, [])


def links(lesson: str, length: int) -> str:
    """Where to run a lesson, as the line of buttons under its title, and how long it takes."""
    to = places(slug, lesson) if (slug := address()) else {}
    buttons = [
        ("run", run_here(lesson), "Run this lesson in your browser"),
        ("", to.get("colab"), "Open in Colab"),
        ("", to.get("binder"), "Open on Binder"),
        ("", f"lite/files/{lesson}.ipynb", "Download the notebook"),
    ]
    made = "".join(
        f'<a class="{kind}" href="{url}">{text}</a>' for kind, url, text in buttons if url
    )
    long = f"<span>About {length} minutes, exercises included</span>"
    return f'<p class="openers" data-lesson="{lesson}">{made}{long}</p>'


def answer_there(lesson: str) -> str:
    """In place of what a check says of an exercise that waits: where it can be answered."""
    where = f'<a class="answer" href="{run_here(lesson)}">Answer it in your browser</a>'
    return f'<p class="openers">{where}<span>It is checked when you run its cell.</span></p>'


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
        lite.run("sphinx", *quiet, *facts(), "-c", ROOT / "site", source, target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", type=Path, default=ROOT / "build" / "site")
    parser.add_argument(
        "--pyodide", metavar="WHERE", help="put Python into the site, from 'cdn' or a folder"
    )
    options = parser.parse_args()
    target = options.target
    print("The pages", flush=True)
    build(target)
    print("The part in which the lessons run", flush=True)
    lite.build(target / "lite", options.pyodide)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(
        f"{target}: {size / 1e6:.0f} MB; serve this folder, for example with python -m http.server -d {target}"
    )


if __name__ == "__main__":
    main()
