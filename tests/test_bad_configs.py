"""A configuration may be spoilt in any way: it works, or every mistake is a line that names it."""

import copy
import datetime
import json
import math
import re
import subprocess
import sys

import numpy as np
import pytest
import yaml
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st
from snakemake.cli import main

from tuner_trials.experiment import Experiment, ExperimentError, check_experiment

GOOD = [
    yaml.safe_load((PROJECT / path).read_text("utf-8"))
    for path in (
        "config.yaml",
        "experiments/digits.yaml",
        "experiments/published_notebook.yaml",
        "experiments/tuners.yaml",
    )
]

GOOD.append(copy.deepcopy(GOOD[1]))
GOOD[-1]["name"] = "conditional"
GOOD[-1]["search_space"] |= {
    "batch_normalization": {"type": "boolean"},
    "activation": {"type": "choice", "values": ["relu", "tanh"]},
    "momentum": {"type": "int", "low": 1, "high": 3, "active_if": {"activation": ["tanh"]}},
    "l2": {
        "type": "float",
        "low": 0.001,
        "high": 0.1,
        "active_if": {"momentum": [1, 2], "batch_normalization": [True]},
    },
    "optimizer": {"type": "fixed", "value": "adam", "active_if": {"hidden_layers": [2]}},
}

WORDS = [
    "",
    " ",
    "~",
    "no",
    "1e-4",
    "1e999",
    "nan",
    "../..",
    "/dev/null",
    "{x}",
    "%s",
    "名前",
    "a b",
]
WORDS += ["a\nb", "a: b", "a\0b", "\ud800", "x" * 5000, "search_space", "train_trials", "[key]"]
WORDS += ["tuners/none.py", "models/fcnn.py", "TPE", "CMAES"]
NUMBERS = [0, -1, 1, 2, 10**6, 2**31, 2**63, -(10**30), 10**400, 0.5, -0.0, 1e-320, 1e308, -1e308]
NUMBERS += [math.nan, math.inf, -math.inf]
JUNK = [
    *WORDS,
    *NUMBERS,
    None,
    True,
    b"x",
    [],
    {},
    [[1]],
    [math.inf, 1.0],
    ["\ud800"],
    {1: 2},
    {1, 2},
]
# All that YAML can say.
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=4)
    | st.dates()
    | st.just(datetime.datetime(2026, 11, 21, 12))
    | st.sampled_from(WORDS)
    | st.sampled_from(NUMBERS)
)
KEYS = (
    st.sampled_from(WORDS)
    | st.text(max_size=8)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.just({1, 2})  # YAML's !!set
    ),
    max_leaves=6,
)


def places(section):
    """Every key of every section and every index of every list, with what holds it."""
    keys = list(section) if isinstance(section, dict) else list(range(len(section)))
    for key in keys:
        yield section, key
        if isinstance(section[key], dict | list):
            yield from places(section[key])


@st.composite
def spoilt(draw):
    """A good configuration with one to three mistakes."""
    config = copy.deepcopy(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(config))
        if not found:
            return config
        section, key = found[draw(st.integers(0, len(found) - 1))]
        match draw(
            st.sampled_from(["delete", "replace", "rename", "add", "nest", "copy", "scale"])
        ):
            case "delete":
                del section[key]
            case "rename" if isinstance(section, dict):
                section[draw(KEYS)] = section.pop(key)
            case "add" if isinstance(section, dict):
                section[draw(KEYS)] = draw(ANYTHING)
            case "nest":
                for _ in range(draw(st.integers(1, 40))):
                    section[key] = [section[key]]
            case "copy":
                other, name = found[draw(st.integers(0, len(found) - 1))]
                section[key] = copy.deepcopy(other.get(name) if isinstance(other, dict) else None)
            case "scale" if isinstance(section[key], int | float):
                section[key] = section[key] * draw(st.sampled_from([-1, 0, 0.1, 10, 10**9, 1e300]))
            case _:
                section[key] = draw(ANYTHING)
    return config


