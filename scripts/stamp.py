"""Write the repository's address, which stands in pyproject.toml alone, wherever else it shows.

`--check` writes nothing and fails if a file is stale.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LESSON = "notebooks/01_sequences.ipynb"  # where the badges lead


def address() -> str:
    # A regex, because Python 3.10 has no tomllib.
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^Repository = "https://github\.com/([^/"]+/[^/"]+)"$', text, re.MULTILINE)
    if not found:
        sys.exit('pyproject.toml has no line Repository = "https://github.com/OWNER/NAME".')
    return found[1]


def blocks(slug: str) -> dict[str, str]:
    """What stands between `<!-- address: NAME -->` and `<!-- /address -->`, by name."""
    url = f"https://github.com/{slug}"
    workflow = f"{url}/actions/workflows/tests.yml"
    binder = f"https://mybinder.org/v2/gh/{slug}/HEAD?urlpath=lab/tree/{LESSON}"
    badges = [
        f"[![Open in Binder](https://mybinder.org/badge_launch.svg)]({binder})",
        f"[![Tests]({workflow}/badge.svg)]({workflow})",
    ]
    clone = ["```sh", f"git clone {url}", f"cd {slug.split('/')[1]}", "```"]
    return {"badges": "\n".join(badges), "clone": "\n".join(clone)}


def stamped(text: str, file: str) -> str:
    for name, block in blocks(address()).items():
        opening, closing = f"<!-- address: {name} -->", "<!-- /address -->"
        pattern = re.escape(opening) + r"\n(?:(?!<!-- ).*\n)*" + re.escape(closing)
        new = f"{opening}\n{block}\n{closing}"
        text, count = re.subn(pattern, lambda _, new=new: new, text)
        if count != 1:
            sys.exit(f"{file} must have the lines {opening} … {closing} once, not {count} times.")
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say whether a file is stale")
    check = parser.parse_args().check
    readme = ROOT / "README.md"
    if not readme.exists():
        sys.exit("README.md is missing.")
    old = readme.read_text(encoding="utf-8")
    new = stamped(old, readme.name)
    if new == old:
        return
    if check:
        sys.exit(
            "README.md shows another address than pyproject.toml: run python scripts/stamp.py."
        )
    readme.write_text(new, encoding="utf-8")
    print("README.md written.")


if __name__ == "__main__":
    main()
