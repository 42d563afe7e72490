"""The same project has the same verdicts, whatever the order of sets, the time zone, the language and the threads."""

import json
import random
import subprocess
import sys
from typing import Any

from tests.chaos.conftest import Figures
from tests.chaos.test_orchestration import Project, finished, project

__all__ = ["finished", "project"]
VERDICTS = 20
ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati")
TONGUES = ("C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8")
# Every gate decided anew from what lies there, and the whole review.
DECIDE = """
import json
from config.load import load
from flows import review
from tasks import files
told = {gate: review.decide(gate, load()) for gate in ("framing", "data", "development")}
told = {gate: files.plain([o.passed, o.blocking, o.results]) for gate, o in told.items()}
told["review"] = files.plain(review.review_project(load()).practices)
print(json.dumps(told, sort_keys=True))
"""


def verdicts(project: Project, **environment: str) -> dict[str, Any]:
    process = subprocess.run(
        [sys.executable, "-c", DECIDE], cwd=project.root, env=project.environment() | environment, text=True,
        capture_output=True, timeout=300, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    return found


def test_verdicts_are_the_same_everywhere(project: Project, figures: Figures, share: float) -> None:
    kind = "G7: verdicts identical"
    first, chance = verdicts(project, PYTHONHASHSEED="0", TZ="UTC", LC_ALL="C.UTF-8"), random.Random(0)
    assert len(first["review"]) == 105 and first["framing"][0] is True
    for n in range(max(2, round(VERDICTS * share))):
        given = {
            "PYTHONHASHSEED": str(chance.randrange(1, 2**32)), "TZ": ZONES[n % len(ZONES)],
            "LC_ALL": TONGUES[n // 2 % len(TONGUES)], "OMP_NUM_THREADS": str(1 + n % 2),
        }  # fmt: skip
        with figures.trial(kind, str(given)):
            assert verdicts(project, **given) == first
    figures.demand(kind)
