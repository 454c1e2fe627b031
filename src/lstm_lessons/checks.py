"""Is your answer right? The checks of the exercises and puzzles.

Every ``check_…`` prints one line: not attempted yet, what is off and where to look, or why it matters.
The first argument of an exercise that nobody has touched is ``...``.
"""

from __future__ import annotations

import copy
import functools
import math

import numpy as np

from . import gradients
from .cells import GRU, LSTM, RNN, checked, sigmoid
from .tasks import CITIES

# --- exercises: what all of them share ---------------------------------------------------------

UNTOUCHED = "Not attempted yet: put your answer where the ... stands, and run this cell again."


COURSE = {}  # lesson -> the names of its exercises, in order
solved = set()  # those that the reader has solved, in this kernel
hears = []  # called with a name when one more is


def exercise(lesson: int):
    """Make an exercise of a function that returns a sentence, which is "Right …" if it is.

    The check prints it, and notes what is solved. Its ``solution`` prints it and notes nothing.
    """

    def made(check):
        name = check.__name__.removeprefix("check_")
        COURSE.setdefault(lesson, []).append(name)

        def answer(*answers, **named) -> str:
            given = [*answers, *named.values()]
            given += [value for one in given if isinstance(one, dict) for value in one.values()]
            if any(value is ... for value in given):
                return UNTOUCHED
            return check(*answers, **named)

        @functools.wraps(check)
        def shown(*answers, **named) -> None:
            sentence = answer(*answers, **named)
            print(sentence)
            if sentence.startswith("Right"):
                solved.add(name)
                for hear in hears:
                    hear(name)

        @functools.wraps(check)
        def solution(*answers, **named) -> None:
            print(answer(*answers, **named))

        shown.solution = solution
        return shown

    return made


def _number(name: str, answer) -> float:
    return float(checked(name, answer, ()))


def check_goal(console) -> None:
    """Has the reader solved the console's puzzle? Says which state is furthest from its target."""
    if not hasattr(console, "goal"):
        raise TypeError(f"console: got {console!r:.60}, expected a GateConsole")
    if console.goal is None:
        raise ValueError("console: got one without a goal, expected GateConsole(goal=…)")
    if console.values == {k: tuple(v) for k, v in console.presets["start"].items()}:
        print("Not attempted yet: drag the gates of the console above, and run this cell again.")
        return
    if console.score == 100:
        print("Solved. Every state asked for is where it should be.")
        return
    misses = [
        (abs(float(getattr(console.trace, name)[t, 0, 0]) - target), name, t, target)
        for name, targets in console.goal["targets"].items()
        for t, target in enumerate(targets)
        if target is not None
    ]
    _, name, t, target = max(misses)
    now = float(getattr(console.trace, name)[t, 0, 0])
    print(
        f"Score {console.score}. Furthest off is {name} at step {t + 1}: it is {now:.2f} and should"
        f" be {target:.2f}. Look at the gates of that step, and of the steps before it."
    )


def _same(mine: float, true: float) -> bool:
    return math.isclose(mine, true, rel_tol=1e-6)  # a float32 is right as well


def _cell(cell, kind, n_inputs: int):
    """The reader's one-unit cell, its weights checked and in arrays of their own."""
    if not isinstance(cell, kind) or (cell.n_inputs, cell.n_hidden) != (n_inputs, 1):
        raise TypeError(f"cell: got {cell!r:.60}, expected {kind.kind}({n_inputs}, 1, rng)")
    own, rows = copy.copy(cell), len(kind.gates)
    shapes = {"Wx": (rows, n_inputs), "Wh": (rows, 1), "b": (rows,)}
    if getattr(cell, "reset_after", False):
        shapes["bh"] = (1,)
    own.params = {}
    for name, shape in shapes.items():
        given = cell.params.get(name)
        own.params[name] = checked(f"params[{name!r}]", given, shape, -1000, 1000)
    return own


def _function(name: str, answer) -> None:
    if not callable(answer):
        raise TypeError(f"{name}: got {answer!r:.60}, expected a function")


# --- lesson 1 ----------------------------------------------------------------------------------


@exercise(1)
def check_rnn_parameters(n) -> str:
    """Exercise: how many parameters has an RNN with 2 inputs and 3 hidden units?"""
    n = _number("n", n)
    if n == 18:
        return "Right. The 1,000 steps do not count: all of them use the same 18 numbers."
    elif n == 15:
        return "Not yet: only the bias is missing, one number for each unit."
    elif n in (15_000, 18_000):
        return "Not yet: the weights are shared. A longer sequence has no more of them."
    elif n == 9:
        return "Not yet: that reads the input. The state before has a matrix of its own."
    else:
        return "Not yet: count W_x (3 by 2), W_h (3 by 3) and b (3)."


