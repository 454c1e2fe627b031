// The story at the table: its words as chips beside the maps, and what changes the chosen one.

import { make, pushButton, set, write } from "./dom.js";
import { ALL, MOST_WORDS } from "./network_says.js";

const STORY_WORDS = {
  story: "Story",
  other: "Second",
  chip: (word, text) => `Word ${word}, ${text}`,
  differs: (word, text) => `Word ${word}, ${text}, which differs`,
  choose: (word) => `Word ${word}`,
  every: "Every word",
  ofOther: (word) => `Word ${word} of the second story`,
  add: "Add a word after it",
  remove: "Remove it",
  kinds: { cities: "Cities", names: "Names", rest: "Other words" },
};

// A column of chips, one a word of "story" or "other"; `hear(word)` when one is chosen.
export class Chips {
  constructor(parent, which, hear) {
    this.hear = hear;
    const name = STORY_WORDS[which];
    this.root = make("div", { class: `nc-words nc-${which}` }, parent);
    make("div", { class: "nc-title", text: name }, this.root);
    this.list = make("div", { role: "group", "aria-label": name }, this.root);
    this.list.addEventListener("click", (event) => this.take(event.target));
    this.list.addEventListener("keydown", (event) => {
      const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!way) return;
      event.preventDefault();
      const next = Number(event.target.dataset.chip) + way;
      this.list.querySelector(`[data-chip="${next}"]`)?.focus();
    });
    this.list.addEventListener("focusin", (event) => this.take(event.target));
  }

  take(target) {
    const chip = target.closest("[data-chip]");
    if (chip) this.hear(Number(chip.dataset.chip));
  }

  show(words, others, chosen, row) {
    this.root.style.setProperty("--row", `${row}px`);
    while (this.list.children.length > words.length) this.list.lastChild.remove();
    while (this.list.children.length < words.length)
      make("button", { type: "button", class: "nc-chip" }, this.list);
    for (const [t, chip] of [...this.list.children].entries()) {
      const differs = others.length > 0 && others[t] !== words[t];
      const word = t + 1;
      write(chip, words[t]);
      chip.classList.toggle("nc-differs", differs);
      chip.classList.toggle("nc-here", word === chosen);
      set(chip, {
        "data-chip": word,
        "aria-label": STORY_WORDS[differs ? "differs" : "chip"](word, words[t]),
        "aria-pressed": word === chosen,
        tabindex: word === (chosen === ALL ? 1 : Math.min(chosen, words.length)) ? 0 : -1,
      });
    }
  }
}

// The row that changes words; `view` is the console.
export class WordEditor {
  constructor(parent, view) {
    const { vocabulary, cities } = view.spec;
    this.root = make("div", { class: "nc-editor" }, parent);
    this.selects = ["story", "other"].map((which) => {
      const label = make("label", {}, this.root);
      const name = make("span", {}, label);
      const select = make("select", {}, label);
      const [all, capital] = [new Set(cities), (word) => word[0] !== word[0].toLowerCase()];
      const names = vocabulary.filter((word) => !all.has(word) && capital(word));
      const rest = vocabulary.filter((word) => !all.has(word) && !capital(word));
      for (const [kind, words] of Object.entries({ cities, names, rest })) {
        const group = make("optgroup", { label: STORY_WORDS.kinds[kind] }, select);
        for (const text of words) make("option", { value: text, text }, group);
      }
      select.addEventListener("change", () => view.exchange(which, select.value));
      return { which, label, name, select };
    });
    this.add = pushButton(this.root, STORY_WORDS.add, () => view.addWord());
    this.remove = pushButton(this.root, STORY_WORDS.remove, () => view.removeWord());
  }

  show(story, other, word) {
    for (const { which, label, name, select } of this.selects) {
      const words = which === "story" ? story : other;
      const here = words[word - 1];
      label.hidden = which === "other" && here === undefined;
      write(name, this.name(which, word));
      set(select, { "aria-label": name.textContent });
      select.disabled = here === undefined;
      select.value = here ?? "";
    }
    this.add.disabled = word === ALL || story.length >= MOST_WORDS || other.length >= MOST_WORDS;
    this.remove.disabled = word === ALL || story.length < 2;
  }

  name(which, word) {
    if (word === ALL) return STORY_WORDS.every;
    return STORY_WORDS[which === "story" ? "choose" : "ofOther"](word);
  }
}
