"""All searches, asked and told without any training."""

import inspect
import math
import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import PROJECT

from tuner_trials.experiment import read_experiment
from tuner_trials.search.strategies.keras_tuner_oracles import epochs_of_one_iteration
from tuner_trials.search.strategies.keras_tuner_search import to_keras_tuner
from tuner_trials.search.strategies.registry import NAMED_STRATEGIES, read_strategy
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.user_code.imports import imported_files

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
CONDITIONAL = SearchSpace(
    {
        "optimizer": {"type": "choice", "values": ["adam", "sgd"]},
        "momentum": {"type": "int", "low": 1, "high": 3, "active_if": {"optimizer": ["sgd"]}},
        "nesterov": {"type": "boolean", "active_if": {"momentum": [2, 3]}},
        "dropout": {"type": "float", "low": 0.0, "high": 0.3, "step": 0.1},
        "classes": {"type": "fixed", "value": 10},
    }
)
NUMBERS = SearchSpace({name: SPACE[name].definition() for name in list(SPACE)[:4]})
NEEDS_TORCH = pytest.mark.skipif(
    not find_spec("torch"), reason="needs torch: uv run --extra gp pytest"
)
ALGORITHMS = [
    pytest.param(kind.__name__, marks=NEEDS_TORCH if "torch" in kind.packages else ())
    for kind in NAMED_STRATEGIES
]
# So that the model of each has its say within twelve trials; keras-tuner's takes seconds for it.
SOON = {
    "BayesianOptimization": {"num_initial_points": 11},
    "TPE": {"n_startup_trials": 5},
    "GaussianProcess": {"n_startup_trials": 5},
    "CMAES": {"popsize": 4},
}


def start(algorithm, space=None, budget=40, epochs=10, seed=123, **options):
    space = space or (NUMBERS if algorithm == "CMAES" else SPACE)
    strategy = read_strategy({"algorithm": algorithm} | options)
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
    space = NUMBERS if algorithm == "CMAES" else SPACE
    for suggestion in drive(start(algorithm, **SOON.get(algorithm, {})), 12):
        assert space.clip(suggestion.configuration) == suggestion.configuration


@pytest.mark.parametrize("algorithm", [a for a in ALGORITHMS if "CMAES" not in a.values])
def test_what_is_not_active_is_absent_and_what_is_fixed_is_there(algorithm):
    suggestions = drive(start(algorithm, CONDITIONAL, **SOON.get(algorithm, {})), 14)
    configurations = [suggestion.configuration for suggestion in suggestions]
    for configuration in configurations:
        assert CONDITIONAL.clip(configuration) == configuration
        assert configuration["classes"] == 10
    assert {"momentum" in configuration for configuration in configurations} == {False, True}


def test_a_child_of_a_value_that_was_clipped_is_there():
    """keras-tuner's high + 1 meets the conditions of high, which is what it becomes."""
    parent = {"type": "int", "low": 32, "high": 512, "scale": "log"}
    child = {"type": "boolean", "active_if": {"units": [512]}}
    space = SearchSpace({"units": parent, "normalise": child})
    theirs = to_keras_tuner(space)
    for units, active in ((511, False), (512, True), (513, True)):
        theirs.values = {"units": units}
        assert theirs.is_active("normalise") == active
        assert space["normalise"].is_active({"units": space["units"].clip(units)}) == active


