// "Let descent try": steps of gradient descent from where the reader stands, visible bar by bar.

import { make, pushButton, solvedNames, whenSolved, write } from "./dom.js";
import { score } from "./gate_model.js";
import { SENDING } from "./outbox.js";
import { descend, loss, withoutSlope } from "./slopes.js";

const DESCENT_WORDS = {
  start: "Let descent try",
  stop: "Stop",
  solved: (steps) => `Solved after ${counted(steps)} of descent.`,
  stopped: (points, steps) => `Stopped at ${points} after ${counted(steps)}.`,
  stuck: (points, bars) =>
    `Stuck at ${points}: what is left to move has next to no slope. ${bars}. Free it by hand, and let descent go on.`,
  jumps: (points) => `Stuck at ${points}: the steps only jump to and fro. Help by hand.`,
  flat: (points) =>
    `Stuck at ${points}: small moves lead no further down. A large one, by hand, may.`,
  at: (letter, steps) =>
    steps.length > MANY
      ? `${letter} at ${steps.length} steps`
      : `${letter} at ${steps.length === 1 ? "step" : "steps"} ${listed(steps)}`,
  shut: (bars) => `${bars} is shut`,
  open: (bars) => `${bars} is wide open`,
  end: (bars) => `${bars} is at its end`,
};
const MANY = 4; // steps that are too many to be named
const STILL = 3e-5; // if nothing moves by more in a step, nothing will get anywhere
const FALL = 0.999; // the share of itself to which a loss that falls comes, and back if it jumps
const PATIENCE = 700; // if the lowest loss has not fallen in as many steps, it will not
const MORE = 200; // after as many steps each picture shows one step more: nobody waits for long
const RARELY = 500; // ms between two pictures where no motion is wanted

const counted = (steps) => `${steps} ${steps === 1 ? "step" : "steps"}`;

const listed = (all) =>
  all.length === 1 ? `${all[0]}` : `${all.slice(0, -1).join(", ")} and ${all.at(-1)}`;

export class Descent {
  // `view` is the console, with a goal; `bar` is its row of controls.
  constructor(view, bar) {
    this.view = view;
    this.button = pushButton(bar, "", () => (this.running ? this.stop() : this.start()));
    this.words = make("p", { class: "gc-descent", role: "status" }, bar);
    this.stopOffering = whenSolved(() => this.offer());
    this.show(false);
    this.offer();
  }

  close() {
    cancelAnimationFrame(this.next);
    this.stopOffering();
  }

  // In a puzzle only to who has solved it by hand.
  offer() {
    const { goal, descent } = this.view.spec;
    const offered = descent || solvedNames().has(goal.key);
    this.button.hidden = this.words.hidden = !offered;
  }

  show(running) {
    this.running = running;
    write(this.button, running ? DESCENT_WORDS.stop : DESCENT_WORDS.start);
  }

  start() {
    Object.assign(this, { steps: 0, drawn: 0, sent: 0, lowest: Infinity, last: Infinity });
    this.view.hold();
    write(this.words, "");
    this.show(true);
    this.tick();
  }

  // With a sentence on how it ended, or, when the bars were set from elsewhere, without one.
  end(sentence) {
    cancelAnimationFrame(this.next);
    this.show(false);
    write(this.words, sentence);
    this.view.save();
    this.view.draw();
  }

  stop() {
    this.end(DESCENT_WORDS.stopped(this.points, this.steps));
  }

  // What is set at once, as by undo, ends a run.
  setElsewhere() {
    if (this.running) this.end("");
    else write(this.words, "");
  }

  get points() {
    const { spec, values } = this.view;
    return score(spec.goal, spec.cell, values).points;
  }

  // The hand goes first: while it is on a bar, descent waits.
  tick() {
    this.next = requestAnimationFrame(() => this.tick());
    const { view } = this;
    if (view.busy) return;
    for (let k = 0; k <= this.steps / MORE; k++) {
      if (this.points === 100) return this.end(DESCENT_WORDS.solved(this.steps));
      if (!this.step()) return this.end(this.whyStuck());
    }
    const now = performance.now();
    // Not by `save`, which hears nothing while it waits: what is set from elsewhere is to end this.
    if (now - this.sent > SENDING) {
      this.sent = now;
      view.outbox.send();
    }
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still && now - this.drawn < RARELY) return;
    this.drawn = now;
    view.draw();
  }

  // False if it led nowhere.
  step() {
    const { view } = this;
    const { cell, goal, knobs } = view.spec;
    const before = view.values;
    view.shown = view.values = descend(cell, before, goal, knobs);
    this.steps++;
    const now = loss(cell, view.values, goal);
    this.rose ||= now * FALL > this.last;
    this.last = now;
    if (now < this.lowest * FALL)
      Object.assign(this, { lowest: now, patience: PATIENCE, rose: false });
    return moved(before, view.values) && this.patience-- > 0;
  }

  whyStuck() {
    const { lanes, cell, goal } = this.view.spec;
    if (this.rose) return DESCENT_WORDS.jumps(this.points);
    const bars = withoutSlope(cell, this.view.values, goal);
    if (!bars.length) return DESCENT_WORDS.flat(this.points);
    const said = lanes.flatMap(({ trait, letter }) =>
      ["shut", "open"].flatMap((end) => {
        const steps = bars.filter((bar) => bar.trait === trait && bar.shut === (end === "shut"));
        if (!steps.length) return [];
        const which = DESCENT_WORDS.at(
          letter,
          steps.map(({ t }) => t + 1),
        );
        return DESCENT_WORDS[trait === "candidate" ? "end" : end](which);
      }),
    );
    return DESCENT_WORDS.stuck(this.points, said.join("; "));
  }
}

function moved(before, after) {
  const far = (trait) => {
    const was = [before[trait]].flat();
    return [after[trait]].flat().some((v, t) => Math.abs(v - was[t]) > STILL);
  };
  return Object.keys(after).some(far);
}
