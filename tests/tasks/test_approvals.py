"""Where the policy asks for a person, only that person's word lets just this candidate in."""

import contextlib
from dataclasses import asdict, replace
from typing import Any

import pytest

from config.errors import GateRefused
from config.settings import Settings
from tasks import approvals
from tasks.approvals import Approvals
from tasks.ledger import Decision, Entry, Kind
from tests.tasks.release_world import World

BY_PERSON = Approvals(required=True, approver="approver", author="author")


BOUND: dict[str, Any] = dict.fromkeys(approvals.BOUND_TO, "the same")
DECISION = Decision(
    outcome="passed", commit=None, dirty=False, lock_sha256=None, report_sha256=None, promotable=True, actor="x",
    cause="x", time="x", figures={"process": "the run"}, **BOUND,
)  # fmt: skip


def entry(number: int, kind: Kind, **body: Any) -> Entry:
    return Entry(1, number, kind, "", "2026-01-01T00:00:00+00:00", body, "", "")


DECIDED = entry(2, Kind.DECISION, **BOUND, figures={"process": "the run"})
APPROVED = entry(3, Kind.APPROVAL, decision=2, approver="approver", process="a person's")


@pytest.mark.parametrize(
    ("others", "words"),
    [
        pytest.param((APPROVED,), "", id="the approver's word after the decision"),
        pytest.param((), "waits for approver", id="no word at all"),
        pytest.param((entry(3, Kind.DONE, decision=2),), "waits for approver$", id="a move is no word"),
        pytest.param((entry(3, Kind.APPROVAL, lost=1),), "waits for approver$", id="a word on something else"),
        pytest.param((entry(1, Kind.APPROVAL, **APPROVED.body),), "names no decision", id="a word before the decision"),
        pytest.param((entry(3, Kind.APPROVAL, **APPROVED.body | {"decision": 1}),), "names no", id="on no decision"),
        pytest.param(
            (entry(1, Kind.DONE, **DECIDED.body), entry(3, Kind.APPROVAL, **APPROVED.body | {"decision": 1})),
            "names no",
            id="on what is no decision",
        ),
        pytest.param((entry(3, Kind.APPROVAL, **APPROVED.body | {"process": "the run"}),), "itself", id="the run's"),
        pytest.param((entry(3, Kind.APPROVAL, **APPROVED.body | {"approver": "author"}),), "by author", id="author's"),
    ],
)
def test_what_a_decision_waits_for(others: tuple[Entry, ...], words: str) -> None:
    with pytest.raises(approvals.AwaitsApproval, match=words) if words else contextlib.nullcontext():
        BY_PERSON.demand(DECISION, DECIDED, (DECIDED, *others))


@pytest.mark.parametrize("name", approvals.BOUND_TO)
def test_an_approval_is_of_just_this_candidate_policy_and_base(name: str) -> None:
    other = entry(2, Kind.DECISION, **BOUND | {name: "another"}, figures={"process": "the run"})
    with pytest.raises(approvals.AwaitsApproval, match="another candidate, policy or base"):
        BY_PERSON.demand(DECISION, DECIDED, (other, APPROVED))


@pytest.mark.parametrize("writer", ["the run before", "the run after"])
def test_an_approval_of_a_candidate_decided_twice_is_by_neither_run(writer: str) -> None:
    before, after = (DECIDED.body | {"figures": {"process": f"the run {when}"}} for when in ("before", "after"))
    word = entry(3, Kind.APPROVAL, **APPROVED.body | {"process": writer})
    decision, anew = replace(DECISION, figures=after["figures"]), entry(4, Kind.DECISION, **after)
    with pytest.raises(approvals.AwaitsApproval, match="written by the run itself"):
        BY_PERSON.demand(decision, anew, (entry(2, Kind.DECISION, **before), word, anew))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param({"outcome": "refused"}, "decision 2 refused", id="it was refused"),
        pytest.param({"promotable": False}, "decision 2 refused", id="it was only explored"),
        pytest.param({"figures": {}}, "does not approve itself", id="it does not say which process made it"),
    ],
)
def test_what_no_person_lets_through(world: World, change: dict[str, Any], words: str) -> None:
    decided = entry(2, Kind.DECISION, **asdict(replace(DECISION, **change)))
    with pytest.raises(GateRefused, match=words):
        approvals.approve(decided, by="approver", rules=BY_PERSON, stores=world.stores)
    assert Kind.APPROVAL not in kinds(world)


