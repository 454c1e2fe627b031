"""The RNN, the LSTM and the GRU: a forward pass over whole sequences and its exact backward pass.

Conventions, the same in every lesson:

* Time comes first: inputs ``xs`` are (T, B, D), states over time (T, B, H), one state (B, H);
  T steps, B sequences in a batch, D inputs, H hidden units. Everything is float64.
* Gates that share one matrix are stacked in its rows: **o f i g** in the LSTM, **r z n** in the GRU.
  ``Wx`` is (rows, D), ``Wh`` (rows, H), ``b`` (rows,). PyTorch and Keras stack the LSTM as i f g o.
* The GRU's update gate takes the new: h = (1 - z) h_prev + z n, as in Chung et al. 2014
  (arXiv:1412.3555). In PyTorch and Keras z keeps the old; `GRU.from_torch` converts.

Inside, a batch lies in columns, (H, B), so that each gate is one contiguous block of rows, one
matrix product a step serves all gates, and one tanh serves every gate (see `sigmoid`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# glibc hands the memory of large arrays back to the system at once and fetches it anew, page by page:
# up to half of a training step. Once a block of this size has been freed, it keeps up to 64 MB.
np.empty(4_190_000)


def sigmoid(a: ArrayLike) -> Array:
    """1 / (1 + exp(-a)), elementwise, written with tanh: it cannot overflow.

    In float64 it rounds to exactly 0 below about -38 and to exactly 1 above about 37.
    """
    return 0.5 * np.tanh(0.5 * np.asarray(a, dtype=np.float64)) + 0.5


def checked(
    name: str, value: ArrayLike, shape: tuple, low=-np.inf, high=np.inf, nan=False
) -> Array:
    """``value`` as a float64 array, or a sentence that says what is wrong with it.

    ``shape`` holds numbers, or letters for lengths that are free but not zero, as ("T", "B", 3);
    () is one number.
    ``nan=True`` lets NaN pass. Raises TypeError for what is not real numbers, else ValueError.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind not in ("fiub" if shape else "fiu") or (not shape and array.ndim):
            raise TypeError
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        wanted = "an array of real numbers" if shape else "a number"
        raise TypeError(f"{name}: got {value!r:.60}, expected {wanted}") from None
    fits = array.ndim == len(shape) and all(
        n > 0 and (isinstance(want, str) or n == want)
        for n, want in zip(array.shape, shape, strict=True)
    )
    if not fits:
        expected = "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"
        empty = ", none of them 0" if 0 in array.shape else ""
        raise ValueError(f"{name}: got shape {array.shape}, expected {expected}{empty}")
    bad = ~np.isfinite(array) if not nan else np.isinf(array)
    if bad.any():
        index = tuple(int(k) for k in np.argwhere(bad)[0])
        where = f" at index {index}" if index else ""
        raise ValueError(f"{name}: got {array[index]}{where}, expected finite numbers")
    if (array < low).any() or (array > high).any():
        worst = array[(array < low) | (array > high)][0]
        raise ValueError(f"{name}: got {worst:g}, expected values from {low:g} to {high:g}")
    return array


def whole(name: str, n) -> int:
    """``n`` as an int of 1 or more, or a sentence that says what is wrong with it."""
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
        raise TypeError(f"{name}: got {n!r}, expected a whole number")
    if n < 1:
        raise ValueError(f"{name}: got {n}, expected 1 or more")
    return int(n)


def _columns(rows: Array) -> Array:
    """(…, B, H) to a contiguous (…, H, B)."""
    return np.ascontiguousarray(rows.swapaxes(-1, -2))


def _rows(columns: Array) -> Array:
    """(…, H, B) as (…, B, H), a view."""
    return columns.swapaxes(-1, -2)


def _room(slope: Array, dh: Array) -> Array:
    """Where da (T, rows, B) goes: over the slopes, which are used once, if they are as wide as dh."""
    wide = slope.shape[2] == dh.shape[2]  # memory that is touched already costs no page faults
    return slope if wide else np.empty((*slope.shape[:2], dh.shape[2]))


def _flat(columns: Array) -> Array:
    """All steps and sequences side by side: (T, R, B) to (R, T B)."""
    return np.swapaxes(columns, 0, 1).reshape(columns.shape[1], -1)


