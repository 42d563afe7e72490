"""Callers ask without pause, count every failure, and wait for nobody for ever."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tasks import callers
from tasks.callers import FEWEST, ask_without_pause

REQUEST = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
GOOD = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody"
BAD = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def server(*pieces: bytes) -> Iterator[int]:
    """Answer each request with these pieces, sent one after another; with none, close the connection."""

    def answer(connection: socket.socket) -> None:
        with connection:
            while connection.recv(1000) and pieces:
                for piece in pieces:
                    connection.sendall(piece)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("pieces", "good", "bad"),
    [
        pytest.param((GOOD,), True, False, id="good answers are timed"),
        pytest.param((GOOD[:20], GOOD[20:40], GOOD[40:]), True, False, id="an answer may come in pieces"),
        pytest.param((BAD,), False, True, id="another status is a failure"),
    ],
)
def test_answers(pieces: tuple[bytes, ...], good: bool, bad: bool) -> None:
    with server(*pieces) as port:
        asked = ask_without_pause(port, [REQUEST], connections=2, seconds=0.05)
    assert (bool(asked.latencies), bool(asked.errors)) == (good, bad)
    assert len(asked.latencies) + asked.errors >= FEWEST


def test_so_few_are_asked_however_short_the_time() -> None:
    with server(GOOD) as port:
        assert len(ask_without_pause(port, [REQUEST], connections=1, seconds=0.0).latencies) == FEWEST


def test_a_connection_that_is_closed_is_one_failure() -> None:
    with server() as port:
        assert ask_without_pause(port, [REQUEST], connections=3, seconds=0.05).errors == 3


def test_who_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "PATIENCE_SECONDS", 0.2)
    with server(GOOD[:30]) as port:
        asked = ask_without_pause(port, [REQUEST], connections=2, seconds=0.0)
    assert (asked.latencies, asked.errors) == ([], 2) and asked.seconds < 2


def test_without_a_server_it_is_told() -> None:
    with server(GOOD) as port:
        pass
    with pytest.raises(OSError):
        ask_without_pause(port, [REQUEST], connections=1, seconds=0.0)