def test_fixed_hyperparameters_need_no_initial_points():
    oracle = start("BayesianOptimization", CONDITIONAL).oracle
    assert oracle.num_initial_points == 3 * len(CONDITIONAL.tuned()) == 12


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_same_seed_and_scores_give_the_same_suggestions(algorithm):
    def again(seed=123):
        return drive(start(algorithm, seed=seed, **SOON.get(algorithm, {})), 12)

    assert again() == again()
    if algorithm != "GridSearch":  # which has no use for a seed
        assert again() != again(seed=124_000)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_several_trials_may_be_asked_for_before_the_first_is_told(algorithm):
    def again():
        return drive(start(algorithm, **SOON.get(algorithm, {})), 12, parallel_trials=3)

    made = again()
    assert made == again()
    assert len(made) == 12


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


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_searches_write_nothing_and_say_nothing(algorithm, tmp_path, monkeypatch, capfd):
    import keras_tuner  # noqa: F401 (TensorFlow says something when it is imported)

    monkeypatch.chdir(tmp_path)
    capfd.readouterr()
    drive(start(algorithm, **SOON.get(algorithm, {})), 8)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert capfd.readouterr() == ("", "")


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


def best_of(trials, algorithm, space, seed, **options):
    suggestions = drive(start(algorithm, space, seed=seed, **options), trials)
    return max(score(suggestion.configuration) for suggestion in suggestions)


def test_bayesian_optimization_finds_more_than_random_search():
    bayesian = best_of(10, "BayesianOptimization", SPACE, 123, num_initial_points=6)
    assert bayesian > best_of(10, "RandomSearch", SPACE, 123)


@pytest.mark.parametrize(
    ("algorithm", "trials", "searches"),
    [("TPE", 40, 10), pytest.param("GaussianProcess", 20, 3, marks=NEEDS_TORCH)],
)
def test_optunas_models_find_more_than_random_search(algorithm, trials, searches):
    seeds = range(1000, 1000 * (searches + 1), 1000)
    model = [best_of(trials, algorithm, SPACE, seed, **SOON[algorithm]) for seed in seeds]
    random = [best_of(trials, "RandomSearch", SPACE, seed) for seed in seeds]
    assert sum(model) / searches > sum(random) / searches + 0.005


def test_cma_es_moves_to_where_the_scores_are_better():
    for seed in range(1000, 6000, 1000):
        made = drive(start("CMAES", seed=seed), 60)
        scores = [score(suggestion.configuration) for suggestion in made]
        assert sum(scores[-20:]) / 20 > sum(scores[:20]) / 20 + 0.01


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
@pytest.mark.parametrize(("space", "size"), [(FINITE, 16), (CONDITIONAL, 24)])
def test_grid_search_visits_every_configuration_once_and_ends(space, size, parallel_trials):
    suggestions = drive(start("GridSearch", space, budget=100), 100, parallel_trials)
    configurations = {tuple(suggestion.configuration.items()) for suggestion in suggestions}
    assert len(suggestions) == len(configurations) == space.size() == size


def test_cma_es_refuses_conditions_but_not_what_is_fixed():
    strategy = read_strategy({"algorithm": "CMAES"})
    with pytest.raises(ValueError, match="would draw optimizer, momentum, nesterov at random"):
        strategy.check_space(CONDITIONAL)
    rest = {name: CONDITIONAL[name].definition() for name in ("dropout", "classes")}
    strategy.check_space(SearchSpace(rest))


def told(search, scores):
    """Ask and tell these scores, one after the other."""
    made = []
    for trial, value in enumerate(scores):
        made.append(search.ask())
        search.tell(trial, value)
    return [(suggestion.epochs, suggestion.continues) for suggestion in made], made


def test_successive_halving_lets_the_best_third_go_on_at_once():
    plan, made = told(
        start("SuccessiveHalving"),
        [0.5, 0.7, 0.6, 0.71, 0.4, 0.3, 0.9, 0.72, 0.2, 0.1, 0.5, 0.73, 0.8],
    )
    new = (1, None)
    assert plan == [
        *(new, new, new, (3, 1)),  # the best of three
        *(new, new, new, (3, 6)),  # the best two of six are 6 and 1, which went on before
        *(new, new, new, (3, 2)),  # the best three of nine are 6, 1 and 2
        (10, 11),  # the best of the three that came as far
    ]
    for suggestion in made:
        if suggestion.continues is not None:
            assert made[suggestion.continues].configuration == suggestion.configuration


