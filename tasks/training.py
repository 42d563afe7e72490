"""How the winner comes to be: parts read and verified, the refit on all train rows, what is written down."""

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sklearn.pipeline import Pipeline

from config.errors import IntegrityAlarm
from config.settings import Settings
from tasks.estimators import family
from tasks.features import feature_frame, feature_schema, target_values
from tasks.files import read_json, sha256_bytes, sha256_file, sha256_json
from tasks.metrics import metric
from tasks.rules import rule_prediction
from tasks.spending import spent_on
from tasks.statistics import Prediction
from tasks.tuning import Examples, Question, Trial

PREPARED = Path("data/prepared")
REPORTS = Path("reports/training")
RULE = -1  # the number of the rule on the leaderboard: it is no trial of the study
DUMMY = -2  # the same for the dummy, where it is not among the candidates
# What a trial's score depends on, apart from data and parameters.
CODE = ("estimators", "features", "metrics", "ranking", "statistics", "tuning")


@dataclass(frozen=True, eq=False)
class Fitted:
    """The winner, fitted on all train rows, and what that took."""

    pipeline: Pipeline
    metrics: Mapping[str, float]
    cpu_seconds: float
    wall_seconds: float
    peak_rss_mib: float


@dataclass(frozen=True)
class Baseline:
    """A simple answer that the winner must beat, measured on the tune rows."""

    number: int
    kind: str
    value: float
    cpu_seconds: float = 0.0


def ask(settings: Settings) -> Question:
    """Resolve every name that training and evaluation will need, before a row is read (ConfigError)."""
    problem, params = settings.charter.problem_type, settings.params
    named = [params.metrics.primary, *params.metrics.guarded]
    named += [t.metric for t in settings.policy.thresholds] + [k.metric for k in settings.charter.kpis]
    for name in named:
        metric(name, problem)
    families = tuple(family(name) for name in dict.fromkeys(params.search.candidates))
    return Question(families, metric(params.metrics.primary, problem), problem, feature_schema(settings.data))


def read_part(name: str, *, columns: list[str] | None = None, folder: Path = PREPARED) -> tuple[pd.DataFrame, str]:
    """Read a part of the split and the digest of the very bytes read; other bytes than split.json's are an alarm."""
    content = (folder / f"{name}.parquet").read_bytes() if (folder / f"{name}.parquet").exists() else b""
    recorded, seen = read_json(folder / "split.json")["parts"][name]["sha256"], sha256_bytes(content)
    if seen != recorded:
        raise IntegrityAlarm(
            f"{folder / name}.parquet has digest {seen[:12]}, not {recorded[:12]} as split.json says",
            expected="the rows that were audited, every byte of them",
            next_step="run `dvc checkout`, or `lifecycle run --force`",
        )
    return pd.read_parquet(io.BytesIO(content), columns=columns), seen


def examples(rows: pd.DataFrame, sha256: str, settings: Settings) -> Examples:
    """Make rows ready to fit."""
    target = target_values(rows, settings.data, settings.charter.problem_type)
    return Examples(feature_frame(rows, settings.data), target, sha256)


def study_name(train: Examples, tune: Examples, question: Question, settings: Settings) -> str:
    """Name a study by what its scores depend on, so that only a search for the same goes on."""
    here = Path(__file__).parent
    about = {
        "data": [train.sha256, tune.sha256, question.schema, settings.data.target, settings.data.positive],
        "params": [settings.params.search, question.metric.name, question.problem],
        "code": {name: sha256_file(here / f"{name}.py") for name in CODE},
        "lock": sha256_file("requirements.lock") if Path("requirements.lock").exists() else None,
    }
    return f"{settings.charter.project}-{sha256_json(about)[:16]}"


def baselines(train: Examples, tune: Examples, tune_rows: pd.DataFrame, *, settings: Settings) -> tuple[Baseline, ...]:
    """Measure the dummy and the charter's rule on the tune rows."""
    problem, start = settings.charter.problem_type, time.process_time()
    primary = metric(settings.params.metrics.primary, problem)
    dummy = family("dummy").build({}, {}, problem=problem, seed=0).fit(train.features, train.target)
    said = Prediction.of(dummy, tune.features, problem)
    rule = rule_prediction(tune_rows, dummy=said, rule=settings.charter.rule_baseline, problem=problem)
    spent = time.process_time() - start
    return (
        Baseline(RULE, "rule", primary.score(tune.target, rule), spent),
        Baseline(DUMMY, "dummy", primary.score(tune.target, said), spent),
    )


def fit_winner(best: Trial, train: Examples, tune: Examples, *, question: Question, settings: Settings) -> Fitted:
    """Fit the best trial's family with its parameters on all train rows, and measure it on train and tune."""
    seed = settings.params.search.seed
    pipeline = family(best.family).build(question.schema, best.params, problem=question.problem, seed=seed)
    _, spent = spent_on(lambda: pipeline.fit(train.features, train.target))
    scores = _scores(pipeline, train, tune, question, settings)
    return Fitted(pipeline, scores, spent.cpu_seconds, spent.wall_seconds, spent.peak_rss_mib)


def _scores(
    pipeline: Pipeline, train: Examples, tune: Examples, question: Question, settings: Settings
) -> dict[str, float]:
    names = (settings.params.metrics.primary, *settings.params.metrics.guarded)
    on_tune = Prediction.of(pipeline, tune.features, question.problem)
    on_train = Prediction.of(pipeline, train.features, question.problem)
    scores = {f"tune_{name}": metric(name, question.problem).score(tune.target, on_tune) for name in names}
    return scores | {f"train_{names[0]}": question.metric.score(train.target, on_train)}
