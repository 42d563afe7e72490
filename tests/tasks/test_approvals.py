"""Where the policy asks for a person, only that person's word lets just this candidate in."""

import contextlib
from typing import Any

import pytest

from config.errors import GateRefused
from tasks import approvals
from tasks.approvals import Approvals
from tasks.ledger import Kind
from tests.tasks.release_world import World

BY_PERSON = Approvals(required=True, approver="approver", author="author")


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
