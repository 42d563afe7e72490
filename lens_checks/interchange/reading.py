"""Reads a custom-lens file into its model: strict, but where AWS's own files deviate."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from lens_checks.interchange import conditions, strict_json
from lens_checks.interchange.conditions import Condition
from lens_checks.interchange.document import (
    API_TEXT,
    CHOICE_ID,
    CHOICES,
    KINDS,
    LONG,
    NAME,
    NONE_OF_THESE,
    PILLAR_ID,
    PILLARS,
    QUESTIONS,
    RISKS,
    RULES,
    SCHEMA_VERSION,
    TITLE,
    Choice,
    Lens,
    Pillar,
    Question,
    Read,
    Resource,
    Rule,
)
from lens_checks.interchange.finding import Finding, LensError, refuse
from lens_checks.interchange.reader import Node, Reader


class _Named(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def path(self) -> str: ...


def accept(data: bytes, name: str = "the file") -> Read:
    """Read a lens that can be taken in; what is odd about it comes along (LensError)."""
    read = examine(data, name)
    refuse(name, read.findings)
    return read


def examine(data: bytes, name: str = "the file") -> Read:
    """Read as much as there is of a lens, and find all that is wrong (LensError where it is no JSON object)."""
    try:
        text = strict_json.text_of(data)
        value, strays = strict_json.parse(text)
    except LensError as error:
        raise LensError(f"{name}: {error.seen}", expected=error.expected, next_step=error.next_step) from error
    reader = Reader(strays)
    node = reader.node(value, "$", ("schemaVersion", "name", "description", "pillars"))
    if node is None:
        refuse(name, reader.findings)
        raise AssertionError("what is no object was refused")
    return Read(_lens(node, text, hashlib.sha256(data).hexdigest()), tuple(_once(reader.findings)))


def _once(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Leave out a second error at a place that is no JSON in the first."""
    strange = {finding.path for finding in findings if finding.code == "not-json"}
    return (f for f in dict.fromkeys(findings) if f.code == "not-json" or f.path not in strange)


def _lens(node: Node, text: str, sha256: str) -> Lens:
    found = node.need("schemaVersion")
    if found is not None and found[0] != SCHEMA_VERSION:
        node.reader.wrong("schema-version", found[1], f"{ascii(found[0])[:80]}; only {SCHEMA_VERSION!r} is known")
    version = node.value.get("_version")
    lens = Lens(
        name=node.text("name", NAME),
        description=node.text("description", LONG, api=API_TEXT),
        version=str(version)[:32] if isinstance(version, str) else "",
        pillars=tuple(_pillars(node)),
        text=text,
        sha256=sha256,
    )
    _unique(node.reader, "pillar", lens.pillars)
    _unique(node.reader, "question", lens.questions)
    _shared(node.reader, lens.questions)
    return lens


def _pillars(lens: Node) -> Iterable[Pillar]:
    for value, path in lens.items("pillars", 1, PILLARS):
        if node := lens.reader.node(value, path, ("id", "name", "questions")):
            id, name = node.id(), node.text("name", NAME)
            if len(id) > PILLAR_ID:
                node.reader.odd("api-limit", f"{path}.id", f"longer than the {PILLAR_ID} that the WA Tool's API names")
            yield Pillar(id, name, tuple(_questions(node)), path)


def _questions(pillar: Node) -> Iterable[Question]:
    known = ("id", "title", "description", "helpfulResource", "choices", "riskRules")
    for value, path in pillar.items("questions", 1, QUESTIONS):
        if node := pillar.reader.node(value, path, known):
            id, title = node.id(), node.text("title", TITLE)
            description = node.text("description", LONG, api=API_TEXT) if node.has("description") else ""
            if not node.has("description"):
                node.reader.odd("missing", f"{path}.description", "is missing; AWS's schema asks for it")
            _resource(node, "helpfulResource")
            choices = tuple(_choices(node))
            _unique(node.reader, "choice", choices)
            yield Question(id, title, description, choices, tuple(_rules(node, choices)), path)


def _choices(question: Node) -> Iterable[Choice]:
    known = ("id", "title", "helpfulResource", "improvementPlan", "additionalResources")
    for value, path in question.items("choices", 1, CHOICES):
        if node := question.reader.node(value, path, known):
            id = node.id()
            if len(id) > CHOICE_ID:
                node.reader.odd("api-limit", f"{path}.id", f"longer than the {CHOICE_ID} that the WA Tool's API names")
            plan = _resource(node, "improvementPlan")
            if not node.has("improvementPlan") and not id.endswith(NONE_OF_THESE):
                node.reader.wrong(
                    "missing", f"{path}.improvementPlan", f"is missing; only a {NONE_OF_THESE} choice may"
                )
            help = _resource(node, "helpfulResource")
            _additional(node)
            yield Choice(id, node.text("title", TITLE), help, plan, path)


