"""What evaluation writes down: reports/evaluation for people, DVC and the lens, and the same figures in MLflow."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from config.settings import Settings
from tasks.energy import Energy
from tasks.evaluation import Answers, Measured, named_metrics
from tasks.explanation import Explanation
from tasks.fairness import FairnessReport
from tasks.files import now, write_bytes_atomically, write_json
from tasks.intervals import Interval
from tasks.robustness import Robustness
from tasks.savings import cost_of_rule
from tasks.thresholds import Decision, Kept, hold, keeps
from tasks.tracking import Tracking, in_words

REPORTS = Path("reports/evaluation")


@dataclass(frozen=True, eq=False)
class Judgement:
    """Everything that was found out about the winner."""

    measured: Measured
    decision: Decision | None
    saving: Interval | None
    fairness: FairnessReport
    robustness: Robustness
    explanation: Explanation
    overfit_gap: float | None
    calibration: pd.DataFrame
    calibration_error: float
    curve: pd.DataFrame
    energy: Energy


def write(judgement: Judgement, answers: Answers, *, training: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """Write the reports of the evaluate stage and give evaluation.json's content."""
    record = _record(judgement, answers, training=training, settings=settings)
    write_json(REPORTS / "evaluation.json", record)
    write_json(REPORTS / "metrics.json", flat(judgement))
    write_json(REPORTS / "explanation.json", judgement.explanation)
    for name, table in (("calibration", judgement.calibration), ("curve", judgement.curve)):
        write_bytes_atomically(REPORTS / f"{name}.csv", table.to_csv(index=False, float_format="%.6g").encode())
    return record


def _record(
    judgement: Judgement, answers: Answers, *, training: Mapping[str, Any], settings: Settings
) -> dict[str, Any]:
    measured, decision = judgement.measured, judgement.decision
    return {
        "schema": 1,
        "made": now(),
        "run_id": training["run_id"],
        "model_digest": training["model_digest"],
        "promotion_sha256": answers.examples.sha256,
        "rows": len(answers.rows),
        "resampled_by": measured.resampled_by,
        "metrics": measured.by["model"],
        "rule": measured.by["rule"],
        "dummy": measured.by["dummy"],
        "uplift": measured.uplift,
        "uplift_over_dummy": measured.over_dummy,
        "slices": measured.slices,
        "robustness": judgement.robustness,
        "overfit_gap": judgement.overfit_gap,
        "calibration_error": judgement.calibration_error,
        "fairness": judgement.fairness,
        "decision": decision,
        "expected_cost": None if decision is None else decision.expected_cost,
        "rule_expected_cost": None if decision is None else cost_of_rule(answers, settings),
        "saving": judgement.saving,
        "threshold": None if decision is None else decision.threshold,
        "energy": judgement.energy,
        "cost_per_1k": cost_per_thousand(answers, price=settings.charter.budget.cpu_hour_price),
        "thresholds": hold_bounds(judgement, settings),
        "bounds": hold_limits(judgement, settings),
    }


def hold_bounds(judgement: Judgement, settings: Settings) -> tuple[Kept, ...]:
    """Hold the metrics against the policy's thresholds and the charter's floors."""
    figures = {name: figure.value for name, figure in judgement.measured.by["model"].items()}
    charter, policy = settings.charter, settings.policy
    return hold(figures, thresholds=policy.thresholds, kpis=charter.kpis, metrics=named_metrics(settings))


def hold_limits(judgement: Judgement, settings: Settings) -> tuple[Kept, ...]:
    """Hold what is no metric against the other limits of policy and charter."""
    bounds, fair = settings.policy.bounds, settings.charter.fairness
    limits: list[tuple[str, float | None, float | None, float | None]] = [
        ("uplift", judgement.measured.uplift.value, bounds.uplift, None),
        ("overfit_gap", judgement.overfit_gap, None, bounds.overfit_gap),
        ("perturbation_drop", judgement.robustness.drop, None, bounds.perturbation_drop),
    ]
    limits += [(f"fairness gap of {name}", gap, None, fair.max_gap) for name, gap in judgement.fairness.gaps.items()]
    return tuple(Kept(n, value, low, high, keeps(value, low, high), "policy") for n, value, low, high in limits)


def cost_per_thousand(answers: Answers, *, price: float) -> float:
    """Give what the computing of a thousand answers cost, in the charter's currency."""
    return answers.cpu_seconds / 3600 * price / len(answers.rows) * 1000


def flat(judgement: Judgement) -> dict[str, float]:
    """Give the figures as DVC and MLflow keep them: names and finite numbers."""
    figures = {name: figure.value for name, figure in judgement.measured.by["model"].items()}
    figures |= {
        "uplift": judgement.measured.uplift.value,
        "calibration_error": judgement.calibration_error,
        "perturbation_drop": judgement.robustness.drop,
        "expected_cost": None if judgement.decision is None else judgement.decision.expected_cost,
    }
    return {name: value for name, value in figures.items() if value is not None}


def log(judgement: Judgement, tracking: Tracking, *, run_id: str) -> None:
    """Add the figures and the reports to the winner's run."""
    from mlflow.entities import Metric

    at = int(time.time() * 1000)
    with in_words(tracking.uri):
        metrics = [Metric(f"promotion_{name}", value, at, 0) for name, value in flat(judgement).items()]
        metrics += [Metric(f"energy_{n}", getattr(judgement.energy, n), at, 0) for n in ("kwh", "grams_co2e")]
        tracking.client.log_batch(run_id, metrics=metrics)
        tracking.client.log_artifacts(run_id, str(REPORTS), "evaluation")
