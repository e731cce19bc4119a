"""A configuration file is checked before anything runs, and mistakes are named."""

import copy
import re
import subprocess
import sys

import numpy as np
import pytest
import yaml
from conftest import PROJECT

from tuner_trials.experiment import (
    ExperimentError,
    check_experiment,
    nested_values,
    read_experiment,
)
from tuner_trials.search.random_search import batch_size, batches
from tuner_trials.search.strategies.registry import NAMED_STRATEGIES
from tuner_trials.tasks.data.registry import NAMED_DATASETS

DEFAULT = yaml.safe_load((PROJECT / "config.yaml").read_text())
DELETE = object()

TABLE = "reference/fashion_mnist/tables/trials.csv"


def changed(path, value, config=DEFAULT):
    config = copy.deepcopy(config)
    *parents, last = path.split(".")
    section = config
    for parent in parents:
        section = section[parent]
    if value is DELETE:
        del section[last]
    else:
        section[last] = value
    return config


@pytest.mark.parametrize(
    "path", ["config.yaml", *(f"experiments/{p.name}" for p in (PROJECT / "experiments").iterdir())]
)
def test_shipped_experiments_are_valid(path):
    experiment = read_experiment(path)
    for name, hyperparameter in experiment.search_space.items():
        for words in ("why", "why_this_range", "expected_impact"):
            assert getattr(hyperparameter, words), f"{name} says nothing for {words}"


def test_default_experiment_is_the_one_that_was_asked_for():
    experiment = read_experiment("config.yaml")
    assert experiment.random_configurations >= 100
    assert experiment.random_configurations > experiment.budget
    assert {"hidden_layers", "dropout_rate"} < set(experiment.search_space)
    assert len(experiment.search_space) >= 8
    assert set(experiment.strategies) == {"bayesian", "hyperband", "refined_random"}


@pytest.mark.parametrize(
    ("pool", "jobs"), [(2, 1), (10, 1), (11, 2), (1000, 100), (1001, 101), (100_000, 280)]
)
def test_every_trial_of_a_pool_belongs_to_one_job(pool, jobs):
    found = batches(pool)
    assert len(found) == jobs
    assert [number for job in found for number in job] == list(range(pool))
    for job in found[:-1]:
        assert len(job) == batch_size(job.start) and job.start % len(job) == 0


