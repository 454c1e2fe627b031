"""Run all lessons in the environments that readers have: Colab's, Binder's, the oldest, the newest.

Each gets a virtual environment in build/frontends, where every cell must print what is stored. Without
names this runs those whose Python is found, and says which is missing; what is named must run.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest brings it

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "frontends"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

NAMES = ["colab", "binder", "oldest", "newest"]
PYTHON = {"colab": (3, 13), "binder": (3, 12)}
RUNNERS = ["ipykernel", "nbval", "pytest"]
PIP = ["-m", "pip", "--disable-pip-version-check"]

# What pyproject.toml says to pytest is meant for the tests: here old packages may warn as they like.
PYTEST = ["-m", "pytest", "-c", os.devnull, f"--rootdir={ROOT}"]
PYTEST += ["-p", "no:cacheprovider", "-W", "ignore"]
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", "notebooks"]


# --- which Python


def candidates() -> list[Path]:
    """Whatever is named like a Python: on PATH, at pyenv's, and the one that runs this."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    if shutil.which("pyenv"):
        asked = subprocess.run(["pyenv", "root"], capture_output=True, text=True)
        folders += sorted(Path(asked.stdout.strip()).glob("versions/*/bin"))
    named = [path for folder in folders for path in sorted(folder.glob("python3.*"))]
    return [path for path in named if re.fullmatch(r"python3\.\d+", path.name)] + [
        Path(sys.executable)
    ]


def started(path: Path) -> tuple[int, int] | None:
    """Its version, if it is a finished release that starts and can make a virtual environment.

    A shim of pyenv's may refuse to start, and Debian splits ensurepip off.
    """
    code = "import ensurepip, sys, venv; print(*sys.version_info[:2], sys.version_info[3])"
    try:
        asked = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.fullmatch(r"(\d+) (\d+) final", asked.stdout.strip())
    return (int(found[1]), int(found[2])) if found else None


def usable(paths: Iterable[Path]) -> dict[tuple[int, int], Path]:
    """The first of each version that starts, of those that the package supports."""
    found = {}
    for path in paths:
        named = re.fullmatch(r"python3\.(\d+)", path.name)
        if named and (3, int(named[1])) in found:
            continue
        version = started(path)
        if version and supported(version):
            found.setdefault(version, path)
    return found


def supported(version: tuple[int, int]) -> bool:
    return "{}.{}".format(*version) in SpecifierSet(PROJECT["requires-python"])


