"""The exercises' checks with the right answer, with typical wrong ones and with none."""

import copy
import inspect
import math
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lstm_lessons import GRU, LSTM, RNN, GateConsole, Readout, Stack, checks, tasks, train

pytestmark = pytest.mark.usefixtures("nothing_solved")
NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def rnn_step(x, h_prev, Wx, Wh, b):
    return np.tanh(Wx @ x + Wh @ h_prev + b)


def rnn_step_in_place(x, h_prev, Wx, Wh, b):
    b += Wx @ x
    b += Wh @ h_prev
    x[:] = h_prev[:] = Wx[:] = Wh[:] = 0
    return np.tanh(b, out=b)


def both_ones(Wx=(5, 5), Wh=((0, 0), (5, 0)), b=(0, -7.5), **kwargs):
    """An RNN whose first unit is the bit, and whose second one is above 0 after two of them."""
    cell = RNN(1, 2, np.random.default_rng(0), **kwargs)
    cell.params["Wx"][:, 0], cell.params["Wh"][:], cell.params["b"][:] = Wx, Wh, b
    return cell


def recaller(
    V=((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)),
    kinds=4,
    n_out=4,
    readout=True,
    build=RNN,
):
    """A linear RNN that keeps the first symbol for ever, and a read-out that says which it was."""
    cell = build(kinds + 1, 4, np.random.default_rng(0))
    last = Readout(4, n_out, np.random.default_rng(0))
    if build is RNN and n_out == 4:
        cell.activation = "linear"
        cell.params["Wx"][:], cell.params["Wh"][:] = np.eye(4, kinds + 1), np.eye(4)
        last.params["V"][:] = V
    return Stack([cell, last] if readout else [cell])


def latch(forget=(-20, 10), write=(20, -10), candidate=(1, 0), bias=0.0):
    """An LSTM that writes tanh(value) at flag 1 and holds it at flag 0; gates as (flag's, bias)."""
    cell = LSTM(2, 1, np.random.default_rng(0))
    cell.params["Wh"][:] = 0
    cell.params["Wx"][:] = [[0, 0], [0, forget[0]], [0, write[0]], candidate]
    cell.params["b"][:] = [0, forget[1], write[1], bias]
    return cell


def step(o, f, i, g, c_prev):
    c = f * c_prev + i * g
    return c, o * math.tanh(c)


def exploding(g=4.0, bias=(0, 0, 0, 0)):
    """An LSTM whose state stays at 0 without a bias, and grows from there by 1/2 + g/4 a step."""
    cell = LSTM(1, 1, np.random.default_rng(0))
    cell.params["Wx"][:] = 0
    cell.params["Wh"][:, 0] = [0, 0, 0, g]
    cell.params["b"][:] = bias
    return cell


def parity(z=(20, -10), n=-10.0, **kwargs):
    """A GRU that turns h over at bit 1 and keeps it at bit 0; z as (bit's, bias), n as h's weight."""
    cell = GRU(1, 1, np.random.default_rng(0), **kwargs)
    cell.params["Wx"][:, 0] = [0, z[0], 0]
    cell.params["Wh"][:, 0] = [0, 0, n]
    cell.params["b"][:] = [0, z[1], 0]
    return cell


def given(cell, **params):
    """The cell with some of its weights replaced, or without those that are None."""
    cell.params = {
        name: value for name, value in (cell.params | params).items() if value is not None
    }
    return cell


def in_lists(cell):
    return given(cell, **{name: value.tolist() for name, value in cell.params.items()})


def step_back_in_place(dh, h, W):
    dh *= h > 0
    dh[:] = W.T @ dh
    h[:] = W[:] = 0
    return dh


def tanh_back_in_place(dh, h, W):
    dh *= 1 - h * h
    return W.T @ dh


def total_dc(dh, dc_next, o, c):
    return dc_next + dh * o * (1 - math.tanh(c) ** 2)


def gru_step(r, z, x, h):
    return (1 - z) * h + z * math.tanh(x + r * h)


def path_in_place(f, t):
    f[: t + 1] = 1
    return f.prod()


DIAGNOSIS = {"A": "tanh", "B": "sum", "C": "dc_next"}
ONE = 256 * (100 + 256) + 256  # a layer with 100 inputs and 256 hidden units

