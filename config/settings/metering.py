"""policy.yaml, `metering`: what a phase may take before somebody is told."""

from pydantic import Field

from config.settings.base import Closed, Share


class Metering(Closed):
    """When a phase takes too long, a month too much, and a worker waits too much."""

    duration_factor: float = Field(default=3.0, gt=1, description="Times its usual duration that a phase may take.")
    slack_seconds: float = Field(default=30.0, ge=0, description="Seconds on top: short phases vary more.")
    least_runs: int = Field(default=3, ge=1, le=100, description="Fewer earlier runs make no usual duration.")
    budget_share: Share = Field(default=0.8, gt=0, description="Share of `budget.monthly` at which somebody is told.")
    idle_share: Share = Field(
        default=0.5, description="Most of a worker's time in which it may neither use a processor nor wait for one."
    )
    leftover: int = Field(default=0, ge=0, description="Processes that preparing data may leave behind.")
