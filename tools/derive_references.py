"""Derive the tables of the references anew from their own trials.

    uv run tools/derive_references.py

Needed when an analysis is new or has changed: nothing is trained. Figures are not drawn; where
trials have changed, renew the whole reference (see reference/README.md).
"""

import json
from pathlib import Path

from tuner_trials.analysis import analyse_all
from tuner_trials.analysis.registry import TRIAL_TABLES
from tuner_trials.extras.chapters import analyses_for
from tuner_trials.objectives import objective_named
from tuner_trials.results.tables import read_table, write_table
from tuner_trials.search.looks import planned_looks
from tuner_trials.space.search_space import SearchSpace

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def main() -> None:
    for plan in sorted(REFERENCE.glob("*/experiment.json")):
        experiment = json.loads(plan.read_text("utf-8"))
        space = SearchSpace(experiment["search_space"]).tuned()
        folder = plan.parent / "tables"
        tables = {name: read_table(folder / f"{name}.csv") for name in TRIAL_TABLES}
        looks = planned_looks(experiment["repeats"], experiment["max_repeats"])
        settings = experiment | {"search_space": space, "looks": looks}
        objective = objective_named(experiment["objective"], experiment["task"])
        made = analyse_all(analyses_for(experiment["chapters"]), tables, settings, objective)
        for name, table in made.items():
            path = folder / f"{name}.csv"
            before = path.read_bytes() if path.exists() else None
            write_table(path, table)
            if path.read_bytes() != before:
                print(f"{path.relative_to(REFERENCE.parent)} {'changed' if before else 'is new'}")


if __name__ == "__main__":
    main()
