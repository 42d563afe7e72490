"""The search for the best candidate: an Optuna study that outlives the process, one fitted pipeline a trial."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from config.errors import LifecycleError
from config.settings import ProblemType, Search
from tasks.estimators import Family
from tasks.likeness import Likeness, likeness
from tasks.metrics import Metric
from tasks.spending import Spent, spent_on
from tasks.statistics import Prediction
from tasks.studies import settled

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial
    from optuna.trial import Trial as OpenTrial

FIRST_RUNG = 0.25  # share of the sample that every trial is judged on first
TARGET = "(target)"


@dataclass(frozen=True, eq=False)
class Examples:
    """Rows ready to fit or to score: features and target of the same length, and the digest of the file they are."""

    features: pd.DataFrame
    target: NDArray[np.generic]
    sha256: str

    def take(self, index: NDArray[np.int64]) -> "Examples":
        """Give some of the rows."""
        return Examples(self.features.iloc[index], self.target[index], self.sha256)


@dataclass(frozen=True)
class Trial:
    """One candidate of the search and how it came out."""

    number: int
    family: str
    params: Mapping[str, Any]
    state: str
    value: float | None
    cpu_seconds: float
    run_id: str | None = None
    beside: Mapping[str, Any] | None = None  # its other sides (tasks/tradeoffs.py); None: it was not fitted


@dataclass(frozen=True)
class Question:
    """What a search asks: which families, measured how, on which columns of which problem."""

    families: tuple[Family, ...]
    metric: Metric
    problem: ProblemType
    schema: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """The trials of a search in order, and the best."""

    trials: tuple[Trial, ...]
    best: Trial
    resumed: int
    sampled_rows: int
    wanted: int  # trials that were asked for; fewer were tried where time was up


Record = Callable[[Trial], str]
Show = Callable[[str], None]
Beside = Callable[[Pipeline, Examples], Mapping[str, Any]]  # of a fitted candidate and the rows it was fitted on


def search(
    study: "Study", train: Examples, tune: Examples, *, question: Question, settings: Search, beside: Beside,
    record: Record, show: Show,
) -> Found:  # fmt: skip
    """Try every family with its defaults, then what the sampler proposes, until trials or time are used up."""
    total = wanted(settings, question)
    sample, resumed, start = draw(train, settings), len(settled(study)), time.monotonic()
    while (done := len(settled(study))) < total:
        untried = _untried(study, question.families)
        if not untried and time.monotonic() - start > settings.timeout_seconds:
            break
        trial = _ask(study, untried, question.families)
        show(f"trial {done + 1} of {total}: {trial.user_attrs['family']}")
        _run(study, trial, sample, tune, question=question, seed=settings.seed, beside=beside, record=record)
    return _found(study, resumed, len(sample.target), total)


def wanted(settings: Search, question: Question) -> int:
    """Count the trials that are asked for: every family once, and more where there is something to search."""
    return (
        max(settings.trials, len(question.families))
        if any(f.space for f in question.families)
        else len(question.families)
    )


def draw(train: Examples, settings: Search) -> Examples:
    """Draw the rows of every trial, in random order, so that any head of them is a sample too."""
    return train.take(_order(train, settings)[: settings.sample_rows])


def representative(train: Examples, settings: Search) -> tuple[Likeness, ...]:
    """Hold the sample of the trials against the train rows left out of it: every feature, and the target."""
    chosen = np.zeros(len(train.target), dtype=bool)
    chosen[_order(train, settings)[: settings.sample_rows]] = True
    return likeness(train.features.assign(**{TARGET: train.target}), chosen)


def _order(train: Examples, settings: Search) -> NDArray[np.int64]:
    return np.random.default_rng(settings.seed).permutation(len(train.target))


def _untried(study: "Study", families: tuple[Family, ...]) -> list[Family]:
    tried = {trial.user_attrs["family"] for trial in settled(study)}
    return [family for family in families if family.name not in tried]


def _ask(study: "Study", untried: list[Family], families: tuple[Family, ...]) -> "OpenTrial":
    """Open a trial: the first untried family with its defaults, or one that the sampler chooses."""
    searched = [family for family in families if family.space]
    if untried and untried[0].space:
        chosen = {f"{untried[0].name}.{name}": value for name, value in untried[0].defaults.items()}
        study.enqueue_trial({"family": untried[0].name, **chosen})
    trial = study.ask()
    if untried and not untried[0].space:
        family = untried[0]
    else:
        name = trial.suggest_categorical("family", [family.name for family in searched])
        family = next(f for f in searched if f.name == name)
    trial.set_user_attr("family", family.name)
    trial.set_user_attr("params", {d.name: d.suggest(trial, family.name) for d in family.space})
    return trial


def _run(
    study: "Study",
    trial: "OpenTrial",
    sample: Examples,
    tune: Examples,
    *,
    question: Question,
    seed: int,
    beside: Beside,
    record: Record,
) -> None:
    from optuna import TrialPruned
    from optuna.trial import TrialState

    cpu, value, state, pipeline, fit = time.process_time(), None, TrialState.COMPLETE, None, None
    try:
        value, pipeline, fit = _climb(trial, sample, tune, question=question, seed=seed)
    except TrialPruned:
        state = TrialState.PRUNED
    except (ValueError, ArithmeticError, MemoryError) as error:  # a candidate that cannot be fitted loses
        state = TrialState.FAIL
        trial.set_user_attr("error", f"{type(error).__name__}: {str(error)[:300]}")
    spent = time.process_time() - cpu
    chosen, sides = trial.user_attrs, None
    if pipeline is not None and fit is not None:
        sides = {**beside(pipeline, sample), "fit": asdict(fit)}
    run_id = record(
        Trial(trial.number, chosen["family"], chosen["params"], state.name.lower(), value, spent, beside=sides)
    )
    for name, what in {"cpu_seconds": spent, "run_id": run_id, "outcome": state.name, "beside": sides}.items():
        trial.set_user_attr(name, what)
    study.tell(trial, value, state=state)


def _climb(
    trial: "OpenTrial", sample: Examples, tune: Examples, *, question: Question, seed: int
) -> tuple[float, Pipeline, Spent]:
    """Fit on the first rung, ask the pruner, fit on the whole sample, and say what that last fit took.

    A score that is not finite is a ValueError.
    """
    from optuna import TrialPruned

    family = next(f for f in question.families if f.name == trial.user_attrs["family"])
    rows = len(sample.target)
    rungs = (int(rows * FIRST_RUNG), rows) if family.space and rows >= 2_000 else (rows,)
    value = np.nan
    for count in rungs:
        head = sample.take(np.arange(count))
        pipeline = family.build(question.schema, trial.user_attrs["params"], problem=question.problem, seed=seed)
        _, spent = spent_on(partial(pipeline.fit, head.features, head.target))
        prediction = Prediction.of(pipeline, tune.features, question.problem)
        value = question.metric.score(tune.target, prediction)
        if not np.isfinite(value):
            raise ValueError(f"{question.metric.name} on the tune rows is {value}")
        if count < rows:
            trial.report(value, step=count)
            if trial.should_prune():
                raise TrialPruned
    return value, pipeline, spent


def _found(study: "Study", resumed: int, sampled_rows: int, total: int) -> Found:
    trials = tuple(_as_trial(t) for t in settled(study))
    if not any(trial.state == "complete" for trial in trials):
        errors = {str(t.user_attrs.get("error")) for t in settled(study)}
        raise LifecycleError(
            f"none of {len(trials)} candidates could be fitted: {'; '.join(sorted(errors)[:5])}",
            expected="at least one candidate with a finite score on the tune rows",
            next_step="look at the data, or at `search.candidates` in config/params.yaml",
        )
    return Found(trials, next(t for t in trials if t.number == study.best_trial.number), resumed, sampled_rows, total)


def _as_trial(frozen: "FrozenTrial") -> Trial:
    about = frozen.user_attrs
    value = frozen.value if frozen.state.name == "COMPLETE" else None
    spent, run_id = float(about["cpu_seconds"]), str(about["run_id"])
    state, sides = frozen.state.name.lower(), about.get("beside")
    return Trial(frozen.number, about["family"], about["params"], state, value, spent, run_id, sides)
