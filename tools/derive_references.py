"""Derive the tables of the references anew from their own trials.

    uv run tools/derive_references.py

Needed when an analysis is new or has changed: nothing is trained. Figures are not drawn; where
trials have changed, renew the whole reference (see reference/README.md).
"""

import json
from pathlib import Path

from tuner_trials.analysis import analyse_all
from tuner_trials.analysis.catalogue import ANALYSES, PUBLISHED_ANALYSES, TRIAL_TABLES
from tuner_trials.search_space import SearchSpace
from tuner_trials.tables import read_table, write_table

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def main() -> None:
    for provenance in sorted(REFERENCE.glob("*/provenance.json")):
        experiment = json.loads(provenance.read_text("utf-8"))["experiment"]
        space = SearchSpace(experiment["search_space"]).tuned()
        folder = provenance.parent / "tables"
        tables = {
            name: read_table(folder / f"{name}.csv", experiment["search_space"])
            for name in TRIAL_TABLES
        }
        catalogue = ANALYSES | (PUBLISHED_ANALYSES if experiment["published"] else {})
        settings = experiment | {"search_space": space}
        for name, table in analyse_all(catalogue, tables, settings).items():
            path = folder / f"{name}.csv"
            before = path.read_bytes() if path.exists() else None
            write_table(path, table)
            if path.read_bytes() != before:
                print(f"{path.relative_to(REFERENCE.parent)} {'changed' if before else 'is new'}")


if __name__ == "__main__":
    main()
