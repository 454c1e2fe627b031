"""The slopes on the bars, and descent that moves them, in a browser."""

import pytest

from lstm_lessons import GateConsole
from tests.hands import until
from tests.puzzles import HELD, lane

pytestmark = pytest.mark.browser

START = "Let descent try"


def puzzle(goal="write-hold-read", **values):
    console = GateConsole(goal=goal, descent=True)
    for trait, value in values.items():
        setattr(console, trait, value)
    return console


def said(hand):
    return hand.root.locator(".gc-descent").text_content()


def heard(hand, condition):
    """Wait for a condition of Python's; it hears the page while the page is asked."""
    until(lambda: hand.values("f") and condition())


def run(hand):
    """Let descent run to its end; what it says then."""
    hand.button(START).click()
    until(lambda: hand.button(START).is_visible() and said(hand), 30)
    return said(hand)


def marks(hand, gate, by):
    """The slope of each bar of a gate as its arrow has it, and whether one is drawn."""
    script = """(all, by) => all.filter((mark) => mark.dataset.by === by).map(
        (mark) => [Number(mark.dataset.slope), mark.getAttribute("d")])"""
    # The marks of a gate stand beside its bars.
    group = hand.bar(gate, 1).locator("..")
    return group.locator("[data-slope]").evaluate_all(script, by)


def test_the_switch_shows_on_each_free_bar_what_python_computes(desk):
    console = GateConsole(goal="write-hold-read")
    hand = desk.hand(console)
    assert hand.root.locator(".gc-slope").count() == 0
    hand.root.get_by_label("Slopes").check()
    for gate, trait in [("f", "forget"), ("i", "input"), ("o", "output")]:
        for by, slope in [("value", console.slopes[trait].value), ("a", console.slopes[trait].a)]:
            drawn = marks(hand, gate, by)
            assert [size for size, _ in drawn] == pytest.approx(slope, abs=1e-9)
    assert marks(hand, "g", "value") == []  # which is given
    hand.root.get_by_label("Slopes").uncheck()
    assert not hand.root.locator(".gc-note", has_text="Arrow up").is_visible()


def test_an_arrow_points_to_where_the_loss_falls_and_a_shut_gate_has_no_slim_one(desk):
    console = puzzle(forget=lane(0.5, {5: 0}))
    hand = desk.hand(console)
    height = hand.bar("f", 5).bounding_box()
    [(slope, path), (slim, no_path)] = [marks(hand, "f", by)[4] for by in ("value", "a")]
    assert slope < 0 and slim == 0 and no_path == ""
    middle, tip = float(path.split("H")[0].split()[1]), float(path.split()[-1].rstrip("Z"))
    assert 1.5 < middle - tip < height["height"] / 2  # up, and inside of its slot
    hand.bar("f", 5).focus()
    assert f"Slope of the loss: −{-slope:.2f} by f, 0 by its a." in hand.sentence.text_content()


def test_without_a_goal_the_slopes_are_those_of_the_last_state(desk):
    console = GateConsole(preset="leak", descent=True)
    hand = desk.hand(console)
    assert [size for size, _ in marks(hand, "f", "a")] == pytest.approx(console.slopes["forget"].a)
    assert "Slope of h at step 12: 0.11 by f, 0.017 by its a." in hand.sentence.text_content()
    assert hand.button(START).count() == 0


def test_the_slopes_of_an_rnn_stand_beside_its_knobs(desk):
    console = GateConsole("rnn", goal="forget", descent=True)
    hand = desk.hand(console)
    slopes = hand.root.locator(".gc-knob-slope").all()
    shown = [float(mark.get_attribute("data-slope")) for mark in slopes]
    assert shown == pytest.approx([console.slopes[name].value for name in ("w_x", "w_h", "b")])
    knob = hand.root.locator("[data-knob=w_h]")
    knob.focus()
    assert "Slope of the loss: " in hand.sentence.text_content()
    assert " by wₕ." in hand.sentence.text_content()


