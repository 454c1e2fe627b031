// The gate console: bars that are dragged, painted or moved by keys, and a picture that follows the hand.

import { Descent } from "./descent.js";
import { buildDiagram, drawDiagram } from "./diagram.js";
import { make, noteSolved, pushButton, same, set, write } from "./dom.js";
import { score, sentence, simulate, storyShown } from "./gate_model.js";
import { Hand } from "./hand.js";
import { KeptBars } from "./kept_bars.js";
import { outermost } from "./keys.js";
import { Knobs } from "./knobs.js";
import { Outbox } from "./outbox.js";
import { OwnPuzzle } from "./own_puzzle.js";
import { buildPlots, drawPlots, NARROW } from "./plots.js";
import { SlopesView } from "./slopes_view.js";
import { Speech } from "./speech.js";

const WORDS = {
  startFrom: "Start from",
  undo: "Undo",
  reset: "Reset",
  keys: "Keys: Tab to a gate, ← → to a step, ↑ ↓ to move it (Shift: by 0.01), Home and End to its ends",
  knobKeys:
    "Keys: Tab to a weight or to the inputs, ↑ ↓ to move it (Shift: by 0.01), Home and End to its ends, " +
    "← → from input to input",
  stories: "Stories",
  story: (k) => `Story ${k}`,
  best: "What is the best that one unit can do?",
  atBest: ({ score, boxes, why }) =>
    `No setting that we found gets a score above ${score}, or more than ${boxes} boxes. ${why}`,
  bars: "Gates: drag a bar, or paint across the steps",
  whole: "Gates set by hand do not depend on h, so the path along c is the whole gradient.",
  goal: (text) => `Goal: ${text}`,
  score: "Score",
  points: (points) => `Score ${points}${points === 100 ? " · Solved ✓" : ""}`,
  reached: (reached, all) => `${reached} of ${all} boxes reached`,
  judged: "The score judges each step by itself, as if the step before it had been right.",
};
const UNDOS = 100; // how many changes can be taken back
const LOW = 700; // a window in which the bars and the gradient need a low picture to be seen together

class Console {
  constructor(model, el) {
    this.model = model;
    const fixed = ["cell", "lanes", "knobs", "colors", "goal", "descent"];
    this.spec = Object.fromEntries(fixed.map((name) => [name, model.get(name)]));
    this.spec.presets = new Map(model.get("presets"));
    this.traits = [...this.spec.lanes, ...this.spec.knobs].map(({ trait }) => trait);
    [[this.preset, this.start]] = this.spec.presets;
    this.spec.steps = this.start[this.traits[0]].length;
    this.history = [];
    [this.gate, this.step] = [this.spec.lanes[0].letter, 1];
    this.values = this.copy(this.start);
    Object.assign(this, this.read());
    this.shown = this.values;
    this.outbox = new Outbox(model, () => {
      this.kept?.keep();
      return this.state;
    });
    if (model.get("boxes")) this.own = new OwnPuzzle(this);
    this.build(el);
    this.listen();
    if (same(this.values, this.start)) this.kept?.restore();
  }

  // ---- the page

  build(el) {
    const { cell, goal, knobs } = this.spec;
    this.root = outermost(el, "gc", () => this.takeBack());
    if (goal) this.goal = make("p", { class: "gc-goal", text: WORDS.goal(goal.text) }, this.root);
    this.own?.build(this.root);
    this.buildControls();
    if (knobs.length) this.knobs = new Knobs(this, this.root);
    const body = make("div", { class: "gc-body" }, this.root);
    this.frame = make("div", { class: "gc-plots" }, body);
    this.svg = make("svg", { role: "group", "aria-label": WORDS.bars }, this.frame);
    this.side = make("div", { class: "gc-side" }, body);
    this.diagram = buildDiagram(make("svg", { class: "gc-cell" }, this.side), this.spec);
    this.words = make("p", { class: "gc-sentence" }, this.side);
    this.speech = new Speech(this.root, "gc-live");
    if (goal?.best) {
      const best = make("details", { class: "gc-best" }, this.root);
      make("summary", { text: WORDS.best }, best);
      make("p", { text: WORDS.atBest(goal.best) }, best);
    }
    const judged = goal && !knobs.length && WORDS.judged;
    const keys = knobs.length ? WORDS.knobKeys : WORDS.keys;
    const notes = [cell === "lstm" && WORDS.whole, judged, keys];
    make("p", { class: "gc-note", text: notes.filter(Boolean).join(" ") }, this.root);
  }

