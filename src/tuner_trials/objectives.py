"""What a trial is judged by: a metric of the predictions on a part of the data.

Inside, a *score* is always higher-is-better; outside, a *value* is shown in the metric's own
direction and unit. Only this module knows which is which.
"""

import ast
import math
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tuner_trials.foundation.errors import UserError

if TYPE_CHECKING:  # the Snakefile reads this module where NumPy may be missing
    import numpy as np

Kind = Literal["classification", "regression"]
Reads = Literal["classes", "probabilities", "values"]


class ObjectiveError(UserError):
    """An objective that cannot judge these data."""


@dataclass(frozen=True)
class Objective:
    """A metric: what it is called, what it reads, and which direction is good.

    Attributes
    ----------
    name, label
        As in the configuration; as in a sentence.
    task
        What it can judge.
    reads
        What it is given for each sample: the predicted class, a probability for each class, or the
        predicted value.
    greater_is_better
        Its direction.
    percent
        Whether values are shown in percent and differences in points; otherwise as plain numbers.
    equivalence
        Differences up to this count as none, unless the experiment says otherwise: in the unit of
        the metric, or None for 1 % of what the know-nothing predictor has.
    share
        Whether its values lie between 0 and 1.
    file
        The user's own file, see `from_file`; empty for a metric of scikit-learn.
    """

    name: str
    label: str
    task: Kind
    reads: Reads
    greater_is_better: bool = True
    percent: bool = False
    equivalence: float | None = None
    share: bool = False
    file: str = ""

    # -- direction and unit

    @property
    def sign(self) -> int:
        """1 or -1: a score is the value times this, and a value the score times this."""
        return 1 if self.greater_is_better else -1

    def shown(self, score: float) -> str:
        """A score as the value that people read.

        >>> OBJECTIVES["accuracy"].shown(0.88125), OBJECTIVES["rmse"].shown(-54.321)
        ('88.12%', '54.32')
        """
        value = score * self.sign
        if not math.isfinite(value):
            return "-"
        if self.percent:
            return f"{100 * value:.2f}%"
        return self._digits(value)

    def difference(self, difference: float) -> str:
        """A difference of scores, as the difference of values that people read, with its sign.

        >>> OBJECTIVES["accuracy"].difference(0.0123), OBJECTIVES["rmse"].difference(0.5)
        ('+1.23 points', '-0.5')
        """
        number = self.signed(difference)
        return f"{number} points" if self.percent else number

    def signed(self, difference: float) -> str:
        """The same without the unit; zero has no minus."""
        if self.percent:
            return f"{round(100 * difference * self.sign, 2) + 0.0:+.2f}"
        return self.difference_cell(difference)

    def cell(self, score: float) -> str:
        """A score as the value in a table's cell, without its unit."""
        return self._digits(score * self.sign)

    def difference_cell(self, difference: float) -> str:
        """A difference of scores as that of values in a cell; zero has no minus."""
        text = self._digits(difference * self.sign)
        return text if text.startswith("-") else f"+{text}"

    def span(self, lowest: float, highest: float, difference: bool = False) -> str:
        """From the lowest to the highest value, in cells, of scores or of their differences."""
        write = self.difference_cell if difference else self.cell
        ends = (lowest, highest)[:: self.sign]
        return " to ".join(map(write, ends))

    def _digits(self, value: float) -> str:
        if not math.isfinite(value):
            return "-"
        # Those that have a scale of their own are all of the size of 1.
        return _significant(value) if self.equivalence is None else f"{round(value, 4) + 0.0:.4f}"

    @property
    def packages(self) -> tuple[str, ...]:
        """What computes it, besides NumPy."""
        return () if self.file or self.name == "accuracy" else ("scikit-learn",)

    @property
    def knows_nothing(self) -> str:
        """What the predictor that has seen no samples predicts."""
        if self.task == "regression":
            return "the mean of the targets"
        if self.reads == "classes":
            return "always the most frequent class"
        return "the shares of the classes"

    @property
    def direction(self) -> str:
        """Which values are better, in words."""
        return "higher is better" if self.greater_is_better else "lower is better"

    def size(self, difference: float) -> str:
        """The size of a difference, without a sign."""
        return self.difference(abs(difference) * self.sign).removeprefix("+")

    # -- the metric itself

    @cached_property
    def _own(self) -> Any:
        from tuner_trials.user_code.python_file import run_python_file

        return run_python_file(self.file).evaluate

    def value(self, y: "np.ndarray", outputs: "np.ndarray") -> float:
        """The metric of a model's outputs.

        Parameters
        ----------
        y
            Class numbers (int) or targets (float), ``(n,)``.
        outputs
            For classes, probabilities or logits ``(n, classes)``: rows that are no probabilities
            are taken for logits. For targets, predictions in their unit, ``(n,)`` or ``(n, 1)``.

        Returns
        -------
        NaN if an output is not finite, or if the metric is not defined for these labels.
        """
        import numpy as np

        if not np.isfinite(outputs).all():
            return math.nan
        match self.reads:
            case "values":
                read = outputs.reshape(len(y)).astype(np.float64)
            case "classes":
                read = outputs.argmax(axis=1)
            case _:
                read = _probabilities(outputs)
        if self.file:
            return float(self._own(y, read))
        if self.name == "accuracy":  # without scikit-learn, whose import takes a second
            return float((read == y).mean())
        return float(_sklearn(self.name, y, read))

    def score(self, y: "np.ndarray", outputs: "np.ndarray") -> float:
        """The value, higher is better; see `value`."""
        return self.sign * self.value(y, outputs)

    def know_nothing(self, y_train: "np.ndarray", y: "np.ndarray") -> float:
        """The score on ``y`` of the predictor that has seen no samples.

        It predicts the shares of the classes in ``y_train`` (as a class, the most frequent one), or
        the mean of its targets.

        Raises
        ------
        ObjectiveError
            If the metric is not defined for these labels, or fails.
        """
        import numpy as np

        if self.task == "regression":
            outputs = np.full(len(y), np.mean(y_train))
        else:
            counts = np.bincount(y_train, minlength=int(y.max(initial=0)) + 1)
            outputs = np.tile(counts / counts.sum(), (len(y), 1))
        try:
            score = self.score(y, outputs)
        except Exception as error:
            raise ObjectiveError(f"objective: {self.name} cannot be computed: {error}") from error
        if not math.isfinite(score):
            raise ObjectiveError(f"objective: {self.name} is not defined for the labels of a part")
        return score

    # -- between processes

    def described(self) -> dict[str, Any]:
        """As JSON has it; ``Objective(**described)`` is the objective again."""
        return asdict(self)


