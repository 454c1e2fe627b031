// The tree of a scan: the reader drags f and b, chooses the brackets, and sees what each join makes.

import { Control } from "./control.js";
import { make, pushButton, same, write } from "./dom.js";
import { Hand } from "./hand.js";
import { outermost } from "./keys.js";
import { num } from "./numbers.js";
import { Outbox } from "./outbox.js";
import { buildBars, buildTree, drawBars, drawTree } from "./scan_draw.js";
import {
  FEWEST,
  isScan,
  joinsOf,
  MOST_STEPS,
  nodesOf,
  resultOf,
  SCHEME_NAMES,
  sayJoin,
  sayScan,
} from "./scan_model.js";
import { Speech } from "./speech.js";

const SCAN = {
  brackets: "Brackets",
  schemes: {
    loop: "one after the other",
    halves: "halves",
    prefixes: "all states",
    sweeps: "all, with less work",
    own: "your own",
  },
  undo: "Undo",
  reset: "Reset",
  steps: { name: "steps", label: "T", more: "steps" },
  bars: "f and b: drag a bar, or paint across the steps",
  tree: "The joins, round by round",
  counts: ["Rounds", "Joins", "States", "Last h"],
  none: "none yet",
  first: "Join two neighbours: click a + between them.",
  note:
    "A box: its steps, and the f and b that they come to together. Bold: what the chosen bar goes into. " +
    "Joins of one round do not wait for one another. Keys: Tab to the bars, ← → to a step, ↑ ↓ to move it " +
    "(Shift: by 0.01); Tab to the boxes, ← → from one to the next.",
};
const CHANGES = 100; // that can be taken back

