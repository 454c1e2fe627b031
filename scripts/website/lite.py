"""Build the lessons as a JupyterLite site, where they run in the reader's browser alone.

Python itself, numpy and matplotlib come from Pyodide's CDN when a reader opens a lesson, or from the
site, if they are put there (pyodide.py); whatever Pyodide lacks is in the site. JupyterLite's own
builder does it. Here are its settings, and the choice of wheels, which it leaves open: they have to be
of the versions whose JavaScript is installed.
"""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyterlite_pyodide_kernel.constants import PYODIDE_CDN_URL, PYODIDE_MJS

from lstm_lessons.course import LESSONS
from scripts import stamp
from scripts.jupyter import NOTEBOOKS, ROOT, extension
from scripts.lab import LAB
from scripts.website import pyodide

# Those of the lessons' and the kernel's requirements that are not in Pyodide's distribution. They
# come in the versions installed here, because their JavaScript halves below do as well. (The
# kernel has a stand-in for widgetsnbextension.) tests/site/test_lite.py fails if one is missing.
WHEELS = ["anywidget", "comm", "ipywidgets", "jupyterlab_widgets", "psygnal"]
EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension"]
EXTENSIONS += ["anywidget"]
# The wheels that every machine can use, and so a browser; psygnal has compiled ones besides.
PURE = ["--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]

SETTINGS = json.loads(
    (LAB / "config/labconfig/default_setting_overrides.json").read_text(encoding="utf-8")
)
NEWS = "@jupyterlab/apputils-extension:notification"
RUNTIME = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "LSTM Lessons",
        "showLoadingIndicator": True,  # else the page is blank for the first seconds
        "exposeAppInBrowser": True,  # as `jupyterapp`: the browser test looks into it
        "settingsOverrides": {NEWS: SETTINGS[NEWS]},
        "litePluginSettings": {
            "@jupyterlite/pyodide-kernel-extension:kernel": {
                "disablePyPIFallback": True,  # what is called lstm-lessons elsewhere is not ours
                "pyodideUrl": f"{PYODIDE_CDN_URL}/{PYODIDE_MJS}",
            }
        },
        # For our own extension: what has a page.
        "lessons": [lesson.notebook for lesson in LESSONS],
    },
}


class Offline(SystemExit):
    """A package could not be downloaded."""


def wheels(folder: Path) -> None:
    """Put the lessons' own wheel and those of WHEELS into a folder."""
    try:
        wanted = [f"{name}=={version(name)}" for name in WHEELS]
    except PackageNotFoundError as error:
        sys.exit(f"The Python package {error.name} is not installed.")
    pip("download", *PURE, "--dest", folder, *wanted, error=Offline)
    # By way of an archive of the sources, beside which setuptools would leave files otherwise.
    with TemporaryDirectory() as made:
        run("uv", "build", "--out-dir", made, ROOT, error=Offline)
        shutil.copy(next(Path(made).glob("*.whl")), folder)


def pip(command: str, *arguments, **options) -> None:
    run("pip", command, "--quiet", "--disable-pip-version-check", *arguments, **options)


def run(module: str, *arguments, error=SystemExit, cwd: Path = ROOT) -> None:
    """Run a module of this Python; what it says is shown only if it fails."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    if done.returncode:
        raise error(f"Failed: {' '.join(command)}\n{done.stdout}{done.stderr}")


def clear(target: Path, sign: str) -> None:
    """Remove an earlier build, which a file in it tells: a folder of anything else is refused."""
    if target.exists() and any(target.iterdir()) and not (target / sign).exists():
        sys.exit(f"{target} holds something else than an earlier build: name another folder.")
    shutil.rmtree(target, ignore_errors=True)


def lesson(path: Path, folder: Path) -> None:
    """Put a lesson into a folder, without the links that lead nowhere from there.

    The line above a notebook leads to the lesson's page, and the page everywhere else.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\[([^]]+)\]\(\.\./[^)]*\)", r"\1", cell.source)
        if "links" in cell.metadata.get("tags", []):
            cell.source = stamp.opening(notebook)
    nbformat.write(notebook, folder / path.name)


def build(target: Path, python: str | None = None) -> None:
    """Build the site anew in ``target``, with Pyodide in it if ``python`` says where it is."""
    clear(target, "jupyter-lite.json")
    with TemporaryDirectory() as folder:
        source = Path(folder)
        (source / "pypi").mkdir()  # where the kernel's part of the build looks for wheels
        wheels(source / "pypi")
        (source / "lessons").mkdir()
        for path in sorted(NOTEBOOKS.glob("*.ipynb")):
            lesson(path, source / "lessons")
        if python:  # JupyterLite takes what it finds there, and points the kernel to it
            pyodide.put(python, source / "static" / "pyodide")
        config = {
            "LiteBuildConfig": {
                "apps": ["lab", "notebooks", "tree"],  # the logo leads to the tree
                "contents": [str(source / "lessons")],
                # Only these, whatever else is installed here.
                "federated_extensions": [
                    *(extension(name) for name in EXTENSIONS),
                    *map(str, (LAB / "labextensions").iterdir()),
                ],
                "ignore_sys_prefix": ["federated_extensions"],
                "no_sourcemaps": True,
                "no_unused_shared_packages": True,
                "cache_dir": str(source / "cache"),
                "output_dir": str(target.resolve()),
            }
        }
        for name, content in [("jupyter_lite_config", config), ("jupyter-lite", RUNTIME)]:
            (source / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        run("jupyterlite_core", "build", cwd=source)
