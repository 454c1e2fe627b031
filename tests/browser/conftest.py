"""A page with widgets on it and their Python side in this process: no kernel, no JupyterLab."""

import json

import pytest
from playwright.sync_api import Page, sync_playwright

from lstm_lessons.course import exercise
from lstm_lessons.widgets.base import script, style
from tests.hands import Hand

WIDGETS = {
    "GateConsole": "console",
    "GradientLens": "lens",
    "Guess": "guess",
    "NetworkConsole": "network_console",
    "Progress": "progress",
    "ScanTree": "scan_tree",
}

# The front end's half of a widget. What is set is sent by `save_changes`, as ipywidgets does it.
PAGE = """<!doctype html>
<meta charset="utf-8"><link rel="icon" href="data:,">
<link rel="stylesheet" href="widgets.css">
<script type="module">
class Model {
  constructor(id, state) { Object.assign(this, { id, state, unsent: new Set(), heard: new Map() }); }
  get(name) { return this.state[name]; }
  set(changes, value) {
    if (typeof changes === "string") changes = { [changes]: value };
    for (const name of this.change(changes)) this.unsent.add(name);
  }
  change(changes) {
    const differs = (name) => JSON.stringify(changes[name]) !== JSON.stringify(this.state[name]);
    const changed = Object.keys(changes).filter(differs);
    Object.assign(this.state, changes);
    for (const name of changed) this.tell(`change:${name}`);
    return changed;
  }
  save_changes() {
    const state = Object.fromEntries([...this.unsent].map((name) => [name, this.state[name]]));
    this.unsent.clear();
    toPython(this.id, { method: "update", state });
  }
  send(content) { toPython(this.id, { method: "custom", content }); }
  hear({ method, state, content }) {
    if (method === "update") this.change(state);
    if (method === "custom") this.tell("msg:custom", content);
  }
  tell(name, content) { for (const hear of this.heard.get(name) ?? []) hear(content); }
  on(names, hear) {
    for (const name of names.split(" "))
      this.heard.set(name, new Set([...(this.heard.get(name) ?? []), hear]));
  }
  off(names, hear) { for (const name of names.split(" ")) this.heard.get(name)?.delete(hear); }
}

const models = {}, leaving = {};
window.show = async (kind, id, state) => {
  const widget = (await import(`./${kind}.js`)).default;
  const el = document.body.appendChild(document.createElement("div"));
  models[id] ??= new Model(id, state);
  leaving[id] = widget.render({ model: models[id], el });
};
window.fromPython = (id, message) => models[id].hear(message);
window.leave = (id) => leaving[id]();
</script>"""


class SteadyHand(Hand):
    """A hand on a page where nothing moves of itself."""

    def rests(self):
        self.root.scroll_into_view_if_needed()

    def values(self, gate):
        bars = self.root.locator(f"[data-lane='{gate}']")
        return bars.evaluate_all(
            "all => all.map((bar) => Number(bar.getAttribute('aria-valuenow')))"
        )


class Desk:
    """A page with widgets on it, each at work with its Python side.

    ``page`` is the page, ``heard`` all messages that came from it. Python hears them while a test asks
    the page for something.
    """

    def __init__(self, context, url: str, errors: list[str]):
        self.context, self.url, self.errors = context, url, errors
        self.widgets, self.heard = {}, []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: errors.append(str(error)))
        self.page.on("console", lambda m: m.type == "error" and errors.append(m.text))
        self.page.expose_function("toPython", self._hear)
        self.page.goto(url)

    def another(self) -> "Desk":
        """Another page in the same browser."""
        return Desk(self.context, self.url, self.errors)

    def show(self, widget, kernel: bool = True) -> None:
        """Put a widget on the page; without a kernel its Python side hears and says nothing."""
        name = widget.model_id
        if kernel:
            self.widgets[name] = widget
            widget.comm.send = lambda data, buffers=None: self._tell(name, data)
        state = {key: value for key, value in widget.get_state().items() if key[0] != "_"}
        kind = WIDGETS[type(widget).__name__]
        self.page.evaluate("(given) => show(...given)", [kind, name, json.loads(json.dumps(state))])

    def hand(self, console) -> Hand:
        """Put a console on the page, and a hand on the console."""
        self.show(console)
        return SteadyHand(self.page)

    def leave(self, widget) -> None:
        """Take a widget's view off the page."""
        self.page.evaluate("(name) => leave(name)", widget.model_id)

    def _tell(self, name, message):
        if message["method"] == "echo_update":  # for other views, of which there are none
            return
        given = [name, json.loads(json.dumps(message))]
        self.page.evaluate("(given) => fromPython(...given)", given)

    def _hear(self, name, message):
        widget = self.widgets.get(name)
        if widget is None:
            return
        self.heard.append(message)
        if message["method"] == "custom":
            widget.comm.handle_msg({"content": {"data": message}, "buffers": []})
            return
        try:
            widget.set_state(message["state"])
        except (
            Exception
        ) as refusal:  # as an exception it would be the page's, and a comm's is logged
            self.errors.append(f"{widget}: {refusal}")

    # What the browser keeps.

    def keep(self, name: str, text: str) -> None:
        script = "([name, text]) => localStorage.setItem(`lstm-lessons: ${name}`, text)"
        self.page.evaluate(script, [name, text])

    def kept(self, name: str):
        script = "(name) => localStorage.getItem(`lstm-lessons: ${name}`)"
        return json.loads(self.page.evaluate(script, name) or "null")


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


@pytest.fixture(scope="session")
def url(serve, tmp_path_factory):
    """The page, with the scripts as a notebook stores them."""
    folder = tmp_path_factory.mktemp("page")
    for name in WIDGETS.values():
        (folder / f"{name}.js").write_text(script(name), encoding="utf-8")
    styles = "".join(map(style, [*WIDGETS.values(), "learner", "control"]))
    (folder / "widgets.css").write_text(styles, encoding="utf-8")
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    return f"{serve(folder)}/index.html"


@pytest.fixture
def open_desk(browser, url, monkeypatch):
    """Call it, with a script that runs before the page's if need be, for a Desk in a new browser."""
    monkeypatch.setattr(exercise, "solved", set())
    contexts, desks, errors = [], [], []

    def open_desk(script: str = "") -> Desk:
        size = {"width": 1400, "height": 1000}
        contexts.append(browser.new_context(viewport=size, reduced_motion="reduce"))
        contexts[-1].set_default_timeout(10_000)
        contexts[-1].add_init_script(script)
        desks.append(Desk(contexts[-1], url, errors))
        return desks[-1]

    yield open_desk
    for desk in desks:
        desk.widgets.clear()  # what a page says while it closes cannot be answered
        if not desk.page.is_closed():
            desk.page.evaluate("0")  # what is under way to it comes first
    for context in contexts:
        context.close()
    exercise.listen(None)
    assert errors == []


@pytest.fixture
def desk(open_desk) -> Desk:
    return open_desk()
