"""The site's pages: what they weigh, when they can be dragged, and how each widget follows the hand."""

import json
import socket
import tempfile
import threading
import time
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import websocket  # comes with JupyterLab's server
from playwright.sync_api import sync_playwright

from benchmarks.drag import row
from lstm_lessons.course import LESSONS
from scripts.browser.lab import chromium, in_page
from scripts.website import pages

LEARNS = "08_inside_a_trained_lstm"
READY = """[...document.querySelectorAll(".live")].every((it) => it.children.length && !it.querySelector(
  ":scope > script")) && (window.ready ??= performance.now())"""
# What is pulled up and down, or to and fro: in each the first that there is.
HANDLES = {
    "a bar of a gate console": ".gc [data-lane='f'][data-step='7']",
    "a knob of an RNN": ".gc [data-knob=w_h]",
    "a word's column of an operating table": ".nc [data-gate='f'][data-unit=all][data-word='9']",
    "a slider of the lens of RNNs": ".lesson-lens [data-name=radius]",
    "a slider of the lens of LSTMs": ".lesson-lens [data-name=forget_bias]",
    "a bar of a scan": ".scan [data-lane='f'][data-step='3']",
}
# Each move is timed from the start of its handling to the change of the widget, and to the first task
# after the next frame was painted; a picture is a frame before which the widget has changed.
WATCH = """
const seen = (window.seen = { moves: [], changes: [], pictures: 0, stop: false });
const { port1, port2 } = new MessageChannel();
let waiting = [], changed = false, last = 0;
port1.onmessage = () => {
  const now = performance.now();
  seen.moves.push(...waiting.map((t) => now - t));
  waiting = [];
};
document.addEventListener("pointermove", () => {
  const began = (last = performance.now());
  requestAnimationFrame(() => { waiting.push(began); port2.postMessage(0); });
}, true);
const all = { subtree: true, childList: true, attributes: true, characterData: true };
new MutationObserver(() => {
  if (last) seen.changes.push(performance.now() - last);
  last = 0;
  changed = true;
}).observe(document.querySelector(argument), all);
const frame = () => {
  seen.pictures += changed;
  changed = false;
  if (!seen.stop) requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def pull(page, port: int, handle: str, seconds: float) -> None:
    """A hand that pulls to and fro, with 125 mouse moves a second as a common mouse sends.

    They go straight to Chromium: Playwright sends a move only when the last one has been answered.
    """
    place = page.locator(handle).first
    place.evaluate("(it) => it.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = place.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    targets = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json"))
    address = next(t["webSocketDebuggerUrl"] for t in targets if t["url"] == page.url)
    chrome = websocket.create_connection(address, suppress_origin=True)
    page.mouse.move(x, y)
    page.mouse.down()
    start = time.perf_counter()
    for k in range(int(125 * seconds)):
        sway = {"x": x + 60 * np.sin(k / 9), "y": y + 20 * np.sin(k / 7)}
        move = {"type": "mouseMoved", "button": "left", "buttons": 1} | sway
        chrome.send(json.dumps({"id": k, "method": "Input.dispatchMouseEvent", "params": move}))
        time.sleep(max(0, start + (k + 1) / 125 - time.perf_counter()))
    page.mouse.up()
    chrome.close()


def learn(page) -> None:
    """A network learns from chrono: how long until 95 of 100 new stories are right, at how many pictures."""
    began = time.perf_counter()
    page.get_by_role("button", name="Play").click()
    in_page(page, WATCH, ".live:has([data-shared-right])")
    right = "Number(document.querySelector('[data-shared-right]').dataset.sharedRight) >= 0.95"
    page.wait_for_function(right, timeout=120_000)
    seconds = time.perf_counter() - began
    seen = in_page(page, "seen.stop = true; return seen")
    rate = seen["pictures"] / seconds
    print(f"learning: 95% after {seconds:.1f} s, {rate:.0f} pictures a second")


def measure(url: str, folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    args = ["--no-sandbox", "--disable-background-networking", f"--remote-debugging-port={port}"]
    left = dict(HANDLES)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=args)
        for name in ["index", "puzzle", *(lesson.notebook for lesson in LESSONS)]:
            page, loaded = browser.new_page(viewport={"width": 1400, "height": 1000}), set()
            page.on("response", lambda r, loaded=loaded: loaded.add(r.url.split("?")[0]))
            page.goto(f"{url}/{name}.html")
            ready = page.wait_for_function(READY).json_value()
            page.set_viewport_size({"width": 1400, "height": 30_000})  # all is seen, and so loaded
            page.wait_for_load_state("networkidle")
            page.set_viewport_size({"width": 1400, "height": 1000})
            files = [folder / address.removeprefix(f"{url}/") for address in loaded]
            weight = sum(file.stat().st_size for file in files if file.is_file()) / 1e6
            print(f"{name}: {weight:.2f} MB with all its pictures, alive after {ready:.0f} ms")
            for what, handle in list(left.items()):
                if not page.locator(handle).count():
                    continue
                del left[what]
                pull(page, port, handle, 1)  # the first strokes are still being compiled
                in_page(page, WATCH, ".live:has(" + handle + ")")
                pull(page, port, handle, 3)
                seen = in_page(page, "seen.stop = true; await sleep(100); return seen")
                row(f"{what}: from a move to the change", seen["changes"])
                row(f"{what}: to the end of the next frame", seen["moves"])
                print(f"{what}: {seen['pictures'] / 3:.0f} pictures a second")
            if name == LEARNS:
                learn(page)
            page.close()
    assert not left, f"no page has {left}"


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "site"
        pages.build(folder)
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        measure(f"http://127.0.0.1:{server.server_port}", folder)
        server.shutdown()


if __name__ == "__main__":
    main()
