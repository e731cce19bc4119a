"""An experiment: what ``config.yaml`` says, checked before anything runs.

Whatever cannot work is refused here, in one line a mistake that names the key, the value and what
is allowed.

Users read the docstrings of sections and the descriptions of keys: ``tools/document_configuration``
writes from them the comments of ``config.yaml`` (of each text the first paragraph), the whole
``docs/configuration.md``, and ``config.schema.json``.
"""

import math
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from tuner_trials.foundation.errors import UserError
from tuner_trials.foundation.paths import expanded, find, places
from tuner_trials.objectives import Objective, ObjectiveError, objective_named
from tuner_trials.search.looks import LOOKS, UNTIL_DECIDED, planned_looks
from tuner_trials.search.random_search import RANDOM
from tuner_trials.search.strategies.registry import NAMED_STRATEGIES, AnyStrategy
from tuner_trials.space.search_space import (
    Choice,
    ConditionError,
    Fixed,
    Hyperparameter,
    Int,
    Scalar,
    SearchSpace,
    readable,
    shown,
)
from tuner_trials.tasks.data.registry import NAMED_DATASETS
from tuner_trials.tasks.kinds import KINDS

SHARED_FOLDERS = {"datasets", "trial_store"}  # of all experiments, under results/


class ExperimentError(UserError):
    """A configuration file that cannot work."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


PATH_TAKERS = [name for name, dataset in NAMED_DATASETS.items() if dataset.takes_path]


def _find(path: str, info: ValidationInfo) -> str:
    return find(path, info.context) if info.context else path


ExistingFile = Annotated[str, AfterValidator(_find)]  # of the folders given as context

TABLES = (".csv", ".parquet")  # files with named columns, one of them the labels


class Dataset(_Section):
    """Which samples the trials learn from."""

    source: str = Field(
        description="`fashion_mnist`, `digits`, `breast_cancer`, `diabetes`, or the path of your"
        " .npz, .csv or .parquet: docs/your_data.md.\n\n"
        "`fashion_mnist` is 70,000 images of 28 x 28 pixels; `digits` is 1,797 of 8 x 8, which ship"
        " with scikit-learn, as do the tables `breast_cancer` and `diabetes`.",
        json_schema_extra={
            "anyOf": [
                {"enum": list(NAMED_DATASETS)},
                {"pattern": r"\.([nN][pP][zZ]|[cC][sS][vV]|[pP][aA][rR][qQ][uU][eE][tT])$"},
            ]
        },
    )
    path: str | None = Field(
        None,
        description="Folder with Fashion-MNIST's four files; null finds or downloads them.",
    )
    target: str | None = Field(
        None, min_length=1, description="Column of the labels, in a .csv or .parquet."
    )
    image_size: int | None = Field(
        None,
        ge=2,
        le=256,
        description="Resize images to so many pixels a side; null does not.\n\n"
        "The variant of the original course code is 8.",
    )
    scale: Literal["bytes", "none", "standardize"] | None = Field(
        None,
        description="What is done to the samples; null tells from the numbers, and refuses those"
        " that may be read in two ways: docs/your_data.md.\n\n"
        "`bytes` divides by 255; `standardize` brings each value of a sample (a column of a table)"
        " to mean 0 and standard deviation 1, by what the training part says alone; `none` leaves"
        " them as they are.",
    )
    columns: dict[Literal["codes", "standardize", "none"], list[int | str]] = Field(
        {},
        description="Columns of a table, by their names or numbers from 0, that are not like the"
        " others, such as `{codes: [3, 5]}`.\n\n`codes` are categories: each gets a column of 0 and"
        " 1.",
    )
    validation_fraction: float = Field(
        0.2, gt=0, lt=1, description="Share of the training samples kept to rank configurations."
    )
    test_fraction: float = Field(
        0.2,
        gt=0,
        lt=1,
        description="Share kept for the final test, in a dataset that has no test set of its own.",
    )

    @field_validator("source")
    @classmethod
    def _check_source(cls, value: str, info: ValidationInfo) -> str:
        if value in NAMED_DATASETS:
            return value
        if (
            value.lower().endswith((".npz", *TABLES))
            and value.isprintable()
            and not set("{}") & set(value)
        ):
            return _find(value, info)
        names = ", ".join(NAMED_DATASETS)
        raise ValueError(
            f"{shown(value)} is not allowed; use {names}, or the path of an .npz, .csv or .parquet"
            " file (without braces)"
        )

    @field_validator("path")
    @classmethod
    def _find_path(cls, value: str | None, info: ValidationInfo) -> str | None:
        taken = info.data.get("source") in PATH_TAKERS  # else it is refused below
        return find(value, info.context, "folder") if value and taken and info.context else value

    @model_validator(mode="after")
    def _check_path(self) -> Self:
        if self.path is not None and self.source not in PATH_TAKERS:
            takers = ", ".join(PATH_TAKERS)
            raise ValueError(f"path goes with source: {takers}, not with {self.source}")
        if (self.target is not None) != self.source.lower().endswith(TABLES):
            kinds = " or ".join(TABLES)
            if self.target is None:
                raise ValueError(f"target is missing: the column of the labels of a {kinds} file")
            raise ValueError(f"target goes with a {kinds} file, not with {self.source}")
        named = [number for numbers in self.columns.values() for number in numbers]
        if twice := [number for number in named if named.count(number) > 1]:
            raise ValueError(f"columns: column {twice[0]} is named twice")
        return self


class Published(_Section):
    """What a publication says of one strategy: its search, the winner, and the winner's test."""

    best_validation: float = Field(description="Best value of the objective on validation.")
    test: float = Field(description="The winner's value on test.")
    seconds: float = Field(gt=0, description="Wall-clock time of the search.")
    configuration: dict[str, Scalar] = Field(
        description="The winner: a value for each hyperparameter that is active in it."
    )


