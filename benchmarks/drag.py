"""How long a picture takes to follow the hand, in JupyterLab and Chromium on this machine."""

import json
import socket
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
import websocket  # comes with JupyterLab's server

from scripts.browser.lab import PANEL, Lab, chromium, in_page

CONSOLE = """\
from lstm_lessons import GateConsole
console = GateConsole()
console"""

# Each move is timed from the start of its handling to the first task after the next frame was
# painted; a picture is a frame in which a bar of lane f differs from the frame before.
WATCH_CONSOLE = """
const root = document.querySelector(".gc");
const bars = [...root.querySelectorAll(".gc-lane")][0].querySelectorAll(".gc-cap");
const look = () => [...bars].map((bar) => bar.getAttribute("y1")).join();
const seen = (window.seen = { moves: [], handled: [], frames: [], stop: false });
const { port1, port2 } = new MessageChannel();
let waiting = [];
port1.onmessage = () => { const now = performance.now(); seen.moves.push(...waiting.map((t) => now - t)); waiting = []; };
let start = 0;
document.addEventListener("pointermove", () => (start = performance.now()), true);
document.addEventListener("pointermove", () => {
  const began = start;
  seen.handled.push(performance.now() - began);
  requestAnimationFrame(() => { waiting.push(began); port2.postMessage(0); });
});
let last = look();
const frame = () => {
  const now = look();
  if (now !== last) seen.frames.push(performance.now());
  last = now;
  if (!seen.stop) requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""
# From the key to the picture's load event, one key at a time.
WATCH_PANEL = """
const image = document.querySelector(".lesson-panel img");
const times = (window.times = []);
let start = null;
document.addEventListener("keydown", () => (start = performance.now()), true);
image.addEventListener("load", () => { if (start !== null) times.push(performance.now() - start); start = null; });
"""


def drag(page, port: int, seconds: float = 3) -> None:
    """A hand that paints lane f to and fro, with 125 mouse moves a second as a common mouse sends.

    They go straight to Chromium: Playwright sends a move only when the last one has been answered.
    """
    boxes = [page.locator(f"[data-lane='f'][data-step='{t}']").bounding_box() for t in (1, 12)]
    left, right = boxes[0]["x"] + 8, boxes[1]["x"] + boxes[1]["width"] - 8
    top, height = boxes[0]["y"], boxes[0]["height"]
    targets = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
    address = next(t["webSocketDebuggerUrl"] for t in targets if t["url"] == page.url)
    chrome = websocket.create_connection(address, suppress_origin=True)
    page.mouse.move(left, top + 5)
    page.mouse.down()
    start = time.perf_counter()
    for k in range(int(125 * seconds)):
        x = left + (right - left) * (0.5 - 0.5 * np.cos(k / 40))
        y = top + height * (0.5 - 0.4 * np.cos(k / 7))
        move = {"type": "mouseMoved", "x": x, "y": y, "button": "left", "buttons": 1}
        chrome.send(json.dumps({"id": k, "method": "Input.dispatchMouseEvent", "params": move}))
        time.sleep(max(0, start + (k + 1) / 125 - time.perf_counter()))
    page.mouse.up()
    chrome.close()


def press(page, count: int = 40) -> list[float]:
    """One arrow key after another on its slider, each when the last picture is there."""
    handle = page.locator(".lesson-panel").get_by_role("slider", name="f")
    handle.scroll_into_view_if_needed()
    handle.focus()
    in_page(page, WATCH_PANEL)
    for k in range(count):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"times.length > {k}")
        page.wait_for_timeout(30)
    return in_page(page, "return times")


def pull(page, seconds: float = 3) -> list[float]:
    """A hand that pulls its slider to and fro; when each picture was there, in ms."""
    box = page.locator(".lesson-panel").get_by_role("slider", name="f").bounding_box()
    y, width = box["y"] + box["height"] / 2, box["width"] - 16
    in_page(
        page,
        "window.loads = [];"
        'document.querySelector(".lesson-panel img").addEventListener("load", () => loads.push(performance.now()))',
    )
    page.mouse.move(box["x"] + 8 + width / 2, y)
    page.mouse.down()
    start = time.perf_counter()
    while (at := time.perf_counter() - start) < seconds:
        page.mouse.move(box["x"] + 8 + width * (0.5 - 0.5 * np.cos(3 * at)), y)
        time.sleep(0.008)
    page.mouse.up()
    return in_page(page, "return loads")


def row(what: str, values) -> None:
    print(f"{what:<58}{np.percentile(values, 50):7.1f}{np.percentile(values, 95):7.1f}  ms")


def main() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    option = f"--remote-debugging-port={port}"
    with tempfile.TemporaryDirectory() as folder, Lab(Path(folder), chromium(), option) as lab:
        lab.write("drag.ipynb", CONSOLE, PANEL)
        page = lab.open("drag.ipynb")
        page.locator(".gc").scroll_into_view_if_needed()
        drag(page, port, 0.5)  # the first strokes are still being compiled
        in_page(page, WATCH_CONSOLE)
        drag(page, port)
        seen = in_page(page, "seen.stop = true; await sleep(100); return seen")
        times, loads = press(page), pull(page)
    frames = np.array(seen["frames"])
    print(f"{'':<58}{'p50':>7}{'p95':>7}")
    row("console: from a move to the changed picture, not yet painted", seen["handled"])
    row("console: from a move to the end of the next frame", seen["moves"])
    row("panel: from a key to the loaded picture", times)
    rate = (len(frames) - 1) / (frames[-1] - frames[0]) * 1000
    print(
        f"panel: {(len(loads) - 1) / (loads[-1] - loads[0]) * 1000:.0f} pictures a second in a drag"
    )
    print(f"console: {rate:.0f} pictures a second, from {len(seen['handled'])} moves in 3 seconds")


if __name__ == "__main__":
    main()
