// The operating table's maps: the words go down, and for f, i, o, g, c and h the units stand side by
// side, a little bar each. A canvas draws them; over the gates lie parts of the page, which a hand, the
// keys and a screen reader find, and which rest while the hand moves.

import { make, set } from "./dom.js";
import { GATES } from "./network.js";
import { ALL, lowest, mean, places } from "./network_says.js";
import { num } from "./numbers.js";

const MAPS = [
  { letter: "f", title: "f", name: "forget gate" },
  { letter: "i", title: "i", name: "input gate" },
  { letter: "o", title: "o", name: "output gate" },
  { letter: "g", title: "g", name: "candidate" },
  { letter: "c", title: "tanh(c)", name: "cell state" },
  { letter: "h", title: "h", name: "hidden state" },
];
const TABLE_WORDS = {
  maps: "Gates and states of all units at every word",
  units: (unit) => (unit === ALL ? "all units" : `unit ${unit}`),
  words: (word) => (word === ALL ? "every word" : `word ${word}`),
  cell: (gate, unit, word) => `${gate}, ${TABLE_WORDS.units(unit)}, ${TABLE_WORDS.words(word)}`,
  felt: "felt",
  feltBy: (city) =>
    `The length of the gradient of the score of ${city} at each word, relative to the longest`,
};
// In pixels: a map's title, the strip above its units, the grip beside a word's units, between two maps.
const ROOM = { title: 20, heads: 16, grip: 13, gap: 10 };
const NAMED = 100; // a map's width from which on its whole name stands above it
const SLIM = 560; // a width below which the maps scroll, and all is as wide as a finger needs
const SHARPNESS = 2; // a canvas's dots to a pixel: more are not seen, and cost time

export const cellName = TABLE_WORDS.cell;

export class Table {
  // `spec` has the colors, by letter, and the number of units.
  constructor(parent, spec) {
    this.spec = spec;
    this.scroller = make("div", { class: "nc-maps" }, parent);
    this.sheet = make(
      "div",
      { class: "nc-sheet", role: "group", "aria-label": TABLE_WORDS.maps },
      this.scroller,
    );
    this.side = make("div", { class: "nc-felt" }, parent);
    this.cells = new Map();
  }

  // Build it for T words and for the room there is; what had the focus keeps it.
  build(T, width) {
    const slim = width < SLIM;
    const coarse = slim || matchMedia("(pointer: coarse)").matches;
    const inner = this.scroller.clientWidth;
    if (T === this.T && width === this.width && inner === this.inner) return;
    const { units } = this.spec;
    const held = this.sheet.contains(document.activeElement) && document.activeElement.dataset;
    Object.assign(this, {
      T,
      width,
      inner,
      slim,
      row: coarse ? 24 : 18,
      grip: coarse ? 22 : ROOM.grip,
    });
    const room = inner - MAPS.length * ROOM.gap - GATES.length * this.grip;
    const fair = Math.floor((10 * room) / (MAPS.length * units)) / 10;
    this.unit = slim ? 12 : Math.min(12, Math.max(coarse ? 10 : 3, fair));
    const short = this.unit * units < NAMED;
    this.height = ROOM.heads + T * this.row;
    this.sheet.replaceChildren();
    this.cells.clear();
    let left = 0;
    this.maps = MAPS.map((map) => {
      const hand = GATES.includes(map.letter);
      const start = left + (hand ? this.grip : 0);
      const placed = {
        ...map,
        hand,
        left,
        start,
        end: start + Math.round(units * this.unit),
        short,
      };
      left = placed.end + ROOM.gap;
      return placed;
    });
    const size = { width: left - ROOM.gap, height: this.height };
    this.canvas = this.paper(this.sheet, size);
    for (const map of this.maps) this.buildMap(map);
    this.sheet.style.cssText = `width: ${size.width}px; height: ${ROOM.title + size.height}px`;
    this.buildSide();
    if (held?.gate) this.cell(held)?.focus({ preventScroll: true });
  }

  paper(parent, { width, height }) {
    const sharp = Math.min(SHARPNESS, window.devicePixelRatio || 1);
    const canvas = make("canvas", { width: width * sharp, height: height * sharp }, parent);
    canvas.style.cssText = `width: ${width}px; height: ${height}px; top: ${ROOM.title}px`;
    const pen = canvas.getContext("2d");
    pen.scale(sharp, sharp);
    return { canvas, pen, width, height };
  }

