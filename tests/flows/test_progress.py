"""People see which phase and step goes on, and what became of each phase."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import load
from flows import operating, progress
from tasks import metering


def test_phases_are_kept_with_what_they_did(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.Journal().shown() as journal, journal.phase("Training") as entry:
        progress.tell("Fit the winner")
        entry.did, entry.counts = "fitted", {"met": 1}
    (kept,) = journal.phases
    assert (kept.phase, kept.did, kept.skipped, kept.counts) == ("Training", "fitted", False, {"met": 1})
    assert capsys.readouterr().err.splitlines()[0] == "  Training · Fit the winner"


def test_a_phase_keeps_what_it_took_of_this_process_and_of_those_it_started() -> None:
    with progress.Journal().shown() as journal, journal.phase("Training"):
        subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
        sum(range(10**6))
    assert journal.phases[0].cpu_seconds > 0.1


def test_a_phase_that_fails_is_kept_too() -> None:
    with progress.Journal().shown() as journal, pytest.raises(ValueError, match="no"), journal.phase("Training"):
        raise ValueError("no")
    assert [kept.did for kept in journal.phases] == ["stopped: ValueError"]


def two_phases(journal: progress.Journal) -> None:
    """Find one phase up to date, and fail in the next."""
    with journal.phase("Framing") as entry:
        progress.tell("Read the charter")
        entry.skipped, entry.inputs = True, "i"
    with journal.phase("Training"):
        raise ValueError("no")


def test_a_metered_run_leaves_its_phases_and_a_whole_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sample = load(Path(__file__).parents[2] / "proving" / "sample")
    with progress.Journal().shown() as journal:
        with pytest.raises(ValueError, match="no"), operating.metered(journal, sample, cause="drift"):
            two_phases(journal)
        with journal.phase("Drill"):
            pass
    lines = metering.read()
    assert [(m.phase, m.outcome, m.skipped, m.inputs) for m in lines] == [
        ("Framing", "done", True, "i"), ("Training", "stopped", False, ""),
    ]  # fmt: skip
    log = [json.loads(line) for line in next(Path(".lifecycle/logs").iterdir()).read_text().splitlines()]
    assert [line["n"] for line in log] == list(range(1, len(log) + 1))
    kinds = [line["kind"] for line in log]
    assert kinds == ["begun", "phase", "step", "done", "said", "phase", "done", "ended"] and log[-1]["text"] == "failed"


def test_steps_nobody_looks_at_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    progress.tell("Fit the winner")
    assert capsys.readouterr().err == ""
