"""The review in the shape of AWS's consolidated report: metrics by lens, pillar, question and best practice."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lens_checks.catalogue import Catalogue
from lens_checks.check import Pillar
from lens_checks.review import QuestionResult, QuestionRisk, Review
from lens_checks.selection import AWS_PILLARS

LENS = "urn:lifecycle-lens:aws-machine-learning-lens:2025"  # an ARN is given by an account that imported it
IMPORTED = "urn:lifecycle-lens:imported:"
RATED = (QuestionRisk.HIGH, QuestionRisk.MEDIUM)


@dataclass(frozen=True)
class Asked:
    """A question where it comes from: its lens, its id there, its pillar, and the choice that each practice is."""

    lens: str
    id: str
    pillar: Pillar
    choices: Mapping[str, str]


def report(review: Review, catalogue: Catalogue) -> dict[str, Any]:
    """Give what `GetConsolidatedReport` answers with Format=JSON (API of 2020-03-31).

    There is no workload in AWS's tool: WorkloadId is made from the project's name, and no WorkloadArn is given.
    """
    asked = _asked(catalogue)
    lenses = dict.fromkeys([LENS, *(asked[question.id].lens for question in review.questions)])
    metric = {
        "MetricType": "WORKLOAD",
        "RiskCounts": _counts(review.questions),
        "WorkloadId": hashlib.sha256(review.project.encode()).hexdigest()[:32],
        "WorkloadName": review.project[:100],
        "UpdatedAt": review.made.isoformat(),
        "Lenses": [_lens(lens, review, asked) for lens in lenses],
        "LensesAppliedCount": len(lenses),
    }
    return {"Metrics": [metric]}


def _asked(catalogue: Catalogue) -> dict[str, Asked]:
    """Find every question, the lens's own and those of the lenses that were imported, by its id in the review."""
    known = catalogue.practices
    ours = {
        q.id: Asked(LENS, q.id, known[q.practices[0]].pillar, {id: known[id].choice for id in q.practices})
        for q in catalogue.questions
    }
    imported = {
        q.id: Asked(
            IMPORTED + q.id.partition(":")[0],
            q.question.id,
            known[min(q.own)].pillar,
            {practice: choice for choice, practice in q.practice_of.items()},
        )
        for q in catalogue.imported
    }
    return ours | imported


def _lens(lens: str, review: Review, asked: Mapping[str, Asked]) -> dict[str, Any]:
    questions = [question for question in review.questions if asked[question.id].lens == lens]
    by_pillar = {pillar: [q for q in questions if asked[q.id].pillar is pillar] for pillar in Pillar}
    return {
        "LensArn": lens,
        "Pillars": [_pillar(pillar, found, review, asked) for pillar, found in by_pillar.items() if found],
        "RiskCounts": _counts(questions),
    }


def _pillar(
    pillar: Pillar, questions: list[QuestionResult], review: Review, asked: Mapping[str, Asked]
) -> dict[str, Any]:
    told = [
        {
            "QuestionId": asked[q.id].id,
            "Risk": q.risk.value.upper(),
            "BestPractices": _practices(q, asked[q.id], review),
        }
        for q in questions
    ]
    return {"PillarId": AWS_PILLARS[pillar], "RiskCounts": _counts(questions), "Questions": told}


def _practices(result: QuestionResult, question: Asked, review: Review) -> list[dict[str, str]]:
    """Name the practices that make the risk what it is: those of the question that are not settled."""
    if result.risk not in RATED:
        return []
    lacking = [r for r in review.practices if r.id in question.choices and not r.settled]
    return [{"ChoiceId": question.choices[r.id], "ChoiceTitle": r.title} for r in lacking]


def _counts(questions: Iterable[QuestionResult]) -> dict[str, int]:
    return dict(Counter(question.risk.value.upper() for question in questions))
