// The switch "Slopes": on each bar which way, and how strongly, the loss would have it moved.

import { make, set, write } from "./dom.js";
import { CELLS, SYMBOLS } from "./gate_model.js";
import { minus } from "./numbers.js";
import { SQUASHED, slopes } from "./slopes.js";

const SLOPE_WORDS = {
  show: "Slopes",
  lossUp: "Arrow up: the loss falls if the bar goes up; down: if it goes down.",
  stateUp: (name) => `Arrow up: ${name} rises if the bar goes up; down: if it goes down.`,
  legend:
    "Broad: the bar itself; slim: its a, the number before the sigmoid or tanh, which is what training moves. The longer, the steeper.",
  knobs: (what) => `Beside each knob its slope; the arrow is the way ${what}.`,
  falls: "the loss falls",
  rises: (name) => `${name} rises`,
  ofLoss: "Slope of the loss",
  ofState: (name) => `Slope of ${name}`,
  byBar: (what, letter, value) => ` ${what}: ${value} by ${letter}.`,
  byBoth: (what, letter, value, a) => ` ${what}: ${value} by ${letter}, ${a} by its a.`,
  knob: (value, up) => `slope ${value}${value === "0" ? "" : up ? " ▸" : " ◂"}`,
};
const FULL = { loss: 4, state: 1 }; // the slope whose arrow is as long as can be, as is any above it
const SHORTEST = 1.5; // in pixels; a shorter one is not drawn
const WIDTHS = { value: 0.7, a: 0.3 }; // in columns

// A slope can be far smaller than two decimals show.
export function slopeText(slope) {
  const size = Math.abs(slope);
  if (size < 1e-5) return size ? "almost 0" : "0";
  return minus(size < 0.095 ? Number(slope.toPrecision(2)) : slope.toFixed(2));
}

export class SlopesView {
  // `view` is the console; `bar` is its row of controls.
  constructor(view, bar) {
    const { cell, steps, goal, knobs } = view.spec;
    this.view = view;
    const last = `${CELLS[cell].states.at(-1)} at step ${steps}`;
    this.what = goal ? SLOPE_WORDS.ofLoss : SLOPE_WORDS.ofState(last);
    const label = make("label", { class: "gc-switch" }, bar);
    this.box = make("input", { type: "checkbox" }, label);
    label.append(SLOPE_WORDS.show);
    this.box.checked = Boolean(view.spec.descent);
    this.box.addEventListener("change", () => view.draw());
    const up = goal ? SLOPE_WORDS.lossUp : SLOPE_WORDS.stateUp(last);
    const way = SLOPE_WORDS.knobs(goal ? SLOPE_WORDS.falls : SLOPE_WORDS.rises(last));
    const legend = knobs.length ? [!goal && up, way] : [up, SLOPE_WORDS.legend];
    this.legend = make("p", { class: "gc-note", text: legend.filter(Boolean).join(" ") });
    bar.after(this.legend);
  }

  // Returns what is to be said of the chosen bar or knob.
  draw() {
    const { view } = this;
    const { root, plots, spec, shown, gate, step } = view;
    const on = this.box.checked;
    root.classList.toggle("gc-sloped", on);
    this.legend.hidden = !on;
    if (!on) return "";
    if (plots !== this.plots) this.marks = buildMarks(plots);
    this.plots = plots;
    const slope = slopes(spec.cell, shown, spec.goal);
    const [way, full] = spec.goal ? [-1, FULL.loss] : [1, FULL.state];
    for (const mark of this.marks) drawMark(mark, slope[mark.trait][mark.by][mark.t], way, full);
    this.knobMarks ??= (view.knobs?.knobs ?? []).map(buildKnobMark);
    for (const { trait, node } of this.knobMarks) {
      const { value } = slope[trait];
      write(node, SLOPE_WORDS.knob(slopeText(value), way * value > 0));
      set(node, { "data-slope": value });
    }
    const chosen = [...spec.lanes, ...spec.knobs].find(({ letter }) => letter === gate);
    if (!(chosen.trait in slope)) return ""; // it is given
    const { value, a } = slope[chosen.trait];
    const of = (all) => slopeText(Array.isArray(all) ? all[step - 1] : all);
    const letter = SYMBOLS[gate] ?? gate;
    if (!a) return SLOPE_WORDS.byBar(this.what, letter, of(value));
    return SLOPE_WORDS.byBoth(this.what, letter, of(value), of(a));
  }
}

function drawMark({ node, x, y, half, reach }, slope, way, full) {
  const length = reach * Math.sqrt(Math.min(1, Math.abs(slope) / full));
  const tip = (y - way * Math.sign(slope) * length).toFixed(1);
  const d = length < SHORTEST ? "" : `M${x - half} ${y}H${x + half}L${x} ${tip}Z`;
  set(node, { d, "data-slope": slope });
}

const buildKnobMark = ({ trait, input }) => ({
  trait,
  node: make("small", { class: "gc-knob-slope" }, input.parentNode),
});

// Two arrows in each bar that can be moved, from the middle of its slot: what has no room has no length.
function buildMarks({ rows, column, x }) {
  const marks = [];
  for (const row of rows.filter(({ given }) => !given))
    for (const [t, { slot }] of row.bars.entries())
      for (const by of row.trait in SQUASHED ? ["value", "a"] : ["value"]) {
        const place = { x: x(t), y: row.top + row.height / 2, half: (column * WIDTHS[by]) / 2 };
        const look = { class: `gc-slope gc-slope-${by}`, "data-by": by };
        const node = make("path", look, slot.parentNode);
        marks.push({ ...place, node, by, t, trait: row.trait, reach: row.height / 2 - 1 });
      }
  return marks;
}
