"""Searches: the `loop` that runs every strategy, and random search, with which all are compared."""
