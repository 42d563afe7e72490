"""The proof itself: every planted defect is caught, and a weakened gate is noticed by just what it lets through."""

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

# What a careless hand does to the gates of a project: file, what it says, what it says then.
WEAKENED = (
    ("lens_checks/bounds.py", "    metrics = source.get(Evaluation).metrics\n", "    return\n    metrics = {}\n"),
    ("flows/operating.py", "if not cause.strip():", "if False:"),
    ("config/policy.yaml", "bounds:\n", "bounds:\n  flipped_labels: 1.0\n"),
)
SAID_OF_A_DEFECT = ("id", "title", "expected", "outcome", "caught_by", "seconds", "because")
COMES_THROUGH, STILL_CAUGHT = [1, 39, 40], [11, 29]


def test_every_defect_is_caught_and_the_control_is_promoted(prove: Prove, project: Path) -> None:
    ended = prove("--quick", "--json")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    told = json.loads(ended.stdout)
    assert set(told) == {"schema", "defects", "control", "kill_rate"}
    assert {tuple(sorted(d)) for d in told["defects"]} == {tuple(sorted(SAID_OF_A_DEFECT))}
    assert [d["id"] for d in told["defects"]] == list(range(1, 41))
    assert (told["control"]["outcome"], told["kill_rate"]) == ("promoted", 1.0)
    assert not (project / "ledger").exists() and not (project / "reports").exists()


@pytest.mark.chaos  # a proof of its own, minutes long
def test_weakened_gates_are_noticed_by_just_what_they_let_through(prove: Prove, project: Path) -> None:
    for name, old, new in WEAKENED:
        text = (project / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is not in {name} once"
        (project / name).write_text(text.replace(old, new), encoding="utf-8")
    ended = prove(*map(str, COMES_THROUGH + STILL_CAUGHT), "--json")
    assert ended.returncode == 3, ended.stdout + ended.stderr
    told = json.loads(ended.stdout)
    assert {d["id"] for d in told["defects"] if d["outcome"] == "let through"} == set(COMES_THROUGH), ended.stdout
    assert {d["id"] for d in told["defects"] if d["outcome"] == "caught"} == set(STILL_CAUGHT)
    assert (told["control"]["outcome"], told["kill_rate"]) == ("promoted", 0.4)


def test_ctrl_c_ends_every_child_and_leaves_nothing(project: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("MLFLOW_TRACKING", "PREFECT_"))}
    proof = subprocess.Popen(
        [sys.executable, "-m", "cli", "prove", "13", "18"], cwd=project, env=kept | {"TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 300
    while not list(scratch.glob("lifecycle-prove-*/worlds/*/.lifecycle")) and time.monotonic() < until:
        time.sleep(0.1)
    proof.send_signal(signal.SIGINT)
    assert proof.wait(60) == 130
    assert list(scratch.glob("lifecycle-prove-*")) == []
    inside = [p for p in Path("/proc").glob("[0-9]*/cwd") if p.is_symlink() and _leads_to(p, scratch)]
    assert inside == []


def _leads_to(link: Path, place: Path) -> bool:
    try:
        return os.readlink(link).startswith(str(place))
    except OSError:  # it has just ended, or is somebody else's
        return False
