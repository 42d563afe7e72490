"""A level that is not kept over two spans raises its alarm, once, and nothing else does."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.settings import Notify, Usage
from serving.levels import FEWEST, LevelWatch
from tasks import alerts
from tasks.exported import Scraped

AGREED = Usage.model_validate(
    {
        "kind": "online", "traffic": "steady", "peak": {"figure": 2}, "usual": {"figure": 1},
        "levels": {
            "p50_ms": {"figure": 100}, "p95_ms": {"figure": 250}, "p99_ms": {"figure": 500},
            "error_rate": {"figure": 0.001},
        },
    }
)  # fmt: skip
SLOW, QUICK = 0.5, 0.01  # seconds of an answer: buckets of the server


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Server:
    """Figures of a server that is looked at every 100 seconds."""

    def __init__(self) -> None:
        self.now = Scraped(0.0, {"200": 0}, {QUICK: 0, SLOW: 0, float("inf"): 0}, 1, 2.0**28, 0.0, 2.0**33)

    def span(self, requests: int, seconds_each: float, **change: float) -> Scraped:
        """Let a span pass."""
        buckets = {bound: n + requests * (seconds_each <= bound) for bound, n in self.now.buckets.items()}
        statuses = {"200": self.now.statuses["200"] + requests}
        self.now = replace(self.now, when=self.now.when + 100, buckets=buckets, statuses=statuses, **change)
        return self.now


def watch(server: Server) -> LevelWatch:
    made = LevelWatch.of(AGREED, memory_mib=512.0, notify=Notify(), folder=Path("told"), exposition=lambda: b"")
    made.look = lambda: server.now
    made.step()
    return made


def told() -> list[str]:
    return [alert["seen"] for alert in alerts.read_alerts()]


def after(*spans: tuple[int, float]) -> list[str]:
    server = Server()
    watching = watch(server)
    for requests, seconds in spans:
        server.span(requests, seconds)
        watching.step()
    return told()


P50, P95 = "p50_ms is above the 100 that was agreed", "p95_ms is above the 250 that was agreed"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([(100, QUICK)] * 3, [], id="all is as agreed"),
        pytest.param([(100, SLOW), (100, QUICK)], [], id="one slow span is an accident"),
        pytest.param([(100, SLOW)] * 4, [P50, P95], id="what lasts is told, once of each level"),
        pytest.param([(FEWEST - 1, SLOW)] * 3, [], id="few requests tell no percentile"),
        pytest.param(
            [(400, QUICK)] * 3, ["per_second is above the 2 that was agreed"], id="more is asked than the peak"
        ),
    ],
)
def test_what_spans_show_is_told(spans: list[tuple[int, float]], expected: list[str]) -> None:
    assert after(*spans) == expected


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rss_bytes": 2.0**30}, "rss_mib is above the 512 that was agreed"),
        ({"disk_free_bytes": 2.0**20}, "disk_free_mib is below the 200 that was agreed"),
    ],
)
def test_what_a_worker_holds_is_told_though_nobody_asks(change: dict[str, float], words: str) -> None:
    server = Server()
    watching = watch(server)
    for _ in range(2):
        server.span(0, QUICK, **change)
        watching.step()
    (alert,) = alerts.read_alerts()
    assert (alert["seen"], alert["kind"], "docs/hosting.md" in alert["next_step"]) == (words, "alarm", True)


def test_two_workers_that_see_the_same_tell_it_once() -> None:
    server = Server()
    both = [watch(server), watch(server)]
    for _ in range(3):
        server.span(100, SLOW)
        for watching in both:
            watching.step()
    assert told() == [P50, P95]
