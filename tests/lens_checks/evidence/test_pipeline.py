"""The pipeline is read from DVC's own files, and its digests are taken the way DVC takes them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence.pipeline import pipeline
from lens_checks.evidence.place import Malformed, Place
from lens_checks.evidence.records import Pipeline

# Written by DVC 3.67: a folder with a ("hi") and b ("ho"), its pointer, and a stage that read it.
LANDED = "2f612af8d8344c7322f6c7923fcc0684.dir"
FILES = {
    "data/landed/a": "hi\n",
    "data/landed/b": "ho\n",
    "data/landed.dvc": f"outs:\n- md5: {LANDED}\n  size: 6\n  nfiles: 2\n  hash: md5\n  path: landed\n",
    "out/x": "hi\n",
    "m.json": "1\n",
    "p.yaml": "split: {a: 1, b: 0.5}\nother: 1\n",
    "dvc.yaml": """
stages:
  prepare:
    cmd: python -m flows.data_preparation
    deps: [data/landed]
    params: [{p.yaml: [split]}]
    outs: [{out: {persist: true}}]
    metrics: [{m.json: {cache: false}}]
""",
    "dvc.lock": f"""
schema: '2.0'
stages:
  prepare:
    cmd: python -m flows.data_preparation
    deps: [{{path: data/landed, hash: md5, md5: {LANDED}}}]
    params: {{p.yaml: {{split: {{a: 1, b: 0.5}}}}}}
    outs:
    - {{path: m.json, hash: md5, md5: b026324c6904b2a9cb4b88d6d61c81d1}}
    - {{path: out, hash: md5, md5: 08e38f389cb309b8dc5fa02670968800.dir}}
""",
    ".dvc/config": "[core]\n    remote = store\n['remote \"store\"']\n    url = /srv/dvc\n",
    ".dvc/cache/files/md5/2f/612af8d8344c7322f6c7923fcc0684.dir":
        '[{"md5": "764efa883dda1e11db47671c4a3bbd9e", "relpath": "a"}]',
    ".dvc/cache/files/md5/76/4efa883dda1e11db47671c4a3bbd9e": "hi\n",
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def read(project: Path, example: Settings) -> Pipeline:
    return pipeline(Place(project, example, datetime.now(UTC)))


def test_a_pipeline_that_ran_is_current(project: Path, example: Settings) -> None:
    found = read(project, example)
    stage = found.stages["prepare"]
    assert stage.current
    assert stage.params == {"p.yaml:split": {"a": 1, "b": 0.5}}
    assert {file.path for file in stage.outs} == {"out", "m.json"}
    assert found.snapshots["data/landed"].current
    assert found.snapshots["data/landed"].cached
    assert found.remote == "/srv/dvc"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("data/landed/a", "ha\n", id="a dependency was edited"),
        pytest.param("data/landed/c", "new\n", id="a file was added to a dependency"),
        pytest.param("out/x", "ha\n", id="an output was edited"),
        pytest.param("m.json", None, id="a metric was removed"),
        pytest.param("p.yaml", "split: {a: 2, b: 0.5}\n", id="a parameter was changed"),
        pytest.param("p.yaml", "{}", id="a parameter was removed"),
        pytest.param("dvc.lock", "schema: '2.0'\nstages: {}\n", id="the stage never ran"),
        pytest.param("dvc.lock", None, id="nothing ever ran"),
        pytest.param("dvc.yaml", FILES["dvc.yaml"].replace("data_preparation", "training"), id="another command"),
        pytest.param("dvc.yaml", FILES["dvc.yaml"].replace("[split]", "[split, other]"), id="one more parameter"),
        pytest.param("dvc.yaml", FILES["dvc.yaml"].replace("[data/landed]", "[data/landed, p.yaml]"), id="a new dep"),
    ],
)
def test_any_change_since_makes_a_stage_stale(project: Path, example: Settings, file: str, text: str | None) -> None:
    (project / file).unlink() if text is None else (project / file).write_text(text)
    assert not read(project, example).stages["prepare"].current


def test_an_unread_parameter_leaves_a_stage_current(project: Path, example: Settings) -> None:
    (project / "p.yaml").write_text("split: {a: 1, b: 0.5}\nother: 2\n")
    assert read(project, example).stages["prepare"].current


def test_content_that_is_gone_from_the_cache_is_not_cached(project: Path, example: Settings) -> None:
    (project / ".dvc/cache/files/md5/76/4efa883dda1e11db47671c4a3bbd9e").unlink()
    assert read(project, example).snapshots["data/landed"].cached is False


def test_a_broken_file_is_malformed(project: Path, example: Settings) -> None:
    (project / "dvc.lock").write_text("stages: [")
    with pytest.raises(Malformed, match=r"dvc\.lock is not YAML"):
        read(project, example)