  buildControls() {
    const bar = make("div", { class: "gc-controls" }, this.root);
    if (this.spec.goal) {
      this.meter = make("meter", { min: 0, max: 100, "aria-label": WORDS.score }, bar);
      this.points = make("output", { class: "gc-score" }, bar);
      this.reached = make("span", { class: "gc-reached" }, bar);
    }
    this.buildStories(bar);
    const names = [...this.spec.presets.keys()];
    if (names.length > 1) {
      this.select = make("select", {}, make("label", { text: `${WORDS.startFrom} ` }, bar));
      for (const name of names) make("option", { value: name, text: name }, this.select);
    }
    this.undo = pushButton(bar, WORDS.undo, () => this.takeBack());
    pushButton(bar, WORDS.reset, () => this.startFrom(this.preset));
    this.slopes = new SlopesView(this, bar);
    if (this.spec.goal) this.descent = new Descent(this, bar);
  }

  // One of several stories is shown in full; the others are thin lines beside it.
  buildStories(bar) {
    const stories = this.spec.goal?.stories ?? [];
    this.tabs = [];
    if (stories.length < 2) return;
    const group = make(
      "div",
      { class: "gc-stories", role: "group", "aria-label": WORDS.stories },
      bar,
    );
    for (const [k, { values }] of stories.entries()) {
      const tab = pushButton(group, WORDS.story(k + 1), () => {
        this.values = this.copy({ ...this.values, ...values });
        this.save();
        this.glide();
      });
      this.tabs.push(tab);
    }
  }

  // The plots are built for one size, and again when it changes; what had the focus keeps it. The
  // window of an output in a frame of its own is as high as the output.
  fit() {
    const width = Math.floor(this.frame.clientWidth);
    const low = width < NARROW || (window === window.parent && window.innerHeight < LOW);
    if (!width || (width === this.plots?.width && low === this.plots.low)) return;
    const active = this.svg.contains(document.activeElement)
      ? document.activeElement.dataset
      : null;
    this.plots = buildPlots(this.svg, this.spec, width, low);
    this.own?.cover(this.plots);
    const below = this.side.offsetTop > this.frame.offsetTop;
    this.root.classList.toggle("gc-stacked", below);
    this.draw();
    const again = active?.box
      ? `[data-box="${active.box}"]`
      : `[data-lane="${active?.lane}"][data-step="${active?.step}"]`;
    this.svg.querySelector(again)?.focus({ preventScroll: true });
  }

  // When what the plots are built of has changed.
  rebuild() {
    this.own.tell();
    this.plots = null;
    this.fit();
  }

  draw() {
    if (!this.plots) return;
    const { spec, shown, gate, step } = this;
    this.own?.tell();
    const run = simulate(spec.cell, shown);
    const dragging = this.busy;
    const story = spec.goal ? storyShown(spec.goal, this.values) : 0;
    drawPlots(this.plots, spec, { values: shown, gate, step, run, story, dragging });
    this.knobs?.draw(shown);
    for (const [k, tab] of this.tabs.entries()) set(tab, { "aria-pressed": k === story });
    drawDiagram(this.diagram, spec, shown, step, run);
    const slope = this.slopes.draw();
    write(this.words, sentence(spec.cell, this.values, gate, step) + slope);
    this.undo.disabled = !this.history.length;
    if (spec.goal) this.drawScore();
    if (this.select) this.select.value = this.preset;
    this.speech.say(this.words.textContent);
  }

  drawScore() {
    const { goal, cell } = this.spec;
    const { points, reached, all } = score(goal, cell, this.values);
    this.meter.value = points;
    write(this.points, WORDS.points(points));
    write(this.reached, WORDS.reached(reached, all));
    this.root.classList.toggle("gc-solved", points === 100);
    if (points === 100 && !this.solved && !this.spec.descent) noteSolved([goal.key]);
    this.solved = points === 100;
  }

  // ---- the values: `values` is what the hand has set; `shown` is on its way there

  copy(values) {
    return structuredClone(Object.fromEntries(this.traits.map((trait) => [trait, values[trait]])));
  }

  // What the model has, and in place of what is not possible what there was before.
  read() {
    const { lanes, knobs, steps, presets } = this.spec;
    const rows = [...lanes, ...knobs];
    const values = Object.fromEntries(this.traits.map((trait) => [trait, this.model.get(trait)]));
    const [gate, step, preset] = ["gate", "step", "chosen_preset"].map((n) => this.model.get(n));
    return {
      values: rows.every((row) => this.fits(values, row)) ? this.copy(values) : this.values,
      gate: rows.some(({ letter }) => letter === gate) ? gate : this.gate,
      step: Number.isInteger(step) && step > 0 && step <= steps ? step : this.step,
      preset: presets.has(preset) ? preset : this.preset,
    };
  }

