"""A canary on the real server, from the first request to the decision: one that is let in, and one that a rule ends."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from config.errors import GateRefused
from config.settings.release import Canary, Release, Shadow
from flows.canary import held
from tasks import canary
from tasks.canary import OUTSIDE, WITHIN, Shown
from tasks.ledger import Decision
from tests.serving.clients import Clients
from tests.serving.stage import Stage

RULE = Release(
    strategy="canary", canary=Canary(share=0.5, requests=40, live_minutes=0.5), shadow=Shadow(difference=0.1, slower=50)
)
ALIKE, APART = {"delay": 20.0, "wind": 15.0}, {"delay": -20.0, "wind": 0.0}  # to the models of strength 0.01 and 1.0


@dataclass
class Answered(Clients):
    """Who answered, each request under an id of its own."""

    port: int
    row: dict[str, float]
    answered: Counter[tuple[int, str]] = field(default_factory=Counter)

    def ask(self, number: int) -> None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            count = 0
            while not self.ending.wait(0.005):
                count += 1
                about = {"Content-Type": "application/json", "X-Request-Id": f"client-{number}-{count}"}
                connection.request("POST", "/invocations", json.dumps({"dataframe_records": [self.row]}), about)
                answer = connection.getresponse()
                answer.read()
                self.answered[answer.status, answer.headers.get("X-Model-Version", "")] += 1

    def versions(self) -> set[str]:
        """Name who answered; nobody was refused."""
        seen = list(self.answered)
        assert {status for status, _ in seen} <= {200}
        return {version for _, version in seen}

    def wait_for(self, version: int, *, seconds: float = 20.0) -> None:
        until, before = time.monotonic() + seconds, self.answered[200, str(version)]
        while self.answered[200, str(version)] < before + 20:
            assert time.monotonic() < until, self.answered
            time.sleep(0.05)

    def wait_for_all(self, version: int, *, seconds: float = 30.0) -> None:
        """Wait until a version alone answers; nobody is refused on the way there."""
        until, versions = time.monotonic() + seconds, self.versions()
        while versions != {str(version)}:
            assert time.monotonic() < until, versions
            self.answered.clear()
            time.sleep(0.5)
            versions = self.versions()


@pytest.fixture
def port(stage: Stage) -> Iterator[int]:
    """The port of a server on version 2 that knows of the strategy."""
    serving = stage.options().serving.model_copy(update={"ask_keys": False})
    stage.options(release=RULE, serving=serving)
    process = subprocess.Popen(
        [sys.executable, "-m", "serving", "--options", str(stage.file), "--parent", str(os.getpid())], cwd=stage.root,
        stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield int(json.loads(process.stdout.readline())["port"])
    finally:
        process.terminate()
        process.communicate(timeout=30)


def put_on_staging(stage: Stage) -> tuple[Any, Path]:
    """Let a new version stand on staging, and give it with the folder where the server tells of its canary."""
    version = stage.world.register(1.0)
    stage.world.decide("staging", version)
    stage.world.promote("staging")
    return version, canary.place(stage.root / ".lifecycle" / "serving", version.number, version.tags["package"])


def decide(stage: Stage, version: Any, shown: Shown) -> Decision:
    """Decide as a deployment does, and store what came of it."""
    first = Decision.read(stage.world.decide("champion", version).body)
    decision = held(first, shown)
    stage.world.decide("champion", version, **{n: getattr(decision, n) for n in ("outcome", "blocking", "figures")})
    return decision


def test_one_that_answers_alike_is_let_in_and_answers_everybody(stage: Stage, port: int) -> None:
    with Answered(port, ALIKE, clients=2) as clients:
        clients.wait_for(2)
        version, folder = put_on_staging(stage)
        shown = canary.await_live(folder, version.number, rule=RULE)
        assert (shown.verdict, shown.version, shown.champion, shown.failed) == (WITHIN, 3, 2, 0)
        assert shown.asked >= 40 and shown.mean_difference is not None and 0 < shown.mean_difference < 0.1
        clients.wait_for(3)
        decided = decide(stage, version, shown)
        assert decided.lets_through and decided.figures["canary"]["source"] == "live"
        assert stage.world.promote("champion").version == 3
        clients.wait_for_all(3)


def test_one_that_answers_real_requests_otherwise_is_ended_and_never_champion(stage: Stage, port: int) -> None:
    """Alike on what it was tried with; the world has changed since."""
    with Answered(port, APART, clients=2) as clients:
        clients.wait_for(2)
        version, folder = put_on_staging(stage)
        shown = canary.await_live(folder, version.number, rule=RULE)
        assert shown.verdict == OUTSIDE and "answers differ by" in shown.because
        assert clients.versions() == {"2", "3"}
        clients.wait_for_all(2)
    decided = decide(stage, version, shown)
    assert decided.outcome == "refused" and decided.blocking[0].fix.startswith("Train another model")
    with pytest.raises(GateRefused, match="refused version 3: canary: answers differ by"):
        stage.world.promote("champion")
    stage.world.decide("champion", version)
    with pytest.raises(GateRefused, match="canary of version 3 was ended"):
        stage.world.promote("champion")
    told = [json.loads(path.read_bytes()) for path in (stage.root / "reports" / "alerts").glob("*.json")]
    assert [one["about"] for one in told if "canary" in one["about"]] == ["the canary of version 3"]
