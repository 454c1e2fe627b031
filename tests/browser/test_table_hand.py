"""A hand on the operating table: what mouse, finger, keys and buttons do to a trained network."""

import json

import numpy as np
import pytest

from lstm_lessons import LSTM, NetworkConsole, Readout, Stack, tasks, train
from tests.browser.test_readable import AXE
from tests.hands import until

pytestmark = pytest.mark.browser

STORY = (
    "it had rained before . Tom flew to Lima . her boss called twice . Tom is on holiday in".split()
)
CITY = 9  # the word


@pytest.fixture(scope="module")
def trained():
    """A network that fills the city into a story with one sentence between."""
    rng = np.random.default_rng(1)
    model = Stack([LSTM(len(tasks.WORDS), 16, rng, chrono=20), Readout(16, len(tasks.CITIES), rng)])
    train.fit(model, tasks.filled_in(1, rng, B=8), 300, lr=0.03)
    return model


@pytest.fixture
def console(trained):
    console = NetworkConsole(trained, STORY)
    assert console.answers[0][0] == "Lima" and console.answers[0][1] > 0.9
    return console


class Table:
    """The operating table on a page, and what a reader can do to it."""

    def __init__(self, desk, console):
        self.desk, self.console, self.page = desk, console, desk.page
        desk.show(console)
        self.root = self.page.locator(".nc")
        self.root.locator("[data-answer]").first.wait_for()
        self.range = self.root.locator(".nc-readout input")
        self.sentence = self.root.locator(".nc-sentence")

    def cell(self, gate, unit, word):
        return self.root.locator(f"[data-gate='{gate}'][data-unit='{unit}'][data-word='{word}']")

    def spot(self, *cell):
        self.cell(*cell).scroll_into_view_if_needed()
        box = self.cell(*cell).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, *cell, up, moves=4, drop=True):
        x, y = self.spot(*cell)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x, y - up, steps=moves)
        if drop:
            self.page.mouse.up()

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def chip(self, word, which="story"):
        return self.root.locator(f".nc-{which} [data-chip='{word}']")

    def answers(self):
        return self.root.locator("[data-answer]").evaluate_all(
            "all => all.map((it) => [it.dataset.answer, Number(it.dataset.probability)])"
        )

    def until(self, condition):
        """Wait until it is true; Python hears the page only while the page is asked for something."""
        until(lambda: self.page.evaluate("true") and condition())

    def words(self, which="story"):
        return self.root.locator(f".nc-{which} .nc-chip").all_text_contents()

    def agrees(self):
        """Wait until Python has what the page shows, and answers the same."""

        def same():
            pairs = zip(self.answers(), self.console.answers, strict=True)
            return all(a == b and abs(p - q) < 1e-9 for (a, p), (b, q) in pairs)

        until(same)
        assert tuple(self.words()) == self.console.story
        assert tuple(self.words("other")) == self.console.other


@pytest.fixture
def table(desk, console):
    return Table(desk, console)


def hands(gate, units, words, value):
    return {(gate, word, unit, value) for word in words for unit in units}


# --- the hand


@pytest.mark.parametrize(
    ("cell", "units", "words"),
    [
        (("f", 3, 12), [3], [12]),
        (("f", "all", 12), range(16), [12]),
        (("f", 3, "all"), [3], range(1, 21)),
        (("f", "all", "all"), range(16), range(1, 21)),
    ],
)
def test_80_pixels_down_shut_a_gate_where_the_hand_has_it_and_python_reads_it(
    table, cell, units, words
):
    table.drag(*cell, up=-85)
    table.until(lambda: set(table.console.hands) == hands("f", units, words, 0))
    table.agrees()
    f = table.console.override["f"]
    assert np.isfinite(f).sum() == len(units) * len(words)
    gate, unit, word = cell
    assert table.console.chosen == (gate, unit, word)
    assert (
        f"f is 0 at {'every word' if word == 'all' else 'word 12'}" in table.sentence.text_content()
    )


def test_the_hand_moves_a_value_from_where_it_is_and_a_candidate_below_0(table):
    before = table.console.trace.layers[0]
    table.drag("i", 2, 12, up=20)
    table.drag("g", 2, 12, up=-20)
    table.until(lambda: len(table.console.hands) == 2)
    table.agrees()
    after = {row[0]: row[3] for row in table.console.hands}
    assert after["i"] == pytest.approx(min(1, before.i[11, 0, 2] + 0.25), abs=0.006)
    assert after["g"] == pytest.approx(max(-1, before.g[11, 0, 2] - 0.5), abs=0.006)
    table.agrees()