RIGHT = [
    ("check_rnn_parameters", 18),
    ("check_rnn_parameters", np.array(18.0)),
    ("check_rnn_step", rnn_step),
    ("check_rnn_step", lambda *given: rnn_step(*given).tolist()),
    ("check_rnn_step", rnn_step_in_place),
    ("check_window_parameters", 37),
    ("check_window_parameters", np.int64(37)),
    ("check_both_ones", both_ones()),
    ("check_both_ones", both_ones(Wx=(1, 5), activation="relu")),
    ("check_both_ones", both_ones(Wx=(-5, 5), Wh=((0, 0), (-5, 0)))),
    ("check_both_ones", in_lists(both_ones())),
    ("check_fair", 45),
    ("check_fair", np.array(45.0)),
    ("check_baseline", 1 / 6),
    ("check_baseline", np.float32(0.167)),
    ("check_recaller", recaller()),
    ("check_recaller", recaller(3 * np.eye(4) - 1)),
    ("check_chance", 1 / 32),
    ("check_chance", np.float32(0.031)),
    ("check_hide", "o", 0),
    ("check_hide", np.str_("o"), np.float64(0)),
    ("check_lag", 44),
    ("check_lag", np.float64(44)),
    ("check_lag", np.array(44)),
    ("check_step_back", lambda dh, h, W: W.T @ ((h > 0) * dh)),
    ("check_step_back", lambda dh, h, W: (np.where(h > 0, dh, 0) @ W).tolist()),
    ("check_step_back", step_back_in_place),
    ("check_apart", 0.98**200),
    ("check_apart", np.float32(0.0176)),
    ("check_hump", np.array([[0.9, 50.0], [0.0, 0.9]])),
    ("check_hump", [[0, 0], [101, 0]]),
    ("check_hump", [[0, -1e3], [1e-4, 0]]),
    ("check_hump", [[0, 0], [-1000, 0]]),
    ("check_hump", [[-24.1, 25], [-25, 25.9]]),  # 0.9 twice, found as 0.9 + 5e-8
    ("check_half_life", 0.5**0.1),
    ("check_half_life", np.float64(0.933)),
    ("check_gate_input", math.log(99)),
    ("check_gate_input", 4.6),
    ("check_slope", lambda s: s * (1 - s)),
    ("check_slope", lambda s: s - s**2),
    ("check_cue", 6, 1),
    ("check_cue", 7, np.float64(1.1)),
    ("check_step", step),
    ("check_step", lambda o, f, i, g, c: (f * c + i * g, o * np.tanh(f * c + i * g))),
    ("check_step", lambda *gates: tuple(map(np.float32, step(*gates)))),
    ("check_parameters", 365_568),
    ("check_parameters", np.int64(365_568)),
    ("check_largest", 50, 1),
    ("check_largest", 50.0, np.int64(1)),
    ("check_latch", latch()),
    ("check_latch", latch(forget=(-30, 15))),
    ("check_latch", in_lists(latch())),
    ("check_diagnosis", DIAGNOSIS),
    ("check_diagnosis", {name: np.str_(DIAGNOSIS[name]) for name in "CBA"}),
    ("check_bias", math.log(0.5**0.02 / (1 - 0.5**0.02))),
    ("check_bias", np.array(4.27)),
    ("check_total_dc", total_dc),
    ("check_total_dc", lambda dh, dc, o, c: np.array(dh * o / np.cosh(c) ** 2 + dc)),
    ("check_total_dc", lambda *answer: np.float32(total_dc(*answer))),
    ("check_path", lambda f, t: np.prod(f[t + 1 :])),
    ("check_path", lambda f, t: math.prod(f.tolist()[t + 1 :])),
    ("check_path", path_in_place),
    ("check_explosion", exploding()),
    ("check_explosion", exploding(-8)),
    ("check_explosion", exploding(bias=(0, 5, 0, 0))),
    ("check_explosion", exploding(-1000, bias=(1000, 0, 0, 0))),
    ("check_explosion", in_lists(exploding())),
    ("check_gru_parameters", 274_176),
    ("check_gru_parameters", np.array(274_176.0)),
    ("check_gru_step", gru_step),
    ("check_gru_step", lambda r, z, x, h: np.array(h + z * (np.tanh(x + r * h) - h))),
    ("check_gru_step", lambda *answer: np.float32(gru_step(*answer))),
    ("check_update_bias", -math.log(99)),
    ("check_update_bias", np.float64(-4.6)),
    ("check_parity", parity()),
    ("check_parity", parity(n=-20, reset_after=True)),
    ("check_parity", parity(z=(12, -6), n=-3)),
    ("check_parity", in_lists(parity())),
    ("check_parity", in_lists(parity(n=-20, reset_after=True))),
]

