"""A run that goes on until its comparisons are decided, on trees that are grown in milliseconds."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from conftest import PROJECT
from scipy import stats
from test_another_folder import snakemake, write

from tuner_trials.analysis.intervals import errors_at, repeated_intervals
from tuner_trials.analysis.plan import plan_table
from tuner_trials.experiment import check_experiment
from tuner_trials.search.random_search import SAME_BUDGET

TREES = """
import os

from sklearn.tree import DecisionTreeClassifier


def train(configuration, data, seed):
    if journal := os.environ.get("JOURNAL"):
        with open(journal, "a") as file:
            file.write("a training\\n")
    rows = 0
    while True:
        rows += len(data.x) // 3
        tree = DecisionTreeClassifier(**configuration, random_state=seed)
        yield tree.fit(data.x[:rows], data.y[:rows])
"""
TREE = {
    "name": "trees",
    "seed": 1,
    "dataset": {"source": "breast_cancer"},
    "model": "trees.py",
    "epochs": 2,
    "random_configurations": 10,
    "budget": 3,
    "repeats": "until_decided",
    "max_repeats": 8,
    "retrainings": 1,
    "equivalence": 0.5,
    "strategies": {"refined": {"algorithm": "RefinedRandom", "kept_share": 0.9}},
    "search_space": {
        "max_depth": {"type": "int", "low": 1, "high": 8},
        "max_features": {"type": "float", "low": 0.1, "high": 1.0},
    },
}
TABLES = "results/trees/tables"
TARGETS = [f"{TABLES}/{name}.csv" for name in ("comparisons", "looks", "retrained_comparisons")]


@pytest.fixture
def here(tmp_path):
    (tmp_path / "trees.py").write_text(TREES, "utf-8")
    write(tmp_path / "trees.yaml", TREE)
    return tmp_path


def run(folder, *options, **environment):
    """A run to its end, which is to be a good one: what it said."""
    ended = snakemake(folder, *TARGETS, "--configfile", "trees.yaml", *options, **environment)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout + ended.stderr


def table(folder, name):
    return pd.read_csv(folder / TABLES / f"{name}.csv")


def repeats(folder):
    """Of the searches that were made, by their folders."""
    return {
        name: len(list((folder / f"results/trees/{name}").glob("repeat-*")))
        for name in ("random", "refined")
    }


def test_it_ends_at_the_first_look_that_decides_and_then_has_nothing_to_do(here):
    """Any difference of accuracies below 0.5 counts as none here, so the first look decides."""
    said = run(here)
    assert "after 5 repeats, refined: equivalent" in said
    assert repeats(here) == {"random": 5, "refined": 5}
    looks = table(here, "looks")
    assert list(looks["repeats"]) == [5] and list(looks["verdict"]) == ["equivalent"]
    family = table(here, "comparisons").iloc[0]
    assert (family["opponent"], family["repeats"]) == (SAME_BUDGET, 5)
    # The second look was planned, and so it is paid for.
    errors = [errors_at((5, 8), share)[0] for share in (0.05, 0.1)]
    wide, narrow = (stats.t.isf(error / 2, 4) for error in errors)
    half = family["upper"] - family["difference"]
    assert half / (family["equivalence_upper"] - family["difference"]) == pytest.approx(
        wide / narrow
    )
    assert "Nothing to be done" in run(here, "-n")


@pytest.mark.long
def test_it_goes_on_to_its_last_repeat_where_nothing_is_decided(here):
    """With no margin, and with random search as the strategy, nothing ever is."""
    config = TREE | {"equivalence": 0.0, "strategies": {"refined": {"algorithm": "RandomSearch"}}}
    write(here / "trees.yaml", config)
    run(here)
    assert repeats(here) == {"random": 8, "refined": 8}
    assert list(table(here, "looks")["repeats"]) == [5, 8]
    assert set(table(here, "looks")["verdict"]) == {"undecided"}


@pytest.mark.parametrize(("most", "looks"), [(75, [5, 8]), (74, [5]), (None, [5, 8])])
def test_a_limit_in_trainings_takes_away_looks(here, monkeypatch, most, looks):
    """10 + 1 for the pool, and 3 + 1 for each of two searches in a repeat."""
    monkeypatch.chdir(here)
    assert check_experiment(TREE | {"max_trainings": most}).looks == looks


def test_a_later_look_remembers_the_earlier_one(here):
    write(here / "trees.yaml", TREE | {"repeats": 2, "equivalence": 0.001})
    run(here)
    assert list(table(here, "looks")["repeats"]) == [2]
    said = run(here, "--config", "repeats=3")
    assert "corrected for the looks at [2] repeats" in said
    assert list(table(here, "looks")["repeats"]) == [2, 3]
    again = table(here, "comparisons").iloc[0]
    # Looked at once, in a folder that remembers nothing, the same repeats say more.
    (here / "results/trees/looks/2.json").unlink()
    run(here, "--config", "repeats=3", "--forcerun", "look")
    once = table(here, "comparisons").iloc[0]
    assert once["upper"] - once["lower"] < again["upper"] - again["lower"]


@pytest.mark.long
def test_a_run_killed_at_a_look_goes_on_and_trains_nothing_twice(here):
    """And its tables are those of an undisturbed run on one core, to the byte."""
    write(here / "trees.yaml", TREE | {"equivalence": 0.0, "max_repeats": 8})
    journal = here / "journal"
    look = here / "results/trees/looks/5.json"
    command = [sys.executable, "-m", "snakemake", "-s", str(PROJECT / "Snakefile"), "--cores", "2"]
    killed = subprocess.Popen(
        [*command, *TARGETS, "--configfile", "trees.yaml"],
        cwd=here,
        env=os.environ | {"JOURNAL": str(journal)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while killed.poll() is None and not look.exists():
        time.sleep(0.05)
    assert killed.poll() is None
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    run(here, "--unlock")
    assert json.loads(look.read_text("utf-8"))["decided"] is False
    run(here, JOURNAL=str(journal))
    assert "Nothing to be done" in run(here, "-n")
    stored = len(list((here / "results/trial_store").rglob("*.trial")))
    # The check of the model trains, too, and the kill may have interrupted one training a core.
    assert stored <= len(journal.read_text("utf-8").splitlines()) <= stored + 6

    other = here / "undisturbed"
    other.mkdir()
    for file in ("trees.py", "trees.yaml"):
        (other / file).write_text((here / file).read_text("utf-8"), "utf-8")
    run(other, "--cores", "1")
    for name in ("trials", "comparisons", "looks", "retrained_comparisons", "test_scores"):
        ours, theirs = (folder / TABLES / f"{name}.csv" for folder in (here, other))
        assert ours.read_bytes() == theirs.read_bytes(), name


@pytest.mark.long
def test_two_modules_each_take_their_own_looks(here):
    write(here / "one.yaml", TREE | {"name": "one"})
    never = {"equivalence": 0.0, "strategies": {"refined": {"algorithm": "RandomSearch"}}}
    write(here / "two.yaml", TREE | {"name": "two"} | never)
    text = ""
    for name in ("one", "two"):
        text += f"""
