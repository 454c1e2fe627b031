"""What the lessons say of seeds that they do not use, held to what was counted: scripts/counted."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from lstm_lessons import choices, forecasts, tasks
from lstm_lessons.baselines import Window
from scripts.counted import COUNTS, kept

COUNTED = kept()


def said(place: str, *words: str) -> None:
    """These words stand in this cell, "9-a16" for example."""
    (path,) = Path("notebooks").glob(f"{int(place.split('-')[0]):02}_*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    (source,) = (cell.source for cell in cells if cell.id == f"lesson-{place}")
    for some in words:
        assert some in source


def counted(name: str) -> dict[str, np.ndarray]:
    """The values by their names, each (seeds,)."""
    return {key: np.array([one[key] for one in COUNTED[name]]) for key in COUNTED[name][0]}


def each(name: str) -> np.ndarray:
    """The values of each seed, (seeds,) or (values, seeds)."""
    return np.array(COUNTED[name]).T


def better(shares: np.ndarray) -> int:
    """How many are above guessing among four symbols."""
    return int(np.sum(shares > 0.35))


def test_all_counts_are_kept_with_a_value_for_each_seed():
    assert {name: len(values) for name, values in COUNTED.items()} == {
        name: len(seeds) for name, (_, seeds) in COUNTS.items()
    }


@pytest.mark.parametrize(
    "name", ["larger_inputs", "window_with_the_validation_years", "mixture", "jump_clipped"]
)
def test_what_can_be_counted_at_once_is_what_is_kept(name):
    function, seeds = COUNTS[name]
    assert np.allclose(function(seeds[0]), COUNTED[name][0], rtol=1e-6)


def test_lesson_2_an_orthogonal_start_learns_in_most_seeds_and_pytorch_s_in_none():
    said(
        "2-64",
        "20 other seeds it did better than chance in 17; PyTorch's start in none, at no rate from 0.01",
        "PyTorch's $W_x$ and $b$ with an orthogonal $W_h$ did in all 20",
    )
    said("2-64c", "At 0.3 it learned some of it in 14 of 20 seeds")
    shares = counted("starts")
    assert {name: better(of) for name, of in shares.items()} == {
        "orthogonal": 17, "PyTorch's, but W_h orthogonal": 20, "identity, 0.3": 14,
        "PyTorch's": 0, "PyTorch's, 0.01": 0, "PyTorch's, 0.1": 0, "PyTorch's, 0.3": 0,
        "PyTorch's, 1.0": 0,
    }  # fmt: skip


def test_lesson_2_after_nonsense_descent_learns_in_some_seeds():
    said("2-64f3", "7 of 20 other seeds learned anything")
    assert better(each("after_nonsense")) == 7 and len(COUNTED["after_nonsense"]) == 20


def test_lesson_2_each_singular_value_cut_by_itself_leaves_learning_possible():
    said(
        "2-64h", "seven of eight seeds recalled all four after 3,000 steps, three of them after 300"
    )
    said("2-64h", "Cut at 0.9, none of the eight did")
    known = {
        name: int(np.sum(of > 0.99)) for name, of in counted("each_singular_value_cut").items()
    }
    assert known == {"0.95, 300": 3, "0.95, 3000": 7, "0.9, 3000": 0}


def test_lesson_5_with_larger_inputs_the_side_roads_count_a_hundred_times():
    said("5-36", "With inputs three times as large it is a hundred times at $s = 1$")
    assert 60 < np.median(each("larger_inputs")) < 160


def test_lesson_8_two_open_brackets_are_told_after_1500_steps_and_not_after_400():
    said("8-37", "So did twelve other seeds", "so were the twelve others")
    _, _, two, three = each("brackets")  # each (early and late, seeds)
    assert two[0].max() < 0.05 and two[1].min() > 0.8 and three.max() < 0.05


def test_lesson_9_where_the_loss_asks():
    said("9-a16", "Of twenty other seeds, at this rate, one learned it from the last step alone.")
    said("9-a16", "From every step, and with chrono, all twenty did.")
    said(
        "9-a16",
        "At a rate of 0.003 two of ten had learned it from every step by then, and none from",
    )
    shares, slower = counted("asked"), counted("asked_at_a_smaller_rate")
    assert [int(np.sum(of > 0.9)) for of in shares.values()] == [1, 20, 20]
    assert [int(np.sum(slower[way] > 0.9)) for way in ("last step", "every step")] == [0, 2]


def test_lesson_9_a_flag_or_the_hours_since_help_where_reports_are_missing():
    said(
        "9-a43", "In twenty other seeds it was the same", "came to 0.02 or 0.03 above the best with"
    )
    said("9-a43", "to 0.03 to 0.05 with the last report, and to less than 0.01 with the flag or")
    zeros, flag, last, hours = counted("holes").values()
    assert (np.maximum(flag, hours) < 0.6 * np.minimum(zeros, last)).all() and len(flag) == 20
    zeros, flag, last, hours = counted("holes_longer").values()
    assert set(zeros.round(2)) == {0.02, 0.03} and set(last.round(2)) == {0.03, 0.04, 0.05}
    assert max(flag.max(), hours.max()) < 0.01


def test_lesson_9_five_beginnings_with_their_own_states():
    said(
        "9-a58e", "In each of twenty other networks five beginnings were right more often than one;"
    )
    said("9-a58e", "by a single row of 200, and less often right than one in 17", "Of six networks")
    said("9-a58e", "five were better with five beginnings, and none with one state for all")
    one, five, shared = counted("beams").values()
    assert (five > one).sum() == 20 and (shared < one).sum() == 17
    assert np.isclose(np.max(shared - one), 1 / 200) and (shared > one).sum() == 1
    one, five, shared = counted("beams_after_longer").values()
    assert (five > one).sum() == 5 and (shared > one).sum() == 0


def test_lesson_9_what_a_decoder_is_told_in_training():
    said(
        "9-a58f", "had 4 to 10% of its rows right after 200 steps", "told, 45 to 61% (twenty other"
    )
    said("9-a58f", "told nothing, 2 to 6%. After 1,200 steps the first two were alike")
    early, late = zip(*(of.T for of in counted("told_own_or_nothing").values()), strict=True)
    percent = [(100 * shares.min(), 100 * shares.max()) for shares in early]
    assert np.round(percent).tolist() == [[45, 61], [4, 10], [2, 6]]
    assert abs(np.mean(late[0] - late[1])) < 0.02 and np.mean(late[0] - late[2]) > 0.05


def test_lesson_9_grus_of_a_fixed_step_lose_their_lead_too():
    said("9-c21", "lost as much of theirs, 2.4 to 0.6 (eight other seeds)")
    years, numbers = tasks.sunspots()
    _, *parts = forecasts.split(years)
    made = Window(numbers[:200], 10).forecast(numbers)
    window = [forecasts.rmse(made[part], numbers[1:][part]) for part in parts]
    lead = window - np.median(each("stopped_at_100"), axis=1)
    assert lead.round(1).tolist() == [2.4, 0.6] and len(COUNTED["stopped_at_100"]) == 8
    said("9-c21c", "better still, 12.1, and at a rate of 0.01 nine of ten LSTMs beat the window")
    validation, test = each("thirty_two_units")[:, 10:]
    assert np.median(validation).round(1) == 12.1 and np.sum(test < window[1]) == 9
    eight = [forecasts.stored("GRU", 8, lr).test for lr in forecasts.LEARNING_RATES]
    said("9-c21c", "of the GRUs with 8 units it is three to eight of ten")
    below = [int(np.sum(of < window[1])) for of in eight]
    assert (min(below), max(below)) == (3, 8)


def test_lesson_9_the_window_at_other_dates():
    said("9-c23", "the width would be 2 in 1900, with an error of 16.2, and 9 in 1850, with 15.2")
    by_year = dict(zip((1850, 1900, 1950), COUNTED["chosen_by_the_years_before"], strict=True))
    assert [by_year[year][0] for year in (1900, 1850)] == [2, 9]
    assert np.round([by_year[year][1] for year in (1900, 1850)], 1).tolist() == [16.2, 15.2]
    said(
        "9-c23",
        "In the last by half of one, if the window learns from the validation years as well",
    )
    lead = COUNTED["window_with_the_validation_years"][0] - np.median(
        forecasts.stored("GRU", *forecasts.CHOSEN["GRU"]).test
    )
    assert 0.4 < lead < 0.65
    said("9-c25", "A mixture of 55% truth and 45% last value would have 0.96 and 0.94")
    assert np.round(COUNTED["mixture"][0], 2).tolist() == [0.96, 0.94]


def test_lesson_9_running_free_for_200_years_none_of_the_lstms_tires():
    said(
        "9-c28c",
        "This LSTM's cycles do not tire in these 200 years. (Nor did those of twenty others.)",
    )
    assert each("still_swings").min() > 15 and len(COUNTED["still_swings"]) == 20


def test_lesson_9_a_state_carried_on_in_training_or_reset():
    said(
        "9-d11b",
        "In twenty other pairs the two were less than 0.1 bit apart, now this one ahead and",
    )
    said("9-d11b", "with pieces of 10, the one that was trained so is ahead, by 0.1 to 0.3 bit")
    bits = {name: of.T for name, of in counted("carried_or_reset").items()}
    apart = {T: bits[f"{T}, carried"] - bits[f"{T}, reset"] for T in (50, 10)}
    for in_use, _ in apart.values():
        assert np.abs(in_use).max() < 0.1 and 5 < np.sum(in_use < 0) < 15
    assert 0.05 < apart[10][1].min() and apart[10][1].max() < 0.35
