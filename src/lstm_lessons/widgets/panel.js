// A panel: controls, the picture that follows them, and its sentence. Python draws the pictures. A
// stored panel has those of its main slider's places with it, and shows them while no kernel answers.

import { make, set, write } from "./dom.js";

const WORDS = {
  run: "Run this lesson",
  toMove: (names) => [" to move ", ...names, "."],
  silent: (names) => [
    "Python does not answer. Unless it is busy, run this lesson to move ",
    ...names,
    ".",
  ],
};
const PATIENCE = 1500; // ms without an answer, and no kernel is there
const AHEAD = 2; // questions that may be unanswered at a time
const NARROW = 620; // px, below which a phone's pictures are shown

// A control's label as nodes: what comes after an underscore stands lower.
function letter(label) {
  const [, base, below] = label.match(/^(\p{L})_(\w+)$/u) ?? [null, label];
  return below ? [base, make("sub", { text: below })] : [base];
}

function list(labels) {
  const before = (k) => (k === 0 ? "" : k < labels.length - 1 ? ", " : " and ");
  return labels.flatMap((label, k) => [before(k), ...letter(label)]);
}

// What stored panels brought along, for the panels that the lesson makes anew when it is run: when
// its kernel is gone, these show what the stored one did. Each widget has this script of its own.
window.lstmLessonsFrames ??= new Map();
const brought = window.lstmLessonsFrames;
const key = (model) => {
  const controls = model.get("controls").map(({ name, min, max }) => [name, min, max]);
  return JSON.stringify([controls, model.get("values"), model.get("sentence")]);
};

function initialize({ model }) {
  if (model.get("frames").values) brought.set(key(model), model.get("frames"));
}

class Panel {
  constructor(model, el) {
    this.model = model;
    this.controls = model.get("controls");
    const frames = model.get("frames");
    this.frames = frames.values ? frames : brought.get(key(model));
    this.values = [...model.get("values")]; // where the hand has put the controls
    this.place = this.frames?.start; // which of the frames is shown
    this.main = this.controls.findIndex(({ name }) => name === this.frames?.main);
    this.alive = !frames.values; // only what was stored has frames, and with it no kernel is known of
    this.asked = []; // the numbers of the questions that are not answered
    this.question = Math.floor(1e9 * Math.random()); // other views of this panel count elsewhere
    this.build(el);
    this.draw();
  }

  // ---- the page