def _significant(value: float) -> str:
    """Four significant digits, and no more decimals than that takes."""
    if value == 0:
        return "0"
    decimals = max(0, 3 - math.floor(math.log10(abs(value))))
    text = f"{value:.{min(decimals, 12)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _probabilities(outputs: "np.ndarray") -> "np.ndarray":
    """Rows that sum to 1: as they are, or the softmax of logits."""
    import numpy as np

    values = outputs.astype(np.float64)
    sums = values.sum(axis=1, keepdims=True)
    if (values < 0).any() or not np.allclose(sums, 1, atol=1e-2):
        values = np.exp(values - values.max(axis=1, keepdims=True))
        sums = values.sum(axis=1, keepdims=True)
    return values / sums


def _sklearn(name: str, y: "np.ndarray", read: "np.ndarray") -> float:
    import warnings

    import numpy as np
    from sklearn import metrics

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is not defined is NaN, and refused by who asks
        match name:
            case "balanced_accuracy":
                return metrics.balanced_accuracy_score(y, read)
            case "f1_macro":
                return metrics.f1_score(y, read, average="macro", zero_division=0)
            case "roc_auc":
                if read.shape[1] == 2:
                    return metrics.roc_auc_score(y, read[:, 1])
                labels = np.arange(read.shape[1])
                return metrics.roc_auc_score(y, read, multi_class="ovr", labels=labels)
            case "neg_log_loss":
                return -metrics.log_loss(y, read, labels=np.arange(read.shape[1]))
            case "rmse":
                return metrics.root_mean_squared_error(y, read)
            case "mae":
                return metrics.mean_absolute_error(y, read)
            case "r2":
                return metrics.r2_score(y, read)
    raise ValueError(name)


