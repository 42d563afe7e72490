"""Status tells how the project stands, and what could not be read is due to be put right."""

from dataclasses import replace
from pathlib import Path

from rich.console import Console

from config.settings import Attestations, Settings
from flows import status as flow
from lens_checks.checkpoint import STATE_IT
from tasks.aliases import Aliases
from tasks.ledger import Blocking, Ledger
from tests.tasks.test_ledger import DECISION


def test_a_project_that_nothing_was_run_in(settings: Settings) -> None:
    told = flow.status(settings)
    assert set(told.aliases.values()) == {None}
    assert {stage.state for stage in told.stages} == {"not run"}
    assert told.last_decision is None
    assert [(item.what, item.next_step) for item in told.due] == [("a run", "lifecycle run")]


def test_a_ledger_that_does_not_hold_is_due_first(settings: Settings, project: Path) -> None:
    (project / "ledger").mkdir()
    (project / "ledger" / "000001.json").write_text("{}")
    told = flow.status(settings)
    assert (told.due[0].what, told.due[0].next_step) == ("the ledger", "lifecycle verify")


def test_a_registry_that_cannot_be_read_is_due(settings: Settings, project: Path) -> None:
    (project / "mlflow.db").write_text("no database")
    assert "the registry" in [item.what for item in flow.status(settings).due]


def test_people_read_one_next_step(settings: Settings) -> None:
    console = Console(width=100)
    with console.capture() as shown:
        console.print(*flow.words(flow.status(settings)), sep="\n")
    lines = shown.get().strip().splitlines()
    assert lines[0].startswith("flight-delays: champion -")
    assert [line for line in lines if line.startswith("next:")] == [lines[-1]] == ["next: lifecycle run"]


def due(settings: Settings, ledger: Path, *, staging: int) -> list[flow.Due]:
    reasons = tuple(
        Blocking(practice=id, verdict="unknown", because="nobody", fix=STATE_IT.format(id=id))
        for id in ("MLOE-01", "MLPER-02")
    )
    refused = replace(DECISION, outcome="refused", blocking=reasons, promotable=False)
    entry = Ledger(ledger / "ledger", ledger / "keys").append("decision", refused)
    return list(flow._answers(settings, Aliases(versions={"staging": staging}), [entry]))


def test_the_answers_that_the_version_in_staging_waits_for_are_named(settings: Settings, tmp_path: Path) -> None:
    nobody = settings.model_copy(update={"attestations": Attestations()})
    (item,) = due(nobody, tmp_path, staging=1)
    assert item.what == "a person's word on 2 practices" and "MLOE-01, MLPER-02" in item.because
    assert item.next_step == "lifecycle answer"


def test_what_was_answered_since_or_is_of_another_version_is_not_due(settings: Settings, tmp_path: Path) -> None:
    assert due(settings, tmp_path, staging=1) == []
    assert due(settings.model_copy(update={"attestations": Attestations()}), tmp_path, staging=2) == []
