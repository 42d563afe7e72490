"""Reliability in deployment: nothing changes what serves but the pipeline, and every change has its record."""

from config.settings import Policy
from lens_checks import delivery
from lens_checks.check import Checkpoint, Phase, Verdict, check, met, need, not_met
from lens_checks.evidence.records import (
    Clock,
    Drills,
    Endpoint,
    Ledger,
    LedgerEntry,
    Registry,
    Release,
    Replay,
    at_least,
    at_most,
)

MADE_FROM = ("package", "data_revision")  # whether its commit holds what ran is asked by MLOE-07 and MLREL-06


@check(
    "MLREL-10",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.OPERATION,
    fix="Run `lifecycle verify`; `lifecycle rollback` puts right what was moved by hand; `lifecycle drill rollback`.",
)
def the_endpoint_changes_by_the_pipeline_alone(
    endpoint: Endpoint, registry: Registry, ledger: Ledger, drills: Drills, clock: Clock, policy: Policy
) -> Verdict:
    """What serves is what the pipeline deployed last, on record with its cause; rolling back was practised."""
    move = delivery.last_move(ledger)
    if move is None:
        return not_met(f"version {endpoint.version} is champion, and no deployment in a sound ledger says so")
    decision = next((e for e in ledger.of_kind("decision") if e.number == move.body.get("decision")), None)
    faults = delivery.known(
        lambda: _of_configuration(endpoint, move, decision),
        lambda: _of_change(move, decision),
        lambda: delivery.of_drill(delivery.drill_named(drills, "rollback"), ledger, clock, policy.recovery),
        lambda: delivery.of_rollback(delivery.drill_named(drills, "rollback"), registry, ledger),
    )
    if faults:
        return not_met("; ".join(faults[:5]))
    need(endpoint.on_disk, "the package of the champion where it can be digested")
    drill = drills.drills["rollback"]
    logged = delivery.figures(ledger)
    return met(
        f"version {endpoint.version} as deployed by entry {move.number} ({move.body['cause']}), {logged.words}, "
        f"rollback practised in {drill.seconds:g} s (entry {drill.entry})"
    )


def _of_configuration(endpoint: Endpoint, move: LedgerEntry, decision: LedgerEntry | None) -> list[str]:
    """Hold alias, tags and bytes against the last deployment: what differs was changed past the pipeline."""
    if decision is None or decision.body.get("outcome") != "passed":
        return [f"entry {move.number} names no decision that passed"]
    figures = decision.body.get("figures")
    package = figures.get("package_digest") if isinstance(figures, dict) else None
    pairs = {
        "champion": (endpoint.version, move.body.get("version")),
        "package as registered": (endpoint.package, package),
        "model as registered": (endpoint.digest, decision.body.get("model_digest")),
        "package in the store": (endpoint.on_disk if endpoint.on_disk is not None else package, package),
    }
    differing = [f"{name} is {_short(here)}, deployed was {_short(there)}" for name, (here, there) in pairs.items()
                 if there is None or here != there]  # fmt: skip
    return [f"changed past the pipeline: {', '.join(differing)}"] if differing else []


def _of_change(move: LedgerEntry, decision: LedgerEntry | None) -> list[str]:
    lacking = [name for name in ("cause", "actor") if not move.body.get(name)]
    if decision is not None and not decision.body.get("cause"):
        lacking.append("cause of the decision")
    return [f"the deployment (entry {move.number}) names no {', '.join(lacking)}"] if lacking else []


