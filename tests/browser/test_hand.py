"""A hand on the gate console: what mouse, keys and buttons do to the bars."""

import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.presets import LANES, PRESETS
from tests.hands import until
from tests.puzzles import HELD, lane

pytestmark = pytest.mark.browser

START = GateConsole().values  # of the first preset


def bars(hand, console):
    """All bars by the names of their traits."""
    return {row["trait"]: tuple(hand.values(row["letter"])) for row in console.lanes}


def agree(hand, console):
    """Wait until Python has what the bars show."""
    until(lambda: bars(hand, console) == console.values)


@pytest.fixture
def console():
    return GateConsole()


@pytest.fixture
def hand(desk, console):
    return desk.hand(console)


# --- strokes


@pytest.mark.parametrize("moves", [1, 2, 30])
def test_a_stroke_paints_every_bar_on_its_way_however_fast_it_is(hand, console, moves):
    hand.drag(("f", 3, 0.9), ("f", 9, 0.1), moves=moves)
    values = hand.values("f")
    painted = values[2:9]
    assert painted == sorted(painted, reverse=True) and len(set(painted)) == 7
    assert painted[0] < 0.95 and painted[-1] == pytest.approx(0.1, abs=0.02)
    assert values[:2] + values[9:] == [1] * 5
    agree(hand, console)
    assert console.values == START | {"forget": tuple(values)}
    assert (console.gate, console.step) == ("f", 9)


def test_a_hand_that_sways_while_it_lifts_a_bar_moves_that_bar_alone(hand):
    (x, top), (_, bottom) = hand.spot("f", 5, 0.9), hand.spot("f", 5, 0.2)
    column = hand.spot("f", 6, 0.5)[0] - x
    for across, moved in [(0.75, [5]), (0.9, [5, 6])]:
        hand.button("Reset").click()
        hand.page.mouse.move(x, top)
        hand.page.mouse.down()
        hand.page.mouse.move(x + across * column, bottom, steps=4)
        hand.page.mouse.up()
        assert [step for step, value in enumerate(hand.values("f"), 1) if value != 1] == moved


def test_a_stroke_that_leaves_the_picture_stays_in_range_and_ends_with_the_button(hand, console):
    x, y = hand.spot("f", 12, 0.5)
    hand.page.mouse.move(*hand.spot("f", 10, 0.5))
    hand.page.mouse.down()
    hand.page.mouse.move(x + 200, y + 300, steps=4)
    hand.page.mouse.up()
    assert hand.values("f")[-1] == 0
    before = bars(hand, console)
    hand.page.mouse.move(*hand.spot("i", 6, 0.9), steps=4)
    assert bars(hand, console) == before


@pytest.mark.parametrize(("cell", "letter"), [("lstm", "g"), ("gru", "x"), ("memory", "x")])
def test_what_can_be_negative_is_dragged_and_keyed_below_0(desk, cell, letter):
    console = GateConsole(cell)
    hand = desk.hand(console)
    hand.drag((letter, 5, 0.9), (letter, 5, 0.2))  # shares of the bar's height, from -1 to 1
    assert hand.values(letter)[4] == pytest.approx(-0.6, abs=0.03)
    press = hand.bar(letter, 5).press
    for key, value in [("Home", -1), ("ArrowDown", -1), ("PageUp", -0.75), ("End", 1)]:
        press(key)
        assert hand.values(letter)[4] == value, key
    for _ in range(5):
        press("PageDown")
    assert hand.values(letter)[4] == -0.25
    agree(hand, console)


def test_python_is_told_now_and_then_during_a_drag_and_of_the_last_state_always(
    desk, hand, console
):
    clock = desk.page.clock
    clock.install()
    clock.pause_at("2040-01-01")
    desk.heard.clear()
    for value in (0.6, 0.3):
        hand.drag(("f", 5, 0.9), ("f", 5, value), moves=20)
    assert hand.values("f")[4] == pytest.approx(0.3, abs=0.02)
    clock.run_for(59)
    assert desk.heard == [] and console.forget == (1.0,) * 12
    clock.run_for(1)
    agree(hand, console)
    assert len(desk.heard) == 1


