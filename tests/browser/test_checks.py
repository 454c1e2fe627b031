"""What a check says, and what the stop button leaves, as they look in JupyterLab."""

import re

import nbformat
import pytest

from scripts.browser.lab import Lab, in_page
from tests.hands import until

pytestmark = pytest.mark.browser

CHECKS = [
    "from lstm_lessons.course import lesson_3",
    "lesson_3.half_life.check(...)",
    "lesson_3.slope.check(lambda s: None)",
    "lesson_3.half_life.check(0.5 ** (1 / 10))",
]
TRAININGS = [
    "import numpy as np\nfrom lstm_lessons import LSTM, Readout, Stack, tasks, train",
    "rng = np.random.default_rng(0)\nwith train.one_bar(2 * 10**6):\n    for k in (1, 2):\n"
    "        model = Stack([LSTM(5, 6, rng), Readout(6, 4, rng)])\n"
    "        train.fit(model, tasks.recall(3, rng), 10**6, name=f'seed {k} of 2')",
    "print('and on')",
]
LOOK = """all => all.map((p) => {
    const mark = p.querySelector("strong"), style = getComputedStyle(p);
    return [mark.textContent, style.borderLeftStyle, style.borderLeftWidth,
            p.scrollWidth <= p.clientWidth && p.parentElement.scrollWidth <= p.parentElement.clientWidth];
})"""
MARKED = [
    [words, "solid", "4px", True] for words in ("○ Not attempted yet", "→ Not yet", "✓ Right")
]


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab"), chromium) as lab:
        lab.write("checks.ipynb", *CHECKS)
        lab.write("trainings.ipynb", *TRAININGS)
        yield lab
        assert lab.errors == []


def test_verdicts_have_their_mark_and_wrap_on_a_phone_and_also_where_nobody_trusts_the_notebook(
    lab,
):
    page = lab.open("checks.ipynb", width=390)
    verdicts = page.locator(".jp-RenderedHTML > p")
    until(lambda: verdicts.count() == 3)
    assert verdicts.evaluate_all(LOOK) == MARKED
    assert page.get_by_role("status").filter(has_text="Right").count() == 1
    in_page(page, "await panel().context.save()")
    page.context.close()
    stored = nbformat.read(lab.notebooks / "checks.ipynb", as_version=4)
    stored.metadata.title = "Trust goes by what is in a notebook."
    nbformat.write(stored, lab.notebooks / "received.ipynb")
    page = lab.open("received.ipynb", width=390, run=False)
    until(lambda: page.locator(".jp-RenderedHTML > p").count() == 3)
    assert page.locator(".jp-RenderedHTML > p").evaluate_all(LOOK) == MARKED
    assert page.get_by_role("status").filter(has_text="Right").count() == 0  # it was sanitised
    page.context.close()


def test_the_stop_button_ends_all_trainings_of_a_cell_and_leaves_one_sentence(lab):
    page = lab.open("trainings.ipynb", run=False)
    output = page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output")
    in_page(
        page,
        "await panel().sessionContext.ready; await kernel().info;"
        "jupyterapp.commands.execute('notebook:run-all-cells')",
    )
    until(lambda: "seed 1 of 2: " in "".join(output.all_text_contents()))
    page.get_by_role("button", name="Interrupt the kernel").click()
    until(lambda: "Stopped" in "".join(output.all_text_contents()))
    text = "".join(output.all_inner_texts()).strip()
    assert re.fullmatch(r"Stopped after step [\d,]+ of 2,000,000\. Run this cell again[^\n]*", text)
    assert page.get_by_text("and on", exact=True).count() == 0
    page.context.close()
