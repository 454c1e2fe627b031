// The learner's part of the operating table: its buttons, and what came of the training so far.

import { make, pushButton, write } from "./dom.js";
import { StepPlot } from "./learner_plots.js";
import { Slices, Training } from "./learning.js";
import { unpack } from "./network.js";
import { whole } from "./numbers.js";

const LEARNER_WORDS = {
  group: "Training",
  play: "Play",
  pause: "Pause",
  step: "Step",
  again: "Again",
  start: "Start",
  given: "as given",
  rate: "Learning rate",
  count: (steps) => `${steps} ${steps === "1" ? "step" : "steps"}`,
  says: (count, right, loss, longest) =>
    `After ${count} ${right} of the new stories are right; loss ${loss}; the longest half-life is ${longest}.`,
  words: (number) => `${number} words`,
  most: "over 1,000 words",
  infinite: "beyond all bounds",
  trouble: (sentence) =>
    `${sentence} That step was not done. Try a smaller learning rate, or begin again.`,
  right: (share) => `New stories right: ${share}`,
  loss: (loss) => `Loss on new stories: ${loss}`,
  kept: (shortest, longest) => `Half-lives: ${shortest} to ${longest}`,
  guess: "by guessing",
  gap: (words) => `from city to gap, ${words} words`,
  note: "A step reads 32 stories. Every 20 steps, later more seldom, the network fills 256 new ones, from which it never learns. A half-life, log ½ / log f, is that of a unit's mean f over them. Another start changes the biases alone, and the stories come in the same order.",
};

const SPEAK = 5000; // milliseconds between what a screen reader hears while it learns
const SAVE = 1000; // milliseconds between two times that the weights are handed on
const GAP = 14; // pixels between two plots, as in the style sheet
const NARROWEST = 215; // of a plot beside another
const [SHORT, LONG] = [0.5, 1000]; // the half-lives on the axis, in words
const MOST_LOSS = 4;

const halfLife = (f) => (f < 1 ? Math.log(0.5) / Math.log(f) : Infinity);
const within = (value) => (value < 1 ? Math.max(0, value) : 1); // also for what is no number
const inHundred = (share) => `${Math.round(100 * share)}%`;
const two = (loss) => (Number.isFinite(loss) ? loss.toFixed(2) : LEARNER_WORDS.infinite);
const short = (life) => (life < 9.95 ? life.toFixed(1) : whole(life));
const long = (life) => (life <= LONG ? LEARNER_WORDS.words(short(life)) : LEARNER_WORDS.most);

// How many words the city must be kept for: from it to the last one before the gap.
function distance({ fillers, begin, end, count }) {
  const words = (text) => text.split(" ");
  const after = words(begin).length - 1 - words(begin).indexOf("{answer}");
  return after + count * words(fillers[0]).length + words(end).length;
}

// Trains `net` in place, in the page. `onNetwork(net)` is called when a picture of it is due, at most once a
// frame; `save()` each second while it learns, and when it comes to rest. `take(net)` has it begin with
// another network; `close()` ends it.
export class Learner {
  constructor(el, { spec, net, onNetwork, save }) {
    Object.assign(this, { learning: spec.learning, colors: spec.colors, onNetwork, save });
    this.starts = new Map(this.learning.starts);
    this.said = Infinity; // when a screen reader was told something: not before the first button
    const group = { class: "ln", role: "group", "aria-label": LEARNER_WORDS.group };
    this.root = make("div", group, el);
    this.buildControls();
    this.words = make("p", { class: "ln-sentence" }, this.root);
    this.live = make("p", { class: "ln-live", "aria-live": "polite" }, this.root);
    this.buildPlots(net.H);
    make("p", { class: "ln-note", text: LEARNER_WORDS.note }, this.root);
    this.slices = new Slices(
      (milliseconds) => this.advance(milliseconds),
      () => this.draw(),
    );
    this.observer = new ResizeObserver(() => this.drawPlots());
    this.observer.observe(this.plots);
    this.take(net);
  }

  close() {
    this.slices.close();
    this.observer.disconnect();
  }

  // ---- the page

  buildControls() {
    const { rates, rate } = this.learning;
    const bar = make("div", { class: "ln-controls" }, this.root);
    const button = (name, press) => pushButton(bar, LEARNER_WORDS[name], press);
    const select = (name, values, change) => {
      const made = make("select", {}, make("label", { text: `${LEARNER_WORDS[name]} ` }, bar));
      for (const value of values) make("option", { value, text: value }, made);
      made.addEventListener("change", change);
      return made;
    };
    this.play = button("play", () => this.go(Infinity));
    this.pause = button("pause", () => this.go(this.training.steps + 1));
    this.step = button("step", () => this.go(this.training.steps + 1));
    button("again", () => this.begin());
    this.start = select("start", this.starts.keys(), () => this.begin());
    this.given = make("option", { value: "", text: LEARNER_WORDS.given });
    this.rate = select("rate", rates, () => {
      this.training.lr = Number(this.rate.value);
    });
    this.rate.value = rate;
    this.count = make("span", { class: "ln-count" }, bar);
  }

