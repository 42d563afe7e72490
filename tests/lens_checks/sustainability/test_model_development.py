"""No more work than the last gain is worth."""

from dataclasses import replace

import pytest

from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.sustainability import model_development as checks
from tests.lens_checks.world import GOOD, MET, NOT_MET, Changes, cases, outcome

TRIALS = GOOD.get(r.Leaderboard).candidates
RIVAL = tuple(replace(c, value=0.85, cpu_seconds=s) if c.trial == t else c for c in TRIALS for t, s in ((2, 5.0),))
DEAR = tuple(replace(c, cpu_seconds=900.0) if c.trial == 3 else c for c in RIVAL)

VERDICTS = {
    checks.training_stops_where_gains_stop: {
        "hopeless trials stop, the chosen one pays": (MET, {}),
        "a model past the knee is refused": (NOT_MET, {r.Leaderboard: {"candidates": DEAR}}),
        "two points are no curve": (NOT_MET, {r.Leaderboard: {"candidates": TRIALS[:2]}}),
        "a search that never stops early is refused": (NOT_MET, {r.Training: {"study": {"pruner": "NopPruner"}}}),
    },
    checks.lighter_algorithms_are_preferred: {
        "none as good took less": (MET, {}),
        "as good for less was there": (NOT_MET, {r.Leaderboard: {"candidates": RIVAL}}),
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
        "a grid of four points is no waste": (MET, {r.Training: {"study": {"sampler": "GridSampler"}}}),
        "a search without a pruner is refused": (NOT_MET, {r.Training: {"study": {"pruner": ""}}}),
        "more stopped than tried cannot be": (NOT_MET, {r.Training: {"study": {"pruned": 9}}}),
        "more threads than declared are refused": (NOT_MET, {r.Training: {"cpu_seconds": 90.0}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
