"""The key that signs models and ledger entries: made on first use, readable by its owner alone."""

import base64
import binascii
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import IntegrityAlarm
from tasks import files

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

KEYS = Path(".lifecycle/keys")
PRIVATE = "signing.pem"
PUBLIC = "signing.pub"


def private_key(folder: Path) -> Path:
    """Give the path of the private key (P-256, PEM), making the pair on first use; open modes are an alarm."""
    path = folder / PRIVATE
    if not path.exists():
        _make(folder)
    for place, widest in ((folder, 0o700), (path, 0o600)):
        mode = place.stat().st_mode & 0o777
        if mode & ~widest:
            raise IntegrityAlarm(
                f"{place} has mode {mode:04o}: others on this machine could read the signing key",
                expected=f"mode {widest:04o}",
                next_step=f"chmod {widest:o} {place}; if others may have read it, remove {folder} and run again",
            )
    return path


def public_key(folder: Path) -> Path:
    """Give the path of the public key (PEM); without one nothing can be trusted (IntegrityAlarm)."""
    path = folder / PUBLIC
    if not path.exists() and (folder / PRIVATE).exists():
        files.write_bytes_atomically(path, _public_bytes(_load(private_key(folder))))
    if not path.exists():
        raise IntegrityAlarm(
            f"{path} is not there, so no signature can be verified",
            expected="the public key of whoever signed",
            next_step=f"put the public key back into {folder}, or run `lifecycle run` to sign anew",
        )
    return path


def sign(folder: Path, data: bytes) -> str:
    """Sign bytes with the private key (ECDSA, SHA-256); base64."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    return base64.b64encode(_load(private_key(folder)).sign(data, ec.ECDSA(hashes.SHA256()))).decode()


def verify(folder: Path, data: bytes, signature: str) -> bool:
    """Tell whether our key signed these bytes."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = serialization.load_pem_public_key(public_key(folder).read_bytes())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(base64.b64decode(signature, validate=True), data, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, binascii.Error):
        return False
    return True


def _make(folder: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    secret = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    temporary = files.stage(folder / PRIVATE, secret, mode=0o600)
    with contextlib.suppress(FileExistsError):  # another process was first: its key stands
        os.link(temporary, folder / PRIVATE)
    temporary.unlink()
    files.write_bytes_atomically(folder / PUBLIC, _public_bytes(_load(folder / PRIVATE)))


def _load(path: Path) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IntegrityAlarm(f"{path} is not an elliptic-curve key", expected="a P-256 key in PEM form")
    return key


def _public_bytes(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
