"""Whatever is changed in a finished run, what depends on it is made again, and nothing else.

Dry runs for every key, every exchange of two values and every source file; real runs for one of
each kind, whose tables must be those of a fresh run of the changed project, to the byte.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from faults.dry_runs import plan, two_processes
from faults.project_copy import EXPERIMENT, PROJECT, RESULTS
from tuner_trials.experiment import Dataset, Experiment, ExperimentError, check_experiment

pytestmark = pytest.mark.long

TINY = yaml.safe_load((PROJECT / EXPERIMENT).read_text("utf-8"))
# Settings that the tiny experiment leaves out, with values that it does not have, some for nets.
TINY |= {"model": "models/fcnn.py"}
TINY |= {"equivalence": 0.003, "max_failed_share": 0.5, "retrainings": 2, "batch_size": 32}
TINY["strategies"]["hyperband"]["factor"] = 3

TRAINING = {"train_trials", "run_search", "test_incumbents"}
ALL_TABLES = {"tabulate_trials"}

# Where the configuration is written down.
WRITTEN = {"record_provenance", "execute_notebook"}

# Of every key: another value, and the rules whose jobs must then run (None: none but those).
CHANGES = {
    "name": ("other", {"split_dataset"}),
    "seed": (43, {"split_dataset", "sample_configurations"} | TRAINING),
    "dataset.source": ("data.npz", {"split_dataset"}),
    "dataset.path": None,  # of Fashion-MNIST alone
    "dataset.image_size": (4, {"split_dataset"}),
    "dataset.target": None,  # of tables alone
    "dataset.scale": ("standardize", {"split_dataset"}),
    "dataset.columns": ({"codes": [3]}, {"split_dataset"}),
    "dataset.validation_fraction": (0.3, {"split_dataset"}),
    "dataset.test_fraction": (0.3, {"split_dataset"}),
    "task": ("classification", None),  # as it is
    "objective": ("f1_macro", {"draw_figures"} | TRAINING),
    "model": ("models/cnn.py", {"check_model"} | TRAINING),
    "model_files": (["config.yaml"], {"check_model"} | TRAINING),
    "epochs": (2, TRAINING),
    "batch_size": (64, TRAINING),
    "precision": ("mixed_bfloat16", TRAINING),
    "class_weight": ("balanced", TRAINING),
    "random_configurations": (13, {"sample_configurations", "train_trials"}),
    "budget": (5, {"run_search", "analyse_trials"}),
    "repeats": (2, {"run_search"}),
    "max_repeats": (20, None),
    "max_trainings": None,  # with repeats: until_decided alone
    "retrainings": (3, {"test_incumbents"}),
    "equivalence": (0.01, {"analyse_trials"}),
    "max_failed_share": (0.6, ALL_TABLES),
    "parallel_trials": (2, {"run_search"}),
    "trial_store": ("elsewhere", None),
    "strategies": (
        TINY["strategies"] | {"refined": {"algorithm": "RefinedRandom", "kept_share": 0.9}},
        {"run_search"},
    ),
    "strategies.bayesian.num_initial_points": (3, {"run_search"}),
    "strategies.bayesian.beta": (3.0, {"run_search"}),
    "strategies.hyperband.factor": (4, {"run_search"}),
    "search_space": (
        TINY["search_space"] | {"batch_normalization": {"type": "boolean"}},
        {"sample_configurations", "check_model", "train_trials", "run_search"},
    ),
    **{
        f"search_space.{key}": (
            value,
            {"sample_configurations", "check_model", "train_trials", "run_search"},
        )
        for key, value in {
            "units.high": 1024,
            "units.low": 9,
            "units.scale": "linear",
            "units.type": "float",
            "learning_rate.low": 0.002,
            "dropout_rate.high": 0.5,
        }.items()
    },
    "published": (
        {
            "bayesian": {
                "best_validation": 0.9,
                "test": 0.9,
                "seconds": 1.0,
                "configuration": {"units": 8, "learning_rate": 0.01, "dropout_rate": 0.1},
            }
        },
        {"analyse_trials"},
    ),
    "chapters": (["leak"], {"analyse_trials", "draw_figures"}),
    "disclosure": ("Nobody helped.", {"record_provenance"}),
}


def changed(changes: dict[str, object]) -> dict:
    config = deepcopy(TINY)
    for path, value in changes.items():
        *parents, last = path.split(".")
        section = config
        for parent in parents:
            section = section[parent]
        section[last] = value
    if config.get("published"):
        config["chapters"] = ["published"]
    return config


@pytest.fixture(scope="module")
def dry_run():
    """Gives the jobs that a dry run plans: how many of each rule."""
    with two_processes() as processes:

        def planned(folder: Path, experiment: str | Path = EXPERIMENT, *targets: str):
            run = processes.submit(plan, folder, *targets, "--configfile", str(experiment))
            return jobs_of(*run.result())

        yield planned


def jobs_of(status: int, text: str) -> dict[str, int]:
    assert status == 0, text
    table = re.search(r"Job stats:\n.*?\n-.*?\n(.*?)\ntotal", text, re.S)
    rows = [line.split() for line in table.group(1).splitlines()] if table else []
    counts: Counter[str] = Counter()
    for name, count in rows:
        # The last batch of a pool, if it is not full, has rules of its own.
        rule = {
            "sample_rest": "sample_configurations",
            "train_rest": "train_trials",
            "run_random_search": "run_search",
        }.get(name, name)
        counts[rule] += int(count) * (rule not in ("all", "tables"))
    return dict(+counts)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A finished run of the tiny experiment, report and all; nothing changes it."""
    from faults.project_copy import Copy

    folder = tmp_path_factory.mktemp("whole")
    copy = Copy(folder / "project", folder)
    (copy.folder / EXPERIMENT).write_text(yaml.safe_dump(TINY, sort_keys=False), "utf-8")
    shutil.copy(copy.folder / "models/fcnn.py", copy.folder / "models/mine.py")
    copy.run()
    data = copy.folder / "data.npz"
    if not data.exists():
        shutil.copy(copy.folder / "results/datasets/digits.npz", data)
    return copy


