// The operating table: a story, a trained network's gates and states at each of its words, what it
// answers, and a hand on every gate.

import { make, same, write } from "./dom.js";
import { outermost } from "./keys.js";
import { Learner } from "./learner.js";
import { felt, forward, pack, unpack } from "./network.js";
import { TableHand } from "./network_hand.js";
import { Page } from "./network_page.js";
import {
  ALL,
  alike,
  handsOf,
  isChosen,
  likeliest,
  listed,
  lowest,
  MOST_WORDS,
  mean,
  placeOf,
  places,
  presetHands,
  spliced,
  tell,
  untouched,
} from "./network_says.js";
import { Outbox } from "./outbox.js";

const FAULTS = {
  sentence: (name, got, expected) => `${name}: got ${got}, expected ${expected}.`,
  story: "1 to 40 words of the vocabulary",
  other: "up to 40 words of the vocabulary",
  hands: "a list of [gate, word, unit, value]",
  chosen: "[gate, unit, word]",
};
const UNDO_DEPTH = 100; // how many changes can be taken back

class NetworkConsole {
  constructor(model, el) {
    this.model = model;
    const fixed = ["vocabulary", "cities", "units", "colors", "samples", "learning"];
    this.spec = Object.fromEntries(fixed.map((name) => [name, model.get(name)]));
    const { vocabulary, cities, units, samples } = this.spec;
    this.spec.presets = new Map(model.get("presets"));
    this.known = new Map(vocabulary.map((word, k) => [word, k]));
    this.sizes = { D: vocabulary.length, H: units, K: cities.length };
    this.history = [];
    Object.assign(this, { story: samples[0], other: [] });
    this.hands = untouched(this.story.length, units);
    this.chosen = { gate: "f", unit: ALL, word: 1 };
    this.root = outermost(el, "nc", () => this.takeBack());
    this.fault = make("p", { class: "nc-fault", role: "alert" }, this.root);
    if (!this.readWeights()) return;
    Object.assign(this, this.read());
    this.start = { story: this.story, other: this.other };
    if (this.spec.learning) this.mountLearner();
    this.outbox = new Outbox(model, () => this.state);
    this.page = new Page(this);
    this.listen();
  }

  mountLearner() {
    const { root, spec, net } = this;
    const onNetwork = () => this.relearned();
    this.learner = new Learner(root, { spec, net, onNetwork, save: () => this.saveWeights() });
  }

  // The table is built for one size and one number of words, and again when they change.
  fit() {
    if (this.page.fit()) this.draw();
  }

  draw() {
    if (!this.page.table.T) return; // there was no room yet
    const { net, hands, story, other, spec, chosen } = this;
    const words = this.coded(story);
    const touched = hands.some((value) => !Number.isNaN(value));
    this.run = forward(net, words, touched ? hands : null);
    this.plain = touched ? (this.plain ?? forward(net, words)) : this.run;
    this.otherRun = other.length ? (this.otherRun ?? forward(net, this.coded(other))) : null;
    const best = likeliest(this.run.p, 5);
    const lengths = felt(net, this.run, best[0], touched ? hands : null);
    const { cities, units: H } = spec;
    const it = { chosen, hands, run: this.run, plain: this.plain, lengths, story, cities, H };
    this.page.draw({ ...it, best, said: tell(it) });
  }

  // ---- what there is: the story, a second one or none, what is set by hand, what is chosen

  coded(words) {
    return words.map((word) => this.known.get(word));
  }

  // Those that this story has a word for: what they set, and where.
  get presets() {
    const { presets, cities, units } = this.spec;
    const made = [...presets].map(([name, preset]) => {
      const hands = presetHands(preset, this.story, cities, units);
      return { name, ...preset, word: placeOf(preset.where, this.story, cities), hands };
    });
    return made.filter(({ word }) => word);
  }

  // The one that is set; "" if it is none.
  get preset() {
    return this.presets.find(({ hands }) => alike(hands, this.hands))?.name ?? "";
  }

  // Where the chosen values stand among all gates.
  spots() {
    return places(this.chosen, this.story.length, this.spec.units);
  }

  get value() {
    return mean(this.run.gates, this.spots());
  }