WRONG = [
    ("check_rnn_parameters", (15,), "only the bias is missing, one number for each unit"),
    ("check_rnn_parameters", (15_000,), "the weights are shared. A longer sequence has no more"),
    ("check_rnn_parameters", (np.int64(18_000),), "the weights are shared"),
    ("check_rnn_parameters", (9,), "that reads the input. The state before has a matrix of its"),
    ("check_rnn_parameters", (6,), "count W_x (3 by 2), W_h (3 by 3) and b (3)"),
    ("check_rnn_parameters", (-1e300,), "count W_x"),
    ("check_rnn_step", (lambda x, h, Wx, Wh, b: Wx @ x + Wh @ h + b,), "tanh is missing around it"),
    ("check_rnn_step", (lambda x, h, Wx, Wh, b: np.tanh(Wx @ x + b),), "h_prev is missing"),
    ("check_rnn_step", (lambda x, h, Wx, Wh, b: np.tanh(Wx @ x + Wh @ h),), "only the bias is"),
    (
        "check_rnn_step",
        (lambda x, h, Wx, Wh, b: np.tanh(Wx @ x) + Wh @ h + b,),
        "tanh goes around the whole sum",
    ),
    ("check_rnn_step", (lambda x, h, Wx, Wh, b: rnn_step(x, h, Wx, Wh.T, b),), "off by up to 0.4."),
    ("check_rnn_step", (lambda *given: [0] * 3,), "off by up to 0.8"),
    ("check_window_parameters", (36,), "only the bias is missing"),
    ("check_window_parameters", (13,), "each step has 3 values, and each of them a weight"),
    ("check_window_parameters", (12,), "count the numbers in the window, and one bias"),
    ("check_window_parameters", (39,), "and one bias for the one answer"),
    *[("check_both_ones", (cell,), f"with this bit {now} and {before} before it, the second unit is {said}")
      for cell, now, before, said in [
        (both_ones(Wx=(5, 0), b=(0, -2.5)), 0, 1, "above 0."),  # the bit before alone
        (both_ones(b=(0, 0)), 1, 0, "above 0."),  # either
        (both_ones(b=(0, -12)), 1, 1, "not above 0."),
        (both_ones(Wx=(0, 5)), 1, 1, "not above 0."),  # without a memory
        (both_ones(Wh=((0, 5), (0, 0)), b=(0, -2)), 1, 0, "above 0."),  # the wrong way round
        (RNN(1, 2, np.random.default_rng(0)), 1, 0, "above 0."),
    ]],
    ("check_fair", (44,), "44 have 2,420 parameters, 60 too few. Is there one that is nearer?"),
    ("check_fair", (np.float64(80),), "four times the units is too much"),
    ("check_fair", (20,), "with as many units an RNN has a quarter of the parameters"),
    ("check_fair", (46,), "46 units have 2,622 parameters, not about 2,480"),
    ("check_fair", (2480,), "2480 units have 6,177,680 parameters"),
    ("check_fair", (-1e300,), "-1e+300 units"),
    ("check_baseline", (1 / 12,), "that is the variance of one of the two numbers"),
    ("check_baseline", (6**-0.5,), "that is its root. The mean of the squares is asked for"),
    ("check_baseline", (0,), "1 is right on average, and wrong nearly every time"),
    ("check_baseline", (0.5,), "0.5 is not it. How far is a sum of two such numbers from 1"),
    ("check_recaller", (recaller(0),), "one of the four symbols is recalled, as by chance"),
    ("check_recaller", (recaller(-np.eye(4)),), "0 of the 4 symbols are recalled"),
    ("check_recaller", (recaller(np.eye(4)[[1, 0, 2, 3]]),), "2 of the 4 symbols are recalled"),
    ("check_chance", (0,), "now and then the city it falls back on is the true one"),
    ("check_chance", (32,), "give it as a share of 1"),
    ("check_chance", (3.125,), "give it as a share of 1"),
    ("check_chance", (31 / 32,), "0.96875 is not it. One answer in how many is right by chance?"),
    ("check_chance", (-1e300,), "-1e+300 is not it"),
    ("check_hide", ("o", 0.5), "the right gate, but at 0.5 a part of tanh(c) is still shown"),
    ("check_hide", ("f", 0), "that wipes the belt. It should be hidden, not lost"),
    ("check_hide", ("i", 0), "i decides what gets onto the belt. What is shown of it?"),
    ("check_hide", ("g", 0), "g decides what gets onto the belt"),
    ("check_lag", (10,), "0.1 is lost of what is *left*"),
    ("check_lag", (43,), "k = 43 leaves 1.08%, and one step earlier it was 1.20%"),
    ("check_lag", (np.int64(45),), "k = 45 leaves 0.87%, and one step earlier it was 0.97%"),
    ("check_lag", (math.log(0.01, 0.9),), "whole and at least 1, and not 43.70869065"),
    ("check_lag", (-44,), "at least 1, and not -44."),
    ("check_lag", (-1e300,), "at least 1, and not -1e+300"),
    ("check_lag", (0,), "at least 1, and not 0."),
    ("check_lag", (1,), "k = 1 leaves 90.00%, and one step earlier it was 100.00%"),
    ("check_lag", (44.0000001,), "whole and at least 1, and not 44.0000001"),
    ("check_lag", (1e300,), "k = 1e+300 leaves 0.00%"),
    ("check_step_back", (lambda dh, h, W: W @ ((h > 0) * dh),), "back goes through its transpose"),
    ("check_step_back", (lambda dh, h, W: W.T @ ((1 - h**2) * dh),), "the slope of tanh"),
    ("check_step_back", (tanh_back_in_place,), "1 - h*h is the slope of tanh. What is relu's?"),
    ("check_step_back", (lambda dh, h, W: W.T @ dh,), "the slope is missing"),
    ("check_step_back", (lambda dh, h, W: ((h >= 0) * dh) @ W,), "A unit with h = 0 is off"),
    ("check_step_back", (lambda dh, h, W: (h > 0) * (W.T @ dh),), "the order is off"),
    ("check_step_back", (lambda dh, h, W: W @ dh,), "off by up to 4.7."),
    ("check_step_back", (lambda dh, h, W: W.T @ (h * dh),), "off by up to 0.95"),
    ("check_step_back", (lambda dh, h, W: [0] * 5,), "off by up to 1.8."),
    ("check_apart", (0.98,), "0.98 is safe, but not the closest bound. Is 0.98 used once a step?"),
    ("check_apart", (0.98**199,), "is safe, but not the closest"),
    ("check_apart", (0.9,), "0.9 is safe, but not the closest"),
    ("check_apart", (1,), "1 is no news: they start 1 apart"),
    ("check_apart", (196,), "196 is no news"),
    ("check_apart", (0.98**201,), "0.017 is too small: a norm of 0.98 allows 1.76%"),
    ("check_apart", (np.float64(0.01),), "0.01 is too small"),
    ("check_apart", (1e-5,), "1e-05 is too small"),
    ("check_apart", (0,), "0 would say that they must have met"),
    ("check_apart", (1 - 200 * 0.02,), "-3 would say that they must have met"),
    (
        "check_hump",
        (0.9 * np.eye(2),),
        "it grows to 0.9 times at most, and should to more than 100",
    ),
    ("check_hump", ([[0.9, 25], [0, 0.9]],), "it grows to 96.9 times at most"),
    (
        "check_hump",
        ([[-0.9, 50], [0, 0.9]],),
        "it grows to 50.0 times at most",
    ),  # its square shrinks
    ("check_hump", ([[0, 0], [0, 0]],), "it grows to 0.0 times at most"),
    ("check_hump", ([[1, 50], [0, 0.9]],), "its spectral radius is 1. It should be at most 0.9"),
    ("check_hump", ([[0, 5], [-5, 0]],), "its spectral radius is 5."),
    ("check_hump", ([[0.901, 50], [0, 0.9]],), "its spectral radius is 0.901."),
    ("check_hump", ([[0.90002, 50], [0, 0.9]],), "its spectral radius is 0.90002."),
    ("check_half_life", (0.95,), "takes the same *amount* each step"),
    ("check_half_life", (0.5,), "with f = 0.5, 0.1% is left after 10 steps. It should be 50%"),
    ("check_half_life", (0.9,), "34.9% is left"),
    ("check_half_life", (10,), "f = 10"),
    ("check_half_life", (-(0.5**0.1),), ""),
    ("check_half_life", (1e40,), ""),
    ("check_gate_input", (0.99,), "Going in, it makes a gate of 0.73"),
    ("check_gate_input", (-4.595,), "sigmoid(-4.595) = 0.0100. It should be 0.99"),
    ("check_gate_input", (6,), "sigmoid(6) = 0.9975"),
    ("check_gate_input", (1e6,), "= 1.0000"),
    ("check_slope", (lambda s: 1 - s * s,), "1 - s*s is the slope of tanh"),
    ("check_slope", (lambda s: s / 4,), "where the gate is 0.378, its slope is 0.2350"),
    ("check_slope", (lambda s: s,), "yours is 0.8808"),
    ("check_slope", (lambda s: 0.25,), "where the gate is 0.047"),
    ("check_cue", (1, 0), "after ten cues to keep, 4.4% is left"),
    ("check_cue", (6, 0), "97.6% is left. It should be at least 99%"),
    ("check_cue", (5, 5), "one cue to drop leaves 50.0%. It should be at most 1%"),
    ("check_cue", (-6, 1), "after ten cues to keep, 0.0%"),
    ("check_step", (lambda o, f, i, g, c: (i * c + f * g, 0.0),), "c is off. f belongs to what"),
    (
        "check_step",
        (lambda o, f, i, g, c: (f * c + i * g, o * (f * c + i * g)),),
        "c is right, h is off. The belt is squashed before o",
    ),
    (
        "check_step",
        (lambda o, f, i, g, c: (f * c + i * g, math.tanh(f * c + i * g)),),
        "c is right, h is off: with c = 1.050 and o = 0.9, h is 0.704",
    ),
    ("check_step", (lambda o, f, i, g, c: step(o, f, i, g, c)[::-1],), "c is off"),
    (
        "check_step",
        (lambda o, f, i, g, c: (c + i * g, 0.0),),
        "f * c_prev = 1.20 and i * g = -0.15",
    ),
    ("check_step", (lambda *gates: tuple(1.00001 * np.array(step(*gates))),), "make 1.05"),
    ("check_parameters", (ONE,), "that is a plain RNN of this size"),
    ("check_parameters", (4 * 256 * 356,), "only the biases are missing"),
    ("check_parameters", (3 * ONE,), "the candidate has its own weights too"),
    ("check_parameters", (4 * (100 * (100 + 256) + 100),), "H rows of D + H weights"),
    ("check_largest", (1, 1), "nothing squashes c itself"),
    ("check_largest", (51, 1), "c is off"),
    ("check_largest", (50, 50), "h is off. It is o times tanh(c)"),
    ("check_latch", (latch(write=(0, -10)),), "Look at the input gate and the candidate"),
    (
        "check_latch",
        (latch(candidate=(-1, 0)),),
        "flag 1 at the first step, value 0.14, but c is -",
    ),
    ("check_latch", (latch(candidate=(1, 1)),), "g = tanh(value)"),
    ("check_latch", (latch(bias=0.5),), "Look at the input gate and the candidate"),
    ("check_latch", (latch(forget=(0, -10)),), "does not hold while the flag is 0"),
    ("check_latch", (latch(forget=(0, 3)),), "does not hold while the flag is 0"),
    ("check_latch", (latch(write=(0, 10)),), "does not hold while the flag is 0"),
    ("check_latch", (latch(forget=(0, 10)),), "the second value does not replace the first"),
    (
        "check_diagnosis",
        (dict.fromkeys("ABC", "tanh"),),
        "B is not 'tanh': a missing slope is wrong within a single step",
    ),
    (
        "check_diagnosis",
        (dict(A="tanh", B="dc_next", C="sum"),),
        "B is not 'dc_next': without dc_next T = 1 is right, and at T = 3 xs and h0 are wrong too",
    ),
    (
        "check_diagnosis",
        (dict(C="sum", B="sum", A="tanh"),),
        "C is not 'sum': without the sum T = 1 is right, and at T = 3 only Wx, Wh and b are wrong",
    ),
    ("check_bias", (0.5 ** (1 / 50),), "that is the gate itself"),
    ("check_bias", (math.log(49),), "leaves 1/e after 50 steps. Half is left after 34.3 of them"),
    ("check_bias", (1,), "with b_f = 1, f is 0.7311 and half is left after 2.21 steps"),
    ("check_bias", (4.3,), "half is left after 51.4 steps"),
    ("check_bias", (math.log(50),), "half is left after 35 steps"),
    ("check_bias", (-4.27,), "half is left after 0.162 steps"),
    ("check_bias", (50,), "with b_f = 50 the gate rounds to 1: it keeps all"),
    ("check_bias", (-500,), "with b_f = -500 the gate rounds to 0: it keeps nothing"),
    ("check_bias", (1e300,), "with b_f = 1e+300"),
    ("check_total_dc", (lambda dh, dc, o, c: total_dc(dh, 0, o, c),), "dc_next, is missing"),
    ("check_total_dc", (lambda dh, dc, o, c: dc + dh * o,), "the slope of tanh is missing"),
    (
        "check_total_dc",
        (lambda dh, dc, o, c: dc + dh * o * (1 - c * c),),
        "1 - c*c would do if c were the tanh already",
    ),
    (
        "check_total_dc",
        (lambda dh, dc, o, c: total_dc(dh + dc, 0, o, c),),
        "neither o nor a slope is on that road",
    ),
    (
        "check_total_dc",
        (lambda dh, dc, o, c: total_dc(dh, dc, 1, c),),
        "for dh = 0.7, dc_next = -0.4, o = 0.6, c = 1.2 it is -0.272",
    ),
    ("check_total_dc", (lambda dh, dc, o, c: 1e300,), "it is -0.272"),
    ("check_total_dc", (lambda *answer: 1.00001 * total_dc(*answer),), "it is -0.272"),
    ("check_path", (lambda f, t: np.prod(f[t:]),), "f at t itself made c_t"),
    (
        "check_path",
        (lambda f, t: np.prod(f[t + 2 :]),),
        "for f = [0.9, 0.5, 0.8, 0.25, 0.6] and t = 2 it is 0.150, and yours is 0.6.",
    ),
    ("check_path", (lambda f, t: np.prod(f[: t + 1]),), "that goes from the first step up to t"),
    ("check_path", (lambda f, t: np.prod(f[:t]),), "t = 0 it is 0.060, and yours is 1."),
    ("check_path", (lambda f, t: f[-1] ** (4 - t),), "t = 2 it is 0.150, and yours is 0.36."),
    ("check_path", (lambda f, t: sum(f[t + 1 :]),), "t = 0 it is 0.060, and yours is 2.15."),
    ("check_path", (lambda f, t: 0,), "t = 4 it is 1.000, and yours is 0."),
    ("check_explosion", (exploding(0),), "8.9e-16 arrives. Make the road from h"),
    ("check_explosion", (exploding(2),), "1.0e+00 arrives. Make the road from h"),
    ("check_explosion", (exploding(2.38),), "9.3e+01 arrives"),
    ("check_explosion", (exploding(-4),), "through the candidate g wider"),
    ("check_explosion", (LSTM(1, 1, np.random.default_rng(0)),), "5.7e-07 arrives. Make the road"),
    ("check_explosion", (exploding(bias=(0, 50, 0, 0)),), "it has a forget gate of 1"),
    ("check_explosion", (exploding(0, bias=(0, 1000, 0, 0)),), "it has a forget gate of 1"),
    (
        "check_explosion",
        (exploding(bias=(0, 0, 0, 1)),),
        "3.4e-15 arrives. The state has wandered off to c = 0.99",
    ),
    ("check_explosion", (exploding(bias=(0, 0, 0, -3)),), "to c = -1.00, where the slopes are"),
    ("check_explosion", (exploding(0, bias=(0, 0, 0, 0.6)),), "wandered off to c = 0.54"),
    ("check_explosion", (exploding(0, bias=(0, 0, 0, -0.5)),), "through the candidate g wider"),
    ("check_explosion", (exploding(0.5, bias=(0, 0, 0, 0.01)),), "6.2e-11 arrives. Make the road"),
    ("check_gru_parameters", (4 * ONE,), "that is the LSTM of this size"),
    ("check_gru_parameters", (2 * ONE,), "the candidate has its own weights too"),
    ("check_gru_parameters", (3 * 256 * 356,), "only the biases are missing"),
    ("check_gru_parameters", (3 * ONE + 256,), "a second bias comes only with r after the matrix"),
    ("check_gru_parameters", (3 * (ONE + 256),), "a second bias comes only"),  # PyTorch's count
    ("check_gru_parameters", (ONE,), "one layer has H rows of D + H weights and a bias"),
    ("check_gru_parameters", (-1e300,), "How many are there?"),
    ("check_gru_step", (lambda r, z, x, h: gru_step(r, 1 - z, x, h),), "the other convention"),
    ("check_gru_step", (lambda r, z, x, h: gru_step(1, z, x, h),), "r is missing"),
    (
        "check_gru_step",
        (lambda r, z, x, h: (1 - z) * r * h + z * math.tanh(x + r * h),),
        "r hides the past from the candidate only",
    ),
    ("check_gru_step", (lambda r, z, x, h: gru_step(r, 1, x, h),), "that is the candidate"),
    (
        "check_gru_step",
        (lambda r, z, x, h: (1 - z) * h + z * (x + r * h),),
        "r = 0.3, z = 0.8, x = 0.5, h_prev = -0.9 make n = 0.226, h = 0.001",
    ),
    ("check_gru_step", (lambda r, z, x, h: 1e300,), "make n = 0.226"),
    ("check_gru_step", (lambda *answer: 1.00001 * gru_step(*answer),), "make n = 0.226"),
    ("check_update_bias", (math.log(99),), "the sign. That z would take 99% of the new"),
    ("check_update_bias", (0.01,), "that is a gate's value. Going in as a bias, it makes z = 0.50"),
    ("check_update_bias", (np.exp(-0.01),), "it makes z = 0.73"),
    ("check_update_bias", (0,), "with b_z = 0, 0.0% is left after 100 steps. It should be 37%"),
    ("check_update_bias", (-math.log(49),), "13.3% is left after 100 steps"),
    ("check_update_bias", (-1e300,), "100.0% is left after 100 steps"),
    *[("check_parity", (cell,), said) for cell, said in [
        (parity(z=(-20, 10)), "at input 0 it should keep h = 1, and makes -1.00 of it: z near 0"),
        (parity(z=(0, 0), n=0), "it should keep h = 1, and makes 0.50 of it"),
        (parity(z=(0, 10), n=0), "it should keep h = 1, and makes 0.00 of it"),
        (parity(z=(20, -5)), "at input 0 h should stay, and at step 43 it has come from 0.51 to 0.50"),
        (GRU(1, 1, np.random.default_rng(0)), "1 h should turn over in full, and it goes from 0.72 to 0.90"),
        (parity(z=(0, -50)), "at an input 1 h should turn over in full, and it goes from 1.00 to 1.00"),
        (parity(n=10), "turn over in full, and it goes from 1.00 to 1.00"),
        (parity(n=-1), "turn over in full, and it goes from 1.00 to -0.46"),
        (parity(n=-2), "turn over in full, and it goes from 0.51 to -0.47"),
        (parity(n=20, reset_after=True), "turn over in full, and it goes from 1.00 to 1.00"),
        (given(parity(n=-20, reset_after=True), bh=[100]), "it goes from 1.00 to 1.00"),
    ]],
]  # fmt: skip

