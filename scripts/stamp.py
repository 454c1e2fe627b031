"""Write the repository's address, which stands in pyproject.toml alone, wherever else it shows.

That is in the README, and in each lesson the links to open it elsewhere and the cell that fetches
the package there. `--check` writes nothing and fails if a file is stale.
"""

import argparse
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
FIRST = "01_sequences"

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


def address() -> str:
    """OWNER/NAME."""
    # A regex, because Python 3.10 has no tomllib.
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
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
    }


def blocks(slug: str) -> dict[str, str]:
    """What stands between `<!-- address: NAME -->` and `<!-- /address -->`, by name."""
    to = places(slug, FIRST)
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
    pull = f"/hub/user-redirect/git-pull?repo={to['repository']}&urlpath=lab/tree/{slug.split('/')[1]}/notebooks/{FIRST}.ipynb"
    texts = {"badges": "\n".join(badges), "site": site, "clone": "\n".join(clone)}
    return texts | {"hub": f"```\nhttps://YOUR.HUB{pull}\n```"}


def stamped(text: str) -> str:
    """The README with its blocks written anew."""
    for name, block in blocks(address()).items():
        opening, closing = f"<!-- address: {name} -->", "<!-- /address -->"
        pattern = re.escape(opening) + r"\n(?:(?!<!-- ).*\n)*" + re.escape(closing)
        new = f"{opening}\n{block}\n{closing}"
        text, count = re.subn(pattern, lambda _, new=new: new, text)
        if count != 1:
            sys.exit(
                f"README.md must have the lines {opening} … {closing} once, not {count} times."
            )
    return text


def stamped_lesson(text: str, path: Path) -> str:
    """A notebook with its two stamped cells, which its tags name, written anew."""
    notebook = nbformat.reads(text, as_version=4)
    to = places(address(), path.stem)
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say which files are stale")
    check = parser.parse_args().check
    readme = ROOT / "README.md"
    if not readme.exists():
        sys.exit("README.md is missing.")
    stale = []
    for path in [readme, *sorted((ROOT / "notebooks").glob("*.ipynb"))]:
        old = path.read_text(encoding="utf-8")
        new = stamped(old) if path == readme else stamped_lesson(old, path)
        if new != old:
            stale.append(path.name)
            if not check:
                path.write_text(new, encoding="utf-8")
    if stale and check:
        names = ", ".join(stale)
        sys.exit(f"Another address than pyproject.toml's: {names}. Run python scripts/stamp.py.")
    if stale:
        print(f"Written: {', '.join(stale)}.")


if __name__ == "__main__":
    main()
