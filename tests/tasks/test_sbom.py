"""The bill lists the whole environment with licences, is the same for the same environment, and is made once."""

import importlib.metadata
import json
from pathlib import Path

import pytest

from tasks import sbom


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    """A bill and where it is kept."""
    state = tmp_path_factory.mktemp("state")
    return sbom.bill("flights", state=state), state


def test_every_installed_package_is_on_it(made: tuple[bytes, Path]) -> None:
    listed = {(one["name"], one["version"]) for one in json.loads(made[0])["components"]}
    assert listed == {(d.metadata["Name"], d.version) for d in importlib.metadata.distributions()}


def test_nearly_all_state_a_licence(made: tuple[bytes, Path]) -> None:
    components = json.loads(made[0])["components"]
    assert sum(bool(one.get("licenses")) for one in components) > 0.9 * len(components)


def test_it_is_cyclonedx_1_6(made: tuple[bytes, Path]) -> None:
    told = json.loads(made[0])
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")


def test_the_same_environment_gives_the_same_bytes(made: tuple[bytes, Path], tmp_path: Path) -> None:
    assert sbom.bill("flights", state=tmp_path) == made[0]


def test_it_is_made_once(made: tuple[bytes, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "_make", lambda project: b"made again")
    assert sbom.bill("flights", state=made[1]) == made[0]
