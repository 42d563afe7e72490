"""Frozen, closed models of every configuration file, a module a file; each field described and bounded."""

from config.settings.base import Closed
from config.settings.charter import (
    Budget,
    Charter,
    Component,
    ErrorCosts,
    Explanation,
    Fairness,
    Kpi,
    Owners,
    ProblemType,
    RuleBaseline,
)
from config.settings.data import (
    Allowance,
    Column,
    ColumnType,
    Data,
    LeakSearch,
    Privacy,
    Role,
    Sensitivity,
    Source,
    Window,
)
from config.settings.economics import Alternative, BenefitLine, BusinessCase, CostLine
from config.settings.housekeeping import Housekeeping, Keep
from config.settings.metering import Metering
from config.settings.params import Metrics, Params, Search, Split
from config.settings.platform import Platform, Resource, Verb
from config.settings.policy import (
    Bounds,
    Comparison,
    Gate,
    Gates,
    Licences,
    Monitoring,
    Policy,
    Recovery,
    Reproduction,
    Retraining,
    Risk,
    Threshold,
)
from config.settings.region import Allocation, Grid, Region
from config.settings.runtime import Notify, Runtime
from config.settings.statements import Attestation, Attestations, NotApplicable, Waiver, Waivers
from config.settings.upkeep import Reviewing, Upkeep
from config.settings.usage import Agreed, Mode, Usage, Workload

__all__ = [
    "Agreed",
    "Allocation",
    "Allowance",
    "Alternative",
    "Attestation",
    "Attestations",
    "BenefitLine",
    "Bounds",
    "Budget",
    "BusinessCase",
    "Charter",
    "Closed",
    "Column",
    "ColumnType",
    "Comparison",
    "Component",
    "CostLine",
    "Data",
    "ErrorCosts",
    "Explanation",
    "Fairness",
    "Gate",
    "Gates",
    "Grid",
    "Housekeeping",
    "Keep",
    "Kpi",
    "LeakSearch",
    "Licences",
    "Metering",
    "Metrics",
    "Mode",
    "Monitoring",
    "NotApplicable",
    "Notify",
    "Owners",
    "Params",
    "Platform",
    "Policy",
    "Privacy",
    "ProblemType",
    "Recovery",
    "Region",
    "Reproduction",
    "Resource",
    "Retraining",
    "Reviewing",
    "Risk",
    "Role",
    "RuleBaseline",
    "Runtime",
    "Search",
    "Sensitivity",
    "Settings",
    "Source",
    "Split",
    "Threshold",
    "Upkeep",
    "Usage",
    "Verb",
    "Waiver",
    "Waivers",
    "Window",
    "Workload",
]


class Settings(Closed):
    """Every file together."""

    charter: Charter
    data: Data
    params: Params
    policy: Policy
    runtime: Runtime
    attestations: Attestations
    waivers: Waivers
