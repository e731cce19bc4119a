"""Tables keep what trials say, also where trials lack something."""

import made_up
import pandas as pd

from tuner_trials.analysis.hyperparameter_effects import hyperparameter_effects_table
from tuner_trials.tables import read_table, trials_table, write_table

EXPERIMENT = made_up.experiment(space=made_up.CONDITIONAL_SPACE)


def test_values_beside_missing_ones_stay_whole_numbers_and_booleans(tmp_path):
    records = made_up.make_records(EXPERIMENT)
    names = list(EXPERIMENT["search_space"])
    write_table(tmp_path / "trials.csv", trials_table(records, names))
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


def test_effects_are_those_among_the_trials_that_have_the_hyperparameter(tmp_path):
    tables = made_up.make_tables(EXPERIMENT)
    trials, space = tables["trials"], made_up.definition(EXPERIMENT)
    write_table(tmp_path / "trials.csv", trials)
    effects = hyperparameter_effects_table(read_table(tmp_path / "trials.csv"), space)
    pd.testing.assert_frame_equal(effects, hyperparameter_effects_table(trials, space))
    effects = effects.set_index("hyperparameter")
    assert "classes" not in effects.index  # which never varies
    assert effects.loc["rare"].drop("type").isna().all()
    pool = trials[(trials["strategy"] == "random") & (trials["status"] == "completed")]
    own = pool[pool["hp_dropout_rate"].notna()]
    alone = hyperparameter_effects_table(own, {"dropout_rate": space["dropout_rate"]})
    assert effects.loc["dropout_rate"].tolist() == alone.iloc[0, 1:].tolist()
