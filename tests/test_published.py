"""A published result beside its repeats: worked by hand."""

import made_up
import numpy as np
import pandas as pd
import pytest

from tuner_trials.analysis.incumbents import incumbents_table
from tuner_trials.extras.analysis.published import beside, published_table
from tuner_trials.extras.analysis.published_differences import published_differences_table
from tuner_trials.extras.analysis.published_winners import published_winners_table
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.report.sections import Sections
from tuner_trials.report.summaries import on_published, on_published_scores
from tuner_trials.results.tables import read_table, write_table

ACCURACY = OBJECTIVES["accuracy"]

PUBLISHED = {
    "model": {"best_validation": 0.8913, "test": 0.8796, "configuration": {"units": 512}},
    "chance": {"best_validation": 0.8928, "test": 0.8788, "configuration": {"units": 256}},
}


def make_trials(model, chance):
    """Two trials per search, the second one the winner, with the given scores."""
    rows = [
        {
            "strategy": strategy,
            "repeat": repeat,
            "trial": trial,
            "score": best - (0.01 if trial == 0 else 0.0),
            "status": "completed",
            "epochs_cumulative": 10 * (trial + 1),
            "best_epoch": 1,
            "leaky_score": 0.95,
            "hp_units": 64 * (repeat + trial),
        }
        for strategy, scores in (("random", [0.9]), ("model", model), ("chance", chance))
        for repeat, best in enumerate(scores)
        for trial in range(2)
    ]
    return pd.DataFrame(rows)


def make_tests(model, chance):
    """Two retrainings a repeat; accuracies are given repeat after repeat."""
    rows = [
        {
            "strategy": strategy,
            "repeat": number // 2,
            "retraining": number % 2,
            "validation_score": accuracy + 0.01,
            "test_score": accuracy,
        }
        for strategy, scores in (("random", [0.9] * 2), ("model", model), ("chance", chance))
        for number, accuracy in enumerate(scores)
    ]
    return pd.DataFrame(rows)


TRIALS = make_trials([0.8900, 0.8920, 0.8940], [0.8910, 0.8935, 0.8930])
TESTS = make_tests([0.88, 0.87, 0.88, 0.88, 0.89, 0.88], [0.87, 0.87, 0.88, 0.89, 0.88, 0.88])


def test_accuracies_beside_the_published_ones():
    rows = published_table(TRIALS, TESTS, PUBLISHED).to_dict("records")
    assert [(row["strategy"], row["measure"]) for row in rows] == [
        ("model", "validation"),
        ("model", "test"),
        ("chance", "validation"),
        ("chance", "test"),
    ]
    assert rows[0] == {
        "strategy": "model",
        "measure": "validation",
        "published": 0.8913,
        "reproduced": 3,
        "mean": pytest.approx(0.8920),
        "lowest": 0.8900,
        "highest": 0.8940,
        "lower": 1,
        "equal": 0,
        "higher": 2,
    }
    assert rows[1]["reproduced"] == 6  # every retraining is one that could have been published
    assert rows[1]["mean"] == pytest.approx(5.28 / 6)
    assert (rows[1]["lower"], rows[1]["equal"], rows[1]["higher"]) == (1, 0, 5)


def test_differences_are_those_between_searches_of_different_repeats():
    validation, test = published_differences_table(TRIALS, TESTS, PUBLISHED).to_dict("records")
    # In units of 0.0001: -35, -30, +10, -10, +30, +5. Published was -15.
    assert validation == {
        "strategy": "model",
        "opponent": "chance",
        "measure": "validation",
        "published": -0.0015,
        "reproduced": 6,
        "mean": pytest.approx(-0.0005),
        "lowest": pytest.approx(-0.0035),
        "highest": pytest.approx(0.0030),
        "lower": 2,
        "equal": 0,
        "higher": 4,
        "ahead": 3,
        "level": 0,
        "behind": 3,
    }
    # Of 24 pairs of retrainings: -0.02 once, -0.01 five times, 0 nine times, +0.01 seven times and
    # +0.02 twice. Published was +0.0008.
    assert (test["published"], test["reproduced"]) == (0.0008, 24)
    assert (test["lower"], test["equal"], test["higher"]) == (15, 0, 9)
    assert (test["ahead"], test["level"], test["behind"]) == (9, 9, 6)


