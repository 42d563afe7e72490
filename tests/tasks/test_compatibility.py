"""A model that other libraries made is refused in words before it is opened, wherever one is loaded (A12)."""

import os
from pathlib import Path

import pytest
import skops.io

from config.errors import IntegrityAlarm, LifecycleError
from tasks import compatibility, inference, isolation, packaging
from tests.tasks.release_world import ANOTHER, World, contract_for, elsewhere, made_here, package_folder

HERE = compatibility.at_hand()


class Foreign:
    """Opening it is an IntegrityAlarm, for its type is on no list of ours."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.getcwd, ()


def moved(version: str, part: int) -> str:
    """Give the next version, counted at a part."""
    numbers = version.split(".")
    return ".".join([*numbers[:part], str(int(numbers[part]) + 1), *numbers[part + 1 :]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("package")
    return package_folder(root, strength=1.0, keys_folder=root / "keys")


@pytest.mark.parametrize("name", compatibility.LIBRARIES)
def test_a_faultless_package_says_what_made_it(folder: Path, name: str) -> None:
    assert compatibility.made_with(folder)[name] == HERE[name]
    compatibility.demand(folder)


LINE = sorted(compatibility.LINE)
REFUSED = [
    *(pytest.param({"scikit-learn": moved(HERE["scikit-learn"], n)}, id=f"scikit-learn, part {n}") for n in range(3)),
    *(pytest.param({name: moved(HERE[name], n)}, id=f"{name}, part {n}") for name in LINE for n in range(2)),
    pytest.param({"python": moved(HERE["python"], 1)}, id="python, part 1"),
]


@pytest.mark.parametrize("made", REFUSED)
def test_another_version_is_refused_by_name(made: dict[str, str], tmp_path: Path) -> None:
    made_here(tmp_path, made)
    ((name, version),) = made.items()
    with pytest.raises(LifecycleError, match=f"{name} {version}, and {HERE[name]} is here"):
        compatibility.demand(tmp_path)


@pytest.mark.parametrize("name", [*LINE, "python"])
def test_a_release_that_mends_faults_is_let_through(name: str, tmp_path: Path) -> None:
    made_here(tmp_path, {name: moved(HERE[name], 2)})
    compatibility.demand(tmp_path)


@pytest.mark.parametrize("lost", [compatibility.REQUIREMENTS, compatibility.PYTHON])
def test_what_does_not_say_what_made_it_is_refused(lost: str, tmp_path: Path) -> None:
    made_here(tmp_path)
    (tmp_path / lost).unlink()
    with pytest.raises(LifecycleError, match="that is not told"):
        compatibility.demand(tmp_path)


@pytest.mark.parametrize("line", ["", "scikit-learn", "scikit-learn>=1.0", "scikit-learn==", "-r other.txt"])
def test_a_version_that_is_not_pinned_is_none(line: str, tmp_path: Path) -> None:
    made_here(tmp_path)
    path = tmp_path / compatibility.REQUIREMENTS
    rest = [told for told in path.read_text().splitlines() if not told.startswith("scikit-learn")]
    path.write_text("\n".join([*rest, line]))
    with pytest.raises(LifecycleError, match="scikit-learn"):
        compatibility.demand(tmp_path)


@pytest.fixture
def older(tmp_path: Path) -> tuple[Path, Path]:
    """A package, signed by us, that another scikit-learn made, and whose model would be an alarm if it were opened."""
    with elsewhere():
        folder = package_folder(tmp_path, strength=1.0, keys_folder=tmp_path / "keys")
    skops.io.dump(Foreign(), folder / packaging.MODEL)
    packaging.sign(folder, keys_folder=tmp_path / "keys")
    return folder, tmp_path / "keys"


def test_its_model_is_never_opened(older: tuple[Path, Path]) -> None:
    folder, keys_folder = older
    assert packaging.verify(folder, digest=None, keys_folder=keys_folder).signature_verified
    words = f"scikit-learn {ANOTHER}, and {HERE['scikit-learn']} is here: its model is not opened"
    with pytest.raises(LifecycleError, match=words) as refused:
        packaging.load_model(folder, digest=None, keys_folder=keys_folder)
    assert not isinstance(refused.value, IntegrityAlarm)
    with pytest.raises(LifecycleError, match=words):
        inference.open_package(folder, contract_for("0" * 32))
    with pytest.raises(IntegrityAlarm, match=words):
        isolation.ask_golden(folder)


def test_an_open_signature_goes_before_it(older: tuple[Path, Path]) -> None:
    folder, keys_folder = older
    (folder / packaging.SIGNATURE).unlink()
    with pytest.raises(IntegrityAlarm, match="no signature"):
        packaging.load_model(folder, digest=None, keys_folder=keys_folder)


def test_a_rollback_passes_over_it(world: World) -> None:
    world.champion(1.0)
    with elsewhere():
        world.champion(0.5)
    world.champion(0.2)
    assert (world.roll_back().version, world.alias()) == (1, 1)
    last = world.stores.ledger.head()
    assert last is not None and f"scikit-learn {ANOTHER}" in last.body["skipped"][0]["because"]
