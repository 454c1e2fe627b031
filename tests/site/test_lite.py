"""The lessons in JupyterLite, as readers open them, in Chromium and with Pyodide from a cache.

That takes half a minute, and minutes where a lesson trains much, so it is one lesson; with LITE=all
in the environment it is all of them.
"""

import os
import re
import runpy
import shutil
import time

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from lstm_lessons.course import LESSONS
from scripts.browser import pyodide
from scripts.browser.lab import in_page
from scripts.jupyter import NOTEBOOKS, ROOT, shown
from scripts.website import lite
from scripts.website.pyodide import put
from tests.hands import Hand, until

pytestmark = pytest.mark.browser

NUMBERS = runpy.run_path(str(ROOT / "conftest.py"))  # as nbval compares them


def has_all(path):
    """Whether a lesson has both a memory to drag and a panel."""
    kinds = "GateConsole(cell='memory'", "Panel"
    return all(any(text.startswith(kind) for text in shown(path)) for kind in kinds)


PATHS = [NOTEBOOKS / f"{lesson.notebook}.ipynb" for lesson in LESSONS]
CHOSEN = PATHS if os.environ.get("LITE") == "all" else [next(filter(has_all, PATHS))]
ARGS = "--no-sandbox --disable-quic --no-first-run --disable-background-networking"
ARGS += " --disable-component-update --disable-sync"
# Besides the refusal of requests: a name that nobody resolves leads nowhere.
CHROMIUM = [*ARGS.split(), "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]

RUN = """await jupyterapp.restored;
await panel().context.ready;
await panel().sessionContext.ready;
await jupyterapp.commands.execute("notebook:run-all-cells");
return panel().content.widgets.map(({ model }) => model).filter(({ type }) => type === "code")
    .map((model) => ({ count: model.executionCount, outputs: model.outputs.toJSON() }));"""


@pytest.fixture(scope="module")
def browser(chromium, untested):
    try:
        pyodide.folder()
    except pyodide.Missing as reason:
        untested(f"JupyterLite was NOT tested: Pyodide could not be fetched: {reason}")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)


class Lesson:
    """A lesson's page, opened by the link that readers follow, with all its cells run."""

    def __init__(self, path, browser, site):
        self.notebook, self.errors = nbformat.read(path, as_version=4), []
        context = browser.new_context(viewport={"width": 1200, "height": 1000})
        self.refused = pyodide.keep_home(context, site.url)
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        start = time.monotonic()
        self.page.goto(f"{site.url}/lite/notebooks/index.html?path={path.name}")
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        opened = time.monotonic()
        # Some lessons train for half a minute where numpy is not in WebAssembly.
        self.cells = in_page(self.page, RUN, seconds=1200)
        ran = time.monotonic()
        print(f"{path.stem}: open in {opened - start:.0f} s, all cells run in {ran - opened:.0f} s")

    def stored(self):
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def first(self, pattern):
        """What a pattern finds in the cells; skip the test of what this lesson does not have."""
        found = re.search(pattern, "\n".join(cell.source for cell in self.stored()))
        return found[1] if found else pytest.skip(f"{pattern} is in no cell of this lesson")


@pytest.fixture(scope="module", params=CHOSEN, ids=lambda path: path.stem)
def lesson(request, browser, site):
    lesson = Lesson(request.param, browser, site)
    yield lesson
    lesson.page.context.close()


def printed_by(page, code):
    """What some code prints in the page's kernel."""
    script = """await jupyterapp.restored; await panel().sessionContext.ready;
    const asked = kernel().requestExecute({ code: argument });
    let text = "";
    asked.onIOPub = ({ content }) => (text += content.text ?? content.evalue ?? "");
    await asked.done;
    return text;"""
    return in_page(page, script, code, seconds=300)


def printed(outputs, tags=()):
    """What a cell printed; two of these are alike if only numbers differ, and these as they may."""
    text = "".join(output["text"] for output in outputs if output["output_type"] == "stream")
    # A progress bar leaves spaces where it was longer than what is written over it.
    text = NUMBERS["Printed"]("\n".join(line.rstrip() for line in text.splitlines()))
    text.vary = NUMBERS["VARY"] in tags
    return text


