"""Reliability in operation: an earlier endpoint can be had back, in time, and capacity follows the load."""

from config.settings import Charter, Policy, Runtime
from config.settings.serving import Serving
from lens_checks import delivery, sizing
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, not_applicable, not_met
from lens_checks.evidence.records import Backup, Clock, Drill, Drills, Ledger, Registry, Release, at_least, at_most


@check(
    "MLREL-13",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle drill restore` and `lifecycle backup`; docs/operate.md says what each needs.",
)
def an_earlier_endpoint_can_be_restored(
    drills: Drills, backup: Backup, registry: Registry, ledger: Ledger, clock: Clock, policy: Policy
) -> Verdict:
    """An earlier endpoint was built again from registry, source and settings, in time, and backups are fresh."""
    drill, recovery = delivery.drill_named(drills, "restore"), policy.recovery
    faults = [*delivery.of_drill(drill, ledger, clock, recovery), *_of_restoring(drill, registry, ledger)]
    if not at_most(drill.seconds, recovery.rto_seconds):
        faults.append(f"the restore took {drill.seconds:g} s, {recovery.rto_seconds:g} s are allowed")
    faults += [*delivery.of_record(backup.account, ledger), *delivery.of_backup_age(backup.account, clock, recovery)]
    if not backup.intact or not backup.account.passed:
        faults.append(f"the backup in {backup.folder or 'no folder'} is not there, or not as it was written")
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"version {drill.version} served again in {drill.seconds:g} s of {recovery.rto_seconds:g} s (entry "
        f"{drill.entry}), "
        f"backup of {backup.account.made:%Y-%m-%d} verified (entry {backup.account.entry})"
    )


def _of_restoring(drill: Drill, registry: Registry, ledger: Ledger) -> list[str]:
    """Hold what was restored against the registry, and the answers against the golden rows."""
    version = next((v for v in registry.versions if v.version == drill.version), None)
    if version is None:
        return [f"version {drill.version} of the restore drill is not registered"]
    about, faults = drill.about, []
    named = {"digest": version.tags.get("digest"), "package_digest": version.tags.get("package")}
    faults += [f"it restored another {name}" for name, said in named.items() if not said or about.get(name) != said]
    golden, source = about.get("golden"), about.get("source")
    if not (isinstance(golden, dict) and golden.get("matched") is True and at_least(golden.get("rows"), 1)):
        faults.append("the golden rows were not answered alike")
    if not (isinstance(source, dict) and source.get("lock") is True and source.get("settings") is True):
        faults.append("lock or settings were not those it was made with")
    if about.get("signature_verified") is not True:
        faults.append("its signature was not verified")
    if delivery.earlier(ledger, drill) and drill.version == about.get("champion"):
        faults.append("it restored the champion, though another version served before")
    return faults


@check(
    "MLREL-12",
    phase=Phase.MONITORING,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle drill scale`; `serving.scaling` in config/runtime.yaml is the policy (docs/hosting.md).",
)
def capacity_follows_the_load(
    charter: Charter, runtime: Runtime, policy: Policy, release: Release, drills: Drills, ledger: Ledger, clock: Clock
) -> Verdict:
    """Levels are kept up to the peak; a drill shows that the policy adds workers under load and ends them after it."""
    usage, serving = sizing.profile(charter), runtime.serving
    if usage.kind == "batch":
        return not_applicable("rows are answered in batches, one after another: no capacity has to follow requests")
    if faults := sizing.up_to_peak(usage, sizing.measured(release, usage), serving.most_workers):
        return not_met("; ".join(faults))
    if serving.most_workers == serving.workers:
        return not_met(f"{serving.workers} workers are the fewest and the most: none is added under load")
    drill = delivery.drill_named(drills, "scale")
    if faults := [*delivery.of_drill(drill, ledger, clock, policy.recovery), *_of_scaling(drill, serving)]:
        return not_met("; ".join(faults[:5]))
    return met(
        f"the levels are kept at the peak of {usage.peak.figure:g}; {drill.about['at_rest']} to "
        f"{drill.about['under_load']} workers in {drill.seconds:g} s of load and back (entry {drill.entry})"
    )


def _of_scaling(drill: Drill, serving: Serving) -> list[str]:
    """Hold what was practised against the policy in force: workers added under load, gone after it, nothing failed."""
    rules, about = serving.scaling, drill.about
    applied = {"least": serving.workers, "most": serving.most_workers, "metric": rules.metric, "above": rules.above,
               "below": rules.below}  # fmt: skip
    faults = [] if about.get("policy") == applied else ["another policy was practised than the one in force"]
    under_load, requests = about.get("under_load"), about.get("requests")
    if about.get("at_rest") != serving.workers or about.get("after") != serving.workers:
        faults.append(f"before and after the load {serving.workers} workers were expected")
    if not (isinstance(under_load, int) and serving.workers < under_load <= serving.most_workers):
        faults.append(f"{under_load} workers under load, no more than at rest or more than may be")
    if not (isinstance(requests, int) and requests > 0) or about.get("errors") != 0:
        faults.append(f"{about.get('errors')} of {requests} requests failed")
    return faults