def test_winners_come_after_the_published_one():
    table = published_winners_table(incumbents_table(TRIALS, TESTS), PUBLISHED)
    assert list(table["strategy"]) == ["model"] * 4 + ["chance"] * 4
    model = table[:4]
    assert list(model["repeat"].isna()) == [True, False, False, False]
    assert list(model["best_validation"]) == [0.8913, 0.8900, 0.8920, 0.8940]
    assert list(model["test"]) == pytest.approx([0.8796, 0.875, 0.88, 0.885])
    assert list(model["hp_units"]) == [512, 64, 128, 192]


def test_winners_are_written_as_whole_numbers(tmp_path):
    write_table(
        tmp_path / "winners.csv",
        published_winners_table(incumbents_table(TRIALS, TESTS), PUBLISHED),
    )
    lines = (tmp_path / "winners.csv").read_text().splitlines()
    assert lines[1] == "model,,0.8913,0.8796,512"
    assert lines[2].startswith("model,0,0.89,") and lines[2].endswith(",64")
    assert read_table(tmp_path / "winners.csv")["hp_units"].dtype == int


def test_a_retraining_that_diverged_is_left_out():
    tests = TESTS.copy()
    tests.loc[tests["strategy"] == "model", "test_score"] = [np.nan] * 2 + [0.88] * 4
    assert published_table(TRIALS, tests, PUBLISHED)["reproduced"].tolist() == [3, 4, 3, 6]
    differences = published_differences_table(TRIALS, tests, PUBLISHED)
    assert differences["reproduced"].tolist() == [6, 16]
    assert np.isnan(published_winners_table(incumbents_table(TRIALS, tests), PUBLISHED)["test"][1])
    tests["test_score"] = np.nan
    none = published_differences_table(TRIALS, tests, PUBLISHED)
    assert none["reproduced"].tolist() == [6, 0] and np.isnan(none["mean"][1])
    validation, test = on_published(none, 3, ACCURACY).split(" On test")
    assert "In 6 pairs from 3 repeats" in validation
    assert "too few retrainings came to their end" in test


def test_a_single_published_strategy_has_no_difference():
    differences = published_differences_table(TRIALS, TESTS, {"model": PUBLISHED["model"]})
    assert differences.empty
    assert "ahead" in differences
    assert "no difference to repeat" in on_published(differences, 3, ACCURACY)


@pytest.mark.parametrize(
    ("published", "reproduced", "places"),
    [
        (0.89, [0.88, 0.9], (1, 0, 1)),
        (0.87, [0.88, 0.9], (0, 0, 2)),
        (0.91, [0.88, 0.9], (2, 0, 0)),
        (0.8913, [0.8913333, 0.89125001, 0.89134], (0, 3, 0)),  # printed alike
        (0.1 + 0.2, [0.3], (0, 1, 0)),
        (0.9, [], (0, 0, 0)),
    ],
)
def test_a_place_among_the_repeats(published, reproduced, places):
    row = beside(published, pd.Series(reproduced, dtype=float))
    assert (row["lower"], row["equal"], row["higher"]) == places


def difference(published, *reproduced, **more):
    """The table of one pair, on validation."""
    values = pd.Series(reproduced, dtype=float)
    row = {"strategy": "a", "opponent": "b", "measure": "validation"} | beside(published, values)
    row |= {
        "ahead": int((values > 0).sum()),
        "level": int((values == 0).sum()),
        "behind": int((values < 0).sum()),
    }
    return pd.DataFrame([row | more])