  buildMap({ letter, title, name, hand, left, start, end, short }) {
    const { units } = this.spec;
    const style = `left: ${left}px; width: ${end - left + ROOM.gap}px; --gate: ${this.spec.colors[letter]}`;
    const head = make("div", { class: "nc-title", style }, this.sheet);
    make("b", { class: "nc-hue", text: title }, head);
    make("span", { text: ` ${short ? name.split(" ")[0] : name}` }, head);
    const ends = units > 1 ? [0, units - 1] : [0];
    for (const [k, unit] of ends.entries()) {
      const x = k ? end : start;
      const at = `left: ${x}px; top: ${ROOM.title}px; line-height: ${ROOM.heads}px`;
      make("span", { class: k ? "nc-end nc-last" : "nc-end", style: at, text: unit }, this.sheet);
    }
    if (!hand) return;
    const grid = make("div", { class: "nc-grid" }, this.sheet);
    grid.style.cssText =
      `left: ${left}px; top: ${ROOM.title}px; --gate: ${this.spec.colors[letter]};` +
      `grid-template: ${ROOM.heads}px repeat(${this.T}, ${this.row}px) / ${this.grip}px repeat(${units}, ${this.unit}px)`;
    const parts = [];
    for (let t = 0; t <= this.T; t++)
      for (let j = -1; j < units; j++) parts.push(this.buildCell(letter, j, t));
    grid.append(...parts);
  }

  buildCell(gate, j, t) {
    const [unit, word] = [j < 0 ? ALL : j, t || ALL];
    const cell = make("div", {
      role: "slider",
      tabindex: -1,
      "aria-orientation": "vertical",
      "aria-label": TABLE_WORDS.cell(gate, unit, word),
      "aria-valuemin": lowest(gate),
      "aria-valuemax": 1,
      "aria-valuenow": 0,
      "data-gate": gate,
      "data-unit": unit,
      "data-word": word,
    });
    this.cells.set(`${gate} ${unit} ${word}`, cell);
    return cell;
  }

  buildSide() {
    this.side.replaceChildren();
    make("div", { class: "nc-title", text: TABLE_WORDS.felt }, this.side);
    const width = this.side.clientWidth;
    this.felt = this.paper(this.side, { width, height: this.height });
    this.felt.canvas.setAttribute("role", "img");
  }

  cell({ gate, unit, word }) {
    return this.cells.get(`${gate} ${unit} ${word}`);
  }

  // Where an arrow key leads to from a cell; null at the edge.
  beside({ gate, unit, word }, across, down) {
    const { units } = this.spec;
    const gates = this.maps.filter((map) => map.hand).map((map) => map.letter);
    const column = gates.indexOf(gate) * (units + 1) + (unit === ALL ? 0 : unit + 1) + across;
    const row = (word === ALL ? 0 : word) + down;
    if (column < 0 || column >= gates.length * (units + 1) || row < 0 || row > this.T) return null;
    const j = (column % (units + 1)) - 1;
    return {
      gate: gates[Math.floor(column / (units + 1))],
      unit: j < 0 ? ALL : j,
      word: row || ALL,
    };
  }

  // ---- drawing, at every move

  // `it` has the run, hands, the lengths of what is felt, what is chosen, the story and the answer.
  draw(it) {
    this.ink = getComputedStyle(this.sheet).color;
    const { pen, width, height } = this.canvas;
    pen.clearRect(0, 0, width, height);
    pen.lineWidth = 1;
    this.drawGround(pen, it, width);
    for (const map of this.maps) this.drawMap(pen, map, it);
    pen.globalAlpha = 1;
    pen.strokeStyle = this.ink;
    this.drawHands(pen, it.hands);
    this.drawChosen(pen, it.chosen);
    this.drawFelt(it);
  }

  top(t) {
    return ROOM.heads + t * this.row;
  }

  // A band for the chosen word, a line under each, and a stronger one where a sentence ends.
  drawGround(pen, { chosen, story }, width) {
    pen.fillStyle = this.ink;
    if (chosen.word !== ALL) {
      pen.globalAlpha = 0.08;
      pen.fillRect(0, this.top(chosen.word - 1), width, this.row);
    }
    for (let t = 0; t <= this.T; t++) {
      pen.globalAlpha = !t || story[t - 1] === "." || t === this.T ? 0.4 : 0.1;
      pen.fillRect(0, this.top(t) - 0.5, width, 1);
    }
  }

