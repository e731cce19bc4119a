"""Every table that tells the best of a search tells the same: that of a trial that completed."""

import made_up
import numpy as np
import pytest

from tuner_trials.analysis.comparisons import best_scores
from tuner_trials.analysis.incumbent_curves import incumbent_curves
from tuner_trials.export import searches
from tuner_trials.results.best_trials import incumbents
from tuner_trials.search.random_search import SAME_BUDGET

GUESSING = 0.5


def records(seed):
    """Searches of two classes, some worse than guessing, with more failures than usual."""
    rng = np.random.default_rng(seed)
    made = made_up.make_records(made_up.experiment(repeats=8) | {"seed": seed}, faults=False)
    for record in made:
        if rng.random() < 0.3:
            record |= {"status": "failed", "score": GUESSING, "best_epoch": 0, "history": {}}
            record |= {"leaky_score": None, "message": "ValueError: made up"}
        else:
            shift = rng.uniform(0.3, 0.52) - record["score"]
            record["score"] += shift
            history = record["history"]["validation"]
            record["history"]["validation"] = [value + shift for value in history]
    return made


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_table_agrees_on_the_best_of_every_search(seed):
    made = records(seed)
    plan = made_up.experiment(repeats=8)
    tables = made_up.make_tables(plan, made)
    best = {
        (record["strategy"], record["repeat"]): record["score"]
        for strategy in ("random", SAME_BUDGET, *plan["strategies"])
        for record in incumbents([record for record in made if record["strategy"] == strategy])
    }
    assert min(best.values()) < GUESSING  # or there would be nothing to tell apart

    def agree(table, column):
        found = table.set_index(["strategy", "repeat"])[column].to_dict()
        assert found == pytest.approx({who: best[who] for who in found})
        assert len(found) >= 16

    agree(tables["incumbents"], "score")
    curves = incumbent_curves(tables["trials"], tables["timings"])
    agree(curves.groupby(["strategy", "repeat"], as_index=False).last(), "best_score")
    highest = tables["trials"].groupby(["strategy", "repeat"], as_index=False)["score"].max()
    agree(highest, "score")
    for strategy, scores in best_scores(tables["trials"]).items():
        assert scores == pytest.approx([best[strategy, repeat] for repeat in range(8)])
    summary = tables["summary"].set_index("strategy")
    for strategy in plan["strategies"]:
        own = [score for (name, _), score in best.items() if name == strategy]
        assert summary.at[strategy, "best_mean"] == pytest.approx(np.mean(own))
        assert summary.at[strategy, "best_lowest"] == pytest.approx(min(own))
    whole_pool = tables["random_statistics"]["expected"].iloc[-1]
    assert whole_pool == pytest.approx(best["random", 0])
    for found in searches(tables).values():
        scores = [trial.facts["score"] for trial in found if trial.facts["status"] == "completed"]
        whose = found[0].facts["strategy"], found[0].facts["repeat"]
        assert max(scores) == pytest.approx(best[whose])
