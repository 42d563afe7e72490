"""A waiver lifts what it names for its days in UTC, as it was accepted, and not a second longer."""

import contextlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from config.errors import GateRefused
from config.settings import Waiver, Waivers
from tasks import files
from tasks.ledger import Entry
from tests.tasks.release_world import MODEL, World

WAIVER = Waiver(
    practice="MLSEC-01", model=MODEL, versions=(1, 9), reason="It is being mended, and nobody reads it until then.",
    owner="author", approver="approver", made=date(2026, 1, 1), expires=date(2026, 3, 1), evidence="ticket 1",
)  # fmt: skip


def waived(world: World, waiver: Waiver, *, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """Decide by a waiver at an instant, and let the configuration have it."""
    monkeypatch.setattr(files, "now", lambda: now)
    world.settings = world.settings.model_copy(update={"waivers": Waivers(waivers=(waiver,))})
    used = (waiver.model_dump(mode="json"),)
    return world.decide("staging", world.register(1.0), waivers=used)


@pytest.mark.parametrize(
    ("made", "expires", "now", "holds"),
    [
        pytest.param("2026-01-01", "2026-03-01", "2026-02-28T23:59:59", True, id="a second before it ends"),
        pytest.param("2026-01-01", "2026-03-01", "2026-03-01T00:00:00", False, id="the second it ends"),
        pytest.param("2026-01-01", "2026-03-01", "2026-01-01T00:00:00", True, id="the second it begins"),
        pytest.param("2026-01-01", "2026-03-01", "2025-12-31T23:59:59", False, id="a second before it begins"),
        pytest.param("2027-12-01", "2028-01-01", "2027-12-31T23:59:59", True, id="the last second of a year"),
        pytest.param("2027-12-01", "2028-01-01", "2028-01-01T00:00:00", False, id="the first second of a year"),
        pytest.param("2028-02-01", "2028-02-29", "2028-02-28T23:59:59", True, id="before a leap day"),
        pytest.param("2028-02-01", "2028-02-29", "2028-02-29T00:00:00", False, id="on a leap day"),
        pytest.param("2028-02-29", "2028-03-01", "2028-02-29T23:59:59", True, id="on a leap day, until it is over"),
        pytest.param("2026-01-01", "2026-03-01", "2026-03-01T00:30:00+01:00", True, id="over here, not in UTC"),
        pytest.param("2026-01-01", "2026-03-01", "2026-02-28T23:30:00-01:00", False, id="over in UTC, not here"),
    ],
)  # fmt: skip
def test_a_waiver_holds_for_its_days_in_utc_and_no_second_longer(
    world: World, monkeypatch: pytest.MonkeyPatch, made: str, expires: str, now: str, holds: bool
) -> None:
    instant = datetime.fromisoformat(now)
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    waiver = WAIVER.model_copy(update={"made": date.fromisoformat(made), "expires": date.fromisoformat(expires)})
    entry = waived(world, waiver, now=instant, monkeypatch=monkeypatch)
    with contextlib.nullcontext() if holds else pytest.raises(GateRefused, match="waiver of MLSEC-01 is over, or not"):
        assert world.promote("staging", entry.number).changed


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(Waivers(), id="withdrawn"),
        pytest.param(Waivers(waivers=(WAIVER.model_copy(update={"expires": date(2026, 3, 31)}),)), id="made longer"),
        pytest.param(Waivers(waivers=(WAIVER.model_copy(update={"model": "another"}),)), id="given to another model"),
    ],
)
def test_a_waiver_that_is_not_there_any_more_as_it_was_lifts_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, now: Waivers
) -> None:
    entry = waived(world, WAIVER, now=datetime(2026, 2, 1, tzinfo=UTC), monkeypatch=monkeypatch)
    world.settings = world.settings.model_copy(update={"waivers": now})
    with pytest.raises(GateRefused, match="withdrawn or changed"):
        world.promote("staging", entry.number)


def test_a_clock_set_back_lengthens_no_waiver(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """By less than the five minutes that are taken for a clock that was corrected."""
    late = datetime(2026, 3, 1, 0, 2, tzinfo=UTC)
    entry = waived(world, WAIVER, now=late, monkeypatch=monkeypatch)
    monkeypatch.setattr(files, "now", lambda: late - timedelta(minutes=4))
    with pytest.raises(GateRefused, match="is over"):
        world.promote("staging", entry.number)


def test_a_waiver_that_a_decision_rested_on_is_in_the_record(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = waived(world, WAIVER, now=datetime(2026, 2, 1, tzinfo=UTC), monkeypatch=monkeypatch)
    assert world.promote("staging", entry.number).changed
    stored = json.loads((world.root / "reports/decisions/staging.json").read_text())
    assert [w["practice"] for w in stored["decision"]["waivers"]] == ["MLSEC-01"]
