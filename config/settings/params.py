"""params.yaml: the values DVC tracks."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.settings.base import Closed, Name, PositiveShare

Strategy = Literal["time", "group", "fingerprint", "time+group", "time+fingerprint", "group+fingerprint"]
AtLeastOne = Annotated[int, Field(ge=1)]


class Split(Closed):
    """How rows are parted into train, tune and promotion."""

    strategy: Strategy = Field(description="By time, by entity, by the fingerprint of the features, or by two of them.")
    tune: PositiveShare = Field(default=0.15, description="Share of rows that tuning is scored on.")
    promotion: PositiveShare = Field(default=0.15, description="Share kept for champion against challenger alone.")
    gap_hours: float = Field(default=0.0, ge=0, le=87_660, description="By time: hours left out before each cut.")
    horizon_hours: float = Field(
        default=0.0, ge=0, le=87_660, description="By time: hours until a label is known; later rows cannot teach."
    )
    required: dict[Name, dict[Name, AtLeastOne]] = Field(
        default_factory=dict, description="Column, value, and the rows of it that every part must have."
    )
    seed: int = Field(default=0, ge=0, description="Seed of the fingerprint.")

    @property
    def criteria(self) -> tuple[str, ...]:
        """What rows are parted by: time, group, fingerprint."""
        return tuple(self.strategy.split("+"))

    @model_validator(mode="after")
    def _spans_need_time(self) -> "Split":
        for name, hours in (("gap_hours", self.gap_hours), ("horizon_hours", self.horizon_hours)):
            if hours and "time" not in self.criteria:
                raise ValueError(
                    f"{name} {hours:g} means nothing to strategy {self.strategy!r}: it does not go by time"
                )
        return self

    @model_validator(mode="after")
    def _leaves_training(self) -> "Split":
        if self.tune + self.promotion >= 0.9:
            raise ValueError(f"tune {self.tune} + promotion {self.promotion} leave under a tenth for training")
        return self


class Search(Closed):
    """The search for the best candidate."""

    candidates: tuple[Name, ...] = Field(min_length=1, description="Families of tasks/estimators.py to search.")
    trials: int = Field(default=8, ge=1, le=1000, description="Trials in all.")
    timeout_seconds: int = Field(default=1800, ge=10, description="No new trial starts after this.")
    sample_rows: int = Field(default=60_000, ge=100, description="Rows a trial is fitted on; the winner gets them all.")
    seed: int = Field(default=0, ge=0, description="Seed of sampler, sample and estimators.")


class Metrics(Closed):
    """What a model is measured by; names of tasks/metrics.py."""

    primary: Name = Field(description="The metric that decides.")
    guarded: tuple[Name, ...] = Field(default=(), description="Metrics that must not get worse.")
    confidence: PositiveShare = Field(default=0.95, description="Level of every interval.")
    resamples: int = Field(default=1000, ge=100, le=100_000, description="Bootstrap resamples.")


class Params(Closed):
    """Split, search and metrics."""

    split: Split = Field(description="How rows are parted.")
    slices: tuple[Name, ...] = Field(default=(), description="Categorical columns whose values are looked at apart.")
    search: Search = Field(description="What is tried.")
    metrics: Metrics = Field(description="What is measured.")
