"""The gate console in JupyterLab, worked by a real mouse, a finger and a keyboard in Chromium."""

import re
import shutil
import time
from pathlib import Path

import nbformat
import pytest

from scripts.browser.lab import PANEL, Lab, do, in_page, python
from tests.hands import Hand, until

pytestmark = pytest.mark.browser

LESSON = Path(__file__).parent.parent / "notebooks" / "04_lstm.ipynb"
LENS = ["from lstm_lessons import GateConsole, GradientLens", "lens = GradientLens('rnn')\nlens"]
LENS += ["gru = GateConsole('gru')\ngru"]
PUZZLE = ["from lstm_lessons import GateConsole", "puzzle = GateConsole(goal='hold')\npuzzle"]


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab"), chromium) as lab:
        shutil.copy(LESSON, lab.notebooks / "trusted.ipynb")
        shutil.copy(LESSON, lab.notebooks / "live.ipynb")
        other = nbformat.read(LESSON, as_version=4)
        other.metadata.title = "Trust goes by what is in a notebook, not by its name."
        nbformat.write(other, lab.notebooks / "untrusted.ipynb")
        lab.write("puzzle.ipynb", *PUZZLE, PANEL)
        lab.write("lens.ipynb", *LENS)
        lab.trust("trusted.ipynb")
        yield lab


@pytest.fixture(scope="module")
def live(lab):
    """The lesson with all its cells run, for a reader who wants no motion."""
    return Hand(lab.open("live.ipynb", reduced_motion="reduce"))


@pytest.fixture
def hand(live):
    """The lesson's console at its first preset."""
    live.select.select_option(index=0)
    live.button("Reset").click()
    until(lambda: live.python("preset") == live.select.input_value())
    live.agrees("f", "forget")
    return live


@pytest.fixture(scope="module")
def puzzle(lab):
    return Hand(lab.open("puzzle.ipynb", reduced_motion="reduce"), name="puzzle")


# --- a lesson as it is stored


def test_a_trusted_lesson_is_live_before_any_cell_has_run_and_without_a_kernel(lab):
    page = lab.open("trusted.ipynb", run=False)
    hand = Hand(page)
    in_page(page, "await panel().sessionContext.shutdown()")
    assert in_page(page, "return panel().sessionContext.session") is None
    before = hand.sentence.text_content()
    hand.drag(("f", 5, 0.9), ("f", 5, 0.4))
    assert hand.values("f")[4] == pytest.approx(0.4, abs=0.02)
    assert f"Gate f at step 5 is {hand.values('f')[4]:.2f}." in hand.sentence.text_content()
    assert hand.sentence.text_content() != before
    page.context.close()


def test_an_untrusted_lesson_shows_the_picture_instead(lab):
    page = lab.open("untrusted.ipynb", run=False)
    picture = page.locator(".jp-OutputArea img[src^='data:image/png']").first
    picture.wait_for(state="attached")
    picture.scroll_into_view_if_needed()
    until(lambda: picture.evaluate("image => image.naturalWidth") > 400)
    assert page.locator(".gc").count() == 0
    page.context.close()


# --- a hand


def test_a_dragged_bar_a_sentence_and_python_say_the_same(hand):
    before = {gate: hand.values(gate) for gate in "fi"}
    hand.drag(("f", 5, 0.95), ("f", 5, 0.35))
    values = hand.values("f")
    assert values[4] == pytest.approx(0.35, abs=0.02)
    assert f"Gate f at step 5 is {values[4]:.2f}." in hand.sentence.text_content()
    hand.agrees("f", "forget")
    assert values[:4] + values[5:] == before["f"][:4] + before["f"][5:]
    assert hand.values("i") == before["i"]
    assert (hand.python("gate"), hand.python("step")) == ("f", 5)


