// The lens's numbers: a random cell run forward, and an identity sent back through it, as in
// gradients.py. numpy is the truth, and the random draws are its own; a test compares the two.

import { minus } from "./numbers.js";
import { addRow, dot, multiply, rootMeanSquare, SQUARE, singularValues, UNITS } from "./squares.js";

const SAID = {
  left: (lag, left, fate, alone, other) =>
    `${lag} steps back, ${left} of the gradient is left (root mean square): it ${fate}.` +
    ` By ${alone} alone it would be ${other}.`,
  fate: (left) => (left < 1e-2 ? "vanishes" : left < 1e2 ? "arrives" : "explodes"),
  radius: "the radius",
  direct: "the direct path",
  less: (least) => `less than ${least}`,
  directions: (lag, kept, most, median) =>
    `${lag} steps back, ${kept} of the ${UNITS} directions keep a hundredth or more.` +
    ` The strongest keeps ${most}, the median ${median}.`,
};
const INPUTS = 4;
const SEEDS = 10;
const LONGEST = 100; // steps
const LEAST = 1e-12; // what the picture shows
const PLACES = 12; // steps at which the singular values are computed

// A number as Python's .1e has it, with a minus sign.
function scientific(value) {
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}e${minus(power[0])}${power.slice(1).padStart(2, "0")}`;
}

// The sentence on what `Network.curves` gives.
export function sayLeft(curves) {
  const all = (curves.c ?? curves.h)[0];
  const alone = curves.direct ? "direct" : "radius";
  const [left, other] = [all, curves[alone][0]].map(scientific);
  return SAID.left(curves.h.length - 1, left, SAID.fate(all), SAID[alone], other);
}

// The sentence on what `Network.directions` gives.
export function sayDirections({ lags, values }) {
  const last = values.at(-1);
  const kept = last.filter((value) => value >= 1e-2).length;
  const [most, middle] = [last[0], median(last)].map((value) =>
    value < LEAST ? SAID.less(scientific(LEAST)) : scientific(value),
  );
  return SAID.directions(lags.at(-1), kept, most, middle);
}

// Of singular values in their order.
export function median(values) {
  return (values[UNITS / 2 - 1] + values[UNITS / 2]) / 2;
}

// ---- the kinds of cells. `step` is one step forward: what it makes of a, Wh h and all else summed up,
// goes to `run`, all steps' numbers by their letters. `back` adds to M, which is 0, how a gradient, as
// a row, is multiplied on its way from this step's state to the one before.

const ACTIVATIONS = {
  tanh: [Math.tanh, (h) => 1 - h * h],
  relu: [(a) => Math.max(a, 0), (h) => (h > 0 ? 1 : 0)],
  linear: [(a) => a, () => 1],
};
const logistic = (a) => 0.5 * Math.tanh(0.5 * a) + 0.5;

const rnn = {
  gates: 1,
  scale: ({ radius }) => radius,
  bias: () => 0,
  step({ h }, now, a, _, { activation }) {
    const [act] = ACTIVATIONS[activation];
    for (let k = 0; k < UNITS; k++) h[now + k] = act(a[k]);
  },
  back({ h }, now, Wh, M, { activation }) {
    const [, slope] = ACTIVATIONS[activation];
    for (let k = 0; k < UNITS; k++) addRow(M, k, slope(h[now + k]), Wh, k);
  },
};

const lstm = {
  gates: 4, // i f g o
  scale: ({ scale }) => scale,
  bias: ({ forget_bias }) => forget_bias,
  step({ c_prev, c, h, i, kept, g, o, tanh_c, h_by_c }, now, a) {
    for (let k = 0, at = now; k < UNITS; k++, at++) {
      i[at] = logistic(a[k]);
      kept[at] = logistic(a[UNITS + k]);
      g[at] = Math.tanh(a[2 * UNITS + k]);
      o[at] = logistic(a[3 * UNITS + k]);
      c_prev[at] = now ? c[at - UNITS] : 0;
      c[at] = kept[at] * c_prev[at] + i[at] * g[at];
      tanh_c[at] = Math.tanh(c[at]);
      h[at] = o[at] * tanh_c[at];
      h_by_c[at] = o[at] * (1 - tanh_c[at] * tanh_c[at]);
    }
  },
  // Two squares, one below the other: to h_prev from c by i, f and g, and from h by o. The other
  // roads, from h to c and along the belt, are in `Network.backAlongTwo`.
  back({ c_prev, i, kept: f, g, o, tanh_c }, now, Wh, M) {
    for (let k = 0, at = now; k < UNITS; k++, at++) {
      addRow(M, k, g[at] * i[at] * (1 - i[at]), Wh, k);
      addRow(M, k, c_prev[at] * f[at] * (1 - f[at]), Wh, UNITS + k);
      addRow(M, k, i[at] * (1 - g[at] * g[at]), Wh, 2 * UNITS + k);
      addRow(M, UNITS + k, tanh_c[at] * o[at] * (1 - o[at]), Wh, 3 * UNITS + k);
    }
  },
};

const gru = {
  gates: 3, // r z n
  scale: ({ scale }) => scale,
  bias: ({ update_bias }) => update_bias,
  step({ h_prev, h, r, z, n, kept, past }, now, a, Wh) {
    for (let k = 0, at = now; k < UNITS; k++, at++) {
      h_prev[at] = now ? h[at - UNITS] : 0;
      r[at] = logistic(a[k]);
      past[k] = r[at] * h_prev[at];
    }
    for (let k = 0, at = now; k < UNITS; k++, at++) {
      z[at] = logistic(a[UNITS + k]);
      n[at] = Math.tanh(a[2 * UNITS + k] + dot(Wh, 2 * SQUARE + k * UNITS, past, 0));
      kept[at] = 1 - z[at];
      h[at] = kept[at] * h_prev[at] + z[at] * n[at];
    }
  },
  // h = (1 - z) h_prev + z n, and n reads r h_prev: the square of n's weights times that of r h_prev.
  back({ h_prev, r, z, n, kept, outer, inner }, now, Wh, M) {
    outer.fill(0);
    inner.fill(0);
    for (let k = 0, at = now; k < UNITS; k++, at++) {
      addRow(outer, k, z[at] * (1 - n[at] * n[at]), Wh, 2 * UNITS + k);
      addRow(inner, k, h_prev[at] * r[at] * (1 - r[at]), Wh, k);
      inner[k * (UNITS + 1)] += r[at];
    }
    multiply(outer, inner, M, UNITS, UNITS);
    for (let k = 0, at = now; k < UNITS; k++, at++) {
      addRow(M, k, (n[at] - h_prev[at]) * z[at] * (1 - z[at]), Wh, UNITS + k);
      M[k * (UNITS + 1)] += kept[at];
    }
  },
};

const MODELS = { rnn, lstm, gru };

// ---- the network

// Of each seed Wx, Wh and the inputs, from the base64 of them all as float64.
function readDraws(text, gates) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const numbers = new Float64Array(bytes.buffer);
  const sizes = [gates * UNITS * INPUTS, gates * SQUARE, LONGEST * INPUTS];
  let at = 0;
  const next = (length) => {
    at += length;
    return numbers.subarray(at - length, at);
  };
  return Array.from({ length: SEEDS }, () => sizes.map(next));
}

export class Network {
  // `cell` and `draws` are GradientLens's; `values`, below, are those of its controls by name.
  constructor(cell, draws) {
    this.model = MODELS[cell];
    const { gates } = this.model;
    this.draws = readDraws(draws, gates);
    this.Wh = new Float64Array(gates * SQUARE);
    this.a = new Float64Array(gates * UNITS);
    const names = "h_prev h c_prev c tanh_c h_by_c i g o r z n kept".split(" ");
    const steps = names.map((name) => [name, new Float64Array(LONGEST * UNITS)]);
    const squares = ["outer", "inner"].map((name) => [name, new Float64Array(SQUARE)]);
    this.run = Object.fromEntries([...steps, ...squares, ["past", new Float64Array(UNITS)]]);
  }

  // What is left of the gradient at every step, each curve (T,), as GradientLens.compute has them.
  curves(values) {
    const T = values.steps;
    const made = { h: new Float64Array(T) };
    if (this.model === lstm) made.c = new Float64Array(T);
    this.forward(values);
    this.back(values, true, (t, rows, stride) => {
      if (made.c) made.c[t] = rootMeanSquare(rows, 0, stride);
      made.h[t] = rootMeanSquare(rows, made.c ? UNITS * stride + UNITS : 0, stride);
    });
    if (this.model === rnn) made.radius = made.h.map((_, t) => values.radius ** (T - 1 - t));
    else made.direct = this.directPath(T);
    return made;
  }

  // The singular values of the state's Jacobian, in an LSTM c's, at some steps, `lags` before the last,
  // each in order; and `left`, the root mean square at every step.
  directions(values) {
    const last = values.steps - 1;
    const even = Array.from({ length: PLACES }, (_, k) => Math.round((k * last) / (PLACES - 1)));
    const made = { lags: [...new Set(even)], values: [], left: new Float64Array(last + 1) };
    this.forward(values);
    this.back(values, false, (t, rows, stride) => {
      made.left[t] = rootMeanSquare(rows, 0, stride);
      if (made.lags.includes(last - t)) made.values.push(singularValues(rows, stride));
    });
    return made;
  }

  forward(values) {
    const { model, run, Wh, a } = this;
    const [Wx, drawn, xs] = this.draws[values.seed];
    const [scale, bias] = [model.scale(values), model.bias(values)];
    for (let k = 0; k < Wh.length; k++) Wh[k] = scale * drawn[k];
    const readers = model === gru ? 2 * UNITS : a.length; // a GRU's n reads r h_prev
    for (let t = 0; t < values.steps; t++) {
      const now = t * UNITS;
      for (let row = 0; row < a.length; row++) {
        a[row] = dot(Wx, row * INPUTS, xs, t * INPUTS, INPUTS);
        if (row >= UNITS && row < 2 * UNITS) a[row] += bias; // f's and z's rows are the second ones
        if (t && row < readers) a[row] += dot(Wh, row * UNITS, run.h, now - UNITS);
      }
      model.step(run, now, a, Wh, values);
    }
  }

  // From the last step to the first; `hear(t, rows, stride)` hears of each step what has come back, row
  // j from the last step's unit j. It may turn the rows.
  back(values, all, hear) {
    if (this.model === lstm) this.backAlongTwo(values, all, hear);
    else this.backAlongOne(values, hear);
  }

  backAlongOne(values, hear) {
    let [rows, next] = [new Float64Array(SQUARE), new Float64Array(SQUARE)];
    const M = new Float64Array(SQUARE);
    for (let k = 0; k < UNITS; k++) rows[k * (UNITS + 1)] = 1;
    for (let t = values.steps - 1; t >= 0; t--) {
      hear(t, rows, UNITS);
      M.fill(0);
      this.model.back(this.run, t * UNITS, this.Wh, M, values);
      multiply(rows, M, next, UNITS, UNITS);
      [rows, next] = [next, rows];
    }
  }

  // Each row has what has come back to c, and beside it what has come back to h. The first rows set out
  // at the last c; if `all` are asked for, as many others set out at the last h.
  backAlongTwo(values, all, hear) {
    const { run, Wh } = this;
    const height = all ? 2 * UNITS : UNITS;
    const rows = new Float64Array(height * 2 * UNITS);
    const dh = new Float64Array(height * UNITS);
    const M = new Float64Array(2 * SQUARE);
    for (let k = 0; k < UNITS; k++) {
      rows[k * (2 * UNITS + 1)] = 1;
      if (all) dh[SQUARE + k * (UNITS + 1)] = 1;
    }
    for (let t = values.steps - 1; t >= 0; t--) {
      const now = t * UNITS;
      for (let row = 0; row < height; row++)
        for (let k = 0, at = 2 * row * UNITS; k < UNITS; k++, at++) {
          const reached = dh[row * UNITS + k];
          rows[at] += reached * run.h_by_c[now + k];
          rows[at + UNITS] = reached;
        }
      hear(t, rows, 2 * UNITS);
      M.fill(0);
      lstm.back(run, now, Wh, M);
      multiply(rows, M, dh, height, 2 * UNITS);
      for (let row = 0; row < height; row++)
        for (let k = 0; k < UNITS; k++) rows[2 * row * UNITS + k] *= run.kept[now + k];
    }
  }

  // The root mean square of the units' products of what they keep.
  directPath(T) {
    const path = new Float64Array(UNITS).fill(1);
    const curve = new Float64Array(T);
    for (let t = T - 1; t >= 0; t--) {
      curve[t] = Math.sqrt(dot(path, 0, path, 0) / UNITS);
      for (let k = 0; k < UNITS; k++) path[k] *= this.run.kept[t * UNITS + k];
    }
    return curve;
  }
}
