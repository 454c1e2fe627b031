"""A hand on the knobs of the RNN's console, and a puzzle of several stories."""

import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.presets import GOALS, KNOBS
from tests.hands import until
from tests.puzzles import SOLUTIONS, lane

pytestmark = pytest.mark.browser

WHICHEVER = "hold whichever was written"
KEYS = [
    ("End", 3),
    ("ArrowUp", 3),
    ("ArrowDown", 2.95),
    ("ArrowLeft", 2.9),
    ("PageDown", 2.65),
    ("Shift+ArrowRight", 2.66),
    ("Home", -3),
    ("PageUp", -2.75),
]


@pytest.fixture
def console():
    return GateConsole("rnn")


@pytest.fixture
def hand(desk, console):
    return desk.hand(console)


def knob(hand, name):
    return hand.root.locator(f"[data-knob='{name}']")


def turned(hand):
    """What all knobs show, by trait."""
    return {
        row.get_attribute("data-knob"): float(row.input_value())
        for row in hand.root.locator("[data-knob]").all()
    }


def slide(hand, name, shares, moves=8):
    """Drag a knob through these shares of its track."""
    box = knob(hand, name).bounding_box()
    y, start, *rest = box["y"] + box["height"] / 2, *shares
    hand.page.mouse.move(box["x"] + start * box["width"], y)
    hand.page.mouse.down()
    for share in rest:
        hand.page.mouse.move(box["x"] + share * box["width"], y, steps=moves)
    hand.page.mouse.up()


def agree(hand, console):
    """Wait until Python has what the knobs and the inputs show; it hears while the page is asked."""
    until(lambda: turned(hand) | dict(x=tuple(hand.values("x"))) == console.values)


def heights(hand):
    """The states' curve as it is drawn."""
    return hand.root.locator(".gc-line").first.get_attribute("d")


def test_each_knob_is_a_slider_named_by_its_letter_with_its_value_beside_it(hand):
    for row in KNOBS["rnn"]:
        slider = hand.root.get_by_role("slider", name=f"{row.letter}, {row.name}")
        assert slider.get_attribute("data-knob") == row.trait
        ends = [float(slider.get_attribute(end)) for end in ("min", "max", "step")]
        assert ends == [row.low, row.high, 0.01]
    knob(hand, "b").press("PageDown")
    assert knob(hand, "b").get_attribute("aria-valuetext") == "−0.25"
    assert hand.root.locator(".gc-knob output").all_text_contents() == ["1.00", "0.80", "−0.25"]


def test_a_dragged_knob_moves_the_curve_the_sentence_and_python(hand, console):
    before = heights(hand)
    slide(hand, "w_h", (0.63, 0.8, 0.2))
    value = turned(hand)["w_h"]
    assert value == pytest.approx(-1.8, abs=0.25) and heights(hand) != before
    assert hand.sentence.text_content().startswith(f"wₕ is −{-value:.2f}: h at step 5 is tanh(")
    agree(hand, console)
    assert console.gate == "w_h"
    assert console.values == GateConsole("rnn").values | dict(w_h=value)


@pytest.mark.parametrize(("key", "value"), KEYS)
def test_a_knob_goes_by_keys_as_a_bar_does(hand, console, key, value):
    for earlier, _ in KEYS[: KEYS.index((key, value)) + 1]:
        knob(hand, "w_h").press(earlier)
    assert turned(hand)["w_h"] == value
    agree(hand, console)


def test_undo_takes_back_a_drag_or_a_knob_s_keys_at_a_time_and_reset_all(hand, console):
    start, undo = turned(hand), hand.button("Undo")
    seen = [start]
    slide(hand, "w_h", (0.6, 0.9))
    seen.append(turned(hand))
    slide(hand, "w_h", (0.9, 0.4))
    seen.append(turned(hand))
    for _ in range(3):
        knob(hand, "b").press("ArrowUp")
    seen.append(turned(hand))
    knob(hand, "w_x").press("Home")
    seen.append(turned(hand))
    hand.bar("x", 3).press("End")
    assert len({tuple(values.values()) for values in seen}) == 5
    undo.click()
    for before in reversed(seen[:-1]):
        undo.click()
        assert turned(hand) == before
    assert undo.is_disabled() and console.x[2] == 0
    knob(hand, "w_h").press("End")
    knob(hand, "w_h").press("Control+z")
    assert turned(hand) == start
    knob(hand, "w_h").press("End")
    hand.button("Reset").click()
    assert turned(hand) == start
    agree(hand, console)


def test_a_preset_and_python_turn_the_knobs(hand, console):
    hand.select.select_option("swings")
    assert turned(hand) == dict(w_x=1, w_h=-1.5, b=0)
    agree(hand, console)
    console.w_h, console.x = 2.5, lane(0, {4: -1})
    assert turned(hand)["w_h"] == 2.5 and hand.values("x") == lane(0, {4: -1})
    hand.button("Undo").click()
    assert turned(hand)["w_h"] == -1.5 and hand.values("x") == lane(0, {1: 1})  # as one change


