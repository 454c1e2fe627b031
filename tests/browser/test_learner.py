"""A network that learns in the page: its buttons, what is shown of it, and what Python has of it."""

import numpy as np
import pytest

from lstm_lessons import LSTM, NetworkConsole, Readout, Stack, tasks
from lstm_lessons.widgets.learning import learning, weights_text
from tests.hands import until


def untrained(seed=1, units=16, **start):
    rng = np.random.default_rng(seed)
    cell = LSTM(len(tasks.WORDS), units, rng, **start)
    return Stack([cell, Readout(units, len(tasks.CITIES), rng)])


class Learner:
    """The learner's part of a table on a page, and what a reader can do to it."""

    def __init__(self, desk, model):
        self.desk, self.page, self.console = desk, desk.page, NetworkConsole(model, learn=True)
        desk.show(self.console)
        self.root = desk.page.locator(".ln")
        self.sentence, self.live = self.root.locator(".ln-sentence"), self.root.locator(".ln-live")
        self.page.locator("[data-shared-right]").wait_for()
        self.rests(0)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def select(self, name):
        return self.root.get_by_role("combobox", name=name, exact=True)

    def option(self, name):
        return self.select(name).locator("option:checked").text_content()

    @property
    def steps(self):
        count = self.root.locator(".ln-count").inner_text()
        return int(count.split()[0].replace(",", ""))

    @property
    def right(self):
        return float(self.root.get_attribute("data-shared-right"))

    def rests(self, steps=None):
        """Wait until the training stands still and is judged as it stands; the steps it has done."""

        def still():
            before = self.steps
            self.page.wait_for_timeout(200)
            judged = self.sentence.inner_text().startswith(f"After {before:,} ")
            return judged and self.steps == before and steps in (None, before)

        until(still)
        return self.steps

    def presses(self, *names):
        for name in names:
            after = {"Step": self.steps + 1, "Again": 0}.get(name)
            self.button(name).click()
            if name != "Play":
                self.rests(after)


@pytest.fixture
def learner(desk):
    return Learner(desk, untrained(chrono=40))


def test_before_a_button_is_pressed_the_network_is_judged_and_learns_nothing(learner):
    assert (learner.option("Start"), learner.option("Learning rate")) == ("chrono", "0.01")
    assert learner.right < 0.15
    assert learner.button("Play").is_enabled() and learner.button("Pause").is_disabled()
    assert learner.live.inner_text() == ""
    assert weights_text(learner.console.model) == weights_text(untrained(chrono=40))


def test_a_step_is_one_of_adam_by_the_rate_chosen_and_python_has_it(learner):
    before = {name: values.copy() for name, values in learner.console.model.params.items()}
    learner.select("Learning rate").select_option("0.03")
    learner.presses("Step")
    assert learner.steps == 1
    moved = [np.abs(v - before[name]).max() for name, v in learner.console.model.params.items()]
    assert max(moved) == pytest.approx(0.03, rel=1e-3)  # as far as its first step moves any weight
    assert learner.live.inner_text() == learner.sentence.inner_text()


def test_it_learns_while_it_plays_and_python_has_what_it_learned_when_it_pauses(learner):
    learner.select("Learning rate").select_option("0.03")
    learner.presses("Play")
    assert learner.button("Play").is_disabled() and learner.button("Step").is_disabled()
    until(lambda: learner.right > 0.95, seconds=40)
    learner.presses("Pause")
    steps, right = learner.steps, learner.right
    learner.page.wait_for_timeout(500)
    assert learner.steps == steps
    xs, cities = next(tasks.filled_in(3, np.random.default_rng(0), B=500))
    y = learner.console.model.forward(xs).y[-1]
    assert np.mean(y.argmax(axis=1) == cities) == pytest.approx(right, abs=0.06)
    assert (
        f"{steps} steps {right:.0%} of the new stories are right" in learner.sentence.inner_text()
    )
    story = " ".join(learner.console.story)
    assert learner.console.answers[0][0] in story  # the city that it had read
    answer = learner.page.locator("[data-answer]").first
    city, probability = learner.console.answers[0]
    assert answer.get_attribute("data-answer") == city  # the table has the network that has learned
    assert float(answer.get_attribute("data-probability")) == pytest.approx(probability, abs=1e-6)


def test_again_begins_with_the_same_weights_and_the_same_stories(learner):
    learner.presses("Step", "Step", "Step")
    once, right = weights_text(learner.console.model), learner.right
    learner.presses("Again")
    assert learner.steps == 0
    assert weights_text(learner.console.model) == weights_text(untrained(chrono=40)) != once
    learner.presses("Step", "Step", "Step")
    assert weights_text(learner.console.model) == once and learner.right == right


def test_again_while_it_plays_plays_on_from_the_start(learner):
    learner.presses("Play")
    until(lambda: learner.steps > 20)
    learner.page.evaluate(
        """() => {
          window.counts = [];
          const count = document.querySelector(".ln-count");
          const note = () => counts.push(parseInt(count.textContent));
          new MutationObserver(note).observe(count, { childList: true });
        }"""
    )
    learner.button("Again").click()
    until(lambda: learner.page.evaluate("counts.length") > 4)
    learner.presses("Pause")
    counts = learner.page.evaluate("counts")
    since = counts[counts.index(0) :]
    assert since == sorted(since) and since[-1] > 0


