// The weights that all steps share: a slider for each, moved by a pointer or by keys.

import { make, set, write } from "./dom.js";
import { SYMBOLS } from "./gate_model.js";
import { movesOf } from "./keys.js";
import { num } from "./numbers.js";

export class Knobs {
  // `view` is the console, `parent` where they stand.
  constructor(view, parent) {
    this.view = view;
    this.strokes = 0;
    this.drag = false;
    const box = make("div", { class: "gc-knobs" }, parent);
    this.knobs = view.spec.knobs.map((knob) => this.build(box, knob));
  }

  build(box, knob) {
    const { letter, name, low, high, step, trait } = knob;
    const label = make("label", { class: "gc-knob" }, box);
    make("b", { text: SYMBOLS[letter] }, label);
    make("span", { text: name }, label);
    const limits = { min: low, max: high, step, "aria-label": `${letter}, ${name}` };
    const input = make("input", { type: "range", ...limits, "data-knob": trait }, label);
    const output = make("output", {}, label);
    input.addEventListener("pointerdown", () => this.take());
    input.addEventListener("input", () => {
      this.turn(knob, Number(input.value), `${trait} ${this.strokes}`);
    });
    input.addEventListener("keydown", (event) => this.press(event, knob));
    input.addEventListener("focus", () => this.choose(letter));
    return { ...knob, input, output };
  }

  take() {
    this.view.root.classList.remove("gc-keys");
    this.strokes += 1;
    this.drag = true;
    const drop = () => {
      if (!this.drag) return;
      this.drag = false;
      this.view.hear(); // what has waited for the hand
    };
    for (const name of ["pointerup", "pointercancel"])
      window.addEventListener(name, drop, { once: true });
  }

  choose(letter) {
    const { view } = this;
    view.gate = letter;
    view.save();
    view.draw();
  }

  turn({ trait, letter, low, high }, value, key) {
    const { view } = this;
    view.hold(key);
    view.values[trait] = Math.round(100 * Math.min(high, Math.max(low, value))) / 100;
    this.choose(letter);
  }

  press(event, knob) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = this.view.values[knob.trait];
    const moves = movesOf(event, now, knob.low, knob.high);
    const key = { ArrowRight: "ArrowUp", ArrowLeft: "ArrowDown" }[event.key] ?? event.key;
    if (!(key in moves)) return;
    event.preventDefault();
    this.turn(knob, moves[key], knob.trait);
  }

  draw(values) {
    for (const { trait, input, output } of this.knobs) {
      if (input.value !== String(values[trait])) input.value = values[trait];
      set(input, { "aria-valuetext": num(values[trait]) });
      write(output, num(values[trait]));
    }
  }
}
