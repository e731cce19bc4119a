"""Made-up records of a whole experiment: plausible curves in no time, without a training."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tuner_trials.analysis import analyse_all
from tuner_trials.analysis.importance import importance_table
from tuner_trials.extras.chapters import analyses_for, figures_for
from tuner_trials.figures import draw
from tuner_trials.figures.style import save
from tuner_trials.foundation.files import write_json
from tuner_trials.objectives import OBJECTIVES
from tuner_trials.results.tables import (
    column_types,
    epoch_seconds_table,
    epochs_table,
    timings_table,
    trials_table,
    write_table,
)
from tuner_trials.search.looks import planned_looks
from tuner_trials.search.random_search import RANDOM, SAME_BUDGET, batches
from tuner_trials.space.search_space import SearchSpace

REASONS = {
    "why": "It decides <much> & more.",
    "why_this_range": "Common values.",
    "expected_impact": "Large.",
}
SPACE = {
    "learning_rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"} | REASONS,
    "units": {"type": "int", "low": 8, "high": 64} | REASONS,
    "hidden_layers": {"type": "int", "low": 1, "high": 3} | REASONS,
    "activation": {"type": "choice", "values": ["relu", "None", "tanh"]} | REASONS,
    "batch_normalization": {"type": "boolean"} | REASONS,
}
CONDITIONAL_SPACE = SPACE | {
    "dropout_rate": {
        "type": "float",
        "low": 0.0,
        "high": 0.5,
        "active_if": {"batch_normalization": [False]},
    },
    "momentum": {
        "type": "choice",
        "values": [0.5, 0.9],
        "active_if": {"activation": ["relu", "None"], "hidden_layers": [2, 3]},
    },
    "bottleneck": {"type": "int", "low": 8, "high": 1024, "active_if": {"hidden_layers": [3]}},
    "skip": {"type": "boolean", "active_if": {"bottleneck": list(range(8, 1000))}},
    "rare": {"type": "boolean", "active_if": {"bottleneck": [1024]}},  # that no trial has
    "classes": {"type": "fixed", "value": 10},
}
JOB_SECONDS = 200.0  # of every job that trains
STRATEGIES = {
    "bayesian": {"algorithm": "BayesianOptimization", "num_initial_points": None, "beta": 2.6},
    "hyperband": {"algorithm": "Hyperband", "factor": 3},
}

PUBLISHED = {
    name: {
        "best_validation": 0.9 + number / 100,
        "test": 0.88,
        "seconds": 204.0,
        "configuration": {
            "learning_rate": 6.9e-4,
            "units": 32,
            "hidden_layers": 1,
            "activation": "relu",
            "batch_normalization": False,
        },
    }
    for number, name in enumerate(STRATEGIES)
}


def experiment(
    strategies: dict[str, dict] = STRATEGIES,
    space: dict[str, dict] = SPACE,
    pool: int = 30,
    **changes: Any,
) -> dict[str, Any]:
    """An experiment as it stands in ``experiment.json``."""
    made = {
        "name": "made_up",
        "seed": 7,
        "dataset": {"source": "digits", "path": None, "image_size": None},
        "model": "models/fcnn.py",
        "epochs": 6,
        "batch_size": 128,
        "precision": "float32",
        "random_configurations": pool,
        "budget": 10,
        "repeats": 2,
        "max_repeats": 30,
        "parallel_trials": 1,
        "task": None,
        "objective": None,
        "equivalence": 0.003,
        "chapters": ["leak", "assignment"],
        "retrainings": 2,
        "strategies": strategies,
        "search_space": SearchSpace(space).model_dump(),
        "disclosure": "A model wrote <this>.",
    } | changes
    if made.get("published"):
        made["chapters"] = [*made["chapters"], "published"]
    return made


def make_records(experiment: dict[str, Any], faults: bool = True) -> list[dict[str, Any]]:
    """The trial records of all searches; ``faults`` lets some of them fail or diverge."""
    rng = np.random.default_rng(experiment["seed"])
    space = SearchSpace(experiment["search_space"])
    full, budget = experiment["epochs"], experiment["budget"] * experiment["epochs"]
    records = []

    def add(strategy, repeat, trial, configuration, epochs, charged, luck=0.0):
        status = "completed"
        if faults and trial % 13 == 5:
            status = "failed" if trial % 2 else "diverged"
        records.append(_record(rng, strategy, repeat, trial, configuration, epochs, status, luck))
        records[-1]["epochs_charged"] = charged

    for trial in range(experiment["random_configurations"]):
        add("random", 0, trial, space.sample(rng), full, full)
    twin = {SAME_BUDGET: {"algorithm": "RandomSearch"}}
    for strategy, options in (twin | experiment["strategies"]).items():
        for repeat in range(experiment["repeats"]):
            spent = trial = 0
            while spent + full <= budget:
                configuration = space.sample(rng)
                short = max(1, full // 4)
                if options["algorithm"] == "Hyperband" and trial % 4:
                    add(strategy, repeat, trial, configuration, short, short)
                    spent += short
                    if trial % 4 == 3:  # and is promoted
                        trial += 1
                        add(strategy, repeat, trial, configuration, full, full - short, 0.01)
                        spent += full - short
                else:
                    add(strategy, repeat, trial, configuration, full, full, 0.02 * spent / budget)
                    spent += full
                trial += 1
    return records


def make_tables(
    experiment: dict[str, Any], records: list[dict[str, Any]] | None = None
) -> dict[str, pd.DataFrame]:
    """All tables of an experiment, by name; of made-up records unless some are given."""
    records = records or make_records(experiment)
    trials = trials_table(records, experiment["search_space"])
    tables = {
        "trials": trials,
        "epochs": epochs_table(records),
        "epoch_seconds": epoch_seconds_table(records),
        "timings": timings_table(records),
        "test_scores": _test_scores(experiment, trials),
        "baseline": pd.DataFrame({"part": ["validation", "test"], "baseline": [0.1, 0.12]}),
        # With fewer forests, for they take time.
        "importance": importance_table(trials, definition(experiment), range(1, 3)),
    }
    return tables | analyses(tables, experiment)


def analyses(tables: dict[str, pd.DataFrame], experiment: dict[str, Any]) -> dict[str, Any]:
    """The tables of the registry that are not there yet, made from those that are."""
    settings = experiment | {
        "search_space": definition(experiment),
        "looks": planned_looks(experiment["repeats"], experiment["max_repeats"]),
    }
    chapters = experiment["chapters"]
    return analyse_all(analyses_for(chapters), tables, settings, OBJECTIVES["accuracy"])


def definition(experiment: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return SearchSpace(experiment["search_space"]).tuned()


def settings(experiment: dict[str, Any]) -> dict[str, Any]:
    """What `tuner_trials.figures.draw` wants beside the tables."""
    return {
        "search_space": definition(experiment),
        "budget": experiment["budget"],
        "epochs": experiment["epochs"],
        "objective": OBJECTIVES["accuracy"],
    }


def write_columns(folder: Path, experiment: dict[str, Any]) -> None:
    """The types of the columns of the tables in a folder."""
    write_json(folder / "columns.json", column_types(experiment["search_space"]))


def write_results(folder: Path, experiment: dict[str, Any]) -> None:
    """Everything under ``results/<experiment>/`` that the notebook reads."""
    tables = make_tables(experiment)
    for name, table in tables.items():
        write_table(folder / "tables" / f"{name}.csv", table)
    write_columns(folder / "tables", experiment)
    for name, drawing in figures_for(experiment["chapters"]).items():
        figure = draw(name, drawing.title, tables, settings(experiment), drawing.room)
        save(figure, folder / f"figures/{name}.svg", folder / f"figures/{name}.png")
    for job in _jobs(experiment):
        (folder / "benchmarks" / job).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"benchmarks/{job}.tsv").write_text(f"s\tmax_rss\n{JOB_SECONDS}\t700\n")
    split = {
        "seed": experiment["seed"],
        "validation_fraction": 0.2,
        "test_fraction": 0.25,
        "image_size": None,
        "inputs": [],
        "notes": ["samples are taken for bytes"],
        "standardized": None,
        "groups": False,
        "classes": [0, 1],
        "parts": {
            part: {
                "rows": 2 * rows + 1,
                "shape": [8, 8],
                "class_counts": {"0": rows, "1": rows + 1},
                "sha256": {"x": "0" * 64, "y": "1" * 64},
            }
            for part, rows in (("train", 400), ("validation", 100), ("test", 150))
        },
    }
    provenance = {
        "versions": {"python": "3.11.7", "tensorflow": "2.21.0"},
        "commit": "abc",
        "processor": "A processor",
        "trained": [{"commit": "abc", "processor": "A processor", "trainings": 70}],
        "cores": 2,
        "system": "Linux",
        "command": "snakemake --cores 2",
        "data": split,
    }
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / "data/split.json").write_text(json.dumps(split))
    (folder / "model.json").write_text('{"builds": 3, "failed": 0, "ignored": ["units"]}')
    (folder / "provenance.json").write_text(json.dumps(provenance))
    (folder / "experiment.json").write_text(json.dumps(experiment))


def _jobs(experiment: dict[str, Any]) -> list[str]:
    """The jobs that train, as Snakemake's measurements of them are named."""
    pool = batches(experiment["random_configurations"])
    searches = [
        (name, repeat)
        for name in (RANDOM, *experiment["strategies"])
        for repeat in range(experiment["repeats"])
    ]
    return [
        *(f"train_trials/{job.start:04d}" for job in pool),
        *(f"run_search/{name}-{repeat}" for name, repeat in searches),
    ]


