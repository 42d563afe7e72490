"""Data preparation: land the source, then audit, profile, part and search the rows, judge them, and publish."""

if __name__ == "__main__":  # first, because the server must start before Prefect is imported
    from flows import stages

    stages.run("flows.data_preparation", "prepare")

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from config.errors import GateRefused
from config.settings import Data, Settings
from config.writing import write_columns
from flows import review
from flows.patience import passes
from lens_checks.bounds import Blocking
from lens_checks.check import Outcome
from lens_checks.gates import GateOutcome
from tasks import describing, difference, expiry, gaps, landing, leakage, parts, preparing, versioning
from tasks.failpoints import failpoint
from tasks.landing import Manifest
from tasks.preparing import Landed

if TYPE_CHECKING:
    from tasks.audit import Audit

SHOWN = 5
MINE = ["data"]


@dataclass(frozen=True)
class Prepared:
    """What was published: rows by part, and how many were set aside."""

    rows: dict[str, int]
    quarantined: int
    ledger_entry: int


land = task(
    name="Land the source", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=1800, retries=2,
    retry_delay_seconds=[1, 5], retry_condition_fn=passes,
)(landing.land)  # fmt: skip
take_snapshot = task(
    name="Take the snapshot into DVC", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=900, retries=2,
    retry_delay_seconds=[1, 5], retry_condition_fn=passes,
)(versioning.snapshot)  # fmt: skip
read_landed = task(
    name="Read the landed rows", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=900, retries=2,
    retry_delay_seconds=[1, 5], retry_condition_fn=passes,
)(preparing.read_landed)  # fmt: skip
part_rows = task(name="Part the rows", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=3600)(preparing.part_rows)
search_leaks = task(name="Search for leaks", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=3600)(
    leakage.search_for_leaks
)
write_attempt = task(name="Write the attempt", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=3600)(
    preparing.write_attempt
)
write_difference = task(name="Compare with the data before", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=3600)(
    difference.write
)
expire = task(name="Remove what is too old", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=900)(expiry.expire)


@flow(name="Landing", flow_run_name="Landing for {settings.charter.project}", validate_parameters=False)
def land_snapshot(settings: Settings, until: date | None = None) -> Manifest:
    """Land the source under DVC, up to `until` or to where it was landed last; without change it stays as it is."""
    before = landing.landed(preparing.LANDED)
    window = landing.window_to_land(settings.data, before, until=until)
    manifest = land(settings.data, window=window, destination=preparing.LANDED)
    difference.settle(preparing.LANDED, preparing.PREPARED)
    take_snapshot(preparing.LANDED)
    expire(settings.data, captured=Path(settings.runtime.serving.capture.folder))
    return manifest


@flow(
    name="Data preparation", flow_run_name="Data preparation for {settings.charter.project}", validate_parameters=False
)
def prepare(settings: Settings, cause: str = "hand") -> Prepared:
    """Publish the landed rows in three parts, if contract, search for leaks and data checkpoint let them."""
    preparing.recover_published()
    landed = read_landed()
    failpoint("prepare.read")
    audited = audit_rows(landed, settings.data)
    preparing.begin_attempt(audited, settings.data)
    faults = attempt(audited, settings) if audited.validation.success else []
    outcome = with_faults(review.decide("data", settings, attempt=True), faults)
    entry = review.record(outcome, settings, cause=cause)
    refuse_unless_passed(outcome, audited, entry=entry.number)
    return Prepared(preparing.publish(), audited.validation.quarantined, entry.number)


@task(name="Audit the rows against the contract", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=3600)
def audit_rows(landed: Landed, data: Data) -> "Audit":
    """Audit with Great Expectations, whose import is the dearest of all: only when there is something to audit."""
    from tasks import audit

    return audit.audit(landed.rows, data, data_sha256=landed.manifest.sha256, docs=preparing.DOCS)


def attempt(audited: "Audit", settings: Settings) -> list[str]:
    """Part the rows that passed, search the parts, write both for the checkpoint to judge; give the split's faults."""
    parted = part_rows(audited, settings)
    if faults := [*parts.weaknesses(parted, settings.data, settings.params.split), *gaps.risen(parted, settings.data)]:
        return faults
    sha256 = audited.validation.data_sha256
    found = search_leaks(parted, settings.data, settings.policy.bounds, data_sha256=sha256)
    write_attempt(audited, parted, found, settings)
    write_difference(parted, settings.data, landed=preparing.LANDED, attempt=preparing.ATTEMPT, data_sha256=sha256)
    return []


def with_faults(outcome: GateOutcome, faults: list[str]) -> GateOutcome:
    """Hold the split's own faults against the data, beside what the lens found."""
    fix = "Mend or add rows, or change `split` in config/params.yaml."
    held = tuple(Blocking(bound="split", verdict=Outcome.NOT_MET, because=fault, fix=fix) for fault in faults)
    return replace(outcome, passed=outcome.passed and not held, blocking=(*held, *outcome.blocking))


def refuse_unless_passed(outcome: GateOutcome, audited: "Audit", *, entry: int) -> None:
    """Raise GateRefused with what was seen first, unless the data may be published."""
    audit = audited.validation
    if outcome.passed and audit.success:
        return
    seen = [rule.sentence for rule in audit.broken if rule.unexpected] or [
        blocking.because for blocking in outcome.blocking
    ]
    fixes = [blocking.fix for blocking in outcome.blocking if blocking.fix]
    if audit.broken:
        aside = f" and {preparing.quarantine(audit.data_sha256)}" if audit.quarantined else ""
        fixes = [f"read {preparing.DOCS}/index.html{aside}, correct or withdraw the rows, then `lifecycle run`"]
    raise GateRefused(
        f"the data was refused (ledger entry {entry}): {'; '.join(seen[:SHOWN])}",
        expected="data that keeps its contract and leaks nothing; what was published last stays",
        next_step=fixes[0] if fixes else "lifecycle plan",
    )


@task(name="Describe the columns", tags=MINE, cache_policy=NO_CACHE, timeout_seconds=3600)
def describe_source(settings: Settings, root: Path = Path(".")) -> Settings:
    """Describe the file's columns into config/data.yaml if nobody has yet, and give the settings with them."""
    if settings.data.columns:
        return settings
    rows = landing.read_rows(settings.data, window=None)
    columns = describing.describe_columns(rows, settings.data.target, settings.charter.problem_type)
    write_columns(root, columns)
    return settings.model_copy(update={"data": settings.data.model_copy(update={"columns": columns})})
