// The reader's own puzzle: boxes that are drawn on the states' plot, with a pointer or with keys.

import { make, pushButton, same, set, write } from "./dom.js";
import { CELLS, measure } from "./gate_model.js";
import { num } from "./numbers.js";

const OWN_WORDS = {
  phases: "Your own puzzle",
  draw: "Draw",
  solve: "Solve",
  boxes: "Boxes for",
  states: { c: "c", h: "h" },
  clear: "Remove all boxes",
  drawing: (lane) =>
    `Draw a puzzle: click in the plot of the states to put a box there, click a box to remove it, drag to paint a row of boxes. Set ${lane} too: it will be given. Keys: Tab to the boxes, ↑ ↓ to move one, Delete to remove it.`,
  solving: "Your own puzzle: bring the states into all boxes. Solve it once before you share it.",
  sent: "A puzzle that was sent to you: bring the states into all boxes.",
  box: (state, step) => `box for ${state}, step ${step}`,
  none: "no box",
};
const PHASE_NAMES = ["draw", "solve", "sent"];
const GRAIN = 20; // boxes to 1: where a pointer puts one
const NEAR = 8; // pixels between a pointer and the box that it means
const FIRM = 4; // pixels that a hand may sway in a click

// Whether there is a number or null at each of the steps for each state, none out of reach.
export function areBoxes(cell, all, steps) {
  const { states } = CELLS[cell];
  if (all === null || typeof all !== "object" || !same(Object.keys(all).sort(), states))
    return false;
  return states.every((name) => {
    const fits = (v) => v === null || (Number.isFinite(v) && Math.abs(v) <= reachOf(name, steps));
    return Array.isArray(all[name]) && all[name].length === steps && all[name].every(fits);
  });
}

// How far from 0 a state can get: c by a whole one at each step.
const reachOf = (state, steps) => (state === "c" ? steps : 1);

export const isPhase = (phase) => PHASE_NAMES.includes(phase);

export class OwnPuzzle {
  // `view` is the console; what it says of its goal is ours.
  constructor(view) {
    this.view = view;
    this.goal = view.spec.goal; // as Python gives it
    this.state = CELLS[view.spec.cell].states[0];
    Object.assign(this, { drag: null, strokes: 0, boxes: {}, phase: "draw" });
    for (const name of CELLS[view.spec.cell].states)
      this.boxes[name] = Array(view.spec.steps).fill(null);
    this.read();
  }

  get synced() {
    return { boxes: this.boxes, phase: this.phase };
  }

  // What the model has, and in place of what cannot be what there was before.
  read() {
    const { model, spec } = this.view;
    const [boxes, phase] = ["boxes", "phase"].map((name) => model.get(name));
    if (areBoxes(spec.cell, boxes, spec.steps)) this.boxes = structuredClone(boxes);
    if (isPhase(phase)) this.phase = phase;
    this.tell();
  }

  hear() {
    const before = this.synced;
    this.read();
    if (!same(before, this.synced)) this.view.rebuild();
  }

  get drawing() {
    return this.phase === "draw";
  }

  // The goal that the console plays, and where it starts: both follow what is drawn.
  tell() {
    const { spec, values } = this.view;
    const stories = [{ values: {}, targets: this.boxes }];
    const goal = { ...this.goal, stories, given: this.drawing ? [] : this.goal.given };
    const [name, start] = [...spec.presets][0];
    for (const trait of this.goal.given) start[trait] = [...values[trait]];
    spec.presets.set(name, start);
    goal.start_distance = measure(goal, spec.cell, start).distance || 1;
    spec.goal = goal;
  }

  // ---- the page

  build(root) {
    const { view } = this;
    const bar = make("div", { class: "gc-controls" }, root);
    const group = (name) =>
      make("div", { class: "gc-stories", role: "group", "aria-label": name }, bar);
    const phases = group(OWN_WORDS.phases);
    this.phaseButtons = ["draw", "solve"].map((phase) => [
      phase,
      pushButton(phases, OWN_WORDS[phase], () => this.turn(phase)),
    ]);
    const states = CELLS[view.spec.cell].states;
    this.tools = make("div", { class: "gc-stories" }, bar);
    this.stateButtons = [];
    if (states.length > 1) {
      const choice = make("div", { class: "gc-stories", role: "group" }, this.tools);
      set(choice, { "aria-label": OWN_WORDS.boxes });
      make("span", { text: `${OWN_WORDS.boxes} ` }, choice);
      this.stateButtons = states.map((name) => [
        name,
        pushButton(choice, OWN_WORDS.states[name], () => {
          this.state = name;
          view.rebuild();
        }),
      ]);
    }
    pushButton(this.tools, OWN_WORDS.clear, () => {
      const none = Object.entries(this.boxes).map(([name, row]) => [name, row.map(() => null)]);
      this.change(Object.fromEntries(none));
    });
  }

  turn(phase) {
    if (phase === this.phase || (phase === "solve" && !this.drawing)) return;
    this.phase = phase;
    this.view.save();
    this.view.rebuild();
  }

