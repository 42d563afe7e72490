"""Who may ask: keys, kept as hashes and compared in constant time, and how often each may."""

import hashlib
import hmac
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from config.settings.serving import Serving
from serving.refusals import Refusal
from tasks.consumers import read_consumers

LOOK_SECONDS = 1.0  # how soon an added or revoked key counts
MOST_BUCKETS = 10_000
NO_KEY = ((b"www-authenticate", b"Bearer"),)


@dataclass
class Bucket:
    """What a consumer may still ask: it fills up evenly over a minute."""

    left: float
    at: float


@dataclass(eq=False)
class Consumers:
    """The known consumers, and what each has asked lately."""

    file: Path
    keys: bool
    per_minute: int
    known: dict[str, bytes] = field(default_factory=dict)  # name -> SHA-256 of its key
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
        if self.per_minute:
            self._spend(name, now)
        return name

    def _who(self, scope: Any, now: float) -> str:
        self._look(now)
        presented = hashlib.sha256(_key(scope["headers"])).digest()
        found = ""
        for name, digest in self.known.items():  # every one is compared, whichever it is
            if hmac.compare_digest(presented, digest):
                found = name
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
                self.known = {consumer.name: bytes.fromhex(consumer.sha256) for consumer in read_consumers(self.file)}
                self.stamp = stamp
        except (OSError, LifecycleError):  # no list, no consumer
            self.known, self.stamp = {}, None

    def _spend(self, name: str, now: float) -> None:
        if len(self.buckets) >= MOST_BUCKETS and name not in self.buckets:
            self.buckets.clear()
        bucket = self.buckets.setdefault(name, Bucket(float(self.per_minute), now))
        bucket.left = min(self.per_minute, bucket.left + (now - bucket.at) * self.per_minute / 60)
        bucket.at = now
        if bucket.left < 1:
            wait = str(int((1 - bucket.left) * 60 / self.per_minute) + 1).encode()
            raise Refusal(
                429, "too_often", "too many requests of this consumer", f"{self.per_minute} a minute",
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
