"""What both answered lately is held against the bounds of the replay, and failures against the canary's own."""

import numpy as np
import pytest

from config.settings.release import Canary, Release
from tasks.inference import Form, Inference
from tasks.pairs import Pair, judge
from tasks.shadow import Contender
from tests.tasks.release_world import contract_for

RULE = Release(canary=Canary(errors=0.1))
CHAMPION, LIKE = np.array([[0.6, 0.4]]), np.array([[0.7, 0.3]])
GOOD, BAD = Pair(CHAMPION, 1.0, LIKE, 6.0), Pair(CHAMPION, 1.0)
OTHERWISE, SLOW = Pair(CHAMPION, 1.0, CHAMPION[:, ::-1], 1.0), Pair(CHAMPION, 1.0, LIKE, 6.1)
JUDGED = [
    pytest.param([GOOD] * 9 + [BAD], "within", id="at the bounds"),
    pytest.param([GOOD] * 8 + [BAD] * 2, "it failed 2 of 10", id="failed"),
    pytest.param([BAD] * 10, "it answered nothing", id="all failed"),
    pytest.param([GOOD] * 6 + [OTHERWISE] * 4, "decided otherwise", id="decided otherwise"),
    pytest.param([SLOW] * 10, "half of its answers take more", id="slow"),
]


@pytest.mark.parametrize(("pairs", "words"), JUDGED)
def test_pairs_are_held_against_the_bounds(pairs: list[Pair], words: str) -> None:
    sides = [Contender(version, Inference(Form.NATIVE, contract_for("0" * 32), None)) for version in (2, 1)]
    shown = judge(pairs, *sides, rule=RULE)
    assert words in (shown.because if shown.verdict == "outside" else shown.verdict)
