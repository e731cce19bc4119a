"""fANOVA importance, on pools where we know what matters."""

import numpy as np
import pandas as pd
import pytest

from tuner_trials.analysis.importance import importance_table
from tuner_trials.results.tables import read_table, write_table
from tuner_trials.space.search_space import SearchSpace

SPACE = SearchSpace(
    {
        "rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
        "dropout": {"type": "float", "low": 0.0, "high": 0.5, "step": 0.15},  # 0.5 is no step
        "units": {"type": "int", "low": 8, "high": 100, "step": 30},
        "width": {"type": "int", "low": 8, "high": 64, "scale": "log"},
        "activation": {"type": "choice", "values": ["relu", "None"]},
        "batch_size": {"type": "choice", "values": [16, 32, 64]},
        "momentum": {"type": "choice", "values": [0.5, 1.0]},
        "normalised": {"type": "boolean"},
        "fixed": {"type": "choice", "values": [1]},
    }
)
FEW = range(1, 4)


def pool(score, size=60, space=SPACE):
    """Random trials whose score is a function of the configuration."""
    rng = np.random.default_rng(3)
    configurations = space.sample_distinct(size, rng)
    table = pd.DataFrame([{f"hp_{name}": v for name, v in c.items()} for c in configurations])
    return table.assign(
        strategy="random", status="completed", score=[score(c) for c in configurations]
    )


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("rate", lambda c: 0.9 - 0.1 * abs(np.log10(c["rate"] / 1e-3))),
        ("units", lambda c: c["units"] / 100),
        ("activation", lambda c: 0.9 if c["activation"] == "None" else 0.8),
        ("normalised", lambda c: 0.8 + 0.1 * c["normalised"]),
    ],
)
def test_the_only_hyperparameter_that_matters_is_found(name, score):
    table = importance_table(pool(score), SPACE.definition(), FEW)
    assert table["hyperparameter"][0] == name
    assert table["importance"][0] > 0.8
    assert table["importance"].sum() < 1 + 1e-9
    assert set(table["hyperparameter"]) == set(SPACE)
    assert table.set_index("hyperparameter").at["fixed", "importance"] == 0
    assert (table["lowest"] <= table["importance"]).all()
    assert (table["importance"] <= table["highest"]).all()


def test_a_file_in_between_the_same_seeds_and_no_word(tmp_path, capfd, recwarn):
    trials = pool(lambda c: c["units"] / 200 + c["dropout"] / 10)
    write_table(tmp_path / "trials.csv", trials)
    first = importance_table(trials, SPACE.definition(), FEW)
    second = importance_table(read_table(tmp_path / "trials.csv"), SPACE.definition(), FEW)
    pd.testing.assert_frame_equal(first, second)
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_failed_and_diverged_trials_and_other_strategies_do_not_count():
    trials = pool(lambda c: c["units"] / 100)
    spoilt = trials.assign(score=0.1, status=["failed", "diverged"] * 30)
    tuner = trials.assign(score=trials["hp_rate"], strategy="tuner")
    together = pd.concat([spoilt, trials, tuner], ignore_index=True)
    pd.testing.assert_frame_equal(
        importance_table(together, SPACE.definition(), FEW),
        importance_table(trials, SPACE.definition(), FEW),
    )


@pytest.mark.parametrize("status", ["completed", "failed"])
def test_nothing_is_explained_where_scores_do_not_differ(status):
    trials = pool(lambda c: 0.1).assign(status=status)
    table = importance_table(trials, SPACE.definition(), FEW)
    assert list(table["hyperparameter"]) == list(SPACE)
    assert (table[["importance", "lowest", "highest"]] == 0).all(axis=None)


def test_a_single_hyperparameter_has_it_all():
    space = SearchSpace({"rate": SPACE["rate"].model_dump()})
    table = importance_table(pool(lambda c: c["rate"], 10, space), space.definition(), FEW)
    assert table["importance"].tolist() == pytest.approx([1])


def test_two_trials_are_enough_not_to_fail():
    table = importance_table(pool(lambda c: c["rate"], 2), SPACE.definition(), FEW)
    assert 0 < table["importance"].sum() < 1 + 1e-9


def test_a_log_scale_is_searched_evenly_on_the_log_scale():
    """Half of the decades are good: that explains all, though they are a tenth of the range."""
    space = SearchSpace({name: SPACE[name].model_dump() for name in ("rate", "units")})
    trials = pool(lambda c: (c["rate"] < 1e-3) + (c["units"] > 50) / 2, 200, space)
    shares = importance_table(trials, space.definition(), FEW).set_index("hyperparameter")
    # Two independent coins of heights 1 and 1/2: their variances are as 4 to 1.
    assert shares.loc["rate", "importance"] == pytest.approx(0.8, abs=0.03)
    assert shares.loc["units", "importance"] == pytest.approx(0.2, abs=0.03)


def test_a_conditional_hyperparameter_is_judged_among_the_trials_that_have_it(tmp_path):
    space = SearchSpace(
        {
            "activation": {"type": "choice", "values": ["relu", "tanh"]},
            "units": {"type": "int", "low": 8, "high": 100},
            "slope": {"type": "int", "low": 1, "high": 9, "active_if": {"activation": ["relu"]}},
            "flag": {"type": "boolean", "active_if": {"slope": [1, 2, 3, 4, 5]}},
            "never": {"type": "boolean", "active_if": {"units": [100], "slope": [9]}},
        }
    )
    trials = pool(lambda c: c["units"] / 1000 + c.get("slope", 5), 120, space)
    if "hp_never" not in trials:
        trials["hp_never"] = np.nan
    write_table(tmp_path / "trials.csv", trials)
    trials = read_table(tmp_path / "trials.csv")
    shares = importance_table(trials, space.definition(), FEW).set_index("hyperparameter")
    shares = shares["importance"]
    assert shares["slope"] > 0.9  # of what differs between the trials with relu
    assert shares["activation"] < 0.2  # of what differs between all
    assert shares["flag"] < 0.05
    assert shares["never"] == 0
    assert shares[["activation", "units"]].sum() < 1 + 1e-9
    # What some trials lack does not change what is said of the others.
    common = {name: space.definition()[name] for name in ("activation", "units")}
    pd.testing.assert_series_equal(
        importance_table(trials, common, FEW).set_index("hyperparameter")["importance"],
        shares[["units", "activation"]],
        check_like=True,
    )
