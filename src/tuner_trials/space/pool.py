"""The configurations of the random-search pool: drawn from the space, or read from their files."""

import json
from pathlib import Path

from tuner_trials.foundation.errors import UserError
from tuner_trials.foundation.seeds import derive_seed
from tuner_trials.space.search_space import Configuration, SearchSpace


def pool(space: SearchSpace, seed: int, count: int) -> list[Configuration]:
    """The first configurations of an experiment's pool, which all differ.

    Parameters
    ----------
    seed
        The experiment's.
    count
        Number of configurations; a larger pool begins with the same ones.
    """
    import numpy as np  # not above: Snakemake reads this module where NumPy may be missing

    return space.sample_distinct(count, np.random.default_rng(derive_seed(seed, "pool")))


def read_configuration(path: str | Path, space: SearchSpace) -> Configuration:
    """Read the file of a configuration, which somebody may have edited.

    Raises
    ------
    UserError
        If it holds no configuration of the space: with the file, and what is wrong.
    """
    try:
        configuration = json.loads(Path(path).read_text(encoding="utf-8"))
        space.check(configuration)
    except ValueError as error:
        raise UserError(
            f"{path} holds no configuration of the search space: {error}. Correct it, or delete it"
            " to have it sampled again."
        ) from None
    return configuration
