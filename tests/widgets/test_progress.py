"""How far a reader is: what the widget hears in a kernel, and what a browser keeps."""

import base64
import json
import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from lstm_lessons import GateConsole, Progress, checks, pictures
from lstm_lessons import progress as module
from lstm_lessons.console import GOALS
from lstm_lessons.progress import PUZZLES

pytestmark = pytest.mark.usefixtures("nothing_solved")

PACKAGE = Path(module.__file__).parent
NOTEBOOKS = sorted((PACKAGE.parent.parent / "notebooks").glob("*.ipynb"))


# --- in a kernel


def test_the_puzzles_are_the_console_s_goals():
    counted = [name for names in PUZZLES.values() for name in names]
    assert sorted(counted) == sorted(f"{cell} {goal}" for cell in GOALS for goal in GOALS[cell])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_puzzle_counts_in_the_lesson_that_shows_it(path):
    cells = nbformat.read(path, as_version=4).cells
    texts = [o.data["text/plain"] for c in cells for o in c.get("outputs", []) if "data" in o]
    goals = [re.match(r"GateConsole\(cell='(\w+)', .*goal='(.+)'\)", text) for text in texts]
    shown = [" ".join(goal.groups()) for goal in goals if goal]
    assert shown == PUZZLES.get(int(path.stem[:2]), [])


def test_the_course_is_each_lesson_s_exercises_and_puzzles():
    course = Progress().course
    assert list(course) == [str(lesson) for lesson in checks.COURSE]
    for lesson, names in checks.COURSE.items():
        assert course[str(lesson)] == names + PUZZLES.get(lesson, [])
    names = [name for names in course.values() for name in names]
    assert len(set(names)) == len(names)


def test_it_starts_with_what_was_solved_and_hears_of_more_until_it_is_closed():
    checks.check_fair(45)
    progress, other = Progress(), Progress()
    assert progress.solved == ["fair"]
    checks.check_fair(45)
    checks.check_chance(1 / 32)
    assert progress.solved == other.solved == ["chance", "fair"]
    checks.check_baseline.solution(1 / 6)
    checks.check_baseline(0)
    assert progress.solved == ["chance", "fair"]
    progress.close()
    checks.check_baseline(1 / 6)
    assert progress.solved == ["chance", "fair"]
    assert other.solved == Progress().solved == ["baseline", "chance", "fair"]
    progress.close()
    other.close()
    checks.check_apart(0.98**200)
    assert other.solved == ["baseline", "chance", "fair"]


def test_what_the_front_end_gets_is_the_course_and_what_is_solved():
    progress = Progress()
    checks.check_fair(45)
    sent = {name: progress.get_state()[name] for name in ("course", "solved")}
    assert sent == dict(course=progress.course, solved=["fair"])
    assert json.loads(json.dumps(sent)) == sent


def test_it_is_stored_as_a_widget_a_card_and_a_sentence():
    progress = Progress()
    data, metadata = progress._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == progress.model_id
    count = sum(len(names) for names in progress.course.values())
    said = f"Progress: {count} exercises and puzzles in {len(NOTEBOOKS)} lessons"
    assert data["text/plain"] == repr(progress) == metadata["image/png"]["alt"] == said
    lines = [f"Lesson {number}: {len(names)}" for number, names in progress.course.items()]
    title = "Exercises and puzzles, which count here as you solve them"
    card = pictures.png(pictures.card(title, lines))
    assert base64.b64decode(data["image/png"], validate=True) == card
    checks.check_fair(45)
    assert progress._repr_mimebundle_()[0]["image/png"] == data["image/png"]


