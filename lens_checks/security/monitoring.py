"""Security in operation: who may call the model, who gets at the data, and what is unusual about it."""

from config.settings import Policy, Runtime
from lens_checks import doors, living
from lens_checks.check import Checkpoint, Effort, Missing, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import AccessAudit, Clock, ConsumerList, Release


@check(
    "MLSEC-12",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="`lifecycle keys list`, then renew or revoke; `serving` in config/runtime.yaml has host, keys and certificate.",
    effort=Effort.SMALL,
)
def only_listed_consumers_reach_the_model(
    runtime: Runtime, release: Release, listed: ConsumerList, clock: Clock
) -> Verdict:
    """Only consumers on a list that is looked over get an answer, encrypted on its way, and the log names them."""
    tried, serving = need(release.access, "a trial of the server's doors: `lifecycle run` makes one"), runtime.serving
    faults = [*doors.of_entry(tried), *doors.of_consumers(listed, clock), *doors.of_settings(serving)]
    if faults:
        return not_met("; ".join(faults[:5]))
    alone = doors.is_loopback(serving.host)
    where = "reached from this machine alone" if alone else f"encrypted on {serving.host} by the server's certificate"
    return met(
        f"without a key {tried.anonymous}, with a false one {tried.unknown}, with a known one {tried.known}, named in "
        f"the log; {where}; {len(listed.consumers)} consumers on the list, none past its day"
    )


@check(
    "MLSEC-13",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Feed the log of accesses to the data into reports/accesses.json, and plant an unusual one that must alert.",
    effort=Effort.LARGE,
)
def unusual_access_to_data_raises_an_alert(policy: Policy, audit: AccessAudit, clock: Clock) -> Verdict:
    """Who got at which data is logged and kept, and access out of pattern raises an alert, as a planted one shows."""
    if old := living.too_old("the audit of accesses", audit.made, clock, days=policy.upkeep.access_days):
        return not_met(old)
    if audit.entries < 1 or audit.people < 1:
        raise Missing("a single access in the log of the period: is it fed at all?")
    if not audit.classified:
        return not_met("the log does not say how sensitive what was read is")
    if audit.retention_days < policy.upkeep.access_retention_days:
        return not_met(f"kept for {audit.retention_days} days, {policy.upkeep.access_retention_days} are asked for")
    if silent := [access for access in audit.unusual if not (access.alert or "").strip()]:
        return not_met(f"{silent[0].who} got at {silent[0].what} out of pattern, and no alert was raised")
    planted = [access for access in audit.unusual if access.planted]
    if not planted:
        raise Missing("an access out of pattern that was planted to see whether it raises an alert")
    return met(f"{audit.entries} accesses of {audit.people} people; {len(audit.unusual)} unusual, each with an alert")
