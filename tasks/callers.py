"""Callers that ask a server without pause, each on a connection of its own, all in one thread."""

import contextlib
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

FEWEST = 20  # answers from which percentiles are told, however long they take
PATIENCE_SECONDS = 5.0  # for what was asked last


@dataclass(frozen=True)
class Asked:
    """The milliseconds of each good answer, how many requests failed, and the time that all took."""

    latencies: list[float]
    errors: int
    seconds: float


def ask_without_pause(port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Asked:
    """Send whole requests, one after another on each connection, until the time is over (OSError)."""
    begin = time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        callers = _Callers(waiting, begin + seconds)
        try:
            callers.run([_Caller(port, _from(requests, number)) for number in range(connections)])
        finally:
            callers.end_all()
    return Asked(callers.latencies, callers.errors, time.perf_counter() - begin)


def _from(requests: Sequence[bytes], number: int) -> Iterator[bytes]:
    """Give the requests round and round, each caller beginning with another."""
    first = number % len(requests)
    return cycle([*requests[first:], *requests[:first]])


@dataclass(eq=False)
class _Caller:
    """One connection that asks, waits for the whole answer, and knows when it asked."""

    port: int
    requests: Iterator[bytes]
    begun: float = 0.0
    buffer: bytes = b""
    connection: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        """Send the next request (OSError)."""
        self.buffer, self.begun = b"", time.perf_counter()
        self.connection.sendall(next(self.requests))

    def is_good(self) -> bool | None:
        """Read what is there, and tell whether the answer is 200; None while it is not whole (OSError)."""
        data = self.connection.recv(1 << 16)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        return head.startswith(b"HTTP/1.1 200 ") if found and len(body) >= _length(head) else None


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name.lower() == b"content-length"), 0)


@dataclass(eq=False)
class _Callers:
    """All callers of one load, and what they were answered."""

    waiting: selectors.BaseSelector
    until: float
    latencies: list[float] = field(default_factory=list)
    errors: int = 0

    def run(self, callers: Sequence[_Caller]) -> None:
        """Let all ask until the time is over; what is not answered in patience has failed."""
        for caller in callers:
            self.waiting.register(caller.connection, selectors.EVENT_READ, caller)
            self._ask(caller)
        while self.waiting.get_map():
            ready = self.waiting.select(max(0.0, self.until + PATIENCE_SECONDS - time.perf_counter()))
            if not ready:
                break
            for key, _ in ready:
                self._take(key.data)
        self.errors += len(self.waiting.get_map())

    def _ask(self, caller: _Caller) -> None:
        try:
            caller.ask()
        except OSError:
            self._fail(caller)

    def _take(self, caller: _Caller) -> None:
        try:
            good = caller.is_good()
        except OSError:
            return self._fail(caller)
        if good is None:
            return None
        if good:
            self.latencies.append((time.perf_counter() - caller.begun) * 1000)
        else:
            self.errors += 1
        if time.perf_counter() < self.until or len(self.latencies) + self.errors < FEWEST:
            return self._ask(caller)
        return self._end(caller)

    def _fail(self, caller: _Caller) -> None:
        self.errors += 1
        self._end(caller)

    def _end(self, caller: _Caller) -> None:
        self.waiting.unregister(caller.connection)
        caller.connection.close()

    def end_all(self) -> None:
        """Close what is still open."""
        for key in list((self.waiting.get_map() or {}).values()):
            with contextlib.suppress(OSError):
                self._end(key.data)
