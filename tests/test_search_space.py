"""One search space, with the same meaning for the sampler and for keras-tuner."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuner_trials.search_space import SearchSpace

DEFINITIONS = {
    "layers": {"type": "int", "low": 1, "high": 4},
    "units": {"type": "int", "low": 32, "high": 512, "scale": "log"},
    "width": {"type": "int", "low": 64, "high": 500, "step": 64},
    "rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
    "dropout": {"type": "float", "low": 0.0, "high": 0.5, "step": 0.125},
    "momentum": {"type": "float", "low": -1.0, "high": 1.0},
    "activation": {"type": "choice", "values": ["relu", "tanh"]},
    "batch_size": {"type": "choice", "values": [32, 64, 128]},
    "normalise": {"type": "boolean"},
}
SPACE = SearchSpace(DEFINITIONS)


@given(st.floats(0, 1, exclude_max=True))
def test_every_point_of_the_unit_interval_is_an_allowed_value(u):
    for name, hyperparameter in SPACE.items():
        assert hyperparameter.contains(hyperparameter.at(u)), name


@pytest.mark.parametrize("name", DEFINITIONS)
def test_both_ends_of_a_range_can_be_drawn(name):
    hyperparameter = SPACE[name]
    ends = {hyperparameter.at(0.0), hyperparameter.at(math.nextafter(1, 0))}
    match DEFINITIONS[name]:
        case {"values": values}:
            assert ends == {values[0], values[-1]}
        case {"type": "boolean"}:
            assert ends == {False, True}
        case {"low": low, "high": high, **rest}:
            last = low + (high - low) // rest["step"] * rest["step"] if "step" in rest else high
            assert sorted(ends) == pytest.approx([low, last])


def test_log_scale_gives_every_octave_the_same_share():
    rng = np.random.default_rng(0)
    units = np.array([SPACE["units"].at(rng.random()) for _ in range(20_000)])
    shares = np.histogram(units, [32, 64, 128, 256, 513])[0] / len(units)
    np.testing.assert_allclose(shares, 0.25, atol=0.02)


def test_sampled_configurations_are_distinct_and_fixed_by_the_seed():
    space = SearchSpace({name: DEFINITIONS[name] for name in ("layers", "dropout", "normalise")})
    first = space.sample_distinct(40, np.random.default_rng(1))
    assert len({tuple(c.values()) for c in first}) == 40 == space.size()
    assert first == space.sample_distinct(40, np.random.default_rng(1))
    assert first != space.sample_distinct(40, np.random.default_rng(2))
    assert first[:20] == space.sample_distinct(20, np.random.default_rng(1))


def test_a_used_up_space_says_so():
    space = SearchSpace({"normalise": DEFINITIONS["normalise"]})
    with pytest.raises(ValueError, match="fewer than 3 further configurations"):
        space.sample_distinct(3, np.random.default_rng(0))


def test_narrowed_space_is_the_smallest_that_holds_the_configurations():
    rng = np.random.default_rng(3)
    kept = [SPACE.sample(rng) for _ in range(3)]
    narrowed = SPACE.narrowed(kept)
    for configuration in kept:
        assert narrowed.clip(configuration) == configuration
    for _ in range(200):
        drawn = narrowed.sample(rng)
        assert SPACE.clip(drawn) == drawn
        for name in ("units", "rate", "momentum"):
            values = [configuration[name] for configuration in kept]
            assert min(values) <= drawn[name] <= max(values)
    assert narrowed["units"].scale == "log"


def test_values_over_a_bound_are_moved_back_and_others_refused():
    configuration = SPACE.sample(np.random.default_rng(0))
    assert SPACE.clip(configuration | {"units": 513})["units"] == 512
    assert SPACE.clip(configuration | {"dropout": 0.37500000000000006})["dropout"] == 0.375
    with pytest.raises(ValueError, match="activation: 'gelu' is not in"):
        SPACE.clip(configuration | {"activation": "gelu"})
    with pytest.raises(ValueError, match="needs exactly the hyperparameters"):
        SPACE.clip({"units": 64})


def test_scientific_notation_is_a_number_though_yaml_takes_it_for_a_word():
    space = SearchSpace({"rate": {"type": "float", "low": "1e-4", "high": "1.5E-2"}})
    assert (space["rate"].low, space["rate"].high) == (1e-4, 1.5e-2)
