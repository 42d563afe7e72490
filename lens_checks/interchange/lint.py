"""Finds what a lens says that it cannot mean: rules never reached, practices that change nothing, text against rule."""

from collections.abc import Iterator, Mapping

from config.settings import Risk
from lens_checks.interchange import conditions
from lens_checks.interchange.document import CHOICES, Choice, Question, Read
from lens_checks.interchange.finding import Finding, Severity, errors
from lens_checks.interchange.risk import QuestionRisk, Table


def lint(read: Read, rated: Mapping[str, Risk]) -> tuple[Finding, ...]:
    """Give all findings of a file, by their place; `rated` is the risk that the text of a practice gives, by choice id.

    Every selection of a question is looked at, so a rule that is called unreachable is so.
    """
    broken = tuple(finding.path for finding in errors(read.findings) if finding.code != "no-default")
    sound = [q for q in read.lens.questions if not any(_within(path, q.path) for path in broken)]
    return (*read.findings, *(finding for question in sound for finding in _of(question, rated)))


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith((f"{place}.", f"{place}["))


def _of(question: Question, rated: Mapping[str, Risk]) -> Iterator[Finding]:
    if not 1 <= len(question.choices) <= CHOICES:
        return
    table = Table(question)
    yield from _rules(question, table)
    yield from _levels(question, table)
    for choice in question.practices:
        yield from _practice(question, choice, table, rated)


def _rules(question: Question, table: Table) -> Iterator[Finding]:
    for place, (rule, reached) in enumerate(table.firsts):
        last = place == len(question.rules) - 1
        if isinstance(rule.condition, conditions.Always) and not last:
            yield _odd("default-not-last", rule.path, f"the default of {question.id} comes before other rules")
        if not reached:
            yield _odd("unreachable-rule", rule.path, f"no answer to {question.id} comes to this {rule.risk} rule")
        elif not reached & table.answers:
            words = f"only choosing nothing in {question.id} comes to this {rule.risk} rule, and that is no answer"
            yield _odd("unanswered-rule", rule.path, f"{words}; a choice that ends in _no would be one")


def _levels(question: Question, table: Table) -> Iterator[Finding]:
    if not table.at_least(QuestionRisk.MEDIUM) & table.answers:
        yield _odd("no-risk", f"{question.path}.riskRules", f"no answer to {question.id} can raise a risk")
    elif table.at_least(QuestionRisk.HIGH) & table.answers == table.answers:
        yield _odd("always-high", f"{question.path}.riskRules", f"every answer to {question.id} is of high risk")


def _practice(question: Question, choice: Choice, table: Table, rated: Mapping[str, Risk]) -> Iterator[Finding]:
    high = table.helps(choice.id, QuestionRisk.HIGH)
    moves = high or any(table.helps(choice.id, r) or table.harms(choice.id, r) for r in _LEVELS)
    single = len(question.rules) == 1
    if not single and choice.id not in _spoken_of(question):
        yield _odd("no-rule", choice.path, f"{choice.id} stands in no rule: choosing or leaving it changes nothing")
    elif not single and not moves:
        yield _odd("no-effect", choice.path, f"{choice.id} stands in a rule, and changes the risk of no answer")
    text = rated.get(choice.id)
    if text is Risk.HIGH and not moves:
        yield _odd("text-against-rule", choice.path, f"{choice.id} is of high risk in the text, of none in the rules")
    elif text is Risk.MEDIUM and high:
        yield _odd("text-against-rule", choice.path, f"{choice.id} is of medium risk in the text, of high in the rules")


_LEVELS = (QuestionRisk.HIGH, QuestionRisk.MEDIUM)


def _spoken_of(question: Question) -> set[str]:
    return {id for rule in question.rules for id in conditions.names(rule.condition)}


def _odd(code: str, path: str, words: str) -> Finding:
    return Finding(Severity.WARNING, code, path, words)
