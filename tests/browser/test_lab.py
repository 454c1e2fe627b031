"""The widgets in JupyterLab, worked by a real mouse, a finger and a keyboard in Chromium."""

import shutil

import nbformat
import pytest

from scripts.browser.lab import PANEL, Lab, do, in_page, python
from scripts.jupyter import NOTEBOOKS
from tests.hands import Hand, until

pytestmark = pytest.mark.browser

LESSON = NOTEBOOKS / "04_lstm.ipynb"
NAMES = "from lstm_lessons import GateConsole, GradientLens, Guess, Progress"
OTHERS = [
    "from lstm_lessons.course import lesson_7",
    "lens = GradientLens('rnn')\nlens",
    "puzzle = GateConsole(goal='hold')\npuzzle",
    "Progress()",
    "word = Guess('Does it fade?', {'y': 'yes', 'n': 'no'})\nword",
    "count = Guess('How many?')\ncount",
    PANEL,
]


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab"), chromium) as lab:
        shutil.copy(LESSON, lab.notebooks / "trusted.ipynb")
        lab.trust("trusted.ipynb")
        other = nbformat.read(LESSON, as_version=4)
        other.metadata.title = "Trust goes by what is in a notebook, not by its name."
        nbformat.write(other, lab.notebooks / "untrusted.ipynb")
        lab.write("console.ipynb", NAMES, "console = GateConsole()\nconsole")
        lab.write("others.ipynb", NAMES, *OTHERS)
        yield lab
        assert lab.errors == []


@pytest.fixture(scope="module")
def live(lab):
    """A console for a reader who wants no motion."""
    return Hand(lab.open("console.ipynb", reduced_motion="reduce"))


@pytest.fixture
def hand(live):
    """The console at its first preset; what the last test did to it may still be on its way."""

    def reset():
        do(live.page, "console.preset = 'remember for ever'; console.gate = 'f'; console.step = 5")
        return live.values("f") == [1] * 12 and "f at step 5" in live.sentence.text_content()

    until(reset)
    return live


# --- a lesson as it is stored


def test_a_trusted_lesson_is_live_before_any_cell_has_run_and_without_a_kernel(lab):
    page = lab.open("trusted.ipynb", run=False)
    hand = Hand(page)
    in_page(page, "await panel().sessionContext.shutdown()")
    assert in_page(page, "return panel().sessionContext.session") is None
    hand.drag(("f", 5, 0.9), ("f", 5, 0.4))
    assert hand.values("f")[4] == pytest.approx(0.4, abs=0.02)
    assert f"Gate f at step 5 is {hand.values('f')[4]:.2f}." in hand.sentence.text_content()
    page.context.close()


def test_an_untrusted_lesson_shows_the_picture_instead(lab):
    page = lab.open("untrusted.ipynb", run=False)
    picture = page.locator(".jp-OutputArea img[src^='data:image/png']").first
    picture.wait_for(state="attached")
    picture.scroll_into_view_if_needed()
    until(lambda: picture.evaluate("image => image.naturalWidth") > 400)
    assert page.locator(".gc").count() == 0
    page.context.close()


# --- a hand on the console


def test_a_dragged_bar_a_sentence_and_python_say_the_same(hand):
    hand.drag(("f", 5, 0.95), ("f", 5, 0.35))
    value = hand.values("f")[4]
    assert value == pytest.approx(0.35, abs=0.02)
    assert hand.values("f") == [1] * 4 + [value] + [1] * 7
    assert f"Gate f at step 5 is {value:.2f}." in hand.sentence.text_content()
    hand.agrees("f", "forget")
    assert (hand.python("gate"), hand.python("step")) == ("f", 5)


def test_a_finger_drags_a_bar_and_does_not_scroll_the_page(hand):
    hand.rests()
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


