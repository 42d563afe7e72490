"""The corpus of hostile artefacts: each is refused, and nothing that came in one ever runs (A1 to A10)."""

import json
import os
import pickle
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import Any

import joblib
import pytest
import skops.io

from config.errors import ConfigError, IntegrityAlarm, LifecycleError
from config.load import load
from tasks import files, isolation, packaging, sources
from tests.tasks.hostile import hostile_model
from tests.tasks.release_world import fitted, package_folder

MARK = "ran.txt"
TOUCH = f"touch {MARK}"


class Evil:
    """Unpickling it writes a file."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (TOUCH,)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A signed package and its keys."""
    root = tmp_path_factory.mktemp("package")
    return package_folder(root, strength=1.0, keys_folder=root / "keys"), root / "keys"


@pytest.fixture
def package(made: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path, str]:
    """A copy of it in an empty current directory, its keys, and the digest it should have."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(made[0], tmp_path / "copy"), made[1], packaging.model_digest(made[0])


def flip(folder: Path) -> None:
    data = bytearray((folder / packaging.MODEL).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / packaging.MODEL).write_bytes(data)


def swap(folder: Path) -> None:
    skops.io.dump(fitted(0.01), folder / packaging.MODEL)


def say_pickle(folder: Path) -> None:
    (folder / "model.dat").write_bytes(pickle.dumps(Evil()))
    text = "flavors: {sklearn: {pickled_model: model.dat, serialization_format: cloudpickle}}\n"
    (folder / "MLmodel").write_text(text)


def say_loader(folder: Path) -> None:
    (folder / "code").mkdir()
    (folder / "code" / "evil.py").write_text(f"import os\nos.system({TOUCH!r})\n")
    (folder / "MLmodel").write_text("flavors: {python_function: {loader_module: evil, code: code}}\n")


def model_that_is(thing: Any) -> Callable[[Path], None]:
    """Put an object in the model's place, as skops itself writes it."""
    return lambda folder: skops.io.dump(thing, folder / packaging.MODEL)


def odd_skops(folder: Path) -> None:
    """Name a function in a schema that skops never wrote."""
    call = {"__class__": "system", "__module__": "os", "__loader__": "ObjectNode", "content": [TOUCH]}
    with zipfile.ZipFile(folder / packaging.MODEL, "w") as archive:
        archive.writestr("schema.json", json.dumps(call | {"protocol": 0}))


def evil_skops(folder: Path) -> None:
    skops.io.dump(Evil(), folder / packaging.MODEL)


def trust_me(folder: Path) -> None:
    """Name the types to trust in the model's own file, as MLflow reads them."""
    evil_skops(folder)
    text = "pickled_model: model.skops, serialization_format: skops, skops_trusted_types: [posix.system]"
    (folder / "MLmodel").write_text(f"flavors: {{sklearn: {{{text}}}}}\n")


def inflate(folder: Path) -> None:
    with zipfile.ZipFile(folder / packaging.MODEL, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b"0" * 50_000_000)


def deepen(folder: Path) -> None:
    with zipfile.ZipFile(folder / packaging.MODEL, "w") as archive:
        archive.writestr("schema.json", '{"a":' * 3_000 + "1" + "}" * 3_000)


def add(folder: Path) -> None:
    (folder / "more.txt").write_text("more")


def remove(folder: Path) -> None:
    (folder / packaging.GOLDEN).unlink()


def link(folder: Path) -> None:
    (folder / packaging.GOLDEN).rename(folder.parent / "golden")
    (folder / packaging.GOLDEN).symlink_to(folder.parent / "golden")


def twin(folder: Path) -> None:
    shutil.copy(folder / packaging.GOLDEN, folder / packaging.GOLDEN.upper())


def long_name(folder: Path) -> None:
    (folder / ("x" * 250)).write_text("")


def climb_out(folder: Path) -> None:
    with zipfile.ZipFile(folder / packaging.MODEL, "a") as archive:
        archive.writestr(f"../{MARK}", "out")


def device(folder: Path) -> None:
    os.mkfifo(folder / "pipe")


def unsigned(folder: Path) -> None:
    (folder / packaging.SIGNATURE).unlink()


