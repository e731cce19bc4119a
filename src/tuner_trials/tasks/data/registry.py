"""The datasets that have a name, as the configuration, the report and the download know them."""

from dataclasses import dataclass

from tuner_trials.objectives import Kind


@dataclass(frozen=True)
class NamedDataset:
    """A dataset that `tuner_trials.tasks.data.datasets.fetch` can get.

    Attributes
    ----------
    description
        A sentence for the report, with the source.
    class_names
        Words for its class numbers, if these are no words themselves.
    takes_path
        Whether the user may name a folder that holds its files (``dataset.path``).
    task
        What its labels are: classes, or targets.
    """

    description: str
    class_names: tuple[str, ...] = ()
    takes_path: bool = False
    task: Kind = "classification"


NAMED_DATASETS = {
    "fashion_mnist": NamedDataset(
        "Fashion-MNIST: grey images of articles of clothing, 28 x 28 pixels, in ten classes from"
        " T-shirt to ankle boot (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747).",
        class_names=(
            *("T-shirt/top", "trouser", "pullover", "dress", "coat"),
            *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
        ),
        takes_path=True,
    ),
    "digits": NamedDataset(
        "The handwritten digits that ship with scikit-learn: 1,797 grey images of 8 x 8 pixels, in"
        " ten classes."
    ),
    "breast_cancer": NamedDataset(
        "The Wisconsin diagnostic breast cancer data that ship with scikit-learn: 569 tumours with"
        " 30 measurements each, malignant or benign (Street, Wolberg and Mangasarian, 1993).",
        class_names=("malignant", "benign"),
    ),
    "diabetes": NamedDataset(
        "The diabetes data that ship with scikit-learn: 442 patients with ten measurements each,"
        " and the progression of their disease after a year as the target (Efron, Hastie, Johnstone"
        " and Tibshirani, 2004).",
        task="regression",
    ),
}
