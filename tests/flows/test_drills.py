"""Which drills a word names, where a backup may lie, and what a failed drill leads to."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from config.errors import ConfigError, LifecycleError
from config.settings import Settings
from flows import drills
from tasks.alerts import read_alerts
from tasks.drills import NAMES, Drill


@pytest.mark.parametrize(("word", "names"), [("all", NAMES), ("tamper", ("tamper",)), ("nothing", ())])
def test_a_word_names_drills(word: str, names: tuple[str, ...]) -> None:
    assert drills.named(word) == names


@pytest.mark.parametrize(
    ("folder", "words"),
    [(None, "no place for a backup"), (Path("backups"), "inside the project"), (Path("."), "inside the project")],
)
def test_a_backup_without_a_place_of_its_own_is_refused(folder: Path | None, words: str, settings: Settings) -> None:
    with pytest.raises(ConfigError, match=words):
        drills.back_up(settings, folder)


def test_a_drill_before_there_is_a_champion_fails_is_on_record_and_told(settings: Settings, project: Path) -> None:
    made = drills.drill(settings, ("rollback", "rollback"))
    assert [(drill.name, drill.passed) for drill in made.drills] == [("rollback", False)] and not made.passed
    told = json.loads((project / "reports" / "drills" / "rollback.json").read_text())
    assert (told["entry"], told["passed"]) == (made.drills[0].entry, False)
    assert [alert["kind"] for alert in read_alerts()] == ["drill"]


def test_nothing_is_compared_with_data_that_is_not_up_to_date(settings: Settings, project: Path) -> None:
    with pytest.raises(LifecycleError, match="nothing to compare with"):
        drills.resume(project, None, settings)  # type: ignore[arg-type]


def test_what_failed_stands_in_the_table_with_what_to_do_next() -> None:
    failed = Drill("restore", False, 12.3, 1, 7, "the server did not start")
    console = Console(file=StringIO(), width=120)
    for part in drills.words(drills.Drilled(1, False, (failed,))):
        console.print(part)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "✗ failed" in shown and "the server did not start" in shown and "12.3 s" in shown
    assert "next: see docs/operate.md, then lifecycle drill restore" in shown
