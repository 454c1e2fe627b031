// The gate console: bars that are dragged, painted or moved by keys, and a picture that follows the hand.

import { buildDiagram, drawDiagram } from "./diagram.js";
import { make, noteSolved, write } from "./dom.js";
import { score, sentence, simulate } from "./gate_model.js";
import { buildPlots, drawPlots } from "./plots.js";

const WORDS = {
  startFrom: "Start from",
  undo: "Undo",
  reset: "Reset",
  keys: "Keys: Tab to a gate, ← → to a step, ↑ ↓ to move it (Shift: by 0.01), Home and End to its ends",
  bars: "Gates: drag a bar, or paint across the steps",
  whole: "Gates set by hand do not depend on h, so the path along c is the whole gradient.",
  goal: (text) => `Goal: ${text}`,
  score: "Score",
  reached: (points) => `Score ${points}${points === 100 ? " · Solved ✓" : ""}`,
};
const UNDOS = 100; // how many changes can be taken back

class Console {
  constructor(model, el) {
    this.model = model;
    const fixed = ["cell", "steps", "lanes", "colors", "goal", "presets"];
    this.spec = Object.fromEntries(fixed.map((name) => [name, model.get(name)]));
    this.traits = this.spec.lanes.map((lane) => lane.trait);
    this.history = [];
    this.read();
    this.build(el);
    this.listen();
  }

  // ---- the page

  build(el) {
    const { cell, goal } = this.spec;
    this.root = make("div", { class: "gc", "data-lm-suppress-shortcuts": "true" }, el);
    if (goal) this.buildGoal(goal);
    this.buildControls();
    const body = make("div", { class: "gc-body" }, this.root);
    this.frame = make("div", { class: "gc-plots" }, body);
    this.svg = make("svg", { role: "group", "aria-label": WORDS.bars }, this.frame);
    const side = make("div", { class: "gc-side" }, body);
    this.diagram = buildDiagram(make("svg", { class: "gc-cell" }, side), this.spec);
    this.words = make("p", { class: "gc-sentence" }, side);
    this.live = make("p", { class: "gc-live", "aria-live": "polite" }, this.root);
    const note = (cell === "lstm" ? `${WORDS.whole} ` : "") + WORDS.keys;
    make("p", { class: "gc-note", text: note }, this.root);
  }

  buildGoal({ text }) {
    this.goalRow = make("div", { class: "gc-goal" }, this.root);
    make("p", { text: WORDS.goal(text) }, this.goalRow);
    this.meter = make("meter", { min: 0, max: 100, "aria-label": WORDS.score }, this.goalRow);
    this.points = make("output", { class: "gc-score" }, this.goalRow);
  }

  buildControls() {
    const bar = make("div", { class: "gc-controls" }, this.root);
    const names = Object.keys(this.spec.presets);
    if (names.length > 1) {
      this.select = make("select", {}, make("label", { text: `${WORDS.startFrom} ` }, bar));
      for (const name of names) make("option", { value: name, text: name }, this.select);
    }
    this.undo = make("button", { type: "button", text: WORDS.undo }, bar);
    this.reset = make("button", { type: "button", text: WORDS.reset }, bar);
  }

  // The plots are built for one width, and again when it changes; what had the focus keeps it.
  fit() {
    const width = Math.floor(this.frame.clientWidth);
    if (!width || width === this.plots?.width) return;
    const active = this.svg.contains(document.activeElement)
      ? document.activeElement.dataset
      : null;
    this.plots = buildPlots(this.svg, this.spec, width);
    this.root.classList.toggle("gc-narrow", width < 460);
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
    const points = score(goal, simulate(cell, this.values));
    this.meter.value = points;
    write(this.points, WORDS.reached(points));
    this.goalRow.classList.toggle("gc-solved", points === 100);
    if (points === 100 && !this.solved) noteSolved([goal.key]);
    this.solved = points === 100;
  }

  // ---- the values: `values` is what the hand has set; `shown` is on its way there

  copy(values) {
    return Object.fromEntries(this.traits.map((trait) => [trait, [...values[trait]]]));
  }

  read() {
    this.shown = this.values = this.copy(
      Object.fromEntries(this.traits.map((trait) => [trait, this.model.get(trait)])),
    );
    this.gate = this.model.get("gate");
    this.step = this.model.get("step");
    this.preset = this.model.get("chosen_preset");
  }

  // The picture never waits for the kernel: it is told at most every 60 ms, and of the last state
  // always. All is set just before it is sent, or the echo of an older message would undo it.
  save() {
    this.saving ||= setTimeout(() => {
      const { gate, step, preset } = this;
      this.model.set({ ...this.copy(this.values), gate, step, chosen_preset: preset });
      this.model.save_changes();
      this.saving = 0;
    }, 60);
  }

  // Python, or another view of this console, has changed something.
  hear() {
    if (this.drag || this.saving) return;
    cancelAnimationFrame(this.moving);
    this.read();
    this.draw();
  }

  put(row, t, value) {
    const inside = Math.min(1, Math.max(row.low, value));
    this.values[row.trait][t] = Math.round(100 * inside) / 100;
  }

  // Before a change: where undo leads back to. Changes with the same key count as one.
  remember(key = "") {
    cancelAnimationFrame(this.moving);
    if (!key || key !== this.lastKey) {
      const before = { values: this.copy(this.values), preset: this.preset };
      this.history = [...this.history, before].slice(-UNDOS);
    }
    this.lastKey = key;
    this.shown = this.values = this.copy(this.values);
  }

  takeBack() {
    if (!this.history.length) return;
    this.lastKey = "";
    const { values, preset } = this.history.pop();
    this.preset = preset;
    this.glide(values);
  }

  start(preset) {
    this.remember();
    this.preset = preset;
    this.glide(this.copy(this.spec.presets[preset]));
  }

  // A preset, a reset or an undo moves the bars there, unless the reader wants no motion.
  glide(next) {
    const [from, start] = [this.shown, performance.now()];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.values = next;
    this.save();
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
    svg.addEventListener("keydown", (event) => this.press(event));
    // Not on the svg: it would become a stop of Tab itself.
    this.frame.addEventListener("focusin", (event) => this.focus(event));
    this.select?.addEventListener("change", () => this.start(this.select.value));
    this.reset.addEventListener("click", () => this.start(this.preset));
    this.undo.addEventListener("click", () => this.takeBack());
    const heard = [...this.traits, "gate", "step", "chosen_preset"];
    this.heard = heard.map((name) => `change:${name}`).join(" ");
    this.onHear = () => this.hear();
    this.model.on(this.heard, this.onHear);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(this.frame);
  }

  close() {
    this.observer.disconnect();
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
      this.remember();
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
      this.remember(`${row.letter}${t}`);
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
