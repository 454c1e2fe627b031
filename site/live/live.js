// The lessons' widgets on a page without a kernel, and what a page has to offer besides: phrases that
// do what they say, a switch for all code, the way back to where one was. The widgets are the notebook's
// own, each on a model that lives in the page.

import gateConsole from "./console.js";
import { keep, make, recall } from "./dom.js";
import guess from "./guess.js";
import lens from "./lens.js";
import networkConsole from "./network_console.js";
import panel from "./panel.js";
import { tryOut } from "./phrases.js";
import progress from "./progress.js";
import scanTree from "./scan_tree.js";
import { offerLink, openLink } from "./sharing.js";

const WORDS = {
  code: "Show all code",
  on: (title) => `Continue: ${title}`,
  waits: "The text goes on here when you have answered the question above, or pressed “Show me”.",
};
const LAST = "last lesson"; // under this the browser keeps where the reader was
const CODE = "all code"; // and whether all code is to be shown

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

// By the name of the Python class.
const WIDGETS = {
  GateConsole: gateConsole.render,
  GradientLens: lens.render,
  Guess: guess.render,
  NetworkConsole: networkConsole.render,
  PanelView: panel.render,
  Progress: progress.render,
  ScanTree: scanTree.render,
};

// ---- a console stays in sight while the text after it speaks of it, where there is room for both

const READING = 260; // pixels that the text needs below it

function keepInSight(cell) {
  const room = make("div");
  cell.before(room);
  room.append(cell);
  const ends = "section, .cell:has(.live, .picture)";
  while (room.nextElementSibling && !room.nextElementSibling.matches(ends))
    room.append(room.nextElementSibling);
  const fit = () => cell.classList.toggle("stays", cell.offsetHeight + READING < innerHeight);
  new ResizeObserver(fit).observe(cell);
  window.addEventListener("resize", fit);
}

// ---- what stands behind a guess's answer waits with it, as far as the next heading or thing to drag

function keepBack(cell) {
  const before = (el) => el.compareDocumentPosition(cell) & Node.DOCUMENT_POSITION_FOLLOWING;
  const guess = places.findLast((el) => el.dataset.kind === "Guess" && before(el));
  const rest = [];
  const ends = "section, .live, :has(.live)";
  for (let it = cell.nextElementSibling; it && !it.matches(ends); it = it.nextElementSibling)
    rest.push(it);
  if (!rest.length) return;
  const note = make("p", { class: "waits", text: WORDS.waits });
  cell.after(note);
  const show = () => {
    const open = Boolean(guess.querySelector(".guess-said"));
    note.hidden = open;
    for (const it of rest) it.classList.toggle("kept-back", !open);
  };
  new MutationObserver(show).observe(guess, { childList: true, subtree: true });
  show();
}

// ---- one switch for the code of all cells; those that only set up a widget are there with it

function codeSwitch(openers) {
  const label = make("label", { class: "all-code" }, openers);
  const box = make("input", { type: "checkbox" }, label);
  label.append(WORDS.code);
  const show = () => {
    document.body.classList.toggle("shows-code", box.checked);
    for (const fold of document.querySelectorAll(".tag_code > details, .tag_answer > details"))
      fold.open = box.checked;
  };
  box.checked = recall(CODE) === true;
  if (box.checked) show();
  box.addEventListener("change", () => {
    keep(CODE, box.checked);
    show();
  });
}

// The front page leads on to the lesson that was read last, by the list beside the page.
function leadOn(link) {
  const lessons = [...document.querySelectorAll(".sidebar-tree a")];
  const last = lessons.find((a) => a.getAttribute("href") === `${recall(LAST)}.html`);
  if (!last) return;
  link.href = last.href;
  link.textContent = WORDS.on(last.textContent);
  link.hidden = false;
}

// Take the reader to what a link has set, and stay there while the page is still being laid out.
function bring(el) {
  const stay = new ResizeObserver(() => el.scrollIntoView());
  stay.observe(document.querySelector("article"));
  for (const act of ["wheel", "pointerdown", "touchstart", "keydown"])
    window.addEventListener(act, () => stay.disconnect(), { once: true, passive: true });
}

const places = [...document.querySelectorAll(".live")];
const models = new Map();
for (const button of document.querySelectorAll("button.try"))
  button.addEventListener("click", () => tryOut(button, places, models));
const openers = document.querySelector(".openers[data-lesson]");
if (openers) {
  codeSwitch(openers);
  keep(LAST, openers.dataset.lesson);
}
// What is wider than its place is scrolled by keys as well.
const reach = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const wide of document.querySelectorAll("article :is(pre, .math, .table-wrapper)"))
  reach.observe(wide);
const onward = document.querySelector(".continue");
if (onward) leadOn(onward);
for (const el of places)
  models.set(el, new Model(JSON.parse(el.querySelector("script").textContent)));
const linked = openLink(places, models);
for (const [el, model] of models) {
  // A puzzle has its text in it, and what follows is the next one.
  const spokenOn = el.dataset.kind === "GateConsole" && !model.get("goal");
  if (spokenOn && el.closest(".cell")) keepInSight(el.closest(".cell"));
  el.replaceChildren();
  WIDGETS[el.dataset.kind]({ model, el });
  offerLink(el, model);
}
if (linked) bring(linked);
// Sphinx marks what was searched for a moment after the page is there; the reader is taken to it.
window.addEventListener("load", () =>
  setTimeout(() => {
    const found = [...document.querySelectorAll("article .highlighted")];
    if (!location.hash)
      found.find((it) => it.checkVisibility())?.scrollIntoView({ block: "center" });
  }, 100),
);
for (const cell of document.querySelectorAll(".cell.tag_answer")) keepBack(cell);
