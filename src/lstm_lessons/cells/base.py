"""What the cells share: parameters, checks, and the sums that end a backward pass."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from ..arguments import Array, as_array, as_count, as_number, as_real, as_rng, shown
from . import pytorch
from .trace import Trace

C = TypeVar("C", bound="Cell")
Slopes = dict[str, Array]  # local derivatives by name, each over all steps, (T, B, …)


def sigmoid(a: ArrayLike) -> Array:
    """1 / (1 + exp(-a)), elementwise, written with tanh: it cannot overflow.

    In float64 it rounds to exactly 0 below about -38 and to exactly 1 above about 37. Raises TypeError
    for what is not real numbers.
    """
    return 0.5 * np.tanh(0.5 * as_real("a", a)) + 0.5


def chrono_bias(longest: float, n_hidden: int, rng: np.random.Generator) -> Array:
    """Biases (H,) for memories of up to ``longest`` steps: log U(1, longest - 1).

    A gate held at sigmoid(log(tau - 1)) = 1 - 1 / tau forgets over about tau steps
    (Tallec & Ollivier 2018, arXiv:1804.11188).
    """
    if not as_number("chrono", longest) > 2:
        raise ValueError(f"chrono: got {longest!r}, expected a number of steps above 2")
    return np.log(as_rng(rng).uniform(1, longest - 1, as_count("n_hidden", n_hidden)))


class Cell(ABC):
    """A recurrent cell. Its parameters start as one seed of ``rng`` gives them.

    Wx evenly between -sqrt(6 / (D + H)) and +sqrt(6 / (D + H)) (Glorot & Bengio 2010), Wh orthogonal
    for each gate, b at 0.
    """

    gates: ClassVar[str]  # letters in the order of the stacked rows
    drawn: ClassVar[str]  # and as a seed's numbers go to them, or all networks would change
    states: ClassVar[str] = "h"

    def __init__(self, n_inputs: int, n_hidden: int, rng: np.random.Generator):
        self.n_inputs = D = as_count("n_inputs", n_inputs)
        self.n_hidden = H = as_count("n_hidden", n_hidden)
        rng = as_rng(rng)
        bound = np.sqrt(6 / (D + H))
        Wh = {gate: np.linalg.qr(rng.standard_normal((H, H)))[0] for gate in self.drawn}
        Wx = {gate: rng.uniform(-bound, bound, (H, D)) for gate in self.drawn}
        self.params: dict[str, Array] = {
            "Wx": np.concatenate([Wx[gate] for gate in self.gates]),
            "Wh": np.concatenate([Wh[gate] for gate in self.gates]),
            "b": np.zeros(len(self.gates) * H),
        }
        self.shapes = {name: p.shape for name, p in self.params.items()}

    @property
    def variant(self) -> str:
        """What a trace must agree on with the cell that goes back over it."""
        return type(self).__name__

    @property
    def n_params(self) -> int:
        """How many numbers training can change."""
        return sum(p.size for p in self.params.values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n_inputs={self.n_inputs}, n_hidden={self.n_hidden})"

    @abstractmethod
    def forward(self, xs: ArrayLike, state: Any = None, override: Mapping | None = None) -> Any:
        """Run over xs (T, B, D) from ``state``; the trace of all steps."""

    @abstractmethod
    def slopes(self, trace: Any) -> Slopes:
        """The local derivatives of all steps at once."""

    @abstractmethod
    def back_through_time(self, slopes: Slopes, dh: Array, dc_last: Array | None = None) -> Slopes:
        """From the last step to the first: what reaches every state, by its name, and what its sums need.

        A parameter's gradient that it returns under the parameter's name is the one that counts.
        """

    def backward(self, trace: Any, dh: ArrayLike, dc_last: Any = None) -> dict[str, Array]:
        """Gradients of a loss with dL/dh_t = dh (T, B, H), and dL/dc_T = dc_last (B, H) if there is a c.

        Returns the parameters' under their names and in their shapes, "xs" (T, B, D), "h0" (B, H), and
        "c0" for an LSTM. The parameters must be those of the forward pass. Raises TypeError for the
        trace of a different kind of cell, ValueError for shapes that do not fit.
        """
        self.check_trace(trace)
        dh = as_array("dh", dh, trace.h.shape)
        if dc_last is not None and "c" not in self.states:
            raise ValueError("dc_last: got a value for a cell without c, expected None")
        if dc_last is not None:
            dc_last = as_array("dc_last", dc_last, dh.shape[1:])
        back = self.back_through_time(self.slopes(trace), dh, dc_last)
        da = flatten(back["a"])
        grads = {"Wx": da.T @ flatten(trace.xs), "b": da.sum(axis=0)}
        grads["xs"] = (da @ self.params["Wx"]).reshape(trace.xs.shape)
        grads |= {f"{name}0": back[f"{name}0"] for name in self.states}
        grads |= self._recurrent_gradients(trace, da)
        return grads | {name: back[name] for name in self.params if name in back}

    def _recurrent_gradients(self, trace: Any, da: Array) -> dict[str, Array]:
        """Those of what multiplies the state before; da (T B, rows)."""
        return {"Wh": da.T @ flatten(trace.h_prev)}

    def _bias(self, gate: str) -> Array:
        """The part of b that belongs to one gate, as a view to write into."""
        return np.split(self.params["b"], len(self.gates))[self.gates.index(gate)]

    def _start_bias(
        self, gate: str, bias: float, chrono: float | None, sign: int, rng: Any
    ) -> None:
        """Set where a gate's bias starts: at one number, or drawn by chrono and times ``sign``."""
        if chrono is not None and bias:
            raise ValueError("chrono: got it beside a bias, expected one of the two")
        drawn = bias if chrono is None else sign * chrono_bias(chrono, self.n_hidden, rng)
        self._bias(gate)[:] = drawn

    def _begin(self, xs: ArrayLike, state: Any) -> tuple[Array, Array, list[Array]]:
        """The inputs; a = Wx x + b of all steps, gates apart, (T, gates, B, H); the states to start from."""
        # A copy: the trace must not change with what the caller does to xs later.
        xs = as_array("xs", xs, ("T", "B", self.n_inputs)).copy()
        for name, shape in self.shapes.items():  # a reader may have put others in their place
            self.params[name] = as_array(f"params[{name!r}]", self.params.get(name), shape)
        B = xs.shape[1]
        a = xs[:, None] @ self._by_gate("Wx")
        a += self.params["b"].reshape(-1, 1, self.n_hidden)
        names = [f"{name}0" for name in self.states]
        if state is None:
            return xs, a, [np.zeros((B, self.n_hidden)) for _ in names]
        given = [state] if len(names) == 1 else state
        if not isinstance(given, (tuple, list)) or len(given) != len(names):
            raise TypeError(f"state: got {shown(state)}, expected the pair ({', '.join(names)})")
        start = [
            as_array(name, value, (B, self.n_hidden))
            for name, value in zip(names, given, strict=True)
        ]
        return xs, a, start

    def _by_gate(self, name: str) -> Array:
        """Wx or Wh with its gates apart, each to be multiplied from the right: (gates, …, H)."""
        W = self.params[name].reshape(len(self.gates), self.n_hidden, -1)
        return np.ascontiguousarray(W.swapaxes(1, 2))

    def check_trace(self, trace: Any) -> None:
        """Raise unless the trace comes from a cell of this kind and size."""
        got = trace.cell if isinstance(trace, Trace) else type(trace).__name__
        if not isinstance(trace, Trace) or got != self.variant:
            raise TypeError(f"trace: got one of {got}, expected one of {self.variant}")
        sizes = {"hidden units": (trace.h, self.n_hidden), "inputs": (trace.xs, self.n_inputs)}
        for what, (array, expected) in sizes.items():
            if array.shape[2] != expected:
                raise ValueError(f"trace: got {array.shape[2]} {what}, expected {expected}")

    # --- PyTorch's names ---------------------------------------------------------------------

    def to_torch(self, layer: int = 0, reverse: bool = False) -> dict[str, Array]:
        """The parameters as new arrays under PyTorch's names; a GRU's only if it resets after.

        ``layer`` (from 0) and ``reverse`` are part of the names. A network's dicts joined with | are the
        state_dict of all its layers.
        """
        return pytorch.write(self.params, self.gates, layer, reverse)

    @classmethod
    def from_torch(
        cls: type[C],
        state_dict: Mapping,
        *,
        layer: int | None = None,
        reverse: bool = False,
        **variant: Any,
    ) -> C:
        """A cell with the parameters of one PyTorch layer, given under PyTorch's names.

        With ``layer`` (from 0) and ``reverse`` it is taken out of a state_dict that has more; without,
        there has to be one layer in one direction. A layer without biases is one whose biases are 0.
        A reverse layer reads from the last step to the first: give its cell xs[::-1], and turn h around.
        An RNN takes its ``activation`` as well, since PyTorch's names do not tell it; a GRU resets after.
        """
        params = pytorch.read(state_dict, cls.gates, layer, reverse)
        rng = np.random.default_rng(0)  # all that it draws is replaced
        cell = cls(params["Wx"].shape[1], params["Wh"].shape[1], rng, **variant)
        cell.params.update(params)
        return cell


class NotInPyTorch(Cell):
    """What no layer of PyTorch computes."""

    def to_torch(self, layer: int = 0, reverse: bool = False) -> NoReturn:
        raise TypeError(
            f"cell: got {self!r}, expected an RNN, LSTM or GRU: PyTorch has no such layer"
        )

    @classmethod
    def from_torch(cls, state_dict: Mapping, **variant: Any) -> NoReturn:
        raise TypeError(f"state_dict: got one for {cls.__name__}: PyTorch has no such layer")


def flatten(steps: Array) -> Array:
    """All steps and sequences below each other: (T, B, K) to (T B, K)."""
    return steps.reshape(-1, steps.shape[-1])