class Experiment(_Section):
    """An experiment of Tuner Trials: which tuner is worth it for a model on a dataset?

    config.yaml is the default one, a fully connected net on Fashion-MNIST. Copy it, change the copy
    and run it with

        snakemake --cores all --configfile my_experiment.yaml

    It is checked before anything runs: a mistake is named with its key and what is allowed.
    Single keys can be overridden on the command line, nested ones too:
    `--config repeats=5 'dataset={image_size: 8}'`.
    """

    name: str = Field(
        max_length=100,  # the longest name of a file is 255
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
        description="The results go to `results/<name>/`.\n\n"
        "Letters, digits, `_`, `.` and `-`, beginning with a letter or a digit.",
    )
    seed: int = Field(ge=0, le=2**31 - 1, description="Every other seed is derived from this one.")
    dataset: Dataset
    task: Literal["classification", "regression"] | None = Field(
        None,
        description="What is learned: classes or numbers; null follows from the objective, which is"
        " accuracy if that is null, too.",
    )
    objective: str | None = Field(
        None,
        description="What a trial is judged by, on the validation part; null is `accuracy`, and"
        " `rmse` for regression.\n\n`accuracy`, `balanced_accuracy`, `f1_macro`, `roc_auc` or"
        " `neg_log_loss`; for regression `rmse`, `mae` or `r2`, in the unit of the targets; or a"
        " Python file of yours: docs/your_objective.md.",
    )
    model: ExistingFile = Field(
        description="Python file with `build_model` (Keras), such as models/cnn.py, or `train` (any"
        " learner), such as models/gradient_boosting.py: docs/your_model.md."
    )
    model_files: list[ExistingFile] = Field(
        [],
        description="Files that `build_model` reads, such as `[vectors/words.npy]`: a change of"
        " theirs trains again.\n\nPython files beside the model that it imports are found by"
        " themselves.",
    )
    epochs: int = Field(ge=2, le=10_000, description="Epochs of one full training.")
    batch_size: int = Field(
        128, ge=1, description="Samples per training step, where the search space does not say it."
    )
    class_weight: Literal["balanced"] | None = Field(
        None,
        description="`balanced` lets all classes count alike in the loss, however many rows each"
        " has; null lets all rows.\n\nAs `class_weight` of Keras' `fit`; validation is not"
        " weighted.",
    )
    precision: Literal["float32", "mixed_bfloat16"] = Field(
        "float32",
        description="`mixed_bfloat16` is faster on some processors, but gives other results.",
    )
    random_configurations: int = Field(
        100,
        ge=2,
        le=100_000,
        description="The pool: trials of random search.\n\n"
        "Ten share a job; from trial 1,000 on a hundred, and from 10,000 on a thousand.",
    )
    budget: int = Field(
        ge=1,
        le=10_000,
        description="Full trainings that a strategy may spend in one repeat.\n\n"
        "It is counted in epochs, budget x epochs, and at most as large as the pool.",
    )
    repeats: Annotated[int, Field(ge=1, le=1000)] | Literal["until_decided"] = Field(
        3,
        description="Independent searches by each strategy, and as many random searches beside"
        " them; `until_decided` goes on until every comparison with random search is decided.\n\n"
        "It looks after 5, 8, 12, 20 and 30 repeats up to `max_repeats`, and after these. All"
        " planned looks together are wrong as rarely as one would be: docs/verdict_calibration.md.",
    )
    max_repeats: int = Field(
        30,
        ge=2,
        le=1000,
        description="Where `until_decided` ends in any case.\n\n"
        "It means nothing beside a number of repeats.",
    )
    max_trainings: int | None = Field(
        None,
        ge=1,
        description="`until_decided` takes no look that needs more full trainings, those of the"
        " pool and of the winners included; null does not count.\n\nTrainings and not seconds: a"
        " clock would stop every run elsewhere.",
    )
    retrainings: int = Field(
        3,
        ge=1,
        le=1000,
        description="Fresh seeds with which each winner is trained again and tested.",
    )
    equivalence: float | None = Field(
        None,
        ge=0,
        description="Differences in the objective up to this count as none, in its unit: 0.003 of"
        " an accuracy is 0.3 points.\n\nNull is 0.003 of `accuracy`, 0.005 of `balanced_accuracy`,"
        " `f1_macro` and `roc_auc`, 0.01 of `neg_log_loss` and `r2`; otherwise 1 % of what the"
        " predictor has that knows nothing.",
    )
    max_failed_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="The run stops before the tables if more of its trials fail or diverge.\n\n"
        "The records of these trials are kept.",
    )
    parallel_trials: int = Field(
        1,
        ge=1,
        le=1000,
        description="Trials that a search keeps in training at a time, on as many cores. They are"
        " told to the strategy in their order: the outcome depends on this number, but never on"
        " timing, nor on the cores there are. The strategy chooses without knowing the latest of"
        " them, so 1 is what it does best with.\n\nAt most the budget.",
    )
    trial_store: str | Literal[False] = Field(
        "results/trial_store",
        description="Folder that keeps every finished training, for all experiments: a run that"
        " was killed is started again, and trains nothing twice. Deleting it changes no"
        " result; false does without.",
    )
    strategies: dict[
        Annotated[str, Field(max_length=100, pattern=r"^[a-z][a-z0-9_]*$")], AnyStrategy
    ] = Field(
        description="What is compared with random search, by names of your choice, which are also"
        " targets: `snakemake bayesian`. Algorithms: BayesianOptimization, Hyperband, RandomSearch,"
        " GridSearch (keras-tuner's); TPE, CMAES (for numbers alone), GaussianProcess (needs"
        " `uv run --extra gp`; all Optuna's); RefinedRandom, SuccessiveHalving, OneEpoch; or a"
        " Python file of yours: docs/your_tuner.md.\n\n"
        "A name is of lower-case letters, digits and underscores and begins with a letter; those of"
        " the workflow's rules and folders are taken. A file of yours has the options that it"
        " defines.",
    )
    search_space: SearchSpace = Field(
        description="What may be tuned. Types: `int` and `float` (`low`, `high`, and either `step`"
        " or `scale: log`), `choice` (`values`), `boolean`, `fixed` (`value`). With `active_if`,"
        " one exists only beside certain values of others: docs/your_space.md. `why`,"
        " `why_this_range` and `expected_impact` are yours to write; the report prints them.\n\n"
        "A name begins with a letter and goes on with letters, digits and underscores. The order is"
        " kept."
    )
    chapters: list[Literal["leak", "published", "assignment"]] = Field(
        [],
        description="Chapters of the report that only some experiments want: `leak`, what a score"
        " on training rows would have chosen; `published`, a comparison with published results;"
        " `assignment`, where the functions of the course assignment are.",
    )
    published: dict[str, Published] = Field(
        {},
        description="Where the experiment repeats a publication: its results, by strategy. The"
        " report sets them beside those of the repeats.\n\n"
        "experiments/published_notebook.yaml is an example.",
    )
    disclosure: str = Field(
        "", description="Printed in the report: how language models were used in your work."
    )

    @field_validator("repeats", mode="before")
    @classmethod
    def _check_repeats(cls, value: Any) -> Any:
        if value == UNTIL_DECIDED or (type(value) is int and 1 <= value <= 1000):
            return value
        raise ValueError(
            f"{shown(value)} is not allowed; use a whole number, 1 to 1000, or {UNTIL_DECIDED}"
        )

    @property
    def looks(self) -> list[int]:
        """The numbers of repeats at which the run looks at the verdicts; it may end at each."""
        return planned_looks(
            self.repeats,
            self.max_repeats,
            lambda repeats: self.trainings(repeats) <= (self.max_trainings or math.inf),
        )

    def trainings(self, repeats: int) -> int:
        """Full trainings with so many repeats: pool, searches, and winners trained again."""
        searches = repeats * (len(self.strategies) + 1)
        pool = self.random_configurations + self.retrainings
        return pool + searches * (self.budget + self.retrainings)

    @field_validator("objective")
    @classmethod
    def _find_objective(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _find(value, info) if value and value.endswith(".py") else value

    @property
    def judged_by(self) -> Objective:
        """The objective, resolved."""
        return objective_named(self.objective, self.task)

    @field_validator("model")
    @classmethod
    def _check_model(cls, value: str) -> str:
        suffixes = dict.fromkeys(kind.suffix for kind in KINDS.values())
        if not value.endswith(tuple(suffixes)):
            raise ValueError(f"{shown(value)} must be a Python file ({', '.join(suffixes)})")
        return value

    @field_validator("trial_store", mode="before")
    @classmethod
    def _check_trial_store(cls, value: Any) -> Any:
        if value is False:
            return value
        if isinstance(value, str) and value and value.isprintable():
            return expanded(value)
        raise ValueError(f"{shown(value)} is not allowed; name a folder, or false to do without")

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        problems = []
        try:
            objective = self.judged_by
        except ObjectiveError as error:
            problems.append(str(error))
        else:
            named = NAMED_DATASETS.get(self.dataset.source)
            if named and named.task != objective.task:
                problems.append(
                    f"dataset.source: {self.dataset.source} is for {named.task}, and the objective"
                    f" {objective.name} judges {objective.task}"
                )
            if self.class_weight and objective.task == "regression":
                problems.append("class_weight: goes with classes, and the task is regression")
            problems += [
                f"published.{readable(name)}.{key}: {value} is not allowed; {objective.label} lies"
                " between 0 and 1"
                for name, result in self.published.items()
                for key in ("best_validation", "test")
                if objective.share and not 0 <= (value := getattr(result, key)) <= 1
            ]
            if self.published and not objective.greater_is_better:
                problems.append("published: goes with an objective of which more is better")
        if bool(self.published) != ("published" in self.chapters):
            problems.append("chapters: `published` goes with the key published")
        if self.budget > self.random_configurations:
            problems.append(
                f"budget: {self.budget} is more than random_configurations"
                f" ({self.random_configurations}); the pool of random search must not be the"
                " smaller one"
            )
        if self.max_trainings is not None:
            if self.repeats != UNTIL_DECIDED:
                problems.append(f"max_trainings: goes with repeats: {UNTIL_DECIDED}")
            elif not self.looks:
                least = min(LOOKS[0], self.max_repeats)
                problems.append(
                    f"max_trainings: {self.max_trainings} is less than the {self.trainings(least)}"
                    f" of the first look, after {least} repeats"
                )
        if self.parallel_trials > self.budget:
            problems.append(
                f"parallel_trials: {self.parallel_trials} is more than the budget ({self.budget}),"
                " so a search would choose all of its trials before it knows one"
            )
        if self.name in SHARED_FOLDERS:
            problems.append(f"name: {self.name!r} is taken; choose another")
        if not self.strategies:
            problems.append("strategies: name at least one")
        wanted = self.random_configurations
        if (size := self.search_space.size(wanted)) < wanted:
            problems.append(
                f"random_configurations: {wanted} distinct ones are asked for,"
                f" but the search space holds {size}"
            )
        for name, strategy in self.strategies.items():
            for check, *arguments in (
                (strategy.check_space, self.search_space),
                (strategy.check_budget, self.budget, self.epochs, len(self.search_space.tuned())),
            ):
                try:
                    check(*arguments)
                except ValueError as error:
                    problems.append(f"strategies.{name}: {error}")
        for name, result in self.published.items():
            where = f"published.{readable(name)}"
            if name not in self.strategies:
                allowed = ", ".join(self.strategies)
                problems.append(f"{where}: is no strategy of this experiment; use one of {allowed}")
            problems += [
                f"{where}.configuration.{problem}"
                for problem in self.search_space.problems(result.configuration, yaml=True)
            ]
        if "batch_size" in self.search_space and not _whole_positive(
            self.search_space["batch_size"]
        ):
            problems.append("search_space.batch_size: must be whole numbers of at least 1")
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _whole_positive(hyperparameter: Hyperparameter) -> bool:
    match hyperparameter:
        case Choice(values=values):
            return all(type(value) is int and value >= 1 for value in values)
        case Int(low=value) | Fixed(value=value):
            return type(value) is int and value >= 1
    return False


def check_experiment(
    config: Mapping[str, Any],
    *sources: str | Path,
    beside: Iterable[str | Path] = (),
    taken: Collection[str] = (),
) -> Experiment:
    """Turn a loaded configuration into an experiment.

    Parameters
    ----------
    config
        The keys and values, as YAML gives them.
    sources
        The files they were read from, looked through for keys that are written twice (YAML itself
        silently keeps the last), and for what YAML reads as something else than it seems.
    beside
        Other files next to which the configuration may mean its paths: those of a workflow that
        imports this one and brings the configuration.
    taken
        Names that no strategy may have, since rules and folders of results have them.

    Raises
    ------
    ExperimentError
        With a line for every mistake: the key, the value, what is allowed.
    """
    lines = [line for source in sources for line in _misread(Path(source).read_text("utf-8"))]
    try:
        experiment = Experiment.model_validate(_plain(config), context=places([*sources, *beside]))
    except ValidationError as error:
        lines += [line for item in error.errors() for line in _describe(item)]
    else:
        lines += [
            f"strategies.{name}: the name {name!r} is taken; choose another"
            for name in experiment.strategies
            if name in {RANDOM, *taken}
        ]
        dataset = experiment.dataset
        if (
            experiment.class_weight
            and dataset.source not in NAMED_DATASETS
            and _brings_weights(dataset.source)
        ):
            lines.append(
                f"class_weight: {shown(dataset.source)} brings sample_weight_train; choose one of"
                " them, or multiply these weights by those of the classes"
            )
    if lines:
        where = ", ".join(str(source) for source in sources) or "the configuration"
        raise ExperimentError(f"{where} cannot be used:\n" + "\n".join(f"  {x}" for x in lines))
    return experiment


def nested_values(arguments: Iterable[str]) -> dict[str, Any]:
    """Those values of Snakemake's ``--config`` that are sections or lists, as YAML reads them.

    Snakemake itself reads all words in them as words, numbers and truth values included.

    Parameters
    ----------
    arguments
        Each ``key=value``.

    Raises
    ------
    ExperimentError
        For what YAML reads as something else than it seems.
    """
    values = {}
    for argument in arguments:
        key, _, text = argument.partition("=")
        try:
            value = yaml.safe_load(text)
            lines = _misread(f"{key}: {text}") if isinstance(value, dict | list) else []
        except yaml.YAMLError:
            continue  # Snakemake takes it for a word
        if lines:
            raise ExperimentError("--config cannot be used:\n" + "\n".join(f"  {x}" for x in lines))
        if isinstance(value, dict | list):
            values[key] = value
    return values


def read_experiment(path: str | Path) -> Experiment:
    """Read and check a configuration file; see `check_experiment` for the errors."""
    return check_experiment(yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}, path)


