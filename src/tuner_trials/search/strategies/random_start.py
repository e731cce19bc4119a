"""The configurations shared by all searches of a repeat that start at random."""

from tuner_trials.search.strategies.keras_tuner_search import OracleSearch, common
from tuner_trials.search.strategies.without_keras import import_keras_tuner
from tuner_trials.space.search_space import Configuration, SearchSpace

PACKAGES = ("keras-tuner",)  # that decide them


class RandomStart:
    """Distinct random configurations, the same ones for the same seed.

    They are those of keras-tuner's random search, with which its other oracles begin as well. So
    the strategies of a repeat share a start, and their difference tells what they made of it.

    Parameters
    ----------
    space, seed
        As `Strategy.start` gets them.
    """

    def __init__(self, space: SearchSpace, seed: int):
        import numpy as np

        self._space, self._rng = space, np.random.default_rng(seed)
        oracle = import_keras_tuner().oracles.RandomSearchOracle(
            **common(space, seed), max_trials=None
        )
        self._search = OracleSearch(oracle, space, epochs=1)
        self._given: list[Configuration] = []

    def next(self) -> Configuration | None:
        """The next configuration; None once the space is used up."""
        suggestion = self._search.ask()
        if suggestion is not None:
            configuration = suggestion.configuration
        else:  # keras-tuner gives up when it meets known ones too often; a few may be left
            try:
                [configuration] = self._space.sample_distinct(1, self._rng, self._given)
            except ValueError:
                return None
        self._given.append(configuration)
        return configuration
