"""What the browser tests share: a reader's hand on a gate console, and patience."""

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page

from scripts.browser.lab import python

# All of it into view, as with the wheel: a page that holds its place until the reader moves lets go.
BRING = """it => {
  it.dispatchEvent(new WheelEvent("wheel", { bubbles: true }));
  it.scrollIntoView({ block: "nearest" });
}"""


class Hand:
    """The first console on a page, and what a reader can do to it."""

    def __init__(self, page: Page, name: str = "console"):
        self.page, self.name = page, name
        self.root = page.locator(".gc").first
        self.root.wait_for(state="attached")
        self.root.scroll_into_view_if_needed()
        self.root.locator(".gc-plots [role=slider]").first.wait_for()
        self.sentence = self.root.locator(".gc-sentence")
        self.select = self.root.locator("select")

    def bar(self, gate: str, step: int) -> Locator:
        return self.root.locator(f"[data-lane='{gate}'][data-step='{step}']")

    def spot(self, gate: str, step: int, value: float) -> tuple[float, float]:
        """Where on the page a bar of a gate in [0, 1] has this value."""
        box = self.bar(gate, step).bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] * (1 - value)

    def values(self, gate: str) -> list[float]:
        """All bars of a gate, as a screen reader is told."""
        bars = self.root.locator(f"[data-lane='{gate}']").all()
        return [float(bar.get_attribute("aria-valuenow")) for bar in bars]

    def drag(self, *spots, moves=8):
        """A stroke with the mouse through spots (gate, step, value)."""
        self.rests()
        mouse, (start, *rest) = self.page.mouse, [self.spot(*spot) for spot in spots]
        mouse.move(*start)
        mouse.down()
        for spot in rest:
            mouse.move(*spot, steps=moves)
        mouse.up()

    def rests(self):
        """Wait until the page has stopped moving: outputs above the console arrive late."""
        places = []

        def still():
            self.root.evaluate(BRING)
            places.append(self.root.locator("[data-step='5']").first.bounding_box())
            time.sleep(0.1)
            return places[-4:] == 4 * [places[-1]] and len(places) >= 4

        until(still)

    def button(self, text):
        return self.root.get_by_role("button", name=text, exact=True)

    def python(self, trait):
        return python(self.page, f"{self.name}.{trait}")

    def agrees(self, gate, trait):
        """Python reads what the bars show; the last message may still be on its way."""
        until(lambda: self.python(trait) == self.values(gate))


def shut(page: Page, grip: Locator) -> None:
    """Pull a grip of the operating table down with the mouse, as far as its gates go."""
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 120, steps=6)
    page.mouse.up()


def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Wait for a condition to come true; fail if it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this did not come about"
        time.sleep(0.02)