BAD = [
    ("check_latch", (latch(bias=math.nan),), r"params\['b'\]"),
    ("check_largest", (math.inf, 1), "c"),
    ("check_cue", (math.nan, 1), "w"),
    ("check_half_life", (math.nan,), "f"),
    *[(name, (bad,), argument) for name, argument in [
        ("check_rnn_parameters", "n"), ("check_rnn_step", "step"), ("check_both_ones", "cell"),
        ("check_window_parameters", "n"), ("check_chance", "share"),
        ("check_fair", "units"), ("check_baseline", "mse"), ("check_recaller", "model"),
        ("check_lag", "k"), ("check_step_back", "step_back"), ("check_apart", "apart"),
        ("check_hump", "W"), ("check_diagnosis", "diagnosis"), ("check_bias", "b_f"),
        ("check_total_dc", "total_dc"), ("check_path", "path"), ("check_explosion", "cell"),
        ("check_gru_parameters", "n"), ("check_gru_step", "step"), ("check_update_bias", "b_z"),
        ("check_parity", "cell"),
        ("check_half_life", "f"), ("check_gate_input", "a"), ("check_slope", "slope"),
        ("check_step", "step"), ("check_parameters", "n"), ("check_latch", "cell"),
        ("check_goal", "console"),
    ] for bad in ("0.9", None, [0.9], True)],
    ("check_slope", (lambda s: ...,), "slope"),
    ("check_slope", (lambda s: "s",), "slope"),
    ("check_cue", ("6", 1), "w"),
    ("check_cue", (6, None), "b"),
    ("check_step", (lambda o, f, i, g, c: None,), "step"),
    ("check_step", (lambda o, f, i, g, c: ...,), "step"),
    ("check_step", (lambda o, f, i, g, c: 1.05,), "step"),
    ("check_step", (lambda o, f, i, g, c: (1.05, 0.7, 0.0),), "step"),
    ("check_step", (lambda o, f, i, g, c: (1.05, None),), "h"),
    ("check_step", (lambda o, f, i, g, c: ("1", 0.7),), "c"),
    ("check_largest", ("50", 1), "c"),
    ("check_largest", (50, None), "h"),
    ("check_largest", (3, "1"), "h"),
    ("check_latch", (LSTM,), "cell"),
    ("check_latch", (GRU(2, 1, np.random.default_rng(0)),), "cell"),
    ("check_latch", (LSTM(1, 1, np.random.default_rng(0)),), "cell"),
    ("check_latch", (LSTM(2, 2, np.random.default_rng(0)),), "cell"),
    *[(name, (bad,), argument) for name, argument in [
        ("check_rnn_parameters", "n"), ("check_window_parameters", "n"), ("check_chance", "share"),
        ("check_fair", "units"), ("check_baseline", "mse"),
        ("check_lag", "k"), ("check_apart", "apart"), ("check_bias", "b_f"),
        ("check_gru_parameters", "n"), ("check_update_bias", "b_z"),
    ] for bad in (math.nan, -math.inf, 1j)],
    *[(name, (lambda *_, back=back: back,), argument) for name, argument in [
        ("check_step_back", "step_back"), ("check_total_dc", "total_dc"), ("check_path", "path"),
        ("check_gru_step", "step"), ("check_rnn_step", "step"),
    ] for back in (..., None, "1", [[0.5]], math.nan)],
    ("check_step_back", (lambda dh, h, W: W.T * ((h > 0) * dh),), "step_back"),
    ("check_step_back", (lambda dh, h, W: W.T @ ((h > 0) * dh)[:, None],), "step_back"),
    ("check_path", (lambda f, t: np.cumprod(f[t + 1 :]),), "path"),
    ("check_hump", ([[0.9, 50]],), "W"),
    ("check_hump", (np.eye(3),), "W"),
    ("check_hump", ([[0.9, "50"], [0, 0.9]],), "W"),
    ("check_hump", ([[0.9, math.inf], [0, 0.9]],), "W"),
    ("check_hump", ([[0, 1001], [0, 0]],), "W"),
    ("check_hump", ([[0, 0], [-1e7, 0]],), "W"),
    ("check_diagnosis", ({},), "diagnosis"),
    ("check_diagnosis", ({"A": "tanh"},), "diagnosis"),
    ("check_diagnosis", (DIAGNOSIS | {"D": "sum"},), "diagnosis"),
    ("check_diagnosis", (list(DIAGNOSIS.values()),), "diagnosis"),
    *[("check_diagnosis", (DIAGNOSIS | {"B": bad},), r"diagnosis\['B'\]")
      for bad in ("Sum", "", None, 1, ["sum"], np.array(["sum"]), np.array(["sum", "sum"]))],
    ("check_explosion", (exploding(bias=(0, math.inf, 0, 0)),), r"params\['b'\]"),
    ("check_explosion", (exploding(1000.1),), r"params\['Wh'\]"),
    *[(name, (given(make(), **{weights: change(make().params[weights])}),), rf"params\['{weights}'\]")
      for name, make in [
        ("check_latch", latch), ("check_explosion", exploding), ("check_parity", parity),
        ("check_both_ones", both_ones),
        ("check_parity", lambda: parity(n=-20, reset_after=True)),
    ] for weights in make().params for change in (
        lambda v: None, lambda v: v[:-1], lambda v: v[None].tolist(), lambda v: v.astype(str).tolist(),
        lambda v: v * math.nan, lambda v: v + 1100, lambda v: (v - 1100).tolist(),
    )],
    ("check_explosion", (LSTM,), "cell"),
    ("check_explosion", (parity(),), "cell"),
    ("check_explosion", (latch(),), "cell"),
    ("check_explosion", (LSTM(1, 2, np.random.default_rng(0)),), "cell"),
    ("check_parity", (parity(n=math.inf),), r"params\['Wh'\]"),
    ("check_parity", (GRU,), "cell"),
    ("check_parity", (exploding(),), "cell"),
    ("check_parity", (GRU(2, 1, np.random.default_rng(0)),), "cell"),
    ("check_parity", (GRU(1, 2, np.random.default_rng(0)),), "cell"),
    ("check_recaller", (Stack,), "model"),
    ("check_recaller", (recaller().cells[0],), "model"),
    ("check_recaller", (recaller(build=LSTM),), "model"),
    ("check_recaller", (Stack([*recaller().cells, RNN(4, 4, np.random.default_rng(0))]),), "model"),
    ("check_recaller", (recaller(kinds=3),), "model"),
    ("check_recaller", (recaller(n_out=5),), "model"),
    ("check_recaller", (recaller(readout=False),), "model"),
    ("check_both_ones", (RNN,), "cell"),
    ("check_both_ones", (LSTM(1, 2, np.random.default_rng(0)),), "cell"),
    ("check_both_ones", (RNN(1, 1, np.random.default_rng(0)),), "cell"),
    ("check_both_ones", (RNN(2, 2, np.random.default_rng(0)),), "cell"),
    *[("check_hide", (bad, 0), "gate") for bad in ("O", "fi", "", None, 0, ["o"])],
    *[("check_hide", ("o", bad), "value") for bad in ("0", None, [0], True, math.nan)],
]  # fmt: skip

