"""Make the table of the choices, data/choices.npz: `python -m scripts.choices`, or with a number of seeds.

750 trainings for five seeds, and 210 of three smaller races: about an hour on one core. Each is
added to build/choices.jsonl as it ends, so that a second call goes on where the first was stopped; when
all are there, the table is written, and what docs/MEASURED.md shows of it is printed.
"""

from __future__ import annotations

import importlib.metadata
import io
import itertools
import json
import sys
import time
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from lstm_lessons import choices

KEPT, TABLE = Path("build/choices.jsonl"), Path("src/lstm_lessons/data/choices.npz")
SEEDS = {"few": 10, "sums": 10, "more": 20}  # of the smaller races
RACES = {  # what is run, and the places of its results in the table, before the seed's
    "all": (choices.run, (choices.CHOICES, choices.TASKS, choices.LEARNING_RATES)),
    "few": (choices.from_few, (choices.FEW, choices.FEW_RATES)),
    "sums": (choices.summing, (choices.SUMS,)),
    "more": (choices.again, (choices.MORE,)),
}


def one(job: list) -> dict:
    race, *arguments = job
    began = time.process_time()
    with redirect_stdout(io.StringIO()):  # its bar
        result = RACES[race][0](*arguments)
    if race == "all":
        result = result.curve.tolist()
    return {"job": job, "result": result, "seconds": time.process_time() - began}


def table(runs: Iterable[dict], seeds: int) -> dict[str, np.ndarray]:
    """The runs of each race by its places and the seed; curves are rounded to 3 digits."""
    counts = SEEDS | {"all": seeds}
    shape = {name: (*map(len, places), counts[name]) for name, (_, places) in RACES.items()}
    curves = np.full((*shape["all"], choices.MOST // choices.CHUNK), np.nan, np.float16)
    solved, seconds = np.zeros(shape["all"], bool), 0.0
    small = {name: np.full(shape[name], np.nan) for name in ("sums", "more")}
    small["few"] = np.full((*shape["few"], 2), np.nan)
    for run in runs:
        race, *job, seed = run["job"]
        where = *(list(p).index(key) for p, key in zip(RACES[race][1], job, strict=True)), seed
        seconds += run["seconds"]
        if race != "all":
            small[race][where] = run["result"]
        elif seed < seeds:
            curve = np.array(run["result"])
            curves[where][: len(curve)] = np.where(curve > 100, np.inf, curve)
            solved[where] = choices.Run(curve).solved
    versions = {name: importlib.metadata.version(name) for name in ("lstm-lessons", "numpy")}
    about = json.dumps({"script": "scripts/choices.py", "core seconds": round(seconds)} | versions)
    return dict(curves=curves, solved=solved, **small, about=np.array(about))


def summary() -> str:
    """The table of docs/MEASURED.md: at each choice's best learning rate, in how many seeds and steps."""
    rows = ["| | " + " | ".join(choices.TASKS) + " |"]
    rows += ["| --- " * (1 + len(choices.TASKS)) + "|"]
    for choice in choices.CHOICES:
        cells = []
        for task in choices.TASKS:
            lr, runs = choices.at_its_best(choice, task)
            solved = f"{runs.solved.sum()} of {len(runs.solved)} at {lr}"
            steps = (
                f", {np.median(runs.steps[runs.solved]):,.0f} steps" if runs.solved.any() else ""
            )
            cells.append(solved + steps)
        rows.append(f"| {choice} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def jobs(seeds: int) -> list[list]:
    """All of them: three seeds of the large race, the small ones, the other seeds."""
    counts = SEEDS | {"all": seeds}
    every = [
        [race, *job]
        for race, (_, places) in RACES.items()
        for job in itertools.product(*places, range(counts[race]))
    ]
    return sorted(every, key=lambda job: (job[0] == "all" and 3 * (job[-1] >= 3), job[-1]))


def main(seeds: int) -> None:
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.touch()
    done = [json.loads(line)["job"] for line in KEPT.open(encoding="utf-8")]
    left = [job for job in jobs(seeds) if job not in done]
    with KEPT.open("a", encoding="utf-8") as kept:
        for k, job in enumerate(left):
            print(json.dumps(one(job)), file=kept, flush=True)
            print(f"\r{k + 1} of {len(left)}", end="", flush=True)
    with KEPT.open(encoding="utf-8") as kept:
        np.savez_compressed(TABLE, **table(map(json.loads, kept), seeds))
    print(f"\n{summary()}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
