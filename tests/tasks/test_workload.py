"""The profile of the workload says what was measured, and what is aimed at."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.load import load
from tasks import files, workload

CHARTER = load(Path(__file__).parents[2] / "proving" / "sample").charter
SERVER = SimpleNamespace(p50_ms=5.0, p95_ms=9.0, rss_mib=300.0)
LOAD = SimpleNamespace(steps=[SimpleNamespace(requests=100, seconds=1.0), SimpleNamespace(requests=300, seconds=2.0)])


def profile(tmp_path: Path, *, load: Any = LOAD, days: float | None = 30.0, **charter: Any) -> dict[str, Any]:
    """Write the profile of a version of 2 MiB; a model was let in so many days ago."""
    then = None if days is None else (files.now() - timedelta(days=days)).isoformat()
    entries = [SimpleNamespace(kind="done", body={"alias": "staging"}, time=then)] if then else []
    path = workload.write(
        SimpleNamespace(number=3), SimpleNamespace(files=({"size": 2**21},), digest="d"),
        SimpleNamespace(server=SERVER, load=load), charter=CHARTER.model_copy(update=charter), entries=entries,
        reports=tmp_path,
    )  # type: ignore[arg-type]  # fmt: skip
    told: dict[str, Any] = files.read_json(path)
    return told


def test_what_was_measured_is_told(tmp_path: Path) -> None:
    told = profile(tmp_path)["current"]
    assert told.pop("retrain_days") == pytest.approx(30.0, abs=0.1)
    assert told == {"artifact_mib": 2.0, "p50_ms": 5.0, "p95_ms": 9.0, "throughput": 150.0, "memory_mib": 300.0}


def test_the_first_model_has_no_interval_and_without_a_load_there_is_no_throughput(tmp_path: Path) -> None:
    told = profile(tmp_path, load=None, days=None)["current"]
    assert (told["retrain_days"], told["throughput"]) == (None, None)


def test_every_target_has_its_figure_and_reason(tmp_path: Path) -> None:
    told = profile(tmp_path)
    assert set(told["target"]) == set(told["current"])
    assert all(target["figure"] > 0 and target["reason"] for target in told["target"].values())


def test_targets_that_nobody_stated_are_not_there(tmp_path: Path) -> None:
    assert profile(tmp_path, usage=None, workload=None)["target"] == {}
