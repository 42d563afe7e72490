"""The canary of a release: in the trial, and on the running server between staging and champion."""

from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE

from config.settings import Settings
from tasks import beside, canary, decisions, files, history
from tasks.canary import Shown
from tasks.ledger import Blocking, Decision
from tasks.packaging import Package
from tasks.registry import Version
from tasks.stores import Stores

STRATEGY = "canary"
FIX = {
    canary.OUTSIDE: "Train another model: this version never becomes champion.",
    canary.RUNNING: "Start `lifecycle serve` anew, so that it knows of the strategy, and let it answer requests; "
    "`release.canary` in config/policy.yaml says how many are waited for, and how long.",
}


def try_canary(version: Version, package: Package, settings: Settings, stores: Stores) -> Shown | None:
    """Let the candidate answer a share of requests in the trial, where the strategy says so."""
    return answer_a_share(version, package, settings, stores) if settings.policy.release.strategy == STRATEGY else None


@task(name="Let the candidate answer a share", tags=["deployment"], cache_policy=NO_CACHE)
def answer_a_share(version: Version, package: Package, settings: Settings, stores: Stores) -> Shown:
    """Route a share of requests by their ids to the candidate, on the real server, until a rule ends it."""
    return beside.canary(version, package, settings=settings, stores=stores)


def watch(version: Version, package: Package, settings: Settings, stores: Stores) -> Shown | None:
    """Wait for what the running server's requests show, where the policy gives time and a champion serves."""
    release = settings.policy.release
    champion = history.standing(stores.trusted(), "champion")
    if release.strategy != STRATEGY or not release.canary.live_minutes or champion in (None, version.number):
        return None
    return await_requests(version, package, settings, stores)


@task(name="Wait for requests to the canary", tags=["deployment"], cache_policy=NO_CACHE)
def await_requests(version: Version, package: Package, settings: Settings, stores: Stores) -> Shown:
    """Wait until the running server has sent the staged version enough requests, or a rule has ended it."""
    folder = canary.place(stores.state / "serving", version.number, package.package_digest)
    return canary.await_live(folder, version.number, rule=settings.policy.release)


def held(decision: Decision, shown: Shown | None) -> Decision:
    """Put into a decision what the running server's requests showed, and refuse unless that is within the bounds."""
    if shown is None:
        return decision
    decision = replace(decision, figures=decision.figures | {"canary": files.plain(shown)})
    if shown.verdict == canary.WITHIN:
        return decision
    fix = FIX.get(shown.verdict, FIX[canary.RUNNING])
    return decisions.block(decision, Blocking(bound="canary", verdict="not_met", because=shown.because, fix=fix))
