"""The tree of a scan under the mouse and the keys: the page joins what it shows, and Python hears of it."""

import numpy as np
import pytest

from lstm_lessons import ScanTree
from lstm_lessons.widgets.scan import SCHEMES
from tests.browser.test_readable import AXE, INK
from tests.hands import until

pytestmark = pytest.mark.browser

# Of each node, a step or a join: whether it is marked, its f and its b.
NODES = """(root) => [...root.querySelectorAll(".scan-node")].map((node) => [
    node.classList.contains("scan-on"),
    ...[".scan-f", ".scan-b"].map((it) => node.querySelector(it).textContent)])"""
TEXTS = """(root) => [...root.querySelectorAll("svg text, p, dd")].filter((it) => it.checkVisibility()
    && it.textContent && !it.ariaLive).map((it) => {
    const { left, right, top, bottom } = it.getBoundingClientRect();
    const style = getComputedStyle(it);
    return [it.textContent, [left, right, top, bottom], Boolean(it.closest("svg")),
        parseFloat(style.fontSize), it.closest("svg") ? style.fill : style.color];
})"""
# Of each edge its points, one a pixel, and the boxes of all nodes.
EDGES = """(root) => [
    [...root.querySelectorAll(".scan-edge")].map((path) => Array.from(
        { length: Math.ceil(path.getTotalLength()) + 1 },
        (_, k) => path.getPointAtLength(k)).map(({ x, y }) => [x, y])),
    [...root.querySelectorAll(".scan-node rect")].map((box) => {
        const { x, y, width, height } = box.getBBox();
        return [x, x + width, y, y + height];
    })]"""
CONTRASTS = """([paper, inks]) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (color) => {
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
            .map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const back = light(paper);
    return inks.map(light).map((ink) => Math.max(back, ink) / Math.min(back, ink));
}"""


def shown(desk, tree, kernel=True):
    desk.show(tree, kernel)
    root = desk.page.locator(".scan").last
    root.locator("[data-lane=f][data-step='1']").wait_for(state="attached")
    return root


def heard(desk, condition):
    """Wait for Python, which hears while the page is asked for something."""
    until(lambda: desk.page.evaluate("() => true") and condition())


def bar(root, letter, step):
    return root.get_by_role("slider", name=f"{letter} at step {step}", exact=True)


def button(root, name):
    return root.get_by_role("button", name=name, exact=True)


def two(number):
    return f"{round(number, 2) + 0:.2f}".replace("-", "−")


def agrees(root, tree, step):
    """The page shows Python's nodes, and marks those that cover the step."""
    nodes = [[it.first <= step <= it.last, two(it.f), two(it.b)] for it in tree.nodes]
    until(lambda: root.evaluate(NODES) == nodes)
    counts = root.locator(".scan-counts dd").all_text_contents()
    reached = sum(np.isfinite(tree.h))
    last = two(tree.h[-1]) if np.isfinite(tree.h[-1]) else "none yet"
    assert counts == [str(tree.rounds), str(tree.joins), f"{reached} / {len(tree.f)}", last]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_bar_is_dragged_through_the_tree_and_python_hears(desk, scheme):
    tree = ScanTree(scheme=scheme)
    root = shown(desk, tree)
    agrees(root, tree, step=3)
    for letter, step, share, value in [("f", 6, 0.75, 0.25), ("b", 2, 0.25, 0.5)]:
        box = bar(root, letter, step).bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"]
        desk.page.mouse.move(x, y + 0.5 * box["height"])
        desk.page.mouse.down()
        desk.page.mouse.move(x, y + share * box["height"], steps=4)
        desk.page.mouse.up()
        heard(desk, lambda: abs(getattr(tree, letter)[step - 1] - value) < 0.02)  # noqa: B023
        now = getattr(tree, letter)[step - 1]
        assert bar(root, letter, step).get_attribute("aria-valuetext") == two(now)
        said = root.locator(".scan-sentence").text_content()
        assert said.startswith(f"{letter} at step {step} is {two(now)}")
        assert f"The last h is {two(tree.h[-1])}" in said
        agrees(root, tree, step)


