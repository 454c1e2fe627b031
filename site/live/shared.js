// What of a widget stands in a link to it, and what a link does to it. What a hand sets is in whole
// thousandths there.

import { isChosen, lowest, MOST_WORDS } from "./network_says.js";
import { givePuzzle, takePuzzle } from "./puzzle_link.js";
import { isScan } from "./scan_model.js";

const PICTURES = ["root mean square", "singular values"]; // of the lens

const isWhole = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;
const whole = (value) => Math.round(1000 * value);

// A list of [gate, word, unit, value] as blocks, [gate, first word, last, first unit, how many, value or
// values of these units]: a word's column, a unit's row, all of a gate are one each.
function blocks(hands) {
  const runs = [];
  for (const [gate, word, unit, value] of hands) {
    const last = runs.at(-1);
    const goesOn =
      last?.gate === gate && last.word === word && last.from + last.values.length === unit;
    if (goesOn) last.values.push(whole(value));
    else runs.push({ gate, word, from: unit, values: [whole(value)] });
  }
  const made = new Map(); // by what is set, the last block that sets it
  const all = [];
  for (const { gate, word, from, values } of runs) {
    const name = JSON.stringify([gate, from, values]);
    const above = made.get(name);
    if (above?.[2] === word - 1) above[2] = word;
    else {
      const one = values.every((value) => value === values[0]);
      const block = [gate, word, word, from, values.length, one ? values[0] : values];
      made.set(name, block);
      all.push(block);
    }
  }
  return all;
}

// The list again; null if the blocks cannot be.
function spots(all, units) {
  if (!Array.isArray(all)) return null;
  const hands = [];
  for (const block of all) {
    if (!Array.isArray(block) || block.length !== 6) return null;
    const [gate, first, last, from, count, given] = block;
    const chosen = { gate, unit: from, word: first };
    if (!isChosen(chosen, MOST_WORDS, units) || !Number.isInteger(from) || !isWhole(first, 1, last))
      return null;
    if (!isWhole(last, first, MOST_WORDS) || !isWhole(count, 1, units - from)) return null;
    const values = Array.isArray(given) ? given : Array(count).fill(given);
    const low = 1000 * lowest(gate);
    if (values.length !== count || !values.every((value) => isWhole(value, low, 1000))) return null;
    for (let word = first; word <= last; word++)
      for (const [k, value] of values.entries()) hands.push([gate, word, from + k, value / 1000]);
  }
  return hands;
}

function areWords(list, least, get) {
  const known = (word) => get("vocabulary").includes(word);
  return Array.isArray(list) && isWhole(list.length, least, MOST_WORDS) && list.every(known);
}

// What is dragged in a gate console: bars, each over all steps, and knobs.
function rowsOf(get) {
  const bars = get("lanes").map((lane) => ({ ...lane, high: 1, steps: get("steps") }));
  return [...bars, ...get("knobs")];
}

const each = (value, change) => (Array.isArray(value) ? value.map(change) : change(value));

function fitsRow(given, { low, high, steps }) {
  const inside = (number) => isWhole(number, 1000 * low, 1000 * high);
  if (!steps) return inside(given);
  return Array.isArray(given) && given.length === steps && given.every(inside);
}

function fitsKnob(given, { options, min, max, decimals }) {
  if (options) return options.includes(given);
  return Number.isFinite(given) && given >= min && given <= max && (decimals || given % 1 === 0);
}

// By the name of the Python class: `take` gives the state for a link, or null for a reader's own puzzle
// that is not solved; `give` the traits that such a state stands for, or null if any of it cannot be.
// `get` reads a trait of the widget.
export const SHARED = {
  GateConsole: {
    take(get) {
      if (get("boxes")) return takePuzzle(get);
      const values = rowsOf(get).map(({ trait }) => [trait, each(get(trait), whole)]);
      const [gate, step, preset] = ["gate", "step", "chosen_preset"].map(get);
      return { ...Object.fromEntries(values), gate, step, preset };
    },
    give(get, state) {
      if (get("boxes")) return givePuzzle(get, state);
      const { gate, step, preset } = state;
      const rows = rowsOf(get);
      const fits =
        rows.every((row) => fitsRow(state[row.trait], row)) &&
        rows.some(({ letter }) => letter === gate) &&
        isWhole(step, 1, get("steps")) &&
        get("presets").some(([name]) => name === preset);
      if (!fits) return null;
      const values = rows.map(({ trait }) => [trait, each(state[trait], (n) => n / 1000)]);
      return { ...Object.fromEntries(values), gate, step, chosen_preset: preset };
    },
  },
  GradientLens: {
    take(get) {
      const names = ["picture", ...get("knobs").map(({ name }) => name)];
      return Object.fromEntries(names.map((name) => [name, get(name)]));
    },
    give(get, state) {
      if (!PICTURES.includes(state.picture)) return null;
      if (!get("knobs").every((knob) => fitsKnob(state[knob.name], knob))) return null;
      return SHARED.GradientLens.take((name) => (name === "knobs" ? get(name) : state[name]));
    },
  },
  NetworkConsole: {
    take: (get) => ({
      story: get("story"),
      other: get("other"),
      chosen: get("chosen"),
      hands: blocks(get("hands")),
    }),
    give(get, state) {
      const { story, other, chosen } = state;
      const hands = spots(state.hands, get("units"));
      if (!areWords(story, 1, get) || !areWords(other, 0, get) || !hands) return null;
      const [gate, unit, word] = Array.isArray(chosen) ? chosen : [];
      if (!isChosen({ gate, unit, word }, story.length, get("units"))) return null;
      return { story, other, chosen: [gate, unit, word], hands };
    },
  },
  ScanTree: {
    take: (get) => ({
      f: get("f").map(whole),
      b: get("b").map(whole),
      scheme: get("scheme"),
      own: get("own"),
    }),
    give(get, { f, b, scheme, own }) {
      const number = (value) => (Number.isInteger(value) ? value / 1000 : null);
      const told = { f: each(f, number), b: each(b, number), scheme, own };
      return isScan(told, get("lanes")) ? told : null;
    },
  },
};
