// The cell at the chosen step: flows as wide as what runs through them, valves as open as their gates.

import { make, set, write } from "./dom.js";
import { CELLS, SYMBOLS } from "./gate_model.js";
import { num } from "./numbers.js";

const WIDTH = 300; // no wider, or its letters get too small beside the plots
const TITLE = (step) => `The cell at step ${step}`;

// A flow is a path; `tip` is the height of its arrowhead at the right edge. A valve stands at (cx, cy)
// in a flow that runs at the angle `along`; a weight, which has no angle, multiplies what comes. Flows, valves and labels are named as CELLS's flows are.
const FORGET_VALVE = { name: "f", cx: 66, cy: 58, along: 0, x: 66, y: 98, anchor: "middle" };
const INPUT_VALVE = { name: "i", cx: 146, cy: 156, along: 90, x: 120, y: 160, anchor: "end" };
const OUTPUT_VALVE = { name: "o", cx: 218, cy: 156, along: 90, x: 243, y: 160, anchor: "start" };
const RESET_VALVE = { name: "r", cx: 66, cy: 200, along: 0, x: 66, y: 240, anchor: "middle" };

const PLUS = { x: 146, y: 58 };
const BELT = [
  { name: "old", d: "M4 58H46" },
  { name: "kept", d: "M86 58H130" },
  { name: "taken", d: "M146 136V74" },
  { name: "state", d: "M160 58H290", tip: 58 },
];
const SOURCE = { name: "source", d: "M146 236V176" };

const beltLabels = (state, source) => [
  { name: "old", text: `${state}ₜ₋₁`, x: 2, y: 31, anchor: "start" },
  { name: "state", text: `${state}ₜ`, x: 294, y: 31, anchor: "end" },
  source,
];

const DIAGRAMS = {
  memory: {
    flows: [...BELT, SOURCE],
    valves: [FORGET_VALVE, INPUT_VALVE],
    boxes: [],
    labels: beltLabels("c", { name: "source", text: "xₜ", x: 124, y: 232, anchor: "end" }),
  },
  rnn: {
    flows: [
      ...BELT.filter(({ name }) => name !== "state"),
      SOURCE,
      { name: "b", d: "M146 22V42" },
      { name: "sum", d: "M160 58H192" },
      { name: "state", d: "M248 58H290", tip: 58 },
    ],
    valves: [
      { ...FORGET_VALVE, name: "w_h", along: null },
      { ...INPUT_VALVE, name: "w_x", along: null },
    ],
    boxes: [{ x: 220, y: 58, text: "tanh" }],
    labels: [
      ...beltLabels("h", { name: "source", text: "xₜ", x: 124, y: 232, anchor: "end" }),
      { name: "b", text: "b", x: 158, y: 31, anchor: "start" },
      { name: "sum", text: "sum", x: 176, y: 92, anchor: "start" },
    ],
  },
  lstm: {
    flows: [
      ...BELT,
      SOURCE,
      { name: "state", d: "M218 58V98" },
      { name: "squashed", d: "M218 122V136" },
      { name: "shown", d: "M218 176V226H290", tip: 226 },
    ],
    valves: [FORGET_VALVE, INPUT_VALVE, OUTPUT_VALVE],
    boxes: [{ x: 218, y: 110, text: "tanh" }],
    labels: [
      ...beltLabels("c", { name: "source", text: "gₜ", x: 124, y: 232, anchor: "end" }),
      { name: "shown", text: "hₜ", x: 294, y: 250, anchor: "end" },
    ],
  },
  gru: {
    flows: [
      { name: "old", d: "M26 58V200H46" },
      ...BELT,
      { name: "passed", d: "M86 200H118" },
      { name: "source", d: "M146 188V176" },
      { name: "x", d: "M146 248V212" },
    ],
    valves: [{ ...FORGET_VALVE, name: "1−z" }, { ...INPUT_VALVE, name: "z" }, RESET_VALVE],
    boxes: [{ x: 146, y: 200, text: "tanh" }],
    labels: [
      ...beltLabels("h", { name: "source", text: "nₜ", x: 182, y: 204, anchor: "start" }),
      { name: "x", text: "xₜ", x: 162, y: 246, anchor: "start" },
    ],
  },
  min: {
    flows: [...BELT, SOURCE],
    valves: [
      { ...FORGET_VALVE, name: "1−z" },
      { ...INPUT_VALVE, name: "z" },
    ],
    boxes: [],
    labels: beltLabels("h", { name: "source", text: "xₜ", x: 124, y: 232, anchor: "end" }),
  },
};

