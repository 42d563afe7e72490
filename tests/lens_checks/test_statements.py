"""A statement counts only while it is dated, approved by another, and in scope."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.settings import Attestation, Attestations, NotApplicable, Settings, Waiver, Waivers
from lens_checks.evidence.place import Malformed, NoEvidence
from lens_checks.evidence.records import Ledger, LedgerEntry
from lens_checks.statements import SOON, Refused, Statements, Subject, doubt_of_time, weigh

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
TODAY = NOW.date()
SUBJECT = Subject("flights", version=3)


def attestation(**changed: Any) -> Attestation:
    said = {
        "practice": "MLOE-01", "statement": "The team has the skills it needs.", "owner": "Ada", "approver": "Grace",
        "made": TODAY, "expires": TODAY + timedelta(days=365), "evidence": "wiki/skills",
    }  # fmt: skip
    return Attestation.model_validate(said | changed)


def waiver(**changed: Any) -> Waiver:
    said = {
        "practice": "MLSEC-12", "model": "flights", "versions": (2, 4), "owner": "Ada", "approver": "Grace",
        "reason": "The service listens on the loopback only.", "made": TODAY, "expires": TODAY + timedelta(days=90),
        "evidence": "ticket/12",
    }  # fmt: skip
    return Waiver.model_validate(said | changed)


def claim(**changed: Any) -> NotApplicable:
    said = {
        "practice": "MLREL-12", "reason": "OUT_OF_SCOPE", "note": "Scoring runs as a nightly batch.", "owner": "Ada",
        "expires": TODAY + timedelta(days=30),
    }  # fmt: skip
    return NotApplicable.model_validate(said | changed)


def weighed(settings: Settings, *said: Attestation | Waiver | NotApplicable, **given: Any) -> Statements:
    attestations = Attestations(
        attestations=tuple(s for s in said if isinstance(s, Attestation)),
        not_applicable=tuple(s for s in said if isinstance(s, NotApplicable)),
    )
    waivers = Waivers(waivers=tuple(s for s in said if isinstance(s, Waiver)))
    changed = settings.model_copy(update={"attestations": attestations, "waivers": waivers})
    known = ("MLOE-01", "MLSEC-12", "MLREL-12")
    return weigh(changed, **({"subject": SUBJECT, "now": NOW, "doubt": "", "known": known} | given))


def test_sound_statements_count(example: Settings) -> None:
    weighty = weighed(example, attestation(), waiver(), claim())
    assert (set(weighty.attested), set(weighty.waived), set(weighty.claimed)) == (
        {"MLOE-01"}, {"MLSEC-12"}, {"MLREL-12"}
    )  # fmt: skip
    assert weighty.refused == ()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param(attestation(expires=TODAY, made=date(2026, 1, 1)), "it ended on", id="an attestation ends today"),
        pytest.param(attestation(made=date(2026, 3, 16)), "yet to come", id="an attestation dated tomorrow"),
        pytest.param(attestation(expires=date(2027, 3, 16)), "at most 365", id="an attestation of a year and a day"),
        pytest.param(attestation(approver="Ada"), "alone", id="an attestation approved by its owner"),
        pytest.param(attestation(approver="  ADA".strip()), "alone", id="the same name in capitals"),
        pytest.param(attestation(practice="MLOE-99"), "no practice has the id", id="a practice that is not there"),
        pytest.param(waiver(expires=TODAY, made=date(2026, 3, 1)), "it ended on", id="a waiver that ended"),
        pytest.param(waiver(made=date(2026, 3, 16)), "yet to come", id="a waiver dated tomorrow"),
        pytest.param(waiver(expires=date(2026, 6, 14)), "at most 90", id="a waiver of 91 days"),
        pytest.param(waiver(approver="Ada"), "alone", id="a waiver approved by its owner"),
        pytest.param(waiver(model="trains"), "it holds for trains", id="a waiver for another model"),
        pytest.param(waiver(versions=(4, 9)), "not for 3", id="a waiver for later versions"),
        pytest.param(waiver(versions=(1, 2)), "not for 3", id="a waiver for earlier versions"),
        pytest.param(waiver(versions=(9, 1)), "not for 3", id="a waiver for no version at all"),
        pytest.param(claim(expires=TODAY), "it ended on", id="a claim that ended"),
        pytest.param(claim(expires=date(2027, 3, 16)), "at most 365", id="a claim for more than a year"),
    ],
)
def test_a_flawed_statement_does_not_count(
    example: Settings, said: Attestation | Waiver | NotApplicable, why: str
) -> None:
    weighty = weighed(example, said)
    assert not weighty.attested and not weighty.waived and not weighty.claimed
    (refused,) = weighty.refused
    assert refused.practice == said.practice
    assert why in refused.because


@pytest.mark.parametrize("versions", [(3, 4), (2, 3), (3, 3)])
def test_a_waiver_counts_from_its_first_to_its_last_version(example: Settings, versions: tuple[int, int]) -> None:
    assert set(weighed(example, waiver(versions=versions)).waived) == {"MLSEC-12"}


@pytest.mark.parametrize(
    ("practice", "kind", "why"),
    [
        pytest.param("MLSEC-12", "waiver", "it ended; it is alone", id="both reasons of this kind about it"),
        pytest.param("MLSEC-12", "attestation", "nobody", id="another kind about it"),
        pytest.param("MLOE-01", "waiver", "too long", id="this kind about another"),
        pytest.param("MLOE-01", "attestation", "", id="nothing was refused"),
    ],
)
def test_why_a_statement_does_not_count(practice: str, kind: str, why: str) -> None:
    refused = (
        Refused("waiver", "MLSEC-12", "it ended"), Refused("waiver", "MLSEC-12", "it is alone"),
        Refused("attestation", "MLSEC-12", "nobody"), Refused("waiver", "MLOE-01", "too long"),
    )  # fmt: skip
    assert Statements({}, {}, {}, refused).why_refused(practice, kind) == why


def test_a_subject_is_taken_for_registered_and_made_by_the_rules() -> None:
    assert (Subject("flights").registered, Subject("flights").explored) == (True, False)


def test_a_waiver_needs_a_version(example: Settings) -> None:
    assert "nothing is registered" in weighed(example, waiver(), subject=Subject("flights")).refused[0].because


def test_a_policy_may_shorten_waivers(example: Settings) -> None:
    policy = example.policy.model_copy(update={"waiver_days": 14})
    assert "at most 14" in weighed(example.model_copy(update={"policy": policy}), waiver()).refused[0].because


def test_a_doubt_about_the_time_refuses_all(example: Settings) -> None:
    weighty = weighed(example, attestation(), waiver(), claim(), doubt="the clock is behind")
    assert {refused.because for refused in weighty.refused} == {"the clock is behind"}
    assert len(weighty.refused) == 3


class OneLedger:
    def __init__(self, found: Ledger | Exception) -> None:
        self.found = found

    def get(self, kind: type) -> Any:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


def ledger_of(*times: datetime) -> Ledger:
    entries = (
        LedgerEntry(number=n, kind="decision", time=time, previous="0" * 64, hash="a", body={})
        for n, time in enumerate(times, start=1)
    )
    return Ledger(entries=tuple(entries), breaks=())


@pytest.mark.parametrize(
    ("found", "doubt"),
    [
        pytest.param(NoEvidence("no entry yet"), "", id="a new project has no ledger"),
        pytest.param(ledger_of(NOW - timedelta(seconds=1)), "", id="the clock goes on"),
        pytest.param(ledger_of(NOW), "", id="an entry of this very moment"),
        pytest.param(ledger_of(NOW + timedelta(days=1)), "set the clock", id="the clock is behind the ledger"),
        pytest.param(
            ledger_of(NOW - timedelta(days=1), NOW + timedelta(days=1)), "set the clock", id="behind its last entry"
        ),
        pytest.param(Malformed("ledger/000001.json is not JSON"), "not JSON", id="the ledger cannot be read"),
    ],
)
def test_dates_are_held_against_the_ledger(found: Ledger | Exception, doubt: str) -> None:
    said = doubt_of_time(NOW, OneLedger(found))
    assert doubt in said if doubt else said == ""


def test_what_ends_soon_is_named_the_first_to_end_first(example: Settings) -> None:
    said = (attestation(), waiver(expires=TODAY + timedelta(days=14)), claim(expires=TODAY + timedelta(days=3)))
    ending = weighed(example, *said).ending(TODAY + SOON)
    assert [(e.kind, e.practice) for e in ending] == [("not applicable", "MLREL-12"), ("waiver", "MLSEC-12")]


def test_what_ends_on_one_day_goes_by_its_practice(example: Settings) -> None:
    day, before = TODAY + timedelta(days=3), TODAY + timedelta(days=1)
    said = (
        attestation(practice="MLSEC-12", expires=day), claim(practice="MLOE-01", expires=day), waiver(expires=before),
    )  # fmt: skip
    ending = weighed(example, *said).ending(TODAY + SOON)
    assert [(e.kind, e.practice) for e in ending] == [
        ("waiver", "MLSEC-12"), ("not applicable", "MLOE-01"), ("attestation", "MLSEC-12"),
    ]  # fmt: skip


def test_what_ends_later_or_does_not_count_is_not_said_to_end(example: Settings) -> None:
    said = (waiver(expires=TODAY + timedelta(days=15)), attestation(expires=TODAY + timedelta(days=3), approver="Ada"))
    assert weighed(example, *said).ending(TODAY + SOON) == ()


def test_statements_of_an_example_say_so_themselves(example: Settings) -> None:
    said = (attestation(statement="Example: the team has the skills."), claim(note="Example: scoring is a batch job."))
    assert weighed(example, *said).examples == ("MLOE-01", "MLREL-12")
    assert weighed(example, attestation(), claim()).examples == ()


def test_a_later_statement_takes_the_place_of_an_earlier_one(example: Settings) -> None:
    later = attestation(statement="The team of today has the skills it needs.")
    assert weighed(example, attestation(), later).attested == {"MLOE-01": later}
    alone = attestation(approver="Ada")
    assert weighed(example, attestation(), alone).attested == {"MLOE-01": attestation()}
