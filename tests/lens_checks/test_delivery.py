"""A drill counts as the ledger tells it, to its last second; tests, moves and words count for the version they name."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.settings import Policy
from lens_checks import delivery
from lens_checks.check import Missing
from lens_checks.evidence import records as r
from tests.lens_checks.delivered import COMMIT, DRILLED, drill, entry_of, run
from tests.lens_checks.made import NOW, START, entry
from tests.lens_checks.world import GOOD

LEDGER = GOOD.get(r.Ledger)
VERSION = GOOD.get(r.Registry).versions[0]
RECOVERY = GOOD.get(Policy).recovery
CLOCK = r.Clock(now=NOW)
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)


def ledger(*entries: r.LedgerEntry, breaks: tuple[str, ...] = ()) -> r.Ledger:
    return r.Ledger(entries=entries, breaks=breaks)


def move(number: int, version: int, kind: str = "done", time: datetime = START, **body: object) -> r.LedgerEntry:
    """Let the champion become a version."""
    return entry(number, kind, time, alias="champion", version=version, **body)


def missing(name: str) -> list[str]:
    raise Missing(name)


def test_the_first_that_is_missing_is_told_and_what_is_wrong_before_it() -> None:
    with pytest.raises(Missing, match="the first"):
        delivery.known(lambda: missing("the first"), lambda: [], lambda: missing("the second"))
    assert delivery.known(lambda: missing("the first"), lambda: ["wrong"]) == ["wrong"]


@pytest.mark.parametrize(
    ("made", "faults"),
    [
        pytest.param(NOW, [], id="just now"),
        pytest.param(NOW - MINUTE, [], id="a minute ago"),
        pytest.param(NOW + 5 * MINUTE, [], id="by a clock that goes five minutes ahead"),
        pytest.param(
            NOW + 5 * MINUTE + SECOND,
            ["the drill tamper is dated 2026-11-22, in the future"],
            id="by one further ahead",
        ),
        pytest.param(NOW - RECOVERY.drill_days * DAY, [], id="as old as may be"),
        pytest.param(
            NOW - RECOVERY.drill_days * DAY - SECOND,
            [f"the drill tamper is {RECOVERY.drill_days} days old, {RECOVERY.drill_days} are accepted"],
            id="a second older",
        ),
    ],
)
def test_a_drill_counts_for_its_days(made: datetime, faults: list[str]) -> None:
    seen = drill("tamper", made=made)
    assert delivery.of_drill(seen, ledger(entry_of(seen)), CLOCK, RECOVERY) == faults


@pytest.mark.parametrize(
    ("change", "held"),
    [
        pytest.param({}, True, id="the entry of the drill"),
        pytest.param({"time": DRILLED + 5 * MINUTE}, True, id="written five minutes later"),
        pytest.param({"time": DRILLED - 5 * MINUTE}, True, id="by a clock that is five minutes behind"),
        pytest.param({"time": DRILLED + 5 * MINUTE + SECOND}, False, id="written later"),
        pytest.param({"body": {"made": (DRILLED + SECOND).isoformat()}}, False, id="of another second"),
        *(
            pytest.param({"body": {name: value}}, False, id=f"of another {name}")
            for name, value in {
                "name": "resume",
                "passed": False,
                "seconds": 9.5,
                "version": 2,
                "commit": "def",
                "about": {"a": 1},
            }.items()
        ),
        pytest.param({"number": 7}, False, id="an entry of another number"),
        pytest.param({"kind": "decision"}, False, id="an entry of another kind"),
    ],
)
def test_a_record_is_that_of_the_entry_which_it_names(change: dict[str, Any], held: bool) -> None:
    seen = drill("tamper")
    told = entry_of(seen)
    told = replace(told, **change | {"body": told.body | change.get("body", {})})
    assert bool(delivery.of_record(seen, ledger(told))) is not held


def test_a_broken_ledger_holds_no_record() -> None:
    seen = drill("tamper")
    faults = delivery.of_record(seen, ledger(entry_of(seen), breaks=("entry 1 was edited",)))
    assert faults == [f"the drill tamper is in no sound ledger (entry {seen.entry})"]


DRILL = drill("rollback")


@pytest.mark.parametrize(
    ("moves", "earlier"),
    [
        pytest.param((move(1, 1),), set(), id="the champion of the drill alone"),
        pytest.param((move(1, 2), move(2, 1)), {2}, id="one that served before"),
        pytest.param((move(1, 1), move(2, 2), move(3, 1, **{"from": 2})), {2}, id="one that was replaced"),
        pytest.param((move(1, 1), entry(2, "done", alias="champion")), set(), id="a move that names no version"),
        pytest.param((move(1, 1), entry(2, "done", alias="staging", version=2)), set(), id="one that was staged alone"),
        pytest.param((move(1, 2), move(2, 1, "rollback", **{"from": 2})), set(), id="one that was rolled back from"),
        pytest.param(
            (move(1, 2), move(2, 1, "rollback", **{"from": 2, "restored": True})), {2},
            id="one that a drill left for a moment",
        ),
        pytest.param((move(1, 1), move(DRILL.entry, 2)), set(), id="one that served since the drill"),
        pytest.param((move(1, 1), move(DRILL.entry + 9, 2)), set(), id="one that served after it"),
    ],
)  # fmt: skip
def test_what_served_before_can_be_brought_back(moves: tuple[r.LedgerEntry, ...], earlier: set[int]) -> None:
    assert delivery.earlier(ledger(*moves), DRILL) == earlier


@pytest.mark.parametrize(
    ("number", "counts"), [(DRILL.entry - 1, True), (DRILL.entry, False), (DRILL.entry + 1, False)]
)
def test_a_rollback_drill_brings_back_what_had_served(number: int, counts: bool) -> None:
    faults = delivery.of_rollback(DRILL, GOOD.get(r.Registry), ledger(move(number, 1)))
    assert faults == ([] if counts else ["the rollback drill brought back version 1, which never served"])


def test_a_broken_ledger_shows_no_deployment() -> None:
    assert delivery.champions(ledger(move(1, 1), breaks=("entry 1 was edited",))) == ()
    assert delivery.last_move(ledger(move(1, 1), move(2, 2))) == move(2, 2)


@pytest.mark.parametrize("planted", [True, None], ids=["a twin", "it does not say"])
def test_a_twin_will_not_do_where_another_served(planted: bool | None) -> None:
    registry = r.Registry(name="flights", versions=(replace(VERSION, version=2),), aliases={}, tags={})
    moves, practised = ledger(move(1, 2), move(2, 1)), drill("rollback", version=2, planted=planted)
    twin = "the rollback drill used a twin, though another version served before"
    assert delivery.of_rollback(practised, registry, moves) == [twin]
    assert delivery.of_rollback(drill("rollback", version=2, planted=False), registry, moves) == []


def test_what_a_drill_brought_back_is_registered() -> None:
    nothing = r.Registry(name="flights", versions=(), aliases={}, tags={})
    assert delivery.of_rollback(DRILL, nothing, ledger(move(1, 1))) == [
        "version 1 of the rollback drill is not registered"
    ]


def test_the_candidate_is_judged_before_the_champion() -> None:
    versions = (VERSION, replace(VERSION, version=2))
    both = r.Registry(name="flights", versions=versions, aliases={"champion": 1, "candidate": 2}, tags={})
    assert delivery.at_hand(both).version == 2
    assert delivery.at_hand(replace(both, aliases={"champion": 1})).version == 1
    with pytest.raises(Missing, match="candidate or champion"):
        delivery.at_hand(replace(both, aliases={}))


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        pytest.param({}, [], id="green"),
        pytest.param({"tests": 1}, [], id="one test"),
        pytest.param({"tests": 0}, ["0 of 0 tests failed on commit abc"], id="no test"),
        pytest.param({"failed": 1}, ["1 of 9 tests failed on commit abc"], id="one failed"),
        pytest.param({"passed": False}, ["0 of 9 tests failed on commit abc"], id="not passed"),
        pytest.param({"dirty": True}, ["the tests ran on changes to commit abc"], id="changes to the commit"),
        pytest.param({"kinds": {"data": 1, "model": 1, "api": 1}}, [], id="one of each kind"),
        pytest.param(
            {"kinds": {"data": 0, "model": 1}}, ["no test of data, api ran on commit abc"], id="two kinds lack"
        ),
    ],
)
def test_the_tests_of_a_commit_count_when_they_are_green(change: dict[str, Any], faults: list[str]) -> None:
    assert delivery.of_tests(VERSION, r.TestRuns(runs={COMMIT: run(**change)})) == (faults, COMMIT)


@pytest.mark.parametrize("commit", ["", None])
def test_a_version_without_a_commit_has_no_tests(commit: str | None) -> None:
    tags = {name: tag for name, tag in VERSION.tags.items() if name != "commit"}
    version = replace(VERSION, tags=tags if commit is None else tags | {"commit": commit})
    with pytest.raises(Missing, match="the commit that version 1 was made from"):
        delivery.of_tests(version, r.TestRuns(runs={"": run()}))


def test_the_newest_decision_and_the_newest_move_count() -> None:
    passed = [entry(n, "decision", gate=g, outcome="passed", version=v) for n, g, v in
              ((4, "staging", 1), (1, "champion", 1), (3, "champion", 1), (5, "champion", 2))]  # fmt: skip
    assert delivery.decided(ledger(*passed), VERSION).number == 4
    assert delivery.moved(ledger(move(1, 1), move(2, 1), move(3, 1), move(4, 2)), VERSION).number == 3
    assert delivery.moved(ledger(move(1, 1)), VERSION).number == 1
    with pytest.raises(Missing, match="a completed deployment"):
        delivery.moved(ledger(move(1, 1), breaks=("entry 1 was edited",)), VERSION)


LET_IN = entry(2, "decision", gate="champion", outcome="passed", version=1)
BY_PERSON, BY_POLICY = (GOOD.get(Policy).model_copy(update={"approval": by}) for by in ("person", "policy"))
NO_DECISION, NOBODY = "deployment 3 names no decision that passed", "nobody approved version 1"


@pytest.mark.parametrize(
    ("policy", "entries", "fault"),
    [
        pytest.param(BY_POLICY, (LET_IN, move(3, 1, decision=2)), "", id="let in by a decision"),
        pytest.param(BY_POLICY, (), "no deployment is in a sound ledger", id="never let in"),
        pytest.param(BY_POLICY, (LET_IN, move(3, 1)), NO_DECISION, id="by no decision"),
        pytest.param(BY_POLICY, (LET_IN, move(3, 1, decision=9)), NO_DECISION, id="by one that is not there"),
        pytest.param(
            BY_POLICY, (entry(2, "decision", outcome="refused", version=1), move(3, 1, decision=2)), NO_DECISION,
            id="by a refusal",
        ),
        pytest.param(
            BY_POLICY, (entry(2, "retraining", outcome="passed", version=1), move(3, 1, decision=2)), NO_DECISION,
            id="by what is no decision",
        ),
        pytest.param(BY_PERSON, (LET_IN, move(3, 1, decision=2)), NOBODY, id="by no person, where one is asked for"),
        pytest.param(
            BY_PERSON, (LET_IN, entry(1, "approval", decision=2), move(3, 1, decision=2)), "", id="by a person"
        ),
        pytest.param(
            BY_PERSON, (LET_IN, entry(1, "approval"), move(3, 1, decision=2)), NOBODY, id="by a word on no decision"
        ),
        pytest.param(
            BY_PERSON, (LET_IN, entry(1, "approval", decision=9), move(3, 1, decision=2)), NOBODY,
            id="by a word on one that is not there",
        ),
        pytest.param(
            BY_PERSON, (LET_IN, entry(1, "approval", decision=3), move(3, 1, decision=2)), NOBODY,
            id="by a word on the deployment itself",
        ),
        pytest.param(
            BY_PERSON,
            (entry(0, "decision", outcome="passed", version=2), LET_IN, entry(1, "approval", decision=0),
             move(3, 1, decision=2)),
            NOBODY, id="by a word on another version",
        ),
    ],
)  # fmt: skip
def test_a_champion_is_let_in_by_a_decision_and_a_person(
    policy: Policy, entries: tuple[r.LedgerEntry, ...], fault: str
) -> None:
    faults = delivery.of_approval(ledger(*entries), policy)
    assert (len(faults), "".join(faults)[: len(fault)]) == (bool(fault), fault)


def gate(number: int, name: str, minutes: int) -> r.LedgerEntry:
    """Let a gate decide so many minutes after the start."""
    return entry(number, "decision", START + minutes * MINUTE, gate=name, outcome="passed", version=1)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        pytest.param(
            (gate(1, "framing", 0), gate(2, "staging", 4), move(3, 1, time=START + 9 * MINUTE)),
            "1 deployments, failure rate 0%, lead time 9.0 min", id="from the first gate of its run",
        ),
        pytest.param(
            (gate(1, "framing", 0), gate(2, "framing", 3), gate(3, "staging", 4), move(4, 1, time=START + 9 * MINUTE)),
            "1 deployments, failure rate 0%, lead time 6.0 min", id="of its own run",
        ),
        pytest.param(
            (gate(1, "staging", 0), gate(2, "staging", 4), move(3, 1, time=START + 9 * MINUTE)),
            "1 deployments, failure rate 0%, lead time 5.0 min", id="from the last gate, where no first one is told",
        ),
        pytest.param(
            (gate(1, "staging", 4), gate(2, "champion", 8), move(3, 1, time=START + 9 * MINUTE), gate(4, "framing", 9)),
            "1 deployments, failure rate 0%, lead time 5.0 min", id="not from its own gate, or from a later run's",
        ),
        pytest.param(
            (gate(1, "framing", 0), move(3, 2, time=START + 2 * MINUTE), move(4, 1, time=START + 4 * MINUTE),
             move(5, 2, "rollback", **{"from": 1})),
            "2 deployments, failure rate 50%, lead time 3.0 min", id="one of two taken back",
        ),
        pytest.param(
            (gate(1, "framing", 0), move(3, 1, time=START + 2 * MINUTE), move(5, 2, "rollback", restored=True)),
            "1 deployments, failure rate 0%, lead time 2.0 min", id="what a drill restored was not taken back",
        ),
    ],
)  # fmt: skip
def test_how_changes_reach_the_endpoint(entries: tuple[r.LedgerEntry, ...], words: str) -> None:
    assert delivery.figures(ledger(*entries)).words == words


def test_a_deployment_before_every_gate_has_no_lead_time() -> None:
    with pytest.raises(Missing, match="lead time"):
        delivery.figures(ledger(move(3, 1)))
