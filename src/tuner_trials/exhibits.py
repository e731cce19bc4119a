"""What the report shows: tables and figures of a finished experiment, ready to display.

The notebook computes nothing. It asks for these, and tells the story around them.
"""

import base64
import inspect
import json
import math
from collections.abc import Iterable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from IPython.display import HTML, Markdown

from tuner_trials.answer import answer
from tuner_trials.figures import caption
from tuner_trials.figures.incumbents import incumbents
from tuner_trials.strategies import Strategy
from tuner_trials.tables import RANDOM, read_table

MISSING = "\N{EN DASH}"
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


class Exhibits:
    """Everything that the report on one experiment shows.

    Parameters
    ----------
    results
        The experiment's folder, ``results/<experiment>``: its tables, figures, ``data/split.json``
        and ``provenance.json`` are read when they are asked for.
    """

    def __init__(self, results: str | Path):
        self.folder = Path(results)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        return json.loads((self.folder / "provenance.json").read_text(encoding="utf-8"))

    @property
    def experiment(self) -> dict[str, Any]:
        return self.provenance["experiment"]

    @cached_property
    def split(self) -> dict[str, Any]:
        return json.loads((self.folder / "data/split.json").read_text(encoding="utf-8"))

    def table(self, name: str) -> pd.DataFrame:
        """``tables/<name>.csv``."""
        return read_table(self.folder / "tables" / f"{name}.csv")

    def headline(self) -> Markdown:
        """The experiment in one paragraph."""
        plan = self.experiment
        epochs, budget = plan["epochs"], plan["budget"]
        return Markdown(
            f"Experiment **{plan['name']}**: {_listing(plan['strategies'])} against random search."
            f" Every strategy may spend {budget} full trainings of {epochs} epochs in a search,"
            f" {budget * epochs} epochs, and searches {_times(plan['repeats'])}. Random search has"
            f" a pool of {plan['random_configurations']} trials."
        )

    def answer(self) -> HTML:
        """What the experiment says, in words."""
        plan = self.experiment
        paragraphs = answer(
            self.table("comparisons"),
            self.table("random_equivalents"),
            plan["budget"],
            plan["equivalence"],
        )
        body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
        return HTML(f'<div class="answer">{body}</div>')

    def dataset(self) -> Markdown:
        """Where the samples come from, and how they were split."""
        source, split = self.experiment["dataset"]["source"], self.split
        size = split["image_size"]
        test = (
            f"The test part is {split['test_fraction']:.0%} of all samples"
            if split["test_fraction"]
            else "The dataset brings its own test part"
        )
        return Markdown(
            f"{DATASETS.get(source, source)}"
            + (f" Here they are resized to {size} x {size} pixels." if size else "")
            + f" {test}; of the rest, {split['validation_fraction']:.0%} are for validation."
            f" The split is stratified, was fixed once by the seed {split['seed']}, and is the same"
            " for every trial of every strategy."
        )

    def parts(self) -> HTML:
        """Size and classes of the three parts."""
        use = {
            "train": "fits the weights",
            "validation": "ranks the configurations",
            "test": "scores the winners, once",
        }
        rows = []
        for name, part in self.split["parts"].items():
            row = {"part": name, "what it does": use.get(name, ""), "rows": part["rows"]}
            counts = part["class_counts"].items()
            rows.append(row | {f"class {label}": count for label, count in counts})
        frame = pd.DataFrame(rows)
        return _table(frame, dict.fromkeys(frame.columns[2:], ",d"))

    def search_space(self) -> HTML:
        """Each hyperparameter: its range, the reasons, the expected and the measured effect."""
        effects = self.table("hyperparameter_effects").set_index("hyperparameter")
        rows = [
            {
                "hyperparameter": name,
                "values": _values(definition),
                "why it is tuned": definition["why"],
                "why this range": definition["why_this_range"],
                "expected impact": definition["expected_impact"],
                "measured": f"{effects.at[name, 'difference']:.4f} between"
                f" {effects.at[name, 'best_value']} (best) and"
                f" {effects.at[name, 'worst_value']} (worst)",
            }
            for name, definition in self.experiment["search_space"].items()
        ]
        return _table(pd.DataFrame(rows), css_class="prose")

    def strategies(self) -> Markdown:
        """How each strategy of the experiment works, and where that is written."""
        options_of = self.experiment["strategies"]
        items = [
            "**random** draws every hyperparameter on its own, on its scale, and learns nothing"
            " from the trials before. It parallelises without limit, and of each hyperparameter it"
            " tries as many values as there are trials (J. Bergstra and Y. Bengio, *Random Search"
            " for Hyper-Parameter Optimization*,"
            " [JMLR 13, 2012](https://jmlr.org/papers/v13/bergstra12a.html)). Its trials do not"
            " depend on each other, so the pool gives the exact distribution of what any smaller"
            " random search finds, without repeats."
        ]
        items += [f"**{name}** {_how_it_works(options)}" for name, options in options_of.items()]
        return Markdown("\n".join(f"- {item}" for item in items))

    def figure(self, name: str) -> HTML:
        """A figure with its caption, inside the page."""
        title, text = caption(name)
        data = base64.b64encode((self.folder / f"figures/{name}.svg").read_bytes()).decode()
        return HTML(
            f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{escape(title)}">'
            f"<figcaption>{escape(text)}</figcaption></figure>"
        )

    def summary(self) -> HTML:
        """A row a strategy: what it found, against random search with the same budget."""
        table = self.table("summary")
        others = table["strategy"] != RANDOM
        frame = pd.DataFrame(
            {
                "strategy": table["strategy"],
                "repeats": table["repeats"],
                "epochs spent": [
                    f"{spent:.0f} of {granted}"
                    for spent, granted in zip(
                        table["epochs_spent"], table["epochs_granted"], strict=True
                    )
                ],
                "best validation": table["best_mean"],
                "validation, range": _range(table["best_lowest"], table["best_highest"]),
                # Random search is not compared with itself.
                "random, same budget": table["random_same_budget"].where(others),
                "difference": table["difference_to_random"].where(others),
                "test": table["test_mean"],
                "test, range": _range(table["test_lowest"], table["test_highest"]),
            }
        )
        formats = {
            "repeats": "d",
            "epochs spent": "",
            "best validation": ".4f",
            "validation, range": "",
            "random, same budget": ".4f",
            "difference": "+.4f",
            "test": ".4f",
            "test, range": "",
        }
        return _table(frame, formats)

    def comparisons(self) -> HTML:
        """A row a comparison: the difference of the mean best scores, and how sure it is."""
        table = self.table("comparisons")
        frame = pd.DataFrame(
            {
                "strategy": table["strategy"],
                "against": table["opponent"],
                "difference": table["difference"],
                "95 % interval": [
                    f"{low:+.4f} to {high:+.4f}" if math.isfinite(low) else MISSING
                    for low, high in zip(table["lower"], table["upper"], strict=True)
                ],
                "probability of improvement": table["probability_of_improvement"],
                "p, Holm": table["p_value"],
                "verdict": table["verdict"],
            }
        )
        formats = {
            "difference": "+.4f",
            "95 % interval": "",
            "probability of improvement": ".2f",
            "p, Holm": ".3f",
        }
        return _table(frame, formats, css_class="wide")

    def incumbents(self) -> HTML:
        """The best trial of each search: when it was found, its scores, its configuration."""
        who = ["strategy", "repeat"]
        tests = self.table("test_scores").groupby(who, sort=False)["test_accuracy"].mean()
        best = incumbents(self.table("trials")).join(tests, on=who)
        frame = best[[*who, "trial", "epochs_cumulative", "score", "test_accuracy"]].rename(
            columns={
                "epochs_cumulative": "after epochs",
                "score": "validation",
                "test_accuracy": "test, mean",
            }
        )
        formats = {"repeat": "d", "trial": "d", "after epochs": "d"}
        formats |= {"validation": ".4f", "test, mean": ".4f"}
        for name, definition in self.experiment["search_space"].items():
            frame[name] = best[f"hp_{name}"].map(_value)
            if definition["type"] in ("int", "float"):
                formats[name] = ""
        return _table(frame, formats)

    def costs(self) -> HTML:
        """A row a strategy: seconds of a search, and trials that came to nothing."""
        summary = self.table("summary").set_index("strategy")
        seconds = self.table("timings").groupby("strategy", sort=False)[
            ["suggest_seconds", "train_seconds"]
        ]
        seconds = seconds.sum().div(summary["repeats"], axis=0).loc[summary.index]
        total = seconds.sum(axis=1)
        frame = pd.DataFrame(
            {
                "strategy": summary.index,
                "trials in a search": summary["trials"] / summary["repeats"],
                "suggesting, s": seconds["suggest_seconds"],
                "training, s": seconds["train_seconds"],
                "a search, min": total / 60,
                "share of suggesting": seconds["suggest_seconds"] / total,
                "failed": summary["failed"],
                "diverged": summary["diverged"],
                "tried twice": summary["duplicates"],
            }
        )
        formats = {
            "trials in a search": ".1f",
            "suggesting, s": ".1f",
            "training, s": ".1f",
            "a search, min": ".1f",
            "share of suggesting": ".1%",
            "failed": "d",
            "diverged": "d",
            "tried twice": "d",
        }
        return _table(frame, formats)

    def effects(self) -> HTML:
        """The hyperparameters by measured effect, beside what was expected."""
        table = self.table("hyperparameter_effects").sort_values("difference", ascending=False)
        space = self.experiment["search_space"]
        frame = pd.DataFrame(
            {
                "hyperparameter": table["hyperparameter"],
                "expected impact": [
                    space[name]["expected_impact"] for name in table["hyperparameter"]
                ],
                "difference": table["difference"],
                "best": table["best_value"].map(_value),
                "worst": table["worst_value"].map(_value),
                "rank correlation": table["rank_correlation"],
            }
        )
        formats = {"difference": ".4f", "rank correlation": "+.2f"}
        return _table(frame, formats, css_class="wide")

    def gaps(self) -> HTML:
        """A row a strategy: how the winners' scores fall from where they won to the test."""
        best = incumbents(self.table("trials")).groupby("strategy", sort=False)
        tested = self.table("test_scores").groupby("strategy", sort=False)
        won, leaky = best["score"].mean(), best["leaky_accuracy"].mean()
        again, test = tested["val_accuracy"].mean(), tested["test_accuracy"].mean()
        frame = pd.DataFrame(
            {
                "strategy": won.index,
                "on rows it was trained on": leaky,
                "won with": won,
                "retrained": again,
                "test": test,
                "won with - retrained": won - again,
                "retrained - test": again - test,
            }
        )
        return _table(
            frame,
            {name: "+.4f" if " - " in name else ".4f" for name in frame.columns[1:]},
        )

    def limits(self) -> Markdown:
        """What these data cannot decide."""
        plan, rows = self.experiment, self.split["parts"]["test"]["rows"]
        accuracy = self.table("summary")["test_mean"].mean()
        interval = 1.96 * math.sqrt(accuracy * (1 - accuracy) / rows)
        return Markdown(
            f"- *Repeats.* Each strategy searched {_times(plan['repeats'])}. The intervals say"
            " what that allows to conclude; more repeats make them narrower.\n"
            f"- *A finite test.* On {rows:,} rows, a test accuracy of {accuracy:.3f} is known to"
            f" ±{100 * interval:.1f} percentage points (95 %), whatever the strategy."
        )

    def versions(self) -> HTML:
        """Where these results come from."""
        origin = self.provenance
        facts = {
            "command": origin["command"],
            "commit": origin["commit"],
            "seed": origin["experiment"]["seed"],
            "processor": f"{origin['processor']} ({origin['cores']} cores)",
            "system": origin.get("system", ""),
            **{f"version of {name}": version for name, version in origin["versions"].items()},
            **{
                f"SHA-256 of {part}, {array}": digest
                for part, described in self.split["parts"].items()
                for array, digest in described["sha256"].items()
            },
        }
        return _table(
            pd.DataFrame({"what": facts.keys(), "value": facts.values()}), css_class="facts"
        )

    def configuration(self) -> HTML:
        """The whole experiment, defaults filled in, folded away."""
        text = yaml.safe_dump(self.experiment, sort_keys=False, allow_unicode=True, width=88)
        return HTML(
            "<details><summary>The whole configuration, defaults filled in</summary>"
            f"<pre>{escape(text)}</pre></details>"
        )

    def disclosure(self) -> HTML:
        """How language models were used."""
        text = self.experiment["disclosure"].strip() or "Nothing was stated."
        return HTML(f"<p>{escape(text)}</p>")


