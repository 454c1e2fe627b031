// The joins of a scan and what they make, as in scan.py, and the sentences on it.

import { minus, num } from "./numbers.js";

const SCAN_SAYS = {
  bar: (letter, step, value, into, joins) =>
    `${letter} at step ${step} is ${value}${joins ? `: it goes into ${into} of ${counted(joins, "join")}.` : "."}`,
  last: (h, work) => `The last h is ${h}, in ${work}`,
  work: (rounds, joins) => `${counted(rounds, "round")} and ${counted(joins, "join")}`,
  loop: ", one after the other.",
  other: (work) => `; one after the other takes ${work}.`,
  open: (pieces, work) => `There are ${pieces} pieces left, after ${work}; the last h needs one.`,
  states: (reached, steps) =>
    reached === steps
      ? `All ${steps} states come out`
      : `${reached} of the ${steps} states come out`,
  same: ", the same as one after the other.",
  near: (off) => `, the same as one after the other but for ${off} at most.`,
  joined: (later, earlier) => `${later} after ${earlier}:`,
  pair: ([f2, f1, f], [b1, b2, b]) => `f = ${f2} · ${f1} = ${f}, b = ${f2} · ${b1} ${b2} = ${b}.`,
};

const counted = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;

// 1, 2, 4 … below the number of steps.
function distances(T) {
  const all = [];
  for (let d = 1; d < T; d *= 2) all.push(d);
  return all;
}

function range(from, to, by = 1) {
  const all = [];
  for (let k = from; k < to; k += by) all.push(k);
  return all;
}

// By the name of a scheme: for T steps its joins, [earlier, later] each, two places counted from 0. What
// stands there is joined, and what comes out stands at the later one.
const SCHEMES = {
  loop: (T) => range(1, T).map((t) => [t - 1, t]),
  halves(T) {
    const joins = [];
    for (let places = range(0, T); places.length > 1; ) {
      const left = [];
      for (let k = 0; k < places.length; k += 2) {
        if (k + 1 < places.length) joins.push([places[k], places[k + 1]]);
        left.push(places[k + 1] ?? places[k]);
      }
      places = left;
    }
    return joins;
  },
  prefixes: (T) =>
    distances(T).flatMap((d) =>
      range(d, T)
        .reverse()
        .map((t) => [t - d, t]),
    ),
  sweeps(T) {
    const from = (d, first) => range(first, T, 2 * d).map((t) => [t - d, t]);
    const up = distances(T).flatMap((d) => from(d, 2 * d - 1));
    const down = distances(T).reverse();
    return [...up, ...down.flatMap((d) => from(d, 3 * d - 1))];
  },
  own(T, own) {
    const ends = range(0, T);
    return own
      .filter((gap) => gap < T)
      .map((gap) => {
        ends.splice(ends.indexOf(gap - 1), 1);
        return [gap - 1, ends.find((end) => end >= gap)];
      });
  },
};

export const SCHEME_NAMES = Object.keys(SCHEMES);
export const FEWEST = 2; // steps
export const MOST_STEPS = 16;

// Whether there is what a scan can be.
export function isScan({ f, b, scheme, own }, lanes) {
  const inside = (row, { low }) => row.every((v) => Number.isFinite(v) && v >= low && v <= 1);
  const isGap = (gap, k) =>
    Number.isInteger(gap) && gap > 0 && gap < MOST_STEPS && own.indexOf(gap) === k;
  if (![f, b, own].every(Array.isArray) || f.length !== b.length) return false;
  if (f.length < FEWEST || f.length > MOST_STEPS || !SCHEME_NAMES.includes(scheme)) return false;
  return inside(f, lanes[0]) && inside(b, lanes[1]) && own.every(isGap);
}

export const joinsOf = (scheme, T, own) => SCHEMES[scheme](T, own);

