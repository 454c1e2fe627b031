// Lines over one axis, as SVG: each has its name where it ends. The colours of words and axes follow
// the page's text, and what stands over lines has an edge in the page's colour, --paper.

import { make, set, write } from "./dom.js";
import { minus, raised } from "./numbers.js";

const ROOM = { top: 25, bottom: 38, left: 44, leftNarrow: 38, right: 62 };
const APART = 15; // px from name to name
const BESIDE = 7; // px from a line's end to its name
const FONT = "font-size: 12px";

// What stands at a tick: on a log axis a power of ten.
function tickText(value, log) {
  if (!log) return minus(value);
  const power = Math.round(Math.log10(value));
  return power ? `10${raised(power)}` : "1";
}

export class Plot {
  constructor(el) {
    this.svg = make("svg", { role: "img", style: "display: block" }, el);
  }

  // `x` is { from, to, ticks, label }, from the left edge to the right; `y` is { low, high, ticks, label,
  // log }, and `words` may stand beside it, as { at, text }, and `bands` behind it, as [low, high];
  // `lines` are { name, color, dash }.
  build({ x, y, words = [], bands = [], lines }, width, height) {
    const { svg } = this;
    const narrow = width < 480;
    const left = narrow ? ROOM.leftNarrow : ROOM.left;
    const right = width - (words.length ? ROOM.right : 8);
    const [top, bottom] = [ROOM.top, height - ROOM.bottom];
    const scaled = y.log ? Math.log10 : Number;
    const [low, high] = [scaled(y.low), scaled(y.high)];
    this.x = (value) => left + ((value - x.from) / (x.to - x.from)) * (right - left);
    this.y = (value) => bottom - ((scaled(value) - low) / (high - low)) * (bottom - top);
    Object.assign(this, { spec: { x, y, lines }, left, right, top, bottom });
    svg.replaceChildren();
    set(svg, { width, height, viewBox: `0 0 ${width} ${height}` });
    this.buildAxes(x, y, words, bands);
    // Within a picture of its own a line ends at the edge.
    const inside = { x: left, y: top, width: right - left, height: bottom - top };
    const viewBox = Object.values(inside).join(" ");
    const area = make("svg", { ...inside, viewBox }, svg);
    const path = { fill: "none", "stroke-linejoin": "round" };
    this.dots = make("path", { ...path, stroke: lines[0].color, "stroke-width": 4 }, area);
    set(this.dots, { "stroke-linecap": "round", "stroke-opacity": 0.55 });
    this.beyond = make("path", { ...path, stroke: lines[0].color }, svg);
    this.lines = new Map();
    for (const { name, color, dash } of lines) {
      const style = { stroke: color, "stroke-dasharray": dash, "stroke-width": dash ? 1.8 : 2.4 };
      this.lines.set(name, { line: make("path", { ...path, ...style }, area) });
    }
    for (const { name, color } of lines) this.lines.get(name).label = this.buildLabel(color);
  }

  buildAxes(x, y, words, bands) {
    const { svg, left, right, top, bottom } = this;
    const soft = { fill: "currentColor", "fill-opacity": 0.78, style: FONT };
    const thin = { stroke: "currentColor", "stroke-opacity": 0.16 };
    for (const [from, to] of bands) {
      const height = this.y(from) - this.y(to);
      const place = { x: left, y: this.y(to), width: right - left, height };
      make("rect", { ...place, fill: "currentColor", "fill-opacity": 0.07 }, svg);
    }
    for (const value of y.ticks) {
      const at = this.y(value);
      make("line", { ...thin, x1: left, x2: right, y1: at, y2: at }, svg);
      const place = { x: left - 6, y: at + 4, "text-anchor": "end" };
      make("text", { ...soft, ...place, text: tickText(value, y.log) }, svg);
    }
    for (const value of x.ticks) {
      const at = this.x(value);
      make("line", { ...thin, x1: at, x2: at, y1: top, y2: bottom }, svg);
      const place = { x: at, y: bottom + 15, "text-anchor": "middle" };
      make("text", { ...soft, ...place, text: tickText(value) }, svg);
    }
    for (const { at, text } of words) {
      const place = { x: right + 6, y: this.y(at) + 4, "font-style": "italic" };
      make("text", { ...soft, ...place, text }, svg);
    }
    make("text", { ...soft, x: 0, y: 12, text: y.label }, svg);
    const middle = { x: (left + right) / 2, y: bottom + 32, "text-anchor": "middle" };
    make("text", { ...soft, ...middle, text: x.label }, svg);
  }

  buildLabel(color) {
    const ink = `fill: color-mix(in oklab, ${color} 72%, currentColor)`;
    const edge = { stroke: "var(--paper)", "stroke-width": 4, "paint-order": "stroke" };
    return make("text", { ...edge, style: `${FONT}; ${ink}; font-weight: 700` }, this.svg);
  }

  // `curves` are { name, label, points }, a point [x, y] after the other; `dots` are points. A dot that is
  // out of sight is an open triangle at the edge.
  draw(curves, dots = []) {
    const { low, high } = this.spec.y;
    const places = curves.map((curve) => this.drawLine(curve));
    for (const { label, place } of this.spreadOut(places)) set(label, place);
    const seen = dots.filter(([, y]) => y >= low && y <= high);
    set(this.dots, { d: seen.map(([x, y]) => `M${this.at(x, y)}h0`).join("") });
    const under = new Set(dots.filter(([, y]) => y < low).map(([x]) => x));
    const over = new Set(dots.filter(([, y]) => y > high).map(([x]) => x));
    const triangle = (x, y, way) => `M${(this.x(x) - 4).toFixed(1)} ${y}h8l-4 ${6 * way}z`;
    const marks = [...under].map((x) => triangle(x, this.bottom - 8, 1));
    set(this.beyond, {
      d: [...marks, ...[...over].map((x) => triangle(x, this.top + 8, -1))].join(""),
    });
  }

  at(x, y) {
    return `${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`;
  }

  // Returns where the name stands: where the line ends, or where it leaves the picture.
  drawLine({ name, label, points }) {
    const { low, high, log } = this.spec.y;
    const drawn = this.lines.get(name);
    const least = log ? low / 1e3 : -Infinity; // a log axis has no place for 0
    const path = points.map(([x, y]) => this.at(x, Math.max(y, least)));
    set(drawn.line, { d: `M${path.join("L")}` });
    write(drawn.label, label);
    const [x] = points.findLast(([, y]) => y >= low && y <= high) ?? points[0];
    const end = points.at(-1)[1];
    const y = this.y(Math.min(Math.max(end, low), high));
    return { label: drawn.label, x: this.x(x), y, end };
  }

  // Names near their lines, and not over each other.
  spreadOut(places) {
    const lowest = this.bottom - 6;
    const order = [...places].sort((a, b) => b.y - a.y || a.end - b.end); // from below
    for (const [k, place] of order.entries())
      place.y = Math.min(place.y, k ? order[k - 1].y - APART : lowest);
    let least = this.top + 6;
    for (const place of order.reverse()) {
      place.y = Math.max(place.y, least);
      least = place.y + APART;
    }
    const back = this.spec.x.from > this.spec.x.to; // a line that ends at the left
    const side = { "text-anchor": back ? "end" : "start" };
    return order.map(({ label, x, y }) => ({
      label,
      place: { ...side, x: (x + (back ? -BESIDE : BESIDE)).toFixed(1), y: (y + 4).toFixed(1) },
    }));
  }
}
