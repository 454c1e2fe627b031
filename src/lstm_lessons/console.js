// The gate console's picture and its model, so that a drag needs no kernel. numpy is the truth:
// a test runs random settings through console.py and through `simulate` and compares.

const WORDS = {
  startFrom: "Start from",
  undo: "Undo",
  reset: "Reset",
  keys: "Keys: Tab to a gate, ← → to a step, ↑ ↓ to move it (Shift: by 0.01), Home and End to its ends",
  gates: "Gates: drag a bar, or paint across the steps",
  gatesNarrow: "Gates: drag or paint",
  states: { memory: "The memory c", lstm: "Cell state c and hidden state h", gru: "Hidden state h" },
  gradient: (s, T) => `Gradient on its way back, |∂${s}${sub(T)}/∂${s}ₜ|, log scale`,
  gradientNarrow: (s, T) => `Gradient |∂${s}${sub(T)}/∂${s}ₜ|, log scale`,
  whole: "Gates set by hand do not depend on h, so the path along c is the whole gradient.",
  written: (t) => `written at step ${t}`,
  step: "step",
  given: "(given)",
  goal: "Goal",
  score: "Score",
  solved: "Solved",
  bar: (name, t) => `${name}, step ${t}`,
  picture: (t) => `The cell at step ${t}`,
};

// ---- the model: one unit, gates set by hand ------------------------------------------------

export function simulate(cell, v) {
  const T = v.x ? v.x.length : v.forget.length;
  const c = [], h = [], n = [], factor = []; // factor: what a step's gradient is multiplied by
  let state = 0;
  for (let t = 0; t < T; t++) {
    if (cell === "gru") {
      const [r, z] = [v.reset[t], v.update[t]];
      n[t] = Math.tanh(v.x[t] + r * state);
      factor[t] = 1 - z + z * (1 - n[t] * n[t]) * r;
      h[t] = state = state + z * (n[t] - state);
    } else {
      factor[t] = v.forget[t];
      c[t] = state = v.forget[t] * state + v.input[t] * (v.x || v.candidate)[t];
      if (cell === "lstm") h[t] = v.output[t] * Math.tanh(state);
    }
  }
  const gradient = Array(T).fill(1);
  for (let t = T - 2; t >= 0; t--) gradient[t] = gradient[t + 1] * factor[t + 1];
  return { c, h, n, factor, gradient: gradient.map(Math.abs) };
}

export function score(goal, states) {
  let distance = 0;
  for (const [name, targets] of Object.entries(goal.targets))
    targets.forEach((target, t) => {
      if (target !== null) distance += Math.max(0, Math.abs(states[name][t] - target) - goal.tolerance);
    });
  return Math.max(0, Math.floor(100 * (1 - distance / goal.par)));
}

// ---- words and numbers ----------------------------------------------------------------------

const sub = (n) => String(n).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);
const num = (v) => (Math.abs(v) < 0.005 ? 0 : v).toFixed(2).replace("-", "−");
const percent = (p) => (p > 0 && p < 1e-6 ? "less than 0.0001" : p >= 0.0995 ? Number((100 * p).toFixed(p > 0.99 ? 1 : 0)) : Number((100 * p).toPrecision(2))) + "%";

