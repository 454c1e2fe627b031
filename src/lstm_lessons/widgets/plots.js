// The console's three stacked panels over the steps: the gates' bars, the states, the gradient.

import { make, set, write } from "./dom.js";
import { boxes, CELLS, reaches, simulate, strongest } from "./gate_model.js";
import { lowered, minus, num, percent } from "./numbers.js";

const LABELS = {
  gates: "Gates: drag a bar, or paint across the steps",
  gatesNarrow: "Gates: drag or paint",
  inputs: "Inputs: drag a bar, or paint across the steps",
  inputsNarrow: "Inputs: drag or paint",
  inputsGiven: "Inputs",
  states: { c: "The memory c", ch: "Cell state c and hidden state h", h: "Hidden state h" },
  gradient: (s, T) => `Gradient on its way back, |∂${s}${lowered(T)}/∂${s}ₜ|, log scale`,
  gradientNarrow: (s, T) => `Gradient |∂${s}${lowered(T)}/∂${s}ₜ|, log scale`,
  written: (t) => `written at step ${t}`,
  step: "step",
  given: "(given)",
  bar: (name, t) => `${name}, step ${t}`,
  faint: "▽ below 0.01%",
  high: (top) => `△ more than ${top} times`,
  grown: (share) => `${share} ×`,
};

export const NARROW = 420; // a width below which the names are short

// The states' range grows in these steps, and shrinks only when the hand lets go: no jumping about.
const LEVELS = [1.1, 2.2, 5.5, 13, 25];
const DOT = {
  c: (x, y) => `M${x - 3.2} ${y}a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0`,
  h: (x, y) => `M${x - 3} ${y - 3}h6v6h-6z`,
};
const FAINTEST = 1e-4; // what is less lies on the gradient's floor, as an open triangle
const join = (points) =>
  points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

// ---- building, once for each size ----------------------------------------------------------------

export function buildPlots(svg, spec, width, low) {
  const T = spec.steps;
  const wide = width >= NARROW;
  const [left, right] = [wide ? 124 : 66, 22];
  const column = (width - left - right) / T;
  const x = (t) => left + (t + 0.5) * column;
  const frame = { svg, wide, low, width, left, right, column, T, x };
  svg.replaceChildren();
  const band = make("rect", { class: "gc-band", width: column }, svg);
  title(frame, lanesTitle(spec, wide), 13);
  let y = 16;
  const rows = spec.lanes.map((lane) => {
    const row = buildLane(frame, spec, lane, y + 4);
    y = row.top + row.height + 4;
    return row;
  });
  const state = buildStates(frame, spec, y + 20);
  const back = buildGradient(frame, spec, state.top + state.height + 22);
  y = back.top + back.height;
  buildSteps(frame, y + 14);
  set(band, { y: 16, height: y - 12 });
  set(svg, { viewBox: `0 0 ${width} ${y + 20}`, width, height: y + 20 });
  return { ...frame, rows, band, state, back };
}

function lanesTitle({ lanes, knobs, goal }, wide) {
  if (!knobs.length) return wide ? LABELS.gates : LABELS.gatesNarrow;
  if (lanes.every(({ trait }) => goal?.given.includes(trait))) return LABELS.inputsGiven;
  return wide ? LABELS.inputs : LABELS.inputsNarrow;
}

function title({ svg }, text, y) {
  make("text", { class: "gc-title", x: 0, y, text }, svg);
}

function ground({ svg, left, T, column }, top, height) {
  make("rect", { class: "gc-slot", x: left, y: top, width: T * column, height }, svg);
}

