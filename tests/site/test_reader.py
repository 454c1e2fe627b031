"""What a reader meets on the site: answers wait, phrases do what they say, nobody is lost."""

import re

import nbformat
import pytest
from playwright.sync_api import expect

from lstm_lessons import course
from scripts.jupyter import NOTEBOOKS
from tests.hands import Hand, until

pytestmark = pytest.mark.browser

LESSONS = [lesson.notebook for lesson in course.LESSONS]
PHONE = {"width": 390, "height": 844}


def cells(lesson, tag):
    """The sources of a lesson's cells with a tag."""
    notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
    return [cell.source for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


# --- answers and solutions


@pytest.mark.parametrize("name", LESSONS)
def test_an_untouched_page_shows_no_answer_and_no_solution(open_page, name):
    opened = open_page(name)
    seen = opened.page.locator("article").inner_text()
    for word in ("Computed", "Right.", "Solved.", "Not yet", "Not attempted"):
        assert word not in seen
    for card in opened.page.locator(".guess").all():
        assert card.locator(".guess-verdict").inner_text() == ""
        assert card.locator("img, pre").count() == 0
    lines = [line for source in cells(name, "solution") for line in source.splitlines()]
    assert lines and [line for line in lines if len(line) > 12 and line in seen] == []


@pytest.mark.parametrize("name", LESSONS)
def test_every_card_of_a_page_opens_when_it_is_asked(visit, name):
    opened = visit(name)
    states, cards = opened.states("Guess"), opened.page.locator(".guess").all()
    assert len(states) == len(cards) > 0
    for state, card in zip(states, cards, strict=True):
        card.get_by_role("button", name="Show me").click()
        verdict = card.locator(".guess-verdict")
        assert verdict.inner_text().startswith(f"Computed: {state['answer']}.")
        assert verdict.locator("img, pre").count() == len(state["evidence"])
        for image in verdict.locator("img").all():
            image.evaluate("(image) => image.decode()")
    assert opened.errors == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_guess_brings_the_verdict_and_both_outlive_a_reload(visit, name):
    page = visit(name).page
    card = page.locator(".guess").first
    if card.get_by_role("radio").count():
        card.get_by_role("radio").last.check()
    else:
        card.get_by_role("spinbutton").fill("12345")
    card.get_by_role("button", name="This is my guess").click()
    said = card.locator(".guess-verdict").inner_text()
    assert re.match(r"✓ Right\. |✗ You guessed: ", said)
    page.reload()
    assert card.locator(".guess-verdict").inner_text() == said


@pytest.mark.parametrize("name", LESSONS)
def test_a_solution_is_behind_a_click_of_its_own_and_shows_no_output(open_page, name):
    page = open_page(name).page
    folds = page.locator(".tag_solution")
    assert folds.count() == len(cells(name, "solution")) > 0
    for fold in folds.all():
        assert fold.locator("summary").inner_text() == "Show a solution"
        assert fold.locator("details[open], .cell_output").count() == 0


def test_where_an_exercise_waits_for_an_answer_the_page_says_where_to_give_it(open_page):
    page = open_page("03_gates").page
    exercises = page.locator(".tag_exercise").filter(has_text="half_life.check")
    link = exercises.get_by_role("link", name="Answer it in your browser")
    assert link.get_attribute("href") == "lite/notebooks/index.html?path=03_gates.ipynb"


# --- code


def test_one_switch_shows_all_code_but_no_solution_and_is_remembered(visit):
    opened = visit("04_lstm")
    page, switch = opened.page, opened.page.get_by_label("Show all code")
    code, rest = page.locator(".tag_code pre"), page.locator(".tag_solution pre")
    plumbing = page.locator(".tag_plumbing summary").first
    expect(code.first).to_be_hidden()
    expect(plumbing).to_be_hidden()
    switch.check()
    expect(code.first).to_be_visible()
    expect(plumbing).to_be_visible()
    opened.goto("03_gates")
    expect(switch).to_be_checked()
    expect(code.first).to_be_visible()
    expect(rest.first).to_be_hidden()
    switch.uncheck()
    page.reload()
    expect(code.first).to_be_hidden()


# --- phrases that can be tried, and the console beside its text

# Of which phrases speak.
KINDS = ["GateConsole", "GradientLens", "NetworkConsole", "PanelView", "ScanTree"]
SHOWN = """(all) => all.map((el) => [...el.querySelectorAll(
  "[role=slider], input, select, .panel-sentence")].map((one) => one.ariaValueNow ?? one.value
  ?? one.textContent).join())"""
BAR = "(all, value) => all.some((bar) => Math.abs(bar.ariaValueNow - value) < 0.006)"
CONTROL = """(all, value) => all.some((one) => one.matches("select")
  ? one.selectedOptions[0].text === value : Math.abs(one.value - value) <= one.step)"""


def is_so(page, changes):
    """Does a picture show what a phrase says?"""
    for change in changes.split(","):
        name, value, first, last = re.fullmatch(
            r" *(\w+)=([^@]+)(?:@(\d+)(?:-(\d+))?)?", change
        ).groups()
        if name == "preset":
            yield page.locator(".gc select").evaluate_all(CONTROL, value)
        elif first:
            for step in range(int(first), int(last or first) + 1):
                bars = f"[data-lane='{name}'][data-step='{step}']"
                column = f"[data-gate='{name}'][data-unit=all][data-word='{step}']"
                for place in page.locator(column).all():
                    place.focus()  # an operating table says it of what is chosen
                yield page.locator(f"{bars}, {column}").evaluate_all(BAR, float(value))
        else:
            yield page.locator(f":is([data-name='{name}'], [data-knob='{name}'])").evaluate_all(
                CONTROL, value
            )


@pytest.mark.parametrize("name", LESSONS)
def test_every_phrase_that_can_be_tried_is_done_to_one_picture(visit, name):
    opened = visit(name)
    places = opened.page.locator(", ".join(f".live[data-kind={kind}]" for kind in KINDS))
    shows = opened.page.get_by_role("button", name="Show me")
    shows.evaluate_all("all => all.forEach((one) => one.click())")  # phrases wait behind guesses
    opened.page.wait_for_timeout(1000)  # a table tells a screen reader only when it rests
    for phrase in opened.page.locator("button.try").all():
        words, before = phrase.inner_text(), places.evaluate_all(SHOWN)
        phrase.press("Enter")
        after = places.evaluate_all(SHOWN)
        assert sum(a != b for a, b in zip(before, after, strict=True)) <= 1, words
        assert all(is_so(opened.page, phrase.get_attribute("data-try"))), words
    assert opened.errors == []


def test_a_phrase_does_what_it_says_to_the_console_below_it(visit):
    page = visit("03_gates").page
    hand = Hand(page)
    phrase = page.locator("button.try[data-try='f=0@7']").first
    phrase.click()
    assert hand.values("f")[6] == 0
    assert hand.sentence.text_content().startswith("Gate f at step 7 is 0.00.")


def test_on_a_phone_a_phrase_stays_in_sight_with_what_it_changed(visit):
    page = visit("01_sequences", viewport=PHONE).page
    phrase = page.locator("button.try[data-try='w_h=1.5']").first
    Hand(page).rests()
    phrase.click()
    page.wait_for_timeout(500)  # a smooth way to go
    console = page.locator(".gc").bounding_box()
    assert console["height"] > PHONE["height"]
    assert phrase.bounding_box()["y"] > 40
    assert console["y"] + 300 <= PHONE["height"]


def test_a_table_s_answers_stay_in_sight_on_a_phone(visit):
    page = visit("08_inside_a_trained_lstm", viewport=PHONE).page
    row = page.locator(".nc [data-unit=all][data-word='20']").nth(0)
    row.evaluate("(it) => it.scrollIntoView({ block: 'center', behavior: 'instant' })")
    page.wait_for_timeout(100)
    answers = page.locator(".nc-answers").first.bounding_box()
    assert 40 <= answers["y"] <= 60  # right below the site's head


def test_a_console_stays_in_sight_while_its_text_is_read_if_there_is_room(visit):
    for size, stays in [({"width": 1400, "height": 1000}, True), (PHONE, False)]:
        page = visit("03_gates", viewport=size).page
        text = page.get_by_text("Two things to see.").first
        Hand(page).rests()
        text.evaluate(
            "(p) => scrollTo(0, p.getBoundingClientRect().bottom + scrollY - innerHeight / 1.3)"
        )
        page.wait_for_timeout(100)
        top = page.locator(".gc").first.evaluate("(gc) => gc.getBoundingClientRect().top")
        bottom = page.locator(".gc").first.evaluate("(gc) => gc.getBoundingClientRect().bottom")
        under = text.evaluate("(p) => p.getBoundingClientRect().bottom")
        assert (top >= 0 and bottom < under) is stays


# --- the way


def test_the_front_page_starts_with_lesson_1_and_goes_on_where_the_reader_was(visit):
    opened = visit("index")
    page = opened.page
    onward = page.locator(".continue")
    start = page.get_by_role("link", name="Start with lesson 1")
    assert start.get_attribute("href") == f"{LESSONS[0]}.html"
    assert not onward.is_visible()
    opened.goto("05_lstm_gradients")
    opened.goto("index")
    assert onward.inner_text() == f"Continue: 5 · {course.LESSONS[4].title}"
    onward.click()
    assert page.url.endswith("05_lstm_gradients.html")


def test_a_search_leads_to_the_place_where_the_word_stands(visit):
    page = visit("search").page
    page.goto(f"{page.url}?q=orthogonal")
    found = page.locator("#search-results li a[href*='02_rnn_limits.html']").first
    found.click()
    mark = page.locator("article .highlighted").first
    mark.wait_for()
    until(
        lambda: mark.evaluate(
            "(it) => Math.abs(it.getBoundingClientRect().y / innerHeight - 0.5) < 0.5"
        )
    )
    assert page.evaluate("scrollY") > 500


# --- how it looks


def test_a_dark_page_has_dark_pictures(visit):
    for theme, filtered in [("light", False), ("dark", True)]:
        picture = visit("02_rnn_limits", color_scheme=theme).page.locator("img.picture").first
        assert (picture.evaluate("(image) => getComputedStyle(image).filter") != "none") is filtered


def test_a_phone_gets_pictures_that_were_drawn_for_it(visit):
    for size, narrow in [(PHONE, True), ({"width": 1400, "height": 1000}, False)]:
        opened = visit("02_rnn_limits", viewport=size)
        opened.read()
        pictures = opened.page.locator("picture img")
        sources = pictures.evaluate_all("(all) => all.map((image) => image.currentSrc)")
        assert sources and {source.endswith("-narrow.webp") for source in sources} == {narrow}


def test_a_page_without_javascript_has_no_holes_and_all_code_within_reach(visit):
    page = visit("03_gates", java_script_enabled=False).page
    heights = [place.bounding_box()["height"] for place in page.locator(".live").all()]
    assert heights and max(heights) < 60
    assert all(fold.is_visible() for fold in page.locator(".cell summary").all())


def test_a_printed_page_keeps_its_pictures_and_leaves_out_its_buttons(visit):
    page = visit("04_lstm").page
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator(".gc-plots svg").first.is_visible()
    for left_out in (".openers", ".gc-controls", ".sidebar-drawer", ".related-pages"):
        assert not page.locator(left_out).first.is_visible()
    colour = "(it) => getComputedStyle(it).backgroundColor"
    assert page.locator("body").evaluate(colour) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


def test_korean_words_say_that_they_are_korean(open_page):
    for name in ("GLOSSARY", *LESSONS):
        texts = (
            open_page(name)
            .page.locator("article")
            .evaluate(
                """(article) => {
              const walk = document.createTreeWalker(article, NodeFilter.SHOW_TEXT), found = [];
              while (walk.nextNode()) found.push([walk.currentNode.textContent,
                walk.currentNode.parentElement.closest("[lang]").lang]);
              return found;
            }"""
            )
        )
        assert [text for text, lang in texts if re.search("[가-힣]", text) and lang != "ko"] == []
