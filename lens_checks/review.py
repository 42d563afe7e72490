"""The whole review of a project as it stands: every practice, counts, coverage, question risks, and the plan."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from config.settings import Policy, Risk
from lens_checks.catalogue import Catalogue, Question
from lens_checks.check import Effort, Outcome
from lens_checks.checkpoint import SETTLED, By, PracticeResult
from lens_checks.gates import GateName, held_by
from lens_checks.interchange import gating
from lens_checks.interchange.risk import QuestionRisk as QuestionRisk
from lens_checks.selection import WHOLE, Selection
from lens_checks.statements import SOON, Ending, Refused, Statements

SCHEMA = 1


@dataclass(frozen=True)
class QuestionResult:
    """A question of the lens and its risk."""

    id: str
    title: str
    risk: QuestionRisk


@dataclass(frozen=True)
class PlanItem:
    """An open practice: how much it matters, which gates it holds, what to do."""

    id: str
    title: str
    risk: Risk
    verdict: Outcome
    gates: tuple[GateName, ...]
    effort: Effort
    required: bool
    because: str
    fix: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """What is known about the project at one time: all of the lens, or what was selected of it."""

    schema: int
    made: datetime
    project: str
    practices: tuple[PracticeResult, ...]
    counts: Mapping[str, int]
    coverage: float
    met_share: float | None
    questions: tuple[QuestionResult, ...]
    plan: tuple[PlanItem, ...]
    refused_statements: tuple[Refused, ...]
    ending_statements: tuple[Ending, ...]
    example_statements: tuple[str, ...]
    selection: Selection


def review(
    results: Iterable[PracticeResult],
    *,
    project: str,
    catalogue: Catalogue,
    policy: Policy,
    statements: Statements,
    champion: bool,
    now: datetime,
    wanted: Selection = WHOLE,
) -> Review:
    """Sum up the answers to the practices that are wanted; champion says whether a model serves."""
    every = tuple(results)
    practices = tuple(result for result in every if wanted.admits(result))
    counts = count(practices)
    judged = sum(r.verdict not in (Outcome.UNKNOWN, Outcome.BROKEN) for r in practices)
    applicable = judged - counts[Outcome.NOT_APPLICABLE]
    ids = frozenset(result.id for result in practices)
    questions = frozenset(catalogue.practices[id].question for id in ids & catalogue.practices.keys())
    return Review(
        schema=SCHEMA,
        made=now,
        project=project,
        practices=practices,
        counts=counts,
        coverage=judged / len(practices) if practices else 0.0,
        met_share=counts[Outcome.MET] / applicable if applicable else None,
        questions=tuple(q for q in _questions(catalogue, every) if not wanted or q.id in questions),
        plan=plan(practices, policy, champion=champion),
        refused_statements=tuple(r for r in statements.refused if not wanted or r.practice in ids),
        ending_statements=tuple(e for e in statements.ending(now.date() + SOON) if e.practice in ids),
        example_statements=tuple(id for id in statements.examples if id in ids),
        selection=wanted,
    )


def count(practices: Iterable[PracticeResult]) -> dict[str, int]:
    """Count the verdicts, and what each rests on: met is measured or attested, not applicable derived or claimed."""
    practices = tuple(practices)
    verdicts = Counter(result.verdict for result in practices)
    return {
        **{outcome.value: verdicts[outcome] for outcome in Outcome},
        "measured": sum(r.by is By.MEASURED and r.settled for r in practices),
        "attested": sum(r.by is By.ATTESTED and r.verdict is Outcome.MET for r in practices),
        "derived": sum(r.by is By.DERIVED and r.settled for r in practices),
        "claimed": sum(r.by is By.ATTESTED and r.verdict is Outcome.NOT_APPLICABLE for r in practices),
        "waived": sum(r.by is By.WAIVED for r in practices),
        "not_yet_required": sum(not r.required for r in practices),
        "total": len(practices),
    }


def rate(question: Question, practices: Iterable[PracticeResult]) -> QuestionResult:
    """Rate a question by the rule of AWS's lens file; what does not apply counts as done (AWS leaves that open)."""
    answers = {result.id: result for result in practices}
    verdicts = [answers[id].verdict if id in answers else Outcome.UNKNOWN for id in question.practices]
    return QuestionResult(question.id, question.title, _risk(question, verdicts))


def _questions(catalogue: Catalogue, practices: Iterable[PracticeResult]) -> Iterable[QuestionResult]:
    """Rate the questions of the lens, and of the lenses that were imported."""
    answers = {result.id: result for result in practices}
    yield from (rate(question, answers.values()) for question in catalogue.questions)
    for asked in catalogue.imported:
        yield QuestionResult(asked.id, asked.title, gating.rated(asked, answers))


def _risk(question: Question, verdicts: list[Outcome]) -> QuestionRisk:
    if all(verdict is Outcome.NOT_APPLICABLE for verdict in verdicts):
        return QuestionRisk.NOT_APPLICABLE
    if all(verdict is Outcome.UNKNOWN for verdict in verdicts):
        return QuestionRisk.UNANSWERED
    done = [verdict in SETTLED for verdict in verdicts]
    if any(done) if question.any_suffices else all(done):
        return QuestionRisk.NONE
    return QuestionRisk(question.risk)


def plan(practices: Iterable[PracticeResult], policy: Policy, *, champion: bool) -> tuple[PlanItem, ...]:
    """List the open practices: high risk first, then those that hold most gates, then the least effort."""
    risks, efforts = list(Risk), list(Effort)
    items = [_item(result, policy, champion=champion) for result in practices if result.open]
    return tuple(sorted(items, key=lambda i: (risks.index(i.risk), -len(i.gates), efforts.index(i.effort), i.id)))


def _item(result: PracticeResult, policy: Policy, *, champion: bool) -> PlanItem:
    return PlanItem(
        id=result.id,
        title=result.title,
        risk=result.risk,
        verdict=result.verdict,
        gates=held_by(result, policy, champion=champion),
        effort=result.effort,
        required=result.required,
        because=result.because,
        fix=result.fix,
    )


@dataclass(frozen=True)
class Change:
    """What became of a practice between two reviews."""

    id: str
    before: str | None
    after: str | None
    kind: str  # new, fixed, regressed


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Compare two reviews, each as practice -> verdict: what is new, fixed, regressed."""
    settled = frozenset(outcome.value for outcome in SETTLED)
    changes = []
    for id in dict.fromkeys((*after, *before)):
        was, now = before.get(id), after.get(id)
        if was is None:
            changes.append(Change(id, was, now, "new"))
        elif (was in settled) != (now in settled):
            changes.append(Change(id, was, now, "fixed" if now in settled else "regressed"))
    return tuple(changes)
