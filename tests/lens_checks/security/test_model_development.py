"""Traffic between training nodes, and data that somebody has poisoned."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.settings import Charter, Data, Params
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.security import model_development as checks
from tests.lens_checks.delivered import entries, ran_with
from tests.lens_checks.guarded import given
from tests.lens_checks.made import MODEL, NOW, entry
from tests.lens_checks.proven import SEARCHED, compared
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

VERSION = GOOD.get(r.Registry).versions[0]
SNAPSHOT = GOOD.get(r.Pipeline).snapshots["data/landed"]
BEFORE = replace(VERSION, version=7, aliases=("previous",), tags=VERSION.tags | {"digest": "e" * 64})
SECOND = (*GOOD.get(r.Ledger).entries, entry(70, "decision", gate="champion", outcome="passed", version=7))
CHAMPION = r.ComparedVersion(version=7, run_id="old", digest="e" * 64)


def flip(allowed: str | None, check: str = "flipped labels") -> Changes:
    leak = r.Leak(check=check, columns=("late",), share=0.2, sentence="look flipped", allowed=allowed)
    return {r.Leakage: {"findings": (leak,)}}


def far(share: float) -> Changes:
    return {r.Difference: {"outliers": {n: {"any": share} for n in ("train", "tune", "promotion")}}}


def moved(psi: float) -> Changes:
    column = r.ColumnDifference(psi=0.02, arrived_psi=psi, missing_before=0, missing=0)
    return {r.Difference: {"columns": {"delay": column}}}


def against(verdict: str, **slices: str) -> Changes:
    """Compare with a champion, with these verdicts in the airports."""
    told = {n: r.SliceComparison(value=0.0, low=-0.1, high=0.1, rows=99, verdict=v) for n, v in slices.items()}
    seen = compared(champion=CHAMPION, verdict=verdict, slices={"origin": told} if told else {})
    return {r.ChampionComparison: vars(seen)}


def before(**change: Any) -> Changes:
    """Put another champion on the ladder before this one."""
    aliases = {"champion": 1, "previous": 7}
    return {r.Registry: {"versions": (VERSION, BEFORE), "aliases": aliases} | change, r.Ledger: {"entries": SECOND}}


OTHER_ROWS = before(versions=(VERSION, replace(BEFORE, tags=BEFORE.tags | {"landed_sha256": "0" * 64})))
BEGUN, ENDS = NOW - timedelta(days=9), NOW + timedelta(days=9)


def spoke(
    *, nodes: int = 2, address: str = "tls://b:8786", plain_refused: bool | None = True, run_id: str = "run",
    not_before: datetime | None = BEGUN, not_after: datetime | None = ENDS,
) -> Changes:  # fmt: skip
    """Let two nodes have trained, of which the second is like this; the charter says how many there are."""
    first = r.TrainingNode(address="tls://a:8786", not_before=BEGUN, not_after=ENDS)
    second = r.TrainingNode(address=address, not_before=not_before, not_after=not_after)
    seen = {"run_id": run_id, "nodes": (first, second), "plain_refused": plain_refused}
    return {Charter: {"compute_nodes": nodes}, r.TrainingNetwork: seen}


VERDICTS = {
    checks.traffic_between_training_nodes_is_encrypted: {
        "one node has no traffic to encrypt": (DERIVED, {}),
        "one node that says so has none either": (
            DERIVED,
            {r.TrainingNetwork: {"nodes": (r.TrainingNode(address="tcp://a", not_before=None, not_after=None),)}},
        ),
        "four nodes have traffic that nobody showed": (UNKNOWN, {Charter: {"compute_nodes": 4}}),
        "without a training run nothing is derived": (UNKNOWN, {r.Training: None}),
        "two nodes that speak by TLS alone": (MET, spoke()),
        "a charter of one node, where two trained": (NOT_MET, spoke(nodes=1)),
        "a node that speaks in the clear": (NOT_MET, spoke(address="tcp://b:8786")),
        "a certificate that ended": (NOT_MET, spoke(not_after=NOW)),
        "a certificate that begins later": (NOT_MET, spoke(not_before=NOW + timedelta(days=1))),
        "a certificate that begins now": (MET, spoke(not_before=NOW)),
        "a certificate without a beginning": (NOT_MET, spoke(not_before=None)),
        "a certificate without an end": (NOT_MET, spoke(not_after=None)),
        "a plain connection that was taken": (NOT_MET, spoke(plain_refused=False)),
        "a plain connection that nobody tried": (UNKNOWN, spoke(plain_refused=None)),
        "the network of another run": (UNKNOWN, spoke(run_id="other")),
        "one of three nodes that nobody names": (UNKNOWN, spoke(nodes=3)),
    },
    checks.poisoned_data_would_be_noticed: {
        "allowed files, near what was accepted, and a way back": (MET, {}),
        "a list that allows nothing, and so anything": (NOT_MET, {Data: {"source": {"allowed": ()}}}),
        "a file that is not on the list": (NOT_MET, {Data: {"source": {"allowed": ("data/*.parquet",)}}}),
        "a file that is not what was pinned": (
            NOT_MET,
            {Data: {"source": {"checksums": {"data/flights.csv": "0" * 64}}}},
        ),
        "a file without a digest": (
            NOT_MET,
            {r.Landing: {"sources": (r.SourceFile(path="data/more.csv", sha256=""),)}},
        ),
        "no file at all": (NOT_MET, {r.Landing: {"sources": ()}}),
        "other rows on disk than the manifest's": (NOT_MET, {r.Landing: {"sha256_on_disk": "0" * 64}}),
        "distances that came in kilometres": (NOT_MET, moved(0.8)),
        "values far out": (NOT_MET, far(0.2)),
        "the first data has nothing to be compared with": (MET, {r.Difference: {"against": None, "columns": {}}}),
        "data compared with the other rows that were there before": (MET, OTHER_ROWS),
        "data compared with nothing, though other rows were there before": (
            NOT_MET,
            {r.Difference: {"against": None}, **OTHER_ROWS},
        ),
        "another leak is looked at elsewhere": (MET, flip(None, check="future rows")),
        "labels that look flipped": (NOT_MET, flip(None)),
        "flipped labels allowed without a reason": (NOT_MET, flip(" ")),
        "flipped labels allowed with a reason": (MET, flip("the authority corrected them")),
        "nobody looked for flipped labels": (NOT_MET, {r.Leakage: {"checks": SEARCHED[:-1]}}),
        "labels of other rows were looked at": (NOT_MET, {r.Leakage: {"data_sha256": "0" * 64}}),
        "a slice that became worse": (NOT_MET, {**before(), **against("better", JFK="worse", LGA="not-worse")}),
        "no slice that became worse": (MET, {**before(), **against("better", JFK="open", LGA="not-worse")}),
        **{
            f"no slice was compared, and all in all it is {verdict}": (NOT_MET, {**before(), **against(verdict)})
            for verdict in ("better", "not-worse", "worse")
        },
        "the first version is compared in no slice": (MET, {r.ChampionComparison: {"slices": None}}),
        "where no slice is asked for, none is missing": (
            MET,
            {**before(), **against("better"), Params: {"slices": ()}},
        ),
        "a comparison of another candidate": (
            NOT_MET,
            {r.ChampionComparison: {"candidate": {"digest": "0" * 64}}},
        ),
        "a champion to go back to": (MET, before()),
        "no alias names a version to go back to": (NOT_MET, before(aliases={"champion": 1})),
        "no alias names any version": (NOT_MET, before(aliases={})),
        "what could be gone back to never was champion": (NOT_MET, before(aliases={"champion": 1, "previous": 1})),
        "what could be gone back to has no digest": (
            NOT_MET,
            before(versions=(VERSION, replace(BEFORE, tags={}))),
        ),
        "a challenger goes back to the champion of now": (MET, before(aliases={"champion": 7, "candidate": 1})),
        "a snapshot that anybody may write to": (
            NOT_MET,
            {r.Pipeline: {"snapshots": {"data/landed": replace(SNAPSHOT, sealed=False)}}},
        ),
        "a snapshot that is not in the cache": (
            NOT_MET,
            {r.Pipeline: {"snapshots": {"data/landed": replace(SNAPSHOT, cached=False)}}},
        ),
        "a snapshot that was edited": (
            NOT_MET,
            {r.Pipeline: {"snapshots": {"data/landed": replace(SNAPSHOT, on_disk="2")}}},
        ),
        "no snapshot": (NOT_MET, {r.Pipeline: {"snapshots": {}}}),
        "trained bytes that are registered nowhere cannot be told": (UNKNOWN, {r.Training: {"model_digest": "0" * 64}}),
    },
}

POOLED = {r.Premises: {"pools": {"training": "nodes", "scoring": ""}}} | given(work_pools=["nodes"])
VERDICTS[checks.the_platform_itself_is_governed] = {
    "an approved template, tested rules, places of its own": (MET, {}),
    "a work pool that is approved": (MET, POOLED),
    "a work pool that nobody approved": (NOT_MET, {r.Premises: {"pools": {"training": "nodes"}}}),
    "another version of the template": (NOT_MET, {r.Premises: {"template": "v0.9"}}),
    "nothing tells of a template": (UNKNOWN, {r.Premises: {"template": None}}),
    "no template is approved": (UNKNOWN, given(templates=[])),
    "a package that is not that of the lock": (NOT_MET, {r.Environment: {"other_version": ("numpy 1, lock says 2",)}}),
    "a package that the lock does not know": (NOT_MET, {r.Environment: {"not_in_lock": ("leftpad",)}}),
    "another lock than that of the version": (NOT_MET, {r.Environment: {"lock_sha256": "0" * 64}}),
    "a ledger that does not hold": (NOT_MET, {r.Ledger: {"breaks": ("entry 2 was edited",)}}),
    "a decision that names no policy": (NOT_MET, entries(2, policy_sha256="")),
    "rules that failed their tests": (NOT_MET, ran_with(passed=False, failed=1)),
    "nobody ran the tests": (UNKNOWN, {r.TestRuns: {"runs": {}}}),
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("check", "changes", "words"),
    [
        (checks.poisoned_data_would_be_noticed, {}, "no champion yet, in 0 slices"),
        (
            checks.poisoned_data_would_be_noticed,
            {**before(), **against("better", JFK="open", LGA="not-worse")},
            "compared with version 7, in 2 slices",
        ),
        (checks.the_platform_itself_is_governed, {}, "it runs in processes of its own, "),
        (checks.the_platform_itself_is_governed, POOLED, "it runs in nodes, "),
    ],
)
def test_what_was_seen_is_told(check: Check, changes: Changes, words: str) -> None:
    assert words in because(check, changes)


def test_the_good_project_is_about_one_model() -> None:
    assert {VERSION.tags["digest"], compared().candidate.digest} == {MODEL}
