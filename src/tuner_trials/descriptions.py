"""Datasets and algorithms in a few sentences each, with their sources."""

import inspect
from typing import Any

from tuner_trials.strategies import Strategy

DATASETS = {
    "fashion_mnist": (
        "Fashion-MNIST: grey images of articles of clothing, 28 x 28 pixels, in ten classes from"
        " T-shirt to ankle boot (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747)."
    ),
    "digits": (
        "The handwritten digits that ship with scikit-learn: 1,797 grey images of 8 x 8 pixels, in"
        " ten classes."
    ),
}
ALGORITHMS = {
    "RandomSearch": (
        "keras-tuner's own random search. It does what the pool does, with another sampler, and so"
        " serves as a control: whatever sets it apart from the grey band is luck."
    ),
    "GridSearch": (
        "walks through all combinations of fixed lists of values, in keras-tuner's order, until the"
        " budget is spent. With many hyperparameters it never leaves a corner of the space, and it"
        " tries few distinct values of those that matter."
    ),
    "BayesianOptimization": (
        "fits a Gaussian process to the scores seen so far, which predicts for every configuration"
        " a score and how uncertain it is. The next trial goes where the prediction plus {beta:g}"
        " times its uncertainty is highest, a confidence bound that weighs promising regions"
        " against unknown ones. The first trials ({num_initial_points}) are random. See R."
        " Garnett's lecture notes, which keras-tuner cites (CSE 515T, Washington University in St."
        " Louis, 2015, lecture 12), and his book *Bayesian Optimization*, Cambridge University"
        " Press, 2023."
    ),
    "Hyperband": (
        "bets that a bad configuration shows early. It starts many configurations for a few epochs,"
        " lets the best one in {factor} go on, and so forth up to a full training. As early scores"
        " can mislead, it does so at several degrees of boldness, down to none. A trial that goes"
        " on is continued exactly where it stopped, and charged the added epochs alone. See L. Li,"
        " K. Jamieson, G. DeSalvo, A. Rostamizadeh and A. Talwalkar, *Hyperband*,"
        " [JMLR 18:185, 2018](https://jmlr.org/papers/v18/16-558.html)."
    ),
    "RefinedRandom": (
        "does what people do by hand: random search over the whole space for"
        " {exploration_share:.0%} of the budget, then over the box around the best {kept_share:.0%}"
        " of these trials. There is no model, and it may well narrow in on luck."
    ),
}


def how_it_works(options: dict[str, Any]) -> str:
    """A paragraph on an algorithm; for one that is not described here, its own first words."""
    algorithm = options["algorithm"]
    if algorithm in ALGORITHMS:
        initial = options.get("num_initial_points") or "three for each hyperparameter"
        return ALGORITHMS[algorithm].format(**options | {"num_initial_points": initial})
    [kind] = [kind for kind in Strategy.__subclasses__() if kind.__name__ == algorithm]
    return f"({algorithm}): {inspect.getdoc(kind)}"
