"""Can the console and the progress be read? Letters, colours and room, on paper light and dark."""

from pathlib import Path

import pytest

from lstm_lessons import GateConsole, Progress
from lstm_lessons.widgets.presets import LANES
from tests.hands import until

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
INK = {"#ffffff": "#222222", "#1e1e1e": "#d4d4d4"}  # by the paper

# Of all text: what it says, how high its letters are, and its contrast to the paper, as WCAG has it.
# A canvas knows what any colour comes to in sRGB.
TEXTS = """(paper) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const light = (...layers) => {
        for (const layer of layers) { canvas.fillStyle = layer; canvas.fillRect(0, 0, 1, 1); }
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
            .map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const own = (node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    return [...document.querySelectorAll(".gc *, .how-far *")].filter(own).map((node) => {
        const style = getComputedStyle(node), svg = node.closest("svg");
        const scale = svg ? node.getScreenCTM().a : 1;
        const under = svg ? "transparent" : style.backgroundColor;
        const [back, ink] = [light(paper, under), light(paper, under, svg ? style.fill : style.color)];
        const contrast = Math.max(back, ink) / Math.min(back, ink);
        return [node.textContent, parseFloat(style.fontSize) * scale, contrast];
    });
}"""


@pytest.fixture
def page(desk):
    """A console of each kind, a puzzle with bars that rest, and the progress."""
    desk.show(GateConsole(goal="count"))
    for cell in LANES:
        desk.show(GateConsole(cell))
    desk.show(Progress())
    desk.page.locator(".how-far li").first.wait_for()
    desk.page.locator("[data-lane='f'][data-step='5']").first.press("Home")  # now there is an undo
    return desk.page


def dress(page, paper):
    style = f"body {{ background: {paper}; --lesson-paper: {paper}; --lesson-ink: {INK[paper]}; }}"
    page.add_style_tag(content=f"{style} a {{ --color-link: {INK[paper]}; }}")


@pytest.mark.parametrize("paper", INK)
def test_every_letter_stands_out_from_its_paper(page, paper):
    dress(page, paper)
    texts = page.evaluate(TEXTS, paper)
    assert len(texts) > 200
    assert [(text, contrast) for text, _, contrast in texts if contrast < 4.5] == []


@pytest.mark.parametrize("width", [360, 390, 700, 800, 1000, 1400])
def test_no_letter_is_smaller_than_11_pixels_however_wide_the_page(page, width):
    page.set_viewport_size({"width": width, "height": 1000})
    until(lambda: page.evaluate("document.documentElement.scrollWidth") <= width)
    assert [text for text, size, _ in page.evaluate(TEXTS, "#fff") if size < 11] == []


@pytest.mark.parametrize("size", [(390, 660), (700, 500)], ids=["a phone", "at 200%"])
def test_bars_states_and_gradient_fit_together_into_a_low_window(desk, size):
    hand = desk.hand(GateConsole())
    until(lambda: hand.root.locator(".gc-plots svg").bounding_box()["height"] > 480)
    desk.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    until(lambda: hand.root.locator(".gc-plots svg").bounding_box()["height"] < 440)
    names = hand.root.locator(".gc-lane .gc-name").all_text_contents()
    assert [name for name in names if name != "gate"] == ["forget", "input", "candidate", "output"]


STICKS_OUT = """root => [...root.querySelectorAll("svg")].flatMap((svg) => {
    const paper = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter((text) => {
        const ink = text.getBoundingClientRect();
        return ink.width && (ink.left < paper.left - 1 || ink.right > paper.right + 1
            || ink.top < paper.top - 1 || ink.bottom > paper.bottom + 1);
    }).map((text) => text.textContent);
})"""
COVERED = """root => [...root.querySelectorAll("svg")].flatMap((svg) => {
    const inks = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
    return inks.flatMap(([one, a], k) => inks.slice(k + 1)
        .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
            && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5)
        .map(([other]) => `${one} / ${other}`));
})"""
FITS = """root => {
    const frame = root.querySelector(".gc-plots"), svg = frame.querySelector("svg");
    return svg.getAttribute("width") === String(Math.floor(frame.clientWidth));
}"""


@pytest.mark.parametrize(
    "arguments", [*(dict(cell=cell) for cell in LANES), dict(goal="latch"), dict(steps=24)]
)
def test_from_a_phone_to_a_desk_nothing_sticks_out_or_covers_another(desk, arguments):
    console = GateConsole(**arguments)
    hand = desk.hand(console)
    hand.bar(console.lanes[-1]["letter"], 5).focus()
    focused = "Object.values(document.activeElement.dataset).join()"
    before = hand.page.evaluate(focused)
    for width in (1400, 700, 360):
        hand.page.set_viewport_size({"width": width, "height": 1000})
        until(lambda: hand.root.evaluate(FITS))
        assert hand.root.evaluate(STICKS_OUT) == []
        assert hand.root.evaluate(COVERED) == []
        assert hand.page.evaluate("document.documentElement.scrollWidth") <= width
        assert hand.page.evaluate(focused) == before  # though all bars are new


def test_a_sign_for_what_is_below_the_picture_is_explained_while_it_is_there(desk):
    hand = desk.hand(GateConsole(preset="leak"))
    legend = hand.root.get_by_text("▽ below 0.01%")
    assert not legend.is_visible()
    hand.select.select_option("forget at step 5")
    assert legend.is_visible()


@pytest.mark.parametrize("goal", [None, "hold"])
def test_bars_have_their_gates_colours_and_given_ones_are_paler(desk, goal):
    console = GateConsole(goal=goal)
    hand = desk.hand(console)
    painted = hand.root.locator(".gc-lane").evaluate_all(
        """lanes => lanes.map((lane) => {
            const { fill, opacity } = getComputedStyle(lane.querySelector(".gc-fill"));
            return [fill.match(/\\d+/g).map(Number), Number(opacity)];
        })"""
    )
    for (color, opacity), row in zip(painted, console.lanes, strict=True):
        assert color == [int(row["color"][k : k + 2], 16) for k in (1, 3, 5)]
        assert (opacity < 0.5) == (goal is not None and row["trait"] in console.goal["given"])


def test_axe_finds_nothing_serious(page, untested):
    if not AXE.exists():
        untested("The widgets were NOT tested with axe: npm install")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run('body').then((result) => result.violations)")
    serious = [rule for rule in found if rule["impact"] in ("serious", "critical")]
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in serious] == []
