// Which way, and how strongly, a puzzle's loss would have each bar and knob moved; descent along that.
// The loss is the sum of (state − target)² over the boxes of all stories; without a goal it is the last
// state that is differentiated. numpy is the truth: a test runs random settings through both.

import { boxes, CELLS, simulate } from "./gate_model.js";

// What a small move of each bar of step t changes, `d` being dL/d(state) of that step, `old` the state
// before it, and `shown` dL/dh of an LSTM.
const LOCAL = {
  memory: (v, _, t, { d, old }) => ({
    forget: d * old,
    input: d * v.x[t],
    x: d * v.input[t],
  }),
  lstm: (v, run, t, { d, old, shown }) => ({
    forget: d * old,
    input: d * v.candidate[t],
    candidate: d * v.input[t],
    output: shown * Math.tanh(run.c[t]),
  }),
  rnn(v, run, t, { d, old }) {
    const into = d * (1 - run.h[t] ** 2);
    return { x: into * v.w_x, w_x: into * v.x[t], w_h: into * old, b: into };
  },
  gru(v, run, t, { d, old }) {
    const into = d * v.update[t] * (1 - run.n[t] ** 2);
    return { reset: into * old, update: d * (run.n[t] - old), x: into };
  },
  min: (v, _, t, { d, old }) => ({ update: d * (v.x[t] - old), x: d * v.update[t] }),
};

// A gate's a is the number before its sigmoid, the candidate's before its tanh. Inputs and knobs have none.
const SIGMOID = {
  low: 0,
  slope: (v) => v * (1 - v),
  a: (v) => Math.log(v / (1 - v)),
  value: (a) => 1 / (1 + Math.exp(-a)),
};
const TANH = { low: -1, slope: (v) => 1 - v * v, a: Math.atanh, value: Math.tanh };
const GATES_BY_A = ["forget", "input", "output", "reset", "update"];
export const SQUASHED = {
  ...Object.fromEntries(GATES_BY_A.map((trait) => [trait, SIGMOID])),
  candidate: TANH,
};

// The derivatives of one story, each a number a step; a knob's too, which are to be added up.
function derivatives(cell, v, targets) {
  const run = simulate(cell, v);
  const { states } = CELLS[cell];
  const T = run.factor.length;
  const pull = (name, t) => {
    if (!targets) return name === states.at(-1) && t === T - 1 ? 1 : 0;
    const target = targets[name]?.[t] ?? null;
    return target === null ? 0 : 2 * (run[name][t] - target);
  };
  const by = {};
  let d = 0; // dL/d(state), from the last step back
  for (let t = T - 1; t >= 0; t--) {
    d += pull(states[0], t);
    const shown = states.length > 1 ? pull("h", t) : 0;
    if (shown) d += shown * v.output[t] * (1 - Math.tanh(run.c[t]) ** 2);
    const old = t ? run[states[0]][t - 1] : 0;
    const local = LOCAL[cell](v, run, t, { d, old, shown });
    for (const trait in local) {
      by[trait] ??= Array(T);
      by[trait][t] = local[trait];
    }
    d *= run.factor[t];
  }
  return by;
}

// By the trait of each lane and knob that is not given: { value, a }, for a lane a number a step each;
// `a` is null for what has none.
export function slopes(cell, v, goal) {
  const stories = goal?.stories ?? [{ values: {}, targets: null }];
  const all = stories.map((own) => derivatives(cell, { ...v, ...own.values }, own.targets));
  const pair = (trait) => {
    const rows = all.map((story) => story[trait]);
    if (!Array.isArray(v[trait])) return { value: added(rows.flat()), a: null };
    const value = rows[0].map((_, t) => added(rows.map((row) => row[t])));
    const byA = () => value.map((slope, t) => slope * SQUASHED[trait].slope(v[trait][t]));
    return { value, a: trait in SQUASHED ? byA() : null };
  };
  const free = Object.keys(all[0]).filter((trait) => !goal?.given.includes(trait));
  return Object.fromEntries(free.map((trait) => [trait, pair(trait)]));
}

const added = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

// ---- descent -----------------------------------------------------------------------------------

// Found by trying. Half of RATE takes twice as long, and with twice of it "count" jumps about and
// sticks. An RNN's gradient explodes: without a bound on its length one step throws the knobs to their ends.
const RATE = 2;
const KNOB_RATE = 0.02;
const LONGEST = 1; // of the gradient by the knobs, as `train.fit` clips it

export function loss(cell, v, goal) {
  const squares = goal.stories.flatMap(({ values, targets }) => {
    const run = simulate(cell, { ...v, ...values });
    return boxes(targets).map(({ name, t, target }) => (run[name][t] - target) ** 2);
  });
  return added(squares);
}

// One step of gradient descent: on the a's of what is not given, and on an RNN's knobs, which stay in
// their range. A bar at its very end stays there: its a is infinite, and its slope 0.
export function descend(cell, v, goal, knobs) {
  const slope = slopes(cell, v, goal);
  const next = { ...v };
  for (const [trait, { a }] of Object.entries(slope)) {
    const by = SQUASHED[trait];
    if (by) next[trait] = v[trait].map((bar, t) => by.value(by.a(bar) - RATE * a[t]));
  }
  const length = Math.hypot(...knobs.map(({ trait }) => slope[trait].value));
  const rate = KNOB_RATE * Math.min(1, LONGEST / length);
  for (const { trait, low, high } of knobs)
    next[trait] = Math.min(high, Math.max(low, v[trait] - rate * slope[trait].value));
  return next;
}

const END = 0.03; // this near its end a bar has next to no slope
const WANTED = 0.05; // a slope by the bar itself from which on a hand would do some good

// The bars at an end, from which a move of the bar itself would lower the loss, but hardly one of its
// a: { trait, t, shut }; what is not `shut` is at the upper end.
export function withoutSlope(cell, v, goal) {
  return Object.entries(slopes(cell, v, goal)).flatMap(([trait, { value, a }]) => {
    if (!a) return [];
    return v[trait].flatMap((bar, t) => {
      if (bar < SQUASHED[trait].low + END && value[t] < -WANTED) return { trait, t, shut: true };
      return bar > 1 - END && value[t] > WANTED ? { trait, t, shut: false } : [];
    });
  });
}
