"""A file that nobody has declared is described, and what cannot be learned from is refused in words."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from config.errors import ConfigError, LifecycleError
from config.settings import Bounds, Column, ColumnType, Data, ProblemType, Role, Sensitivity, Split
from tasks import landing, splitting, tables
from tasks.audit import audit
from tasks.describing import describe_columns
from tasks.leakage import search_for_leaks
from tasks.parts import effects, weaknesses
from tests.tasks.rows import SOURCE

RAW = pd.DataFrame(
    {
        "number": range(100, 200),
        "name": [f"n{i}" for i in range(100)],
        "email": [f"a{i}@example.org" for i in range(100)],
        "sex": ["f", "m"] * 50,
        "height": [1.5 + i / 100 for i in range(100)],
        "rooms": [1, 2, 3, 4] * 25,
        "colour": ["red", None, "blue", "red"] * 25,
        "born": pd.date_range("2000-01-01", periods=100, tz="UTC"),
        "y": [0, 1] * 50,
    }
)


def test_columns_are_described() -> None:
    found = describe_columns(RAW.rename(columns={"born": "since"}), "y", ProblemType.BINARY)
    assert {name: column.role for name, column in found.items()} == {
        "number": Role.KEY, "name": Role.KEY, "email": Role.IGNORED, "sex": Role.IGNORED, "height": Role.FEATURE,
        "rooms": Role.FEATURE, "colour": Role.FEATURE, "since": Role.IGNORED, "y": Role.TARGET,
    }  # fmt: skip
    assert found["height"] == Column(type=ColumnType.NUMBER, minimum=1.005, maximum=2.985)
    assert (found["rooms"].minimum, found["rooms"].maximum) == (0, 6)
    assert found["colour"].max_missing == 0.385
    assert (found["email"].sensitivity, found["sex"].sensitivity) == (Sensitivity.PERSONAL, Sensitivity.SPECIAL)
    assert found["email"].treatment == found["sex"].treatment == "drop"
    assert found["y"].type is ColumnType.BOOLEAN


@pytest.mark.parametrize(
    ("spoil", "target", "problem", "words"),
    [
        pytest.param(lambda f: f, "Y", "binary", "saw 'Y', which is no column", id="target misspelt"),
        pytest.param(lambda f: f.assign(y=1), "y", "binary", "1 different values", id="one class"),
        pytest.param(lambda f: f, "rooms", "binary", "4 different values", id="four classes for two"),
        pytest.param(lambda f: f, "name", "multiclass", "100 different values", id="a class a row"),
        pytest.param(lambda f: f, "colour", "regression", "such as blue, red", id="words for numbers"),
        pytest.param(lambda f: f.assign(height=float("nan")), "y", "binary", "'height' holds no value", id="all null"),
        pytest.param(lambda f: f[["name", "y"]], "y", "binary", "no column is left", id="nothing to learn from"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(spoil: Callable, target: str, problem: str, words: str) -> None:
    with pytest.raises(LifecycleError, match=words) as refused:
        describe_columns(spoil(RAW), target, ProblemType(problem))
    assert refused.value.expected
    assert isinstance(refused.value, ConfigError) == (target == "Y")


@pytest.mark.parametrize(
    ("load", "problem"),
    [
        (load_breast_cancer, "binary"),
        (load_wine, "multiclass"),
        (partial(load_diabetes, scaled=False), "regression"),
    ],
    ids=["breast cancer", "wine", "diabetes"],
)
def test_real_files_go_from_text_to_parts(
    load: Callable, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    load(as_frame=True).frame.to_csv("data/rows.csv", index=False)
    plain = Data(source=SOURCE, target="target", minimum_rows=100)
    described = describe_columns(landing.read_rows(plain, window=None), "target", ProblemType(problem))
    declared = Data(source=SOURCE, target="target", columns=described, minimum_rows=100)
    manifest = landing.land(declared, window=None, destination=Path("landed"))
    landed = tables.read_parquet(Path("landed/rows.parquet"), sha256=manifest.sha256)
    audited = audit(landed, declared, data_sha256=manifest.sha256, docs=None)
    assert audited.validation.success, audited.validation.broken
    params = Split(strategy="fingerprint", tune=0.2, promotion=0.2)
    parts = splitting.split(audited.accepted, declared, params)
    assert weaknesses(parts, declared, params) == []
    assert max(max(pair.values()) for pair in effects(parts, declared).values()) < 0.5
    assert search_for_leaks(parts, declared, Bounds(), data_sha256=manifest.sha256).findings == []
