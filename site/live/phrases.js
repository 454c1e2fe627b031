// Phrases of a text that do what they say: "f=0@7", "f=0.5@3-9", "preset=leak", "w_h=1.5", "seed=3".

import { GATES } from "./network.js";
import { ALL } from "./network_says.js";

const ENOUGH = 300; // pixels of a widget that show what a phrase has done

const controlOf = (el, name) => el.querySelector(`[data-name="${name}"]`);

// Whether a widget has what is to be changed.
function knows(el, model, { name, value, from }) {
  const { kind } = el.dataset;
  const has = (trait, test) => (model.get(trait) ?? []).some(test);
  if (name === "preset") return has("presets", ([preset]) => preset === value);
  if (from && kind === "NetworkConsole") return [...GATES].includes(name);
  if (from) return has("lanes", ({ letter }) => letter === name);
  if (kind === "GateConsole") return has("knobs", ({ trait }) => trait === name);
  return Boolean(controlOf(el, name));
}

// The traits of a gate console, or of a scan's bars, as a phrase would have them.
function toldConsole(model, changes) {
  const told = {};
  for (const { name, value, from, to } of changes) {
    if (name === "preset") {
      Object.assign(told, new Map(model.get("presets")).get(value), { chosen_preset: value });
    } else if (from) {
      const { trait } = model.get("lanes").find(({ letter }) => letter === name);
      told[trait] = [...(told[trait] ?? model.get(trait))];
      told[trait].fill(Number(value), from - 1, to);
      Object.assign(told, { gate: name, step: from });
    } else {
      const { letter } = model.get("knobs").find(({ trait }) => trait === name);
      Object.assign(told, { [name]: Number(value), gate: letter });
    }
  }
  return told;
}

// Those of an operating table: a gate at some words, in all units.
function toldTable(model, changes) {
  const told = {};
  for (const { name, value, from, to } of changes) {
    if (name === "preset") {
      told.chosen_preset = value;
      continue;
    }
    const set = new Map(
      (told.hands ?? model.get("hands")).map((row) => [String(row.slice(0, 3)), row]),
    );
    for (let word = from; word <= to; word++)
      for (let unit = 0; unit < model.get("units"); unit++)
        set.set(String([name, word, unit]), [name, word, unit, Number(value)]);
    Object.assign(told, { hands: [...set.values()], chosen: [name, ALL, from] });
  }
  return told;
}

// As if a hand had put it there.
function putControl(el, { name, value }) {
  const input = controlOf(el, name);
  input.value = input.matches("select")
    ? [...input.options].findIndex(({ text }) => text === value)
    : value;
  input.dispatchEvent(new Event("input"));
}

// Bring a widget into sight, and keep the phrase there too if enough of the widget is seen beside it.
function bringIntoSight(el, button) {
  const head = Number.parseFloat(getComputedStyle(el).scrollMarginTop);
  const [widget, phrase] = [el.getBoundingClientRect(), button.getBoundingClientRect()];
  const down = Math.min(widget.bottom - innerHeight, phrase.top - head);
  const seen = Math.min(widget.height, innerHeight - (widget.top - down));
  if (widget.top > phrase.top && seen >= ENOUGH) scrollBy(0, Math.max(0, down));
  else el.scrollIntoView({ block: "nearest" });
}

// Do what a button says to the widget of which it speaks: of those that have what it changes the next
// one in its section, else the last before it.
export function tryOut(button, places, models) {
  const changes = button.dataset.try.split(/, */).map((change) => {
    const [, name, value, from, to] = change.match(/^(\w+)=([^@]+)(?:@(\d+)(?:-(\d+))?)?$/);
    return { name, value, from: Number(from ?? 0), to: Number(to ?? from) };
  });
  const follows = (el) => button.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING;
  const all = places.filter((el) => changes.every((change) => knows(el, models.get(el), change)));
  const section = button.closest("section");
  const el =
    all.find((one) => follows(one) && section.contains(one)) ??
    all.findLast((one) => !follows(one));
  const model = models.get(el);
  const { kind } = el.dataset;
  if (kind === "GateConsole" || (kind === "ScanTree" && changes[0].from))
    model.set(toldConsole(model, changes));
  else if (kind === "NetworkConsole") model.set(toldTable(model, changes));
  else for (const change of changes) putControl(el, change);
  bringIntoSight(el, button);
}
