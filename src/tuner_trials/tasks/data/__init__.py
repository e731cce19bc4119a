"""From a dataset to the three parts: fetched, verified, split once."""