def test_a_click_chooses_and_sets_nothing(table):
    table.cell("o", 5, 4).click()
    table.until(lambda: table.console.chosen == ("o", 5, 4))
    assert table.console.hands == () and table.button("Undo").is_disabled()
    assert table.range.get_attribute("aria-label") == "o, unit 5, word 4"
    assert float(table.range.input_value()) == pytest.approx(
        table.console.trace.layers[0].o[3, 0, 5], abs=0.006
    )


def test_several_drags_add_up_and_are_undone_one_by_one(table):
    answers = [table.answers()]
    for gate in "fi":
        table.drag(gate, "all", 12, up=-100)
        answers.append(table.answers())
    table.agrees()
    assert {row[0] for row in table.console.hands} == {"f", "i"}
    assert len({json.dumps(seen) for seen in answers}) == 3
    for before in answers[-2::-1]:
        table.button("Undo").click()
        assert table.answers() == before
    assert table.button("Undo").is_disabled()
    table.agrees()
    assert table.console.hands == ()


def test_escape_takes_a_drag_back(table):
    before = table.answers()
    table.drag("f", "all", 12, up=-100, drop=False)
    assert table.answers() != before
    table.page.keyboard.press("Escape")
    x, y = table.spot("f", "all", 12)
    table.page.mouse.move(x, y + 60, steps=3)
    table.page.mouse.up()
    assert table.answers() == before
    table.agrees()
    assert table.console.hands == ()


def test_python_is_told_now_and_then_during_a_drag_and_of_the_last_state_always(table):
    clock = table.page.clock
    clock.install()
    clock.pause_at("2040-01-01")
    table.desk.heard.clear()
    table.drag("f", "all", 12, up=-60, moves=20)
    clock.run_for(59)
    assert table.desk.heard == []
    clock.run_for(1)
    table.until(lambda: len(table.desk.heard) == 1)
    table.agrees()


def test_keys_reach_every_value_and_set_it(table):
    table.cell("f", "all", CITY).click()
    press = table.page.keyboard.press
    focused = "Object.values(document.activeElement.dataset).join()"
    for key, at in [
        ("ArrowRight", "f,0,9"),
        ("ArrowDown", "f,0,10"),
        ("ArrowLeft", "f,all,10"),
        ("ArrowLeft", "f,all,10"),  # the table's edge
        *[("ArrowRight", None)] * 16,
        ("ArrowRight", "i,all,10"),
        *[("ArrowUp", None)] * 9,
        ("ArrowUp", "i,all,all"),
        ("ArrowRight", "i,0,all"),
    ]:
        press(key)
        assert at in (None, table.page.evaluate(focused)), key
    press("End")
    table.until(lambda: set(table.console.hands) == hands("i", [0], range(1, 21), 1))
    press("ArrowDown")
    for key, value in [("-", 0.95), ("PageDown", 0.7), ("Shift+-", 0.69), ("Home", 0), ("+", 0.05)]:
        press(key)
        table.until(
            lambda value=value: table.console.override["i"][0, 0, 0] == pytest.approx(value)
        )
    press("Delete")
    table.until(lambda: np.isnan(table.console.override["i"][0, 0, 0]))
    table.agrees()
    press("Control+z")
    table.until(lambda: table.console.override["i"][0, 0, 0] == 0.05)
    table.agrees()


def test_a_finger_scrolls_until_its_tap_has_chosen_and_then_drags(console, browser, url):
    from tests.browser.conftest import Desk

    size = {"width": 390, "height": 800}
    context = browser.new_context(viewport=size, has_touch=True, reduced_motion="reduce")
    errors = []
    table = Table(Desk(context, url, errors), console)
    assert table.page.evaluate("document.documentElement.scrollWidth") == 390
    client = context.new_cdp_session(table.page)

    def touch(kind, x=0, y=0):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke(cell, up):
        x, y = table.spot(*cell)
        touch("touchStart", x, y)
        for part in range(1, 9):
            touch("touchMove", x, y - up * part / 8)
        touch("touchEnd")

    stroke(("f", 2, 12), up=-60)
    assert table.root.locator(".nc-chosen").get_attribute("data-unit") == "all"
    x, y = table.spot("f", 2, 12)
    table.page.touchscreen.tap(x, y)
    table.until(lambda: table.console.chosen == ("f", 2, 12))
    assert table.console.hands == ()
    stroke(("f", 2, 12), up=-100)
    table.until(lambda: set(table.console.hands) == hands("f", [2], [12], 0))
    table.range.fill("0.5")
    table.until(lambda: set(table.console.hands) == hands("f", [2], [12], 0.5))
    table.agrees()
    inside = table.root.locator(".nc-maps")
    assert inside.evaluate("it => it.scrollWidth > it.clientWidth")
    table.cell("g", "all", 12).focus()
    box, frame = table.cell("g", "all", 12).bounding_box(), inside.bounding_box()
    assert frame["x"] <= box["x"] < frame["x"] + frame["width"] - 20
    assert table.page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()
    assert errors == []


