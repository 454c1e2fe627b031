// The hand on the operating table: what a pointer drags and what the keys do.

import { movesOf } from "./keys.js";
import { lowest } from "./network_says.js";
import { chosenOf } from "./network_table.js";

const REACH = 80; // pixels that the hand moves from a gate's one end to the other
const SWAY = 2; // pixels that a hand moves without meaning it

export class TableHand {
  // `view` is the console: what is chosen, and what becomes of it.
  constructor(view) {
    this.view = view;
    this.drag = null;
    const { sheet, scroller } = view.page.table;
    sheet.addEventListener("pointerdown", (event) => this.take(event));
    sheet.addEventListener("pointermove", (event) => this.move(event));
    sheet.addEventListener("pointerup", () => this.drop());
    sheet.addEventListener("pointercancel", () => this.drop());
    sheet.addEventListener("click", (event) => this.tap(event));
    sheet.addEventListener("keydown", (event) => this.press(event));
    // Not on the sheet: it would become a stop of Tab itself.
    scroller.addEventListener("focusin", (event) => this.tap(event));
  }

  // A finger that touches what is not chosen yet may want to scroll: its tap chooses.
  take(event) {
    const cell = event.target.closest("[data-gate]");
    const held = cell?.classList.contains("nc-chosen");
    if (!cell || event.button || (event.pointerType !== "mouse" && !held)) return;
    event.preventDefault();
    const { view } = this;
    view.root.classList.remove("nc-keys");
    view.choose(chosenOf(cell.dataset));
    cell.setPointerCapture(event.pointerId);
    cell.focus({ preventScroll: true });
    const low = lowest(view.chosen.gate);
    this.drag = { y: event.clientY, from: view.value, perPixel: (1 - low) / REACH, moved: false };
  }

  move(event) {
    const { drag, view } = this;
    if (!drag) return;
    const up = drag.y - event.clientY;
    if (!drag.moved && Math.abs(up) < SWAY) return;
    if (!drag.moved) view.remember();
    drag.moved = true;
    view.put(drag.from + up * drag.perPixel);
  }

  drop() {
    if (!this.drag) return;
    this.drag = null;
    this.view.hear(); // what has waited for the hand
  }

  takeBack() {
    if (this.drag?.moved) this.view.takeBack();
    this.drag = null;
  }

  tap(event) {
    const cell = event.target.closest("[data-gate]");
    if (cell && !this.drag) this.view.choose(chosenOf(cell.dataset));
  }

  press(event) {
    const { view } = this;
    const cell = event.target.closest("[data-gate]");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const turns = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    const moves = movesOf(event, view.value, lowest(view.chosen.gate), 1, "+", "-");
    const [across, down] = turns[event.key] ?? [];
    if (event.key === "Escape") this.takeBack();
    else if (event.key === "Delete" || event.key === "Backspace") view.release();
    else if (event.key in moves) {
      view.remember(`keys ${Object.values(view.chosen)}`);
      view.put(moves[event.key]);
    } else if (across === undefined) return;
    else {
      const next = view.page.table.beside(view.chosen, across, down);
      if (next) view.page.table.cell(next).focus();
    }
    event.preventDefault();
  }
}
