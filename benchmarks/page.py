"""A lesson's page of the site: what it weighs, when it can be dragged, and how it follows the hand."""

import socket
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.drag import WATCH_CONSOLE, drag, row
from scripts.browser.lab import chromium, in_page
from scripts.jupyter import NOTEBOOKS, shown
from scripts.website import pages

READY = "document.querySelector('.gc-plots [role=slider]') && (window.ready ??= performance.now())"


def with_consoles() -> list[str]:
    """The lessons that show a gate console."""
    paths = sorted(NOTEBOOKS.glob("*.ipynb"))
    return [path.stem for path in paths if any("GateConsole(" in text for text in shown(path))]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def measure(url: str, folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    args = ["--no-sandbox", "--disable-background-networking", f"--remote-debugging-port={port}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=args)
        for name in ["index", *with_consoles()]:
            page, loaded = browser.new_page(viewport={"width": 1400, "height": 1000}), set()
            page.on("response", lambda r, loaded=loaded: loaded.add(r.url.split("?")[0]))
            page.goto(f"{url}/{name}.html")
            ready = page.wait_for_function(READY).json_value()
            page.set_viewport_size({"width": 1400, "height": 30_000})  # all is seen, and so loaded
            page.wait_for_load_state("networkidle")
            page.set_viewport_size({"width": 1400, "height": 1000})
            files = [folder / address.removeprefix(f"{url}/") for address in loaded]
            weight = sum(file.stat().st_size for file in files) / 1e6
            print(f"{name}: {weight:.2f} MB with all its pictures, alive after {ready:.0f} ms")
            if name == "index":
                page.locator(".gc-plots").first.scroll_into_view_if_needed()
                drag(page, port, 0.5)  # the first strokes are still being compiled
                in_page(page, WATCH_CONSOLE)
                drag(page, port)
                seen = in_page(page, "seen.stop = true; await sleep(100); return seen")
                row("page: from a move to the changed picture, not yet painted", seen["handled"])
                row("page: from a move to the end of the next frame", seen["moves"])
            page.close()


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