def test_a_change_from_python_during_a_turn_waits_for_its_end(hand, console):
    box = knob(hand, "w_h").bounding_box()
    hand.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2)
    hand.page.mouse.down()
    hand.page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=4)
    value = turned(hand)["w_h"]
    agree(hand, console)
    console.w_h = 0.25
    assert turned(hand)["w_h"] == value
    hand.page.mouse.up()
    assert turned(hand)["w_h"] == 0.25


@pytest.mark.parametrize(
    "nonsense", [dict(w_h=4), dict(w_h=None), dict(w_h="1"), dict(b=[0]), dict(gate="f")]
)
def test_what_a_knob_cannot_be_is_not_drawn(desk, console, nonsense):
    hand = desk.hand(console)
    before, words = turned(hand), hand.sentence.text_content()
    told = [console.model_id, {"method": "update", "state": nonsense}]
    desk.page.evaluate("(told) => fromPython(...told)", told)
    assert turned(hand) == before and hand.sentence.text_content() == words


def test_a_gradient_that_leaves_its_axis_lies_at_its_edge_and_the_axis_says_so(hand, console):
    legend = hand.root.get_by_text("△ more than 100 times")
    assert legend.count() == 0
    console.w_h, console.x = 3, lane(0)
    assert console.gradient[0] == pytest.approx(3**11) and legend.count() == 1
    console.gate, console.step = "w_h", 1
    said = "at step 1 it is 177,000 times as large as at step 12."
    until(lambda: said in hand.sentence.text_content())


# --- puzzles


def test_a_puzzle_of_two_stories_shows_either_and_counts_the_boxes_of_both(desk):
    console = GateConsole("rnn", goal="hold a sign")
    hand = desk.hand(console)
    stories = [hand.button(f"Story {k}") for k in (1, 2)]
    boxes = hand.root.locator(".gc-target")
    assert boxes.count() == 14
    for trait, value in SOLUTIONS["rnn", "hold a sign"].items():
        knob(hand, trait).evaluate(
            "(it, v) => { it.value = v; it.dispatchEvent(new Event('input')) }", value
        )
    assert hand.root.locator(".gc-score").text_content() == "Score 100 · Solved ✓"
    assert hand.root.locator(".gc-hit").count() == 14
    for k, ends in [(1, "−0.30"), (0, "0.30")]:
        stories[k].click()
        assert [tab.get_attribute("aria-pressed") for tab in stories] == [
            str(k == n).lower() for n in range(2)
        ]
        hand.bar("x", 2).focus()
        assert hand.sentence.text_content().startswith(f"Input x at step 2 is {ends}:")
        assert hand.root.locator(".gc-score").text_content() == "Score 100 · Solved ✓"
        agree(hand, console)
        assert list(console.x) == console.goal["stories"][k]["values"]["x"]
    assert desk.kept("solved") == ["rnn hold a sign"]


def test_the_knobs_of_a_puzzle_are_kept_and_come_back_in_a_new_page(desk):
    hand = desk.hand(GateConsole("rnn", goal=WHICHEVER))
    knob(hand, "w_h").press("End")
    until(lambda: desk.kept(f"bars rnn {WHICHEVER}") == dict(w_x=1, w_h=3, b=0))
    second = desk.another()
    again = second.hand(GateConsole("rnn", goal=WHICHEVER))
    assert turned(again)["w_h"] == 3
    again.button("Story 3").click()
    knob(again, "w_h").press("Home")
    until(lambda: turned(hand)["w_h"] == -3)
    assert hand.values("x")[1] == 0.2 and again.values("x")[1] == 0.8  # each its own story


def test_a_puzzle_that_cannot_be_solved_says_what_is_the_best_when_it_is_asked(desk):
    hand = desk.hand(GateConsole("rnn", goal=WHICHEVER))
    best = GOALS["rnn"][WHICHEVER].best
    why = hand.root.get_by_text(best.why, exact=False)
    assert not why.is_visible()
    hand.root.locator("summary").focus()
    hand.page.keyboard.press("Enter")
    assert why.is_visible()
    said = f"No setting that we found gets a score above {best.score}, or more than {best.boxes} boxes."
    assert why.text_content().startswith(said)


def test_a_thumb_turns_a_knob_on_a_phone_and_the_page_does_not_go_sideways(open_desk):
    desk = open_desk()
    desk.page.set_viewport_size({"width": 390, "height": 800})
    console = GateConsole("rnn", goal=WHICHEVER)
    hand = desk.hand(console)
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in ("w_x", "w_h", "b"):
        box = knob(hand, name).bounding_box()
        assert box["height"] >= 32 and box["width"] > 120
        slide(hand, name, (0.5, 0.75))
        assert turned(hand)[name] > 0.8
