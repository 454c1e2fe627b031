"""A link to what is set on a page: what it keeps, what it refuses, and what opens from it."""

import json
import random
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest

from lstm_lessons import GateConsole, GradientLens, Readout, ScanTree, Stack, tasks
from lstm_lessons.cells import LSTM
from lstm_lessons.widgets.base import HERE
from lstm_lessons.widgets.network import NetworkConsole
from scripts.jupyter import ROOT
from tests.hands import Hand, until
from tests.puzzles import random_gates

RUN = """
import { readFileSync } from "node:fs";
import { decode, encode } from "./link.js";
import { SHARED } from "./shared.js";
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(({ kind, traits, state, text }) => {
  if (text !== undefined) return decode(text);
  const get = (name) => traits[name];
  const taken = state ?? SHARED[kind].take(get);
  const link = encode(taken);
  return { taken, link, given: taken && SHARED[kind].give(get, decode(link)) };
})));
"""
GARBAGE = [
    None,
    -1,
    0.5,
    1e9,
    "f",
    "<b>x</b>",
    True,
    [],
    {},
    [[]],
    [None] * 12,
    [2000] * 12,
    "9" * 99,
]


@pytest.fixture(scope="module")
def ask(node, tmp_path_factory):
    """Call it with a list of questions for the page's scripts in node."""
    folder = tmp_path_factory.mktemp("links")
    for path in [*HERE.glob("*.js"), *(ROOT / "site" / "live").glob("*.js")]:
        (folder / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "run.js").write_text(RUN, encoding="utf-8")

    def ask(questions):
        text = json.dumps(questions)
        done = subprocess.run(
            [node, "run.js"], cwd=folder, input=text, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def network(rng):
    sizes = len(tasks.WORDS), len(tasks.CITIES)
    return NetworkConsole(Stack([LSTM(sizes[0], 16, rng), Readout(16, sizes[1], rng)]))


def consoles():
    """Widgets whose state a link can have, set at random, with the names of what it keeps."""
    rng = np.random.default_rng(0)
    for cell in ("memory", "rnn", "lstm", "gru"):
        for steps in (2, 12, 24):
            console = GateConsole(cell, steps)
            names = list(console.values)
            for trait, value in random_gates(cell, steps, rng).items():
                setattr(console, trait, value)
            console.gate, console.step = console.letters[-1], steps
            yield console, [*names, "gate", "step", "chosen_preset"]
    for cell in ("rnn", "lstm", "gru"):
        lens = GradientLens(cell, steps=30, seed=4)
        lens.picture = "singular values"
        yield lens, ["picture", *lens.controls]
    for scheme, own in [("loop", ()), ("own", (3, 1)), ("sweeps", (15, 8))]:
        T = rng.integers(2, 17)
        tree = ScanTree(rng.uniform(0, 1, T), rng.uniform(-1, 1, T), scheme)
        tree.own = own
        yield tree, ["f", "b", "scheme", "own"]
    for _ in range(4):
        console = network(rng)
        T = len(console.story)
        override = {}
        for gate in "fiog":
            values = np.full((T, 1, 16), np.nan)
            values[rng.integers(T), 0, :] = rng.uniform(0, 1, 16)  # as from another story
            values[rng.integers(T), 0, :] = 0.25
            values[:, 0, rng.integers(16)] = 1
            override[gate] = values
        console.override = override
        console.chosen, console.other = ("g", 3, "all"), console.samples[5]
        yield console, ["story", "other", "hands", "chosen"]


def question(console, **more):
    traits = json.loads(json.dumps(console.get_state()))
    return dict(kind=type(console).__name__, traits=traits, **more)


def near(one, other):
    """Alike to the thousandth, however deep."""
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(near, one, other))
    if isinstance(one, float):
        return abs(one - other) <= 0.0005 + 1e-12
    return one == other