@pytest.mark.parametrize(
    ("published", "reproduced", "words"),
    [
        (-0.0015, (-0.002, 0.001), "On validation, a minus b was published as -0.15 points. In 2"
         " pairs from 2 repeats it ranges from -0.20 to +0.10 points, -0.05 on average; the"
         " published one lies among them (1 lower, 1 higher), so luck alone can give it. a is ahead"
         " in 1 of the 2."),
        # At the edge is not outside.
        (-0.002, (-0.002, 0.001, 0.003), "lies among them (1 equal, 2 higher)"),
        (0.003, (-0.002, 0.001, 0.003), "lies among them (2 lower, 1 equal)"),
        (0.001, (-0.002, 0.001, 0.003), "lies among them (1 lower, 1 equal, 1 higher)"),
        (0.004, (-0.002, 0.0, 0.003), "is higher than all of them, which with 2 repeats may still"
         " be luck. a is ahead in 1 of the 3, level in 1."),
        (-0.004, (-0.002, 0.001, 0.003), "is lower than all of them, which with 2 repeats may still"
         " be luck. a is ahead in 2 of the 3."),
        (0.001, (0.002, 0.002), "it is always +0.20 points; the published one is lower than all of"
         " them, which with 2 repeats may still be luck. a is ahead in 2 of the 2."),
        (0.0, (0.0, 0.0), "it is always +0.00 points; the published one lies among them (2 equal),"
         " so luck alone can give it. a is ahead in 0 of the 2, level in 2."),
    ],
)  # fmt: skip
def test_the_sentence(published, reproduced, words):
    assert words in on_published(difference(published, *reproduced), 2, ACCURACY)


def test_a_single_repeat_is_no_distribution():
    one = make_trials([0.89], [0.88]), make_tests([0.88] * 2, [0.87] * 2)
    differences = published_differences_table(*one, PUBLISHED)
    assert differences["reproduced"].tolist() == [0, 0]
    assert published_table(*one, PUBLISHED)["reproduced"].tolist() == [1, 2, 1, 2]
    text = on_published(differences, 1, ACCURACY)
    assert "On validation, model minus chance was published as -0.15 points;" in text
    assert text.count("a single repeat gives no independent searches to set beside it.") == 2
    assert "among" not in text


def test_nothing_to_set_beside():
    assert on_published(difference(0.001), 2, ACCURACY).endswith("to set one beside it.")


def test_zero_has_no_minus():
    assert "-0.00" not in on_published(difference(-0.0, -0.00001, 0.0), 2, ACCURACY)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results") / "made_up"
    made_up.write_results(folder, made_up.experiment(published=made_up.PUBLISHED))
    return folder


def test_the_report_sets_published_and_repeats_side_by_side(results):
    show = Sections(results)
    page = show.published().data
    assert on_published(show.table("published_differences"), 2, ACCURACY) in page.replace(
        "&#x27;", "'"
    )
    assert page.count("<table") == 2
    assert page.count(">published<") == 3  # a column, and a row for each strategy
    for text in ("bayesian \N{MINUS SIGN} hyperband", ">0.9100<", ">-0.0100<", ">0.00069<"):
        assert text in page
    assert on_published_scores(show.table("published")) in page
    # The times are not in the table that was made for it, but in that of the timings.
    timings = show.table("timings").query("strategy == 'bayesian' and repeat == 1")
    spent = timings[["suggest_seconds", "train_seconds"]].sum().sum()
    assert ">3 min 24 s<" in page and f">{round(spent)} s<" in page  # ours took no minute
    assert not any("second" in name for name in show.table("published_winners"))


def test_the_report_says_nothing_where_nothing_was_published(tmp_path):
    folder = tmp_path / "made_up"
    folder.mkdir()
    plain = made_up.experiment()
    (folder / "experiment.json").write_text(made_up.json.dumps(plain))
    assert Sections(folder).published() is None
