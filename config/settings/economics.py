"""charter.yaml, `business_case` and `alternatives`: what the project costs and brings, and what there is instead."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from config.settings.base import Closed, Name


class CostLine(Closed):
    """Something that the project costs, in the charter's currency."""

    name: Name = Field(description="What it is.")
    kind: Literal["development", "training", "serving", "upkeep"] = Field(description="Which part of the life it is.")
    once: float = Field(default=0.0, ge=0, description="What it costs once.")
    monthly: float = Field(default=0.0, ge=0, description="What it costs each month.")


class BenefitLine(Closed):
    """Something that the project brings, in the charter's currency."""

    name: Name = Field(description="What it is.")
    monthly: float = Field(ge=0, description="What it brings each month.")


class BusinessCase(Closed):
    """What the project costs and brings over its horizon, stated before it is built."""

    horizon_months: int = Field(ge=1, le=120, description="Months that are looked at.")
    costs: tuple[CostLine, ...] = Field(min_length=1, description="At least one line of each kind.")
    benefits: tuple[BenefitLine, ...] = Field(min_length=1, description="At least one line.")
    roi: float = Field(description="What it brings more than it costs over the horizon, as a share of what it costs.")
    opportunity: Name = Field(description="What the same people and money could do instead, and what that would bring.")
    risks: tuple[Name, ...] = Field(min_length=1, description="What could make the case fail.")
    requests_per_month: int = Field(ge=1, description="Answers that are reckoned with each month.")
    trainings_per_month: float = Field(default=1.0, gt=0, le=1000, description="Trainings that are reckoned with.")
    reassess: date = Field(description="The day by which the case is looked at again.")

    @property
    def cost(self) -> float:
        """All costs over the horizon."""
        return sum(line.once + line.monthly * self.horizon_months for line in self.costs)

    @property
    def benefit(self) -> float:
        """All benefits over the horizon."""
        return sum(line.monthly * self.horizon_months for line in self.benefits)

    def monthly(self, kind: str) -> float:
        """What is stated for each month of one kind of cost."""
        return sum(line.monthly for line in self.costs if line.kind == kind)

    @model_validator(mode="after")
    def _costs_something(self) -> "BusinessCase":
        if self.cost <= 0:
            raise ValueError("the costs add up to nothing: a return on nothing is no figure")
        return self


class Alternative(Closed):
    """A way to get a model that was weighed: made here, tuned from a pretrained one, or a pretrained one as it is."""

    name: Name = Field(description="What it is.")
    kind: Literal["custom", "fine-tuned", "pretrained"] = Field(description="Who trains it.")
    cost_monthly: float = Field(ge=0, description="What it costs each month, in the charter's currency.")
    quality: float = Field(description="Its value of the first KPI's metric.")
    latency_ms: float = Field(gt=0, description="Its time for an answer at the 95th percentile.")
    licence: Name = Field(description="Its licence or terms.")
    private: bool = Field(description="Whether the rows stay where the policy wants them.")
    chosen: bool = Field(default=False, description="Whether it is the one that was taken.")