@exercise(1)
def check_rnn_step(step) -> str:
    """Exercise: one step of an RNN: step(x, h_prev, Wx, Wh, b) -> h."""
    _function("step", step)
    rng = np.random.default_rng(0)
    x, h_prev, b = rng.standard_normal(2), rng.standard_normal(3), rng.standard_normal(3)
    Wx, Wh = rng.standard_normal((3, 2)), rng.standard_normal((3, 3))
    given = (v.copy() for v in (x, h_prev, Wx, Wh, b))
    mine, a = checked("step", step(*given), (3,)), Wx @ x + Wh @ h_prev + b
    if np.allclose(mine, np.tanh(a)):
        return "Right. Everything an RNN knows of the past came in through h_prev."
    elif np.allclose(mine, a):
        return "Not yet: the sum is right, and tanh is missing around it."
    elif np.allclose(mine, np.tanh(Wx @ x + b)):
        return "Not yet: h_prev is missing. Without it there is no memory."
    elif np.allclose(mine, np.tanh(Wx @ x + Wh @ h_prev)):
        return "Not yet: only the bias is missing."
    elif np.allclose(mine, np.tanh(Wx @ x) + Wh @ h_prev + b):
        return "Not yet: tanh goes around the whole sum."
    else:
        return f"Not yet: off by up to {np.abs(mine - np.tanh(a)).max():.2g}."


@exercise(1)
def check_window_parameters(n) -> str:
    """Exercise: parameters of a linear forecast from 12 steps with 3 values each."""
    n = _number("n", n)
    if n == 37:
        return "Right. Twice the window, twice the weights: in a window nothing is shared."
    elif n == 36:
        return "Not yet: only the bias is missing."
    elif n == 13:
        return "Not yet: each step has 3 values, and each of them a weight."
    else:
        return "Not yet: count the numbers in the window, and one bias for the one answer."


@exercise(1)
def check_both_ones(cell) -> str:
    """Exercise: an RNN whose second unit is above 0 after two ones in a row, and only then."""
    if not isinstance(cell, RNN) or (cell.n_inputs, cell.n_hidden) != (1, 2):
        raise TypeError(f"cell: got {cell!r:.60}, expected RNN(1, 2, rng)")
    own, shapes = copy.copy(cell), {"Wx": (2, 1), "Wh": (2, 2), "b": (2,)}
    own.params = {
        name: checked(f"params[{name!r}]", cell.params.get(name), shape, -1000, 1000)
        for name, shape in shapes.items()
    }
    bits = np.random.default_rng(0).integers(2, size=(40, 20))
    says = own.forward(bits[..., None]).h[..., 1] > 0
    before = np.vstack([np.zeros((1, 20), int), bits[:-1]])
    wrong = np.argwhere(says != (bits & before).astype(bool))
    if len(wrong) == 0:
        return "Right, on 20 rows of 40 bits. The first unit is the memory, the second one decides."
    else:
        t, row = wrong[0]
        what = "is above 0" if says[t, row] else "is not above 0"
        return f"Not yet: with this bit {bits[t, row]} and {before[t, row]} before it, the second unit {what}."


# --- lesson 2 ----------------------------------------------------------------------------------


@exercise(2)
def check_lag(k) -> str:
    """Exercise: the first lag at which 0.9 a step leaves less than 1%."""
    k = _number("k", k)
    if k == 44:
        return "Right. 0.9 sounds like much; as a share a step it is 1% after 44 of them."
    elif k == 10:
        return "Not yet: 0.1 is lost of what is *left*, so each step takes away less than the last."
    elif k < 1 or k != round(k):
        return f"Not yet: k is a number of steps, whole and at least 1, and not {k!r}."
    else:
        return f"Not yet: k = {k:g} leaves {0.9**k:.2%}, and one step earlier it was {0.9 ** (k - 1):.2%}."


