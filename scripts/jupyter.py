"""What the scripts and the tests share: the project's folders and Jupyter's own names and settings."""

import sys
from pathlib import Path

import nbformat
from jupyter_core.paths import jupyter_path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def extension(name: str) -> str:
    """The folder of a JupyterLab extension that is installed here."""
    folders = [Path(path) / name for path in jupyter_path("labextensions")]
    found = next((folder for folder in folders if (folder / "package.json").exists()), None)
    return str(found) if found else sys.exit(f"The JupyterLab extension {name} is not installed.")


def shown(path: Path) -> list[str]:
    """What the widgets that a stored notebook shows say of themselves, in order."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    return [output.data["text/plain"] for output in outputs if VIEW in output.get("data", {})]


def anchor(heading: str) -> str:
    """A heading's anchor as JupyterLab has it, so that a link leads to the same place everywhere."""
    return heading.replace(" ", "-")
