"""Write what stands in one place wherever else it shows: the repository's address and the lessons.

The address stands in pyproject.toml, once the project has one: `python -m scripts.stamp --address
OWNER/NAME` writes it there, and wherever it shows: in the README, in CITATION.cff, in each lesson's
links, and in the cell that fetches the package. While there is none, nothing shows that would lead
nowhere; an empty address takes it away again. The list of lessons stands in lstm_lessons.course: it
is a table in the README, and the way on at each lesson's end. `--check` writes nothing and fails if a
file is stale. Hand-written, because a notebook has no templates, and Colab, Binder and the README's
readers see the files as they are stored.
"""

import argparse
import re
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from lstm_lessons.course import LESSONS, Lesson

ROOT = Path(__file__).resolve().parent.parent

# In JupyterLite %pip looks into the site that the notebook was served by. An exit shows its sentence
# without a traceback, and no cell after it runs.
BOOTSTRAP = """\
# Fetches the package, where it is missing and can be had.
import sys
from importlib.util import find_spec

if find_spec("lstm_lessons") is None and sys.platform == "emscripten":
    print("Fetching numpy, matplotlib and the lessons. The first time this takes a minute.")
    %pip install -q lstm-lessons
elif find_spec("lstm_lessons") is None:
    sys.exit("The package is missing here. Open this notebook with `make lab`, in its folder.")"""
# Colab has all that the package needs, in versions that its own front end relies on: --no-deps. Its
# links lead to the main branch, and so does this: a notebook cannot name the commit it will be part of.
BOOTSTRAP_FROM = """\
# Fetches the package, where it is missing and can be had.
import sys
from importlib.util import find_spec

source = "git+https://github.com/SLUG@main"
if find_spec("lstm_lessons") is None and sys.platform == "emscripten":
    print("Fetching numpy, matplotlib and the lessons. The first time this takes a minute.")
    %pip install -q lstm-lessons
elif find_spec("lstm_lessons") is None and "google.colab" in sys.modules:
    %pip install -q --no-deps {source}
elif find_spec("lstm_lessons") is None:
    sys.exit(f"The package is missing here. To get it: %pip install {source}")"""

RUN = (
    "**Shift+Enter** runs a cell and goes on to the next;"
    " *Run all cells* works as well, and spoils nothing."
)
END = (
    "This was the last lesson. What to do now: look up [questions that people"
    " ask](../docs/QUESTIONS.md), put the next claim that you read to the test"
    " [as these were](../docs/CLAIMS.md), or change one thing in a cell, guess what will come of it, and"
    " run it."
)

ADDRESS = re.compile(r'^Repository = "https://github\.com/([^/"]+/[^/"]+)"$', re.MULTILINE)
URLS = """\
[project.urls]
# The only place where the address stands; `python -m scripts.stamp` writes it wherever else it shows.
Repository = "https://github.com/{}"

"""
BEFORE = "[tool.setuptools.package-data]\n"  # the table before which the address stands


def address(root: Path = ROOT) -> str | None:
    """OWNER/NAME of the project in a folder; None while it has no public address."""
    # A regex, because Python 3.10 has no tomllib.
    found = ADDRESS.search((root / "pyproject.toml").read_text(encoding="utf-8"))
    return found[1] if found else None


def set_address(slug: str, root: Path = ROOT) -> None:
    """Write OWNER/NAME into the pyproject.toml of a folder, or nothing in its place."""
    if slug and not re.fullmatch(r"[A-Za-z0-9-]+/[\w.-]+", slug):
        sys.exit(f"--address: got {slug!r}, expected OWNER/NAME, or nothing to take it away.")
    path = root / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    if old := address(root):
        text = text.replace(URLS.format(old), "")
    if ADDRESS.search(text) or text.count(BEFORE) != 1:
        sys.exit("pyproject.toml: the lines of [project.urls] are not as this script writes them.")
    text = text.replace(BEFORE, (URLS.format(slug) if slug else "") + BEFORE)
    path.write_text(text, encoding="utf-8")


