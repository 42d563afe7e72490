"""Evaluation by the pipeline, weighty features, inherited parts."""

import math
from dataclasses import replace
from typing import Any

import pytest

from config.settings import Charter, Policy, ProblemType
from lens_checks import tradeoffs
from lens_checks.check import Check, Outcome
from lens_checks.evidence import records as r
from lens_checks.performance_efficiency import model_development as checks
from tests.lens_checks.delivered import tagged
from tests.lens_checks.guarded import WAYS, fit
from tests.lens_checks.made import MODEL, beside, entry
from tests.lens_checks.proven import FIGURES
from tests.lens_checks.world import DERIVED, GOOD, MET, NOT_MET, UNKNOWN, Changes, because, cases, outcome

STALE = r.StageFile(path="data/prepared", recorded="1", on_disk="2")
FRESH = r.StageFile(path="reports/training", recorded="1", on_disk="1")


def evaluated(*deps: r.StageFile, **change: Any) -> dict[str, object]:
    """Give a pipeline whose evaluate stage read these files."""
    known: dict[str, Any] = {"outs": (), "params_current": True, "recorded": True}
    return {"stages": {"evaluate": r.Stage(name="evaluate", command="-", deps=deps, params={}, **known | change)}}


PREPARED = r.StageFile(path="data/prepared", recorded="1", on_disk="1")
KNOWN = GOOD.get(r.Baseline).columns["delay"]
VERSION = GOOD.get(r.Registry).versions[0]
OTHER = replace(VERSION, tags=VERSION.tags | {"digest": "0" * 64})
CLIMBED = (
    entry(1, "decision", gate="staging", outcome="passed", version=1, figures=FIGURES),
    entry(2, "decision", gate="champion", outcome="passed", version=1, figures=FIGURES),
)


PASSED: dict[str, Any] = {"gate": "champion", "outcome": "passed", "version": 1, "figures": FIGURES}
BOARD = GOOD.get(r.Leaderboard).candidates


def sided(trial: int, sides: r.Beside | None, **changed: object) -> Changes:
    """Give the leaderboard with the other sides of one trial changed."""
    found = tuple(replace(c, beside=sides, **changed) if c.trial == trial else c for c in BOARD)
    return {r.Leaderboard: {"candidates": found}}


OUTSIDE: Changes = {
    r.Training: {"best_trial": -1},
    r.Leaderboard: {"candidates": tuple(replace(c, trial=-1, beside=None) if c.trial == 3 else c for c in BOARD)},
}


def decided(**change: object) -> dict[type, object]:
    """Give a champion whose decision says something else."""
    body: dict[str, Any] = {"gate": "champion", "outcome": "passed", "version": 1, "figures": FIGURES}
    return {r.Ledger: {"entries": (entry(1, "decision", **body | change),)}}


def ran(**change: object) -> dict[type, object]:
    """Give a version whose run left something else."""
    return {r.Registry: {"versions": (replace(GOOD.get(r.Registry).versions[0], **change),)}}


def fits(*settings: r.FitSetting) -> Changes:
    """Let the fit have been measured with these threads."""
    return {r.Benchmark: {"hardware": settings}}


ANSWERS = GOOD.get(r.Release).backends


def answered(cpu: float, **change: Any) -> Changes:
    """Let the form that serves, slow with one thread, have answered so with two."""
    slow = replace(ANSWERS[1], p95_ms=9.0, cpu_seconds_per_1k=0.1, kwh_per_1k=1e-7, kwh_error=1e-9)
    other = replace(ANSWERS[3], cpu_seconds_per_1k=cpu, **change)
    return {r.Release: {"backends": (ANSWERS[0], slow, other)}}


FAMILIAR = ("sklearn.A", "numpy.B", "scipy.C", "builtins.d", "collections.E", "functools.f", "tasks.features.G")


def carried(known: str = "delay", **importances: float) -> dict[type, object]:
    """Give a model that features carry, some of which have a baseline."""
    return {
        r.Explanation: {"importances": importances},
        r.Training: {"features": tuple(importances)},
        r.Baseline: {"columns": dict.fromkeys(known.split(), KNOWN)},
    }