def test_every_key_does_what_the_note_says_and_the_notebook_stays_where_it_is(hand):
    def selection():
        return in_page(hand.page, "const n = panel().content; return [n.activeCellIndex, n.mode];")

    def focused():
        return hand.page.evaluate("Object.values(document.activeElement.dataset)")

    press = hand.page.keyboard.press
    hand.bar("f", 5).click(position={"x": 5, "y": 2})
    cells = hand.page.locator(".jp-Cell").count()
    for key in "bdd00m":  # JupyterLab's own, for whoever does not work on a console
        press(key)
    assert (
        hand.page.locator(".jp-Cell").count() == cells and not hand.page.locator("dialog").count()
    )
    hand.button("Reset").click()
    before = selection()
    press("Tab")  # to the switch for the slopes
    press("Tab")
    assert focused() == ["f", "5"]
    keys = "ArrowDown Shift+ArrowDown PageDown ArrowUp Shift+ArrowUp PageUp ArrowUp"
    keys = [*keys.split(), "Home", "ArrowDown", "End", "PageDown"]
    for key, value in zip(keys, [0.95, 0.94, 0.69, 0.74, 0.75, 1, 1, 0, 0, 1, 0.75], strict=True):
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


def test_python_sets_gates_and_a_preset_and_the_picture_and_the_list_follow(hand):
    wanted = [round(t / 20, 2) for t in range(12)]
    do(hand.page, f"console.forget = {wanted}; console.step = 9")
    until(lambda: hand.values("f") == wanted)
    until(lambda: "Gate f at step 9 is 0.40." in hand.sentence.text_content())
    do(hand.page, "console.preset = 'leak'")
    until(lambda: hand.values("f") == [0.8] * 12 and hand.select.input_value() == "leak")


# --- what it looks like

SIDEWAYS = """root => {
    const wide = [];
    for (let node = root.parentElement; node; node = node.parentElement)
        if (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).overflowX !== "visible")
            wide.push(node.className);
    return wide;
}"""
CONTRAST = """sentence => {
    const paint = new OffscreenCanvas(1, 1).getContext("2d");
    const luminance = (color) => {
        paint.fillStyle = color;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...paint.getImageData(0, 0, 1, 1).data].map((v) =>
            v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const paper = luminance(getComputedStyle(sentence.closest(".gc")).backgroundColor);
    const ink = luminance(getComputedStyle(sentence).color); // painted over its paper
    return [paper, (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)];
}"""


def test_the_console_fits_a_phone(hand):
    hand.page.set_viewport_size({"width": 360, "height": 1000})
    hand.rests()
    assert hand.root.evaluate(SIDEWAYS) == []
    hand.drag(("f", 5, 0.95), ("f", 5, 0.3))
    assert hand.values("f")[4] == pytest.approx(0.3, abs=0.02)
    hand.page.set_viewport_size({"width": 1400, "height": 1000})


def test_the_console_follows_the_theme_and_can_be_read_in_both(hand):
    papers = []
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        script = "await jupyterapp.commands.execute('apputils:change-theme', { theme: argument })"
        in_page(hand.page, script, theme)
        until(lambda theme=theme: hand.page.evaluate("document.body.dataset.jpThemeName") == theme)
        paper, contrast = hand.sentence.evaluate(CONTRAST)
        assert contrast > 7  # as WCAG computes it
        papers.append(paper)
    assert papers[0] < 0.1 and papers[1] > 0.9


# --- a puzzle and the progress, a panel, a lens, guesses: on one page


@pytest.fixture(scope="module")
def others(lab):
    page = lab.open("others.ipynb", reduced_motion="reduce")
    page.locator(".guess").last.wait_for()
    return page


def test_a_puzzle_s_score_follows_hand_and_python_and_counts_as_an_exercise_does(others):
    puzzle = Hand(others, name="puzzle")
    score, lessons = puzzle.root.locator(".gc-score"), others.locator(".how-far li")
    lessons.filter(has_text="make a memory0 of").wait_for()
    assert score.text_content() == "Score 0"
    puzzle.drag(("i", 3, 0.3), ("i", 12, 0.0))
    until(lambda: score.text_content() == f"Score {puzzle.python('score')}" != "Score 0")
    do(others, "puzzle.forget = [1] * 12; puzzle.input = [0, 1] + [0] * 10")
    until(lambda: score.text_content() == "Score 100 · Solved ✓")
    lessons.filter(has_text="make a memory1 of").wait_for()
    quiet = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): "
    do(others, f"{quiet}lesson_7.fair.check(45)")
    lessons.filter(has_text="how deep?1 of").wait_for()


