"""What the report shows: tables and figures of a finished experiment, ready to display.

The notebook computes nothing. It asks for these, and tells the story around them.
"""

import base64
import math
from collections.abc import Iterable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from IPython.display import HTML, Markdown

from tuner_trials.extras.chapters import figures_for
from tuner_trials.figures import caption
from tuner_trials.objectives import Objective, objective_named
from tuner_trials.report import summaries
from tuner_trials.report.answer import answer
from tuner_trials.report.descriptions import how_it_works
from tuner_trials.report.formatting import listed, times
from tuner_trials.report.html_table import MISSING, Formats, html_table
from tuner_trials.results.provenance import trained_elsewhere
from tuner_trials.search.random_search import RANDOM, SAME_BUDGET
from tuner_trials.tasks.data.registry import NAMED_DATASETS
from tuner_trials.user_code.causes import shared_values
from tuner_trials.workflow.results_folder import ResultsFolder

RENUMBERED = " The labels were numbered from 0, in the order of the table below."


class Sections:
    """Everything that the report on one experiment shows.

    Parameters
    ----------
    results
        The experiment's folder, ``results/<experiment>``.
    """

    def __init__(self, results: str | Path):
        self.files = ResultsFolder(results)
        self.table = self.files.table

    @property
    def experiment(self) -> dict[str, Any]:
        return self.files.experiment

    @cached_property
    def objective(self) -> Objective:
        plan = self.experiment
        return objective_named(plan["objective"], plan["task"])

    def headline(self) -> Markdown:
        """The experiment in one paragraph."""
        plan = self.experiment
        epochs, budget = plan["epochs"], plan["budget"]
        baseline = self.table("baseline")
        return Markdown(
            f"Experiment **{plan['name']}**: {listed(plan['strategies'])} against random search."
            f" Every strategy may spend {budget} full trainings of {epochs} epochs in a search,"
            f" {budget * epochs} epochs, and searches {times(self.files.repeats)}, each time beside"
            " a random search with the same budget, seed and first configurations. Random search"
            f" also has a pool of {plan['random_configurations']} trials."
            + _windows(plan["parallel_trials"])
            + f" {summaries.on_baseline(baseline, self.table('trials'), self.objective)}"
        )

    def answer(self) -> HTML:
        """What the experiment says, in words."""
        plan = self.experiment
        algorithms = {name: options["algorithm"] for name, options in plan["strategies"].items()}
        manual = next((name for name, kind in algorithms.items() if kind == "RefinedRandom"), None)
        short, details = answer(
            self.table("comparisons"),
            self.table("retrained_comparisons"),
            self.table("repeats_needed"),
            budget=plan["budget"],
            equivalence=float(self.table("comparisons")["margin"].iloc[0]),
            objective=self.objective,
            hours=self._hours,
            manual=manual,
        )
        used = self.table("use_of_budget")
        advice = (summaries.on_budget(used), summaries.on_bounds(self.table("bounds"), used))
        short += [text for text in advice if text]
        said, more = (
            "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
            for paragraphs in (short, details)
        )
        summary = "What these verdicts rest on"
        return HTML(
            f'<div class="answer">{said}<details><summary>{summary}</summary>{more}</details></div>'
        )

    def _hours(self, trainings: float) -> str:
        """What so many full trainings cost, by what those of this run took."""
        timings, charged = self.table("timings"), self.table("trials")["epochs_charged"].sum()
        seconds = timings[["suggest_seconds", "train_seconds"]].sum().sum() / charged
        hours = trainings * self.experiment["epochs"] * seconds / 3600
        if hours < 0.1:
            return f"about {60 * hours:.0f} core minutes"
        return f"about {hours:.1f} core hours"

    def dataset(self) -> Markdown:
        """Where the samples come from, what was done to them, and how they were split."""
        source, split = self.experiment["dataset"]["source"], self.files.split
        if source in NAMED_DATASETS:
            about = NAMED_DATASETS[source].description
        else:
            shape = " x ".join(map(str, split["parts"]["train"]["shape"]))
            about = f"The samples of the file `{source}`: {shape} numbers each."
        numbers = list(range(len(split["classes"] or [])))
        renumbered = source not in NAMED_DATASETS and split["classes"] not in (None, numbers)
        size = split["image_size"]
        test = (
            f"The test part is {split['test_fraction']:.0%} of all samples"
            if split["test_fraction"]
            else "The dataset brings its own test part"
        )
        validation = (
            f"of the rest, {split['validation_fraction']:.0%} are for validation"
            if split["validation_fraction"]
            else "it brings its own validation part, too"
        )
        return Markdown(
            about
            + (f" Here they are resized to {size} x {size} pixels." if size else "")
            + (RENUMBERED if renumbered else "")
            + f" {test}; {validation}. The split is stratified, was fixed once by the seed"
            f" {split['seed']}, and is the same for every trial of every strategy."
            + (" Rows of one group are in one part." if split["groups"] else "")
            + " What was decided about the samples, and is written down in `data/split.json`:\n\n"
            + "\n".join(f"- {note}" for note in split["notes"])
        )

    def parts(self) -> HTML:
        """Size and classes of the three parts."""
        use = {
            "train": "fits the weights",
            "validation": "ranks the configurations",
            "test": "scores the winners, once",
        }
        rows, split = [], self.files.split
        for name, part in split["parts"].items():
            row = {"part": name, "what it does": use.get(name, ""), "rows": part["rows"]}
            if split["classes"] is None:
                rows.append(row | part["quantiles"])
                continue
            counts = part["class_counts"].items()
            rows.append(
                row
                | {_class_name(split["classes"][int(number)]): count for number, count in counts}
            )
        frame = pd.DataFrame(rows)
        formats: Formats = {"rows": ",d"}
        formats |= dict.fromkeys(frame.columns[3:], ".4g" if split["classes"] is None else ",d")
        what = "targets" if split["classes"] is None else "classes"
        return html_table(frame, f"Size and {what} of the three parts", formats)

    def search_space(self) -> HTML:
        """Each hyperparameter: its range, the reasons, the expected and the measured impact."""
        effects = self.table("hyperparameter_effects").set_index("hyperparameter")
        importance = self.table("importance").set_index("hyperparameter")["importance"]

        def measured(name: str) -> str:
            if name not in effects.index or pd.isna(effects.at[name, "best_value"]):
                return MISSING  # fixed, or active in no completed trial
            difference = self.objective.size(effects.at[name, "difference"])
            return (
                f"{importance[name]:.0%}; {difference} between"
                f" {effects.at[name, 'best_value']} (best) and"
                f" {effects.at[name, 'worst_value']} (worst)"
            )

        rows = [
            {
                "hyperparameter": name,
                "values": _values(definition) + _conditions(definition),
                "why it is tuned": definition["why"],
                "why this range": definition["why_this_range"],
                "expected impact": definition["expected_impact"],
                "measured impact": measured(name),
            }
            for name, definition in self.experiment["search_space"].items()
        ]
        label = "Hyperparameters: values, reasons, expected and measured impact"
        return html_table(pd.DataFrame(rows), label, css_class="prose")

    def strategies(self) -> Markdown:
        """How each strategy of the experiment works, and where that is written."""
        options_of = self.experiment["strategies"]
        items = [
            "**random** draws every hyperparameter on its own, on its scale, and learns nothing"
            " from the trials before. It parallelises without limit, and of each hyperparameter it"
            " tries as many values as there are trials (J. Bergstra and Y. Bengio, *Random Search"
            " for Hyper-Parameter Optimization*,"
            " [JMLR 13, 2012](https://jmlr.org/papers/v13/bergstra12a.html)). It runs in every"
            " repeat beside the others. Of its pool, all smaller random searches that it holds can"
            " be counted: the figures show the exact distribution of what they find."
        ]
        items += [f"**{name}** {how_it_works(options)}" for name, options in options_of.items()]
        return Markdown("\n".join(f"- {item}" for item in items))

    def figure(self, name: str) -> HTML | None:
        """A figure with its caption, inside the page; None if there was nothing to draw."""
        drawing = figures_for(self.experiment["chapters"])[name]
        if self.table(drawing.tables[0]).empty:
            return None  # What the report says instead is the finding.
        data = base64.b64encode(self.files.figure(name)).decode()
        alternative = escape(f"{drawing.title}. {drawing.alternative}")
        return HTML(
            f'<figure><img src="data:image/svg+xml;base64,{data}" alt="{alternative}">'
            f"<figcaption>{escape(caption(name, drawing.room))}</figcaption></figure>"
        )

    def finding(self, name: str) -> HTML:
        """What an analysis found, in a sentence or two: see `tuner_trials.report.summaries`."""
        match name:
            case "model":
                text = summaries.on_model(self.experiment["model"], self.files.model_check)
            case "ranks":
                text = summaries.on_ranks(self.table("ranks"), self.files.repeats)
            case "leak":
                text = summaries.on_leak(
                    self.table("leak"), self.table("hyperparameter_effects"), self.objective
                )
            case "importance":
                pool = self.table("trials").query(f"strategy == '{RANDOM}'").filter(like="hp_")
                gaps = [name.removeprefix("hp_") for name in pool if pool[name].isna().any()]
                text = summaries.on_importance(self.table("importance"), gaps)
            case "early_stopping":
                text = summaries.on_early_stopping(self.table("early_stopping"))
            case _:
                raise ValueError(f"nothing was found on {name!r}")
        return HTML(f'<p class="finding">{escape(text)}</p>')

    def summary(self) -> HTML:
        """One row per strategy: what it spent, what it found, and what the test says."""
        table = self.table("summary")
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
                "validation, 95 % bootstrap": self._ranges(
                    table["best_bootstrap_lower"], table["best_bootstrap_upper"]
                ),
                "validation, range": self._ranges(table["best_lowest"], table["best_highest"]),
                "test": table["test_mean"],
                "test, range": self._ranges(table["test_lowest"], table["test_highest"]),
            }
        )
        formats: Formats = {
            "repeats": "d",
            "epochs spent": "",
            "best validation": self.objective.cell,
            "validation, 95 % bootstrap": "",
            "validation, range": "",
            "test": self.objective.cell,
            "test, range": "",
        }
        frame = _without_empty(frame, "validation, 95 % bootstrap")
        return html_table(frame, "Scores of the winners, by strategy", formats)

    def targets(self) -> HTML:
        """One row per target and strategy: how often it is reached, and after how many epochs."""
        table, seconds = self.table("targets"), self._seconds_an_epoch()
        expected = table["expected_epochs"]
        frame = pd.DataFrame(
            {
                "random search's median best of": table["random_trials"],
                "target": table["target"],
                "strategy": table["strategy"],
                "reached": [
                    f"{reached} of {searches}"
                    for reached, searches in zip(table["reached"], table["searches"], strict=True)
                ],
                "expected epochs": expected.map(_finite),
                "expected seconds": (expected * table["strategy"].map(seconds)).map(_finite),
            }
        )
        formats: Formats = {"random search's median best of": "d", "target": self.objective.cell}
        formats |= dict.fromkeys(frame.columns[3:], "")
        return html_table(frame, "How soon random search's scores are reached", formats)

    def _seconds_an_epoch(self) -> pd.Series:
        """Seconds of one core, for training and suggesting, by strategy."""
        timings, trials = self.table("timings"), self.table("trials")
        spent = timings.groupby("strategy")[["suggest_seconds", "train_seconds"]].sum().sum(axis=1)
        return spent / trials.groupby("strategy")["epochs_charged"].sum()

    def comparisons(self) -> HTML:
        """One row per comparison: the difference of the mean best scores, and how sure it is."""
        frame, formats = self._compared(self.table("comparisons"))
        frame["A12"], formats["A12"] = self.table("comparisons")["a12"], ".2f"
        label = "Comparisons on validation: verdicts, differences, intervals"
        return html_table(frame, label, formats)

    def retrained_comparisons(self) -> HTML:
        """One row per part and comparison: the same of the winners, trained again."""
        table = self.table("retrained_comparisons")
        frame, formats = self._compared(table)
        frame.insert(0, "on", table["part"])
        return html_table(frame, "Comparisons of the winners, trained again", formats)

    def _compared(self, table: pd.DataFrame) -> tuple[pd.DataFrame, Formats]:
        frame = pd.DataFrame(
            {
                "strategy": table["strategy"],
                "against": table["opponent"],
                "verdict": table["verdict"],
                "difference": table["difference"],
                "interval": self._intervals(table),
                "for equivalence": self._intervals(table, "equivalence_"),
            }
        )
        difference = self.objective.difference_cell
        return frame, {"difference": difference, "interval": "", "for equivalence": ""}

    def looks(self) -> HTML | None:
        """One row per look and strategy; None if there was a single look."""
        table = self.table("looks")
        if table["repeats"].nunique() < 2:
            return None
        frame, formats = self._compared(table.assign(opponent=SAME_BUDGET))
        frame = frame.drop(columns="against")
        frame.insert(0, "repeats", table["repeats"])
        return html_table(frame, "The comparisons at each look", formats | {"repeats": "d"})

    def repeats_needed(self) -> HTML | None:
        """One row per undecided strategy: how probably more repeats decide; None if none is."""
        table = self.table("repeats_needed")
        table = table[table["repeats_needed"].notna()].dropna(axis="columns", how="all")
        if table.empty:
            return None
        decided = {name: name.replace("_", " ") for name in table if name.startswith("decided_by_")}
        shown = ["strategy", "repeats", "deviation", *decided]
        frame = table[shown].rename(columns={"deviation": "standard deviation", **decided})
        formats: Formats = {"repeats": "d", "standard deviation": self.objective.size}
        formats |= dict.fromkeys(decided.values(), ".0%")
        return html_table(frame, "Probability that more repeats decide", formats)

    def incumbents(self) -> HTML:
        """The best trial of each search: when it was found, its scores, its configuration."""
        best = self.table("incumbents")
        shown = ["strategy", "repeat", "trial", "epochs_cumulative", "score", "test_score"]
        frame = best[shown].rename(
            columns={
                "epochs_cumulative": "after epochs",
                "score": "validation",
                "test_score": "test, mean",
            }
        )
        formats: Formats = {"repeat": "d", "trial": "d", "after epochs": "d"}
        formats |= {"validation": self.objective.cell, "test, mean": self.objective.cell}
        return self._with_configurations(frame, "The best trial of each search", formats, best)

    def published(self) -> HTML | None:
        """What was published beside what the repeats gave; None if nothing was."""
        results, plan = self.experiment.get("published"), self.experiment
        if not results:
            return None
        finding = summaries.on_published(
            self.table("published_differences"), self.files.repeats, self.objective
        )
        scores = summaries.on_published_scores(self.table("published"))
        introduction = (
            "What was published is one search by each strategy, and one network tested for each"
            f" winner. Here every search was made {times(self.files.repeats)}, and every winner was"
            f" trained again {times(plan['retrainings'])} and tested. Values on validation"
            " here are those of the winners' best epochs; of the published ones, the epoch, the"
            " rows of the split and the versions of the software are not recorded. Differences are"
            " between searches of different repeats: within a repeat they share seeds, and so part"
            " of their luck. The last three columns count the numbers here that are lower than the"
            " published one, equal to it and higher."
        )
        searches = (
            "The winners. A repeat's test is the mean over its retrainings; its time is that of"
            " one core, for training and suggesting. Published times come from another machine:"
            " only their size can be compared."
        )
        return HTML(
            "<h3>Published, and repeated</h3>"
            f'<p>{escape(introduction)}</p><p class="finding">{escape(scores)}</p>'
            f'<p class="finding">{escape(finding)}</p>'
            f"{self._published_beside_repeats().data}"
            f"<p>{escape(searches)}</p>{self._published_winners(results).data}"
        )

    def _published_beside_repeats(self) -> HTML:
        """One row per published score or difference, and the repeats' numbers."""
        scores = self.table("published").assign(form=".4f")
        differences = self.table("published_differences").assign(form="+.4f")
        differences["strategy"] += " \N{MINUS SIGN} " + differences["opponent"]
        table = pd.concat([scores, differences], ignore_index=True)
        numbers = {
            name: [
                MISSING if pd.isna(value) else format(value, form)
                for value, form in zip(table[name], table["form"], strict=True)
            ]
            for name in ("published", "mean", "lowest", "highest")
        }
        counts = {name: table[name] for name in ("lower", "equal", "higher")}
        frame = pd.DataFrame(
            {"result": table["strategy"], "on": table["measure"]} | numbers | counts
        )
        formats: Formats = {**dict.fromkeys(numbers, ""), **dict.fromkeys(counts, "d")}
        return html_table(frame, "Published numbers beside those of the repeats", formats)

    def _published_winners(self, results: dict[str, dict[str, Any]]) -> HTML:
        """One row per search, the published one first: its winner, and the time that it took."""
        table, timings = self.table("published_winners"), self.table("timings")
        seconds = timings.groupby(["strategy", "repeat"])[["suggest_seconds", "train_seconds"]]
        spent = seconds.sum().sum(axis=1)
        frame = pd.DataFrame(
            {
                "strategy": table["strategy"],
                "search": [
                    "published" if pd.isna(repeat) else f"repeat {repeat:.0f}"
                    for repeat in table["repeat"]
                ],
                "validation": table["best_validation"],
                "test": table["test"],
                "time": [
                    _duration(
                        results[strategy]["seconds"] if pd.isna(repeat) else spent[strategy, repeat]
                    )
                    for strategy, repeat in zip(table["strategy"], table["repeat"], strict=True)
                ],
            }
        )
        formats: Formats = {"validation": ".4f", "test": ".4f", "time": ""}
        label = "Published winners beside those of the repeats"
        return self._with_configurations(frame, label, formats, table)

    def _with_configurations(
        self, frame: pd.DataFrame, label: str, formats: Formats, trials: pd.DataFrame
    ) -> HTML:
        """A table with a further column for each tuned hyperparameter of its rows."""
        for name, definition in self.experiment["search_space"].items():
            if definition["type"] == "fixed":
                continue
            frame[name] = trials[f"hp_{name}"].map(_value)
            if definition["type"] in ("int", "float"):
                formats[name] = ""
        return html_table(frame, label, formats, css_class="dense")

    def costs(self) -> HTML:
        """One row per strategy: seconds of a search, and trials that came to nothing.

        That of random search is its whole pool; a full training's seconds compare it with others.
        """
        summary = self.table("summary").set_index("strategy")
        seconds = self.table("timings").groupby("strategy")[["suggest_seconds", "train_seconds"]]
        seconds = seconds.sum().loc[summary.index]
        wall = pd.Series(
            {name: self.files.job_seconds(name) for name in summary.index}, dtype=float
        )
        # Trials that came from the trial store took no time: such a job knows no overhead.
        overhead = (wall - seconds.sum(axis=1)).where(lambda rest: rest >= 0)
        searches = seconds.div(summary["repeats"], axis="index")
        full_trainings = summary["epochs_spent"] / self.experiment["epochs"]
        frame = pd.DataFrame(
            {
                "strategy": summary.index.map(
                    lambda name: f"{name}, whole pool" if name == RANDOM else name
                ),
                "trials": summary["trials"] / summary["repeats"],
                "training, s": searches["train_seconds"],
                "suggesting, s": searches["suggest_seconds"],
                "overhead, s": overhead / summary["repeats"],
                "share of suggesting": seconds["suggest_seconds"] / seconds.sum(axis=1),
                "a full training, s": searches.sum(axis=1) / full_trainings,
                "failed": summary["failed"],
                "diverged": summary["diverged"],
                "tried twice": summary["duplicates"],
            }
        )
        formats: Formats = {"trials": ".1f", "share of suggesting": ".1%"}
        formats |= {name: ".1f" for name in frame if name.endswith(", s")}
        formats |= dict.fromkeys(("failed", "diverged", "tried twice"), "d")
        return html_table(frame, "Costs of a search, by strategy", formats)

    def failures(self) -> HTML | None:
        """The trials that failed or diverged, with their message; None if there are none."""
        trials = self.table("trials")
        missed = trials[trials["status"] != "completed"]
        if missed.empty:
            return None
        frame = missed[["strategy", "repeat", "trial", "status"]].assign(
            message=[_first_line(message) for message in missed["message"]]
        )
        names = list(self.experiment["search_space"])
        shared = shared_values(
            {
                "status": row["status"],
                "configuration": {
                    name: row[f"hp_{name}"] for name in names if pd.notna(row[f"hp_{name}"])
                },
            }
            for _, row in trials.iterrows()
        )
        introduction = (
            f"{len(missed)} of {len(trials)} trials failed or diverged. They were charged to the"
            " budget, and scored as the predictor that knows nothing."
            + "".join(f" All trials with {values} failed, and no other did." for values in shared)
        )
        formats: Formats = dict.fromkeys(("repeat", "trial"), "d")
        table = self._with_configurations(frame, "Failed and diverged trials", formats, missed)
        return HTML(f"<h4>Trials that came to nothing</h4><p>{introduction}</p>{table.data}")

    def effects(self) -> HTML:
        """The hyperparameters by measured importance, beside what was expected."""
        table = self.table("importance").merge(self.table("hyperparameter_effects"))
        space = self.experiment["search_space"]
        frame = pd.DataFrame(
            {
                "hyperparameter": table["hyperparameter"],
                "expected impact": [
                    space[name]["expected_impact"] for name in table["hyperparameter"]
                ],
                "importance": table["importance"],
                "difference": table["difference"],
                "best": table["best_value"].map(_value),
                "worst": table["worst_value"].map(_value),
                "rank correlation": table["rank_correlation"],
            }
        )
        formats: Formats = {
            "importance": ".0%",
            "difference": self.objective.size,
            "rank correlation": "+.2f",
        }
        label = "Impact of the hyperparameters, expected and found"
        return html_table(frame, label, formats, css_class="prose")

    def leaky_choices(self) -> HTML:
        """One row per strategy: what its searches would have ended with under the leaky score."""
        mean = self.table("leak_by_strategy")
        frame = pd.DataFrame(
            {
                "strategy": mean["strategy"],
                "another choice": [
                    f"{count} of {searches}"
                    for count, searches in zip(mean["other_choices"], mean["searches"], strict=True)
                ],
                "flattery": mean["flattery"],
                "Spearman": mean["spearman"],
                "Kendall": mean["kendall"],
                "Spearman, same epoch": mean["same_epoch_spearman"],
                "leaky choice, reported": mean["leaky_selected_reported"],
                "leaky choice, validation": mean["leaky_selected_score"],
                "honest choice, validation": mean["selected_score"],
                "cost": mean["cost"],
            }
        )
        objective = self.objective
        formats: Formats = {"another choice": "", "flattery": objective.difference_cell}
        formats |= {"cost": objective.size}
        formats |= dict.fromkeys(("Spearman", "Kendall", "Spearman, same epoch"), "+.2f")
        formats |= {
            name: objective.cell for name in frame if name.endswith(("reported", "validation"))
        }
        return html_table(frame, "Choices of the leaky score, by strategy", formats)

    def gaps(self) -> HTML:
        """One row per strategy: how the winners' scores fall from where they won to the test."""
        columns = {
            "strategy": "strategy",
            "leaky_score": "on rows it was trained on",
            "score": "won with",
            "validation_score": "retrained",
            "test_score": "test",
            "won_minus_retrained": "won with - retrained",
            "retrained_minus_test": "retrained - test",
        }
        frame = self.table("optimism")[list(columns)].rename(columns=columns)
        objective = self.objective
        formats: Formats = {
            name: objective.difference_cell if " - " in name else objective.cell
            for name in frame.columns[1:]
        }
        return html_table(frame, "Scores of the winners, from their search to the test", formats)

    def _intervals(self, table: pd.DataFrame, prefix: str = "") -> list[str]:
        return [
            self.objective.span(low, high, difference=True) if math.isfinite(low) else MISSING
            for low, high in zip(table[f"{prefix}lower"], table[f"{prefix}upper"], strict=True)
        ]

    def _ranges(self, lowest: Iterable[float], highest: Iterable[float]) -> list[str]:
        return [
            self.objective.span(low, high) if low < high else MISSING
            for low, high in zip(lowest, highest, strict=True)
        ]

    def limits(self) -> Markdown:
        """What these data cannot decide."""
        rows = self.files.split["parts"]["test"]["rows"]
        text = (
            f"- *Repeats.* Each strategy searched {times(self.files.repeats)}. The intervals say"
            " what that allows to conclude; more repeats make them narrower.\n"
            f"- *A finite test.* The test part has {rows:,} rows"
        )
        if self.objective.name == "accuracy":  # others have no formula that holds
            accuracy = self.table("summary")["test_mean"].mean()
            interval = 1.96 * math.sqrt(accuracy * (1 - accuracy) / rows)
            text += (
                f": a test accuracy of {accuracy:.3f} is known to ±{100 * interval:.1f} percentage"
                " points (95 %), whatever the strategy"
            )
        return Markdown(f"{text}.")

    def versions(self) -> HTML:
        """Where these results come from."""
        origin = self.files.provenance
        facts = {
            "command": origin["command"],
            "commit": origin["commit"],
            "seed": self.experiment["seed"],
            "processor": f"{origin['processor']} ({origin['cores']} cores)",
            "system": origin.get("system", ""),
            **{f"version of {name}": version for name, version in origin["versions"].items()},
            **{
                f"SHA-256 of {part}, {array}": digest
                for part, described in self.files.split["parts"].items()
                for array, digest in described["sha256"].items()
            },
        }
        frame = pd.DataFrame({"what": facts.keys(), "value": facts.values()})
        caption = "Versions, machine and fingerprints of the data"
        elsewhere = escape(trained_elsewhere(origin))
        table = html_table(frame, caption, css_class="facts").data
        return HTML(f"<p>{elsewhere}</p>{table}" if elsewhere else table)

    def configuration(self) -> HTML:
        """The whole experiment, defaults filled in, folded away."""
        text = yaml.safe_dump(self.experiment, sort_keys=False, allow_unicode=True, width=88)
        return HTML(
            "<details><summary>The whole configuration, defaults filled in</summary>"
            f'<pre role="region" aria-label="Configuration" tabindex="0">{escape(text)}</pre>'
            "</details>"
        )

    def disclosure(self) -> HTML:
        """How language models were used."""
        text = self.experiment["disclosure"].strip() or "Nothing was stated."
        return HTML(f"<p>{escape(text)}</p>")