@dataclass(frozen=True, repr=False, eq=False)
class Trace:
    """Every gate and state of one forward pass, by name and each (T, B, H).

    An LSTM's trace has h, c, o, f, i, g; a GRU's h, r, z, n; an RNN's h.
    """

    kind: str  # "RNN", "LSTM" or "GRU"
    variant: str  # the rest that backward must agree on
    inputs: Array  # (T, D, B), and so on: columns, as the backward pass wants them
    states: dict[str, Array]  # "h" and "c", each (T + 1, H, B) with the initial state first
    gates: Array  # (T, rows, B)
    names: str  # the gates' letters in the order of their rows
    fixed: Array | None = None  # (T, rows, B), True where a gate was set by hand
    kept: dict[str, Array] = field(default_factory=dict)  # other values that backward reuses

    def __getattr__(self, name: str) -> Array:
        if name.startswith("_"):  # copy and pickle ask for these before any field is there
            raise AttributeError(name)
        if name in self.states:
            return _rows(self.states[name][1:])
        if len(name) == 1 and name in self.names:
            return _rows(block(self.gates, self.names, name))
        have = ", ".join([*self.states, *self.names])
        raise AttributeError(f"a trace of {self.kind} has no {name!r}, it has {have}")

    def __repr__(self) -> str:
        (T, _, B), H = self.inputs.shape, self.states["h"].shape[1]
        return (
            f"Trace of {self.kind}: {', '.join([*self.states, *self.names])}, each ({T}, {B}, {H})"
        )


def block(stacked: Array, names: str, name: str) -> Array:
    """The rows of one gate in an array that stacks them along its last axis but one."""
    k, H = names.index(name), stacked.shape[-2] // len(names)
    return stacked[..., k * H : (k + 1) * H, :]


