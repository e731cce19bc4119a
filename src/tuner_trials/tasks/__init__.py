"""What is tuned: the protocols in `base`, and a module for each kind of training."""
