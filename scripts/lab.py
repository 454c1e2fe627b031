"""Open the lessons in JupyterLab: `make lab`, or `python -m scripts.lab`. What follows goes to JupyterLab.

A reader works on copies, in my-lessons, so that git never meets what they wrote. A copy in which they
wrote nothing is renewed when the project has a new version; what they wrote is never touched.
JupyterLab gets the settings and the extension of site/lab: it shows no news, and running all cells
leaves the reader where they are. Their own settings go before these.
"""

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary

from lstm_lessons.course import LESSONS
from scripts.jupyter import NOTEBOOKS, ROOT, extension

COPIES = ROOT / "my-lessons"
LAB = ROOT / "site" / "lab"
EXTENSIONS = ("@jupyter-widgets/jupyterlab-manager", "anywidget")


def sources() -> list[Path]:
    """The project's own lessons, and what they link to. Nothing else that lies beside them."""
    lessons = [NOTEBOOKS / f"{lesson.notebook}.ipynb" for lesson in LESSONS]
    return [*lessons, *sorted((ROOT / "docs").glob("*.md"))]


# In the copies' folder: of each what was written in it when it was copied, and when that was.
RECORD = Path(".jupyter") / "copies.json"


def written(path: Path) -> str:
    """A mark of what somebody wrote in a file: of a notebook its cells, but not what they gave."""
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = nbformat.reads(content.decode(), as_version=4).cells
            content = json.dumps([[cell.cell_type, cell.source] for cell in cells]).encode()
        except Exception:  # nbformat's, json's, UTF-8's: then the bytes are all that there is
            pass
    return hashlib.sha256(content).hexdigest()


def bring(target: Path, files: list[Path], root: Path = ROOT) -> list[str]:
    """Bring the copies of a project's files in ``target`` up to date; what there is to say about it.

    A notebook that is copied is trusted, so that it is alive before it has run: it is the project's own.
    """
    record = target / RECORD
    kept_record = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
    known = {name: wrote for name, (wrote, _) in kept_record.items()}
    times = {name: time for name, (_, time) in kept_record.items()}
    new, renewed, kept = [], [], []
    for source in files:
        name = source.relative_to(root).as_posix()
        copy, now = target / name, written(source)
        if not copy.exists():
            new.append(copy.name)
        elif written(copy) == now:
            known[name] = now
            continue
        elif written(copy) == known.get(name):
            renewed.append(copy.name)
        else:
            kept += [copy.name] if known.get(name) != now else []
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, copy)
        if copy.suffix == ".ipynb":
            NotebookNotary().sign(nbformat.read(copy, as_version=4))
        known[name], times[name] = now, copy.stat().st_mtime_ns
    # A lesson that has another name by now would stand there twice.
    for name in known.keys() - {source.relative_to(root).as_posix() for source in files}:
        copy = target / name
        if copy.exists() and written(copy) == known.pop(name):
            copy.unlink()
    record.parent.mkdir(parents=True, exist_ok=True)
    pairs = {name: (wrote, times.get(name, 0)) for name, wrote in known.items()}
    record.write_text(json.dumps(pairs, indent=1), encoding="utf-8")
    said = [f"{len(new)} new"] if new else []
    said += [f"{name} renewed" for name in renewed]
    lines = [f"Your copies of the lessons are in {target}{': ' if said else ''}{', '.join(said)}."]
    return lines + [
        f"{name} has a new version. You wrote in yours, so it stays; rename it to get the new one."
        for name in kept
    ]


def last_saved(target: Path, files: list[Path], root: Path = ROOT) -> str:
    """The lesson that the reader saved last, or the first; as a path in ``target``."""
    names = [path.relative_to(root) for path in files if path.suffix == ".ipynb"]
    record = json.loads((target / RECORD).read_text(encoding="utf-8"))
    copied = {name: record.get(name.as_posix(), ("", 0))[1] for name in names}
    times = {name: (target / name).stat().st_mtime_ns for name in names}
    saved = [name for name in names if times[name] > copied[name]]
    return max(saved, key=times.get, default=names[0]).as_posix()


def surroundings(folder: Path) -> tuple[dict[str, str], list[str]]:
    """JupyterLab's environment variables and options; what it needs is put into ``folder``.

    Its extensions are copied there, those that the lessons need and no others: JupyterLite's, which is
    here once the site has been built, makes JupyterLab complain.
    """
    shutil.rmtree(folder / "labextensions", ignore_errors=True)
    for name in EXTENSIONS:
        shutil.copytree(extension(name), folder / "labextensions" / name)
    shutil.copytree(LAB / "labextensions", folder / "labextensions", dirs_exist_ok=True)
    config = [str(LAB / "config"), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    environment = {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(config),
        # Not the tabs of another project.
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
    }
    return environment, [f"--LabApp.labextensions_path={folder / 'labextensions'}"]


def main(arguments: list[str]) -> None:
    for sentence in bring(COPIES, files := sources()):
        print(sentence, flush=True)
    environment, options = surroundings(COPIES / ".jupyter")
    # A second thread hardly helps with the lessons' small matrices, and waits in a loop for its turn.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.update(environment)
    from jupyterlab.labapp import main as jupyterlab  # it looks into the environment at once

    options += [f"--ServerApp.root_dir={COPIES}"]
    options += [f"--LabApp.default_url=/lab/tree/{last_saved(COPIES, files)}"]
    sys.exit(jupyterlab([*options, *arguments]))


if __name__ == "__main__":
    main(sys.argv[1:])
