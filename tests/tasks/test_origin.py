"""Only files that are allowed are landed, and pinned ones only with the bytes that were approved."""

import pytest

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from tasks.origin import refuse_strangers
from tests.tasks.rows import SOURCE, data

LISTED = [{"path": "data/rows.csv", "sha256": "a" * 64}, {"path": "data/incoming/more.csv", "sha256": "b" * 64}]


def refused(allowed: tuple[str, ...], pinned: dict[str, str]) -> None:
    source = SOURCE.model_copy(update={"allowed": allowed, "checksums": pinned})
    refuse_strangers(data(source=source), LISTED)


@pytest.mark.parametrize(
    ("allowed", "pinned"),
    [
        pytest.param((), {}, id="no list, no pin"),
        pytest.param(("data/*",), {"data/rows.csv": "a" * 64}, id="on the list, as pinned"),
        pytest.param(("data/rows.csv", "data/incoming/*"), {"data/other.csv": "c" * 64}, id="a pin of another file"),
    ],
)
def test_what_is_allowed_passes(allowed: tuple[str, ...], pinned: dict[str, str]) -> None:
    assert refused(allowed, pinned) is None


@pytest.mark.parametrize(
    ("allowed", "pinned", "kind", "words"),
    [
        pytest.param(("data/rows.csv",), {}, GateRefused, "incoming/more.csv", id="not on the list"),
        pytest.param(("data/*",), {"data/rows.csv": "c" * 64}, IntegrityAlarm, "other bytes", id="not as pinned"),
    ],
)
def test_what_is_not_is_refused(
    allowed: tuple[str, ...], pinned: dict[str, str], kind: type[LifecycleError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        refused(allowed, pinned)
