"""keras-tuner's oracles and our own searches, asked and told without any training."""

import math
import os

import pytest
from conftest import PROJECT
from pydantic import TypeAdapter

from tuner_trials.experiment import read_experiment
from tuner_trials.search_space import SearchSpace
from tuner_trials.strategies import AnyStrategy
from tuner_trials.strategies.keras_tuner_oracles import epochs_of_one_iteration, to_keras_tuner

SPACE = SearchSpace(
    {
        "units": {"type": "int", "low": 32, "high": 512, "scale": "log"},
        "layers": {"type": "int", "low": 1, "high": 3},
        "rate": {"type": "float", "low": 1e-4, "high": 1e-2, "scale": "log"},
        "dropout": {"type": "float", "low": 0.0, "high": 0.5},
        "activation": {"type": "choice", "values": ["relu", "tanh"]},
        "normalise": {"type": "boolean"},
    }
)
FINITE = SearchSpace(
    {
        "layers": {"type": "int", "low": 1, "high": 2},
        "dropout": {"type": "float", "low": 0.0, "high": 0.3, "step": 0.1},
        "activation": {"type": "choice", "values": ["relu", "tanh"]},
    }
)
ALGORITHMS = ["BayesianOptimization", "GridSearch", "Hyperband", "RandomSearch", "RefinedRandom"]


def start(algorithm, space=SPACE, budget=40, epochs=10, seed=123, **options):
    strategy = TypeAdapter(AnyStrategy).validate_python({"algorithm": algorithm} | options)
    return strategy.start(space, budget, epochs, seed)


def score(configuration):
    """A made-up validation accuracy with its best at units 256, rate 0.001 and no dropout."""
    distance = abs(math.log2(configuration.get("units", 256) / 256)) / 4
    distance += abs(math.log10(configuration.get("rate", 1e-3)) + 3)
    return 0.9 - 0.1 * distance - 0.1 * configuration["dropout"]


def drive(search, suggestions, parallel_trials=1):
    """Ask and tell until so many suggestions are made, or the search has nothing left."""
    made, told = [], 0
    while True:
        while len(made) < min(told + parallel_trials, suggestions):
            if (suggestion := search.ask()) is None:
                break
            made.append(suggestion)
        if told == len(made):
            return made
        search.tell(told, score(made[told].configuration))
        told += 1


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_suggestion_lies_in_the_space(algorithm):
    options = {"num_initial_points": 5} if algorithm == "BayesianOptimization" else {}
    for suggestion in drive(start(algorithm, **options), 8):
        assert SPACE.clip(suggestion.configuration) == suggestion.configuration


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_seed_and_scores_give_the_same_suggestions(algorithm):
    def again(seed=123):
        return drive(start(algorithm, seed=seed), 8)

    assert again() == again()
    if algorithm != "GridSearch":  # which has no use for a seed
        assert again() != again(seed=124_000)


def test_searches_of_a_repeat_begin_with_the_same_random_configurations():
    """The paired design that the report mentions: keras-tuner draws alike from the same seed."""
    first = [
        [suggestion.configuration for suggestion in drive(start(algorithm), 8)]
        for algorithm in ("RandomSearch", "BayesianOptimization", "Hyperband")
    ]
    assert first[0] == first[1] == first[2]


def test_seeds_that_are_neighbours_would_give_shifted_trials():
    """Why seeds are hashed: keras-tuner adds one to its seed with every value it draws."""
    trials = [
        [suggestion.configuration for suggestion in drive(start("RandomSearch", seed=seed), 6)]
        for seed in (1000, 1000 + len(SPACE))
    ]
    assert trials[0][1:] == trials[1][:-1]


def test_oracles_write_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for algorithm in ALGORITHMS:
        drive(start(algorithm), 4)
    assert os.listdir(tmp_path) == []  # noqa: PTH208


def test_bayesian_optimization_leaves_random_search_after_its_initial_points():
    random = drive(start("RandomSearch"), 8)
    bayesian = drive(start("BayesianOptimization", num_initial_points=5), 6)
    assert bayesian[:5] == random[:5]
    assert bayesian[5] != random[5]


def test_bayesian_optimization_never_takes_an_open_trial_for_a_disaster(monkeypatch):
    """keras-tuner by itself believes in an accuracy of -1 before its model was ever fitted."""
    search, believed = start("BayesianOptimization", num_initial_points=4), []
    vectorize = search.oracle._vectorize_trials

    def listen():
        x, y = vectorize()
        believed.extend(-y)
        return x, y

    monkeypatch.setattr(search.oracle, "_vectorize_trials", listen)
    made = drive(search, 8, parallel_trials=3)
    assert len(made) == 8 and len(believed) > 8
    assert 0 < min(believed) < max(believed) < 1