function buildLane(frame, spec, lane, top) {
  const { svg, wide, low, width, left, right, T } = frame;
  const height = (lane.low < 0 ? 58 : 44) - (low ? 8 : 0);
  const zero = lane.low < 0 ? top + height / 2 : top + height;
  const given = spec.goal?.given.includes(lane.trait) ?? false;
  const style = `--gate: ${lane.color}`;
  const group = make("g", { class: given ? "gc-lane gc-given" : "gc-lane", style }, svg);
  const middle = top + height / 2;
  // The name stands beside the letter, or below it, and then without the word gate.
  const words = lane.name.split(" ").slice(0, wide ? 2 : 1);
  const lines = given ? [...words, LABELS.given] : words;
  const line = (k) => middle + 10 + 12 * (k - lines.length / 2) - (wide ? 0 : 6);
  for (const [k, text] of lines.entries())
    make("text", { class: "gc-name", x: wide ? 16 : 0, y: line(wide ? k : k + 1), text }, group);
  const y = wide ? middle + 5 : line(0);
  make("text", { class: "gc-letter gc-hue", x: 0, y, text: lane.letter }, group);
  const place = { x: left - 8, y, "text-anchor": "end" };
  const value = make("text", { class: "gc-value", ...place }, group);
  const box = { top, height, given };
  const bars = Array.from({ length: T }, (_, t) => buildBar(frame, group, lane, box, t));
  if (lane.low < 0)
    make("line", { class: "gc-axis", x1: left, x2: width - right, y1: zero, y2: zero }, group);
  return { ...lane, ...box, zero, scale: height / (1 - lane.low), bars, value };
}

function buildBar({ x, column }, group, lane, { top, height, given }, t) {
  const [start, end] = [x(t) - column / 2, x(t) + column / 2];
  const place = { x: start + 1, y: top, width: column - 2, height, rx: 2 };
  const slider = {
    role: "slider",
    tabindex: -1,
    "aria-orientation": "vertical",
    "aria-label": LABELS.bar(lane.name, t + 1),
    "aria-valuemin": lane.low,
    "aria-valuemax": 1,
    ...(given && { "aria-disabled": "true" }),
    "data-lane": lane.letter,
    "data-step": t + 1,
  };
  const slot = make("rect", { class: "gc-slot", ...place, ...slider }, group);
  const bar = make("rect", { class: "gc-fill", x: start + 3, width: column - 6 }, group);
  const cap = make("line", { class: "gc-cap", x1: start + 2, x2: end - 2 }, group);
  return { slot, bar, cap };
}

function buildStates(frame, spec, y) {
  const { svg, low, width, left, right, T } = frame;
  const names = CELLS[spec.cell].states;
  title(frame, LABELS.states[names.join("")], y - 4);
  const more = spec.lanes.length === 1 ? 40 : 0; // there is room for it
  const state = { top: y + 4, height: (low ? 80 : 112) + more, high: 0, low: 0 };
  ground(frame, state.top, state.height);
  state.axis = make("line", { class: "gc-axis", x1: left, x2: width - right }, svg);
  const tick = { class: "gc-tick", x: left - 6, "text-anchor": "end" };
  state.ticks = [1, 0, -1].map(() => make("text", tick, svg));
  state.trail = make("path", { class: "gc-trail" }, svg);
  state.trailName = make("text", { class: "gc-tick" }, svg);
  const stories = spec.goal?.stories ?? [];
  state.targets = stories.flatMap((_, k) => buildTargets(frame, spec, k));
  // The curves of the stories that are not shown in full.
  state.others =
    stories.length > 1 ? stories.map(() => make("path", { class: "gc-other" }, svg)) : [];
  state.curves = names.map((name) => {
    const stroke = spec.colors[name];
    const dash = name === "h" ? "5 3" : "none";
    const line = make("path", { class: "gc-line", stroke, "stroke-dasharray": dash }, svg);
    const dot = { fill: name === "h" ? "var(--paper)" : stroke, stroke, "stroke-width": 1.6 };
    const dots = Array.from({ length: T }, () => make("path", dot, svg));
    const place = { x: width - right + 6, style: `--gate: ${stroke}`, text: name };
    return { name, line, dots, label: make("text", { class: "gc-label gc-hue", ...place }, svg) };
  });
  return state;
}

function buildTargets({ svg, column, x }, spec, story) {
  return boxes(spec.goal.stories[story].targets).map(({ name, t, target }) => {
    const half = column * (name === "c" ? 0.47 : 0.3);
    const place = { x: x(t) - half, width: 2 * half, rx: 2 };
    const node = make(
      "rect",
      { class: "gc-target", ...place, style: `--gate: ${spec.colors[name]}` },
      svg,
    );
    return { story, name, t, target, node };
  });
}

