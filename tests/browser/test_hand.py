"""A hand on the gate console: what mouse, keys and buttons do to the bars, and what is drawn."""

import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.presets import LANES
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
    sliders = hand.root.get_by_role("slider").all()
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


# --- the page

STICKS_OUT = """root => [...root.querySelectorAll("svg")].flatMap((svg) => {
    const paper = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter((text) => {
        const ink = text.getBoundingClientRect();
        return ink.width && (ink.left < paper.left - 1 || ink.right > paper.right + 1
            || ink.top < paper.top - 1 || ink.bottom > paper.bottom + 1);
    }).map((text) => text.textContent);
})"""
COVERED = """root => [...root.querySelectorAll("svg")].flatMap((svg) => {
    const inks = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    return inks.flatMap(([one, a], k) => inks.slice(k + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5)
        .map(([other]) => `${one} / ${other}`));
})"""
FITS = """root => {
    const frame = root.querySelector(".gc-plots"), svg = frame.querySelector("svg");
    return svg.getAttribute("width") === String(Math.floor(frame.clientWidth));
}"""


@pytest.mark.parametrize(
    "arguments", [*(dict(cell=cell) for cell in LANES), dict(goal="latch"), dict(steps=24)]
)
def test_from_a_phone_to_a_desk_nothing_sticks_out_or_covers_another(desk, arguments):
    console = GateConsole(**arguments)
    hand = desk.hand(console)
    hand.bar(console.lanes[-1]["letter"], 5).focus()
    focused = "Object.values(document.activeElement.dataset).join()"
    before = hand.page.evaluate(focused)
    for width in (1400, 700, 360):
        hand.page.set_viewport_size({"width": width, "height": 1000})
        until(lambda: hand.root.evaluate(FITS))
        assert hand.root.evaluate(STICKS_OUT) == []
        assert hand.root.evaluate(COVERED) == []
        assert hand.page.evaluate("document.documentElement.scrollWidth") <= width
        assert hand.page.evaluate(focused) == before  # though all bars are new


def test_a_console_that_has_left_the_page_draws_no_more(desk, hand, console):
    desk.leave(console)
    console.forget = lane(0.25)
    assert hand.values("f") == [1] * 12


# --- what it looks like


@pytest.mark.parametrize("goal", [None, "hold"])
def test_bars_have_their_gates_colours_and_given_ones_are_paler(desk, goal):
    console = GateConsole(goal=goal)
    hand = desk.hand(console)
    painted = hand.root.locator(".gc-lane").evaluate_all(
        """lanes => lanes.map((lane) => {
            const { fill, opacity } = getComputedStyle(lane.querySelector(".gc-fill"));
            return [fill.match(/\\d+/g).map(Number), Number(opacity)];
        })"""
    )
    for (color, opacity), row in zip(painted, console.lanes, strict=True):
        assert color == [int(row["color"][k : k + 2], 16) for k in (1, 3, 5)]
        assert (opacity < 0.5) == (goal is not None and row["trait"] in console.goal["given"])