# --- the row below the maps


def test_the_slider_sets_what_is_chosen_exactly_and_its_button_lets_go(table):
    table.cell("f", "all", 12).click()
    release = table.button("Let the network decide")
    assert release.is_disabled()
    table.range.fill("0.37")
    table.until(lambda: set(table.console.hands) == hands("f", range(16), [12], 0.37))
    table.agrees()
    release.click()
    table.until(lambda: table.console.hands == ())
    assert release.is_disabled()
    table.agrees()


# --- presets


def test_a_cut_of_both_roads_loses_the_city_and_reset_brings_it_back(table):
    before = table.answers()
    select = table.root.get_by_label("Start from")
    select.select_option("cut both roads")
    table.until(lambda: table.console.chosen_preset == "cut both roads")
    word = 13
    cut = hands("f", range(16), [word], 0) | hands("i", range(16), [word], 0)
    assert set(table.console.hands) == cut
    assert table.answers()[0][0] != "Lima" or table.answers()[0][1] < 0.5
    table.agrees()
    felt = table.sentence.text_content()
    assert "word 13, “called”, in all 16 units, by your hand" in felt
    assert f"without your hand Lima, {before[0][1]:.2f}" in felt
    table.drag("o", 1, 12, up=-20)
    table.until(lambda: table.console.chosen_preset == "")
    assert select.input_value() == ""
    table.button("Reset").click()
    assert table.answers() == before and select.input_value() == "as it is"
    table.agrees()


@pytest.mark.parametrize("name", ["cut the belt", "open i before the city", "show nothing"])
def test_a_preset_that_python_chooses_shows_on_the_page(table, name):
    table.console.chosen_preset = name
    table.agrees()
    assert table.root.get_by_label("Start from").input_value() == name
    assert table.console.hands != ()


def test_a_preset_can_be_chosen_again_when_what_it_set_is_no_longer_set(table):
    for _ in range(2):
        table.console.chosen_preset = "cut the belt"
        table.until(lambda: "f is 0 at word 13" in table.sentence.text_content())
        table.agrees()
        table.page.wait_for_timeout(100)  # what the page still had to say
        table.console.hands = []
        table.until(lambda: "as the network decides" in table.sentence.text_content())
        assert table.console.chosen_preset == ""


# --- words


def test_words_are_exchanged_added_and_removed_and_what_the_hand_has_set_moves_with_them(table):
    table.drag("f", 0, 12, up=-100)
    table.chip(CITY).click()
    word = table.root.get_by_label("Word 9", exact=True)
    assert word.input_value() == "Lima"
    word.select_option("Oslo")
    table.until(lambda: table.console.story[8] == "Oslo")
    table.agrees()
    assert table.console.answers[0][0] == "Oslo"
    assert "without your hand Oslo" in table.sentence.text_content()
    table.button("Add a word after it").click()
    table.until(lambda: len(table.console.story) == 21)
    assert table.console.story[8:11] == ("Oslo", "Oslo", ".")
    assert table.console.hands == (("f", 13, 0, 0),)
    table.agrees()
    table.button("Remove it").click()
    table.until(lambda: len(table.console.story) == 20)
    assert table.console.hands == (("f", 12, 0, 0),)
    table.agrees()
    for _ in range(3):
        table.button("Undo").click()
    table.until(lambda: table.console.story == tuple(STORY))
    table.agrees()


def test_a_story_has_at_least_one_word_and_at_most_40(desk, trained):
    table = Table(desk, NetworkConsole(trained, ["Lima", "in"]))
    table.chip(2).click()
    table.button("Remove it").click()
    assert table.button("Remove it").is_disabled()
    table.agrees()
    table.until(lambda: table.console.chosen[2] == 1)
    table.console.story = ["Lima"] * 39
    table.until(lambda: len(table.words()) == 39)
    add = table.button("Add a word after it")
    add.click()
    assert add.is_disabled()
    table.until(lambda: table.console.story == ("Lima",) * 40)
    table.agrees()


