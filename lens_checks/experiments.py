"""What shows that experiments can be told apart later: what each run logged, where its model and its pipeline are."""

from lens_checks.check import Missing, need
from lens_checks.evidence.records import (
    Candidate,
    CommittedPipeline,
    Leaderboard,
    ModelVersion,
    Release,
    TrackedRun,
    Tracking,
    Training,
    finite,
)

CARD = "card.md"
LEAST_DIGEST = 12  # characters that name data well enough


def of_runs(tracking: Tracking, board: Leaderboard, training: Training) -> list[str]:
    """Say what a run that the model was selected by does not tell: parameters, metrics, data, source."""
    if tracking.winner.run_id != training.run_id:
        return ["the winner's run in MLflow is not the one that the training report names"]
    runs = {run.run_id: run for run in tracking.trials}
    tried = [candidate for candidate in board.candidates if candidate.trial >= 0]
    faults = [f"trial {c.trial} left no run" for c in tried if c.run_id not in runs]
    faults += _told(
        "the winner", _lacking(tracking.winner, training) + _measured(tracking.winner, tuple(training.metrics))
    )
    for one in (candidate for candidate in tried if candidate.run_id in runs):
        run = runs[str(one.run_id)]
        faults += _told(f"trial {one.trial}", _lacking(run, training) + _measured(run, _metrics(one, board)))
    return faults or ([] if tried else ["the leaderboard names no trial"])


def _told(who: str, lacking: list[str]) -> list[str]:
    return [f"{who} logged no {', '.join(lacking)}"] if lacking else []


def _metrics(candidate: Candidate, board: Leaderboard) -> tuple[str, ...]:
    """A trial that was given up has no score, and still tells what it took."""
    return (f"tune_{board.primary}",) if candidate.state.lower() == "complete" else ("cpu_seconds",)


def _measured(run: TrackedRun, metrics: tuple[str, ...]) -> list[str]:
    return [f"metric {name}" for name in metrics or ("at all",) if not finite(run.metrics.get(name))]


def _lacking(run: TrackedRun, training: Training) -> list[str]:
    lacking = [] if run.params else ["parameters"]
    lacking += [f"digest of {part}" for part, sha256 in training.data_sha256.items() if not _names(run, part, sha256)]
    return lacking + ([] if run.tags.get("lifecycle.commit") else ["commit"])


def _names(run: TrackedRun, part: str, sha256: str) -> bool:
    seen = run.datasets.get(part, "")
    return len(seen) >= LEAST_DIGEST and sha256.startswith(seen)


def of_entry(version: ModelVersion, release: Release, training: Training) -> list[str]:
    """Say why the registry's entry is not that of the model, or its release carries no model card (Missing)."""
    if version.run_id != training.run_id:
        raise Missing(f"a registered version of run {training.run_id[:8]}, which was trained last")
    faults = [] if version.tags.get("digest") == training.model_digest else ["the version registered is of other bytes"]
    if (release.version, release.digest) != (version.version, training.model_digest):
        return [*faults, f"the release report is not of version {version.version}"]
    card = next((file for file in release.files if file.path == CARD), None)
    return faults if card and card.size else [*faults, f"version {version.version} was released without a model card"]


def of_commit(committed: CommittedPipeline) -> list[str]:
    """Say what the commit of the pipeline's record does not hold; one that is still to be made is Missing."""
    how = "`git add dvc.lock data/landed.dvc`, then commit"
    commit = need(committed.commit, f"a commit of dvc.lock: {how}")
    if committed.differing:
        raise Missing(f"a commit of {', '.join(committed.differing)} as the last run left it: {how}")
    named = ", ".join(committed.strange[:5])
    return [f"commit {commit[:12]} holds dvc.lock, and other {named} than it records"] if named else []
