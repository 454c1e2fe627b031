"""How long a reader waits: for the import, the first picture, a training step, a slider's picture."""

import os
import subprocess
import sys
import time

import numpy as np

from lstm_lessons import GradientLens
from scripts.browser.lab import PANEL

RUNS = 9
# A reader's Python has its bytecode on disk. The first run writes it, and is not counted.
ENV = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
CONSOLE = "from lstm_lessons import GateConsole; console = GateConsole()"
# Size B of `benchmarks.cells`, whose process may hold more memory ready than a new one does.
STEP = """\
import time, numpy as np, lstm_lessons
rng = np.random.default_rng(0)
cell = lstm_lessons.LSTM(16, 32, rng)
xs, dh = rng.standard_normal((100, 32, 16)), rng.standard_normal((100, 32, 32))
for _ in range(10):
    start = time.time()
    cell.backward(cell.forward(xs), dh)"""
STARTS = {  # a program may say itself when the wait for its end starts
    "import lstm_lessons, numpy being there": "import time, numpy; start = time.time(); import lstm_lessons",
    "fresh Python to a Panel with its picture": PANEL,
    "fresh Python to a GateConsole": CONSOLE,
    "fresh Python to a GateConsole and its still": f"{CONSOLE}; console._repr_mimebundle_()",
    "an LSTM's tenth training step in a fresh Python": STEP,
}


def milliseconds(program: str) -> float:
    """How long a Python of its own takes to come to the program's end."""
    report = "\nimport time; print(time.time(), globals().get('start', 0))"
    began = time.time()
    command = [sys.executable, "-c", program + report]
    done = subprocess.run(command, env=ENV, check=True, capture_output=True, text=True)
    end, start = map(float, done.stdout.split())
    return 1000 * (end - (start or began))


def updates(panel, values) -> list[float]:
    """Set the slider's value, have the new picture: how long each takes.

    That is the kernel's part of the wait; `benchmarks.drag` measures all of it in a browser.
    """
    times = []
    for value in values:
        before, start = panel.view.value, time.perf_counter()
        panel.controls["f"].value = value
        times.append(1000 * (time.perf_counter() - start))
        assert panel.view.value != before, f"no new picture at f = {value}"
    return times


def row(what: str, values) -> None:
    p50, p95 = np.percentile(values, [50, 95])
    print(f"{what:<58}{p50:7.1f}{p95:7.1f}  ms", flush=True)


def main() -> None:
    names = {}
    exec(PANEL.replace("\nPanel(", "\npanel = Panel("), names)
    print(f"{'':<58}{'p50':>7}{'p95':>7}")
    for what, program in STARTS.items():
        row(what, [milliseconds(program) for _ in range(1 + RUNS)][1:])
    row("panel: from a value to the new picture", updates(names["panel"], np.arange(80) / 100))
    for cell, control, most in (("lstm", "forget_bias", 6), ("rnn", "radius", 3)):
        lens, times = GradientLens(cell), []
        for value in np.linspace(0, most, 60, endpoint=False):
            start = time.perf_counter()
            lens.compute(**lens.values | {control: value})
            times.append(1000 * (time.perf_counter() - start))
        row(f"lens of {cell}s, H = 32, T = 100: its curves in Python", times)


if __name__ == "__main__":
    main()
