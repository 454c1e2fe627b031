"""A reader draws a puzzle: boxes by mouse, finger and keys, and then solves it."""

import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.presets import LANES
from tests.hands import until
from tests.puzzles import HELD, lane

pytestmark = pytest.mark.browser

NONE = [None] * 12


@pytest.fixture
def console():
    return GateConsole(goal="your own")


@pytest.fixture
def hand(desk, console):
    return desk.hand(console)


def slot(hand, step):
    return hand.root.locator(f"[data-box='{step}']")


def spot(hand, step, value, reach=1.1):
    """Where on the page a state has this value, in a plot from -reach to reach."""
    box = slot(hand, step).bounding_box()
    share = (reach - value) / (2 * reach)
    return box["x"] + box["width"] / 2, box["y"] + share * box["height"]


def click(hand, step, value):
    hand.page.mouse.click(*spot(hand, step, value))


def drawn(hand, step):
    return slot(hand, step).get_attribute("aria-valuetext")


def heard(hand, condition):
    """Wait for a condition of Python's; it hears the page while the page is asked."""
    until(lambda: hand.values("f") and condition())


def shown(hand):
    return hand.root.locator(".gc-target").count()


def test_a_click_puts_a_box_there_and_a_click_on_it_removes_it(hand, console):
    click(hand, 3, 0.8)
    assert drawn(hand, 3) == "0.80" and shown(hand) == 1
    heard(hand, lambda: console.boxes == {"c": [None, None, 0.8, *NONE[3:]], "h": NONE})
    click(hand, 3, -0.5)
    assert drawn(hand, 3) == "−0.50" and shown(hand) == 1
    click(hand, 3, -0.5)
    assert drawn(hand, 3) == "no box" and shown(hand) == 0
    heard(hand, lambda: console.boxes == {"c": NONE, "h": NONE})


def test_a_stroke_paints_a_row_of_boxes_which_undo_takes_back_as_one(hand, console):
    hand.page.mouse.move(*spot(hand, 4, 0.5))
    hand.page.mouse.down()
    hand.page.mouse.move(*spot(hand, 9, 0.5), steps=20)
    hand.page.mouse.up()
    heard(hand, lambda: console.boxes["c"] == [*NONE[:3], *[0.5] * 6, *NONE[:3]])
    hand.button("Undo").click()
    heard(hand, lambda: console.boxes["c"] == NONE)
    assert shown(hand) == 0


def test_the_boxes_of_h_are_drawn_apart_from_those_of_c(hand, console):
    click(hand, 3, 0.8)
    hand.button("h").click()
    assert drawn(hand, 3) == "no box"
    click(hand, 3, 0.4)
    heard(hand, lambda: (console.boxes["c"][2], console.boxes["h"][2]) == (0.8, 0.4))
    hand.button("Remove all boxes").click()
    heard(hand, lambda: console.boxes == {"c": NONE, "h": NONE})


def test_keys_alone_draw_and_solve(hand, console):
    press = hand.page.keyboard.press
    slot(hand, 5).focus()
    for key in ("ArrowRight", "PageUp", "ArrowUp", "ArrowDown", "ArrowUp", "Shift+ArrowUp"):
        press(key)
    heard(hand, lambda: console.boxes["c"] == [*NONE[:5], 0.31, *NONE[6:]])
    for key in ("ArrowLeft", "ArrowUp", "Delete", "ArrowDown"):
        press(key)
    heard(hand, lambda: console.boxes["c"][4:6] == [-0.05, 0.31])
    hand.button("Solve").focus()
    press("Enter")
    heard(hand, lambda: console.phase == "solve")
    assert hand.root.locator("[data-box]").count() == 0
    hand.bar("i", 6).focus()
    press("End")
    heard(hand, lambda: console.input[5] == 1)


def test_a_finger_draws_at_390_px_and_the_page_does_not_scroll(open_desk):
    desk = open_desk()
    desk.page.set_viewport_size({"width": 390, "height": 800})
    console = GateConsole(goal="your own")
    hand = desk.hand(console)
    slot(hand, 4).scroll_into_view_if_needed()
    before = desk.page.evaluate("[scrollX, scrollY]")
    touch = desk.page.context.new_cdp_session(desk.page)

    def at(kind, *spots):
        points = [{"x": x, "y": y} for x, y in spots]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    at("touchStart", spot(hand, 4, 0.9))
    for value in (0.6, 0.3, 0, -0.3, -0.6):
        at("touchMove", spot(hand, 4, value))
    at("touchEnd")
    heard(hand, lambda: console.boxes["c"][3] == pytest.approx(-0.6, abs=0.06))
    assert desk.page.evaluate("[scrollX, scrollY]") == before
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_is_solved_by_hand_with_the_candidate_that_was_drawn(hand, console):
    click(hand, 12, 0.8)
    hand.drag(("g", 2, 0.5), ("g", 2, 0.9))  # a share of the bar's height, from -1 to 1
    heard(hand, lambda: console.candidate[1] == pytest.approx(0.8, abs=0.03))
    drawn_lane = console.candidate
    hand.button("Solve").click()
    assert "given" in hand.root.locator(".gc-given").text_content()
    hand.drag(("g", 5, 0.5), ("g", 5, 0.9))
    console.forget, console.input = HELD["forget"], HELD["input"]
    heard(hand, lambda: "gc-solved" in hand.root.get_attribute("class"))
    assert console.score == 100 and console.candidate == drawn_lane
    hand.button("Reset").click()  # to half open; what is given stays
    heard(hand, lambda: set(console.forget) == {0.5} and console.candidate == drawn_lane)
    hand.button("Draw").click()
    assert slot(hand, 12).count() == 1


def test_a_puzzle_that_was_sent_says_so_and_is_there_to_be_solved(desk):
    console = GateConsole(goal="your own")
    console.boxes = {"c": [None, 0.5, *NONE[2:]]}
    console.candidate, console.phase = lane(1), "sent"
    hand = desk.hand(console)
    assert "A puzzle that was sent to you" in hand.root.locator(".gc-goal").text_content()
    assert hand.root.locator("[data-box]").count() == 0 and shown(hand) == 1
    assert not hand.button("Remove all boxes").is_visible()
    console.forget, console.input = lane(0), lane(0.5)
    until(lambda: "gc-solved" in hand.root.get_attribute("class"))


def test_the_page_follows_what_python_sets_and_keeps_its_boxes_from_what_cannot_be(hand, console):
    console.boxes = {"c": [0.5, *NONE[1:]]}
    until(lambda: drawn(hand, 1) == "0.50")
    script = "([id, boxes]) => fromPython(id, { method: 'update', state: { boxes } })"
    for bad in ({"c": "<b>"}, {"c": [99, *NONE[1:]], "h": NONE}, [], 5, None):
        hand.page.evaluate(script, [console.model_id, bad])
        assert drawn(hand, 1) == "0.50" and shown(hand) == 1


@pytest.mark.parametrize("cell", LANES)
def test_every_cell_has_one(desk, cell):
    console = GateConsole(cell, goal="your own")
    hand = desk.hand(console)
    click_at = slot(hand, 3).bounding_box()
    hand.page.mouse.click(click_at["x"] + 5, click_at["y"] + 30)
    until(lambda: slot(hand, 3).get_attribute("aria-valuetext") != "no box" and shown(hand) == 1)
    until(lambda: shown(hand) and any(v is not None for v in [*console.boxes.values()][0]))