class ScanTree {
  constructor(model, el) {
    this.model = model;
    this.lanes = model.get("lanes");
    this.start = model.get("start");
    this.history = [];
    [this.gate, this.step] = ["f", 3];
    Object.assign(this, { values: structuredClone(this.start), steps: 8, scheme: "loop", own: [] });
    Object.assign(this, this.read());
    this.step = Math.min(this.step, this.steps);
    this.outbox = new Outbox(model, () => this.state);
    this.build(el);
    this.hand = new Hand(this);
    this.names = ["f", "b", "scheme", "own"].map((name) => `change:${name}`).join(" ");
    this.onHear = () => this.hear();
    model.on(this.names, this.onHear);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.frame);
  }

  // ---- the page

  build(el) {
    this.root = outermost(el, "scan", () => this.takeBack());
    this.root.style.setProperty("--h", this.model.get("color"));
    for (const { letter, color } of this.lanes) this.root.style.setProperty(`--${letter}`, color);
    const bar = make("div", { class: "scan-controls" }, this.root);
    this.select = make("select", {}, make("label", { text: `${SCAN.brackets} ` }, bar));
    for (const name of SCHEME_NAMES)
      make("option", { value: name, text: SCAN.schemes[name] }, this.select);
    this.select.addEventListener("input", () => {
      this.remember();
      this.choose({ scheme: this.select.value });
    });
    this.undo = pushButton(bar, SCAN.undo, () => this.takeBack());
    pushButton(bar, SCAN.reset, () => {
      this.remember();
      this.choose({ values: structuredClone(this.start), own: [] });
    });
    const grid = make("div", { class: "scan-length" }, this.root);
    const { name, label, more } = SCAN.steps;
    const knob = { name, label, min: FEWEST, max: MOST_STEPS, step: 1, decimals: 0 };
    this.length = new Control(grid, knob, (steps) => this.lengthen(steps), more);
    this.frame = make("div", { class: "scan-frame" }, this.root);
    this.svg = make("svg", { role: "group", "aria-label": SCAN.bars }, this.frame);
    this.tree = make("svg", { role: "group", "aria-label": SCAN.tree }, this.frame);
    this.tree.addEventListener("click", (event) => this.click(event.target));
    this.tree.addEventListener("keydown", (event) => this.press(event));
    const counts = make("dl", { class: "scan-counts" }, this.root);
    this.counts = SCAN.counts.map((text) => {
      const pair = make("div", {}, counts);
      make("dt", { text }, pair);
      return make("dd", {}, pair);
    });
    this.sentence = make("p", { class: "scan-sentence" }, this.root);
    this.rule = make("p", { class: "scan-rule" }, this.root);
    make("p", { class: "scan-note", text: SCAN.note }, this.root);
    this.speech = new Speech(this.root, "scan-live");
  }

  // Bars and joins are built for one width, and again for other joins; what had the focus keeps it.
  fit() {
    const width = Math.floor(this.frame.clientWidth);
    if (!width) return;
    const { steps, scheme, own } = this;
    const active = this.frame.contains(document.activeElement)
      ? document.activeElement.dataset
      : null;
    if (width !== this.plots?.width || steps !== this.plots.T)
      this.plots = buildBars(this.svg, this.lanes, steps, width);
    const joins = joinsOf(scheme, steps, own);
    const built = JSON.stringify([width, steps, scheme === "own", joins]);
    if (built !== this.built) {
      this.built = built;
      this.joins = joins;
      const [f, b] = this.rows;
      const nodes = nodesOf(f, b, joins);
      const whole = nodes.findLastIndex(({ first, last }) => last - first === steps - 1);
      this.chosen = whole < 0 ? nodes.length - 1 : whole;
      this.marks = buildTree(this.tree, this.plots, nodes, scheme === "own");
      this.root.classList.toggle("scan-short", this.marks.brief);
    }
    this.draw();
    if (active?.lane) this.focus(`[data-lane="${active.lane}"][data-step="${this.step}"]`);
    else if (active?.node) this.focus(`[data-node="${this.chosen}"]`);
  }

  focus(place) {
    this.frame.querySelector(place)?.focus({ preventScroll: true });
  }

  draw() {
    if (!this.plots) return;
    const { gate, step, values, scheme, steps, joins, chosen } = this;
    const [f, b] = this.rows;
    const nodes = nodesOf(f, b, joins);
    const result = resultOf(f, b, nodes);
    drawBars(this.plots, values, gate, step, this.busy);
    drawTree(this.marks, nodes, result.h, step, chosen);
    this.length.show(steps);
    this.select.value = scheme;
    this.undo.disabled = !this.history.length;
    const value = values[gate][step - 1];
    write(this.sentence, sayScan({ scheme, letter: gate, step, value, nodes, result }));
    write(this.rule, nodes[chosen].parts ? sayJoin(nodes, nodes[chosen]) : SCAN.first);
    this.count(result);
    this.speech.say(this.sentence.textContent);
  }

  count({ rounds, joins, reached, h }) {
    const last = h.at(-1);
    const shown = [
      rounds,
      joins,
      `${reached} / ${h.length}`,
      last === null ? SCAN.none : num(last),
    ];
    for (const [k, node] of this.counts.entries()) write(node, String(shown[k]));
  }

  // ---- what is set

  // f and b as far as the steps go.
  get rows() {
    return this.lanes.map(({ trait }) => this.values[trait].slice(0, this.steps));
  }

  get spec() {
    return { steps: this.steps }; // which the hand asks for
  }

  get busy() {
    return Boolean(this.hand?.drag);
  }

  get state() {
    const [f, b] = this.rows;
    return { f, b, scheme: this.scheme, own: [...this.own] };
  }

  // What the model has, and in place of what is not possible what there was before.
  read() {
    const names = ["f", "b", "scheme", "own"];
    const heard = Object.fromEntries(names.map((name) => [name, this.model.get(name)]));
    if (!isScan(heard, this.lanes)) return {};
    const { f, b, scheme, own } = heard;
    const longer = (row, trait) => [...row, ...this.values[trait].slice(row.length)];
    const values = { f: longer(f, "f"), b: longer(b, "b") };
    return { values, steps: f.length, scheme, own: [...own] };
  }

  hear() {
    if (this.busy || this.outbox.waiting) return;
    const heard = this.read();
    const before = Object.fromEntries(Object.keys(heard).map((name) => [name, this[name]]));
    if (same(heard, before)) return;
    this.remember("heard");
    // The sentence speaks of the first bar that has moved.
    for (const { trait } of [...this.lanes].reverse()) {
      const t = heard.values[trait].findIndex((value, k) => value !== this.values[trait][k]);
      if (t >= 0) [this.gate, this.step] = [trait, t + 1];
    }
    this.set(heard);
  }

  set(changes) {
    Object.assign(this, changes);
    this.step = Math.min(this.step, this.steps);
    this.fit();
  }

  choose(changes) {
    this.set(changes);
    this.save();
  }

  save() {
    this.outbox.save();
  }

  put(row, t, value) {
    const inside = Math.min(1, Math.max(row.low, value));
    this.values[row.trait][t] = Math.round(100 * inside) / 100;
  }

  lengthen(steps) {
    this.remember("steps");
    this.choose({ steps });
  }

  // Before a change: where undo leads back to. Changes with the same key count as one.
  remember(key = "") {
    if (!key || key !== this.lastKey) {
      const { values, steps, scheme, own } = this;
      const before = { values: structuredClone(values), steps, scheme, own };
      this.history = [...this.history, before].slice(-CHANGES);
    }
    this.lastKey = key;
  }

  hold(key) {
    this.remember(key);
  }

  takeBack() {
    if (!this.history.length) return;
    this.lastKey = "";
    this.choose(this.history.pop());
  }

  // ---- the joins under the hand

  click(target) {
    const { gap, node } = target.closest("[data-gap], [data-node]")?.dataset ?? {};
    if (gap) this.join(Number(gap));
    else if (node) this.tell(Number(node));
  }

  join(gap) {
    this.remember();
    this.choose({ own: [...this.own, gap] });
    const open = [...this.tree.querySelectorAll("[data-gap]")];
    const next = open.find(({ dataset }) => dataset.gap > gap) ?? open.at(-1) ?? this.undo;
    next.focus({ preventScroll: true });
  }

  tell(node) {
    this.chosen = node;
    this.draw();
    this.focus(`[data-node="${node}"]`);
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { gap, node } = event.target.dataset;
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (node && turn) {
      event.preventDefault();
      const last = this.marks.marks.length - 1;
      this.tell(Math.min(last, Math.max(this.steps, Number(node) + turn)));
    } else if ((gap || node) && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      this.click(event.target);
    }
  }

  close() {
    this.resized.disconnect();
    this.model.off(this.names, this.onHear);
    this.speech.close();
  }
}

function render({ model, el }) {
  const tree = new ScanTree(model, el);
  return () => tree.close();
}

export default { render };