@pytest.mark.parametrize("moves", [1, 2, 30])
def test_a_stroke_paints_every_bar_on_its_way_however_fast_it_is(hand, moves):
    before = hand.values("f")
    hand.drag(("f", 3, 0.9), ("f", 9, 0.1), moves=moves)
    values = hand.values("f")
    painted = values[2:9]
    assert painted == sorted(painted, reverse=True) and len(set(painted)) == 7
    assert painted[0] < 0.95 and painted[-1] == pytest.approx(0.1, abs=0.02)
    assert values[:2] + values[9:] == before[:2] + before[9:]
    hand.agrees("f", "forget")


def test_a_stroke_that_leaves_the_picture_stays_in_range_and_ends_with_the_button(hand):
    x, y = hand.spot("f", 12, 0.5)
    hand.page.mouse.move(*hand.spot("f", 10, 0.5))
    hand.page.mouse.down()
    hand.page.mouse.move(x + 200, y + 300, steps=4)
    hand.page.mouse.up()
    assert hand.values("f")[-1] == 0
    before = hand.values("f"), hand.values("i")
    hand.page.mouse.move(*hand.spot("i", 6, 0.9), steps=4)
    assert (hand.values("f"), hand.values("i")) == before


def test_a_finger_drags_a_bar_and_does_not_scroll_the_page(hand):
    cdp = hand.page.context.new_cdp_session(hand.page)
    x, top = hand.spot("f", 6, 0.9)
    _, bottom = hand.spot("f", 6, 0.2)
    place = hand.root.bounding_box()

    def touch(kind, *points):
        points = [{"x": x, "y": y} for y in points]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", top)
    for k in range(1, 9):
        touch("touchMove", top + k / 8 * (bottom - top))
    touch("touchEnd")
    cdp.detach()
    until(lambda: hand.values("f")[5] == pytest.approx(0.2, abs=0.03))
    assert hand.values("f")[4] == hand.values("f")[6] == 1
    assert hand.root.bounding_box() == place
    hand.agrees("f", "forget")


# --- a keyboard


def test_every_key_does_what_the_note_says_and_the_notebook_stays_where_it_is(hand):
    def selection():
        return in_page(hand.page, "const n = panel().content; return [n.activeCellIndex, n.mode];")

    def focused():
        return hand.page.evaluate("Object.values(document.activeElement.dataset)")

    press = hand.page.keyboard.press
    hand.bar("f", 5).click(position={"x": 5, "y": 2})
    hand.button("Reset").click()
    before = selection()
    press("Tab")
    assert focused() == ["f", "5"]
    for key, value in [
        ("ArrowDown", 0.95),
        ("Shift+ArrowDown", 0.94),
        ("PageDown", 0.69),
        ("ArrowUp", 0.74),
        ("Shift+ArrowUp", 0.75),
        ("PageUp", 1.0),
        ("ArrowUp", 1.0),
        ("Home", 0.0),
        ("ArrowDown", 0.0),
        ("End", 1.0),
        ("PageDown", 0.75),
    ]:
        press(key)
        assert hand.values("f")[4] == value, key
        assert f"Gate f at step 5 is {value:.2f}." in hand.sentence.text_content()
    press("ArrowRight")
    assert focused() == ["f", "6"] and "at step 6" in hand.sentence.text_content()
    press("Home")
    assert hand.values("f")[4:6] == [0.75, 0.0]
    press("Control+z")
    assert hand.values("f")[4:6] == [0.75, 1.0]
    press("ArrowLeft")
    assert focused() == ["f", "5"]
    press("Tab")
    assert focused() == ["i", "5"]
    press("End")
    assert hand.values("i")[4] == 1
    assert selection() == before
    hand.agrees("f", "forget")
    hand.agrees("i", "input")


def test_every_bar_is_a_labelled_slider_and_each_gate_is_one_stop_for_tab(hand):
    bars = hand.root.get_by_role("slider").all()
    labels = [bar.get_attribute("aria-label") for bar in bars]
    assert "forget gate, step 4" in labels and len(set(labels)) == len(labels)
    lanes = {bar.get_attribute("data-lane") for bar in bars}
    stops = [bar.get_attribute("data-lane") for bar in bars if bar.get_attribute("tabindex") == "0"]
    assert sorted(stops) == sorted(lanes)


# --- buttons and presets


