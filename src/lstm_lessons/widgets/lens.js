// The gradient's lens: sliders of a random cell, and what is left of the last step's gradient at every
// step before it. Everything is computed here, at each move, so that no kernel is needed.

import { Control } from "./control.js";
import { Plot } from "./curves.js";
import { make, set, write } from "./dom.js";
import { outermost } from "./keys.js";
import { median, Network, sayDirections, sayLeft } from "./lens_model.js";
import { lowered } from "./numbers.js";
import { Outbox } from "./outbox.js";
import { Speech } from "./speech.js";

const LENS = {
  names: {
    radius: "spectral radius",
    scale: "recurrent scale",
    forget_bias: "forget bias",
    update_bias: "update bias",
    steps: "steps",
  },
  show: "Show",
  lag: "steps back from the end, T − t",
  left: "left of the gradient (root mean square)",
  stretched: "left of the gradient, by direction",
  words: [
    { at: 1e7, text: "explodes" },
    { at: 1, text: "arrives" },
    { at: 1e-7, text: "vanishes" },
  ],
  singular: {
    title: "What each of the gradient's 32 directions keeps",
    note: (matrix) =>
      `A dot is one of the 32 singular values of ${matrix}: how long a gradient along one direction is` +
      " after its way back. An open triangle: some lie out of sight.",
    most: "largest",
    left: "root mean square",
    median: "median",
  },
  refused: (name, value, expected) => `${name}: got ${value}, expected ${expected}`,
  number: ({ min, max }) => `a number from ${min} to ${max}`,
  whole: ({ min, max }) => `a whole number from ${min} to ${max}`,
  choice: ({ options }) => `one of ${options.join(", ")}`,
};
const VIEWS = ["root mean square", "singular values"]; // by these names Python knows them
const DASHES = { "-": "", "--": "7 4", ":": "1.5 3.5" };
const AXIS = { low: 1e-12, high: 1e12, ticks: [1e-12, 1e-8, 1e-4, 1, 1e4, 1e8, 1e12], log: true };
const SMALL = 480; // px, below which names are short and a picture is higher

function fits({ options, min, max, decimals }, value) {
  if (options) return options.includes(value);
  return (
    Number.isFinite(value) && value >= min && value <= max && (decimals > 0 || value % 1 === 0)
  );
}

class Lens {
  constructor(model, el) {
    this.model = model;
    this.knobs = model.get("knobs");
    this.network = new Network(model.get("cell"), model.get("draws"));
    this.values = Object.fromEntries(
      this.knobs.map(({ name, options, min }) => [name, options?.[0] ?? min]),
    );
    this.picture = VIEWS[0];
    this.outbox = new Outbox(model, () => ({ ...this.values, picture: this.picture }));
    this.read();
    this.build(el);
    this.names = [...this.knobs.map(({ name }) => name), "picture"];
    this.onHear = () => this.hear();
    this.heard = this.names.map((name) => `change:${name}`).join(" ");
    model.on(this.heard, this.onHear);
  }

  // ---- the page

