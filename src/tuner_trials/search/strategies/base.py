"""The interface of every strategy: a section of the configuration that can start a search."""

from abc import abstractmethod
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from tuner_trials.foundation.errors import UserError
from tuner_trials.space.search_space import Configuration, SearchSpace


@dataclass(frozen=True)
class Suggestion:
    """What a search wants to see trained next.

    ``epochs`` is the length of the whole training. With ``continues``, the number of a trial with
    the same configuration that this search was told of, only the epochs beyond it are new.
    """

    configuration: Configuration
    epochs: int
    continues: int | None = None


class Search(Protocol):
    """One search in progress: `ask` and `tell` are called in turn until the budget is spent.

    Trials are numbered 0, 1, ... in the order of the suggestions. Their scores are reported in that
    order, each once; several suggestions may be requested before the first score is reported.
    """

    def ask(self) -> Suggestion | None:
        """The next suggestion; None if there is none until further scores are reported."""

    def tell(self, trial: int, score: float) -> None:
        """The score of a trial: the objective on the validation part, higher is better."""


_EXTRAS = {"torch": "gp"}  # optional dependencies of this project, see pyproject.toml


class Strategy(BaseModel):
    """Options of a search algorithm, as they stand under ``strategies:``.

    A subclass lists its options as further fields. Those of this package also bind ``algorithm`` to
    their own name; for others it is the path of the Python file that defines them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    # Beside this one, the packages (named as pip does) that decide the suggestions, so that another
    # version makes a search run anew.
    packages: ClassVar[tuple[str, ...]] = ()

    algorithm: str

    def check_packages(self) -> None:
        """Refuse to be used without the packages that are needed.

        Raises
        ------
        UserError
            With the package, and how to get it.
        """
        for package in self.packages:
            try:
                version(package)
            except PackageNotFoundError:
                extra = _EXTRAS.get(package)
                remedy = f"`uv run --extra {extra} snakemake ...`" if extra else "install it"
                raise UserError(f"needs {package}, which is not installed; {remedy}") from None

    def check_space(self, space: SearchSpace) -> None:
        """Refuse a space that this strategy cannot search.

        Raises
        ------
        ValueError
            With the hyperparameters, and what to change.
        """

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        """Refuse a budget that is too small for this strategy to work as intended.

        Parameters
        ----------
        budget
            Full trainings that a repeat may spend.
        epochs
            Epochs of a full training.
        dimensions
            Number of hyperparameters that are tuned.

        Raises
        ------
        ValueError
            With the budget, what it would need, and what to change.
        """

    @abstractmethod
    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        """Begin a search; ``seed`` in 1..2^31 - 1 fixes it."""
