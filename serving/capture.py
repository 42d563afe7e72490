"""Keeps requests and answers for monitoring and late labels: Parquet files by day, each whole or not there."""

import contextlib
import os
import queue
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.settings import serving as settings_of_serving
from config.settings.serving import Serving
from serving.served import Served
from tasks import files
from tasks.scoring import answers

if TYPE_CHECKING:
    from serving.watching import Seen

SCHEMA = "1"
LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Kept:
    """One request with its answers, as the writer finds it."""

    time: datetime
    request_id: str
    consumer: str
    suspect: bool
    served: Served
    columns: dict[str, Any]
    matrix: Any


@dataclass(eq=False)
class Capture:
    """A bounded buffer and the thread that empties it; what finds it full is dropped and counted, and nobody waits."""

    settings: settings_of_serving.Capture
    sensitive: frozenset[str]
    waiting: "queue.SimpleQueue[Kept]" = field(default_factory=queue.SimpleQueue)
    rows_waiting: int = 0
    written: int = 0
    dropped: int = 0
    files: int = 0
    counting: threading.Lock = field(default_factory=threading.Lock)
    ending: threading.Event = field(default_factory=threading.Event)
    writer: threading.Thread | None = None

    @classmethod
    def started(cls, settings: Serving, sensitive: tuple[str, ...]) -> "Capture | None":
        """Start keeping, if anything is to be kept."""
        if settings.capture.share == 0:
            return None
        capture = cls(settings.capture, frozenset(sensitive))
        capture.writer = threading.Thread(target=capture._write_on, name="capture", daemon=True)
        capture.writer.start()
        return capture

    def offer(self, seen: "Seen", served: Served, columns: dict[str, Any], matrix: Any) -> None:
        """Keep a request if it is in the share and there is room; that its consumer probes is kept with it."""
        if self.settings.share < 1 and random.random() >= self.settings.share:
            return
        rows = len(matrix)
        with self.counting:
            room = self.rows_waiting + rows <= self.settings.buffer_rows
            if room:
                self.rows_waiting += rows
            else:
                self.dropped += rows
        if room:
            self.waiting.put(
                Kept(datetime.now(UTC), seen.request_id, seen.consumer, seen.probing, served, columns, matrix)
            )

    def close(self) -> None:
        """Write what waits, and end."""
        self.ending.set()
        if self.writer is not None:
            self.writer.join(timeout=30)

    def _write_on(self) -> None:
        begin = time.monotonic()
        while not self.ending.wait(LOOK_SECONDS):
            full = self.rows_waiting >= self.settings.buffer_rows // 2
            if self.rows_waiting and (full or time.monotonic() - begin >= self.settings.file_seconds):
                self.write()
                begin = time.monotonic()
        self.write()

    def write(self) -> list[Path]:
        """Write what waits, a file for each version and day; what cannot be written is counted as dropped."""
        groups: dict[tuple[str, str], list[Kept]] = {}
        with contextlib.suppress(queue.Empty):
            while True:
                kept = self.waiting.get_nowait()
                groups.setdefault((kept.time.strftime("%Y-%m-%d"), kept.served.digest), []).append(kept)
        written = []
        for (day, _), some in groups.items():
            rows = sum(len(kept.matrix) for kept in some)
            try:
                written.append(self._write_file(day, some))
            except (OSError, ValueError, TypeError):
                self._settle(rows, dropped=rows)
            else:
                self._settle(rows, dropped=0)
        return written

    def _settle(self, rows: int, *, dropped: int) -> None:
        with self.counting:
            self.rows_waiting -= rows
            self.dropped += dropped
            self.written += rows - dropped

    def _write_file(self, day: str, some: list[Kept]) -> Path:
        import pyarrow.parquet

        folder = Path(self.settings.folder) / f"date={day}"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.files += 1
        path = folder / f"{datetime.now(UTC):%H%M%S%f}-{os.getpid()}-{self.files}.parquet"
        temporary = path.with_name(f".{path.name}.tmp")
        try:
            with open(temporary, "xb", opener=_private) as file:
                pyarrow.parquet.write_table(self._table(some), file, compression="zstd")
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
        files.sync_folder(folder)
        return path

    def _table(self, some: list[Kept]) -> Any:
        import pyarrow

        contract = some[0].served.contract
        sizes = [len(kept.matrix) for kept in some]
        told = [answers(kept.matrix, contract) for kept in some]

        def each(values: list[Any]) -> list[Any]:
            return [value for value, size in zip(values, sizes, strict=True) for _ in range(size)]

        table: dict[str, Any] = {
            "time": pyarrow.array(each([kept.time for kept in some]), pyarrow.timestamp("us", "UTC")),
            "request": each([kept.request_id for kept in some]), "consumer": each([kept.consumer for kept in some]),
            "suspect": each([kept.suspect for kept in some]),
            "row": [row for size in sizes for row in range(size)],
            "version": pyarrow.array(each([kept.served.version for kept in some]), pyarrow.int64()),
            "decision": pyarrow.array(each([kept.served.decision for kept in some]), pyarrow.int64()),
        }  # fmt: skip
        kinds = {"number": pyarrow.float64(), "integer": pyarrow.int64(), "boolean": pyarrow.bool_()}
        for column in contract.columns:
            kind = pyarrow.timestamp("us") if column.type == "timestamp" else kinds.get(column.type, pyarrow.string())
            hidden = column.name in self.sensitive
            values = [None if hidden else value for kept in some for value in kept.columns[column.name]]
            table[f"feature.{column.name}"] = pyarrow.array(values, kind)
        for name in told[0][0]:
            kind = pyarrow.map_(pyarrow.string(), pyarrow.float64()) if name == "probabilities" else None
            table[f"answer.{name}"] = pyarrow.array([_flat(answer[name]) for one in told for answer in one], kind)
        return pyarrow.table(table).replace_schema_metadata({"schema": SCHEMA, "model": contract.model})


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _flat(value: Any) -> Any:
    return list(value.items()) if isinstance(value, dict) else value
