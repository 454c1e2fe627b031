"""A panel as a notebook stores it, in JupyterLab: without a kernel, with one, and when it is gone."""

import subprocess
import sys

import pytest

from scripts.browser.lab import Lab, in_page, python
from scripts.jupyter import ROOT
from tests.hands import until

pytestmark = pytest.mark.browser

# A slider that has more places than are stored, and a choice.
SOURCE = """\
import numpy as np
from lstm_lessons import Panel, choice, pictures, slider
def draw(figure):
    ax = pictures.axes(figure, "What is left", "steps", "share left", (0, 12), (0, 1.02))
    (line,) = ax.plot(np.zeros(13), marker="o")
    return lambda result: line.set(ydata=result[0], markevery=[result[1]]) and [line]
knobs = {"f_t": slider("f_t", 0.0, 1.0, 0.8), "T": choice("T", [12, 6, 3])}
say = lambda result: f"{result[0][result[1]]:.0%} is left"
panel = Panel(lambda f_t, T: (f_t ** np.arange(13), T), draw, knobs, say, [0.77])
panel"""
SILENT = "Python does not answer."


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab"), chromium) as lab:
        lab.write("panel.ipynb", SOURCE)
        path = lab.notebooks / "panel.ipynb"
        command = [sys.executable, "-m", "scripts.notebooks", path]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        lab.trust("panel.ipynb")
        page = lab.open("panel.ipynb", run=False)
        page.locator(".lesson-panel").wait_for()
        yield page
        assert lab.errors == []


class Eye:
    """What a reader sees and hears of the panel, and the hand on it."""

    def __init__(self, page):
        self.panel = page.locator(".lesson-panel")
        self.image = self.panel.locator("img")
        self.main = self.panel.get_by_role("slider", name="f_t")
        self.other = self.panel.get_by_role("combobox", name="T")

    def text(self, kind):
        return self.panel.locator(f".panel-{kind}").text_content()

    def shows(self, value, left):
        """The slider, its readout, the sentence and the picture are of one mind."""
        assert self.main.get_attribute("aria-valuetext") == f"f_t {value}"
        assert self.panel.locator("output").first.text_content() == value
        assert float(self.main.input_value()) == float(value)
        assert self.image.get_attribute("alt") == self.text("sentence") == f"{left} is left"

    def source(self):
        return self.image.evaluate("(image) => image.decode().then(() => image.src, () => '')")


def test_before_anything_has_run_all_its_controls_move(page):
    in_page(page, "await panel().sessionContext.shutdown()")
    eye, seen = Eye(page), set()
    eye.shows("0.80", "7%")
    for key, value, left in [
        ("End", "1.00", "100%"),
        ("ArrowLeft", "0.95", "54%"),
        ("Home", "0.00", "0%"),
        ("ArrowLeft", "0.00", "0%"),
        ("ArrowUp", "0.05", "0%"),
    ]:
        eye.main.press(key)
        eye.shows(value, left)
        seen.add(eye.source())
    box = eye.main.bounding_box()
    y, at = box["y"] + box["height"] / 2, lambda share: box["x"] + 8 + share * (box["width"] - 16)
    page.mouse.move(at(0.05), y)
    page.mouse.down()
    for share, value, left in [(0.5, "0.50", "0%"), (0.77, "0.77", "4%"), (0.81, "0.80", "7%")]:
        page.mouse.move(at(share), y, steps=4)
        eye.shows(value, left)
        seen.add(eye.source())
    page.mouse.up()
    assert len(seen) == 7 and all(source.startswith("data:image/webp") for source in seen)
    for label, left in [("6", "26%"), ("3", "51%")]:
        eye.other.select_option(label)
        eye.shows("0.80", left)
        seen.add(eye.source())
    eye.main.press("End")
    eye.shows("1.00", "100%")
    eye.main.press("ArrowLeft")
    eye.shows("0.95", "86%")
    assert len(seen) == 9
    until(lambda: eye.text("live") == "86% is left")
    page.wait_for_timeout(1700)  # longer than it waits for an answer
    eye.shows("0.95", "86%")
    assert eye.text("note") == "" and eye.other.input_value() == "2"


def test_no_broken_chain_stands_beside_it(page):
    marked = page.locator(".jupyter-widgets-disconnected")
    displays = "nodes => nodes.map((node) => getComputedStyle(node, '::before').display)"
    assert set(marked.evaluate_all(displays)) == {"none"}


def test_with_a_kernel_all_of_it_moves_and_when_that_is_gone_what_was_stored_is_back(page):
    in_page(page, "await panel().sessionContext.startKernel(); await kernel().info")
    in_page(page, "await jupyterapp.commands.execute('notebook:run-all-cells')")
    until(lambda: Eye(page).panel.count() == 1 and Eye(page).source().startswith("blob:"))
    eye = Eye(page)
    assert eye.text("note") == ""
    eye.main.press("ArrowRight")
    until(lambda: eye.text("sentence") == "8% is left")
    eye.shows("0.81", "8%")
    eye.other.select_option("3")
    until(lambda: python(page, "panel.values") == {"f_t": 0.81, "T": 3})
    until(lambda: eye.text("sentence") == python(page, "panel.view.sentence"))
    assert python(page, "panel.view.frames") == {}  # a reader's run makes none
    in_page(page, "await panel().sessionContext.shutdown()")
    eye.main.press("ArrowRight")
    until(lambda: eye.source().startswith("data:"))
    eye.shows("0.80", "51%")
    assert eye.text("note") == "" and eye.other.input_value() == "2"
    eye.main.press("End")
    eye.shows("1.00", "100%")


def test_what_was_never_stored_says_that_no_python_answers(page):
    in_page(page, "panel().content.activeCellIndex = 0; await panel().sessionContext.startKernel()")
    changed = SOURCE.replace('f_t", 0.0, 1.0', 'f_t", 0.1, 1.0')
    in_page(page, "panel().content.activeCell.model.sharedModel.setSource(argument)", changed)
    in_page(page, "await jupyterapp.commands.execute('notebook:run-all-cells')")
    until(lambda: Eye(page).panel.count() == 1 and Eye(page).source().startswith("blob:"))
    eye = Eye(page)
    in_page(page, "await panel().sessionContext.shutdown()")
    eye.main.press("End")
    until(lambda: eye.text("note").startswith(SILENT))
    eye.shows("0.80", "7%")