def test_a_change_from_python_during_a_drag_waits_for_its_end(hand, console):
    hand.page.mouse.move(*hand.spot("f", 5, 0.9))
    hand.page.mouse.down()
    hand.page.mouse.move(*hand.spot("f", 5, 0.4))
    agree(hand, console)  # so that nothing of the hand's is on its way
    dragged = console.forget
    console.input = lane(0.25)
    console.forget = lane(0.75)
    assert hand.values("f") == list(dragged) and hand.values("i") == list(START["input"])
    hand.page.mouse.up()
    assert hand.values("f") == lane(0.75) and hand.values("i") == lane(0.25)
    agree(hand, console)


def test_what_is_set_from_outside_moves_there_and_is_undone_as_one_change(hand, console):
    page = hand.page
    page.emulate_media(reduced_motion="no-preference")
    page.clock.install()
    page.clock.pause_at("2040-01-01")
    console.preset = "leak"
    console.input = lane(0.25)
    seen = [hand.values("f")[4]]
    for _ in range(30):
        page.clock.run_for(10)
        seen.append(hand.values("f")[4])
    assert seen[0] == 1 and seen[-1] == 0.8
    assert seen == sorted(seen, reverse=True) and len(set(seen)) > 8
    assert hand.values("i") == lane(0.25) and hand.select.input_value() == "leak"
    hand.button("Undo").click()
    page.clock.run_for(300)
    assert bars(hand, console) == START and hand.select.input_value() == "remember for ever"
    assert hand.button("Undo").is_disabled()
    agree(hand, console)


@pytest.mark.parametrize(
    "nonsense",
    [
        dict(forget=[None] * 12),
        dict(forget=[0.5] * 11),
        dict(input=[2] * 12),
        dict(input=None, forget=[0.5] * 12),
        dict(gate="r"),
        dict(step=0),
        dict(step="3"),
        dict(chosen_preset="forget it"),
        dict(steps=10**9),
    ],
)
def test_what_is_not_possible_is_not_drawn_and_what_is_not_there_stands_as_it_starts(
    desk, console, nonsense
):
    before = [START["forget"], START["input"]]
    hand = desk.hand(console)
    told = [console.model_id, {"method": "update", "state": nonsense}]
    desk.page.evaluate("(told) => fromPython(...told)", told)
    assert [tuple(hand.values(gate)) for gate in "fi"] == before
    state = {name: value for name, value in console.get_state().items() if name[0] != "_"}
    desk.page.evaluate("(state) => show('console', 'broken', state)", state | nonsense)
    second = desk.page.locator(".gc").nth(1)
    second.locator("[role=slider]").first.wait_for()
    assert second.locator(".gc-sentence").text_content().startswith("Gate f at step")
    drawn = second.locator("[data-lane='f']").evaluate_all(
        "all => all.map((bar) => Number(bar.getAttribute('aria-valuenow')))"
    )
    assert tuple(drawn) == START["forget"]
    for offered in desk.page.locator(".gc select").all():
        assert offered.input_value() == console.preset


# --- buttons and keys


def test_undo_takes_back_one_stroke_or_one_bar_s_keys_at_a_time_and_reset_all(hand, console):
    undo, seen = hand.button("Undo"), [bars(hand, console)]
    assert undo.is_disabled()
    hand.drag(("f", 4, 0.9), ("f", 8, 0.5))
    seen.append(bars(hand, console))
    for step in range(1, 13):
        for gate in "io":
            for key in ("End", "PageDown"):
                hand.bar(gate, step).press(key)
            seen.append(bars(hand, console))
    hand.button("Reset").click()
    assert bars(hand, console) == START
    for before in reversed(seen):
        undo.click()
        assert bars(hand, console) == before
    assert undo.is_disabled()
    agree(hand, console)


def test_the_presets_are_offered_in_their_order(hand):
    assert hand.select.locator("option").all_text_contents() == list(PRESETS["lstm"])