@exercise(2)
def check_step_back(step_back) -> str:
    """Exercise: one step back of a relu RNN: step_back(dh, h, W) -> the gradient one step earlier."""
    _function("step_back", step_back)
    rng = np.random.default_rng(0)
    h, dh = np.maximum(rng.standard_normal(5), 0), rng.standard_normal(5)
    W = rng.standard_normal((5, 5))
    mine = checked("step_back", step_back(dh.copy(), h.copy(), W.copy()), (5,))
    if np.allclose(mine, W.T @ ((h > 0) * dh)):
        return (
            "Right. A unit that is off passes nothing back; one that is on passes all, unchanged."
        )
    elif np.allclose(mine, W @ ((h > 0) * dh)):
        return "Not yet: forward goes through W, back goes through its transpose."
    elif np.allclose(mine, W.T @ ((1 - h * h) * dh)):
        return "Not yet: 1 - h*h is the slope of tanh. What is relu's?"
    elif np.allclose(mine, W.T @ dh):
        return "Not yet: the slope is missing. A unit with h = 0 is off and must pass nothing."
    elif np.allclose(mine, (h > 0) * (W.T @ dh)):
        return "Not yet: the order is off. Back from h_t, the slope comes first, then the matrix."
    else:
        return f"Not yet: off by up to {np.abs(mine - W.T @ ((h > 0) * dh)).max():.2g}."


@exercise(2)
def check_apart(apart) -> str:
    """Exercise: the most that two states 1 apart can be apart after 200 steps at a norm of 0.98."""
    apart, most = _number("apart", apart), 0.98**200
    if np.isclose(apart, most, rtol=0.01):
        return "Right. And that is the bound; the slopes of tanh make it less still."
    elif apart >= 1:
        return (
            f"Not yet: {apart:g} is no news: they start 1 apart, and each step brings them closer."
        )
    elif apart <= 0:
        return f"Not yet: {apart:g} would say that they must have met. Nothing forces them to."
    elif apart < most:
        return f"Not yet: {apart:.2g} is too small: a norm of 0.98 allows {most:.2%}."
    else:
        return f"Not yet: {apart:g} is safe, but not the closest bound. Is 0.98 used once a step?"


@exercise(2)
def check_hump(W) -> str:
    """Exercise: a 2 x 2 matrix whose powers grow a hundredfold before they vanish."""
    W = checked("W", W, (2, 2), -1000, 1000)
    radius = np.abs(np.linalg.eigvals(W)).max()
    if radius > 0.9 + 1e-5:  # a double eigenvalue comes out with an error as large as that
        return f"Not yet: its spectral radius is {radius:.5g}. It should be at most 0.9."
    sizes = [np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in range(1, 201)]
    if max(sizes) <= 100:
        return f"Not yet: it grows to {max(sizes):.1f} times at most, and should to more than 100."
    else:
        return (
            f"Right. {max(sizes):.0f} times at step {1 + int(np.argmax(sizes))}, {sizes[-1]:.0e} at step"
            " 200. The radius tells the end of the story, not its middle."
        )


# --- lesson 3 ----------------------------------------------------------------------------------


@exercise(3)
def check_half_life(f) -> str:
    """Exercise: the f that leaves half after 10 steps."""
    if not 0 <= _number("f", f) <= 1:
        return f"Not yet: a gate is a share from 0 to 1, and f = {f:g} is not."
    left = f**10
    if abs(left - 0.5) < 0.005:
        return "Right. Forgetting compounds: f is used once a step, so it is f to the power of 10."
    elif abs(f - 0.95) < 1e-9:
        return (
            "Not yet: 1 - 0.5 / 10 takes the same *amount* each step. A gate takes the same share."
        )
    else:
        return f"Not yet: with f = {f:g}, {left:.1%} is left after 10 steps. It should be 50%."


@exercise(3)
def check_gate_input(a) -> str:
    """Exercise: the number a that opens a sigmoid gate to 0.99."""
    gate = float(sigmoid(_number("a", a)))
    if abs(gate - 0.99) < 0.0005:
        return (
            "Right. Under 5 is enough: a bias of that size holds a gate nearly open from the start."
        )
    elif abs(a - 0.99) < 1e-9:
        return f"Not yet: 0.99 is what should come out. Going in, it makes a gate of {gate:.2f}."
    else:
        return f"Not yet: sigmoid({a:g}) = {gate:.4f}. It should be 0.99."


@exercise(3)
def check_slope(slope) -> str:
    """Exercise: the slope of a sigmoid as a function of its value alone."""
    _function("slope", slope)
    a = np.array([-3.0, -0.5, 0.0, 2.0])
    mine = np.array([_number("slope", slope(s)) for s in sigmoid(a)])
    true = (sigmoid(a + 1e-5) - sigmoid(a - 1e-5)) / 2e-5
    if np.allclose(mine, true, atol=1e-8):
        return (
            "Right. It is at most 1/4, and a gate that is nearly open or shut has almost no slope."
        )
    elif np.allclose(mine, 1 - sigmoid(a) ** 2, atol=1e-8):
        return "Not yet: 1 - s*s is the slope of tanh, from its own value."
    else:
        worst = int(np.argmax(np.abs(mine - true)))
        return (
            f"Not yet: where the gate is {sigmoid(a[worst]):.3f}, its slope is {true[worst]:.4f},"
            f" and yours is {mine[worst]:.4f}."
        )


