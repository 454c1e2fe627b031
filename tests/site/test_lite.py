"""The lessons in JupyterLite, as readers open them, in Chromium and with Pyodide from a cache.

That takes half a minute, and minutes where a lesson trains much, so it is one lesson; with LITE=all
in the environment it is all of them.
"""

import os
import re
import runpy
import time

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from lstm_lessons.course import LESSONS
from scripts.browser import pyodide
from scripts.browser.lab import in_page
from scripts.jupyter import NOTEBOOKS, ROOT, shown
from tests.hands import Hand, until

pytestmark = pytest.mark.browser

NUMBERS = runpy.run_path(str(ROOT / "conftest.py"))  # as nbval compares them


def has_all(path):
    """Whether a lesson has both a console and a panel."""
    return all(any(text.startswith(kind) for text in shown(path)) for kind in ("GateC", "Panel"))


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
    gate, trait = ("z", "update") if hand.bar("z", 7).count() else ("f", "forget")
    hand.drag((gate, 7, 0.9), (gate, 7, 0.3))
    assert hand.values(gate)[6] == pytest.approx(0.3, abs=0.02)
    hand.agrees(gate, trait)


def test_a_panel_s_slider_changes_its_picture(lesson):
    lesson.first(r"(Panel|GradientLens)\(")
    picture = lesson.page.locator(".widget-image").first
    panel = lesson.page.locator(".jp-OutputArea-output").filter(has=picture).first
    before = picture.get_attribute("src")
    panel.get_by_role("slider").first.press("ArrowRight")
    until(lambda: picture.get_attribute("src") != before)


def test_no_request_leaves_the_machine_and_no_page_complains(lesson):
    assert lesson.refused == []
    assert lesson.errors == []
