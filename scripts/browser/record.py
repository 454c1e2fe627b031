"""Make README's pictures in docs/: a drag on the gate console, a guess that was made, two of the site."""

import io
import shutil
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PIL import Image

from scripts.browser.lab import Lab, chromium, in_page
from scripts.jupyter import NOTEBOOKS, ROOT
from scripts.website import pages

DOCS = ROOT / "docs"
SITE = "page.png", "table.png"
CELL = "from lstm_lessons import GateConsole\nGateConsole()"
WIDTH, FRAMES_A_SECOND, COLORS, LIMIT = 860, 12, 128, 1_000_000

# (seconds, gate, step, value, is the button down?): the mouse goes there in that time.
STORY = [
    (0.5, "f", 7, 0.96, False),
    (0.3, "f", 7, 0.96, True),
    (1.2, "f", 7, 0.0, True),
    (0.4, "f", 7, 0.0, True),
    (0.7, "f", 7, 0.5, True),
    (0.5, "f", 5, 0.96, False),
    (1.6, "f", 11, 0.35, True),
    (0.5, "f", 11, 0.35, True),
    (0.5, "o", 9, 0.96, False),
    (0.7, "o", 9, 0.1, True),
    (0.6, "o", 9, 0.1, True),
    (0.6, "o", 9, -0.2, False),
]
# Screenshots do not show the mouse, so a dot takes its place.
DOT = """
const root = document.querySelector(".gc");
root.style.width = `${argument}px`;
root.scrollIntoView();
const dot = document.body.appendChild(document.createElement("div"));
dot.style.cssText = "position: fixed; z-index: 9999; width: 18px; height: 18px; border-radius: 50%;"
  + "margin: -9px 0 0 -9px; pointer-events: none; border: 2px solid #fff; background: #222; opacity: 0.8";
const follow = (event) => {
  dot.style.left = `${event.clientX}px`;
  dot.style.top = `${event.clientY}px`;
  dot.style.scale = event.buttons ? 0.75 : 1;
  dot.style.background = event.buttons ? "#d6336c" : "#222";
};
for (const kind of ["pointermove", "pointerdown", "pointerup"]) document.addEventListener(kind, follow, true);
await sleep(500);
"""


def play(page) -> list[Image.Image]:
    """The frames of the story, all as long as one another."""
    in_page(page, DOT, WIDTH)
    clip = page.locator(".gc").bounding_box()
    at, down = (clip["x"] + 0.55 * WIDTH, clip["y"] + 0.9 * clip["height"]), False
    page.mouse.move(*at)
    frames = []
    for seconds, gate, step, value, press in STORY:
        box = page.locator(f"[data-lane='{gate}'][data-step='{step}']").bounding_box()
        goal = box["x"] + box["width"] / 2, box["y"] + box["height"] * (1 - value)
        if press != down:
            (page.mouse.down if press else page.mouse.up)()
            down = press
        count = round(seconds * FRAMES_A_SECOND)
        for k in range(1, count + 1):
            part = k / count
            part = part * part * (3 - 2 * part)  # a hand starts and stops gently
            page.mouse.move(*(a + part * (b - a) for a, b in zip(at, goal, strict=True)), steps=3)
            frames.append(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB"))
        at = goal
    return frames


def as_gif(frames: list[Image.Image]) -> bytes:
    """One palette for all frames, so that what does not change is not stored again."""
    width, height = frames[0].size
    sample = Image.new("RGB", (width, 3 * height))
    for k, frame in enumerate([frames[0], frames[len(frames) // 2], frames[-1]]):
        sample.paste(frame, (0, k * height))
    palette = sample.quantize(COLORS, dither=Image.Dither.NONE)
    first, *rest = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
    out, duration = io.BytesIO(), round(100 / FRAMES_A_SECOND) * 10  # GIF counts in 1/100 s
    options = dict(save_all=True, append_images=rest, duration=duration, loop=0, optimize=True)
    first.save(out, "GIF", **options)
    return out.getvalue()


def store(name: str, screenshot: bytes) -> None:
    """A screenshot as docs/NAME, in as many colours as it needs for README."""
    few = Image.open(io.BytesIO(screenshot)).convert("RGB").quantize(COLORS)
    few.save(DOCS / name, optimize=True)


def guessed(lab: Lab) -> bytes:
    """The first guess of lesson 3, made, and not right."""
    shutil.copy(NOTEBOOKS / "03_gates.ipynb", lab.notebooks)
    lab.trust("03_gates.ipynb")
    page = lab.open("03_gates.ipynb", width=800, run=False)
    guess = page.locator(".guess").first
    guess.get_by_role("spinbutton").fill("5")
    guess.get_by_role("button", name="This is my guess").click()
    guess.locator(".guess-said").wait_for()
    return guess.screenshot()


def site(lab: Lab, folder: Path) -> tuple[bytes, bytes]:
    """A page, with the console above its text; and a trained network whose memory is cut at a word."""
    pages.build(folder)
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = lab.open("console.ipynb", width=1400, height=860, run=False)
        page.goto(f"http://127.0.0.1:{server.server_port}/03_gates.html")
        page.locator(".gc").first.evaluate("(it) => scrollTo(0, it.getBoundingClientRect().top)")
        page.wait_for_timeout(1500)
        shown = page.screenshot()
        page.goto(f"http://127.0.0.1:{server.server_port}/08_inside_a_trained_lstm.html")
        table = page.locator(".nc").nth(1)  # the first one has still to learn
        table.get_by_label("Start from").select_option(index=2)
        page.wait_for_timeout(500)
        cut = table.screenshot()
        server.shutdown()
    return shown, cut


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Lab(Path(folder) / "lab", chromium()) as lab:
        lab.write("console.ipynb", CELL)
        gif = as_gif(play(lab.open("console.ipynb", width=1100, height=1000)))
        if len(gif) > LIMIT:
            sys.exit(f"The animation has {len(gif) / 1e6:.2f} MB, more than {LIMIT / 1e6:g} MB.")
        (DOCS / "console.gif").write_bytes(gif)
        store("guess.png", guessed(lab))
        for name, shown in zip(SITE, site(lab, Path(folder) / "site"), strict=True):
            store(name, shown)
    for name in ("console.gif", "guess.png", *SITE):
        print(f"{name}: {(DOCS / name).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
