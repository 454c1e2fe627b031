// A puzzle's bars and knobs outlive the page, and the browser's other windows take part in the puzzle.

import { keep, recall, same, whenKept } from "./dom.js";

export class KeptBars {
  // `view` is the console, with a goal.
  constructor(view) {
    this.view = view;
    this.name = `bars ${view.spec.goal.key}`;
    this.close = whenKept(this.name, () => this.restore());
  }

  get free() {
    const { lanes, knobs, goal } = this.view.spec;
    return [...lanes, ...knobs].filter(({ trait }) => !goal.given.includes(trait));
  }

  keep() {
    const { values, start } = this.view; // which a drag goes on to change in place
    const bars = structuredClone(
      Object.fromEntries(this.free.map(({ trait }) => [trait, values[trait]])),
    );
    if (same(bars, this.kept)) return;
    this.kept = bars;
    keep(this.name, same(values, start) ? null : bars);
  }

  // Those kept, as if the hand had set them now; without any, or with nonsense, as at the start.
  restore() {
    const { view } = this;
    const kept = recall(this.name);
    const known = this.free.every((row) => view.fits(kept, row));
    const values = view.copy(known ? { ...view.values, ...kept } : view.start);
    if (view.busy || same(values, view.values)) return;
    view.remember("heard");
    view.values = values;
    view.save();
    view.glide();
  }
}
