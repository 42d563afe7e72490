"""Where things are kept, on what, and from which template the project came, is read as it is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import premises
from lens_checks.evidence.place import Malformed, Place


@pytest.fixture
def place(tmp_path: Path, example: Settings, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "nowhere"))
    return Place(tmp_path, example, datetime.now(UTC))


@pytest.mark.parametrize(
    ("address", "transport"),
    [
        ("sqlite:///mlflow.db", "local"),
        ("mlartifacts", "local"),
        ("file:///srv/models", "local"),
        ("http://127.0.0.1:5000", "loopback"),
        ("http://localhost:5000", "loopback"),
        ("http://[::1]:5000", "loopback"),
        ("https://mlflow.example.org", "tls"),
        ("s3://bucket/models", "tls"),
        ("http://mlflow.example.org", "clear"),
        ("ftp://models.example.org", "clear"),
        ("postgresql+psycopg2://db.example.org/mlflow", "clear"),
    ],
)
def test_how_something_travels(address: str, transport: str) -> None:
    assert premises._address("tracking", address).transport == transport


def test_neither_a_password_nor_the_path_of_a_webhook_is_kept() -> None:
    assert (
        premises._address("tracking", "https://ola:" + "secret@mlflow.example.org").address
        == "https://***@mlflow.example.org"
    )
    assert premises._address("alerts", "https://hooks.example.org/T0/secret").address == "https://hooks.example.org"


def test_the_stores_and_the_remote_are_listed(place: Place) -> None:
    (place.root / ".dvc").mkdir()
    (place.root / ".dvc/config").write_text(
        "[core]\n    remote = far\n['remote \"far\"']\n    url = http://far.example.org\n"
    )
    found = {address.name: address.transport for address in premises.premises(place).addresses}
    assert found == {"tracking": "local", "artefacts": "local", "ledger": "local", "DVC remote": "clear"}


@pytest.mark.parametrize(
    ("files", "template"),
    [
        pytest.param({}, None, id="nothing says so"),
        pytest.param({"copier.yml": ""}, premises.ITSELF, id="the template itself"),
        pytest.param({"copier.yml": "", premises.ANSWERS: "_commit: v1.2\n"}, "v1.2", id="as copier wrote it"),
        pytest.param({premises.ANSWERS: "_src_path: /x\n"}, None, id="made from a folder without versions"),
    ],
)
def test_the_template(place: Place, files: dict[str, str], template: str | None) -> None:
    for name, text in files.items():
        (place.root / name).write_text(text)
    assert premises.premises(place).template == template


def test_answers_that_are_not_yaml_are_malformed(place: Place) -> None:
    (place.root / premises.ANSWERS).write_text("[")
    with pytest.raises(Malformed):
        premises.premises(place)


@pytest.mark.parametrize(
    ("layers", "encrypted"),
    [
        ((("dm-0", "CRYPT-LUKS2-x"),), True),
        ((("dm-0", "LVM-x"), ("dm-1", "CRYPT-LUKS2-x")), True),
        ((("sda", ""),), False),
    ],
)
def test_a_disk_is_encrypted_where_one_of_its_layers_is(
    layers: tuple[tuple[str, str], ...], encrypted: bool, tmp_path: Path
) -> None:
    folder = tmp_path
    for name, uuid in layers:
        folder = folder / name if folder == tmp_path else folder / "slaves" / name
        (folder / "dm").mkdir(parents=True)
        (folder / "dm/uuid").write_text(uuid)
    assert premises._crypt(tmp_path / layers[0][0]) is encrypted
