// What a training has come to, over its steps: a small plot with one axis and its name as the title.

import { make, set, write } from "./dom.js";
import { whole } from "./numbers.js";

const PLOT_WORDS = { steps: (end) => `${end} steps` };

const [HIGH, LOW] = [150, 112]; // pixels; the second where plots stand below each other
const AROUND = { left: 38, right: 10, top: 24, bottom: 20 };

// What the axis of steps ends with: 1, 2 or 5 and zeros.
function ending(steps) {
  const power = 10 ** Math.floor(Math.log10(Math.max(steps, 100)));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= steps);
}

// `place(value)` says how high a value stands, from 0 to 1, and nothing else for any number; `marks` are
// ticks, pairs of a value and what is written there; `level` is a value to compare with, and its name.
export class StepPlot {
  constructor(parent, { place, marks, level, color, lines = 1 }) {
    Object.assign(this, { place, marks, level });
    this.svg = make("svg", { class: "ln-plot" }, parent);
    this.title = make("text", { class: "ln-title", x: 0, y: 13 }, this.svg);
    this.ground = make("g", {}, this.svg);
    const group = { class: lines > 1 ? "ln-many" : "ln-one", style: `--line: ${color}` };
    const drawing = make("g", group, this.svg);
    this.lines = Array.from({ length: lines }, () => make("path", { class: "ln-line" }, drawing));
    this.dots = this.lines.map(() => make("circle", { class: "ln-dot", r: 3.2 }, drawing));
    this.label = make(
      "text",
      { class: "ln-label", "text-anchor": "end", text: level[1] },
      this.svg,
    );
  }

  y(value) {
    return this.high - AROUND.bottom - (this.high - AROUND.top - AROUND.bottom) * this.place(value);
  }

  // The ground with its ticks, again when the size or the axis of steps has changed.
  layOut({ width, low }, end) {
    if (width === this.width && low === this.low && end === this.end) return;
    Object.assign(this, { width, low, end, high: low ? LOW : HIGH });
    set(this.svg, { width, height: this.high, viewBox: `0 0 ${width} ${this.high}` });
    this.ground.replaceChildren();
    const [left, right] = [AROUND.left, width - AROUND.right];
    this.x = (steps) => left + ((right - left) * steps) / end;
    const line = (name, y) =>
      make("line", { class: name, x1: left, x2: right, y1: y, y2: y }, this.ground);
    const tick = (text, x, y, anchor) =>
      make("text", { class: "ln-tick", x, y, "text-anchor": anchor, text }, this.ground);
    for (const [value, text] of this.marks) {
      line("ln-grid", this.y(value));
      tick(text, left - 5, this.y(value) + 4, "end");
    }
    tick("0", left, this.high - 5, "start");
    tick(PLOT_WORDS.steps(whole(end)), right, this.high - 5, "end");
    const y = this.y(this.level[0]);
    line("ln-level", y);
    set(this.label, { x: right, y: y - 4 });
  }

  // `size` is a width, and whether it is to be low; `rows`, one for each of `steps`, have a value for
  // each line.
  draw(size, title, steps, rows) {
    this.layOut(size, ending(steps.at(-1)));
    write(this.title, title);
    set(this.svg, { role: "img", "aria-label": title });
    for (const [k, line] of this.lines.entries()) {
      const points = rows.map((row, n) => [this.x(steps[n]), this.y(row[k])]);
      const corners = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
      set(line, { d: `M${corners.join("L")}` });
      const [cx, cy] = points.at(-1);
      set(this.dots[k], { cx: cx.toFixed(1), cy: cy.toFixed(1) });
    }
  }
}
