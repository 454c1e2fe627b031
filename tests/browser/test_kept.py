"""Puzzles and progress on a page, and what the reader's browser keeps of them."""

import json

import pytest

from lstm_lessons import GateConsole, Progress
from lstm_lessons.course import lesson_7, lesson_8
from lstm_lessons.widgets.progress import course
from tests.hands import Hand, until
from tests.puzzles import HELD, lane

pytestmark = pytest.mark.browser

GARBAGE = ["", "not json", "{}", "null", '"nonsense"', '{"length": 1}', "[null, 3]"]
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("not here", "SecurityError"); },
});"""
FULL = """Storage.prototype.setItem = () => {
    throw new DOMException("no more", "QuotaExceededError");
};"""


# --- progress


def counts(desk, **solved):
    """Wait until these counts, as lesson_4=1, and no others are shown, in words and in dots."""
    rows, lessons = desk.page.locator(".how-far li"), course()
    due = [solved.get(f"lesson_{number}", 0) for number in range(1, len(lessons) + 1)]
    of = [len(lesson["names"]) for lesson in lessons]
    said = [
        f"{number} · {lesson['title']}{done} of {all_}"
        for number, (lesson, done, all_) in enumerate(zip(lessons, due, of, strict=True), 1)
    ]
    until(lambda: rows.all_text_contents() == said)
    for row, done, all_ in zip(rows.all(), due, of, strict=True):
        assert (row.locator("i").count(), row.locator("i.done").count()) == (all_, done)
    total = desk.page.locator(".how-far p").text_content()
    assert total.startswith(f"{sum(due)} of {sum(of)} exercises and puzzles solved. ")


def note(desk, *names):
    """As a puzzle on this page does it."""
    script = """(names) => {
        localStorage.setItem("lstm-lessons: solved", JSON.stringify(names));
        dispatchEvent(new Event("lstm-lessons-solved"));
    }"""
    desk.page.evaluate(script, names)


def test_what_the_browser_has_kept_and_what_the_kernel_knows_are_counted_together(desk, capsys):
    note(desk, "lstm hold", "lstm count", "fair", "an exercise of another year")
    lesson_7.fair.check(45)
    lesson_8.chance.check(1 / 32)
    desk.show(Progress())
    counts(desk, lesson_4=2, lesson_7=1, lesson_8=1)
    said = desk.page.locator(".how-far p").text_content()
    assert said.endswith("keeps the count, for this address alone; nobody else sees it.")
    kept = ["lstm hold", "lstm count", "fair", "an exercise of another year", "chance"]
    assert desk.kept("solved") == kept


def test_an_exercise_counts_at_once_and_another_day_and_without_a_kernel(desk, capsys):
    desk.show(Progress())
    counts(desk)
    lesson_7.fair.check(45)
    counts(desk, lesson_7=1)
    assert desk.kept("solved") == ["fair"]
    later = desk.another()
    later.show(Progress(), kernel=False)
    counts(later, lesson_7=1)


def test_who_has_never_run_its_cell_is_told_to(desk):
    desk.show(Progress(), kernel=False)
    said = desk.page.locator(".how-far").inner_text()
    assert said == "Run this cell to see how far you are."


def test_a_puzzle_counts_as_soon_as_this_page_or_another_one_notes_it(desk):
    desk.show(Progress())
    note(desk, "lstm latch")
    counts(desk, lesson_4=1)
    note(desk.another(), "lstm latch", "gru hold")
    counts(desk, lesson_4=1, lesson_6=1)


def test_a_progress_that_has_left_the_page_draws_no_more(desk, capsys):
    progress = Progress()
    desk.show(progress)
    counts(desk)
    desk.leave(progress)
    note(desk, "lstm latch")
    lesson_7.fair.check(45)
    desk.page.evaluate("dispatchEvent(new StorageEvent('storage'))")
    counts(desk)
    assert desk.kept("solved") == ["lstm latch"]


def test_whatever_the_browser_has_kept_exercises_and_puzzles_still_count(desk, capsys):
    lesson_7.fair.check(45)
    for kept in [*GARBAGE, "5", "[[]]", '[{"title": "of another year"}]']:
        for name in ("solved", "course"):
            desk.keep(name, kept)
        desk.show(Progress())
        counts(desk, lesson_7=1)
        puzzle = GateConsole(goal="hold")
        desk.show(puzzle)
        puzzle.forget, puzzle.input = HELD["forget"], HELD["input"]
        counts(desk, lesson_7=1, lesson_4=1)
        desk.page.reload()


# --- the way to another lesson

BESIDE = {  # where a notebook is open: where the second lesson is then, and its path on the server
    "/lab/tree/my/01_sequences.ipynb?reset": ("/lab/tree/my/02_rnn_limits.ipynb?reset", "my/"),
    "/lab/workspaces/a/tree/01_sequences.ipynb": ("/lab/workspaces/a/tree/02_rnn_limits.ipynb", ""),
    "/hub/doc/tree/my%20own/x.ipynb#a": ("/hub/doc/tree/my%20own/02_rnn_limits.ipynb", "my own/"),
    "/notebooks/01_sequences.ipynb": ("/notebooks/02_rnn_limits.ipynb", ""),
    "/lite/notebooks/index.html?path=01_sequences.ipynb": (
        "/lite/notebooks/index.html?path=02_rnn_limits.ipynb",
        "",
    ),
}


@pytest.mark.parametrize("address", BESIDE)
def test_a_row_leads_to_its_notebook_beside_the_one_that_is_open(desk, address):
    desk.page.evaluate("(to) => history.replaceState(null, '', to)", address)
    desk.show(Progress())
    counts(desk)
    beside, folder = BESIDE[address]
    link = desk.page.get_by_role("link", name="2 · Why an RNN forgets")
    assert link.evaluate("(a) => a.href") == desk.url.replace("/index.html", beside)
    assert link.get_attribute("data-commandlinker-command") == "docmanager:open"
    opened = json.loads(link.get_attribute("data-commandlinker-args"))
    assert opened == {"path": f"{folder}02_rnn_limits.ipynb"}
    links = desk.page.locator(".how-far a")
    lesson = "01_sequences" in address  # which does not lead to itself
    assert links.count() == len(course()) - lesson
    assert desk.kept("last lesson") == ("01_sequences" if lesson else None)


def test_on_the_site_a_row_leads_to_the_lesson_s_page(desk):
    state = {"solved": [], "live": "where the lesson runs"}
    desk.page.evaluate("(state) => show('progress', 'site', state)", state)
    told = ["site", {"method": "custom", "content": course()}]
    desk.page.evaluate("(told) => fromPython(...told)", told)
    counts(desk)
    hrefs = [link.get_attribute("href") for link in desk.page.locator(".how-far a").all()]
    assert hrefs == [f"{lesson['notebook']}.html" for lesson in course()]


def test_where_a_notebook_has_no_address_the_rows_are_no_links(desk):
    desk.show(Progress())
    counts(desk)
    assert desk.page.locator(".how-far a").count() == 0


# --- a puzzle


GATES = {"forget": lane(0.81), "input": lane(0.25), "output": lane(0.5)}


def shows(hand, console, gates):
    """Wait until the bars and Python have these values."""
    letters = {row["trait"]: row["letter"] for row in console.lanes}
    due = {trait: list(row) for trait, row in gates.items()}
    until(lambda: {trait: hand.values(letters[trait]) for trait in due} == due)
    until(lambda: hand.values("f") and all(list(console.values[t]) == due[t] for t in due))


def test_a_puzzle_s_bars_are_there_again_after_a_reload_until_they_are_reset(desk):
    hand = desk.hand(GateConsole(goal="hold"))
    for trait, key in [("f", "End"), ("i", "Home")]:
        for step in range(1, 13):
            hand.bar(trait, step).press(key)
    hand.bar("i", 2).press("End")
    until(lambda: desk.kept("bars lstm hold") == HELD | dict(output=lane(0.5)))
    desk.page.reload()
    again = GateConsole(goal="hold")
    hand = desk.hand(again)
    shows(hand, again, HELD)
    assert again.score == 100
    assert hand.root.locator(".gc-score").text_content() == "Score 100 · Solved ✓"
    other = GateConsole("gru", goal="hold")
    desk.show(other)
    assert other.values == GateConsole("gru", goal="hold").values
    hand.button("Reset").click()
    until(lambda: desk.kept("bars lstm hold") is None)
    desk.page.reload()
    fresh = GateConsole(goal="hold")
    hand = desk.hand(fresh)
    shows(hand, fresh, GateConsole(goal="hold").values)
    assert hand.button("Undo").is_disabled()


def test_a_painted_stroke_is_kept_to_its_last_bar(desk):
    hand = desk.hand(GateConsole(goal="hold"))
    hand.drag(("f", 1, 0.9), ("f", 6, 0.9), ("f", 12, 0.9), moves=20)
    painted = hand.values("f")
    assert len(set(painted)) == 1 != len(set([*painted, 0.5]))
    until(lambda: (desk.kept("bars lstm hold") or {}).get("forget") == painted)
    desk.page.reload()
    again = GateConsole(goal="hold")
    shows(desk.hand(again), again, {"forget": painted})


def test_kept_bars_can_be_undone_and_do_not_go_over_what_python_has_set(desk):
    desk.keep("bars lstm hold", json.dumps(GATES))
    restored, set_before = GateConsole(goal="hold"), GateConsole(goal="hold")
    set_before.input = lane(0.75)
    hand = desk.hand(restored)
    shows(hand, restored, GATES)
    hand.button("Undo").click()
    shows(hand, restored, GateConsole(goal="hold").values)
    desk.leave(restored)
    desk.page.locator(".gc").evaluate("(root) => root.remove()")
    shows(desk.hand(set_before), set_before, dict(forget=lane(0.5), input=lane(0.75)))


@pytest.mark.parametrize(
    "kept",
    [
        *GARBAGE,
        json.dumps(GATES | dict(input=lane(0.25)[:11])),
        json.dumps(GATES | dict(input=lane(1.01))),
        json.dumps(GATES | dict(input=lane("0.5"))),
        json.dumps(GATES | dict(input=None)),
        json.dumps({name: GATES[name] for name in ("forget", "input")}),
    ],
)
def test_kept_bars_that_cannot_be_are_as_none(desk, kept):
    desk.keep("bars lstm hold", kept)
    console = GateConsole(goal="hold")
    hand = desk.hand(console)
    shows(hand, console, GateConsole(goal="hold").values)
    assert hand.button("Undo").is_disabled()


def test_a_puzzle_in_another_window_without_a_kernel_is_heard_by_this_one_s(desk):
    console = GateConsole(goal="hold")
    hand, other = desk.hand(console), desk.another()
    other.show(GateConsole(goal="hold"), kernel=False)
    other.page.locator("[data-lane='f'][data-step='3']").press("End")
    shows(hand, console, dict(forget=lane(0.5, {3: 1})))
    hand.button("Undo").click()
    shows(hand, console, dict(forget=lane(0.5)))
    until(lambda: Hand(other.page).values("f") == lane(0.5))


def test_a_given_lane_is_not_kept_and_a_console_without_a_goal_keeps_no_bars(desk):
    desk.hand(GateConsole(goal="hold")).bar("f", 3).press("End")
    until(lambda: desk.kept("bars lstm hold") is not None)
    assert list(desk.kept("bars lstm hold")) == ["forget", "input", "output"]
    plain = GateConsole("memory")
    desk.show(plain)
    desk.page.locator("[data-lane='x'][data-step='3']").press("End")
    until(lambda: desk.kept("bars lstm hold") and plain.x[2] == 1)
    assert desk.page.evaluate("Object.keys(localStorage)") == ["lstm-lessons: bars lstm hold"]


def test_a_puzzle_that_is_solved_by_keyboard_is_noted_once_and_counts_on_its_page(desk):
    note(desk, "fair")
    desk.show(Progress())
    desk.show(GateConsole(goal="hold"))
    score = desk.page.locator(".gc-score")
    for gate, key in [("f", "End"), ("i", "Home")]:
        for step in range(1, 13):
            desk.page.locator(f"[data-lane='{gate}'][data-step='{step}']").press(key)
    counts(desk, lesson_7=1)
    assert desk.kept("solved") == ["fair"] and "Solved" not in score.text_content()
    desk.page.locator("[data-lane='i'][data-step='2']").press("End")
    assert score.text_content() == "Score 100 · Solved ✓"
    counts(desk, lesson_7=1, lesson_4=1)
    for key in ("Home", "End"):  # spoilt, and solved once more
        desk.page.keyboard.press(key)
    assert desk.kept("solved") == ["fair", "lstm hold"]


def test_a_console_without_a_goal_notes_nothing(desk):
    console = GateConsole("lstm")
    hand = desk.hand(console)
    console.forget, console.input = HELD["forget"], HELD["input"]
    assert hand.values("i") == HELD["input"] and desk.kept("solved") is None


@pytest.mark.parametrize("storage", [FORBIDDEN, FULL], ids=["forbidden", "full"])
def test_where_nothing_may_be_kept_everything_else_works(open_desk, storage, capsys):
    desk, puzzle = open_desk(storage), GateConsole(goal="hold")
    lesson_7.fair.check(45)
    desk.show(Progress())
    counts(desk, lesson_7=1)
    said = desk.page.locator(".how-far p").text_content()
    assert said.endswith("Your browser keeps nothing here: the count ends with this page.")
    lesson_8.chance.check(1 / 32)
    counts(desk, lesson_7=1, lesson_8=1)
    hand = desk.hand(puzzle)
    puzzle.forget, puzzle.input = HELD["forget"], HELD["input"]
    assert hand.root.locator(".gc-score").text_content() == "Score 100 · Solved ✓"