CHECKS = {name: check for name, check in vars(checks).items() if name.startswith("check_")}


def arguments_of(name):
    return list(inspect.signature(CHECKS[name]).parameters)


def untouched():
    """Each check with one ... among its answers, or in a dict that has several in one."""
    for name in CHECKS.keys() - {"check_goal"}:
        places = range(len(arguments_of(name)))
        yield from ((name, [... if k == place else 0.5 for k in places]) for place in places)
    yield "check_transplant", [{"g": np.zeros(16), "i": ...}, None, None]
    yield "check_diagnosis", [dict.fromkeys("ABC", ...)]
    yield from (("check_diagnosis", [DIAGNOSIS | {patient: ...}]) for patient in "ABC")


def named(values):
    return [f"{value[0]}-{k}" for k, value in enumerate(values)]


def test_every_check_is_tried_here_with_a_right_answer_and_with_two_wrong_ones():
    others = set(CHECKS) - {"check_goal", "check_transplant"}  # those two have tests of their own
    assert {name for name, *_ in RIGHT} == others == {name for name, *_ in BAD} - {"check_goal"}
    wrong = [name for name, *_ in WRONG]
    assert all(wrong.count(name) >= 2 for name in others)


UNTOUCHED = sorted(untouched(), key=lambda one: one[0])


