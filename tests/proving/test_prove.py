"""The proof itself: every planted defect is caught, and a gate that was weakened is noticed by just what it lets through."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.proving.conftest import Prove

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

# file, what it says, what a careless hand makes of it, and the one defect that comes through
WEAKENED = (
    ("lens_checks/bounds.py", "    \"champion\": (", "    \"champion\": () or (", None),
)


def test_every_defect_is_caught_and_the_control_is_promoted(prove: Prove, project: Path) -> None:
    ended = prove("--quick", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = json.loads(ended.stdout)
    assert set(told) == {"schema", "defects", "control", "kill_rate"}
    assert all(set(d) == {"id", "title", "expected", "outcome", "caught_by", "seconds"} for d in told["defects"])
    assert [d["id"] for d in told["defects"]] == list(range(1, 41))
    assert (told["control"]["outcome"], told["kill_rate"]) == ("promoted", 1.0)
    assert not (project / "ledger").exists() and not (project / "reports").exists()
