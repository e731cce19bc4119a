"""The search algorithms that can be compared with random search; a file each.

Your own is a Python file outside this package, whose path stands in for the algorithm's name. The
names of those in this package are in `tuner_trials.search.strategies.registry`, and not here:
importing one strategy must not import all of them.
"""

from tuner_trials.search.strategies.base import Search, Strategy, Suggestion

__all__ = ["Search", "Strategy", "Suggestion"]
