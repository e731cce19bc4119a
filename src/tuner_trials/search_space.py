"""The search space: what may be tuned, and within which range.

One object serves the sampler of the random search, keras-tuner's oracles and the refined random
search, so that every strategy searches exactly the same space. A configuration is a plain
dictionary ``{"hyperparameter": value}``.
"""

import math
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    field_validator,
    model_validator,
)

Configuration = dict[str, Any]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")]


def _scientific(value: Any) -> Any:
    """Read ``1e-4`` as the number it is: YAML takes it for a word, since it wants ``1.0e-4``."""
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+", value):
        return float(value)
    return value


def shown(value: Any) -> str:
    """A value as a message quotes it: at most sixty characters."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


Real = Annotated[float, BeforeValidator(_scientific)]


class _Hyperparameter(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    why: str = Field("", description="Why this hyperparameter is tuned.")
    why_this_range: str = Field("", description="Why this range and this scale.")
    expected_impact: str = Field("", description="The effect that is expected before the search.")

    def definition(self) -> dict[str, Any]:
        """What decides the meaning of the hyperparameter, without the words about it."""
        return self.model_dump(exclude={"why", "why_this_range", "expected_impact"})


class _Number(_Hyperparameter):
    scale: Literal["linear", "log"] = Field(
        "linear", description="Scale on which values are drawn."
    )

    @model_validator(mode="after")
    def _check_range(self):
        if not self.low < self.high:
            raise ValueError(f"low ({self.low}) must be below high ({self.high})")
        if self.scale == "log" and self.low <= 0:
            raise ValueError(f"low is {self.low}, but a log scale needs a value above 0")
        if self.scale == "log" and self.low < 1e-30:
            raise ValueError(f"low is {self.low}, but a log scale starts at 1e-30 at least")
        if self.step is not None:
            if self.scale == "log":
                raise ValueError("step cannot be combined with scale: log; leave one of them out")
            if any(round(value, 12) != value for value in (self.low, self.step)):
                raise ValueError("with a step, low and step may have twelve decimals at most")
            if self.step > self.high - self.low:
                raise ValueError(
                    f"step ({self.step}) must be at most high - low ({self.high - self.low})"
                )
        return self

    def clip(self, value):
        """The nearest allowed value to one that left the range."""
        return min(max(value, self.low), self.high)


class Int(_Number):
    """A whole number in ``low..high``, both included."""

    type: Literal["int"]
    # Beyond 2^53 the floats that tuners compute with leave whole numbers out.
    low: int = Field(ge=-(2**53), le=2**53, description="Smallest value.")
    high: int = Field(ge=-(2**53), le=2**53, description="Largest value.")
    step: Annotated[int, Field(ge=1)] | None = Field(None, description="Distance between values.")

    def at(self, u: float) -> int:
        """The value at ``u`` in [0, 1): every value owns an equal share of the (log) scale."""
        if self.scale == "log":
            return self.clip(math.floor(self.low * ((self.high + 1) / self.low) ** u))
        return self.low + math.floor(u * self.size()) * (self.step or 1)

    def size(self) -> int:
        return (self.high - self.low) // (self.step or 1) + 1

    def contains(self, value: Any) -> bool:
        return (
            type(value) is int
            and self.low <= value <= self.high
            and (value - self.low) % (self.step or 1) == 0
        )

    def narrowed(self, values: list[int]) -> "Int | Choice":
        low, high = min(values), max(values)
        if low == high:
            return Choice(type="choice", values=[low])
        step = self.step if self.step and self.step <= high - low else None
        return self.model_copy(update={"low": low, "high": high, "step": step})


class Float(_Number):
    """A real number in ``low..high``; with a ``step``, one of ``low, low + step, ...``."""

    type: Literal["float"]
    low: Real = Field(ge=-1e30, le=1e30, description="Smallest value.")
    high: Real = Field(ge=-1e30, le=1e30, description="Largest value.")
    step: Annotated[Real, Field(gt=0)] | None = Field(None, description="Distance between values.")

    def at(self, u: float) -> float:
        """The value at ``u`` in [0, 1)."""
        if self.scale == "log":
            return self.clip(self.low * (self.high / self.low) ** u)
        if self.step is None:
            return self.low + u * (self.high - self.low)
        return self._on_grid(math.floor(u * self.size()))

    def clip(self, value: float) -> float:
        """The nearest allowed value."""
        value = super().clip(float(value))
        if self.step is None:
            return value
        return self._on_grid(min(round((value - self.low) / self.step), self.size() - 1))

    def _on_grid(self, index: int) -> float:
        # 0.1 * 3 is 0.30000000000000004: twelve digits are beyond any step somebody would write.
        return round(self.low + index * self.step, 12)

    def size(self) -> float:
        if self.step is None:
            return math.inf
        return math.floor((self.high - self.low) / self.step + 1e-9) + 1

    def contains(self, value: Any) -> bool:
        if type(value) is not float or not self.low <= value <= self.high:
            return False
        return self.step is None or self._on_grid(round((value - self.low) / self.step)) == value

    def narrowed(self, values: list[float]) -> "Float | Choice":
        low, high = min(values), max(values)
        if low == high:
            return Choice(type="choice", values=[low])
        return self.model_copy(update={"low": low, "high": high})


class Choice(_Hyperparameter):
    """One of a list of values of one kind: words, whole numbers or real numbers."""

    type: Literal["choice"]
    values: list[Any] = Field(description="The values to choose from.", min_length=1)

    @field_validator("values")
    @classmethod
    def _check_values(cls, values):
        values = [_scientific(value) for value in values]
        kinds = {type(value) for value in values}
        if kinds == {int, float}:
            values, kinds = [float(value) for value in values], {float}
        if len(kinds) > 1 or not kinds <= {str, int, float, bool}:
            raise ValueError(
                f"{shown(values)} must be all words, all numbers, or all true and false"
            )
        if any(type(value) is float and not math.isfinite(value) for value in values):
            raise ValueError(f"{shown(values)} contains a number that is not finite")
        if any(type(value) is str and not value.isprintable() for value in values):
            raise ValueError(f"{shown(values)} contains a word that cannot be printed")
        if len(set(values)) < len(values):
            raise ValueError(f"{shown(values)} contains a value twice")
        return values

    def at(self, u: float) -> Any:
        """The value at ``u`` in [0, 1): every value owns an equal share."""
        return self.values[math.floor(u * len(self.values))]

    def size(self) -> int:
        return len(self.values)

    def contains(self, value: Any) -> bool:
        return any(type(value) is type(allowed) and value == allowed for allowed in self.values)

    def clip(self, value: Any) -> Any:
        return value

    def narrowed(self, values: list[Any]) -> "Choice":
        return self.model_copy(update={"values": [v for v in self.values if v in values]})


class Boolean(_Hyperparameter):
    """True or false."""

    type: Literal["boolean"]

    def at(self, u: float) -> bool:
        """The value at ``u`` in [0, 1)."""
        return u >= 0.5

    def size(self) -> int:
        return 2

    def contains(self, value: Any) -> bool:
        return type(value) is bool

    def clip(self, value: Any) -> Any:
        return value

    def narrowed(self, values: list[bool]) -> "Boolean | Choice":
        if len(set(values)) == 2:
            return self
        return Choice(type="choice", values=values[:1])


Hyperparameter = Annotated[Int | Float | Choice | Boolean, Field(discriminator="type")]


class SearchSpace(RootModel[dict[Name, Hyperparameter]]):
    """All hyperparameters of an experiment, in the order of the configuration file."""

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="after")
    def _check_not_empty(self):
        if not self.root:
            raise ValueError("name at least one hyperparameter")
        return self

    def __iter__(self):
        return iter(self.root)

    def __getitem__(self, name: str) -> Hyperparameter:
        return self.root[name]

    def __len__(self) -> int:
        return len(self.root)

    def items(self):
        return self.root.items()

    def definition(self) -> dict[str, dict[str, Any]]:
        """The space as plain data, without the words that explain it."""
        return {name: hyperparameter.definition() for name, hyperparameter in self.items()}

    def size(self) -> float:
        """Number of distinct configurations; infinite where a real number has no step."""
        return math.prod(hyperparameter.size() for hyperparameter in self.root.values())

    def configure(self, choose: Callable[[str, Hyperparameter], Any]) -> Configuration:
        """The configuration in which each hyperparameter has the value that ``choose`` gives it."""
        return {name: choose(name, hyperparameter) for name, hyperparameter in self.items()}

    def sample(self, rng: np.random.Generator) -> Configuration:
        """Draw one configuration, each hyperparameter independently on its scale."""
        return self.configure(lambda name, hyperparameter: hyperparameter.at(rng.random()))

    def sample_distinct(
        self,
        count: int,
        rng: np.random.Generator,
        seen: list[Configuration] | None = None,
    ) -> list[Configuration]:
        """Draw configurations that differ from each other and from those already ``seen``.

        Raises
        ------
        ValueError
            If the space holds too few configurations. A draw that repeats itself ten thousand
            times counts as that: a finite space is as good as used up by then.
        """
        known = {_key(configuration) for configuration in seen or []}
        configurations: list[Configuration] = []
        misses = 0
        while len(configurations) < count:
            configuration = self.sample(rng)
            if _key(configuration) in known:
                misses += 1
                if misses == 10_000:
                    raise ValueError(
                        f"the search space holds fewer than {len(known) - len(seen or []) + 1}"
                        f" further configurations, but {count} are asked for"
                    )
                continue
            misses = 0
            known.add(_key(configuration))
            configurations.append(configuration)
        return configurations

    def clip(self, configuration: Configuration) -> Configuration:
        """Move values that a tuner pushed over a bound back to the bound.

        keras-tuner's Bayesian optimization can return ``high + 1`` for a whole number on a log
        scale. Values inside the space come back unchanged.

        Raises
        ------
        ValueError
            If a hyperparameter is missing, unknown, or not one of its allowed values.
        """
        if set(configuration) != set(self.root):
            raise ValueError(
                f"a configuration needs exactly the hyperparameters {sorted(self.root)},"
                f" not {sorted(configuration)}"
            )
        clipped = {name: hp.clip(configuration[name]) for name, hp in self.items()}
        for name, value in clipped.items():
            if not self[name].contains(value):
                raise ValueError(f"{name}: {value!r} is not in {self[name].definition()}")
        return clipped

    def narrowed(self, configurations: list[Configuration]) -> "SearchSpace":
        """The smallest space of the same shape that holds all the given configurations."""
        return SearchSpace(
            {name: hp.narrowed([c[name] for c in configurations]) for name, hp in self.items()}
        )


def _key(configuration: Configuration) -> tuple:
    return tuple(sorted(configuration.items()))
