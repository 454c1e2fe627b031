"""The lens's JavaScript in node: its curves, singular values and sentences against numpy's."""

import json
import math
import subprocess

import numpy as np
import pytest

from lstm_lessons import GradientLens
from lstm_lessons.widgets.base import script
from tests.widgets.test_lens import CELLS, corners, tenths

RUN = """
import { readFileSync } from "node:fs";
import { median, Network, sayDirections, sayLeft } from "./lens_model.mjs";
const { cell, draws, settings } = JSON.parse(readFileSync(0, "utf8"));
const network = new Network(cell, draws);
const plain = (row) => Object.fromEntries(Object.entries(row).map(([k, v]) => [k, [...v]]));
const answers = settings.map((values) => {
  const curves = network.curves(values);
  const directions = network.directions(values);
  const said = [sayLeft(curves), sayDirections(directions)];
  const middles = directions.values.map(median);
  return { curves: plain(curves), directions: plain(directions), middles, said };
});
const noNumber = (v) => typeof v === "number" && !Number.isFinite(v); // JSON would say null
console.log(JSON.stringify(answers, (_, v) => (noNumber(v) ? String(v) : v)));
"""


def between(lens, count):
    """Values of all controls at random, on their steps."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        yield {
            name: rng.choice(knob.options).item()
            if hasattr(knob, "options")
            else type(knob.value)(rng.choice(np.arange(knob.min, knob.max + 1e-9, knob.step)))
            for name, knob in lens.controls.items()
        }


@pytest.fixture(scope="module", params=CELLS)
def answers(request, node, tmp_path_factory):
    """A lens, and of many settings what JavaScript makes of them."""
    lens, folder = GradientLens(request.param), tmp_path_factory.mktemp("node")
    (folder / "lens_model.mjs").write_text(script("lens_model"), encoding="utf-8")
    (folder / "run.mjs").write_text(RUN, encoding="utf-8")
    settings = [*corners(lens), *between(lens, 60)]
    given = json.dumps(dict(cell=lens.cell, draws=lens.draws, settings=settings))
    done = subprocess.run(
        [node, folder / "run.mjs"], input=given, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return lens, list(zip(settings, json.loads(done.stdout), strict=True))


def test_the_script_with_what_it_imports_is_one_module_that_runs_alone(node, tmp_path):
    (tmp_path / "joined.mjs").write_text(script("lens"), encoding="utf-8")
    load = "import('./joined.mjs').then((made) => console.log(made.default))"
    done = subprocess.run([node, "-e", load], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "{ render: [Function: render] }\n", done.stderr


def tolerance(lens, values):
    """How near the two must be; less where the states grow each rounding's share from step to step."""
    if values.get("activation") == "tanh" and values["radius"] >= 2:
        return 1e-4
    if lens.cell == "gru" and values["scale"] > 2 and values["update_bias"] > -1:
        return 1e-4 if values["steps"] <= 60 else math.inf
    return 1e-9


def test_javascript_and_numpy_compute_the_same_curves(answers):
    lens, pairs = answers
    for values, answer in pairs:
        curves = lens.compute(**values)
        assert answer["curves"].keys() == curves.keys()
        for name, curve in curves.items():
            there = np.array(answer["curves"][name], float)
            assert there.shape == curve.shape and np.all(np.isfinite(there))
            if (near := tolerance(lens, values)) < 1:
                assert there == pytest.approx(curve, rel=near, abs=1e-290), values
    assert sum(tolerance(lens, values) == 1e-9 for values, _ in pairs) > 100


def test_javascript_and_numpy_find_the_same_singular_values(answers):
    lens, pairs = answers
    for values, answer in pairs:
        found, T = answer["directions"], values["steps"]
        assert found["lags"][0] == 0 and found["lags"][-1] == T - 1 and len(found["lags"]) >= 10
        there = np.array(found["values"], float)
        assert there.shape == (len(found["lags"]), 32) and np.all(np.diff(there) <= 0)
        assert answer["middles"] == pytest.approx(np.median(there, axis=1))
        curve = answer["curves"]["c" if lens.cell == "lstm" else "h"]
        assert found["left"] == pytest.approx(curve, rel=1e-9, abs=1e-150)
        if (near := tolerance(lens, values)) < 1:
            here = lens.singular_values(**values)[[T - 1 - lag for lag in found["lags"]]]
            for ours, theirs in zip(here, there, strict=True):
                assert theirs == pytest.approx(
                    ours, rel=max(near, 1e-8), abs=1e-13 * ours[0] + 1e-60
                )


@pytest.mark.parametrize("answers", ["rnn"], indirect=True)
def test_on_the_page_directions_far_below_the_largest_are_right_as_well(answers):
    """The product of them all is the determinant: in an RNN that of its slopes and weights."""
    lens, pairs = answers
    lowest = []
    for values, answer in pairs:
        if values["activation"] == "relu" or values["radius"] < 0.3 or values["steps"] > 20:
            continue
        settings = {name: values[name] for name in ("radius", "activation")}
        rng = np.random.default_rng(values["seed"])
        cell = lens.make(rng, **settings)
        slopes = cell.slopes(cell.forward(rng.standard_normal((values["steps"], 1, 4))))["a"][1:]
        known = np.log(slopes).sum() + len(slopes) * np.linalg.slogdet(cell.params["Wh"])[1]
        there = answer["directions"]["values"][-1]
        if there[-1] < 1e-50:
            continue  # so far down nothing is turned any more
        assert np.log(there).sum() == pytest.approx(known, rel=1e-6)
        lowest.append(there[-1] / there[0])
    assert len(lowest) > 5 and min(lowest) < 1e-18


def test_the_two_sentences_say_what_numpy_computes(answers):
    lens, pairs = answers
    for values, answer in pairs:
        (left, directions), T = answer["said"], values["steps"]
        theirs = {name: np.array(curve) for name, curve in answer["curves"].items()}
        assert left == lens.say(theirs)  # on the same numbers; chaotic ones differ
        last = np.array(answer["directions"]["values"][-1])
        kept, most, median = np.sum(last >= 0.01), last[0], answer["middles"][-1]
        strongest, middle = (
            tenths(share) if share >= 1e-12 else f"less than {tenths(1e-12)}"
            for share in (most, median)
        )
        assert directions == (
            f"{T - 1} steps back, {kept} of the 32 directions keep a hundredth or more."
            f" The strongest keeps {strongest}, the median {middle}."
        )
