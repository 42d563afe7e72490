"""What shows that a change can be followed to where it serves, and taken back: drills that count, runs of the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from config.settings import Policy, Recovery
from lens_checks.check import Missing, need
from lens_checks.evidence.records import (
    Clock,
    Drill,
    Drills,
    KnownRuns,
    Ledger,
    LedgerEntry,
    ModelVersion,
    Registry,
    TestRuns,
)

KINDS = ("data", "model", "api")
AHEAD = timedelta(minutes=5)  # what two clocks may differ


def known(*questions: Callable[[], list[str]]) -> list[str]:
    """Ask every question: what is known to be wrong is told, even where something else cannot be (Missing)."""
    faults: list[str] = []
    missing: Missing | None = None
    for ask in questions:
        try:
            faults += ask()
        except Missing as reason:
            missing = missing or reason
    if missing is not None and not faults:
        raise missing
    return faults


def at_hand(registry: Registry) -> ModelVersion:
    """Give the version that is judged: the candidate on its way, or else the champion (Missing)."""
    return need(registry.at("candidate") or registry.at("champion"), "a version that is candidate or champion")


def drill_named(drills: Drills, name: str) -> Drill:
    """Give a drill, or say how to make it (Missing)."""
    return need(drills.drills.get(name), f"a drill: run `lifecycle drill {name}`")


def of_drill(drill: Drill, ledger: Ledger, clock: Clock, recovery: Recovery) -> list[str]:
    """Say why a drill does not count: failed, too old, or not what the ledger says."""
    faults = [] if drill.passed else [f"the drill {drill.name} failed (entry {drill.entry})"]
    faults += _too_old(f"the drill {drill.name}", drill, clock, recovery.drill_days)
    return faults + of_record(drill, ledger)


def of_record(drill: Drill, ledger: Ledger) -> list[str]:
    """Hold a record against the signed entry that it names: one written by hand is in no ledger."""
    entry = next((e for e in ledger.of_kind("drill") if e.number == drill.entry), None)
    if ledger.breaks or entry is None:
        return [f"the drill {drill.name} is in no sound ledger (entry {drill.entry})"]
    differing = [name for name, same in _pairs(drill, entry).items() if not same]
    return [f"the record of drill {drill.name} is not that of the ledger: {', '.join(differing)}"] if differing else []


def _pairs(drill: Drill, entry: LedgerEntry) -> dict[str, bool]:
    names = ("name", "passed", "seconds", "version", "commit", "about")
    same = {name: entry.body.get(name) == getattr(drill, name) for name in names}
    return same | {"made": entry.body.get("made") == drill.made.isoformat() and abs(entry.time - drill.made) <= AHEAD}


def _too_old(what: str, drill: Drill, clock: Clock, days: int) -> list[str]:
    age = clock.now - drill.made
    if age < -AHEAD:
        return [f"{what} is dated {drill.made:%Y-%m-%d}, in the future"]
    return [f"{what} is {age.days} days old, {days} are accepted"] if age > timedelta(days=days) else []


def of_backup_age(account: Drill, clock: Clock, recovery: Recovery) -> list[str]:
    """Say why a backup is too old to count."""
    return _too_old("the backup", account, clock, recovery.backup_days)


def earlier(ledger: Ledger, drill: Drill) -> set[object]:
    """Give the versions that served before the champion of a drill, and that nobody rolled back from (N-1)."""
    moves = [move for move in champions(ledger) if move.number < drill.entry]
    gone = {move.body.get("from") for move in moves if move.kind == "rollback" and not move.body.get("restored")}
    return {move.body.get("version") for move in moves} - gone - {drill.about.get("champion"), None}


def of_rollback(drill: Drill, registry: Registry, ledger: Ledger) -> list[str]:
    """See that the rollback drill brought back a version that served, and the one before where there was one."""
    if drill.version not in {move.body.get("version") for move in champions(ledger) if move.number < drill.entry}:
        return [f"the rollback drill brought back version {drill.version}, which never served"]
    if drill.about.get("planted") is not False and earlier(ledger, drill):
        return ["the rollback drill used a twin, though another version served before"]
    known = {version.version for version in registry.versions}
    return [] if drill.version in known else [f"version {drill.version} of the rollback drill is not registered"]


def of_source(version: ModelVersion, runs: KnownRuns) -> list[str]:
    """Say why a version cannot be followed to a commit and to a run that the orchestrator made."""
    run = version.tags.get("flow_run_id", "")
    faults = (
        [] if run in runs.ids else [f"flow run {run[:8] or 'none'} of version {version.version} is unknown to Prefect"]
    )
    if version.tags.get("dirty") == "true":
        faults.append(f"version {version.version} was made from changes that are in no commit")
    return faults


def of_tests(version: ModelVersion, runs: TestRuns) -> tuple[list[str], str]:
    """Say why the tests of a version's commit do not count, and name the commit (Missing where nobody ran them)."""
    commit = need(version.tags.get("commit") or None, f"the commit that version {version.version} was made from")
    run = need(runs.runs.get(commit), f"a run of the tests on commit {commit[:12]}: run `make test` there")
    green = run.passed and not run.failed and run.tests > 0
    faults = [] if green else [f"{run.failed} of {run.tests} tests failed on commit {commit[:12]}"]
    if run.dirty:
        faults.append(f"the tests ran on changes to commit {commit[:12]}")
    if lacking := [kind for kind in KINDS if not run.kinds.get(kind, 0) > 0]:
        faults.append(f"no test of {', '.join(lacking)} ran on commit {commit[:12]}")
    return faults, commit


