"""What delivering a change, and practising to take it back, left behind in the hand-made project."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lens_checks.evidence import records as r
from tests.lens_checks.guarded import TRIED
from tests.lens_checks.made import MODEL, NOW, START, entry

COMMIT, PACKAGE, LOCK, REVISION, FLOW = "abc", "8" * 64, "9" * 64, "rev.dir", "flow"
TAGS = {
    "commit": COMMIT, "dirty": "false", "flow_run_id": FLOW, "package": PACKAGE, "lock_sha256": LOCK,
    "data_revision": REVISION,
}  # fmt: skip
DRILLED = NOW - timedelta(days=3)
ABOUT: dict[str, dict[str, object]] = {
    "restore": {
        "champion": 1, "digest": MODEL, "package_digest": PACKAGE, "signature_verified": True,
        "golden": {"rows": 16, "matched": True}, "source": {"lock": True, "settings": True},
    },
    "rollback": {"champion": 1, "from": 2, "planted": True},
    "tamper": {},
    "resume": {"same": True, "expected": "5" * 64, "seen": "5" * 64, "notified": True, "killed_at": "prepare.read"},
    "access": dict(TRIED),
    "search": {"resumed": 4, "numbers": [0, 1, 2, 3, 5, 6, 7, 8], "saved_cpu_seconds": 0.4, "cold_cpu_seconds": 1.0},
    "backup": {"folder": "/backups/flights", "manifest": "6" * 64, "versions": [1]},
}  # fmt: skip
VERSIONS: dict[str, int | None] = {
    "restore": 1,
    "rollback": 1,
    "tamper": 1,
    "resume": None,
    "access": None,
    "search": None,
    "backup": 1,
}
LONG_AGO, TOMORROW = NOW - timedelta(days=90), NOW + timedelta(days=1)
FIRST = 50  # number of the first drill's entry


def drill(
    name: str, *, made: datetime = DRILLED, passed: bool = True, seconds: float = 9.0, version: int | None = None,
    **about: object,
) -> r.Drill:  # fmt: skip
    """Make the record of a drill."""
    return r.Drill(
        made=made, name=name, passed=passed, seconds=seconds, entry=FIRST + list(ABOUT).index(name),
        version=VERSIONS[name] if version is None else version, commit=COMMIT, about=ABOUT[name] | about,
    )  # fmt: skip


def _but(name: str, recorded: r.Drill | None, **change: Any) -> dict[type, dict[str, object]]:
    """Give the changes to a good project that put another drill in the place of one, in ledger and report."""
    made = {n: drill(n) for n in ABOUT} | {name: drill(name, **change)}
    entries = {n: entry_of(d) for n, d in made.items()} | ({name: entry_of(recorded)} if recorded else {})
    others = tuple(e for e in delivered_ledger() if e.kind != "drill")
    given: dict[type, dict[str, object]] = {r.Ledger: {"entries": (*others, *entries.values())}}
    if name == "backup":
        return given | {r.Backup: {"account": made[name]}}
    return given | {r.Drills: {"drills": {n: d for n, d in made.items() if n != "backup"}}}


def drilled(name: str, **change: Any) -> dict[type, dict[str, object]]:
    """Let a drill have come out otherwise."""
    return _but(name, None, **change)


def written_by_hand(name: str) -> dict[type, dict[str, object]]:
    """Let a drill be on record that the ledger tells otherwise."""
    return _but(name, drill(name, passed=False))


def served(before: int, name: str, **change: Any) -> dict[type, dict[str, object]]:
    """Let another version have served before the champion, and a drill have come out so."""
    from tests.lens_checks.world import GOOD

    changes = _but(name, None, **change)
    first = entry(0, "done", alias="champion", version=before, decision=2)
    changes[r.Ledger]["entries"] = (first, *changes[r.Ledger]["entries"])  # type: ignore[misc]
    known = GOOD.get(r.Registry).versions
    return changes | {r.Registry: {"versions": (*known, replace(known[0], version=before, aliases=()))}}


def entries(number: int, **change: object) -> dict[type, dict[str, object]]:
    """Let an entry of the ledger say something else."""
    said = tuple(replace(e, body=e.body | change) if e.number == number else e for e in delivered_ledger())
    return {r.Ledger: {"entries": said}}


def approved(decision: int) -> dict[type, dict[str, object]]:
    """Let a person have approved a decision."""
    return {r.Ledger: {"entries": (*delivered_ledger(), entry(9, "approval", decision=decision, approver="Ada"))}}


def tagged(**tags: str) -> dict[type, dict[str, object]]:
    """Change what the version says of itself."""
    from tests.lens_checks.world import GOOD

    versions = GOOD.get(r.Registry).versions
    return {r.Registry: {"versions": tuple(replace(v, tags=v.tags | tags) for v in versions)}}


def ran_with(**change: Any) -> dict[type, dict[str, object]]:
    """Change how the tests of the commit came out."""
    return {r.TestRuns: {"runs": {COMMIT: run(**change)}}}


def delivered_ledger() -> tuple[r.LedgerEntry, ...]:
    """Give the ledger of the good project."""
    from tests.lens_checks.world import GOOD

    return GOOD.get(r.Ledger).entries


def entry_of(made: r.Drill) -> r.LedgerEntry:
    """Make the ledger entry that a drill was recorded with."""
    names = ("name", "passed", "seconds", "version", "commit", "about")
    return entry(made.entry, "drill", made.made, made=made.made.isoformat(), **{n: getattr(made, n) for n in names})


def delivered(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what links commit, tests, run, version and endpoint, and the drills on it."""
    drills = {name: drill(name) for name in ABOUT}
    registry, ledger = records[r.Registry], records[r.Ledger]
    versions = tuple(replace(v, tags=TAGS | v.tags) for v in registry.versions)
    entries = (*(_linked(e, versions[0].tags) for e in ledger.entries), *map(entry_of, drills.values()))
    file = r.StageFile(path="data/landed", recorded="1", on_disk="1")
    added: list[object] = [
        replace(registry, versions=versions),
        replace(ledger, entries=tuple(sorted(entries, key=lambda e: e.number))),
        replace(records[r.Pipeline], snapshots={"data/landed": file} | records[r.Pipeline].snapshots),
        r.Drills(drills={name: made for name, made in drills.items() if name != "backup"}),
        r.Backup(account=drills["backup"], folder="/backups/flights", intact=True),
        r.TestRuns(runs={COMMIT: run()}),
        r.KnownRuns(ids=frozenset({FLOW})),
        r.CommittedSource(locks={COMMIT: versions[0].tags["lock_sha256"]}),
        r.Endpoint(version=1, package=PACKAGE, on_disk=PACKAGE, digest=MODEL),
        r.TaskPolicies(tasks=(policy("landing.land"), policy("splitting.split", retries=0, conditional=False))),
    ]
    return {**records, **{type(record): record for record in added}}


def run(**change: Any) -> r.TestRun:
    """Make a run of the tests."""
    whole = {"dirty": False, "passed": True, "tests": 9, "failed": 0, "kinds": {"data": 3, "model": 3, "api": 3}}
    return r.TestRun(made=START, commit=COMMIT, **whole | change)


def policy(wraps: str, **change: Any) -> r.TaskPolicy:
    """Make what a task declares."""
    whole = {"name": wraps, "retries": 2, "timeout_seconds": 60.0, "conditional": True}
    return r.TaskPolicy(file="flows/data_preparation.py", wraps=wraps, **whole | change)


def _linked(old: r.LedgerEntry, tags: Mapping[str, str]) -> r.LedgerEntry:
    """Say in decisions and moves of what they speak."""
    links: dict[str, object] = {}
    if old.kind == "decision":
        links = {
            "model_digest": MODEL, "data_version": tags["data_revision"], "commit": COMMIT, "dirty": False,
            "lock_sha256": tags["lock_sha256"], "cause": "hand", "figures": {"package_digest": PACKAGE},
        }  # fmt: skip
    elif old.kind == "done":
        links = {"digest": MODEL, "cause": "hand", "actor": "mo"}
    return replace(old, body={**links, **old.body})
