"""See the package. Each count is written as it ends; two run at a time."""

from __future__ import annotations

import io
import json
import multiprocessing
import sys
from contextlib import redirect_stdout
from typing import Any

from . import COUNTS, FILE, kept


def one(job: tuple[str, Any]) -> Any:
    name, seed = job
    with redirect_stdout(io.StringIO()):  # bars, and what the cells print
        return COUNTS[name][0](seed)


def main(names: list[str]) -> None:
    with multiprocessing.Pool(2) as pool:
        for name in names or [name for name in COUNTS if name not in kept()]:
            values = pool.map(one, [(name, seed) for seed in COUNTS[name][1]], chunksize=1)
            rows = sorted((kept() | {name: values}).items())
            lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in rows)
            FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
            print(f"{name}: {values}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
