"""Version control, environment and exposure are read as they are, trouble included."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import environment, exposure, licences, repository
from lens_checks.evidence.place import NoEvidence, Place

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@example.org",
}  # fmt: skip
FILES = {
    "cli.py": "print('hello')\n",
    "dvc.lock": "stages: {}\n",
    ".ci/run": "make test\n",
    ".gitignore": "/mlflow.db*\n/mlartifacts/\n/ledger/\n/.lifecycle/\n/reports/\n",
}


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True, env=os.environ | GIT)


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    return Place(tmp_path, example, datetime.now(UTC))


def test_a_clean_repository(place: Place) -> None:
    found = repository.repository(place)
    assert len(found.commit) == 40
    assert (found.dirty, found.changed, found.author) == (False, (), "Ada")
    assert found.ci_files == (".ci/run",)
    assert "make test" in found.ci_commands
    assert found.ignored_secrets
    assert "cli.py" in found.tracked


@pytest.mark.parametrize(
    ("file", "dirty"),
    [
        pytest.param("cli.py", True, id="a tracked file was edited"),
        pytest.param("new.py", True, id="a file that nobody added"),
        pytest.param("dvc.lock", False, id="what a run writes itself"),
        pytest.param("reports/x.json", False, id="what is ignored"),
    ],
)
def test_what_makes_a_repository_dirty(place: Place, file: str, dirty: bool) -> None:
    (place.root / file).parent.mkdir(exist_ok=True)
    (place.root / file).write_text("changed\n")
    found = repository.repository(place)
    assert found.dirty is dirty
    assert (file in found.changed) is not file.startswith("reports")


def test_stores_that_git_would_take_are_seen(place: Place) -> None:
    (place.root / ".gitignore").write_text("/mlflow.db*\n")
    assert not repository.repository(place).ignored_secrets


def test_a_project_inside_a_larger_repository_sees_itself_alone(place: Place) -> None:
    inner = place.root / "inner"
    inner.mkdir()
    (inner / "train.py").write_text("1\n")
    git(place.root, "add", ".")
    git(place.root, "commit", "-qm", "second")
    (place.root / "cli.py").write_text("changed\n")
    found = repository.repository(Place(inner, place.settings, place.now))
    assert (found.dirty, set(found.tracked)) == (False, {"train.py"})


def test_without_a_commit_there_is_no_evidence(tmp_path: Path, example: Settings) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(NoEvidence, match="no git commit"):
        repository.repository(Place(tmp_path, example, datetime.now(UTC)))


LOCK = """# made by uv
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via beta
Beta_Two==2.0 ; python_full_version < '3.12' \\
    --hash=sha256:cc
beta-two==2.1 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
gamma==3.0
delta @ https://example.org/delta.whl \\
    --hash=sha256:ee
