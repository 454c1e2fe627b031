// A question that is answered before looking: choices or a number, and a button that commits.

import { keep, make, recall } from "./dom.js";

const WORDS = {
  before: "Your guess, before you look",
  commit: "This is my guess",
  kept: (guess) => `Your guess: ${guess}. It is kept; now go and see.`,
  look: "Computed answer",
  again: "Guess again",
};
let count = 0;

function build(model, el) {
  const question = model.get("question");
  const choices = model.get("choices"); // pairs of a key, which is the guess, and its text
  const root = make("form", { class: "guess", "data-lm-suppress-shortcuts": "true" }, el);
  const fields = make("fieldset", {}, root);
  make("legend", { text: question }, fields);
  const name = `guess-${++count}`;
  const inputs = choices.map(([value, text]) => {
    const label = make("label", {}, fields);
    const input = make("input", { type: "radio", name, value }, label);
    label.append(` ${text}`);
    return input;
  });
  if (!choices.length) {
    const number = { type: "number", step: "any", "aria-label": WORDS.before };
    inputs.push(make("input", number, fields));
  }
  const commit = make("button", { type: "submit", text: WORDS.commit }, root);
  const kept = make("p", { "aria-live": "polite" }, root);
  const answer = make("details", {}, root);
  make("summary", { text: WORDS.look }, answer);
  const computed = make("p", {}, answer);
  return { question, choices, root, inputs, commit, kept, answer, computed };
}

// The guess of an earlier visit, if it is an answer now. An older edition has kept a choice's text.
function earlier(question, choices) {
  const kept = recall(question);
  if (!choices.length) return typeof kept === "number" ? kept : undefined;
  const find = (place) => choices.find((choice) => choice[place] === kept);
  return (find(0) ?? find(1))?.[0];
}

function render({ model, el }) {
  const { question, choices, root, inputs, commit, kept, answer, computed } = build(model, el);
  const made = () => (model.get("value") ?? null) !== null;
  const shown = (value) =>
    choices.find(([key]) => key === value)?.[1] ?? String(Number(value.toPrecision(4)));
  const picked = () => {
    if (choices.length) return inputs.find((input) => input.checked)?.value;
    return inputs[0].value === "" ? undefined : inputs[0].valueAsNumber;
  };

  // A guess outlives the cell that is run again and the page that is loaded again.
  function commitTo(value) {
    keep(question, value);
    model.set("value", value);
    model.save_changes();
  }

  function draw() {
    const value = model.get("value");
    for (const input of inputs) {
      if (made() && choices.length) input.checked = input.value === value;
      if (made() && !choices.length) input.value = value;
      input.disabled = made();
    }
    commit.textContent = made() ? WORDS.again : WORDS.commit;
    commit.disabled = !made() && picked() === undefined;
    kept.textContent = made() ? WORDS.kept(shown(value)) : "";
    computed.textContent = model.get("answer");
    answer.hidden = !made() || !model.get("answer");
  }

  root.addEventListener("input", () => {
    commit.disabled = picked() === undefined;
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type !== "number") return;
    event.preventDefault(); // JupyterLab would take the key
    root.requestSubmit();
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!made() && picked() === undefined) return;
    commitTo(made() ? null : picked());
    answer.open = false;
  });
  model.on("change:value change:answer", draw);
  const before = earlier(question, choices);
  if (before !== undefined && !made()) commitTo(before);
  draw();
  return () => model.off("change:value change:answer", draw);
}

export default { render };
