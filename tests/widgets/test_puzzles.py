"""The console's puzzles: what solves them and what does not."""

import nbformat
import numpy as np
import pytest

from lstm_lessons import GateConsole
from lstm_lessons.widgets.presets import GOALS, LANES
from scripts.jupyter import NOTEBOOKS
from tests.puzzles import HELD, ONCE, PUZZLES, SOLUTIONS, WAYS, console_with, lane

WRONG = [
    ("memory", "half-life", dict(forget=lane(0.5))),  # half after every step
    ("memory", "half-life", dict(forget=lane(1, {4: 0.5}))),  # once only
    ("lstm", "hold", HELD | dict(input=lane(1))),  # the door left open
    ("lstm", "hold", HELD | dict(forget=lane(0.95))),  # a small leak
    ("lstm", "forget on cue", HELD),
    ("lstm", "forget on cue", dict(forget=lane(1, {9: 0}), input=ONCE)),  # a step late
    ("lstm", "forget on cue", HELD | dict(input=lane(0, {2: 1, 7: 1}))),  # 0.8 - 0.8 = 0
    ("lstm", "write-hold-read", HELD | dict(output=lane(1))),
    ("lstm", "write-hold-read", HELD | dict(output=lane(0, {9: 1}))),
    (  # 0.5 + 0.3 in the place of 0.8
        *("lstm", "write-hold-read"),
        dict(forget=lane(1), input=lane(0, {4: 1, 8: 1}), output=lane(0, {10: 1})),
    ),
    ("lstm", "latch", dict(forget=lane(1, {10: 0}), input=lane(0, {3: 1, 7: 1}))),  # 1 - 1 = 0
    ("lstm", "latch", dict(forget=lane(1, {7: 0}), input=lane(0, {3: 1, 7: 1}))),  # not cleared
    ("lstm", "count", dict(forget=lane(1), input=lane(1), output=lane(0, {12: 1}))),
    ("lstm", "count", SOLUTIONS["lstm", "count"] | dict(output=lane(1))),
    ("lstm", "running mean", dict(forget=lane(0.75), input=lane(0.25))),
    ("lstm", "running mean", dict(forget=lane(1), input=lane(1 / 12))),  # right at the last only
    ("gru", "hold", dict(reset=lane(1), update=lane(0.5, {2: 1}))),
    ("gru", "hold", dict(reset=lane(1), update=lane(0))),
]


@pytest.mark.parametrize(("cell", "goal"), PUZZLES)
def test_a_goal_starts_at_0_and_can_be_reached_with_bars_as_a_hand_sets_them(cell, goal):
    start = GateConsole(cell, goal=goal)
    reached, asked = start.reached
    assert start.score == 0 and reached < asked
    solution = SOLUTIONS[cell, goal]
    rounded = {name: np.round(values, 2) for name, values in solution.items()}
    for solved in (console_with(cell, gates, goal) for gates in (solution, rounded)):
        assert (solved.score, solved.reached) == (100, (asked, asked))


@pytest.mark.parametrize(("cell", "goal"), PUZZLES)
def test_the_score_rises_with_every_stroke_on_the_natural_way_to_a_solution(cell, goal):
    way = WAYS[cell, goal]
    ways = [way]
    if cell == "lstm" and goal != "count":
        ways.append([way[1], way[0], *way[2:]])  # the two gates in the other order
    for strokes in ways:
        console = GateConsole(cell, goal=goal)
        scores = [console.score]
        for stroke in strokes:
            for trait, values in stroke.items():
                setattr(console, trait, values)
            scores.append(console.score)
        assert scores[0] == 0 and scores[-1] == 100
        assert np.all(np.diff(scores) >= 3), scores


def test_a_wrong_bar_costs_points_for_its_own_step_though_all_boxes_after_it_are_missed():
    solved = SOLUTIONS["lstm", "hold"]
    leaky = [console_with("lstm", solved | dict(forget=lane(1, {t: 0})), "hold") for t in (3, 12)]
    assert [console.reached for console in leaky] == [(2, 12), (11, 12)]
    assert leaky[0].score == leaky[1].score > 80


@pytest.mark.parametrize(("cell", "goal", "values"), WRONG)
def test_a_plausible_wrong_answer_does_not_reach_the_goal(cell, goal, values):
    console = console_with(cell, values, goal)
    assert 0 <= console.score < 100 and console.reached < (console.reached[1],) * 2


@pytest.mark.parametrize(("cell", "goal"), PUZZLES)
def test_all_gates_alike_do_not_reach_a_goal(cell, goal):
    given = GateConsole(cell, goal=goal).goal["given"]
    free = [lane.trait for lane in LANES[cell] if lane.trait not in given]
    for value in (0, 0.5, 1):
        assert console_with(cell, dict.fromkeys(free, lane(value)), goal).score < 100


@pytest.mark.parametrize(("cell", "goal"), [pair for pair in PUZZLES if pair[0] != "memory"])
def test_the_lesson_says_in_its_text_what_a_puzzle_asks_for(cell, goal):
    (notebook,) = NOTEBOOKS.glob(f"{GOALS[cell][goal].lesson:02}_*.ipynb")
    cells = nbformat.read(notebook, as_version=4).cells
    assert any(GOALS[cell][goal].text in c.source for c in cells if c.cell_type == "markdown")


def test_a_state_has_reached_its_target_if_it_is_a_twentieth_off_and_no_more():
    for wrote, solved in [(0.745, False), (0.755, True)]:
        console = console_with("lstm", HELD | dict(input=lane(0, {2: wrote / 0.8})), "hold")
        assert (console.score == 100) is solved


def test_a_console_without_a_goal_has_no_score_and_no_boxes():
    for name in ("score", "reached"):
        with pytest.raises(ValueError, match=f"{name}: got a console without a goal"):
            getattr(GateConsole(), name)
