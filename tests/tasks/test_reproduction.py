"""A rebuilt version is exact when every digest is, else it is held to its metrics; what differs is named."""

from dataclasses import replace
from typing import Any

import pytest

from tasks.registry import Version
from tasks.reproduction import Record, Reproduction, verdict, why_not_searched

AROUND = {"python": "3.12.1", "machine": "x86_64", "threads": 2, "libraries": {"numpy": "2.4.6", "skops": "0.16.0"}}
STUDY = {"trials": 3, "wanted": 3, "resumed_trials": 0, "interrupted": False}
TRAINING: dict[str, Any] = {
    "content_digest": "m", "data_sha256": {"train": "a", "tune": "b"}, "metrics": {"tune_rmse": 80.0, "train_f1": 0.5},
    "surroundings": AROUND, "study": STUDY, "winner": {"number": 1, "family": "linear", "params": {}},
}  # fmt: skip
EVALUATION = {"promotion_sha256": "c", "metrics": {"f1": {"value": 0.4}}}
VERSION = Version(3, "run", "source", {"params_sha256": "p", "lock_sha256": "l"})
RECORD = Record(VERSION, "commit", "revision", TRAINING, EVALUATION)
BUILT: dict[str, Any] = {
    "content_digest": "m", "parts": {"train": "a", "tune": "b", "promotion": "c"}, "surroundings": AROUND,
    "metrics": {"tune_rmse": 80.0, "train_f1": 0.5, "promotion_f1": 0.4}, "commit": "commit", "params_sha256": "p",
    "data_revision": "revision", "lock_sha256": "l",
}  # fmt: skip


def judged(**changed: Any) -> Reproduction:
    return verdict(RECORD, BUILT | changed, tolerance=0.001, seconds=1.0)


def metrics(**changed: float | None) -> dict[str, Any]:
    return {"metrics": BUILT["metrics"] | changed, "content_digest": "other"}


def test_the_same_bytes_are_exact() -> None:
    told = judged()
    assert (told.passed, told.exact, told.differs, told.search) == (True, True, (), "repeated")


@pytest.mark.parametrize(
    ("changed", "passed", "words"),
    [
        pytest.param(metrics(), True, "the bytes differ", id="another model with the same metrics"),
        pytest.param({"parts": BUILT["parts"] | {"tune": "x"}}, True, "the bytes differ", id="other bytes of a part"),
        pytest.param(metrics(train_f1=0.5009), True, "the bytes differ", id="within the tolerance"),
        pytest.param(metrics(train_f1=0.5011), False, "train_f1 0.5 then, 0.5011 now", id="past the tolerance"),
        pytest.param(metrics(tune_rmse=80.08), True, "the bytes differ", id="a share of what is above one"),
        pytest.param(metrics(tune_rmse=80.09), False, "tune_rmse", id="more than that share"),
        pytest.param(metrics(train_f1=float("nan")), False, "train_f1", id="a metric of NaN"),
        pytest.param(metrics(train_f1=None), False, "train_f1", id="a metric without a value"),
        pytest.param({"metrics": {}, "content_digest": "other"}, False, "out of tolerance", id="no metrics"),
        pytest.param({"parts": {}, "content_digest": None, "metrics": {}, "failed": "no memory"}, False, "no memory",
                     id="a build that failed"),
        pytest.param({"parts": {}}, True, "the bytes differ", id="no parts, the same model: not exact"),
    ],
)  # fmt: skip
def test_other_bytes_are_held_to_the_metrics(changed: dict[str, Any], passed: bool, words: str) -> None:
    told = judged(**changed)
    assert (told.passed, told.exact) == (passed, False)
    assert words in told.because


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        pytest.param({"commit": "x"}, "commit", id="commit"),
        pytest.param({"lock_sha256": "x"}, "lock", id="lock"),
        pytest.param({"lock_sha256": None}, "lock", id="no lock"),
        pytest.param({"data_revision": "x"}, "data", id="data"),
        pytest.param({"params_sha256": "x"}, "parameters", id="parameters"),
        pytest.param({"surroundings": AROUND | {"python": "3.13.0"}}, "python", id="Python"),
        pytest.param({"surroundings": AROUND | {"threads": 64}}, "threads", id="threads"),
        pytest.param({"surroundings": AROUND | {"libraries": {"numpy": "2.5.0", "skops": "0.16.0"}}}, "numpy",
                     id="a library"),
        pytest.param({"surroundings": AROUND | {"libraries": {"skops": "0.16.0"}}}, "numpy", id="a library is gone"),
        pytest.param({"parts": BUILT["parts"] | {"tune": "x"}}, "the tune rows", id="rows"),
    ],
)  # fmt: skip
def test_what_differs_is_named(changed: dict[str, Any], name: str) -> None:
    assert judged(**changed).differs == (name,)


@pytest.mark.parametrize(
    ("study", "words"),
    [
        pytest.param({}, "", id="as it was"),
        pytest.param({"trials": 2}, "the clock cut the search after 2 of 3 trials", id="cut by the clock"),
        pytest.param({"interrupted": True, "resumed_trials": 1}, "the search went on after 1 trials", id="resumed"),
    ],
)
def test_a_search_that_cannot_be_repeated_gives_its_trial(study: dict[str, Any], words: str) -> None:
    training = TRAINING | {"study": STUDY | study}
    assert words in why_not_searched(training)
    record = replace(RECORD, training=training)
    assert record.trial == (TRAINING["winner"] if words else None)
    assert ("not repeated" in verdict(record, BUILT, tolerance=0.0, seconds=1.0).search) is bool(words)