@pytest.mark.parametrize(("name", "answers"), UNTOUCHED, ids=named(UNTOUCHED))
def test_what_nobody_has_touched_is_not_attempted_yet(name, answers, capsys):
    assert CHECKS[name](*answers) is None
    assert re.fullmatch(r"Not attempted yet: .* run this cell again\.\n", capsys.readouterr().out)
    CHECKS[name](**dict(zip(arguments_of(name), answers, strict=True)))
    assert capsys.readouterr().out.startswith("Not attempted yet: ")


@pytest.mark.parametrize(("name", "answers"), [(n, a) for n, *a in RIGHT], ids=named(RIGHT))
def test_the_right_answer_is_right_and_says_why_it_matters(name, answers, capsys):
    CHECKS[name](*answers)
    assert re.fullmatch(r"Right[.,:] \S.{20,}\.\n", capsys.readouterr().out)


def test_an_answer_that_is_called_wrong_is_wrong_by_its_own_sentence(capsys):
    checks.check_fair(44.6)  # what the formula gives; there are no tenths of a unit
    assert "2,480 parameters, not about 2,480" not in capsys.readouterr().out


def test_the_rnn_with_the_nearest_number_of_parameters_is_the_one_that_is_asked_for():
    rng = np.random.default_rng(0)
    wanted = LSTM(10, 20, rng).n_params
    off = {units: abs(RNN(10, units, rng).n_params - wanted) for units in range(1, 81)}
    assert min(off, key=off.get) == 45 and off[44] == 60


