"""AWS's own client reads the report, and finds the risks and practices of the review in it."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from botocore.parsers import create_parser
from botocore.session import get_session
from botocore.validate import ParamValidator

from config.settings import Settings
from lens_checks.catalogue import load
from lens_checks.check import Checkpoint, Outcome
from lens_checks.checkpoint import PracticeResult, judge
from lens_checks.consolidated import report
from lens_checks.review import Review, review
from tests.lens_checks.small import NOW, Given, result, said

FOUND = {"MLSEC-02": Outcome.NOT_APPLICABLE, "MLSEC-03": Outcome.MET, "MLSEC-05": Outcome.NOT_MET}


@pytest.fixture(scope="module")
def reviewed(example: Settings) -> Review:
    known = load()
    rest = judge(Checkpoint, catalogue=known, evidence=Given(), statements=said(), policy=example.policy)
    results = [_as(one, FOUND[one.id]) if one.id in FOUND else one for one in rest]
    return review(
        results, project="flights", catalogue=known, policy=example.policy, statements=said(), champion=True, now=NOW
    )


def _as(one: PracticeResult, outcome: Outcome) -> PracticeResult:
    return replace(result(one.id, measured=outcome), id_2025=one.id_2025, pillar=one.pillar, title=one.title)


@pytest.fixture(scope="module")
def read(reviewed: Review) -> dict[str, Any]:
    """The report as botocore reads an answer of the service."""
    shape = get_session().get_service_model("wellarchitected").operation_model("GetConsolidatedReport").output_shape
    body = json.dumps(report(reviewed, load())).encode()
    answer = {"body": body, "headers": {}, "status_code": 200}
    parsed: dict[str, Any] = create_parser("rest-json").parse(answer, shape)
    del parsed["ResponseMetadata"]
    assert not ParamValidator().validate(parsed, shape).has_errors()
    return parsed


def questions(read: dict[str, Any]) -> dict[str, dict[str, Any]]:
    pillars = read["Metrics"][0]["Lenses"][0]["Pillars"]
    return {question["QuestionId"]: question for pillar in pillars for question in pillar["Questions"]}


def test_nothing_of_the_report_is_unknown_to_the_service(read: dict[str, Any], reviewed: Review) -> None:
    written = report(reviewed, load())
    written["Metrics"][0]["UpdatedAt"] = NOW
    assert read == written


def test_pillars_carry_the_ids_of_the_tool(read: dict[str, Any]) -> None:
    ids = ["operationalExcellence", "security", "reliability", "performance", "costOptimization", "sustainability"]
    assert [pillar["PillarId"] for pillar in read["Metrics"][0]["Lenses"][0]["Pillars"]] == ids


def test_a_risk_names_the_practices_that_make_it(read: dict[str, Any]) -> None:
    question = questions(read)[load().practices["MLSEC-05"].question]
    assert question["Risk"] == "HIGH"
    chosen = [practice["ChoiceId"] for practice in question["BestPractices"]]
    assert load().practices["MLSEC-05"].id_2025.replace("-", "_") in chosen
    assert load().practices["MLSEC-03"].id_2025.replace("-", "_") not in chosen


@pytest.mark.parametrize(("practice", "risk"), [("MLSEC-02", "NOT_APPLICABLE"), ("MLOE-16", "UNANSWERED")])
def test_a_question_without_a_risk_names_none(read: dict[str, Any], practice: str, risk: str) -> None:
    question = questions(read)[load().practices[practice].question]
    assert (question["Risk"], question["BestPractices"]) == (risk, [])


def test_counts_add_up_over_the_pillars(read: dict[str, Any]) -> None:
    metric = read["Metrics"][0]
    pillars = metric["Lenses"][0]["Pillars"]
    total = sum((Counter(pillar["RiskCounts"]) for pillar in pillars), Counter())
    assert metric["RiskCounts"] == metric["Lenses"][0]["RiskCounts"] == dict(total)
    assert sum(total.values()) == 35
