// A panel: controls, the picture that follows them, and its sentence. Python draws the pictures. A
// stored panel has those of some places of its controls with it, and shows them while no kernel answers.

import { Control } from "./control.js";
import { make, set, write } from "./dom.js";
import { outermost } from "./keys.js";
import { Speech } from "./speech.js";

const WORDS = {
  silent: "Python does not answer. Unless it is busy, run this lesson to move what is here.",
};
const PATIENCE = 1500; // ms without an answer, and no kernel is there
const AHEAD = 2; // questions that may be unanswered at a time
const NARROW = 620; // px, below which a phone's pictures are shown

function nearest(axis, value) {
  const apart = axis.map((one) => Math.abs(one - value));
  return apart.indexOf(Math.min(...apart));
}

// What stored panels brought along, for the panels that the lesson makes anew when it is run: when
// its kernel is gone, these show what the stored one did. Each widget has this script of its own.
window.lstmLessonsFrames ??= new Map();
const brought = window.lstmLessonsFrames;
const key = (model) => {
  const about = ({ name, min, max, options }) => [name, min, max, options];
  const controls = model.get("controls").map(about);
  return JSON.stringify([controls, model.get("values"), model.get("sentence")]);
};

function initialize({ model }) {
  if (model.get("frames").axes) brought.set(key(model), model.get("frames"));
}

class Panel {
  constructor(model, el) {
    this.model = model;
    this.controls = model.get("controls");
    const frames = model.get("frames");
    this.frames = frames.axes ? frames : brought.get(key(model));
    this.values = [...model.get("values")]; // where the hand has put the controls
    this.settle();
    this.fetched = new Set();
    this.alive = !frames.axes; // only what was stored has frames, and with it no kernel is known of
    this.asked = []; // the numbers of the questions that are not answered
    this.question = Math.floor(1e9 * Math.random()); // other views of this panel count elsewhere
    this.build(el);
    this.draw();
  }

  // ---- the page

