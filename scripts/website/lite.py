"""Build the lessons as a JupyterLite site, where they run in the reader's browser alone.

`python -m scripts.website.lite TARGET` (default: build/site/lite). Python itself, numpy and
matplotlib come from Pyodide's CDN when a reader opens a lesson; whatever Pyodide lacks is in the site.
JupyterLite's own builder does it. Here are its settings, and the choice of wheels, which it leaves
open: they have to be of the versions whose JavaScript is installed.
"""

import argparse
import json
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

from scripts.jupyter import NOTEBOOKS, QUIET, ROOT, extension

# Those of the lessons' and the kernel's requirements that are not in Pyodide's distribution. They
# come in the versions installed here, because their JavaScript halves below do as well. (The
# kernel has a stand-in for widgetsnbextension.) tests/site/test_lite.py fails if one is missing.
WHEELS = ["anywidget", "comm", "ipywidgets", "jupyterlab_widgets", "psygnal"]
EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension"]
EXTENSIONS += ["anywidget"]
# The wheels that every machine can use, and so a browser; psygnal has compiled ones besides.
PURE = ["--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]

RUNTIME = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "LSTM Lessons",
        "showLoadingIndicator": True,  # else the page is blank for the first seconds
        "exposeAppInBrowser": True,  # as `jupyterapp`: the browser test looks into it
        "settingsOverrides": {"@jupyterlab/apputils-extension:notification": QUIET},
        "litePluginSettings": {
            # What is called lstm-lessons elsewhere is not ours.
            "@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}
        },
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


def build(target: Path) -> None:
    """Build the site anew in ``target``."""
    clear(target, "jupyter-lite.json")
    with TemporaryDirectory() as folder:
        source = Path(folder)
        (source / "pypi").mkdir()  # where the kernel's part of the build looks for wheels
        wheels(source / "pypi")
        config = {
            "LiteBuildConfig": {
                "apps": ["lab", "notebooks", "tree"],  # the logo leads to the tree
                "contents": [str(NOTEBOOKS)],
                # Only these, whatever else is installed here.
                "federated_extensions": [extension(name) for name in EXTENSIONS],
                "ignore_sys_prefix": ["federated_extensions"],
                "extra_ignore_contents": ["/\\.ipynb_checkpoints/"],
                "no_sourcemaps": True,
                "no_unused_shared_packages": True,
                "cache_dir": str(source / "cache"),
                "output_dir": str(target.resolve()),
            }
        }
        for name, content in [("jupyter_lite_config", config), ("jupyter-lite", RUNTIME)]:
            (source / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        run("jupyterlite_core", "build", cwd=source)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", nargs="?", type=Path, default=ROOT / "build" / "site" / "lite")
    target = parser.parse_args().target
    build(target)
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    print(f"{target}: {size / 1e6:.0f} MB. Serve its folder and open notebooks/index.html there.")


if __name__ == "__main__":
    main()