def places(slug: str, lesson: str) -> dict[str, str]:
    """Where a lesson can be opened, by name, and the site itself."""
    owner, name = slug.split("/")
    site, path = f"https://{owner.lower()}.github.io/{name}/", f"notebooks/{lesson}.ipynb"
    return {
        "repository": f"https://github.com/{slug}",
        "site": site,
        "page": f"{site}{lesson}.html",
        "lite": f"{site}{lite(lesson)}",
        "colab": f"https://colab.research.google.com/github/{slug}/blob/main/{path}",
        "binder": f"https://mybinder.org/v2/gh/{slug}/HEAD?urlpath=lab/tree/{path}",
        "hub": "https://YOUR.HUB/hub/user-redirect/git-pull"
        f"?repo=https://github.com/{slug}&urlpath=lab/tree/{name}/{path}",
    }


def lite(lesson: str) -> str:
    """Where a lesson runs in the browser alone, seen from the site's front page."""
    return f"lite/notebooks/index.html?path={lesson}.ipynb"


def blocks(slug: str | None) -> dict[str, str]:
    """What stands between `<!-- address: NAME -->` and `<!-- /address -->`, by name."""
    if slug is None:
        return {
            "badges": "",
            "site": "The lessons are also a site, which `make site` builds: you read them with the"
            " console live on the page, or run them in your browser with nothing installed.",
            "clone": "Get this folder, as a clone or as an archive that you unpack, and open a"
            " terminal in it.",
            "hub": "The link names the repository that the copies come from: put this one where"
            " your hub can reach it.",
        }
    to = places(slug, LESSONS[0].notebook)
    workflow = f"{to['repository']}/actions/workflows/tests.yml"
    colab = "https://colab.research.google.com/assets/colab-badge.svg"
    badges = [
        f"[![Open in Binder](https://mybinder.org/badge_launch.svg)]({to['binder']})",
        f"[![Open in Colab]({colab})]({to['colab']})",
        f"[![Tests]({workflow}/badge.svg)]({workflow})",
    ]
    site = (
        f"**[Read the lessons]({to['site']})** with the console live on the page, or"
        f" **[run them in your browser]({to['lite']})**: nothing to install, no account."
    )
    clone = ["```sh", f"git clone {to['repository']}", f"cd {slug.split('/')[1]}", "```"]
    texts = {"badges": "\n".join(badges), "site": site, "clone": "\n".join(clone)}
    return texts | {"hub": f"```\n{to['hub']}\n```"}


def table(lessons: Iterable[Lesson]) -> str:
    """The lessons as a table in Markdown, with links from the project's folder."""
    rows = ["| | question | you drag |", "| --- | --- | --- |"]
    for lesson in lessons:
        link = f"[{lesson.number} · {lesson.title}](notebooks/{lesson.notebook}.ipynb)"
        rows.append(f"| {link} | {lesson.question} | {lesson.drag} |")
    return "\n".join(rows)


def between(text: str, opening: str, closing: str, block: str) -> str:
    """A text with what stands between two lines written anew."""
    pattern = re.escape(opening) + r"\n(?:(?!<!-- ).*\n)*" + re.escape(closing)
    text, count = re.subn(pattern, lambda _: f"{opening}\n{block}\n{closing}", text)
    if count != 1:
        sys.exit(f"README.md must have the lines {opening} … {closing} once, not {count} times.")
    return text


def stamped_readme(text: str, slug: str | None) -> str:
    """The README with its blocks and its table written anew."""
    for name, block in blocks(slug).items():
        text = between(text, f"<!-- address: {name} -->", "<!-- /address -->", block)
    return between(text, "<!-- lessons -->", "<!-- /lessons -->", table(LESSONS))


def stamped_citation(text: str, slug: str | None) -> str:
    """CITATION.cff with the line that says where the code is, or without it."""
    text = re.sub(r"^repository-code: .*\n", "", text, flags=re.MULTILINE)
    return text + (f"repository-code: https://github.com/{slug}\n" if slug else "")


