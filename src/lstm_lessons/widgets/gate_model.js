// One unit whose gates are set by hand: what it computes, and what there is to say of it. A drag
// needs no kernel for that. numpy is the truth: a test runs random settings through both.

import { same } from "./dom.js";
import { num, percent, times } from "./numbers.js";

export const SYMBOLS = { w_x: "wₓ", w_h: "wₕ", b: "b" }; // a knob's letter as it is written

// ---- what is said ------------------------------------------------------------------------------

const GATE = (letter, step, value) => `Gate ${letter} at step ${step} is ${num(value)}`;
const INPUT = (step, value) => `Input x at step ${step} is ${num(value)}`;

const SENTENCES = {
  left: (share, last) =>
    share === 0
      ? `nothing is left at step ${last}, and no gradient comes back to it.`
      : `${percent(share)} is left at step ${last}; the gradient on its way back keeps the same ${percent(share)}.`,
  keeps: (step, left) => `Of the value written at step ${step}, ${left}`,
  nothingToKeep: "Nothing was written before it, so it has nothing to keep.",
  writes: (lead, wrote, left) => `${lead}: the step writes ${wrote} into c. Of it, ${left}`,
  writesNothing: (lead, wrote, share, last) =>
    `${lead}: the step writes ${wrote}, nothing. Of step ${last}'s gradient, ${percent(share)} reaches c here.`,
  product: (i, g) => `${num(i)} × ${num(g)} = ${num(i * g)}`,
  candidateIs: (step, value) => `Candidate g at step ${step} is ${num(value)}`,
  shows: (step, o, c) =>
    `${GATE("o", step, o)}: h shows ${num(o)} × tanh(${num(c)}) = ${num(o * Math.tanh(c))}. ` +
    "It decides what is seen, not what is kept: the gradient along c is the same for every o.",
  blends: (step, z, old, n, h) =>
    `${GATE("z", step, z)}: h keeps ${percent(1 - z)} of its ${num(old)} and takes ${percent(z)} ` +
    `of the candidate ${num(n)}, which makes ${num(h)}.`,
  takes: (z, x) =>
    `${percent(z)} of it is taken, which adds ${num(z)} × ${num(x)} = ${num(z * x)} to h.`,
  candidate: (x, r, old, n) =>
    `the candidate is tanh(${num(x)} + ${num(r)} × ${num(old)}) = ${num(n)}.`,
  sum: (v, x, old, h) =>
    `tanh(${num(v.w_x)} × ${num(x)} + ${num(v.w_h)} × ${num(old)} + ${num(v.b)}) = ${num(h)}.`,
  knob: (letter, value, step) => `${SYMBOLS[letter]} is ${num(value)}: h at step ${step} is`,
  back: (factor, last, share, step) =>
    ` The gradient passes this step times ${num(factor)}; ` +
    (share < 1.05
      ? `of step ${last}'s gradient, ${percent(share)} reaches step ${step}.`
      : `at step ${step} it is ${times(share)} times as large as at step ${last}.`),
};

// The step before `end` that wrote most into c; -1 if none wrote anything.
export const strongest = (writes, end) =>
  writes.slice(0, end).reduce((best, w, k) => {
    const most = best < 0 ? 0 : Math.abs(writes[best]);
    return Math.abs(w) > most ? k : best;
  }, -1);

function saysOfMemory(v, run, gate, t, lead) {
  const last = run.gradient.length;
  const left = (s) => SENTENCES.left(run.gradient[s], last);
  if (gate === "f") {
    const s = strongest(run.written, t);
    const kept = s < 0 ? SENTENCES.nothingToKeep : SENTENCES.keeps(s + 1, left(s));
    return `${GATE("f", t + 1, v.forget[t])}. ${kept}`;
  }
  const source = run.source[t];
  const wrote = SENTENCES.product(v.input[t], source);
  const start = gate === "i" ? GATE("i", t + 1, v.input[t]) : lead(t + 1, source);
  if (run.written[t] === 0) return SENTENCES.writesNothing(start, wrote, run.gradient[t], last);
  return SENTENCES.writes(start, wrote, left(t));
}

