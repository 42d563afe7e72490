"""For each practice: what verifies it, and which planted evidence kills it; `pytest -s` prints the table."""

import importlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Attestations, Settings
from lens_checks import catalogue
from lens_checks.catalogue import Mode, Practice
from lens_checks.check import FROM_CHECKS, Check, Outcome
from lens_checks.statements import Subject, weigh
from tests.lens_checks.small import NOW

LENS = catalogue.load()
PRACTICES = [practice for practice in LENS.practices.values() if practice.id_2025]
SAID = {"owner": "Bea", "approver": "Ada", "statement": "It is so, and it was looked into.", "evidence": "docs/x.md"}
PLANTED = {
    "no end in sight": {"made": NOW.date(), "expires": NOW.date() + timedelta(days=800)},
    "it ended": {"made": NOW.date() - timedelta(days=90), "expires": NOW.date()},
    "its approver is its owner": {"made": NOW.date(), "expires": NOW.date() + timedelta(days=9), "approver": "bea"},
}


def tables() -> Iterator[tuple[Check, str, Outcome]]:
    """Give every row of the tables in the mirrored tests of the pillars: check, sentence, verdict."""
    for path in sorted(Path("tests/lens_checks").glob("*_*/test_*.py")) + sorted(
        path for room in ("reliability", "security", "sustainability")
        for path in Path("tests/lens_checks", room).glob("test_*.py")
    ):  # fmt: skip
        module = importlib.import_module(".".join(path.with_suffix("").parts))
        for table in (value for value in vars(module).values() if _is_table(value)):
            yield from ((check, words, row[0]) for check, rows in table.items() for words, row in rows.items())


def _is_table(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(isinstance(key, Check) for key in value)


ROWS = tuple(tables())


def refusals(practice: Practice) -> list[str]:
    """Name the planted evidence that turns the check of a practice to not met."""
    return [words for check, words, verdict in ROWS if check.practice == practice.id and verdict is Outcome.NOT_MET]


def refused_statements(practice: Practice, settings: Settings) -> list[str]:
    """Name the planted statements about a practice that do not count."""
    if practice.mode is Mode.AUTO:
        return []
    return [words for words, changes in PLANTED.items() if not _counts(practice, SAID | changes, settings)]


def _counts(practice: Practice, said: Mapping[str, object], settings: Settings) -> bool:
    words = Attestations.model_validate({"attestations": [{"practice": practice.id, **said}]})
    told = settings.model_copy(update={"attestations": words})
    weighed = weigh(told, subject=Subject("flights"), now=NOW, doubt="", known=LENS.practices)
    return practice.id in weighed.attested


def test_the_table_of_all_practices_is_printed(example: Settings) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("practice", "verified by", "killed by")
    for practice in PRACTICES:
        by = {Mode.AUTO: "check", Mode.PARTIAL: "check and statement", Mode.ATTEST: "statement"}[practice.mode]
        kills = [*refusals(practice), *(f"a statement: {words}" for words in refused_statements(practice, example))]
        table.add_row(practice.id, by, "\n".join(kills) or "-")
    Console(width=140).print(table)
    assert table.row_count == 105


@pytest.mark.parametrize("practice", PRACTICES, ids=lambda practice: practice.id)
def test_planted_evidence_kills_it(practice: Practice, example: Settings) -> None:
    if practice.mode is not Mode.ATTEST:
        assert refusals(practice), "no row of the mirrored test turns its check to not met"
    if practice.mode is not Mode.AUTO:
        assert set(refused_statements(practice, example)) == set(PLANTED)
        sound = SAID | {"made": NOW.date(), "expires": NOW.date() + timedelta(days=9)}
        assert _counts(practice, sound, example), "a sound statement counts: what refuses all would shine here"


@pytest.mark.parametrize("practice", [p for p in PRACTICES if p.id in LENS.checks], ids=lambda practice: practice.id)
def test_each_verdict_that_a_check_can_give_has_a_row(practice: Practice) -> None:
    calls = LENS.checks[practice.id].function.__code__.co_names
    given = {outcome for outcome in FROM_CHECKS if outcome.value in calls}
    assert given <= {verdict for check, _, verdict in ROWS if check.practice == practice.id}
