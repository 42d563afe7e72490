"""A share of the requests goes to the canary by their ids; what its workers say counts together, and may end it."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from config.errors import GateRefused
from config.settings.release import Canary, Release
from tasks import canary, files
from tasks.canary import OUTSIDE, RUNNING, WITHIN, Shown

RULE = Release(canary=Canary(requests=20, live_minutes=1e-9))
RIGHT = Shown(WITHIN, "", 2, 1, "live", 0.05, asked=10, judged=10)


def tell(folder: Path, *told: Shown) -> Path:
    for number, shown in enumerate(told):
        files.write_json(folder / f"{number}.json", asdict(shown))
    return folder


def test_the_share_is_kept_and_the_same_id_always_goes_the_same_way() -> None:
    names = [f"request-{number}" for number in range(10_000)]
    taken = [name for name in names if canary.takes(name, 0.05)]
    assert 400 < len(taken) < 600
    assert all(canary.takes(name, share) for name in taken for share in (0.05, 0.2))


LIVE = [
    pytest.param((RIGHT, RIGHT), WITHIN, id="each judged it, and together they saw enough"),
    pytest.param((RIGHT,), RUNNING, id="too few requests"),
    pytest.param((RIGHT, replace(RIGHT, verdict=RUNNING)), RUNNING, id="one has not judged it yet"),
    pytest.param(
        (replace(RIGHT, asked=20), replace(RIGHT, verdict=RUNNING, asked=0)), WITHIN, id="one was asked nothing"
    ),
    pytest.param((RIGHT, replace(RIGHT, verdict=OUTSIDE)), OUTSIDE, id="one ended it"),
]


@pytest.mark.parametrize(("told", "verdict"), LIVE)
def test_the_workers_of_a_server_speak_together(told: tuple[Shown, ...], verdict: str, tmp_path: Path) -> None:
    assert canary.await_live(tell(tmp_path, *told), 2, rule=RULE).verdict == verdict


def test_a_server_that_says_nothing_in_time_has_shown_nothing(tmp_path: Path) -> None:
    assert canary.await_live(tmp_path, 2, rule=RULE).because == "the running server sent it 0 of 20 requests in time"


def test_what_a_rule_ended_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(GateRefused, match="version 2 was ended: it is slow"):
        canary.demand_not_ended(tell(tmp_path, RIGHT, replace(RIGHT, verdict=OUTSIDE, because="it is slow")), 2)


def test_what_cannot_be_read_ends_a_canary(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("{")
    assert canary.ended(tmp_path)


@pytest.mark.parametrize(("verdict", "kept"), [(WITHIN, 0), (RUNNING, 0), (OUTSIDE, 1)])
def test_what_is_over_is_forgotten_unless_a_rule_ended_it(verdict: str, kept: int, tmp_path: Path) -> None:
    folder = tell(canary.place(tmp_path, 2, "a" * 64), replace(RIGHT, verdict=verdict))
    canary.forget(tmp_path, [])
    assert len(list(folder.iterdir())) == kept