def decided(ledger: Ledger, version: ModelVersion) -> LedgerEntry:
    """Give the newest decision that let a version onto a step of the ladder (Missing)."""
    passed = [e for gate in ("staging", "champion") for e in ledger.decisions(gate)]
    mine = sorted((e for e in passed if e.body.get("version") == version.version), key=lambda e: e.number)
    return need(mine[-1] if mine else None, f"a decision in a sound ledger that let version {version.version} in")


def moved(ledger: Ledger, version: ModelVersion) -> LedgerEntry:
    """Give the newest move that let an alias name a version (Missing)."""
    moves = [] if ledger.breaks else [e for e in ledger.of_kind("done") if e.body.get("version") == version.version]
    return need(moves[-1] if moves else None, f"a completed deployment of version {version.version}")


def champions(ledger: Ledger) -> tuple[LedgerEntry, ...]:
    """Give the moves of the champion alias, oldest first; a chain that does not hold proves none."""
    moves = () if ledger.breaks else ledger.of_kind("done", "rollback")
    return tuple(move for move in moves if move.body.get("alias") == "champion")


def last_move(ledger: Ledger) -> LedgerEntry | None:
    """Give the move by which champion stands."""
    return next(reversed(champions(ledger)), None)


def of_approval(ledger: Ledger, policy: Policy) -> list[str]:
    """Every champion was let in by a decision on record, and by a person where the policy asks for one."""
    move = last_move(ledger)
    if move is None:
        return ["no deployment is in a sound ledger"]
    decision = next((entry for entry in ledger.entries if entry.number == move.body.get("decision")), None)
    if decision is None or (decision.kind, decision.body.get("outcome")) != ("decision", "passed"):
        return [f"deployment {move.number} names no decision that passed"]
    if policy.approval != "person":
        return []
    version, approved = move.body.get("version"), [word.body.get("decision") for word in ledger.of_kind("approval")]
    if any(one.number in approved and one.body.get("version") == version for one in ledger.of_kind("decision")):
        return []
    return [f"nobody approved version {version}, and the policy asks for a person"]


@dataclass(frozen=True)
class Figures:
    """How changes reach the endpoint: promotions to champion, how many were taken back, how long one takes."""

    deployments: int
    taken_back: int
    lead_seconds: float

    @property
    def words(self) -> str:
        """The figures in words."""
        rate = self.taken_back / self.deployments
        return f"{self.deployments} deployments, failure rate {rate:.0%}, lead time {self.lead_seconds / 60:.1f} min"


def figures(ledger: Ledger) -> Figures:
    """Compute failure rate and median lead time, from the first gate of a run to its promotion (Missing)."""
    done = [move for move in champions(ledger) if move.kind == "done"]
    back = [move for move in champions(ledger) if move.kind == "rollback" and not move.body.get("restored")]
    decisions = [e for e in ledger.of_kind("decision") if e.body.get("gate") in ("framing", "staging")]
    leads = []
    for move in done:
        before = [entry for entry in decisions if entry.number < move.number]
        first = next((e for e in reversed(before) if e.body["gate"] == "framing"), before[-1] if before else None)
        leads += [(move.time - first.time).total_seconds()] if first else []
    need(leads or None, "a deployment whose lead time the ledger tells")
    return Figures(len(done), len(back), median(leads))
