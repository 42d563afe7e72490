"""The answers of a review as the request bodies of the WA Tool's `UpdateAnswer`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.settings import NotApplicable
from lens_checks.catalogue import Catalogue
from lens_checks.check import Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.interchange.export import clipped, members, none_of
from lens_checks.interchange.imported import AskedQuestion

SCHEMA = 1
NOTES, CHOICE_NOTES = 2084, 250
AWS_LENS = "Machine Learning Lens"
DERIVED = "OUT_OF_SCOPE"  # where the evidence itself shows that a practice has nothing to judge
Body = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A question of some lens: its choices, the practice that each is here, and the choice that none is followed."""

    id: str
    practice_of: Mapping[str, str]
    none: str | None


@dataclass(frozen=True)
class Answers:
    """What a review answers to a lens; a question of which nothing is known has no body, and is named."""

    schema: int
    made: datetime
    project: str
    lens: str
    answers: tuple[Body, ...]
    unanswered: tuple[str, ...]


def of_ours(catalogue: Catalogue) -> Iterator[Asked]:
    """Give the 35 questions by the ids of AWS's machine-learning lens: MLSEC03 and MLSEC03_BP04."""
    for question in catalogue.questions:
        choices = {practice.choice: practice.id for practice in members(catalogue, question)}
        yield Asked(question.id, choices, none_of(question.id))


def of_imported(questions: Iterable[AskedQuestion], lens: str) -> Iterator[Asked]:
    """Give the questions of an imported lens by the ids of its file."""
    for asked in questions:
        if asked.id.startswith(f"{lens}:"):
            none = next((choice.id for choice in asked.question.choices if choice.is_none), None)
            yield Asked(asked.question.id, asked.practice_of, none)


def answer(
    questions: Iterable[Asked],
    results: Iterable[PracticeResult],
    claims: Sequence[NotApplicable],
    *,
    lens: str,
    project: str,
    made: datetime,
) -> Answers:
    """Answer a lens: what is met is chosen, what does not apply is marked with its reason, all with why."""
    by_id = {result.id: result for result in results}
    bodies, unanswered = [], []
    for asked in questions:
        mine = {choice: by_id[id] for choice, id in asked.practice_of.items() if id in by_id}
        body = _body(asked, mine, claims, f"{project}, {made:%Y-%m-%d}")
        bodies += [body] if body else []
        unanswered += [] if body else [asked.id]
    return Answers(SCHEMA, made, project, lens, tuple(bodies), tuple(unanswered))


def _body(asked: Asked, mine: Mapping[str, PracticeResult], claims: Sequence[NotApplicable], when: str) -> Body | None:
    """Give the body, or None where nothing is known, so that what a person has answered there is left alone."""
    met = [choice for choice, result in mine.items() if result.verdict is Outcome.MET]
    updates = {choice: _update(result, claims) for choice, result in mine.items()}
    about = {"QuestionId": asked.id, "Notes": clipped(_notes(mine.values(), when), NOTES)}
    if mine and all(result.verdict is Outcome.NOT_APPLICABLE for result in mine.values()):
        reasons = {update["Reason"] for update in updates.values()}
        reason = reasons.pop() if len(reasons) == 1 else "OTHER"
        return about | {"IsApplicable": False, "Reason": reason, "SelectedChoices": [], "ChoiceUpdates": updates}
    if not met and any(result.verdict is Outcome.NOT_MET for result in mine.values()) and asked.none:
        met, updates = [asked.none], updates | {asked.none: {"Status": "SELECTED"}}
    if not met:
        return None
    return about | {"IsApplicable": True, "SelectedChoices": met, "ChoiceUpdates": updates}


def _update(result: PracticeResult, claims: Sequence[NotApplicable]) -> dict[str, str]:
    notes = {"Notes": clipped(_why(result), CHOICE_NOTES)}
    match result.verdict:
        case Outcome.MET:
            return {"Status": "SELECTED", **notes}
        case Outcome.NOT_APPLICABLE:
            return {"Status": "NOT_APPLICABLE", "Reason": _reason(result, claims), **notes}
        case _:
            return {"Status": "UNSELECTED", **notes}


def _reason(result: PracticeResult, claims: Sequence[NotApplicable]) -> str:
    if result.by is By.DERIVED:
        return DERIVED
    mine = (claim.reason for claim in claims if claim.practice == result.id and claim.note in result.because)
    return next(mine, "OTHER")


def _why(result: PracticeResult) -> str:
    state = By.WAIVED.value if result.by is By.WAIVED else result.verdict.value.replace("_", " ")
    return " ".join(f"{result.id} {state} ({result.by.value}): {result.because}".split())


def _notes(results: Iterable[PracticeResult], when: str) -> str:
    results = tuple(results)
    counts = Counter(result.verdict for result in results)
    told = ", ".join(f"{counts[o]} {o.value.replace('_', ' ')}" for o in Outcome if counts[o])
    left = "; ".join(_why(result) for result in results if not result.settled)
    return f"Lifecycle Lens, {when}: {told}." + (f" Open: {left}" if left else "")
