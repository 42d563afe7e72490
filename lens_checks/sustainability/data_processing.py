"""Sustainability while data is processed: nothing idles, and what is kept takes little room, no longer than needed."""

from datetime import timedelta

from config.settings import Policy
from lens_checks import delivery, metering
from lens_checks.check import Checkpoint, Effort, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import Clock, Housekeeping, Landing, Metering, Orchestration, Storage

BARE = frozenset({None, "NONE", "UNCOMPRESSED"})
COLUMNAR = (".parquet", ".feather")


@check(
    "MLSUS-05",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.DATA,
    fix="Give each class days and a tier under `housekeeping.keep` in config/policy.yaml, then `lifecycle run`.",
    effort=Effort.SMALL,
)
def data_is_kept_as_its_class_asks(
    policy: Policy, storage: Storage, housekeeping: Housekeeping, clock: Clock
) -> Verdict:
    """Each class of data has a time and a tier, housekeeping keeps to them, and no byte is beyond its time."""
    rules = policy.housekeeping
    classes = sorted({file.path.split("/")[1] for file in storage.files})
    if lacking := [name for name in classes if name not in rules.keep]:
        return not_met(f"nothing says how long {', '.join(lacking)} is kept")
    if faults := housekeeping.faults(clock.now, rules.days, "rows"):
        return not_met("; ".join(faults[:5]))
    days = {file.path: dict(rules.keep)[file.path.split("/")[1]].days for file in storage.files}  # type: ignore[index]
    late = [file for file in storage.files if clock.now - file.modified > timedelta(days=days[file.path])]
    if late:
        return not_met(f"{sum(f.size for f in late)} bytes beyond their time: {', '.join(f.path for f in late[:5])}")
    told = (f"{name} {keep.days} days {keep.tier}" for name, keep in rules.keep.items() if name in classes)
    return met(f"{', '.join(told)}; nothing beyond its time, last seen to {housekeeping.made:%Y-%m-%d}")


@check(
    "MLSUS-06",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.DEVELOPMENT,
    fix="Write rows as compressed Parquet (tasks/preparing.py does), and delete copies under data/.",
    effort=Effort.SMALL,
)
def data_takes_little_room(
    policy: Policy, storage: Storage, landing: Landing, housekeeping: Housekeeping, clock: Clock
) -> Verdict:
    """Rows are columnar and compressed, no content is stored twice, and what nothing names is deleted."""
    loose = [f.path for f in storage.files if not f.path.endswith(COLUMNAR) or f.compression in BARE]
    if loose:
        return not_met(f"not columnar or not compressed: {', '.join(loose[:5])}")
    seen: dict[str, str] = {}
    twins = [f"{f.path} is {first}" for f in storage.files if (first := seen.setdefault(f.sha256, f.path)) != f.path]
    if twins:
        return not_met(f"stored twice: {', '.join(twins[:5])}")
    if faults := housekeeping.faults(clock.now, policy.housekeeping.days, "cache"):
        return not_met("; ".join(faults[:5]))
    raw = need(storage.source_bytes, "the size of the sources that the rows came from")
    landed = sum(file.size for file in storage.files if file.path.startswith("data/landed/"))
    how = ", ".join(sorted({str(file.compression) for file in storage.files}))
    return met(f"{len(storage.files)} files, {how}; {landing.rows} rows in {landed / max(raw, 1):.0%} of their source")


@check(
    "MLSUS-04",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Let `lifecycle schedule serve` start the runs; read reports/metering.json for what waited or ran again.",
)
def pipelines_wake_when_there_is_work(policy: Policy, metered: Metering, orchestration: Orchestration) -> Verdict:
    """Runs are started by a calendar or an event, wait little, leave nothing behind, and skip what is up to date."""
    faults = delivery.known(
        lambda: metering.of_triggers(metered, orchestration), lambda: metering.of_idleness(metered, policy)
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    skipped, stages = metering.skipped(metered)
    return met(
        f"{', '.join(orchestration.scheduled('retraining'))}; no processor used {metered.idle_share:.0%} of the time; "
        f"{skipped} of {stages} stages were up to date and skipped, none of the rest needlessly"
    )