  // Whether there is what a lane or a knob can be.
  fits(values, { trait, low, high = 1 }) {
    const inside = (value) => Number.isFinite(value) && value >= low && value <= high;
    const row = values?.[trait];
    if (this.spec.knobs.some((knob) => knob.trait === trait)) return inside(row);
    return Array.isArray(row) && row.length === this.spec.steps && row.every(inside);
  }

  get state() {
    const { gate, step, preset, own } = this;
    return { ...this.copy(this.values), gate, step, chosen_preset: preset, ...own?.synced };
  }

  save() {
    this.outbox.save();
  }

  // Python, a button on the page, or another view of this console has changed something.
  hear() {
    if (this.busy || this.outbox.waiting) return;
    this.own?.hear();
    const heard = this.read();
    const moved = !same([heard.values, heard.preset], [this.values, this.preset]);
    if (moved) this.remember("heard");
    Object.assign(this, heard);
    if (moved) this.glide();
    else this.draw();
  }

  get busy() {
    return Boolean(this.hand.drag || this.knobs?.drag || this.own?.drag);
  }

  put(row, t, value) {
    const inside = Math.min(1, Math.max(row.low, value));
    this.values[row.trait][t] = Math.round(100 * inside) / 100;
  }

  // Before a change: where undo leads back to. Changes with the same key count as one.
  remember(key = "") {
    if (!key || key !== this.lastKey) {
      const { values, preset, own } = this;
      const before = { values: this.copy(values), preset, boxes: own?.boxes };
      this.history = [...this.history, before].slice(-UNDOS);
    }
    this.lastKey = key;
  }

  // The hand takes the bars where they are going, and from now on they are where it has them.
  hold(key) {
    this.remember(key);
    cancelAnimationFrame(this.moving);
    this.shown = this.values = this.copy(this.values);
  }

  takeBack() {
    if (!this.history.length) return;
    this.lastKey = "";
    const { values, preset, boxes } = this.history.pop();
    Object.assign(this, { values, preset });
    this.own?.takeBack(boxes);
    this.save();
    this.glide();
  }

  startFrom(preset) {
    this.remember();
    Object.assign(this, { values: this.copy(this.spec.presets.get(preset)), preset });
    this.save();
    this.glide();
  }

  // What is set at once, as by a preset, a reset or an undo, moves there, unless no motion is wanted.
  glide() {
    const [from, next, start] = [this.shown, this.values, performance.now()];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    cancelAnimationFrame(this.moving);
    this.descent?.setElsewhere();
    const tick = () => {
      const part = still ? 1 : Math.min(1, (performance.now() - start) / 220);
      const ease = part * (2 - part);
      const between = (a, b) => a + ease * (b - a);
      const moved = this.traits.map((trait) => {
        const [a, b] = [from[trait], next[trait]];
        return [trait, Array.isArray(a) ? a.map((v, t) => between(v, b[t])) : between(a, b)];
      });
      this.shown = part === 1 ? next : Object.fromEntries(moved);
      this.draw();
      if (part < 1) this.moving = requestAnimationFrame(tick);
    };
    tick();
  }

  // ---- what the console hears

  listen() {
    const { root } = this;
    this.hand = new Hand(this);
    this.own?.listen();
    root.addEventListener("keydown", () => root.classList.add("gc-keys"), true);
    this.select?.addEventListener("change", () => this.startFrom(this.select.value));
    const heard = [...this.traits, "gate", "step", "chosen_preset", "boxes", "phase"];
    this.heard = heard.map((name) => `change:${name}`).join(" ");
    this.onHear = () => this.hear();
    this.model.on(this.heard, this.onHear);
    this.onResize = () => this.fit();
    this.observer = new ResizeObserver(this.onResize);
    this.observer.observe(this.frame);
    window.addEventListener("resize", this.onResize); // of its height, too
    if (this.spec.goal && !this.spec.descent && !this.own) this.kept = new KeptBars(this);
  }

  close() {
    this.observer.disconnect();
    window.removeEventListener("resize", this.onResize);
    this.kept?.close();
    this.descent?.close();
    this.model.off(this.heard, this.onHear);
    this.speech.close();
  }
}

function render({ model, el }) {
  const view = new Console(model, el);
  return () => view.close();
}

export default { render };
