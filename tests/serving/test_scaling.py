"""Workers are added and ended by the CPU that they use, one at a time, and never for what a start takes."""

import os
from pathlib import Path

import pytest

from config.settings.serving import Scaling
from serving import scaling
from serving.scaling import Scaler

POLICY = Scaling(most=3, above=0.6, below=0.2, window_seconds=5, cooldown_seconds=30)
LATER = 100.0


def wanted(count: int, share: float, *, least: int = 1, now: float = LATER, begun: int | None = None) -> int:
    """Say how many workers are wanted when each has used such a share of its CPU in the last window."""
    scaler = Scaler(least, POLICY, changed=0.0)
    pids = range(count if begun is None else begun)
    scaler.wanted(dict.fromkeys(pids, 7.0), count, now - 10)
    return scaler.wanted(dict.fromkeys(pids, 7.0 + 10 * share), count, now)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(wanted(1, 0.6), 2, id="as much as the policy says: one more"),
        pytest.param(wanted(1, 0.59), 1, id="less: none more"),
        pytest.param(wanted(3, 1.0), 3, id="the most there may be"),
        pytest.param(wanted(2, 0.19), 1, id="little to do: one less"),
        pytest.param(wanted(2, 0.2), 2, id="enough to do"),
        pytest.param(wanted(1, 0.0), 1, id="the least there may be"),
        pytest.param(wanted(2, 0.0, least=2), 2, id="as many as are always there"),
        pytest.param(wanted(1, 1.0, now=29.0), 1, id="too soon after the last change"),
        pytest.param(wanted(1, 1.0, now=30.0), 2, id="the cooldown is over"),
        pytest.param(wanted(2, 1.0, begun=1), 2, id="while one is starting nothing changes"),
    ],
)
def test_wanted(seen: int, expected: int) -> None:
    assert seen == expected


def test_within_a_window_nothing_changes() -> None:
    scaler = Scaler(1, POLICY, changed=0.0)
    scaler.wanted({1: 0.0}, 1, 100.0)
    assert scaler.wanted({1: 4.9}, 1, 104.9) == 1
    assert scaler.wanted({1: 5.0}, 1, 105.0) == 2


def test_one_change_a_cooldown() -> None:
    scaler = Scaler(1, POLICY, changed=0.0)
    scaler.wanted({1: 0.0}, 1, 95.0)
    assert scaler.wanted({1: 5.0}, 1, 100.0) == 2
    scaler.wanted({1: 10.0, 2: 5.0}, 2, 105.0)
    assert scaler.wanted({1: 15.0, 2: 10.0}, 2, 110.0) == 2
    assert scaler.wanted({1: 35.0, 2: 30.0}, 2, 130.0) == 3


def test_only_who_has_begun_and_lives_is_looked_at(tmp_path: Path) -> None:
    assert scaling.used([os.getpid()], tmp_path) == {}
    scaling.begin(str(tmp_path))
    (tmp_path / scaling.BEGUN.format(pid=2**22 + 1)).touch()  # no process has such a number
    assert scaling.used([os.getpid(), 2**22 + 1], tmp_path).keys() == {os.getpid()}
