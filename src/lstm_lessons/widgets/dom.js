// What every widget needs of the page: making nodes, touching only what has changed, and keeping
// what a reader did, where the browser may keep it.

const SVG = new Set("svg g rect line path text circle polygon".split(" "));

export function make(tag, attributes = {}, parent = null) {
  const node = SVG.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else node.setAttribute(name, value);
  }
  parent?.append(node);
  return node;
}

export function pushButton(parent, text, hear) {
  const button = make("button", { type: "button", text }, parent);
  button.addEventListener("click", hear);
  return button;
}

// A change costs the browser far more than a comparison.
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Some front ends forbid a page to keep anything, a full storage takes nothing more, and what is
// kept may be another edition's or another site's: then it is as if nothing had been kept.
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(`lstm-lessons: ${name}`));
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(`lstm-lessons: ${name}`, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// When another page, or another output's frame, keeps something by this name. Returns how to stop.
export function whenKept(name, hear) {
  const listen = (event) => event.key === `lstm-lessons: ${name}` && hear();
  window.addEventListener("storage", listen);
  return () => window.removeEventListener("storage", listen);
}

// The exercises and puzzles that this browser's reader has solved, by name.
const CHANGED = "lstm-lessons-solved";

export function solvedNames() {
  const names = recall("solved");
  return new Set(Array.isArray(names) ? names : []);
}

export function noteSolved(names) {
  const all = solvedNames();
  const fresh = names.filter((name) => !all.has(name));
  if (!fresh.length) return;
  keep("solved", [...all, ...fresh]);
  window.dispatchEvent(new Event(CHANGED));
}

// On this page, in another page, or in another output's frame. Returns how to stop listening.
export function whenSolved(hear) {
  window.addEventListener(CHANGED, hear);
  window.addEventListener("storage", hear);
  return () => {
    window.removeEventListener(CHANGED, hear);
    window.removeEventListener("storage", hear);
  };
}