def inherited(**changed: object) -> Changes:
    """Let a part come from a base model that was looked into, with some changes."""
    known = {"id": "house/base", "sha256": "7" * 64, "licence": "Apache-2.0", "model_digest": MODEL}
    known |= {"preprocessing_rows": 99, "preprocessing_difference": 0.0}
    return {
        Charter: {"pretrained": True},
        r.BaseModel: {**known, "worse_by": {"JFK": 0.0}, "perturbation_drop": 0.01, **changed},
    }


VERDICTS = {
    checks.every_model_is_evaluated_by_the_pipeline: {
        "evaluated by the pipeline, let in by a decision": (MET, {}),
        "a pipeline without evaluation is refused": (NOT_MET, {r.Pipeline: {"stages": {}}}),
        "an evaluation that does not depend on the data is refused": (NOT_MET, {r.Pipeline: evaluated(FRESH)}),
        "data changed since the evaluation is refused": (NOT_MET, {r.Pipeline: evaluated(FRESH, STALE)}),
        "an evaluation of other bytes is refused": (NOT_MET, {r.Evaluation: {"model_digest": "0" * 64}}),
        "an evaluation on other rows is refused": (NOT_MET, {r.Evaluation: {"promotion_sha256": "0" * 64}}),
        "an evaluation that does not depend on the training is refused": (NOT_MET, {r.Pipeline: evaluated(PREPARED)}),
        "an evaluation of registered bytes that were trained before is refused": (
            NOT_MET,
            {r.Evaluation: {"model_digest": "0" * 64}, r.Registry: {"versions": (OTHER,)}},
        ),
        "staging and the one before may stand on the ladder too": (
            MET,
            {
                r.Registry: {"aliases": {"champion": 1, "staging": 1, "previous": 1}},
                r.Ledger: {"entries": CLIMBED},
            },
        ),
        "a staging alias moved by hand is refused": (NOT_MET, {r.Registry: {"aliases": {"staging": 7}}}),
        "a previous alias moved by hand is refused": (NOT_MET, {r.Registry: {"aliases": {"previous": 7}}}),
        "a broken ledger is refused also where nothing stands on the ladder": (
            NOT_MET,
            {r.Registry: {"aliases": {}}, r.Ledger: {"breaks": ("entry 2 was edited",)}},
        ),
        "bytes that are registered nowhere are refused": (NOT_MET, {r.Registry: {"versions": ()}}),
        "an alias moved by hand is refused": (NOT_MET, {r.Registry: {"aliases": {"champion": 7}}}),
        "a champion whose decision was a refusal is refused": (
            NOT_MET,
            {r.Ledger: {"entries": (entry(1, "decision", gate="champion", outcome="refused", version=1),)}},
        ),
        "a version whose run is gone is refused": (NOT_MET, ran(run_tags=None, run_metrics=None)),
        "a version that was never evaluated is refused": (NOT_MET, ran(run_metrics={"tune_average_precision": 0.9})),
        "a version whose evaluation is not a number is refused": (
            NOT_MET,
            ran(run_metrics={"promotion_average_precision": float("nan")}),
        ),
        "a version that no flow made is refused": (NOT_MET, ran(run_tags={})),
        "a version registered outside a flow is refused": (NOT_MET, tagged(flow_run_id="")),
        "a decision that says its figures keep the thresholds": (MET, decided()),
        "the last of two decisions counts": (
            NOT_MET,
            {r.Ledger: {"entries": (*CLIMBED, entry(3, "decision", **PASSED | {"figures": None}))}},
        ),
        "a later decision on another version does not": (
            MET,
            {r.Ledger: {"entries": (*CLIMBED, entry(3, "decision", **PASSED | {"version": 2, "figures": None}))}},
        ),
        "a decision without metrics is refused": (NOT_MET, decided(figures=FIGURES | {"metrics": None})),
        "a decision over no threshold is refused": (NOT_MET, decided(figures={**FIGURES, "thresholds": ()})),
        "a decision without figures is refused": (NOT_MET, decided(figures=None)),
        "a decision under its own floor is refused": (
            NOT_MET,
            decided(figures={**FIGURES, "thresholds": ("average_precision >= 0.9",)}),
        ),
        "a decision over its own ceiling is refused": (
            NOT_MET,
            decided(figures={**FIGURES, "thresholds": ("brier >= 0.01 and brier <= 0.05",)}),
        ),
        "a decision whose metric is missing is refused": (
            NOT_MET,
            decided(figures={**FIGURES, "thresholds": ("accuracy >= 0.5",)}),
        ),
        "a bound that is neither floor nor ceiling is refused": (
            NOT_MET,
            decided(figures={**FIGURES, "thresholds": ("brier == 0.1",)}),
        ),
        "a passed decision that something blocked is refused": (NOT_MET, decided(blocking=({"practice": "X"},))),
        "a broken ledger is refused": (NOT_MET, {r.Ledger: {"breaks": ("entry 2 was edited",)}}),
        "without a registry nothing can be told": (UNKNOWN, {r.Registry: None}),
    },
    checks.weighty_features_have_statistics_and_limits: {
        "the feature that carries the model has its baseline": (MET, {}),
        "a model that no feature carries is refused": (NOT_MET, {r.Explanation: {"importances": {"delay": 0.0}}}),
        "an importance of what the model does not read is refused": (
            NOT_MET,
            {r.Explanation: {"importances": {"delay": 0.4, "other": 0.1}}},
        ),
        "a light importance of what the model does not read is refused": (
            NOT_MET,
            {r.Explanation: {"importances": {"delay": 0.4, "other": 0.001}}},
        ),
        "one importance that is not a number is refused": (NOT_MET, carried("delay", delay=0.4, hour=float("nan"))),
        "features that carry little need no baseline": (MET, carried("delay", hour=0.1, delay=1.9)),
        "features that carry the rest need one": (NOT_MET, carried("delay minute", delay=1.0, hour=0.9, minute=0.1)),
        "what disturbs does not make the others light": (NOT_MET, carried("delay", delay=0.4, hour=0.3, noise=-0.3)),
        "a weighty feature without figures in its baseline is refused": (
            NOT_MET,
            {r.Baseline: {"columns": {"delay": r.BaselineColumn(kind="numeric", shares=(), missing=0)}}},
        ),
        "as upset as is accepted": (MET, {r.Evaluation: {"robustness": {"drop": 0.1}}}),
        "an infinite importance is refused": (NOT_MET, {r.Explanation: {"importances": {"delay": float("inf")}}}),
        "a weighty feature without a baseline is refused": (NOT_MET, {r.Baseline: {"columns": {}}}),
        "a model that noise upsets is refused": (NOT_MET, {r.Evaluation: {"robustness": {"drop": 0.3}}}),
        "a sensitivity that is not known is refused": (NOT_MET, {r.Evaluation: {"robustness": {"drop": None}}}),
    },
    checks.inherited_weaknesses_are_looked_for: {
        "nothing was inherited": (DERIVED, {}),
        "a base model that nobody looked into cannot be told": (UNKNOWN, {Charter: {"pretrained": True}}),
        "familiar types were not inherited": (DERIVED, {r.Training: {"trusted_types": FAMILIAR}}),
        "a foreign type in the model contradicts the charter": (
            UNKNOWN,
            {r.Training: {"trusted_types": ("torch.nn.Linear",)}},
        ),
        "a base model that was looked into": (MET, inherited()),
        "a foreign type that was looked into": (
            MET,
            {**inherited(), Charter: {"pretrained": False}, r.Training: {"trusted_types": ("torch.nn.Linear",)}},
        ),
        "what was looked into is another model": (UNKNOWN, inherited(model_digest="0" * 64)),
        "a base model without a name": (UNKNOWN, inherited(id="")),
        "a base model without a hash": (NOT_MET, inherited(sha256="")),
        "a base model without a licence": (NOT_MET, inherited(licence=" ")),
        "rows that are prepared otherwise": (NOT_MET, inherited(preprocessing_difference=0.01)),
        "one row that is prepared alike": (MET, inherited(preprocessing_rows=1)),
        "rows that nobody prepared both ways": (NOT_MET, inherited(preprocessing_rows=0)),
        "no slice was looked at": (NOT_MET, inherited(worse_by={})),
        "a slice as much worse as may be": (MET, inherited(worse_by={"JFK": 0.2})),
        "a slice that is worse than without it": (NOT_MET, inherited(worse_by={"JFK": 0.0, "EWR": 0.3})),
        "noise upsets it": (NOT_MET, inherited(perturbation_drop=0.2)),
        "nobody tried noise": (NOT_MET, inherited(perturbation_drop=None)),
    },
    checks.candidates_are_weighed_from_every_side: {
        "three candidates, each from every side": (MET, {}),
        "a candidate without its other sides": (UNKNOWN, sided(1, None)),
        "a candidate whose over-fit is not known": (UNKNOWN, sided(0, beside(gap=None))),
        "a candidate whose speed is not known": (UNKNOWN, sided(0, beside(cpu_ms_per_1k=None))),
        "a candidate whose size is not known": (UNKNOWN, sided(0, beside(kib=None))),
        "a candidate of negative speed": (UNKNOWN, sided(0, beside(cpu_ms_per_1k=-0.5))),
        "a candidate of negative size": (UNKNOWN, sided(0, beside(kib=-0.5))),
        "half a KiB is a size": (MET, sided(3, beside(kib=0.5))),
        "a choice that costs nothing gives nothing away": (MET, sided(3, beside(cpu_ms_per_1k=0.0, kib=0.0))),
        "two candidates are too few": (NOT_MET, {r.Leaderboard: {"candidates": BOARD[2:]}}),
        "three are enough": (MET, {r.Leaderboard: {"candidates": BOARD[1:]}}),
        "a model of no trial is refused": (NOT_MET, {r.Training: {"best_trial": 99}}),
        "a model of a trial outside the search is refused": (NOT_MET, OUTSIDE),
        "a threshold of other bytes is refused": (NOT_MET, {r.Training: {"model_digest": "0" * 64}}),
        "as much over-fit as may be": (MET, sided(3, beside(gap=0.1))),
        "more over-fit is refused": (NOT_MET, sided(3, beside(gap=0.101))),
        "a model that must explain itself and does not is refused": (
            NOT_MET,
            {Charter: {"explanation": {"level": "intrinsic"}}},
        ),
        "one that does": (
            MET,
            {Charter: {"explanation": {"level": "intrinsic"}}, **sided(3, beside(readable=True))},
        ),
        "a gap between groups that nobody told": (UNKNOWN, {Charter: {"fairness": {"attributes": ("origin",)}}}),
        "a gap between groups that is accepted": (
            MET,
            {Charter: {"fairness": {"attributes": ("origin",)}}, **sided(3, beside(fairness_gap=0.1))},
        ),
        "a wider gap between groups is refused": (
            NOT_MET,
            {Charter: {"fairness": {"attributes": ("origin",)}}, **sided(3, beside(fairness_gap=0.11))},
        ),
        "one no worse, half as large and twice as quick is preferred": (
            NOT_MET,
            sided(2, beside(cpu_ms_per_1k=2.0, kib=50.0), value=0.85),
        ),
        "one no worse that is only smaller is not": (MET, sided(2, beside(kib=1.0), value=0.85)),
        "nor one that is only quicker": (MET, sided(2, beside(cpu_ms_per_1k=0.1), value=0.85)),
        "nor one that is worse": (MET, sided(2, beside(cpu_ms_per_1k=0.1, kib=1.0))),
        "a problem of two classes without a threshold is refused": (NOT_MET, {r.Evaluation: {"decision": None}}),
        "another threshold than serves is refused": (NOT_MET, {r.Evaluation: {"threshold": 0.5}}),
        "no threshold that is a figure": (
            NOT_MET,
            {r.Evaluation: {"threshold": math.inf, "decision": {"threshold": math.inf}}},
        ),
        "values have no threshold": (
            MET,
            {Charter: {"problem_type": ProblemType.REGRESSION}, r.Evaluation: {"decision": None, "threshold": None}},
        ),
        "errors that cost as much as never acting, and little more": (
            MET,
            {r.Evaluation: {"decision": {"expected_cost": 0.26, "cost_of_never_acting": 0.2}}},
        ),
        "errors that cost more than never acting are refused": (
            NOT_MET,
            {r.Evaluation: {"decision": {"expected_cost": 0.261, "cost_of_never_acting": 0.2}}},
        ),
        "errors that cost more than always acting are refused": (
            NOT_MET,
            {r.Evaluation: {"decision": {"expected_cost": 0.261, "cost_of_always_acting": 0.2}}},
        ),
    },
}

