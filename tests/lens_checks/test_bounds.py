"""The bounds refuse whatever was not checked, is missing, or speaks of something else."""

from dataclasses import replace
from typing import Any

import pytest

from config.settings import Budget, Charter, Data, Metrics, Params, Settings, Threshold
from lens_checks.bounds import BOUNDS, Bound, keeps, spelled, unmet
from lens_checks.check import Outcome
from lens_checks.evidence.place import Malformed
from lens_checks.evidence.records import (
    ChampionComparison,
    Difference,
    Evaluation,
    Interval,
    Landing,
    Leak,
    Leakage,
    Part,
    Parts,
    Pipeline,
    Reading,
    Release,
    SourceFile,
    Training,
    Validation,
)
from lens_checks.statements import Subject
from tests.lens_checks import made
from tests.lens_checks.small import NOW, Given, policy_of

DIGEST, PROMOTION = "d" * 64, "5" * 64
SUBJECT = Subject("flights", version=3, digest=DIGEST, champion=2)
POLICY = {
    "thresholds": [{"metric": "roc_auc", "floor": 0.8}, {"metric": "brier", "ceiling": 0.2}],
    "comparison": {"test": "non-inferiority", "minimum_rows": 200, "looks": 20},
}


def interval(value: float | None) -> Interval:
    return Interval(value=value, low=value, high=value)


def read(kind: type, **given: Any) -> Any:
    """Make a record of the given fields alone: a bound may read nothing else."""
    record = object.__new__(kind)
    for name, value in given.items():
        object.__setattr__(record, name, value)
    return record


VALIDATION = Validation(
    data_sha256="a", success=True, evaluated=12, expected=12, rows=1000, minimum_rows=100, exceptions=(),
    quarantined=1, quarantine_share=0.001, quarantine_limit=0.01, rules=(),
)  # fmt: skip
LEAKAGE = Leakage(data_sha256="a", checks=("duplicates",), findings=(), passed=True)
LEAK = Leak(check="single feature", columns=("delay",), share=0.99, sentence="delay alone tells it", allowed=None)
PARTS = read(
    Parts, data_sha256="a",
    parts={n: Part(rows=1000, sha256=s, rows_sha256=s[::-1], sha256_on_disk=s) for n, s in made.PARTS.items()},
)  # fmt: skip
LANDING = read(Landing, sources=(SourceFile(path="data/flights.csv", sha256="f" * 64),), sha256_on_disk=made.ROWS)
LINEAGE, PIPELINE = made.lineage(version=3, model=DIGEST), read(Pipeline, stages={})
DIFFERENCE = Difference(
    data_sha256="a", against=None, rows={"now": 1000}, columns={}, added=(), removed=(), label=None,
    outliers={part: {"any": 0.0} for part in made.PARTS},
)  # fmt: skip
DATA = read(Data, difference_allowances={})
EVALUATION = read(
    Evaluation, metrics={"roc_auc": interval(0.9), "brier": interval(0.1)}, model_digest=DIGEST,
    promotion_sha256=PROMOTION, rule={"roc_auc": interval(0.7)}, uplift=interval(0.2), uplift_over_dummy=interval(0.4),
)  # fmt: skip
TRAINING = read(
    Training, family="gradient_boosting", model_digest=DIGEST, features=("delay", "origin"),
    pipeline=Reading(steps=("ColumnTransformer", "Booster"), preprocessing=True, reads=("delay", "origin")),
    data_sha256={n: s for n, s in made.PARTS.items() if n != "promotion"},
)  # fmt: skip
PARAMS = read(Params, metrics=Metrics(primary="roc_auc", guarded=("brier",)))
SERVER = {"started": True, "requests": 100, "errors": 0, "p95_ms": 20.0, "rss_mib": 300.0}
BUDGET = Budget(latency_p95_ms=20.0, memory_mib=300.0)
CHARTER = read(Charter, budget=BUDGET)
RELEASE = read(
    Release, digest=DIGEST, signature_verified=True, golden=read(Evaluation, rows=20, matched=True, max_difference=0.0),
    server=read(Evaluation, **SERVER, malformed=read(Evaluation, sent=9, refused=9)),
)  # fmt: skip
COMPARISON = read(
    ChampionComparison, made=NOW, candidate=read(Evaluation, digest=DIGEST), champion=read(Evaluation, version=2),
    unseen_rows=500, looks=3, verdict="better", sentence="better by 0.01", promotion_sha256=PROMOTION,
)  # fmt: skip
SOUND = (VALIDATION, LEAKAGE, PARTS, DIFFERENCE, DATA, PARAMS, TRAINING, EVALUATION, RELEASE, COMPARISON)
SOUND += (LANDING, LINEAGE, PIPELINE, CHARTER)