def test_descent_solves_from_half_open_and_undo_takes_it_back_as_one(desk):
    console = puzzle()
    start = console.values
    hand = desk.hand(console)
    assert run(hand) == "Solved after 198 steps of descent."
    heard(hand, lambda: console.score == 100)
    hand.button("Undo").click()
    heard(hand, lambda: console.values == start)
    assert said(hand) == "" and hand.button("Undo").is_disabled()


def test_it_sticks_at_a_shut_gate_and_goes_on_when_a_hand_has_opened_it(desk):
    console = puzzle(forget=lane(0.5, {5: 0}))
    hand = desk.hand(console)
    text = run(hand)
    heard(
        hand,
        lambda: text.startswith(
            f"Stuck at {console.score}: what is left to move has next to no slope."
        ),
    )
    assert "f at step 5 is shut." in text
    hand.drag(("f", 5, 0.02), ("f", 5, 0.4))
    assert run(hand).startswith("Solved after ")
    heard(hand, lambda: console.score == 100)


def test_it_stops_at_the_button_and_the_hand_goes_before_it(desk):
    desk.page.emulate_media(reduced_motion="no-preference")
    console = puzzle("count")
    hand = desk.hand(console)
    hand.button(START).click()
    hand.page.mouse.move(*hand.spot("f", 3, 0.5))
    hand.page.mouse.down()
    hand.page.mouse.move(*hand.spot("f", 3, 0.2))
    held = hand.values("i")
    hand.page.wait_for_timeout(200)
    assert hand.values("i") == held and hand.values("f")[2] == pytest.approx(0.2, abs=0.02)
    hand.page.mouse.up()
    until(lambda: hand.values("i") != held)
    hand.button("Stop").click()
    assert said(hand).startswith("Stopped at ")
    rest = hand.values("i")
    hand.page.wait_for_timeout(100)
    assert hand.values("i") == rest
    heard(hand, lambda: [round(v, 2) for v in console.input] == rest)


@pytest.mark.parametrize("ended_by", ["Reset", "Python"])
def test_what_is_set_at_once_ends_it(desk, ended_by):
    console = puzzle("count")
    hand = desk.hand(console)
    hand.button(START).click()
    if ended_by == "Reset":
        hand.button("Reset").click()
        heard(hand, lambda: set(console.forget) == {0.5})
    else:
        heard(hand, lambda: console.forget[0] != 0.5 or console.forget[1] != 0.5)
        console.forget = lane(0.25)
        until(lambda: hand.values("f") == lane(0.25))
    until(lambda: hand.button(START).is_visible())
    assert said(hand) == ""


def test_a_puzzle_offers_it_only_after_a_hand_has_solved_it(desk):
    console = GateConsole(goal="hold")
    hand = desk.hand(console)
    assert not hand.button(START).is_visible()
    console.forget, console.input = HELD["forget"], HELD["input"]
    heard(hand, lambda: desk.kept("solved") == ["lstm hold"])
    assert hand.button(START).is_visible()


def test_where_it_is_offered_before_that_nothing_counts_and_nothing_is_kept(desk):
    hand = desk.hand(puzzle("hold"))
    assert run(hand).startswith("Solved after ")
    hand.page.wait_for_timeout(100)
    assert desk.kept("solved") is None and desk.kept("bars lstm hold") is None


def test_gates_at_their_ends_have_nowhere_to_go(desk):
    values = {trait: lane(1) for trait in ("forget", "input", "output")}
    console = puzzle("hold", **values)
    text = run(desk.hand(console))
    assert text.startswith("Stuck at 0: what is left to move has next to no slope. ")
    assert "is wide open" in text and console.values["forget"] == tuple(lane(1))


def test_the_keyboard_alone_switches_and_starts(desk):
    hand = desk.hand(puzzle("hold"))
    hand.root.get_by_label("Slopes").focus()
    hand.page.keyboard.press("Space")
    assert hand.root.locator(".gc-sloped").count() == 0
    hand.page.keyboard.press("Tab")
    hand.page.keyboard.press("Enter")
    until(lambda: said(hand).startswith("Solved after "), 30)