TWO = {r.Training: {"features": ("delay", "carrier")}}


def led(*rows: r.Contestant, **change: object) -> Changes:
    """Let the benchmark of a model with two features have come out otherwise."""
    return TWO | {r.Benchmark: {"rows": rows or WAYS, **change}}


WINNER, LINEAR, FEWER = WAYS
VERDICTS[checks.other_ways_were_benchmarked] = {
    "another family and fewer features, the winner leads": (MET, TWO),
    "of one feature there is no smaller set": (MET, {r.Benchmark: {"rows": (WINNER, LINEAR)}}),
    "no other set of features": (NOT_MET, led(WINNER, LINEAR)),
    "the same features under another name": (NOT_MET, led(WINNER, LINEAR, replace(FEWER, features=WINNER.features))),
    "no other family": (NOT_MET, led(WINNER, FEWER)),
    "another family that is the winner's own": (NOT_MET, led(WINNER, replace(LINEAR, family="boosting"), FEWER)),
    "one family tried to the end": (
        NOT_MET,
        TWO | {r.Leaderboard: {"candidates": tuple(c for c in BOARD if c.family != "linear")}},
    ),
    "more families are asked for": (NOT_MET, TWO | {Policy: {"bounds": {"families": 3}}}),
    "the benchmark is of other rows": (NOT_MET, led(data_sha256={"train": "0" * 64, "tune": "0" * 64})),
    "the benchmark goes by another seed": (NOT_MET, led(seed=1)),
    "the benchmark begins with another trial": (NOT_MET, led(replace(WINNER, trial=2), LINEAR, FEWER)),
    "the winner has no value": (NOT_MET, led(replace(WINNER, value=None), LINEAR, FEWER)),
    "nobody was entered": (NOT_MET, TWO | {r.Benchmark: {"rows": ()}}),
    "the winner is evidently worse than another": (
        NOT_MET,
        led(WINNER, replace(LINEAR, margin=r.Margin(value=-0.05, low=-0.09, high=-0.01)), FEWER),
    ),
    "a lead without an interval": (
        UNKNOWN,
        led(WINNER, replace(LINEAR, margin=r.Margin(value=0.05, low=None, high=None)), FEWER),
    ),
    "a lead that nobody measured": (UNKNOWN, led(WINNER, replace(LINEAR, margin=None), FEWER)),
    "no benchmark": (UNKNOWN, {r.Benchmark: None}),
}

