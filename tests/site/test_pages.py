"""What others make of the site: search engines, chats that show a card, screen readers."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from PIL import Image

from scripts.jupyter import ROOT
from scripts.website import images, lite, pages
from tests.site.test_site import LESSONS, PAGES

pytestmark = pytest.mark.browser

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"desk": {"width": 1400, "height": 1000}, "phone": {"width": 390, "height": 844}}


class Head(HTMLParser):
    """A page's title, and what its head says by name."""

    def __init__(self, path):
        super().__init__()
        self.title, self.meta, self.links, self.base = "", {}, {}, None
        text = path.read_text(encoding="utf-8")
        self.viewports = text.count('name="viewport"')
        self.feed(text[: text.index("</head>")])

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "meta" and "content" in attributes:
            name = attributes.get("name") or attributes["property"]
            self.meta[name] = attributes["content"]
        elif tag == "link":
            self.links[attributes["rel"]] = attributes["href"]
        elif tag == "base":
            self.base = attributes["href"]

    def handle_data(self, data):
        self.title += data.strip() if self.lasttag == "title" else ""


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """A few pages, made as the site's are where the project has an address."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target")
    (source / "_static").mkdir()
    for name in ("index", "404", "about", *LESSONS[:2]):
        (source / f"{name}.md").write_text(f"# The page {name}\n\nIt is short.\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "address", lambda: "Someone/course")
        lite.run("sphinx", "-q", *pages.facts(), "-c", ROOT / "site", source, target)
    return SimpleNamespace(folder=target, url="https://someone.github.io/course/")


def test_each_page_says_in_its_head_what_it_is(site):
    heads = {name: Head(site.folder / f"{name}.html") for name in PAGES}
    said = [head.meta["description"] for name, head in heads.items() if name != "search"]
    assert len(set(said)) == len(said) and min(map(len, said)) > 40
    for name, head in heads.items():
        assert head.viewports == 1
        assert "LSTM Lessons" in head.title
        assert head.title == head.meta["og:title"] or name == "search"  # its title is the theme's
        assert head.meta["og:description"] == head.meta["description"]
        assert (site.folder / head.links["apple-touch-icon"]).is_file()
        assert "index" not in head.links, name
    assert heads["index"].title == "LSTM Lessons: an interactive course on RNN, LSTM and GRU"


def test_a_published_page_names_its_address_and_its_card(published):
    for name, url in [("index", ""), (LESSONS[1], f"{LESSONS[1]}.html"), ("about", "about.html")]:
        head = Head(published.folder / f"{name}.html")
        assert head.links["canonical"] == head.meta["og:url"] == published.url + url
        assert head.meta["og:image"] == f"{published.url}_static/card.png"
    text = (published.folder / "sitemap.xml").read_text(encoding="utf-8")
    listed = ["", *(f"{name}.html" for name in sorted(["about", *LESSONS[:2]]))]
    assert re.findall("<loc>(.*?)</loc>", text) == [published.url + page for page in listed]


def test_a_published_page_leads_to_its_makers_and_to_where_an_error_is_reported(published):
    page = (published.folder / f"{LESSONS[0]}.html").read_text(encoding="utf-8")
    repository = "https://github.com/Someone/course"
    for link in (repository, f"{repository}#readme", f"{repository}/issues/new?title=On"):
        assert f'href="{link}' in page
    assert page.count("CC BY 4.0") == 1 and "Copyright" not in page


def test_the_page_for_lost_readers_finds_its_files_at_any_address(published):
    text = (published.folder / "404.html").read_text(encoding="utf-8")
    assert Head(published.folder / "404.html").base == published.url
    assert text.index("<base") < text.index("<link")


def test_without_an_address_nothing_leads_to_one(site):
    if pages.address():
        pytest.skip("the project has an address")
    for path in site.folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"OWNER|canonical|og:url|og:image|issues/new", text), path.name
    assert not (site.folder / "sitemap.xml").exists()


def test_the_card_and_the_icon_have_the_sizes_that_are_asked_for(site):
    for name, size in [("card", images.CARD), ("apple-touch-icon", (180, 180))]:
        with Image.open(site.folder / "_static" / f"{name}.png") as image:
            assert image.size == size


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_on_a_page_is_out_of_a_reader_s_reach(visit, untested, name, size, theme):
    if not AXE.exists():
        untested("the pages' accessibility was NOT tested: axe-core is missing (npm install)")
    page = visit(name, viewport=SIZES[size], color_scheme=theme).page
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    grave = [
        (rule["id"], node["target"], node["failureSummary"])
        for rule in found
        for node in rule["nodes"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert grave == []
