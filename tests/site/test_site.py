"""The built site in Chromium: no kernel, no network, and no control that does nothing."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nbformat
import pytest

import lstm_lessons
from lstm_lessons import course
from scripts.jupyter import NOTEBOOKS, shown
from scripts.stamp import address, places
from scripts.stamp import lite as run_here
from scripts.website import lite, pages
from tests.hands import Hand, shut, until

pytestmark = pytest.mark.browser

LESSONS = [lesson.notebook for lesson in course.LESSONS]
PAGES = [
    "index",
    "puzzle",
    "404",
    "about",
    "api",
    "search",
    *(path.stem for path in pages.DOCS),
    *LESSONS,
]


def showing(kind):
    """The lessons in which such a widget is shown."""
    paths = {name: NOTEBOOKS / f"{name}.ipynb" for name in LESSONS}
    return [name for name, path in paths.items() if any(kind in text for text in shown(path))]


# In lesson 2 there are only weights to drag, which its phrases do.
CONSOLES = ["index", *(name for name in showing("GateConsole(") if name != "02_rnn_limits")]
PANELS = showing("Panel:")
LIMIT = 2_000_000  # bytes, for all that a lesson's page ever loads


class Links(HTMLParser):
    """What a page refers to, and what in it can be referred to."""

    def __init__(self, path):
        super().__init__()
        self.to, self.loads, self.ids = [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.add(attributes.get("id"))
        if tag == "a" and "href" in attributes:
            self.to.append(attributes["href"])
        elif "src" in attributes:
            self.loads.append(attributes["src"])
        elif tag == "link" and attributes["rel"] not in (
            "author",
            "canonical",
            "next",
            "prev",
            "search",
        ):
            self.loads.append(attributes["href"])


@pytest.mark.parametrize("part", [pages, lite], ids=["pages", "JupyterLite"])
def test_a_folder_that_holds_something_else_is_left_alone(part, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(SystemExit, match=f"{tmp_path} holds something else"):
        part.build(tmp_path)
    assert (tmp_path / "thesis.tex").exists()


@pytest.fixture(scope="module")
def links(site):
    return {path.name: Links(path) for path in sorted(site.folder.glob("*.html"))}


def test_every_link_leads_somewhere(site, links):
    elsewhere = set()
    for name, page in links.items():
        for link in page.to + page.loads:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                elsewhere.add(link)
                continue
            target = site.folder / unquote(url.path) if url.path else site.folder / name
            assert target.is_file(), f"{name}: {link}"
            if url.fragment and target.name in links:
                assert url.fragment in links[target.name].ids, f"{name}: {link}"
    assert [link for link in elsewhere if not link.startswith("https://")] == []


def test_no_page_loads_anything_from_elsewhere(links):
    for name, page in links.items():
        assert [link for link in page.loads if urlsplit(link).netloc] == [], name


def test_a_lesson_can_be_run_and_taken_away_from_its_page(site, links):
    for lesson in LESSONS:
        to = {run_here(lesson), f"lite/files/{lesson}.ipynb"}
        if slug := address():
            to |= {places(slug, lesson)[name] for name in ("colab", "binder", "repository")}
        assert to <= set(links[f"{lesson}.html"].to)


def test_a_formula_is_drawn_by_the_browser_itself(site):
    for lesson in LESSONS:
        notebook = nbformat.read(NOTEBOOKS / f"{lesson}.ipynb", as_version=4)
        prose = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        page = (site.folder / f"{lesson}.html").read_text(encoding="utf-8")
        text = re.sub(r"<(pre|script).*?</\1>", "", page, flags=re.DOTALL)
        assert page.count("<math") == len(re.findall(r"\$\$.+?\$\$|\$.+?\$", prose, re.DOTALL))
        assert "$" not in text and not re.search(r"\\[a-z]{2}", text)


def test_the_page_of_the_package_has_all_its_public_names(links):
    ids = links["api.html"].ids
    for name in lstm_lessons.__all__:
        assert {f"lstm_lessons.{name}", f"module-lstm_lessons.{name}"} & ids, name


# --- with a browser


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_light_and_complains_of_nothing(open_page, name):
    opened = open_page(name)
    opened.read()
    broken = (
        "[...document.images].filter((i) => !i.alt.trim()"
        " || (i.checkVisibility() && !i.naturalWidth)).map((i) => i.src)"
    )
    assert opened.page.evaluate(broken) == []
    assert sum(file.stat().st_size for file in opened.files if file.is_file()) < LIMIT
    assert opened.errors == []


@pytest.mark.parametrize("name", CONSOLES)
def test_the_console_follows_the_mouse_without_a_kernel(open_page, name):
    hand = Hand(open_page(name).page)
    gate = next(gate for gate in "zfx" if hand.bar(gate, 7).count())
    low = float(hand.bar(gate, 7).get_attribute("aria-valuemin"))
    picture = "(root) => root.querySelector('.gc-plots svg').innerHTML"
    before, values = hand.root.evaluate(picture), hand.values(gate)
    hand.drag((gate, 7, 0.9), (gate, 7, 0.25))
    assert hand.values(gate)[6] == pytest.approx(low + 0.25 * (1 - low), abs=0.04)
    said = f"{gate} at step 7 is {hand.values(gate)[6]:.2f}".replace("-", "−")
    assert said in hand.sentence.text_content()
    assert hand.root.evaluate(picture) != before
    hand.button("Reset").click()
    until(lambda: hand.values(gate) == values)


def test_a_preset_is_chosen_without_a_kernel(open_page):
    hand = Hand(open_page("index").page)
    hand.select.select_option("leak")
    until(lambda: set(hand.values("f")) == {0.8})


def test_a_puzzle_is_solved_on_its_page(open_page):
    page = open_page("04_lstm").page
    root = page.locator(".gc", has_text="Put the 0.8 of step 2 into c")
    for gate, key in [("f", "End"), ("i", "Home")]:
        for step in range(1, 13):
            root.locator(f"[data-lane='{gate}'][data-step='{step}']").press(key)
    root.locator("[data-lane='i'][data-step='2']").press("End")
    assert "Score 100 · Solved" in root.locator(".gc-score").text_content()


@pytest.mark.parametrize("name", PANELS)
def test_every_panel_s_slider_moves_to_its_ends_and_middle_and_a_choice_changes_the_picture(
    open_page, name
):
    page = open_page(name).page
    panels = page.locator(".lesson-panel").all()
    assert panels
    for panel in panels:
        slider, picture = panel.locator("input"), panel.locator("img")
        if not slider.count():
            first = picture.get_attribute("src")
            panel.locator("select").first.select_option(index=1)
            picture.evaluate("(image) => image.decode()")
            assert picture.get_attribute("src") != first
            assert picture.get_attribute("alt") == panel.locator(".panel-sentence").text_content()
            continue
        low, high = (float(slider.get_attribute(end)) for end in ("min", "max"))
        seen = []
        for value in (low, (low + high) / 2, high):
            slider.evaluate(
                "(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); }", value
            )
            picture.evaluate("(image) => image.decode()")
            said = panel.locator(".panel-sentence").text_content()
            assert picture.get_attribute("alt") == said != ""
            seen.append((slider.get_attribute("aria-valuetext"), picture.get_attribute("src")))
        assert len(set(seen)) == len({number for number, _ in seen}) == 3
        pictures = [page.request.get(f"{page.url}/../{picture}").body() for _, picture in seen]
        assert len(set(pictures)) == 3, "the slider changes nothing"


def test_a_panel_s_choices_change_its_picture_and_only_what_is_near_was_fetched(visit):
    opened = visit("07_which_one")
    opened.read()
    (state,) = opened.states("PanelView")
    panel = opened.page.locator(".lesson-panel")
    seen = set()
    for name, count in [("task", 4), ("start", 10)]:
        for place in range(count):
            panel.locator(f"[data-name={name}]").select_option(index=place)
            said = panel.locator(".panel-sentence").text_content()
            picture = panel.locator("img")
            until(lambda said=said, it=picture: it.get_attribute("alt") == said)
            picture.evaluate("(image) => image.decode()")
            seen.add((said, picture.get_attribute("src")))
    assert len(seen) == 13  # the last task and the first start are one place
    every = {opened.site.folder / name for name in state["frames"]["wide"]["pictures"]}
    opened.page.wait_for_load_state("networkidle")
    assert len(every & opened.files) < len(every) / 2
    assert opened.errors == []


NAMELESS = """(all) => all.filter((one) => one.checkVisibility() && !one.closest("[aria-hidden=true]")
  && !(one.getAttribute("aria-label") ?? [...(one.labels ?? [])].map((it) => it.textContent).join("")
    + one.textContent).trim()).map((one) => one.outerHTML.slice(0, 200))"""
CONTROLS = "article :is(button, input, select, [role=slider], [tabindex='0'])"
# Those that no key reaches: not a stop of Tab, and not one of a group in which arrows lead on.
UNREACHED = """(all) => all.filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex < 0
  && !one.closest("[role=group], [role=grid], [role=toolbar], fieldset, svg"))
  .map((one) => one.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name_and_a_key_that_leads_to_it(open_page, name):
    controls = open_page(name).page.locator(CONTROLS)
    assert controls.evaluate_all(NAMELESS) == []
    assert controls.evaluate_all(UNREACHED) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_control_on_a_page_belongs_to_a_live_widget_or_to_the_site(open_page, name):
    controls = open_page(name).page.locator("article :is(button, input, select)")
    here = ".live *, .theme-toggle, button.try, .all-code input"
    assert (
        controls.evaluate_all(f"(all) => all.filter((one) => !one.matches('{here}')).length") == 0
    )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(visit, name):
    opened = visit(name, viewport={"width": 360, "height": 740})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_gate_of_a_trained_network_is_dragged_without_a_kernel_and_its_answer_changes(open_page):
    page = open_page("08_inside_a_trained_lstm").page
    table = page.locator(".nc").nth(1)  # the first one has learned nothing yet
    answer = table.locator("[data-answer]").first
    before = answer.get_attribute("data-answer"), answer.get_attribute("data-probability")
    grip = table.locator("[data-gate=i][data-unit=all][data-word='9']")
    grip.evaluate("it => it.scrollIntoView({ block: 'center', behavior: 'instant' })")
    shut(page, grip)
    assert before != (answer.get_attribute("data-answer"), answer.get_attribute("data-probability"))
    table.get_by_role("button", name="Reset", exact=True).click()
    until(lambda: answer.get_attribute("data-answer") == before[0])
