"""Who may ask: keys, kept as hashes and compared in constant time, and how often each may."""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from config.settings.serving import Serving
from serving.refusals import Refusal
from tasks.consumers import Consumer, read_consumers

LOOK_SECONDS = 1.0  # how soon an added or revoked key counts
MOST_BUCKETS = 10_000
NO_KEY = ((b"www-authenticate", b"Bearer"),)


@dataclass
class Bucket:
    """What a consumer may still ask: it fills up evenly over a minute."""

    left: float
    at: float


@dataclass(frozen=True)
class Known:
    """A consumer as it is told by its key: the SHA-256, and its own share of a minute where it has one."""

    digest: bytes
    consumer: Consumer


@dataclass(eq=False)
class Consumers:
    """The known consumers, and what each has asked lately."""

    file: Path
    keys: bool
    per_minute: int
    known: dict[str, Known] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    looked: float = -LOOK_SECONDS
    stamp: tuple[int, int] | None = None

    @classmethod
    def of(cls, settings: Serving, *, keys: bool) -> "Consumers":
        """Make what the settings ask for."""
        return cls(Path(settings.keys_file), keys, settings.limits.per_minute)

    def admit(self, scope: Any) -> str:
        """Name the consumer of a request, or refuse it (Refusal)."""
        now = time.monotonic()
        name = self._who(scope, now) if self.keys else _address(scope)
        if most := self._most(name):
            self._spend(name, most, now)
        return name

    def _most(self, name: str) -> int:
        own = self.known[name].consumer.per_minute if name in self.known else None
        return self.per_minute if own is None else own

    def _who(self, scope: Any, now: float) -> str:
        self._look(now)
        presented = hashlib.sha256(_key(scope["headers"])).digest()
        found = ""
        for name, known in self.known.items():  # every one is compared, whichever it is
            if hmac.compare_digest(presented, known.digest):
                found = name
        if found and not self.known[found].consumer.counts(datetime.now(UTC).date()):
            raise Refusal(401, "key_ended", "the key does not count any more", "a key that was renewed", NO_KEY)
        if not found:
            raise Refusal(401, "no_key", "no key, or none that is known", "Authorization: Bearer KEY", NO_KEY)
        return found

    def _look(self, now: float) -> None:
        if now - self.looked < LOOK_SECONDS:
            return
        self.looked = now
        try:
            state = self.file.stat()
            if (stamp := (state.st_mtime_ns, state.st_ino)) != self.stamp:
                self.known = {one.name: Known(bytes.fromhex(one.sha256), one) for one in read_consumers(self.file)}
                self.stamp = stamp
        except (OSError, LifecycleError):  # no list, no consumer
            self.known, self.stamp = {}, None

    def _spend(self, name: str, most: int, now: float) -> None:
        if len(self.buckets) >= MOST_BUCKETS and name not in self.buckets:
            self.buckets.clear()
        bucket = self.buckets.setdefault(name, Bucket(float(most), now))
        bucket.left = min(most, bucket.left + (now - bucket.at) * most / 60)
        bucket.at = now
        if bucket.left < 1:
            wait = str(int((1 - bucket.left) * 60 / most) + 1).encode()
            raise Refusal(
                429, "too_often", "too many requests of this consumer", f"{most} a minute",
                ((b"retry-after", wait),),
            )  # fmt: skip
        bucket.left -= 1


def _key(headers: Any) -> bytes:
    for name, value in headers:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return bytes(value[7:].strip())
        if name == b"x-api-key":
            return bytes(value.strip())
    return b""


def _address(scope: Any) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "local"
