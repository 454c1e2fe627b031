// The lessons, with a dot for each exercise and puzzle. What is solved is kept by the browser.

const WORDS = {
  title: "How far you are",
  lesson: (number, solved, all) => `Lesson ${number}: ${solved} of ${all} solved`,
  all: (solved, all) => `${solved} of ${all} exercises and puzzles solved. Your browser keeps the count; nobody else sees it.`,
};
const KEY = "lstm-lessons: solved", SOLVED = "lstm-lessons-solved"; // console.js has them too

// Some front ends forbid a page to keep anything; then it lasts as long as the kernel.
const memory = (() => {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
})();
const kept = () => JSON.parse(memory?.getItem(KEY) ?? "[]");

function make(tag, attributes, parent, text = "") {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.textContent = text;
  parent.append(node);
  return node;
}

function render({ model, el }) {
  const root = make("section", { class: "how-far", "aria-label": WORDS.title }, el);
  function draw() {
    const solved = new Set([...kept(), ...model.get("solved")]), course = Object.entries(model.get("course"));
    memory?.setItem(KEY, JSON.stringify([...solved]));
    root.replaceChildren();
    const list = make("ol", {}, root);
    for (const [number, names] of course) {
      const done = names.filter((name) => solved.has(name)).length;
      const row = make("li", {}, list);
      make("span", {}, row, WORDS.lesson(number, done, names.length));
      const dots = make("span", { class: "how-far-dots", "aria-hidden": "true" }, row);
      for (const name of names) make("i", { class: solved.has(name) ? "done" : "" }, dots);
    }
    const names = course.flatMap(([, names]) => names);
    make("p", {}, root, WORDS.all(names.filter((name) => solved.has(name)).length, names.length));
  }
  model.on("change:solved", draw);
  window.addEventListener(SOLVED, draw); // a puzzle on this page
  window.addEventListener("storage", draw); // another page, or another output's frame
  draw();
  return () => {
    model.off("change:solved", draw);
    window.removeEventListener(SOLVED, draw);
    window.removeEventListener("storage", draw);
  };
}

export default { render };
