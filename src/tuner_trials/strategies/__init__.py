"""The search algorithms that can be compared with random search; a file each.

One's own is a Python file outside this package, whose path stands for the algorithm's name. Those
of this package have their names in `tuner_trials.strategies.named`, and not here: importing one
strategy must not import all of them.
"""

from tuner_trials.strategies.base import Search, Strategy, Suggestion

__all__ = ["Search", "Strategy", "Suggestion"]
