"""The winner's score varies from fold to fold, and the folds part rows as the split does."""

import numpy as np
import pandas as pd
import pytest

from config.settings import ProblemType, Role, Split
from tasks import folds
from tasks.estimators import family
from tasks.folds import CrossValidation
from tasks.metrics import metric
from tasks.tuning import Examples, Question, Trial
from tests.tasks.problems import PRIMARY, rows_of, settings_of
from tests.tasks.rows import columns, data

SCHEMA = {"a": "number", "b": "number"}
LINEAR = Trial(0, "linear", family("linear").defaults, "complete", 0.8, 0.1)


def examples(rows: int) -> Examples:
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(rows, 2)), columns=["a", "b"])
    return Examples(x, (x["a"] + rng.normal(size=rows) > 0).to_numpy().astype(int), "0" * 64)


def varied(train: Examples, strategy: str = "time", **known: list[str]) -> CrossValidation:
    question = Question((family("linear"),), metric("roc_auc", ProblemType.BINARY), ProblemType.BINARY, SCHEMA)
    grouped = data(columns=columns(place=columns()["place"].model_copy(update={"role": Role.GROUP})))
    split = Split.model_validate({"strategy": strategy})
    rows = train.features.assign(**{name: pd.Series(values) for name, values in known.items()})
    return folds.cross_validate(LINEAR, train, rows, question=question, data=grouped, split=split, seed=0)


@pytest.mark.parametrize("strategy", ["time", "fingerprint", "time+group"])
def test_a_model_that_learns_scores_alike_in_every_fold(strategy: str) -> None:
    found = varied(examples(600), strategy)
    assert found.scheme == ("rows" if strategy == "fingerprint" else "time")
    assert len(found.scores) == folds.FOLDS and found.metric == "roc_auc" and found.rows == 600
    assert found.mean is not None and 0.7 < found.mean < 0.9
    assert found.std is not None and 0 < found.std < 0.1


def test_entities_stay_whole() -> None:
    rows = examples(400)
    place = list(np.repeat(["a", "b", "c", "d"], 100))
    found = varied(rows, "group", place=place)
    assert (found.scheme, len(found.scores)) == ("group", 4)
    parted = list(folds._folds("group", rows.features.assign(place=place), data(columns=columns(
        place=columns()["place"].model_copy(update={"role": Role.GROUP})))))  # fmt: skip
    assert all(len({place[i] for i in held}) == 1 for _, held in parted)


def with_cases_from(first: int) -> Examples:
    """Give a hundred rows, of which the last have cases among them."""
    made = examples(100)
    return Examples(made.features, np.where(np.arange(100) >= first, made.target, 0), made.sha256)


def test_a_fold_that_cannot_be_scored_has_no_part_in_the_spread() -> None:
    found = varied(with_cases_from(50))
    told = [score for score in found.scores if score is not None]
    assert found.scores[0] is None and len(told) > 1
    assert (found.mean, found.std) == (pytest.approx(np.mean(told)), pytest.approx(np.std(told, ddof=1)))


def test_fewer_than_two_folds_tell_no_spread() -> None:
    found = varied(with_cases_from(90))
    assert (found.mean, found.std) == (None, None)


def test_too_few_rows_have_no_folds() -> None:
    found = varied(examples(folds.SMALLEST - 1))
    assert (found.scores, found.mean, found.std) == ([], None, None)


def test_one_entity_has_no_folds() -> None:
    assert varied(examples(100), "group", place=["a"] * 100).scores == []


def test_no_more_rows_than_needed_are_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folds, "ROWS", 200)
    assert varied(examples(600)).rows == 200


@pytest.mark.parametrize("problem", ProblemType)
def test_every_kind_of_problem_is_told(problem: ProblemType) -> None:
    from tasks.training import ask
    from tasks.training import examples as made

    settings, rows = settings_of(problem), rows_of(problem)
    found = folds.cross_validate(
        LINEAR, made(rows, "0" * 64, settings), rows, question=ask(settings), data=settings.data,
        split=settings.params.split, seed=0,
    )  # fmt: skip
    assert found.metric == PRIMARY[problem][0]
    assert found.mean is not None and found.std is not None and len(found.scores) == folds.FOLDS
