"""Run the lessons in the environments that readers have: Colab's, Binder's, the oldest, the newest, PyTorch's.

Every cell must print what is stored. `make test-frontends` runs those whose Python is found and says
which is missing; what is named must run.
"""

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import nox

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
UV = [sys.executable, "-m", "uv"]
RUNNERS = ["ipykernel>=6.17", "nbval>=0.11", "pytest>=8"]

nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"

# pyenv's own programs on PATH start only the versions that are chosen: look at what they stand for.
pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
found = [Path(os.path.realpath(sys.executable)).parent, *pyenv.glob("versions/*/bin")]
os.environ["PATH"] = os.pathsep.join([*map(str, found), os.environ["PATH"]])
NEWEST = [version for version in PYTHONS if shutil.which(f"python{version}")][-1]


def install(session: nox.Session, *packages: str) -> None:
    session.install("--only-binary=:all:", *packages, *RUNNERS)


def run_lessons(session: nox.Session, *which: str) -> None:
    """Install the package alone, as Colab's cell does it, and run every cell of the lessons, or of some.

    What else is named is run as pytest runs it.
    """
    with TemporaryDirectory() as folder:
        # By way of an archive of the sources, beside which setuptools would leave files otherwise.
        session.run_install(*UV, "build", "--quiet", f"--out-dir={folder}", external=True)
        # pip keeps one of the same version, and in an environment used again that would be an old one.
        session.install("--no-deps", "--force-reinstall", *map(str, Path(folder).glob("*.whl")))
    # Named: called from a Python, uv would take that one's environment for the one that is meant.
    session.run_install(
        *UV, "pip", "check", f"--python={session.virtualenv.location}", external=True
    )
    env = {"OPENBLAS_NUM_THREADS": "1", "IPYTHONDIR": session.create_tmp(), "PYTHONPATH": None}
    # If this takes long, matplotlib says so, and a lesson would show it.
    session.run("python", "-c", "import matplotlib.font_manager", env=env)
    # What pyproject.toml says to pytest is meant for the tests: old packages may warn as they like.
    apart = ["-c", os.devnull, f"--rootdir={ROOT}", "-p", "no:cacheprovider", "-W", "ignore"]
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120"]
    session.run("python", "-m", "pytest", *apart, *nbval, *(which or ["notebooks"]), env=env)


@nox.session(python="3.13")
def colab(session: nox.Session) -> None:
    """Colab does not ask what the package needs: it has to find that there."""
    install(session, "-r", "tests/frontends/colab.txt")
    run_lessons(session)


@nox.session(python="3.12")
def binder(session: nox.Session) -> None:
    """The packages that Binder starts from; the others are the newest."""
    install(session, "-r", "pyproject.toml", "-r", "tests/frontends/binder.txt")
    run_lessons(session)


@nox.session(python=PYTHONS[0])
def oldest(session: nox.Session) -> None:
    """Each dependency at its lower bound."""
    install(session, "--resolution=lowest-direct", "-r", "pyproject.toml")
    run_lessons(session)


@nox.session(python=NEWEST)
def newest(session: nox.Session) -> None:
    """Everything as new as it can be had, on the newest Python that is here."""
    install(session, "--upgrade", "-r", "pyproject.toml")
    run_lessons(session)


@nox.session(python="3.11", venv_backend="venv")
def pytorch(session: nox.Session) -> None:
    """Lesson 9 where PyTorch is: there it runs what it shows from a file elsewhere. And the tests of that.

    By pip, which may have been told of a smaller build: on Linux the usual one brings CUDA along.
    """
    install(session, "-r", "tests/frontends/pytorch.txt", *PROJECT["project"]["dependencies"])
    session.run("python", "-c", "import torch, safetensors")  # else the tests would be skipped
    run_lessons(session, "notebooks/09_your_own_network.ipynb", "tests/numerics/test_torch.py")