def test_a_screen_reader_hears_the_sentence_once_the_hand_has_come_to_rest(hand):
    spoken = hand.root.locator("[aria-live]")
    until(lambda: spoken.text_content() == hand.sentence.text_content())
    in_page(
        hand.page,
        """const live = document.querySelector(".gc [aria-live]"), said = (window.said = []);
        new MutationObserver(() => said.push(live.textContent)).observe(live, { childList: true });""",
    )
    hand.drag(("f", 5, 0.9), ("f", 5, 0.2), moves=20)
    until(lambda: in_page(hand.page, "return said.at(-1)") == hand.sentence.text_content())
    assert in_page(hand.page, "return said.length") <= 3  # of 20 moves, also where they are slow


def test_undo_takes_back_one_stroke_at_a_time_and_reset_all_of_them(hand):
    start = hand.values("f")
    hand.drag(("f", 4, 0.9), ("f", 4, 0.5))
    once = hand.values("f")
    hand.drag(("f", 8, 0.9), ("f", 11, 0.2))
    assert start != once != hand.values("f")
    hand.button("Undo").click()
    assert hand.values("f") == once
    hand.button("Undo").click()
    assert hand.values("f") == start
    hand.drag(("f", 8, 0.9), ("f", 11, 0.2))
    hand.button("Reset").click()
    assert hand.values("f") == start
    hand.agrees("f", "forget")


def test_a_preset_is_chosen_from_the_list_and_python_knows_it(hand):
    start = hand.values("f")
    hand.select.select_option("leak")
    assert hand.values("f") == [0.8] * 12
    hand.agrees("f", "forget")
    assert hand.python("preset") == "leak"
    hand.button("Undo").click()
    assert hand.values("f") == start


def test_python_sets_a_gate_and_the_picture_follows(hand):
    wanted = [round(t / 20, 2) for t in range(12)]
    do(hand.page, f"{hand.name}.forget = {wanted}; {hand.name}.gate = 'f'; {hand.name}.step = 9")
    until(lambda: hand.values("f") == wanted)
    until(lambda: "Gate f at step 9 is 0.40." in hand.sentence.text_content())


def test_python_sets_a_preset_and_the_list_follows(hand):
    do(hand.page, f"{hand.name}.preset = 'leak'")
    until(lambda: hand.values("f") == [0.8] * 12 and hand.select.input_value() == "leak")


# --- what it looks like

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
SIDEWAYS = """root => {
    const wide = [];
    for (let node = root.parentElement; node; node = node.parentElement)
        if (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible")
            wide.push(node.className);
    return wide;
}"""


@pytest.fixture(params=[360, 700, 1400], ids="{} px".format)
def width(request, hand):
    hand.page.set_viewport_size({"width": request.param, "height": 1000})
    hand.root.scroll_into_view_if_needed()
    time.sleep(0.3)
    yield request.param
    hand.page.set_viewport_size({"width": 1400, "height": 1000})
    hand.root.scroll_into_view_if_needed()
    time.sleep(0.3)


def test_the_console_fits_the_page_from_a_phone_to_a_desk(hand, width):
    assert hand.root.evaluate(STICKS_OUT) == []
    assert hand.root.evaluate(SIDEWAYS) == []
    hand.drag(("f", 5, 0.95), ("f", 5, 0.3))
    assert hand.values("f")[4] == pytest.approx(0.3, abs=0.02)


def test_no_text_covers_another(hand, width):
    assert hand.root.evaluate(COVERED) == []


def luminance(color):
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in color]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(hand):
    """Between the sentence and its paper, as WCAG computes it."""
    ink, paper = hand.sentence.evaluate(
        """sentence => [getComputedStyle(sentence).color,
            getComputedStyle(sentence.closest(".gc")).backgroundColor].map((color) => {
                const paint = new OffscreenCanvas(1, 1).getContext("2d");
                paint.fillStyle = color;
                paint.fillRect(0, 0, 1, 1);
                return [...paint.getImageData(0, 0, 1, 1).data].map((v) => v / 255);
            })"""
    )
    assert paper[3] == 1
    ink = [ink[3] * a + (1 - ink[3]) * b for a, b in zip(ink[:3], paper, strict=False)]
    light, dark = sorted([luminance(ink), luminance(paper)], reverse=True)
    return (light + 0.05) / (dark + 0.05), luminance(paper)