def _plain(value: Any) -> Any:
    """Snakemake hands over its own kinds of dictionary; pydantic's strict mode wants real ones."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, str):  # YAML can spell half a character, "\ud800", which no file can hold
        return value.encode(errors="replace").decode()
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _describe(item: ErrorDetails) -> list[str]:
    """One readable line for a pydantic error (several where our own check found several)."""
    # The kind of a hyperparameter or strategy is part of pydantic's path, but not of the file's.
    kinds = {kind.__name__ for kind in NAMED_STRATEGIES}
    kinds |= {"int", "float", "choice", "boolean", "fixed"}
    path = list(item["loc"])
    if path[-1:] == ["[key]"] and item["type"] != "extra_forbidden":
        path.pop()  # pydantic's word for a key, as against its value, that is not allowed
    known = path[:2] + [part for part in path[2:] if part not in kinds and "[" not in str(part)]
    where = ".".join(readable(part) for part in known) or "the file"
    value, message = item["input"], item["msg"].removeprefix("Value error, ")
    match item["type"]:
        case "value_error" if not known:
            return message.split("\n")
        case "value_error" if isinstance(item["ctx"]["error"], ConditionError):
            return [f"{where}.{line}" for line in message.split("\n")]
        case "value_error":
            return [f"{where}: {message}"]
        case "missing":
            return [f"{where}: is missing"]
        case "extra_forbidden":
            return [f"{where}: is no key that is known here"]
        case "invalid_key":  # its place is given by its value, turned into a number
            parents = [readable(part) for part in known[:-1]]
            return [f"{'.'.join([*parents, shown(value)])}: is no key that is known here"]
        case "union_tag_not_found" | "union_tag_invalid":
            context = item["ctx"]
            field = context["discriminator"].strip("'")
            given = shown(value.get(field)) if isinstance(value, dict) else "nothing"
            allowed = context.get("expected_tags")
            if allowed and field == "algorithm":
                allowed += ", or a Python file of your own"
            return [
                f"{where}.{field}: {given} is not allowed; use one of {allowed}"
                if allowed
                else f"{where}.{field}: is missing"
            ]
        case _:
            given = "nothing" if value is None else shown(value)
            return [f"{where}: {given} is not allowed; {message[:1].lower()}{message[1:]}"]


def _brings_weights(path: str) -> bool:
    """Whether a dataset holds weights of samples, told from the list of its arrays."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "sample_weight_train.npy" in archive.namelist()
    except (OSError, zipfile.BadZipFile, RuntimeError):  # which the split refuses
        return False


