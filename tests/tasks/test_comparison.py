"""Tests of tasks/comparison.py, contenders.py and looks.py: real models meet, and what cannot be told is refused."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from config.errors import IntegrityAlarm
from config.settings import ColumnType, ErrorCosts, ProblemType
from lens_checks.evidence.place import parse
from lens_checks.evidence.records import ChampionComparison
from tasks import looks
from tasks.contenders import Candidate
from tasks.ledger import Kind
from tasks.metrics import METRICS, Metric
from tasks.statistics import weighted_mean
from tests.tasks.contest import BIN, MULTI, REG, SHA256, Contest
from tests.tasks.release_world import ANOTHER, elsewhere

Make = Callable[..., Contest]


@pytest.fixture
def contest(tmp_path: Path, mlflow_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    monkeypatch.chdir(tmp_path)
    yield lambda *args, **options: Contest(tmp_path, mlflow_template, *args, **options)
    import mlflow

    mlflow.set_tracking_uri(None)


@pytest.mark.parametrize("problem", ProblemType)
@pytest.mark.parametrize("by_day", [True, False], ids=["days are resampled", "rows are resampled"])
def test_every_verdict_of_every_problem(contest: Make, problem: ProblemType, by_day: bool) -> None:
    on = contest(problem, by_day=by_day)
    fair, good = on.train("fair"), on.train("good")
    number = on.enthrone(fair)
    better = on.compare(good)
    assert (better.verdict, better.champion, better.looks) == ("better", number, 1), better.sentence
    assert better.resampled_by == ("day" if by_day else "row")
    assert better.unseen_rows == len(on.rows) and better.left_out == {"candidate": 0, "champion": 0}
    assert set(better.slices["size"]) == {"small", "large"}
    assert better.cost is not None and better.cost.applies is (problem is BIN)
    same = on.compare(fair)
    assert (same.verdict, same.difference, same.looks) == ("same-version", None, 0)
    on.enthrone(good)
    worse = on.compare(fair)
    assert (worse.verdict, worse.looks) == ("worse", 2)
    twin = on.train("good", "size")
    on.rule(margin=1.0, guarded_margin=1.0, cost_margin=1.0)
    assert on.compare(twin).verdict == "not-worse"


def test_what_is_written_is_what_the_auditor_reads(contest: Make) -> None:
    on = contest()
    fair, good = on.train("fair"), on.train("good")
    on.enthrone(fair)
    assert on.report(fair, on.compare(fair))["candidate"]["version"] == 1
    assert on.report(good, on.compare(good))["candidate"]["version"] is None
    seen = parse(ChampionComparison, Path("reports/comparison.json").read_bytes(), "comparison.json")
    assert (seen.verdict, seen.champion.version, seen.candidate.digest) == ("better", 1, good.digest)  # type: ignore[union-attr]
    assert seen.difference is not None and seen.difference.low is not None and seen.difference.low > 0
    assert seen.cost is not None and seen.cost.applies and seen.cost.passed and seen.cost.currency == "EUR"
    assert seen.cost.candidate < seen.cost.champion  # type: ignore[operator]
    assert seen.slices is not None and seen.slices["size"]["small"].verdict == "not-worse"
    written = json.loads(Path("reports/comparison.json").read_text())
    assert written["difference"]["candidate"] - written["difference"]["champion"] == pytest.approx(
        written["difference"]["value"]
    )
    both = {name: written["difference"][name] for name in ("candidate", "champion")}
    assert written["primary"] == {"metric": "average_precision"} | both
    assert (written["resamples"], written["confidence"], written["slice_confidence"]) == (1000, 0.95, 0.975)
    assert (written["slice_margin"], written["slice_minimum_rows"], written["test"]) == (0.05, 100, "non-inferiority")
    assert written["schema"] == 1 and "champion_digest" not in written
    assert written["candidate"] == {"version": None, "run_id": good.run_id, "digest": good.digest}
    assert written["champion"] == {"version": 1, "digest": fair.digest} and written["slices_unknown"] == 0


def test_the_same_comparison_gives_the_same_figures(contest: Make) -> None:
    on = contest(by_day=False)
    on.enthrone(on.train("fair"))
    good = on.train("good")
    assert on.compare(good) == on.compare(good)


def test_rows_that_either_saw_are_left_out_and_counted(contest: Make) -> None:
    on = contest()
    on.enthrone(on.train("fair", seen=pd.concat([on.seen, on.rows[:200]])))
    greedy = on.train("good", seen=pd.concat([on.seen, on.rows[100:400]]))
    seen = on.compare(greedy)
    assert (seen.unseen_rows, seen.left_out) == (800, {"candidate": 300, "champion": 200})
    assert seen.verdict == "better"


@pytest.mark.parametrize("left", [99, 0])
def test_too_few_rows_that_neither_saw_tell_nothing(contest: Make, left: int) -> None:
    on = contest()
    on.enthrone(on.train("fair"))
    greedy = on.train("good", seen=on.rows[: len(on.rows) - left])
    seen = on.compare(greedy)
    assert (seen.verdict, seen.unseen_rows, seen.difference) == ("unknown", left, None)
    assert f"{left} promotion rows are new to both models" in seen.sentence and seen.next_step


def test_as_many_rows_as_are_asked_for_are_enough(contest: Make) -> None:
    on = contest()
    on.enthrone(on.train("fair"))
    seen = on.compare(on.train("good", seen=on.rows[:-100]))
    assert seen.unseen_rows == 100 and seen.difference is not None


def test_without_a_champion_the_candidate_must_not_have_seen_the_rows(contest: Make) -> None:
    on = contest()
    first = on.train("good")
    alone = on.compare(first)
    assert alone.verdict == "no-champion" and on.report(first, alone)["champion"] is None
    assert on.compare(on.train("good", seen=pd.concat([on.seen, on.rows[:12]]))).verdict == "no-champion"
    greedy = on.train("good", seen=pd.concat([on.seen, on.rows[:13]]))
    seen = on.compare(greedy)
    assert (seen.verdict, seen.looks) == ("unknown", 3)
    assert "trained or tuned on 13 of 1200 promotion rows" in seen.sentence


def test_a_candidate_whose_rows_are_not_known_is_refused(contest: Make) -> None:
    on = contest()
    good = on.train("good")
    on.artifact_of(good, "seen.json").unlink()
    seen = on.compare(good)
    assert seen.verdict == "unknown" and "which rows the candidate has seen is not known" in seen.sentence


def test_a_changed_list_of_rows_is_an_alarm(contest: Make) -> None:
    on = contest()
    good = on.train("good")
    on.artifact_of(good, "seen_rows.bin").write_bytes(b"\0" * 8)
    with pytest.raises(IntegrityAlarm, match="was changed"):
        on.compare(good)


def lose_files(on: Contest, fair: Candidate) -> None:
    shutil.rmtree(on.package_of(fair))


def lose_its_rows(on: Contest, fair: Candidate) -> None:
    on.artifact_of(fair, "seen.json").unlink()


def lose_a_feature(on: Contest, fair: Candidate) -> None:
    on.rows = on.rows.drop(columns="fair")
    on.set("data", columns={n: c for n, c in on.settings.data.columns.items() if n != "fair"})


def change_a_feature(on: Contest, fair: Candidate) -> None:
    on.rows, on.seen = on.rows.assign(fair="high"), on.seen.assign(fair="high")
    text = on.settings.data.columns["fair"].model_copy(update={"type": ColumnType.CATEGORY})
    on.set("data", columns={**on.settings.data.columns, "fair": text})


@pytest.mark.parametrize(
    ("plant", "words"),
    [
        pytest.param(lose_files, "failures occurred while downloading", id="its files are gone"),
        pytest.param(lose_its_rows, "failures occurred while downloading", id="the rows it saw are not known"),
        pytest.param(lose_a_feature, "columns are not in the rows: fair", id="a feature is gone"),
        pytest.param(change_a_feature, "cannot be read as number", id="a feature is of another type"),
    ],
)
def test_a_champion_that_cannot_answer_is_unscorable(
    contest: Make, plant: Callable[[Contest, Candidate], None], words: str
) -> None:
    on = contest()
    fair = on.train("fair")
    on.enthrone(fair)
    plant(on, fair)
    seen = on.compare(on.train("good"))
    assert (seen.verdict, seen.champion, seen.replacement) == ("unscorable", 1, None)
    assert "version 1 cannot be scored any more" in seen.sentence and words in seen.sentence
    assert "lifecycle approve --by NAME --replace-champion" in seen.next_step


def test_a_candidate_that_saw_the_rows_does_not_replace_a_champion_that_is_gone(contest: Make) -> None:
    on = contest()
    fair = on.train("fair")
    on.enthrone(fair)
    lose_files(on, fair)
    seen = on.compare(on.train("good", seen=on.rows))
    assert (seen.verdict, seen.champion) == ("unknown", 1) and "they prove nothing" in seen.sentence


def test_a_champion_that_this_release_cannot_load_is_unscorable(contest: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    on = contest()
    on.enthrone(on.train("fair"))
    good = on.train("good")
    monkeypatch.setattr("tasks.estimators.TRUSTED_TYPES", ())
    seen = on.compare(good)
    assert seen.verdict == "unscorable" and "does not load" in seen.sentence


def test_a_champion_that_other_libraries_made_is_unscorable(contest: Make) -> None:
    on = contest()
    with elsewhere():
        on.enthrone(on.train("fair"))
    seen = on.compare(on.train("good"))
    assert seen.verdict == "unscorable" and f"scikit-learn {ANOTHER}, and" in seen.sentence


def test_changed_files_of_the_champion_are_an_alarm_that_says_what_leads_on(contest: Make) -> None:
    on = contest()
    fair = on.train("fair")
    on.enthrone(fair)
    with (on.package_of(fair) / "serving.json").open("a") as file:
        file.write(" ")
    with pytest.raises(IntegrityAlarm) as caught:
        on.compare(on.train("good"))
    assert "lifecycle verify" in caught.value.next_step and "lifecycle rollback" in caught.value.next_step


def test_the_stored_score_of_a_champion_counts_for_nothing(contest: Make) -> None:
    on = contest()
    fair = on.train("fair")
    on.enthrone(fair)
    good = on.train("good")
    before = on.compare(good)
    for name in ("tune_average_precision", "promotion_average_precision"):
        on.store.client.log_metric(fair.run_id, name, 0.9999)
    assert on.compare(good) == before


def test_each_acts_from_its_own_threshold(contest: Make) -> None:
    on = contest()
    on.set("charter", error_costs=ErrorCosts(false_positive=1.0, false_negative=3.0))
    on.enthrone(on.train("good", threshold=0.3))
    careless = on.train("good", "size", threshold=0.99)
    seen = on.compare(careless)
    assert seen.verdict == "worse" and "a row's errors may cost more by over 0.06 EUR" in seen.sentence
    assert seen.cost is not None and seen.cost.candidate > 2 * seen.cost.champion  # type: ignore[operator]
    assert on.compare(on.train("good", "size", threshold=0.3)).cost.passed  # type: ignore[union-attr]


@pytest.mark.parametrize("whose", ["candidate", "champion"])
def test_without_a_threshold_the_cost_is_not_known(contest: Make, whose: str) -> None:
    on = contest()
    on.enthrone(on.train("fair", threshold=None if whose == "champion" else 0.5))
    seen = on.compare(on.train("good", threshold=None if whose == "candidate" else 0.5))
    assert seen.verdict == "unknown" and f"from which probability on the {whose} acts is not known" in seen.sentence


def test_errors_without_a_price_have_no_cost(contest: Make) -> None:
    on = contest()
    on.set("charter", error_costs=ErrorCosts(false_positive=0.0, false_negative=0.0))
    on.enthrone(on.train("fair"))
    seen = on.compare(on.train("good", threshold=None))
    assert seen.verdict == "better" and seen.cost is not None and not seen.cost.applies and seen.cost.reason


def test_a_metric_that_does_not_depend_on_the_model_tells_nothing(
    contest: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    constant = Metric("brier", False, METRICS["brier"].problems, lambda y, _: weighted_mean(np.full(len(y), 0.05)))
    monkeypatch.setitem(METRICS, "brier", constant)
    on = contest()
    on.enthrone(on.train("fair"))
    seen = on.compare(on.train("good"))
    assert seen.verdict == "unknown" and "brier tells nothing" in seen.sentence
    assert "it does not depend on the model" in seen.sentence


def test_a_class_that_one_of_them_never_saw_is_held_against_it(contest: Make) -> None:
    on = contest(MULTI)
    on.enthrone(on.train("good", seen=on.seen[on.seen["target"] != "c"]))
    seen = on.compare(on.train("good"))
    assert seen.verdict == "better"
    worst = seen.guarded["log_loss"]
    assert worst.champion is not None and worst.champion > 5  # the probability of what it never saw is nothing


@pytest.mark.parametrize("who", ["the champion", "the candidate", "the rows"])
def test_a_class_that_only_one_side_knows_is_a_class_of_both(contest: Make, who: str) -> None:
    on = contest(MULTI)
    more, least = on.seen.assign(target=on.seen["target"].where(on.seen.index >= 9, "d")), on.seen
    if who == "the rows":
        more = least = on.seen[on.seen["target"] != "c"]
    on.enthrone(on.train("fair", seen=more if who == "the champion" else least))
    seen = on.compare(on.train("good", seen=more if who == "the candidate" else least))
    loss = seen.guarded["log_loss"]
    assert loss.candidate is not None and loss.champion is not None
    assert (min(loss.candidate, loss.champion) > 5) == (who == "the rows"), "each gives what it never saw no chance"


def test_a_candidate_that_answers_with_no_number_tells_nothing(contest: Make) -> None:
    on = contest()
    on.enthrone(on.train("fair"))
    good = on.train("good")
    good.pipeline[-1].coef_ = np.full_like(good.pipeline[-1].coef_, np.nan)
    seen = on.compare(good)
    assert (seen.verdict, seen.sentence) == ("unknown", "not every answer of the candidate is a number")


def test_regression_compares_errors_without_a_cost(contest: Make) -> None:
    on = contest(REG)
    on.enthrone(on.train("fair"))
    seen = on.compare(on.train("good"))
    assert seen.guarded["mae"].passed and seen.guarded["mae"].candidate < seen.guarded["mae"].champion  # type: ignore[operator]
    assert seen.cost is not None and seen.cost.passed is None


def measured(on: Contest, digest: str, *, sha256: str = SHA256, key: str = "looked_at") -> None:
    """Record a decision of a gate that saw a candidate measured."""
    looked = {"promotion_sha256": sha256, "digest": digest, "candidate": {"digest": digest}}
    on.stores.record(Kind.DECISION, {"gate": "development", "outcome": "refused", "figures": {key: looked}})


def test_looks_are_counted_by_candidate_and_rows(contest: Make) -> None:
    on = contest()
    good, fair = on.train("good"), on.train("fair")
    assert [on.compare(one).looks for one in (good, good, fair, good)] == [1, 1, 2, 2]
    assert on.compare(good, sha256="6" * 64).looks == 1


def test_what_the_ledger_saw_cannot_be_forgotten_with_a_tag(contest: Make) -> None:
    on = contest()
    good = on.train("good")
    for number, key in enumerate(("looked_at", "comparison", "looked_at")):
        measured(on, f"{number}" * 64, key=key)
    measured(on, "9" * 64, sha256="6" * 64)
    measured(on, good.digest)
    on.stores.record(Kind.ALARM, {"figures": {"looked_at": {"promotion_sha256": SHA256, "digest": "8" * 64}}})
    assert on.compare(good, entries=on.stores.trusted()).looks == 4
    assert on.compare(good).looks == 4  # the tag has taken over what the ledger knew
    on.store.client.delete_registered_model_tag(on.book.model, f"looks_{SHA256[:16]}")
    assert on.compare(good).looks == 1
    assert on.compare(good, entries=on.stores.trusted()).looks == 4


def test_a_promotion_set_wears_out(contest: Make) -> None:
    on = contest()
    on.rule(looks=2)
    on.enthrone(on.train("fair"))
    good = on.train("good")
    looks.count_look(on.book, [], promotion_sha256=SHA256, digest="1" * 64)
    assert on.compare(good).verdict == "better"
    seen = on.compare(on.train("good", "size"))
    assert (seen.verdict, seen.looks, seen.difference) == ("unknown", 3, None)
    assert "3 candidates have looked" in seen.sentence and "Land newer rows" in seen.next_step
    assert on.compare(good, sha256="6" * 64).verdict == "better"