def test_the_script_is_a_module_without_a_syntax_error(node, tmp_path):
    script = tmp_path / "progress.mjs"
    script.write_text((PACKAGE / "progress.js").read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run([node, "--check", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- in a browser, on a page that has the widgets and no kernel

KEY = "lstm-lessons: solved"
PAGE = """<!doctype html>
<meta charset="utf-8"><link rel="icon" href="data:,"><link rel="stylesheet" href="console.css">
<script type="module">
import gateConsole from "./console.js";
import progress from "./progress.js";

class Model extends EventTarget {
  constructor(state) { super(); this.state = state; }
  get(name) { return this.state[name]; }
  set(changes) {
    Object.assign(this.state, changes);
    for (const name in changes) this.dispatchEvent(new Event(`change:${name}`));
  }
  save_changes() {}
  on(names, heard) { for (const name of names.split(" ")) this.addEventListener(name, heard); }
  off(names, heard) { for (const name of names.split(" ")) this.removeEventListener(name, heard); }
}

window.show = (kind, state) => {
  const el = document.body.appendChild(document.createElement("div")), model = new Model(state);
  window.model = model;
  window.leave = (kind === "console" ? gateConsole : progress).render({ model, el });
};
</script>"""
FORBID = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("not here", "SecurityError"); },
});"""
KEEP = """([key, names]) => {
    localStorage.setItem(key, JSON.stringify(names));
    dispatchEvent(new Event("lstm-lessons-solved"));
}"""


class Reader:
    """A page with the course on it, in a browser that begins with nothing kept."""

    def __init__(self, context, url, errors):
        self.context, self.url, self.errors = context, url, errors
        self.page = context.new_page()
        self.page.on("pageerror", lambda error: errors.append(str(error)))
        self.page.on("console", lambda m: m.type == "error" and errors.append(m.text))
        self.page.goto(url)  # until its script has run

    def another(self):
        """Another page in the same browser."""
        return Reader(self.context, self.url, self.errors)

    def show(self, widget):
        kind = "console" if isinstance(widget, GateConsole) else "progress"
        state = {k: v for k, v in widget.get_state().items() if not k.startswith("_")}
        self.page.evaluate("(given) => show(...given)", [kind, json.loads(json.dumps(state))])

    def keep(self, *names):
        """As a puzzle on this page does it."""
        self.page.evaluate(KEEP, [KEY, names])

    def kept(self):
        return json.loads(self.page.evaluate("(key) => localStorage.getItem(key)", KEY) or "[]")

    def sees(self, **solved):
        """Wait until these counts, as lesson_4=1, and no others are shown, in words and in dots."""
        course, total = Progress().course, sum(solved.values())
        rows = self.page.locator(".how-far li")
        for number, names in course.items():
            done = solved.get(f"lesson_{number}", 0)
            row = rows.filter(has_text=f"Lesson {number}: {done} of {len(names)} solved")
            row.wait_for()
            assert row.locator("i").count() == len(names)
            assert row.locator("i.done").count() == done
        count = sum(len(names) for names in course.values())
        said = self.page.locator(".how-far p").text_content()
        assert rows.count() == len(course)
        assert said.startswith(f"{total} of {count} exercises and puzzles solved.")


@pytest.fixture(scope="module")
def browser(chromium):
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def url(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("progress")
    for name in ("progress.js", "console.js", "console.css"):
        text = (PACKAGE / name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    return f"{serve(folder)}/index.html"


@pytest.fixture
def open_page(browser, url):
    contexts, errors = [], []

    def open_page(script=""):
        contexts.append(browser.new_context(reduced_motion="reduce"))
        contexts[-1].set_default_timeout(10_000)
        contexts[-1].add_init_script(script)
        return Reader(contexts[-1], url, errors)

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def reader(open_page):
    return open_page()


@pytest.mark.browser
def test_what_the_browser_has_kept_and_what_the_kernel_knows_are_counted_together(reader):
    reader.keep("lstm hold", "lstm count", "fair", "an exercise of another year")
    checks.check_fair(45)
    checks.check_chance(1 / 32)
    reader.show(Progress())
    reader.sees(lesson_4=2, lesson_7=1, lesson_8=1)
    assert sorted(reader.kept()) == sorted(
        ["lstm hold", "lstm count", "fair", "an exercise of another year", "chance"]
    )


@pytest.mark.browser
def test_an_exercise_counts_as_soon_as_the_kernel_has_it_and_is_kept_without_the_kernel(reader):
    reader.show(Progress())
    reader.sees()
    reader.page.evaluate("model.set({ solved: ['fair', 'hump'] })")
    reader.sees(lesson_2=1, lesson_7=1)
    assert sorted(reader.kept()) == ["fair", "hump"]
    later = reader.another()
    later.show(Progress())
    later.sees(lesson_2=1, lesson_7=1)


@pytest.mark.browser
def test_a_puzzle_counts_as_soon_as_this_page_or_another_one_notes_it(reader):
    reader.show(Progress())
    reader.sees()
    reader.keep("lstm latch")
    reader.sees(lesson_4=1)
    other = reader.another()
    other.keep("lstm latch", "gru hold")
    reader.sees(lesson_4=1, lesson_6=1)


@pytest.mark.browser
def test_a_progress_that_has_left_the_page_draws_no_more(reader):
    reader.show(Progress())
    reader.page.evaluate("leave()")
    reader.keep("lstm latch")
    reader.page.evaluate("model.set({ solved: ['fair'] })")
    reader.page.evaluate("dispatchEvent(new StorageEvent('storage'))")
    reader.sees()
    assert reader.kept() == ["lstm latch"]


@pytest.mark.browser
def test_where_nothing_may_be_kept_the_kernel_s_exercises_still_count(open_page):
    reader = open_page(FORBID)
    checks.check_fair(45)
    reader.show(Progress())
    reader.sees(lesson_7=1)
    reader.page.evaluate("model.set({ solved: ['fair', 'chance'] })")
    reader.sees(lesson_7=1, lesson_8=1)


def solve_hold(page):
    """The console's first puzzle, by keyboard."""
    for gate, key in [("f", "End"), ("i", "Home")]:
        for step in range(1, 13):
            page.locator(f"[data-lane='{gate}'][data-step='{step}']").press(key)
    assert "Solved" not in page.locator(".gc-score").text_content()
    page.locator("[data-lane='i'][data-step='2']").press("End")
    assert "Score 100 · Solved" in page.locator(".gc-score").text_content()


@pytest.mark.browser
def test_a_puzzle_that_is_solved_by_keyboard_is_noted_and_counts_on_its_page(reader):
    reader.keep("fair")
    reader.show(Progress())
    reader.show(GateConsole(goal="hold"))
    reader.sees(lesson_7=1)
    assert reader.kept() == ["fair"]
    solve_hold(reader.page)
    assert reader.kept() == ["fair", "lstm hold"]
    reader.sees(lesson_7=1, lesson_4=1)
    reader.page.keyboard.press("Home")  # spoilt, and solved once more
    reader.page.keyboard.press("End")
    assert reader.kept() == ["fair", "lstm hold"]


@pytest.mark.browser
def test_a_puzzle_can_be_solved_where_nothing_may_be_kept(open_page):
    reader = open_page(FORBID)
    reader.show(GateConsole(goal="hold"))
    solve_hold(reader.page)


@pytest.mark.browser
def test_a_console_without_a_goal_notes_nothing(reader):
    reader.show(GateConsole("lstm"))
    for step in range(1, 13):
        reader.page.locator(f"[data-lane='f'][data-step='{step}']").press("End")
    assert reader.kept() == []