@exercise(3)
def check_cue(w, b) -> str:
    """Exercise: weights of a gate that keeps on the cue 1 and drops on the cue -1."""
    kept = float(sigmoid(_number("w", w) + _number("b", b))) ** 10
    dropped = float(sigmoid(b - w))
    if kept < 0.99:
        return f"Not yet: after ten cues to keep, {kept:.1%} is left. It should be at least 99%."
    elif dropped > 0.01:
        return f"Not yet: one cue to drop leaves {dropped:.1%}. It should be at most 1%."
    else:
        return "Right. Keeping is asked for ten times, so w + b must be larger than w - b need be."


# --- lesson 4 ----------------------------------------------------------------------------------


@exercise(4)
def check_step(step) -> str:
    """Exercise: c and h of one LSTM step from the gates: step(o, f, i, g, c_prev) -> c, h."""
    _function("step", step)
    o, f, i, g, c_prev = 0.9, 0.8, 0.3, -0.5, 1.5
    c, h = f * c_prev + i * g, o * math.tanh(f * c_prev + i * g)
    mine = step(o, f, i, g, c_prev)
    if not isinstance(mine, tuple) or len(mine) != 2:
        raise TypeError(f"step: got {mine!r:.60} back, expected the two numbers c, h")
    my_c, my_h = (_number(name, value) for name, value in zip("ch", mine, strict=True))
    if _same(my_c, c) and _same(my_h, h):
        return "Right. Two products, a sum, a tanh and a product: that is all an LSTM does with c."
    elif _same(my_c, i * c_prev + f * g):
        return "Not yet: c is off. f belongs to what was there, i to what comes in."
    elif _same(my_c, c) and _same(my_h, o * c):
        return "Not yet: c is right, h is off. The belt is squashed before o: h = o * tanh(c)."
    elif _same(my_c, c):
        return f"Not yet: c is right, h is off: with c = {c:.3f} and o = {o}, h is {h:.3f}."
    else:
        return f"Not yet: c is off: f * c_prev = {f * c_prev:.2f} and i * g = {i * g:.2f} make {c:.2f}."


@exercise(4)
def check_parameters(n) -> str:
    """Exercise: how many parameters has an LSTM with 100 inputs and 256 hidden units?"""
    D, H = 100, 256
    one = H * (D + H) + H
    n = _number("n", n)
    if n == 4 * one:
        return "Right. It does not depend on the length of the sequence: every step uses the same ones."
    elif n == one:
        return "Not yet: that is a plain RNN of this size. An LSTM has such a layer four times."
    elif n == 4 * (one - H):
        return "Not yet: only the biases are missing, one for each row of each of the four layers."
    elif n == 3 * one:
        return "Not yet: there are three gates, but the candidate has its own weights too."
    else:
        return (
            "Not yet: one layer has H rows of D + H weights and a bias. How many layers are there?"
        )


@exercise(4)
def check_largest(c, h) -> str:
    """Exercise: bounds of |c| and of |h| after 50 steps from c = 0."""
    c, h = _number("c", c), _number("h", h)
    if c == 50 and h == 1:
        return "Right. c is a sum and can count; h is squashed and cannot."
    elif c == 1:
        return "Not yet: tanh keeps each g within 1, but nothing squashes c itself: it is a sum."
    elif c != 50:
        return (
            "Not yet: c is off. At most, how much can one step add, and how many steps are there?"
        )
    else:
        return "Not yet: h is off. It is o times tanh(c), however large c is."


