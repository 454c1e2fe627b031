// Keys in a widget are the widget's own: JupyterLab would take the arrows and single letters.

import { make } from "./dom.js";

const LEAP = { small: 0.01, usual: 0.05, page: 0.25 }; // what a key moves a value by

// A widget's outermost part, of that class. Where changes can be taken back, `undo` does it.
export function outermost(el, name, undo = null, tag = "div") {
  const about = { class: `lesson-root ${name}`, "data-lm-suppress-shortcuts": "true" };
  const root = make(tag, about, el);
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    else if (undo && event.key === "z") {
      event.preventDefault();
      undo();
    }
  });
  return root;
}

// Where each key leads a value to; with Shift in small steps.
export function movesOf({ shiftKey }, now, low, high, up = "ArrowUp", down = "ArrowDown") {
  const leap = shiftKey ? LEAP.small : LEAP.usual;
  const pages = { PageUp: now + LEAP.page, PageDown: now - LEAP.page };
  return { [up]: now + leap, [down]: now - leap, ...pages, Home: low, End: high };
}