def test_another_start_changes_the_biases_and_nothing_else(learner):
    for name, start in [("zeros", {}), ("forget bias 1", {"forget_bias": 1.0})]:
        learner.presses("Step")
        learner.select("Start").select_option(name)
        learner.rests(0)
        chrono, params = untrained(chrono=40).params, learner.console.model.params
        assert np.all(params["0.b"] == untrained(**start).params["0.b"])
        assert all(np.all(params[key] == chrono[key]) for key in chrono if key != "0.b")
    longest = learner.root.get_by_text("Half-lives:")  # f is near 0.73
    assert float(longest.text_content().split()[-2]) < 5


def test_a_network_that_has_another_start_can_begin_again_as_it_was_given(desk):
    given = weights_text(untrained(seed=7, units=4))
    learner = Learner(desk, untrained(seed=7, units=4))
    assert learner.option("Start") == "as given"
    learner.presses("Step", "Again")
    assert weights_text(learner.console.model) == given
    learner.select("Start").select_option("zeros")
    learner.rests(0)
    assert weights_text(learner.console.model) != given
    learner.select("Start").select_option("as given")
    learner.rests(0)
    assert weights_text(learner.console.model) == given


def test_weights_that_python_sets_are_those_it_learns_from_then_on(learner):
    learner.presses("Step", "Step")
    learner.console.weights = weights_text(untrained(seed=3))
    learner.rests(0)
    assert learner.option("Start") == "as given"
    learner.console.weights = learning(learner.console.model)["first"]
    until(lambda: learner.option("Start") == "chrono")
    learner.rests(0)


def test_a_training_that_goes_beyond_all_bounds_says_so_and_keeps_its_last_weights(desk):
    model = untrained(chrono=40)
    model.params["1.V"][...] = 1e308
    model.params["0.b"][...] = 40.0  # all gates open: h is near 1, and V h too large for a number
    learner = Learner(desk, model)
    before = learner.console.weights
    learner.button("Play").click()
    until(lambda: "beyond all bounds at step 1" in learner.sentence.inner_text())
    assert "Try a smaller learning rate, or begin again." in learner.sentence.inner_text()
    until(lambda: learner.button("Play").is_enabled())
    assert learner.steps == 0 and learner.console.weights == before
    learner.select("Start").select_option("chrono")
    learner.rests(0)
    learner.presses("Step")
    assert learner.steps == 1 and "right" in learner.sentence.inner_text()


def test_what_is_shown_changes_less_often_where_less_motion_is_wished(learner):
    watch = """() => {
      const changes = [];
      const count = document.querySelector(".ln-count");
      new MutationObserver(() => changes.push(performance.now())).observe(count, { childList: true });
      return new Promise((done) => setTimeout(() => done(changes.length / 3), 3000));
    }"""
    learner.presses("Play")
    calm = learner.page.evaluate(watch)
    learner.page.emulate_media(reduced_motion="no-preference")
    moving = learner.page.evaluate(watch)
    learner.presses("Pause")
    assert 0.5 < calm < 2.5 < moving


def test_the_page_has_twenty_frames_a_second_and_an_open_ear_while_it_learns(learner):
    learner.page.emulate_media(reduced_motion="no-preference")
    learner.presses("Play")
    gaps = learner.page.evaluate(
        """() => new Promise((done) => {
          const times = [];
          const tick = (now) => times.push(now) < 60 ? requestAnimationFrame(tick) : done(times);
          requestAnimationFrame(tick);
        })"""
    )
    assert np.median(np.diff(gaps)) < 50
    learner.select("Learning rate").select_option("0.001")
    learner.presses("Pause")
    assert learner.option("Learning rate") == "0.001"


def test_all_of_it_is_done_with_keys_and_the_focus_stays_with_the_button_for_the_next(learner):
    keys = learner.page.keyboard
    focused = "document.activeElement.textContent"
    learner.button("Play").focus()
    keys.press("Enter")
    assert learner.page.evaluate(focused) == "Pause"
    until(lambda: learner.steps > 3)
    keys.press("Space")
    assert learner.page.evaluate(focused) == "Play"
    steps = learner.rests()
    keys.press("Tab")
    keys.press("Enter")  # one step
    learner.rests(steps + 1)
    keys.press("Tab")
    keys.press("Enter")  # again
    learner.rests(0)
    keys.press("Tab")
    keys.press("ArrowDown")
    learner.rests(0)
    assert learner.option("Start") == "forget bias 1"


def test_who_takes_it_off_the_page_ends_the_training(learner):
    learner.presses("Play")
    until(lambda: learner.steps > 3)
    learner.desk.leave(learner.console)
    steps = learner.steps
    learner.page.wait_for_timeout(500)
    assert learner.steps == steps


@pytest.mark.parametrize("width", [390, 784, 1400])
def test_it_fits_the_page_and_a_finger(learner, width):
    learner.page.set_viewport_size({"width": width, "height": 800})
    learner.presses("Step")
    assert learner.page.evaluate("document.documentElement.scrollWidth") <= width
    box = learner.root.bounding_box()
    for part in learner.root.locator("button, select, svg, svg text").all():
        inside = part.bounding_box()
        assert inside["x"] >= box["x"] - 1, part
        assert inside["x"] + inside["width"] <= box["x"] + box["width"] + 1, part.text_content()
    for control in learner.root.locator("button, select").all():
        assert control.bounding_box()["height"] >= 28
