"""Tests of tasks/tuning.py and tasks/studies.py: a search that finds, fails, prunes, and goes on after a kill."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

from config.errors import LifecycleError
from config.settings import ProblemType, Search
from tasks import studies, tuning
from tasks.estimators import Dimension, Family, family
from tasks.metrics import metric
from tasks.studies import settled
from tasks.tuning import Examples, Found, Question, Trial

BIN = ProblemType.BINARY
SCHEMA = {"a": "number", "b": "number"}


def examples(rows: int, seed: int) -> Examples:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(rows, 2)), columns=["a", "b"])
    return Examples(x, (x["a"] + rng.normal(size=rows) > 0).to_numpy().astype(int), "0" * 64)


def asked(*names: str, problem: ProblemType = BIN) -> Question:
    return Question(tuple(family(n) for n in names), metric("roc_auc", problem), problem, SCHEMA)


class Sought:
    """A search over made-up rows, in the current folder, that remembers what it recorded."""

    def __init__(self, question: Question, *, trials: int, rows: int = 300) -> None:
        self.question, self.recorded, self.rows = question, [], rows  # type: ignore[var-annotated]
        self.settings = Search(candidates=("linear",), trials=trials, sample_rows=max(100, rows))

    def record(self, trial: Trial) -> str:
        self.recorded.append(trial)
        return f"run-{trial.number}"

    def run(self) -> Found:
        study = studies.open_study("s", metric=self.question.metric, families=len(self.question.families), seed=0)
        return tuning.search(
            study, examples(self.rows, 0), examples(300, 1), question=self.question, settings=self.settings,
            beside=lambda pipeline, head: {"rows": len(head.target)}, record=self.record,
            show=lambda text: None,
        )  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_each_family_is_tried_with_its_defaults_first() -> None:
    found = Sought(asked("dummy", "linear", "gradient_boosting"), trials=5).run()
    assert [t.family for t in found.trials][:3] == ["dummy", "linear", "gradient_boosting"]
    assert found.trials[2].params == family("gradient_boosting").defaults
    assert len(found.trials) == 5 and "dummy" not in [t.family for t in found.trials[3:]]


def test_the_best_is_the_recorded_best() -> None:
    found = Sought(asked("dummy", "linear"), trials=4).run()
    assert found.best.value == max(t.value for t in found.trials if t.value is not None)
    assert found.best.run_id == f"run-{found.best.number}"


def test_a_family_without_a_space_is_tried_once() -> None:
    assert len(Sought(asked("dummy"), trials=6).run().trials) == 1


def test_a_search_goes_on_after_a_kill_with_its_finished_trials() -> None:
    class Killed(BaseException):
        pass

    first = Sought(asked("dummy", "linear"), trials=5)

    def record(trial: Trial) -> str:
        if trial.number == 2:
            raise Killed
        return Sought.record(first, trial)

    first.record = record  # type: ignore[method-assign]
    with pytest.raises(Killed):
        first.run()
    second = Sought(asked("dummy", "linear"), trials=5)
    found = second.run()
    assert found.resumed == 2 and len(found.trials) == 5
    assert [t.number for t in second.recorded] == [3, 4, 5]
    values = [tuple(t.params.values()) for t in found.trials if t.params]
    assert len(set(values)) == len(values)


def test_a_finished_search_has_nothing_to_do() -> None:
    Sought(asked("dummy", "linear"), trials=3).run()
    again = Sought(asked("dummy", "linear"), trials=3)
    assert again.run().resumed == 3 and again.recorded == []


def failing(error: Exception) -> Family:
    def build(*_: object, **__: object) -> Pipeline:
        raise error

    return Family("failing", build, space=(Dimension("x", 0.0, 1.0, 0.5),))


def test_a_candidate_that_cannot_be_fitted_loses() -> None:
    question = asked("linear")
    question = replace(question, families=(*question.families, failing(ValueError("odd rows"))))
    found = Sought(question, trials=2).run()
    assert [t.state for t in found.trials] == ["complete", "fail"]
    assert found.best.family == "linear"


def test_no_candidate_at_all_is_told() -> None:
    question = replace(asked("linear"), families=(failing(ValueError("odd rows")),))
    with pytest.raises(LifecycleError, match="none of 2 candidates could be fitted: ValueError: odd rows"):
        Sought(question, trials=2).run()


def test_an_error_that_is_no_candidates_fault_is_raised() -> None:
    question = replace(asked("linear"), families=(failing(KeyError("bug")),))
    with pytest.raises(KeyError):
        Sought(question, trials=2).run()


def test_what_falls_behind_on_the_first_rung_is_pruned() -> None:
    def build(schema: object, params: dict[str, float], **_: object) -> Pipeline:
        return family("linear").build(SCHEMA, {"shrinkage": 10 ** params["x"]}, problem=BIN, seed=0)

    question = replace(asked("linear"), families=(Family("f", build, space=(Dimension("x", -3.0, 9.0, 0.0),)),))
    found = Sought(question, trials=12, rows=2_400).run()
    pruned = [t for t in found.trials if t.state == "pruned"]
    assert pruned and all(t.value is None for t in pruned)


def test_an_error_metric_is_minimized() -> None:
    question = replace(asked("dummy", "linear"), metric=metric("brier", BIN))
    found = Sought(question, trials=3).run()
    assert found.best.value == min(t.value for t in found.trials if t.value is not None)


def test_what_a_dead_process_left_running_is_set_aside() -> None:
    question = asked("linear")
    study = studies.open_study("s", metric=question.metric, families=1, seed=0)
    study.ask()
    again = studies.open_study("s", metric=question.metric, families=1, seed=0)
    assert [t.state.name for t in again.trials] == ["FAIL"] and settled(again) == []


def test_a_deleted_study_is_gone_and_deleting_nothing_is_fine() -> None:
    studies.delete_study("s")
    Sought(asked("linear"), trials=1).run()
    studies.delete_study("s")
    assert Sought(asked("linear"), trials=1).run().resumed == 0
