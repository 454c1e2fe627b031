"""One training step of our cells beside PyTorch's, in float64: forward, then back to all gradients.

One thread each: of two, one would mostly wait for the other at these sizes, here and there.
"""

import copy
import os
import resource
import time

import numpy as np
import torch

from lstm_lessons import GRU, LSTM, RNN, gradients

SIZES = {  # B, T, D, H
    "A": (1, 50, 8, 16),
    "B": (32, 100, 16, 32),
    "C": (32, 100, 64, 128),
    "D": (64, 200, 32, 64),
}
# PyTorch has no GRU that resets before the product; its own, which resets after, stands beside both.
CELLS = {"RNN": RNN, "LSTM": LSTM, "GRU": GRU, "GRU, reset after": GRU}
ROUNDS = 8


def under_torch_names(cell, grads: dict) -> dict:
    """Our gradients under PyTorch's names: they follow the parameters' order and change of sign."""
    twin = copy.copy(cell)
    twin.params = {name: grads[name] for name in cell.params}
    named = twin.to_torch()
    # Two biases that are added have the same gradient; only the GRU's n has a second one of its own.
    second = named["bias_hh_l0"]
    named["bias_hh_l0"] = np.where(second == 0, named["bias_ih_l0"], second)
    return grads | named


def build(name: str, size: tuple):
    """Our step and PyTorch's with the same weights and numbers, found to agree in every gradient."""
    (B, T, D, H), kind = size, CELLS[name]
    torch.manual_seed(0)
    net = getattr(torch.nn, kind.__name__)(D, H, dtype=torch.float64)
    rng = np.random.default_rng(0)
    cell = GRU(D, H, rng) if name == "GRU" else kind.from_torch(net.state_dict())
    xs, dh = rng.standard_normal((T, B, D)), rng.standard_normal((T, B, H))
    start = {key: rng.standard_normal((B, H)) for key in ("h0", "c0")[: 1 + (kind is LSTM)]}
    leaves = {key: torch.tensor(value[None], requires_grad=True) for key, value in start.items()}
    wanted = {"xs": torch.tensor(xs, requires_grad=True), **leaves, **dict(net.named_parameters())}

    def state(of: dict):
        return tuple(of.values()) if kind is LSTM else of["h0"]

    def ours():
        return cell.backward(cell.forward(xs, state(start)), dh)

    def theirs():
        h, _ = net(wanted["xs"], state(leaves))
        return torch.autograd.grad(h, list(wanted.values()), torch.from_numpy(dh))

    if name == "GRU":
        assert gradients.check(cell) < 1e-6
    else:
        mine = under_torch_names(cell, ours())
        for key, value in zip(wanted, theirs(), strict=True):
            value = value.numpy().reshape(mine[key].shape)
            error = np.linalg.norm(mine[key] - value) / np.linalg.norm(value)
            assert error < 1e-10, f"{name}: {key} is off by {error:.1e}"
    return ours, theirs


def turn(step) -> list[tuple[float, int]]:
    """Calls in a row: milliseconds, and page faults, that is memory which the system gave anew.

    A library's idle threads turn on after its last call, OpenBLAS's for 0.1 s, and take a core from
    whoever comes next: hence the sleep. The first call finds cold caches and is not counted.
    """
    time.sleep(0.15)
    step()
    calls, end = [], time.perf_counter() + 0.1
    while time.perf_counter() < end:
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        start = time.perf_counter()
        step()
        ms = 1000 * (time.perf_counter() - start)
        calls.append((ms, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - faults))
    return calls


def measure(name: str, letter: str) -> tuple[float, float]:
    """Median milliseconds of our step and PyTorch's, taken in turns; prints what there is to know."""
    steps = build(name, SIZES[letter])
    turns: list[list] = [[], []]
    for _ in range(ROUNDS):
        for step, calls in zip(steps, turns, strict=True):
            calls += turn(step)
    line, medians = f"{name:<17}{letter}", []
    for calls in turns:
        ms, faults = np.array(calls).T
        low, middle, high = np.percentile(ms, [25, 50, 75])
        medians.append(middle)
        line += f"  {middle:7.2f} ({low:6.2f} to {high:6.2f}){np.median(faults):6.0f}"
    print(line, flush=True)
    return medians[0], medians[1]


def entry(ours: float, theirs: float) -> str:
    ours_ms, their_ms = (f"{ms:.{1 if ms >= 10 else 2}f}" for ms in (ours, theirs))
    return f"{ours_ms} / {their_ms} / {ours / theirs:.2f}"


def main() -> None:
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    asked = os.environ.get("OPENBLAS_NUM_THREADS", "not set (one thread a core)")
    print(f"The load before: {os.getloadavg()[0]:.1f}. Other programs at work spoil the numbers.")
    print("Milliseconds in a step, median (quartiles), and page faults: ours, PyTorch's")
    torch.set_num_threads(1)
    medians = {name: [measure(name, letter) for letter in SIZES] for name in CELLS}
    sizes = [f"{letter}: {', '.join(map(str, size))}" for letter, size in SIZES.items()]
    print("\nours ms / PyTorch ms / ratio, for B, T, D, H\n")
    print("| |", " | ".join(sizes), "|\n|", " | ".join(["---"] * (1 + len(SIZES))), "|")
    for name, row in medians.items():
        print(f"| {name} |", " | ".join(entry(*pair) for pair in row), "|")
    print(
        f"\n{os.cpu_count()} cores, numpy {np.__version__} with {blas['name']} {blas['version']},"
        f" OPENBLAS_NUM_THREADS {asked}, PyTorch {torch.__version__}"
    )


if __name__ == "__main__":
    main()