def test_a_panel_s_slider_is_moved_by_the_keyboard_and_its_picture_follows(others):
    panel = others.locator(".lesson-panel").last
    picture, handle = panel.locator("img"), panel.get_by_role("slider", name="f", exact=True)
    for key, value in [("ArrowRight", "0.81"), ("Home", "0.00"), ("PageUp", "0.10")]:
        before = picture.get_attribute("src")
        handle.press(key)
        until(lambda before=before: picture.get_attribute("src") != before)
        assert panel.locator("output").text_content() == value
        assert handle.get_attribute("aria-valuetext") == f"f {value}"
    left = f"{0.1**12:.0%} is left."
    until(lambda: picture.get_attribute("alt") == left)
    assert panel.get_by_text(left).first.is_visible()
    until(lambda: panel.locator("[aria-live]").text_content() == left)


WATCH = """const lens = document.querySelector(".lesson-lens");
const places = (window.places = new Set());
(function look() {
    const [box, plot] = [lens, lens.querySelector(".lens-plot")].map((node) => node.getBoundingClientRect());
    places.add([box.top, box.height, plot.top, plot.height].join());
    window.looking = requestAnimationFrame(look);
})();"""


def test_a_lens_follows_the_mouse_and_the_keys_and_stays_where_it_is(others):
    root = others.locator(".lesson-lens").first
    sentence = root.locator(".lens-sentence")
    seen = set()

    def follows(name, value):
        """Python has the value, and the page shows its sentence, which is new."""
        until(lambda: python(others, f"lens.values[{name!r}]") == value)
        until(lambda: sentence.text_content() == python(others, "lens.sentence"))
        assert sentence.text_content() not in seen
        seen.add(sentence.text_content())

    handle = root.get_by_role("slider", name="ρ")
    handle.scroll_into_view_if_needed()
    follows("radius", 0.9)
    in_page(others, WATCH)
    box = handle.bounding_box()
    y, width = box["y"] + box["height"] / 2, box["width"] - 16  # the handle's middle stays within
    others.mouse.move(box["x"] + 8 + 0.3 * width, y)
    others.mouse.down()
    others.mouse.move(box["x"] + 8 + 0.5 * width, y, steps=6)
    others.mouse.up()
    follows("radius", 1.5)
    handle.press("ArrowRight")
    follows("radius", 1.55)
    pick = root.get_by_role("combobox", name="activation")
    pick.select_option("relu")
    follows("activation", "relu")
    pick.press("l")  # a select goes to the option that begins with it
    follows("activation", "linear")
    assert "it explodes." in sentence.text_content()
    assert len(in_page(others, "cancelAnimationFrame(looking); return [...places]")) == 1


def test_a_lens_fits_a_phone(others):
    plot = others.locator(".lens-plot > svg").first
    others.set_viewport_size({"width": 360, "height": 1000})
    until(lambda: plot.bounding_box()["width"] < 300)
    until(lambda: plot.evaluate(SIDEWAYS) == [])  # also what is above and below it
    others.set_viewport_size({"width": 1400, "height": 1000})
    until(lambda: plot.bounding_box()["width"] > 600)


def test_a_guess_is_kept_also_when_its_cell_is_run_again_and_can_be_taken_back(others):
    word, count = others.locator(".guess").nth(0), others.locator(".guess").nth(1)
    word.get_by_label("no").check()
    word.get_by_role("button", name="This is my guess").click()
    count.get_by_role("spinbutton").fill("6.5")
    count.get_by_role("spinbutton").press("Enter")
    until(lambda: python(others, "[word.value, count.value]") == ["n", 6.5])
    in_page(others, "await jupyterapp.commands.execute('notebook:run-all-cells')")
    until(lambda: python(others, "[word.value, count.value]") == ["n", 6.5])
    word.get_by_role("button", name="Guess again").click()
    until(lambda: python(others, "[word.value, count.value]") == [None, 6.5])