def test_no_strategy_may_have_the_name_of_a_rule_or_of_a_folder_of_results(tmp_path):
    names = ["all", "run_search", "sample_hundreds", "measure_importance", "default", "data"]
    strategies = {name: {"algorithm": "RefinedRandom"} for name in ["fine", *names]}
    file = tmp_path / "mine.yaml"
    file.write_text(yaml.safe_dump(GOOD[1] | {"strategies": strategies}), "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "-n", "--configfile", str(file)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    refused = re.findall(r"strategies\.(\w+): the name '\w+' is taken", run.stdout + run.stderr)
    assert sorted(refused) == sorted(names)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(spoilt())
def test_a_spoilt_configuration_works_or_its_mistakes_are_named(config):
    judge(config)


@pytest.mark.parametrize("good", GOOD[1:3], ids=lambda config: config["name"])
def test_every_key_and_value_may_be_replaced_by_anything(good):
    for index in range(len(list(places(good)))):
        for junk in JUNK:
            config = copy.deepcopy(good)
            section, key = list(places(config))[index]
            section[key] = junk
            judge(config)
            if isinstance(section, dict) and isinstance(junk, str | int | None):
                section[junk] = section.pop(key)
                judge(config)


def judge(config):
    keys = {name for _, key in places(config) for name in (str(key), repr(key)[:57])}
    keys |= {"the file", *Experiment.model_fields}
    try:
        experiment = check_experiment(config)
    except ExperimentError as error:
        first, *lines = str(error).split("\n")
        assert first == "the configuration cannot be used:"
        assert lines
        for line in lines:
            assert re.match(r"  \S.*: \S", line), line
            assert line.isprintable() and len(line) < 500, line
            assert any(line.strip().startswith(key) for key in keys if key.strip()), line
    else:
        use(experiment)


def use(experiment):
    """What the rules, and the rule that samples the pool, do with an experiment."""
    json.dumps(experiment.model_dump(mode="json"), allow_nan=False, ensure_ascii=False).encode()
    assert "\0" not in str(experiment.trial_store)
    space = experiment.search_space
    space.sample_distinct(experiment.random_configurations, np.random.default_rng(0))
    for configuration in space.sample_distinct(2, np.random.default_rng(0)):
        assert space.clip(configuration) == configuration
        json.dumps(configuration, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.long
@settings(max_examples=120, deadline=None, derandomize=True)
@given(spoilt())
def test_what_is_accepted_is_planned_by_snakemake_itself(tmp_path_factory, config):
    try:
        check_experiment(config)
    except ExperimentError:
        return  # in words: see above
    path = tmp_path_factory.mktemp("spoilt") / "config.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False), "utf-8")
    # In this process: a start of Python for each would take minutes.
    with pytest.raises(SystemExit) as end:
        main(["--dry-run", "--quiet", "all", "--nolock", "--configfile", str(path)])
    assert end.value.code == 0, config


GOOD_TEXT = (PROJECT / "experiments/digits.yaml").read_text("utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("seed: 42", "seed: [[42]]", "  seed: [[42]] is not allowed"),
        ("epochs: 6", "epochs: .nan", "  epochs: nan is not allowed"),
        ("  hyperband:\n", "  run_search:\n", "  strategies.run_search: the name"),
        ("name: digits", 'name: "ü\\0"', "  name: 'ü\\x00' is not allowed"),
        ("  units:\n", "  1:\n", "  search_space.1: "),
        # Read by Snakemake before the workflow is: the words are its own.
        ("seed: 42", "seed: [42", "Config file is not valid JSON or YAML"),
    ],
)
def test_a_dry_run_gives_the_same_words_and_no_traceback(tmp_path, old, new, line):
    assert old in GOOD_TEXT
    path = tmp_path / "bad.yaml"
    path.write_text(GOOD_TEXT.replace(old, new), "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "--dry-run", "--configfile", str(path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert run.returncode != 0
    assert line in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