"""


def test_the_installed_packages_are_held_against_the_lock(
    tmp_path: Path, example: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    for name in ("alpha-1.0", "beta_two-2.1", "gamma-2.9", "epsilon-1.0", "pip-26.0", "flights-0.1"):
        (site / f"{name}.dist-info").mkdir(parents=True)
    for name in ("gamma-2.9", "flights-0.1"):
        (site / f"{name}.dist-info" / "direct_url.json").write_text("{}")
    (tmp_path / "requirements.lock").write_text(LOCK)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "Flights"\n')
    monkeypatch.setattr(environment.sysconfig, "get_path", lambda _: str(site))
    found = environment.environment(Place(tmp_path, example, datetime.now(UTC)))
    assert found.pins == 4
    assert found.unhashed == ("gamma",)
    assert found.with_urls == ("delta",)
    assert found.not_in_lock == ("epsilon",)
    assert found.other_version == ("gamma 2.9, lock says 3.0",)
    assert found.installed == 6
    assert found.elsewhere == ("gamma",)


TOLD = {
    "nothing is told": ({}, "", (environment.DEFAULT_INDEX,)),
    "a mirror, with a secret": ({"UV_INDEX_URL": "https://ada:x@m.example.org/simple/"}, "", ("https://m.example.org/simple",)),
    "an index with a name, and another": (
        {"UV_INDEX": "ours=https://a.example.org https://b.example.org"}, "",
        ("https://a.example.org", "https://b.example.org"),
    ),
    "the lock names one": (
        {"PIP_INDEX_URL": "https://a.example.org"}, "--index-url https://b.example.org\n",
        ("https://a.example.org", "https://b.example.org"),
    ),
    "the same twice": ({name: "https://a.example.org" for name in environment.INDEX_VARIABLES}, "", ("https://a.example.org",)),
}  # fmt: skip


@pytest.mark.parametrize(("variables", "lock", "indexes"), TOLD.values(), ids=TOLD.keys())
def test_the_indexes_that_installers_are_told_of(
    variables: dict[str, str], lock: str, indexes: tuple[str, ...], tmp_path: Path, example: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name in environment.INDEX_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "requirements.lock").write_text(lock + LOCK)
    assert environment.environment(Place(tmp_path, example, datetime.now(UTC))).indexes == indexes


def test_this_environment_is_the_locked_one(example: Settings) -> None:
    found = environment.environment(Place(Path(), example, datetime.now(UTC)))
    assert found.pins > 100
    assert (found.unhashed, found.with_urls) == ((), ())
    assert found.python == ".".join(map(str, sys.version_info[:3]))


SECRETS = {
    "private key": "-----BEGIN EC " + "PRIVATE KEY-----",
    "AWS access key": "AKIA" + "ABCDEFGHIJKLMNOP",
    "GitHub token": "ghp_" + "a" * 36,
    "GitLab token": "glpat-" + "a" * 20,
    "Slack token": "xoxb-" + "1" * 12,
    "Google API key": "AIza" + "b" * 35,
    "Prefect API key": "pnu_" + "c" * 36,
    "JSON web token": "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 12,
    "password in a URL": "postgresql://ada:" + "lovelace@db.example.org/x",
    "password in a setting": "password: '" + "correct-horse" + "'",
    "key in a setting": 'api_key = "' + "0123456789" + '"',
}


@pytest.mark.parametrize(("kind", "text"), SECRETS.items(), ids=SECRETS)
def test_a_secret_is_found_and_not_repeated(place: Place, kind: str, text: str) -> None:
    (place.root / "settings.py").write_text(f"# one\n{text}\n")
    (found,) = exposure.exposure(place).secrets
    assert (found.kind, found.path, found.line) == (kind, "settings.py", 2)
    assert text not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("password = os.environ['PASSWORD']", id="a secret from the environment"),
        pytest.param("url: https://example.org/@ada", id="a URL without a password"),
        pytest.param("password: '${PASSWORD}'", id="a placeholder"),
        pytest.param("https://me:***@tracking/x", id="a password that is hidden"),
        pytest.param("--hash=sha256:" + "0a" * 32, id="a hash of the lock"),
    ],
)
def test_what_is_no_secret_is_left_alone(place: Place, text: str) -> None:
    (place.root / "settings.py").write_text(text)
    assert exposure.exposure(place).secrets == ()


def test_a_secret_in_a_report_is_found_though_git_ignores_it(place: Place) -> None:
    (place.root / "reports").mkdir()
    (place.root / "reports/run.json").write_text(SECRETS["AWS access key"])
    assert [found.path for found in exposure.exposure(place).secrets] == ["reports/run.json"]


def test_this_project_itself_shows_no_secret(example: Settings) -> None:
    assert exposure.exposure(Place(Path(__file__).parents[3], example, datetime.now(UTC))).secrets == ()


def test_modes_of_key_places_are_read(place: Place) -> None:
    (place.root / ".lifecycle/keys").mkdir(parents=True)
    (place.root / ".lifecycle/keys").chmod(0o700)
    (place.root / "ledger").mkdir()
    (place.root / "ledger").chmod(0o777)
    modes = {found.path: found for found in exposure.exposure(place).modes}
    assert (modes[".lifecycle/keys"].mode, modes[".lifecycle/keys"].world_readable) == ("0700", False)
    assert modes["ledger"].world_writable
    assert "mlflow.db" not in modes


def test_what_lies_in_a_closed_folder_is_out_of_reach(place: Place) -> None:
    (place.root / "data/landed").mkdir(parents=True)
    (place.root / "data/landed").chmod(0o755)
    (place.root / "data").chmod(0o750)
    (landed,) = exposure.exposure(place).modes
    assert (landed.path, landed.mode, landed.world_readable) == ("data/landed", "0755", False)


@pytest.mark.parametrize("name", [pytest.param("Great_Expectations", id="installed"), pytest.param("churn", id="not")])
def test_every_package_is_asked_for_its_licence_but_the_project_itself(place: Place, name: str) -> None:
    everything = licences.licences(place).licences
    (place.root / "pyproject.toml").write_text(f'[project]\nname = "{name}"\n')
    left = licences.licences(place).licences
    assert everything["great_expectations"] and everything["numpy"]
    assert everything.keys() - left.keys() == ({"great_expectations"} if name != "churn" else set())
