"""Where training runs, what it uses, how it searches."""

from dataclasses import replace

import pytest

from config.settings import Charter, Params
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import model_development as checks
from lens_checks.evidence import records as r
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, cases, outcome

TRIALS = GOOD.get(r.Leaderboard).candidates
DEAR = tuple(replace(c, cpu_seconds=900.0) if c.trial == 3 else c for c in TRIALS)
GOOD_LINEAR = tuple(replace(c, value=0.849) if c.family == "linear" else c for c in DEAR)

VERDICTS = {
    checks.training_machines_fit_what_training_uses: {
        "two threads kept busy": (MET, {}),
        "sixty-four threads for the work of two are refused": (NOT_MET, {r.Training: {"threads": 64}}),
        "training over its budget is refused": (NOT_MET, {r.Training: {"cpu_seconds": 9000.0, "wall_seconds": 5000.0}}),
        "memory that is not a number is refused": (NOT_MET, {r.Training: {"peak_rss_mib": float("nan")}}),
    },
    checks.environments_are_built_from_the_lock: {
        "just what the lock says": (MET, {}),
        "another version than locked is refused": (
            NOT_MET,
            {r.Environment: {"other_version": ("numpy 1, lock says 2",)}},
        ),
        "a package that no lock names is refused": (NOT_MET, {r.Environment: {"not_in_lock": ("leftpad",)}}),
        "a pin without a hash is refused": (NOT_MET, {r.Environment: {"unhashed": ("numpy",)}}),
        "an empty lock is refused": (NOT_MET, {r.Environment: {"pins": 0}}),
    },
    checks.training_is_run_by_the_orchestrator: {
        "a flow run trained, and all runs ended": (MET, {}),
        "a run that no flow made is refused": (
            NOT_MET,
            {r.Tracking: {"winner": {"tags": {"mlflow.source.type": "LOCAL"}}}},
        ),
        "training in a notebook is refused": (
            NOT_MET,
            {r.Tracking: {"winner": {"tags": {"lifecycle.flow_run_id": "1", "mlflow.source.type": "NOTEBOOK"}}}},
        ),
        "an unknown source cannot be told": (
            UNKNOWN,
            {r.Tracking: {"winner": {"tags": {"lifecycle.flow_run_id": "1"}}}},
        ),
        "a search that still runs is refused": (NOT_MET, {r.Tracking: {"search": {"status": "RUNNING"}}}),
        "the run of another report is refused": (NOT_MET, {r.Training: {"run_id": "another"}}),
    },
    checks.distribution_pays_where_it_is_used: {
        "one node is enough": (DERIVED, {}),
        "two nodes have to show that they pay": (UNKNOWN, {Charter: {"compute_nodes": 2}}),
        "one node over its limit is refused": (NOT_MET, {r.Training: {"cpu_seconds": 9000.0}}),
    },
    checks.experiments_begin_on_a_sample: {
        "all rows fit the sample": (DERIVED, {}),
        "a sample that nobody compared with the whole cannot be told": (
            UNKNOWN,
            {r.Training: {"study": {"sampled_rows": 100}}},
        ),
        "a search on no rows is refused": (NOT_MET, {r.Training: {"study": {"sampled_rows": 0}}}),
    },
    checks.searches_resume_from_what_is_known: {
        "two trials were taken over": (MET, {}),
        "a search that ran through shows nothing": (UNKNOWN, {r.Training: {"study": {"resumed_trials": 0}}}),
        "a search kept in memory is refused": (NOT_MET, {r.Training: {"study": {"storage": "InMemoryStorage"}}}),
        "numbers that do not go on are refused": (NOT_MET, {r.Training: {"study": {"resumed_trials": 9}}}),
    },
    checks.an_optimiser_tunes_within_stated_ranges: {
        "the best trial of an optimiser": (MET, {}),
        "a model that is not the recorded best trial is refused": (NOT_MET, {r.Training: {"params": {"leaves": 99}}}),
        "a trial that another beat is refused": (NOT_MET, {r.Training: {"best_trial": 2, "params": {"leaves": 15}}}),
        "a search for another metric is refused": (NOT_MET, {Params: {"metrics": {"primary": "r2"}}}),
        "a search without a sampler is refused": (NOT_MET, {r.Training: {"study": {"sampler": ""}}}),
        "one try of each family is no tuning": (
            NOT_MET,
            {r.Leaderboard: {"candidates": tuple(c for c in TRIALS if c.trial != 2)}},
        ),
    },
    checks.data_lies_where_it_is_computed_with: {
        "one host holds data and training": (DERIVED, {}),
        "distant data is read once and landed here": (
            MET,
            {r.Landing: {"sources": (r.SourceFile(path="s3://far/x.csv", sha256="0"),)}},
        ),
        "rows that do not lie here are refused": (NOT_MET, {r.Landing: {"sha256_on_disk": None}}),
        "several nodes have to show where the data lies": (UNKNOWN, {Charter: {"compute_nodes": 2}}),
    },
    checks.the_cheapest_good_algorithm_is_chosen: {
        "better than everything cheaper": (MET, {}),
        "a cheap model as good as the chosen one is preferred": (NOT_MET, {r.Leaderboard: {"candidates": GOOD_LINEAR}}),
        "a search without a simple algorithm is refused": (
            NOT_MET,
            {r.Leaderboard: {"candidates": tuple(c for c in TRIALS if c.family != "linear")}},
        ),
        "a model far behind the best trial is refused": (
            NOT_MET,
            {r.Training: {"best_trial": 1, "family": "linear", "params": {}}},
        ),
        "a model that is no trial of the search is refused": (NOT_MET, {r.Training: {"params": {"leaves": 99}}}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
