"""The search space, and the configurations drawn from it."""