@pytest.fixture
def plans(whole, dry_run, tmp_path):
    """Gives what is planned for each of several changed configurations."""

    def planned(configurations: list[dict]) -> Iterator[dict[str, int]]:
        files = []
        for number, configuration in enumerate(configurations):
            files.append(tmp_path / f"{number}.yaml")
            files[-1].write_text(yaml.safe_dump(configuration, sort_keys=False), "utf-8")
        with ThreadPoolExecutor(2) as pool:
            yield from pool.map(lambda file: dry_run(whole.folder, file), files)

    return planned


def test_a_finished_run_has_nothing_to_do(whole, dry_run):
    assert dry_run(whole.folder) == {}


def test_every_key_of_a_configuration_has_its_change():
    keys = {*Experiment.model_fields} - {"dataset"}
    keys |= {f"dataset.{name}" for name in Dataset.model_fields}
    assert keys <= set(CHANGES)


def test_every_key_makes_what_depends_on_it_again(plans):
    cases = {path: change for path, change in CHANGES.items() if change}
    configurations = [changed({path: value}) for path, (value, _) in cases.items()]
    wrong = {}
    for (path, (_, rules)), jobs in zip(cases.items(), plans(configurations), strict=True):
        if (rules is None and set(jobs) != WRITTEN) or (rules and not rules <= set(jobs)):
            wrong[path] = jobs
    assert wrong == {}


def test_other_chapters_do_not_measure_the_importance_again(plans):
    """It takes minutes for a large pool, and no chapter has a part in it."""
    [jobs] = plans([changed({"chapters": ["leak"]})])
    assert "analyse_trials" in jobs and "measure_importance" not in jobs


def test_every_exchange_of_two_values_makes_what_depends_on_them_again(plans):
    """Snakemake remembers the values of parameters, and not which was whose."""
    paths = {
        path: value
        for path, value in leaves(TINY)
        if type(value) in (int, float) and path in CHANGES and CHANGES[path]
    }
    assert len(paths) > 10
    pairs, configurations = [], []
    for first, second in combinations(paths, 2):
        if type(paths[first]) is not type(paths[second]) or paths[first] == paths[second]:
            continue
        configuration = changed({first: paths[second], second: paths[first]})
        try:
            check_experiment(configuration)
        except ExperimentError:
            continue
        pairs.append((first, second))
        configurations.append(configuration)
    assert len(pairs) > 10
    pairs, configurations = pairs[::3], configurations[::3]
    wrong = {}
    for pair, jobs in zip(pairs, plans(configurations), strict=True):
        rules = set().union(*(CHANGES[path][1] or () for path in pair))
        if not rules <= set(jobs):
            wrong[pair] = jobs
    assert wrong == {}