export function sentence(cell, v, gate, step) {
  const { c, h, n, factor, gradient } = simulate(cell, v);
  const t = step - 1, T = gradient.length;
  if (cell === "gru") {
    const old = t ? h[t - 1] : 0, [r, z, x] = [v.reset[t], v.update[t], v.x[t]];
    const candidate = `the candidate is tanh(${num(x)} + ${num(r)} × ${num(old)}) = ${num(n[t])}`;
    const back = ` The gradient passes this step times ${num(factor[t])}; of step ${T}'s gradient, ${percent(gradient[t])} reaches step ${step}.`;
    if (gate === "z")
      return `Gate z at step ${step} is ${num(z)}: h keeps ${percent(1 - z)} of its ${num(old)} and takes ${percent(z)} of the candidate ${num(n[t])}, which makes ${num(h[t])}.` + back;
    return (gate === "r" ? `Gate r at step ${step} is ${num(r)}: ` : `Input x at step ${step} is ${num(x)}: `) + candidate + "." + back;
  }
  const source = v.x || v.candidate, writes = source.map((g, k) => v.input[k] * g);
  const left = (s) => gradient[s] === 0
    ? `nothing is left at step ${T}, and no gradient comes back to it.`
    : `${percent(gradient[s])} is left at step ${T}; the gradient on its way back keeps the same ${percent(gradient[s])}.`;
  if (gate === "o")
    return `Gate o at step ${step} is ${num(v.output[t])}: h shows ${num(v.output[t])} × tanh(${num(c[t])}) = ${num(h[t])}. It decides what is seen, not what is kept: the gradient along c is the same for every o.`;
  if (gate === "f") {
    const s = strongest(writes, t);
    const start = `Gate f at step ${step} is ${num(v.forget[t])}. `;
    return start + (s < 0 ? "Nothing was written before it, so it has nothing to keep." : `Of the value written at step ${s + 1}, ${left(s)}`);
  }
  const wrote = `${num(v.input[t])} × ${num(source[t])} = ${num(writes[t])}`;
  const name = gate === "i" ? `Gate i at step ${step} is ${num(v.input[t])}` : `${gate === "g" ? "Candidate g" : "Input x"} at step ${step} is ${num(source[t])}`;
  if (writes[t] === 0) return `${name}: the step writes ${wrote}, nothing. Of step ${T}'s gradient, ${percent(gradient[t])} reaches c here.`;
  return `${name}: the step writes ${wrote} into c. Of it, ${left(t)}`;
}

// The step before `end` that wrote most into c; -1 if none wrote anything.
const strongest = (writes, end) =>
  writes.slice(0, end).reduce((best, w, k) => (Math.abs(w) > (best < 0 ? 0 : Math.abs(writes[best])) ? k : best), -1);

// ---- the cell's diagram: flows by what runs through them (and the height of their tip),
// valves by what opens them, with their centre, the angle of the flow and the place of their label

const BELT = {
  flows: [["M6 58H75", "old"], ["M115 58H192", "kept"], ["M208 136V74", "taken"], ["M222 58H374", "state", 58]],
  plus: [208, 58],
};
const DIAGRAMS = {
  memory: {
    flows: [...BELT.flows, ["M208 236V176", "source"]],
    valves: [["f", 95, 58, 0, 95, 98, "middle"], ["i", 208, 156, 90, 180, 160, "end"]],
    labels: [["old", "cₜ₋₁", 6, 38, "start"], ["state", "cₜ", 374, 38, "end"], ["source", "xₜ", 180, 232, "end"]],
  },
  lstm: {
    flows: [...BELT.flows, ["M208 236V176", "source"], ["M296 58V98", "state"], ["M296 122V136", "squashed"], ["M296 176V226H374", "shown", 226]],
    valves: [["f", 95, 58, 0, 95, 98, "middle"], ["i", 208, 156, 90, 180, 160, "end"], ["o", 296, 156, 90, 324, 160, "start"]],
    boxes: [[296, 110, "tanh"]],
    labels: [["old", "cₜ₋₁", 6, 38, "start"], ["state", "cₜ", 374, 38, "end"], ["source", "gₜ", 180, 232, "end"], ["shown", "hₜ", 374, 246, "end"]],
  },
  gru: {
    flows: [["M36 58V200H75", "old"], ...BELT.flows, ["M115 200H178", "passed"], ["M208 188V176", "source"], ["M208 248V212", "x"]],
    valves: [["1−z", 95, 58, 0, 95, 98, "middle"], ["z", 208, 156, 90, 180, 160, "end"], ["r", 95, 200, 0, 95, 240, "middle"]],
    boxes: [[208, 200, "tanh"]],
    labels: [["old", "hₜ₋₁", 6, 38, "start"], ["state", "hₜ", 374, 38, "end"], ["source", "nₜ", 250, 204, "start"], ["x", "xₜ", 224, 246, "start"]],
  },
};

