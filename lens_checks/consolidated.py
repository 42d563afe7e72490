"""The review in the shape of AWS's consolidated report: metrics by lens, pillar, question and best practice."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

from lens_checks.catalogue import Catalogue, Question
from lens_checks.check import Pillar
from lens_checks.review import QuestionResult, QuestionRisk, Review
from lens_checks.selection import AWS_PILLARS

LENS = "urn:lifecycle-lens:aws-machine-learning-lens:2025"  # an ARN is given by an account that imported it
RATED = (QuestionRisk.HIGH, QuestionRisk.MEDIUM)


def report(review: Review, catalogue: Catalogue) -> dict[str, Any]:
    """Give what `GetConsolidatedReport` answers with Format=JSON (API of 2020-03-31).

    There is no workload in AWS's tool: WorkloadId is made from the project's name, and no WorkloadArn is given.
    """
    asked = {question.id: question for question in catalogue.questions}
    pillars = {practice.question: practice.pillar for practice in catalogue.practices.values()}
    by_pillar = {p: [q for q in review.questions if pillars.get(q.id) is p] for p in Pillar}
    lens = {
        "LensArn": LENS,
        "Pillars": [_pillar(p, found, review, asked) for p, found in by_pillar.items() if found],
        "RiskCounts": _counts(review.questions),
    }
    metric = {
        "MetricType": "WORKLOAD",
        "RiskCounts": _counts(review.questions),
        "WorkloadId": hashlib.sha256(review.project.encode()).hexdigest()[:32],
        "WorkloadName": review.project[:100],
        "UpdatedAt": review.made.isoformat(),
        "Lenses": [lens],
        "LensesAppliedCount": 1,
    }
    return {"Metrics": [metric]}


def _pillar(
    pillar: Pillar, questions: list[QuestionResult], review: Review, asked: dict[str, Question]
) -> dict[str, Any]:
    told = [
        {"QuestionId": q.id, "Risk": q.risk.value.upper(), "BestPractices": _practices(q, asked[q.id], review)}
        for q in questions
    ]
    return {"PillarId": AWS_PILLARS[pillar], "RiskCounts": _counts(questions), "Questions": told}


def _practices(result: QuestionResult, question: Question, review: Review) -> list[dict[str, str]]:
    """Name the practices that make the risk what it is: those of the question's rule that are not settled."""
    if result.risk not in RATED:
        return []
    lacking = [r for r in review.practices if r.id in question.practices and not r.settled]
    return [{"ChoiceId": r.id_2025.replace("-", "_"), "ChoiceTitle": r.title} for r in lacking]


def _counts(questions: Iterable[QuestionResult]) -> dict[str, int]:
    return dict(Counter(question.risk.value.upper() for question in questions))