def test_a_new_story_keeps_what_the_hand_has_set(table):
    table.drag("f", "all", 12, up=-100)
    seen = [tuple(table.words())]
    for _ in range(2):
        table.button("New story").click()
        table.until(lambda: table.console.story not in seen)
        table.agrees()
        seen.append(table.console.story)
        assert set(table.console.hands) == hands("f", range(16), [12], 0)


def test_the_arrows_go_from_word_to_word(table):
    table.chip(3).click()
    table.page.keyboard.press("ArrowDown")
    table.until(lambda: table.console.chosen[2] == 4)
    assert table.page.evaluate("document.activeElement.dataset.chip") == "4"


# --- the second story


def test_what_is_written_at_the_city_of_the_second_story_brings_its_answer(table):
    table.button("Compare with a second story").click()
    table.until(lambda: len(table.console.other) == 20)
    (differs,) = [t for t in range(20) if table.console.other[t] != table.console.story[t]]
    assert differs == CITY - 1
    assert "nc-differs" in table.chip(CITY, "other").get_attribute("class")
    other = table.root.get_by_label("Word 9 of the second story")
    other.select_option("Paris")
    assert "which answers Paris" in table.root.locator(".nc-taking").text_content()
    for gate in "gi":
        table.button(f"Take {gate}").click()
    table.until(lambda: len(table.console.hands) == 32)
    table.agrees()
    assert table.console.answers[0][0] == "Paris"
    donor = table.console.model.forward(tasks.one_hot([list(table.console.other)])).layers[0]
    for gate in "gi":
        np.testing.assert_allclose(
            table.console.override[gate][8, 0], getattr(donor, gate)[8, 0], atol=1e-12
        )
    assert "It answers Paris" in table.sentence.text_content()
    table.button("Close the second story").click()
    table.until(lambda: table.console.other == ())
    table.agrees()


def test_of_one_chosen_unit_only_that_one_s_value_is_taken(table):
    table.button("Compare with a second story").click()
    table.cell("f", 5, CITY).click()
    table.button("Take g").click()
    table.until(lambda: len(table.console.hands) == 1)
    assert table.console.hands[0][:3] == ("g", CITY, 5)
    table.agrees()


# --- from Python, and what cannot be


def test_what_python_sets_shows_on_the_page_and_is_undone_as_one_change(table):
    before = table.answers()
    table.console.override = {"f": np.zeros((1, 1, 16))}
    table.agrees()
    assert table.answers() != before
    table.console.story = STORY[5:]
    table.agrees()
    table.button("Undo").click()
    table.until(lambda: table.console.story == tuple(STORY))
    table.agrees()
    assert table.console.hands == () and table.answers() == before


def test_other_weights_from_python_are_another_network_s_answers(table, trained):
    weights = table.console.weights
    rng = np.random.default_rng(5)
    other = Stack([LSTM(len(tasks.WORDS), 16, rng), Readout(16, 32, rng)])
    table.console.weights = NetworkConsole(other).weights
    table.agrees()
    assert table.answers()[0][1] < 0.2
    table.console.weights = weights
    table.agrees()


@pytest.mark.parametrize(
    "nonsense",
    [
        dict(story=["the", "<b>Atlantis</b>"]),
        dict(story=[]),
        dict(story=["the"] * 41),
        dict(other="Lima"),
        dict(hands=[["f", 1, 0, 2]]),
        dict(hands=[["f", 1, 16, 0.5]]),
        dict(hands=None),
        dict(chosen=["c", 0, 1]),
        dict(chosen=["f", 0, "<i>"]),
        dict(weights="AAAA"),
        dict(weights="no base64!"),
    ],
)
def test_what_cannot_be_is_said_and_the_last_good_state_stays(table, nonsense):
    table.drag("f", 0, 12, up=-100)
    table.agrees()
    table.page.wait_for_timeout(
        150
    )  # while the hand's last move is on its way the page hears nothing
    before = table.answers(), table.words(), table.sentence.text_content()
    told = [table.console.model_id, {"method": "update", "state": nonsense}]
    table.page.evaluate("(told) => fromPython(...told)", told)
    (name,) = nonsense
    fault = table.root.get_by_role("alert")
    assert (
        fault.text_content().startswith(f"{name}: got ") and ", expected " in fault.text_content()
    )
    assert (table.answers(), table.words(), table.sentence.text_content()) == before
    assert table.page.locator(".nc b:text('Atlantis')").count() == 0
    table.console.story = STORY[5:]
    table.until(lambda: table.words() == STORY[5:])


