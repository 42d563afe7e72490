"""Performance efficiency in operation: drift is measured and answered, and retraining starts by itself."""

from datetime import timedelta

from config.settings import Policy
from lens_checks.check import Checkpoint, Missing, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import Clock, Ledger, MonitoringHistory, Orchestration, Registry, at_least, finite


@check(
    "MLPER-14",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle monitor WINDOW` for the newest window, and `lifecycle retrain` for an alarm nobody answered.",
)
def drift_is_measured_and_answered(
    policy: Policy, registry: Registry, history: MonitoringHistory, ledger: Ledger, clock: Clock
) -> Verdict:
    """Every window is measured against the baseline of the served version; drift raises an alarm, and is answered."""
    last, limit = history.last, policy.monitoring.drift_psi
    if last.version != registry.aliases.get("champion"):
        raise Missing(f"a window of version {registry.aliases.get('champion')}, which serves now")
    if last.verdict == "unknown" or not last.features or last.baseline_sha256 is None:
        raise Missing(f"drift in the window of {last.name}: too few rows, or no baseline")
    untold = [n for n, drift in last.features.items() if not finite(drift.psi) and not drift.drifted]
    if untold:
        raise Missing(f"the drift of {', '.join(untold[:5])}")
    told = {n: drift for n, drift in last.features.items() if finite(drift.psi)}  # the rest is gone, which is drift
    wrong = [n for n, drift in told.items() if at_least(drift.psi, limit) is not drift.drifted]
    if wrong:
        return not_met(f"drift of {', '.join(wrong[:5])} was judged by another limit than {limit}")
    cadence = timedelta(days=policy.monitoring.freshness_days)
    if late := [w.name for w in history.unanswered(ledger) if clock.now - w.made > cadence]:
        return not_met(f"nothing answered the alarm of {', '.join(late[:5])}")
    alarmed = [window.name for window in history.windows if window.alarms]
    quiet = [window.name for window in history.windows if window.verdict == "ok"]
    if not alarmed or not quiet or history.unanswered(ledger):
        raise Missing("a window that raised an alarm and was answered, and one that rightly raised none")
    return met(f"{len(last.features)} features measured; {len(alarmed)} windows alarmed, {len(quiet)} did not")


@check(
    "MLPER-16",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle schedule serve`: it asks, by `retraining` in config/policy.yaml, whether there is a cause.",
)
def retraining_starts_by_itself_and_passes_the_same_gates(
    policy: Policy, orchestration: Orchestration, ledger: Ledger
) -> Verdict:
    """Retraining starts by itself when there is a cause, and what it makes passes the same gates or stays out."""
    if set(policy.retraining.causes) <= {"hand", "schedule"}:
        return not_met("config/policy.yaml lets neither drift, decay nor new data start a retraining")
    if ledger.breaks:
        return not_met(f"the ledger does not hold: {ledger.breaks[0]}")
    retrainings = ledger.retrainings
    if causeless := [str(e.number) for e in retrainings if not str(e.body.get("cause") or "").strip()]:
        return not_met(f"retraining without a cause: entry {', '.join(causeless[:5])}")
    passed = {(e.body["gate"], e.number) for gate in ("staging", "champion") for e in ledger.decisions(gate)}
    moved = ledger.of_kind("done")
    if aside := [e.number for e in moved if (e.body.get("alias"), e.body.get("decision")) not in passed]:
        return not_met(f"promoted without a passed decision: entry {', '.join(map(str, aside[:5]))}")
    if not (schedules := orchestration.scheduled("retrain")):
        raise Missing("a registered retraining schedule")
    if not retrainings:
        raise Missing("a retraining: none has taken place")
    return met(f"{', '.join(schedules)}; {len(retrainings)} retrainings, the last by {retrainings[-1].body['cause']}")
