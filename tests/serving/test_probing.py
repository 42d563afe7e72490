"""Who asks the same again and again is seen; who asks this and that is not."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from config.settings.serving import Probing
from serving import probing
from serving.probing import Probes, Recent

NAMES = ("delay", "wind", "rain", "carrier", "origin", "hour")
Columns = dict[str, list[Any]]


def one(**change: Any) -> Columns:
    whole = {"delay": 1.0, "wind": 2.0, "rain": 3.0, "carrier": "AA", "origin": "JFK", "hour": 5}
    return {name: [value] for name, value in (whole | change).items()}


def honest(number: int = 60) -> Iterator[Columns]:
    rng = np.random.default_rng(0)
    for n in range(number):
        yield one(delay=float(rng.normal()), wind=float(rng.normal()), carrier=f"{n % 7}", hour=n % 24, rain=n / 7)


STREAMS: dict[str, tuple[list[Columns], bool]] = {
    "the same row": ([one()] * 60, True),
    "a row that is moved in one column": ([one(delay=float(n)) for n in range(60)], True),
    "a row that is moved a little in all": ([one(delay=1 + n * 1e-6, wind=2 + n * 1e-6) for n in range(60)], True),
    "rows of all kinds": (list(honest()), False),
    "the same row, a few times": ([one()] * 50, False),
    "as often as just counts": ([one()] * 51, True),
    "rows that differ in one of two columns": ([{"delay": [float(n)], "hour": [5]} for n in range(60)], False),
    "the same row of two columns": ([{"delay": [1.0], "hour": [5]}] * 60, True),
    "many rows of one request": ([{n: v * 1000 for n, v in one().items()}] * 8, True),
}


@pytest.mark.parametrize(("stream", "seen"), STREAMS.values(), ids=STREAMS.keys())
def test_probing_is_told_from_asking(stream: list[Columns], seen: bool) -> None:
    probes = Probes(Probing())
    assert [probes.look("shop", columns) for columns in stream][-1] is seen
    assert probes.suspects == int(seen)


def test_one_consumer_is_not_taken_for_another() -> None:
    probes = Probes(Probing())
    assert not any(probes.look(f"consumer {n}", one()) for n in range(60))


def test_repeats_among_many_others_are_no_probing() -> None:
    probes, many = Probes(Probing(least=5, share=0.5)), list(honest(30))
    assert not any(probes.look("shop", columns) for columns in [*many, *[one()] * 8])


def test_what_is_long_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    probes, now = Probes(Probing()), [0.0]
    monkeypatch.setattr(probing.time, "monotonic", lambda: now[0])
    for _ in range(60):
        now[0] += 1.5
        assert not probes.look("shop", one())
    assert len(probes.consumers["shop"].rows) == 41


def test_without_a_least_nothing_is_looked_for() -> None:
    probes = Probes(Probing(least=0))
    assert not any(probes.look("shop", one()) for _ in range(60)) and not probes.consumers


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "MOST_CONSUMERS", 2)
    monkeypatch.setattr(probing, "ROWS", 3)
    probes = Probes(Probing())
    for name in "abc":
        for columns in honest(9):
            probes.look(name, columns)
    assert set(probes.consumers) == {"b", "c"}
    assert all(len(r.rows) == 3 and sum(r.known.values()) == 9 for r in probes.consumers.values())


def test_what_is_forgotten_leaves_nothing() -> None:
    recent = Recent()
    for _ in range(3):
        recent.add(1.0, (1, 2))
    recent.forget(2.0)
    assert (len(recent.rows), len(recent.known), recent.resembling) == (0, 0, 0)