def _record(rng, strategy, repeat, trial, configuration, epochs, status, luck) -> dict[str, Any]:
    rate = configuration.get("learning_rate", 1e-3)
    best = 0.89 - 0.03 * abs(np.log10(rate / 1e-3)) - 0.02 * rng.random() ** 2 + luck
    if strategy == "random" and trial % 20 == 9:
        best = 0.5  # a bad one, far below the others
    curve = best - 0.15 * np.exp(-np.arange(1, epochs + 1) / 3) + rng.normal(0, 0.002, epochs)
    curve = np.clip(curve, 0.1, 0.999)
    loss = (1.2 - curve).tolist()
    history = {
        "train_loss": loss,
        "validation_loss": loss,
        "validation": curve.tolist(),
    }
    if status == "failed":
        history = {}
    if status == "diverged":
        history = {name: values[:1] for name, values in history.items()}
        history |= {"train_loss": [None], "validation_loss": [None]}
    completed = status == "completed"
    return {
        "strategy": strategy,
        "repeat": repeat,
        "trial": trial,
        "configuration": configuration,
        "seed": int(rng.integers(1, 2**31)),
        "status": status,
        "message": "ValueError: made up" if status == "failed" else "",
        "epochs": epochs,
        "epochs_charged": epochs,
        "score": float(curve.max()) if completed else 0.1,
        "best_epoch": int(curve.argmax()) + 1 if completed else 0,
        "leaky_score": float(curve[-1] + 0.03) if completed else None,
        "history": history,
        "suggest_seconds": 1.5 * rng.random() if strategy == "bayesian" else 0.01,
        "epoch_seconds": [0.5] * len(history.get("validation", [])),
        "train_seconds": epochs * (0.3 + rng.random()),
        "commit": "abc",
        "processor": "A processor",
    }


def _test_scores(experiment: dict[str, Any], trials: pd.DataFrame) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    winners = []
    for strategy, own in trials.groupby("strategy", sort=False):
        for repeat, search in own.groupby("repeat"):
            winners.append((strategy, repeat, search["score"].max()))
    rows = [
        {
            "strategy": strategy,
            "repeat": repeat,
            "retraining": retraining,
            "seed": int(rng.integers(1, 2**31)),
            "validation": score - 0.002 - 0.003 * rng.random(),
            "test": score - 0.008 - 0.005 * rng.random(),
        }
        for strategy, repeat, score in winners
        for retraining in range(experiment["retrainings"])
    ]
    return pd.DataFrame(rows)