@pytest.mark.parametrize(("pool", "larger"), [(10, 20), (25, 31), (990, 1300), (10_000, 11_000)])
def test_no_job_of_a_pool_moves_when_it_grows(pool, larger):
    whole = [job for job in batches(pool) if len(job) == batch_size(job.start)]
    assert batches(larger)[: len(whole)] == whole


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("seed", DELETE, "seed: is missing"),
        ("seeds", 1, "seeds: is no key that is known here"),
        ("seed", -1, "seed: -1 is not allowed; input should be greater than or equal to 0"),
        ("epochs", "ten", "epochs: 'ten' is not allowed; input should be a valid integer"),
        ("epochs", True, "epochs: True is not allowed"),
        ("name", "../away", "name: '../away' is not allowed"),
        ("name", "datasets", "name: 'datasets' is taken; choose another"),
        ("model", "models/none.py", "model: there is no file 'models/none.py'"),
        ("model", "config.yaml", "model: 'config.yaml' must be a Python file (.py)"),
        ("random_configurations", 1, "random_configurations: 1 is not allowed; input should be"
         " greater than or equal to 2"),
        ("random_configurations", 100_010, "random_configurations: 100010 is not allowed; input"
         " should be less than or equal to 100000"),
        ("budget", 200, "budget: 200 is more than random_configurations (100)"),
        ("budget", 8, "strategies.bayesian: a budget of 8 trainings never leaves the 10 random"
         " initial points"),
        ("parallel_trials", 0, "parallel_trials: 0 is not allowed; input should be greater than or"
         " equal to 1"),
        ("parallel_trials", 21, "parallel_trials: 21 is more than the budget (20)"),
        ("budget", 6, "strategies.hyperband: one iteration of Hyperband costs 31 epochs, but"
         " budget x epochs is 6 x 5 = 30; raise budget to 7"),
        ("budget", 11, "strategies.refined_random: the best 0.2 of 6 explored configurations are"
         " fewer than two"),
        ("dataset.source", "cifar", f"dataset.source: 'cifar' is not allowed; use"
         f" {', '.join(NAMED_DATASETS)}, or the path of an .npz, .csv or .parquet file"),
        ("dataset.source", "my data.npz", "dataset.source: there is no file 'my data.npz'"),
        ("dataset", {"source": "digits", "target": "kind"}, "dataset: target goes with a .csv or"
         " .parquet file, not with digits"),
        ("dataset", {"source": TABLE}, "dataset: target is missing: the column of the labels of a"
         " .csv or .parquet file"),
        ("dataset", {"source": "x.csv", "target": ""}, "dataset.target: '' is not allowed; string"
         " should have at least 1 character"),
        ("dataset", {"source": "digits", "path": "x"}, "dataset: path goes with source:"
         f" {', '.join(name for name, kind in NAMED_DATASETS.items() if kind.takes_path)}, not with"
         " digits"),
        ("dataset.validation_fraction", 1.0, "dataset.validation_fraction: 1.0 is not allowed;"
         " input should be less than 1"),
        ("strategies.hyperband.factor", 1, "strategies.hyperband.factor: 1 is not allowed"),
        ("strategies.smac", {"algorithm": "SMAC"}, "strategies.smac.algorithm: 'SMAC' is not"
         f" allowed; use one of {', '.join(repr(kind.__name__) for kind in NAMED_STRATEGIES)}, or"
         " a Python file of your own"),
        ("strategies.tpe", {"algorithm": "TPE", "n_startup_trials": 20}, "strategies.tpe: a budget"
         " of 20 trainings never leaves the 20 random startup trials; raise budget above 20 or"
         " lower n_startup_trials"),
        ("strategies.tpe", {"algorithm": "TPE", "n_startup_trials": 0}, "strategies.tpe"
         ".n_startup_trials: 0 is not allowed"),
        ("strategies.cmaes", {"algorithm": "CMAES"}, "strategies.cmaes: CMAES searches numbers that"
         " every configuration has, and would draw batch_size, activation, optimizer,"
         " batch_normalization at random; use another algorithm, or another space"),
        ("strategies.cmaes", {"algorithm": "CMAES", "popsize": 20}, "strategies.cmaes: a budget of"
         " 20 trainings never leaves the first generation, which ends with trial 21; raise budget"
         " above 21 or lower popsize"),
        ("strategies.asha", {"algorithm": "SuccessiveHalving", "min_epochs": 4}, "strategies.asha:"
         " nothing shorter than 5 epochs is left to judge by; lower min_epochs to 1 or less"),
        ("strategies.asha", {"algorithm": "SuccessiveHalving", "factor": 11}, "strategies.asha:"
         " nothing shorter than 5 epochs is left to judge by; lower factor to 5 or less"),
        ("strategies.one", {"algorithm": "OneEpoch", "finished": 20}, "strategies.one: a budget of"
         " 20 trainings leaves no choice of the 20 that are finished; raise budget above 20 or"
         " lower finished"),
        ("strategies.tpe", {}, "strategies.tpe.algorithm: is missing"),
        ("strategies.tpe", None, "strategies.tpe"),
        ("strategies.random", {"algorithm": "RandomSearch"}, "strategies.random: the name 'random'"
         " is taken; choose another"),
        ("strategies.Bad-Name", {"algorithm": "RandomSearch"}, "strategies.Bad-Name: 'Bad-Name' is"
         " not allowed"),
        ("strategies", {}, "strategies: name at least one"),
        ("search_space", {}, "search_space: name at least one hyperparameter"),
        ("search_space.units.high", 16, "search_space.units: low (32) must be below high (16)"),
        ("search_space.units.low", 0, "search_space.units: low is 0, but a log scale needs a value"
         " above 0"),
        ("search_space.units.step", 8, "search_space.units: step cannot be combined with scale:"
         " log"),
        ("search_space.units.type", "integer", "search_space.units.type: 'integer' is not allowed;"
         " use one of 'int', 'float', 'choice', 'boolean'"),
        ("search_space.activation.values", ["relu", 1], "search_space.activation.values: ['relu',"
         " 1] must be all words"),
        ("search_space.activation.values", ["relu", "relu"], "search_space.activation.values:"
         " ['relu', 'relu'] contains a value twice"),
        ("search_space.activation.values", [], "search_space.activation.values: [] is not allowed"),
        ("search_space.l2.active_if", {"optimiser": ["adam"]}, "search_space.l2.active_if"
         ".optimiser: is no hyperparameter of the search space"),
        ("search_space.l2.active_if", {"optimizer": ["sgd"]}, "search_space.l2.active_if.optimizer:"
         " 'sgd' is not allowed; use one of ['adam', 'rmsprop']"),
        ("search_space.l2.active_if", {"optimizer": "adam"}, "search_space.l2.active_if.optimizer:"
         " 'adam' is not allowed; input should be a valid list"),
        ("search_space.l2.active_if", {"optimizer": []}, "search_space.l2.active_if.optimizer: []"),
        ("search_space.l2.active_if", {"hidden_layers": [3]}, "search_space.l2.active_if"
         ".hidden_layers: 3 is not allowed; use 1 to 2"),
        ("search_space.l2.active_if", {"hidden_layers": [True]}, "search_space.l2.active_if"
         ".hidden_layers: True is not allowed; use 1 to 2"),
        ("search_space.l2.active_if", {"batch_normalization": [True]}, "search_space.l2.active_if"
         ".batch_normalization: must be defined above l2"),
        ("search_space.l2.active_if", {"l2": [1.0]}, "search_space.l2.active_if.l2: must be defined"
         " above l2"),
        ("search_space.l2.active_if", {"learning_rate": [0.001]}, "search_space.l2.active_if"
         ".learning_rate: is a float, which hardly ever has one certain value"),
        ("search_space.l2", {"type": "fixed", "value": [1]}, "search_space.l2.value: [1] must be"),
        ("search_space.l2", {"type": "fixed"}, "search_space.l2.value: is missing"),
        ("search_space.batch_size", {"type": "fixed", "value": 0.5}, "search_space.batch_size: must"
         " be whole numbers of at least 1"),
        ("search_space.batch_size.values", [0, 32], "search_space.batch_size: must be whole numbers"
         " of at least 1"),
        ("search_space", {"batch_normalization": {"type": "boolean"}}, "random_configurations: 100"
         " distinct ones are asked for, but the search space holds 2"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_in_a_line_that_names_it(path, value, line):
    with pytest.raises(ExperimentError) as error:
        check_experiment(changed(path, value))
    lines = [text.strip() for text in str(error.value).splitlines()]
    assert any(text.startswith(line) for text in lines), lines


def test_class_weights_beside_weights_in_the_data_are_refused_before_anything_runs(tmp_path):
    path = tmp_path / "mine.npz"
    config = DEFAULT | {"dataset": {"source": str(path)}, "class_weight": "balanced"}
    arrays = {"x_train": np.eye(4), "y_train": np.arange(4)}
    np.savez(path, **arrays)
    check_experiment(config)
    np.savez(path, **arrays, sample_weight_train=np.ones(4))
    check_experiment(config | {"class_weight": None})
    with pytest.raises(ExperimentError, match=r"class_weight: .* brings sample_weight_train"):
        check_experiment(config)


PUBLISHED = yaml.safe_load((PROJECT / "experiments/published_notebook.yaml").read_text())


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("bayesian.test", DELETE, "published.bayesian.test: is missing"),
        ("bayesian.tests", 0.9, "published.bayesian.tests: is no key that is known here"),
        ("bayesian.best_validation", 89.13, "published.bayesian.best_validation: 89.13 is not"
         " allowed; accuracy lies between 0 and 1"),
        ("bayesian.seconds", 0, "published.bayesian.seconds: 0 is not allowed; input should be"
         " greater than 0"),
        ("bayesian.configuration", None, "published.bayesian.configuration: nothing is not"
         " allowed"),
        ("bayesian.configuration.units", DELETE, "published.bayesian.configuration.units: is"
         " missing"),
        ("bayesian.configuration.units", 500, "published.bayesian.configuration.units: 500 is not"
         " allowed; use 64 to 512 in steps of 64"),
        ("bayesian.configuration.units", 512.0, "published.bayesian.configuration.units: 512.0 is"
         " not allowed"),
        ("bayesian.configuration.dropout_rate", 0.25, "published.bayesian.configuration"
         ".dropout_rate: 0.25 is not allowed; use 0.0 to 0.5 in steps of 0.1"),
        ("bayesian.configuration.dropout_rate", [0.2], "published.bayesian.configuration"
         ".dropout_rate: [0.2] must be a word, a number"),
        ("bayesian.configuration.learning_rate", 10**400, "published.bayesian.configuration"
         ".learning_rate: 1000"),
        ("bayesian.configuration.l2", 0.1, "published.bayesian.configuration.l2: is no"
         " hyperparameter of the search space"),
        ("tpe", {}, "published.tpe.best_validation: is missing"),
        ("tpe", PUBLISHED["published"]["bayesian"], "published.tpe: is no strategy of this"
         " experiment; use one of bayesian, keras_tuner_random"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_was_published_is_named(path, value, line):
    with pytest.raises(ExperimentError) as error:
        check_experiment(changed(f"published.{path}", value, PUBLISHED))
    lines = [text.strip() for text in str(error.value).splitlines()]
    assert any(text.startswith(line) for text in lines), lines


@pytest.mark.parametrize(
    ("name", "value"),
    [("dropout_rate", 0), ("dropout_rate", 0.5), ("dropout_rate", 0.3), ("learning_rate", "1e-4")],
)
def test_what_was_published_may_be_any_point_of_the_space(name, value):
    check_experiment(changed(f"published.bayesian.configuration.{name}", value, PUBLISHED))


def test_the_pool_and_the_searches_reach_every_published_dropout_rate():
    """keras-tuner by itself counts 0.5 as four steps of 0.1."""
    space = read_experiment("experiments/published_notebook.yaml").search_space
    grid = {space["dropout_rate"].at(number / 100) for number in range(100)}
    assert grid == {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}
    assert {space["units"].at(number / 100) for number in range(100)} == set(range(64, 513, 64))


def test_the_rigorous_experiment_is_the_default_one_with_more_repeats():
    default, rigorous = (
        read_experiment(path).model_dump() for path in ("config.yaml", "experiments/rigorous.yaml")
    )
    larger = {"name": "rigorous", "max_repeats": 30}
    assert rigorous == default | larger


def test_all_mistakes_are_named_at_once():
    config = changed("seed", DELETE) | {"epochs": 0, "foo": 1}
    with pytest.raises(ExperimentError) as error:
        check_experiment(config)
    assert len(str(error.value).splitlines()) == 4


def test_a_key_that_is_written_twice_is_found(tmp_path):
    text = (PROJECT / "config.yaml").read_text().replace("seed: 42", "seed: 42\nseed: 43")
    text = text.replace("  units:\n", "  units: {type: boolean}\n  units:\n")
    (tmp_path / "twice.yaml").write_text(text)
    with pytest.raises(ExperimentError) as error:
        read_experiment(tmp_path / "twice.yaml")
    assert "seed: is written twice" in str(error.value)
    assert "search_space.units: is written twice" in str(error.value)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        *((word, "true or false") for word in ("yes", "no", "on", "off", "No", "ON")),
        *((word, "another number") for word in ("042", "010", "1:30")),
        *((word, "a word, not a number") for word in ("08", "-019")),
        ("2024-01-01", "a date"),
    ],
)
def test_a_word_that_yaml_reads_as_something_else_is_refused(tmp_path, word, meaning):
    text = (PROJECT / "experiments/digits.yaml").read_text("utf-8")
    path = tmp_path / "misread.yaml"
    for place, line in (
        ("search_space.own.values.1", f"  own: {{type: choice, values: [abc, {word}]}}"),
        (f"search_space.{word}", f"  {word}: {{type: boolean}}"),
        ("seed", f"seed: {word}"),
    ):
        changed_text = re.sub("^seed: .*", line, text, flags=re.M) if place == "seed" else (
            text.replace("search_space:\n", f"search_space:\n{line}\n")
        )  # fmt: skip
        path.write_text(changed_text, "utf-8")
        with pytest.raises(ExperimentError) as error:
            read_experiment(path)
        assert f"{place}: {word} is read as {meaning} by YAML; quote it" in str(error.value)
    quoted = f'  own: {{type: choice, values: [abc, "{word}"]}}'
    path.write_text(text.replace("search_space:\n", f"search_space:\n{quoted}\n"), "utf-8")
    assert read_experiment(path).search_space["own"].values == ["abc", word]


