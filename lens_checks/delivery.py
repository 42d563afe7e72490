"""What shows that a change can be followed to where it serves, and taken back: drills that count, runs of the tests."""

from datetime import timedelta

from config.settings import Recovery
from lens_checks.check import need
from lens_checks.evidence.records import (
    Clock,
    Drill,
    Drills,
    Ledger,
    LedgerEntry,
    ModelVersion,
    Registry,
    TestRuns,
)

KINDS = ("data", "model", "api")
AHEAD = timedelta(minutes=5)  # what two clocks may differ


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


def of_rollback(drill: Drill, registry: Registry, ledger: Ledger) -> list[str]:
    """See that the rollback drill brought back a version that served before, where one did (N-1)."""
    moves = [e for e in ledger.of_kind("done", "rollback") if e.body.get("alias") == "champion"]
    before = [move for move in moves if move.number < drill.entry]
    versions = {move.body.get("version") for move in before}
    gone = {move.body.get("from") for move in before if move.kind == "rollback" and not move.body.get("restored")}
    champion = drill.about.get("champion")
    if drill.version is None or drill.version not in versions:
        return [f"the rollback drill brought back version {drill.version}, which never served"]
    if drill.about.get("planted") is not False and versions - gone - {champion, None}:
        return ["the rollback drill used a twin, though another version served before"]
    known = {version.version for version in registry.versions}
    return [] if drill.version in known else [f"version {drill.version} of the rollback drill is not registered"]


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
