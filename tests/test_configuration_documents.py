"""What explains the configuration, to people and to their editors, is what the models check."""

import json
import re
import runpy
from typing import get_args

import pytest
import yaml
from conftest import PROJECT
from hypothesis import given, settings
from jsonschema import Draft202012Validator
from test_bad_configs import spoilt
from test_experiment import DEFAULT, DELETE, changed

from tuner_trials.experiment import (
    Dataset,
    Experiment,
    ExperimentError,
    Published,
    check_experiment,
    read_experiment,
)
from tuner_trials.search.strategies.registry import NAMED_STRATEGIES
from tuner_trials.space.search_space import Hyperparameter, SearchSpace

TOOL = runpy.run_path(str(PROJECT / "tools/document_configuration.py"))
CONFIG = (PROJECT / "config.yaml").read_text("utf-8")
PAGE = (PROJECT / "docs/configuration.md").read_text("utf-8")
SCHEMA = json.loads((PROJECT / "config.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
EXPERIMENTS = [PROJECT / "config.yaml", *sorted((PROJECT / "experiments").glob("*.yaml"))]
HYPERPARAMETERS = get_args(get_args(Hyperparameter)[0])
MODELS = [Experiment, Dataset, Published, *NAMED_STRATEGIES, *HYPERPARAMETERS]


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch):
    monkeypatch.chdir(PROJECT)


@pytest.mark.parametrize("path", ["config.schema.json", "docs/configuration.md"])
def test_document_says_what_the_models_say(path):
    written = TOOL["documents"]()[PROJECT / path]
    assert (PROJECT / path).read_text("utf-8") == written, (
        f"{path} is not what the models say: run `uv run tools/document_configuration.py`"
    )


def described(data, part):
    """The description of each key in a section of the configuration, and below it."""
    for name, value in data.items():
        inner = part["properties"][name] if "properties" in part else TOOL["named_parts"](part)[0]
        inner = TOOL["resolved"](inner)
        if choice := inner.get("discriminator"):
            inner = TOOL["resolved"]({"$ref": choice["mapping"][value[choice["propertyName"]]]})
        yield inner.get("description", "")
        # A hyperparameter's keys are explained above them all.
        if isinstance(value, dict) and name != "search_space":
            yield from described(value, inner)


def test_the_comments_of_the_default_experiment_are_what_the_models_say():
    comments = " ".join(" ".join(re.findall(r"(?:^|\s)# ?(.*)", CONFIG)).split())
    assert " ".join(SCHEMA["description"].split()) in comments
    first_paragraphs = [
        " ".join(words.split("\n\n")[0].split()) for words in described(DEFAULT, SCHEMA)
    ]
    assert len(first_paragraphs) > 20
    assert [words for words in first_paragraphs if words not in comments] == []


def test_no_line_of_the_default_experiment_is_too_long_to_read():
    assert [line for line in CONFIG.splitlines() if len(line) > 100] == []


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.name)
def test_experiment_names_the_schema_and_satisfies_it(path):
    text = path.read_text("utf-8")
    schema = re.match(r"# yaml-language-server: \$schema=(\S+)\n\n", text)
    assert schema, f"{path.name} does not begin with the line that names its schema"
    assert (path.parent / schema[1]).resolve() == PROJECT / "config.schema.json"
    assert list(VALIDATOR.iter_errors(yaml.safe_load(text))) == []


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("seed", DELETE),
        ("seeds", 1),
        ("seed", -1),
        ("epochs", "ten"),
        ("epochs", True),
        ("epochs", 1),
        ("name", "../away"),
        ("precision", "float16"),
        ("random_configurations", 1),
        ("trial_store", True),
        ("dataset", "digits"),
        ("dataset.source", "cifar"),
        ("dataset.sources", "digits"),
        ("dataset.image_size", 1),
        ("dataset.validation_fraction", 0),
        ("strategies.Bad-Name", {"algorithm": "RandomSearch"}),
        ("strategies.smac", {"algorithm": "SMAC"}),
        ("strategies.tpe", {}),
        ("strategies.tpe", {"algorithm": "TPE", "factor": 3}),
        ("strategies.hyperband.n_startup_trials", 3),
        ("strategies.hyperband.factor", 1),
        ("strategies.hyperband.factor", "three"),
        ("strategies.bayesian.num_initial_points", 0),
        ("strategies.refined_random.kept_share", 1.5),
        ("search_space.bad-name", {"type": "boolean"}),
        ("search_space.units.type", "integer"),
        ("search_space.units.low", 0.5),
        ("search_space.units.values", [1, 2]),
        ("search_space.units.step", 0),
        ("search_space.units.high", DELETE),
        ("search_space.l2.scale", "ln"),
        ("search_space.dropout_rate.step", 0.0),
        ("search_space.activation.values", []),
        ("search_space.activation.values", [["relu"]]),
        ("search_space.l2.active_if", {"optimizer": "adam"}),
        ("search_space.l2.active_if", {"optimizer": []}),
        ("search_space.l2.active_if", {"bad-name": [1]}),
        ("search_space.l2", {"type": "fixed"}),
        ("published", {"bayesian": {"test": 0.9}}),
    ],
)
def test_the_schema_refuses_what_the_models_refuse(path, value):
    config = changed(path, value)
    assert not VALIDATOR.is_valid(config)
    with pytest.raises(ExperimentError):
        check_experiment(config)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("strategies.own", {"algorithm": "tuners/hill_climbing.py", "kept_share": 0.5}),
        ("dataset.source", "~/my data.NPZ"),
        ("dataset.scale", None),
        ("dataset.columns", {"codes": [0, 3]}),
        ("trial_store", False),
        ("strategies.bayesian.num_initial_points", None),
        ("search_space.l2.active_if", {"optimizer": ["adam"], "batch_normalization": [True]}),
        ("search_space.l2", {"type": "fixed", "value": "none"}),
        ("search_space.dropout_rate", {"type": "float", "low": 0, "high": 1, "step": 0.1}),
    ],
)
def test_the_schema_allows_what_an_experiment_may_say(path, value):
    assert list(VALIDATOR.iter_errors(changed(path, value))) == []


