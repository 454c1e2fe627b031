"""The operating table in JupyterLab: what the hand sets and the page learns is Python's."""

import pytest

from scripts.browser.lab import Lab, python
from tests.hands import BRING, shut, until

pytestmark = pytest.mark.browser

MADE = """\
import numpy as np
from lstm_lessons import LSTM, NetworkConsole, Readout, Stack, tasks
rng = np.random.default_rng(1)
model = Stack([LSTM(len(tasks.WORDS), 16, rng, chrono=40), Readout(16, 32, rng)])
table = NetworkConsole(model, learn=True)
table"""


@pytest.fixture(scope="module")
def page(chromium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab"), chromium) as lab:
        lab.write("table.ipynb", MADE)
        yield lab.open("table.ipynb", reduced_motion="reduce")
        assert lab.errors == []


def answers(page):
    return page.locator("[data-answer]").evaluate_all("all => all.map((it) => it.dataset.answer)")


def test_a_drag_is_read_by_python_whose_network_answers_as_the_page_does(page):
    grip = page.locator(".nc [data-gate=f][data-unit=all][data-word='9']")
    page.locator(".nc-sheet").evaluate(BRING)
    shut(page, grip)
    until(lambda: python(page, "float(table.override['f'][8].max())") == 0)
    until(lambda: answers(page) == python(page, "[city for city, p in table.answers]"))


def test_what_the_page_has_trained_is_in_python_s_model(page):
    before = python(page, "float(np.abs(model.params['1.v']).max())")
    play = page.get_by_role("button", name="Play", exact=True)
    play.evaluate(BRING)
    play.click()
    steps = "Number(document.querySelector('[data-shared-right]').dataset.sharedRight) > 0.06"
    page.wait_for_function(steps, timeout=60_000)
    page.get_by_role("button", name="Pause", exact=True).click()
    until(lambda: python(page, "float(np.abs(model.params['1.v']).max())") > before == 0)
    until(lambda: answers(page) == python(page, "[city for city, p in table.answers]"))
