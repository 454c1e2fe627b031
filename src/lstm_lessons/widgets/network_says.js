// A story under the hand: which gate values are set, what the presets set, and what there is to say.

import { GATES } from "./network.js";
import { minus, num } from "./numbers.js";

export const ALL = "all";
export const MOST_WORDS = 40;

const TOLD = {
  units: (unit, H) => (unit === ALL ? `all ${H} units` : `unit ${unit}`),
  words: (word, text) => (word === ALL ? "every word" : `word ${word}, “${text}”`),
  byHand: (gate, value, where) => `${gate} is ${value} at ${where}, by your hand.`,
  several: (gate, value, where) => `${gate} is ${value} on average at ${where}, by your hand.`,
  some: (gate, set, all, value, where) =>
    `${gate} is ${value} on average at ${where}; ${set} of its ${all} values there are set by your hand.`,
  decided: (gate, value, where) => `${gate} is ${value} at ${where}, as the network decides.`,
  average: (gate, value, where) =>
    `${gate} is ${value} on average at ${where}, as the network decides.`,
  more: (n) => `${n} more gate value${n === 1 ? " is" : "s are"} set by your hand.`,
  answer: (city, p) => `It answers ${city}, ${p}.`,
  changed: (city, p, before, q) => `It answers ${city}, ${p}; without your hand ${before}, ${q}.`,
  state: (c, h) => `Its c there is ${c}, its h ${h}.`,
  most: (city, word, text) =>
    `The gradient of the score of ${city} is longest at word ${word}, “${text}”`,
  share: (word, text, share) => `; at word ${word}, “${text}”, it is ${share} times as long.`,
  not: (word, text) => `; at word ${word}, “${text}”, it is 0.`,
  unfelt: (city) => `At no word is there a gradient of the score of ${city}.`,
};

export const sayValue = (value) => (Number.isInteger(value) ? minus(value) : num(value));

export const lowest = (gate) => (gate === "g" ? -1 : 0);

// ---- which values: `chosen` is { gate, unit, word }, a unit from 0 and a word from 1, or "all"

// The places of what is chosen in a run's gates, and in what is set by hand.
export function places({ gate, unit, word }, T, H) {
  const words = word === ALL ? Array.from({ length: T }, (_, t) => t) : [word - 1];
  const units = unit === ALL ? Array.from({ length: H }, (_, j) => j) : [unit];
  return words.flatMap((t) => units.map((j) => (4 * t + GATES.indexOf(gate)) * H + j));
}

export const mean = (values, at) => at.reduce((sum, place) => sum + values[place], 0) / at.length;

export const isChosen = (it, T, H) =>
  Boolean(it) &&
  [...GATES].includes(it.gate) &&
  (it.unit === ALL || (Number.isInteger(it.unit) && it.unit >= 0 && it.unit < H)) &&
  (it.word === ALL || (Number.isInteger(it.word) && it.word > 0 && it.word <= T));

export const untouched = (T, H) => new Float64Array(4 * T * H).fill(Number.NaN);

// From a list of [gate, word, unit, value], as Python has it; null if that cannot be. What is set at a
// word that the story does not have waits for it in vain.
export function handsOf(list, T, H) {
  const hands = untouched(T, H);
  if (!Array.isArray(list)) return null;
  for (const row of list) {
    if (!Array.isArray(row)) return null;
    const [gate, word, unit, value] = row;
    const known = unit !== ALL && word !== ALL && isChosen({ gate, unit, word }, MOST_WORDS, H);
    if (!known || !Number.isFinite(value) || value < lowest(gate) || value > 1) return null;
    if (word <= T) hands[places({ gate, unit, word }, T, H)[0]] = value;
  }
  return hands;
}

// What is set by hand when `gone` words at t, from 0, give way to `come` others.
export function spliced(hands, t, gone, come, H) {
  const [before, after] = [hands.subarray(0, 4 * H * t), hands.subarray(4 * H * (t + gone))];
  return Float64Array.from([...before, ...untouched(come, H), ...after]);
}