@settings(max_examples=200, deadline=None, derandomize=True)
@given(spoilt())
def test_the_schema_allows_whatever_the_models_allow(config):
    try:
        experiment = check_experiment(config)
    except ExperimentError:
        return
    assert list(VALIDATOR.iter_errors(experiment.model_dump(mode="json"))) == []


@pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.name)
def test_an_experiment_with_its_defaults_written_out_is_the_same(path):
    """The defaults on the page are those of a run."""
    experiment = read_experiment(path)
    assert check_experiment(experiment.model_dump()) == experiment


@pytest.mark.parametrize("model", [*MODELS, SearchSpace], ids=lambda model: model.__name__)
def test_every_section_and_every_key_is_described(model):
    assert vars(model)["__doc__"], "it has no docstring of its own"
    for name, field in model.model_fields.items():
        is_section = field.annotation in (Dataset, SearchSpace)  # described by its docstring
        is_kind = name in ("algorithm", "type")  # described by the docstring of what it chooses
        assert field.description or is_section or is_kind or name == "root", name


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_on_the_page(model):
    kind = {"algorithm", "type"} & set(model.model_fields)
    values = [f"{name}: {get_args(model.model_fields[name].annotation)[0]}" for name in kind]
    for key in [*values, *(set(model.model_fields) - kind)]:
        assert f"`{key}`" in PAGE
    assert " ".join(model.__doc__.split()) in " ".join(
        re.sub(r"\[(.*?)\]\(.*?\)", r"\1", PAGE).split()
    )


def test_the_introduction_of_the_strategies_names_them_all():
    words = Experiment.model_fields["strategies"].description
    assert [kind.__name__ for kind in NAMED_STRATEGIES if kind.__name__ not in words] == []


def test_every_link_of_the_page_leads_somewhere():
    for link in re.findall(r"\]\((.*?)\)", PAGE):
        if link.startswith("#"):
            assert f"\n## `{link[1:]}`\n" in PAGE
        else:
            assert (PROJECT / "docs" / link).is_file(), link
