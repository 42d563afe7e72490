"""What ends a phase before its gate is asked is in the ledger, as a refusal of that gate."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.errors import GateRefused, IntegrityAlarm
from config.settings import Settings
from flows.refusals import alarms_recorded, refusal
from lens_checks.checkpoint import STATE_IT
from lens_checks.gates import GateName
from tasks.ledger import Blocking, Ledger
from tests.tasks.test_ledger import DECISION


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


def told(*reasons: Blocking, ledger: Path) -> GateRefused:
    decision = replace(DECISION, outcome="refused", blocking=reasons, promotable=False)
    return refusal(decision, Ledger(ledger / "ledger", ledger / "keys").append("decision", decision))


def wordless(practice: str) -> Blocking:
    return Blocking(practice=practice, verdict="unknown", because="nobody", fix=STATE_IT.format(id=practice))


def test_where_only_words_lack_all_of_them_are_named_and_the_command_that_asks(tmp_path: Path) -> None:
    names = [f"MLOE-0{number}" for number in range(1, 8)]
    said = told(*map(wordless, names), ledger=tmp_path)
    assert f"7 practices wait for a person's word: {', '.join(names)}" in said.seen
    assert said.next_step == "lifecycle answer"


def test_where_more_lacks_than_words_the_plan_is_next(tmp_path: Path) -> None:
    unmet = Blocking(practice="MLSEC-06", verdict="not_met", because="no revision", fix="Run `lifecycle run`.")
    said = told(wordless("MLOE-01"), unmet, ledger=tmp_path)
    assert "MLSEC-06: no revision" in said.seen
    assert said.next_step == "lifecycle plan"


@pytest.mark.parametrize("bound", ["comparison", "canary"])
def test_where_no_practice_holds_it_what_its_own_bound_says_is_next(bound: str, tmp_path: Path) -> None:
    reason = Blocking(bound=bound, verdict="not_met", because="it failed 39 of 40 requests", fix="Train another model.")
    said = told(reason, ledger=tmp_path)
    assert f"{bound}: it failed 39 of 40 requests" in said.seen
    assert said.next_step == "Train another model."
