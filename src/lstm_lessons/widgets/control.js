// A control: its letter, and a slider with its value as a number, or a choice.

import { make, set, write } from "./dom.js";
import { minus } from "./numbers.js";

// A label as nodes: what comes after an underscore stands lower.
function letterOf(label) {
  const [, base, below] = label.match(/^(\p{L})_(\w+)$/u) ?? [null, label];
  return below ? [base, make("sub", { text: below })] : [base];
}

export class Control {
  // `spec` is { name, label, options, min, max, step, decimals }; `more` stands beside the label.
  // `move` hears what the slider is at, or the place of the option.
  constructor(grid, spec, move, more = "") {
    const { name, label, options, min, max, step } = spec;
    this.spec = spec;
    const row = make("label", { class: "lesson-control" }, grid);
    const words = make("span", {}, row);
    make("b", {}, words).append(...letterOf(label));
    if (more) make("span", { text: more }, words);
    const shared = { "aria-label": more ? `${label}, ${more}` : label, "data-name": name };
    if (options) {
      this.input = make("select", shared, row);
      for (const [value, text] of options.entries()) make("option", { value, text }, this.input);
    } else {
      this.input = make("input", { type: "range", min, max, step, ...shared }, row);
      this.output = make("output", {}, row);
    }
    this.input.addEventListener("input", () => move(Number(this.input.value)));
  }

  show(value) {
    const { input, output } = this;
    const { label, decimals } = this.spec;
    if (Number(input.value) !== value) input.value = value;
    if (!output) return;
    const number = minus(value.toFixed(decimals));
    write(output, number);
    set(input, { "aria-valuetext": `${label} ${number}` });
  }
}
