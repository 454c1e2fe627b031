"""JupyterLab as `make lab` starts it: quiet, and running all cells leaves the reader where they are."""

import pytest

from scripts.browser.lab import Lab, in_page
from tests.hands import until

pytestmark = pytest.mark.browser

CELLS = [f"for k in range({2 + 5 * k % 12}):\n    print('line', k)" for k in range(25)]
# What is at a place where the reader looks: the chosen cell, and where another one begins.
AT = "const at = (k) => Math.round(panel().content.widgets[k].node.getBoundingClientRect().top);"
GO = f"""{AT}
const outer = panel().content.outerNode;
panel().content.activeCellIndex = argument;
for (let k = 0; k < 4; k++) {{ // cells have their real height only once they were in view
    await sleep(200);
    outer.scrollTop += at(argument) - outer.getBoundingClientRect().top - 40;
}}"""
PLACE = f"{AT} return [panel().content.activeCellIndex, at(argument)];"
# In each frame, after the extension has had its turn.
RUN = f"""{AT}
const done = jupyterapp.commands.execute("notebook:run-all-cells");
const tops = new Set();
let on = true;
(function look() {{
    tops.add(at(argument));
    if (on) requestAnimationFrame(look);
}})();
await done;
await sleep(1500);
on = false;
return [...tops];"""


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab"), chromium) as lab:
        lab.write("long.ipynb", *CELLS)
        yield lab
        assert lab.errors == []


@pytest.fixture(scope="module")
def page(lab):
    """A long notebook whose cells have run."""
    return lab.open("long.ipynb", height=700)


@pytest.mark.parametrize("cell", [0, 12])
def test_running_all_cells_leaves_the_view_and_the_chosen_cell_where_they_are(page, cell):
    in_page(page, GO, cell)
    before = in_page(page, PLACE, cell)
    tops = in_page(page, RUN, cell)
    assert all(abs(top - before[1]) <= 2 for top in tops)
    assert in_page(page, PLACE, cell) == before


def test_the_menu_does_it_as_well(page):
    in_page(page, GO, 6)
    before = in_page(page, PLACE, 6)
    count = "return Math.min(...panel().content.widgets.map(({ model }) => model.executionCount))"
    runs = in_page(page, count)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    until(lambda: in_page(page, count) > runs)
    assert in_page(page, PLACE, 6) == before


def test_a_reader_who_moves_while_the_cells_run_is_not_held(page):
    in_page(page, GO, 4)
    before = in_page(page, PLACE, 4)
    start = "window.running = jupyterapp.commands.execute('notebook:run-all-cells')"
    in_page(page, f"{start}; await sleep(100)")
    page.mouse.move(700, 400)
    page.mouse.wheel(0, 300)
    in_page(page, "await running; await sleep(1500)")
    assert in_page(page, PLACE, 4)[1] < before[1] - 100


def test_nothing_pops_up(page):
    assert page.locator(".Toastify__toast, .jp-Dialog").count() == 0
