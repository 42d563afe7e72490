"""charter.yaml, `usage`: what is asked of the served model, how well it must answer, and how it is hosted for that."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from config.settings.base import Closed, Share


class Mode(StrEnum):
    """The ways to host a model that the lens knows."""

    REAL_TIME = "real-time"
    SERVERLESS = "serverless"
    ASYNCHRONOUS = "asynchronous"
    BATCH = "batch"


class Agreed(Closed):
    """A figure that the business agreed to, and why it is that one."""

    figure: float = Field(ge=0, description="The figure.")
    reason: str = Field(default="", max_length=500, description="Why the business needs it, and needs no better one.")


class Workload(Closed):
    """What is aimed at besides the levels of `usage`."""

    artifact_mib: Agreed = Field(description="Most MiB of the release.")
    memory_mib: Agreed = Field(description="Most MiB of one scoring process.")
    retrain_days: Agreed = Field(description="Days after which a new model is wanted.")


class Levels(Closed):
    """How well the service must answer at its peak; latencies of a batch are nobody's concern."""

    p50_ms: Agreed | None = Field(default=None, description="Most milliseconds of the median answer.")
    p95_ms: Agreed | None = Field(default=None, description="Most milliseconds of the 95th percentile.")
    p99_ms: Agreed | None = Field(default=None, description="Most milliseconds of the 99th percentile.")
    error_rate: Agreed = Field(description="Largest share of requests that may fail.")


class Usage(Closed):
    """The profile of the workload; load is counted in requests a second online, in rows a second for a batch."""

    kind: Literal["online", "batch"] = Field(description="Whether somebody waits for each answer.")
    traffic: Literal["steady", "spiky", "scheduled"] = Field(
        description="Steady through the day, idle between bursts, or at times that are known."
    )
    peak: Agreed = Field(description="Most load that is reckoned with, a second.")
    usual: Agreed = Field(description="Load of an ordinary hour, a second.")
    rows_per_request: int = Field(default=1, ge=1, le=1_000, description="Rows that callers send at once.")
    levels: Levels = Field(description="What the service must keep up to the peak.")
    headroom: float = Field(default=1.5, ge=1, le=10, description="Capacity is this many times the load.")
    spare: Agreed = Field(default=Agreed(figure=0), description="Workers beyond what the load asks for.")
    idlest: Share = Field(default=0.2, description="Least share of its CPU that each of several workers uses at peak.")
    busiest: Share = Field(default=0.7, description="Most share of its CPU that a worker uses at the peak.")
    disk_free_mib: float = Field(default=200.0, ge=0, description="Least free space where the server writes.")
    generous: float = Field(
        default=3.0, ge=1, description="Times better than agreed, from which less would be enough for the business."
    )
    mode: Mode = Field(default=Mode.REAL_TIME, description="How it is hosted.")
    reason: str = Field(
        default="", max_length=500, description="Why so, where the profile or the price speaks against it."
    )
    prices: dict[Mode, float] = Field(
        default_factory=dict, description="Price of a CPU hour in modes that may be had elsewhere; none: not on offer."
    )
    dearer: float = Field(
        default=0.2, ge=0, le=10, description="Share by which the mode may cost more than the cheapest."
    )

    @model_validator(mode="after")
    def _holds_together(self) -> "Usage":
        if self.kind == "online" and None in (self.levels.p50_ms, self.levels.p95_ms, self.levels.p99_ms):
            raise ValueError("somebody waits for each answer: levels needs p50_ms, p95_ms and p99_ms")
        if not 0 < self.usual.figure <= self.peak.figure:
            raise ValueError("usual.figure lies above 0 and is at most peak.figure")
        if self.spare.figure != int(self.spare.figure):
            raise ValueError("spare.figure counts whole workers")
        if self.idlest >= self.busiest:
            raise ValueError("idlest is less than busiest")
        if any(price < 0 for price in self.prices.values()):
            raise ValueError("no price is below 0")
        return self

    @property
    def latencies(self) -> dict[str, Agreed]:
        """The latencies that were agreed, by the name of their figure."""
        told = {name: getattr(self.levels, name) for name in ("p50_ms", "p95_ms", "p99_ms")}
        return {name: agreed for name, agreed in told.items() if agreed is not None}