def test_a_bar_is_moved_by_keys(desk):
    tree = ScanTree()
    root = shown(desk, tree)
    bar(root, "f", 3).focus()
    for key, value in [("Home", 0), ("ArrowUp", 0.05), ("Shift+ArrowUp", 0.06), ("End", 1)]:
        desk.page.keyboard.press(key)
        heard(desk, lambda value=value: tree.f[2] == value)
    desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("Home")
    heard(desk, lambda: tree.f[2:4] == (1, 0))
    bar(root, "b", 4).press("Home")
    heard(desk, lambda: tree.b[3] == -1)
    agrees(root, tree, step=4)


def test_a_scheme_and_a_number_of_steps_are_chosen_and_taken_back(desk):
    tree = ScanTree()
    root = shown(desk, tree)
    before = tree.f, tree.b
    for scheme in [*SCHEMES][1:]:
        root.get_by_role("combobox", name="Brackets").select_option(scheme)
        heard(desk, lambda scheme=scheme: tree.scheme == scheme)
        agrees(root, tree, step=3)
    root.get_by_role("slider", name="T, steps").press("End")
    heard(desk, lambda: len(tree.f) == 16)
    agrees(root, tree, step=3)
    root.get_by_role("slider", name="T, steps").press("Home")
    heard(desk, lambda: len(tree.f) == 2)
    agrees(root, tree, step=2)
    button(root, "Undo").click()  # both ways of the slider are one change
    heard(desk, lambda: (tree.f, tree.b) == before)
    for scheme in [*SCHEMES][-2::-1]:
        desk.page.keyboard.press("Control+z")
        heard(desk, lambda scheme=scheme: tree.scheme == scheme)
    assert button(root, "Undo").is_disabled()


def test_gaps_are_closed_by_click_and_by_key_until_one_piece_is_left(desk):
    tree = ScanTree([0.6] * 4, [1.0] * 4)
    root = shown(desk, tree)
    root.get_by_role("combobox", name="Brackets").select_option("your own")
    assert "click a +" in root.locator(".scan-rule").text_content()
    button(root, "Join step 2 and step 3").click()
    heard(desk, lambda: tree.own == (2,))
    assert root.locator(".scan-rule").text_content().startswith("Step 3 after step 2: f = 0.600")
    agrees(root, tree, step=3)
    button(root, "Join step 1 and steps 2 to 3").press("Enter")
    heard(desk, lambda: tree.own == (2, 1))
    focused = desk.page.evaluate("document.activeElement.ariaLabel")
    assert focused == "Join steps 1 to 3 and step 4"
    desk.page.keyboard.press(" ")
    heard(desk, lambda: tree.own == (2, 1, 3))
    assert desk.page.evaluate("document.activeElement.textContent") == "Undo"
    agrees(root, tree, step=3)
    assert root.locator(".scan-gap").count() == 0
    button(root, "Undo").click()
    heard(desk, lambda: tree.own == (2, 1))
    bar(root, "f", 1).press("Home")
    button(root, "Reset").click()
    heard(desk, lambda: tree.own == () and tree.f == (0.6,) * 4)
    assert root.locator(".scan-gap").count() == 3


def test_a_box_that_is_clicked_or_reached_by_arrows_says_how_it_was_made(desk):
    tree = ScanTree([0.5] * 4, [1.0] * 4, scheme="halves")
    root = shown(desk, tree)
    rule = root.locator(".scan-rule")
    assert rule.text_content().startswith("Steps 3 to 4 after steps 1 to 2:")
    root.locator("[data-node='5']").click()
    assert rule.text_content().startswith("Step 4 after step 3:")
    assert button(root, "steps 3 to 4, round 1: f 0.25, b 1.50").get_attribute("tabindex") == "0"
    desk.page.keyboard.press("ArrowLeft")
    assert rule.text_content().startswith("Step 2 after step 1:")
    desk.page.keyboard.press("ArrowLeft")  # there is none before it
    assert desk.page.evaluate("document.activeElement.dataset.node") == "4"


def test_the_page_follows_what_python_sets_and_keeps_what_it_has_before_nonsense(desk):
    tree = ScanTree()
    root = shown(desk, tree)
    tree.b = (*tree.b[:5], 1.0, *tree.b[6:])
    agrees(root, tree, step=6)  # what has moved is what is spoken of
    assert root.locator(".scan-sentence").text_content().startswith("b at step 6 is 1.00")
    tree.f = [0.25] * 5
    agrees(root, tree, step=1)
    tree.scheme, tree.own = "own", [4, 1]
    agrees(root, tree, step=1)
    before = root.locator(".scan-frame").inner_html()
    for bad in (dict(f=[2] * 5), dict(own=[1, 1]), dict(scheme="x"), dict(b=None)):
        given = [tree.model_id, {"method": "update", "state": bad}]
        desk.page.evaluate("(given) => fromPython(...given)", given)
        assert root.locator(".scan-frame").inner_html() == before


