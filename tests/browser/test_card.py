"""A guess's card in a browser: shut until there is a guess, open from then on, and kept."""

import pytest

from lstm_lessons import Guess
from tests.browser.test_kept import FORBIDDEN, FULL, GARBAGE
from tests.hands import until

pytestmark = pytest.mark.browser

WAITS = "The answer appears here when it is computed: run the cells below."


def word():
    return Guess(
        "Does it fade?", {"y": "yes", "n": "no"}, why={"y": "Shares multiply.", "n": "It leaks."}
    )


def times():
    return Guess("How many times?", {10: "less than 10", float("inf"): "10 or more"})


def count():
    why = {6: "That is one short.", 8: "Half of it is gone.", float("inf"): "They do not add up."}
    return Guess("How many?", tolerance=0.5, why=why)


class Asked:
    """A guess on a page and in Python."""

    def __init__(self, desk, guess, kernel=True):
        desk.show(guess, kernel)
        self.guess, self.root = guess, desk.page.locator(".guess").last
        self.button = self.root.locator("button[type=submit]")
        self.show = self.root.get_by_role("button", name="Show me")
        self.verdict = self.root.locator("[aria-live]")

    def says(self, *texts):
        """Wait until the card has these paragraphs under the question, and no others."""
        until(lambda: self.verdict.locator("p").all_text_contents() == list(texts))

    def commit(self, value):
        """Choose or write an answer, and press the button."""
        if self.guess.choices:
            self.root.get_by_label(self.guess.texts[value], exact=True).check()
        else:
            self.root.get_by_role("spinbutton").fill(str(value))
        self.button.click()

    def waits(self, value):
        """Wait until this guess, or none, is on the page and in Python, and no answer yet."""
        said = "" if value is None else f"Your guess: {self.guess.texts.get(value, value)}. {WAITS}"
        until(lambda: (self.verdict.text_content(), self.guess.value) == (said, value))
        assert self.root.locator("input").first.is_disabled() is (value is not None)
        label = "This is my guess" if value is None else "Guess again"
        assert self.button.text_content() == label


@pytest.mark.parametrize(("make", "value"), [(word, "n"), (times, "inf"), (count, 6.5), (count, 0)])
def test_a_guess_is_kept_for_the_next_time_until_it_is_taken_back(desk, make, value):
    first = Asked(desk, make())
    first.commit(value)
    first.waits(value)
    later = Asked(desk.another(), make())
    later.waits(value)
    later.button.click()
    later.waits(None)
    last = Asked(desk.another(), make())
    last.waits(None)
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
        desk.keep(f"{guess.question} (shown)", kept)
        asked = Asked(desk, guess)
        asked.waits(None)
        asked.commit(value)
        asked.waits(value)
        assert desk.kept(guess.question) == value
        desk.page.reload()


def test_a_choice_that_an_older_edition_kept_by_its_text_is_the_same_choice_still(desk):
    desk.keep(word().question, '"no"')
    asked = Asked(desk, word())
    asked.waits("n")
    assert desk.kept(asked.guess.question) == "n"


def test_a_kept_choice_of_an_older_edition_is_no_guess_where_no_kernel_refuses_it(desk):
    desk.keep(word().question, '"maybe"')
    asked = Asked(desk, word(), kernel=False)
    asked.waits(None)


@pytest.mark.parametrize("script", [FORBIDDEN, FULL])
def test_where_the_browser_keeps_nothing_a_guess_is_answered_all_the_same(open_desk, script):
    asked = Asked(open_desk(script), count())
    asked.commit(7)
    asked.waits(7)
    asked.guess.reveal(7)
    asked.says("✓ Right. Computed: 7.", "Half of it is gone.")


@pytest.mark.parametrize("kernel", [True, False])
def test_the_answer_comes_onto_the_page_only_with_a_guess_and_goes_with_it(desk, kernel):
    guess = count()
    with guess.reveal(7):
        print("the secret: 7 steps")
    asked = Asked(desk, guess, kernel)
    assert "secret" not in desk.page.content() and "Half" not in desk.page.content()
    asked.commit(20)
    asked.says("✗ You guessed: 20. Computed: 7.", "They do not add up.", "Half of it is gone.")
    assert asked.verdict.locator("pre").text_content() == "the secret: 7 steps"
    asked.button.click()
    asked.says()
    assert "secret" not in desk.page.content()


def test_a_guess_made_before_the_answer_is_computed_is_answered_when_it_is(desk):
    asked = Asked(desk, word())
    asked.commit("n")
    asked.waits("n")
    asked.guess.reveal("y")
    asked.says("✗ You guessed: no. Computed: yes.", "It leaks.", "Shares multiply.")
    asked.guess.reveal("n")
    asked.says("✓ Right. Computed: no.", "It leaks.")


@pytest.mark.parametrize(
    ("guess", "right"), [(6.5, True), (7.5, True), (6.49, False), (7.51, False), (-7, False)]
)
def test_a_number_is_right_within_its_tolerance(desk, guess, right):
    asked = Asked(desk, count())
    asked.guess.reveal(7)
    asked.commit(guess)
    until(lambda: asked.verdict.text_content() != "")
    assert asked.verdict.text_content().startswith("✓ Right." if right else "✗ You guessed:")


def test_a_number_in_a_range_is_right_if_it_is_the_computed_one_s(desk):
    asked = Asked(desk, times())
    asked.guess.reveal(12.3)
    asked.commit("10")
    asked.says("✗ You guessed: less than 10. Computed: 12.3, that is 10 or more.")


def test_who_does_not_guess_is_shown_the_answer_and_stays_so(desk):
    asked = Asked(desk, word())
    asked.show.click()
    asked.says(WAITS)
    asked.guess.reveal("y")
    asked.says("Computed: yes.", "Shares multiply.")
    assert asked.guess.value is None and not asked.show.is_visible()
    again = Asked(desk.another(), word())
    again.guess.reveal("y")
    again.says("Computed: yes.", "Shares multiply.")
    again.button.click()
    again.says()
    assert again.show.is_visible()


@pytest.mark.parametrize(("make", "asks"), [(word, "Choose one"), (count, "Write a number")])
def test_without_a_guess_the_button_says_what_is_missing(desk, make, asks):
    asked = Asked(desk, make())
    asked.button.click()
    until(lambda: asks in asked.verdict.text_content())
    assert asked.guess.value is None


def test_the_keys_alone_do_it_and_the_focus_is_on_the_verdict_then(desk):
    asked = Asked(desk, count())
    asked.guess.reveal(7)
    asked.root.get_by_role("spinbutton").focus()
    desk.page.keyboard.type("7")
    desk.page.keyboard.press("Enter")
    asked.says("✓ Right. Computed: 7.", "Half of it is gone.")
    assert desk.page.evaluate("document.activeElement.textContent").startswith("✓ Right.")