def test_a_table_whose_weights_cannot_be_read_says_so(desk, console):
    state = {name: value for name, value in console.get_state().items() if name[0] != "_"}
    desk.page.evaluate(
        "(state) => show('network_console', 'broken', state)", state | {"weights": "AAAA"}
    )
    desk.page.get_by_text("weights: got").wait_for()
    desk.page.evaluate("leave('broken')")


# --- how it looks and sounds


@pytest.mark.parametrize("width", [360, 390, 560, 784, 1000, 1400])
def test_the_page_never_scrolls_sideways_and_no_letter_is_small(table, width):
    table.button("Compare with a second story").click()
    table.page.set_viewport_size({"width": width, "height": 900})
    table.until(lambda: table.page.evaluate("document.documentElement.scrollWidth") <= width)
    small = """() => [...document.querySelectorAll(".nc *")].filter((it) =>
        [...it.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
        && parseFloat(getComputedStyle(it).fontSize) < 11).map((it) => it.textContent)"""
    assert table.page.evaluate(small) == []
    table.page.wait_for_timeout(200)  # the table is built anew for its width
    table.drag("f", "all", 12, up=-100)
    table.until(lambda: len(table.console.hands) == 16)


def test_a_screen_reader_hears_the_sentence_and_the_values_once_the_hand_rests(table):
    table.drag("f", "all", 12, up=-100)
    live = table.root.locator(".nc-live")
    table.until(lambda: live.text_content() == table.sentence.text_content() != "")
    cell = table.cell("f", 3, 12)
    assert cell.get_attribute("aria-label") == "f, unit 3, word 12"
    table.until(lambda: cell.get_attribute("aria-valuenow") == "0.00")


def test_a_theme_s_ink_reaches_the_maps(table):
    seen = """() => { const { width, height } = document.querySelector(".nc-sheet canvas");
        const pen = document.querySelector(".nc-sheet canvas").getContext("2d");
        return [...pen.getImageData(0, 16, width, 1).data].slice(0, 3).join(); }"""
    before = table.page.evaluate(seen)
    table.page.add_style_tag(content="body { --lesson-ink: #0000ff }")
    table.until(lambda: table.page.evaluate(seen) != before)


def test_a_chosen_unit_s_states_are_told_in_numbers(table):
    table.cell("o", 5, 12).click()
    trace = table.console.trace.layers[0]
    c, h = (f"{x[11, 0, 5]:.2f}".replace("-", "\N{MINUS SIGN}") for x in (trace.c, trace.h))
    assert f"Its c there is {c}, its h {h}." in table.sentence.text_content()


def test_the_felt_words_are_those_whose_change_moves_the_answer_s_score(table):
    model, xs = table.console.model, tasks.one_hot([STORY])
    best = int(model.forward(xs).y[-1, 0].argmax())
    dy = np.zeros((20, 1, 32))
    dy[-1, 0, best] = 1
    lengths = np.linalg.norm(model.backward(model.forward(xs), dy)["xs"][:, 0], axis=1)
    most = int(lengths.argmax())
    table.chip(CITY).click()
    told = table.sentence.text_content()
    assert f"is longest at word {most + 1}, “{STORY[most]}”" in told
    assert most == CITY - 1 or f"{lengths[8] / lengths[most]:.2f} times as long" in told


def test_the_page_s_own_keys_do_not_hear_what_is_pressed_in_the_table(table):
    table.page.evaluate("() => { window.keys = []; onkeydown = (event) => keys.push(event.key); }")
    table.cell("f", 3, 12).click()
    for key in ["a", "ArrowDown", "-", "Escape"]:
        table.page.keyboard.press(key)
    assert table.page.evaluate("keys") == []


def test_axe_finds_nothing_serious_in_the_table(table, untested):
    if not AXE.exists():
        untested("The operating table was NOT tested with axe: npm install")
    table.button("Compare with a second story").click()
    table.page.add_script_tag(path=AXE)
    found = table.page.evaluate("axe.run('.nc').then((result) => result.violations)")
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in serious] == []