function buildGradient(frame, spec, y) {
  const { svg, wide, low, width, left, right, T } = frame;
  const name = CELLS[spec.cell].states[0];
  title(frame, LABELS[wide ? "gradient" : "gradientNarrow"](name, T), y - 4);
  const { top = 1 } = CELLS[spec.cell];
  const back = { top: y + 4, height: low ? 62 : 84, most: top };
  const legend = { x: width - right, y: y - 4, "text-anchor": "end" };
  back.legend = make("text", { class: "gc-tick", ...legend }, svg);
  const decades = Math.log10(top / FAINTEST);
  back.y = (share) => {
    const below = (0.88 / decades) * Math.log10(top / Math.max(share, 1e-9));
    return back.top + back.height * Math.min(1, Math.max(0, 0.06 + below));
  };
  back.floor = back.y(0) - 4;
  back.ceiling = back.top + 4;
  ground(frame, back.top, back.height);
  for (let k = 0; k <= decades; k++) {
    const share = FAINTEST * 10 ** k;
    const height = back.y(share);
    make("line", { class: "gc-grid", x1: left, x2: width - right, y1: height, y2: height }, svg);
    if (decades > 4 && k % 2) continue; // their names would touch
    const text = share > 1 ? LABELS.grown(share) : percent(share);
    const tick = { x: left - 6, y: height + 4, "text-anchor": "end", text };
    make("text", { class: "gc-tick", ...tick }, svg);
  }
  const stroke = spec.colors.gradient;
  back.line = make("path", { class: "gc-line", stroke }, svg);
  back.dots = Array.from({ length: T }, () => make("path", { stroke, "stroke-width": 1.6 }, svg));
  return back;
}

function buildSteps({ svg, left, column, T, x }, y) {
  for (let t = 0; t < T; t += column < 18 ? 3 : 1)
    make("text", { class: "gc-tick", x: x(t), y, "text-anchor": "middle", text: t + 1 }, svg);
  make("text", { class: "gc-tick", x: left - 6, y, "text-anchor": "end", text: LABELS.step }, svg);
}

// ---- drawing, at every move ------------------------------------------------------------------------

export function drawPlots(plots, spec, { values, gate, step, run, story, dragging }) {
  drawLanes(plots, values, gate, step, dragging);
  set(plots.band, { x: plots.x(step - 1) - plots.column / 2 });
  const y = drawStates(plots, run, dragging);
  drawStories(plots, spec, values, run, story, y);
  drawTrail(plots, spec, values, gate, step, run, y);
  drawGradient(plots, spec, run);
}

function drawLanes({ rows }, values, gate, step, dragging) {
  for (const row of rows) {
    for (const [t, value] of values[row.trait].entries()) {
      const { slot, bar, cap } = row.bars[t];
      const y = row.zero - value * row.scale;
      set(bar, { y: Math.min(y, row.zero), height: Math.abs(y - row.zero) });
      set(cap, { y1: y, y2: y });
      set(slot, { "aria-valuenow": value.toFixed(2), "aria-valuetext": num(value) });
      if (!dragging) set(slot, { tabindex: t === step - 1 ? 0 : -1 }); // forces a layout
      slot.classList.toggle("gc-chosen", row.letter === gate && t === step - 1);
    }
    write(row.value, num(values[row.trait][step - 1]));
  }
}

// Returns the height of a value, for what is drawn on the same axis.
function drawStates({ state, x }, run, dragging) {
  const all = [...run.c, ...run.h, ...state.targets.map(({ target }) => target)];
  const reach = (most) => LEVELS.find((level) => level >= most) ?? LEVELS.at(-1);
  state.high = Math.max(reach(Math.max(...all)), dragging ? state.high : 0);
  state.low = Math.max(reach(-Math.min(...all)), dragging ? state.low : 0);
  const scale = state.height / (state.high + state.low);
  const y = (value) => state.top + (state.high - value) * scale;
  set(state.axis, { y1: y(0), y2: y(0) });
  for (const [k, tick] of [Math.floor(state.high), 0, -Math.floor(state.low)].entries()) {
    set(state.ticks[k], { y: y(tick) + 4 });
    write(state.ticks[k], minus(tick));
  }
  for (const curve of state.curves) {
    const points = run[curve.name].map((value, t) => [x(t), y(value)]);
    set(curve.line, { d: join(points) });
    for (const [t, dot] of curve.dots.entries()) set(dot, { d: DOT[curve.name](...points[t]) });
    set(curve.label, { y: points.at(-1)[1] + 4 });
  }
  if (state.curves.length === 2) spread(state.curves.map((curve) => curve.label));
  return y;
}

