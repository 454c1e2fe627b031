// The picture of a scan: bars of f and b over the steps, and below them the joins, round by round.

import { make, set, write } from "./dom.js";
import { minus, num } from "./numbers.js";
import { covers, gapLabel, gapsOf, nodeLabel, stepsOf } from "./scan_model.js";

const SCAN_LABELS = {
  round: (round) => `round ${round}`,
  bar: (letter, step) => `${letter} at step ${step}`,
  state: "h",
};
const BAR = { f: 52, b: 64 }; // pixels
const ROOMY = 70; // a column in which f and b stand side by side
const NARROW_COLUMN = 34; // one below which numbers are short, and only those of the chosen step are shown
const GAP_ROW = 36; // for the buttons of the gaps

// In as many letters as a narrow column has room for.
function short(v) {
  const decimals = v <= -0.95 || v >= 9.95 ? 0 : v < 0 || v >= 0.995 ? 1 : 2;
  return minus((Number(v.toFixed(decimals)) || 0).toFixed(decimals)).replace("0.", ".");
}

// ---- the bars, built once for each width and number of steps

export function buildBars(svg, lanes, T, width) {
  const left = width < 480 ? 18 : 56;
  const column = (width - left - 2) / T;
  svg.replaceChildren();
  let top = 4;
  const rows = lanes.map((lane) => {
    const height = BAR[lane.letter];
    const box = {
      top,
      height,
      scale: height / (1 - lane.low),
      zero: top + height / (1 - lane.low),
    };
    const group = make("g", { style: `--gate: ${lane.color}` }, svg);
    const place = { x: left - 8, y: top + height / 2 + 5, "text-anchor": "end" };
    make("text", { class: "scan-letter", ...place, text: lane.letter }, group);
    const bars = Array.from({ length: T }, (_, t) =>
      buildScanBar(group, lane, box, t, left, column),
    );
    const axis = { x1: left, x2: width - 2, y1: box.zero, y2: box.zero };
    make("line", { class: "scan-axis", ...axis }, group);
    top += height + 6;
    return { ...lane, ...box, bars };
  });
  set(svg, { viewBox: `0 0 ${width} ${top}`, width, height: top });
  return { width, T, left, column, rows, x: (step) => left + (step - 0.5) * column };
}

function buildScanBar(group, { letter, low }, { top, height }, t, left, column) {
  const x = left + t * column;
  const slider = {
    role: "slider",
    tabindex: -1,
    "aria-orientation": "vertical",
    "aria-label": SCAN_LABELS.bar(letter, t + 1),
    "aria-valuemin": low,
    "aria-valuemax": 1,
    "data-lane": letter,
    "data-step": t + 1,
  };
  const place = { x: x + 1, y: top, width: column - 2, height, rx: 2 };
  const slot = make("rect", { class: "scan-slot", ...place, ...slider }, group);
  const bar = make("rect", { class: "scan-fill", x: x + 3, width: column - 6 }, group);
  const cap = make("line", { class: "scan-cap", x1: x + 2, x2: x + column - 2 }, group);
  return { slot, bar, cap };
}

export function drawBars({ rows }, values, gate, step, dragging) {
  for (const row of rows)
    for (const [t, { slot, bar, cap }] of row.bars.entries()) {
      const value = values[row.trait][t];
      const y = row.zero - value * row.scale;
      set(bar, { y: Math.min(y, row.zero), height: Math.abs(y - row.zero) });
      set(cap, { y1: y, y2: y });
      set(slot, { "aria-valuenow": value.toFixed(2), "aria-valuetext": num(value) });
      if (!dragging) set(slot, { tabindex: t === step - 1 ? 0 : -1 }); // forces a layout
      slot.classList.toggle("scan-chosen", row.letter === gate && t === step - 1);
    }
}

// ---- the joins, built once for each set of them: a node stands in the column of its last step

