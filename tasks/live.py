"""The live check: after a promotion the real server is asked on what the alias now names; what fails goes back."""

from dataclasses import dataclass
from typing import Any

from config.errors import GateRefused, LifecycleError
from tasks import candidates, history, settlement, trial
from tasks.failpoints import failpoint
from tasks.ledger import Entry, Kind
from tasks.packaging import Package
from tasks.rollback import ALIAS, roll_back
from tasks.stores import Facts, Stores

DEADLINE_SECONDS = 120.0
REQUESTS = 20


@dataclass(frozen=True)
class Live:
    """What the server on the champion answered: `move` is the ledger entry of the promotion that is checked."""

    move: int
    version: int
    passed: bool
    because: str
    golden: trial.GoldenResult | None = None
    seconds_to_ready: float | None = None


def serving(stores: Stores) -> tuple[int, Package]:
    """Fetch and verify what is to be served now: what the ledger says; the alias is a hint (LifecycleError)."""
    entries = stores.trusted()
    if (number := history.standing(entries, ALIAS)) is None:
        raise LifecycleError("there is no champion to serve", expected="a promoted model", next_step="lifecycle run")
    return number, settlement.fetch_standing(number, entries, stores)


def confirm(stores: Stores, current: Facts, *, actor: str, patience_seconds: float) -> None:
    """See that the promotion by which champion stands also serves; otherwise roll it back (GateRefused).

    Done once for each promotion; one that was interrupted is taken up where it stopped.
    """
    promotion, checked = history.live_check(stores.trusted())
    if promotion is None or (checked is not None and checked.body["passed"] is True):
        return
    if checked is None:
        failpoint("live.begin")
        checked = stores.record(Kind.LIVE, look(promotion, stores))
        failpoint("live.recorded")
    if checked.body["passed"] is not True:
        raise _take_back(checked.body, stores, current, actor, patience_seconds)


def look(promotion: Entry, stores: Stores) -> Live:
    """Start the server as `lifecycle serve` would and ask it the golden rows; a failure is a result, not an error."""
    version = int(promotion.body["version"])
    if stores.registry.alias(ALIAS) != version:  # somebody else moved it: that says nothing of this version
        raise settlement.bypassed(ALIAS, stores, None, expected=version)
    try:
        _, package = serving(stores)
        contract, golden = candidates.read_contract(package)
    except LifecycleError as error:
        return Live(promotion.number, version, False, error.seen)
    seen = trial.try_server(
        package, contract, golden, keys_folder=stores.ledger.keys, deadline_seconds=DEADLINE_SECONDS, requests=REQUESTS
    )
    because = _fault(seen)
    return Live(promotion.number, version, not because, because, seen.golden, seen.server.seconds_to_ready)


def _fault(seen: trial.Trial) -> str:
    if not seen.server.started:
        return f"the scoring server did not start on it: {seen.server.words}"
    if not seen.golden.matched or seen.golden.rows < 1:
        return f"its answers to {seen.golden.rows} golden rows differ by {seen.golden.max_difference}"
    if seen.server.errors or seen.server.requests < 1:
        return f"{seen.server.errors} of {seen.server.requests} requests failed"
    return ""


def _take_back(checked: dict[str, Any], stores: Stores, current: Facts, actor: str, patience: float) -> GateRefused:
    """Roll back from a champion that failed its live check; without a predecessor nobody serves."""
    cause = f"the live check failed: {checked['because']}"
    version = int(checked["version"])
    move = roll_back(
        to=None, stores=stores, current=current, actor=actor, cause=cause, patience_seconds=patience,
        instead_of=version, or_nobody=True,
    )  # fmt: skip
    now = f"version {move.version} serves again" if move.version is not None else "nobody serves: champion is withdrawn"
    return GateRefused(
        f"version {version} was champion, and {cause}; it was rolled back (entry {move.entry}), {now}",
        expected="a server that starts on the champion and answers its golden rows", next_step="lifecycle ledger",
    )  # fmt: skip