function saysOfRnn(v, run, gate, t) {
  const start =
    gate === "x" ? `${INPUT(t + 1, v.x[t])}: h is` : SENTENCES.knob(gate, v[gate], t + 1);
  const made = SENTENCES.sum(v, v.x[t], t ? run.h[t - 1] : 0, run.h[t]);
  return `${start} ${made}${SENTENCES.back(run.factor[t], run.h.length, run.gradient[t], t + 1)}`;
}

function saysOfGru(v, run, gate, t) {
  const old = t ? run.h[t - 1] : 0;
  const [r, z, x, n] = [v.reset[t], v.update[t], v.x[t], run.n[t]];
  const back = SENTENCES.back(run.factor[t], run.h.length, run.gradient[t], t + 1);
  if (gate === "z") return SENTENCES.blends(t + 1, z, old, n, run.h[t]) + back;
  const start = gate === "r" ? GATE("r", t + 1, r) : INPUT(t + 1, x);
  return `${start}: ${SENTENCES.candidate(x, r, old, n)}${back}`;
}

function saysOfMin(v, run, gate, t) {
  const [z, x, old] = [v.update[t], v.x[t], t ? run.h[t - 1] : 0];
  const back = SENTENCES.back(run.factor[t], run.h.length, run.gradient[t], t + 1);
  if (gate === "z") return SENTENCES.blends(t + 1, z, old, x, run.h[t]) + back;
  return `${INPUT(t + 1, x)}: ${SENTENCES.takes(z, x)}${back}`;
}

// ---- what is computed --------------------------------------------------------------------------

// A kind of cell: `states` are shown; the first is carried on, and the gradient is its. `step` makes a
// step's values out of the state before it, among them `state`, what is carried on, and `factor`, what
// the gradient is multiplied by on its way back; `shows` is what h shows of the new state, if it is not
// h that is carried on; `flows` are the widths in the diagram; `says` is the sentence; `top` is how large
// the gradient's axis lets it grow; `alike` are cells whose steps have all the same weights.
export const CELLS = {
  memory: {
    states: ["c"],
    step: (v, t, old) => remember(v.forget[t], v.input[t], v.x[t], old),
    flows: (v, run, t) => beltFlows(v, run, t),
    says: (v, run, gate, t) => saysOfMemory(v, run, gate, t, INPUT),
  },
  rnn: {
    states: ["h"],
    top: 100,
    alike: true,
    step(v, t, old) {
      const h = Math.tanh(v.w_x * v.x[t] + v.w_h * old + v.b);
      return { h, state: h, factor: v.w_h * (1 - h * h) };
    },
    flows(v, run, t) {
      const { w_x, w_h, b } = v;
      const [old, source] = [t ? run.h[t - 1] : 0, v.x[t]];
      const [kept, taken] = [w_h * old, w_x * source];
      return { old, kept, source, taken, sum: kept + taken + b, state: run.h[t], w_x, w_h, b };
    },
    says: saysOfRnn,
  },
  lstm: {
    states: ["c", "h"],
    step: (v, t, old) => remember(v.forget[t], v.input[t], v.candidate[t], old),
    shows: (v, t, c) => v.output[t] * Math.tanh(c),
    flows: (v, run, t) => ({
      ...beltFlows(v, run, t),
      squashed: Math.tanh(run.c[t]),
      shown: run.h[t],
      o: v.output[t],
    }),
    says: (v, run, gate, t) =>
      gate === "o"
        ? SENTENCES.shows(t + 1, v.output[t], run.c[t])
        : saysOfMemory(v, run, gate, t, SENTENCES.candidateIs),
  },
  gru: {
    states: ["h"],
    step(v, t, old) {
      const [r, z] = [v.reset[t], v.update[t]];
      const n = Math.tanh(v.x[t] + r * old);
      const h = old + z * (n - old);
      return { h, n, state: h, factor: 1 - z + z * (1 - n * n) * r };
    },
    flows(v, run, t) {
      const old = t ? run.h[t - 1] : 0;
      const [r, z, x, n] = [v.reset[t], v.update[t], v.x[t], run.n[t]];
      const kept = (1 - z) * old;
      const passed = r * old;
      return { old, kept, source: n, taken: z * n, state: run.h[t], passed, x, r, z, "1−z": 1 - z };
    },
    says: saysOfGru,
  },
  min: {
    states: ["h"],
    step(v, t, old) {
      const z = v.update[t];
      const n = v.x[t];
      const h = old + z * (n - old);
      return { h, n, state: h, factor: 1 - z };
    },
    flows(v, run, t) {
      const [old, z, source] = [t ? run.h[t - 1] : 0, v.update[t], v.x[t]];
      return {
        old,
        kept: (1 - z) * old,
        source,
        taken: z * source,
        state: run.h[t],
        z,
        "1−z": 1 - z,
      };
    },
    says: saysOfMin,
  },
};