@pytest.mark.parametrize(
    ("epochs", "factor", "min_epochs", "rungs"),
    [(10, 3, 1, [1, 3, 10]), (10, 3, 2, [3, 10]), (9, 3, 1, [1, 3, 9]), (16, 4, 1, [1, 4, 16])],
)
def test_rungs_count_down_from_a_full_training(epochs, factor, min_epochs, rungs):
    options = {"algorithm": "SuccessiveHalving", "factor": factor, "min_epochs": min_epochs}
    strategy = read_strategy(options)
    assert strategy.rungs(epochs) == rungs


def test_one_epoch_for_all_then_the_best_are_finished():
    # 4 x 5 epochs are granted: 2 x 4 finish two of those that had one of the other twelve.
    first = [0.1, 0.5, 0.2, 0.8, 0.3, 0.8, 0.4, 0.7, 0.6, 0.1, 0.2, 0.3]
    search = start("OneEpoch", budget=4, epochs=5, finished=2)
    plan, made = told(search, [*first, 0.9, 0.85])
    assert plan == [(1, None)] * 12 + [(5, 3), (5, 5)]
    assert made[12].configuration == made[3].configuration


def test_one_epoch_waits_for_those_that_are_open():
    search = start("OneEpoch", budget=2, epochs=3, finished=1)
    assert [search.ask().epochs for _ in range(4)] == [1, 1, 1, 1]
    assert search.ask() is None
    for trial, value in enumerate([0.1, 0.4, 0.2, 0.3]):
        search.tell(trial, value)
    assert search.ask().continues == 1


@pytest.mark.parametrize("parallel_trials", [1, 3])
@pytest.mark.parametrize(
    "algorithm", ["RandomSearch", "Hyperband", "RefinedRandom", "SuccessiveHalving", "OneEpoch"]
)
def test_a_search_ends_when_the_space_is_used_up(algorithm, parallel_trials):
    suggestions = drive(start(algorithm, FINITE, budget=100), 500, parallel_trials)
    assert 1 <= len(suggestions) < 500


def test_one_epoch_finishes_all_of_a_space_that_is_used_up():
    suggestions = drive(start("OneEpoch", FINITE, budget=100), 500)
    assert [suggestion.epochs for suggestion in suggestions] == [1] * 16 + [10] * 16


@pytest.mark.parametrize("kind", NAMED_STRATEGIES)
def test_a_strategy_imports_no_other(kind):
    """A change of its files runs its own searches again: see rules/common.smk."""
    found = {
        Path(path).stem
        for path in imported_files(PROJECT / "src/tuner_trials", inspect.getfile(kind))
    }
    own = kind.__module__.rpartition(".")[2]
    others = {other.__module__.rpartition(".")[2] for other in NAMED_STRATEGIES} - {own}
    assert {own, "base", "search_space"} <= found
    assert not found & (others | {"named"})


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


def test_a_refined_space_counts_steps_as_the_whole_one_does():
    """From another place 0.7 is added up otherwise: 5005.6 would be 5005.599999999999."""
    steps = SearchSpace({"rate": {"type": "float", "low": 5000.0, "high": 9000.0, "step": 0.7}})
    search = start("RefinedRandom", budget=40, space=steps)
    for trial in range(40):
        configuration = search.ask().configuration
        assert steps["rate"].contains(configuration["rate"])
        search.tell(trial, -configuration["rate"])


def test_searches_reach_the_last_of_the_published_dropout_rates(monkeypatch):
    """keras-tuner by itself counts 0.5 as four steps of 0.1."""
    monkeypatch.chdir(PROJECT)
    space = read_experiment(PROJECT / "experiments/published_notebook.yaml").search_space
    [dropout] = [hp for hp in to_keras_tuner(space).space if hp.name == "dropout_rate"]
    rates = {space["dropout_rate"].clip(dropout.prob_to_value(n / 100)) for n in range(100)}
    assert rates == {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}