@exercise(4)
def check_latch(cell) -> str:
    """Exercise: an LSTM whose weights make it write when the flag is 1 and hold when it is 0."""
    cell = _cell(cell, LSTM, 2)
    rng = np.random.default_rng(0)
    for _ in range(20):
        values, flags = rng.uniform(-0.5, 0.5, 30), np.zeros(30)
        flags[[0, 10]] = 1
        c = cell.forward(np.stack([values, flags], axis=-1)[:, None]).c[:, 0, 0]
        first, second = np.tanh(values[[0, 10]])
        if abs(c[0] - first) > 0.02:
            return (
                f"Not yet: flag 1 at the first step, value {values[0]:.2f}, but c is {c[0]:.2f}."
                " Look at the input gate and the candidate: i should be near 1, g = tanh(value)."
            )
        if np.abs(c[1:10] - first).max() > 0.02:
            return "Not yet: it writes, but does not hold while the flag is 0: f near 1, i near 0."
        if np.abs(c[10:] - second).max() > 0.02:
            return "Not yet: it holds, but the second value does not replace the first: f near 0."
    return "Right, on 20 sequences. No hand sets the gates: the flag does, through the weights."


# --- lesson 5 ----------------------------------------------------------------------------------

FAULTS = {"A": "tanh", "B": "sum", "C": "dc_next"}  # which line of each patient is wrong


def _patient(fault: str):
    """An LSTM's backward pass for one sequence, in plain steps, with one line wrong."""

    def backward(cell, trace, dh):
        h, c = (trace.states[name][..., 0] for name in "hc")  # with the start state first
        grads = {name: np.zeros_like(value) for name, value in cell.params.items()}
        grads["xs"] = np.zeros((len(dh), 1, cell.n_inputs))
        dh_next = dc_next = np.zeros(cell.n_hidden)
        for t in reversed(range(len(dh))):
            o, f, i, g = (getattr(trace, gate)[t, 0] for gate in "ofig")
            tanh_c, dh_t = np.tanh(c[t + 1]), dh[t, 0] + dh_next
            dc = dh_t * o * (1 if fault == "tanh" else 1 - tanh_c**2)
            dc = dc + (0 if fault == "dc_next" else dc_next)
            da = [dh_t * tanh_c * o * (1 - o), dc * c[t] * f * (1 - f)]
            da = np.concatenate([*da, dc * g * i * (1 - i), dc * i * (1 - g**2)])
            steps = {"Wx": np.outer(da, trace.inputs[t, :, 0]), "Wh": np.outer(da, h[t]), "b": da}
            for name, step in steps.items():
                grads[name] = step if fault == "sum" else grads[name] + step
            grads["xs"][t, 0] = cell.params["Wx"].T @ da
            dh_next, dc_next = cell.params["Wh"].T @ da, dc * f
        return grads | {"h0": dh_next[None], "c0": dc_next[None]}

    return backward


patients = {name: _patient(fault) for name, fault in FAULTS.items()}


@exercise(5)
def check_diagnosis(diagnosis) -> str:
    """Exercise: which line is wrong in each of `patients`? A dict from "A", "B", "C" to a fault."""
    if not isinstance(diagnosis, dict) or set(diagnosis) != set(FAULTS):
        raise TypeError(f"diagnosis: got {diagnosis!r:.60}, expected a dict with A, B and C")
    for name, fault in diagnosis.items():
        if not isinstance(fault, str) or fault not in FAULTS.values():
            expected = ", ".join(sorted(FAULTS.values()))
            raise ValueError(f"diagnosis[{name!r}]: got {fault!r:.60}, expected one of {expected}")
    signs = {
        "tanh": "a missing slope is wrong within a single step, so at T = 1 already",
        "dc_next": "without dc_next T = 1 is right, and at T = 3 xs and h0 are wrong too",
        "sum": "without the sum T = 1 is right, and at T = 3 only Wx, Wh and b are wrong",
    }
    wrong = [name for name, fault in diagnosis.items() if fault != FAULTS[name]]
    if not wrong:
        return "Right, all three. Two of them are in perfect health at T = 1: always check longer."
    else:
        fault = diagnosis[wrong[0]]
        return (
            f"Not yet: {wrong[0]} is not {fault!r}: {signs[fault]}. Compare its rows of the table."
        )


@exercise(5)
def check_bias(b_f) -> str:
    """Exercise: the forget bias whose half-life is 50 steps."""
    b_f = _number("b_f", b_f)
    f = float(sigmoid(b_f))
    if not 0 < f < 1:
        return f"Not yet: with b_f = {b_f:g} the gate rounds to {f:.0f}: it keeps {['nothing', 'all'][int(f)]}."
    half = math.log(0.5) / math.log(f)
    if abs(half - 50) < 0.6:
        return "Right. A bias of about 4 is far from the usual 1, and 50 steps are not many."
    elif abs(b_f - 0.5**0.02) < 0.002:
        return "Not yet: that is the gate itself. Which bias makes a sigmoid of it?"
    elif abs(b_f - math.log(49)) < 0.005:
        return (
            f"Not yet: ln(50 - 1) leaves 1/e after 50 steps. Half is left after {half:.1f} of them."
        )
    else:
        return f"Not yet: with b_f = {b_f:g}, f is {f:.4f} and half is left after {half:.3g} steps."


