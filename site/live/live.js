// The lessons' widgets on a page without a kernel. The console and the guess are the notebook's own,
// on a model that lives in the page; a panel shows pictures that were drawn when the page was built.

import gateConsole from "./console.js";
import { make } from "./dom.js";
import guess from "./guess.js";
import progress from "./progress.js";

const WORDS = {
  others: (list) => `Here ${list.join(", ")}. `,
  live: "Move every control in the live lesson",
};

// What a widget of a notebook asks of its model, and no more.
class Model {
  constructor(state) {
    this.state = state;
    this.heard = new Map();
  }
  get(name) {
    return this.state[name];
  }
  set(changes, value) {
    if (typeof changes === "string") changes = { [changes]: value };
    const changed = Object.keys(changes).filter(
      (name) => JSON.stringify(changes[name]) !== JSON.stringify(this.state[name]),
    );
    Object.assign(this.state, changes);
    for (const name of changed) this.tell(`change:${name}`);
  }
  save_changes() {}
  // What is asked for is the course, which stands beside the state of the widget that asks.
  send() {
    this.tell("msg:custom", this.state.course);
  }
  tell(name, content) {
    for (const hear of this.heard.get(name) ?? []) hear(content);
  }
  on(names, hear) {
    for (const name of names.split(" "))
      this.heard.set(name, new Set([...(this.heard.get(name) ?? []), hear]));
  }
  off(names, hear) {
    for (const name of names.split(" ")) this.heard.get(name)?.delete(hear);
  }
}

function panel({ model, el }) {
  el.classList.add("live-panel");
  const frames = model.get("frames"),
    [width, height] = model.get("size"),
    others = model.get("others");
  const label = make("label", {}, el);
  label.append(model.get("letter"));
  const slider = make(
    "input",
    { type: "range", min: 0, max: frames.length - 1, value: model.get("start") },
    label,
  );
  const shown = make("output", {}, label);
  const picture = make("img", { width, height, class: "picture" }, el);
  const sentence = make("p", {}, el);
  const more = make("p", { class: "live-more" }, el);
  if (others.length) {
    more.append(WORDS.others(others));
    make("a", { href: model.get("live") }, more).textContent = WORDS.live;
  }
  const draw = () => {
    const [value, address, words] = frames[slider.valueAsNumber];
    shown.textContent = value;
    slider.setAttribute("aria-valuetext", value);
    picture.src = address;
    picture.alt = sentence.textContent = words;
  };
  slider.addEventListener("input", draw);
  draw();
  // The other pictures are fetched when this one comes near, so that a drag finds them there.
  const near = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      near.disconnect();
      for (const [, address] of frames) new Image().src = address;
    },
    { rootMargin: "400px" },
  );
  near.observe(el);
}

// By the name of the Python class.
const WIDGETS = {
  GateConsole: gateConsole.render,
  Guess: guess.render,
  Progress: progress.render,
  Panel: panel,
};
for (const el of document.querySelectorAll(".live")) {
  const state = JSON.parse(el.querySelector("script").textContent);
  el.replaceChildren();
  WIDGETS[el.dataset.kind]({ model: new Model(state), el });
}