def test_numbers_and_truth_values_are_what_they_seem(tmp_path):
    path = tmp_path / "plain.yaml"
    for values in ("[true, false]", "[True, False]", "[0, 10]", "[1e-3, 0.5]", "[1_000, 2]"):
        text = (PROJECT / "experiments/digits.yaml").read_text("utf-8")
        line = f"search_space:\n  own: {{type: choice, values: {values}}}\n"
        path.write_text(text.replace("search_space:\n", line), "utf-8")
        assert read_experiment(path).search_space["own"]


def test_nested_values_of_the_command_line_have_their_types():
    arguments = ["dataset={image_size: 8, scale: none}", "repeats=5", "name=a: b: c", "empty="]
    arguments += ["search_space={units: {values: [1, 0.5, true, word]}}", "list=[1, 2]"]
    assert nested_values(arguments) == {
        "dataset": {"image_size": 8, "scale": "none"},
        "search_space": {"units": {"values": [1, 0.5, True, "word"]}},
        "list": [1, 2],
    }
    with pytest.raises(
        ExperimentError, match=r"search_space\.a\.value: no is read as true or false"
    ):
        nested_values(["search_space={a: {type: fixed, value: no}}"])


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("dataset={validation_fraction: 0.1}", None),
        ("search_space={l2: {low: 1e-5}}", None),
        ("dataset={validation_fraction: 2}", "dataset.validation_fraction: 2 is not allowed"),
        ("search_space={l2: {low: [1]}}", "search_space.l2.low: [1] is not allowed"),
    ],
)
def test_snakemake_takes_nested_values(value, line):
    command = [sys.executable, "-m", "snakemake", "-n", "--cores", "1", "--config", value]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    words = run.stdout + run.stderr
    assert (run.returncode == 0) == (line is None), words
    assert "Traceback" not in words and (line or "") in words


