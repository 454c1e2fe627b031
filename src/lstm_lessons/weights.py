"""Anybody's recurrent layers: read their numbers from a file, and say what one would look at first."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .arguments import Array, as_count, as_real, shown
from .cells import sigmoid

OPEN, SHUT = 0.9, 0.1
KINDS = {4: ("LSTM", "ifgo"), 3: ("GRU", "rzn"), 1: ("RNN", "h")}  # by rows: how many times H
KEEPS = {"LSTM": "f", "GRU": "z"}  # the gate whose value is what stays; PyTorch's z keeps the old
CALLED = {"i": "input", "f": "forget", "o": "output", "r": "reset", "z": "update"}
# safetensors' names of its types. BF16 is the upper half of an F32: numpy has no such type.
TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "BOOL": "|u1", "U8": "|u1"}
TYPES |= {"I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1"}


def load(path: str | Path) -> dict[str, Array]:
    """The arrays of a .npz or .safetensors file by their names, in float64.

    A .safetensors file is 8 bytes with the length of its header, the header in JSON, then all numbers,
    everything little-endian. Nothing of a file is ever executed, as a pickle's would be: a .pt file is
    refused. Raises ValueError, in a sentence, for a file that is no such file or damaged.
    """
    path = Path(path)
    if path.suffix not in (".npz", ".safetensors"):
        raise ValueError(
            f"path: got {path.name!r}, expected a .npz or .safetensors file. In PyTorch: np.savez(path,"
            " **{name: p.detach().cpu().double().numpy() for name, p in net.state_dict().items()})"
        )
    if path.suffix == ".safetensors":
        return _safetensors(path.name, path.read_bytes())
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: as_real(name, arrays[name]) for name in arrays.files}
    except FileNotFoundError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        raise ValueError(f"{path.name}: got {said!r:.90}, expected arrays of numbers") from None


def _safetensors(name: str, data: bytes) -> dict[str, Array]:
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise ValueError(f"{name}: got {len(data)} bytes, expected 8 and a header of {length} more")
    try:
        header = json.loads(data[8 : 8 + length])
    except ValueError:
        header = None
    if not isinstance(header, dict):
        raise ValueError(f"{name}: got a damaged header, expected a dict in JSON")
    header.pop("__metadata__", None)
    return {key: _tensor(f"{name}, {key}", one, data[8 + length :]) for key, one in header.items()}


def _tensor(name: str, entry: Any, data: bytes) -> Array:
    try:
        kind, shape = str(entry["dtype"]), [as_count("shape", n, 0) for n in entry["shape"]]
        start, stop = (as_count("data_offsets", n, 0) for n in entry["data_offsets"])
    except (TypeError, KeyError, ValueError):
        said = "a dtype, a shape and data_offsets"
        raise ValueError(f"{name}: got {shown(entry)}, expected {said}") from None
    if kind not in TYPES:
        raise ValueError(f"{name}: got dtype {kind!r}, expected one of {', '.join(TYPES)}")
    needed = math.prod(shape) * np.dtype(TYPES[kind]).itemsize
    if stop - start != needed or stop > len(data):
        raise ValueError(
            f"{name}: got bytes {start} to {stop} of {len(data)}, expected {needed} for shape {tuple(shape)}"
        )
    numbers = np.frombuffer(data[start:stop], TYPES[kind])
    if kind == "BF16":
        numbers = (numbers.astype("<u4") << 16).view("<f4")
    return numbers.reshape(shape).astype(np.float64)


@dataclass(frozen=True, repr=False, eq=False)
class Layer:
    """One layer in one direction, and what its numbers say.

    ``biases`` has for each gate (not the candidate) PyTorch's two biases added up, (H,); ``half_lives``
    (H,) are the steps after which half is left where the gate that keeps stands at sigmoid of its bias:
    log(1/2) / log(sigmoid(b)); None for an RNN. **The bias alone is not the gate**: W_x x and W_h h are
    added to it at each step. ``open`` and ``shut`` are the shares of a gate's units whose bias alone
    would hold it above 0.9 or below 0.1.
    """

    name: str
    kind: str
    n_inputs: int
    n_hidden: int
    biases: dict[str, Array]
    half_lives: Array | None
    remarks: list[str]

    @property
    def open(self) -> dict[str, float]:
        return {gate: float(np.mean(sigmoid(b) > OPEN)) for gate, b in self.biases.items()}

    @property
    def shut(self) -> dict[str, float]:
        return {gate: float(np.mean(sigmoid(b) < SHUT)) for gate, b in self.biases.items()}

    def __repr__(self) -> str:
        lines = [f"{self.name}: {self.kind}, {self.n_inputs} inputs, {self.n_hidden} units"]
        for gate, b in self.biases.items():
            held = f"held open {self.open[gate]:.0%}, shut {self.shut[gate]:.0%}"
            lines.append(f"  {gate}: bias {b.min():.2f} to {b.max():.2f}; by its bias alone {held}")
        return "\n".join([*lines, *(f"  - {remark}" for remark in self.remarks)])


def report(state_dict: Mapping[str, Any]) -> list[Layer]:
    """Every recurrent layer in a state_dict, by PyTorch's names, also behind a prefix as "encoder.lstm.".

    Arrays or tensors. What it is, the rows of weight_hh tell: H for an RNN, 3 H for a GRU, 4 H for an
    LSTM. `print` shows a layer with its remarks. Raises ValueError where there is none, or where shapes
    do not fit together; TypeError for what is no dict of numbers.
    """
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"state_dict: got {shown(state_dict)}, expected a dict of arrays")
    found = [re.fullmatch(r"(.*?)weight_hh(_l(\d+)(_reverse)?)?", str(key)) for key in state_dict]
    layers = [_layer(state_dict, *match.groups()) for match in found if match]
    if not layers:
        raise ValueError(
            f"state_dict: got the names {shown(list(state_dict))}, expected one as 'weight_hh_l0'"
        )
    return layers


def _layer(state_dict: Mapping, prefix: str, end: str, number: str, reverse: str) -> Layer:
    end, given = end or "", {}
    for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"):
        if (key := f"{prefix}{part}{end}") in state_dict:
            value = state_dict[key]
            given[part] = as_real(key, getattr(value, "detach", lambda v=value: v)())
    rows, H = given["weight_hh"].shape if given["weight_hh"].ndim == 2 else (0, 0)
    H = given["weight_hr"].shape[-1] if "weight_hr" in given else H
    if not H or rows % H or rows // H not in KINDS:
        got, expected = given["weight_hh"].shape, "H, 3 H or 4 H rows of H numbers"
        raise ValueError(f"{prefix}weight_hh{end}: got shape {got}, expected {expected}")
    kind, letters = KINDS[rows // H]
    zeros = np.zeros(rows)
    D = given.get("weight_ih", zeros).shape[-1]
    for part, shape in {"weight_ih": (rows, D), "bias_ih": (rows,), "bias_hh": (rows,)}.items():
        got = given.get(part, zeros).shape
        if got != shape:
            raise ValueError(f"{prefix}{part}{end}: got shape {got}, expected {shape}")
    two = [given.get(part, zeros) for part in ("bias_ih", "bias_hh")]
    added = dict(zip(letters, np.split(two[0] + two[1], len(letters)), strict=True))
    biases = {gate: b for gate, b in added.items() if gate in CALLED}
    halves = half_life(biases[KEEPS[kind]]) if kind in KEEPS else None
    where = [prefix.rstrip("."), f"layer {number}" if number else "", "reverse" if reverse else ""]
    name = " ".join(filter(None, where)) or "the cell"
    remarks = _lost(given) or [*_of_numbers(given, H), *_of_kind(kind, H, given, biases, two)]
    return Layer(name, kind, D, H, biases, halves, remarks)


def half_life(bias: Any) -> Array:
    """Steps until half is left, where a gate stands at sigmoid(bias): log(1/2) / log(sigmoid(bias))."""
    with np.errstate(divide="ignore"):  # a gate of exactly 1 keeps for ever
        return math.log(2) / np.logaddexp(0, -as_real("bias", bias))


# --- what one would look at first


def _lost(given: Mapping[str, Array]) -> list[str]:
    lost = sum(int((~np.isfinite(value)).sum()) for value in given.values())
    total = sum(value.size for value in given.values())
    said = (
        f"{lost:,} of its {total:,} numbers are NaN or infinite, and so is what it computes with them."
        " Nothing else matters until you know which training step made them."
    )
    return [said] if lost else []


def _of_numbers(given: Mapping[str, Array], H: int) -> list[str]:
    said, bound = [], 1 / math.sqrt(H)
    if 0.9 * bound < max(np.abs(value).max() for value in given.values()) <= bound * (1 + 1e-6):
        said.append(
            f"All its numbers lie between -{bound:.2f} and {bound:.2f}, 1 / sqrt({H}), where PyTorch"
            " draws them. Has it been trained?"
        )
    for part, what in {"weight_ih": "the input", "weight_hh": "the state before"}.items():
        if zeros := int((~given[part].any(axis=1)).sum()):
            of = len(given[part])
            said.append(f"{zeros} of the {of} rows of {part} are all 0: they do not see {what}.")
    if "weight_hr" in given:
        said.append(f"A projection: its h is {len(given['weight_hr'])} numbers, made of {H}.")
    return said


def _of_kind(
    kind: str, H: int, given: Mapping[str, Array], biases: Mapping[str, Array], two: list[Array]
) -> list[str]:
    if kind == "RNN":
        radius = float(np.abs(np.linalg.eigvals(given["weight_hh"])).max())
        way = "fades" if radius < 0.99 else "grows" if radius > 1.01 else "keeps its size"
        return [
            f"The spectral radius of W_h is {radius:.3g}: where the activation's slope is 1, what is"
            f" old {way} in the long run ({radius:.3g}^50 = {radius**50:.1g})."
        ]
    gate = KEEPS[kind]
    name, halves = CALLED[gate], half_life(biases[gate])
    low, middle, high = (f"{h:.3g}" for h in (halves.min(), np.median(halves), halves.max()))
    if not biases[gate].any():
        said = (
            f"All biases of the {name} gate are 0: by these it stands at 0.5, a half-life of 1 step."
            " What lies ten steps back is then a thousandth."
        )
    elif all((one[H : 2 * H] == 1).all() for one in two):  # f and z are both the second block
        said = (
            f"Both biases of the {name} gate are 1, and they add up to 2: sigmoid(2) = 0.88, where one"
            f" bias of 1 makes 0.73. The half-life is {middle} steps. If 1 was meant, set one to 0."
        )
    else:
        said = (
            f"Half-lives by the {name} gate's bias alone: {low} to {high} steps, {middle} in the middle."
            " How far back must your task reach?"
        )
    held = {g: float(np.mean(sigmoid(b) < SHUT)) for g, b in biases.items()}
    effects = {"i": "lets nothing in", gate: "forgets at once"}
    return [said] + [
        f"{held[g]:.0%} of the {CALLED[g]} gates are held shut by their bias: unless x and h open it,"
        f" such a unit {effect}."
        for g, effect in effects.items()
        if held.get(g)
    ]