function flowsAt(cell, v, { c, h, n }, t) {
  const states = cell === "gru" ? h : c, old = t ? states[t - 1] : 0, state = states[t];
  if (cell === "gru") {
    const [r, z, x] = [v.reset[t], v.update[t], v.x[t]];
    return { old, kept: (1 - z) * old, source: n[t], taken: z * n[t], state, passed: r * old, x, r, z, "1−z": 1 - z };
  }
  const [f, i, source] = [v.forget[t], v.input[t], (v.x || v.candidate)[t]];
  const base = { old, kept: f * old, source, taken: i * source, state, f, i };
  return cell === "memory" ? base : { ...base, squashed: Math.tanh(state), shown: h[t], o: v.output[t] };
}

// ---- drawing --------------------------------------------------------------------------------

function make(tag, attributes = {}, parent) {
  const svg = /^(svg|g|rect|line|path|text|circle|polygon)$/.test(tag);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) name === "text" ? (node.textContent = value) : node.setAttribute(name, value);
  parent?.append(node);
  return node;
}

// Only what has changed is touched: a change costs the browser far more than a comparison.
function set(node, attributes) {
  for (const name in attributes)
    if (node.getAttribute(name) !== String(attributes[name])) node.setAttribute(name, attributes[name]);
}
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// The plots for one width: returns what a redraw changes. x(t) is the middle of step t's column.
function buildPlots(svg, spec, width) {
  const { cell, steps: T, lanes, colors, goal } = spec;
  const wide = width >= 460, left = wide ? 124 : 52, right = 22, column = (width - left - right) / T;
  const x = (t) => left + (t + 0.5) * column;
  svg.replaceChildren();
  const band = make("rect", { class: "gc-band", width: column }, svg);
  const title = (text, y) => make("text", { class: "gc-title", x: 0, y, text }, svg);
  let y = 16;
  title(wide ? WORDS.gates : WORDS.gatesNarrow, y - 3);
  const rows = lanes.map((lane) => {
    const height = lane.low < 0 ? 58 : 44, top = y + 4, zero = lane.low < 0 ? top + height / 2 : top + height;
    y = top + height + 4;
    const given = goal?.given.includes(lane.trait);
    const group = make("g", { class: given ? "gc-lane gc-given" : "gc-lane", style: `--gate: ${lane.color}` }, svg);
    make("text", { class: "gc-letter", x: 0, y: top + height / 2 + (wide ? 5 : -3), text: lane.letter }, group);
    const lines = given ? [...lane.name.split(" "), WORDS.given] : lane.name.split(" ");
    if (wide) lines.forEach((text, k) => make("text", { class: "gc-name", x: 16, y: top + height / 2 + 10 + 12 * (k - lines.length / 2), text }, group));
    const value = make("text", { class: "gc-value", x: left - 8, y: top + height / 2 + (wide ? 4 : 12), "text-anchor": "end" }, group);
    const bars = Array.from({ length: T }, (_, t) => {
      const slot = make("rect", {
        class: "gc-slot", x: x(t) - column / 2 + 1, y: top, width: column - 2, height, rx: 2, role: "slider", tabindex: -1,
        "aria-orientation": "vertical", "aria-label": WORDS.bar(lane.name, t + 1), "aria-valuemin": lane.low, "aria-valuemax": 1,
        ...(given && { "aria-disabled": "true" }), "data-lane": lane.letter, "data-step": t + 1,
      }, group);
      const bar = make("rect", { class: "gc-fill", x: x(t) - column / 2 + 3, width: column - 6 }, group);
      const cap = make("line", { class: "gc-cap", x1: x(t) - column / 2 + 2, x2: x(t) + column / 2 - 2 }, group);
      return { slot, bar, cap };
    });
    if (lane.low < 0) make("line", { class: "gc-axis", x1: left, x2: width - right, y1: zero, y2: zero }, group);
    return { ...lane, given, top, height, zero, scale: height / (1 - lane.low), bars, value };
  });

  const names = { memory: ["c"], lstm: ["c", "h"], gru: ["h"] }[cell];
  title(WORDS.states[cell], (y += 20) - 4);
  const state = { top: y + 4, height: 112, high: 0, low: 0 };
  make("rect", { class: "gc-slot", x: left, y: state.top, width: T * column, height: state.height }, svg);
  state.axis = make("line", { class: "gc-axis", x1: left, x2: width - right }, svg);
  state.ticks = [1, 0, -1].map(() => make("text", { class: "gc-tick", x: left - 6, "text-anchor": "end" }, svg));
  state.trail = make("path", { class: "gc-trail" }, svg);
  state.trailName = make("text", { class: "gc-tick" }, svg);
  state.targets = names.flatMap((name) => (goal?.targets[name] || []).flatMap((target, t) =>
    target === null ? [] : [{ name, t, target, node: make("rect", { class: "gc-target", x: x(t) - column * (name === "c" ? 0.47 : 0.3), width: column * (name === "c" ? 0.94 : 0.6), rx: 2, style: `--gate: ${colors[name]}` }, svg) }]));
  state.curves = names.map((name) => ({
    name, line: make("path", { class: "gc-line", stroke: colors[name], "stroke-dasharray": name === "h" ? "5 3" : "none" }, svg),
    dots: Array.from({ length: T }, () => make("path", { fill: name === "h" ? "var(--gc-paper)" : colors[name], stroke: colors[name], "stroke-width": 1.6 }, svg)),
    label: make("text", { class: "gc-label", x: width - right + 6, style: `fill: ${colors[name]}`, text: name }, svg),
  }));
  y = state.top + state.height;

  title(WORDS[wide ? "gradient" : "gradientNarrow"](cell === "gru" ? "h" : "c", T), (y += 22) - 4);
  const back = { top: y + 4, height: 84 };
  back.y = (p) => back.top + back.height * Math.min(1, 0.06 - 0.22 * Math.log10(Math.max(p, 1e-9)));
  back.floor = back.y(1e-9) - 4;
  make("rect", { class: "gc-slot", x: left, y: back.top, width: T * column, height: back.height }, svg);
  for (const p of [1, 0.1, 0.01, 0.001, 0.0001]) {
    make("line", { class: "gc-grid", x1: left, x2: width - right, y1: back.y(p), y2: back.y(p) }, svg);
    make("text", { class: "gc-tick", x: left - 6, y: back.y(p) + 4, "text-anchor": "end", text: percent(p) }, svg);
  }
  back.line = make("path", { class: "gc-line", stroke: colors.gradient }, svg);
  back.dots = Array.from({ length: T }, () => make("path", { stroke: colors.gradient, "stroke-width": 1.6 }, svg));
  y = back.top + back.height;
  const every = column < 18 ? 3 : 1;
  for (let t = 0; t < T; t += every) make("text", { class: "gc-tick", x: x(t), y: y + 14, "text-anchor": "middle", text: t + 1 }, svg);
  make("text", { class: "gc-tick", x: left - 6, y: y + 14, "text-anchor": "end", text: WORDS.step }, svg);
  set(band, { y: 16, height: y - 12 });
  set(svg, { viewBox: `0 0 ${width} ${y + 20}`, width, height: y + 20 });
  return { width, left, column, x, rows, band, state, back };
}

