"""What the server notes of each request: who came, what was answered, how long it took; and whom it lets in."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.settings.serving import Serving
from serving.access import AccessLog
from serving.capture import Capture
from serving.consumers import Consumers
from serving.metrics import Metrics
from serving.probing import Probes
from serving.refusals import CLOSE, Headers, Refusal
from serving.resources import Resources
from serving.served import Served, Standing

OPEN = frozenset({"/ping", "/health", "/v2/health/live", "/v2/health/ready"})  # for those who look after the server


@dataclass(slots=True)
class Seen:
    """One request, as the log and the figures tell it."""

    begin: float
    method: str
    path: str
    request_id: str
    consumer: str = ""
    status: int = 0
    code: str = ""
    rows: int = 0
    version: int | None = None
    probing: bool = False
    headers: Headers = ()  # of the model that answered


@dataclass(frozen=True, eq=False)
class Watch:
    """Everything that looks at requests, and changes none."""

    consumers: Consumers
    metrics: Metrics
    access: AccessLog
    capture: Capture | None
    hosts: frozenset[bytes]
    probes: Probes

    @classmethod
    def of(
        cls, settings: Serving, *, keys: bool, log: bool = False, capture: Capture | None = None,
        hosts: tuple[str, ...] = (),
    ) -> "Watch":  # fmt: skip
        """Make what the settings ask for."""
        names = frozenset(name.encode().lower() for name in hosts)
        access = AccessLog(settings.access_log if log else "")
        return cls(Consumers.of(settings, keys=keys), Metrics(), access, capture, names, Probes(settings.probing))

    def admit(self, seen: Seen, scope: MutableMapping[str, Any]) -> None:
        """Let a request in, or raise what it is refused with."""
        if self.hosts:
            host = next((value for name, value in scope["headers"] if name == b"host"), b"")
            if _name_of(host) not in self.hosts:
                raise Refusal(421, "wrong_host", "the server is not called so", "an allowed host", CLOSE)
        if scope["path"] not in OPEN:
            seen.consumer = self.consumers.admit(scope)

    def answered(self, seen: Seen, served: Served, columns: dict[str, Any], matrix: Any) -> None:
        """Note rows and their answers."""
        seen.version = served.version
        self.metrics.answered(served, columns, matrix)
        seen.probing = self.probes.look(seen.consumer, columns)
        if seen.probing:
            self.metrics.probed(len(matrix))
        if self.capture is not None:
            self.capture.offer(seen, served, columns, matrix)

    def note(self, seen: Seen) -> None:
        """Note how a request ended."""
        seconds = self.metrics.note(seen)
        self.access.note(seen, seconds)

    def memory(self) -> int:
        """Give the resident memory of this worker, in bytes."""
        return Resources.now().memory_bytes

    def look_at_resources(self) -> None:
        """Note what this worker holds and has used."""
        self.metrics.used(Resources.now(None if self.capture is None else Path(self.capture.settings.folder)))

    def exposition(self, standing: Standing) -> tuple[bytes, str]:
        """Give all figures in Prometheus's text form."""
        self.metrics.collectors["suspects"].set(self.probes.suspects)
        self.look_at_resources()
        return self.metrics.exposition(standing, self.capture)

    def close(self) -> None:
        """Write what waits."""
        self.access.flush()
        if self.capture is not None:
            self.capture.close()


def _name_of(host: bytes) -> bytes:
    name = host.rsplit(b":", 1)[0] if not host.endswith(b"]") else host
    return name.lower()
