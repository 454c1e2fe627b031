"""The built site in Chromium: no kernel, no network, and no control that does nothing."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import nbformat
import pytest
from playwright.sync_api import sync_playwright

import lstm_lessons
from lstm_lessons import course
from scripts.jupyter import NOTEBOOKS, shown
from scripts.stamp import address, places
from scripts.website import lite, pages
from tests.hands import Hand, until

pytestmark = pytest.mark.browser

LESSONS = [lesson.notebook for lesson in course.LESSONS]
PAGES = ["index", "api", *LESSONS]


def showing(kind):
    """The lessons in which such a widget is shown."""
    paths = {name: NOTEBOOKS / f"{name}.ipynb" for name in LESSONS}
    return [name for name, path in paths.items() if any(kind in text for text in shown(path))]


CONSOLES = ["index", *showing("GateConsole(")]
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
        elif tag == "link" and attributes.get("rel") not in ("next", "prev", "index", "search"):
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
    known = {url for lesson in LESSONS for url in places(address(), lesson).values()}
    assert all(link.startswith("https://") for link in elsewhere - known), elsewhere - known


def test_no_page_loads_anything_from_elsewhere(links):
    for name, page in links.items():
        assert [link for link in page.loads if urlsplit(link).netloc] == [], name


def test_a_lesson_can_be_run_and_taken_away_from_its_page(site, links):
    for lesson in LESSONS:
        to = places(address(), lesson)
        here = to["lite"].removeprefix(to["site"])
        assert {here, to["colab"], to["binder"]} <= set(links[f"{lesson}.html"].to)
        assert f"lite/files/{lesson}.ipynb" in links[f"{lesson}.html"].to


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


class Page:
    """A page of the site, with what it loaded and what went wrong."""

    def __init__(self, browser, site, name, **options):
        context = browser.new_context(
            viewport={"width": 1400, "height": 1000}, reduced_motion="reduce", **options
        )
        self.errors, self.files = [], set()
        self.page = context.new_page()
        self.page.on(
            "console", lambda m: m.type in ("error", "warning") and self.errors.append(m.text)
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", self._loaded)
        context.route(lambda url: not url.startswith(site.url), self._refuse)
        self.site = site
        self.page.goto(f"{site.url}/{name}.html")

    def _refuse(self, route):
        self.errors.append(f"asked for {route.request.url}")
        route.abort()

    def _loaded(self, response):
        if response.status >= 400:
            self.errors.append(f"{response.status}: {response.url}")
        else:
            self.files.add(self.site.folder / urlsplit(response.url).path.lstrip("/"))

    def read(self):
        """Have everything on the page seen at once, until all pictures that it names are loaded."""
        size, height = self.page.viewport_size, "document.documentElement.scrollHeight"
        named = set(re.findall(r"_static/pictures/[\w-]+\.webp", self.page.content()))
        wanted = {self.site.folder / name for name in named}
        self.page.set_viewport_size(size | {"height": self.page.evaluate(height)})
        # What has arrived is told while the page is asked; a picture is complete a little later.
        complete = "[...document.images].every((image) => image.complete)"
        until(lambda: self.page.evaluate(complete) and wanted <= self.files, seconds=30)
        self.page.set_viewport_size(size)


@pytest.fixture(scope="module")
def browser(chromium):
    args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=args)


@pytest.fixture(scope="module")
def open_page(browser, site):
    opened = {}

    def open_page(name):
        if name not in opened:
            opened[name] = Page(browser, site, name)
        return opened[name]

    return open_page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_light_and_complains_of_nothing(open_page, name):
    opened = open_page(name)
    opened.read()
    broken = (
        "[...document.images].filter((i) => !i.naturalWidth || !i.alt.trim()).map((i) => i.src)"
    )
    assert opened.page.evaluate(broken) == []
    assert sum(file.stat().st_size for file in opened.files if file.is_file()) < LIMIT
    assert opened.errors == []


@pytest.mark.parametrize("name", CONSOLES)
def test_the_console_follows_the_mouse_without_a_kernel(open_page, name):
    hand = Hand(open_page(name).page)
    gate = "z" if "gru" in name else "f"
    picture = "(root) => root.querySelector('.gc-plots svg').innerHTML"
    before, values = hand.root.evaluate(picture), hand.values(gate)
    hand.drag((gate, 7, 0.9), (gate, 7, 0.25))
    assert hand.values(gate)[6] == pytest.approx(0.25, abs=0.02)
    assert f"Gate {gate} at step 7 is {hand.values(gate)[6]:.2f}" in hand.sentence.text_content()
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


def test_a_guess_is_kept_and_shown_beside_the_computed_answer(open_page):
    opened = open_page("03_gates")
    guess = opened.page.locator(".guess").first
    guess.locator("input").fill("9")
    guess.get_by_role("button").click()
    assert "Your guess: 9." in guess.inner_text()
    guess.locator("summary").click()
    computed = re.search(r"Computed: (\S+)\.", opened.page.content())[1]
    assert computed in guess.locator("details").inner_text()
    opened.page.reload()
    assert "Your guess: 9." in opened.page.locator(".guess").first.inner_text()


def test_a_choice_is_named_by_its_text_and_kept(open_page):
    page = open_page("04_lstm").page
    guess = page.locator(".guess", has=page.get_by_role("radio")).first
    text = guess.locator("label").last.text_content().strip()
    guess.get_by_label(text, exact=True).check()
    guess.get_by_role("button").click()
    page.reload()
    assert f"Your guess: {text}." in guess.inner_text()


@pytest.mark.parametrize("name", PANELS)
def test_every_panel_moves_to_its_ends_and_middle(open_page, name):
    page = open_page(name).page
    panels = page.locator(".live-panel").all()
    assert panels
    for panel in panels:
        slider, picture = panel.locator("input"), panel.locator("img")
        seen = []
        last = int(slider.get_attribute("max"))
        for place in (0, last // 2, last):
            slider.evaluate(
                "(s, v) => { s.value = v; s.dispatchEvent(new Event('input')); }", place
            )
            picture.evaluate("(image) => image.decode()")
            shown = panel.locator("output").text_content(), picture.get_attribute("src")
            assert slider.get_attribute("aria-valuetext") == shown[0]
            assert picture.get_attribute("alt") == panel.locator("p").first.text_content() != ""
            seen.append(shown)
        assert len(set(seen)) == len({number for number, _ in seen}) == 3
        pictures = {
            picture: page.request.get(f"{page.url}/../{picture}").body() for _, picture in seen
        }
        assert len(set(pictures.values())) == 3, "the slider changes nothing"


@pytest.mark.parametrize("name", PAGES)
def test_every_control_on_a_page_belongs_to_a_live_widget_or_to_the_site(open_page, name):
    live = "[...document.querySelectorAll('article button, article input, article select')]"
    assert open_page(name).page.evaluate(live + ".filter((c) => !c.closest('.live')).length") == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(browser, site, name):
    opened = Page(browser, site, name)
    opened.page.set_viewport_size({"width": 360, "height": 740})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 360
    opened.page.context.close()


def test_a_word_is_found_by_the_site_s_search(open_page):
    page = open_page("index").page
    page.goto(page.url.replace("index.html", "search.html?q=orthogonal"))
    found = page.locator("#search-results li a").first
    found.wait_for()
    assert "02_rnn_limits" in " ".join(
        a.get_attribute("href") for a in page.locator("#search-results li a").all()
    )
