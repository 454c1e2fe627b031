"""Build the lessons as a JupyterLite site, where they run in the reader's browser alone.

`python -m scripts.lite TARGET` (default: build/site/lite). Python itself, numpy and matplotlib come
from Pyodide's CDN when a reader opens a lesson; whatever Pyodide lacks is in the site.
"""

import argparse
import json
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_core.paths import jupyter_path

ROOT = Path(__file__).resolve().parent.parent

# Those of the lessons' and the kernel's requirements that are not in Pyodide's distribution. They
# come in the versions installed here, because their JavaScript halves below do as well. (The
# kernel has a stand-in for widgetsnbextension.) tests/test_lite.py fails if one is missing.
WHEELS = ["anywidget", "comm", "ipywidgets", "jupyterlab_widgets", "psygnal"]
EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@jupyterlite/pyodide-kernel-extension"]
EXTENSIONS += ["anywidget"]
# The wheels that every machine can use, and so a browser; psygnal has compiled ones besides.
PURE = ["--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none"]

QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}
RUNTIME = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "LSTM Lessons",
        "showLoadingIndicator": True,  # else the page is blank for the first seconds
        "exposeAppInBrowser": True,  # as `jupyterapp`: the browser test looks into it
        "settingsOverrides": {"@jupyterlab/apputils-extension:notification": QUIET},
    },
}


class Offline(SystemExit):
    """A package could not be downloaded."""


def extension(name: str) -> str:
    """The folder of a JupyterLab extension that is installed here."""
    folders = [Path(path) / name for path in jupyter_path("labextensions")]
    found = next((folder for folder in folders if (folder / "package.json").exists()), None)
    return str(found) if found else sys.exit(f"The JupyterLab extension {name} is not installed.")


def wheels(folder: Path) -> None:
    """Put the lessons' own wheel and those of WHEELS into a folder."""
    try:
        wanted = [f"{name}=={version(name)}" for name in WHEELS]
    except PackageNotFoundError as error:
        sys.exit(f"The Python package {error.name} is not installed.")
    pip("download", *PURE, "--dest", folder, *wanted, error=Offline)
    # From a copy: setuptools would leave its own build/ here, and take deleted modules from it.
    with TemporaryDirectory() as copy:
        for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"):
            shutil.copy(ROOT / name, copy)
        leave = shutil.ignore_patterns("*.egg-info", "__pycache__")
        shutil.copytree(ROOT / "src", Path(copy) / "src", ignore=leave)
        pip("wheel", "--no-deps", "--wheel-dir", folder, copy)


def pip(command: str, *arguments, **options) -> None:
    run("pip", command, "--quiet", "--disable-pip-version-check", *arguments, **options)


def run(module: str, *arguments, error=SystemExit, **options) -> None:
    """Run a module of this Python; what it says is shown only if it fails."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise error(f"Failed: {' '.join(command)}\n{done.stdout}{done.stderr}")


def build(target: Path) -> None:
    """Build the site anew in ``target``."""
    # Its folder is removed first, so it had better be one.
    if target.exists() and not (target / "jupyter-lite.json").exists() and any(target.iterdir()):
        sys.exit(f"{target} holds something else than a JupyterLite site: name another folder.")
    if target.exists():
        shutil.rmtree(target)
    with TemporaryDirectory() as folder:
        source = Path(folder)
        (source / "pypi").mkdir()  # where the kernel's part of the build looks for wheels
        wheels(source / "pypi")
        config = {
            "LiteBuildConfig": {
                "apps": ["lab", "notebooks", "tree"],  # the logo leads to the tree
                "contents": [str(ROOT / "notebooks")],
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
