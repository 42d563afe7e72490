"""Secrets in the project's text are found, and who may read its places."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import exposure
from lens_checks.evidence.place import Place
from tests.lens_checks.evidence.versioned import versioned


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return versioned(tmp_path, example)


def word(length: int) -> str:
    """Make a text of so many letters."""
    return "a" * length


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


OTHERS = [
    ("AWS access key", "ASIA" + "ABCDEFGHIJKLMNOP"),
    *(("GitHub token", f"gh{letter}_" + word(36)) for letter in "ousr"),
    ("GitHub token", "github_pat_" + word(50)),
    ("Prefect API key", "pnb_" + word(36)),
    ("password in a setting", "passwd: '" + word(8) + "'"),
    *(
        ("key in a setting", name + ' = "' + word(10) + '"')
        for name in ("secret_key", "auth_token", "access_token", "SECRET_KEY", "API_KEY")
    ),
]


@pytest.mark.parametrize(("kind", "text"), [*SECRETS.items(), *OTHERS])
def test_a_secret_is_found_and_not_repeated(place: Place, kind: str, text: str) -> None:
    (place.root / "settings.py").write_text(f"\n{text}\n")
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


@pytest.mark.parametrize("more", [0, 1])
def test_what_is_larger_than_any_text_is_not_read(place: Place, more: int) -> None:
    secret = SECRETS["AWS access key"]
    (place.root / "rows.txt").write_text(secret + " " * (1_000_000 + more - len(secret)))
    assert len(exposure.exposure(place).secrets) == 1 - more


def test_a_file_that_git_knows_and_that_is_gone_is_no_fault(place: Place) -> None:
    before = exposure.exposure(place).scanned_files
    (place.root / "cli.py").unlink()
    assert exposure.exposure(place).scanned_files == before - 1


def test_without_git_the_rooms_of_the_project_are_looked_through(tmp_path: Path, example: Settings) -> None:
    rooms = {"config/a.yaml", "flows/a.py", "tasks/deep/a.py", "serving/a.py", "docs/a.md", "a.py"}
    for path in (*rooms, "data/landed/a.csv"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(SECRETS["AWS access key"])
    found = exposure.exposure(Place(tmp_path, example, datetime.now(UTC)))
    assert {secret.path for secret in found.secrets} == rooms and found.scanned_files == len(rooms)


@pytest.mark.parametrize(
    ("mark", "inside"), [("/.dockerenv", True), ("/run/.containerenv", True), ("/etc/hostname", False)]
)
def test_a_container_is_known_by_what_its_engine_left(
    place: Place, mark: str, inside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "exists", lambda path: str(path) == mark)
    assert exposure.exposure(place).inside_container is inside


def test_this_project_itself_shows_no_secret(example: Settings) -> None:
    assert exposure.exposure(Place(Path(__file__).parents[3], example, datetime.now(UTC))).secrets == ()


def test_modes_of_key_places_are_read(place: Place) -> None:
    (place.root / ".lifecycle/keys").mkdir(parents=True)
    (place.root / ".lifecycle/keys").chmod(0o700)
    (place.root / "ledger").mkdir()
    (place.root / "ledger").chmod(0o777)
    modes = {found.path: found for found in exposure.exposure(place).modes}
    assert (modes[".lifecycle/keys"].mode, modes[".lifecycle/keys"].world_readable) == ("0700", False)
    assert modes["ledger"].world_writable and modes["ledger"].world_readable
    assert not modes[".lifecycle/keys"].world_writable
    assert "mlflow.db" not in modes


def test_what_lies_in_a_closed_folder_is_out_of_reach(place: Place) -> None:
    (place.root / "data/landed").mkdir(parents=True)
    (place.root / "data/landed").chmod(0o777)
    (place.root / "data").chmod(0o750)
    (landed,) = exposure.exposure(place).modes
    assert (landed.path, landed.mode) == ("data/landed", "0777")
    assert not landed.world_readable and not landed.world_writable


def test_every_place_that_holds_data_models_or_keys_is_watched(place: Place) -> None:
    folders = {".dvc/cache", ".lifecycle", ".lifecycle/keys", "data/landed", "data/prepared", "data/quarantine"}
    files = {".lifecycle/keys/signing.pem", "mlflow.db"}
    for folder in folders | {"ledger", "mlartifacts"}:
        (place.root / folder).mkdir(parents=True, exist_ok=True)
    for file in files:
        (place.root / file).write_text("")
    assert {found.path for found in exposure.exposure(place).modes} == folders | files | {"ledger", "mlartifacts"}
