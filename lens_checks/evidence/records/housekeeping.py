"""What housekeeping left behind."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Removed(Record):
    """How much of one kind was deleted, and how much is still there that should not be."""

    files: int
    bytes: int
    left: int


@dataclass(frozen=True, kw_only=True)
class Idle(Record):
    """A process of this project that stands idle."""

    kind: str
    pid: int
    minutes: float


@dataclass(frozen=True, kw_only=True)
class Housekeeping(Record):
    """The last housekeeping: reports/housekeeping.json."""

    made: datetime
    flow_run_id: str | None
    removed: dict[str, Removed]
    idle: tuple[Idle, ...]

    def faults(self, now: datetime, days: int, *kinds: str) -> list[str]:
        """Say why it does not count: too long ago, run by nobody, or not done for one of some kinds."""
        age, faults = now - self.made, []
        if not timedelta(minutes=-5) <= age <= timedelta(days=days):
            faults.append(f"the last housekeeping was {age.days} days ago, {days} are allowed")
        if not self.flow_run_id:
            faults.append("the housekeeping names no flow run that it belongs to")
        for kind in kinds:
            if (done := self.removed.get(kind)) is None:
                faults.append(f"nothing looked for {kind} to delete")
            elif done.left:
                faults.append(f"{done.left} {kind} are beyond their time, and could not be deleted")
        return faults
