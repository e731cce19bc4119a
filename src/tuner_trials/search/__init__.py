"""Searches: the `loop` that every strategy goes through, and random search, the yardstick."""
