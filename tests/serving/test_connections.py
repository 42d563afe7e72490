"""A server that is told to end does, at whatever moment it is told."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOLD_EARLY = """
import signal, sys
from config.settings.serving import Serving
from serving.connections import Draining, server_of
from serving.served import Standing
from serving.sockets import listen

class Early(Draining):
    async def serve(self, sockets=None):
        signal.raise_signal(signal.SIGTERM)  # uvicorn does not listen for it yet
        await super().serve(sockets)

async def nobody(scope, receive, send):
    raise AssertionError

limits = Serving().limits.model_copy(update={"drain_seconds": float(sys.argv[1])})
made = server_of(nobody, Serving().model_copy(update={"limits": limits}), Standing())
with listen("127.0.0.1", 0) as listener:
    Early(made.config, made.seconds, made.standing).run(sockets=[listener])
print("ended in order, draining:", made.standing.draining)
"""


@pytest.mark.parametrize("drain_seconds", [0.0, 0.3])
def test_a_signal_before_the_first_request_is_taken_in_is_not_lost(drain_seconds: float) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TOLD_EARLY, str(drain_seconds)], cwd=ROOT, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (0, "ended in order, draining: True\n"), ended.stderr
