"""The same requests through champion and candidate; what differs beyond the bounds is outside."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from config.settings import ProblemType
from config.settings.release import Shadow
from tasks.inference import Form, Inference
from tasks.shadow import Contender, Replay, Side, champion_lost, judged, last_captured, no_champion, replay
from tests.tasks.pipelines import made
from tests.tasks.release_world import ROWS, contract_for, fitted

BOUNDS = Shadow(minimum_rows=20, rows=100)
CONTRACT = contract_for("0" * 32)


class Opposite:
    """Answers the opposite of a pipeline."""

    def predict_proba(self, rows: Any) -> Any:
        return fitted(1.0).predict_proba(rows)[:, ::-1]


def contender(version: int, model: Any) -> Contender:
    return Contender(version, Inference(Form.NATIVE, CONTRACT, model))


def seen(model: Any, folder: Path, rows: pd.DataFrame = ROWS) -> Replay:
    """Replay rows through a candidate and a champion."""
    one, other = contender(2, model), contender(1, fitted(1.0))
    return replay(one, other, captured=folder, held_out=lambda: rows, bounds=BOUNDS)


def capture(folder: Path) -> None:
    (folder / "day").mkdir()
    ROWS.add_prefix("feature.").assign(request_id="r").to_parquet(folder / "day" / "a.parquet")


def test_two_of_a_kind_are_alike(tmp_path: Path) -> None:
    found = seen(fitted(1.0), tmp_path)
    assert (found.source, found.rows, found.disagreement, found.mean_difference) == ("held-out", 40, 0, 0)
    assert found.timed > 0 and found.candidate.p50_ms and found.champion and found.champion.p95_ms


def test_the_opposite_is_outside(tmp_path: Path) -> None:
    found = seen(Opposite(), tmp_path)
    assert (found.verdict, found.disagreement) == ("outside", 1.0)


def test_the_last_captured_requests_come_first(tmp_path: Path) -> None:
    capture(tmp_path)
    assert seen(fitted(1.0), tmp_path).source == "captured"


def test_few_requests_prove_nothing(tmp_path: Path) -> None:
    assert seen(fitted(1.0), tmp_path, ROWS[:19]).verdict == "too-few"


def test_rows_that_lack_a_column_are_not_answered(tmp_path: Path) -> None:
    assert seen(fitted(1.0), tmp_path, ROWS[["delay"]]).verdict == "unanswered"


def test_without_a_champion_nothing_is_replayed() -> None:
    assert no_champion(1) == Replay("no-champion", "nobody serves yet", Side(1))


def test_a_champion_that_is_lost_is_said_to_be() -> None:
    told = champion_lost(2, 1, "its files are gone")
    assert (told.verdict, told.candidate, told.champion) == ("champion-lost", Side(2), Side(1))
    assert "its files are gone" in told.because


@pytest.mark.parametrize("problem", [ProblemType.REGRESSION, ProblemType.MULTICLASS])
def test_other_problems_are_compared_too(problem: ProblemType, tmp_path: Path) -> None:
    both = [made(name, problem) for name in ("linear", "gradient_boosting")]
    two = [Contender(n, Inference(Form.NATIVE, one.contract, one.pipeline)) for n, one in enumerate(both)]
    rows = both[0].rows.replace([np.inf, 1e300], 1.0)
    found = replay(*two, captured=tmp_path, held_out=lambda: rows, bounds=BOUNDS)
    assert found.mean_difference is not None
    assert 0 < found.mean_difference < 1


FOUND = Replay("within", "", Side(2, 6.0, 9.0), Side(1, 1.0, 2.0), "captured", 100, 0.3, 0.2, 50)
JUDGED = [
    pytest.param({}, "within", id="at the bounds"),
    pytest.param({"disagreement": 0.31}, "outside", id="decided otherwise"),
    pytest.param({"disagreement": None}, "outside", id="not told"),
    pytest.param({"mean_difference": 0.21}, "outside", id="far apart"),
    pytest.param({"mean_difference": None}, "outside", id="apart by no number"),
    pytest.param({"candidate": Side(2, 6.1, 9.0)}, "outside", id="slow"),
    pytest.param({"candidate": Side(2)}, "outside", id="not timed"),
]


@pytest.mark.parametrize(("change", "verdict"), JUDGED)
def test_figures_are_held_against_the_bounds(change: dict[str, Any], verdict: str) -> None:
    assert judged(replace(FOUND, **change), BOUNDS).verdict == verdict


def test_requests_of_who_was_probing_are_left_out(tmp_path: Path) -> None:
    capture(tmp_path)
    rows = pd.read_parquet(tmp_path / "day" / "a.parquet")
    rows.assign(suspect=rows.index < len(rows) - 5).to_parquet(tmp_path / "day" / "a.parquet")
    found = last_captured(tmp_path, ["delay"], most=100)
    assert found is not None and found["delay"].to_pylist() == ROWS["delay"].tolist()[-5:]
