"""Which practices of an imported lens hold a gate: those that its question's risk, as answered, rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from config.settings import Risk
from lens_checks.catalogue import Catalogue
from lens_checks.check import Outcome
from lens_checks.checkpoint import By, PracticeResult
from lens_checks.interchange.imported import AskedQuestion
from lens_checks.interchange.risk import QuestionRisk

# A question of high risk holds by what could lift it from high, and by what could lift it further.
AT_STAKE: Mapping[QuestionRisk, tuple[QuestionRisk, ...]] = {
    QuestionRisk.HIGH: (QuestionRisk.HIGH, QuestionRisk.MEDIUM),
    QuestionRisk.MEDIUM: (QuestionRisk.MEDIUM,),
}
AS_RISK = {QuestionRisk.HIGH: Risk.HIGH, QuestionRisk.MEDIUM: Risk.MEDIUM}


def hold(results: Iterable[PracticeResult], catalogue: Catalogue) -> tuple[PracticeResult, ...]:
    """Give each practice of an imported question the risk that is at stake by it as things stand.

    What no risk rests on is not required; where a question is unanswered, the worst that is possible counts; where a
    question is at risk, at least one of its practices is open, or each of them was waived or does not apply.
    """
    results = tuple(results)
    answers = {result.id: result for result in results}
    changed: dict[str, PracticeResult] = {}
    for asked in catalogue.imported:
        changed |= _weighed(asked, {c: answers[id] for c, id in asked.practice_of.items() if id in answers})
    return tuple(changed.get(result.id, result) for result in results)


def rated(asked: AskedQuestion, answers: Mapping[str, PracticeResult], *, waived: bool = False) -> QuestionRisk:
    """Rate a question by the answers to its practices; on demand what was waived counts as done."""
    mine = [answers[id] for id in asked.practice_of.values() if id in answers]
    set_aside = {r.id for r in mine if r.verdict is Outcome.NOT_APPLICABLE}
    chosen = {r.id for r in mine if r.verdict is Outcome.MET or (waived and r.by is By.WAIVED)}
    return asked.rate(chosen, set_aside)


def _weighed(asked: AskedQuestion, by_choice: Mapping[str, PracticeResult]) -> dict[str, PracticeResult]:
    risk = rated(asked, {result.id: result for result in by_choice.values()}, waived=True)
    risk = asked.worst if risk is QuestionRisk.UNANSWERED else risk
    mine = {c: r for c, r in by_choice.items() if r.id in asked.own and not _set_aside(r)}
    found = {r.id: _as_it_stands(asked, c, r, AT_STAKE.get(risk, ())) for c, r in mine.items()}
    if risk in AS_RISK and not any(r.open and r.required and r.risk is AS_RISK[risk] for r in found.values()):
        return {r.id: _held(asked, r, risk) for r in mine.values()}
    return found


def _set_aside(result: PracticeResult) -> bool:
    return result.by is By.WAIVED or result.verdict is Outcome.NOT_APPLICABLE


def _as_it_stands(
    asked: AskedQuestion, choice: str, result: PracticeResult, levels: tuple[QuestionRisk, ...]
) -> PracticeResult:
    moves = asked.table.harms if result.settled else asked.table.helps
    level = next((level for level in levels if moves(choice, level)), None)
    if level is not None:
        return _held(asked, result, level)
    return result if result.settled else replace(result, required=False)


def _held(asked: AskedQuestion, result: PracticeResult, level: QuestionRisk) -> PracticeResult:
    if not result.settled:
        return replace(result, required=True, risk=AS_RISK[level])
    return replace(
        result,
        required=True,
        risk=AS_RISK[level],
        verdict=Outcome.NOT_MET,
        attested=Outcome.NOT_MET,
        because=f"{result.because}; the rules of {asked.id} rate this answer as {level.value} risk",
        fix=f"Look at the rules of {asked.id} in config/lenses/, and state what is so; or waive it for a while.",
    )