export function buildTree(svg, bars, nodes, own) {
  const { T, width, left, column, x } = bars;
  const rounds = Math.max(...nodes.map(({ round }) => round));
  const roomy = column >= ROOMY;
  const high = roomy ? 34 : 46;
  const pitch = high + Math.min(26, Math.max(12, 400 / (rounds + 1) - high));
  const top = (round) => 6 + round * pitch + (own && round ? GAP_ROW : 0);
  const bottom = top(rounds) + high + (own && !rounds ? GAP_ROW : 0);
  svg.replaceChildren();
  const edges = make("g", {}, svg);
  for (let round = 0; round <= rounds; round++) {
    const text = left > 40 ? SCAN_LABELS.round(round) : round;
    const place = { x: left - 4, y: top(round) + high / 2 + 4, "text-anchor": "end" };
    if (round) make("text", { class: "scan-round", ...place, text }, svg);
  }
  const half = Math.min(column / 2 - 1, 40);
  const draw = { svg, edges, x, top, high, roomy, half, brief: column < NARROW_COLUMN };
  const marks = nodes.map((node, k) => buildNode(draw, nodes, node, k));
  const states = buildStates(draw, nodes, T, left, bottom + 22);
  if (own) for (const gap of gapsOf(nodes)) buildGap(svg, gap, bars, high + 8);
  set(svg, { viewBox: `0 0 ${width} ${bottom + 30}`, width, height: bottom + 30 });
  return { marks, states, brief: draw.brief };
}

function buildNode({ svg, edges, x, top, high, roomy, half, brief }, nodes, node, k) {
  const [middle, y] = [x(node.last), top(node.round)];
  const parts = (node.parts ?? []).map((part, side) => {
    const { last, round } = nodes[part];
    // Down its own column to the row above, where nothing stands in its way, and then across.
    const turn = top(node.round - 1) + high;
    const aim = middle + (side ? 0 : -half / 2);
    const start = Math.min(turn, top(round) + high);
    const d = `M${x(last)} ${start}V${turn}L${aim.toFixed(1)} ${y}`;
    return { part, edge: make("path", { class: "scan-edge", d }, edges) };
  });
  const group = make("g", { class: "scan-node" }, svg);
  const button = node.parts && { role: "button", "data-node": k };
  const place = { x: middle - half, y, width: 2 * half, height: high, rx: 5 };
  const box = make("rect", { ...place, ...button }, group);
  const text = (name, dx, dy) =>
    make("text", { class: name, x: middle + dx, y: y + dy, "text-anchor": "middle" }, group);
  write(text("scan-steps", 0, 13), brief && node.parts ? `${node.first}–` : stepsOf(node));
  const f = roomy ? text("scan-f", -0.56 * half, 28) : text("scan-f", 0, 27);
  const b = roomy ? text("scan-b", 0.44 * half, 28) : text("scan-b", 0, 41);
  return { group, box, parts, f, b };
}

// Below each column the state, where there is one.
function buildStates({ svg, x, top, high }, nodes, T, left, y) {
  make(
    "text",
    { class: "scan-letter scan-h", x: left - 8, y, "text-anchor": "end", text: SCAN_LABELS.state },
    svg,
  );
  return Array.from({ length: T }, (_, t) => {
    const made = nodes.findLast(({ first, last }) => first === 1 && last === t + 1);
    const place = { x: x(t + 1), y, "text-anchor": "middle" };
    if (!made) return make("text", { class: "scan-none", ...place }, svg);
    make(
      "path",
      { class: "scan-drop", d: `M${x(t + 1)} ${top(made.round) + high}V${y - 14}` },
      svg,
    );
    return make("text", { class: "scan-h", ...place }, svg);
  });
}

function buildGap(svg, it, { x, column }, y) {
  const middle = x(it.gap + 0.5);
  const about = { role: "button", tabindex: 0, "aria-label": gapLabel(it), "data-gap": it.gap };
  const group = make("g", { class: "scan-gap", ...about }, svg);
  const hit = { x: middle - column / 2, y, width: column, height: GAP_ROW };
  make("rect", { class: "scan-hit", ...hit }, group);
  const [cy, arm] = [y + GAP_ROW / 2, 4.5];
  make("circle", { cx: middle, cy, r: Math.min(10, column / 2 - 1) }, group);
  make("path", { d: `M${middle - arm} ${cy}h${2 * arm}M${middle} ${cy - arm}v${2 * arm}` }, group);
}

export function drawTree({ marks, states, brief }, nodes, h, step, chosen) {
  const text = brief ? short : num;
  for (const [k, { group, box, parts, f, b }] of marks.entries()) {
    const node = nodes[k];
    const on = covers(node, step);
    write(f, text(node.f));
    write(b, text(node.b));
    group.classList.toggle("scan-on", on);
    for (const { part, edge } of parts) edge.classList.toggle("scan-on", covers(nodes[part], step));
    if (!node.parts) continue;
    group.classList.toggle("scan-told", k === chosen);
    set(box, { "aria-label": nodeLabel(node), tabindex: k === chosen ? 0 : -1 });
    set(box, { "aria-pressed": k === chosen });
  }
  for (const [t, state] of states.entries()) write(state, h[t] === null ? "·" : text(h[t]));
}
