"""Make the table of lesson 11's duel, data/parity.npz: `python -m scripts.parity`.

1,200 trainings, an hour and a quarter on one core. Each is added to build/parity.jsonl as it ends, so that
a second call goes on where the first was stopped.
"""

from __future__ import annotations

import io
import itertools
import json
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from lstm_lessons import parity

KEPT, TABLE = Path("build/parity.jsonl"), Path("src/lstm_lessons/data/parity.npz")


def main() -> None:
    places = list(parity.CONTESTANTS), list(parity.LEARNING_RATES), range(30)
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.touch()
    runs = {tuple(job): right for job, right in map(json.loads, KEPT.open(encoding="utf-8"))}
    jobs = sorted(itertools.product(*places), key=lambda job: job[2])
    with KEPT.open("a", encoding="utf-8") as kept:
        for k, job in enumerate(jobs):
            if job not in runs:
                with redirect_stdout(io.StringIO()):  # its bar
                    runs[job] = parity.run(*job)[1].tolist()
                print(json.dumps([job, runs[job]]), file=kept, flush=True)
            print(f"\r{k + 1} of {len(jobs)}", end="", flush=True)
    right = np.empty((*map(len, places), len(parity.TESTED)), np.float32)
    for job, shares in runs.items():
        right[tuple(place.index(key) for place, key in zip(places, job, strict=True))] = shares
    np.savez_compressed(TABLE, right=right)


if __name__ == "__main__":
    main()
