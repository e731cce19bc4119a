"""One loop for every strategy, and a ledger that nobody overspends."""

import dataclasses
import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest

from tuner_trials.search.loop import Ledger, SuggestionError, run_search
from tuner_trials.search.strategies import Suggestion
from tuner_trials.search.strategies.registry import read_strategy
from tuner_trials.space.search_space import SearchSpace
from tuner_trials.tasks.keras.engine import Part, Training
from tuner_trials.trials.trial import LEAKY_ROWS, Outcome, Trial, train, trial_seed

SPACE = SearchSpace(
    {
        "units": {"type": "int", "low": 4, "high": 32, "scale": "log"},
        "learning_rate": {"type": "float", "low": 1e-3, "high": 1e-1, "scale": "log"},
        "dropout_rate": {"type": "float", "low": 0.0, "high": 0.5},
    }
)


def search(task, options, budget=4, epochs=4, repeat=0, space=SPACE):
    reported = []
    trials = run_search(
        partial(partial, trained, task),
        space,
        read_strategy(options),
        "ours",
        repeat,
        budget=budget,
        epochs=epochs,
        seed=42,
        on_trial=reported.append,
    )
    assert reported == trials
    return trials


def trained(task, configuration, epochs, seed, continues=0):
    """A trainer that knows nothing and keeps nothing."""
    return train(task, configuration, epochs, seed)[0]


def comparable(trial):
    """A trial without its times, which are never the same."""
    outcome = dataclasses.replace(trial.outcome, train_seconds=0.0, epoch_seconds=[])
    return dataclasses.replace(trial, suggest_seconds=0.0, outcome=outcome)


def test_ledger_refuses_what_it_cannot_afford():
    ledger = Ledger(granted=10)
    ledger.charge(8)
    assert ledger.affords(2) and not ledger.affords(3)
    with pytest.raises(ValueError, match="3 epochs charged, but 2 are left"):
        ledger.charge(3)


def test_a_search_spends_its_budget_to_the_epoch(task):
    trials = search(task, {"algorithm": "RandomSearch"})
    assert [trial.epochs_charged for trial in trials] == [4, 4, 4, 4]
    assert [trial.trial for trial in trials] == [0, 1, 2, 3]


def test_hyperband_never_overspends(task):
    trials = search(task, {"algorithm": "Hyperband"}, budget=6)
    assert sum(trial.epochs_charged for trial in trials) <= 24
    assert any(trial.epochs_charged < trial.epochs for trial in trials)


def test_a_search_repeated_is_the_same_and_another_repeat_is_not(task):
    first, second, other = (
        search(task, {"algorithm": "RefinedRandom"}, budget=10, epochs=2, repeat=repeat)
        for repeat in (0, 0, 1)
    )
    assert list(map(comparable, first)) == list(map(comparable, second))
    assert not {str(t.configuration) for t in first} & {str(t.configuration) for t in other}
    assert not {t.seed for t in first} & {t.seed for t in other}


def test_strategies_that_try_the_same_configuration_see_the_same_training(task):
    ours = search(task, {"algorithm": "RandomSearch"}, budget=2)
    theirs = search(task, {"algorithm": "BayesianOptimization"}, budget=2)
    assert [t.configuration for t in ours] == [t.configuration for t in theirs]
    assert [t.outcome.history for t in ours] == [t.outcome.history for t in theirs]
    assert trial_seed(42, 0, ours[0].configuration) == ours[0].seed


def test_score_is_the_best_epochs_validation_accuracy(task):
    outcome, _ = train(task, {"learning_rate": 0.05}, 5, seed=9)
    curve = outcome.history["validation"]
    assert outcome.score == max(curve) == curve[outcome.best_epoch - 1]
    assert len(curve) == 5 and outcome.status == "completed"


def test_leaky_score_is_that_of_the_trained_model_on_its_first_rows(task):
    outcome, _ = train(task, {}, 3, seed=9)
    training = Training(task, {}, 9)
    for _ in range(3):
        training.advance()
    probabilities = training.model.predict(task.train.x.numpy() / 255, verbose=0)
    hits = probabilities.argmax(axis=1) == task.train.y.numpy()
    assert outcome.leaky_score == pytest.approx(hits[:LEAKY_ROWS].mean(), abs=1e-9)


def test_leaky_score_flatters_a_net_that_overfits(task, images):
    """The score of the original course code: accuracy on rows that the net was fitted on."""
    x, y, _, _ = images
    few = dataclasses.replace(task, train=Part(x[:100], y[:100]))
    outcome, _ = train(few, {"units": 128, "learning_rate": 0.01, "batch_size": 20}, 15, seed=1)
    assert outcome.leaky_score > outcome.score + 0.05


