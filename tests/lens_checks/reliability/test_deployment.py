"""The endpoint changes by the pipeline alone."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Policy
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.evidence.records.operation import Canary
from lens_checks.reliability import deployment as checks
from tests.lens_checks.delivered import LONG_AGO, drilled, entries, served, tagged, written_by_hand
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome


def beside(
    version: int = 1, champion_ms: float | None = 1.0, p50_ms: float = 2.0, **change: Any
) -> dict[type, dict[str, Any]]:
    """Let the release have been replayed beside a champion."""
    champion = r.Side(version=version, p50_ms=champion_ms, p95_ms=3.0)
    seen = {"verdict": "within", "rows": 100, "disagreement": 0.3, "mean_difference": 0.2, "source": "captured"}
    side = r.Side(version=2, p50_ms=p50_ms, p95_ms=9.0)
    return {r.Release: {"replay": {"champion": champion, "candidate": side} | seen | change}}


def shared(**change: Any) -> dict[type, dict[str, Any]]:
    """Let the policy ask for a canary, and the release have had one beside a champion."""
    figures = {"judged": 200, "errors": 2, "disagreement": 0.3, "mean_difference": 0.2, "p50_ms": 6.0}
    told = {"verdict": "within", "because": "", "version": 2, "champion": 1, "source": "captured", "share": 0.05}
    counted = {"asked": 200, "failed": 2, "answered": 198, "unanswered": 0, "champion_p50_ms": 1.0}
    shown = Canary(**{**told, **figures, **counted, **change})  # type: ignore[arg-type]
    released = beside()[r.Release]
    return by_canary({r.Release: released}, canary=shown)


def by_canary(changes: dict[type, dict[str, Any]], **release: Any) -> dict[type, dict[str, Any]]:
    """Let the release have gone by the strategy canary."""
    return changes | {r.Release: {**changes.get(r.Release, {}), "strategy": "canary", **release},
                      Policy: {"release": {"strategy": "canary"}}}  # fmt: skip


def serving_another() -> dict[type, dict[str, Any]]:
    """Let another version serve than the one that is released."""
    first = GOOD.get(r.Registry).versions[0]
    versions = (replace(first, version=2, tags=first.tags | {"digest": "7" * 64}), first)
    return {r.Registry: {"versions": versions, "aliases": {"champion": 2}}}


def entries_but(number: int) -> tuple[r.LedgerEntry, ...]:
    """Leave an entry out of the ledger."""
    return tuple(entry for entry in GOOD.get(r.Ledger).entries if entry.number != number)


VERDICTS = {
    checks.the_endpoint_changes_by_the_pipeline_alone: {
        "what serves is what was deployed last, with its cause": (MET, {}),
        "an alias moved by hand is refused": (NOT_MET, {r.Endpoint: {"version": 2}}),
        "a package registered in its place is refused": (NOT_MET, {r.Endpoint: {"package": "0" * 64}}),
        "a package changed in the store is refused": (NOT_MET, {r.Endpoint: {"on_disk": "0" * 64}}),
        "another model under the same version is refused": (NOT_MET, {r.Endpoint: {"digest": "0" * 64}}),
        "a store that cannot be looked into tells nothing": (UNKNOWN, {r.Endpoint: {"on_disk": None}}),
        "without a champion nothing is known": (UNKNOWN, {r.Endpoint: None}),
        "a champion of no deployment is refused": (NOT_MET, {r.Ledger: {"entries": ()}}),
        "a ledger that does not hold shows no deployment": (NOT_MET, {r.Ledger: {"breaks": ("cut",)}}),
        "a deployment by a refused decision is refused": (NOT_MET, entries(2, outcome="refused")),
        "a deployment without a cause is refused": (NOT_MET, entries(3, cause="")),
        "a deployment that nobody did is refused": (NOT_MET, entries(3, actor=None)),
        "a deployment without a decision is refused": (NOT_MET, entries(3, decision=None)),
        "a decision without a cause is refused": (NOT_MET, entries(2, cause="")),
        "without a drill nothing is known": (UNKNOWN, {r.Drills: {"drills": {}}}),
        "a drill that failed is refused": (NOT_MET, drilled("rollback", passed=False)),
        "a drill that is too old is refused": (NOT_MET, drilled("rollback", made=LONG_AGO)),
        "a drill written by hand is refused": (NOT_MET, written_by_hand("rollback")),
        "a drill on a twin, though another version served before, is refused": (NOT_MET, served(2, "rollback")),
        "a drill on the version before is enough": (MET, served(2, "rollback", version=2, planted=False)),
        "a drill that brought back what never served is refused": (
            NOT_MET,
            drilled("rollback", version=7, planted=False),
        ),
    },
    checks.a_release_goes_by_steps_that_can_stop_it: {
        "the first version goes by its steps": (MET, {}),
        "a replay within its bounds lets it in": (MET, beside()),
        "without a replay nothing is known": (UNKNOWN, {r.Release: {"replay": None}}),
        "without a strategy nothing is known": (UNKNOWN, {r.Release: {"strategy": None}}),
        "another strategy than the policy's is refused": (NOT_MET, {r.Release: {"strategy": "all at once"}}),
        "a model that is registered nowhere is refused": (NOT_MET, {r.Release: {"digest": "0" * 64}}),
        "a version that does not say its data is refused": (NOT_MET, tagged(data_revision="")),
        "a trial that failed is refused": (NOT_MET, {r.Release: {"server": {"errors": 1}}}),
        "a server that did not start is refused": (NOT_MET, {r.Release: {"server": {"started": False}}}),
        "golden answers that differ are refused": (NOT_MET, {r.Release: {"golden": {"matched": False}}}),
        "no replay beside a champion that serves is refused": (NOT_MET, serving_another()),
        "a replay that says another verdict is refused": (NOT_MET, beside(verdict="outside")),
        "a champion that is lost is left to the comparison": (MET, beside(verdict="champion-lost", rows=0)),
        "few requests are refused": (NOT_MET, beside(rows=99)),
        "answers decided otherwise are refused": (NOT_MET, beside(disagreement=0.31)),
        "a share that is no number is refused": (NOT_MET, beside(disagreement=None)),
        "answers far apart are refused": (NOT_MET, beside(mean_difference=0.21)),
        "a slow candidate is refused": (NOT_MET, beside(p50_ms=6.1)),
        "a champion of an unknown latency tells nothing": (UNKNOWN, beside(champion_ms=None)),
        "a replay beside a version that never served is refused": (NOT_MET, beside(version=7)),
        "a canary at its bounds lets it in": (MET, shared()),
        "without what the canary showed nothing is known": (UNKNOWN, by_canary(beside(), canary=None)),
        "a first version has no champion to be a canary beside": (MET, by_canary({})),
        "a canary beside a lost champion is left to the comparison": (MET, by_canary(beside(verdict="champion-lost"))),
        "a canary of few requests is refused": (NOT_MET, shared(judged=199)),
        "a canary that failed requests is refused": (NOT_MET, shared(errors=3)),
        "a request that nobody answered is refused": (NOT_MET, shared(unanswered=1)),
        "answers that do not name the canary are refused": (NOT_MET, shared(answered=197)),
        "canary answers decided otherwise are refused": (NOT_MET, shared(disagreement=0.31)),
        "a canary that was compared with nothing is refused": (NOT_MET, shared(disagreement=None)),
        "canary answers far apart are refused": (NOT_MET, shared(mean_difference=0.21)),
        "a slow canary is refused": (NOT_MET, shared(p50_ms=6.1)),
        "a canary of another version is refused": (NOT_MET, shared(version=3)),
        "a canary that a rule ended is refused": (NOT_MET, shared(verdict="outside")),
        "a champion that was never staged is refused": (NOT_MET, {r.Ledger: {"entries": entries_but(0)}}),
        "a ledger that does not hold is refused": (NOT_MET, {r.Ledger: {"breaks": ("cut",)}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