def test_the_console_follows_the_theme_and_can_be_read_in_both(hand):
    papers = []
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        script = "await jupyterapp.commands.execute('apputils:change-theme', { theme: argument })"
        in_page(hand.page, script, theme)
        until(lambda theme=theme: hand.page.evaluate("document.body.dataset.jpThemeName") == theme)
        ratio, paper = contrast(hand)
        assert ratio > 7
        papers.append(paper)
    assert papers[0] < 0.1 and papers[1] > 0.9


CHOOSE = """root => {
    const select = root.querySelector("select"), bar = root.querySelector("[data-lane='f'][data-step='5']");
    select.value = "leak";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    return Number(bar.ariaValueNow ?? bar.getAttribute("aria-valuenow"));
}"""


def test_a_preset_moves_the_bars_unless_the_reader_wants_no_motion(hand):
    assert hand.root.evaluate(CHOOSE) == 0.8
    hand.agrees("f", "forget")
    hand.button("Undo").click()
    hand.page.emulate_media(reduced_motion="no-preference")
    try:
        assert hand.root.evaluate(CHOOSE) > 0.9
        until(lambda: hand.values("f") == [0.8] * 12)
    finally:
        hand.page.emulate_media(reduced_motion="reduce")


# --- a goal, a panel


def test_the_score_follows_the_hand_and_the_goal_is_solved(puzzle):
    words = puzzle.root.locator(".gc-score")

    def score():
        (number,) = re.findall(r"\d+", words.text_content())
        assert puzzle.root.locator("meter").evaluate("meter => meter.value") == int(number)
        return int(number)

    assert score() == 0
    puzzle.drag(("f", 3, 0.5), ("f", 12, 1.0))
    assert 0 < score() < 100
    until(lambda: puzzle.python("score") == score())
    do(puzzle.page, "puzzle.forget = [1] * 12; puzzle.input = [0, 1] + [0] * 10")
    until(lambda: "Solved" in words.text_content())
    assert score() == puzzle.python("score") == 100


def test_what_a_goal_gives_cannot_be_dragged(puzzle):
    before = puzzle.values("g")
    puzzle.drag(("g", 4, 0.9), ("g", 7, 0.1))
    assert puzzle.values("g") == before
    assert puzzle.bar("g", 4).get_attribute("aria-disabled") == "true"


def test_a_panel_s_slider_is_moved_by_the_keyboard_and_its_picture_follows(puzzle):
    picture = puzzle.page.locator(".jp-OutputArea .widget-image, .jp-OutputArea img").last
    handle = puzzle.page.get_by_role("slider").last
    handle.focus()
    before = picture.get_attribute("src")
    handle.press("ArrowRight")
    until(lambda: picture.get_attribute("src") != before)
    assert puzzle.page.get_by_text("is left.").last.is_visible()


# --- a lens, and a console of another cell

WATCH = """const lens = document.querySelector(".widget-image").closest(".jp-OutputArea-output");
const places = (window.places = new Set());
(function look() {
    const [box, image] = [lens, lens.querySelector("img")].map((node) => node.getBoundingClientRect());
    places.add([box.top, box.height, image.top, image.height].join());
    requestAnimationFrame(look);
})();"""
DIGEST = """const image = await fetch(document.querySelector(".widget-image").src);
return [...new Uint8Array(await crypto.subtle.digest("SHA-256", await image.arrayBuffer()))];"""


@pytest.fixture(scope="module")
def lens(lab):
    """A page with an RNN's lens, and a GRU's console below it."""
    page = lab.open("lens.ipynb", reduced_motion="reduce")
    page.locator(".gc-plots").wait_for()
    page.locator(".widget-image").scroll_into_view_if_needed()
    return page