  // What the model has; in place of what cannot be, what there was before, and a sentence.
  read() {
    const { units: H } = this.spec;
    const given = Object.fromEntries(
      ["story", "other", "hands", "chosen"].map((name) => [name, this.model.get(name)]),
    );
    const words = (list, low) =>
      Array.isArray(list) &&
      list.length >= low &&
      list.length <= MOST_WORDS &&
      list.every((word) => this.known.has(word));
    const fits = { story: words(given.story, 1), other: words(given.other, 0) };
    const story = fits.story ? [...given.story] : this.story;
    const T = story.length;
    const hands = handsOf(given.hands, T, H);
    const [gate, unit, word] = Array.isArray(given.chosen) ? given.chosen : [];
    const chosen = { gate, unit, word: word > T && word <= MOST_WORDS ? T : word };
    Object.assign(fits, { hands: hands !== null, chosen: isChosen(chosen, T, H) });
    const wrong = Object.keys(fits).find((name) => !fits[name]);
    this.complain(wrong, given[wrong], FAULTS[wrong]);
    return {
      story,
      other: fits.other ? [...given.other] : this.other,
      hands: hands ?? handsOf(listed(this.hands, H), T, H),
      chosen: fits.chosen ? chosen : { ...this.chosen, word: this.within(this.chosen.word, T) },
    };
  }

  within(word, T) {
    return word === ALL ? ALL : Math.min(word, T);
  }

  complain(name, got, expected) {
    const shown = name ? FAULTS.sentence(name, JSON.stringify(got)?.slice(0, 60), expected) : "";
    write(this.fault, shown);
  }

  // Whether the weights can be read; if not, a sentence says why, and the network stays as it was.
  readWeights() {
    const text = this.model.get("weights");
    if (text === this.weights) return true;
    try {
      this.net = unpack(text, this.sizes);
      this.weights = text;
      this.forget();
      return true;
    } catch (error) {
      write(this.fault, error.message);
      return false;
    }
  }

  // ---- to and from Python

  get state() {
    const { story, other, preset: chosen_preset } = this;
    const { gate, unit, word } = this.chosen;
    const hands = listed(this.hands, this.spec.units);
    return { story, other, hands, chosen: [gate, unit, word], chosen_preset };
  }

  save() {
    this.outbox.save();
  }

  saveWeights() {
    this.weights = pack(this.net);
    this.model.set("weights", this.weights);
    this.model.save_changes();
  }

  // The learner has changed the network's numbers in place.
  relearned() {
    this.forget();
    this.draw();
  }

  // The runs that are not made again at every move: without the hand, and of the second story.
  forget() {
    Object.assign(this, { plain: null, otherRun: null });
  }

  // Python, a button on the page, or another view of this table has changed something.
  hear() {
    if (this.hand.drag || this.outbox.waiting) return;
    const [before, { net }] = [this.snapshot(), this];
    const heard = this.read();
    if (this.readWeights() && this.net !== net) this.learner?.take(this.net);
    const { chosen, ...rest } = heard;
    if (!this.equals(before, rest)) this.remember("heard");
    this.become(heard);
    this.model.set("chosen_preset", this.preset); // so that the one it was can be chosen again
  }

  hearPreset() {
    const name = this.model.get("chosen_preset");
    if (this.spec.presets.has(name) && name !== this.preset) this.startFrom(name);
  }

  // ---- changes, each of which can be taken back

  snapshot() {
    const { story, other, hands } = this;
    return { story, other, hands };
  }

  equals(one, other) {
    return (
      same([one.story, one.other], [other.story, other.other]) && alike(one.hands, other.hands)
    );
  }

  // Before a change: where undo leads back to. Changes with the same key count as one.
  remember(key = "") {
    if (!key || key !== this.lastKey)
      this.history = [...this.history, this.snapshot()].slice(-UNDO_DEPTH);
    this.lastKey = key;
    this.hands = this.hands.slice();
  }

  become(changes) {
    Object.assign(this, changes);
    this.forget();
    this.chosen = { ...this.chosen, word: this.within(this.chosen.word, this.story.length) };
    this.fit();
  }