def test_every_cell_runs_without_an_error(lesson):
    assert [cell["count"] for cell in lesson.cells] == list(range(1, len(lesson.stored()) + 1))
    outputs = [output for cell in lesson.cells for output in cell["outputs"]]
    wrong = [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert wrong == []


def test_the_cells_print_what_the_stored_lesson_shows(lesson):
    bootstrap, *cells = lesson.cells
    assert printed(bootstrap["outputs"]).startswith("Fetching numpy")
    for cell, stored in zip(cells, lesson.stored()[1:], strict=True):
        expected = printed(stored.outputs, stored.metadata.get("tags", ()))
        assert expected == printed(cell["outputs"])  # the left one knows whether they may vary


def test_a_gate_is_dragged_and_python_reads_it(lesson):
    name = lesson.first(r"(\w+) = GateConsole\(")
    hand = Hand(lesson.page, name)
    lanes = {"z": "update", "f": "forget", "x": "x"}
    gate, trait = next((g, t) for g, t in lanes.items() if hand.bar(g, 7).count())
    hand.drag((gate, 7, 0.9), (gate, 7, 0.3))
    lowest = float(hand.bar(gate, 7).get_attribute("aria-valuemin"))
    assert hand.values(gate)[6] == pytest.approx(lowest + 0.3 * (1 - lowest), abs=0.04)
    hand.agrees(gate, trait)


def test_a_panel_s_slider_changes_its_picture(lesson):
    lesson.first(r"(Panel)\(")
    panel = lesson.page.locator(".lesson-panel").first
    picture = panel.locator("img")
    before = picture.get_attribute("src")
    panel.get_by_role("slider").first.press("ArrowRight")
    until(lambda: picture.get_attribute("src") != before)


def test_no_request_leaves_the_machine_and_no_page_complains(lesson):
    assert lesson.refused == []
    assert lesson.errors == []


# --- the line above the notebook


def opened(browser, address):
    """A lesson's page on which nothing was run, and its line."""
    page = browser.new_context(viewport={"width": 1200, "height": 800}).new_page()
    page.goto(f"{address}/lite/notebooks/index.html?path={CHOSEN[0].name}")
    return page, page.locator(".lessons-line")


def test_a_lesson_leads_back_to_its_page_and_says_nothing_more_once_python_is_there(lesson, site):
    line = lesson.page.locator(".lessons-line")
    address = line.get_by_role("link", name="The lesson's page").get_attribute("href")
    assert address.startswith(f"{site.url}/")
    assert (site.folder / address.removeprefix(f"{site.url}/")).is_file()
    until(lambda: line.get_by_role("status").text_content() == "")


def test_a_lesson_s_text_links_to_what_is_there_and_to_no_other_place(site):
    stored = {path.name for path in (site.folder / "lite" / "files").iterdir()}
    for path in PATHS:
        cells = nbformat.read(site.folder / "lite" / "files" / path.name, as_version=4).cells
        texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
        links = re.findall(r"\]\(([^)#]+)", "\n".join(texts))
        assert [link for link in links if not link.startswith("http") and link not in stored] == []
        (links,) = [cell.source for cell in cells if "links" in cell.metadata.get("tags", [])]
        assert links.startswith("About ") and "](" not in links


def test_where_python_cannot_be_fetched_it_is_said_within_seconds_and_what_to_do(browser, site):
    page, line = opened(browser, site.url)  # nothing but this machine is reached
    text = line.get_by_role("status")
    until(lambda: "could not be fetched from cdn.jsdelivr.net" in text.text_content(), seconds=60)
    assert "read the lesson as a page" in text.text_content()
    page.set_viewport_size({"width": 390, "height": 800})
    box, cell = line.bounding_box(), page.locator(".jp-Notebook").bounding_box()
    assert box["width"] <= 390 and box["y"] + box["height"] <= cell["y"] + 1
    page.context.close()


def test_with_python_in_the_site_a_lesson_runs_and_asks_no_other_server(
    browser, tmp_path_factory, serve
):
    folder = tmp_path_factory.mktemp("with-python")
    lite.build(folder / "lite", str(pyodide.folder()))
    url = serve(folder)
    page, line = opened(browser, url)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.route(lambda address: not address.startswith(url), lambda route: route.abort())
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    assert "from this site" in line.get_by_role("status").text_content()
    code = "import numpy, matplotlib, lstm_lessons; print(2 * 21)"
    first = CHOSEN[0]
    bootstrap = nbformat.read(first, as_version=4).cells
    (fetch,) = [c.source for c in bootstrap if "bootstrap" in c.metadata.get("tags", [])]
    assert printed_by(page, f"{fetch}\n{code}").endswith("42\n")
    assert [address for address in asked if not address.startswith((url, "data:", "blob:"))] == []
    page.context.close()


@pytest.mark.parametrize("wrong", ["missing", "changed"])
def test_a_file_of_python_that_is_missing_or_another_one_is_refused(wrong, tmp_path, untested):
    try:
        shutil.copytree(pyodide.folder(), tmp_path / "python")
    except pyodide.Missing as reason:
        untested(f"what is put into the site was NOT tested: {reason}")
    (wheel,) = (tmp_path / "python").glob("tqdm-*.whl")
    wheel.unlink() if wrong == "missing" else wheel.write_bytes(b"something else")
    said = "cannot be had from" if wrong == "missing" else "is not the file"
    with pytest.raises(SystemExit, match=f"tqdm-.* {said}"):
        put(str(tmp_path / "python"), tmp_path / "site")