  build(el) {
    this.root = outermost(el, "lesson-panel");
    this.note = make("p", { class: "panel-note" }, this.root);
    const grid = make("div", { class: "panel-controls" }, this.root);
    this.rows = this.controls.map((control, k) => this.buildControl(grid, control, k));
    this.image = make("img", {}, this.root);
    this.sentence = make("p", { class: "panel-sentence" }, this.root);
    this.speech = new Speech(this.root, "panel-live");
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.root);
    this.near = new IntersectionObserver(
      ([entry]) => {
        if (!entry.isIntersecting) return;
        this.near.disconnect();
        this.fetch();
      },
      { rootMargin: "400px" },
    );
    this.near.observe(this.root);
  }

  buildControl(grid, control, k) {
    const row = new Control(grid, control, (value) => this.move(k, value));
    row.input.addEventListener("pointerdown", () => (this.pointed = true));
    for (const end of ["pointerup", "pointercancel", "change"])
      row.input.addEventListener(end, () => (this.pointed = false));
    return row;
  }

  fit() {
    const width = this.root.clientWidth;
    if (!width || this.narrow === width < NARROW) return;
    const first = this.narrow === undefined;
    this.narrow = width < NARROW;
    this.root.classList.toggle("panel-narrow", this.narrow);
    if (this.alive && !(first && !this.narrow)) this.ask();
    this.draw();
  }

  // Pictures that are files are fetched when the panel comes near, so that a drag finds them there: all
  // to which one control leads from here.
  fetch() {
    this.nearby = true;
    if (this.alive || this.narrow === undefined) return;
    const { pictures } = this.kind();
    for (const [k, axis] of this.frames.axes.entries()) {
      for (const place of axis.keys()) {
        const source = pictures[this.frame(this.at.with(k, place))];
        if (!this.fetched.has(source)) new Image().src = source;
        this.fetched.add(source);
      }
    }
  }

  kind() {
    return this.narrow ? this.frames.narrow : this.frames.wide;
  }

  // ---- what is shown: what Python has sent, or what was stored

  draw() {
    const stored = this.frames && !this.alive;
    const shown = stored ? this.stored() : this.sent();
    for (const [k, row] of this.rows.entries()) row.show(shown.values[k]);
    const [width, height] = shown.size;
    set(this.image, { width, height, alt: shown.sentence });
    this.image.style.maxWidth = `${width}px`;
    this.image.style.backgroundImage = shown.under ? `url("${shown.under}")` : "";
    if (shown.source) set(this.image, { src: shown.source });
    write(this.sentence, shown.error || shown.sentence);
    this.sentence.classList.toggle("panel-error", Boolean(shown.error));
    write(this.note, !stored && this.silent ? WORDS.silent : "");
    if (stored && this.nearby) this.fetch();
    this.speech.say(this.sentence.textContent);
  }

  stored() {
    const { axes, sentences, start } = this.frames;
    const { pictures, size } = this.kind();
    const frame = this.frame(this.at);
    return {
      values: axes.map((axis, k) => axis[this.at[k]]),
      source: pictures[frame],
      under: frame === start ? null : pictures[start],
      sentence: sentences[frame],
      size,
    };
  }

  // The number of a combination of places: those of the last control lie side by side.
  frame(at) {
    return this.frames.axes.reduce((number, axis, k) => number * axis.length + at[k], 0);
  }

  // The stored places that are nearest to where the controls are.
  settle() {
    this.at = this.frames?.axes.map((axis, k) => nearest(axis, this.values[k]));
  }

  sent() {
    const value = this.model.get("value");
    if (value !== this.value && value.byteLength) {
      URL.revokeObjectURL(this.source);
      this.source = URL.createObjectURL(new Blob([value], { type: "image/png" }));
      this.value = value;
    }
    const get = (name) => this.model.get(name);
    const [sentence, error, size] = ["sentence", "error", "size"].map(get);
    return { values: this.values, source: this.source, sentence, error, size };
  }

  // ---- the hand, and Python's answers

  move(k, value) {
    this.values[k] = value;
    if (this.frames && !this.alive) this.at[k] = this.reached(k, value);
    this.ask();
    this.draw();
  }

  // A key or a screen reader moves a slider by a step, which may be less than from place to place.
  reached(k, value) {
    const axis = this.frames.axes[k];
    const found = nearest(axis, value);
    if (this.pointed || found !== this.at[k]) return found;
    const next = found + Math.sign(value - axis[found]);
    return Math.min(Math.max(next, 0), axis.length - 1);
  }

  ask() {
    this.unasked = this.asked.length >= AHEAD;
    if (this.unasked) return;
    this.asked.push(++this.question);
    this.waiting ||= setTimeout(() => this.miss(), PATIENCE);
    const { question, values } = this;
    const narrow = Boolean(this.narrow);
    try {
      this.model.send({ question, positions: values, narrow });
    } catch (error) {
      console.debug("No kernel to ask:", error); // `miss` tells the reader
    }
  }

  hear() {
    const found = this.asked.indexOf(this.model.get("answered"));
    this.asked.splice(0, found + 1);
    clearTimeout(this.waiting);
    this.waiting = this.asked.length ? setTimeout(() => this.miss(), PATIENCE) : 0;
    this.alive = true;
    this.silent = false;
    if (this.unasked) this.ask();
    if (!this.asked.length) this.values = [...this.model.get("values")];
    this.draw();
  }

  miss() {
    this.waiting = 0;
    this.asked = [];
    this.unasked = false;
    const moved = JSON.stringify(this.values) !== JSON.stringify(this.model.get("values"));
    this.silent = moved;
    if (this.frames && this.alive) {
      this.alive = false;
      this.settle();
    }
    this.values = this.frames ? this.stored().values : [...this.model.get("values")];
    this.draw();
  }

  close() {
    this.resized.disconnect();
    this.near.disconnect();
    clearTimeout(this.waiting);
    this.speech.close();
    URL.revokeObjectURL(this.source);
  }
}

function render({ model, el }) {
  const panel = new Panel(model, el);
  const changes = ["value", "values", "sentence", "error", "answered"];
  const names = changes.map((name) => `change:${name}`).join(" ");
  const hear = () => panel.hear();
  model.on(names, hear);
  return () => {
    model.off(names, hear);
    panel.close();
  };
}

export default { initialize, render };