def but(record: Any, **changed: Any) -> Any:
    return read(type(record), **{**vars(record), **changed})


def served(**changed: Any) -> Any:
    return but(RELEASE, server=but(RELEASE.server, **changed))


def held(settings: Settings, gate: str, *records: object, subject: Subject = SUBJECT) -> list[str]:
    source = Given(*SOUND, *records)
    return [f"{b.verdict}: {b.because}" for b in unmet(gate, source, policy_of(settings, **POLICY), subject)]


@pytest.mark.parametrize("gate", BOUNDS)
def test_sound_records_hold_no_gate(example: Settings, gate: str) -> None:
    assert held(example, gate) == []


@pytest.mark.parametrize("gate", [gate for gate in BOUNDS if gate != "framing"])
def test_no_records_hold_every_gate(example: Settings, gate: str) -> None:
    found = list(unmet(gate, Given(), policy_of(example, **POLICY), SUBJECT))
    assert len(found) == len(BOUNDS[gate])
    assert {reason.verdict for reason in found} == {Outcome.UNKNOWN}


def test_a_malformed_record_holds_the_gate(example: Settings) -> None:
    source = Given(
        *(record for record in SOUND if record is not LEAKAGE),
        trouble={Leakage: Malformed("leakage.json is malformed")},
    )
    (found,) = unmet("data", source, policy_of(example, **POLICY), SUBJECT)
    assert (found.verdict, found.because) == (Outcome.BROKEN, "leakage.json is malformed")