  buildPlots(units) {
    const { cities } = this.learning.grammar;
    this.plots = make("div", { class: "ln-plots" }, this.root);
    const color = "var(--ink)";
    this.right = new StepPlot(this.plots, {
      place: within,
      marks: [0, 0.5, 1].map((share) => [share, inHundred(share)]),
      level: [1 / cities.length, LEARNER_WORDS.guess],
      color,
    });
    this.loss = new StepPlot(this.plots, {
      place: (loss) => within(loss / MOST_LOSS),
      marks: [0, 2, MOST_LOSS].map((loss) => [loss, `${loss}`]),
      level: [Math.log(cities.length), LEARNER_WORDS.guess],
      color,
    });
    const needed = distance(this.learning.grammar);
    this.kept = new StepPlot(this.plots, {
      place: (life) => within(Math.log(life / SHORT) / Math.log(LONG / SHORT)),
      marks: [1, 10, 100, 1000].map((life) => [life, whole(life)]),
      level: [needed, LEARNER_WORDS.gap(needed)],
      color: this.colors.f,
      lines: units,
    });
  }

  draw() {
    const { training } = this;
    this.onNetwork(training.net);
    write(this.count, LEARNER_WORDS.count(whole(training.steps)));
    const last = training.history.at(-1);
    if (!last) return;
    if (last !== this.drawn) this.drawPlots();
    this.root.dataset.sharedRight = last.right;
    const lives = Array.from(last.kept, halfLife);
    const count = LEARNER_WORDS.count(whole(last.steps));
    const longest = long(Math.max(...lives));
    const came = LEARNER_WORDS.says(count, inHundred(last.right), two(last.loss), longest);
    write(this.words, training.trouble ? LEARNER_WORDS.trouble(training.trouble) : came);
    const now = performance.now();
    if (now - this.said < (training.atRest ? 0 : SPEAK)) return;
    this.said = now;
    write(this.live, this.words.textContent);
  }

  drawPlots() {
    const { history } = this.training;
    const room = this.plots.clientWidth;
    if (!history.length || !room) return;
    this.drawn = history.at(-1);
    const across = room >= 3 * NARROWEST + 2 * GAP ? 3 : room >= 2 * NARROWEST + GAP ? 2 : 1;
    const size = { width: Math.floor((room - (across - 1) * GAP) / across), low: across === 1 };
    const { right, loss, kept } = this.drawn;
    const lives = Array.from(kept, halfLife);
    const range = [short(Math.min(...lives)), long(Math.max(...lives))];
    const steps = history.map((judged) => judged.steps);
    const shares = history.map((judged) => [judged.right]);
    const losses = history.map((judged) => [judged.loss]);
    const all = history.map((judged) => Array.from(judged.kept, halfLife));
    this.right.draw(size, LEARNER_WORDS.right(inHundred(right)), steps, shares);
    this.loss.draw(size, LEARNER_WORDS.loss(two(loss)), steps, losses);
    this.kept.draw(size, LEARNER_WORDS.kept(...range), steps, all);
  }

  // ---- the training

  get playing() {
    return this.training?.until === Infinity;
  }

  take(net) {
    this.net = net;
    this.asGiven = net.all.slice();
    const isAt = (name) => this.weightsOf(name).every((weight, k) => weight === net.all[k]);
    const name = [...this.starts.keys()].find(isAt);
    if (name) this.given.remove();
    else this.start.prepend(this.given);
    this.start.value = name ?? "";
    this.restart();
  }

  weightsOf(start) {
    if (!start) return this.asGiven;
    const net = unpack(this.learning.first, this.net);
    net.b.set(this.starts.get(start));
    return net.all;
  }

  begin() {
    this.net.all.set(this.weightsOf(this.start.value));
    this.restart();
  }

  // It goes on playing if it did; else it is judged as it stands.
  restart() {
    const until = this.playing ? Infinity : 0;
    this.training = new Training(this.net, this.learning, Number(this.rate.value));
    this.go(until);
  }

  go(until) {
    this.training.until = until;
    if (until) this.said = Math.min(this.said, performance.now());
    this.showButtons();
    this.slices.go();
  }

  // Which of them can be pressed; the focus goes from one that can no longer to the one that can.
  showButtons() {
    const { activeElement } = document;
    const { play, pause, step, playing } = this;
    [play.disabled, pause.disabled, step.disabled] = [playing, !playing, playing];
    if (activeElement === play && playing) pause.focus();
    if (activeElement === pause && !playing) play.focus();
  }

  advance(milliseconds) {
    this.training.advance(milliseconds);
    const now = performance.now();
    const { atRest } = this.training;
    if (atRest || now - (this.saved ?? 0) > SAVE) {
      this.saved = now;
      this.save();
    }
    if (atRest) this.showButtons();
    return !atRest;
  }
}