// The same list again, in Python's order.
export function listed(hands, H) {
  const list = [];
  for (const [at, value] of hands.entries())
    if (!Number.isNaN(value)) {
      const row = Math.floor(at / H);
      list.push([GATES[row % 4], Math.floor(row / 4) + 1, at % H, value]);
    }
  const order = ([gate, word, unit]) => [gate, 1000 * word + unit];
  return list.sort((one, other) => {
    const [[g, k], [G, K]] = [order(one), order(other)];
    return g === G ? k - K : g < G ? -1 : 1;
  });
}

// ---- presets: gates that are set in all units, at a word that depends on where the city stands

// Which word, from 1; 0 if the story has none there. Python has the same.
export function placeOf(where, story, cities) {
  const [city, T] = [story.findLastIndex((word) => cities.includes(word)) + 1, story.length];
  if (where === "last") return T;
  if (where === "before") return Math.max(0, city - 1);
  return city < T ? city + Math.ceil((T - city) / 3) : 0;
}

export function presetHands({ gates, where }, story, cities, H) {
  const hands = untouched(story.length, H);
  const word = placeOf(where, story, cities);
  for (const [gate, value] of Object.entries(word ? gates : {}))
    for (const place of places({ gate, unit: ALL, word }, story.length, H)) hands[place] = value;
  return hands;
}

export const alike = (one, other) =>
  one.length === other.length && one.every((value, k) => Object.is(value, other[k]));

// ---- what is said

export function likeliest(p, count) {
  const order = Array.from(p, (_, k) => k).sort((one, other) => p[other] - p[one] || one - other);
  return order.slice(0, count);
}

// Of `{ chosen, hands, run, plain, lengths, story, cities, H }`: `plain` is the run without the hand,
// `lengths` how much the answer's score feels each word.
export function tell(it) {
  const { run, plain, cities, hands } = it;
  const [[k], [before]] = [likeliest(run.p, 1), likeliest(plain.p, 1)];
  const set = hands.reduce((sum, value) => sum + !Number.isNaN(value), 0);
  const { text, count } = tellOfChosen(it);
  const { unit, word } = it.chosen;
  const at = (word - 1) * it.H + unit;
  const said = [text];
  if (unit !== ALL && word !== ALL) said.push(TOLD.state(num(run.c[at]), num(run.h[at])));
  if (set > count) said.push(TOLD.more(set - count));
  const answer = [cities[k], num(run.p[k])];
  said.push(
    set ? TOLD.changed(...answer, cities[before], num(plain.p[before])) : TOLD.answer(...answer),
  );
  said.push(tellOfFeeling(it, cities[k]));
  return said.join(" ");
}

// And how many of the chosen values are set by hand.
function tellOfChosen({ chosen, hands, run, story, H }) {
  const { gate, unit, word } = chosen;
  const at = places(chosen, story.length, H);
  const count = at.filter((place) => !Number.isNaN(hands[place])).length;
  const where = `${TOLD.words(word, story[word - 1])}, in ${TOLD.units(unit, H)}`;
  const equal = at.every((place) => run.gates[place] === run.gates[at[0]]);
  const value = sayValue(equal ? run.gates[at[0]] : mean(run.gates, at));
  if (count && count < at.length)
    return { text: TOLD.some(gate, count, at.length, value, where), count };
  const forms = count ? [TOLD.byHand, TOLD.several] : [TOLD.decided, TOLD.average];
  return { text: forms[equal ? 0 : 1](gate, value, where), count };
}

function tellOfFeeling({ chosen, lengths, story }, city) {
  const most = lengths.reduce((best, length, t) => (length > lengths[best] ? t : best), 0);
  if (!lengths[most]) return TOLD.unfelt(city);
  const feels = TOLD.most(city, most + 1, story[most]);
  const { word } = chosen;
  if (word === ALL || word === most + 1) return `${feels}.`;
  const share = lengths[word - 1] / lengths[most];
  if (!share) return feels + TOLD.not(word, story[word - 1]);
  return feels + TOLD.share(word, story[word - 1], num(share));
}
