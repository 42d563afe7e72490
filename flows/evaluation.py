"""Evaluation: the winner on the promotion rows, then beside the champion on the rows that the champion has not seen."""

if __name__ == "__main__":  # first, because the server must start before Prefect is imported
    from flows import stages

    stages.run("flows.evaluation", "evaluate")

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from sklearn.pipeline import Pipeline

from config.settings import ProblemType, Settings
from tasks import (
    calibration,
    comparison,
    energy,
    evaluation,
    explanation,
    fairness,
    judgement,
    robustness,
    savings,
    tracking,
)
from tasks.contenders import Candidate
from tasks.evaluation import Answers, Measured
from tasks.explanation import Explanation
from tasks.failpoints import failpoint
from tasks.fairness import FairnessReport
from tasks.files import read_json
from tasks.judgement import Judgement
from tasks.ledger import Ledger
from tasks.metrics import metric
from tasks.registry import Registry
from tasks.robustness import Robustness
from tasks.statistics import Prediction
from tasks.stores import Stores
from tasks.thresholds import cheapest_threshold, decide
from tasks.tracking import Tracking
from tasks.training import ask, examples, read_part
from tasks.tuning import Question

MINE = ["evaluation"]
open_store = task(name="Open the tracking store", tags=MINE, cache_policy=NO_CACHE)(tracking.connect)
load_winner = task(name="Load the winner", tags=MINE, cache_policy=NO_CACHE)(evaluation.load_winner)
measure = task(name="Measure with intervals", tags=MINE, cache_policy=NO_CACHE)(evaluation.measure)


@flow(name="Evaluation", flow_run_name="Evaluation of {settings.charter.project}")
def evaluate(settings: Settings) -> dict[str, Any]:
    """Judge the winner on the promotion rows and write reports/evaluation; thresholds are judged, not enforced."""
    question, store = ask(settings), open_store(settings)
    training, pipeline = load_winner(store)
    answers = answer(pipeline, settings)
    failpoint("evaluate.answered")
    measured = measure(answers, settings=settings)
    threshold = choose_threshold(pipeline, question, settings)
    fair = compare_groups(answers, settings, threshold=threshold)
    sturdy = lose_by_noise(pipeline, answers, question, settings)
    why = explain(pipeline, answers, question, settings)
    found = judge(answers, measured, fair, sturdy, why, training, settings, threshold=threshold)
    return report(found, answers, training, settings, store=store)


@task(name="Answer the promotion rows", tags=MINE, cache_policy=NO_CACHE)
def answer(pipeline: Pipeline, settings: Settings) -> Answers:
    """Let model, rule and dummy answer."""
    rows, sha256 = read_part("promotion")
    return evaluation.answer(pipeline, rows, examples(rows, sha256, settings), settings=settings)


@task(name="Choose the decision threshold on tune rows", tags=MINE, cache_policy=NO_CACHE)
def choose_threshold(pipeline: Pipeline, question: Question, settings: Settings) -> float | None:
    """Find the probability from which acting is cheapest; only a binary problem has one."""
    if question.problem is not ProblemType.BINARY:
        return None
    tune = examples(*read_part("tune"), settings)
    said = Prediction.of(pipeline, tune.features, question.problem)
    return cheapest_threshold(tune.target, said.positive, settings.charter.error_costs)


@task(name="Compare protected groups", tags=MINE, cache_policy=NO_CACHE)
def compare_groups(answers: Answers, settings: Settings, *, threshold: float | None) -> FairnessReport:
    """Measure the guarded rate by group."""
    return fairness.compare_groups(
        answers.rows, answers.examples.target, answers.by["model"], rules=settings.charter.fairness,
        problem=settings.charter.problem_type, threshold=threshold, of=answers.units,
        resamples=settings.params.metrics.resamples, confidence=settings.params.metrics.confidence,
        seed=settings.params.search.seed,
    )  # fmt: skip