VERDICTS |= {
    checks.hardware_is_chosen_by_measurement: {
        "two threads train twice as quickly, one answers with least": (MET, {}),
        "a quicker setting for no more is refused": (NOT_MET, fits(fit(2, chosen=False), fit(1, chosen=True))),
        "unless somebody says why": (
            MET,
            fits(fit(2, chosen=False), fit(1, chosen=True)) | {Policy: {"release": {"threads": "one core is ours"}}},
        ),
        "a blank reason is none": (
            NOT_MET,
            fits(fit(2, chosen=False), fit(1, chosen=True)) | {Policy: {"release": {"threads": " "}}},
        ),
        "quicker by too little to choose by": (
            MET,
            fits(fit(2, chosen=False, wall_seconds=128.0), fit(1, chosen=True)),
        ),
        "quicker, and for much more of the processor, is no better": (
            MET,
            fits(fit(2, chosen=False, cpu_seconds=264.0), fit(1, chosen=True)),
        ),
        "as quick for much less memory is refused": (NOT_MET, fits(fit(2), fit(1, wall_seconds=100.0, grown_mib=29.0))),
        "memory that hardly differs does not matter": (MET, fits(fit(2), fit(1, wall_seconds=100.0, grown_mib=30.0))),
        "one setting of training is unknown": (UNKNOWN, fits(fit(2))),
        "training that nobody measured is unknown": (UNKNOWN, fits()),
        "the threads in use were not among them": (NOT_MET, fits(fit(2, chosen=False), fit(1))),
        "time that is no figure is refused": (NOT_MET, fits(fit(2, wall_seconds=-1.0), fit(1))),
        "threads that were busy by no figure are refused": (NOT_MET, fits(fit(2, busy=float("nan")), fit(1))),
        "a benchmark of other rows is refused": (NOT_MET, {r.Benchmark: {"data_sha256": {}}}),
        "answers of another model are refused": (NOT_MET, {r.Release: {"digest": "f" * 64}}),
        "another number of threads that answers much quicker is refused": (NOT_MET, answered(0.01, p95_ms=0.01)),
        "quicker, and for more of the processor, is no better answer": (MET, answered(0.2, p95_ms=0.01)),
        "one that differs from the model is no rival": (
            UNKNOWN,
            answered(0.01, p95_ms=0.01, largest_difference=1e-3),
        ),
        "an answer that nobody timed is unknown": (UNKNOWN, answered(0.01, p95_ms=None)),
        "one number of threads for answers is unknown": (UNKNOWN, {r.Release: {"backends": ANSWERS[:2]}}),
        "without a release nothing is known": (UNKNOWN, {r.Release: None}),
        "without a benchmark nothing is known": (UNKNOWN, {r.Benchmark: None}),
    },
}


