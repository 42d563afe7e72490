"""The pipeline is read from DVC's own files, and its digests are taken the way DVC takes them."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence.pipeline import Disk, md5_of, pipeline
from lens_checks.evidence.place import Malformed, NoEvidence, Place
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


@pytest.mark.parametrize(
    ("bits", "sealed"), [(0o444, True), (0o555, True), (0o446, False), (0o464, False), (0o644, False)]
)
def test_content_that_nobody_may_change_is_sealed(project: Path, example: Settings, bits: int, sealed: bool) -> None:
    for path in (project / ".dvc/cache/files/md5").rglob("*"):
        if path.is_file():
            path.chmod(0o444)
    (project / ".dvc/cache/files/md5/76/4efa883dda1e11db47671c4a3bbd9e").chmod(bits)
    assert read(project, example).snapshots["data/landed"].sealed is sealed


def test_a_folder_whose_list_is_gone_from_the_cache_is_not_cached(project: Path, example: Settings) -> None:
    (project / ".dvc/cache/files/md5/2f/612af8d8344c7322f6c7923fcc0684.dir").unlink()
    landed = read(project, example).snapshots["data/landed"]
    assert (landed.cached, landed.sealed) == (False, None)
    assert [path.name for path in Disk(project).objects(LANDED)] == [LANDED[2:]]


def test_what_was_never_recorded_is_in_no_cache(project: Path, example: Settings) -> None:
    (project / "data/landed.dvc").write_text("outs:\n- path: landed\n")
    landed = read(project, example).snapshots["data/landed"]
    assert (landed.recorded, landed.cached, landed.sealed) == (None, None, None)
    assert landed.on_disk == LANDED


@pytest.mark.parametrize(
    ("config", "cache", "remote"),
    [
        pytest.param("", ".dvc/cache", "/srv/dvc", id="nothing of one's own"),
        pytest.param("[core]\n    remote = far\n", ".dvc/cache", None, id="a remote that has no address"),
        pytest.param("[cache]\n    dir = ../shared\n", "shared", "/srv/dvc", id="another cache"),
        pytest.param("['remote \"store\"']\n    url = s3://a%20b\n", ".dvc/cache", "s3://a%20b", id="another address"),
    ],
)
def test_the_settings_of_this_machine_come_last(
    project: Path, example: Settings, config: str, cache: str, remote: str | None
) -> None:
    (project / ".dvc/config.local").write_text(config)
    (project / ".dvc/cache").rename(project / cache)
    found = read(project, example)
    assert (found.remote, found.snapshots["data/landed"].cached) == (remote, True)


def test_a_project_without_settings_of_dvc_has_no_remote(project: Path, example: Settings) -> None:
    (project / ".dvc/config").unlink()
    assert read(project, example).remote is None


def test_parameters_are_read_as_they_are_declared(project: Path, example: Settings) -> None:
    (project / "params.yaml").write_text("seed: 7\nother: 8\n")
    declared = "params: [seed, {p.yaml: [split.a, split.a.b, nothing]}, {q.yaml: null}]"
    (project / "q.yaml").write_text("one: 1\ntwo: 2\n")
    (project / "dvc.yaml").write_text(FILES["dvc.yaml"].replace("params: [{p.yaml: [split]}]", declared))
    assert read(project, example).stages["prepare"].params == {
        "params.yaml:seed": 7, "p.yaml:split.a": 1, "p.yaml:split.a.b": None, "p.yaml:nothing": None, "q.yaml:one": 1,
        "q.yaml:two": 2,
    }  # fmt: skip


def test_plots_are_outputs_too(project: Path, example: Settings) -> None:
    (project / "dvc.yaml").write_text(FILES["dvc.yaml"] + "    plots: [out, curve.json]\n")
    outs = [file.path for file in read(project, example).stages["prepare"].outs]
    assert outs == ["out", "m.json", "curve.json"]


def test_each_path_is_read_once(project: Path) -> None:
    disk = Disk(project)
    assert disk.document("p.yaml") is disk.document("p.yaml")
    before = disk.file("out/x", None)
    (project / "out/x").write_text("ha\n")
    assert disk.file("out/x", None) == before


def test_what_is_not_there_has_no_digest(project: Path) -> None:
    assert md5_of(project / "nothing") is None


def test_a_folder_in_a_folder_is_digested_by_its_files(project: Path) -> None:
    (project / "out/in").mkdir()
    (project / "out/in/y").write_text("ho\n")
    names = ("in/y", "x")
    listed = [{"md5": md5_of(project / "out" / name), "relpath": name} for name in names]
    assert (
        md5_of(project / "out") == hashlib.md5(json.dumps(listed).encode(), usedforsecurity=False).hexdigest() + ".dir"
    )


def test_without_a_pipeline_there_is_no_evidence(project: Path, example: Settings) -> None:
    (project / "dvc.yaml").unlink()
    with pytest.raises(NoEvidence, match=r"dvc\.yaml is not there"):
        read(project, example)


def test_an_empty_file_is_an_empty_mapping(project: Path, example: Settings) -> None:
    (project / "dvc.lock").write_text("")
    assert not read(project, example).stages["prepare"].recorded


def test_a_file_that_holds_a_list_is_malformed(project: Path, example: Settings) -> None:
    (project / "dvc.lock").write_text("[1, 2]")
    with pytest.raises(Malformed, match=r"dvc\.lock holds no mapping"):
        read(project, example)


def test_a_broken_file_is_malformed(project: Path, example: Settings) -> None:
    (project / "dvc.lock").write_text("stages: [")
    with pytest.raises(Malformed, match=r"dvc\.lock is not YAML"):
        read(project, example)