def test_it_is_alive_without_a_kernel(desk):
    root = shown(desk, ScanTree(scheme="sweeps"), kernel=False)
    bar(root, "f", 3).press("Home")
    tree = ScanTree(scheme="sweeps")
    tree.f = (*tree.f[:2], 0, *tree.f[3:])
    agrees(root, tree, step=3)


@pytest.mark.parametrize("T", [5, 8, 16])
@pytest.mark.parametrize("scheme", [*SCHEMES, "own"])
def test_an_edge_leads_from_what_is_joined_to_the_join_and_past_all_other_boxes(desk, scheme, T):
    tree = ScanTree([0.5] * T, scheme=scheme)
    tree.own = np.random.default_rng(T).permutation(np.arange(1, T))
    edges, boxes = shown(desk, tree).evaluate(EDGES)
    boxes = np.array(boxes)
    due = [(part, k) for k, node in enumerate(tree.nodes) for part in node.parts or ()]
    assert len(edges) == len(due) and len(boxes) == len(tree.nodes)
    for points, (part, join) in zip(edges, due, strict=True):
        (x, y), (x_end, y_end) = points[0], points[-1]
        left, right, _, bottom = boxes[part]
        assert (x, y) == pytest.approx(((left + right) / 2, bottom), abs=0.6)
        left, right, top, _ = boxes[join]
        assert left < x_end < right and y_end == pytest.approx(top, abs=0.6)
        px, py = np.array(points).T[:, :, None]
        within = (boxes[:, 0] < px) & (px < boxes[:, 1]) & (boxes[:, 2] + 1 < py)
        assert not np.any(within & (py < boxes[:, 3] - 1))


@pytest.mark.parametrize("paper", INK)
@pytest.mark.parametrize("width", [1400, 784, 390])
def test_everything_is_read_at_any_width_and_on_any_paper(desk, width, paper):
    style = f"body {{ background: {paper}; --lesson-paper: {paper}; --lesson-ink: {INK[paper]}; }}"
    desk.page.add_style_tag(content=style)
    desk.page.set_viewport_size({"width": width, "height": 900})
    rng = np.random.default_rng(0)
    for T, scheme in [(2, "loop"), (8, "halves"), (16, "prefixes"), (16, "loop")]:
        tree = ScanTree(rng.uniform(0.4, 1, T), rng.uniform(-0.9, 0.9, T), scheme)
        root = shown(desk, tree)
        texts = root.evaluate(TEXTS)
        assert len(texts) > T
        inks = sorted({ink for *_, ink in texts})
        assert min(desk.page.evaluate(CONTRASTS, [paper, inks])) >= 4.5
        assert min(size for *_, size, _ in texts) >= 11
        drawn = [(text, box) for text, box, in_svg, *_ in texts if in_svg]
        frame = root.locator(".scan-frame").bounding_box()
        for k, (text, (left, right, top, bottom)) in enumerate(drawn):
            assert frame["x"] - 2 <= left and right <= frame["x"] + frame["width"] + 2, text
            for other, (left2, right2, top2, bottom2) in drawn[:k]:
                apart = min(right, right2) - max(left, left2) <= 1
                assert apart or min(bottom, bottom2) - max(top, top2) <= 5, (text, other)
        desk.leave(tree)
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing_serious(desk, untested):
    if not AXE.exists():
        untested("The scan's tree was NOT tested with axe: npm install")
    for scheme in ("sweeps", "own"):
        shown(desk, ScanTree(scheme=scheme))
    desk.page.add_script_tag(path=AXE)
    found = desk.page.evaluate("axe.run('.scan').then((result) => result.violations)")
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in serious] == []


def test_a_tree_that_has_left_the_page_hears_nothing_more(desk):
    tree = ScanTree()
    root = shown(desk, tree)
    before = root.inner_html()
    desk.leave(tree)
    tree.f = [0.5] * 5
    desk.page.wait_for_timeout(100)
    assert root.inner_html() == before