@task(name="Perturb the inputs", tags=MINE, cache_policy=NO_CACHE)
def lose_by_noise(pipeline: Pipeline, answers: Answers, question: Question, settings: Settings) -> Robustness:
    """Measure what noise costs."""
    return robustness.lose_by_noise(
        pipeline, answers.examples.features, answers.examples.target, metric=question.metric,
        problem=question.problem, schema=question.schema, seed=settings.params.search.seed,
    )  # fmt: skip


@task(name="Explain the winner", tags=MINE, cache_policy=NO_CACHE)
def explain(pipeline: Pipeline, answers: Answers, question: Question, settings: Settings) -> Explanation:
    """Measure the importance of every feature."""
    return explanation.explain(
        pipeline, answers.examples.features, answers.examples.target, metric=question.metric,
        problem=question.problem, seed=settings.params.search.seed,
    )  # fmt: skip


def judge(
    answers: Answers, measured: Measured, fair: FairnessReport, sturdy: Robustness, why: Explanation,
    training: Mapping[str, Any], settings: Settings, *, threshold: float | None,
) -> Judgement:  # fmt: skip
    """Bring together what was found out."""
    problem, y, said = settings.charter.problem_type, answers.examples.target, answers.by["model"]
    costs, primary = settings.charter.error_costs, metric(settings.params.metrics.primary, problem)
    bins = calibration.calibration(y, said, problem=problem)
    return Judgement(
        measured=measured,
        decision=None if threshold is None else decide(y, said.positive, threshold=threshold, costs=costs),
        saving=savings.saving(answers, threshold=threshold, settings=settings),
        fairness=fair,
        robustness=sturdy,
        explanation=why,
        overfit_gap=evaluation.overfit_gap(training, primary),
        calibration=bins,
        calibration_error=calibration.calibration_error(bins),
        curve=calibration.curve(y, said, problem=problem),
        energy=energy.estimate(
            training["cpu_seconds"], answers.cpu_seconds, rows=len(answers.rows), budget=settings.charter.budget
        ),
    )


@task(name="Write the evaluation", tags=MINE, cache_policy=NO_CACHE)
def report(
    found: Judgement, answers: Answers, training: Mapping[str, Any], settings: Settings, *, store: Tracking
) -> dict[str, Any]:
    """Write the reports and log them with the winner's run."""
    record = judgement.write(found, answers, training=training, settings=settings)
    failpoint("evaluate.written")
    judgement.log(found, store, run_id=training["run_id"])
    return record


@flow(name="Comparison", flow_run_name="Comparison with the champion of {settings.charter.project}")
def compare(settings: Settings) -> dict[str, Any]:
    """Score candidate and champion now on the same promotion rows and write reports/comparison.json."""
    ask(settings)
    store = open_store(settings)
    training, pipeline = load_winner(store)
    return against_champion(training, pipeline, settings, store=store)


def threshold_of(training: Mapping[str, Any], pipeline: Pipeline, settings: Settings) -> float | None:
    """Take the decision threshold that the evaluation of this very model settled on, or find it anew."""
    path = judgement.REPORTS / "evaluation.json"
    seen = read_json(path) if path.exists() else {}
    if seen.get("model_digest") == training["model_digest"]:
        return seen.get("threshold")
    return choose_threshold(pipeline, ask(settings), settings)


@task(name="Compare with the champion", tags=MINE, cache_policy=NO_CACHE)
def against_champion(
    training: Mapping[str, Any], pipeline: Pipeline, settings: Settings, *, store: Tracking
) -> dict[str, Any]:
    """Let both answer the rows that neither has seen."""
    rows, sha256 = read_part("promotion")
    book = Registry(store.client, settings.charter.project, store.uri)
    entries = Stores(book, Ledger(Path(settings.runtime.ledger))).trusted()
    threshold = threshold_of(training, pipeline, settings)
    candidate = Candidate(training["run_id"], training["model_digest"], pipeline, threshold)
    compared = comparison.compare(candidate, rows, sha256, book=book, entries=entries, settings=settings)
    return comparison.write(compared, candidate, promotion_sha256=sha256, rows=len(rows), settings=settings, book=book)
