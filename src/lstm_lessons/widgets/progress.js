// The lessons, with a dot for each exercise and puzzle. What is solved is kept by the browser.

import { keep, make, noteSolved, recall, solvedNames, whenSolved } from "./dom.js";

const WORDS = {
  title: "How far you are",
  unknown: "Run this cell to see how far you are.",
  lesson: (number, solved, all) => `Lesson ${number}: ${solved} of ${all} solved`,
  all: (solved, all) =>
    `${solved} of ${all} exercises and puzzles solved. Your browser keeps the count; nobody else sees it.`,
};

// The course as [[name, …], …], a list for each lesson, as an earlier visit has heard of it.
function earlier() {
  const course = recall("course");
  return Array.isArray(course) && course.every(Array.isArray) ? course : [];
}

function draw(root, course, solved) {
  const count = (names) => names.filter((name) => solved.has(name)).length;
  root.replaceChildren();
  const list = make("ol", {}, root);
  for (const [k, names] of course.entries()) {
    const row = make("li", {}, list);
    make("span", { text: WORDS.lesson(k + 1, count(names), names.length) }, row);
    const dots = make("span", { class: "how-far-dots", "aria-hidden": "true" }, row);
    for (const name of names) make("i", { class: solved.has(name) ? "done" : "" }, dots);
  }
  const names = course.flat();
  const text = names.length ? WORDS.all(count(names), names.length) : WORDS.unknown;
  make("p", { text }, root);
}

function render({ model, el }) {
  const root = make("section", { class: "how-far", "aria-label": WORDS.title }, el);
  let course = earlier();
  const redraw = () => draw(root, course, new Set([...solvedNames(), ...model.get("solved")]));
  // Which exercises there are is asked for and not stored: a notebook must not grow stale with them.
  const hear = (told) => {
    course = told;
    keep("course", course);
    redraw();
  };
  const solve = () => {
    noteSolved(model.get("solved"));
    redraw();
  };
  const stop = whenSolved(redraw);
  model.on("msg:custom", hear);
  model.on("change:solved", solve);
  solve();
  model.send("course");
  return () => {
    stop();
    model.off("msg:custom", hear);
    model.off("change:solved", solve);
  };
}

export default { render };
