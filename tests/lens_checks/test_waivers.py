"""From the statement to the gate: a waiver opens it until the second it ends, is shown, and never moves a bound."""

from datetime import UTC, date, datetime, timedelta

import pytest

from config.settings import Settings
from lens_checks.catalogue import Mode
from lens_checks.check import not_met
from lens_checks.checkpoint import By
from lens_checks.evidence.records import Ledger, LedgerEntry
from lens_checks.gates import GateName, GateOutcome
from lens_checks.statements import doubt_of_time
from tests.lens_checks.small import Given
from tests.lens_checks.test_bounds import LEAKAGE, SOUND
from tests.lens_checks.test_checkpoint import ID, judged
from tests.lens_checks.test_gates import ALL, decided
from tests.lens_checks.test_statements import waiver, weighed

ENDS = date(2028, 3, 1)  # the day after a leap day
WAIVER = waiver(practice=ID, made=date(2027, 12, 31), expires=ENDS)


def asked(example: Settings, now: datetime, *records: object, doubt: str = "") -> GateOutcome:
    """Ask the champion gate about one unmet practice that is waived, at an instant."""
    statements = weighed(example, WAIVER, now=now, doubt=doubt, known=(ID,))
    practice = judged(example, Mode.AUTO, not_met("seen"), statements)
    return decided(example, GateName.CHAMPION, *ALL, practice, statements=statements, records=records or SOUND)


@pytest.mark.parametrize(
    ("now", "passed"),
    [
        pytest.param(datetime(2027, 12, 30, 23, 59, 59, tzinfo=UTC), False, id="a second before it begins"),
        pytest.param(datetime(2027, 12, 31, tzinfo=UTC), True, id="on the last day of a year, as it begins"),
        pytest.param(datetime(2028, 1, 1, tzinfo=UTC), True, id="in the new year"),
        pytest.param(datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC), True, id="in its last second, of a leap day"),
        pytest.param(datetime(2028, 3, 1, tzinfo=UTC), False, id="the second it ends: the next retraining is refused"),
    ],
)
def test_a_waiver_opens_the_gate_for_its_days_and_the_next_retraining_is_refused(
    example: Settings, now: datetime, passed: bool
) -> None:
    outcome = asked(example, now)
    assert outcome.passed is passed
    assert [used.practice for used in outcome.waivers] == ([ID] if passed else [])
    shown = next(result for result in outcome.results if result.id == ID and result not in ALL)
    assert (shown.by is By.WAIVED) is passed
    assert str(ENDS) in shown.because or now.year == 2027


def test_no_waiver_lifts_a_bound(example: Settings) -> None:
    outcome = asked(example, datetime(2028, 1, 1, tzinfo=UTC), *(record for record in SOUND if record is not LEAKAGE))
    assert not outcome.passed
    assert [reason.bound for reason in outcome.blocking] == ["leakage"]


def test_a_clock_set_back_by_a_second_lengthens_nothing(example: Settings) -> None:
    ended = datetime(2028, 3, 1, tzinfo=UTC)
    entry = LedgerEntry(number=1, kind="decision", time=ended, previous=None, hash="", body={})
    early = ended - timedelta(seconds=1)
    doubt = doubt_of_time(early, Given(Ledger(entries=(entry,), breaks=())))
    assert not asked(example, early, doubt=doubt).passed
