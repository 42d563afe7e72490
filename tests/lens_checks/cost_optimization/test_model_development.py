"""Where training runs, what it uses, how it searches."""

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from config.settings import Charter, Params, Policy, Threshold
from lens_checks.check import Check, Outcome
from lens_checks.cost_optimization import model_development as checks
from lens_checks.evidence import records as r
from lens_checks.searching import SAMPLE
from tests.lens_checks.delivered import LONG_AGO, drilled, ran_with, tagged, written_by_hand
from tests.lens_checks.frugal import left
from tests.lens_checks.made import NOW
from tests.lens_checks.metered import PHASES, alarm, lines, took
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

TRIALS = GOOD.get(r.Leaderboard).candidates
DEAR = tuple(replace(c, cpu_seconds=900.0) if c.trial == 3 else c for c in TRIALS)
GOOD_LINEAR = tuple(replace(c, value=0.849) if c.family == "linear" else c for c in DEAR)
AP, BRIER = Threshold(metric="average_precision", floor=0.8), Threshold(metric="brier", ceiling=0.12)
RUN = GOOD.get(r.Tracking).winner
TRIED = GOOD.get(r.Tracking).trials
ROWS = (replace(RUN, run_id="1"), replace(RUN, run_id="2", status="RUNNING"))


FLOW = GOOD.get(r.Orchestration).flow_runs[-1]


def granted(monthly: float | None) -> Changes:
    """Let the charter grant another sum a month."""
    return {Charter: {"budget": {"monthly": monthly}}}


def without(name: str) -> dict[str, str]:
    """Give the tags of a run but one."""
    return {tag: value for tag, value in RUN.tags.items() if tag != f"lifecycle.{name}"}


def long_ago() -> Changes:
    """Let all phases have run two months ago."""
    then = NOW - timedelta(days=60)
    return {r.Metering: {"lines": tuple(replace(line, end=then) for line in lines())}}


def alone(*names: str) -> Changes:
    """Let nothing but these phases have been metered."""
    return {r.Metering: {"lines": tuple(line for line in lines() if line.phase in names)}}


def trial(**changes: Any) -> r.TrackedRun:
    return replace(RUN, **({"tags": {SAMPLE: "0.142857"}, "ended": RUN.started} | changes))


def sampled(
    p_value: float = 0.5, trials: tuple[r.TrackedRun, ...] = (trial(),), rows: int = 100
) -> dict[type, dict[str, Any]]:
    """A search on some of 700 rows: two columns were tested, one of them with this p-value."""
    tests = tuple(r.Likeness(column=name, test="KS", effect=0.1, p_value=p) for name, p in (("a", 0.9), ("b", p_value)))
    return {r.Training: {"study": {"sampled_rows": rows, "sample": tests}}, r.Tracking: {"trials": trials}}


def trials(**changed: object) -> dict[type, object]:
    """Give the leaderboard with the chosen trial, number 3, changed."""
    return {r.Leaderboard: {"candidates": tuple(replace(c, **changed) if c.trial == 3 else c for c in TRIALS)}}


def rival(cpu_seconds: float) -> dict[type, object]:
    """Give a chosen trial of 100 CPU seconds, and a linear one that is as good for fewer."""
    chosen, linear = {"cpu_seconds": 100.0}, {"cpu_seconds": cpu_seconds, "value": 0.849}
    changes = {3: chosen, 1: linear, 2: {"cpu_seconds": 100.0}}
    return {r.Leaderboard: {"candidates": tuple(replace(c, **changes.get(c.trial, {})) for c in TRIALS)}}


def only(*candidates: r.Candidate) -> dict[type, object]:
    """Give a leaderboard of these alone."""
    return {r.Leaderboard: {"candidates": candidates}}


def waiting(kind: str) -> r.Idle:
    """Give a process that stands idle."""
    return r.Idle(kind=kind, pid=7, minutes=90.0)


def ran(target: str) -> dict[str, object]:
    """Let training have run on a target."""
    return {"winner": {"tags": {"lifecycle.compute_target": target}}}


THROUGH: Changes = {r.Training: {"study": {"resumed_trials": 0}}}