@pytest.mark.parametrize(
    ("name", "answer", "said"),
    [
        ("check_hump", [[0.85, 100], [0, 0.85]], "266 times at step 6, 2e-10 at step 200"),
        ("check_explosion", exploding(2.39), "1e+02, with every f below 1. The belt alone"),
        (
            "check_explosion",
            exploding(bias=(0, 5, 0, 0)),
            "1e+15, with every f below 1. The belt alone would have left 7e-01",
        ),
    ],
)
def test_a_right_answer_that_is_the_readers_own_is_measured(name, answer, said, capsys):
    CHECKS[name](answer)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("name", "answers", "said"), WRONG, ids=named(WRONG))
def test_a_wrong_answer_is_not_yet_right_and_is_told_what_is_off(name, answers, said, capsys):
    CHECKS[name](*answers)
    out = capsys.readouterr().out
    assert out.startswith("Not yet: ") and said in out and "Right" not in out


@pytest.mark.parametrize(("name", "answers", "argument"), BAD, ids=named(BAD))
def test_an_answer_of_another_kind_or_not_finite_is_named(name, answers, argument, capsys):
    with pytest.raises((TypeError, ValueError), match=f"^{argument}: got .*expected "):
        CHECKS[name](*answers)
    assert capsys.readouterr().out == ""


CELLS = [
    (name, answers[0])
    for name, answers in [(n, a) for n, *a in RIGHT] + [(n, a) for n, a, _ in WRONG]
    if name in ("check_latch", "check_explosion", "check_parity", "check_both_ones")
]


@pytest.mark.parametrize(("name", "cell"), CELLS, ids=named(CELLS))
def test_a_check_leaves_the_cell_as_it_is(name, cell):
    weights, before = dict(cell.params), copy.deepcopy(vars(cell))
    CHECKS[name](cell)
    assert all(cell.params[name] is value for name, value in weights.items())
    np.testing.assert_equal(vars(cell), before)


# --- the patients of lesson 5

WEIGHTS, EVERY = {"Wx", "Wh", "b"}, {"Wx", "Wh", "b", "xs", "h0", "c0"}
PATIENTS = {checks.FAULTS[name]: backward for name, backward in checks.patients.items()}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("fault", "T", "wrong"),
    [
        ("", 1, set()), ("", 3, set()), ("", 8, set()),
        ("tanh", 1, EVERY), ("tanh", 3, EVERY),
        ("sum", 1, set()), ("sum", 3, WEIGHTS),
        ("dc_next", 1, set()), ("dc_next", 3, EVERY),
    ],
)  # fmt: skip
def test_a_patients_gradients_are_wrong_exactly_where_its_fault_says(fault, T, wrong, seed):
    rng = np.random.default_rng(seed)
    cell = LSTM(2, 4, rng)
    cell.params["b"][:] = rng.standard_normal(16)
    xs, dh = rng.standard_normal((T, 1, 2)), rng.standard_normal((T, 1, 4))
    trace = cell.forward(xs, tuple(rng.standard_normal((2, 1, 4))))
    right = cell.backward(trace, dh)
    backward = PATIENTS[fault] if fault else checks._patient("")
    mine = backward(cell, trace, dh)
    assert {name: value.shape for name, value in mine.items()} == {
        name: value.shape for name, value in right.items()
    }
    off = {
        name: np.abs(mine[name] - right[name]).max() / np.abs(right[name]).max() for name in EVERY
    }
    assert {name for name in EVERY if off[name] > 1e-12} == wrong
    assert all(off[name] > 0.01 for name in wrong)  # the lab shows two decimals


# --- the trained network of lesson 8


@pytest.fixture(scope="module")
def trained():
    """A network that fills in the city, and stories that it has not seen."""
    rng = np.random.default_rng(0)
    model = Stack([LSTM(len(tasks.WORDS), 16, rng, chrono=40), Readout(16, 32, rng)])
    assert np.mean(train.fit(model, tasks.filled_in(3, rng), steps=500).right[-20:]) > 0.99
    return model, next(tasks.filled_in(3, np.random.default_rng(99), B=200))[0]


@pytest.mark.parametrize(
    ("city", "word", "gates", "like", "said"),
    [
        ("Paris", 9, "gi", np.array, "Right. It reads one city and answers another: g and i at"),
        ("Paris", 9, "ig", list, "Right. It reads one city and answers another: g and i at"),
        ("Paris", 9, "ig", np.float32, "Right. It reads one city and answers another: g and i at"),
        ("Paris", 9, "figo", np.array, "Right. It reads one city and answers another: f and g and"),
        ("Paris", 9, "i", np.array, "Not yet: it answers London. These gates say how much is"),
        ("Paris", 9, "of", np.array, "Not yet: it answers London. These gates say how much is"),
        ("London", 9, "gi", np.array, "Not yet: it answers London. Were the gates taken at word 9"),
        ("Lima", 9, "gi", np.array, "Not yet: it answers Lima. Were the gates taken at word 9"),
        ("Paris", 8, "gi", np.array, r"Not yet: it answers \w+\. Were the gates taken at word 9"),
    ],
)  # fmt: skip
def test_a_transplanted_memory_is_told_by_what_the_network_answers(
    trained, city, word, gates, like, said, capsys
):
    model, xs = trained
    other = xs[:, :1].copy()
    other[8] = np.eye(len(tasks.WORDS))[tasks.WORDS.index(city)]
    donor = model.forward(other).layers[0]
    override = {gate: like(getattr(donor, gate)[word - 1, 0]) for gate in gates}
    before = copy.deepcopy([override, xs, model.params])
    for check in (checks.check_transplant, checks.check_transplant.solution):
        assert check(override, model, xs) is None
        out = capsys.readouterr().out
        assert re.match(said, out) and out.count("\n") == 1
    assert checks.solved == ({"transplant"} if said.startswith("Right") else set())
    np.testing.assert_equal([override, xs, model.params], before)


