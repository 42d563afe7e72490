"""No more work than the last gain is worth."""

from dataclasses import replace

import pytest

from config.settings import Charter
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import model_development as checks
from tests.lens_checks.frugal import left
from tests.lens_checks.world import GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

TRIALS = GOOD.get(r.Leaderboard).candidates
RIVAL = tuple(replace(c, value=0.85, cpu_seconds=s) if c.trial == t else c for c in TRIALS for t, s in ((2, 5.0),))
DEAR = tuple(replace(c, cpu_seconds=900.0) if c.trial == 3 else c for c in RIVAL)

MADE = dict(zip(("dummy", "linear", "smaller", "chosen", "rule"), TRIALS, strict=True))


def costing(**seconds: float | None) -> dict[type, object]:
    """Give a leaderboard on which all are as good, and took so many CPU seconds."""
    alike = {n: replace(c, value=0.85 if n in seconds else c.value) for n, c in MADE.items()}
    candidates = tuple(replace(c, cpu_seconds=seconds.get(n, c.cpu_seconds)) for n, c in alike.items())
    return {r.Leaderboard: {"candidates": candidates}}


def worst(cpu_seconds: float | None) -> dict[type, object]:
    """Give a leaderboard on which the worst trial took so many CPU seconds."""
    return {r.Leaderboard: {"candidates": (replace(MADE["dummy"], cpu_seconds=cpu_seconds), *TRIALS[1:])}}