  get text() {
    const lane = this.view.spec.lanes.find(({ trait }) => trait === this.goal.given[0]);
    return this.drawing
      ? OWN_WORDS.drawing(`the ${lane.name}`)
      : OWN_WORDS[this.phase === "sent" ? "sent" : "solving"];
  }

  // ---- on the plot: a transparent slider over each step of the chosen state

  cover(plots) {
    write(this.view.goal, this.text);
    for (const [phase, button] of this.phaseButtons)
      set(button, { "aria-pressed": this.drawing === (phase === "draw") });
    for (const [name, button] of this.stateButtons)
      set(button, { "aria-pressed": name === this.state });
    this.tools.hidden = !this.drawing;
    if (!this.drawing) return;
    const { svg, column, x, T, state } = plots;
    const { steps } = this.view.spec;
    this.slots = Array.from({ length: T }, (_, t) => {
      const place = { x: x(t) - column / 2, y: state.top, width: column, height: state.height };
      const slider = {
        role: "slider",
        tabindex: t === this.view.step - 1 ? 0 : -1,
        "aria-orientation": "vertical",
        "aria-label": OWN_WORDS.box(this.state, t + 1),
        "aria-valuemin": -reachOf(this.state, steps),
        "aria-valuemax": reachOf(this.state, steps),
        "data-box": t + 1,
      };
      const slot = make("rect", { class: "gc-box-slot", ...place, ...slider }, svg);
      // On the slot itself: a finger stays with the one that it has touched, also after it was rebuilt.
      slot.addEventListener("touchmove", (event) => event.preventDefault(), { passive: false });
      const value = this.boxes[this.state][t];
      set(slot, {
        "aria-valuenow": value ?? 0,
        "aria-valuetext": value === null ? OWN_WORDS.none : num(value),
      });
      return slot;
    });
  }

  listen() {
    const { svg } = this.view;
    svg.addEventListener("pointerdown", (event) => this.take(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", () => this.drop());
    svg.addEventListener("pointercancel", () => this.drop());
    svg.addEventListener("keydown", (event) => this.press(event));
    this.view.frame.addEventListener("focusin", (event) => this.focus(event));
  }

  // The step and the height of a pointer, in the plot's values.
  at(event) {
    const { plots, spec, svg } = this.view;
    const box = svg.getBoundingClientRect();
    const t = Math.floor((event.clientX - box.left - plots.left) / plots.column);
    const { state } = plots;
    const scale = (state.high + state.low) / state.height;
    const y = event.clientY - box.top;
    const value = state.high - (y - state.top) * scale;
    return { t: Math.min(spec.steps - 1, Math.max(0, t)), value, scale, y };
  }

  take(event) {
    const step = event.target.dataset?.box;
    if (!step || event.button) return;
    event.preventDefault();
    const { t, value, scale, y } = this.at(event);
    const there = this.boxes[this.state][t];
    const near = there !== null && Math.abs(there - value) < NEAR * scale;
    this.strokes++;
    this.drag = { near, t, y, x: event.clientX, moved: false };
    this.view.svg.setPointerCapture(event.pointerId);
    if (!near) this.put(t, value);
    this.slots[t].focus({ preventScroll: true });
  }

  move(event) {
    const { drag } = this;
    if (!drag) return;
    const { t, value, y } = this.at(event);
    drag.moved ||= Math.hypot(event.clientX - drag.x, y - drag.y) > FIRM;
    if (drag.moved) this.put(t, value);
  }

  drop() {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    if (drag.near && !drag.moved) this.put(drag.t, null);
    this.view.hear(); // what has waited for the hand
  }

  put(t, value, grain = GRAIN) {
    const reach = reachOf(this.state, this.view.spec.steps);
    const inside = (v) => Math.round(grain * Math.min(reach, Math.max(-reach, v))) / grain;
    const row = this.boxes[this.state].with(t, value === null ? null : inside(value));
    if (!same(row, this.boxes[this.state]))
      this.change({ ...this.boxes, [this.state]: row }, this.drag && `boxes ${this.strokes}`);
  }

  change(boxes, key) {
    const { view } = this;
    view.remember(key);
    this.boxes = boxes;
    view.save();
    view.rebuild();
  }

  // What was there before, by undo.
  takeBack(boxes) {
    this.boxes = boxes;
    this.view.rebuild();
  }

  focus(event) {
    const step = Number(event.target.dataset?.box);
    if (!step || this.drag) return;
    this.view.step = step;
    this.view.save();
    this.view.draw();
    for (const [t, slot] of this.slots.entries()) set(slot, { tabindex: t === step - 1 ? 0 : -1 });
  }

  press(event) {
    const step = Number(event.target.dataset?.box);
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const turns = { ArrowLeft: step - 2, ArrowRight: step };
    const size = event.shiftKey ? 0.01 : 0.05;
    const moves = { ArrowUp: size, ArrowDown: -size, PageUp: 0.25, PageDown: -0.25 };
    const { key } = event;
    if (![turns, moves, { Delete: 0, Backspace: 0 }].some((keys) => key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    if (key in turns) this.slots[turns[key]]?.focus();
    else if (key in moves)
      this.put(step - 1, (this.boxes[this.state][step - 1] ?? 0) + moves[key], 100);
    else this.put(step - 1, null);
  }
}
