"""Run all lessons in the environments that readers have: Colab's, Binder's, the oldest, the newest.

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
PYTHONS = nox.project.python_versions(nox.project.load_toml(ROOT / "pyproject.toml"))
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


def run_lessons(session: nox.Session) -> None:
    """Install the package alone, as Colab's cell does it, and run every cell of the lessons."""
    with TemporaryDirectory() as folder:
        # By way of an archive of the sources, beside which setuptools would leave files otherwise.
        session.run_install("uv", "build", "--quiet", f"--out-dir={folder}", external=True)
        session.install("--no-deps", *map(str, Path(folder).glob("*.whl")))
    session.run_install("uv", "pip", "check", external=True)
    env = {"OPENBLAS_NUM_THREADS": "1", "IPYTHONDIR": session.create_tmp(), "PYTHONPATH": None}
    # If this takes long, matplotlib says so, and a lesson would show it.
    session.run("python", "-c", "import matplotlib.font_manager", env=env)
    # What pyproject.toml says to pytest is meant for the tests: old packages may warn as they like.
    apart = ["-c", os.devnull, f"--rootdir={ROOT}", "-p", "no:cacheprovider", "-W", "ignore"]
    nbval = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", "notebooks"]
    session.run("python", "-m", "pytest", *apart, *nbval, env=env)


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
