"""Put Pyodide into the site: Python for the browser, and of its packages those that the lessons need.

`make site PYODIDE=cdn` takes them from where a reader's browser would, and then no reader needs any
server but the site's; `PYODIDE=FOLDER` takes them from a folder with Pyodide's files. JupyterLite can
do this as well, but would take the whole distribution, more than ten times as much.
"""

import json
import re
import sys
import urllib.request
from hashlib import sha256
from pathlib import Path

from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_LOCK, PYODIDE_MJS

# What the kernel asks for when it starts, and what the lessons' own requirements lead to.
WANTED = ["micropip", "ipython", "jedi", "matplotlib", "numpy", "tqdm", "typing-extensions"]
RUNTIME = [PYODIDE_MJS, "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", PYODIDE_LOCK]


def needed(packages: dict) -> list[str]:
    """WANTED and all that they depend on, of the packages in Pyodide's lock."""
    found, queue = [], list(WANTED)
    while queue:
        name = re.sub("[-_.]+", "-", queue.pop()).lower()
        if name not in found:
            found.append(name)
            queue += packages[name]["depends"]
    return found


def put(where: str, folder: Path) -> None:
    """Fill a folder with what the lessons need of the Pyodide that ``where`` has: "cdn", or a path."""
    folder.mkdir(parents=True)
    for name in RUNTIME:
        (folder / name).write_bytes(read(where, name))
    packages = json.loads((folder / PYODIDE_LOCK).read_text(encoding="utf-8"))["packages"]
    for package in map(packages.get, needed(packages)):
        content = read(where, package["file_name"])
        if sha256(content).hexdigest() != package["sha256"]:
            sys.exit(f"{where}: {package['file_name']} is not the file that Pyodide's lock means.")
        (folder / package["file_name"]).write_bytes(content)


def read(where: str, name: str) -> bytes:
    try:
        if where != "cdn":
            return Path(where, name).read_bytes()
        with urllib.request.urlopen(f"{PYODIDE_CDN_URL}/{name}", timeout=60) as answer:
            return answer.read()
    except OSError as error:
        sys.exit(f"Pyodide's {name} cannot be had from {where}: {error}")