configfile: "{name}.yaml"

module {name}:
    snakefile: "{PROJECT / "Snakefile"}"
    config: config

use rule * from {name} as {name}_*

config.clear()
"""
    (here / "Snakefile").write_text(text.replace("config: config", "config: dict(config)"), "utf-8")
    targets = [f"results/{name}/tables/looks.csv" for name in ("one", "two")]
    ended = snakemake(here, *targets, clone=here)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    looks = [list(pd.read_csv(here / target)["repeats"]) for target in targets]
    assert looks == [[5], [5, 8]]


def test_a_plan_says_what_each_look_costs_and_finds(here):
    ended = snakemake(here, "plan", "--configfile", "trees.yaml")
    assert ended.returncode == 0, ended.stderr
    said = ended.stdout + ended.stderr
    assert "from 10 random trials" in said
    assert "5 repeats: 51 full trainings" in said and "8 repeats: 75 full trainings" in said
    assert not (here / "results/trees/refined").exists()


def test_a_plan_finds_what_the_simulation_finds():
    """Half of the scores of a pool that is normal: by simulation, 80 % find what is promised."""
    rng = np.random.default_rng(4)
    pool = rng.normal(0.8, 0.01, 2_000)
    row = plan_table(pool, 20, 1, [12]).iloc[0]
    start, own, theirs = rng.normal(0.8, 0.01, (3, 4_000, 12, 10)).max(axis=-1)
    random, tuned = np.maximum(start, theirs), np.maximum(start, own)
    found = repeated_intervals(tuned + row["difference"], random, [12], 0.05)[0]
    assert (found.lower > 0).mean() == pytest.approx(0.8, abs=0.15)
    equal = repeated_intervals(tuned, random, [12], 0.05)[0].verdict(row["equivalence"])
    assert (equal == "equivalent").mean() == pytest.approx(0.8, abs=0.15)


def test_a_number_that_is_none_and_limits_that_mean_nothing_are_refused(here):
    for own, words in (
        ({"repeats": "until decided"}, "use a whole number, 1 to 1000, or until_decided"),
        ({"repeats": 0}, "use a whole number, 1 to 1000, or until_decided"),
        ({"repeats": 3, "max_trainings": 500}, "max_trainings: goes with repeats: until_decided"),
        ({"max_trainings": 50}, "max_trainings: 50 is less than the 51 of the first look, after 5"),
    ):
        write(here / "trees.yaml", TREE | own)
        ended = snakemake(here, "-n", "--configfile", "trees.yaml")
        said = ended.stdout + ended.stderr
        assert ended.returncode != 0 and words in said and "Traceback" not in said
