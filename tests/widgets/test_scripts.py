"""The widgets' JavaScript in node: each script stands alone, and its model agrees with numpy."""

import json
import re
import subprocess

import numpy as np
import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.base import HERE, script
from lstm_lessons.widgets.console import SHOWN
from lstm_lessons.widgets.presets import KNOBS, LANES, PRESETS
from scripts.jupyter import ROOT
from tests.puzzles import ALL, PUZZLES, SOLUTIONS, console_with, random_gates

RUN = """
import { readFileSync } from "node:fs";
import { score, sentence, simulate } from "./model.mjs";
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ cell, values, goal, letters }) => {
  const run = simulate(cell, values);
  const say = (gate) => run.gradient.map((_, t) => sentence(cell, values, gate, t + 1));
  const scored = goal && score(goal, cell, values);
  return { run, scored, said: letters.map((gate) => [gate, say(gate)]) };
});
const noNumber = (v) => typeof v === "number" && !Number.isFinite(v); // JSON would say null
console.log(JSON.stringify(answers, (_, v) => (noNumber(v) ? String(v) : v)));
"""


@pytest.mark.parametrize("name", ["console", "guess", "progress"])
def test_a_widget_s_script_with_what_it_imports_is_one_module_that_runs_alone(name, node, tmp_path):
    (tmp_path / "joined.mjs").write_text(script(name), encoding="utf-8")
    load = "import('./joined.mjs').then((made) => console.log(Object.keys(made), made.default))"
    done = subprocess.run([node, "-e", load], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "[ 'default' ] { render: [Function: render] }\n", done.stderr


def test_each_name_that_a_module_imports_is_exported_there():
    """A joined script would not show it: there all modules have one namespace. The site's pages do."""
    texts = {
        path.name: path.read_text(encoding="utf-8")
        for folder in (HERE, ROOT / "site" / "live")
        for path in folder.glob("*.js")
    }
    export = re.compile(r"(?m)^export (?:const|function\*?|class) (\w+)")
    has = {name: set(export.findall(text)) for name, text in texts.items()}
    for name, text in texts.items():
        for wanted, module in re.findall(r'import \{([^}]*)\} from "\./([\w.]+)";', text):
            missing = {one.strip() for one in wanted.split(",")} - has[module] - {""}
            assert not missing, f"{name} imports {missing} from {module}"


def settings():
    """Consoles that both sides compute: all presets and puzzles, and gates at random."""
    rng = np.random.default_rng(0)
    for T in (2, 12, 24):
        yield from (GateConsole(cell, T, preset) for cell in PRESETS for preset in PRESETS[cell])
        for cell in LANES:
            yield from (console_with(cell, random_gates(cell, T, rng)) for _ in range(34))
    yield from (GateConsole(cell, goal=goal) for cell, goal in ALL)
    for cell, goal in PUZZLES:
        solved = console_with(cell, SOLUTIONS[cell, goal], goal).values
        knobs = {knob.trait: (knob.low, knob.high) for knob in KNOBS.get(cell, [])}
        for share in [0, *rng.uniform(0, 0.6, 20), 1]:  # from solved to anything
            mixed = random_gates(cell, 12, rng)
            for trait, values in mixed.items():
                both = (1 - share) * np.array(solved[trait]) + share * np.array(values)
                mixed[trait] = float(np.clip(both, *knobs[trait])) if trait in knobs else both
            yield console_with(cell, mixed, goal)


@pytest.fixture(scope="module")
def answers(node, tmp_path_factory):
    """All settings: the console, its states and gradient, and what JavaScript makes of it."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "model.mjs").write_text(script("gate_model"), encoding="utf-8")
    (folder / "run.mjs").write_text(RUN, encoding="utf-8")
    consoles = list(settings())
    letters = {cell: GateConsole(cell).letters for cell in LANES}
    asked = [
        dict(cell=c.cell, values=c.values, goal=c.goal, letters=letters[c.cell]) for c in consoles
    ]
    done = subprocess.run(
        [node, folder / "run.mjs"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    both = zip(consoles, json.loads(done.stdout), strict=True)
    return [(console, computed(console), answer) for console, answer in both]


def computed(console):
    """What numpy computes, by the names of the script's: each a number for each step."""
    trace = console.trace
    names = [*SHOWN[console.cell], *("n" if hasattr(trace, "n") else "")]
    states = {name: getattr(trace, name)[:, 0, 0] for name in names}
    return states | {"gradient": console.gradient}


def test_javascript_and_numpy_compute_the_same_states_and_gradients(answers):
    assert len(answers) > 400
    for _, here, answer in answers:
        for name, values in here.items():
            grows = 1e-11 if name == "gradient" else 0  # up to 3 times at each step
            np.testing.assert_allclose(answer["run"][name], values, rtol=grows, atol=1e-12)


def test_javascript_and_numpy_give_the_same_score(answers):
    puzzles = [(console, answer["scored"]) for console, _, answer in answers if console.goal]
    for console, scored in puzzles:
        reached, asked = console.reached
        assert scored == {"points": console.score, "reached": reached, "all": asked}
    points = {scored["points"] for _, scored in puzzles}
    assert {0, 100} < points and len(points) > 60


# --- sentences


def numbers(text):
    """The numbers with two decimals, and the percentages as shares."""
    text = re.sub(r" [\d,.]+ times as", "", text.replace("−", "-"))  # `grown` reads it
    decimals = [float(v) for v in re.findall(r"-?\d+\.\d\d(?![\d%])", text)]
    return decimals, [float(v) / 100 for v in re.findall(r"([\d.]+)%", text)]


def grown(text):
    """How many times as large a sentence says that the gradient is."""
    said = re.search(r" ([\d,.]+) times as large as at step \d+\.", text)
    return said and float(said[1].replace(",", ""))


def due(console, here, gate, t):
    """What the sentence on a gate must contain: numbers, shares, and other words."""
    v = {lane["letter"]: console.values[lane["trait"]][t] for lane in console.lanes}
    back, steps = here["gradient"], console.steps
    if console.cell == "rnn":
        v |= {knob["letter"]: console.values[knob["trait"]] for knob in console.knobs}
        h = here["h"]
        old, factor = h[t - 1] if t else 0.0, v["w_h"] * (1 - h[t] ** 2)
        summed = [v["w_x"], v["x"], v["w_h"], old, v["b"], h[t], factor]
        return [v[gate], *summed], [back[t]] if back[t] < 1.05 else [], []
    if console.cell == "gru":
        h, n = here["h"], here["n"]
        old = h[t - 1] if t else 0.0
        factor = 1 - v["z"] + v["z"] * (1 - n[t] ** 2) * v["r"]
        if gate == "z":
            return [v["z"], old, n[t], h[t], factor], [1 - v["z"], v["z"], back[t]], []
        return [v[gate], v["x"], v["r"], old, n[t], factor], [back[t]], []
    if console.cell == "min":
        old, factor = here["h"][t - 1] if t else 0.0, 1 - v["z"]
        if gate == "z":
            return [v["z"], old, v["x"], here["h"][t], factor], [factor, v["z"], back[t]], []
        return [v["x"], v["z"], v["x"], v["z"] * v["x"], factor], [v["z"], back[t]], []
    if gate == "o":
        return [v["o"], v["o"], here["c"][t], here["h"][t]], [], ["the same for every o"]
    source = np.array(console.x if console.cell == "memory" else console.candidate)
    writes = source * console.input
    at = t
    if gate == "f":
        shown = [v["f"]]
        at = int(np.argmax(np.abs(writes[:t]))) if t else 0
        if not np.any(writes[:t]):
            return shown, [], ["Nothing was written before it"]
        words = [f"Of the value written at step {at + 1}, "]
    else:
        shown, words = [v[gate], v["i"], source[t], writes[t]], []
        if writes[t] == 0:
            return shown, [back[t]], [f"nothing. Of step {steps}'s gradient, "]
    if back[at] == 0:
        return shown, [], [*words, f"nothing is left at step {steps}"]
    return shown, 2 * [back[at]], [*words, f" is left at step {steps}"]


STRANGE = re.compile(r"NaN|undefined|null|Infinity|[-−]0\.00(?!\d)|\de")


def near(said, share):
    """A share is said in whole percents, a small one with two digits, the smallest as a bound."""
    if 0 < share < 1e-6:
        return said == 1e-6
    return abs(said - share) <= (0.00501 if share >= 0.0995 else 0.0501 * share)


def test_every_sentence_says_what_numpy_computes(answers):
    for console, here, answer in answers:
        for gate, sentences in answer["said"]:
            for t, text in enumerate(sentences):
                expected, shares, words = due(console, here, gate, t)
                decimals, percents = numbers(text)
                knob = {"w_x": "wₓ", "w_h": "wₕ", "b": "b"}.get(gate)
                assert (
                    text.startswith(f"{knob} is ")
                    if knob
                    else f"{gate} at step {t + 1} is " in text
                )
                if console.cell == "rnn" and here["gradient"][t] >= 1.05:
                    assert grown(text) == pytest.approx(here["gradient"][t], rel=0.05)
                else:
                    assert grown(text) is None
                assert decimals == pytest.approx(expected, abs=0.00501), text
                assert len(percents) == len(shares) and all(map(near, percents, shares)), text
                assert all(word in text for word in words), text
                assert not STRANGE.search(text), text
