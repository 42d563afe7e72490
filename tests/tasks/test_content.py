"""Models that were built alike have one content digest, whoever logged them and when; others have another."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from tasks.content import content_digest

X = np.random.default_rng(0).normal(size=(200, 3))
Y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
FAMILIES = {
    "linear": lambda seed: LogisticRegression(C=1.0 + seed),
    "forest": lambda seed: RandomForestClassifier(n_estimators=5, random_state=seed),
    "boosting": lambda seed: GradientBoostingClassifier(n_estimators=5, subsample=0.5, random_state=seed),
    "histogram boosting": lambda seed: HistGradientBoostingClassifier(max_iter=5 + seed, random_state=seed),
}


def logged(folder: Path, family: str, *, seed: int = 0, run: str = "first") -> Path:
    folder.mkdir(exist_ok=True)
    skops.io.dump(
        Pipeline([("scale", StandardScaler()), ("model", FAMILIES[family](seed))]).fit(X, Y), folder / "model.skops"
    )
    (folder / "MLmodel").write_text(
        f"run_id: {run}\nmodel_id: {run}\nutc_time_created: {run}\nflavors: {{sklearn: x}}\n"
    )
    (folder / "requirements.txt").write_text("numpy==2.4.6\n")
    return folder


@pytest.mark.parametrize("family", FAMILIES)
def test_models_that_were_built_alike_say_the_same(tmp_path: Path, family: str) -> None:
    one, two = logged(tmp_path / "one", family), logged(tmp_path / "two", family, run="second")
    assert (one / "model.skops").read_bytes() != (two / "model.skops").read_bytes()
    assert content_digest(one) == content_digest(two)
    assert content_digest(logged(tmp_path / "three", family, seed=1)) != content_digest(one)


@pytest.mark.parametrize(
    ("name", "content"),
    [("requirements.txt", "numpy==2.4.7\n"), ("MLmodel", "run_id: first\nflavors: {}\n"), ("new", "")],
)
def test_another_file_is_another_content(tmp_path: Path, name: str, content: str) -> None:
    before = content_digest(logged(tmp_path / "one", "linear"))
    (tmp_path / "one" / name).write_text(content)
    assert content_digest(tmp_path / "one") != before


def test_another_array_is_another_content(tmp_path: Path) -> None:
    before = content_digest(logged(tmp_path / "one", "linear"))
    path = tmp_path / "one" / "model.skops"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    array = next(name for name in members if name.endswith(".npy"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data[:-1] + bytes([data[-1] ^ 1]) if name == array else data)
    assert content_digest(tmp_path / "one") != before


@pytest.mark.parametrize("name", ["serving.json", "golden.json", "model.sig"])
def test_what_packaging_adds_is_no_part_of_it(tmp_path: Path, name: str) -> None:
    before = content_digest(logged(tmp_path / "one", "linear"))
    (tmp_path / "one" / name).write_text("{}")
    assert content_digest(tmp_path / "one") == before
