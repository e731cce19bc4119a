"""The search algorithms that can be compared with random search, one file each.

Your own is a Python file outside this package, whose path takes the place of the algorithm's name.
The strategies of this package are listed in `tuner_trials.search.strategies.registry` and not here:
importing one strategy must not import all of them.
"""

from tuner_trials.search.strategies.base import Search, Strategy, Suggestion

__all__ = ["Search", "Strategy", "Suggestion"]