  drawMap(pen, { letter, hand, left, start, end }, { run }) {
    const { units, colors } = this.spec;
    pen.globalAlpha = 0.045;
    pen.fillStyle = this.ink;
    pen.fillRect(start, ROOM.heads, end - start, this.height - ROOM.heads);
    pen.globalAlpha = 1;
    pen.fillStyle = colors[letter];
    const low = "fio".includes(letter) ? 0 : -1;
    const scale = (this.row - 4) / (1 - low);
    const edges = Array.from({ length: units + 1 }, (_, j) => start + Math.round(j * this.unit));
    const q = GATES.indexOf(letter);
    for (let t = 0; t < this.T; t++) {
      const zero = this.top(t) + this.row - 2 + low * scale;
      const bar = (x, width, value) => {
        const high = Math.max(1, Math.abs(value) * scale);
        pen.fillRect(x, value < 0 ? zero : zero - high, width, high);
      };
      const at = hand ? (4 * t + q) * units : t * units;
      let sum = 0;
      for (let j = 0; j < units; j++) {
        const value = hand
          ? run.gates[at + j]
          : letter === "c"
            ? Math.tanh(run.c[at + j])
            : run.h[at + j];
        sum += value;
        bar(edges[j], Math.max(1, edges[j + 1] - edges[j] - 1), value);
      }
      if (!hand) continue;
      pen.globalAlpha = 0.45;
      bar(left + 2, this.grip - 5, sum / units);
      pen.globalAlpha = 1;
    }
  }

  // A frame around what is set by hand, one around each row of neighbours.
  drawHands(pen, hands) {
    const { units } = this.spec;
    for (const { letter, start, hand } of this.maps) {
      if (!hand) continue;
      for (let t = 0; t < this.T; t++) {
        const at = (4 * t + GATES.indexOf(letter)) * units;
        for (let j = 0; j < units; j++) {
          const from = j;
          while (j < units && !Number.isNaN(hands[at + j])) j++;
          const x = start + from * this.unit;
          if (j > from) this.frame(pen, x, t, (j - from) * this.unit, 1, 0.5);
        }
      }
    }
  }

  frame(pen, x, t, width, words, inset) {
    const [left, right] = [Math.round(x) + inset, Math.round(x + width) - inset];
    pen.strokeRect(left, this.top(t) + inset, right - left, words * this.row - 2 * inset);
  }

  drawChosen(pen, { gate, unit, word }) {
    const { start, end } = this.maps.find((map) => map.letter === gate);
    const [x, width] = unit === ALL ? [start, end - start] : [start + unit * this.unit, this.unit];
    const [t, words] = word === ALL ? [0, this.T] : [word - 1, 1];
    pen.strokeStyle = getComputedStyle(this.sheet).outlineColor;
    pen.lineWidth = 2;
    this.frame(pen, x, t, width, words, -1);
  }

  drawFelt({ lengths, chosen, city }) {
    const { pen, canvas, width, height } = this.felt;
    const most = Math.max(...lengths);
    const bars = this.slim ? width : width - 32;
    pen.clearRect(0, 0, width, height);
    pen.font = `11px ${getComputedStyle(this.sheet).fontFamily}`;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    for (const [t, length] of lengths.entries()) {
      const share = most ? length / most : 0;
      const y = this.top(t);
      if (chosen.word === t + 1) {
        pen.globalAlpha = 0.08;
        pen.fillStyle = this.ink;
        pen.fillRect(0, y, width, this.row);
        pen.globalAlpha = 1;
      }
      pen.fillStyle = this.spec.colors.gradient;
      pen.fillRect(0, y + 3, Math.max(1, share * bars), this.row - 6);
      pen.fillStyle = this.ink;
      if (!this.slim) pen.fillText(num(share), width - 1, y + this.row / 2 + 1);
    }
    set(canvas, { "aria-label": TABLE_WORDS.feltBy(city), title: TABLE_WORDS.feltBy(city) });
  }

  // ---- what a screen reader finds, once the hand rests

  choose(chosen) {
    const cell = this.cell(chosen);
    if (cell === this.chosen) return;
    this.chosen?.classList.remove("nc-chosen");
    if (this.chosen) set(this.chosen, { tabindex: -1 });
    cell.classList.add("nc-chosen");
    set(cell, { tabindex: 0 });
    this.chosen = cell;
    this.reveal(chosen);
  }

  // Bring the map of what is chosen into sight, where the maps scroll.
  reveal({ gate, unit }) {
    const { scroller, maps } = this;
    const { left, start } = maps.find((map) => map.letter === gate);
    const x = unit === ALL ? left : start + unit * this.unit;
    const needed = unit === ALL ? 5 * this.unit : this.unit;
    const inside = x >= scroller.scrollLeft && x + needed <= scroller.scrollLeft + this.inner;
    if (!inside) scroller.scrollLeft = left;
  }

  speak(where, run) {
    const value = mean(run.gates, places(where, this.T, this.spec.units));
    set(this.cell(where), { "aria-valuenow": value.toFixed(2), "aria-valuetext": num(value) });
  }

  speakAll(run) {
    for (const { dataset } of this.cells.values()) this.speak(chosenOf(dataset), run);
  }
}

// What a cell's data say: { gate, unit, word }.
export function chosenOf({ gate, unit, word }) {
  const number = (text) => (text === ALL ? ALL : Number(text));
  return { gate, unit: number(unit), word: number(word) };
}
