// The hand on the console's bars: a pointer that takes, drags and paints them, and the keys.

import { movesOf } from "./keys.js";

export class Hand {
  // `view` is the console, with its plots, its values and what becomes of them.
  constructor(view) {
    this.view = view;
    this.drag = null;
    const { svg, frame } = view;
    svg.addEventListener("pointerdown", (event) => this.take(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"])
      svg.addEventListener(name, () => this.drag && this.drop());
    // Chromium scrolls in spite of touch-action on a part of an svg.
    const hold = (event) => this.drag && event.preventDefault();
    svg.addEventListener("touchmove", hold, { passive: false });
    svg.addEventListener("keydown", (event) => this.press(event));
    // Not on the svg: it would become a stop of Tab itself.
    frame.addEventListener("focusin", (event) => this.focus(event));
  }

  take(event) {
    const { view } = this;
    const { plots } = view;
    if (event.button || !plots) return;
    view.root.classList.remove("gc-keys");
    const box = view.svg.getBoundingClientRect();
    const y = event.clientY - box.top;
    const t = Math.floor((event.clientX - box.left - plots.left) / plots.column);
    if (t < 0 || t >= view.spec.steps) return;
    const row = plots.rows.find((r) => y >= r.top - 4 && y < r.top + r.height + 4);
    view.step = t + 1;
    if (row) view.gate = row.letter;
    view.save();
    if (row && !row.given) {
      event.preventDefault();
      view.hold();
      this.drag = { row, box, t, y, first: t };
      view.svg.setPointerCapture(event.pointerId);
      this.stroke(event);
    }
    row?.bars[t].slot.focus({ preventScroll: true });
    view.draw();
  }

  move(event) {
    if (!this.drag) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.stroke(part);
    this.view.draw();
  }

  stroke(event) {
    const { drag, view } = this;
    const { plots, spec } = view;
    const at = (event.clientX - drag.box.left - plots.left) / plots.column;
    const y = event.clientY - drag.box.top;
    // A hand that lifts one bar also sways: the first column ends only a third of a column further out.
    const sway = drag.first >= 0 && Math.abs(at - drag.first - 0.5) < 0.83;
    const t = sway ? drag.first : Math.min(spec.steps - 1, Math.max(0, Math.floor(at)));
    if (!sway) drag.first = -1;
    const way = Math.sign(t - drag.t) || 1;
    const count = Math.abs(t - drag.t);
    for (let k = count ? 1 : 0; k <= count; k++) {
      const height = drag.y + (count ? k / count : 1) * (y - drag.y);
      view.put(drag.row, drag.t + way * k, (drag.row.zero - height) / drag.row.scale);
    }
    Object.assign(drag, { t, y });
    view.step = t + 1;
    view.save();
  }

  drop() {
    this.drag = null;
    this.view.hear(); // what has waited for the hand
    this.view.draw();
  }

  focus(event) {
    const slot = event.target.closest("[data-lane]");
    if (!slot || this.drag) return;
    const { view } = this;
    [view.gate, view.step] = [slot.dataset.lane, Number(slot.dataset.step)];
    view.save();
    view.draw();
  }

  press(event) {
    const { view } = this;
    const slot = event.target.closest("[data-lane]");
    const row = slot && view.plots.rows.find((r) => r.letter === slot.dataset.lane);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const t = Number(slot.dataset.step) - 1;
    const now = view.values[row.trait][t];
    const moves = movesOf(event, now, row.low, 1);
    const turns = { ArrowLeft: t - 1, ArrowRight: t + 1 };
    if (!(event.key in moves || event.key in turns)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key in turns) row.bars[turns[event.key]]?.slot.focus();
    else if (!row.given) {
      view.hold(`${row.letter}${t}`);
      view.put(row, t, moves[event.key]);
      view.save();
      view.draw();
    }
  }
}