def practised(**change: Any) -> Changes:
    """Let the search have run through, and the drill of a killed one have come out so."""
    return {**THROUGH, **drilled("search", **change)}


VERDICTS = {
    checks.training_machines_fit_what_training_uses: {
        "two threads kept busy": (MET, {}),
        "sixty-four threads for the work of two are refused": (NOT_MET, {r.Training: {"threads": 64}}),
        "training over its budget is refused": (NOT_MET, {r.Training: {"cpu_seconds": 9000.0, "wall_seconds": 5000.0}}),
        "memory that is not a number is refused": (NOT_MET, {r.Training: {"peak_rss_mib": float("nan")}}),
        "one MiB is a figure": (MET, {r.Training: {"peak_rss_mib": 1.0}}),
        "less than a MiB is none": (NOT_MET, {r.Training: {"peak_rss_mib": 0.9}}),
        "training in no time was not measured": (NOT_MET, {r.Training: {"wall_seconds": 0.0}}),
        "half a second is a time": (MET, {r.Training: {"wall_seconds": 0.5, "cpu_seconds": 0.5}}),
        "no thread is taken for one": (MET, {r.Training: {"threads": 0}}),
        "one thread that is busy a third of the time": (MET, {r.Training: {"threads": 1, "wall_seconds": 70.0}}),
        "a quarter of the time is enough": (MET, {r.Training: {"wall_seconds": 40.0}}),
        "just under a quarter is refused": (NOT_MET, {r.Training: {"wall_seconds": 40.1}}),
        "just the budget": (MET, {r.Training: {"cpu_seconds": 7200.0, "wall_seconds": 5000.0}}),
        "a second over the budget is refused": (
            NOT_MET,
            {r.Training: {"cpu_seconds": 7201.0, "wall_seconds": 5000.0}},
        ),
    },
    checks.environments_are_built_from_the_lock: {
        "just what the lock says": (MET, {}),
        "another version than locked is refused": (
            NOT_MET,
            {r.Environment: {"other_version": ("numpy 1, lock says 2",)}},
        ),
        "a package that no lock names is refused": (NOT_MET, {r.Environment: {"not_in_lock": ("leftpad",)}}),
        "a pin without a hash is refused": (NOT_MET, {r.Environment: {"unhashed": ("numpy",)}}),
        "a pin by URL is refused": (NOT_MET, {r.Environment: {"with_urls": ("numpy",)}}),
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
        "training from a notebook file is refused": (
            NOT_MET,
            {
                r.Tracking: {
                    "winner": {
                        "tags": RUN.tags | {"mlflow.source.name": "train.ipynb"},
                    }
                }
            },
        ),
        "an unknown source cannot be told": (
            UNKNOWN,
            {r.Tracking: {"winner": {"tags": {"lifecycle.flow_run_id": "1"}}}},
        ),
        "a search that still runs is refused": (NOT_MET, {r.Tracking: {"search": {"status": "RUNNING"}}}),
        "a search without an end is refused": (NOT_MET, {r.Tracking: {"search": {"ended": None}}}),
        "a winner that still runs is refused": (NOT_MET, {r.Tracking: {"winner": {"status": "RUNNING"}}}),
        "a trial that still runs is refused": (NOT_MET, {r.Tracking: {"trials": ROWS}}),
        "a trial that failed has ended": (MET, {r.Tracking: {"trials": (replace(RUN, status="FAILED"),)}}),
        "a winner without a search": (MET, {r.Tracking: {"search": None}}),
        "the run of another report is refused": (NOT_MET, {r.Training: {"run_id": "another"}}),
    },
    checks.distribution_pays_where_it_is_used: {
        "one node is enough": (DERIVED, {}),
        "two nodes have to show that they pay": (UNKNOWN, {Charter: {"compute_nodes": 2}}),
        "one node over its limit is refused": (NOT_MET, {r.Training: {"cpu_seconds": 9000.0}}),
        "one node at its limit is enough": (DERIVED, {r.Training: {"cpu_seconds": 7200.0}}),
        "one node a second over it is refused": (NOT_MET, {r.Training: {"cpu_seconds": 7201.0}}),
    },
    checks.experiments_begin_on_a_sample: {
        "all rows fit the sample": (DERIVED, {}),
        "a sample that nobody compared with the whole cannot be told": (
            UNKNOWN,
            {r.Training: {"study": {"sampled_rows": 100}}},
        ),
        "a search on no rows is refused": (NOT_MET, {r.Training: {"study": {"sampled_rows": 0}}}),
        "a sample like the rest, before the winner": (MET, sampled()),
        "a sample that is just like enough": (MET, sampled(p_value=0.0005)),
        "nearly all rows are no small beginning": (UNKNOWN, sampled(rows=351)),
        "half the rows are one": (MET, sampled(rows=350, trials=(trial(tags={SAMPLE: "0.500000"}),))),
        "a sample unlike the rest is refused": (NOT_MET, sampled(p_value=0.00049)),
        "a test without a figure is refused": (NOT_MET, sampled(p_value=math.nan)),
        "a sample whose trials nobody recorded cannot be told": (UNKNOWN, sampled(trials=())),
        "a trial of another share is refused": (NOT_MET, sampled(trials=(trial(tags={SAMPLE: "0.200000"}),))),
        "a trial without a share is refused": (NOT_MET, sampled(trials=(trial(), trial(tags={})))),
        "a trial that still runs when the winner is fitted is refused": (NOT_MET, sampled(trials=(trial(ended=None),))),
        "a trial after the winner is refused": (NOT_MET, sampled(trials=(trial(ended=RUN.ended),))),
        "a search on one row has to be compared": (UNKNOWN, {r.Training: {"study": {"sampled_rows": 1}}}),
        "a search on all rows but one has to be compared": (UNKNOWN, {r.Training: {"study": {"sampled_rows": 699}}}),
    },
    checks.searches_resume_from_what_is_known: {
        "two trials were taken over": (MET, {}),
        "one ran through, and another was killed in a drill and went on": (MET, practised()),
        "a drill that failed is refused": (NOT_MET, practised(passed=False)),
        "a drill that the ledger tells otherwise is refused": (NOT_MET, THROUGH | written_by_hand("search")),
        "a drill of long ago is refused": (NOT_MET, practised(made=LONG_AGO)),
        "a drill that took over nothing is refused": (NOT_MET, practised(resumed=0)),
        "a drill that took over one trial": (MET, practised(resumed=1)),
        "a drill in which nothing was left to do is refused": (NOT_MET, practised(resumed=8)),
        "a drill that gave a number twice is refused": (NOT_MET, practised(numbers=[0, 1, 2, 3, 3])),
        "a drill that saved nothing is refused": (NOT_MET, practised(saved_cpu_seconds=0.0)),
        "a drill that saved all of it is refused": (NOT_MET, practised(saved_cpu_seconds=1.0)),
        "a drill without figures is refused": (NOT_MET, practised(cold_cpu_seconds=None)),
        "a search that ran through shows nothing": (UNKNOWN, THROUGH | {r.Drills: {"drills": {}}}),
        "a search kept in memory is refused": (NOT_MET, {r.Training: {"study": {"storage": "InMemoryStorage"}}}),
        "a search kept nowhere is refused": (NOT_MET, {r.Training: {"study": {"storage": ""}}}),
        "numbers that do not go on are refused": (NOT_MET, {r.Training: {"study": {"resumed_trials": 9}}}),
        "one trial after three": (MET, {r.Training: {"study": {"resumed_trials": 3}}}),
        "no trial after four is refused": (NOT_MET, {r.Training: {"study": {"resumed_trials": 4}}}),
        "a number that was given twice is refused": (NOT_MET, only(*TRIALS, TRIALS[0])),
        "baselines outside the search have no number": (MET, only(*TRIALS, TRIALS[-1])),
        "trials that are gone are refused": (NOT_MET, {**only(), r.Training: {"study": {"resumed_trials": 1}}}),
    },
    checks.an_optimiser_tunes_within_stated_ranges: {
        "the best trial of an optimiser": (MET, {}),
        "a model that is not the recorded best trial is refused": (NOT_MET, {r.Training: {"params": {"leaves": 99}}}),
        "a trial that another beat is refused": (NOT_MET, {r.Training: {"best_trial": 2, "params": {"leaves": 15}}}),
        "a search for another metric is refused": (NOT_MET, {Params: {"metrics": {"primary": "r2"}}}),
        "a search without a sampler is refused": (NOT_MET, {r.Training: {"study": {"sampler": ""}}}),
        "a search without a pruner is refused": (NOT_MET, {r.Training: {"study": {"pruner": ""}}}),
        "a search without trials is refused": (NOT_MET, {r.Training: {"study": {"trials": 0}}}),
        "a search of one trial": (MET, {r.Training: {"study": {"trials": 1}}}),
        "the first trial counts": (
            MET,
            only(*(replace(c, trial=0) if c.trial == 2 else c for c in TRIALS if c.trial != 0)),
        ),
        "a baseline outside the search is no try": (
            NOT_MET,
            only(*(replace(c, trial=-1) if c.trial == 2 else c for c in TRIALS)),
        ),
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
        "a file of this host by its URL": (
            DERIVED,
            {r.Landing: {"sources": (r.SourceFile(path="file:///data/x.csv", sha256="0"),)}},
        ),
        "rows that do not lie here are refused": (NOT_MET, {r.Landing: {"sha256_on_disk": None}}),
        "several nodes have to show where the data lies": (UNKNOWN, {Charter: {"compute_nodes": 2}}),
    },
    checks.the_cheapest_good_algorithm_is_chosen: {
        "better than everything cheaper": (MET, {}),
        "a cheap model as good as the chosen one is preferred": (NOT_MET, {r.Leaderboard: {"candidates": GOOD_LINEAR}}),
        "a rival that saves no more than is material": (MET, rival(28.0)),
        "a rival that saves more is preferred": (NOT_MET, rival(27.99)),
        "a rival under the floor is none": (
            MET,
            {**rival(1.0), Policy: {"thresholds": (AP.model_copy(update={"floor": 0.8495}), BRIER)}},
        ),
        "a rival under a ceiling is one": (
            NOT_MET,
            {**rival(1.0), Policy: {"thresholds": (AP.model_copy(update={"floor": None, "ceiling": 0.9}),)}},
        ),
        "the bound of another metric says nothing": (NOT_MET, {**rival(1.0), Policy: {"thresholds": (BRIER, AP)}}),
        "without a bound every rival is one": (NOT_MET, {**rival(1.0), Policy: {"thresholds": (BRIER,)}}),
        "a choice whose cost is not known is refused": (NOT_MET, trials(cpu_seconds=None)),
        "a choice of negative cost is refused": (NOT_MET, trials(cpu_seconds=-0.5)),
        "a choice of half a second": (MET, trials(cpu_seconds=0.5)),
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
    checks.implementations_are_compared_by_price_and_fit: {
        "two families on the same rows": (MET, {}),
        "one family alone is refused": (
            NOT_MET,
            {r.Leaderboard: {"candidates": tuple(c for c in TRIALS if c.family != "linear")}},
        ),
        "a baseline is no second family": (NOT_MET, only(*(c for c in TRIALS if c.family != "linear"))),
        "a trial whose cost is not known is refused": (
            NOT_MET,
            only(*(replace(c, cpu_seconds=None) if c.family == "linear" else c for c in TRIALS)),
        ),
        "another family that saves what is material is preferred": (NOT_MET, rival(27.99)),
        "one that saves no more than that is not": (MET, rival(28.0)),
        "the same family for less is another practice's": (
            MET,
            only(*(replace(c, value=0.85) if c.trial == 2 else c for c in DEAR)),
        ),
        "a model that is no trial of the search is refused": (NOT_MET, {r.Training: {"params": {"leaves": 99}}}),
    },
    checks.small_experiments_run_on_one_machine: {
        "few rows on one machine, and tests that are green": (MET, {}),
        "few rows on a cluster are refused": (NOT_MET, {r.Tracking: ran("cluster")}),
        "many rows on one machine are refused": (NOT_MET, {Charter: {"allocation": {"local_rows": 999}}}),
        "just as many rows as one machine is for": (MET, {Charter: {"allocation": {"local_rows": 1000}}}),
        "many rows on a cluster": (MET, {Charter: {"allocation": {"local_rows": 9}}, r.Tracking: ran("cluster")}),
        "a run that does not say where": (UNKNOWN, {r.Tracking: {"winner": {"tags": {}}}}),
        "a repository without CI is refused": (NOT_MET, {r.Repository: {"ci_files": ()}}),
        "tests that fail are refused": (NOT_MET, ran_with(failed=1)),
        "tests of no model are refused": (NOT_MET, ran_with(kinds={"data": 1, "api": 1})),
        "tests that nobody ran": (UNKNOWN, {r.TestRuns: {"runs": {}}}),
    },
    checks.algorithms_and_settings_are_explored_by_machine: {
        "families and settings below one search, the best cross-validated": (MET, {}),
        "one family, and nobody says why": (UNKNOWN, {r.Leaderboard: {"candidates": TRIALS[2:]}}),
        "a model of no search is refused": (NOT_MET, {r.Tracking: {"search": None}}),
        "a model of another search is refused": (NOT_MET, {r.Training: {"parent_run_id": "other"}}),
        "a trial without a run is refused": (NOT_MET, {r.Tracking: {"trials": TRIED[1:]}}),
        "runs below another search are refused": (
            NOT_MET,
            {r.Tracking: {"trials": tuple(replace(run, parent_id="other") for run in TRIED)}},
        ),
        "every family just once is refused": (NOT_MET, only(*TRIALS[:3])),
        "the first trial explores too": (
            MET,
            only(*(replace(c, trial=0) if c.trial == 2 else c for c in TRIALS if c.trial != 0)),
        ),
        "the family of the first trial was tried": (
            MET,
            only(*(replace(c, trial=0) if c.trial == 1 else c for c in TRIALS if c.trial != 0)),
        ),
        "one outside the search explored nothing": (
            NOT_MET,
            only(*(replace(c, trial=-1) if c.trial == 2 else c for c in TRIALS)),
        ),
        "a family outside the search was not tried": (
            UNKNOWN,
            only(*(replace(c, trial=-1) if c.trial == 1 else c for c in TRIALS)),
        ),
        "two baselines are refused": (NOT_MET, only(TRIALS[0], replace(TRIALS[1], family="dummy", baseline=True))),
        "baselines alone are refused": (NOT_MET, only(TRIALS[0])),
        "a best that was not cross-validated is refused": (NOT_MET, {r.Training: {"cross_validation": None}}),
        "two folds are enough": (MET, {r.Training: {"cross_validation": {"scores": (0.8, 0.9)}}}),
        "one fold is refused": (NOT_MET, {r.Training: {"cross_validation": {"scores": (0.8,)}}}),
        "a fold without a score is refused": (NOT_MET, {r.Training: {"cross_validation": {"scores": (0.8, None)}}}),
    },
    checks.nothing_stands_idle: {
        "nothing is idle": (MET, {}),
        "a scoring server without work is refused": (NOT_MET, {r.Housekeeping: {"idle": (waiting("scoring server"),)}}),
        "what keeps the calendar may wait": (MET, {r.Housekeeping: {"idle": (waiting("Prefect"),)}}),
        "a look that nobody took is refused": (NOT_MET, {r.Housekeeping: {"flow_run_id": None}}),
        "no look was taken": (UNKNOWN, {r.Housekeeping: None}),
    },
    checks.runs_carry_cost_tags_within_a_budget: {
        "all is tagged, and the month is within its budget": (MET, {}),
        "as much spent as is granted": (MET, granted(8 * 9.0 / 3600 * 0.05)),
        "more spent than is granted is refused": (NOT_MET, granted(0.0005)),
        "nothing granted cannot be told": (UNKNOWN, granted(None)),
        "what was spent last month counts no more": (MET, granted(1e-9) | long_ago()),
        "a trial that names no payer is refused": (
            NOT_MET,
            {r.Tracking: {"trials": (replace(TRIED[0], tags={}), *TRIED[1:])}},
        ),
        "a winner without an owner is refused": (NOT_MET, {r.Tracking: {"winner": {"tags": without("owner")}}}),
        "a search without a unit is refused": (NOT_MET, {r.Tracking: {"search": {"tags": without("unit")}}}),
        "a flow run without tags is refused": (NOT_MET, {r.Orchestration: {"flow_runs": (replace(FLOW, tags=()),)}}),
        "a deployment without tags is refused": (
            NOT_MET,
            {r.Orchestration: {"deployments": (replace(GOOD.get(r.Orchestration).deployments[0], tags=()),)}},
        ),
        "a version without an environment is refused": (NOT_MET, tagged(**{"lifecycle.environment": ""})),
        "flow runs that Prefect has forgotten cannot be told": (
            UNKNOWN,
            {r.Orchestration: {"flow_runs": (), "deployments": ()}},
        ),
        "an alarm that keeps quiet is refused": (NOT_MET, alarm("budget", raised=False)),
        "an alarm that always rings is refused": (NOT_MET, alarm("budget", quiet=False)),
        "an alarm that was not tried cannot be told": (UNKNOWN, {r.Metering: {"tried": {}}}),
    },
    checks.runs_tell_what_they_take: {
        "every phase tells all, the log is whole and kept": (MET, {}),
        "a phase without a duration is refused": (NOT_MET, took("Training", seconds=math.nan)),
        "one that ends before it begins is refused": (NOT_MET, took("Training", end=NOW - timedelta(days=2))),
        "a phase without CPU is refused": (NOT_MET, took("Evaluation", cpu_seconds=math.nan)),
        "a phase without memory is refused": (NOT_MET, took("Framing", peak_rss_mib=0.0)),
        "a phase that read nothing is refused": (NOT_MET, took("Training", read_bytes=0)),
        "bytes that nobody counts cannot be told": (UNKNOWN, took("Training", read_bytes=None)),
        "a stage that ran elsewhere cannot be told": (UNKNOWN, alone("Framing", "Evaluation")),
        "a stage found up to date is told by the run before": (MET, took("Training", skipped=True, seconds=0.1)),
        "a run without a log is refused": (NOT_MET, {r.Metering: {"log": None}}),
        "a log with a gap is refused": (NOT_MET, {r.Metering: {"log": {"missing": 1}}}),
        "a log that lacks a phase is refused": (NOT_MET, {r.Metering: {"log": {"done": ("Framing",)}}}),
        "the phase that goes on need not have ended": (
            MET,
            {r.Metering: {"log": {"begun": (*PHASES, "Deployment"), "ended": None}}},
        ),
        "in a run that is over it must have": (
            NOT_MET,
            {r.Metering: {"log": {"begun": (*PHASES, "Deployment")}}},
        ),
        "logs that nobody deletes are refused": (NOT_MET, {r.Housekeeping: {"removed": {}}}),
        "logs beyond their time are refused": (NOT_MET, left("logs")),
        "an alarm that keeps quiet is refused": (NOT_MET, alarm("duration", raised=False)),
        "an alarm that always rings is refused": (NOT_MET, alarm("duration", quiet=False)),
        "an alarm that was not tried cannot be told": (UNKNOWN, {r.Metering: {"tried": {}}}),
        "nothing was metered": (UNKNOWN, {r.Metering: None}),
    },
}


def test_each_implementation_is_told_by_its_best_trial_and_its_price() -> None:
    told = because(checks.implementations_are_compared_by_price_and_fit, {})
    assert told.startswith("linear 0.8 for 2.8e-05 EUR, boosting 0.85 for 8.3e-05 EUR")


def test_the_price_of_the_chosen_one_is_told() -> None:
    assert because(checks.the_cheapest_good_algorithm_is_chosen, {}).startswith("boosting: 0.85 for 8.3e-05 EUR a fit")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({}, "went on after 2 of 4 trials", id="the search itself"),
        pytest.param(practised(), "a killed search went on and saved", id="that of the drill"),
    ],
)
def test_what_went_on_is_told(changes: Changes, words: str) -> None:
    assert words in because(checks.searches_resume_from_what_is_known, changes)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"unhashed": ("numpy",), "with_urls": ("scipy",)}, "pins without a hash, or by a URL: numpy, scipy"),
        ({"other_version": ("numpy 1, lock says 2",), "not_in_lock": ("scipy",)}, "says: numpy 1, lock says 2; scipy"),
    ],
)
def test_what_differs_from_the_lock_is_told(found: Any, words: str) -> None:
    assert because(checks.environments_are_built_from_the_lock, {r.Environment: found}).endswith(words)


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected
