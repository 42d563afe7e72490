"""What ends a phase before its gate is asked is in the ledger, as a refusal of that gate."""

from pathlib import Path

import pytest

from config.errors import GateRefused, IntegrityAlarm
from config.settings import Settings
from flows.refusals import alarms_recorded
from lens_checks.gates import GateName
from tasks.ledger import Ledger


def test_an_alarm_is_a_refusal_of_the_gate_that_it_kept_from_being_asked(settings: Settings) -> None:
    with pytest.raises(IntegrityAlarm, match="changed"), alarms_recorded(GateName.DATA, settings, cause="hand"):
        raise IntegrityAlarm("the rows were changed", next_step="lifecycle run --force")
    (entry,) = Ledger(Path(settings.runtime.ledger)).entries()
    body = entry.body
    assert (entry.kind, body["gate"], body["outcome"], body["promotable"]) == ("decision", "data", "refused", False)
    assert (body["blocking"][0]["because"], body["cause"]) == ("the rows were changed", "hand")


def test_a_refusal_has_its_own_entry_already(settings: Settings) -> None:
    with pytest.raises(GateRefused), alarms_recorded(GateName.DATA, settings, cause="hand"):
        raise GateRefused("refused")
    assert not Path(settings.runtime.ledger).exists()