@exercise(5)
def check_total_dc(total_dc) -> str:
    """Exercise: the gradient of c where two roads meet: total_dc(dh, dc_next, o, c)."""
    _function("total_dc", total_dc)
    dh, dc_next, o, c = 0.7, -0.4, 0.6, 1.2
    up = o * (1 - math.tanh(c) ** 2)
    mine = _number("total_dc", total_dc(dh, dc_next, o, c))
    if _same(mine, dc_next + dh * up):
        return (
            "Right. Everything else on the way back, df, di, dg and dc_prev, starts from this sum."
        )
    elif _same(mine, dh * up):
        return "Not yet: what comes back along the belt, dc_next, is missing."
    elif _same(mine, dc_next + dh * o):
        return "Not yet: the slope of tanh is missing between c and h."
    elif _same(mine, dc_next + dh * o * (1 - c * c)):
        return "Not yet: the slope is 1 - tanh(c)**2; 1 - c*c would do if c were the tanh already."
    elif _same(mine, (dc_next + dh) * up):
        return "Not yet: dc_next comes along the belt, and neither o nor a slope is on that road."
    else:
        return f"Not yet: for dh = {dh}, dc_next = {dc_next}, o = {o}, c = {c} it is {dc_next + dh * up:.3f}."


@exercise(5)
def check_path(path) -> str:
    """Exercise: the direct path from step t to the last one: path(f, t)."""
    _function("path", path)
    f = np.array([0.9, 0.5, 0.8, 0.25, 0.6])
    mine = [_number("path", path(f.copy(), t)) for t in range(5)]
    true = [float(np.prod(f[t + 1 :])) for t in range(5)]
    if np.allclose(mine, true):
        return "Right. The further back, the more factors, and the last step has none."
    elif np.allclose(mine, [np.prod(f[t:]) for t in range(5)]):
        return "Not yet: f at t itself made c_t. A change of c_t comes after it and meets only later ones."
    elif np.allclose(mine, [np.prod(f[: t + 1]) for t in range(5)]):
        return (
            "Not yet: that goes from the first step up to t. The gradient comes from the last one."
        )
    else:
        t = int(np.argmax(np.abs(np.subtract(mine, true))))
        return f"Not yet: for f = {f.tolist()} and t = {t} it is {true[t]:.3f}, and yours is {mine[t]:.3g}."


@exercise(5)
def check_explosion(cell) -> str:
    """Exercise: a one-unit LSTM whose gradient explodes though all f are below 1."""
    cell = _cell(cell, LSTM, 1)
    trace = cell.forward(np.zeros((51, 1, 1)))
    arrives = float(gradients.jacobian_norms(cell, trace, of="c", by="c")[0, 0])
    if trace.f.max() >= 1 - 1e-9:
        return "Not yet: it has a forget gate of 1. All of them should stay below."
    elif arrives > 100:
        return (
            f"Right: {arrives:.0e}, with every f below 1. The belt alone would have left"
            f" {float(np.prod(trace.f[1:])):.0e}; the rest came over h."
        )
    elif abs(float(trace.c[-1, 0, 0])) > 0.5:
        return (
            f"Not yet: {arrives:.1e} arrives. The state has wandered off to c = {trace.c[-1].item():.2f},"
            " where the slopes are small and the side roads narrow. Keep it at 0: no biases."
        )
    else:
        return (
            f"Not yet: {arrives:.1e} arrives. Make the road from h through the candidate g wider."
        )


# --- lesson 6 ----------------------------------------------------------------------------------


@exercise(6)
def check_gru_parameters(n) -> str:
    """Exercise: how many parameters has a GRU with 100 inputs and 256 hidden units?"""
    D, H = 100, 256
    one, n = H * (D + H) + H, _number("n", n)
    if n == 3 * one:
        return "Right. Three layers where the LSTM has four: three quarters of its parameters."
    elif n == 4 * one:
        return "Not yet: that is the LSTM of this size. Which of its layers does a GRU not have?"
    elif n == 2 * one:
        return "Not yet: there are two gates, but the candidate has its own weights too."
    elif n == 3 * (one - H):
        return "Not yet: only the biases are missing, one for each row of each of the layers."
    elif n == 3 * one + H or n == 3 * (one + H):
        return "Not yet: a second bias comes only with r after the matrix. Here it is before."
    else:
        return "Not yet: one layer has H rows of D + H weights and a bias. How many are there?"


