"""Connections with a deadline: who sends slowly, sends too large a head, or opens too many, is cut off."""

import asyncio
import contextlib
import signal
import socket
import threading
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from config.settings.serving import Limits, Serving
from serving.served import Standing


class Bounded(HttpToolsProtocol):
    """uvicorn's protocol on httptools within limits: it has neither of them itself."""

    limits: Limits
    deadline: asyncio.TimerHandle | None = None
    head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        with contextlib.suppress(OSError):  # asyncio leaves it to the kernel to wait for more where proto is not told
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > self.limits.connections:
            self._cut(b"503 Service Unavailable")
        else:
            self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._expect()
        self.head = 0
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._arrived()
        super().on_message_complete()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)

    def data_received(self, data: bytes) -> None:
        if not self.transport.is_closing():
            super().data_received(data)

    def _count(self, size: int) -> None:
        self.head += size
        if self.head > self.limits.header_bytes:
            self._cut(b"431 Request Header Fields Too Large")

    def _expect(self) -> None:
        self._arrived()
        self.deadline = self.loop.call_later(self.limits.read_seconds, self._cut, b"408 Request Timeout")

    def _arrived(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _cut(self, status: bytes) -> None:
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            head = b"HTTP/1.1 " + status + b"\r\ncontent-type: application/json\r\nconnection: close\r\n"
            body = b'{"error":{"code":"cut_off","message":"' + status[4:] + b'","expected":""}}'
            self.transport.write(head + b"content-length: %d\r\n\r\n" % len(body) + body)
        self.transport.close()


def server_of(app: Any, settings: Serving, standing: Standing) -> "uvicorn.Server":
    """Make a uvicorn server for an application within limits; told to end, it says so first, and answers its work."""
    limits = settings.limits
    config = uvicorn.Config(
        app, http=type("Within", (Bounded,), {"limits": limits}), loop="asyncio", ws="none", log_config=None,
        log_level="warning", access_log=False, server_header=False, timeout_keep_alive=75,
        timeout_graceful_shutdown=limits.grace_seconds, lifespan="off", backlog=2048,
        ssl_certfile=settings.certificate or None, ssl_keyfile=settings.certificate_key or None,
    )  # fmt: skip
    return Draining(config, limits.drain_seconds, standing)


class Draining(uvicorn.Server):
    """A server that is not ready for a while before it takes no more connections."""

    def __init__(self, config: uvicorn.Config, seconds: float, standing: Standing) -> None:
        super().__init__(config)
        self.seconds, self.standing = seconds, standing

    def run(self, sockets: "list[socket.socket] | None" = None) -> None:
        """Serve until told to end, from before uvicorn listens for that.

        It raises the signal again afterwards, which finds the same handler, and does not cut off who called.
        """
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self.handle_exit)
        super().run(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say 'not ready' at once; a second signal does not wait."""
        again, self.standing.draining = self.standing.draining, True
        if again or not self.seconds:
            super().handle_exit(sig, frame)
        else:
            timer = threading.Timer(self.seconds, super().handle_exit, (sig, frame))
            timer.daemon = True
            timer.start()
