"""Keeps how the tests of a commit came out, in reports/ci/<commit>.json: `make test` loads it for a whole run."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

# What a test is about, by the file that it stands in.
ABOUT = {
    "data": {
        "audit", "contract", "data_preparation", "describing", "difference", "distributions", "drift", "fingerprints",
        "landing", "leakage", "origin", "overlap", "parsing", "parts", "personal", "profiling", "sources", "splitting",
        "versioning",
    },
    "model": {
        "calibration", "comparison", "estimators", "evaluation", "fairness", "features", "folds", "intervals",
        "metrics", "paired", "performance", "reproduction", "robustness", "rules", "thresholds", "training", "tuning",
        "verdicts",
    },
    "api": {"app", "isolation", "live", "main", "packaging", "scoring", "trial"},
}  # fmt: skip
FELL = ("failed", "error")
WRITTEN_BY_RUNS = (":(exclude,glob)dvc.lock", ":(exclude,glob)**/*.dvc", ":(exclude)data", ":(exclude)reports")
STARTED = pytest.StashKey[tuple[float, str | None, bool]]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember on which commit the tests begin."""
    root = session.config.rootpath
    session.config.stash[STARTED] = (time.monotonic(), commit_of(root), is_dirty(root))


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Write the record where the tests ended on the commit on which they began."""
    began, commit, dirty = config.stash[STARTED]
    if commit is None:
        terminalreporter.write_line("no record of the tests: the project is in no git repository, or has no commit")
    elif commit != commit_of(config.rootpath):
        terminalreporter.write_line("no record of the tests: another commit was checked out meanwhile")
    else:
        told = record_of(
            {how: [report.nodeid for report in found] for how, found in terminalreporter.stats.items() if how in
             ("passed", *FELL)},
            commit=commit, dirty=dirty or is_dirty(config.rootpath), passed=exitstatus == 0,
            seconds=time.monotonic() - began,
        )  # fmt: skip
        path = write(told, config.rootpath / "reports" / "ci")
        terminalreporter.write_line(f"record of the tests: {path.relative_to(config.rootpath)}")


def record_of(
    outcomes: Mapping[str, Iterable[str]], *, commit: str, dirty: bool, passed: bool, seconds: float
) -> dict[str, Any]:
    """Give the record: what was skipped is no test that ran."""
    named = {how: set(ids) for how, ids in outcomes.items()}
    failed = set().union(*(named.get(how, set()) for how in FELL))
    ran = named.get("passed", set()) | failed
    kinds = Counter(kind for node in ran for kind, words in ABOUT.items() if about(node) in words)
    return {
        "schema": 1,
        "made": datetime.now(UTC).isoformat(),
        "commit": commit,
        "dirty": dirty,
        "passed": passed and not failed and bool(ran),
        "tests": len(ran),
        "failed": len(failed),
        "kinds": {kind: kinds[kind] for kind in ABOUT},
        "seconds": round(seconds, 1),
        "host": os.environ.get("CI_RUNNER", ""),
    }


def about(node: str) -> str:
    """Name what the file of a test is about: tests/tasks/test_landing.py is about landing."""
    return Path(node.split("::")[0]).stem.removeprefix("test_")


def write(told: Mapping[str, Any], folder: Path) -> Path:
    """Write a record in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{told['commit']}.json"
    beside = path.with_suffix(f".{os.getpid()}.tmp")
    beside.write_text(json.dumps(told, indent=2, sort_keys=True) + "\n")
    beside.replace(path)
    return path


def commit_of(root: Path) -> str | None:
    """Give the commit that is checked out, if there is one."""
    return (_git(root, "rev-parse", "--verify", "HEAD") or "").strip() or None


def is_dirty(root: Path) -> bool:
    """Tell whether the project differs from its commit, besides what runs write."""
    return _git(root, "status", "--porcelain", "--", ".", *WRITTEN_BY_RUNS) != ""


def _git(root: Path, *arguments: str) -> str | None:
    try:
        told = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout if told.returncode == 0 else None