@exercise(6)
def check_gru_step(step) -> str:
    """Exercise: one step of the console's GRU: step(r, z, x, h_prev) -> h."""
    _function("step", step)
    r, z, x, h_prev = 0.3, 0.8, 0.5, -0.9
    n = math.tanh(x + r * h_prev)
    mine = _number("step", step(r, z, x, h_prev))
    if _same(mine, (1 - z) * h_prev + z * n):
        return "Right. A mean of the old state and a candidate, and z is the share of the new one."
    elif _same(mine, z * h_prev + (1 - z) * n):
        return (
            "Not yet: that is the other convention, where z keeps. Here z is the share of the new."
        )
    elif _same(mine, (1 - z) * h_prev + z * math.tanh(x + h_prev)):
        return "Not yet: r is missing. It multiplies the past that the candidate sees."
    elif _same(mine, (1 - z) * r * h_prev + z * n):
        return "Not yet: r hides the past from the candidate only; the state keeps its full share."
    elif _same(mine, n):
        return "Not yet: that is the candidate. The new state is a mean of it and the old one."
    else:
        h = (1 - z) * h_prev + z * n
        return (
            f"Not yet: r = {r}, z = {z}, x = {x}, h_prev = {h_prev} make n = {n:.3f}, h = {h:.3f}."
        )


@exercise(6)
def check_update_bias(b_z) -> str:
    """Exercise: the update bias that leaves 1/e after 100 steps."""
    b_z = _number("b_z", b_z)
    keep = float(sigmoid(-b_z))
    if abs(keep**100 - 1 / math.e) < 0.01:
        return "Right. A GRU remembers with its update gates nearly shut, from the first step on."
    elif abs(float(sigmoid(b_z)) ** 100 - 1 / math.e) < 0.01:
        return (
            "Not yet: the sign. That z would take 99% of the new at each step; 1 - z is what keeps."
        )
    elif abs(b_z - 0.01) < 1e-3 or abs(b_z - 0.99) < 1e-3:
        return f"Not yet: that is a gate's value. Going in as a bias, it makes z = {1 - keep:.2f}."
    else:
        return f"Not yet: with b_z = {b_z:g}, {keep**100:.1%} is left after 100 steps. It should be 37%."


@exercise(6)
def check_parity(cell) -> str:
    """Exercise: a one-unit GRU whose h turns its sign at every input 1 and stays at every 0."""
    cell = _cell(cell, GRU, 1)
    bits = np.random.default_rng(0).integers(2, size=(60, 20))
    bits[0], bits[:, 0] = 0, 0  # the first sequence only keeps, and each one keeps at first
    h = cell.forward(bits[..., None], np.ones((20, 1))).h[..., 0]
    sign = 1 - 2 * (np.cumsum(bits, axis=0) % 2)
    if (h * sign > 0.5).all():
        return "Right, on 20 rows of 60 bits: one unit that keeps or turns counts odd and even for ever."
    t, row = np.argwhere(h * sign <= 0.5)[0]
    now, was = (round(float(v), 2) + 0.0 for v in (h[t, row], h[t - 1, row] if t else 1.0))
    if t == 0:
        return (
            f"Not yet: at input 0 it should keep h = 1, and makes {now:.2f} of it: z near 0 there."
        )
    elif bits[t, row]:
        return f"Not yet: at an input 1 h should turn over in full, and it goes from {was:.2f} to {now:.2f}."
    else:
        return (
            f"Not yet: at input 0 h should stay, and at step {t + 1} it has come from {was:.2f} to {now:.2f}."
            " A z near 0 there, and a candidate of full size."
        )


# --- lesson 7 ----------------------------------------------------------------------------------


@exercise(7)
def check_fair(units) -> str:
    """Exercise: the RNN that comes nearest to LSTM(10, 20)'s 2,480 parameters."""
    units = _number("units", units)
    if units == 45:
        return "Right. More than twice the units for the same number of parameters."
    if units == 44:
        return "Not yet: 44 have 2,420 parameters, 60 too few. Is there one that is nearer?"
    if units == 80:
        return "Not yet: four times the units is too much. W_h grows with their square."
    if units == 20:
        return "Not yet: with as many units an RNN has a quarter of the parameters."
    if units != int(units):
        return (
            f"Not yet: {units:g} is not a whole number of units. Which of its neighbours is nearer?"
        )
    return f"Not yet: {units:g} units have {units * (units + 11):,.0f} parameters, not about 2,480."


