"""What lessons 9 to 11 say of seeds that they do not use, held to what was counted: scripts/counted."""

import numpy as np

from lstm_lessons import choices, forecasts, tasks
from lstm_lessons.baselines import Window
from scripts.counted import COUNTS
from tests.counts import COUNTED, counted, each, said


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


def test_lesson_9_all_other_writers_end_in_a_circle_and_suffer_from_a_wrong_state():
    said("9-d19", "(Twenty other networks ended in a circle as well.)")
    said("9-d26b", "(So it was in all of twenty other networks.)")
    circle, shuffled, reset = each("writers")
    assert circle.all() and (shuffled > reset).all() and len(circle) == 20


def test_lesson_10_parts_of_a_treatment():
    said("10-e21", "Subtracted alone, it brought back all twenty seeds. Divided by 1013 alone")
    said("10-e21", "near 1, none:", "subtracting the mean as well did not help there")
    parts = counted("half_of_the_scaling").values()
    assert [int(well.sum()) for well in parts] == [20, 0, 0]
    said("10-e23", "with three times the units 15 of 20 seeds get below the last value, with three")
    said("10-e23", "times the steps 12, with ten times all six that we tried, by 5 to 8%")
    longer, wide = each("longer_on_levels")
    assert [np.sum(wide < 1), np.sum(longer < 1)] == [15, 12]
    much = 100 * (1 - each("much_longer_on_levels"))
    assert round(much.min()) == 5 and round(much.max()) == 8 and len(much) == 6
    said(
        "10-e33", "in the median of twenty seeds: 0.38 of a constant answer's after 200 steps, and"
    )
    assert np.median(each("carried_longer"), axis=1).round(2).tolist() == [0.38, 0.38]
    said("10-e35", "0.90 to 0.93 of the last value's in twenty seeds, with 16 units and with 48")
    across = each("across_the_batch")
    assert across.min().round(2) == 0.90 and across.max().round(2) == 0.93
    said("10-e39", "(At the smaller one, with 1,200 steps, 9 of the twenty were well.)")
    assert np.sum(each("slow_and_longer")) == 9


def test_lesson_10_an_rnn_whose_recurrent_matrix_stays_as_it_started_is_well():
    said("10-e43", "with $W_h$ left as it started, all twenty are well too")
    said("10-e43", "the three that learned untreated have a norm of 4 to 5 as well, and many h at")
    well, norm, ends, still = each("ridge")
    assert still.all() and well.sum() == 3
    assert set(norm[well > 0].round()) == {4, 5} and ends[well > 0].min() > 0.75


def test_lesson_10_eight_by_heart_in_other_seeds():
    said(
        "10-e54z",
        "In twenty other seeds G ended below a hundredth, and B and H never below a quarter",
    )
    said(
        "10-e54z", "given 3,000 steps it gets there", "C untreated comes down to about a hundredth"
    )
    share = counted("eight_by_heart")
    assert share["G"].max() < 0.01 and min(share["B"].min(), share["H"].min()) > 0.25
    assert 0.004 < share["C"].min() < share["C"].max() < 0.015 > share["D"].max()
    assert each("eight_changes").max() < share["healthy"].min()


def test_lesson_10_a_jump_that_is_clipped_in_time():
    said("10-e54b", "at 0.01 the jump of 23.7 becomes 4.2, as in the calm")
    assert round(COUNTED["jump_clipped"][0][1], 1) == 4.2


def test_lesson_10_rows_of_the_table_that_are_told_in_words():
    said(
        "10-f36",
        "(On the city its median was 900 steps beside 400, with seeds far apart: not settled.)",
    )
    medians = [choices.at_its_best(n, "city")[1].median_steps() for n in ("hard sigmoid", "LSTM")]
    assert medians == [900, 400]
    said("9-b48", "With a sigmoid a gate is off by up to 0.08, and with Keras 3's `hard_sigmoid`")
    a = np.linspace(-8, 8, 1601)
    old, new = np.clip(0.2 * a + 0.5, 0, 1), np.clip(a / 6 + 0.5, 0, 1)
    off = [np.abs(old - other).max().round(2) for other in (1 / (1 + np.exp(-a)), new)]
    assert off == [0.08, 0.08]


def test_lesson_10_layer_normalisation_withstands_weights_ten_times_as_large():
    said("10-f32", "an LSTM solved adding in 8 of 20 seeds at 0.03, the normalised one in all 20")
    solved = counted("from_weights_ten_times_as_large").values()
    assert [int(of.sum()) for of in solved] == [8, 20]


def test_lesson_11_parity_with_a_gate_set_by_hand_and_on_longer_rows():
    said("11-62b", "(So it was in each of twenty other seeds.")
    learned, by_hand = each("one_gate_set")
    assert learned.max() < 0.7 and by_hand.min() > 0.99 and len(learned) == 20
    said("11-61c", "(None of them knew 1,000.)")
    assert each("a_thousand_bits").max() < 0.99


def test_lesson_11_two_layers_trained_longer_on_eight_bits():
    said(
        "11-59",
        "at a rate of 0.01, two layers were right at the last of 8 bits in 78 to 97% of the",
    )
    said("11-59", "in nine seeds each, at the last of 12 in 49 to 72%, and of 20 at chance")
    jobs = COUNTS["longer_on_eight"][1]
    runs = zip(jobs, COUNTED["longer_on_eight"], strict=True)
    eight, twelve, twenty = 100 * np.array([right for job, right in runs if job[1] == 0.01]).T
    assert [round(eight.min()), round(eight.max())] == [78, 97] and len(eight) == 18
    assert [round(twelve.min()), round(twelve.max())] == [49, 72] and twenty.max() < 55


def test_lesson_11_a_matrix_found_in_a_different_way():
    said(
        "11-51",
        "one found by least squares recalls all 16 pairs of random keys, and one trained for",
    )
    said(
        "11-51",
        "about 83% of 64, in the mean of twenty draws. At 128 pairs that training did not help",
    )
    recalled = {name: of.mean() for name, of in counted("matrices").items()}
    assert recalled["least squares, 16"] == 1 and round(recalled["trained, 64"], 2) == 0.83
    assert recalled["trained, 128"] < recalled["sum, 128"] < 0.15