# What YAML 1.1 makes of a plain word, by its tag: a word that looks so, and is read as that.
_SEEMINGLY = {
    "bool": (re.compile(r"(?!true$|false$)", re.I), "true or false"),
    "int": (re.compile(r"[-+]?0[0-7_]+$|.*:"), "another number"),
    "float": (re.compile(r".*:"), "another number"),
    "timestamp": (re.compile(""), "a date"),
    "str": (re.compile(r"[-+]?0\d+$"), "a word, not a number"),
}


def _misread(text: str) -> list[str]:
    """A line for every key that is written twice in its place, and for every misleading word."""
    lines: list[str] = []

    def walk(node: yaml.Node, path: tuple[str, ...]) -> None:
        if isinstance(node, yaml.ScalarNode) and node.style is None:
            looks, meaning = _SEEMINGLY.get(node.tag.rpartition(":")[2], (None, ""))
            if looks and looks.match(node.value):
                lines.append(
                    f"{'.'.join(path)}: {node.value} is read as {meaning} by YAML; quote it"
                    f' ("{node.value}") where it is a word, or write what it means'
                )
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                where = (*path, str(key.value))
                if key.value in seen:
                    line = key.start_mark.line + 1
                    lines.append(f"{'.'.join(where)}: is written twice (again in line {line})")
                seen.add(key.value)
                walk(key, where)
                walk(value, where)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                walk(value, (*path, str(index)))

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if root is not None:
        walk(root, ())
    return lines
