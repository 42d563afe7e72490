"""What an evaluation refuses waits for data preparation until one passes."""

from pathlib import Path

from tasks import findings


def test_what_was_refused_waits_with_its_reasons(tmp_path: Path) -> None:
    left = findings.leave(7, ["roc_auc is 0.6"], run_id="run", folder=tmp_path)
    assert findings.waiting(tmp_path) == [left]
    assert (left.source, left.to, left.decision) == ("evaluation", "data preparation", 7)


def test_an_evaluation_that_passes_closes_all_that_waits(tmp_path: Path) -> None:
    for number in (7, 9):
        findings.leave(number, ["no"], run_id=None, folder=tmp_path)
    findings.close(11, tmp_path)
    assert findings.waiting(tmp_path) == [] and len(list(tmp_path.iterdir())) == 2


def test_where_nothing_was_refused_nothing_waits(tmp_path: Path) -> None:
    findings.close(1, tmp_path / "findings")
    assert findings.waiting(tmp_path / "findings") == [] and not (tmp_path / "findings").exists()