@pytest.mark.parametrize(
    ("configuration", "status", "message"),
    [
        (
            {"learning_rate": 1e30, "optimizer": "sgd"},
            "diverged",
            "a loss was not finite in epoch 1",
        ),
        ({"activation": "no such activation"}, "failed", "ValueError"),
    ],
)
def test_a_training_that_goes_wrong_is_recorded_and_scored_at_chance(
    task, configuration, status, message
):
    outcome, state = train(task, configuration, 4, seed=1)
    assert outcome.status == status and message in outcome.message
    nothing = task.objective.know_nothing(task.train.labels, task.validation.labels)
    assert outcome.score == nothing
    assert outcome.leaky_score is None and outcome.best_epoch == 0
    assert outcome.precision == "float32"
    assert state == []
    record = Trial("ours", 0, 0, configuration, 1, 4, 4, outcome).record()
    assert "NaN" not in json.dumps(record)


@pytest.mark.parametrize("algorithm", ["RandomSearch", "BayesianOptimization", "Hyperband"])
def test_a_search_in_which_every_trial_fails_still_ends_within_its_budget(task, algorithm):
    space = SearchSpace({"units": {"type": "int", "low": -50, "high": -1}})
    trials = search(task, {"algorithm": algorithm}, budget=6, space=space)
    assert {trial.outcome.status for trial in trials} == {"failed"}
    assert 20 <= sum(trial.epochs_charged for trial in trials) <= 24


WINDOWED = {
    "BayesianOptimization": {"num_initial_points": 6},
    "GridSearch": {},
    "Hyperband": {},
    "RandomSearch": {},
    "RefinedRandom": {"kept_share": 0.4},
}
BUDGET = 10


def pretended(configuration, epochs, seed, continues=0):
    """An outcome without a training: a score that is highest at a learning rate of 0.01."""
    distance = abs(configuration["learning_rate"] - 0.01) + configuration["dropout_rate"] / 10
    score = 0.9 - distance - 0.1 / epochs
    return Outcome("completed", "", score, epochs, 0.9, {}, "float32", [], 0.0, "abc", "")


def pretended_search(algorithm, begin, parallel_trials):
    trials = run_search(
        begin,
        SPACE,
        read_strategy({"algorithm": algorithm} | WINDOWED[algorithm]),
        "ours",
        0,
        budget=BUDGET,
        epochs=4,
        seed=42,
        on_trial=lambda trial: None,
        parallel_trials=parallel_trials,
    )
    return list(map(comparable, trials))


@pytest.mark.parametrize("algorithm", WINDOWED)
def test_trials_at_a_time_decide_the_outcome_and_their_timing_does_not(algorithm):
    one_by_one = pretended_search(algorithm, partial(partial, pretended), 3)
    with ThreadPoolExecutor(3) as pool:

        def last_comes_first(configuration, epochs, seed, continues=0):
            def slow():
                time.sleep((seed % 5) / 100)
                return pretended(configuration, epochs, seed)

            return pool.submit(slow).result

        assert pretended_search(algorithm, last_comes_first, 3) == one_by_one
    unspent = 4 * BUDGET - sum(trial.epochs_charged for trial in one_by_one)
    assert 0 <= unspent < 4 if algorithm == "Hyperband" else unspent == 0


@pytest.mark.parametrize("algorithm", ["GridSearch", "RandomSearch", "RefinedRandom"])
def test_strategies_that_learn_nothing_from_the_latest_trials_lose_nothing(algorithm):
    alone, three = (pretended_search(algorithm, partial(partial, pretended), q) for q in (1, 3))
    assert alone == three


@pytest.mark.parametrize("algorithm", WINDOWED)
def test_every_strategy_keeps_as_many_trials_open_as_it_may(algorithm):
    opened, told, widths = 0, 0, []

    def begin(*training):
        nonlocal opened
        opened += 1
        widths.append(opened - told)

        def outcome():
            nonlocal told
            told += 1
            return pretended(*training)

        return outcome

    pretended_search(algorithm, begin, 3)
    assert max(widths) == 3
    assert sum(widths) / len(widths) > 2  # only a start, an end and a step wait


POINT = {"units": 8, "learning_rate": 0.01, "dropout_rate": 0.1}


