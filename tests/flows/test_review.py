"""A project is judged as it stands: gates decide from what is there, and the decision is on record."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from config.settings import Settings
from flows import review
from lens_checks.check import Checkpoint, Outcome
from lens_checks.schema import review_schema
from lens_checks.statements import Subject
from tasks.ledger import Decision, Ledger


def test_framing_is_judged_before_a_row_is_read(settings: Settings) -> None:
    report = review.judge(Checkpoint.FRAMING, settings)
    stored = json.loads(Path("reports/checkpoints/framing.json").read_text())
    assert stored["schema"] == 1
    assert [p["id"] for p in stored["practices"]] == [p.id for p in report.practices]
    assert stored["counts"]["met"] > 0


def test_the_framing_gate_opens_and_is_recorded(settings: Settings) -> None:
    outcome = review.decide("framing", settings)
    assert outcome.passed, outcome.blocking
    entry = review.record(outcome, settings, cause="test")
    assert Decision.read(Ledger(Path(settings.runtime.ledger)).entry(entry.number).body).outcome == "passed"
    stored = json.loads(Path("reports/decisions/framing.json").read_text())
    assert (stored["entry"], stored["hash"]) == (entry.number, entry.hash)


def test_a_phase_gate_decides_over_no_version(settings: Settings) -> None:
    decision = review.as_decision(review.decide("framing", settings), settings, cause="test")
    assert (decision.version, decision.promotable) == (None, True)


@pytest.mark.parametrize("gate", ["data", "development", "staging", "champion"])
def test_without_evidence_every_later_gate_refuses(settings: Settings, gate: str) -> None:
    subject = Subject(settings.charter.project, version=1, digest="d" * 64)
    outcome = review.decide(gate, settings, subject=subject)
    assert not outcome.passed
    assert {reason.verdict for reason in outcome.blocking if reason.bound} >= {Outcome.UNKNOWN}
    decision = review.as_decision(outcome, settings, cause="test")
    assert (decision.outcome, decision.promotable, decision.lets_through) == ("refused", False, False)
    assert len(decision.blocking) == len(outcome.blocking)


def test_a_malformed_report_is_broken_and_holds_the_gate(settings: Settings) -> None:
    Path("data/attempt").mkdir(parents=True)
    Path("data/attempt/validation.json").write_text('{"success": true}')
    outcome = review.decide("data", settings, attempt=True)
    assert [r.verdict for r in outcome.blocking if r.bound == "contract"] == [Outcome.BROKEN]


def test_a_review_covers_the_whole_lens_and_is_written_down(settings: Settings) -> None:
    found = review.report(settings)
    stored = json.loads(Path("reports/review.json").read_text())
    assert stored["counts"]["total"] == len(stored["practices"]) == len(found.practices) == 105
    assert {"id", "id_2025", "pillar", "phase", "checkpoint", "risk", "verdict", "by", "because", "fix"} <= set(
        stored["practices"][0]
    )
    assert len(stored["questions"]) == 35
    Draft202012Validator(review_schema()).validate(stored)
    assert Path("reports/review.html").read_text().startswith("<!doctype html>")


def test_reviewing_changes_nothing_but_the_reports(settings: Settings) -> None:
    def listed() -> dict[str, float]:
        return {str(p): p.stat().st_mtime for p in Path().rglob("*") if p.is_file() and "reports" not in p.parts}

    before = {name: time for name, time in listed().items() if "__pycache__" not in name and "mlflow.db" not in name}
    review.review_project(settings)
    assert {name: listed()[name] for name in before} == before


def test_the_shipped_policy_lists_only_what_may_wait() -> None:
    from config.load import load
    from lens_checks.waiting import MAY_WAIT

    waiting = load(Path()).policy.not_yet_required
    assert set(waiting) <= MAY_WAIT


def test_what_a_check_judges_cannot_be_wished_away(settings: Settings) -> None:
    wish = settings.policy.model_copy(update={"not_yet_required": ("MLPER-03", "MLSEC-02")})
    results = review.review_project(settings.model_copy(update={"policy": wish})).practices
    assert {result.required for result in results if result.id in wish.not_yet_required} == {True}
