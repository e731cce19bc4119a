"""What a search space means, and what it makes of configurations."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuner_trials.space.search_space import SearchSpace

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


def test_a_space_can_be_drawn_to_its_last_configuration():
    """By chance alone the last ones, behind fourteen switches, would take millions of draws."""
    last = {"active_if": {"switch13": [True]}}
    space = SearchSpace(
        {"switch0": {"type": "boolean"}}
        | {
            f"switch{i}": {"type": "boolean", "active_if": {f"switch{i - 1}": [True]}}
            for i in range(1, 14)
        }
        | {
            "units": {"type": "int", "low": 1, "high": 9, "scale": "log"} | last,
            "width": {"type": "int", "low": 64, "high": 500, "step": 64} | last,
            "dropout": {"type": "float", "low": 0.0, "high": 0.3, "step": 0.1} | last,
            "pooling": {"type": "choice", "values": ["mean", "max"], "active_if": {"units": [7]}},
            "classes": {"type": "fixed", "value": 10},
        }
    )
    everything = 14 + (8 + 2) * 7 * 4
    drawn = space.sample_distinct(everything, np.random.default_rng(0))
    assert len({tuple(c.items()) for c in drawn}) == len(drawn) == everything == space.size()
    assert all(space.clip(configuration) == configuration for configuration in drawn)
    assert drawn == space.sample_distinct(everything, np.random.default_rng(0))
    with pytest.raises(ValueError, match="holds 0 further configurations, but 1 are"):
        space.sample_distinct(1, np.random.default_rng(1), drawn)


def test_a_used_up_space_says_so():
    space = SearchSpace({"normalise": DEFINITIONS["normalise"]})
    with pytest.raises(ValueError, match="holds 2 further configurations, but 3 are"):
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
    with pytest.raises(ValueError, match="activation: 'gelu' is not allowed; use one of"):
        SPACE.clip(configuration | {"activation": "gelu"})
    with pytest.raises(ValueError, match="layers: is missing; width: is missing"):
        SPACE.clip({"units": 64})


def test_scientific_notation_is_a_number_though_yaml_takes_it_for_a_word():
    space = SearchSpace({"rate": {"type": "float", "low": "1e-4", "high": "1.5E-2"}})
    assert (space["rate"].low, space["rate"].high) == (1e-4, 1.5e-2)


CONDITIONAL = {
    "optimizer": {"type": "choice", "values": ["adam", "sgd"]},
    "momentum": {"type": "int", "low": 1, "high": 3, "active_if": {"optimizer": ["sgd"]}},
    "nesterov": {"type": "boolean", "active_if": {"momentum": [2, 3]}},
    "layers": {"type": "int", "low": 1, "high": 100},
    "skip": {"type": "boolean", "active_if": {"layers": [2, 4], "optimizer": ["adam"]}},
    "classes": {"type": "fixed", "value": 10},
}


def every_configuration(space, before=()):
    """Brute force: all values of all active hyperparameters of a finite space."""
    if len(before) == len(space):
        return [{name: value for name, value in before if value is not None}]
    name = list(space)[len(before)]
    own = [None]
    if space[name].is_active(dict(before)):
        size = space[name].size()
        own = [space[name].at((index + 0.5) / size) for index in range(size)]
    return [c for value in own for c in every_configuration(space, (*before, (name, value)))]


def test_size_counts_the_configurations_that_differ():
    space = SearchSpace(CONDITIONAL)
    every = every_configuration(space)
    assert len({tuple(configuration.items()) for configuration in every}) == len(every)
    assert space.size() == len(every) == 1 * 102 + 5 * 100
    assert all(space.clip(configuration) == configuration for configuration in every)
    assert space.size(300) == 300


def test_size_of_a_space_without_an_end_is_counted_as_far_as_it_is_asked_for():
    assert SearchSpace(DEFINITIONS).size(1000) == 1000
    child = {"rate": DEFINITIONS["rate"] | {"active_if": {"normalise": [True]}}}
    unending = SearchSpace({"normalise": {"type": "boolean"}} | child)
    assert unending.size(50) == 50
    assert unending.narrowed([{"normalise": False}]).size() == 1


def test_many_conditions_do_not_stand_in_the_way_of_counting():
    switches = {f"switch{i}": {"type": "boolean"} for i in range(60)}
    children = {
        f"child{i}": {"type": "boolean", "active_if": {f"switch{i}": [True]}} for i in range(60)
    }
    assert SearchSpace(switches | children).size(5000) == 5000


def test_all_configurations_of_a_conditional_space_are_sampled():
    space = SearchSpace(CONDITIONAL | {"layers": {"type": "int", "low": 1, "high": 5}})
    sampled = space.sample_distinct(space.size(), np.random.default_rng(0))
    every = every_configuration(space)
    assert sorted(map(repr, sampled)) == sorted(map(repr, every))
    with pytest.raises(ValueError, match="holds 0 further"):
        space.sample_distinct(1, np.random.default_rng(1), sampled)


def test_a_value_keeps_its_draw_when_another_hyperparameter_is_fixed():
    """So that fixing one changes as little as possible of a pool."""
    free, fixed = SearchSpace(DEFINITIONS), {"type": "fixed", "value": 64}
    held = SearchSpace(DEFINITIONS | {"width": fixed})
    first, second = (space.sample(np.random.default_rng(5)) for space in (free, held))
    assert first | {"width": 64} == second


def test_clip_wants_exactly_what_is_active():
    space = SearchSpace(CONDITIONAL)
    good = {"optimizer": "adam", "layers": 3, "classes": 10}
    assert space.clip(good) == good
    for bad, problem in (
        (good | {"momentum": 2}, "momentum: is not active"),
        (good | {"optimizer": "sgd"}, "momentum: is missing"),
        (good | {"layers": 2}, "skip: is missing"),
        (good | {"unknown": 1}, "unknown: is no hyperparameter"),
        ({"optimizer": "adam", "layers": 3}, "classes: is missing"),
        (good | {"classes": 11}, "classes: 11 is not allowed; use 10"),
    ):
        with pytest.raises(ValueError, match=problem):
            space.clip(bad)


def test_a_narrowed_space_narrows_a_child_by_those_that_have_it():
    space = SearchSpace(CONDITIONAL)
    sgd = {"optimizer": "sgd", "momentum": 2, "nesterov": True, "layers": 3, "classes": 10}
    adam = {"optimizer": "adam", "layers": 9, "classes": 10}
    both = space.narrowed([sgd, adam])
    assert (both["optimizer"], both["skip"]) == (space["optimizer"], space["skip"])
    assert both.size() == 7 + 8
    drawn = both.sample_distinct(15, np.random.default_rng(0))
    assert {c.get("momentum") for c in drawn} == {None, 2}
    assert all(space.clip(configuration) == configuration for configuration in drawn)
    # Without its parent's value, a child is never drawn.
    without = space.narrowed([adam, adam | {"layers": 1}])
    assert without["momentum"] == space["momentum"]
    drawn = without.sample_distinct(11, np.random.default_rng(0))
    assert len(drawn) == without.size() == 9 + 2
    assert not any("momentum" in configuration for configuration in drawn)


def test_the_definition_of_an_unconditional_space_says_nothing_of_conditions():
    """It is a parameter of rules: an experiment that is done must not be run again for it."""
    assert SearchSpace({"layers": DEFINITIONS["layers"]}).definition() == {
        "layers": {"scale": "linear", "type": "int", "low": 1, "high": 4, "step": None}
    }
    definition = SearchSpace(CONDITIONAL).definition()
    assert SearchSpace(definition).definition() == definition
    assert definition["nesterov"]["active_if"] == {"momentum": [2, 3]}
    assert set(SearchSpace(CONDITIONAL).tuned()) == set(CONDITIONAL) - {"classes"}


def test_a_choice_of_true_and_false_survives_keras_tuner_which_makes_it_1_and_0():
    space = SearchSpace({"biased": {"type": "choice", "values": [True, False]}})
    assert space.clip({"biased": 1})["biased"] is True