def _resource(owner: Node, key: str) -> Resource:
    if not owner.has(key):
        return Resource()
    value, path = owner.get(key)
    node = owner.reader.node(value, path, ("displayText", "url"))
    return Resource() if node is None else _content(node, needed=key == "improvementPlan")


def _content(node: Node, *, needed: bool) -> Resource:
    url = node.url()
    text = node.text("displayText", LONG, api=API_TEXT) if needed or url or node.has("displayText") else ""
    return Resource(text, url)


def _additional(choice: Node) -> None:
    kinds: list[tuple[str, str]] = []
    entries = choice.items("additionalResources", 0, len(KINDS)) if choice.has("additionalResources") else []
    for value, path in entries:
        if node := choice.reader.node(value, path, ("type", "content")):
            kind = node.text("type", NAME)
            if kind and kind not in KINDS:
                node.reader.wrong("value", f"{path}.type", f"{kind!a} is none of {', '.join(KINDS)}")
            kinds.append((kind, path))
            for item, at in node.items("content", 0, 5):
                if content := node.reader.node(item, at, ("displayText", "url")):
                    _content(content, needed=False)
    for kind, path in kinds[1:]:
        if kind == kinds[0][0]:
            choice.reader.odd("duplicate-type", path, f"a second entry of the type {kind!a}")


def _rules(question: Node, choices: tuple[Choice, ...]) -> Iterable[Rule]:
    entries = question.items("riskRules", 1, RULES)
    rules, defaults = [], 0
    for value, path in entries:
        if node := question.reader.node(value, path, ("condition", "risk")):
            condition = _condition(node, {choice.id for choice in choices})
            risk = node.text("risk", NAME)
            if risk and risk not in RISKS:
                node.reader.wrong("value", f"{path}.risk", f"{risk!a} is none of {', '.join(RISKS)}")
            defaults += isinstance(condition, conditions.Always)
            if condition is not None and risk in RISKS:
                rules.append(Rule(condition, risk, path))
    _levels(question, rules, defaults if entries else 1)
    return rules


def _levels(question: Node, rules: list[Rule], defaults: int) -> None:
    at, id = f"{question.path}.riskRules", _id(question)
    if not defaults:
        question.reader.wrong("no-default", at, f"no rule of {id} is the default")
    if defaults > 1:
        question.reader.wrong("default-twice", at, f"{defaults} rules of {id} are the default")
    for risk, times in Counter(rule.risk for rule in rules).items():
        if times > 1:
            question.reader.wrong("risk-twice", at, f"{times} rules of {id} give {risk}")


def _id(question: Node) -> str:
    id, _ = question.get("id")
    return id if isinstance(id, str) else "the question"


def _condition(node: Node, ids: set[str]) -> Condition | None:
    text, path = node.text("condition", 10_000), f"{node.path}.condition"
    if not text:
        return None
    try:
        condition = conditions.parse(text)
    except conditions.Malformed as reason:
        node.reader.wrong("condition", path, f"no condition: {reason}; it holds {conditions.BELONGS}")
        return None
    unknown = sorted(set(conditions.names(condition)) - ids)
    if unknown:
        node.reader.wrong("unknown-choice", path, f"speaks of {', '.join(unknown[:5])}, no choice of this question")
    return condition


def _unique(reader: Reader, what: str, named: Iterable[_Named]) -> None:
    first: dict[str, str] = {}
    for one in named:
        if one.id and first.setdefault(one.id, one.path) != one.path:
            reader.wrong(
                "duplicate-id", f"{one.path}.id", f"the {what} id {one.id!r} stands at {first[one.id]} already"
            )


def _shared(reader: Reader, questions: Iterable[Question]) -> None:
    """Choice ids are unique in their question alone: AWS's own files repeat some."""
    first: dict[str, Question] = {}
    for question in questions:
        for choice in question.choices:
            if choice.id and first.setdefault(choice.id, question) is not question:
                words = f"the choice id {choice.id!r} stands in {first[choice.id].path} too"
                reader.odd("shared-choice", f"{choice.path}.id", words)
