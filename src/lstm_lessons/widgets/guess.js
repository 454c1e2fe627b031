// A question that is answered before looking: choices or a number, and a button that commits. The
// computed answer comes onto the page only then, or when the reader asks to be shown.

import { keep, make, recall } from "./dom.js";
import { outermost } from "./keys.js";

const WORDS = {
  number: "Your guess, a number",
  commit: "This is my guess",
  show: "Show me",
  again: "Guess again",
  choose: "Choose one first, or press “Show me”.",
  fill: "Write a number first, or press “Show me”.",
  right: (answer) => `✓ Right. Computed: ${answer}.`,
  wrong: (guess, answer) => `✗ You guessed: ${guess}. Computed: ${answer}.`,
  shown: (answer) => `Computed: ${answer}.`,
  guessed: (guess) => `Your guess: ${guess}. `,
  waits: "The answer appears here when it is computed: run the cells below.",
};
const SHOWN = " (shown)"; // beside the question, the name under which it is kept that it was asked for
const PHONE = "(max-width: 700px)";
let count = 0;

function build(model, el) {
  const question = model.get("question");
  const choices = model.get("choices"); // pairs of a key, which is the guess, and its text
  const root = outermost(el, "guess", null, "form");
  root.noValidate = true; // what is missing is said on the card
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
    const number = { type: "number", step: "any", "aria-label": WORDS.number };
    inputs.push(make("input", number, fields));
  }
  const buttons = make("div", {}, root);
  const commit = make("button", { type: "submit", text: WORDS.commit }, buttons);
  const show = make("button", { type: "button", class: "guess-show", text: WORDS.show }, buttons);
  const verdict = make(
    "div",
    { class: "guess-verdict", "aria-live": "polite", tabindex: -1 },
    root,
  );
  return { question, choices, root, inputs, commit, show, verdict };
}

// The guess of an earlier visit, if it is an answer now. An older edition has kept a choice's text.
function earlier(question, choices) {
  const kept = recall(question);
  if (!choices.length) return typeof kept === "number" ? kept : undefined;
  const find = (place) => choices.find((choice) => choice[place] === kept);
  return (find(0) ?? find(1))?.[0];
}

// The sentence on a guess: by its key, or by the first bound above it; the last bound is infinity.
function sentence(model, guess) {
  const on = (key) => (typeof guess === "number" ? guess < (key ?? Infinity) : key === guess);
  return model.get("why").find(([key]) => on(key))?.[1] ?? "";
}

function isRight(model, guess) {
  const right = model.get("right");
  if (typeof right !== "number") return guess === right;
  return Math.abs(guess - right) <= model.get("tolerance") * (1 + 1e-9);
}

// A stored lesson has a second edition of its pictures, drawn for a phone.
function picture({ src, alt, width, height, narrow, narrow_size }, parent) {
  const both = make("picture", {}, parent);
  if (narrow) {
    const [narrowWidth, narrowHeight] = narrow_size;
    const size = { width: narrowWidth, height: narrowHeight };
    make("source", { media: PHONE, srcset: narrow, ...size }, both);
  }
  make("img", { src, alt, width, height, class: "picture" }, both);
}

// Opens the card: the verdict, why, and what the lesson has printed and drawn as evidence.
function open(model, verdict, guess, text) {
  const right = guess !== null && isRight(model, guess);
  const answer = model.get("answer");
  const said = guess === null ? WORDS.shown : right ? WORDS.right : (it) => WORDS.wrong(text, it);
  const head = { class: "guess-said", "data-right": guess === null ? "" : right };
  make("p", { ...head, text: said(answer) }, verdict);
  const sentences = [guess, model.get("right")].filter((one) => one !== null);
  for (const why of new Set(sentences.map((one) => sentence(model, one))))
    if (why) make("p", { text: why }, verdict);
  for (const piece of model.get("evidence")) {
    if (piece.src) picture(piece, verdict);
    else make("pre", { text: piece.text }, verdict);
  }
}

function render({ model, el }) {
  const { question, choices, root, inputs, commit, show, verdict } = build(model, el);
  let asked = recall(question + SHOWN) === true; // the reader wants to see, without a guess
  const guess = () => model.get("value") ?? null;
  const done = () => asked || guess() !== null;
  const shown = (value) =>
    choices.find(([key]) => key === value)?.[1] ?? String(Number(value.toPrecision(10)));
  const picked = () => {
    if (choices.length) return inputs.find((input) => input.checked)?.value;
    return inputs[0].value === "" ? undefined : inputs[0].valueAsNumber;
  };

  // A guess outlives the cell that is run again and the page that is loaded again.
  function commitTo(value, asking = false) {
    asked = asking;
    keep(question, value);
    keep(question + SHOWN, asked);
    model.set("value", value);
    model.save_changes();
    draw();
  }

  function draw() {
    const value = guess();
    for (const input of inputs) {
      if (value !== null && choices.length) input.checked = input.value === value;
      if (value !== null && !choices.length) input.value = value;
      input.disabled = done();
    }
    commit.textContent = done() ? WORDS.again : WORDS.commit;
    show.hidden = done();
    verdict.replaceChildren();
    if (!done()) return;
    const text = value === null ? "" : shown(value);
    if (model.get("right") !== null) open(model, verdict, value, text);
    else make("p", { text: (text && WORDS.guessed(text)) + WORDS.waits }, verdict);
  }

  root.addEventListener("input", () => {
    if (!done()) verdict.replaceChildren();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.type !== "number") return;
    event.preventDefault();
    root.requestSubmit();
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (done()) {
      commitTo(null);
      inputs[0].focus();
    } else if (picked() === undefined) {
      verdict.replaceChildren();
      make("p", { text: choices.length ? WORDS.choose : WORDS.fill }, verdict);
    } else {
      commitTo(picked());
      verdict.focus({ preventScroll: true });
    }
  });
  show.addEventListener("click", () => {
    commitTo(null, true);
    verdict.focus({ preventScroll: true });
  });
  const heard = "change:value change:right change:answer change:evidence";
  model.on(heard, draw);
  const before = earlier(question, choices);
  if (before !== undefined && guess() === null) commitTo(before);
  draw();
  return () => model.off(heard, draw);
}

export default { render };