@check(
    "MLREL-11",
    phase=Phase.DEPLOYMENT,
    judged_at=Checkpoint.RELEASE,
    fix="Run `lifecycle run`; `release` in config/policy.yaml holds the strategy and what ends it.",
)
def a_release_goes_by_steps_that_can_stop_it(
    release: Release, registry: Registry, ledger: Ledger, policy: Policy
) -> Verdict:
    """A candidate is tried, replayed beside the champion, staged, and only then let in; each step could stop it."""
    strategy, replay = need(release.strategy, "the strategy of the release"), need(release.replay, "a replay")
    version = registry.with_digest(release.digest)
    if version is None:
        return not_met(f"the released model {release.digest[:12]} is registered nowhere")
    faults = [] if strategy == policy.release.strategy else [f"it went by {strategy}, not by {policy.release.strategy}"]
    lacking = [name for name in MADE_FROM if not version.tags.get(name)]
    faults += [f"version {version.version} does not say its {', '.join(lacking)}"] if lacking else []
    if not release.server.started or release.server.errors or not release.golden.matched:
        faults.append("the trial on the real server failed")
    faults += [*_of_replay(replay, registry, policy), *_of_canary(release, replay, policy), *_of_steps(ledger)]
    if faults:
        return not_met("; ".join(faults[:5]))
    seen = (
        f"{replay.rows} {replay.source} requests beside version {replay.champion.version}, " if replay.champion else ""
    )
    return met(f"{strategy}: trial, {seen}staging, then champion; package {version.tags['package'][:12]}")


def _of_replay(replay: Replay, registry: Registry, policy: Policy) -> list[str]:
    """Judge a replay's figures anew; without a champion there is nothing to replay against, if that is so."""
    champion, bounds = registry.at("champion"), policy.release.shadow
    if replay.champion is None:
        alone = champion is None or champion.version == replay.candidate.version
        return [] if replay.verdict == "no-champion" and alone else ["nothing was replayed beside the champion"]
    if replay.verdict == "champion-lost":  # the comparison holds the champion gate until a person lets it go
        return []
    served = {registry.aliases.get("champion"), registry.aliases.get("previous")}
    figures = {
        "requests": at_least(replay.rows, bounds.minimum_rows),
        "share decided otherwise": at_most(replay.disagreement, bounds.disagreement),
        "mean difference": at_most(replay.mean_difference, bounds.difference),
        "latency": at_most(replay.candidate.p50_ms, _slowest(replay.champion.p50_ms, policy)),
        "champion": replay.champion.version in served,
        "verdict": replay.verdict == "within",
    }
    return [f"the replay is outside its bounds: {name}" for name, holds in figures.items() if not holds]


def _of_canary(release: Release, replay: Replay, policy: Policy) -> list[str]:
    """Judge a canary's figures anew, where the strategy asks for one and there is a champion to stand beside."""
    rule, bounds = policy.release.canary, policy.release.shadow
    if policy.release.strategy != "canary" or replay.champion is None:
        return []
    if replay.verdict == "champion-lost":
        return []
    canary = need(release.canary, "what the canary showed")
    figures = {
        "requests": at_least(canary.judged, rule.requests),
        "requests that it failed": at_most(canary.errors, rule.errors * canary.judged),
        "requests that nobody answered": canary.unanswered == 0,
        "answers that named it": canary.answered == canary.asked - canary.failed,
        "share decided otherwise": at_most(canary.disagreement, bounds.disagreement),
        "mean difference": at_most(canary.mean_difference, bounds.difference),
        "latency": at_most(canary.p50_ms, _slowest(canary.champion_p50_ms, policy)),
        "versions": (canary.version, canary.champion) == (replay.candidate.version, replay.champion.version),
        "verdict": canary.verdict == "within",
    }
    return [f"the canary is outside its bounds: {name}" for name, holds in figures.items() if not holds]


def _slowest(champion_ms: float | None, policy: Policy) -> float:
    ms, bounds = need(champion_ms, "the champion's latency in the replay"), policy.release.shadow
    return max(ms * bounds.slower, ms + bounds.slower_ms)


def _of_steps(ledger: Ledger) -> list[str]:
    """What is champion was on staging before, by the ledger."""
    last = next((move for move in reversed(delivery.champions(ledger)) if move.kind == "done"), None)
    if last is None:
        return [f"the ledger does not hold: {ledger.breaks[0]}"] if ledger.breaks else []
    staged = [e for e in ledger.of_kind("done") if e.body.get("alias") == "staging" and e.number < last.number]
    known = any(e.body.get("version") == last.body.get("version") for e in staged)
    return [] if known else [f"version {last.body.get('version')} became champion without staging"]


def _short(value: object) -> str:
    return str(value)[:12] if value is not None else "nothing"
