// A question that is answered before looking: choices or a number, and a button that commits.

const WORDS = {
  before: "Your guess, before you look",
  commit: "This is my guess",
  kept: (guess) => `Your guess: ${guess}. It is kept; now go and see.`,
  look: "Computed answer",
  again: "Guess again",
};
const short = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))) : value);
let count = 0;

// A guess outlives the cell that is run again and the page that is loaded again, where the browser
// may keep it; where it may not (some front ends forbid it), it lasts as long as its widget.
const memory = (() => {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
})();

function make(tag, attributes, parent) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) name === "text" ? (node.textContent = value) : node.setAttribute(name, value);
  parent?.append(node);
  return node;
}

function render({ model, el }) {
  const choices = model.get("choices"), group = `guess-${++count}`;
  const key = `lstm-lessons: ${model.get("question")}`;
  const root = make("form", { class: "guess", "data-lm-suppress-shortcuts": "true" }, el);
  const fields = make("fieldset", {}, root);
  make("legend", { text: model.get("question") }, fields);
  const inputs = choices.map((choice) => {
    const label = make("label", {}, fields);
    const input = make("input", { type: "radio", name: group, value: choice }, label);
    label.append(` ${choice}`);
    return input;
  });
  if (!choices.length) inputs.push(make("input", { type: "number", step: "any", "aria-label": WORDS.before }, fields));
  const commit = make("button", { type: "submit", text: WORDS.commit }, root);
  const kept = make("p", { "aria-live": "polite" }, root);
  const answer = make("details", {}, root);
  make("summary", { text: WORDS.look }, answer);
  const computed = make("p", {}, answer);

  const picked = () => (choices.length ? inputs.find((input) => input.checked)?.value : inputs[0].value === "" ? undefined : inputs[0].valueAsNumber);
  function keep(value) {
    if (value === null) memory?.removeItem(key);
    else memory?.setItem(key, JSON.stringify(value));
    model.set("value", value);
    model.save_changes();
  }
  function draw() {
    const value = model.get("value"), made = value !== null && value !== undefined;
    for (const input of inputs) {
      if (made && choices.length) input.checked = input.value === value;
      if (made && !choices.length) input.value = value;
      input.disabled = made;
    }
    commit.textContent = made ? WORDS.again : WORDS.commit;
    commit.disabled = !made && picked() === undefined;
    kept.textContent = made ? WORDS.kept(short(value)) : "";
    computed.textContent = model.get("answer");
    answer.hidden = !made || !model.get("answer");
  }
  root.addEventListener("input", () => (commit.disabled = picked() === undefined));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type !== "number") return;
    event.preventDefault(); // JupyterLab would take the key
    root.requestSubmit();
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const made = model.get("value") !== null && model.get("value") !== undefined;
    if (!made && picked() === undefined) return;
    keep(made ? null : picked());
    answer.open = false;
  });
  model.on("change:value change:answer", draw);
  const earlier = JSON.parse(memory?.getItem(key) ?? "null");
  const fits = choices.length ? choices.includes(earlier) : typeof earlier === "number";
  if (fits && model.get("value") === null) keep(earlier);
  draw();
  return () => model.off("change:value change:answer", draw);
}

export default { render };
