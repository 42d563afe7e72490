"""What shows that the hand-made project keeps account: of its experiments, and of what its runs take."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lens_checks.evidence import records as r
from tests.lens_checks.delivered import COMMIT
from tests.lens_checks.made import MODEL, PARTS

SEEN = {name: PARTS[name][:36] for name in ("train", "tune")}
SCORES = {"tune_average_precision": 0.85, "cpu_seconds": 5.0}


def logged(run: r.TrackedRun, **change: Any) -> r.TrackedRun:
    """Let a run have logged all that a run should."""
    whole = {
        "params": {"family": "boosting"} | run.params, "metrics": SCORES | run.metrics, "datasets": SEEN,
        "tags": run.tags | {"lifecycle.commit": COMMIT},
    }  # fmt: skip
    return replace(run, **whole | change)


def tried(**change: Any) -> dict[type, dict[str, object]]:
    """Let the run of the last trial have logged something else."""
    from tests.lens_checks.world import GOOD

    *others, last = GOOD.get(r.Tracking).trials
    return {r.Tracking: {"trials": (*others, replace(last, **change))}}


def metered(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project the account of its experiments and of its runs."""
    tracking, release = records[r.Tracking], records[r.Release]
    card = r.ReleasedFile(path="card.md", sha256=MODEL, size=900)
    added: list[object] = [
        replace(tracking, winner=logged(tracking.winner), trials=tuple(map(logged, tracking.trials))),
        replace(release, files=(*release.files, card)),
        r.CommittedPipeline(commit=COMMIT),
    ]
    return {**records, **{type(record): record for record in added}}
