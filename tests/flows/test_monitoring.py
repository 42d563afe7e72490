"""A window raises an alarm by effect size and by performance, and says unknown where it cannot tell."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from config.settings import Settings, Window
from flows import decay
from flows.monitoring import judge_window, watch_once
from tasks.baselines import Baseline, Champion
from tasks.drift import describe_answers
from tasks.features import feature_frame, target_values
from tasks.landing import rows_between
from tasks.profiling import reference
from tasks.registry import Version
from tasks.statistics import Prediction
from tasks.watching import WindowReport
from tests.tasks.crash_stage import point_by_hand
from tests.tasks.release_world import World

AUGUST = Window(start=date(2013, 8, 1), end=date(2013, 9, 1))
Change = Callable[[pd.DataFrame], pd.DataFrame]


def delay(features: pd.DataFrame) -> pd.DataFrame:
    return features[["dep_delay"]]


@pytest.fixture
def rows(settings: Settings, project: Path) -> pd.DataFrame:
    return rows_between(settings.data, AUGUST.start, AUGUST.end)


@pytest.fixture
def champion(settings: Settings, rows: pd.DataFrame) -> Champion:
    """A model that looks at the delay at departure, let in on the rows of August."""
    problem, frame = settings.charter.problem_type, feature_frame(rows, settings.data)
    estimator = make_pipeline(FunctionTransformer(delay), LogisticRegression())
    estimator.fit(frame, target_values(rows, settings.data, problem))
    baseline = Baseline(
        digest="d", reference_sha256="r", columns=asdict(reference(rows, settings.data))["columns"],
        answers=describe_answers(Prediction.of(estimator, frame, problem), problem),
        promised={"average_precision": 0.8, "roc_auc": 0.85, "brier": 0.1},
    )  # fmt: skip
    return Champion(Version(1, "run", "source", {}), "d", estimator, baseline)


def judged(rows: pd.DataFrame, champion: Champion, settings: Settings) -> WindowReport:
    return judge_window.fn(rows, champion, settings, AUGUST)


@pytest.mark.parametrize(
    ("change", "verdict", "words"),
    [
        pytest.param(lambda rows: rows, "ok", "", id="the rows that the model knows"),
        pytest.param(lambda rows: rows.assign(temp=rows["temp"] + 40), "ok", "", id="one feature that drifted"),
        pytest.param(
            lambda rows: rows.assign(temp=rows["temp"] + 40, humid=rows["humid"] / 9, distance=rows["distance"] * 9),
            "alarm", "3 features drifted", id="three that drifted together",
        ),
        pytest.param(lambda rows: rows.drop(columns="humid"), "alarm", "gone from the rows: humid", id="one is gone"),
        pytest.param(
            lambda rows: rows.assign(late=~rows["late"].astype(bool)), "alarm", "average_precision fell",
            id="wrong answers",
        ),
        pytest.param(lambda rows: rows.head(40), "unknown", "40 rows are too few", id="forty rows"),
        pytest.param(lambda rows: rows.head(0), "unknown", "0 rows are too few", id="no rows"),
    ],
)  # fmt: skip
def test_what_a_window_says(
    rows: pd.DataFrame, champion: Champion, settings: Settings, change: Change, verdict: str, words: str
) -> None:
    told = judged(change(rows), champion, settings)
    assert told.verdict == verdict
    assert words in " ".join((*told.alarms, told.because))


def test_rows_without_labels_are_judged_by_what_is_there(
    rows: pd.DataFrame, champion: Champion, settings: Settings
) -> None:
    told = judged(rows.assign(late=None), champion, settings)
    assert (told.verdict, told.performance, told.labels_share) == ("ok", None, 0.0)
    assert told.prediction_psi == pytest.approx(0, abs=0.01)


@pytest.mark.usefixtures("prefect_server")
@pytest.mark.parametrize(
    ("tamper", "words"),
    [
        pytest.param(("champion", 2), "alias champion: names version 2, and the ledger says version 1", id="moved"),
        pytest.param(("champion", None), "alias champion: names nothing", id="taken away"),
    ],
)
def test_a_champion_behind_the_ledger_s_back_is_an_alarm(
    project: Path, settings: Settings, mlflow_template: Path, tamper: tuple[str, int | None], words: str
) -> None:
    world = World(project, mlflow_template, settings, model=settings.charter.project)
    world.champion(1.0)
    world.register(0.5)
    point_by_hand(project, *tamper, model=world.model)
    told = watch_once(settings, AUGUST)
    assert told is not None and told.verdict == "alarm" and words in told.alarms[0]
    last = world.stores.ledger.entries()[-1]
    assert (last.kind, last.body["alarms"]) == ("alarm", list(told.alarms))


def test_without_a_baseline_nothing_can_be_told(rows: pd.DataFrame, champion: Champion, settings: Settings) -> None:
    told = judged(rows, replace(champion, baseline=None), settings)
    assert (told.verdict, told.baseline_sha256) == ("unknown", None)
    assert "baseline" in told.because


@pytest.mark.parametrize(
    ("kind", "alarmed", "causes"),
    [("clean", False, [None]), ("decayed", True, ["decay"]), ("drifted", True, ["drift", "decay"])],
)
def test_what_the_drill_of_decay_shows(
    rows: pd.DataFrame, champion: Champion, settings: Settings, kind: str, alarmed: bool, causes: list[str | None]
) -> None:
    seen = decay.shown(rows, champion, settings)[kind]
    assert seen["alarmed"] is alarmed and seen["cause"] in causes
