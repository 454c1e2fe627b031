"""Make lesson 10's patients, data/clinic.npz: `python -m scripts.clinic`, a quarter of an hour on two cores."""

from __future__ import annotations

import io
import multiprocessing
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

from lstm_lessons.course import cases, trainings, treatments

TABLE = Path("src/lstm_lessons/data/clinic.npz")


def patients() -> Iterator[tuple[str, np.ndarray]]:
    """Of each case the record of its training from seed 0, and all weights one after the other."""
    for name in cases.CASES:
        training = trainings.again(name)
        weights = np.concatenate([value.ravel() for value in training.model.params.values()])
        yield f"{name} record", np.array(training.record, np.float32)
        yield f"{name} weights", weights.astype(np.float32)


def treated(job: tuple[str, str]) -> tuple[str, np.ndarray]:
    """Was a patient well after a treatment, in each of the seeds?"""
    name, how = job
    changes = treatments.TREATMENTS[name][how]
    well = []
    with redirect_stdout(io.StringIO()):  # their bars
        for seed in treatments.SEEDS:
            change = changes(trainings.again(name, seed)) if callable(changes) else changes
            well.append(trainings.again(name, seed, **change).well)
    return f"{name} {how}", np.array(well)


if __name__ == "__main__":
    jobs = [(name, how) for name, hows in treatments.TREATMENTS.items() for how in hows]
    with multiprocessing.Pool(2) as pool:
        kept = dict(pool.imap_unordered(treated, jobs))
    np.savez_compressed(TABLE, **dict(patients()), **kept)  # type: ignore[arg-type]
