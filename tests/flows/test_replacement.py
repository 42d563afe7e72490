"""A champion that cannot be scored any more is let go by hand, in another process than the one that compared."""

from pathlib import Path

import pytest

from config.errors import GateRefused
from flows import ladder, show
from tasks import replacements
from tests.tasks.contest import Contest

WHY = "its files were lost with the old disk"


def test_it_is_said_by_hand_after_a_comparison(
    tmp_path: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    contest = Contest(tmp_path, mlflow_template)
    fair, good = contest.train("fair"), contest.train("good")
    number = contest.enthrone(fair)
    contest.package_of(fair).rename(contest.root / "gone")
    contest.report(good, contest.compare(good))
    approver = contest.settings.charter.owners.approver
    with pytest.raises(GateRefused, match="this very process"):
        ladder.replace_champion(contest.settings, approver, WHY)
    monkeypatch.setattr(replacements, "process", lambda: "a person's")
    word = ladder.replace_champion(contest.settings, approver, WHY)
    assert (word.champion, word.candidate_digest, word.approver) == (number, good.digest, approver)
    assert contest.stores.ledger.entry(word.entry).body["because"] == WHY
    assert "lifecycle run" in [str(part) for part in show.let_go(word)][-1]
    import mlflow

    mlflow.set_tracking_uri(None)
