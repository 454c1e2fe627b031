// A reader's own puzzle in a link: its boxes and the lane that is given, in whole thousandths. What
// solves it is left out.

import { score } from "./gate_model.js";
import { areBoxes } from "./own_puzzle.js";

const thousandths = (row) => row.map((value) => (value === null ? null : Math.round(1000 * value)));
const shares = (row) => row.map((value) => (value === null ? null : value / 1000));
const rowsBy = (boxes, change) =>
  Object.fromEntries(Object.entries(boxes).map(([name, row]) => [name, change(row)]));

const hasBoxes = (boxes) => Object.values(boxes).some((row) => row.some((v) => v !== null));

// Null for a puzzle that its maker has not solved: nobody should be sent one that cannot be.
export function takePuzzle(get) {
  const [goal, boxes] = ["goal", "boxes"].map(get);
  if (!hasBoxes(boxes)) return null;
  const rows = [...get("lanes"), ...get("knobs")].map(({ trait }) => [trait, get(trait)]);
  const played = { ...goal, stories: [{ values: {}, targets: boxes }] };
  if (score(played, get("cell"), Object.fromEntries(rows)).points < 100) return null;
  return { boxes: rowsBy(boxes, thousandths), given: thousandths(get(goal.given[0])) };
}

// The traits that it stands for; null if it cannot be a puzzle.
export function givePuzzle(get, { boxes, given }) {
  const steps = get("steps");
  const isRow = (row) =>
    Array.isArray(row) && row.every((value) => value === null || Number.isInteger(value));
  if (boxes === null || typeof boxes !== "object" || !Object.values(boxes).every(isRow))
    return null;
  const targets = rowsBy(boxes, shares);
  if (!hasBoxes(targets) || !areBoxes(get("cell"), targets, steps)) return null;
  const [trait] = get("goal").given;
  const { low } = get("lanes").find((lane) => lane.trait === trait);
  const inside = (value) => Number.isInteger(value) && value >= 1000 * low && value <= 1000;
  if (!Array.isArray(given) || given.length !== steps || !given.every(inside)) return null;
  return { boxes: targets, [trait]: shares(given), phase: "sent" };
}
