"""Statements are taken down only if they would count."""

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.load import load
from config.settings import Attestation, Settings
from flows.statements import attest, fault, not_applicable, waive

WORDS = {"owner": "Ann", "approver": "Bob", "evidence": "docs/minutes.md"}
SENTENCE = "The team agreed on it in its meeting."


def test_an_attestation_is_written_under_the_id_of_2023(project: Path, settings: Settings) -> None:
    said = attest(settings, "mlops01-bp01", statement=SENTENCE, days=100, **WORDS)
    (written,) = [a for a in load(project).attestations.attestations if a.statement == SENTENCE]
    assert (written.practice, written.expires) == (said.practice, said.expires)
    assert said.practice == "MLOE-01"


def test_a_waiver_holds_for_this_model_and_some_versions(project: Path, settings: Settings) -> None:
    waive(settings, "MLSEC-05", reason=SENTENCE, days=10, first=1, last=3, **WORDS)
    (written,) = load(project).waivers.waivers
    assert (written.model, written.versions) == (settings.charter.project, (1, 3))


def test_a_claim_has_one_of_the_reasons(project: Path, settings: Settings) -> None:
    not_applicable(settings, "MLSUS-01", reason="OUT_OF_SCOPE", note=SENTENCE, owner="Ann", days=10)
    assert [c.note for c in load(project).attestations.not_applicable][-1] == SENTENCE


@pytest.mark.parametrize(
    ("practice", "changed", "words"),
    [
        ("MLOE-01", {"approver": "ann"}, "owner and approver must be two"),
        ("MLOE-01", {"days": 500}, "at most 365 are allowed"),
        ("MLOE-01", {"statement": "short"}, "--statement: saw"),
        ("MLOE-01", {"owner": ""}, "--owner: saw"),
        ("MLOE-77", {}, "no practice has the id 'MLOE-77'"),
        ("MLSEC03_BP04", {}, "MLSEC-06 is judged from evidence alone"),
    ],
)
def test_what_would_not_count_is_not_written(
    project: Path, settings: Settings, practice: str, changed: dict[str, object], words: str
) -> None:
    before = (project / "config" / "attestations.yaml").read_bytes()
    with pytest.raises(ConfigError, match=words):
        attest(settings, practice, **({"statement": SENTENCE, "days": 100, **WORDS} | changed))  # type: ignore[arg-type]
    assert (project / "config" / "attestations.yaml").read_bytes() == before


def test_a_waiver_of_no_versions_is_refused_in_words(project: Path, settings: Settings) -> None:
    with pytest.raises(ConfigError, match="versions 3 to 2 are none"):
        waive(settings, "MLSEC-05", reason=SENTENCE, days=10, first=3, last=2, **WORDS)
    assert load(project).waivers.waivers == ()


def test_a_name_with_a_space_at_its_end_is_told_in_words() -> None:
    assert "without a space at either end" in fault(Attestation, "owner", "Ann ")
