"""The sampler, keras-tuner and Optuna mean the same space: values, shares, and who is active."""

import math
import warnings
from collections import Counter
from functools import partial

import numpy as np
import optuna
import pytest
from optuna.samplers import RandomSampler
from scipy.stats import chi2_contingency, kstest

from tuner_trials.search.strategies.keras_tuner_oracles import RandomSearch
from tuner_trials.search.strategies.optuna_space import suggest
from tuner_trials.space.search_space import SearchSpace

SPACE = SearchSpace(
    {
        "layers": {"type": "int", "low": 1, "high": 4},
        "width": {"type": "int", "low": 64, "high": 500, "step": 64},  # 500 is no step
        "units": {"type": "int", "low": 2, "high": 9, "scale": "log"},
        "momentum": {"type": "float", "low": -1.0, "high": 1.0},
        "rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
        "dropout": {"type": "float", "low": 0.0, "high": 0.5, "step": 0.1},
        "noise": {"type": "float", "low": 0.1, "high": 0.9, "step": 0.25},  # 0.9 is no step
        "activation": {"type": "choice", "values": ["relu", "None", "1"]},
        "batch_size": {"type": "choice", "values": [16, 64, 32]},
        "decay": {"type": "choice", "values": [0.5, 0]},
        "biased": {"type": "choice", "values": [True, False]},
        "normalise": {"type": "boolean"},
        "classes": {"type": "fixed", "value": 10},
        # Conditions: on each type, of two parents, and of a child on a child.
        "slope": {"type": "float", "low": 0.0, "high": 1.0, "active_if": {"activation": ["relu"]}},
        "skip": {"type": "boolean", "active_if": {"layers": [2, 4], "normalise": [True]}},
        "gain": {"type": "int", "low": 1, "high": 3, "active_if": {"skip": [True]}},
        "wide": {"type": "fixed", "value": "yes", "active_if": {"units": [9]}},
        "sparse": {"type": "boolean", "active_if": {"decay": [0], "biased": [False]}},
        "kept": {"type": "boolean", "active_if": {"classes": [10]}},
    }
)
DRAWS = 2000
STRICT = 1e-4  # sixty comparisons with fixed seeds: a smaller p-value is no accident
NAMES = list(SPACE)
FINITE = [name for name in NAMES if math.isfinite(SPACE[name].size())]


def by_sampler():
    rng = np.random.default_rng(1)
    return [SPACE.sample(rng) for _ in range(DRAWS)]


def by_keras_tuner():
    search = RandomSearch(algorithm="RandomSearch").start(SPACE, DRAWS, 1, 1_000_000_007)
    configurations = []
    for number in range(DRAWS):
        configurations.append(search.ask().configuration)
        search.tell(number, 0.5)
    return configurations


def by_optuna():
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(sampler=RandomSampler(seed=1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of ranges that it would change
        return [SPACE.configure(partial(suggest, study.ask())) for _ in range(DRAWS)]


@pytest.fixture(scope="module")
def draws():
    return {"sampler": by_sampler(), "keras-tuner": by_keras_tuner(), "Optuna": by_optuna()}


def values(configurations, name):
    return [configuration[name] for configuration in configurations if name in configuration]


def test_every_draw_is_a_configuration_of_the_space(draws):
    for configurations in draws.values():
        for configuration in configurations:
            assert SPACE.clip(configuration) == configuration
            for name, value in configuration.items():
                assert SPACE[name].contains(value)


@pytest.mark.parametrize("name", FINITE)
def test_the_same_values_are_reached(draws, name):
    reached = [{(type(v), v) for v in values(drawn, name)} for drawn in draws.values()]
    assert reached[0] == reached[1] == reached[2]
    assert len(reached[0]) == SPACE[name].size()


@pytest.mark.parametrize("name", ["momentum", "rate", "slope"])
def test_real_numbers_have_the_same_bounds_and_distribution(draws, name):
    low, high = SPACE[name].low, SPACE[name].high
    log = SPACE[name].scale == "log"
    for drawn in draws.values():
        own = np.array(values(drawn, name))
        shares = np.log(own / low) / np.log(high / low) if log else (own - low) / (high - low)
        assert 0 <= shares.min() < 0.01 and 0.99 < shares.max() <= 1
        assert kstest(shares, "uniform").pvalue > STRICT


@pytest.mark.parametrize(
    ("name", "other"),
    [
        (name, other)
        for name in FINITE
        for other in ("keras-tuner", "Optuna")
        if SPACE[name].size() > 1 and (name, other) != ("units", "Optuna")  # see the next test
    ],
)
def test_finite_ones_have_the_same_shares(draws, name, other):
    assert agree(values(draws["sampler"], name), values(draws[other], name)) > STRICT


def test_optuna_rounds_whole_numbers_on_a_log_scale_where_the_others_cut(draws):
    """So its shares differ, in a way that is known."""
    low, high = SPACE["units"].low, SPACE["units"].high
    ours = {k: math.log((k + 1) / k) / math.log((high + 1) / low) for k in range(low, high + 1)}
    theirs = {
        k: math.log((k + 0.5) / (k - 0.5)) / math.log((high + 0.5) / (low - 0.5)) for k in ours
    }
    for library, shares in (("sampler", ours), ("keras-tuner", ours), ("Optuna", theirs)):
        counts = Counter(values(draws[library], "units"))
        for k, share in shares.items():
            deviation = math.sqrt(share * (1 - share) / DRAWS)
            assert abs(counts[k] / DRAWS - share) < 4.5 * deviation, (library, k)


@pytest.mark.parametrize("other", ["keras-tuner", "Optuna"])
def test_the_same_ones_are_active_equally_often(draws, other):
    """Optuna draws units of 9 less often, on which only one depends."""
    names = [name for name in NAMES if name != "wide"]

    def patterns(configurations):
        return [tuple(name in configuration for name in names) for configuration in configurations]

    assert agree(patterns(draws["sampler"]), patterns(draws[other])) > STRICT


def agree(first, second):
    """The p-value of a chi-square test that both are draws from one distribution."""
    counts = [Counter(first), Counter(second)]
    return chi2_contingency([[c[value] for value in counts[0] | counts[1]] for c in counts]).pvalue
