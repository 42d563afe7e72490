"""Operational excellence while data is processed: what is learned from was audited, and how is on record."""

from config.settings import Data
from lens_checks import delivery, experiments
from lens_checks.check import Checkpoint, Effort, Phase, Verdict, check, met, not_met
from lens_checks.evidence.records import (
    Baseline,
    CommittedPipeline,
    Landing,
    Leaderboard,
    Leakage,
    Profile,
    Registry,
    Release,
    Tracking,
    Training,
    Validation,
    at_least,
    at_most,
    finite,
)

NUMERIC = frozenset({"integer", "number"})


@check(
    "MLOE-10",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.DATA,
    fix="Read reports/data_docs/index.html, mend the source or tasks/contract.py, `lifecycle run`.",
)
def data_was_profiled_audited_and_searched_for_leaks(
    data: Data, landing: Landing, validation: Validation, profile: Profile, leakage: Leakage, baseline: Baseline
) -> Verdict:
    """The data learned from was profiled, passed its contract and the leakage search, and is kept as baseline."""
    of_other_rows = [
        name
        for name, digest in {
            "the rows on disk": landing.sha256_on_disk,
            "the contract's result": validation.data_sha256,
            "the profile": profile.data_sha256,
            "the leakage search": leakage.data_sha256,
        }.items()
        if digest != landing.sha256
    ]
    if of_other_rows:
        return not_met(f"{', '.join(of_other_rows)} are not those of the landed rows {landing.sha256[:12]}")
    faults = [*_of_contract(validation), *_of_profile(data, profile, baseline), *_of_leakage(leakage)]
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"{validation.rows} rows, {validation.evaluated} rules held, {validation.quarantined} rows in quarantine, "
        f"{len(profile.columns)} columns profiled, {len(leakage.checks)} searches for leaks"
    )


def _of_contract(validation: Validation) -> list[str]:
    broken = [rule.sentence or rule.rule for rule in validation.rules if not rule.success]
    faults = []
    if broken or not validation.success:
        faults.append(f"the contract is broken: {'; '.join(broken[:3]) or 'no success'}")
    if not 0 < validation.expected == validation.evaluated or not validation.rules:
        faults.append(f"{validation.evaluated} of {validation.expected} rules were evaluated")
    if validation.exceptions:
        faults.append(f"rules raised: {', '.join(validation.exceptions[:3])}")
    if not at_least(validation.rows, validation.minimum_rows):
        faults.append(f"{validation.rows} rows, {validation.minimum_rows} are the least")
    if not at_most(validation.quarantine_share, validation.quarantine_limit):
        faults.append(f"{validation.quarantine_share:.4%} set aside, {validation.quarantine_limit:.4%} may be")
    if validation.quarantined and not validation.quarantine_file:
        faults.append(f"{validation.quarantined} rows were set aside and are not in data/quarantine")
    return faults


def _of_profile(data: Data, profile: Profile, baseline: Baseline) -> list[str]:
    modelled = data.features or profile.features
    unprofiled = [name for name in (*modelled, data.target) if name not in profile.columns]
    numeric = {name: profile.columns[name] for name in modelled if name in profile.columns}
    blank = [n for n, c in numeric.items() if c.type in NUMERIC and not (finite(c.mean) and finite(c.std))]
    faults = [] if modelled else ["no column is a feature"]
    if unprofiled or blank:
        faults.append(f"no statistics of {', '.join([*unprofiled, *blank][:5])}")
    if without := [name for name in modelled if name not in baseline.columns]:
        faults.append(f"no baseline for monitoring of {', '.join(without[:5])}")
    return faults


def _of_leakage(leakage: Leakage) -> list[str]:
    open_findings = [finding.sentence for finding in leakage.findings if not (finding.allowed or "").strip()]
    if open_findings or not leakage.passed or not leakage.checks:
        return [f"leakage: {'; '.join(open_findings[:3]) or 'the search did not pass'}"]
    return []


@check(
    "MLOE-11",
    phase=Phase.DATA_PROCESSING,
    judged_at=Checkpoint.OPERATION,
    fix="Commit code and settings, `lifecycle run`, then commit dvc.lock and data/landed.dvc as the run left them.",
    effort=Effort.SMALL,
)
def experiments_are_logged_and_versioned(
    tracking: Tracking, leaderboard: Leaderboard, training: Training, registry: Registry, release: Release,
    committed: CommittedPipeline,
) -> Verdict:  # fmt: skip
    """Each run tells parameters, metrics, data and source; the best is registered, its pipeline is in one commit."""
    faults = delivery.known(
        lambda: experiments.of_runs(tracking, leaderboard, training),
        lambda: experiments.of_entry(delivery.at_hand(registry), release, training),
        lambda: experiments.of_commit(committed),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    return met(
        f"{len(tracking.trials)} runs below the search and the winner tell parameters, metrics, data and commit; "
        f"version {delivery.at_hand(registry).version} has a card, dvc.lock lies in commit {str(committed.commit)[:12]}"
    )