@pytest.mark.parametrize("approval", ["policy", "person"])
def test_the_policy_says_whether_a_person_is_asked(shipped: Settings, approval: str) -> None:
    policy = shipped.policy.model_copy(update={"approval": approval, "approver_may_be_author": False})
    rules, owners = Approvals.of(shipped.model_copy(update={"policy": policy})), shipped.charter.owners
    assert rules == Approvals(approval == "person", owners.approver, owners.model, by_author=False)
    assert rules.expected == f"{owners.approver}, who is not {owners.model}"
    assert replace(rules, by_author=True).expected == owners.approver


def test_nobody_is_waited_for_where_the_policy_asks_for_nobody() -> None:
    Approvals(required=False, approver="approver", author="author").demand(DECISION, DECIDED, (DECIDED,))


def test_the_author_is_no_approver_unless_it_is_said() -> None:
    assert "nobody lets their own in" in (Approvals(required=True, approver="ann", author="Ann").fault_of("ann") or "")


def kinds(world: World) -> list[str]:
    return [entry.kind for entry in world.stores.ledger.entries()]


def staged(world: World) -> int:
    version = world.register(1.0)
    world.decide("staging", version)
    world.promote("staging")
    return world.decide("champion", version).number


def test_a_person_lets_the_champion_in(world: World) -> None:
    number = staged(world)
    with pytest.raises(approvals.AwaitsApproval, match="waits for approver"):
        world.promote("champion", approvals=BY_PERSON)
    assert kinds(world)[-1] == "decision"
    approvals.approve(world.stores.ledger.entry(number), by="approver", rules=BY_PERSON, stores=world.stores)
    assert world.promote("champion", approvals=BY_PERSON).changed


def test_an_approval_covers_the_same_candidate_decided_anew(world: World) -> None:
    number = staged(world)
    approvals.approve(world.stores.ledger.entry(number), by="approver", rules=BY_PERSON, stores=world.stores)
    world.decide("champion", world.stores.registry.version(1))
    assert world.promote("champion", approvals=BY_PERSON).changed


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({"approver": "author"}, "given by author", id="by the author"),
        pytest.param({"approver": ""}, "given by", id="by nobody"),
        pytest.param({"process": "the run"}, "by the run itself", id="by the run itself"),
        pytest.param({"decision": 1}, "another candidate", id="of another gate"),
        pytest.param({"decision": 99}, "no decision", id="of no decision"),
    ],
)
def test_an_approval_that_does_not_count(world: World, body: dict[str, Any], words: str) -> None:
    number = staged(world)
    good = {"decision": number, "approver": "approver", "process": "a person's"}
    world.stores.record(Kind.APPROVAL, good | body)
    with pytest.raises(GateRefused, match=words):
        world.promote("champion", approvals=BY_PERSON)
    assert world.alias() is None


def test_the_run_that_decided_does_not_approve_itself(world: World) -> None:
    version = world.register(1.0)
    mine = {"package_digest": version.tags["package"], "process": approvals.process()}
    entry = world.decide("staging", version, figures=mine)
    with pytest.raises(GateRefused, match="does not approve itself"):
        approvals.approve(entry, by="approver", rules=BY_PERSON, stores=world.stores)


@pytest.mark.parametrize(
    ("approver", "author", "may", "words"),
    [
        pytest.param("ann", "ann", False, "accountable for the model", id="the author, never by default"),
        pytest.param("Ann ", "ann", False, "accountable for the model", id="the author, spelt otherwise"),
        pytest.param("ann", "ann", True, "", id="the author, where the policy says so"),
        pytest.param("bob", "ann", False, "", id="somebody else"),
    ],
)
def test_whether_the_author_may_approve_is_for_the_policy_to_say(
    world: World, approver: str, author: str, may: bool, words: str
) -> None:
    rules = Approvals(required=True, approver=approver, author=author, by_author=may)
    entry = world.stores.ledger.entry(staged(world))
    with pytest.raises(GateRefused, match=words) if words else contextlib.nullcontext():
        approvals.approve(entry, by=approver, rules=rules, stores=world.stores)
        assert world.promote("champion", approvals=rules).changed


def test_a_person_s_no_is_a_refusal_on_record(world: World) -> None:
    entry = world.stores.ledger.entry(staged(world))
    error = approvals.decline(entry, by="approver", reason="too early", rules=BY_PERSON, stores=world.stores)
    assert "too early" in error.seen
    with pytest.raises(GateRefused, match="decided anew"):
        world.promote("champion", entry.number)
    with pytest.raises(GateRefused, match="neither approve nor decline"):
        raise approvals.decline(entry, by="author", reason="", rules=BY_PERSON, stores=world.stores)


@pytest.mark.parametrize("who", ["author", "somebody", ""])
def test_only_the_approver_approves(world: World, who: str) -> None:
    number = staged(world)
    with pytest.raises(GateRefused, match="may not approve"):
        approvals.approve(world.stores.ledger.entry(number), by=who, rules=BY_PERSON, stores=world.stores)
