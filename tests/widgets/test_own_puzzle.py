"""The reader's own puzzle: its boxes in Python, its score on both sides, and what a link holds of it."""

import json
import subprocess

import numpy as np
import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.base import HERE
from lstm_lessons.widgets.presets import LANES
from tests.puzzles import HELD, lane, random_gates

SITE = HERE.parents[2] / "site" / "live"
NONE = [None] * 12


def boxes(state, **at):
    """Boxes for one state: s2=0.8 is one at step 2."""
    return {state: [at.get(f"s{t}") for t in range(1, 13)]}


def own(cell="lstm", **traits):
    console = GateConsole(cell, goal="your own")
    for trait, value in traits.items():
        setattr(console, trait, value)
    return console


def test_it_starts_with_no_boxes_and_no_score():
    for cell in LANES:
        console = own(cell)
        assert all(row == NONE for row in console.boxes.values())
        assert (console.phase, console.score, console.reached) == ("draw", 0, (0, 0))


def test_it_is_solved_when_all_boxes_are_reached_and_0_where_it_starts():
    console = own(boxes=boxes("c", s1=0, s2=0.8, s12=0.8))
    assert (console.score, console.reached) == (0, (0, 3))
    console.forget, console.input = HELD["forget"], HELD["input"]
    assert (console.score, console.reached) == (100, (3, 3))
    assert console.goal["given"] == ["candidate"]


def test_where_it_starts_follows_the_lane_that_its_maker_draws():
    console = own(boxes=boxes("c", s2=0.8))
    before = console.goal["start_distance"]
    console.candidate = lane(-1)
    assert console.goal["start_distance"] > before and console.score == 0


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (5, "boxes: got 5, expected a dict with a list for c and h"),
        ({"q": NONE}, "expected a dict with a list for c and h"),
        (boxes("c") | {"h": NONE[1:]}, "expected 12 numbers from -1 to 1, None where"),
        (boxes("h", s3=1.01), "expected 12 numbers from -1 to 1, None where there is no box"),
        (boxes("c", s3=-12.1), "expected 12 numbers from -12 to 12, None where there is no box"),
        (boxes("c", s3=float("nan")), "expected 12 numbers from -12 to 12"),
        (boxes("c", s3="high"), "expected 12 numbers from -12 to 12"),
        ({"c": "x" * 12}, "expected 12 numbers from -12 to 12"),
    ],
)
def test_boxes_that_cannot_be_get_a_sentence_and_the_last_ones_stay(value, sentence):
    console = own(boxes=boxes("c", s2=0.8))
    before = console.boxes
    with pytest.raises((TypeError, ValueError), match="^boxes: got") as refusal:
        console.boxes = value
    assert sentence in str(refusal.value) and console.boxes == before


def test_a_phase_that_is_none_gets_a_sentence():
    with pytest.raises(ValueError, match="phase: got 'play', expected one of 'draw', 'solve'"):
        own(phase="play")


RUN = """
import { readFileSync } from "node:fs";
import { SHARED } from "./shared.js";
import { decode, encode } from "./link.js";
import { score } from "./gate_model.js";
const { take, give } = SHARED.GateConsole;
const answers = JSON.parse(readFileSync(0, "utf8")).map(({ state, garbage }) => {
  const get = (name) => state[name];
  const rows = [...state.lanes, ...state.knobs].map(({ trait }) => [trait, state[trait]]);
  const taken = take(get);
  const link = taken && encode(taken);
  return {
    scored: score(state.goal, state.cell, Object.fromEntries(rows)),
    size: link?.length,
    opened: link && give(get, decode(link)),
    refused: garbage.map((one) => give(get, one)),
  };
});
console.log(JSON.stringify(answers));
"""


@pytest.fixture
def ask(node, tmp_path):
    """Call it with consoles, and what may be in a link, for what the site's scripts make of them."""
    for script in [*HERE.glob("*.js"), *SITE.glob("*.js")]:
        (tmp_path / script.name).symlink_to(script)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (tmp_path / "run.js").write_text(RUN, encoding="utf-8")

    def ask(consoles, garbage=()):
        states = [
            {"state": {k: v for k, v in c.get_state().items() if k[0] != "_"}, "garbage": garbage}
            for c in consoles
        ]
        command = [node, "--preserve-symlinks", "--preserve-symlinks-main", tmp_path / "run.js"]
        done = subprocess.run(command, input=json.dumps(states), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def test_javascript_and_numpy_give_the_same_score(ask):
    rng = np.random.default_rng(0)
    consoles = []
    for cell in LANES:
        for _ in range(12):
            console = own(cell, **random_gates(cell, 12, rng))
            console.boxes = {
                state: [None if rng.random() < 0.4 else rng.uniform(-1, 1) for _ in NONE]
                for state in console.boxes
            }
            consoles.append(console)
    for console, answer in zip(consoles, ask(consoles), strict=True):
        reached, asked = console.reached
        assert answer["scored"] == {"points": console.score, "reached": reached, "all": asked}


def test_a_link_brings_boxes_and_what_is_given_and_not_what_solves_it(ask):
    solved = own(boxes=boxes("c", s1=0, s2=0.8, s12=0.8), candidate=[0.8, *lane(0.75)[1:]])
    solved.forget, solved.input = HELD["forget"], lane(0, {2: 1})
    solved.boxes = boxes("c", s1=0, s2=0.75, s12=0.75) | boxes("h", s12=0.318)
    [answer] = ask([solved])
    expected = {"boxes": solved.boxes, "candidate": list(solved.candidate), "phase": "sent"}
    assert answer["opened"] == expected and answer["size"] < 600
    sent = own(**answer["opened"])
    assert sent.score < 100 and sent.reached[1] == 4


def test_a_puzzle_that_is_not_solved_cannot_be_sent(ask):
    answers = ask([own(), own(boxes=boxes("c", s2=0.8))])
    assert [answer["opened"] for answer in answers] == [None, None]


def test_what_cannot_be_a_puzzle_is_not_opened(ask):
    row, given = [800, *NONE[1:]], [0] * 12
    good = {"boxes": {"c": row, "h": NONE}, "given": given}
    garbage = [
        {},
        {"boxes": None, "given": given},
        {"boxes": [row, NONE], "given": given},
        {"boxes": {"c": NONE, "h": NONE}, "given": given},  # not one box
        {"boxes": {"c": row}, "given": given},
        {"boxes": {"c": row, "h": NONE, "<b>": NONE}, "given": given},
        {"boxes": {"c": row[1:], "h": NONE}, "given": given},
        {"boxes": {"c": ["<b>", *NONE[1:]], "h": NONE}, "given": given},
        {"boxes": {"c": [12001, *NONE[1:]], "h": NONE}, "given": given},
        {"boxes": {"c": row, "h": [1001, *NONE[1:]]}, "given": given},
        good | {"given": given[1:]},
        good | {"given": [1001, *given[1:]]},
        good | {"given": [None, *given[1:]]},
        good | {"given": "0" * 12},
    ]
    [answer] = ask([own()], [*garbage, good])
    *refused, opened = answer["refused"]
    assert refused == [None] * len(garbage)
    assert opened["boxes"]["c"][0] == 0.8 and opened["candidate"] == given
