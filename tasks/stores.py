"""Where a release keeps its things, and what it takes stock of before it moves anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm
from config.settings import Settings
from tasks import files, registry
from tasks.ledger import Entry, Kind, Ledger
from tasks.registry import Registry
from tasks.tracking import provenance

EVIDENCE = (
    "training/training.json", "training/leaderboard.json", "evaluation/evaluation.json", "comparison.json",
    "release.json",
)  # fmt: skip
PROMOTION_SET = Path("data/prepared/promotion.parquet")
BACKWARDS = timedelta(minutes=5)


@dataclass(frozen=True)
class Stores:
    """Where a release keeps its things: registry, ledger, the folder of state and the folder of reports."""

    registry: Registry
    ledger: Ledger
    state: Path = Path(".lifecycle")
    reports: Path = Path("reports")

    def record(self, kind: Kind, body: Any) -> Entry:
        """Append to the ledger and mirror its head."""
        entry = self.ledger.append(kind, body)
        self.registry.remember_head(entry)
        return entry

    def trusted(self) -> list[Entry]:
        """Read the ledger, whole and as the registry remembers it; otherwise an IntegrityAlarm."""
        remembered = self.registry.remembered_head()
        entries = self.ledger.trusted(remembered)
        if remembered is None and any(e.kind in (Kind.INTENT, Kind.DONE) for e in entries):
            raise IntegrityAlarm(
                f"{self.registry.model} in the registry has lost its tag ledger_head, or is another one",
                expected="the head of the ledger, mirrored",
                next_step="restore the registry's database; to begin anew, move the ledger's folder away",
            )  # fmt: skip
        if entries and files.now() < datetime.fromisoformat(entries[-1].time) - BACKWARDS:
            raise IntegrityAlarm(
                f"the clock stands before the last ledger entry ({entries[-1].time})", expected="a clock that is right",
                next_step="set the clock, then run the command again",
            )  # fmt: skip
        return entries


@dataclass(frozen=True)
class Facts:
    """What a decision must speak of, as it is at this moment."""

    commit: str | None
    dirty: bool
    lock_sha256: str | None
    data_version: str | None
    promotion_sha256: str | None
    policy_sha256: str
    report_sha256: str
    waivers: tuple[dict[str, Any], ...]


def facts(settings: Settings, *, reports: Path) -> Facts:
    """Take stock of source, environment, data, policy, evidence and waivers."""
    source = provenance()
    evidence = {name: files.sha256_file(reports / name) for name in EVIDENCE if (reports / name).is_file()}
    return Facts(
        commit=source.commit,
        dirty=source.dirty,
        lock_sha256=source.lock_sha256,
        data_version=source.data_revision,
        promotion_sha256=files.sha256_file(PROMOTION_SET) if PROMOTION_SET.is_file() else None,
        policy_sha256=files.sha256_json(settings.policy),
        report_sha256=files.sha256_json(evidence),
        waivers=tuple(waiver.model_dump(mode="json") for waiver in settings.waivers.waivers),
    )


def open_stores(settings: Settings) -> Stores:
    """Open registry and ledger of this project (LifecycleError where the registry does not answer)."""
    return Stores(registry.connect(settings), Ledger(Path(settings.runtime.ledger)))
