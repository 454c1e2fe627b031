// What stands around the operating table's maps: controls, answers, the sentence, and the row that sets
// what is chosen.

import { make, pushButton, same, set, write } from "./dom.js";
import { likeliest, lowest, sayValue } from "./network_says.js";
import { cellName, Table } from "./network_table.js";
import { Chips, WordEditor } from "./network_words.js";
import { num } from "./numbers.js";
import { Speech } from "./speech.js";

const NETWORK_WORDS = {
  startFrom: "Start from",
  own: "by your own hand",
  at: (name, word, text) => `${name} (word ${word}, ${text})`,
  undo: "Undo",
  reset: "Reset",
  fresh: "New story",
  compare: "Compare with a second story",
  close: "Close the second story",
  answers: "The five likeliest answers",
  told: "in the story",
  release: "Let the network decide",
  take: (gate) => `Take ${gate}`,
  from: (city, p, words, units) =>
    `From the second story, which answers ${city}, ${p}; at ${words}, in ${units}:`,
  note:
    "Drag a bar up or down. The grip at the left of a row moves all units at that word, the strip above a map one unit at every word. A frame marks what is set by hand. With a finger: tap, then drag, or use the slider. " +
    "Keys: Tab to the maps, arrows to a value, + and − to move it (Shift: by 0.01), Page Up and Page Down by 0.25, Home and End to its ends, Delete lets the network decide, Esc takes a drag back.",
};

export class Page {
  // `view` is the console: what there is, and what becomes of it.
  constructor(view) {
    this.view = view;
    const { root, spec } = view;
    this.buildControls(root);
    const list = { class: "nc-answers", role: "group", "aria-label": NETWORK_WORDS.answers };
    const answers = make("div", list, root);
    this.answers = Array.from({ length: 5 }, () => {
      const node = make("div", { class: "nc-answer" }, answers);
      const [name, p, told] = ["b", "span", "small"].map((tag) => make(tag, {}, node));
      return { node, name, p, told, bar: make("i", {}, node) };
    });
    this.words = make("p", { class: "nc-sentence" }, root);
    const frame = make("div", {}, root); // the dock stays in sight as long as the table is
    const body = make("div", { class: "nc-body" }, frame);
    const hear = (word) => view.choose({ ...view.chosen, word });
    this.chips = ["story", "other"].map((which) => new Chips(body, which, hear));
    this.table = new Table(body, spec);
    this.buildDock(frame);
    this.editor = new WordEditor(root, view);
    this.speech = new Speech(root, "nc-live");
    make("p", { class: "nc-note", text: NETWORK_WORDS.note }, root);
  }

  buildControls(root) {
    const { view } = this;
    const bar = make("div", { class: "nc-controls" }, root);
    const button = (name, hear) => pushButton(bar, NETWORK_WORDS[name], hear);
    this.select = make("select", {}, make("label", { text: NETWORK_WORDS.startFrom }, bar));
    this.select.addEventListener("change", () => view.startFrom(this.select.value));
    this.undo = button("undo", () => view.takeBack());
    button("reset", () => view.startAgain());
    button("fresh", () => view.change({ story: view.nextStory() }));
    this.compare = button("compare", () => view.compare());
  }

  // What sets the chosen value exactly, and what can be taken from the second story.
  buildDock(frame) {
    const { view } = this;
    const dock = make("div", { class: "nc-dock" }, frame);
    const row = make("div", { class: "nc-readout" }, dock);
    this.name = make("b", { class: "nc-hue" }, row);
    this.range = make("input", { type: "range", max: 1, step: 0.01 }, row);
    this.number = make("output", {}, row);
    this.releaser = pushButton(row, NETWORK_WORDS.release, () => view.release());
    this.range.addEventListener("input", () => {
      view.remember(`range ${Object.values(view.chosen)}`);
      view.put(Number(this.range.value));
    });
    this.taking = make("div", { class: "nc-taking" }, dock);
    this.from = make("span", {}, this.taking);
    for (const gate of "fiog")
      pushButton(this.taking, NETWORK_WORDS.take(gate), () => view.takeOver(gate));
  }

  // Again when the size, a story or what is chosen has changed. Whether there was room for it.
  fit() {
    const { story, other, chosen, root } = this.view;
    const width = Math.floor(root.clientWidth);
    if (!width) return false;
    root.classList.toggle("nc-two", other.length > 0);
    this.table.build(story.length, width);
    this.chips[0].show(story, other, chosen.word, this.table.row);
    this.chips[1].show(other, story, chosen.word, this.table.row);
    this.editor.show(story, other, chosen.word);
    this.table.choose(chosen);
    return true;
  }

  // At every move of the hand, and at every picture while it learns. `it` is as `tell` has it, with the
  // likeliest answers and the sentence.
  draw(it) {
    const { chosen, best, run, said } = it;
    const { cities } = this.view.spec;
    this.table.draw({ ...it, city: cities[best[0]] });
    for (const [rank, k] of best.entries()) this.drawAnswer(rank, cities[k], run.p[k]);
    write(this.words, said);
    this.drawControls();
    this.table.speak(chosen, run);
    this.speech.say(said, () => this.table.speakAll(run));
  }

  drawAnswer(rank, city, p) {
    const { node, name, p: number, told, bar } = this.answers[rank];
    set(node, { "data-answer": city, "data-probability": p });
    write(name, city);
    write(number, num(p));
    write(told, this.view.story.includes(city) ? NETWORK_WORDS.told : "");
    bar.style.transform = `scaleX(${p})`;
  }

  drawControls() {
    const { view, range } = this;
    const { gate, unit, word } = view.chosen;
    const name = cellName(gate, unit, word);
    write(this.name, name);
    this.name.style.setProperty("--gate", view.spec.colors[gate]);
    set(range, { min: lowest(gate), "aria-label": name });
    range.value = view.value;
    write(this.number, sayValue(view.value));
    this.releaser.disabled = view.spots().every((at) => Number.isNaN(view.hands[at]));
    this.undo.disabled = !view.history.length;
    write(this.compare, NETWORK_WORDS[view.other.length ? "close" : "compare"]);
    this.drawPresets();
    this.taking.hidden = !view.otherRun;
    if (!view.otherRun) return;
    const { p } = view.otherRun;
    const [k] = likeliest(p, 1);
    const [, units, words] = name.split(", ");
    write(this.from, NETWORK_WORDS.from(view.spec.cities[k], num(p[k]), words, units));
  }

  // The presets that this story has a word for; none of them is chosen when the hand has gone on.
  drawPresets() {
    const { story, presets, preset } = this.view;
    const options = presets.map(({ name, word, gates }) => {
      const bare = !Object.keys(gates).length;
      return [name, bare ? name : NETWORK_WORDS.at(name, word, story[word - 1])];
    });
    options.push(["", NETWORK_WORDS.own]);
    if (!same(options, this.options)) {
      this.select.replaceChildren();
      for (const [value, text] of options) make("option", { value, text }, this.select);
      this.select.lastChild.hidden = true;
      this.options = options;
    }
    this.select.value = preset;
  }

  close() {
    this.speech.close();
  }
}