OBJECTIVES = {
    objective.name: objective
    for objective in (
        Objective("accuracy", "accuracy", "classification", "classes", True, True, 0.003, True),
        Objective(
            *("balanced_accuracy", "balanced accuracy", "classification", "classes"),
            *(True, True, 0.005, True),
        ),
        Objective(
            "f1_macro", "macro F1", "classification", "classes", equivalence=0.005, share=True
        ),
        Objective(
            "roc_auc", "ROC AUC", "classification", "probabilities", equivalence=0.005, share=True
        ),
        Objective(
            *("neg_log_loss", "negative log loss", "classification", "probabilities"),
            equivalence=0.01,
        ),
        Objective("rmse", "RMSE", "regression", "values", greater_is_better=False),
        Objective("mae", "MAE", "regression", "values", greater_is_better=False),
        Objective("r2", "R²", "regression", "values", equivalence=0.01),
    )
}
SHARE = 0.01  # of the know-nothing predictor's value: the equivalence of metrics without a scale


def equivalence(given: float | None, baseline: float) -> float:
    """Half width of the region of practical equivalence, in the unit of the objective.

    Parameters
    ----------
    given
        By the experiment or the objective; None for a share of the baseline.
    baseline
        The know-nothing predictor's value on the validation part.
    """
    return SHARE * abs(baseline) if given is None else given


DEFAULTS = {"classification": "accuracy", "regression": "rmse"}


def from_file(path: str, task: Kind) -> Objective:
    """The objective of a Python file: ``evaluate(y_true, y_pred)`` and ``greater_is_better``.

    The file may also say a ``name``, and for classification ``reads = "probabilities"``: then
    ``y_pred`` has shape ``(n, classes)`` and not ``(n,)``.

    Raises
    ------
    ObjectiveError
        If the file cannot be run, or lacks one of the two.
    """
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError, ValueError) as error:
        raise ObjectiveError(f"objective: {path} cannot be read: {error}") from None
    said: dict[str, Any] = {}
    for node in tree.body:  # read and not run: the file may import what takes seconds
        if isinstance(node, ast.FunctionDef):
            said[node.name] = None
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            said[name] = node.value.value if isinstance(node.value, ast.Constant) else None
    if "evaluate" not in said or not isinstance(said.get("greater_is_better"), bool):
        raise ObjectiveError(
            f"objective: {path} needs a function evaluate(y_true, y_pred), and the line"
            " greater_is_better = True, or False"
        )
    reads: Any = said.get("reads", "classes") if task == "classification" else "values"
    if task == "classification" and reads not in ("classes", "probabilities"):
        raise ObjectiveError(f'objective: {path}: reads must be "classes" or "probabilities"')
    name = str(said.get("name") or Path(path).stem)
    return Objective(name, name, task, reads, said["greater_is_better"], file=path)


def objective_named(name: str | None, task: Kind | None) -> Objective:
    """The objective that an experiment names, or the default one of its task.

    Raises
    ------
    ObjectiveError
        For a name that is unknown, or one that cannot judge the task.
    """
    if name is None:
        return OBJECTIVES[DEFAULTS[task or "classification"]]
    if name.endswith(".py"):
        return from_file(name, task or "classification")
    if name not in OBJECTIVES:
        known = ", ".join(OBJECTIVES)
        raise ObjectiveError(
            f"objective: {name!r} is not allowed; use one of {known}, or your own Python file"
        )
    objective = OBJECTIVES[name]
    if task not in (None, objective.task):
        fitting = ", ".join(n for n, other in OBJECTIVES.items() if other.task == task)
        raise ObjectiveError(f"objective: {name} does not judge {task}; use one of {fitting}")
    return objective