def minutes(notebook: NotebookNode) -> int:
    """About how long a lesson takes, exercises included, to the nearest 5 minutes.

    Counted, not measured: 200 words a minute (prose to be followed takes longer than prose to be read,
    of which people do 240; a table is looked up in, and does not count), 12 lines of code, 2 minutes for
    each thing to guess or drag, and 5 for each exercise.
    """
    total = 0.0
    for cell in notebook.cells:
        tags = {*cell.metadata.get("tags", [])}
        if cell.cell_type == "markdown" and not tags & {"links", "next"}:
            prose = [line for line in cell.source.splitlines() if not line.startswith("|")]
            total += sum(len(line.split()) for line in prose) / 200
        elif cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden"):
            total += len(cell.source.splitlines()) / 12
            total += 2 * bool(re.search(r"\b(?:Guess|\w+Console|Panel|\w+Lens)\(", cell.source))
            total += 5 * bool(re.search(r"\.check\(|\bcheck_goal\(", cell.source))
    return 5 * round(total / 5)


def opening(notebook: NotebookNode) -> str:
    """What a lesson says of itself wherever it is opened."""
    return f"About {minutes(notebook)} minutes, exercises included. {RUN}"


def way_on(lesson: Lesson) -> str:
    """What stands at a lesson's end."""
    if lesson == LESSONS[-1]:
        return END
    to = LESSONS[lesson.number]
    return f"Next: [{to.number} · {to.title}]({to.notebook}.ipynb). {to.question}"


def bootstrap(slug: str | None) -> str:
    """The cell that fetches the package."""
    return BOOTSTRAP_FROM.replace("SLUG", slug) if slug else BOOTSTRAP


def stamped_lesson(text: str, lesson: Lesson, slug: str | None) -> str:
    """A notebook with its three stamped cells, which its tags name, written anew."""
    notebook = nbformat.reads(text, as_version=4)
    sources = {
        "links": opening(notebook),
        "bootstrap": bootstrap(slug),
        "next": way_on(lesson),
    }
    if slug is not None:
        to = places(slug, lesson.notebook)
        sources["links"] += (
            f"\n\nOpen this lesson [in your browser alone]({to['lite']}), [in Colab]({to['colab']})"
            f" or [on Binder]({to['binder']}), or [read it as a page]({to['page']})."
        )
    for tag, source in sources.items():
        cells = [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]
        if len(cells) != 1:
            sys.exit(f"{lesson.notebook} must have one cell tagged {tag}, not {len(cells)}.")
        cells[0].source = source
    return nbformat.writes(notebook) + "\n"


def stamp(root: Path, check: bool) -> list[str]:
    """Write anew the files that are stale, or with ``check`` none; their names."""
    slug = address(root)
    stamped = {
        root / "README.md": partial(stamped_readme, slug=slug),
        root / "CITATION.cff": partial(stamped_citation, slug=slug),
    }
    for lesson in LESSONS:
        path = root / "notebooks" / f"{lesson.notebook}.ipynb"
        stamped[path] = partial(stamped_lesson, lesson=lesson, slug=slug)
    stale = []
    for path, anew in stamped.items():
        old = path.read_text(encoding="utf-8")
        if (new := anew(old)) != old:
            stale.append(path.name)
            if not check:
                path.write_text(new, encoding="utf-8")
    return stale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--check", action="store_true", help="only say which files are stale")
    given.add_argument("--address", metavar="OWNER/NAME", help="set the repository's address first")
    options = parser.parse_args()
    if options.address is not None:
        set_address(options.address)
    stale = ", ".join(stamp(ROOT, options.check))
    if stale and options.check:
        sys.exit(f"Stale: {stale}. Run python -m scripts.stamp.")
    if stale:
        print(f"Written: {stale}.")


if __name__ == "__main__":
    main()
