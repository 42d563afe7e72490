"""The consumers of the scoring server: a key each, shown once, kept as its SHA-256 alone."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from config.errors import ConfigError, LifecycleError
from tasks import files, locks

PREFIX = "lens_"
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Consumer:
    """Who may ask the server, since when and until when, how often a minute, and the SHA-256 of the key."""

    name: str
    sha256: str
    added: str
    expires: str | None = None  # the day from which the key does not count; None: of before there were any
    per_minute: int | None = None  # None: as the server's settings say; 0: no limit

    def counts(self, today: date) -> bool:
        """Tell whether the key still counts."""
        return self.expires is None or today < date.fromisoformat(self.expires)


def read_consumers(path: Path) -> list[Consumer]:
    """List the consumers of a file; none where there is no file (LifecycleError where it is broken)."""
    if not path.exists():
        return []
    try:
        found = [Consumer(**item) for item in files.read_json(path)["consumers"]]
        if any(len(bytes.fromhex(consumer.sha256)) != 32 for consumer in found):
            raise ValueError("a hash is not a SHA-256")
        [consumer.counts(date.min) for consumer in found]  # a day that is none is found here
    except (KeyError, TypeError, ValueError) as error:
        raise LifecycleError(f"{path} is not a list of consumers: {error}", next_step="lifecycle keys list") from error
    return found


def add_consumer(path: Path, name: str, *, days: int = 183, per_minute: int | None = None) -> str:
    """Let a consumer in for some days, and give its key, kept nowhere (ConfigError for a name that is taken)."""
    if not (0 < len(name) <= 64 and name.isprintable() and name.strip() == name):
        raise ConfigError(f"{name[:64]!r} is no name of a consumer", expected="1 to 64 printable characters")
    key = PREFIX + secrets.token_urlsafe(32)
    with locks.held(_lock(path), patience_seconds=PATIENCE_SECONDS, by="another change of the keys"):
        known = read_consumers(path)
        if name in [consumer.name for consumer in known]:
            raise ConfigError(
                f"{name!r} has a key already", expected="a new name", next_step=f"lifecycle keys revoke {name}"
            )
        digest, now = hashlib.sha256(key.encode()).hexdigest(), files.now()
        added = Consumer(name, digest, now.isoformat(timespec="seconds"), _until(now, days), per_minute)
        _write(path, [*known, added])
    return key


def renew_consumer(path: Path, name: str, *, days: int) -> Consumer:
    """Say that a consumer was looked at and may go on asking for some days (ConfigError for one that has no key)."""
    with locks.held(_lock(path), patience_seconds=PATIENCE_SECONDS, by="another change of the keys"):
        known = read_consumers(path)
        renewed = replace(_named(name, known), expires=_until(files.now(), days))
        _write(path, [renewed if consumer.name == name else consumer for consumer in known])
    return renewed


def revoke_consumer(path: Path, name: str) -> Consumer:
    """Take a consumer's key away; the server notices within a second (ConfigError for one that has none)."""
    with locks.held(_lock(path), patience_seconds=PATIENCE_SECONDS, by="another change of the keys"):
        known = read_consumers(path)
        gone = _named(name, known)
        _write(path, [consumer for consumer in known if consumer is not gone])
    return gone


def _named(name: str, known: list[Consumer]) -> Consumer:
    found = next((consumer for consumer in known if consumer.name == name), None)
    if found is None:
        names = ", ".join(consumer.name for consumer in known[:20]) or "no consumer has a key"
        raise ConfigError(f"{name[:64]!r} has no key", expected=names, next_step="lifecycle keys list")
    return found


def _until(now: datetime, days: int) -> str:
    return (now.date() + timedelta(days=days)).isoformat()


def _lock(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _write(path: Path, consumers: list[Consumer]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.write_bytes_atomically(path, files.pretty({"schema": 1, "consumers": consumers}), mode=0o600)
