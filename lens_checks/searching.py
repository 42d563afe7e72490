"""What shows that a machine searched: one parent run, a run for every trial, settings beyond the defaults, folds."""

from config.settings import Recovery
from lens_checks import delivery
from lens_checks.check import Missing
from lens_checks.evidence.records import (
    Clock,
    Drill,
    Drills,
    Leaderboard,
    Ledger,
    Tracking,
    Training,
    at_least,
    finite,
)

FOLDS = 2
SMALL = 0.5  # of the train rows; a search on more than these does not begin small
CHANCE = 0.001  # of calling a fair sample unlike, over all its tests together (Bonferroni)
SAMPLE = "lifecycle.sample"  # the tag of a trial's run: the share of the train rows it was fitted on


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


def sampling(training: Training, tracking: Tracking, *, share: float) -> list[str]:
    """Say what keeps the trials from being a representative sample that came before the fit on all rows."""
    if not at_least(training.study.sampled_rows, 1):
        return ["the search says nothing of the rows it was fitted on"]
    if share > SMALL:
        raise Missing(
            f"a test of the rows that trials begin with: the sample is {share:.0%} of the train part, not small"
        )
    if not training.study.sample:
        raise Missing(
            f"a test that the sample of {training.study.sampled_rows} rows is like the rest of the train part"
        )
    if not tracking.trials:
        raise Missing("the trials' runs in MLflow")
    least = CHANCE / len(training.study.sample)
    unlike = [each.column for each in training.study.sample if not at_least(each.p_value, least)]
    untagged = sum(run.tags.get(SAMPLE) != f"{share:.6f}" for run in tracking.trials)
    late = sum(run.ended is None or run.ended > tracking.winner.started for run in tracking.trials)
    told = [f"the sample is unlike the train rows left out in {', '.join(sorted(set(unlike))[:5])}"] if unlike else []
    told += [f"{untagged} trials do not name the share of the rows they were fitted on"] if untagged else []
    return told + ([f"{late} trials had not ended before the fit on all rows began"] if late else [])


def of_resuming(
    training: Training, leaderboard: Leaderboard, drills: Drills, ledger: Ledger, clock: Clock, recovery: Recovery
) -> list[str]:
    """Say why nothing shows that a search goes on: one that was interrupted, or the drill (Missing)."""
    study = training.study
    if not study.storage or "memory" in study.storage.casefold():
        return ["the search is kept in memory alone: an interruption loses it"]
    if study.resumed_trials:
        return _of_numbers(study.resumed_trials, leaderboard)
    drill = delivery.drill_named(drills, "search")
    return [*delivery.of_drill(drill, ledger, clock, recovery), *_of_account(drill)]


def _of_numbers(resumed: int, leaderboard: Leaderboard) -> list[str]:
    numbers = [candidate.trial for candidate in leaderboard.candidates if candidate.trial >= 0]
    anew = len(set(numbers)) != len(numbers) or max(numbers, default=-1) < resumed
    return [f"{resumed} trials were resumed, and the numbering does not go on from them"] if anew else []


def _of_account(drill: Drill) -> list[str]:
    """Hold the drill's own figures against one another: what was taken over was numbered before, and cost something."""
    match drill.about:
        case {
            "resumed": int(resumed), "numbers": [*numbers], "saved_cpu_seconds": int() | float() as saved,
            "cold_cpu_seconds": int() | float() as cold,
        } if 0 < resumed < len(numbers) == len(set(numbers)) and 0 < saved < cold:  # fmt: skip
            return []
    return ["the drill search took no trial over, or did not save anything"]


def resumed(training: Training, drills: Drills) -> str:
    """Say what went on after how many trials: the search itself, or that of the drill."""
    study = training.study
    if study.resumed_trials:
        return f"study {study.name} went on after {study.resumed_trials} of {study.trials} trials"
    drill = drills.drills["search"]
    saved, cold = drill.about["saved_cpu_seconds"], drill.about["cold_cpu_seconds"]
    return f"a killed search went on and saved {saved} of {cold} s of CPU (drill, entry {drill.entry})"