def _how_it_works(options: dict[str, Any]) -> str:
    """A paragraph on an algorithm; for one that is not described here, its own first words."""
    algorithm = options["algorithm"]
    if algorithm in ALGORITHMS:
        initial = options.get("num_initial_points") or "three for each hyperparameter"
        return ALGORITHMS[algorithm].format(**options | {"num_initial_points": initial})
    [kind] = [kind for kind in Strategy.__subclasses__() if kind.__name__ == algorithm]
    return f"({algorithm}): {inspect.getdoc(kind)}"


def _table(frame: pd.DataFrame, formats: dict[str, str] | None = None, css_class: str = "") -> HTML:
    """A table in a box of its own that scrolls where the page is narrow.

    ``formats`` names the columns of numbers, which are set flush right, and how to write them.
    """
    formats = formats or {}
    number = {name: ' class="number"' if name in formats else "" for name in frame}

    def cell(tag: str, name: str, text: str) -> str:
        return f"<{tag}{number[name]}>{text}</{tag.split()[0]}>"

    # A long name at the head of a narrow column is broken where a person would break it.
    heads = {name: escape(name).replace("_", "_<wbr>") for name in frame}
    head = "".join(cell('th scope="col"', name, text) for name, text in heads.items())
    body = ""
    for row in frame.itertuples(index=False, name=None):
        texts = [
            escape(_written(value, formats.get(name)))
            for name, value in zip(frame, row, strict=True)
        ]
        cells = [
            cell('th scope="row"' if place == 0 else "td", name, text)
            for place, (name, text) in enumerate(zip(frame, texts, strict=True))
        ]
        body += f"<tr>{''.join(cells)}</tr>\n"
    # Keys scroll a box only where it can have the focus.
    return HTML(
        f'<div class="{" ".join(["table", css_class]).strip()}" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>"
    )


def _written(value: Any, form: str | None) -> str:
    if pd.isna(value):
        return MISSING
    return format(value, form) if form and not isinstance(value, str) else str(value)


def _range(lowest: Iterable[float], highest: Iterable[float]) -> list[str]:
    return [
        f"{low:.4f} to {high:.4f}" if low < high else MISSING
        for low, high in zip(lowest, highest, strict=True)
    ]


def _value(value: Any) -> str:
    """A hyperparameter's value, with as many digits as say something."""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _values(definition: dict[str, Any]) -> str:
    match definition:
        case {"type": "choice", "values": values}:
            return "one of " + ", ".join(map(str, values))
        case {"type": "boolean"}:
            return "true or false"
        case {"low": low, "high": high, "step": step, "scale": scale}:
            numbers = "whole numbers, " if definition["type"] == "int" else ""
            steps = f", steps of {step:g}" if step else ""
            log = ", log scale" if scale == "log" else ""
            return f"{numbers}{low:g} to {high:g}{steps}{log}"
    return definition["type"]


def _listing(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")