@pytest.mark.parametrize(
    ("gate", "record", "words"),
    [
        pytest.param("data", replace(VALIDATION, success=False), "failed", id="a rule failed"),
        pytest.param("data", replace(VALIDATION, evaluated=0, expected=0), "0 of 0 rules", id="an empty suite"),
        pytest.param("data", replace(VALIDATION, evaluated=11), "11 of 12", id="a rule was left out"),
        pytest.param("data", replace(VALIDATION, rows=99), "at least 100", id="too few rows"),
        pytest.param("data", replace(VALIDATION, exceptions=("KeyError",)), "raised", id="a rule raised"),
        pytest.param("data", replace(VALIDATION, quarantine_share=0.02), "quarantine", id="too many set aside"),
        pytest.param("data", replace(VALIDATION, quarantine_share=float("nan")), "quarantine", id="a share of NaN"),
        pytest.param("data", replace(LEAKAGE, checks=()), "nothing was searched", id="an empty search"),
        pytest.param("data", replace(LEAKAGE, findings=(LEAK,)), "delay alone", id="a leak"),
        pytest.param("data", replace(DIFFERENCE, outliers={n: {"any": 0.05} for n in made.PARTS}), "5.00% of",
                     id="values far out"),
        pytest.param("development", but(EVALUATION, metrics={"roc_auc": interval(0.79), "brier": interval(0.1)}),
                     "roc_auc is 0.79", id="under a floor"),
        pytest.param("development", but(EVALUATION, metrics={"roc_auc": interval(0.9), "brier": interval(0.21)}),
                     "brier is 0.21", id="over a ceiling"),
        pytest.param("development", but(EVALUATION, metrics={"roc_auc": interval(0.9)}), "brier is not there",
                     id="a metric is missing"),
        pytest.param("development", but(EVALUATION, metrics={"roc_auc": interval(None), "brier": interval(0.1)}),
                     "roc_auc is not there", id="a metric has no value"),
        pytest.param("development", but(EVALUATION, metrics={"roc_auc": interval(float("nan")), "brier": interval(0)}),
                     "roc_auc is nan", id="a metric is NaN"),
        pytest.param("staging", but(EVALUATION, model_digest="e" * 64), "other bytes", id="other bytes evaluated"),
        pytest.param("staging", but(RELEASE, digest="e" * 64), "other bytes", id="other bytes released"),
        pytest.param("staging", but(RELEASE, signature_verified=False), "signature", id="not signed"),
        pytest.param("staging", but(RELEASE, golden=read(Evaluation, rows=0, matched=True, max_difference=0.0)),
                     "differ", id="no golden rows"),
        pytest.param("staging", but(RELEASE, golden=read(Evaluation, rows=9, matched=False, max_difference=0.2)),
                     "differ by 0.2", id="golden rows differ"),
        pytest.param("staging", but(RELEASE, server=read(Evaluation, **SERVER | {"started": False},
                                                         malformed=read(Evaluation, sent=9, refused=9))),
                     "did not start", id="the server did not start"),
        pytest.param("staging", but(RELEASE, server=read(Evaluation, **SERVER,
                                                         malformed=read(Evaluation, sent=9, refused=8))),
                     "8 of 9", id="a malformed request was answered"),
        pytest.param("staging", but(RELEASE, server=read(Evaluation, **SERVER,
                                                         malformed=read(Evaluation, sent=0, refused=0))),
                     "0 of 0", id="nothing malformed was sent"),
        pytest.param("staging", served(p95_ms=20.1), "request is 20.1 ms, at most 20 ms", id="slower than agreed"),
        pytest.param("staging", served(p95_ms=None), "request is unknown", id="never timed"),
        pytest.param("champion", served(rss_mib=300.1), "server is 300.1 MiB", id="more memory than agreed"),
        pytest.param("staging", replace(LINEAGE, version=2), "it is of version 2", id="the lineage of another version"),
        pytest.param("staging", but(LANDING, sha256_on_disk="0" * 64), "landed is 0000", id="landed rows changed"),
        pytest.param("champion", but(COMPARISON, verdict="worse"), "worse", id="worse than the champion"),
        pytest.param("champion", but(COMPARISON, verdict="unknown"), "unknown", id="not known whether worse"),
        pytest.param("champion", but(COMPARISON, verdict="same-version"), "same-version", id="compared with itself"),
        pytest.param("champion", but(COMPARISON, verdict="excellent"), "excellent", id="a verdict nobody gave"),
        pytest.param("champion", but(COMPARISON, verdict="no-champion"), "no-champion", id="a champion overlooked"),
        pytest.param("champion", but(COMPARISON, unseen_rows=199), "199 unseen rows", id="too few unseen rows"),
        pytest.param("champion", but(COMPARISON, looks=21), "21 looks", id="the promotion set is used up"),
        pytest.param("champion", but(COMPARISON, candidate=read(Evaluation, digest="e" * 64)), "it speaks of",
                     id="another candidate compared"),
        pytest.param("champion", but(COMPARISON, champion=read(Evaluation, version=1)), "version 2 serves",
                     id="another champion compared"),
    ],
)  # fmt: skip
def test_a_flaw_holds_the_gate(example: Settings, gate: str, record: object, words: str) -> None:
    found = held(example, gate, record)
    assert found and words in found[0]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        pytest.param(replace(SUBJECT, digest=None), "at hand nothing", id="no bytes at hand"),
        pytest.param(replace(SUBJECT, digest="e" * 64), "other bytes", id="other bytes at hand"),
        pytest.param(replace(SUBJECT, explored=True), "--explore", id="made past a refusal"),
        pytest.param(replace(SUBJECT, champion=5), "version 5 serves", id="another champion meanwhile"),
    ],
)
def test_another_subject_is_refused(example: Settings, subject: Subject, words: str) -> None:
    assert any(words in reason for reason in held(example, "champion", subject=subject))


def test_a_bound_that_raises_lets_nothing_pass(example: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> Any:
        raise ZeroDivisionError

    bounds: dict[str, tuple[Bound, ...]] = {"data": (fails,)}
    monkeypatch.setattr("lens_checks.bounds.BOUNDS", bounds)
    (found,) = unmet("data", Given(), example.policy, SUBJECT)
    assert (found.bound, found.verdict) == ("fails", Outcome.BROKEN)


@pytest.mark.parametrize(
    ("value", "kept"),
    [(0.5, True), (0.8, True), (0.49, False), (0.81, False), (None, False), (float("nan"), False),
     (float("inf"), False), (float("-inf"), False)],
)  # fmt: skip
def test_a_threshold_is_kept_between_floor_and_ceiling(value: float | None, kept: bool) -> None:
    threshold = Threshold(metric="roc_auc", floor=0.5, ceiling=0.8)
    assert keeps(threshold, value) is kept
    assert spelled(threshold) == "roc_auc >= 0.5 and roc_auc <= 0.8"
