"""People see which phase and step goes on, and what became of each phase."""

import subprocess
import sys

import pytest

from flows import progress


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


def test_steps_nobody_looks_at_are_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    progress.tell("Fit the winner")
    assert capsys.readouterr().err == ""