function remember(f, i, source, old) {
  const c = f * old + i * source;
  return { c, state: c, factor: f, source, written: i * source };
}

function beltFlows(v, run, t) {
  const [f, i, source] = [v.forget[t], v.input[t], run.source[t]];
  const old = t ? run.c[t - 1] : 0;
  return { old, kept: f * old, source, taken: i * source, state: run.c[t], f, i };
}

// Every value of every step by name, as c, h, n, factor, written; and `gradient`, what of the last
// step's reaches each step. Where `aims` has a number for a step, that is carried on from it instead.
export function simulate(cell, v, aims = []) {
  const { step, shows } = CELLS[cell];
  const run = { c: [], h: [], n: [], factor: [], source: [], written: [] };
  const T = Object.values(v).find(Array.isArray).length;
  let state = 0;
  for (let t = 0; t < T; t++) {
    const made = step(v, t, state);
    state = aims[t] ?? made.state;
    if (shows) made.h = shows(v, t, state);
    for (const name in run) if (name in made) run[name].push(made[name]);
  }
  const gradient = Array(T).fill(1);
  for (let t = T - 2; t >= 0; t--) gradient[t] = gradient[t + 1] * run.factor[t + 1];
  return { ...run, gradient: gradient.map(Math.abs) };
}

export function sentence(cell, v, gate, step) {
  return CELLS[cell].says(v, simulate(cell, v), gate, step - 1);
}

// What the targets of a story ask for, one by one.
export const boxes = (targets) =>
  Object.entries(targets).flatMap(([name, row]) =>
    row.flatMap((target, t) => (target === null ? [] : [{ name, t, target }])),
  );

export const reaches = (goal, value, target) => Math.abs(value - target) <= goal.tolerance;

// Which of a goal's stories the values are of; -1 if of none.
export const storyShown = (goal, v) =>
  goal.stories.findIndex(({ values }) =>
    Object.entries(values).every(([trait, row]) => same(row, v[trait])),
  );

// How many of the states asked for are `reached`, of `all`, in all stories, and how far off they are:
// each step is judged by itself, as if the one before it had been right, so that one wrong bar does not
// spoil the points of all that comes after it (but where all steps are alike); of what a miss has beyond
// 0.7 a fifth counts.
export function measure(goal, cell, v) {
  const { states, alike } = CELLS[cell];
  let [reached, all, distance] = [0, 0, 0];
  for (const { values, targets } of goal.stories) {
    const own = { ...v, ...values };
    const run = simulate(cell, own);
    const judged = alike ? run : simulate(cell, own, targets[states[0]]);
    for (const { name, t, target } of boxes(targets)) {
      const miss = Math.max(0, Math.abs(judged[name][t] - target) - goal.tolerance);
      distance += Math.min(miss, 0.56 + miss / 5);
      reached += reaches(goal, run[name][t], target);
      all += 1;
    }
  }
  return { reached, all, distance };
}

// With the `points`: 100 if all are reached, and 0 at the puzzle's start.
export function score(goal, cell, v) {
  const { reached, all, distance } = measure(goal, cell, v);
  const share = Math.floor(100 * (1 - distance / goal.start_distance));
  const points = reached === all ? 100 : Math.max(0, Math.min(99, share));
  return { points: all ? points : 0, reached, all };
}
