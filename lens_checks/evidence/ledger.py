"""Read the ledger and recompute its chain with code of the auditor's own."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lens_checks.evidence.place import Malformed, NoEvidence, Place, parse
from lens_checks.evidence.records.operation import Ledger, LedgerEntry

GENESIS = "0" * 64
Signed = Callable[[bytes, str], bool]


def ledger(place: Place) -> Ledger:
    """Read every entry, and say where hashes, links, numbers or signatures do not hold."""
    files = sorted((place.root / place.settings.runtime.ledger).glob("[0-9]*.json"))
    if not files:
        raise NoEvidence("the ledger has no entry yet: the first decision of a gate writes one")
    signed = _verifier(place.root / ".lifecycle/keys/signing.pub")
    entries: list[LedgerEntry] = []
    breaks: list[str] = []
    for file in files:
        data = file.read_bytes()
        breaks += _flaws(file, data, entries[-1] if entries else None, signed)
        entries.append(parse(LedgerEntry, data, file.as_posix()))
    return Ledger(entries=tuple(entries), breaks=tuple(breaks))


def _flaws(file: Path, data: bytes, before: LedgerEntry | None, signed: Signed) -> Iterator[str]:
    raw = _object(file, data)
    number = before.number + 1 if before else 1
    bare = {key: value for key, value in raw.items() if key != "hash"}
    if file.stem != f"{number:06d}" or raw.get("number") != number:
        yield f"{file.name} stands where entry {number} should"
    if raw.get("previous") != (before.hash if before else GENESIS):
        yield f"entry {number} does not carry the hash of the entry before it"
    if raw.get("hash") != hashlib.sha256(_canonical(bare)).hexdigest() or data != _canonical(raw):
        yield f"entry {number} was edited: its hash is not that of its content"
    if not signed(_canonical({k: v for k, v in bare.items() if k != "signature"}), str(raw.get("signature"))):
        yield f"entry {number} is not signed by the project's key"


def _object(file: Path, data: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(data)
    except ValueError as error:
        raise Malformed(f"{file.as_posix()} is not JSON: {error}") from None
    if not isinstance(raw, dict):
        raise Malformed(f"{file.as_posix()} holds no JSON object")
    return raw


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _verifier(public_key: Path) -> Signed:
    """Give the function that tells whether the holder of the public key signed bytes; without a key nobody did."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    if not public_key.is_file():
        return lambda data, signature: False
    key = serialization.load_pem_public_key(public_key.read_bytes())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise Malformed(f"{public_key.as_posix()} is not an elliptic-curve key")

    def signed(data: bytes, signature: str) -> bool:
        try:
            key.verify(base64.b64decode(signature, validate=True), data, ec.ECDSA(hashes.SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True

    return signed
