"""Make the table of the race, data/race.npz: `python -m scripts.race`.

1,600 trainings, less than two hours on two cores. Each is added to build/race.jsonl as it ends, so that
a second call goes on where the first was stopped; when all are there, the table is written, and what
docs/MEASURED.md shows of it is printed.
"""

from __future__ import annotations

import importlib.metadata
import io
import itertools
import json
import multiprocessing
import time
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from lstm_lessons import race

KEPT, TABLE = Path("build/race.jsonl"), Path("src/lstm_lessons/data/race.npz")
SEEDS = range(10)


def one(job: tuple[str, str, float, int]) -> dict:
    start, task, lr, seed = job
    began = time.perf_counter()
    with redirect_stdout(io.StringIO()):  # its bar
        result = race.run(start, task, lr, seed)
    took = time.perf_counter() - began
    return {"job": job, "curve": result.curve.tolist(), "error": result.error, "seconds": took}


def table(runs: Iterable[dict]) -> dict[str, np.ndarray]:
    """The runs by start, task, learning rate and seed; curves are rounded to 3 digits."""
    places = [list(race.STARTS), list(race.TASKS), list(race.LEARNING_RATES), list(SEEDS)]
    shape = tuple(map(len, places))
    curves = np.full((*shape, race.MOST // race.CHUNK), np.nan, np.float16)
    errors, solved, seconds = np.full(shape, np.nan, np.float32), np.zeros(shape, bool), 0.0
    for run in runs:
        where = tuple(place.index(key) for place, key in zip(places, run["job"], strict=True))
        curve = np.array(run["curve"])
        curves[where][: len(curve)] = np.minimum(curve, 100)  # one that blew up has no bound
        errors[where], solved[where] = run["error"], race.Run(curve, run["error"]).solved
        seconds += run["seconds"]
    versions = {name: importlib.metadata.version(name) for name in ("lstm-lessons", "numpy")}
    about = json.dumps({"script": "scripts/race.py", "core seconds": round(seconds)} | versions)
    return dict(curves=curves, errors=errors, solved=solved, about=np.array(about))


def summary() -> str:
    """The table of docs/MEASURED.md: at each contestant's best learning rate, in how many seeds and steps."""
    rows = ["| | " + " | ".join(race.TASKS) + " |", "| --- " * (1 + len(race.TASKS)) + "|"]
    for start in race.STARTS:
        cells = []
        for task in race.TASKS:
            runs = {lr: race.stored(start, task, lr) for lr in race.LEARNING_RATES}
            steps = {
                lr: race.CHUNK * np.isfinite(run.curves).sum(axis=1) for lr, run in runs.items()
            }
            lr = max(runs, key=lambda lr: (runs[lr].solved.sum(), -np.median(steps[lr])))
            solved = runs[lr].solved
            median = np.median(steps[lr][solved]) if solved.any() else 0
            cells.append(f"{solved.sum()} at {lr}, {median:,.0f} steps" if median else "0")
        rows.append(f"| {start} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def main() -> None:
    jobs = list(itertools.product(race.STARTS, race.TASKS, race.LEARNING_RATES, SEEDS))
    jobs.sort(key=lambda job: job[3])  # all contestants with one seed before the next
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.touch()
    done = {tuple(json.loads(line)["job"]) for line in KEPT.open(encoding="utf-8")}
    left = [job for job in jobs if job not in done]
    with multiprocessing.Pool() as pool, KEPT.open("a", encoding="utf-8") as kept:
        for k, result in enumerate(pool.imap_unordered(one, left)):
            print(json.dumps(result), file=kept, flush=True)
            print(f"\r{len(done) + k + 1} of {len(jobs)}", end="", flush=True)
    with KEPT.open(encoding="utf-8") as kept:
        np.savez_compressed(TABLE, **table(map(json.loads, kept)))
    print(f"\n{summary()}")


if __name__ == "__main__":
    main()