class Recorder:
    """A strategy and its search, which writes down what it is asked and told."""

    def __init__(self):
        self.record = []

    def start(self, space, budget, epochs, seed):
        return self

    def ask(self):
        self.record.append("ask")
        return Suggestion(POINT, 4)

    def tell(self, trial, score):
        self.record.append(trial)


@pytest.mark.parametrize(
    ("parallel_trials", "record"),
    [
        (1, ["ask", 0, "ask", 1, "ask", 2, "ask", 3, "ask"]),
        # A trial that cannot be afforded is the last that is asked for.
        (3, ["ask", "ask", "ask", 0, "ask", 1, "ask", 2, 3]),
        (9, ["ask", "ask", "ask", "ask", "ask", 0, 1, 2, 3]),
    ],
)
def test_trials_are_told_in_their_order_and_each_makes_room_for_one(parallel_trials, record):
    recorder = Recorder()
    run_search(
        partial(partial, pretended),
        SPACE,
        recorder,
        "ours",
        0,
        budget=4,
        epochs=4,
        seed=42,
        on_trial=lambda trial: None,
        parallel_trials=parallel_trials,
    )
    assert recorder.record == record


class Scripted:
    """A strategy and its search, with suggestions that somebody wrote."""

    def __init__(self, *suggestions):
        self.suggestions = iter(suggestions)

    def start(self, space, budget, epochs, seed):
        return self

    def ask(self):
        return next(self.suggestions)

    def tell(self, trial, score):
        pass


FIRST = Suggestion(POINT, 2)


@pytest.mark.parametrize(
    ("suggestion", "words"),
    [
        (Suggestion(POINT, 2, continues=0), "epochs must be a whole number, 3 to 4"),
        (Suggestion(POINT, 1, continues=0), "epochs must be a whole number, 3 to 4"),
        (Suggestion(POINT, 0), "epochs must be a whole number, 1 to 4"),
        (Suggestion(POINT, 5), "epochs must be a whole number, 1 to 4"),
        (Suggestion(POINT, np.int64(4)), "epochs must be a whole number, 1 to 4"),
        (
            Suggestion(POINT, 4, continues=1),
            "continues must be a trial that it was told of; 0 to 0 were",
        ),
        (
            Suggestion(POINT, 4, continues=-1),
            "continues must be a trial that it was told of; 0 to 0 were",
        ),
        (
            Suggestion(POINT | {"units": 9}, 4, continues=0),
            "the configuration must be that of trial 0, which it continues",
        ),
        (
            Suggestion(POINT | {"units": 33}, 4),
            "units: 33 is not allowed; use 4 to 32, as a Python int",
        ),
        (
            Suggestion(POINT | {"units": 8.0}, 4),
            "units: 8.0 is not allowed; use 4 to 32, as a Python int",
        ),
        (
            Suggestion(POINT | {"dropout_rate": np.float64(0.1)}, 4),
            "dropout_rate: np.float64(0.1) is not allowed; use 0.0 to 0.5, as a Python float",
        ),
        (Suggestion({"units": 8, "dropout_rate": 0.1}, 4), "learning_rate: is missing"),
        (Suggestion(POINT | {"depth": 1}, 4), "depth: is no hyperparameter of the search space"),
        (Suggestion(list(POINT), 4), "the configuration must be a dictionary"),
        ((POINT, 4), "ask() must return a Suggestion, or None"),
    ],
)
def test_a_suggestion_that_cannot_be_trained_is_refused_in_words(suggestion, words):
    arguments = partial(partial, pretended), SPACE, Scripted(FIRST, suggestion), "ours", 0
    with pytest.raises(SuggestionError) as error:
        run_search(*arguments, budget=4, epochs=4, seed=42, on_trial=lambda trial: None)
    start = "strategies.ours: suggestion 1 of repeat 0 cannot be trained: "
    assert str(error.value).startswith(start + words)


def test_what_is_still_open_or_trained_in_full_cannot_be_continued():
    def run(*suggestions):
        run_search(
            *(partial(partial, pretended), SPACE, Scripted(*suggestions), "ours", 0),
            budget=4,
            epochs=4,
            seed=42,
            on_trial=lambda trial: None,
            parallel_trials=2,
        )

    with pytest.raises(SuggestionError, match="a trial that it was told of; none was"):
        run(FIRST, Suggestion(POINT, 4, continues=0))
    with pytest.raises(SuggestionError, match="trial 0 is a full training"):
        run(Suggestion(POINT, 4), FIRST, Suggestion(POINT, 4, continues=0))