def old_schema(folder: Path) -> None:
    told = files.read_json(folder / packaging.SIGNATURE)
    told["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1"
    (folder / packaging.SIGNATURE).write_text(json.dumps(told))
    add(folder)


CORPUS = [
    pytest.param(flip, id="A1: one bit of the model"),
    pytest.param(swap, id="A2: another model, well formed"),
    pytest.param(say_pickle, id="A3: MLmodel says pickle"),
    pytest.param(say_loader, id="A4: MLmodel names a loader of its own"),
    pytest.param(model_that_is(partial(os.system, TOUCH)), id="A5: os.system"),
    pytest.param(model_that_is(partial(eval, f"__import__('os').system({TOUCH!r})")), id="A5: eval"),
    pytest.param(model_that_is(partial(subprocess.Popen, ["touch", MARK])), id="A5: Popen"),
    pytest.param(model_that_is(methodcaller("system", TOUCH)), id="A5: methodcaller"),
    pytest.param(odd_skops, id="A5: a schema that skops never wrote"),
    pytest.param(evil_skops, id="A5: what pickle would call"),
    pytest.param(trust_me, id="A5: a list of trusted types in the file"),
    pytest.param(inflate, id="A6: a zip bomb"),
    pytest.param(deepen, id="A6: JSON 3,000 deep"),
    pytest.param(add, id="A8: a file more"),
    pytest.param(remove, id="A8: a file less"),
    pytest.param(link, id="A8: a symbolic link"),
    pytest.param(twin, id="A8: a name that differs in capitals"),
    pytest.param(long_name, id="A8: a huge name"),
    pytest.param(climb_out, id="A8: a member that climbs out"),
    pytest.param(device, id="A8: a pipe"),
    pytest.param(unsigned, id="A9: no signature"),
    pytest.param(old_schema, id="A9: a signature of another schema"),
]


@pytest.mark.parametrize("plant", CORPUS)
def test_a_hostile_package_is_refused_and_runs_nothing(
    package: tuple[Path, Path, str], plant: Callable[[Path], None]
) -> None:
    folder, keys_folder, digest = package
    plant(folder)
    with pytest.raises(IntegrityAlarm):
        packaging.load_model(folder, digest=digest, keys_folder=keys_folder)
    assert not Path(MARK).exists()


RUNS = [param for param in CORPUS if str(param.id)[:2] in ("A3", "A4", "A5", "A6")]


@pytest.mark.parametrize("plant", RUNS)
def test_signed_by_us_it_still_runs_nothing(package: tuple[Path, Path, str], plant: Callable[[Path], None]) -> None:
    """The signature is one wall; the list of types in our own code is the other."""
    folder, keys_folder, _ = package
    plant(folder)
    packaging.sign(folder, keys_folder=keys_folder)
    try:
        packaging.load_model(folder, digest=None, keys_folder=keys_folder)
    except IntegrityAlarm:
        pass
    else:
        assert plant is say_pickle  # model.skops is what it was: what MLmodel says is read by nobody
    assert not Path(MARK).exists()


def test_a_hard_link_is_the_file_that_was_signed_or_refused(package: tuple[Path, Path, str]) -> None:
    """A8: whoever writes through the other name changes the bytes, and those are what is verified."""
    folder, keys_folder, digest = package
    os.link(folder / packaging.MODEL, "elsewhere")
    with open("elsewhere", "ab") as other:
        other.write(b"x")
    with pytest.raises(IntegrityAlarm):
        packaging.load_model(folder, digest=digest, keys_folder=keys_folder)


@pytest.mark.parametrize("kind", ["hangs", "crashes"])
def test_trees_that_hang_or_crash_harm_only_the_process_apart(kind: Any, tmp_path: Path) -> None:
    """A7: of trusted types, signed by us, and still refused."""
    folder = package_folder(tmp_path, strength=1.0, keys_folder=tmp_path / "keys", hostile=hostile_model(kind))
    with pytest.raises(IntegrityAlarm, match="ended the process"):
        isolation.ask_golden(folder, seconds=2)


def test_the_signature_of_another_version_does_not_hold(package: tuple[Path, Path, str], tmp_path: Path) -> None:
    """A9."""
    folder, keys_folder, _ = package
    other = package_folder(tmp_path / "other", strength=0.1, keys_folder=keys_folder)
    shutil.copy(other / packaging.SIGNATURE, folder / packaging.SIGNATURE)
    with pytest.raises(IntegrityAlarm, match="signature"):
        packaging.load_model(folder, digest=None, keys_folder=keys_folder)


def evil_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(Evil()))


def evil_joblib(path: Path) -> None:
    joblib.dump(Evil(), path)


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
@pytest.mark.parametrize("plant", [evil_pickle, evil_joblib])
def test_rows_that_are_a_pickle_are_no_rows(
    plant: Callable[[Path], None], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A10: whatever a file is called, nothing of ours unpickles it."""
    monkeypatch.chdir(tmp_path)
    plant(Path(name))
    with pytest.raises(LifecycleError):
        sources.reader(name.rpartition(".")[2])(name).rows()
    assert not Path(MARK).exists()


NESTED = tuple(zip("abcdefgh", "bcdefghi", strict=True))
YAML = {
    "a Python object": f"!!python/object/apply:os.system ['{TOUCH}']",
    "a billion laughs": "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in NESTED),
}


@pytest.mark.parametrize("text", YAML.values(), ids=YAML.keys())
def test_hostile_settings_are_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A10."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(Path(__file__).parents[2] / "proving" / "sample" / "config", "config")
    Path("config/waivers.yaml").write_text(text)
    with pytest.raises(ConfigError):
        load(Path())
    assert not Path(MARK).exists()