  // What is set by hand stays where it is, unless the change says otherwise.
  change(changes) {
    this.remember();
    const T = (changes.story ?? this.story).length;
    const hands = handsOf(listed(this.hands, this.spec.units), T, this.spec.units);
    this.become({ hands, ...changes });
    this.save();
  }

  takeBack() {
    if (!this.history.length) return;
    this.lastKey = "";
    this.become(this.history.pop());
    this.save();
  }

  // At a word that the story lacks there is nothing to set.
  startFrom(name) {
    const preset = this.presets.find((it) => it.name === name);
    if (!preset) return;
    const [gate = this.chosen.gate] = Object.keys(preset.gates);
    this.change({ hands: preset.hands, chosen: { gate, unit: ALL, word: preset.word } });
  }

  startAgain() {
    const T = this.start.story.length;
    this.change({ ...this.start, hands: untouched(T, this.spec.units) });
  }

  choose(chosen) {
    if (same(chosen, this.chosen)) return;
    this.chosen = chosen;
    this.save();
    this.fit();
  }

  // A value for all that is chosen; NaN lets the network decide. `remember` comes before it.
  put(value) {
    const inside = Math.min(1, Math.max(lowest(this.chosen.gate), value));
    for (const at of this.spots()) this.hands[at] = Math.round(100 * inside) / 100;
    this.save();
    this.draw();
  }

  release() {
    this.remember();
    for (const at of this.spots()) this.hands[at] = Number.NaN;
    this.save();
    this.draw();
  }

  // Interchange: what the second story's own run has at the same places.
  takeOver(gate) {
    const { gates } = this.otherRun;
    this.remember();
    this.chosen = { ...this.chosen, gate };
    for (const at of this.spots()) if (at < gates.length) this.hands[at] = gates[at];
    this.save();
    this.fit();
  }

  exchange(which, text) {
    const put = (word, t) => (t === this.chosen.word - 1 ? text : word);
    this.change({ [which]: this[which].map(put) });
  }

  // A copy of the chosen word after it; in the second story at the same place.
  addWord() {
    this.splice(this.chosen.word, 0, 1);
  }

  removeWord() {
    this.splice(this.chosen.word - 1, 1, 0);
  }

  splice(t, gone, come) {
    const cut = (words) => {
      const added = words.slice(t - come, t);
      return [...words.slice(0, t), ...added, ...words.slice(t + gone)];
    };
    const hands = spliced(this.hands, t, gone, come, this.spec.units);
    this.change({ story: cut(this.story), other: cut(this.other), hands });
  }

  nextStory() {
    const { samples } = this.spec;
    const rest = samples.filter((words) => !same(words, this.story));
    this.told = ((this.told ?? -1) + 1) % rest.length;
    return rest[this.told];
  }

  // A second story, the same with a different city, or none any more.
  compare() {
    const { story, chosen } = this;
    const { cities } = this.spec;
    if (this.other.length) return this.change({ other: [] });
    const city = story.findLastIndex((word) => cities.includes(word));
    const other = cities.at(cities.indexOf(story[city]) - 1);
    this.change({
      other: story.map((word, t) => (t === city ? other : word)),
      chosen: city < 0 ? chosen : { gate: "g", unit: ALL, word: city + 1 },
    });
  }

  // ---- the hand

  listen() {
    const { root } = this;
    this.hand = new TableHand(this);
    root.addEventListener("keydown", () => root.classList.add("nc-keys"), true);
    // A theme's colours come into the canvas when they change.
    for (const end of ["transitionend", "transitioncancel"])
      root.addEventListener(end, (event) => event.target === root && this.draw());
    this.heard = "change:story change:other change:hands change:chosen change:weights";
    this.onHear = () => this.hear();
    this.onPreset = () => this.hearPreset();
    this.model.on(this.heard, this.onHear);
    this.model.on("change:chosen_preset", this.onPreset);
    this.observer = new ResizeObserver(() => this.fit());
    this.observer.observe(root);
  }

  close() {
    this.learner?.close();
    this.observer.disconnect();
    this.model.off(this.heard, this.onHear);
    this.model.off("change:chosen_preset", this.onPreset);
    this.page.close();
  }
}

function render({ model, el }) {
  const view = new NetworkConsole(model, el);
  return () => view.page && view.close(); // without a network there is nothing but a sentence
}

export default { render };
