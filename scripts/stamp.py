"""Write what stands in one place wherever else it shows: the repository's address and the lessons.

The address stands in pyproject.toml, and shows in the README and in each lesson's links and the cell
that fetches the package. The list of lessons stands in lstm_lessons.course, and is a table in the
README. `--check` writes nothing and fails if a file is stale. Hand-written, because a notebook has no
templates, and Colab, Binder and the README's readers see the files as they are stored.
"""

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat

from lstm_lessons.course import LESSONS, Lesson

ROOT = Path(__file__).resolve().parent.parent

# Colab has all that the package needs, in versions that its own front end relies on: --no-deps. In
# JupyterLite %pip looks into the site that the notebook was served by.
BOOTSTRAP = """\
# Where the package is missing: Colab takes it from the repository, a browser alone from this site.
import sys
from importlib.util import find_spec

if find_spec("lstm_lessons") is None and "google.colab" in sys.modules:
    %pip install -q --no-deps git+{repository}
elif find_spec("lstm_lessons") is None and sys.platform == "emscripten":
    print("Fetching numpy, matplotlib and the lessons. The first time this takes a minute.")
    %pip install -q lstm-lessons"""


def address(root: Path = ROOT) -> str:
    """OWNER/NAME, of the project in a folder."""
    # A regex, because Python 3.10 has no tomllib.
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^Repository = "https://github\.com/([^/"]+/[^/"]+)"$', text, re.MULTILINE)
    if not found:
        sys.exit('pyproject.toml has no line Repository = "https://github.com/OWNER/NAME".')
    return found[1]


def places(slug: str, lesson: str) -> dict[str, str]:
    """Where a lesson can be opened, by name, and the site itself."""
    owner, name = slug.split("/")
    site, path = f"https://{owner.lower()}.github.io/{name}/", f"notebooks/{lesson}.ipynb"
    return {
        "repository": f"https://github.com/{slug}",
        "site": site,
        "page": f"{site}{lesson}.html",
        "lite": f"{site}lite/notebooks/index.html?path={lesson}.ipynb",
        "colab": f"https://colab.research.google.com/github/{slug}/blob/main/{path}",
        "binder": f"https://mybinder.org/v2/gh/{slug}/HEAD?urlpath=lab/tree/{path}",
        "hub": "https://YOUR.HUB/hub/user-redirect/git-pull"
        f"?repo=https://github.com/{slug}&urlpath=lab/tree/{name}/{path}",
    }


def blocks(slug: str) -> dict[str, str]:
    """What stands between `<!-- address: NAME -->` and `<!-- /address -->`, by name."""
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


def stamped_readme(text: str, slug: str) -> str:
    """The README with its blocks and its table written anew."""
    for name, block in blocks(slug).items():
        text = between(text, f"<!-- address: {name} -->", "<!-- /address -->", block)
    return between(text, "<!-- lessons -->", "<!-- /lessons -->", table(LESSONS))


def stamped_lesson(text: str, path: Path, slug: str) -> str:
    """A notebook with its two stamped cells, which its tags name, written anew."""
    notebook = nbformat.reads(text, as_version=4)
    to = places(slug, path.stem)
    links = (
        f"Open this lesson [in your browser alone]({to['lite']}), [in Colab]({to['colab']})"
        f" or [on Binder]({to['binder']}), or [read it as a page]({to['page']})."
        " Wherever you run it, begin with *Run all cells*."
    )
    sources = {"links": links, "bootstrap": BOOTSTRAP.format(repository=to["repository"])}
    for tag, source in sources.items():
        cells = [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]
        if len(cells) != 1:
            sys.exit(f"{path.name} must have one cell with the tag {tag}, not {len(cells)}.")
        cells[0].source = source
    return nbformat.writes(notebook) + "\n"


def stamp(root: Path, check: bool) -> list[str]:
    """Write anew the files that are stale, or with ``check`` none; their names."""
    stale, slug = [], address(root)
    for path in [root / "README.md", *sorted((root / "notebooks").glob("*.ipynb"))]:
        old = path.read_text(encoding="utf-8")
        new = (
            stamped_lesson(old, path, slug)
            if path.suffix == ".ipynb"
            else stamped_readme(old, slug)
        )
        if new != old:
            stale.append(path.name)
            if not check:
                path.write_text(new, encoding="utf-8")
    return stale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say which files are stale")
    check = parser.parse_args().check
    stale = ", ".join(stamp(ROOT, check))
    if stale and check:
        sys.exit(f"Stale: {stale}. Run python -m scripts.stamp.")
    if stale:
        print(f"Written: {stale}.")


if __name__ == "__main__":
    main()
