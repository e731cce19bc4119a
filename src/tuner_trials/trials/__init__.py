"""Trials: one configuration trained exactly, stored, in parallel; and the winners retrained."""
