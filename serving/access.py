"""The access log: one line of JSON a request, written in batches, turned over before it fills the disk."""

import asyncio
import contextlib
import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from serving.watching import Seen

FLUSH_LINES = 500
FLUSH_SECONDS = 1.0
MOST_BYTES = 64 << 20


@dataclass(eq=False)
class AccessLog:
    """A file that lines are appended to; empty: none. A line that cannot be written is counted, and nobody waits."""

    path: str
    lines: list[bytes] = field(default_factory=list)
    lost: int = 0
    writing: threading.Lock = field(default_factory=threading.Lock)

    def note(self, seen: "Seen", seconds: float) -> None:
        """Add a line; it is in the file a second later, whether or not anybody asks again."""
        if not self.path:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"), "request": seen.request_id,
            "consumer": seen.consumer, "method": seen.method[:10], "path": seen.path[:200], "status": seen.status,
            "code": seen.code, "rows": seen.rows, "version": seen.version, "probing": seen.probing,
            "ms": round(seconds * 1000, 3),
        }  # fmt: skip
        self.lines.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        if len(self.lines) >= FLUSH_LINES:
            self.flush()
        elif len(self.lines) == 1:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Append what waits, in one write."""
        with self.writing:
            lines, self.lines = self.lines, []
            if not lines:
                return
            try:
                descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(descriptor, b"".join(lines))
                    full = os.fstat(descriptor).st_size > MOST_BYTES
                finally:
                    os.close(descriptor)
            except OSError:
                self.lost += len(lines)
                return
            if full:
                with contextlib.suppress(OSError):
                    os.replace(self.path, f"{self.path}.1")