  build(el) {
    this.root = make("div", { class: "lesson-panel", "data-lm-suppress-shortcuts": "true" }, el);
    this.root.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab takes arrows
    this.note = make("p", { class: "panel-note" }, this.root);
    this.grid = make("div", { class: "panel-controls" }, this.root);
    this.rows = this.controls.map((control, k) => this.buildControl(control, k));
    this.image = make("img", {}, this.root);
    this.sentence = make("p", { class: "panel-sentence" }, this.root);
    this.live = make("p", { class: "panel-live", "aria-live": "polite" }, this.root);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.root);
    this.near = new IntersectionObserver(([entry]) => entry.isIntersecting && this.fetch(), {
      rootMargin: "400px",
    });
    this.near.observe(this.root);
  }

  buildControl({ name, label, options, min, max, step }, k) {
    const row = make("label", { class: "panel-control" }, this.grid);
    make("span", {}, row).append(...letter(label));
    const shared = { "aria-label": label, "data-name": name };
    if (options) {
      const input = make("select", shared, row);
      for (const [value, text] of options.entries()) make("option", { value, text }, input);
      input.addEventListener("input", () => this.move(k, Number(input.value)));
      return { input };
    }
    const input = make("input", { type: "range", min, max, step, ...shared }, row);
    input.addEventListener("pointerdown", () => (this.pointed = true));
    for (const end of ["pointerup", "pointercancel", "change"])
      input.addEventListener(end, () => (this.pointed = false));
    input.addEventListener("input", () => this.move(k, input.valueAsNumber));
    return { input, output: make("output", {}, row) };
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

  // Pictures that are files are fetched when the panel comes near, so that a drag finds them there.
  fetch() {
    this.near.disconnect();
    for (const source of this.alive ? [] : this.kind().pictures) new Image().src = source;
  }

  kind() {
    return this.narrow ? this.frames.narrow : this.frames.wide;
  }

  // ---- what is shown: what Python has sent, or what was stored

  draw() {
    const stored = this.frames && !this.alive;
    const shown = stored ? this.stored() : this.sent();
    for (const [k, { input, output }] of this.rows.entries()) {
      const { label, decimals } = this.controls[k];
      const value = shown.values[k];
      if (Number(input.value) !== value) input.value = value;
      set(input, { "aria-disabled": Boolean(stored && k !== this.main) });
      if (!output) continue;
      const number = value.toFixed(decimals);
      write(output, number);
      set(input, { "aria-valuetext": `${label} ${number}` });
    }
    const [width, height] = shown.size;
    set(this.image, { width, height, alt: shown.sentence });
    this.image.style.maxWidth = `${width}px`;
    this.image.style.backgroundImage = shown.under ? `url("${shown.under}")` : "";
    if (shown.source) set(this.image, { src: shown.source });
    write(this.sentence, shown.error || shown.sentence);
    this.sentence.classList.toggle("panel-error", Boolean(shown.error));
    this.tell(stored);
    clearTimeout(this.speaking); // a screen reader hears where the hand came to rest
    const told = this.told ? `${this.note.textContent} ` : "";
    this.speaking = setTimeout(() => write(this.live, told + this.sentence.textContent), 500);
  }

  // What the reader cannot move now, and why.
  tell(stored) {
    const labels = this.controls.map(({ label }) => label);
    const fixed = labels.filter((_, k) => k !== this.main);
    const state = !stored && this.silent ? "silent" : stored && fixed.length ? "stored" : "";
    this.note.classList.toggle("panel-told", Boolean(this.told || state === "silent"));
    if (this.note.dataset.state === state) return;
    this.note.dataset.state = state;
    this.note.replaceChildren();
    if (state === "silent") this.note.append(...WORDS.silent(list(labels)));
    if (state !== "stored") return;
    const href = this.model.get("live"); // where the site has the lesson running
    make(href ? "a" : "span", href ? { href } : {}, this.note).append(WORDS.run);
    this.note.append(...WORDS.toMove(list(fixed)));
  }

  stored() {
    const { values, positions, sentences, start } = this.frames;
    const { pictures, size } = this.kind();
    return {
      values: positions.map((position, k) => (k === this.main ? values[this.place] : position)),
      source: pictures[this.place],
      under: this.place === start ? null : pictures[start],
      sentence: sentences[this.place],
      size,
    };
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
    const stored = this.frames && !this.alive;
    this.values[k] = value;
    this.told = stored && k !== this.main;
    if (stored && k === this.main) this.place = this.nearest(value, !this.pointed);
    this.ask();
    this.draw();
  }

  // A key or a screen reader moves the slider by a step, which may be less than from place to place.
  nearest(value, stepping) {
    const { values } = this.frames;
    const apart = values.map((one) => Math.abs(one - value));
    const found = apart.indexOf(Math.min(...apart));
    const moved = Math.sign(value - values[this.place]);
    const next = stepping && found === this.place ? found + moved : found;
    return Math.min(Math.max(next, 0), values.length - 1);
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
    this.silent = this.told = false;
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
      this.place = this.nearest(this.values[this.main], false);
      this.told = this.values.some(
        (value, k) => k !== this.main && value !== this.frames.positions[k],
      );
    }
    this.values = this.frames ? this.stored().values : [...this.model.get("values")];
    this.draw();
  }

  close() {
    this.resized.disconnect();
    this.near.disconnect();
    clearTimeout(this.waiting);
    clearTimeout(this.speaking);
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