def version_for(name: str, found: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The version that a front end is tested with, which need not be there."""
    if name == "oldest":
        return next((3, minor) for minor in range(100) if supported((3, minor)))
    return max(found) if name == "newest" else PYTHON[name]


# --- which packages


def lowest(dependencies: list[str]) -> list[str]:
    """Each dependency at its lower bound."""
    pins = []
    for line in dependencies:
        requirement = Requirement(line)
        bounds = [part.version for part in requirement.specifier if part.operator == ">="]
        if len(bounds) != 1:
            sys.exit(f"pyproject.toml needs one bound with >= for each dependency, not {line!r}.")
        pins.append(f"{requirement.name}=={bounds[0]}")
    return pins


def pins(name: str) -> list[str]:
    """What is given about the versions of a front end's packages."""
    if name == "newest":
        return []
    if name == "oldest":
        return lowest(PROJECT["dependencies"])
    lines = (ROOT / "tests" / "frontends" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def requirements(name: str) -> list[str]:
    # Colab does not ask what the package needs: it has to find that there.
    needed = [] if name == "colab" else PROJECT["dependencies"]
    return [*needed, *pins(name), *RUNNERS]


# --- the environment


def environment(name: str, python: Path) -> Path:
    """The front end's own Python, with its packages; one that was finished earlier is used again."""
    folder = BUILD / name
    own, stamp = folder / "bin" / "python", folder / "asked-for.txt"
    asked = [version_of(python), *requirements(name)]
    if name == "newest":
        asked.append("week {1} of {0}".format(*date.today().isocalendar()))
    text = "\n".join(asked) + "\n"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != text:
        shutil.rmtree(folder, ignore_errors=True)
        run(python, "-m", "venv", folder)
        run(own, *PIP, "install", "--quiet", "--only-binary=:all:", *requirements(name))
        # If this takes long, matplotlib says so, and a lesson would show it.
        run(own, "-c", "import matplotlib.font_manager")
        stamp.write_text(text, encoding="utf-8")
    return own


def install_package(own: Path, name: str) -> None:
    """The package alone, as Colab's cell does it; then everything must still fit together."""
    # From a copy: beside the sources setuptools would leave files for the next build to find.
    source = BUILD / "source"
    shutil.rmtree(source, ignore_errors=True)
    leave = shutil.ignore_patterns("*.egg-info", "__pycache__")
    shutil.copytree(ROOT / "src", source / "src", ignore=leave)
    for file in ["pyproject.toml", PROJECT["readme"], *PROJECT["license-files"]]:
        shutil.copy(ROOT / file, source)
    run(own, *PIP, "install", "--quiet", "--no-deps", "--force-reinstall", source)
    run(own, *PIP, "check")
    listed = subprocess.check_output([own, *PIP, "list", "--format=json"], text=True)
    have = {normal(entry["name"]): entry["version"] for entry in json.loads(listed)}
    for pin in map(Requirement, pins(name)):
        if have[normal(pin.name)] not in pin.specifier:
            raise Failed(f"{pin} was asked for, {have[normal(pin.name)]} is installed")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def version_of(python: Path) -> str:
    """As in `Python 3.13.0`."""
    return subprocess.check_output([python, "--version"], text=True).strip()


# --- the run


class Failed(Exception):
    """A front end cannot be tested; the message says why."""


def run(*command, check=True) -> int:
    """Run a command whose output the reader sees, and which nothing outside its folder guides."""
    env = {"OPENBLAS_NUM_THREADS": "1", **os.environ, "IPYTHONDIR": str(BUILD / "ipython")}
    for variable in ["PYTHONPATH", "PYTHONHOME"]:
        env.pop(variable, None)
    sys.stdout.flush()
    code = subprocess.run(command, cwd=ROOT, env=env).returncode
    if check and code:
        raise Failed(f"{' '.join(map(str, command))} ended with {code}")
    return code


def test(name: str, python: Path) -> tuple[int, int]:
    """How many of the front end's cells passed, and how many failed."""
    own = environment(name, python)
    install_package(own, name)
    report = BUILD / f"{name}.xml"
    report.unlink(missing_ok=True)
    code = run(own, *PYTEST, f"--junitxml={report}", *NBVAL, check=False)
    # Anything but 0 and 1 means that pytest itself did not get through.
    if code > 1 or not report.exists():
        raise Failed(f"pytest ended with {code}")
    suite = next(ElementTree.parse(report).iter("testsuite"))
    bad = int(suite.get("failures")) + int(suite.get("errors"))
    return int(suite.get("tests")) - bad - int(suite.get("skipped")), bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"{', '.join(NAMES)}; without: what can be run")
    names = parser.parse_args().names
    unknown = ", ".join(sorted(set(names) - set(NAMES)))
    if unknown:
        parser.error(f"no front end is called {unknown}: there are {', '.join(NAMES)}.")
    start, found = time.monotonic(), usable(candidates())
    counts, said = {"failed": 0, "passed": 0, "skipped": 0, "error": 0}, []
    for name in names or NAMES:
        version = version_for(name, found)
        if version not in found:
            counts["error" if names else "skipped"] += 1
            said.append(f"{name} was NOT tested: Python {version[0]}.{version[1]} is missing.")
            continue
        begin, python = time.monotonic(), version_of(found[version])
        print(f"\n{name}: {python}", flush=True)
        try:
            passed, failed = test(name, found[version])
        except Failed as reason:
            counts["error"] += 1
            said.append(f"{name} ({python}) could NOT be tested: {reason}.")
            continue
        counts["passed"] += passed
        counts["failed"] += failed
        seconds = time.monotonic() - begin
        cells = f"{failed} cells failed, {passed} passed" if failed else f"{passed} cells passed"
        said.append(f"{name} ({python}): {cells} in {seconds:.0f} s.")
    print("", *said, sep="\n")
    summary = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    print(f" {summary or 'nothing tested'} in {time.monotonic() - start:.2f}s ".center(80, "="))
    sys.exit(1 if counts["failed"] or counts["error"] else 0)


if __name__ == "__main__":
    main()
