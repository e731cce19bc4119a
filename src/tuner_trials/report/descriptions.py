"""Algorithms in a few sentences each, with their sources."""

from typing import Any

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
    "TPE": (
        "keeps two densities of configurations, one of those with the best scores seen so far and"
        " one of the rest, and tries next what is much more likely under the first than under the"
        " second (the tree-structured Parzen estimator, here Optuna's, which looks at all"
        " hyperparameters together). The first trials ({n_startup_trials}) are random. See J."
        " Bergstra, R. Bardenet, Y. Bengio and B. Kegl, *Algorithms for Hyper-Parameter"
        " Optimization*, NeurIPS 24, 2011, and S. Watanabe, arXiv:2304.11127, 2023."
    ),
    "GaussianProcess": (
        "fits a Gaussian process to the scores seen so far, with a length scale for each"
        " hyperparameter, so that it learns which ones matter, and tries next where the expected"
        " improvement over the best score is largest. It is Optuna's. The first trials"
        " ({n_startup_trials}) are random, and so is always what not every configuration has. See"
        " S. Ament, S. Daulton, D. Eriksson, M. Balandat and E. Bakshy, arXiv:2310.20708, 2023."
    ),
    "CMAES": (
        "draws a generation of configurations from a normal distribution, moves the distribution to"
        " the better half of them, and stretches it along the directions that helped. It works on"
        " numbers alone, and is made for many more trials than a tuner of nets usually has. It is"
        " Optuna's. See N. Hansen, *The CMA Evolution Strategy: A Tutorial*, arXiv:1604.00772."
    ),
    "SuccessiveHalving": (
        "starts random configurations for a few epochs ({min_epochs} at least). As soon as one is"
        " among the best one in {factor} that came as far, it goes on, up to a full training:"
        " exactly from where it stopped, and charged the added epochs alone. Unlike Hyperband it is"
        " bold throughout, and never waits for a round to be full. See L. Li and others, *A System"
        " for Massively Parallel Hyperparameter Tuning*, MLSys 2020, arXiv:1810.05934."
    ),
    "OneEpoch": (
        "is a baseline: as many random configurations as the budget allows are trained for one"
        " epoch, and the best {finished} of them go on to the end. A method that is not better than"
        " this has learned little from what comes after the first epoch. See R. Egele, I. Guyon, Y."
        " Sun and P. Balaprakash, arXiv:2307.15422, 2023."
    ),
}


def how_it_works(options: dict[str, Any]) -> str:
    """A paragraph on an algorithm; on one that somebody brought, where it is written."""
    algorithm = options["algorithm"]
    if algorithm not in ALGORITHMS:
        own = ", ".join(f"{name}: {value}" for name, value in options.items())
        return f"is defined in a file that comes with the experiment ({own})."
    initial = options.get("num_initial_points") or "three for each hyperparameter"
    return ALGORITHMS[algorithm].format(**options | {"num_initial_points": initial})
