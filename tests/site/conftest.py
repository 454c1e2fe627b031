"""The site, built anew and served on this machine, and its pages in Chromium."""

import itertools
import json
import operator
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, sync_playwright

from scripts.website import lite, pages
from tests.hands import until


@pytest.fixture(scope="session")
def site(tmp_path_factory, untested: Callable, serve: Callable) -> SimpleNamespace:
    """The site: its .folder and .url."""
    folder = tmp_path_factory.mktemp("built") / "site"
    pages.build(folder)
    try:
        lite.build(folder / "lite")
    except lite.Offline as error:
        untested(f"the site was NOT tested: {str(error).strip().splitlines()[-1]}")
    return SimpleNamespace(folder=folder, url=serve(folder))


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=args)


def one_move_away(frames: dict, width: str) -> set[str]:
    """The pictures of a stored panel to which one of its controls leads from where it stands."""
    places = list(itertools.product(*frames["axes"]))
    apart = [sum(map(operator.ne, places[frames["start"]], place)) for place in places]
    pictures = zip(frames[width]["pictures"], apart, strict=True)
    return {picture for picture, moves in pictures if moves <= 1}


class Page:
    """A page of the site in a reader's browser, with what it loaded and what went wrong."""

    def __init__(self, browser: Browser, site: SimpleNamespace, name: str, **options):
        options = {"viewport": {"width": 1400, "height": 1000}} | options
        self.context = browser.new_context(reduced_motion="reduce", **options)
        self.errors, self.files = [], set()
        self.site, self.page = site, self.context.new_page()
        self.page.on(
            "console", lambda m: m.type in ("error", "warning") and self.errors.append(m.text)
        )
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("response", self._loaded)
        self.context.route(lambda url: not url.startswith(site.url), self._refuse)
        self.goto(name)

    def goto(self, name: str) -> None:
        """Go to another page, with what this browser keeps."""
        self.page.goto(f"{self.site.url}/{name}.html")

    def _refuse(self, route):
        self.errors.append(f"asked for {route.request.url}")
        route.abort()

    def _loaded(self, response):
        if response.status >= 400:
            self.errors.append(f"{response.status}: {response.url}")
        else:
            self.files.add(self.site.folder / urlsplit(response.url).path.lstrip("/"))

    def read(self) -> None:
        """Have everything on the page seen at once, until all pictures for its width are loaded."""
        size, height = self.page.viewport_size, "document.documentElement.scrollHeight"
        width = "narrow" if size["width"] < 480 else "wide"
        fetched = {
            self.site.folder / name
            for state in self.states("PanelView")
            for name in one_move_away(state["frames"], width)
        }
        self.page.set_viewport_size(size | {"height": self.page.evaluate(height)})
        # What waits for a guess is not fetched.
        complete = "[...document.images].every((it) => it.complete || !it.checkVisibility())"
        # What has arrived is told while the page is asked; a picture is complete a little later.
        until(lambda: self.page.evaluate(complete) and fetched <= self.files, seconds=30)
        self.page.set_viewport_size(size)

    def states(self, kind: str) -> list[dict]:
        """What the page knows of its widgets of a kind, as it is stored."""
        html = (self.site.folder / urlsplit(self.page.url).path.lstrip("/")).read_text("utf-8")
        found = (
            rf'data-kind="{kind}" data-place="[^"]*"><script type="application/json">(.*?)</script>'
        )
        return [json.loads(text) for text in re.findall(found, html)]


@pytest.fixture(scope="module")
def open_page(browser: Browser, site: SimpleNamespace) -> Callable[[str], Page]:
    """Call it with a page's name; tests that leave a page as it was share it."""
    opened = {}

    def open_page(name: str) -> Page:
        if name not in opened:
            opened[name] = Page(browser, site, name)
        return opened[name]

    return open_page


@pytest.fixture
def visit(browser: Browser, site: SimpleNamespace) -> Iterator[Callable[..., Page]]:
    """Call it with a page's name, and options of a browser, for a new reader's page."""
    opened = []

    def visit(name: str, **options) -> Page:
        opened.append(Page(browser, site, name, **options))
        return opened[-1]

    yield visit
    for page in opened:
        page.context.close()