def test_an_empty_file_is_no_experiment(tmp_path):
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    with pytest.raises(ExperimentError, match="name: is missing"):
        read_experiment(tmp_path / "empty.yaml")


def test_a_published_winner_has_what_is_active_in_it_and_no_more():
    space = {
        "optimizer": {"type": "choice", "values": ["adam", "sgd"]},
        "momentum": {"type": "float", "low": 0, "high": 1, "active_if": {"optimizer": ["sgd"]}},
        "units": {"type": "int", "low": 8, "high": 80},
        "batch_size": {"type": "fixed", "value": 64},
    }
    config = PUBLISHED | {"search_space": space}
    config["published"] = {"bayesian": PUBLISHED["published"]["bayesian"]}

    def lines(**configuration):
        winner = config["published"]["bayesian"] | {"configuration": configuration}
        try:
            check_experiment(config | {"published": {"bayesian": winner}})
        except ExperimentError as error:
            return str(error).split(".configuration.")[1:]
        return []

    good = {"optimizer": "adam", "units": 8, "batch_size": 64}
    assert lines(**good) == []
    assert lines(**good | {"optimizer": "sgd", "momentum": 1}) == []
    assert lines(**good | {"momentum": 0.5}) == ["momentum: is not active in this configuration"]
    assert lines(**good | {"optimizer": "sgd"}) == ["momentum: is missing"]
    assert lines(**good | {"batch_size": 32}) == ["batch_size: 32 is not allowed; use 64"]
