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
from tests.lens_checks.made import entry
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome


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


def staged_after() -> dict[type, dict[str, Any]]:
    """Let the champion have been staged only when it served already."""
    staged = next(entry for entry in GOOD.get(r.Ledger).entries if entry.number == 0)
    return {r.Ledger: {"entries": (*entries_but(0), replace(staged, number=99))}}


NAMELESS: Changes = {**entries(2, figures={}), r.Endpoint: {"package": None, "on_disk": None}}
ROLLED_BACK = entry(99, "rollback", alias="champion", version=7)
SLOW = 100.0

VERDICTS = {
    checks.the_endpoint_changes_by_the_pipeline_alone: {
        "what serves is what was deployed last, with its cause": (MET, {}),
        "an alias moved by hand is refused": (NOT_MET, {r.Endpoint: {"version": 2}}),
        "a package registered in its place is refused": (NOT_MET, {r.Endpoint: {"package": "0" * 64}}),
        "a package that neither side names is refused": (NOT_MET, NAMELESS),
        "a decision without figures is refused": (NOT_MET, entries(2, figures=None)),
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
        "a version that does not say its package is refused": (NOT_MET, tagged(package="")),
        "a trial that failed is refused": (NOT_MET, {r.Release: {"server": {"errors": 1}}}),
        "a server that did not start is refused": (NOT_MET, {r.Release: {"server": {"started": False}}}),
        "golden answers that differ are refused": (NOT_MET, {r.Release: {"golden": {"matched": False}}}),
        "no replay beside a champion that serves is refused": (NOT_MET, serving_another()),
        "no replay where nothing serves": (MET, {r.Registry: {"aliases": {}}}),
        "no replay, and another verdict on it, is refused": (NOT_MET, {r.Release: {"replay": {"verdict": "outside"}}}),
        "a replay that says another verdict is refused": (NOT_MET, beside(verdict="outside")),
        "a champion that is lost is left to the comparison": (MET, beside(verdict="champion-lost", rows=0)),
        "few requests are refused": (NOT_MET, beside(rows=99)),
        "answers decided otherwise are refused": (NOT_MET, beside(disagreement=0.31)),
        "a share that is no number is refused": (NOT_MET, beside(disagreement=None)),
        "answers far apart are refused": (NOT_MET, beside(mean_difference=0.21)),
        "a slow candidate is refused": (NOT_MET, beside(p50_ms=6.1)),
        "twice the time of a slow champion": (MET, beside(champion_ms=SLOW, p50_ms=2 * SLOW)),
        "more than twice its time is refused": (NOT_MET, beside(champion_ms=SLOW, p50_ms=2 * SLOW + 1)),
        "a champion of an unknown latency tells nothing": (UNKNOWN, beside(champion_ms=None)),
        "a replay beside the version that served before": (
            MET,
            {**beside(version=7), r.Registry: {"aliases": {"champion": 1, "previous": 7}}},
        ),
        "a replay beside a version that never served is refused": (NOT_MET, beside(version=7)),
        "a canary at its bounds lets it in": (MET, shared()),
        "without what the canary showed nothing is known": (UNKNOWN, by_canary(beside(), canary=None)),
        "a first version has no champion to be a canary beside": (MET, by_canary({})),
        "a canary beside a lost champion is left to the comparison": (MET, by_canary(beside(verdict="champion-lost"))),
        "a canary of few requests is refused": (NOT_MET, shared(judged=199, errors=1)),
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
        "a champion twice, and never staged, is refused": (NOT_MET, entries(0, alias="champion")),
        "a champion that was staged afterwards is refused": (NOT_MET, staged_after()),
        "nothing was champion yet": (MET, {r.Ledger: {"entries": ()}}),
        "what was rolled back to need not be staged again": (
            MET,
            {r.Ledger: {"entries": (*GOOD.get(r.Ledger).entries, ROLLED_BACK)}},
        ),
        "a ledger that does not hold is refused": (NOT_MET, {r.Ledger: {"breaks": ("cut",)}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "shadow: trial, staging, then champion", id="the first version"),
        pytest.param(beside(), "trial, 100 captured requests beside version 1, staging", id="beside a champion"),
    ],
)
def test_the_steps_are_told(changes: Changes, words: str) -> None:
    assert words in because(checks.a_release_goes_by_steps_that_can_stop_it, changes)