// The boxes of all stories, and the curves of those that are not shown in full.
function drawStories({ state, x }, spec, values, run, story, y) {
  if (!spec.goal) return;
  const runs = spec.goal.stories.map((it, k) =>
    k === story ? run : simulate(spec.cell, { ...values, ...it.values }),
  );
  for (const { story: k, name, t, target, node } of state.targets) {
    set(node, { y: y(target) - 5, height: 10 });
    node.classList.toggle("gc-hit", reaches(spec.goal, runs[k][name][t], target));
    node.classList.toggle("gc-aside", k !== story);
  }
  for (const [k, node] of state.others.entries()) {
    set(node, { visibility: k === story ? "hidden" : "visible", stroke: spec.colors.h });
    set(node, { d: join(runs[k].h.map((value, t) => [x(t), y(value)])) });
  }
}

// Two labels at the ends of two curves must not cover each other.
function spread([a, b]) {
  const [ya, yb] = [a, b].map((label) => Number(label.getAttribute("y")));
  const push = (Math.max(0, 13 - Math.abs(ya - yb)) / 2) * (ya <= yb ? 1 : -1);
  set(a, { y: ya - push });
  set(b, { y: yb + push });
}

// What is left, step by step, of the value that the sentence speaks of.
function drawTrail({ state, x }, spec, values, gate, step, run, y) {
  const writes = run.written;
  const start = gate === "f" ? strongest(writes, step - 1) : step - 1;
  const shown = gate !== "o" && start >= 0 && Boolean(writes[start]);
  set(state.trail, { visibility: shown ? "visible" : "hidden" });
  set(state.trailName, { visibility: shown && !spec.goal ? "visible" : "hidden" });
  if (!shown) return;
  const points = [];
  for (let t = start, left = writes[start]; t < writes.length; left *= values.forget[++t])
    points.push([x(t), y(left)]);
  const ends = [start, writes.length - 1].map((t) => [x(t), y(0)]);
  set(state.trail, { d: join([ends[0], ...points, ends[1]]) });
  write(state.trailName, LABELS.written(start + 1));
  const late = start > writes.length * 0.65;
  set(state.trailName, {
    x: x(start) + (late ? -7 : 7),
    y: writes[start] > 0 ? y(0) + 13 : y(0) - 6,
    "text-anchor": late ? "end" : "start",
  });
}

function drawGradient({ back, x }, spec, { gradient }) {
  const { most } = back;
  const seen = (t) => gradient[t] >= FAINTEST && gradient[t] <= most * 1.0001;
  const line = gradient.map((share, t) => {
    if (!seen(t)) return "";
    return `${t && seen(t - 1) ? "L" : "M"}${x(t)} ${back.y(share)}`;
  });
  set(back.line, { d: line.join("") });
  const some = (test) => gradient.some((share, t) => !seen(t) && test(share));
  const [faint, high] = [some((share) => share < most), some((share) => share > most)];
  write(back.legend, [high && LABELS.high(most), faint && LABELS.faint].filter(Boolean).join("  "));
  for (const [t, dot] of back.dots.entries()) {
    const cx = x(t);
    if (seen(t)) {
      const cy = back.y(gradient[t]);
      set(dot, { d: `M${cx} ${cy - 4}l4 4l-4 4l-4-4z`, fill: spec.colors.gradient });
    } else if (gradient[t] > most)
      set(dot, { d: `M${cx - 4} ${back.ceiling + 5}h8l-4-6z`, fill: "none" });
    else set(dot, { d: `M${cx - 4} ${back.floor - 5}h8l-4 6z`, fill: "none" });
  }
}