  build(el) {
    this.root = outermost(el, "lesson-lens");
    const grid = make("div", { class: "lens-knobs" }, this.root);
    this.controls = this.knobs.map((knob) => {
      const { name, options } = knob;
      const move = (value) => this.move(name, options ? options[value] : value);
      return new Control(grid, knob, move, LENS.names[name]);
    });
    this.buildSwitch();
    this.title = make("p", { class: "lens-title" }, this.root);
    this.frame = make("div", { class: "lens-plot" }, this.root);
    this.plot = new Plot(this.frame);
    this.sentence = make("p", { class: "lens-sentence" }, this.root);
    this.note = make("p", { class: "lens-note" }, this.root);
    this.speech = new Speech(this.root, "lens-live");
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.frame);
  }

  buildSwitch() {
    const group = make("fieldset", { class: "lens-switch" }, this.root);
    make("legend", { text: LENS.show }, group);
    const name = `lens-${Math.random()}`; // another lens's buttons are others
    this.buttons = VIEWS.map((view) => {
      const label = make("label", {}, group);
      const button = make("input", { type: "radio", name, value: view }, label);
      make("span", { text: view }, label);
      button.addEventListener("change", () => this.move("picture", view));
      return button;
    });
  }

  // The plot is built for one width and one of the two pictures.
  fit() {
    const width = Math.floor(this.frame.clientWidth);
    if (!width) return;
    if (width !== this.width || this.picture !== this.built) {
      [this.width, this.built] = [width, this.picture];
      const narrow = width < SMALL;
      this.root.classList.toggle("lens-small", narrow);
      const singular = this.picture === VIEWS[1];
      const ticks = narrow ? [0, 50, 100] : [0, 20, 40, 60, 80, 100];
      // Left of the lines' ends is room for their names.
      const x = { from: narrow ? 190 : 130, to: -2, ticks, label: LENS.lag };
      const y = { ...AXIS, label: singular ? LENS.stretched : LENS.left };
      const lines = singular ? this.threeLines() : this.ownLines();
      const look = { words: LENS.words, bands: [[1e-2, 1e2]], lines };
      this.plot.build({ x, y, ...look }, width, narrow ? 320 : 310);
      write(this.title, singular ? LENS.singular.title : this.model.get("title"));
    }
    this.draw();
  }

  ownLines() {
    const lines = this.model.get("lines");
    return lines.map(({ name, color, style }) => ({ name, color, dash: DASHES[style] }));
  }

  threeLines() {
    const { color } = this.model.get("lines").find(({ letter }) => letter === "gradient");
    const dashes = { most: "", left: DASHES["--"], median: DASHES[":"] };
    return Object.entries(dashes).map(([name, dash]) => ({ name, color, dash }));
  }

  // ---- what is shown

  draw() {
    if (!this.width) return;
    for (const [k, { name, options }] of this.knobs.entries()) {
      const value = this.values[name];
      this.controls[k].show(options ? options.indexOf(value) : value);
    }
    for (const button of this.buttons) button.checked = button.value === this.picture;
    const said = this.picture === VIEWS[1] ? this.drawDirections() : this.drawCurves();
    write(this.sentence, said);
    set(this.plot.svg, { "aria-label": said });
    this.speech.say(`${this.refusal} ${said}`.trim());
  }

  drawCurves() {
    const curves = this.network.curves(this.values);
    const T = this.values.steps;
    const lines = this.model.get("lines").map(({ name, label }) => {
      const points = Array.from(curves[name], (value, t) => [T - 1 - t, value]);
      return {
        name,
        label: label.replaceAll("_T", lowered(T)).replaceAll("_t", "ₜ"),
        points: points.reverse(),
      };
    });
    this.plot.draw(lines);
    this.tell("");
    return sayLeft(curves);
  }

  drawDirections() {
    const { lags, values, left } = this.network.directions(this.values);
    const { most, left: mean, median: middle, note } = LENS.singular;
    const T = this.values.steps;
    const along = (measure) => lags.map((lag, k) => [lag, measure(values[k])]);
    const all = Array.from(left, (value, t) => [T - 1 - t, value]).reverse();
    this.plot.draw(
      [
        { name: "most", label: most, points: along((ordered) => ordered[0]) },
        { name: "left", label: mean, points: all },
        { name: "median", label: middle, points: along(median) },
      ],
      lags.flatMap((lag, k) => values[k].map((value) => [lag, value])),
    );
    const state = this.model.get("cell") === "lstm" ? "c" : "h";
    this.tell(note(`∂${state}${lowered(T)}/∂${state}ₜ`));
    return sayDirections({ lags, values });
  }

  tell(note) {
    write(this.note, this.refusal || note);
    this.note.classList.toggle("lens-refusal", Boolean(this.refusal));
  }

  // ---- the hand, and Python

  move(name, value) {
    this.refusal = "";
    if (name === "picture") this.picture = value;
    else this.values[name] = value;
    this.outbox.save();
    this.redraw();
  }

  // Of all moves before a picture only the last counts.
  redraw() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      this.fit();
    });
  }

  hear() {
    if (this.outbox.waiting) return;
    const before = this.state;
    this.read();
    if (this.state !== before) this.redraw();
  }

  get state() {
    return JSON.stringify([this.values, this.picture, this.refusal]);
  }

  // What the model has, and in place of what is not possible what there was before.
  read() {
    this.refusal = "";
    for (const knob of this.knobs) {
      const value = this.model.get(knob.name);
      const expected = LENS[knob.options ? "choice" : knob.decimals ? "number" : "whole"];
      if (fits(knob, value)) this.values[knob.name] = value;
      else this.refusal = LENS.refused(knob.name, value, expected(knob));
    }
    if (VIEWS.includes(this.model.get("picture"))) this.picture = this.model.get("picture");
    else
      this.refusal = LENS.refused(
        "picture",
        this.model.get("picture"),
        LENS.choice({ options: VIEWS }),
      );
  }

  close() {
    this.resized.disconnect();
    this.model.off(this.heard, this.onHear);
    cancelAnimationFrame(this.drawing);
    this.speech.close();
  }
}

function render({ model, el }) {
  const lens = new Lens(model, el);
  return () => lens.close();
}

export default { render };