class Cell:
    """What the three cells share: parameters, checks, PyTorch's names."""

    kind: ClassVar[str]
    variant = ""  # what else a trace must agree on with the cell that goes back over it
    gates: ClassVar[str]  # letters in the order of the stacked rows; the candidate is last
    torch_gates: ClassVar[str]  # the same letters in PyTorch's order

    def __init__(self, n_inputs: int, n_hidden: int, rng: np.random.Generator):
        if not isinstance(rng, np.random.Generator):
            raise TypeError(f"rng: got {rng!r:.60}, expected numpy.random.default_rng(seed)")
        self.n_inputs, self.n_hidden = whole("n_inputs", n_inputs), whole("n_hidden", n_hidden)
        D, H, n = self.n_inputs, self.n_hidden, len(self.gates)
        bound = np.sqrt(6 / (D + H))  # Glorot & Bengio 2010
        orthogonal = [np.linalg.qr(rng.standard_normal((H, H)))[0] for _ in range(n)]
        self.params = {
            "Wx": rng.uniform(-bound, bound, (n * H, D)),
            "Wh": np.concatenate(orthogonal),
            "b": np.zeros(n * H),
        }

    @property
    def n_params(self) -> int:
        """How many numbers training can change."""
        return sum(p.size for p in self.params.values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}(n_inputs={self.n_inputs}, n_hidden={self.n_hidden})"

    def _bias(self, name: str) -> Array:
        """The part of b that belongs to one gate, as a view to write into."""
        return block(self.params["b"][:, None], self.gates, name)[:, 0]

    def _start(self, xs, names: str, state) -> tuple[Array, dict[str, Array]]:
        """Inputs as columns (T, D, B), and histories (T + 1, H, B) with the start state filled in."""
        x = _columns(checked("xs", xs, ("T", "B", self.n_inputs)))
        T, _, B = x.shape
        states = {name: np.zeros((T + 1, self.n_hidden, B)) for name in names}
        if state is not None:
            given = [state] if len(names) == 1 else state
            if len(names) > 1 and not (isinstance(given, (tuple, list)) and len(given) == 2):
                raise TypeError(f"state: got {type(state).__name__}, expected the pair (h0, c0)")
            for name, value in zip(names, given, strict=True):
                states[name][0] = checked(f"{name}0", value, (B, self.n_hidden)).T
        return x, states

    def _fixed(self, override, T: int, B: int) -> Array | None:
        """Gates set by hand, stacked (T, rows, B) with NaN where the net decides."""
        if override is None:
            return None
        if not isinstance(override, Mapping):
            raise TypeError(f"override: got {override!r:.60}, expected a dict of gates")
        shape = (T, B, self.n_hidden)
        values = np.full((T, len(self.gates) * self.n_hidden, B), np.nan)
        for name, value in override.items():
            if name not in list(self.gates):
                raise ValueError(f"override: got {name!r}, expected one of {', '.join(self.gates)}")
            label, low = f"override[{name!r}]", -1 if name == self.gates[-1] else 0
            array = checked(label, value, np.shape(value), low, 1, nan=True)
            if array.ndim == 0:
                array = array.reshape(1, 1, 1)
            lengths = zip(array.shape, shape, strict=array.ndim == 3)
            if array.ndim != 3 or any(n not in (1, m) for n, m in lengths):
                raise ValueError(
                    f"{label}: got shape {array.shape}, expected one number or {shape}"
                    " (any of these lengths may be 1)"
                )
            block(values, self.gates, name)[:] = _rows(array)
        return values

    def check_trace(self, trace: Trace) -> None:
        """Raise unless the trace comes from a cell of this kind and size."""
        is_trace = isinstance(trace, Trace)
        got = (trace.kind, trace.variant) if is_trace else (type(trace).__name__, "")
        if not is_trace or got != (self.kind, self.variant):
            words = [" ".join(pair).strip() for pair in (got, (self.kind, self.variant))]
            raise TypeError(f"trace: got one of {words[0]}, expected one of {words[1]}")
        if trace.h.shape[2] != self.n_hidden:
            raise ValueError(
                f"trace: got {trace.h.shape[2]} hidden units, expected {self.n_hidden}"
            )
        if trace.inputs.shape[1] != self.n_inputs:
            raise ValueError(f"trace: got {trace.inputs.shape[1]} inputs, expected {self.n_inputs}")

    def _upstream(self, trace: Trace, dh) -> Array:
        """dL/dh_t from outside, as a new array of columns (T, H, B)."""
        self.check_trace(trace)
        return _columns(checked("dh", dh, trace.h.shape))

    def _shared(self, trace: Trace, back: dict[str, Array], da: Array) -> dict[str, Array]:
        """The gradients that every cell gathers in the same way; da (rows, T B) lies flat."""
        grads = {"Wx": da @ _flat(trace.inputs).T, "b": da.sum(axis=1)}
        dx = (self.params["Wx"].T @ da).reshape(self.n_inputs, *trace.inputs.shape[::2])
        grads["xs"] = dx.transpose(1, 2, 0)
        return grads | {f"{name}0": _rows(back[f"{name}0"]) for name in trace.states}

    # --- PyTorch's names ---------------------------------------------------------------------

    @classmethod
    def _read_torch(cls, state_dict: Mapping) -> tuple[Array, Array, Array, Array]:
        """weight_ih, weight_hh, bias_ih, bias_hh of one layer, rows in our order of gates."""
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                f"state_dict: got {type(state_dict).__name__}, expected a dict of arrays"
            )
        names = [f"{kind}_l0" for kind in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        if missing := [name for name in names if name not in state_dict]:
            raise ValueError(f"state_dict: got no {missing[0]!r}, expected {', '.join(names)}")
        if extra := [name for name in state_dict if name not in names]:
            raise ValueError(f"state_dict: got {extra[0]!r}, expected one layer, one direction")
        n = len(cls.gates)
        w_hh = checked("weight_hh_l0", state_dict["weight_hh_l0"], ("rows", "H"))
        H = w_hh.shape[1]
        shapes = [(n * H, "D"), (n * H, H), (n * H,), (n * H,)]
        order = [cls.torch_gates.index(gate) for gate in cls.gates]
        return tuple(
            _reorder(checked(name, state_dict[name], shape), order)
            for name, shape in zip(names, shapes, strict=True)
        )

    def _write_torch(self, Wx: Array, Wh: Array, b: Array, b_hh: Array) -> dict[str, Array]:
        order = [self.gates.index(gate) for gate in self.torch_gates]
        named = {"weight_ih": Wx, "weight_hh": Wh, "bias_ih": b, "bias_hh": b_hh}
        return {f"{name}_l0": _reorder(value, order) for name, value in named.items()}

    def to_torch(self) -> dict[str, Array]:
        """The parameters as new arrays under PyTorch's names and in its order of gates."""
        p = self.params
        return self._write_torch(p["Wx"], p["Wh"], p["b"], np.zeros_like(p["b"]))

    @classmethod
    def from_torch(cls, state_dict: Mapping, **variant):
        """A cell with the parameters of one PyTorch layer, given under PyTorch's names.

        PyTorch adds two biases where one does the same; here they become their sum. An RNN takes
        its ``activation`` as well, since PyTorch's names do not tell it.
        """
        Wx, Wh, b_ih, b_hh = cls._read_torch(state_dict)
        cell = cls(Wx.shape[1], Wh.shape[1], np.random.default_rng(0), **variant)
        cell.params.update(Wx=Wx, Wh=Wh, b=b_ih + b_hh)
        return cell


def _reorder(stacked: Array, order: list[int]) -> Array:
    """The row blocks of a stacked array in another order, as a new array."""
    return np.concatenate([np.split(stacked, len(order))[k] for k in order])


class RNN(Cell):
    """A plain recurrent cell: h = act(Wx x + Wh h_prev + b), act one of tanh, relu, linear.

    Elman 1990 with tanh. ``trace.h`` is (T, B, H).
    """

    kind = "RNN"
    gates = torch_gates = "h"
    activations: ClassVar[dict] = {
        "tanh": np.tanh,
        "relu": lambda a, out: np.maximum(a, 0, out=out),
        "linear": np.positive,
    }

    def __init__(self, n_inputs, n_hidden, rng, activation="tanh"):
        if not isinstance(activation, str) or activation not in self.activations:
            expected = ", ".join(self.activations)
            raise ValueError(f"activation: got {activation!r}, expected one of {expected}")
        super().__init__(n_inputs, n_hidden, rng)
        self.activation = self.variant = activation

    def forward(self, xs: ArrayLike, state: ArrayLike | None = None, override=None) -> Trace:
        """Run over xs (T, B, D) from state h0 (B, H), zeros if None. There is no gate to override."""
        if override is not None:
            raise ValueError("override: got gates for an RNN, which has none, expected None")
        x, states = self._start(xs, "h", state)
        h, Wh = states["h"], self.params["Wh"]
        np.matmul(self.params["Wx"], x, out=h[1:])  # every step's input at once
        h[1:] += self.params["b"][:, None]
        act, new = self.activations[self.activation], np.empty_like(h[0])
        for h_prev, h_t in zip(h[:-1], h[1:], strict=True):
            h_t += np.dot(Wh, h_prev, out=new)
            act(h_t, out=h_t)
        return Trace(self.kind, self.variant, x, states, gates=h[1:], names="")

    def local(self, trace: Trace) -> tuple[Array]:
        """The slope of the activation at every step, (T, H, B)."""
        h = trace.states["h"][1:]
        if self.activation == "tanh":
            return (1 - h * h,)
        return ((h > 0).astype(float) if self.activation == "relu" else np.ones_like(h),)

    def walk(self, local, dh: Array, dc_last=None) -> dict[str, Array]:
        """Back through time. Adds to dh (T, H, B) in place what arrives from later steps."""
        (slope,) = local
        da, back = _room(slope, dh), self.params["Wh"].T
        dh_next = np.zeros_like(dh[0])
        for dh_t, da_t, slope_t in zip(dh[::-1], da[::-1], slope[::-1], strict=True):
            dh_t += dh_next
            np.multiply(dh_t, slope_t, out=da_t)
            np.dot(back, da_t, out=dh_next)
        return {"h": dh, "h0": dh_next, "a": da}

    def backward(self, trace: Trace, dh: ArrayLike, dc_last=None) -> dict[str, Array]:
        """Gradients of a loss with dL/dh_t = dh (T, B, H): "Wx", "Wh", "b", "xs", "h0"."""
        if dc_last is not None:
            raise ValueError("dc_last: got a value for a cell without c, expected None")
        back = self.walk(self.local(trace), self._upstream(trace, dh))
        da = _flat(back["a"])
        return self._shared(trace, back, da) | {"Wh": da @ _flat(trace.states["h"][:-1]).T}


class LSTM(Cell):
    """Long short-term memory with a forget gate (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

        o, f, i = sigmoid(a_o), sigmoid(a_f), sigmoid(a_i);  g = tanh(a_g);  a = Wx x + Wh h_prev + b
        c = f * c_prev + i * g;  h = o * tanh(c)

    ``forget_bias`` is what the forget gate's bias starts at. ``chrono=T`` draws it for memories of
    up to T steps instead, b_f = log U(1, T - 1) and b_i = -b_f (Tallec & Ollivier 2018).
    """

    kind, gates, torch_gates = "LSTM", "ofig", "ifgo"

    def __init__(self, n_inputs, n_hidden, rng, forget_bias=0.0, chrono=None):
        super().__init__(n_inputs, n_hidden, rng)
        self._bias("f")[:] = checked("forget_bias", forget_bias, ())
        if chrono is not None:
            if forget_bias:
                raise ValueError("chrono: got it beside a forget_bias, expected one of the two")
            self._bias("f")[:] = chrono_bias(chrono, self.n_hidden, rng)
            self._bias("i")[:] = -self._bias("f")

    def forward(self, xs: ArrayLike, state=None, override: Mapping | None = None) -> Trace:
        """Run over xs (T, B, D) from state (h0, c0), each (B, H), zeros if None.

        ``override={"f": values}`` sets gates by hand: one number, or (T, B, H) where any length may
        be 1, and NaN where the net decides. o, f, i lie in [0, 1], the candidate g in [-1, 1].
        """
        x, states = self._start(xs, "hc", state)
        h, c, H = states["h"], states["c"], self.n_hidden
        fixed = self._fixed(override, len(x), x.shape[2])
        hand = [None] * len(x) if fixed is None else fixed
        half = np.where(np.arange(4 * H) < 3 * H, 0.5, 1.0)[:, None]  # sigmoid by tanh, see above
        Wh = half * self.params["Wh"]
        a = (half * self.params["Wx"]) @ x  # every step's input at once; becomes the gates
        a += half * self.params["b"][:, None]
        tanh_c, new = np.empty_like(c[1:]), np.empty_like(a[0])
        ofi, o, f, i, g = a[:, : 3 * H], *np.split(a, 4, axis=1)
        steps = zip(a, ofi, o, f, i, g, h[:-1], h[1:], c[:-1], c[1:], tanh_c, hand, strict=True)
        for a_t, ofi_t, o_t, f_t, i_t, g_t, h_prev, h_t, c_prev, c_t, tanh_t, hand_t in steps:
            a_t += np.dot(Wh, h_prev, out=new)
            np.tanh(a_t, out=a_t)
            ofi_t *= 0.5
            ofi_t += 0.5
            if hand_t is not None:
                np.copyto(a_t, hand_t, where=~np.isnan(hand_t))
            np.multiply(f_t, c_prev, out=c_t)
            c_t += np.multiply(i_t, g_t, out=new[:H])
            np.tanh(c_t, out=tanh_t)
            np.multiply(o_t, tanh_t, out=h_t)
        by_hand = None if fixed is None else ~np.isnan(fixed)
        return Trace(self.kind, self.variant, x, states, a, self.gates, by_hand, {"tanh_c": tanh_c})

    def local(self, trace: Trace) -> tuple[Array, Array, Array]:
        """Slopes for all steps at once: of the four a's (T, 4H, B), of c by h, and f (T, H, B).

        A gate set by hand does not depend on its a, so its slope there is 0.
        """
        o, f, i, g = np.split(trace.gates, 4, axis=1)
        tanh_c, H = trace.kept["tanh_c"], self.n_hidden
        slope = np.empty_like(trace.gates)
        s, ofi = slope[:, : 3 * H], trace.gates[:, : 3 * H]
        np.subtract(1, ofi, out=s)
        s *= ofi
        slope[:, :H] *= tanh_c
        slope[:, H : 2 * H] *= trace.states["c"][:-1]
        slope[:, 2 * H : 3 * H] *= g
        np.multiply(i, 1 - g * g, out=slope[:, 3 * H :])
        if trace.fixed is not None:
            slope[trace.fixed] = 0
        return slope, o * (1 - tanh_c * tanh_c), f

    def walk(self, local, dh: Array, dc_last: Array | float = 0.0) -> dict[str, Array]:
        """Back through time. Adds to dh (T, H, B) in place what arrives from later steps."""
        slope, c_by_h, f = local
        T, H, B = dh.shape
        da, dc, back = _room(slope, dh), np.empty_like(dh), self.params["Wh"].T
        dh_next = np.zeros((H, B))
        dc_next = np.zeros((H, B)) + dc_last
        s_o, s_fig = slope[:, :H], slope[:, H:].reshape(T, 3, H, -1)
        da_o, da_fig = da[:, :H], da[:, H:].reshape(T, 3, H, B)
        steps = list(zip(dh, dc, da, da_o, da_fig, s_o, s_fig, c_by_h, f, strict=True))
        for dh_t, dc_t, da_t, dao_t, dafig_t, so_t, sfig_t, by_h, f_t in reversed(steps):
            dh_t += dh_next
            np.multiply(dh_t, by_h, out=dc_t)
            dc_t += dc_next  # the two roads into c meet: from h, and from the next step's c
            np.multiply(so_t, dh_t, out=dao_t)
            np.multiply(sfig_t, dc_t, out=dafig_t)
            np.multiply(dc_t, f_t, out=dc_next)  # along the belt: only a product with f
            np.dot(back, da_t, out=dh_next)
        return {"h": dh, "c": dc, "h0": dh_next, "c0": dc_next, "a": da}

    def backward(self, trace: Trace, dh: ArrayLike, dc_last=None) -> dict[str, Array]:
        """Gradients of a loss with dL/dh_t = dh (T, B, H) and dL/dc_T = dc_last (B, H), zero if None.

        Returns "Wx", "Wh", "b" in the parameters' shapes, "xs" (T, B, D), "h0" and "c0" (B, H).
        """
        dh = self._upstream(trace, dh)
        dc_last = 0.0 if dc_last is None else checked("dc_last", dc_last, trace.c.shape[1:]).T
        back = self.walk(self.local(trace), dh, dc_last)
        da = _flat(back["a"])
        return self._shared(trace, back, da) | {"Wh": da @ _flat(trace.states["h"][:-1]).T}


class GRU(Cell):
    """Gated recurrent unit (Cho et al. 2014; in the form of Chung et al. 2014, arXiv:1412.3555).

        r, z = sigmoid(a_r), sigmoid(a_z);  h = (1 - z) * h_prev + z * n
        n = tanh(Wx_n x + Wh_n (r * h_prev) + b_n)              reset_after=False, Chung 2014
        n = tanh(Wx_n x + b_n + r * (Wh_n h_prev + bh))         reset_after=True, cuDNN, PyTorch, Keras

    The two are different functions. With reset_after=True there is one more parameter, bh (H,).
    ``update_bias`` is what the update gate's bias starts at; below 0 it keeps. ``chrono=T`` draws it
    for memories of up to T steps instead, b_z = -log U(1, T - 1) (Tallec & Ollivier 2018).
    """

    kind, gates, torch_gates = "GRU", "rzn", "rzn"

    def __init__(self, n_inputs, n_hidden, rng, reset_after=False, update_bias=0.0, chrono=None):
        if not isinstance(reset_after, (bool, np.bool_)):
            raise TypeError(f"reset_after: got {reset_after!r}, expected True or False")
        super().__init__(n_inputs, n_hidden, rng)
        self.reset_after = bool(reset_after)
        self.variant = f"reset_after={self.reset_after}"
        if self.reset_after:
            self.params["bh"] = np.zeros(self.n_hidden)
        self._bias("z")[:] = checked("update_bias", update_bias, ())
        if chrono is not None:
            if update_bias:
                raise ValueError("chrono: got it beside an update_bias, expected one of the two")
            self._bias("z")[:] = -chrono_bias(chrono, self.n_hidden, rng)

    def forward(self, xs: ArrayLike, state=None, override: Mapping | None = None) -> Trace:
        """Run over xs (T, B, D) from state h0 (B, H), zeros if None; ``override`` as in the LSTM.

        r and z lie in [0, 1], the candidate n in [-1, 1].
        """
        x, states = self._start(xs, "h", state)
        h, H = states["h"], self.n_hidden
        fixed = self._fixed(override, len(x), x.shape[2])
        hand = [None] * len(x) if fixed is None else fixed
        half = np.where(np.arange(3 * H) < 2 * H, 0.5, 1.0)[:, None]
        Wh, bh = half * self.params["Wh"], self.params.get("bh", np.zeros(H))[:, None]
        a = (half * self.params["Wx"]) @ x  # every step's input at once; becomes the gates
        a += half * self.params["b"][:, None]
        u, new = np.empty_like(h[1:]), np.empty_like(a[0])  # u: what r multiplies, or its product
        rz, r, z, n = a[:, : 2 * H], *np.split(a, 3, axis=1)
        new_rz, new_n = new[: 2 * H], new[2 * H :]
        steps = zip(rz, r, z, n, u, h[:-1], h[1:], hand, strict=True)
        for rz_t, r_t, z_t, n_t, u_t, h_prev, h_t, hand_t in steps:
            if self.reset_after:
                np.dot(Wh, h_prev, out=new)
                np.add(new_n, bh, out=u_t)
            else:
                np.dot(Wh[: 2 * H], h_prev, out=new_rz)
            rz_t += new_rz
            np.tanh(rz_t, out=rz_t)
            rz_t *= 0.5
            rz_t += 0.5
            if hand_t is not None:
                np.copyto(rz_t, hand_t[: 2 * H], where=~np.isnan(hand_t[: 2 * H]))
            if self.reset_after:
                n_t += np.multiply(r_t, u_t, out=new_n)
            else:
                np.multiply(r_t, h_prev, out=u_t)
                n_t += np.dot(Wh[2 * H :], u_t, out=new_n)
            np.tanh(n_t, out=n_t)
            if hand_t is not None:
                np.copyto(n_t, hand_t[2 * H :], where=~np.isnan(hand_t[2 * H :]))
            np.subtract(n_t, h_prev, out=h_t)
            h_t *= z_t  # h_prev + z (n - h_prev) is (1 - z) h_prev + z n
            h_t += h_prev
        by_hand = None if fixed is None else ~np.isnan(fixed)
        return Trace(self.kind, self.variant, x, states, a, self.gates, by_hand, {"u": u})

    def local(self, trace: Trace) -> tuple[Array, Array, Array, Array]:
        """Slopes for all steps at once, each (T, H, B) but the first: of the three a's (T, 3H, B)
        (r's still wants the gradient of what it multiplies), r, and 1 - z."""
        r, z, n = np.split(trace.gates, 3, axis=1)
        h_prev, u, H = trace.states["h"][:-1], trace.kept["u"], self.n_hidden
        slope = np.empty_like(trace.gates)
        np.multiply(r * (1 - r), u if self.reset_after else h_prev, out=slope[:, :H])
        np.multiply(z * (1 - z), n - h_prev, out=slope[:, H : 2 * H])
        np.multiply(z, 1 - n * n, out=slope[:, 2 * H :])
        if trace.fixed is not None:
            slope[trace.fixed] = 0
        return slope, r, 1 - z

    def walk(self, local, dh: Array, dc_last=None) -> dict[str, Array]:
        """Back through time. Adds to dh (T, H, B) in place what arrives from later steps."""
        slope, r, keep = local
        T, H, B = dh.shape
        # Two histories: da belongs to Wx, du to Wh. They differ, in n's rows, only if r comes after.
        da = _room(slope, dh)
        du = np.empty_like(da) if self.reset_after else da
        back, new = self.params["Wh"].T, np.empty((H, B))
        back_rz, back_n = back[:, : 2 * H], back[:, 2 * H :]
        s_r, s_zn = slope[:, :H], slope[:, H:].reshape(T, 2, H, -1)
        da_rz, da_r, _, da_n = da[:, : 2 * H], *np.split(da, 3, axis=1)
        da_zn = da[:, H:].reshape(T, 2, H, B)
        dh_next = np.zeros((H, B))
        steps = list(zip(dh, da_rz, da_r, da_n, da_zn, du, s_r, s_zn, r, keep, strict=True))
        for dh_t, darz_t, dar_t, dan_t, dazn_t, du_t, sr_t, szn_t, r_t, keep_t in reversed(steps):
            dh_t += dh_next
            np.multiply(szn_t, dh_t, out=dazn_t)
            if self.reset_after:
                np.multiply(sr_t, dan_t, out=dar_t)
                du_t[: 2 * H] = darz_t
                np.multiply(dan_t, r_t, out=du_t[2 * H :])
                np.dot(back, du_t, out=dh_next)
            else:
                np.dot(back_n, dan_t, out=new)  # the gradient of r * h_prev
                np.multiply(sr_t, new, out=dar_t)
                np.dot(back_rz, darz_t, out=dh_next)
                dh_next += np.multiply(new, r_t, out=new)
            dh_next += np.multiply(dh_t, keep_t, out=new)  # along h itself: only a product
        return {"h": dh, "h0": dh_next, "a": da, "u": du}

    def backward(self, trace: Trace, dh: ArrayLike, dc_last=None) -> dict[str, Array]:
        """Gradients of a loss with dL/dh_t = dh (T, B, H).

        Returns the parameters' by name, "xs" (T, B, D) and "h0" (B, H).
        """
        if dc_last is not None:
            raise ValueError("dc_last: got a value for a cell without c, expected None")
        back = self.walk(self.local(trace), self._upstream(trace, dh))
        da, h_prev, H = _flat(back["a"]), _flat(trace.states["h"][:-1]), self.n_hidden
        grads = self._shared(trace, back, da)
        if self.reset_after:
            du = _flat(back["u"])
            return grads | {"Wh": du @ h_prev.T, "bh": du[2 * H :].sum(axis=1)}
        into_n = da[2 * H :] @ _flat(trace.kept["u"]).T
        return grads | {"Wh": np.concatenate([da[: 2 * H] @ h_prev.T, into_n])}

    @classmethod
    def from_torch(cls, state_dict: Mapping):
        """A GRU with reset_after=True and the parameters of one PyTorch layer.

        PyTorch's z keeps the old state where ours takes the new: sigmoid(-a) = 1 - sigmoid(a), so
        z's rows change their sign. Its second bias matters only for n, where it becomes bh.
        """
        Wx, Wh, b_ih, b_hh = cls._read_torch(state_dict)
        cell = cls(Wx.shape[1], Wh.shape[1], np.random.default_rng(0), reset_after=True)
        H = cell.n_hidden
        b = b_ih + np.where(np.arange(3 * H) < 2 * H, b_hh, 0)
        cell.params.update(Wx=Wx, Wh=Wh, b=b, bh=b_hh[2 * H :])
        for value in (Wx, Wh, b):
            value[H : 2 * H] *= -1
        return cell

    def to_torch(self) -> dict[str, Array]:
        """The parameters as new arrays under PyTorch's names; only for reset_after=True."""
        if not self.reset_after:
            raise ValueError(
                "reset_after: got False, but PyTorch's GRU resets after, expected True"
            )
        p, H = self.params, self.n_hidden
        sign = np.where(np.arange(3 * H) // H == 1, -1.0, 1.0)
        b_hh = np.concatenate([np.zeros(2 * H), p["bh"]])
        return self._write_torch(
            sign[:, None] * p["Wx"], sign[:, None] * p["Wh"], sign * p["b"], b_hh
        )


def chrono_bias(longest: int, n_hidden: int, rng: np.random.Generator) -> Array:
    """Biases (H,) for memories of up to ``longest`` steps: log U(1, longest - 1).

    A gate held at sigmoid(log(tau - 1)) = 1 - 1 / tau forgets over about tau steps
    (Tallec & Ollivier 2018, arXiv:1804.11188).
    """
    if not checked("chrono", longest, ()) > 2:
        raise ValueError(f"chrono: got {longest!r}, expected a number of steps above 2")
    return np.log(rng.uniform(1, longest - 1, n_hidden))
