"""Deep networks: cells on top of each other, and a read-out that turns hidden states into answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .arguments import Array, as_array, as_count, as_real, as_rng, shown
from .cells import Cell, Trace


class Readout:
    """A linear layer on the hidden state: y = V h + v, with V (n_out, H) and v (n_out,).

    V starts evenly between -1 / sqrt(H) and 1 / sqrt(H), v at 0.
    """

    def __init__(self, n_hidden: int, n_out: int, rng: np.random.Generator):
        self.n_hidden, self.n_out = as_count("n_hidden", n_hidden), as_count("n_out", n_out)
        bound = 1 / np.sqrt(n_hidden)
        V = as_rng(rng).uniform(-bound, bound, (n_out, n_hidden))
        self.params: dict[str, Array] = {"V": V, "v": np.zeros(n_out)}

    @property
    def n_params(self) -> int:
        """How many numbers training can change."""
        return sum(p.size for p in self.params.values())

    def __repr__(self) -> str:
        return f"Readout(n_hidden={self.n_hidden}, n_out={self.n_out})"

    def forward(self, h: ArrayLike) -> Array:
        """Answers (T, B, n_out) from hidden states (T, B, H)."""
        h = as_real("h", h)  # it may be infinite: it is the training's to say that it went too far
        if h.ndim != 3 or h.shape[2] != self.n_hidden:
            raise ValueError(f"h: got shape {h.shape}, expected (T, B, {self.n_hidden})")
        for name, shape in {"V": (self.n_out, self.n_hidden), "v": (self.n_out,)}.items():
            self.params[name] = as_array(f"params[{name!r}]", self.params.get(name), shape)
        return h @ self.params["V"].T + self.params["v"]

    def backward(self, h: ArrayLike, dy: ArrayLike) -> dict[str, Array]:
        """Gradients of a loss with dL/dy = dy (T, B, n_out): "V", "v", and "h" (T, B, H)."""
        h = as_array("h", h, ("T", "B", self.n_hidden))
        dy = as_array("dy", dy, (*h.shape[:2], self.n_out))
        flat = dy.reshape(-1, self.n_out)
        grads = {"V": flat.T @ h.reshape(len(flat), -1), "v": flat.sum(axis=0)}
        return grads | {"h": dy @ self.params["V"]}


@dataclass(frozen=True, repr=False, eq=False)
class StackTrace:
    """One forward pass: the traces of the cells from below, and the read-out's answers, if any."""

    layers: list[Trace]
    y: Array | None  # (T, B, n_out)

    @property
    def h(self) -> Array:
        """The hidden states of the last cell, (T, B, H)."""
        return self.layers[-1].h

    def __repr__(self) -> str:
        answers = "" if self.y is None else f", and answers y {self.y.shape}"
        return f"StackTrace of {', '.join(trace.cell.split()[0] for trace in self.layers)}{answers}"


class Stack:
    """Cells on top of each other, each reading the h of the one below, and perhaps a Readout at last.

    ``Stack([LSTM(2, 32, rng), Readout(32, 1, rng)])``. ``params`` has the layers' own arrays, named
    "0.Wx" and so on from below.
    """

    def __init__(self, layers: Sequence[Cell | Readout]):
        given: list = list(layers) if isinstance(layers, (list, tuple)) else [layers]
        last = given.pop() if given and isinstance(given[-1], Readout) else None
        if not given or not all(isinstance(cell, Cell) for cell in given):
            raise TypeError(
                f"layers: got {shown(layers)}, expected cells, and perhaps a Readout last"
            )
        self.cells: list[Cell] = given
        self.readout: Readout | None = last
        if len({id(layer) for layer in self.layers}) < len(self.layers):
            raise ValueError("layers: got one cell twice, expected each in one place only")
        for below, layer in zip(self.cells, self.layers[1:], strict=False):
            wanted = layer.n_hidden if isinstance(layer, Readout) else layer.n_inputs
            if wanted != below.n_hidden:
                raise ValueError(
                    f"layers: got {layer!r} on {below!r}, expected it to read {below.n_hidden}"
                )

    @property
    def layers(self) -> list[Cell | Readout]:
        """All of them from below."""
        return [*self.cells, *([self.readout] if self.readout else [])]

    @property
    def params(self) -> dict[str, Array]:
        """The live arrays of all layers by name; training changes them in place."""
        return {
            f"{k}.{n}": p for k, layer in enumerate(self.layers) for n, p in layer.params.items()
        }

    @property
    def n_params(self) -> int:
        """How many numbers training can change."""
        return sum(layer.n_params for layer in self.layers)

    def __repr__(self) -> str:
        return f"Stack([{', '.join(map(repr, self.layers))}])"

    def forward(
        self, xs: ArrayLike, states: Any = None, override: Mapping | None = None
    ) -> StackTrace:
        """Run over xs (T, B, D) from one state a cell (see the cells), zeros if None.

        ``override={0: {"f": values}}`` sets gates of a cell by hand, by its place from below.
        """
        states = [None] * len(self.cells) if states is None else states
        if not isinstance(states, (list, tuple)) or len(states) != len(self.cells):
            raise TypeError(f"states: got {shown(states)}, expected a list of {len(self.cells)}")
        override = {} if override is None else override
        if not isinstance(override, Mapping) or not set(override) <= set(range(len(self.cells))):
            raise TypeError(f"override: got {shown(override)}, expected a dict by a cell's place")
        traces: list[Trace] = []
        for k, (cell, state) in enumerate(zip(self.cells, states, strict=True)):
            below = traces[-1].h if traces else xs
            traces.append(cell.forward(below, state, override.get(k)))
        return StackTrace(traces, self.readout.forward(traces[-1].h) if self.readout else None)

    def backward(self, trace: StackTrace, dy: ArrayLike) -> dict[str, Array]:
        """Gradients of a loss with dL/dy = dy (T, B, n_out), by the names of ``params``, and "xs".

        Without a read-out dy is dL/dh of the last cell, (T, B, H).
        """
        if not isinstance(trace, StackTrace) or len(trace.layers) != len(self.cells):
            raise TypeError(f"trace: got {shown(trace)}, expected one of {len(self.cells)} cells")
        grads: dict[str, Array] = {}
        if self.readout:
            back = self.readout.backward(trace.h, dy)
            grads = {f"{len(self.cells)}.{name}": back[name] for name in self.readout.params}
            dy = back["h"]
        for k in reversed(range(len(self.cells))):
            back = self.cells[k].backward(trace.layers[k], dy)
            grads |= {f"{k}.{name}": back[name] for name in self.cells[k].params}
            dy = back["xs"]
        return grads | {"xs": back["xs"]}