@pytest.mark.parametrize(("check", "expected", "changes"), cases(VERDICTS))
def test_verdict(check: Check, expected: Outcome, changes: Changes) -> None:
    assert outcome(check, changes) is expected


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        pytest.param({}, True, id="a problem of two classes"),
        pytest.param(
            {Charter: {"problem_type": ProblemType.REGRESSION}, r.Evaluation: {"decision": None, "threshold": None}},
            False,
            id="values",
        ),
    ],
)
def test_the_threshold_is_told_where_there_is_one(changes: Changes, told: bool) -> None:
    assert ("; acts from 0." in because(checks.candidates_are_weighed_from_every_side, changes)) is told


@pytest.mark.parametrize(
    ("pipeline", "words"),
    [
        (evaluated(FRESH, STALE), "changed since the evaluation: data/prepared"),
        (evaluated(FRESH, PREPARED, outs=(STALE,)), "changed since the evaluation: data/prepared"),
        (evaluated(FRESH, PREPARED, params_current=False), "changed since the evaluation: parameters"),
        (evaluated(FRESH, PREPARED, recorded=False), "dvc.yaml has no evaluate stage, or dvc.lock does not know"),
    ],
)
def test_what_changed_since_the_evaluation_is_told(pipeline: dict[str, object], words: str) -> None:
    assert because(checks.every_model_is_evaluated_by_the_pipeline, {r.Pipeline: pipeline}).startswith(words)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        pytest.param(None, beside(), id="the choice has no other sides"),
        pytest.param(beside(), None, id="the rival has none"),
        pytest.param(
            beside(cpu_ms_per_1k=None), beside(cpu_ms_per_1k=0.0, kib=0.0), id="the choice's speed is unknown"
        ),
        pytest.param(beside(kib=None), beside(cpu_ms_per_1k=0.0, kib=0.0), id="the choice's size is unknown"),
    ],
)
def test_where_a_side_is_not_known_nothing_is_given_away(mine: r.Beside | None, theirs: r.Beside | None) -> None:
    chosen, rival = replace(BOARD[3], beside=mine), replace(BOARD[2], value=0.85, beside=theirs)
    assert tradeoffs.given_away(chosen, [rival], upward=True) is None
