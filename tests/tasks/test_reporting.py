"""The account of a run reads the same for people and programs."""

import io
from pathlib import Path
from typing import ClassVar

import pytest
from rich.console import Console

from tasks import files
from tasks.reporting import PhaseReport, RunReport, duration, keep_review, phase_table, write_run

FRAMING = PhaseReport("Framing", "judged", False, {"met": 6, "not_met": 0, "unknown": 2, "attested": 1}, 1.25)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.7, "1 min 00 s"), (185.2, "3 min 05 s")]
)
def test_times_as_people_read_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_table_makes_sense_without_colour() -> None:
    console = Console(width=100, record=True, no_color=True, file=io.StringIO())
    console.print(phase_table([FRAMING, PhaseReport("Training", "up to date", True, {}, 0.1)]))
    text = console.export_text()
    framing = next(line for line in text.splitlines() if "Framing" in line)
    assert [cell.strip() for cell in framing.split("│")] == ["Framing", "judged", "6", "0", "2", "1", "1.2 s"]
    assert "not met" in text and "attested" in text


def test_a_run_is_written_down(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_run(RunReport.of("complete", "nothing was run yet", cause="hand", start=0.0))
    stored = files.read_json("reports/run.json")
    assert (stored["schema"], stored["outcome"], stored["cause"], stored["phases"]) == (1, "complete", "hand", [])


def test_a_review_is_kept_with_its_run_and_linked_from_its_version() -> None:
    class Registry:
        described: ClassVar[list[tuple[str, str]]] = []

        def store_file(self, path: Path, *, run_id: str, folder: str) -> str:
            return f"#/runs/{run_id}/artifacts/{folder}/{path.name}"

        def describe(self, run_id: str, text: str) -> None:
            self.described.append((run_id, text))

    keep_review(Registry(), run_id="abc", reports=[Path("reports/review.html"), Path("reports/review.json")])
    ((run_id, text),) = Registry.described
    assert run_id == "abc"
    assert "[review.html](#/runs/abc/artifacts/review/review.html)" in text and "runs:/abc/review" in text
