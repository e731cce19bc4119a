"""What every strategy is: a section of the configuration that can start a search."""

from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from tuner_trials.search_space import Configuration, SearchSpace


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
    """One search in progress: asked and told in turn, until the budget is spent.

    Trials are numbered 0, 1, ... in the order of the suggestions. They are told in that order, each
    once; several may be asked for before the first of them is told.
    """

    def ask(self) -> Suggestion | None:
        """The next suggestion; None when there is nothing to try before somebody tells more."""

    def tell(self, trial: int, score: float) -> None:
        """The validation accuracy (0..1, higher is better) of a trial."""


class Strategy(BaseModel):
    """Options of a search algorithm, as they stand under ``strategies:``.

    A subclass names itself in a field ``algorithm`` and lists its options as further fields.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    def check_budget(self, budget: int, epochs: int, dimensions: int) -> None:
        """Refuse a budget that is too small to be this strategy.

        Parameters
        ----------
        budget
            Full trainings that a repeat may spend.
        epochs
            Epochs of a full training.
        dimensions
            Number of hyperparameters.

        Raises
        ------
        ValueError
            With the budget, what it would need, and what to change.
        """

    def start(self, space: SearchSpace, budget: int, epochs: int, seed: int) -> Search:
        """Begin a search; ``seed`` in 1..2^31 - 1 fixes it."""
        raise NotImplementedError(f"{type(self).__name__} does not say how a search starts")
