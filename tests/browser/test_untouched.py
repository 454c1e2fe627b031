"""A lesson in JupyterLab that nobody has touched: no answer and no solution is to be seen."""

import re
import shutil

import nbformat
import pytest

from lstm_lessons.course import LESSONS
from scripts.browser.lab import Lab, in_page
from scripts.jupyter import NOTEBOOKS, STATE, VIEW
from tests.hands import until

pytestmark = pytest.mark.browser

SOLUTION = "# A solution. Open it when you want to see it."
RUN = "03_gates"  # the lesson that is run as well


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("untouched"), chromium) as lab:
        for lesson in LESSONS:
            shutil.copy(NOTEBOOKS / f"{lesson.notebook}.ipynb", lab.notebooks)
            lab.trust(f"{lesson.notebook}.ipynb")
        yield lab
        assert lab.errors == []


def opened(lab, name, run):
    """A lesson with all its cells on the page, and not only those in sight.

    JupyterLab's widget manager may call its models restored before it has read those that the notebook
    has stored: what was drawn too early, and only that, is drawn once more.
    """
    page = lab.open(f"{name}.ipynb", run=run, reduced_motion="reduce")
    script = """await panel().sessionContext.ready; await kernel().info;
        const it = panel().content;
        it.notebookConfig = { ...it.notebookConfig, windowingMode: "none" };
        it.update();"""
    in_page(page, script)
    until(lambda: page.locator(".jp-Cell").count() == len(stored(name).cells), seconds=20)
    again = """for (const { outputArea } of panel().content.widgets)
        for (const [k, drawn] of (outputArea?.widgets ?? []).entries())
          if (drawn.node.textContent.includes("model not found"))
            outputArea.model.set(k, structuredClone(outputArea.model.get(k).toJSON()));"""

    def drawn():
        if not run:
            in_page(page, again)
        return page.locator(".guess").count() == len(cards(name))

    until(drawn, seconds=60)
    if not run:
        lab.errors[:] = [error for error in lab.errors if "widget model not found" not in error]
    return page


def stored(name):
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def cards(name):
    """The stored guesses, in the order of the page."""
    notebook = stored(name)
    models = notebook.metadata.widgets[STATE]["state"]
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    views = [output.data[VIEW]["model_id"] for output in outputs if VIEW in output.get("data", {})]
    states = [models[view]["state"] for view in views]
    return [state for state in states if "question" in state]


def gives_nothing_away(page, name):
    assert "".join(page.locator(".guess-verdict").all_text_contents()) == ""
    text = page.locator(".jp-Notebook").inner_text()
    for card in cards(name):
        assert not any(why in text for _, why in card["why"])
        for evidence in card["evidence"]:
            assert evidence.get("text", "\0") not in text, card["question"]
    solutions = [c.source for c in stored(name).cells if "solution" in c.metadata.get("tags", [])]
    assert len(solutions) >= 3 and text.count(SOLUTION) == len(solutions)
    for source in solutions:
        first, rest = source.split("\n", 1)
        assert first == SOLUTION and rest not in text
    assert not re.search(r"^(✓ )?(Right|Solved)\b", text, re.MULTILINE)


@pytest.mark.parametrize("name", [lesson.notebook for lesson in LESSONS])
def test_an_untouched_lesson_shows_no_answer_and_a_guess_is_answered_at_once(lab, name):
    page = opened(lab, name, run=False)
    gives_nothing_away(page, name)
    guess, card = page.locator(".guess").first, cards(name)[0]
    guess.scroll_into_view_if_needed()
    if card["choices"]:
        guess.get_by_role("radio").first.check()
    else:
        guess.get_by_role("spinbutton").fill("1234567")
    guess.get_by_role("button", name="This is my guess").click()
    said = guess.locator(".guess-said")
    until(lambda: card["answer"] in (said.text_content() or ""))
    page.context.close()


def test_run_all_cells_spoils_nothing_and_a_guess_after_it_is_answered_without_another_run(lab):
    page = opened(lab, RUN, run=True)
    until(lambda: in_page(page, "return kernel().status") == "idle", seconds=60)
    gives_nothing_away(page, RUN)
    for guess, card in zip(page.locator(".guess").all(), cards(RUN), strict=True):
        guess.get_by_role("button", name="Show me").click()
        until(lambda guess=guess, card=card: card["answer"] in guess.inner_text())
    page.context.close()