def test_the_network_that_gets_a_transplant_answers_something_else_without_it(trained):
    model, xs = trained
    assert tasks.CITIES[model.forward(xs[:, :1]).y[-1, 0].argmax()] == "London"


HALF = [0.5] * 16


@pytest.mark.parametrize(
    ("override", "argument"),
    [(bad, "override") for bad in ({}, {"x": HALF}, {"fi": HALF}, {1: HALF}, {"": HALF}, "fi", [HALF], None, 0.5)]
    + [({"i": HALF, "f": bad}, r"override\['f'\]") for bad in (
        None, "0", 0, True, HALF[1:], [HALF], ["0"] * 16, [2] * 16, [-0.1] * 16, [math.nan] * 16
    )]
    + [({"g": bad}, r"override\['g'\]") for bad in ([-1.1] * 16, [1.1] * 16)],
)  # fmt: skip
def test_an_override_of_another_kind_is_named(trained, override, argument, capsys):
    with pytest.raises((TypeError, ValueError), match=f"^{argument}: got .*expected "):
        checks.check_transplant(override, *trained)
    assert capsys.readouterr().out == ""


# --- what is noted


@pytest.fixture
def heard():
    """The names that were heard so far."""
    names = []
    checks.hears.append(names.append)
    return names


@pytest.mark.parametrize(("name", "answers"), [(n, a) for n, *a in RIGHT], ids=named(RIGHT))
def test_a_right_answer_is_noted_and_heard_once_for_each_call(name, answers, heard):
    short = name.removeprefix("check_")
    for times in (1, 2):
        CHECKS[name](*copy.deepcopy(answers))
        assert checks.solved == {short} and heard == times * [short]


@pytest.mark.parametrize(("name", "answers"), [(n, a) for n, *a in RIGHT], ids=named(RIGHT))
def test_a_solution_says_the_same_and_is_not_noted(name, answers, heard, capsys):
    assert CHECKS[name].solution(*copy.deepcopy(answers)) is None
    said = capsys.readouterr().out
    assert checks.solved == set() and heard == []
    CHECKS[name](*answers)
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("units", [44, ..., "45", None])
def test_what_is_wrong_untouched_or_of_another_kind_is_not_noted(units, heard):
    for check in (checks.check_fair, checks.check_fair.solution):
        try:
            check(units)
        except TypeError:
            assert units in ("45", None)
    assert checks.solved == set() and heard == []


def test_everybody_who_listens_hears_and_what_is_wrong_later_takes_nothing_back(heard):
    others = []
    checks.hears.append(others.append)
    for answer in (45, 44, ...):
        checks.check_fair(answer)
    checks.check_chance(1 / 32)
    assert heard == others == ["fair", "chance"]
    assert checks.solved == {"fair", "chance"}


def test_the_course_has_each_exercise_in_one_lesson():
    names = [name for lesson in checks.COURSE.values() for name in lesson]
    assert sorted(names) == sorted(
        name.removeprefix("check_") for name in CHECKS if name != "check_goal"
    )
    assert list(checks.COURSE) == list(range(1, len(NOTEBOOKS) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_has_the_exercises_of_the_course_in_its_order_each_with_a_solution(path):
    notebook = nbformat.read(path, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    course = checks.COURSE[int(path.stem[:2])]
    asked = re.findall(r"\bchecks\.check_(\w+)\(", code)
    assert [name for name in asked if name != "goal"] == course
    assert re.findall(r"\bchecks\.check_(\w+)\.solution\(", code) == course


# --- the console's puzzles


@pytest.mark.parametrize(
    ("goal", "gates", "said"),
    [
        ("hold", {}, "Not attempted yet: drag the gates"),
        ("hold", dict(forget=[0.9] * 12, input=np.eye(12)[1]), "c at step 12: it is 0.28 and should be 0.80"),
        ("hold", dict(forget=[1.0] * 12, input=np.zeros(12)), "it is 0.00 and should be 0.80"),
        ("hold", dict(forget=[1.0] * 12, input=np.eye(12)[1]), "Solved."),
        ("hold", dict(forget=[0.99] * 12, input=np.eye(12)[1]), "Score 99. Furthest off is c at step 12"),
        ("hold", dict(forget=[0.999] * 12, input=np.eye(12)[1]), "Solved."),
        (
            "write-hold-read",
            dict(forget=[1.0] * 12, input=np.eye(12)[1], output=0.25 * np.eye(12)[9]),
            "h at step 10: it is 0.17 and should be 0.66",
        ),
        ("write-hold-read", dict(forget=[1.0] * 12, input=np.eye(12)[1], output=np.eye(12)[9]), "Solved."),
        ("forget on cue", dict(forget=1 - np.eye(12)[6], input=np.eye(12)[1]), "Solved."),
    ],
)  # fmt: skip
def test_a_puzzle_is_untouched_on_its_way_or_solved(goal, gates, said, capsys):
    console = GateConsole(goal=goal)
    for trait, values in gates.items():
        setattr(console, trait, values)
    checks.check_goal(console)
    out = capsys.readouterr().out
    assert said in out and out.count("\n") == 1
    assert out.startswith(("Not attempted yet", "Solved.", f"Score {console.score}. Furthest off"))
    assert ("Solved" in out) == (console.score == 100)


def test_a_console_without_a_goal_cannot_be_checked():
    with pytest.raises(ValueError, match="^console: got one without a goal"):
        checks.check_goal(GateConsole())
