"""Guesses, puzzles and progress on a page, and what the reader's browser keeps of them."""

import pytest

from lstm_lessons import GateConsole, Guess, Progress
from lstm_lessons.course import lesson_7, lesson_8
from lstm_lessons.widgets.progress import course
from tests.hands import until
from tests.puzzles import HELD

pytestmark = pytest.mark.browser

GARBAGE = ["", "not json", "{}", "null", '"nonsense"', '{"length": 1}', "[null, 3]"]
FORBIDDEN = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("not here", "SecurityError"); },
});"""
FULL = """Storage.prototype.setItem = () => {
    throw new DOMException("no more", "QuotaExceededError");
};"""


# --- a guess


def word():
    return Guess("Does it fade?", {"y": "yes", "n": "no"})


def times():
    return Guess("How many times?", {10: "less than 10", float("inf"): "10 or more"})


def count():
    return Guess("How many?")


class Asked:
    """A guess on a page and in Python."""

    def __init__(self, desk, guess):
        desk.show(guess)
        self.guess, self.root = guess, desk.page.locator(".guess").last
        self.button = self.root.get_by_role("button")
        self.answer = self.root.locator("details")

    def commit(self, value):
        """Choose or write an answer, and press the button."""
        assert self.button.is_disabled()
        if self.guess.choices:
            self.root.get_by_label(self.guess.texts[value], exact=True).check()
        else:
            self.root.get_by_role("spinbutton").fill(str(value))
        self.button.click()
        self.shows(value)

    def shows(self, value):
        """Wait until this guess, or none, is on the page and in Python."""
        text = self.guess.texts.get(value, value)
        said = "" if value is None else f"Your guess: {text}. It is kept; now go and see."
        shown = self.root.locator("[aria-live]")
        until(lambda: (shown.text_content(), self.guess.value) == (said, value))
        assert self.root.locator("input").first.is_disabled() is (value is not None)
        label = "This is my guess" if value is None else "Guess again"
        assert self.button.text_content() == label


@pytest.mark.parametrize(("make", "value"), [(word, "n"), (times, "inf"), (count, 6.5), (count, 0)])
def test_a_guess_is_kept_for_the_next_time_until_it_is_taken_back(desk, make, value):
    Asked(desk, make()).commit(value)
    later = Asked(desk.another(), make())
    later.shows(value)
    later.button.click()
    later.shows(None)
    last = Asked(desk.another(), make())
    last.shows(None)
    assert desk.kept(last.guess.question) is None
    desk.page.reload()
    Asked(desk, make()).commit(value)


@pytest.mark.parametrize(
    ("make", "value", "wrong"),
    [(word, "y", ['"maybe"', "5"]), (times, "10", ["10"]), (count, 7, ['"yes"'])],
)
def test_what_was_kept_and_is_no_answer_now_is_left_alone(desk, make, value, wrong):
    for kept in GARBAGE + wrong:
        guess = make()
        desk.keep(guess.question, kept)
        asked = Asked(desk, guess)
        asked.shows(None)
        asked.commit(value)
        assert desk.kept(guess.question) == value
        desk.page.reload()


def test_a_choice_that_an_older_edition_kept_by_its_text_is_the_same_choice_still(desk):
    desk.keep(word().question, '"no"')
    asked = Asked(desk, word())
    asked.shows("n")
    assert desk.kept(asked.guess.question) == "n"


def test_a_kept_choice_of_an_older_edition_is_no_guess_where_no_kernel_refuses_it(desk):
    guess = word()
    desk.keep(guess.question, '"maybe"')
    desk.show(guess, kernel=False)
    root = desk.page.locator(".guess")
    assert root.locator("[aria-live]").text_content() == ""
    assert root.get_by_role("button").text_content() == "This is my guess"


def test_the_computed_answer_is_shown_once_there_is_a_guess(desk, capsys):
    asked = Asked(desk, count())
    asked.guess.reveal(7)
    assert not asked.answer.is_visible()
    asked.commit(6.5)
    assert asked.answer.is_visible() and not asked.answer.locator("p").is_visible()
    asked.answer.locator("summary").click()
    assert asked.answer.locator("p").text_content() == "7"
    asked.button.click()
    asked.shows(None)
    assert not asked.answer.is_visible()


# --- progress


def counts(desk, **solved):
    """Wait until these counts, as lesson_4=1, and no others are shown, in words and in dots."""
    rows, names = desk.page.locator(".how-far li"), course()
    due = [solved.get(f"lesson_{number}", 0) for number in range(1, len(names) + 1)]
    said = [
        f"Lesson {number}: {done} of {len(lesson)} solved"
        for number, (done, lesson) in enumerate(zip(due, names, strict=True), 1)
    ]
    until(lambda: rows.all_text_contents() == said)
    for row, done, lesson in zip(rows.all(), due, names, strict=True):
        assert (row.locator("i").count(), row.locator("i.done").count()) == (len(lesson), done)
    total = desk.page.locator(".how-far p").text_content()
    of = sum(map(len, names))
    assert total.startswith(f"{sum(due)} of {of} exercises and puzzles solved.")


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
    for kept in [*GARBAGE, "5", "[[]]"]:
        for name in ("solved", "course"):
            desk.keep(name, kept)
        desk.show(Progress())
        counts(desk, lesson_7=1)
        puzzle = GateConsole(goal="hold")
        desk.show(puzzle)
        puzzle.forget, puzzle.input = HELD["forget"], HELD["input"]
        counts(desk, lesson_7=1, lesson_4=1)
        desk.page.reload()


# --- a puzzle


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
    lesson_8.chance.check(1 / 32)
    counts(desk, lesson_7=1, lesson_8=1)
    hand = desk.hand(puzzle)
    puzzle.forget, puzzle.input = HELD["forget"], HELD["input"]
    assert hand.root.locator(".gc-score").text_content() == "Score 100 · Solved ✓"
    for make, value in [(word, "n"), (count, 6.5)]:
        asked = Asked(desk, make())
        asked.commit(value)
        asked.button.click()
        asked.shows(None)
