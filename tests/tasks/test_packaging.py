"""A package is verified before every load, and whatever is odd about it is refused with its reason."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import skops.io

from config.errors import IntegrityAlarm
from tasks import packaging
from tests.tasks.release_world import ROWS, package_folder

MARK = "ran.txt"


class Evil:
    """Unpickling it writes a file."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {MARK}",)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A signed package and its keys."""
    root = tmp_path_factory.mktemp("package")
    return package_folder(root, strength=1.0, keys_folder=root / "keys"), root / "keys"


@pytest.fixture
def package(made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, str]:
    """A copy under another name, its keys, and the digest it should have."""
    monkeypatch.chdir(tmp_path)
    copy = shutil.copytree(made[0], tmp_path / "copy")
    return copy, made[1], packaging.model_digest(made[0])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / packaging.MODEL, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b"0" * 50_000_000)


def pickled(folder: Path) -> None:
    import pickle

    (folder / "model.pkl").write_bytes(pickle.dumps(Evil()))
    (folder / packaging.MODEL).unlink()


def pickle_in_disguise(folder: Path) -> None:
    import pickle

    (folder / packaging.MODEL).write_bytes(pickle.dumps(Evil()))


def linked(folder: Path) -> None:
    (folder / "MLmodel").rename(folder.parent / "MLmodel")
    (folder / "MLmodel").symlink_to(folder.parent / "MLmodel")


TAMPERED = [
    pytest.param(lambda f: flip(f / "model.skops"), "archive|digest", id="one bit of the model"),
    pytest.param(lambda f: flip(f / "MLmodel"), "digest", id="one bit of MLmodel"),
    pytest.param(lambda f: flip(f / "golden.json"), "signature", id="one bit of the golden rows"),
    pytest.param(lambda f: flip(f / "serving.json"), "signature", id="one bit of the contract"),
    pytest.param(lambda f: (f / "model.sig").unlink(), "no signature", id="no signature"),
    pytest.param(lambda f: (f / "model.sig").write_text("{}"), "signature", id="an empty signature"),
    pytest.param(lambda f: (f / "extra.txt").write_text(""), "digest", id="a file more"),
    pytest.param(lambda f: (f / ".gitignore").write_text("x"), "digest", id="a hidden file more"),
    pytest.param(lambda f: (f / "MLmodel").unlink(), "digest", id="a file less"),
    pytest.param(linked, "link", id="a link"),
    pytest.param(bomb, "unpack", id="a zip bomb"),
    pytest.param(pickled, "can run code", id="a pickle in place of the model"),
    pytest.param(pickle_in_disguise, "no skops archive", id="a pickle under the model's name"),
    pytest.param(lambda f: (f / "code.py").write_text(""), "can run code", id="code beside the model"),
    pytest.param(lambda f: shutil.rmtree(f), "not there", id="nothing there"),
]


def test_a_sound_package_loads_and_answers(package: tuple[Path, Path, str]) -> None:
    folder, keys_folder, digest = package
    estimator = packaging.load_model(folder, digest=digest, keys_folder=keys_folder)
    assert estimator.predict_proba(ROWS).shape == (40, 2)
    assert packaging.verify(folder, digest=digest, keys_folder=keys_folder).signature_verified


def test_a_package_is_the_same_by_a_relative_path(package: tuple[Path, Path, str]) -> None:
    folder, keys_folder, digest = package
    packaging.sign(Path("copy"), keys_folder=keys_folder)
    for path in (Path("copy"), folder):
        assert packaging.verify(path, digest=digest, keys_folder=keys_folder).signature_verified


@pytest.mark.parametrize(("tamper", "words"), TAMPERED)
def test_a_changed_package_is_refused(
    package: tuple[Path, Path, str], tamper: Callable[[Path], None], words: str
) -> None:
    folder, keys_folder, digest = package
    tamper(folder)
    with pytest.raises(IntegrityAlarm, match=words):
        packaging.load_model(folder, digest=digest, keys_folder=keys_folder)
    assert not Path(MARK).exists()


def test_extra_files_break_the_signature_whatever_the_digest(package: tuple[Path, Path, str]) -> None:
    folder, keys_folder, _ = package
    for name in ("extra.txt", ".gitignore", ".git/config"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
        with pytest.raises(IntegrityAlarm, match="signature"):
            packaging.verify(folder, digest=None, keys_folder=keys_folder)
        shutil.rmtree(folder / ".git") if "/" in name else (folder / name).unlink()


def test_another_signed_model_is_not_this_one(package: tuple[Path, Path, str], tmp_path: Path) -> None:
    _, keys_folder, digest = package
    other = package_folder(tmp_path, strength=0.1, keys_folder=keys_folder)
    with pytest.raises(IntegrityAlarm, match="were changed"):
        packaging.verify(other, digest=digest, keys_folder=keys_folder)


def test_another_key_is_not_ours(package: tuple[Path, Path, str], tmp_path: Path) -> None:
    folder, keys_folder, digest = package
    packaging.sign(folder, keys_folder=tmp_path / "other keys")
    with pytest.raises(IntegrityAlarm, match="signature"):
        packaging.verify(folder, digest=digest, keys_folder=keys_folder)


def test_a_signed_model_of_a_foreign_type_does_not_load(package: tuple[Path, Path, str]) -> None:
    folder, keys_folder, _ = package
    skops.io.dump(Evil(), folder / packaging.MODEL)
    packaging.sign(folder, keys_folder=keys_folder)
    with pytest.raises(IntegrityAlarm, match="does not load"):
        packaging.load_model(folder, digest=None, keys_folder=keys_folder)
    assert not Path(MARK).exists()
