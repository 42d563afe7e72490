"""The package of a model: its files, golden rows and a signature; verified before every load, which runs no code."""

import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.errors import IntegrityAlarm
from tasks import compatibility, files, keys

MODEL = "model.skops"
CONTRACT = "serving.json"
GOLDEN = "golden.json"
SIGNATURE = "model.sig"
ONNX = "model.onnx"  # there only where it was proven equal to the model
PARITY = "parity.json"
CARD = "card.md"
BILL = "sbom.cdx.json"
LOCK = "requirements.lock"
ADDED = (CONTRACT, GOLDEN, SIGNATURE, ONNX, PARITY, CARD, BILL, LOCK)

FORMAT = "skops"
RUNS_CODE = frozenset({".pkl", ".pickle", ".joblib", ".dill", ".cloudpickle", ".pt", ".pth", ".py", ".so", ".npy"})
MOST_FILES = 1_000
MOST_BYTES = 2 << 30
MOST_MEMBERS = 200_000
MOST_RATIO = 200


@dataclass(frozen=True)
class Package:
    """A verified folder: `digest` speaks of the model's own files, `package_digest` of all but the signature."""

    folder: Path
    digest: str
    package_digest: str
    files: tuple[dict[str, Any], ...]
    signature_verified: bool


def model_digest(folder: Path) -> str:
    """Give the digest of the model's own files: that of the folder which training logged."""
    return files.tree_digest(folder, ignore=ADDED)


def package_digest(folder: Path) -> str:
    """Give the digest of everything that is signed."""
    return files.tree_digest(folder, ignore=(SIGNATURE,))


def assemble(
    model: Path, destination: Path, *, contract: Any, golden: Any, keys_folder: Path,
    more: Mapping[str, bytes] | None = None,
) -> Path:  # fmt: skip
    """Make a signed package of a model's folder and `more` files: whole at its destination, or not there."""
    workplace = destination.with_name(f".{destination.name}.new")
    shutil.rmtree(workplace, ignore_errors=True)
    shutil.copytree(model, workplace, symlinks=True)
    files.write_json(workplace / CONTRACT, contract)
    files.write_json(workplace / GOLDEN, golden)
    for name, content in (more or {}).items():
        files.write_bytes_atomically(workplace / name, content)
    sign(workplace, keys_folder=keys_folder)
    shutil.rmtree(destination, ignore_errors=True)
    workplace.rename(destination)
    files.sync_folder(destination.parent)
    return destination


def sign(folder: Path, *, keys_folder: Path) -> Path:
    """Sign every file of a folder with our key (OpenSSF model signing), detached, beside them."""
    from model_signing import signing

    signature = folder / SIGNATURE
    signature.unlink(missing_ok=True)
    signer: Any = signing.Config()
    signer.use_elliptic_key_signer(private_key=keys.private_key(keys_folder))
    signer.set_hashing_config(_hashing(folder)).sign(folder.resolve(), signature.resolve())
    return signature


def verify(folder: Path, *, digest: str | None, keys_folder: Path) -> Package:
    """Verify caps, format, digest and signature of a package, opening no model; what fails is an IntegrityAlarm."""
    _hold_the_caps(folder)
    seen = model_digest(folder)
    if digest is not None and seen != digest:
        raise _alarm(f"the model files in {folder} have digest {seen[:12]}, not {digest[:12]}: they were changed")
    _verify_signature(folder, keys_folder)
    listed = tuple(files.list_tree(folder))
    return Package(folder, seen, package_digest(folder), listed, signature_verified=True)


def load_model(folder: Path, *, digest: str | None, keys_folder: Path) -> Any:
    """Verify a package, then load its estimator from skops with our own list of types; nothing in it runs."""
    verify(folder, digest=digest, keys_folder=keys_folder)
    return open_model(folder)


def open_model(folder: Path) -> Any:
    """Load the estimator of a folder that the caller has verified.

    One that other libraries made is not opened (LifecycleError); a type not on our list is an IntegrityAlarm.
    """
    compatibility.demand(folder)
    import skops.io

    from tasks.estimators import TRUSTED_TYPES

    try:
        return skops.io.load(folder / MODEL, trusted=list(TRUSTED_TYPES))
    except Exception as error:  # a type that is not trusted, or whatever else a file made to harm lets a parser raise
        raise _alarm(f"{folder / MODEL} does not load: {(str(error).splitlines() or ['?'])[0][:300]}") from error


def _hold_the_caps(folder: Path) -> None:
    listed = [path for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()] if folder.is_dir() else []
    odd = [p.relative_to(folder).as_posix() for p in listed if p.suffix.lower() in RUNS_CODE]
    if odd:
        raise _alarm(f"{folder} holds {', '.join(sorted(odd)[:5])}: files that can run code are never opened")
    if not (folder / MODEL).is_file():
        raise _alarm(f"{folder / MODEL} is not there: no other format is opened")
    size = sum(path.lstat().st_size for path in listed)
    if len(listed) > MOST_FILES or size > MOST_BYTES:
        raise _alarm(f"{folder} holds {len(listed)} files and {size} bytes, more than {MOST_FILES} and {MOST_BYTES}")
    _hold_the_zip_caps(folder / MODEL)


def _hold_the_zip_caps(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise _alarm(f"{path} is no skops archive: {error}") from error
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_BYTES or unpacked > MOST_RATIO * max(path.stat().st_size, 1):
        raise _alarm(f"{path} would unpack {len(members)} members to {unpacked} bytes: refused unopened")


def _verify_signature(folder: Path, keys_folder: Path) -> None:
    from model_signing import verifying

    signature = folder / SIGNATURE
    if not signature.is_file():
        raise _alarm(f"{folder} carries no signature ({SIGNATURE})")
    verifier: Any = verifying.Config()
    verifier.use_elliptic_key_verifier(public_key=keys.public_key(keys_folder))
    try:
        verifier.set_hashing_config(_hashing(folder)).verify(folder.resolve(), signature)
    except Exception as error:  # the verifier's own, and those of the parsers below it: each means not verified
        raise _alarm(f"the signature of {folder} does not hold: {str(error).splitlines()[0][:300]}") from error


def _hashing(folder: Path) -> Any:
    from model_signing import hashing

    config: Any = hashing.Config()
    config.use_file_serialization(hashing_algorithm="sha256", max_workers=1, allow_symlinks=False)
    return config.set_ignored_paths(paths=[SIGNATURE], ignore_git_paths=False)


def _alarm(seen: str) -> IntegrityAlarm:
    return IntegrityAlarm(
        seen,
        expected="the files that were evaluated and signed, every byte of them, as skops",
        next_step="run `lifecycle verify`; `lifecycle run` makes a new package, `lifecycle rollback` serves the last",
    )
