"""JupyterLab with pages in Chromium: for the browser tests, the benchmark and the recording.

Hand-written, because JupyterLab's own test tool, Galata, is a package for node.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

from scripts.jupyter import KERNELSPEC
from scripts.lab import surroundings

CHROMIUM = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]


def chromium() -> str:
    """The path of Chromium or Chrome."""
    path = next(filter(None, (shutil.which(name) for name in CHROMIUM if name)), None)
    return path or sys.exit("Chromium is missing: install it, or name it in CHROMIUM.")


# A cell that shows a small panel with one slider.
PANEL = """\
import numpy as np
from lstm_lessons import Panel, pictures, slider
def draw(figure):
    ax = pictures.axes(figure, "What is left of a value", "steps", "share left", (0, 12), (0, 1.02))
    (line,) = ax.plot(np.zeros(13), color=pictures.COLORS["f"], marker="o")
    def update(result):
        line.set_ydata(result)
        return [line]
    return update
sliders = {"f": slider("f", 0.0, 1.0, 0.8)}
Panel(lambda f: f ** np.arange(13), draw, sliders, say=lambda r: f"{r[-1]:.0%} is left.")"""


class Lab:
    """JupyterLab on ``folder``/notebooks, with settings, trust and kernels of nobody else's.

    Use it as a context manager. ``errors`` gathers what the pages' consoles complain about.
    """

    def __init__(self, folder: Path, browser: str, *options: str):
        self.notebooks, self.errors = folder / "notebooks", []
        self._browser = {"executable_path": browser, "args": options}
        self.notebooks.mkdir(parents=True, exist_ok=True)
        kinds = ["JUPYTER_DATA", "JUPYTER_CONFIG", "JUPYTER_RUNTIME", "JUPYTERLAB_SETTINGS"]
        environment, self._options = surroundings(folder)  # as readers have them
        self._env = {**os.environ, **environment}
        self._env |= {f"{kind}_DIR": str(folder / kind.lower()) for kind in kinds}
        self._log = folder / "jupyterlab.log"

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += [f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token="]
        command += [f"--ServerApp.root_dir={self.notebooks}", "--LabApp.expose_app_in_browser=True"]
        command += self._options
        with self._log.open("wb") as log:
            self._server = subprocess.Popen(command, env=self._env, stdout=log, stderr=log)
        self._playwright = None
        try:
            self._wait_for_server()
            self._playwright = sync_playwright().start()
            self._chromium = self._playwright.chromium.launch(**self._browser)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self._playwright:
            self._playwright.stop()  # and the browser with it
        self._server.terminate()  # and its kernels
        try:
            self._server.wait(10)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _wait_for_server(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self._server.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/api", timeout=5).close()
                return
            except OSError:
                time.sleep(0.1)
        log = self._log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"JupyterLab did not come up. It said:\n{log}")

    def write(self, name: str, *sources: str) -> None:
        """A notebook with these code cells, not executed."""
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": KERNELSPEC})
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(notebook, self.notebooks / name)

    def trust(self, name: str) -> None:
        """As `jupyter trust` does it."""
        command = [sys.executable, "-m", "jupyter", "trust", self.notebooks / name]
        subprocess.run(command, env=self._env, check=True, capture_output=True)

    def open(self, name: str, width=1400, height=1000, run=True, **context) -> Page:
        """A page on one notebook, in a browser context of its own; ``run`` runs all its cells."""
        viewport = {"width": width, "height": height}
        page = self._chromium.new_context(viewport=viewport, **context).new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: self._note(message.type, message.text, message.location))
        page.on("pageerror", lambda error: self._note("error", error.stack or str(error), {}))
        page.goto(f"{self.url}/doc/tree/{name}")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        in_page(page, "await jupyterapp.restored; await panel().context.ready")
        if run:
            in_page(
                page,
                "await panel().sessionContext.ready; await kernel().info;"
                "await jupyterapp.commands.execute('notebook:run-all-cells')",
            )
        return page

    def _note(self, kind, text, location):
        # JupyterLab takes its splash screen away twice when a theme comes while it loads.
        splash = "'removeChild'" in text and "jlab_core" in text
        # Where a page is closed while it still asks its kernel for this.
        debugger = "Could not restore the debugger state" in text
        if kind == "error" and not splash and not debugger:
            self.errors.append(f"{text} ({location.get('url', '')})")


HELPERS = """
const panel = () => jupyterapp.shell.currentWidget, kernel = () => panel().sessionContext.session.kernel;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
"""


def in_page(page: Page, script: str, argument=None, seconds: float = 60):
    """What ``script``, the body of an async function of `argument`, returns. It cannot hang."""
    return page.evaluate(
        f"""([argument, seconds]) => {{
            {HELPERS}
            const late = sleep(1000 * seconds).then(() => {{ throw Error("no end in sight"); }});
            return Promise.race([(async () => {{ {script} }})(), late]);
        }}""",
        [argument, seconds],
    )


def python(page: Page, expression: str):
    """The value of an expression in the page's kernel, through JSON."""
    text = in_page(
        page,
        """const asked = kernel().requestExecute({ code: argument, store_history: false });
        let text = "";
        asked.onIOPub = ({ content }) => (text += content.text ?? content.traceback?.join("\\n") ?? "");
        await asked.done;
        return text;""",
        f"import json as _json; print(_json.dumps({expression}))",
        seconds=20,
    )
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise RuntimeError(f"{expression}: the kernel said {text}") from None


def do(page: Page, statement: str) -> None:
    """Run a statement in the page's kernel."""
    python(page, f"exec({statement!r})")