def leaves(config: dict, prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in config.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


# What a script loads, by Python itself, which runs it until Snakemake is missing.
LOADED = """
import runpy, sys
try:
    runpy.run_path(sys.argv[1], run_name="__main__")
except NameError as error:
    assert "snakemake" in str(error), error
for name in sys.argv[2:]:
    __import__(name)
print(*(m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "tuner_trials"), sep="\\n")
"""
# Modules that a job loads for one analysis, figure, dataset or kind of training, by name.
BY_NAME = {
    "analyse_trials": ["analysis.summary"],
    "draw_figures": ["figures.importance"],
    **{rule: ["tasks.keras.backend"] for rule in TRAINING},
    "check_model": ["tasks.keras.backend"],
    "split_dataset": ["tasks.data.datasets"],
    "execute_notebook": ["report.sections"],
}


def test_every_source_file_makes_again_what_runs_it(whole, dry_run, tmp_path):
    rules_of: dict[Path, set[str]] = {}
    for script in sorted((whole.folder / "scripts").glob("*.py")):
        rule = script.stem
        if rule.startswith("export_") or rule in ("compare", "verify", "unpack_trials", "plan"):
            continue  # not a part of the report, or of a small pool
        modules = [f"tuner_trials.{name}" for name in BY_NAME.get(rule, [])]
        loaded = subprocess.run(
            [sys.executable, "-c", LOADED, script, *modules],
            cwd=whole.folder,
            env={"PYTHONPATH": str(whole.folder / "src"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\n")
        for path in [script, *map(Path, filter(None, loaded))]:
            rules_of.setdefault(path, set()).add(rule)
    for name in ("bayesian", "hyperband"):  # whose algorithms are in one file
        assert name in TINY["strategies"]
    package = whole.folder / "src/tuner_trials"
    for path, rules in rules_of.items():
        if path.parent == package / "search/strategies" and path.stem not in (
            *(
                "__init__",
                "base",
                "registry",
                "keras_tuner_oracles",
                "keras_tuner_search",
                "without_keras",
            ),
        ):
            rules.discard("run_search")  # of other strategies
    rules_of[whole.folder / "notebooks/analysis.ipynb"] = {"execute_notebook"}
    rules_of[package / "report/page.css"] = {"execute_notebook"}
    rules_of[whole.folder / "models/fcnn.py"] = {"check_model"} | TRAINING
    assert len(rules_of) > 60

    folders = [whole.folder, tmp_path / "second"]
    shutil.copytree(whole.folder, folders[1])
    # A dry run takes seconds: every third file stands for the others, whose imports are found alike
    # (tests/test_imports.py).
    todo = list(rules_of.items())[::3]

    def check(number: int) -> dict[str, dict]:
        """Change every second file in a folder of its own, and give what was wrong."""
        wrong = {}
        for path, rules in todo[number::2]:
            place = path.relative_to(whole.folder)
            file = folders[number] / place
            before = file.read_bytes()
            file.write_bytes(before + b"\n")
            try:
                jobs = dry_run(folders[number])
            finally:
                file.write_bytes(before)
            if not rules <= set(jobs):
                wrong[str(place)] = {"expected": rules, "planned": jobs}
        return wrong

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(check, range(2))
    assert first | second == {}


def edit(old: str, new: str):
    def edited(folder: Path, path: str) -> None:
        text = (folder / path).read_text("utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), "utf-8")

    return edited


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (EXPERIMENT, edit("high: 64", "high: 1024")),
        (
            "src/tuner_trials/search/pool_trials.py",
            edit("trial_seed(seed, 0, ", "trial_seed(seed, 1, "),
        ),
    ],
    ids=["search space", "seed rule"],
)
def test_the_tables_after_a_change_are_those_of_a_fresh_run(finished, copy, dry_run, path, change):
    change(finished.folder, path)
    change(copy.folder, path)
    finished.run("tables")
    copy.run("tables")
    assert finished.tables() == copy.tables()
    assert dry_run(finished.folder, EXPERIMENT, "tables") == {}


def test_a_configuration_edited_by_hand_is_trained_as_it_stands(finished):
    file = finished.folder / RESULTS / "random/configurations/0003.json"
    configuration = json.loads(file.read_text())
    before = finished.tables()["trials"]
    file.write_text(json.dumps(configuration | {"units": 9}))
    run = finished.run("tables")
    [who] = [trial for trial in run.trials() if trial[0] == "random"]
    assert who[2] == "3"
    assert finished.tables()["trials"] != before
    file.write_text(json.dumps(configuration | {"units": 1_000_000}))
    assert (
        "0003.json holds no configuration of the search space: units"
        in finished.fail("tables").text
    )