def test_bayesian_optimization_finds_more_than_random_search():
    def best(algorithm, **options):
        suggestions = drive(start(algorithm, **options), 14)
        return max(score(suggestion.configuration) for suggestion in suggestions)

    assert best("BayesianOptimization", num_initial_points=6) > best("RandomSearch")


def test_bayesian_optimization_never_trains_above_a_whole_numbers_range():
    """keras-tuner itself returns high + 1 there: the reason for SearchSpace.clip."""
    hyperparameter = to_keras_tuner(SPACE).space[0]
    assert hyperparameter.name == "units"
    assert hyperparameter.prob_to_value(1.0) == 513
    assert SPACE["units"].clip(513) == 512


@pytest.mark.parametrize(
    ("epochs", "configurations", "trials", "total"), [(10, 22, 30, 120), (27, 49, 70, 375)]
)
def test_one_iteration_of_hyperband_is_the_one_that_is_charged(
    epochs, configurations, trials, total
):
    search = start("Hyperband", epochs=epochs)
    suggestions, trained, charged = drive(search, trials), {}, 0
    for number, suggestion in enumerate(suggestions):
        before = 0 if suggestion.continues is None else trained[suggestion.continues]
        if suggestion.continues is not None:
            parent = suggestions[suggestion.continues]
            assert parent.configuration == suggestion.configuration
            assert parent.epochs == before
        trained[number] = suggestion.epochs
        charged += suggestion.epochs - before
    assert charged == total == epochs_of_one_iteration(epochs, 3)
    assert sum(suggestion.continues is None for suggestion in suggestions) == configurations
    # The next iteration begins anew: Hyperband goes on until the budget is spent.
    assert search.ask().continues is None


@pytest.mark.parametrize("parallel_trials", [1, 2, 4])
def test_hyperband_promotes_the_best(parallel_trials):
    suggestions = drive(start("Hyperband"), 16, parallel_trials)
    scores = [score(suggestion.configuration) for suggestion in suggestions[:12]]
    promoted = {suggestion.continues for suggestion in suggestions[12:16]}
    assert promoted == set(sorted(range(12), key=lambda trial: -scores[trial])[:4])


@pytest.mark.parametrize("parallel_trials", [1, 3])
def test_grid_search_visits_every_configuration_once_and_ends(parallel_trials):
    suggestions = drive(start("GridSearch", FINITE, budget=100), 100, parallel_trials)
    configurations = {tuple(suggestion.configuration.items()) for suggestion in suggestions}
    assert len(suggestions) == len(configurations) == FINITE.size() == 16


@pytest.mark.parametrize("parallel_trials", [1, 3])
@pytest.mark.parametrize("algorithm", ["RandomSearch", "Hyperband", "RefinedRandom"])
def test_a_search_ends_when_the_space_is_used_up(algorithm, parallel_trials):
    suggestions = drive(start(algorithm, FINITE, budget=100), 500, parallel_trials)
    assert 1 <= len(suggestions) < 500


@pytest.mark.parametrize("parallel_trials", [1, 3])
def test_refined_random_searches_where_its_best_fifth_lies(parallel_trials):
    suggestions = drive(start("RefinedRandom", budget=40), 40, parallel_trials)
    explored, refined = suggestions[:20], suggestions[20:]
    best = sorted(explored, key=lambda suggestion: -score(suggestion.configuration))[:4]
    box = SPACE.narrowed([suggestion.configuration for suggestion in best])
    for suggestion in refined:
        assert box.clip(suggestion.configuration) == suggestion.configuration


def test_both_sides_mean_the_same_space():
    theirs = {hyperparameter.name: hyperparameter for hyperparameter in to_keras_tuner(SPACE).space}
    for name, ours in SPACE.items():
        for u in (0.0, 0.1, 0.37, 0.62, 0.99):
            value = theirs[name].prob_to_value(u)
            assert ours.contains(ours.clip(getattr(value, "item", lambda v=value: v)()))
            if ours.type == "float":
                assert value == pytest.approx(ours.at(u))


def test_searches_reach_the_last_of_the_published_dropout_rates(monkeypatch):
    """keras-tuner by itself counts 0.5 as four steps of 0.1."""
    monkeypatch.chdir(PROJECT)
    space = read_experiment(PROJECT / "experiments/published_notebook.yaml").search_space
    [dropout] = [hp for hp in to_keras_tuner(space).space if hp.name == "dropout_rate"]
    rates = {space["dropout_rate"].clip(dropout.prob_to_value(n / 100)) for n in range(100)}
    assert rates == {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}