export function buildDiagram(svg, spec) {
  const diagram = DIAGRAMS[spec.cell];
  set(svg, { viewBox: `0 -6 ${WIDTH} 270`, role: "img" });
  const title = make("text", { class: "gc-title", x: 0, y: 13 }, svg);
  const flows = diagram.flows.map(({ name, d }) => ({
    name,
    node: make("path", { d, class: "gc-flow" }, svg),
  }));
  for (const { tip } of diagram.flows)
    if (tip)
      make(
        "polygon",
        {
          class: "gc-tip",
          points: `${WIDTH - 10},${tip - 8} ${WIDTH},${tip} ${WIDTH - 10},${tip + 8}`,
        },
        svg,
      );
  make("circle", { class: "gc-node", cx: PLUS.x, cy: PLUS.y, r: 14 }, svg);
  make(
    "path",
    { class: "gc-sign", d: `M${PLUS.x - 7} ${PLUS.y}h14M${PLUS.x} ${PLUS.y - 7}v14` },
    svg,
  );
  for (const { x, y, text } of diagram.boxes) {
    make("rect", { class: "gc-node", x: x - 28, y: y - 12, width: 56, height: 24, rx: 5 }, svg);
    make("text", { class: "gc-name", x, y: y + 4, "text-anchor": "middle", text }, svg);
  }
  const colors = Object.fromEntries(spec.lanes.map((lane) => [lane.letter, lane.color]));
  colors["1−z"] = colors.z;
  Object.assign(colors, { w_x: spec.colors.x, w_h: spec.colors.h });
  const valves = diagram.valves.map((valve) => buildValve(svg, valve, colors[valve.name]));
  const labels = diagram.labels.map(({ name, text, x, y, anchor }) => ({
    name,
    text,
    node: make("text", { class: "gc-value", x, y, "text-anchor": anchor }, svg),
  }));
  return { svg, title, flows, valves, labels };
}

function buildValve(svg, { name, cx, cy, along, x, y, anchor }, stroke) {
  const ends = { x1: cx - 15, x2: cx + 15, y1: cy, y2: cy, stroke };
  const shut = { transform: `rotate(${along + 90} ${cx} ${cy})` };
  make("circle", { class: "gc-valve", cx, cy, r: 20, stroke }, svg);
  const look = { class: "gc-value gc-hue", style: `--gate: ${stroke}` };
  const label = make("text", { ...look, x, y, "text-anchor": anchor }, svg);
  if (along === null) {
    make("path", { class: "gc-sign", d: `M${cx - 7} ${cy - 7}l14 14m0-14l-14 14` }, svg);
    return { name, label };
  }
  make("line", { class: "gc-blade gc-ghost", ...ends, ...shut }, svg);
  const blade = make("line", { class: "gc-blade", ...ends }, svg);
  return { name, cx, cy, along, blade, label };
}

export function drawDiagram({ svg, title, flows, valves, labels }, spec, values, step, run) {
  const at = CELLS[spec.cell].flows(values, run, step - 1);
  write(title, TITLE(step));
  set(svg, { "aria-label": TITLE(step) });
  for (const { name, node } of flows) {
    const size = Math.abs(at[name]);
    const sign = at[name] < 0 ? "minus" : "plus";
    const width = (1.2 + 9 * Math.min(size, 1.5)).toFixed(2);
    set(node, { "stroke-width": width, "data-sign": size < 0.005 ? "none" : sign });
  }
  for (const { name, cx, cy, along, blade, label } of valves) {
    write(label, `${SYMBOLS[name] ?? name} ${num(at[name])}`);
    if (!blade) continue;
    const angle = (along + 90 * (1 - at[name])).toFixed(1);
    set(blade, { transform: `rotate(${angle} ${cx} ${cy})` });
  }
  for (const { name, text, node } of labels) write(node, `${text} ${num(at[name])}`);
}
