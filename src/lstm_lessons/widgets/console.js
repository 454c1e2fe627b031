// The gate console: bars that are dragged, painted or moved by keys, and a picture that follows the hand.

import { buildDiagram, drawDiagram } from "./diagram.js";
import { keep, make, noteSolved, recall, whenKept, write } from "./dom.js";
import { score, sentence, simulate } from "./gate_model.js";
import { buildPlots, drawPlots, NARROW } from "./plots.js";

const WORDS = {
  startFrom: "Start from",
  undo: "Undo",
  reset: "Reset",
  keys: "Keys: Tab to a gate, ← → to a step, ↑ ↓ to move it (Shift: by 0.01), Home and End to its ends",
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

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

class Console {
  constructor(model, el) {
    this.model = model;
    const fixed = ["cell", "lanes", "colors", "goal"];
    this.spec = Object.fromEntries(fixed.map((name) => [name, model.get(name)]));
    this.spec.presets = new Map(model.get("presets"));
    this.traits = this.spec.lanes.map((lane) => lane.trait);
    [[this.preset, this.start]] = this.spec.presets;
    this.spec.steps = this.start[this.traits[0]].length;
    this.history = [];
    [this.gate, this.step] = [this.spec.lanes[0].letter, 1];
    this.values = this.copy(this.start);
    Object.assign(this, this.read());
    this.shown = this.values;
    this.build(el);
    this.listen();
    if (this.spec.goal && same(this.values, this.start)) this.restore();
  }

  // ---- the page

  build(el) {
    const { cell, goal } = this.spec;
    this.root = make("div", { class: "gc", "data-lm-suppress-shortcuts": "true" }, el);
    if (goal) make("p", { class: "gc-goal", text: WORDS.goal(goal.text) }, this.root);
    this.buildControls();
    const body = make("div", { class: "gc-body" }, this.root);
    this.frame = make("div", { class: "gc-plots" }, body);
    this.svg = make("svg", { role: "group", "aria-label": WORDS.bars }, this.frame);
    this.side = make("div", { class: "gc-side" }, body);
    this.diagram = buildDiagram(make("svg", { class: "gc-cell" }, this.side), this.spec);
    this.words = make("p", { class: "gc-sentence" }, this.side);
    this.live = make("p", { class: "gc-live", "aria-live": "polite" }, this.root);
    const notes = [cell === "lstm" && WORDS.whole, goal && WORDS.judged, WORDS.keys];
    make("p", { class: "gc-note", text: notes.filter(Boolean).join(" ") }, this.root);
  }

  buildControls() {
    const bar = make("div", { class: "gc-controls" }, this.root);
    if (this.spec.goal) {
      this.meter = make("meter", { min: 0, max: 100, "aria-label": WORDS.score }, bar);
      this.points = make("output", { class: "gc-score" }, bar);
      this.reached = make("span", { class: "gc-reached" }, bar);
    }
    const names = [...this.spec.presets.keys()];
    if (names.length > 1) {
      this.select = make("select", {}, make("label", { text: `${WORDS.startFrom} ` }, bar));
      for (const name of names) make("option", { value: name, text: name }, this.select);
    }
    this.undo = make("button", { type: "button", text: WORDS.undo }, bar);
    this.reset = make("button", { type: "button", text: WORDS.reset }, bar);
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
    const below = this.side.offsetTop > this.frame.offsetTop;
    this.root.classList.toggle("gc-stacked", below);
    this.draw();
    if (active?.lane)
      this.svg
        .querySelector(`[data-lane="${active.lane}"][data-step="${active.step}"]`)
        .focus({ preventScroll: true });
  }

  draw() {
    if (!this.plots) return;
    const { spec, shown, gate, step } = this;
    const run = simulate(spec.cell, shown);
    const dragging = Boolean(this.drag);
    drawPlots(this.plots, spec, { values: shown, gate, step, run, dragging });
    drawDiagram(this.diagram, spec, shown, step, run);
    write(this.words, sentence(spec.cell, this.values, gate, step));
    this.undo.disabled = !this.history.length;
    if (spec.goal) this.drawScore();
    if (this.select) this.select.value = this.preset;
    clearTimeout(this.speaking); // a screen reader hears where the hand came to rest
    this.speaking = setTimeout(() => write(this.live, this.words.textContent), 500);
  }

  drawScore() {
    const { goal, cell } = this.spec;
    const { points, reached, all } = score(goal, cell, this.values);
    this.meter.value = points;
    write(this.points, WORDS.points(points));
    write(this.reached, WORDS.reached(reached, all));
    this.root.classList.toggle("gc-solved", points === 100);
    if (points === 100 && !this.solved) noteSolved([goal.key]);
    this.solved = points === 100;
  }

  // ---- the values: `values` is what the hand has set; `shown` is on its way there

  copy(values) {
    return Object.fromEntries(this.traits.map((trait) => [trait, [...values[trait]]]));
  }

  // What the model has, and in place of what is not possible what there was before.
  read() {
    const { lanes, steps, presets } = this.spec;
    const values = Object.fromEntries(this.traits.map((trait) => [trait, this.model.get(trait)]));
    const [gate, step, preset] = ["gate", "step", "chosen_preset"].map((n) => this.model.get(n));
    return {
      values: lanes.every((lane) => this.fits(values, lane)) ? this.copy(values) : this.values,
      gate: lanes.some((lane) => lane.letter === gate) ? gate : this.gate,
      step: Number.isInteger(step) && step > 0 && step <= steps ? step : this.step,
      preset: presets.has(preset) ? preset : this.preset,
    };
  }

  fits(values, { trait, low }) {
    const inside = (value) => Number.isFinite(value) && value >= low && value <= 1;
    const row = values?.[trait];
    return Array.isArray(row) && row.length === this.spec.steps && row.every(inside);
  }

  // The picture never waits for the kernel: it is told at most every 60 ms, and of the last state
  // always. All is set just before it is sent, or the echo of an older message would undo it.
  save() {
    this.saving ||= setTimeout(() => {
      const { gate, step, preset } = this;
      this.model.set({ ...this.copy(this.values), gate, step, chosen_preset: preset });
      this.model.save_changes();
      this.saving = 0;
      if (this.spec.goal) this.keepBars();
    }, 60);
  }

  // Python, a button on the page, or another view of this console has changed something.
  hear() {
    if (this.drag || this.saving) return;
    const heard = this.read();
    const moved = !same([heard.values, heard.preset], [this.values, this.preset]);
    if (moved) this.remember("heard");
    Object.assign(this, heard);
    if (moved) this.glide();
    else this.draw();
  }

  // ---- a puzzle's bars outlive the page; the browser's other windows take part in the puzzle

  get free() {
    return this.spec.lanes.filter((lane) => !this.spec.goal.given.includes(lane.trait));
  }

  get bars() {
    return `bars ${this.spec.goal.key}`;
  }

  keepBars() {
    const { values } = this; // which a drag goes on to change in place
    const bars = Object.fromEntries(this.free.map(({ trait }) => [trait, [...values[trait]]]));
    if (same(bars, this.kept)) return;
    this.kept = bars;
    keep(this.bars, same(this.values, this.start) ? null : bars);
  }

  // Those kept, as if the hand had set them now; without any, or with nonsense, as at the start.
  restore() {
    const kept = recall(this.bars);
    const known = this.free.every((lane) => this.fits(kept, lane));
    const values = this.copy(known ? { ...this.start, ...kept } : this.start);
    if (this.drag || same(values, this.values)) return;
    this.remember("heard");
    this.values = values;
    this.save();
    this.glide();
  }

  put(row, t, value) {
    const inside = Math.min(1, Math.max(row.low, value));
    this.values[row.trait][t] = Math.round(100 * inside) / 100;
  }

  // Before a change: where undo leads back to. Changes with the same key count as one.
  remember(key = "") {
    if (!key || key !== this.lastKey) {
      const before = { values: this.copy(this.values), preset: this.preset };
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
    const { values, preset } = this.history.pop();
    Object.assign(this, { values, preset });
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
    const tick = () => {
      const part = still ? 1 : Math.min(1, (performance.now() - start) / 220);
      const ease = part * (2 - part);
      const between = (trait) => from[trait].map((a, t) => a + ease * (next[trait][t] - a));
      const moved = this.traits.map((trait) => [trait, between(trait)]);
      this.shown = part === 1 ? next : Object.fromEntries(moved);
      this.draw();
      if (part < 1) this.moving = requestAnimationFrame(tick);
    };
    tick();
  }

  // ---- the hand

  listen() {
    const { root, svg } = this;
    svg.addEventListener("pointerdown", (event) => this.take(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"])
      svg.addEventListener(name, () => this.drag && this.drop());
    // Chromium scrolls in spite of touch-action on a part of an svg.
    const hold = (event) => this.drag && event.preventDefault();
    svg.addEventListener("touchmove", hold, { passive: false });
    root.addEventListener("keydown", () => root.classList.add("gc-keys"), true);
    root.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation(); // JupyterLab's are single letters
    });
    svg.addEventListener("keydown", (event) => this.press(event));
    // Not on the svg: it would become a stop of Tab itself.
    this.frame.addEventListener("focusin", (event) => this.focus(event));
    this.select?.addEventListener("change", () => this.startFrom(this.select.value));
    this.reset.addEventListener("click", () => this.startFrom(this.preset));
    this.undo.addEventListener("click", () => this.takeBack());
    const heard = [...this.traits, "gate", "step", "chosen_preset"];
    this.heard = heard.map((name) => `change:${name}`).join(" ");
    this.onHear = () => this.hear();
    this.model.on(this.heard, this.onHear);
    this.onResize = () => this.fit();
    this.observer = new ResizeObserver(this.onResize);
    this.observer.observe(this.frame);
    window.addEventListener("resize", this.onResize); // of its height, too
    if (this.spec.goal) this.stopRestoring = whenKept(this.bars, () => this.restore());
  }

  close() {
    this.observer.disconnect();
    window.removeEventListener("resize", this.onResize);
    this.stopRestoring?.();
    this.model.off(this.heard, this.onHear);
    clearTimeout(this.speaking);
  }

  take(event) {
    if (event.button || !this.plots) return;
    this.root.classList.remove("gc-keys");
    const box = this.svg.getBoundingClientRect();
    const y = event.clientY - box.top;
    const t = Math.floor((event.clientX - box.left - this.plots.left) / this.plots.column);
    if (t < 0 || t >= this.spec.steps) return;
    const row = this.plots.rows.find((r) => y >= r.top - 4 && y < r.top + r.height + 4);
    this.step = t + 1;
    if (row) this.gate = row.letter;
    this.save();
    if (row && !row.given) {
      event.preventDefault();
      this.hold();
      this.drag = { row, box, t, y, first: t };
      this.svg.setPointerCapture(event.pointerId);
      this.stroke(event);
    }
    row?.bars[t].slot.focus({ preventScroll: true });
    this.draw();
  }

  move(event) {
    if (!this.drag) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.stroke(part);
    this.draw();
  }

  stroke(event) {
    const { drag, plots } = this;
    const at = (event.clientX - drag.box.left - plots.left) / plots.column;
    const y = event.clientY - drag.box.top;
    // A hand that lifts one bar also sways: the first column ends only a third of a column further out.
    const sway = drag.first >= 0 && Math.abs(at - drag.first - 0.5) < 0.83;
    const t = sway ? drag.first : Math.min(this.spec.steps - 1, Math.max(0, Math.floor(at)));
    if (!sway) drag.first = -1;
    const way = Math.sign(t - drag.t) || 1;
    const count = Math.abs(t - drag.t);
    for (let k = count ? 1 : 0; k <= count; k++) {
      const height = drag.y + (count ? k / count : 1) * (y - drag.y);
      this.put(drag.row, drag.t + way * k, (drag.row.zero - height) / drag.row.scale);
    }
    Object.assign(drag, { t, y });
    this.step = t + 1;
    this.save();
  }

  drop() {
    this.drag = null;
    this.hear(); // what has waited for the hand
    this.draw();
  }

  focus(event) {
    const slot = event.target.closest("[data-lane]");
    if (!slot || this.drag) return;
    [this.gate, this.step] = [slot.dataset.lane, Number(slot.dataset.step)];
    this.save();
    this.draw();
  }

  press(event) {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "z") {
      event.preventDefault();
      this.takeBack();
    }
    const slot = event.target.closest("[data-lane]");
    const row = slot && this.plots.rows.find((r) => r.letter === slot.dataset.lane);
    if (!row || command || event.altKey) return;
    const t = Number(slot.dataset.step) - 1;
    const now = this.values[row.trait][t];
    const size = event.shiftKey ? 0.01 : 0.05;
    const moves = {
      ArrowUp: now + size,
      ArrowDown: now - size,
      PageUp: now + 0.25,
      PageDown: now - 0.25,
      Home: row.low,
      End: 1,
    };
    const turns = { ArrowLeft: t - 1, ArrowRight: t + 1 };
    if (!(event.key in moves || event.key in turns)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key in turns) row.bars[turns[event.key]]?.slot.focus();
    else if (!row.given) {
      this.hold(`${row.letter}${t}`);
      this.put(row, t, moves[event.key]);
      this.save();
      this.draw();
    }
  }
}

function render({ model, el }) {
  const view = new Console(model, el);
  return () => view.close();
}

export default { render };
