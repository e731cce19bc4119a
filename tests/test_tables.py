"""Tables keep what trials say, also where trials lack something."""

import made_up
import pandas as pd

from tuner_trials.analysis.hyperparameter_effects import hyperparameter_effects_table
from tuner_trials.analysis.hyperparameter_groups import hyperparameter_groups_table
from tuner_trials.analysis.importance import importance_table
from tuner_trials.results.tables import read_table, trials_table, write_table

EXPERIMENT = made_up.experiment(space=made_up.CONDITIONAL_SPACE)


def test_values_beside_missing_ones_stay_whole_numbers_and_booleans(tmp_path):
    records = made_up.make_records(EXPERIMENT)
    names = list(EXPERIMENT["search_space"])
    write_table(tmp_path / "trials.csv", trials_table(records, names))
    made_up.write_columns(tmp_path, EXPERIMENT)
    table = read_table(tmp_path / "trials.csv")
    write_table(tmp_path / "again.csv", table)
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "trials.csv").read_text()
    assert [column for column in table if column.startswith("hp_")] == [f"hp_{n}" for n in names]
    missing = 0
    for record, row in zip(records, table.to_dict("records"), strict=True):
        for name in names:
            value, expected = row[f"hp_{name}"], record["configuration"].get(name)
            if expected is None:
                assert pd.isna(value)
                missing += 1
            else:
                assert (type(value), value) == (type(expected), expected)
    assert missing > len(records)
    assert table["hp_rare"].isna().all()


def test_effects_are_those_among_the_trials_that_have_the_hyperparameter():
    tables = made_up.make_tables(EXPERIMENT)
    trials, space = tables["trials"], made_up.definition(EXPERIMENT)
    effects = tables["hyperparameter_effects"].set_index("hyperparameter")
    assert "classes" not in effects.index  # which never varies
    assert effects.loc["rare"].drop("type").isna().all()
    pool = trials[(trials["strategy"] == "random") & (trials["status"] == "completed")]
    own = pool[pool["hp_dropout_rate"].notna()]
    alone = {"dropout_rate": space["dropout_rate"]}
    groups = hyperparameter_groups_table(own, alone)
    expected = hyperparameter_effects_table(own, groups, alone)
    assert effects.loc["dropout_rate"].tolist() == expected.iloc[0, 1:].tolist()


def test_words_that_look_like_something_else_stay_words(tmp_path):
    """And a run that trained with them does not stumble over its own tables at the end."""
    words = {"type": "choice", "values": ["01", "02", "3"]}
    answers = {"type": "choice", "values": ["true", "false"]}
    plan = made_up.experiment(space=made_up.SPACE | {"code": words, "answer": answers})
    tables = made_up.make_tables(plan)
    made_up.write_columns(tmp_path, plan)
    for name, table in tables.items():
        write_table(tmp_path / f"{name}.csv", table)
    space = made_up.definition(plan)
    trials = read_table(tmp_path / "trials.csv")
    assert trials["hp_code"].tolist() == tables["trials"]["hp_code"].tolist()
    assert set(trials["hp_answer"]) == {"true", "false"}
    pd.testing.assert_frame_equal(
        importance_table(trials, space, range(1, 3)), tables["importance"]
    )
    groups = hyperparameter_groups_table(trials, space)
    assert set(groups.loc[groups["hyperparameter"] == "code", "group"]) <= {"01", "02", "3"}


def test_names_of_groups_stay_words_where_all_look_like_numbers(tmp_path):
    layers = {"type": "int", "low": 1, "high": 3}
    units = {"type": "choice", "values": [32, 64]}
    plan = made_up.experiment(space={"hidden_layers": layers, "units": units})
    tables = made_up.make_tables(plan)
    made_up.write_columns(tmp_path, plan)
    for name in ("hyperparameter_groups", "hyperparameter_effects"):
        write_table(tmp_path / f"{name}.csv", tables[name])
        read = read_table(tmp_path / f"{name}.csv")
        pd.testing.assert_frame_equal(read, tables[name], check_dtype=False)
    assert set(tables["hyperparameter_groups"]["group"]) == {"1", "2", "3", "32", "64"}


def test_fixed_words_and_numbers_keep_their_type(tmp_path):
    plan = made_up.experiment(
        space=made_up.SPACE
        | {
            "code": {"type": "fixed", "value": "01"},
            "size": {"type": "fixed", "value": 5, "active_if": {"hidden_layers": [2]}},
        }
    )
    tables = made_up.make_tables(plan)
    made_up.write_columns(tmp_path, plan)
    for name in ("trials", "incumbents"):
        write_table(tmp_path / f"{name}.csv", tables[name])
        read = read_table(tmp_path / f"{name}.csv")
        assert set(read["hp_code"]) == {"01"}
        assert set(read["hp_size"].dropna().tolist()) <= {5} and read["hp_size"].dtype == "Int64"