// The steps, and then what each join makes: (f2, b2) after (f1, b1) is (f2 f1, f2 b1 + b2). `first` and
// `last` are the steps that a node covers, `parts` the places of the two that it joins.
export function nodesOf(f, b, joins) {
  const nodes = f.map((_, t) => ({ first: t + 1, last: t + 1, f: f[t], b: b[t], round: 0 }));
  const at = f.map((_, t) => t);
  for (const [earlier, later] of joins) {
    const parts = [at[earlier], at[later]];
    const [one, two] = parts.map((k) => nodes[k]);
    at[later] = nodes.length;
    const pair = { f: two.f * one.f, b: two.f * one.b + two.b };
    const round = 1 + Math.max(one.round, two.round);
    nodes.push({ first: one.first, last: two.last, ...pair, round, parts });
  }
  return nodes;
}

export const covers = ({ first, last }, step) => first <= step && step <= last;

// The gaps that are still open, each with the pieces at its two sides and the step before it.
export function gapsOf(nodes) {
  const used = new Set(nodes.flatMap(({ parts }) => parts ?? []));
  const pieces = nodes.filter((_, k) => !used.has(k)).sort((one, two) => one.first - two.first);
  return pieces.slice(1).map((later, k) => ({ gap: pieces[k].last, earlier: pieces[k], later }));
}

// Of a scan all that is counted; `h` has null where no node covers all steps until then.
export function resultOf(f, b, nodes) {
  const h = f.map(() => null);
  for (const node of nodes) if (node.first === 1) h[node.last - 1] = node.b;
  const inOrder = [];
  for (const t of f.keys()) inOrder.push(f[t] * (inOrder[t - 1] ?? 0) + b[t]);
  const reached = h.flatMap((value, t) => (value === null ? [] : [Math.abs(value - inOrder[t])]));
  return {
    h,
    rounds: Math.max(...nodes.map(({ round }) => round)),
    joins: nodes.length - f.length,
    reached: reached.length,
    off: Math.max(...reached),
  };
}

const powers = (v) => minus(v.toExponential(1));

// The sentence on a bar and on what became of it.
export function sayScan({ scheme, letter, step, value, nodes, result }) {
  const { h, rounds, joins, reached, off } = result;
  const T = h.length;
  const into = nodes.filter((node) => node.parts && covers(node, step)).length;
  const said = [SCAN_SAYS.bar(letter, step, num(value), into, joins)];
  const work = SCAN_SAYS.work(rounds, joins);
  if (h[T - 1] === null) return [...said, SCAN_SAYS.open(T - joins, work)].join(" ");
  const last = SCAN_SAYS.last(num(h[T - 1]), work);
  if (scheme === "loop") return [...said, last + SCAN_SAYS.loop].join(" ");
  const compared = off ? SCAN_SAYS.near(powers(off)) : SCAN_SAYS.same;
  const states = SCAN_SAYS.states(reached, T) + compared;
  return [...said, last + SCAN_SAYS.other(SCAN_SAYS.work(T - 1, T - 1)), states].join(" ");
}

export function stepsOf({ first, last }, to = "–") {
  return first === last ? String(first) : first + to + last;
}

const named = (node) => `${node.first === node.last ? "step" : "steps"} ${stepsOf(node, " to ")}`;

export const gapLabel = ({ earlier, later }) => `Join ${named(earlier)} and ${named(later)}`;

export const nodeLabel = (node) =>
  `${named(node)}, round ${node.round}: f ${num(node.f)}, b ${num(node.b)}`;

// With three decimals, so that a reader can do the sum again.
const fine = (v) => minus((Math.abs(v) < 0.0005 ? 0 : v).toFixed(3));

// How a join makes its pair.
export function sayJoin(nodes, { f, b, parts }) {
  const [one, two] = parts.map((k) => nodes[k]);
  const steps = SCAN_SAYS.joined(named(two), named(one));
  const factor = fine(one.b).startsWith("−") ? `(${fine(one.b)})` : fine(one.b);
  const added = `${fine(two.b).startsWith("−") ? "−" : "+"} ${fine(Math.abs(two.b))}`;
  const words = SCAN_SAYS.pair([two.f, one.f, f].map(fine), [factor, added, fine(b)]);
  return `${steps[0].toUpperCase()}${steps.slice(1)} ${words}`;
}