def test_a_link_gives_back_what_was_set_to_the_thousandth_and_is_short(ask):
    made = list(consoles())
    answers = ask([question(console) for console, _ in made])
    for (console, names), answer in zip(made, answers, strict=True):
        assert set(answer["given"]) == set(names)
        for name in names:
            kept, was = answer["given"][name], getattr(console, name)
            assert (
                near(sorted(was), sorted(map(list, kept))) if name == "hands" else near(was, kept)
            )
        assert len(answer["link"]) < 1900, console
        console.set_state(answer["given"])  # Python takes all of it


def test_nothing_in_a_link_gets_past_it_that_python_would_not_take(ask):
    rng, questions, made = random.Random(0), [], []
    for (console, _), answer in zip(
        own := list(consoles()), ask([question(c) for c, _ in own]), strict=True
    ):
        for _ in range(40):
            state = json.loads(json.dumps(answer["taken"]))
            wrong = rng.choice(GARBAGE)
            name = rng.choice(list(state))
            if isinstance(state[name], list) and state[name] and rng.random() < 0.7:
                state[name][rng.randrange(len(state[name]))] = wrong
            elif rng.random() < 0.3:
                del state[name]
            else:
                state[name] = wrong
            made.append(console)
            questions.append(question(console, state=state))
    answers = ask(questions)
    for console, answer in zip(made, answers, strict=True):
        if answer["given"] is not None:
            console.set_state(answer["given"])
    refused = [answer["given"] is None for answer in answers]
    assert 0.7 < np.mean(refused) < 1  # some garbage is as good as what it replaces


def test_garbage_is_read_as_nothing(ask):
    rng = random.Random(0)
    letters = "".join(map(chr, range(32, 127))) + "é한\0"
    texts = ["", "e30", "null", "W10", "bnVsbA", "%%%", "A" * 3000, "_-8"]
    texts += ["".join(rng.choices(letters, k=rng.randrange(60))) for _ in range(2000)]
    answers = ask([{"text": text} for text in texts])
    assert answers[1] == {} and sum(answer is not None for answer in answers) == 1


# --- the reader's own puzzle


def drawn():
    console = GateConsole("lstm", goal="your own")
    console.boxes = {"c": [0, *[0.5] * 11]}
    console.candidate = [0, 0.5, *[-0.25] * 10]
    return console


def test_a_puzzle_s_link_has_its_boxes_and_not_its_solution(ask):
    unsolved, solved = drawn(), drawn()
    solved.forget, solved.input = [1.0] * 12, np.eye(12)[1]
    assert solved.score == 100
    empty = GateConsole("lstm", goal="your own")
    no, none, yes = ask([question(it) for it in (unsolved, empty, solved)])
    assert no["taken"] is none["taken"] is None
    assert set(yes["taken"]) == {"boxes", "given"}
    assert set(yes["given"]) == {"boxes", "candidate", "phase"}
    other = GateConsole("lstm", goal="your own")
    other.set_state(yes["given"])
    assert (other.boxes, other.candidate) == (solved.boxes, solved.candidate)
    assert other.phase == "sent" and other.score < 100


@pytest.mark.parametrize("wrong", [*GARBAGE, {"c": [99000] * 12}, {"c": [None] * 12}, {"z": []}])
def test_boxes_that_cannot_be_are_refused(ask, wrong):
    given = [0] * 12
    (answer,) = ask([question(drawn(), state=dict(boxes=wrong, given=given))])
    assert answer["given"] is None
    if not isinstance(wrong, dict):
        boxes = {"c": [500] * 12, "h": [None] * 12}
        (answer,) = ask([question(drawn(), state=dict(boxes=boxes, given=wrong))])
        assert answer["given"] is None


# --- on the site


COPIED = "navigator.clipboard.readText()"


