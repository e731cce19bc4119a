"""Fair comparison of hyperparameter tuners."""
