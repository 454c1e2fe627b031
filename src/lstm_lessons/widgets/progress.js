// The lessons, with a dot for each exercise and puzzle. What is solved is kept by the browser.

import { keep, make, noteSolved, recall, solvedNames, whenSolved } from "./dom.js";

const WORDS = {
  title: "How far you are",
  unknown: "Run this cell to see how far you are.",
  lesson: (number, title) => `${number} · ${title}`,
  count: (solved, all) => `${solved} of ${all}`,
  all: (solved, all) => `${solved} of ${all} exercises and puzzles solved.`,
  kept: "Your browser keeps the count, for this address alone; nobody else sees it.",
  lost: "Your browser keeps nothing here: the count ends with this page.",
};

// The course as [{ notebook, title, names }, …], as an earlier visit has heard of it.
function earlier() {
  const course = recall("course");
  const whole = (lesson) => typeof lesson?.title === "string" && Array.isArray(lesson.names);
  return Array.isArray(course) && course.every(whole) ? course : [];
}

// The notebook on this page, as its address has it: its folder on the server and its name, or nothing
// where a notebook has no address, as in VS Code and Colab.
function place() {
  const { pathname, searchParams } = new URL(location.href);
  const shown = searchParams.get("path") ?? pathname.match(/\/(?:tree|notebooks)\/(.+)$/)?.[1];
  const parts = decodeURIComponent(shown ?? "").match(/^(.*\/)?([^/]+)\.ipynb$/);
  return parts && { folder: parts[1] ?? "", notebook: parts[2] };
}

// How to get to a lesson's notebook beside this one. JupyterLab and Notebook open it themselves on a
// click, as they do with a link in a text; the address serves to open it in another tab.
function toNotebook({ folder }, notebook) {
  const path = `${folder}${notebook}.ipynb`;
  const url = new URL(location.href);
  if (url.searchParams.has("path")) url.searchParams.set("path", path);
  else url.pathname = url.pathname.replace(/[^/]+$/, `${notebook}.ipynb`);
  url.hash = "";
  return {
    href: url.href,
    "data-commandlinker-command": "docmanager:open",
    "data-commandlinker-args": JSON.stringify({ path }),
  };
}

function draw(root, course, solved, way, kept) {
  const count = (names) => names.filter((name) => solved.has(name)).length;
  root.replaceChildren();
  const list = make("ol", {}, root);
  for (const [k, { notebook, title, names }] of course.entries()) {
    const row = make("li", {}, list);
    const link = way(notebook);
    make(link ? "a" : "span", { ...link, text: WORDS.lesson(k + 1, title) }, row);
    make("span", { text: WORDS.count(count(names), names.length) }, row);
    const dots = make("span", { class: "how-far-dots", "aria-hidden": "true" }, row);
    for (const name of names) make("i", { class: solved.has(name) ? "done" : "" }, dots);
  }
  const names = course.flatMap((lesson) => lesson.names);
  const said = [WORDS.all(count(names), names.length), kept ? WORDS.kept : WORDS.lost];
  make("p", { text: names.length ? said.join(" ") : WORDS.unknown }, root);
}

function render({ model, el }) {
  const root = make("section", { class: "lesson-root how-far", "aria-label": WORDS.title }, el);
  const here = place();
  const page = model.get("live"); // only the site has it, where each lesson is a page beside this one
  const way = (notebook) => {
    if (page) return { href: `${notebook}.html` };
    return here && here.notebook !== notebook && toNotebook(here, notebook);
  };
  let course = earlier();
  const redraw = () => {
    const solved = new Set([...solvedNames(), ...model.get("solved")]);
    draw(root, course, solved, way, keep("course", course));
  };
  // Which exercises there are is asked for and not stored: a notebook must not grow stale with them.
  const hear = (told) => {
    course = told;
    if (here && course.some(({ notebook }) => notebook === here.notebook))
      keep("last lesson", here.notebook);
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