// The states' range grows in these steps, and shrinks only when the hand lets go: no jumping about.
const LEVELS = [1.1, 2.2, 5.5, 13, 25];
const DOT = { c: (x, y) => `M${x - 3.2} ${y}a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0`, h: (x, y) => `M${x - 3} ${y - 3}h6v6h-6z` };
const path = (points) => points.map(([x, y], k) => `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

function drawPlots(plots, spec, v, gate, step, states, dragging) {
  const { rows, state, back, x, column } = plots;
  for (const row of rows)
    v[row.trait].forEach((value, t) => {
      const { slot, bar, cap } = row.bars[t], y = row.zero - value * row.scale;
      set(bar, { y: Math.min(y, row.zero), height: Math.abs(y - row.zero) });
      set(cap, { y1: y, y2: y });
      set(slot, { "aria-valuenow": value.toFixed(2), "aria-valuetext": num(value) });
      if (!dragging) set(slot, { tabindex: t === step - 1 ? 0 : -1 }); // forces a layout
      slot.classList.toggle("gc-chosen", row.letter === gate && t === step - 1);
    });
  for (const row of rows) write(row.value, num(v[row.trait][step - 1]));
  set(plots.band, { x: x(step - 1) - column / 2 });

  const all = [...states.c, ...states.h, ...state.targets.map(({ target }) => target)];
  const reach = (most) => LEVELS.find((level) => level >= most) || LEVELS.at(-1);
  state.high = Math.max(reach(Math.max(...all)), dragging ? state.high : 0);
  state.low = Math.max(reach(-Math.min(...all)), dragging ? state.low : 0);
  const scale = state.height / (state.high + state.low), y = (value) => state.top + (state.high - value) * scale;
  set(state.axis, { y1: y(0), y2: y(0) });
  [Math.floor(state.high), 0, -Math.floor(state.low)].forEach((tick, k) => {
    set(state.ticks[k], { y: y(tick) + 4 });
    write(state.ticks[k], String(tick).replace("-", "−"));
  });
  for (const curve of state.curves) {
    const points = states[curve.name].map((value, t) => [x(t), y(value)]);
    set(curve.line, { d: path(points) });
    curve.dots.forEach((dot, t) => set(dot, { d: DOT[curve.name](...points[t]) }));
    set(curve.label, { y: points[points.length - 1][1] + 4 });
  }
  if (state.curves.length === 2) spread(state.curves.map((curve) => curve.label));
  for (const { name, t, target, node } of state.targets) {
    set(node, { y: y(target) - 5, height: 10 });
    node.classList.toggle("gc-hit", Math.abs(states[name][t] - target) <= spec.goal.tolerance);
  }
  drawTrail(plots, spec, v, gate, step, states, y);

  const at = (p, t) => [x(t), p < 1e-4 ? back.floor : back.y(p)];
  set(back.line, { d: states.gradient.map((p, t) => (p < 1e-4 ? "" : `${t && states.gradient[t - 1] >= 1e-4 ? "L" : "M"}${at(p, t).join(" ")}`)).join("") });
  back.dots.forEach((dot, t) => {
    const p = states.gradient[t], [cx, cy] = at(p, t);
    set(dot, p < 1e-4 ? { d: `M${cx - 4} ${cy - 5}h8l-4 6z`, fill: "none" } : { d: `M${cx} ${cy - 4}l4 4l-4 4l-4-4z`, fill: spec.colors.gradient });
  });
}

// Two labels at the ends of two curves must not cover each other.
function spread([a, b]) {
  const [ya, yb] = [Number(a.getAttribute("y")), Number(b.getAttribute("y"))];
  const push = Math.max(0, 13 - Math.abs(ya - yb)) / 2 * (ya <= yb ? 1 : -1);
  set(a, { y: ya - push });
  set(b, { y: yb + push });
}

// What is left, step by step, of the value that the sentence speaks of.
function drawTrail({ state, x }, spec, v, gate, step, states, y) {
  if (spec.cell === "gru") return;
  const writes = (v.x || v.candidate).map((g, k) => v.input[k] * g), start = gate === "f" ? strongest(writes, step - 1) : step - 1;
  const shown = gate !== "o" && start >= 0 && writes[start] !== 0;
  set(state.trail, { visibility: shown ? "visible" : "hidden" });
  set(state.trailName, { visibility: shown && !spec.goal ? "visible" : "hidden" });
  if (!shown) return;
  const points = [];
  for (let t = start, left = writes[start]; t < writes.length; left *= v.forget[++t]) points.push([x(t), y(left)]);
  set(state.trail, { d: path([[x(start), y(0)], ...points, [x(writes.length - 1), y(0)]]) });
  const above = writes[start] > 0;
  write(state.trailName, WORDS.written(start + 1));
  const end = start > writes.length * 0.65;
  set(state.trailName, { x: x(start) + (end ? -7 : 7), y: above ? y(0) + 13 : y(0) - 6, "text-anchor": end ? "end" : "start" });
}

function buildDiagram(svg, spec) {
  const { cell, lanes } = spec, diagram = DIAGRAMS[cell];
  const color = Object.fromEntries(lanes.map((lane) => [lane.letter, lane.color]));
  color["1−z"] = color.z;
  set(svg, { viewBox: "0 -6 380 270", role: "img" });
  const title = make("text", { class: "gc-title", x: 0, y: 13 }, svg);
  const flows = diagram.flows.map(([d, name]) => ({ name, node: make("path", { d, class: "gc-flow" }, svg) }));
  for (const [, , tip] of diagram.flows.filter((flow) => flow[2])) make("polygon", { class: "gc-tip", points: `370,${tip - 8} 380,${tip} 370,${tip + 8}` }, svg);
  make("circle", { class: "gc-node", cx: BELT.plus[0], cy: BELT.plus[1], r: 14 }, svg);
  make("path", { class: "gc-sign", d: "M201 58h14M208 51v14" }, svg);
  for (const [bx, by, text] of diagram.boxes || []) {
    make("rect", { class: "gc-node", x: bx - 28, y: by - 12, width: 56, height: 24, rx: 5 }, svg);
    make("text", { class: "gc-name", x: bx, y: by + 4, "text-anchor": "middle", text }, svg);
  }
  const valves = diagram.valves.map(([name, cx, cy, along, tx, ty, anchor]) => {
    make("circle", { class: "gc-valve", cx, cy, r: 20, stroke: color[name] }, svg);
    make("line", { class: "gc-blade gc-ghost", x1: cx - 15, x2: cx + 15, y1: cy, y2: cy, stroke: color[name], transform: `rotate(${along + 90} ${cx} ${cy})` }, svg);
    const blade = make("line", { class: "gc-blade", x1: cx - 15, x2: cx + 15, y1: cy, y2: cy, stroke: color[name] }, svg);
    const label = make("text", { class: "gc-value", x: tx, y: ty, "text-anchor": anchor, style: `fill: ${color[name]}` }, svg);
    return { name, cx, cy, along, blade, label };
  });
  const labels = diagram.labels.map(([name, text, lx, ly, anchor]) => ({ name, text, node: make("text", { class: "gc-value", x: lx, y: ly, "text-anchor": anchor }, svg) }));
  return { svg, title, flows, valves, labels };
}

function drawDiagram({ svg, title, flows, valves, labels }, spec, v, step, states) {
  const at = flowsAt(spec.cell, v, states, step - 1);
  write(title, WORDS.picture(step));
  set(svg, { "aria-label": WORDS.picture(step) });
  for (const { name, node } of flows) {
    const size = Math.abs(at[name]);
    set(node, { "stroke-width": (1.2 + 9 * Math.min(size, 1.5)).toFixed(2), "data-sign": size < 0.005 ? "none" : at[name] < 0 ? "minus" : "plus" });
  }
  for (const { name, cx, cy, along, blade, label } of valves) {
    set(blade, { transform: `rotate(${(along + 90 * (1 - at[name])).toFixed(1)} ${cx} ${cy})` });
    write(label, `${name} ${num(at[name])}`);
  }
  for (const { name, text, node } of labels) write(node, `${text} ${num(at[name])}`);
}

// A solved puzzle counts in the reader's progress (progress.js), where the browser may keep it.
function note(name) {
  const key = "lstm-lessons: solved";
  try {
    const kept = new Set(JSON.parse(localStorage.getItem(key) ?? "[]"));
    localStorage.setItem(key, JSON.stringify([...kept.add(name)]));
    window.dispatchEvent(new Event("lstm-lessons-solved"));
  } catch {
    return; // some front ends forbid it: the score above still says so
  }
}

// ---- the widget -----------------------------------------------------------------------------

function render({ model, el }) {
  const spec = Object.fromEntries(["cell", "steps", "lanes", "colors", "goal", "presets"].map((name) => [name, model.get(name)]));
  const { steps: T, lanes, goal } = spec, traits = lanes.map((lane) => lane.trait);
  const copy = (v) => Object.fromEntries(traits.map((trait) => [trait, [...v[trait]]]));

  const root = make("div", { class: "gc", "data-lm-suppress-shortcuts": "true" }, el);
  const goalRow = goal && make("div", { class: "gc-goal" }, root);
  if (goal) make("p", { text: `${WORDS.goal}: ${goal.text}` }, goalRow);
  const meter = goal && make("meter", { min: 0, max: 100, "aria-label": WORDS.score }, goalRow);
  const points = goal && make("output", { class: "gc-score" }, goalRow);
  const bar = make("div", { class: "gc-controls" }, root);
  const names = Object.keys(spec.presets);
  const select = names.length > 1 ? make("select", {}, make("label", { text: `${WORDS.startFrom} ` }, bar)) : null;
  if (select) for (const name of names) make("option", { value: name, text: name }, select);
  const undo = make("button", { type: "button", text: WORDS.undo }, bar), reset = make("button", { type: "button", text: WORDS.reset }, bar);
  const body = make("div", { class: "gc-body" }, root);
  const frame = make("div", { class: "gc-plots" }, body), svg = make("svg", { role: "group", "aria-label": WORDS.gates }, frame);
  const side = make("div", { class: "gc-side" }, body);
  const diagram = buildDiagram(make("svg", { class: "gc-cell" }, side), spec);
  const words = make("p", { class: "gc-sentence" }, side);
  const live = make("p", { class: "gc-live", "aria-live": "polite" }, root);
  make("p", { class: "gc-note", text: (spec.cell === "lstm" ? WORDS.whole + " " : "") + WORDS.keys }, root);

  let values, shown, gate, step, preset; // what the hand has set; `shown` is on its way to `values`
  let solved = false, plots = null, drag = null, history = [], lastKey = "", saving = 0, speaking = 0, moving = 0;
  const read = () => {
    shown = values = Object.fromEntries(traits.map((trait) => [trait, [...model.get(trait)]]));
    [gate, step, preset] = ["gate", "step", "preset"].map((name) => model.get(name));
  };
  read();

  function draw() {
    if (!plots) return;
    const states = simulate(spec.cell, shown);
    drawPlots(plots, spec, shown, gate, step, states, drag);
    drawDiagram(diagram, spec, shown, step, states);
    write(words, sentence(spec.cell, values, gate, step));
    undo.disabled = !history.length;
    if (goal) {
      const reached = score(goal, simulate(spec.cell, values));
      meter.value = reached;
      write(points, `${WORDS.score} ${reached}${reached === 100 ? ` · ${WORDS.solved} ✓` : ""}`);
      goalRow.classList.toggle("gc-solved", reached === 100);
      if (reached === 100 && !solved) note(`${spec.cell} ${goal.name}`);
      solved = reached === 100;
    }
    if (select) select.value = preset;
    clearTimeout(speaking); // a screen reader hears where the hand came to rest
    speaking = setTimeout(() => write(live, words.textContent), 500);
  }

  // The picture never waits for the kernel: it is told at most every 60 ms, and of the last state
  // always. All is set just before it is sent, or the echo of an older message would undo it.
  function save() {
    saving ||= setTimeout(() => {
      model.set({ ...copy(values), gate, step, preset });
      model.save_changes();
      saving = 0;
    }, 60);
  }

  // A preset, a reset or an undo moves the bars there, unless the reader wants no motion.
  function glide(next) {
    const from = shown, start = performance.now(), still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    values = next;
    save();
    cancelAnimationFrame(moving);
    const tick = () => {
      const part = still ? 1 : Math.min(1, (performance.now() - start) / 220), ease = part * (2 - part);
      shown = part === 1 ? values : Object.fromEntries(traits.map((trait) => [trait, from[trait].map((a, t) => a + ease * (values[trait][t] - a))]));
      draw();
      if (part < 1) moving = requestAnimationFrame(tick);
    };
    tick();
  }

  function put(row, t, value) {
    values[row.trait][t] = Math.round(100 * Math.min(1, Math.max(row.low, value))) / 100;
  }

  function remember(key = "") {
    cancelAnimationFrame(moving);
    if (key && key === lastKey) return;
    lastKey = key;
    history = [...history.slice(-99), { values: copy(values), preset }];
  }

  const place = (event) => {
    const box = drag.box;
    return [(event.clientX - box.left - plots.left) / plots.column, event.clientY - box.top];
  };

  svg.addEventListener("pointerdown", (event) => {
    if (event.button || !plots) return;
    root.classList.remove("gc-keys");
    const box = svg.getBoundingClientRect(), px = event.clientX - box.left, py = event.clientY - box.top;
    const t = Math.floor((px - plots.left) / plots.column);
    if (t < 0 || t >= T) return;
    const row = plots.rows.find((r) => py >= r.top - 4 && py < r.top + r.height + 4);
    [gate, step] = [row ? row.letter : gate, t + 1];
    save();
    if (row && !row.given) {
      event.preventDefault();
      remember();
      shown = values = copy(values);
      drag = { row, box, t, first: t, y: py };
      svg.setPointerCapture(event.pointerId);
      stroke(event);
    }
    row?.bars[t].slot.focus({ preventScroll: true });
    draw();
  });

  function stroke(event) {
    const [at, y] = place(event), { row } = drag;
    // A hand that lifts one bar also sways: the first column ends only a third of a column further out.
    const sway = drag.first >= 0 && Math.abs(at - drag.first - 0.5) < 0.83;
    const t = sway ? drag.first : Math.min(T - 1, Math.max(0, Math.floor(at)));
    if (!sway) drag.first = -1;
    const way = Math.sign(t - drag.t) || 1, count = Math.abs(t - drag.t);
    for (let k = count ? 1 : 0; k <= count; k++) {
      const part = count ? k / count : 1;
      put(row, drag.t + way * k, (row.zero - (drag.y + part * (y - drag.y))) / row.scale);
    }
    Object.assign(drag, { t, y });
    step = t + 1;
    save();
  }

  // Chromium scrolls in spite of touch-action on a part of an svg.
  svg.addEventListener("touchmove", (event) => drag && event.preventDefault(), { passive: false });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    for (const part of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) stroke(part);
    draw();
  });
  const drop = () => { drag = null; draw(); };
  svg.addEventListener("pointerup", () => drag && drop());
  svg.addEventListener("pointercancel", () => drag && drop());

  root.addEventListener("keydown", () => root.classList.add("gc-keys"), true);
  svg.addEventListener("keydown", (event) => {
    const slot = event.target.closest("[data-lane]"), row = slot && plots.rows.find((r) => r.letter === slot.dataset.lane);
    if ((event.ctrlKey || event.metaKey) && event.key === "z") return event.preventDefault(), undo.click();
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const t = Number(slot.dataset.step) - 1, size = event.shiftKey ? 0.01 : 0.05, now = values[row.trait][t];
    const moves = { ArrowUp: now + size, ArrowDown: now - size, PageUp: now + 0.25, PageDown: now - 0.25, Home: row.low, End: 1 };
    const turn = { ArrowLeft: Math.max(0, t - 1), ArrowRight: Math.min(T - 1, t + 1) };
    if (event.key in turn) row.bars[turn[event.key]].slot.focus();
    else if (event.key in moves && !row.given) {
      remember(`${row.letter}${t}`);
      shown = values = copy(values);
      put(row, t, moves[event.key]);
      save();
      draw();
    } else if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  frame.addEventListener("focusin", (event) => { // not on the svg: it would become a stop of Tab itself
    const slot = event.target.closest("[data-lane]");
    if (!slot || drag) return;
    [gate, step] = [slot.dataset.lane, Number(slot.dataset.step)];
    save();
    draw();
  });

  select?.addEventListener("change", () => {
    remember();
    preset = select.value;
    glide(copy(spec.presets[preset]));
  });
  reset.addEventListener("click", () => {
    remember();
    glide(copy(spec.presets[preset]));
  });
  undo.addEventListener("click", () => {
    if (!history.length) return;
    lastKey = "";
    const before = history.pop();
    preset = before.preset;
    glide(before.values);
  });

  // Python, or another view of this console, has changed something.
  function hear() {
    if (drag || saving) return;
    cancelAnimationFrame(moving);
    read();
    draw();
  }
  const heard = [...traits, "gate", "step", "preset"].map((name) => `change:${name}`).join(" ");
  model.on(heard, hear);

  const fit = new ResizeObserver(() => {
    const width = Math.floor(frame.clientWidth);
    if (!width || width === plots?.width) return;
    const chosen = svg.contains(document.activeElement) && [document.activeElement.dataset.lane, document.activeElement.dataset.step];
    plots = buildPlots(svg, spec, width);
    root.classList.toggle("gc-narrow", width < 460);
    draw();
    if (chosen) svg.querySelector(`[data-lane="${chosen[0]}"][data-step="${chosen[1]}"]`).focus({ preventScroll: true });
  });
  fit.observe(frame);
  return () => {
    fit.disconnect();
    model.off(heard, hear);
    clearTimeout(speaking);
  };
}

export default { render };