@exercise(7)
def check_baseline(mse) -> str:
    """Exercise: the error of always answering 1 on the adding task."""
    mse = _number("mse", mse)
    if abs(mse - 1 / 6) < 0.001:
        return "Right. An error near 0.167 means: nothing was learned but the mean."
    elif abs(mse - 1 / 12) < 0.001:
        return "Not yet: that is the variance of one of the two numbers."
    elif abs(mse - math.sqrt(1 / 6)) < 0.01:
        return "Not yet: that is its root. The mean of the squares is asked for."
    elif mse == 0:
        return "Not yet: 1 is right on average, and wrong nearly every time."
    else:
        return f"Not yet: {mse:g} is not it. How far is a sum of two such numbers from 1, squared?"


@exercise(7)
def check_recaller(model) -> str:
    """Exercise: a Stack of an RNN and a read-out that recalls one of four symbols over 100 blanks."""
    if not hasattr(model, "cells") or [type(cell) for cell in model.cells] != [RNN]:
        raise TypeError(f"model: got {model!r:.60}, expected a Stack of an RNN and a Readout")
    if model.cells[0].n_inputs != 5 or not model.readout or model.readout.n_out != 4:
        raise ValueError(f"model: got {model!r:.80}, expected 5 inputs and 4 answers")
    xs = np.zeros((101, 4, 5))
    xs[0, :, :4], xs[1:, :, 4] = np.eye(4), 1  # all there is: each symbol, then the blanks
    right = int(np.sum(model.forward(xs).y[-1].argmax(axis=-1) == np.arange(4)))
    if right == 4:
        return (
            "Right, all four symbols. It is the start and the training that decide, not the name."
        )
    elif right == 1:
        return "Not yet: one of the four symbols is recalled, as by chance. More steps?"
    else:
        return f"Not yet: {right} of the 4 symbols are recalled. More steps, or a smaller lr."


# --- lesson 8 ----------------------------------------------------------------------------------


@exercise(8)
def check_chance(share) -> str:
    """Exercise: how often is one fixed answer right among 32 equally frequent ones?"""
    share = _number("share", share)
    if abs(share - 1 / 32) < 0.001:
        return "Right. So a cut memory can change about 97% of the answers, and not all of them."
    elif share == 0:
        return "Not yet: now and then the city it falls back on is the true one."
    elif share in (32, 3.125, 3.1):
        return "Not yet: give it as a share of 1."
    else:
        return f"Not yet: {share:g} is not it. One answer in how many is right by chance?"


@exercise(8)
def check_hide(gate, value) -> str:
    """Exercise: which gate hides what the belt holds, and at what value?"""
    if not isinstance(gate, str) or gate not in list("fiog"):
        raise ValueError(f"gate: got {gate!r:.60}, expected one of f, i, o, g")
    value = float(checked("value", value, (), 0, 1))
    if gate == "o" and value == 0:
        return "Right. The city is still on the belt; the read-out just cannot see it."
    elif gate == "o":
        return f"Not yet: the right gate, but at {value:g} a part of tanh(c) is still shown."
    elif gate == "f":
        return "Not yet: that wipes the belt. It should be hidden, not lost."
    else:
        return f"Not yet: {gate} decides what gets onto the belt. What is shown of it?"


@exercise(8)
def check_transplant(override, model, xs) -> str:
    """Exercise: gates at word 9, all units, that make the first story's answer Paris.

    ``override`` is a dict from gates to arrays (H,), ``model`` the network, ``xs`` the stories.
    """
    if not isinstance(override, dict) or not override or not set(override) <= set("fiog"):
        raise TypeError(f"override: got {override!r:.60}, expected a dict with some of f, i, o, g")
    gates = {}
    for gate, values in override.items():
        units = (model.cells[0].n_hidden,)
        low = -1 if gate == "g" else 0
        gates[gate] = np.full((len(xs), 1, *units), np.nan)
        gates[gate][8] = checked(f"override[{gate!r}]", values, units, low, 1)
    answer = model.forward(xs[:, :1], override={0: gates}).y[-1, 0]
    city = CITIES[int(answer.argmax())]
    if city == "Paris":
        with_what = " and ".join(sorted(override))
        return (
            f"Right. It reads one city and answers another: {with_what} at one word is all it took."
        )
    if "g" not in override:
        return f"Not yet: it answers {city}. These gates say how much is written. Which says what?"
    return f"Not yet: it answers {city}. Were the gates taken at word 9 of the story with Paris?"
