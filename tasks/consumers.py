"""The consumers of the scoring server: a key each, shown once, kept as its SHA-256 alone."""

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path

from config.errors import ConfigError, LifecycleError
from tasks import files, locks

PREFIX = "lens_"
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Consumer:
    """Who may ask the server, since when, and the SHA-256 of the key."""

    name: str
    sha256: str
    added: str


def read_consumers(path: Path) -> list[Consumer]:
    """List the consumers of a file; none where there is no file (LifecycleError where it is broken)."""
    if not path.exists():
        return []
    try:
        found = [Consumer(**item) for item in files.read_json(path)["consumers"]]
        if any(len(bytes.fromhex(consumer.sha256)) != 32 for consumer in found):
            raise ValueError("a hash is not a SHA-256")
    except (KeyError, TypeError, ValueError) as error:
        raise LifecycleError(f"{path} is not a list of consumers: {error}", next_step="lifecycle keys list") from error
    return found


def add_consumer(path: Path, name: str) -> str:
    """Let a consumer in, and give its key, which is kept nowhere (ConfigError for a name that is taken)."""
    if not (0 < len(name) <= 64 and name.isprintable() and name.strip() == name):
        raise ConfigError(f"{name[:64]!r} is no name of a consumer", expected="1 to 64 printable characters")
    key = PREFIX + secrets.token_urlsafe(32)
    with locks.held(_lock(path), patience_seconds=PATIENCE_SECONDS, by="another change of the keys"):
        known = read_consumers(path)
        if name in [consumer.name for consumer in known]:
            raise ConfigError(
                f"{name!r} has a key already", expected="a new name", next_step=f"lifecycle keys revoke {name}"
            )
        added = Consumer(name, hashlib.sha256(key.encode()).hexdigest(), files.now().isoformat(timespec="seconds"))
        _write(path, [*known, added])
    return key


def revoke_consumer(path: Path, name: str) -> Consumer:
    """Take a consumer's key away; the server notices within a second (ConfigError for one that has none)."""
    with locks.held(_lock(path), patience_seconds=PATIENCE_SECONDS, by="another change of the keys"):
        known = read_consumers(path)
        gone = next((consumer for consumer in known if consumer.name == name), None)
        if gone is None:
            names = ", ".join(consumer.name for consumer in known[:20]) or "no consumer has a key"
            raise ConfigError(f"{name[:64]!r} has no key", expected=names, next_step="lifecycle keys list")
        _write(path, [consumer for consumer in known if consumer is not gone])
    return gone


def _lock(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _write(path: Path, consumers: list[Consumer]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_bytes_atomically(path, files.pretty({"schema": 1, "consumers": consumers}), mode=0o600)
