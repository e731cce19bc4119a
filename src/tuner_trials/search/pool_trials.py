"""Train the configurations of the random-search pool."""

from tuner_trials.search.random_search import RANDOM
from tuner_trials.space.search_space import Configuration
from tuner_trials.trials.store import StoringTrainer
from tuner_trials.trials.trial import Trial, trial_seed


def train_pool_trial(
    trainer: StoringTrainer, configuration: Configuration, number: int, epochs: int, seed: int
) -> Trial:
    """Train a configuration of the pool in full; ``seed`` is the experiment's."""
    own_seed = trial_seed(seed, 0, configuration)
    return Trial(
        strategy=RANDOM,
        repeat=0,
        trial=number,
        configuration=configuration,
        seed=own_seed,
        epochs=epochs,
        epochs_charged=epochs,
        outcome=trainer(configuration, epochs, own_seed),
    )
