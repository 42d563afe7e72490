"""charter.yaml: business goal and problem framing, phases 1 and 2 of the lens."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from config.settings.base import Closed, Name, Share
from config.settings.economics import Alternative, BusinessCase
from config.settings.region import Allocation, Region
from config.settings.usage import Usage, Workload


class ProblemType(StrEnum):
    """What is predicted."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Kpi(Closed):
    """A business measure, tied to the model metric that stands for it at the gate."""

    name: Name = Field(description="What the business calls it.")
    unit: Name = Field(description="The unit it is counted in.")
    metric: Name = Field(description="The model metric (tasks/metrics.py) that stands for it.")
    baseline: float = Field(description="Its value today, without the model, in the metric's unit.")
    floor: float = Field(description="The worst value of the metric that is acceptable.")
    target: float = Field(description="The value of the metric that is aimed at.")
    max_error: str = Field(min_length=1, description="The largest error the business accepts, in words with a figure.")


class ErrorCosts(Closed):
    """What a wrong answer costs, in the charter's currency."""

    false_positive: float = Field(default=1.0, ge=0, description="Cost of acting on a false alarm.")
    false_negative: float = Field(default=1.0, ge=0, description="Cost of missing a case.")
    currency: Name = Field(default="EUR", description="Currency of the two figures.")


class Owners(Closed):
    """Who is answerable. Role names or people; the approver is never the model's author."""

    business: Name = Field(description="Owns the goal and signs the KPIs.")
    data: Name = Field(description="Accountable for the data.")
    model: Name = Field(description="Accountable for the model: its author.")
    operations: Name = Field(description="Accountable for the running service.")
    approver: Name = Field(description="Approves a promotion.")


class Explanation(Closed):
    """How explainable the model must be, agreed before training."""

    level: Literal["intrinsic", "global", "local"] = Field(description="The least explanation stakeholders accept.")
    method: Name = Field(default="permutation importance", description="How it is produced.")
    owner: Name = Field(description="Who asked for this level.")


class Fairness(Closed):
    """Protected attributes and their bounds, or the reason why there are none."""

    attributes: tuple[Name, ...] = Field(default=(), description="Columns that describe a protected group.")
    reason: str = Field(default="", description="Why no attribute is protected; needed when the list is empty.")
    conditioned_on: str = Field(
        default="", description="Column within whose values groups are compared before training; empty: none."
    )
    max_gap: Share = Field(default=0.1, description="Largest accepted gap of the guarded rate between two groups.")
    minimum_group: int = Field(default=100, ge=20, description="Groups smaller than this are answered unknown.")


class RuleBaseline(Closed):
    """The simple rule that the model must beat to be worth its cost."""

    column: str = Field(default="", description="Column the rule looks at; empty: the best constant answer.")
    threshold: float | None = Field(default=None, description="Rule for a class: positive where the column is above.")


class Budget(Closed):
    """What a run and a served model may spend."""

    training_cpu_hours: float = Field(default=2.0, gt=0, description="Most CPU hours of one training run.")
    cpu_hour_price: float = Field(default=0.05, ge=0, description="Price of a CPU hour in the charter's currency.")
    monthly: float | None = Field(default=None, gt=0, description="Most that all runs of a month may cost; none: open.")
    latency_p95_ms: float = Field(default=250.0, gt=0, description="Slowest accepted 95th percentile of one request.")
    memory_mib: float = Field(default=2048.0, gt=0, description="Most memory of one scoring process.")
    training_kwh: float = Field(default=0.1, gt=0, description="Most electricity, in kWh, for making one version.")
    kwh_per_million: float = Field(default=0.1, gt=0, description="Most electricity, in kWh, for a million answers.")
    watts_per_cpu: float = Field(
        default=3.5, gt=0, le=500, description="Power of a busy CPU; 3.5 W a virtual one (Cloud Carbon Footprint)."
    )
    power_overhead: float = Field(
        default=1.2, ge=1, le=5, description="Power of the whole data centre over that of its computers (PUE)."
    )
    grams_co2e_per_kwh: float = Field(
        default=480.0, ge=0, le=2000, description="Carbon intensity of the grid; 480 g is the world's average of 2023."
    )


class Component(Closed):
    """One of several models that answer the problem together."""

    purpose: str = Field(min_length=20, description="The one thing that it answers, in a sentence.")
    package: str = Field(
        pattern=r"^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*$",
        description="Its code, as others import it: no more.",
    )
    endpoint: Name = Field(description="Address that it is served at; those with one address share an endpoint.")


class Charter(Closed):
    """Business goal and problem framing: phases 1 and 2 of the lens."""

    project: Name = Field(description="Name of the project and of the registered model.", pattern=r"^[a-z][a-z0-9-]*$")
    goal: str = Field(min_length=20, description="What the business wants, in a sentence.")
    problem_type: ProblemType = Field(description="binary, multiclass or regression.")
    kpis: tuple[Kpi, ...] = Field(min_length=1, description="At least one measure of success.")
    error_costs: ErrorCosts = Field(default_factory=ErrorCosts, description="What a wrong answer costs.")
    owners: Owners = Field(description="Who is answerable for what.")
    explanation: Explanation = Field(description="How explainable the model must be.")
    fairness: Fairness = Field(description="Protected attributes, or why there are none.")
    rule_baseline: RuleBaseline = Field(default_factory=RuleBaseline, description="The rule that the model must beat.")
    budget: Budget = Field(default_factory=Budget, description="Limits of cost, latency and memory.")
    improvement_levers: tuple[Name, ...] = Field(
        default=(), description="What will be tried, from simple upward: families of tasks/estimators.py or features."
    )
    compute_nodes: int = Field(default=1, ge=1, description="Machines that one training run uses.")
    components: dict[Name, Component] = Field(
        default_factory=dict,
        description="Registered models that answer the problem together, this one among them; none: it answers alone.",
    )
    pretrained: bool = Field(default=False, description="Whether any part of the model was trained elsewhere.")
    business_case: BusinessCase | None = Field(default=None, description="What the project costs and brings.")
    alternatives: tuple[Alternative, ...] = Field(default=(), description="Custom and pretrained, weighed by figures.")
    region: Region = Field(default_factory=Region, description="Where the project runs, and how clean its electricity.")
    allocation: Allocation = Field(default_factory=Allocation, description="Whose budget pays, and for what place.")
    workload: Workload | None = Field(default=None, description="Size, memory and cadence that are aimed at.")
    usage: Usage | None = Field(default=None, description="What is asked of the served model, and how it is hosted.")
