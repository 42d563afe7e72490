"""Takes down what people state: attestations, waivers, claims of not applicable; none that would not count."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from config.errors import ConfigError
from config.problems import allowed, node_at, shown
from config.settings import Attestation, Attestations, NotApplicable, Settings, Waiver, Waivers
from config.writing import Statement, write_statement

SCHEMA = 1


@dataclass(frozen=True)
class Stated:
    """A statement, and the file it was written to."""

    schema: int
    practice: str
    file: Path
    expires: date
    statement: Statement


def attest(
    settings: Settings, practice: str, *, statement: str, owner: str, approver: str, days: int, evidence: str
) -> Stated:
    """Write an attestation (ConfigError where it would not count)."""
    _asked_for(practice)
    today = _today()
    said = {"statement": statement, "owner": owner, "approver": approver, "evidence": evidence}
    return _state(settings, Attestation, practice, **said, made=today, expires=today + timedelta(days=days))


def not_applicable(settings: Settings, practice: str, *, reason: str, note: str, owner: str, days: int) -> Stated:
    """Write a claim that a practice does not apply (ConfigError where it would not count)."""
    expires = _today() + timedelta(days=days)
    return _state(settings, NotApplicable, practice, reason=reason, note=note, owner=owner, expires=expires)


def waive(
    settings: Settings, practice: str, *, reason: str, owner: str, approver: str, days: int, first: int, last: int,
    evidence: str,
) -> Stated:  # fmt: skip
    """Write a waiver for a range of versions of this project's model (ConfigError where it would not count)."""
    if first > last:
        raise ConfigError(
            f"versions {first} to {last} are none", expected="--to-version no lower than --from-version",
            next_step="say it again with that corrected; nothing was written",
        )  # fmt: skip
    today = _today()
    said = {"reason": reason, "owner": owner, "approver": approver, "evidence": evidence, "versions": (first, last)}
    scope = {"model": settings.charter.project, "made": today, "expires": today + timedelta(days=days)}
    return _state(settings, Waiver, practice, **said, **scope)


def _asked_for(practice: str) -> None:
    """Refuse a word on what evidence alone judges: no review would read it."""
    from lens_checks import catalogue

    found = catalogue.load().resolve(practice)
    if found.mode is catalogue.Mode.AUTO:
        raise ConfigError(
            f"{found.id} is judged from evidence alone: no statement on it would count",
            expected="a practice that a person is asked about; `lifecycle answer` asks them all",
            next_step=f"lifecycle explain {found.id}",
        )


def _state(settings: Settings, kind: type[Statement], practice: str, **said: Any) -> Stated:
    from lens_checks import catalogue

    known = catalogue.load()
    id = known.resolve(practice).id
    statement = _built(kind, {"practice": id, **said})
    _would_count(settings, statement, frozenset(known.practices))
    return Stated(SCHEMA, id, write_statement(Path(), statement), statement.expires, statement)


def _built(kind: type[Statement], said: dict[str, Any]) -> Statement:
    try:
        return kind(**said)
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        option = str(found["loc"][0])
        raise ConfigError(
            f"--{option.replace('_', '-')}: saw {shown(found['input'])}",
            expected=allowed(node_at(kind.model_json_schema(), (option,))),
            next_step="say it again with that corrected",
        ) from error


def fault(kind: type[Statement], field: str, said: object) -> str:
    """Say why a statement of this kind cannot hold this in a field; empty if it can."""
    try:
        kind.model_validate({field: said})
    except ValidationError as error:
        if any(found["loc"][:1] == (field,) for found in error.errors(include_url=False)):
            return f"saw {shown(said)}; expected: {allowed(node_at(kind.model_json_schema(), (field,)))}"
    return ""


def _would_count(settings: Settings, statement: Statement, practices: frozenset[str]) -> None:
    """Hold it against the rules that every review holds it against."""
    from lens_checks.statements import Subject, weigh
    from tasks.files import now

    version = statement.versions[0] if isinstance(statement, Waiver) else None
    subject = Subject(settings.charter.project, version)
    alone = settings.model_copy(update=_alone(statement))
    if refused := weigh(alone, subject=subject, now=now(), doubt="", known=practices).refused:
        raise ConfigError(
            f"this would not count: {refused[0].because}",
            expected="owner and approver to be two, and an end that policy.yaml allows",
            next_step="say it again with that corrected; nothing was written",
        )


def _alone(statement: Statement) -> dict[str, BaseModel]:
    none: dict[str, BaseModel] = {"attestations": Attestations(), "waivers": Waivers()}
    match statement:
        case Attestation():
            return none | {"attestations": Attestations(attestations=(statement,))}
        case NotApplicable():
            return none | {"attestations": Attestations(not_applicable=(statement,))}
        case Waiver():
            return none | {"waivers": Waivers(waivers=(statement,))}


def _today() -> date:
    from tasks.files import now

    return now().date()