VERDICTS = {
    checks.training_stops_where_gains_stop: {
        "hopeless trials stop, the chosen one pays": (MET, {}),
        "a model past the knee is refused": (NOT_MET, {r.Leaderboard: {"candidates": DEAR}}),
        "a model of no trial is refused": (NOT_MET, {r.Training: {"best_trial": 99}}),
        "a choice whose cost is not known is refused": (NOT_MET, costing(chosen=None)),
        "a choice of negative cost is refused": (NOT_MET, costing(chosen=-0.5)),
        "a choice of half a second": (MET, costing(chosen=0.5)),
        "three points are a curve": (MET, {r.Leaderboard: {"candidates": TRIALS[1:4]}}),
        "a point whose cost is not known is none": (
            NOT_MET,
            {r.Leaderboard: {"candidates": (*TRIALS[2:4], replace(TRIALS[1], cpu_seconds=None))}},
        ),
        "a point of negative cost is none": (
            NOT_MET,
            {r.Leaderboard: {"candidates": (*TRIALS[2:4], replace(TRIALS[1], cpu_seconds=-0.5))}},
        ),
        "a point of half a second is one": (
            MET,
            {r.Leaderboard: {"candidates": (*TRIALS[2:4], replace(TRIALS[1], cpu_seconds=0.5))}},
        ),
        "half the cost for as much shows the knee": (NOT_MET, costing(chosen=900.0, smaller=450.0)),
        "more than half the cost does not": (MET, costing(chosen=900.0, smaller=450.1)),
        "what saves no more than is material does not": (MET, costing(chosen=100.0, smaller=28.0)),
        "what saves more does": (NOT_MET, costing(chosen=100.0, smaller=27.99)),
        "a search without a pruner stops nothing": (NOT_MET, {r.Training: {"study": {"pruner": ""}}}),
        "more stopped than tried cannot be": (NOT_MET, {r.Training: {"study": {"pruned": 5}}}),
        "fewer than none cannot be": (NOT_MET, {r.Training: {"study": {"pruned": -1}}}),
        "none stopped": (MET, {r.Training: {"study": {"pruned": 0}}}),
        "all stopped": (MET, {r.Training: {"study": {"pruned": 4}}}),
        "two points are no curve": (NOT_MET, {r.Leaderboard: {"candidates": TRIALS[:2]}}),
        "a search that never stops early is refused": (NOT_MET, {r.Training: {"study": {"pruner": "NopPruner"}}}),
    },
    checks.lighter_algorithms_are_preferred: {
        "none as good took less": (MET, {}),
        "as good for less was there": (NOT_MET, {r.Leaderboard: {"candidates": RIVAL}}),
        "as good for as much": (MET, costing(chosen=6.0, smaller=6.0)),
        "hardly worse for less": (
            MET,
            {r.Leaderboard: {"candidates": tuple(replace(c, value=0.8499) if c.trial == 2 else c for c in TRIALS)}},
        ),
        "a model of no trial is refused": (NOT_MET, {r.Training: {"best_trial": 99}}),
        "a trial whose cost is not known is refused": (NOT_MET, worst(None)),
        "a trial of negative cost is refused": (NOT_MET, worst(-0.5)),
        "a light model far behind the best is refused": (
            NOT_MET,
            {r.Training: {"best_trial": 1, "family": "linear", "params": {}}},
        ),
    },
    checks.tuning_is_not_brute_force: {
        "a sampler that learns, a pruner that stops": (MET, {}),
        "a grid of a hundred points is refused": (
            NOT_MET,
            {r.Training: {"study": {"sampler": "GridSampler", "trials": 100}}},
        ),
        "a hundred draws at random are refused": (
            NOT_MET,
            {r.Training: {"study": {"sampler": "RandomSampler", "trials": 100}}},
        ),
        "a hundred trials of everything are refused": (
            NOT_MET,
            {r.Training: {"study": {"sampler": "BruteForceSampler", "trials": 100}}},
        ),
        "a grid of twenty points is no waste": (
            MET,
            {r.Training: {"study": {"sampler": "GridSampler", "trials": 20}}},
        ),
        "a grid of one more is": (NOT_MET, {r.Training: {"study": {"sampler": "GridSampler", "trials": 21}}}),
        "a hundred trials that learn": (MET, {r.Training: {"study": {"trials": 100}}}),
        "a sampler without a name is refused": (NOT_MET, {r.Training: {"study": {"sampler": ""}}}),
        "a pruner that stops nothing is refused": (NOT_MET, {r.Training: {"study": {"pruner": "NopPruner"}}}),
        "no trial is no search": (NOT_MET, {r.Training: {"study": {"trials": 0, "pruned": 0}}}),
        "fewer stopped than none cannot be": (NOT_MET, {r.Training: {"study": {"pruned": -1}}}),
        "none stopped": (MET, {r.Training: {"study": {"pruned": 0}}}),
        "all stopped": (MET, {r.Training: {"study": {"pruned": 4}}}),
        "one trial, and it was stopped": (MET, {r.Training: {"study": {"trials": 1}}}),
        "a trial whose cost is not known is refused": (NOT_MET, costing(linear=None)),
        "a trial of negative cost is refused": (NOT_MET, costing(dummy=-0.5)),
        "a search in no time was not measured": (NOT_MET, {r.Training: {"wall_seconds": 0.0}}),
        "a search of half a second": (MET, {r.Training: {"wall_seconds": 0.5, "cpu_seconds": 0.5}}),
        "as many threads as declared": (MET, {r.Training: {"cpu_seconds": 30.0}}),
        "a little more are refused": (NOT_MET, {r.Training: {"cpu_seconds": 30.1}}),
        "two nodes have twice as many": (
            MET,
            {r.Training: {"cpu_seconds": 60.0}, Charter: {"compute_nodes": 2}},
        ),
        "a grid of four points is no waste": (MET, {r.Training: {"study": {"sampler": "GridSampler"}}}),
        "a search without a pruner is refused": (NOT_MET, {r.Training: {"study": {"pruner": ""}}}),
        "more stopped than tried cannot be": (NOT_MET, {r.Training: {"study": {"pruned": 9}}}),
        "more threads than declared are refused": (NOT_MET, {r.Training: {"cpu_seconds": 90.0}}),
    },
    checks.what_training_left_over_is_deleted: {
        "what nothing names is deleted": (MET, {}),
        "artefacts that are left are refused": (NOT_MET, left("artefacts")),
        "deleted runs that are left are refused": (NOT_MET, left("deleted runs")),
        "a housekeeping that looks for none is refused": (NOT_MET, {r.Housekeeping: {"removed": {}}}),
        "a housekeeping by nobody is refused": (NOT_MET, {r.Housekeeping: {"flow_run_id": None}}),
        "no housekeeping at all": (UNKNOWN, {r.Housekeeping: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


def test_what_was_deleted_is_told() -> None:
    told = because(checks.what_training_left_over_is_deleted, {})
    assert told.startswith("1 artefacts, 1 deleted runs deleted by flow run flow, ")


def test_the_share_that_was_stopped_is_told() -> None:
    assert because(checks.tuning_is_not_brute_force, {}).startswith("TPESampler, 25% of 4 trials stopped early")
