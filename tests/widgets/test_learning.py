"""Stories and training in the page, run in node: what it tells and learns is what Python would."""

import numpy as np
import pytest

from lstm_lessons import LSTM, Readout, Stack, tasks, train
from lstm_lessons.widgets.learning import learning, weights_text

ASKED = """
export function tell({ grammar, seed, count }) {
  const stories = new Stories(grammar, seed);
  return Array.from({ length: count }, () => stories.tell());
}
export function learn({ text, sizes, learning, until, lr }) {
  const training = new Training(unpack(text, sizes), learning, lr);
  const read = [];
  const another = training.another.bind(training);
  training.another = () => {
    read.push(another());
    return read.at(-1);
  };
  training.until = until;
  while (!training.atRest) training.advance(50);
  return { history: training.history, read, unseen: [...training.unseen.values()] };
}
"""
SIZES = dict(D=len(tasks.WORDS), H=16, K=len(tasks.CITIES))


@pytest.fixture(scope="module")
def page(in_node):
    return in_node("learning", ASKED)


def chrono():
    """As lesson 8 starts a network."""
    rng = np.random.default_rng(1)
    return Stack([LSTM(len(tasks.WORDS), 16, rng, chrono=40), Readout(16, len(tasks.CITIES), rng)])


@pytest.fixture(scope="module")
def course():
    return learning(chrono())


def told(story):
    """The page's story in words, and its answer."""
    return [tasks.WORDS[place] for place in story["words"]], tasks.CITIES[story["answer"]]


def is_by_the_grammar(words, answer):
    """Whether `tasks.story` can tell this, and ask for this answer."""
    begin, end, cities = tasks.STORIES["city"]
    lines = [" ".join(words[k : k + 5]) for k in range(0, 30, 5)]
    frames = [[text.format(who=who, answer=answer) for text in (begin, end)] for who in tasks.NAMES]
    framed = [lines[1], lines[5]] in frames
    return framed and answer in cities and {lines[0], *lines[2:5]} <= set(tasks.FILLERS)


def test_python_s_own_stories_are_by_the_grammar_and_what_is_changed_is_not():
    words, answer = tasks.story(3, np.random.default_rng(0))
    assert is_by_the_grammar(words, answer)
    assert not is_by_the_grammar(words, "Rome" if answer != "Rome" else "Paris")
    for k in range(len(words)):
        assert not is_by_the_grammar([*words[:k], "Rome", *words[k + 1 :]], "Paris"), k


def test_the_page_s_stories_are_by_python_s_grammar_and_all_of_it_comes(page, course):
    stories = [told(story) for story in page("tell", grammar=course["grammar"], seed=3, count=3000)]
    assert all(is_by_the_grammar(words, answer) for words, answer in stories)
    counts = [np.unique(values, return_counts=True)[1] for values in parts(stories)]
    assert [len(count) for count in counts] == [32, 4, 8, 8, 8, 8]
    for count in counts:  # five standard deviations
        mean = 3000 / len(count)
        assert np.all(np.abs(count - mean) < 5 * np.sqrt(mean)), count
    assert len({" ".join(words) for words, _ in stories}) > 2900


def parts(stories):
    """Of all stories: the answers, the names, and the four sentences that do not matter."""
    yield [answer for _, answer in stories]
    for first, last in [(5, 6), (0, 5), (10, 15), (15, 20), (20, 25)]:
        yield [" ".join(words[first:last]) for words, _ in stories]


def test_a_seed_gives_the_same_stories_again_and_another_one_others(page, course):
    one, again, other = (
        page("tell", grammar=course["grammar"], seed=s, count=5) for s in (1, 1, 2)
    )
    assert one == again != other


def test_a_training_reads_no_story_that_it_is_judged_by(page, course):
    few = course["grammar"] | {"fillers": tasks.FILLERS[:2], "names": ["Ana"]}  # 512 stories in all
    given = dict(text=course["first"], sizes=SIZES, until=20, lr=0.01)
    there = page("learn", learning=course | {"grammar": few}, **given)
    read, unseen = ({tuple(story["words"]) for story in there[name]} for name in ("read", "unseen"))
    assert len(there["read"]) == 20 * 32 and len(unseen) == 256
    assert read and not read & unseen
    assert [judged["steps"] for judged in there["history"]] == [0, 20]


def test_a_judgement_is_what_python_computes_on_the_same_stories(page, course):
    given = dict(text=course["first"], sizes=SIZES, until=0, lr=0.01)
    there = page("learn", learning=course, **given)
    xs = tasks.one_hot([told(story)[0] for story in there["unseen"]])
    answers = np.array([story["answer"] for story in there["unseen"]])
    trace = chrono().forward(xs)
    loss, _, accuracy = train.cross_entropy(trace.y, answers)
    [judged] = there["history"]
    assert judged["loss"] == pytest.approx(loss, abs=1e-9) and judged["right"] == accuracy
    np.testing.assert_allclose(judged["kept"], trace.layers[0].f.mean(axis=(0, 1)), atol=1e-9)


def test_the_first_start_is_lesson_8_s_and_the_others_differ_in_their_biases(course):
    assert course["first"] == weights_text(chrono())
    starts = dict(course["starts"])
    assert list(starts) == ["chrono", "forget bias 1", "zeros"]
    assert starts["zeros"] == [0.0] * 64
    assert starts["forget bias 1"] == [0.0] * 16 + [1.0] * 16 + [0.0] * 32
    i, f, *_ = np.split(np.array(starts["chrono"]), 4)
    assert np.all(i == -f) and 0 < f.min() < f.max() < np.log(39)


def test_a_chrono_network_fills_nine_of_ten_new_stories_after_400_steps(page, course):
    given = dict(text=course["first"], sizes=SIZES, until=400, lr=course["rate"])
    last = page("learn", learning=course, **given)["history"][-1]
    assert last["steps"] == 400 and last["right"] > 0.9 and last["loss"] < 0.4


def test_a_long_training_keeps_few_judgements_from_the_first_to_the_last(page, course):
    words = [*"abcdefgh", "x", *tasks.NAMES, *tasks.CITIES]
    short = dict(words=words, fillers=[*"abcdefgh"], begin="{who} {answer}", end="x", count=0)
    rng = np.random.default_rng(0)
    text = weights_text(Stack([LSTM(len(words), 1, rng), Readout(1, len(tasks.CITIES), rng)]))
    sizes = SIZES | {"D": len(words), "H": 1}
    given = dict(text=text, sizes=sizes, until=4100, lr=0.01)
    there = page("learn", learning=course | {"grammar": course["grammar"] | short}, **given)
    steps = [judged["steps"] for judged in there["history"]]
    assert 100 < len(steps) <= 200 and (steps[0], steps[-1]) == (0, 4100)
    assert np.ptp(np.diff(steps)[:-2]) == 0  # at equal distances