def _finite(number: float) -> str:
    return f"{number:,.0f}" if math.isfinite(number) else "never"


def _without_empty(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Without the column, if no row has a value in it."""
    return frame.drop(columns=column) if (frame[column] == MISSING).all() else frame


def _class_name(label: int | str) -> str:
    return label if isinstance(label, str) else f"class {label}"


def _first_line(message: Any) -> str:
    """A message's first words; a missing one has none."""
    return "" if pd.isna(message) else next(iter(str(message).strip().splitlines()), "")


def _duration(seconds: float) -> str:
    """As a person says it.

    >>> _duration(203.6), _duration(59.7), _duration(12.3)
    ('3 min 24 s', '1 min 0 s', '12 s')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _value(value: Any) -> str:
    """A hyperparameter's value, with as many digits as say something."""
    if pd.isna(value):
        return MISSING
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _values(definition: dict[str, Any]) -> str:
    match definition:
        case {"type": "choice", "values": values}:
            return "one of " + ", ".join(map(str, values))
        case {"type": "boolean"}:
            return "true or false"
        case {"type": "fixed", "value": value}:
            return f"always {_word(value)}"
        case {"low": low, "high": high, "step": step, "scale": scale}:
            numbers = "whole numbers, " if definition["type"] == "int" else ""
            steps = f", steps of {step:g}" if step else ""
            log = ", log scale" if scale == "log" else ""
            return f"{numbers}{low:g} to {high:g}{steps}{log}"
    return definition["type"]


def _conditions(definition: dict[str, Any]) -> str:
    conditions = [
        f"{parent} is {' or '.join(map(_word, values))}"
        for parent, values in definition.get("active_if", {}).items()
    ]
    return f"; only if {' and '.join(conditions)}" if conditions else ""


def _word(value: Any) -> str:
    """A value as it stands in the configuration file."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _windows(parallel_trials: int) -> str:
    """What it means for a search to keep several trials open."""
    if parallel_trials == 1:
        return ""
    return (
        f" A search keeps {parallel_trials} trials in training at a time: it chooses each before it"
        f" knows the {parallel_trials - 1} before it."
    )