def test_a_preset_moves_the_bars_there_and_an_undo_back_unless_no_motion_is_wanted(hand, console):
    hand.select.select_option("leak")
    assert hand.values("f") == [0.8] * 12
    agree(hand, console)
    assert console.preset == "leak"
    hand.page.emulate_media(reduced_motion="no-preference")
    hand.page.clock.install()
    hand.page.clock.pause_at("2040-01-01")
    hand.button("Undo").click()
    seen = [hand.values("f")[4]]
    for _ in range(30):
        hand.page.clock.run_for(10)
        seen.append(hand.values("f")[4])
    assert seen[0] == 0.8 and seen == sorted(seen) and len(set(seen)) > 8
    assert bars(hand, console) == START and hand.select.input_value() == "remember for ever"
    agree(hand, console)


@pytest.mark.parametrize("cell", LANES)
def test_every_bar_is_a_labelled_slider_and_each_gate_is_one_stop_for_tab(desk, cell):
    console = GateConsole(cell)
    hand = desk.hand(console)
    sliders = hand.root.locator(".gc-plots").get_by_role("slider").all()
    labels = [slider.get_attribute("aria-label") for slider in sliders]
    lanes = [(row["letter"], row["name"], row["low"]) for row in console.lanes]
    assert labels == [f"{name}, step {t}" for _, name, _ in lanes for t in range(1, 13)]
    least = [float(slider.get_attribute("aria-valuemin")) for slider in sliders]
    assert least == [low for *_, low in lanes for _ in range(12)]
    hand.bar(lanes[0][0], 7).focus()
    stops = hand.root.locator("[role=slider][tabindex='0']").all()
    at = [(stop.get_attribute("data-lane"), stop.get_attribute("data-step")) for stop in stops]
    assert at == [(letter, "7") for letter, *_ in lanes]


def test_a_screen_reader_hears_the_sentence_when_the_hand_has_come_to_rest(desk, console):
    clock = desk.page.clock
    clock.install()
    clock.pause_at("2040-01-01")
    hand = desk.hand(console)
    spoken = hand.root.locator("[aria-live]")
    clock.run_for(500)
    before = spoken.text_content()
    assert before == hand.sentence.text_content()
    for value in (0.6, 0.2):
        hand.drag(("f", 5, 0.9), ("f", 5, value))
        clock.run_for(499)
        assert spoken.text_content() == before != hand.sentence.text_content()
    clock.run_for(1)
    assert spoken.text_content() == hand.sentence.text_content()


# --- a goal


def test_the_score_and_the_colours_of_the_targets_follow_the_gates(desk):
    console = GateConsole(goal="hold")
    hand = desk.hand(console)
    targets, score = hand.root.locator(".gc-target"), hand.root.locator(".gc-score")
    for wrote, hits in [(0, 1), (0.745, 1), (0.755, 12), (0.8, 12)]:  # the first target is 0
        for trait, values in (HELD | dict(input=lane(0, {2: wrote / 0.8}))).items():
            setattr(console, trait, values)
        assert hand.root.locator(".gc-target.gc-hit").count() == hits
        solved = " · Solved ✓" if hits == targets.count() else ""
        assert score.text_content() == f"Score {console.score}{solved}"
        assert hand.root.get_by_text(f"{hits} of 12 boxes reached", exact=True).is_visible()
        assert hand.root.locator("meter").evaluate("meter => meter.value") == console.score
        assert (console.score == 100) is bool(solved)


def test_what_a_goal_gives_is_not_moved_by_mouse_or_keys(desk):
    hand = desk.hand(GateConsole(goal="hold"))
    before = hand.values("g")
    hand.drag(("g", 4, 0.9), ("g", 7, 0.1))
    hand.bar("g", 4).press("End")
    assert hand.values("g") == before
    assert hand.bar("g", 4).get_attribute("aria-disabled") == "true"
    assert hand.button("Undo").is_disabled()


def test_a_console_that_has_left_the_page_draws_no_more(desk, hand, console):
    desk.leave(console)
    console.forget = lane(0.25)
    assert hand.values("f") == [1] * 12
