"""The winner is held against another family and against fewer features, on the same rows, paired."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from config.settings import Column, ColumnType, Data, Params, ProblemType, Role, Source
from tasks import variation
from tasks.estimators import family
from tasks.metrics import metric
from tasks.spending import Spent
from tasks.tuning import Examples, Found, Question, Trial

BINARY = ProblemType.BINARY
SCHEMA = {"delay": "number", "carrier": "category"}


def question(schema: dict[str, str] = SCHEMA) -> Question:
    return Question((family("dummy"), family("linear")), metric("roc_auc", BINARY), BINARY, schema)


def trial(number: int, name: str, value: float | None, state: str = "complete") -> Trial:
    return Trial(number, name, dict(family(name).defaults), state, value, 0.1)


DUMMY, LINEAR = trial(0, "dummy", 0.5), trial(1, "linear", 0.9)


def found(*trials: Trial) -> Found:
    return Found(trials, trials[-1], resumed=0, sampled_rows=0, wanted=len(trials))


@pytest.mark.parametrize(
    ("schema", "fewer"),
    [
        ({"a": "category", "b": "number"}, ("b",)),
        ({"a": "number", "b": "number", "c": "integer"}, ("a",)),
        ({"a": "category", "b": "category"}, ("a",)),
        ({"a": "number"}, ()),
    ],
)
def test_fewer_features(schema: dict[str, str], fewer: tuple[str, ...]) -> None:
    assert variation.fewer_features(schema) == fewer


def test_the_best_finished_trial_of_another_family_is_entered() -> None:
    worse, failed = trial(2, "dummy", 0.4), trial(3, "dummy", None, "fail")
    entered = list(variation.contestants(found(DUMMY, worse, failed, LINEAR), question()))
    assert [(one.varies, one.trial.number) for one in entered] == [("winner", 1), ("family", 0), ("features", 1)]


def test_a_recorded_winner_alone_has_no_other_family_beside_it() -> None:
    entered = variation.contestants(found(LINEAR), question({"delay": "number"}))
    assert [one.varies for one in entered] == ["winner"]


def test_the_winner_leads_where_the_label_hangs_on_what_the_others_lack() -> None:
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"delay": rng.normal(size=600), "carrier": rng.choice(["AA", "UA"], size=600)})
    late = np.where(rng.random(600) < np.where(rows["carrier"] == "AA", 0.9, 0.1), "True", "False")
    columns = {n: Column(type=ColumnType(kind)) for n, kind in SCHEMA.items()}
    columns["late"] = Column(type=ColumnType.BOOLEAN, role=Role.TARGET)
    source = Source(reader="csv", licence="CC0-1.0", purpose="machine learning", owner="Dan")
    about = Data(source=source, columns=columns, target="late")
    params = Params.model_validate(
        {"split": {"strategy": "fingerprint"}, "search": {"candidates": ["dummy", "linear"]},
         "metrics": {"primary": "roc_auc", "resamples": 200}}
    )  # fmt: skip
    train, tune = (Examples(rows.iloc[part], late[part], "a" * 64) for part in (slice(0, 400), slice(400, 600)))
    tried = replace(LINEAR, beside={"fit": asdict(Spent(2.0, 3.0, 400.0, 5.0))})

    def benchmark() -> variation.Held:
        return variation.benchmark(
            found(DUMMY, tried), train, tune, rows.iloc[400:], question=question(), data=about, params=params
        )  # fmt: skip

    held = benchmark()
    told = held.rows
    assert [row.features for row in told] == [("delay", "carrier"), ("delay", "carrier"), ("delay",)]
    assert told[0].margin is None
    for row in told[1:]:
        assert row.margin and row.margin.low is not None and row.margin.low > 0.2
    assert benchmark().rows == told and replace(told[0], value=0.0) != told[0]
    mine, other = held.hardware
    assert (mine.chosen, mine.wall_seconds, mine.cpu_seconds, other.chosen) == (True, 2.0, 3.0, False)
    assert mine.threads != other.threads and other.cpu_seconds > 0 and other.peak_rss_mib > 10