@pytest.fixture
def copying(visit):
    """Call it with a page's name for the page, and its `copy(widget)` for the link that is copied."""

    def copying(name):
        opened = visit(name, permissions=["clipboard-read", "clipboard-write"])

        def copy(widget):
            widget.get_by_role("button", name="Copy link").click()
            until(
                lambda: widget.locator(".share [role=status]").text_content().startswith("Copied")
            )
            return opened.page.evaluate(COPIED)

        return SimpleNamespace(page=opened.page, opened=opened, copy=copy)

    return copying


@pytest.mark.browser
def test_a_link_opens_the_page_as_it_was_set_and_there(copying, visit):
    one = copying("03_gates")
    hand = Hand(one.page)
    hand.drag(("f", 7, 0.9), ("f", 7, 0.25))
    values = hand.values("f")
    place = one.page.locator(".live[data-kind=GateConsole]").first
    one.page.wait_for_timeout(100)  # it is told a moment later
    link = one.copy(place)
    assert len(link) < 2000 and link.startswith(one.page.url)
    other = visit("index")
    other.page.goto(link)
    there = Hand(other.page)
    assert there.values("f") == values
    top = "(it) => it.getBoundingClientRect().top"
    until(lambda: other.page.evaluate("scrollY") > 200 and abs(there.root.evaluate(top)) < 100)
    assert other.errors == one.opened.errors == []
    # The same page, with another link in its address.
    there.button("Reset").click()
    place.locator("[data-lane=f][data-step='7']").press("Home")
    one.page.wait_for_timeout(100)
    other.page.goto(one.copy(place))
    until(lambda: Hand(other.page).values("f")[6] == 0)


@pytest.mark.browser
@pytest.mark.parametrize("link", ["#s=front.e30", "#s=", "#s=nowhere.e30", "#s=front.<img src=x>"])
def test_a_link_that_cannot_be_read_says_so_and_leaves_the_page_as_it_is(visit, link):
    opened = visit("index")
    values = Hand(opened.page).values("f")
    opened.page.goto(f"{opened.page.url}{link}")
    note = opened.page.get_by_role("alert").filter(has_text="The link could not be read")
    note.wait_for()
    assert Hand(opened.page).values("f") == values
    assert opened.page.locator("article img").count() == 0 and opened.errors == []


@pytest.mark.browser
def test_where_the_browser_copies_nothing_the_link_stands_there_to_be_taken(visit):
    page = visit("index").page
    page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))")
    page.get_by_role("button", name="Copy link").click()
    field = page.get_by_role("textbox", name="Link")
    field.wait_for()
    assert field.input_value().startswith(f"{page.url}#s=front.")
    chosen = "(it) => document.activeElement === it && it.value.length === it.selectionEnd"
    assert field.evaluate(f"(it) => it.selectionStart === 0 && ({chosen})(it)")


@pytest.mark.browser
def test_a_puzzle_is_drawn_solved_and_sent(copying, visit):
    made = copying("puzzle")
    place = made.page.locator(".live[data-kind=GateConsole]")
    place.get_by_role("button", name="Copy link").click()
    assert "once you have solved it" in place.locator(".share [role=status]").text_content()
    place.locator("[data-box='3']").press("PageUp")  # a box at 0.25
    hand = Hand(made.page)
    hand.bar("g", 3).press("End")
    hand.button("Solve").click()
    for step in range(1, 13):
        hand.bar("i", step).press("Home")
    hand.bar("i", 3).press("PageUp")
    assert hand.values("i")[2] == 0.25
    assert "Score 100" in hand.root.locator(".gc-score").text_content()
    made.page.wait_for_timeout(100)
    other = visit("index")
    other.page.goto(made.copy(place))
    sent = Hand(other.page)
    assert "sent to you" in sent.root.inner_text()
    assert sent.root.locator(".gc-target").count() == 1
    assert sent.values("g") == hand.values("g") and sent.values("i") != hand.values("i")
    assert "Score 100" not in sent.root.locator(".gc-score").text_content()
    assert other.errors == made.opened.errors == []