def test_a_lens_follows_the_mouse_and_the_keys_and_stays_where_it_is(lens):
    sentence = lens.get_by_text("of the gradient is left")
    do(lens, "from hashlib import sha256")
    seen = set()

    def follows(name, value):
        """Python has the value, and the page shows its picture and its sentence, both new."""
        until(lambda: python(lens, f"lens.values[{name!r}]") == value)
        until(lambda: sentence.text_content() == python(lens, "lens.figure.alt"))
        digest = python(lens, "list(sha256(lens.view.value).digest())")
        until(lambda: in_page(lens, DIGEST) == digest)
        assert sentence.text_content() not in seen and bytes(digest) not in seen
        seen.update({sentence.text_content(), bytes(digest)})

    follows("radius", 0.9)
    in_page(lens, WATCH)
    handle = lens.get_by_role("slider").first
    box, track = handle.bounding_box(), lens.locator(".slider").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lens.mouse.move(x, y)
    lens.mouse.down()
    lens.mouse.move(x + 0.2 * track["width"], y, steps=6)
    lens.mouse.up()
    follows("radius", 1.5)
    handle.press("ArrowRight")
    follows("radius", 1.55)
    pick = lens.locator(".widget-dropdown select").first
    pick.select_option("relu")
    follows("activation", "relu")
    pick.press("l")  # a select goes to the option that begins with it
    follows("activation", "linear")
    assert "it explodes." in sentence.text_content()
    assert len(in_page(lens, "return [...places]")) == 1


def test_the_gru_s_update_gate_is_dragged_and_its_sentence_follows(lens):
    gru = Hand(lens, name="gru")
    before = gru.values("z")
    gru.drag(("z", 7, 0.9), ("z", 7, 0.3))
    value = gru.values("z")[6]
    assert value == pytest.approx(0.3, abs=0.02)
    gru.agrees("z", "update")
    h = gru.python("trace.h[6].item()")
    said = rf"Gate z at step 7 is {value:.2f}: .* the candidate .*, which makes {h:.2f}\."
    assert re.match(said, gru.sentence.text_content())
    assert gru.values("z") == [*before[:6], value, *before[7:]]
    assert (gru.python("gate"), gru.python("step")) == ("z", 7)


def test_a_lens_fits_a_phone(lens):
    lens.set_viewport_size({"width": 360, "height": 1000})
    picture = lens.locator(".widget-image")
    until(lambda: picture.bounding_box()["width"] < 300)
    assert picture.evaluate(SIDEWAYS) == []


# --- a guess


def test_a_guess_is_kept_also_when_its_cell_is_run_again_and_can_be_taken_back(lab):
    choices = "Guess('Does it fade?', ['yes', 'no'])"
    number = "Guess('How many?', tolerance=1)"
    lab.write("guess.ipynb", "from lstm_lessons import Guess", *(
        f"{name} = {made}\n{name}" for name, made in {"word": choices, "count": number}.items()
    ))  # fmt: skip
    page = lab.open("guess.ipynb")
    word, count = page.locator(".guess").nth(0), page.locator(".guess").nth(1)
    for guess in (word, count):
        guess.wait_for()
        assert guess.get_by_role("button").is_disabled()
    word.get_by_label("no").check()
    word.get_by_role("button", name="This is my guess").click()
    count.get_by_role("spinbutton").fill("6.5")
    count.get_by_role("spinbutton").press("Enter")
    until(lambda: python(page, "[word.value, count.value]") == ["no", 6.5])
    assert word.get_by_label("yes").is_disabled() and "6.5" in count.text_content()
    assert not count.locator("details").is_visible()

    do(
        page,
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): count.reveal(7)",
    )
    count.get_by_text("Computed answer").click()
    assert count.locator("details p").text_content() == "7"

    in_page(page, "await jupyterapp.commands.execute('notebook:run-all-cells')")
    until(lambda: python(page, "[word.value, count.value]") == ["no", 6.5])
    page.locator(".guess").first.get_by_role("button", name="Guess again").click()
    until(lambda: python(page, "[word.value, count.value]") == [None, 6.5])
    page.context.close()


# --- at the end, about all pages above


def test_nothing_complained_in_the_browser_s_console(lab):
    assert lab.errors == []
