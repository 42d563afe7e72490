"""What shows that a machine searched: one parent run, a run for every trial, settings beyond the defaults, folds."""

from lens_checks.evidence.records import Leaderboard, Tracking, Training, finite

FOLDS = 2


def families(leaderboard: Leaderboard) -> list[str]:
    """Name the families that were tried, baselines aside."""
    return sorted({each.family for each in leaderboard.candidates if each.trial >= 0 and not each.baseline})


def faults(training: Training, leaderboard: Leaderboard, tracking: Tracking) -> list[str]:
    """Say what a search lacks to be one."""
    return [*_of_runs(training, leaderboard, tracking), *_of_trials(leaderboard), *_of_folds(training)]


def _of_runs(training: Training, leaderboard: Leaderboard, tracking: Tracking) -> list[str]:
    if tracking.search is None or training.parent_run_id != tracking.search.run_id:
        return ["the model comes of no search that MLflow knows"]
    below = {run.run_id for run in tracking.trials if run.parent_id == tracking.search.run_id}
    lost = [each.trial for each in leaderboard.candidates if each.trial >= 0 and each.run_id not in below]
    return [f"no run below the search for trial {', '.join(map(str, lost[:5]))}"] if lost else []


def _of_trials(leaderboard: Leaderboard) -> list[str]:
    tried = [each for each in leaderboard.candidates if each.trial >= 0]
    if not families(leaderboard):
        return ["nothing but baselines was tried"]
    few = len(tried) <= len({each.family for each in tried})
    return [f"{len(tried)} trials: every family just once, and no setting was explored"] if few else []


def _of_folds(training: Training) -> list[str]:
    scores = training.cross_validation.scores if training.cross_validation else ()
    whole = len(scores) >= FOLDS and all(map(finite, scores))
    return [] if whole else ["the best was not cross-validated, or a fold could not be scored"]
