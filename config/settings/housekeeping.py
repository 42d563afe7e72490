"""policy.yaml, `housekeeping`: how long what is stored is kept, and where; what may stand idle."""

from typing import Literal

from pydantic import Field

from config.settings.base import Closed, Name


class Keep(Closed):
    """How a class of data is kept."""

    days: int = Field(ge=1, le=36_500, description="Files older than this are beyond their time.")
    tier: Literal["hot", "cold"] = Field(default="hot", description="On this disk, or on a slower and thriftier one.")
    delete: bool = Field(default=False, description="Whether files beyond their time are deleted, or only told of.")


class Housekeeping(Closed):
    """How long what is stored is kept, and what may stand idle."""

    keep: dict[Literal["landed", "prepared", "quarantine"], Keep] = Field(
        default={"landed": Keep(days=3650), "prepared": Keep(days=3650), "quarantine": Keep(days=90, delete=True)},
        description="Each folder of rows under data/, and how it is kept.",
    )
    orphan_days: int = Field(
        default=30, ge=1, le=3650, description="What no run, version or revision names is deleted when older than this."
    )
    log_days: int = Field(
        default=90, ge=32, le=3650, description="Logs of runs, and what their phases took, are kept for so long."
    )
    days: int = Field(default=35, ge=1, le=366, description="A housekeeping longer ago than this shows nothing.")
    idle_minutes: float = Field(default=60.0, ge=1, description="A process younger than this may wait.")
    idle_share: float = Field(default=0.001, gt=0, le=1, description="One that used less of a CPU than this is idle.")
    may_idle: dict[Name, str] = Field(
        default={"Prefect": "it keeps the calendar"}, description="What may stand idle, each with the reason."
    )
