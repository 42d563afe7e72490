"""Tests of tasks/replacements.py: who lets a champion go that cannot be scored any more, for what, never by itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused
from tasks import chain, replacements
from tasks.approvals import Approvals
from tasks.ledger import Entry, Kind, Ledger
from tests.tasks.contest import SHA256, Contest

RULES = Approvals(required=False, approver="Ada", author="Mo", by_author=False)
WHY = "its files were lost with the old disk"
COMPARED = {
    "verdict": "unscorable", "champion": {"version": 2, "digest": "c" * 64}, "candidate": {"digest": "d" * 64},
    "promotion_sha256": SHA256, "process": "the run", "actor": "mo",
}  # fmt: skip
BODY = {
    "alias": "champion", "replaces": 2, "champion_digest": "c" * 64, "candidate_digest": "d" * 64,
    "promotion_sha256": SHA256, "approver": "Ada", "because": WHY, "process": "a person", "compared_by": "mo",
}  # fmt: skip


@pytest.fixture
def contest(tmp_path: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Contest]:
    monkeypatch.chdir(tmp_path)
    yield Contest(tmp_path, mlflow_template)
    import mlflow

    mlflow.set_tracking_uri(None)


def entry(number: int = 7, kind: Kind = Kind.APPROVAL, **changed: Any) -> Entry:
    return Entry(chain.SCHEMA, number, kind.value, "0" * 64, "", BODY | changed, "", "")


def found(*entries: Entry, rules: Approvals = RULES) -> tuple[int | None, str]:
    seen, why = replacements.find(
        entries, champion=2, champion_digest="c" * 64, candidate_digest="d" * 64, promotion_sha256=SHA256, rules=rules
    )
    return (seen.number if seen else None), why


@pytest.mark.parametrize(
    ("entries", "number", "why"),
    [
        pytest.param([], None, "", id="nobody said so"),
        pytest.param([entry()], 7, "", id="the approver did"),
        pytest.param([entry(5, candidate_digest="0" * 64), entry(9)], 9, "", id="another word is no bar"),
        pytest.param([entry(replaces=1)], None, "another replaces", id="of another champion"),
        pytest.param([entry(champion_digest="0" * 64)], None, "another champion digest", id="of other bytes serving"),
        pytest.param([entry(candidate_digest="0" * 64)], None, "another candidate digest", id="of another candidate"),
        pytest.param([entry(promotion_sha256="6" * 64)], None, "another promotion sha256", id="of another set"),
        pytest.param([entry(approver="Mo")], None, "was given by Mo", id="the author's word"),
        pytest.param([entry(approver="Eve")], None, "was given by Eve", id="anybody's word"),
        pytest.param([entry(process=replacements.process())], None, "by the run itself", id="the run's own word"),
        pytest.param([entry(kind=Kind.DECISION)], None, "", id="no approval at all"),
        pytest.param([Entry(1, 3, "approval", "", "", {"decision": 2}, "", "")], None, "", id="that of a decision"),
    ],
)  # fmt: skip
def test_a_word_holds_for_just_this(entries: list[Entry], number: int | None, why: str) -> None:
    seen, reason = found(*entries)
    assert seen == number
    assert why in reason and bool(reason) is bool(why)


def test_an_approver_who_is_the_author_lets_nothing_go() -> None:
    assert "was given by Ada" in found(entry(), rules=Approvals(False, "Ada", "ada", False))[1]


@pytest.mark.parametrize(
    ("compared", "by", "because", "words"),
    [
        pytest.param({"verdict": "worse"}, "Ada", WHY, "needs no replacement", id="a champion that was compared with"),
        pytest.param({"verdict": "no-champion"}, "Ada", WHY, "needs no replacement", id="nothing serves"),
        pytest.param({}, "Mo", WHY, "may not approve", id="the author"),
        pytest.param({}, "Eve", WHY, "may not approve", id="somebody else"),
        pytest.param({}, "Ada", "  because ", "the reason is", id="no reason"),
        pytest.param({"process": replacements.process()}, "Ada", WHY, "this very process", id="the run itself"),
        pytest.param({"process": None}, "Ada", WHY, "this very process", id="nobody knows which process compared"),
    ],
)
def test_not_everybody_lets_every_champion_go(
    contest: Contest, compared: dict[str, Any], by: str, because: str, words: str
) -> None:
    with pytest.raises(GateRefused, match=words):
        replacements.approve(COMPARED | compared, by=by, because=because, rules=RULES, stores=contest.stores)
    assert contest.stores.trusted() == []


def test_what_is_said_is_bound_and_signed(contest: Contest) -> None:
    said = replacements.approve(COMPARED, by="Ada", because=f" {WHY} ", rules=RULES, stores=contest.stores)
    (read,) = Ledger(Path(contest.settings.runtime.ledger)).trusted()
    assert read == said and read.kind == Kind.APPROVAL
    assert read.body == BODY | {"process": replacements.process()}


def test_the_next_run_decides_as_without_a_champion(contest: Contest, monkeypatch: pytest.MonkeyPatch) -> None:
    fair, good = contest.train("fair"), contest.train("good")
    contest.enthrone(fair)
    (contest.package_of(fair) / "model.skops").rename(contest.root / "lost")
    contest.package_of(fair).rename(contest.root / "gone")
    refused = contest.report(good, contest.compare(good))
    owners = contest.settings.charter.owners
    assert owners.approver in refused["next_step"] and refused["replacement"] is None
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(replacements, "process", lambda: "a person's")
        said = replacements.approve(
            refused, by=owners.approver, because=WHY, rules=Approvals.of(contest.settings), stores=contest.stores
        )
    entries = contest.stores.trusted()
    seen = contest.report(good, contest.compare(good, entries=entries))
    assert seen["verdict"] == "unscorable" and owners.approver in seen["sentence"]
    assert seen["replacement"] == {"entry": said.number, "approver": owners.approver, "because": WHY}
    other = contest.compare(contest.train("good", "size"), entries=entries)
    assert other.replacement is None and "another candidate digest" in other.sentence
    assert contest.compare(good, entries=entries, sha256="6" * 64).replacement is None
