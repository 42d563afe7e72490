"""Status tells how the project stands, and what could not be read is due to be put right."""

from pathlib import Path

from rich.console import Console

from config.settings import Settings
from flows import status as flow


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
