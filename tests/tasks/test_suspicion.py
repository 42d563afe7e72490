"""What one column tells about another is measured on each half by the other, and chance tells nothing."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from config.settings import ColumnType
from tasks import suspicion

N = 400
RANDOM = np.random.default_rng(7)
NOISE, OTHER = RANDOM.normal(size=N), RANDOM.normal(size=N)
BINARY = pd.Series(OTHER > 0)
NAMES = pd.Series(pd.cut(OTHER, [-np.inf, -0.5, 0.5, np.inf], labels=["b", "c", "a"])).astype("str")
MOST = suspicion.ROWS


def missing(values: object, where: object) -> pd.Series:
    return pd.Series(values).mask(pd.Series(where))


# --- a sample ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "most", "taken"),
    [
        pytest.param(3, 3, [0, 1, 2], id="no more than may be taken"),
        pytest.param(5, 3, [0, 2, 4], id="the first, the last, and evenly between"),
        pytest.param(4, 3, [0, 1, 3], id="one more than may be taken"),
        pytest.param(0, 3, [], id="none"),
    ],
)
def test_positions_are_evenly_spaced(rows: int, most: int, taken: list[int]) -> None:
    assert suspicion.spaced(np.arange(rows), most).tolist() == taken


def test_a_sample_is_as_large_as_it_may_be_and_the_same_each_time() -> None:
    frame = pd.DataFrame({"x": np.arange(2 * MOST)})
    once = suspicion.sample(frame)
    assert (len(once), once["x"].iloc[0], once["x"].iloc[-1]) == (MOST, 0, 2 * MOST - 1)
    assert once.equals(suspicion.sample(frame))


# --- likeness ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "others", "told"),
    [
        pytest.param(OTHER, np.exp(OTHER), 1.0, id="the same order"),
        pytest.param(OTHER, -OTHER, 1.0, id="the reversed order"),
        pytest.param(OTHER, np.full(N, 3.0), 0.0, id="a constant"),
        pytest.param(np.full(N, 3.0), OTHER, 0.0, id="a constant, the other way round"),
        pytest.param(missing(OTHER, np.arange(N) >= 30), OTHER, 1.0, id="thirty rows that have both"),
        pytest.param(missing(OTHER, np.arange(N) >= 29), OTHER, 0.0, id="twenty-nine"),
        pytest.param(missing(OTHER, BINARY), missing(OTHER, ~BINARY), 0.0, id="no row has both"),
        pytest.param(np.where(np.arange(N) < 9, np.inf, OTHER), OTHER, 1.0, id="what is not finite is left aside"),
        pytest.param(pd.Series(["b", "a"] * (N // 2)), [1, 0] * (N // 2), 1.0, id="names in their order"),
        pytest.param(pd.Series(["b", "a"] * (N // 2), dtype="category"), [1, 0] * (N // 2), 0.0,
                     id="categories of pandas are no numbers"),
        pytest.param(np.round(OTHER), np.round(OTHER) * 5, 1.0, id="ties"),
    ],
)  # fmt: skip
def test_likeness(values: object, others: object, told: float) -> None:
    assert suspicion.likeness(pd.Series(values), pd.Series(others)) == pytest.approx(told)


def test_two_columns_of_chance_are_not_alike() -> None:
    assert 0 <= suspicion.likeness(pd.Series(NOISE), pd.Series(OTHER)) < 0.15


def test_likeness_is_a_correlation_of_ranks_and_has_no_sign() -> None:
    noisy = OTHER + NOISE
    expected = pd.Series(noisy).corr(pd.Series(OTHER), method="spearman")
    assert 0.5 < expected < 0.9
    assert suspicion.likeness(pd.Series(-noisy), pd.Series(OTHER)) == pytest.approx(expected)


# --- one feature alone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "target", "kind", "low", "high"),
    [
        pytest.param(OTHER, BINARY, ColumnType.BOOLEAN, 0.99, 1.0, id="a number that decides"),
        pytest.param(-OTHER, BINARY, ColumnType.BOOLEAN, 0.99, 1.0, id="a number that decides, the other way round"),
        pytest.param(NOISE, BINARY, ColumnType.BOOLEAN, 0.35, 0.65, id="a number of chance"),
        pytest.param(BINARY.astype("int64"), BINARY, ColumnType.BOOLEAN, 1.0, 1.0, id="a flag that is the target"),
        pytest.param(np.abs(OTHER), pd.Series(np.abs(OTHER) < 0.7), ColumnType.BOOLEAN, 0.99, 1.0, id="a middle"),
        pytest.param(missing(NOISE, BINARY), BINARY, ColumnType.BOOLEAN, 0.99, 1.0, id="missing where it is true"),
        pytest.param(missing(np.ones(N), BINARY), BINARY, ColumnType.BOOLEAN, 0.99, 1.0, id="a constant, or missing"),
        pytest.param(np.where(BINARY, np.inf, NOISE), BINARY, ColumnType.BOOLEAN, 0.99, 1.0, id="infinite where true"),
        pytest.param(np.ones(N), BINARY, ColumnType.BOOLEAN, 0.0, 0.0, id="a constant"),
        pytest.param(OTHER, pd.Series(np.ones(N, bool)), ColumnType.BOOLEAN, 0.0, 0.0, id="one class"),
        pytest.param(OTHER, pd.Series(np.arange(N) % 2 == 0), ColumnType.BOOLEAN, 0.0, 0.0, id="a class in one half"),
        pytest.param(OTHER, pd.Series(np.arange(N) % 2 == 1), ColumnType.BOOLEAN, 0.0, 0.0, id="and in the other"),
        pytest.param(OTHER, NAMES, ColumnType.CATEGORY, 0.99, 1.0, id="three classes"),
        pytest.param(
            OTHER,
            NAMES.where(np.arange(N) > 0, "one row"),
            ColumnType.CATEGORY,
            0.99,
            1.0,
            id="three classes, and a fourth of one row",
        ),
        pytest.param(NOISE, NAMES, ColumnType.CATEGORY, 0.35, 0.65, id="three classes by chance"),
        pytest.param(NAMES, BINARY, ColumnType.BOOLEAN, 0.85, 0.98, id="names, in the order of the target's mean"),
        pytest.param(OTHER, OTHER**2, ColumnType.NUMBER, 0.9, 1.0, id="a number of a number that turns"),
        pytest.param(OTHER, np.exp(20 * OTHER), ColumnType.NUMBER, 0.999, 1.0, id="a number whose order alone is told"),
        pytest.param(NOISE, OTHER, ColumnType.NUMBER, 0.0, 0.15, id="a number by chance"),
        pytest.param(OTHER, np.round(OTHER), ColumnType.INTEGER, 0.9, 1.0, id="an integer"),
    ],
)
def test_what_one_feature_tells(values: object, target: object, kind: ColumnType, low: float, high: float) -> None:
    assert low <= suspicion.single_feature_score(pd.Series(values), pd.Series(target), kind) <= high + 1e-12


def test_each_half_is_judged_by_the_tree_of_the_other() -> None:
    """A tree of its own half would follow even chance."""
    own = suspicion._regression(NOISE.reshape(-1, 1), OTHER, np.arange(N) % 2 == 0)
    assert own < 0
    x = np.repeat(NOISE[: N // 2], 2)
    y = np.repeat(OTHER[: N // 2], 2)
    assert suspicion._regression(x.reshape(-1, 1), y, np.arange(N) % 2 == 0) > own + 0.1


def test_a_score_is_that_of_a_shallow_tree_in_two_folds() -> None:
    x, folds = (OTHER + 2 * NOISE).reshape(-1, 1), PredefinedSplit(np.arange(N) % 2)
    tree = DecisionTreeClassifier(max_depth=4, min_samples_leaf=5)
    shares = cross_val_predict(tree, x, BINARY, cv=folds, method="predict_proba")[:, 1]
    score = suspicion.single_feature_score(pd.Series(x[:, 0]), BINARY, ColumnType.BOOLEAN)
    assert score == pytest.approx(roc_auc_score(BINARY, shares))
    target, tree = np.abs(OTHER + NOISE), DecisionTreeRegressor(max_depth=6, min_samples_leaf=5)
    predicted = cross_val_predict(tree, x, target, cv=folds)
    assert suspicion._regression(x, target, np.arange(N) % 2 == 0) == pytest.approx(r2_score(target, predicted))


def test_classes_are_weighed_by_their_rows() -> None:
    rare = pd.Series(np.where(np.arange(N) < 8, "rare", np.where(OTHER > 0, "high", "low")))
    weighed = suspicion.single_feature_score(pd.Series(OTHER), rare, ColumnType.CATEGORY)
    assert weighed > 0.95, "eight rows that nothing tells count for little"


# --- numbers and counters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "target", "numbers"),
    [
        pytest.param(pd.Series(["b", "a", None, "b"]), None, [1, 0, np.nan, 1], id="names in their order"),
        pytest.param(pd.Series(["a", "b", "a", None]), pd.Series([4, 1, 6, 9]), [5, 1, 5, np.nan], id="by the target"),
        pytest.param(pd.Series([True, False]), None, [1, 0], id="booleans"),
        pytest.param(pd.Series([1.5, None]), None, [1.5, np.nan], id="numbers"),
        pytest.param(pd.to_datetime(pd.Series(["1970-01-02", None])).dt.tz_localize("UTC"), None, [86400, np.nan],
                     id="instants in seconds"),
    ],
)  # fmt: skip
def test_columns_as_numbers(values: pd.Series, target: pd.Series | None, numbers: list[float]) -> None:
    np.testing.assert_array_equal(suspicion.as_numbers(values, target), np.array(numbers, dtype="float64"))


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        pytest.param([], False, id="no values"),
        pytest.param([5], True, id="one"),
        pytest.param(range(100, 200), True, id="one after the other"),
        pytest.param([0, 4], True, id="gaps that leave under three for each"),
        pytest.param([0, 5], False, id="three for each"),
        pytest.param(np.append(np.arange(99), 465), True, id="more than ten would come twice by chance"),
        pytest.param(np.append(np.arange(99), 466), False, id="fewer than ten would"),
        pytest.param([3, 9_000_000, 47_000_000], False, id="three far from one another"),
        pytest.param([*range(97), *range(3)], True, id="three come twice, where chance would repeat 37"),
        pytest.param([*range(96), *range(4)], False, id="four come twice, where chance would repeat 38"),
        pytest.param([*range(98), 465, 0], True, id="one comes twice, where chance would repeat ten"),
        pytest.param([*range(97), 465, 0, 1], False, id="two come twice, where chance would repeat ten"),
        pytest.param([i % 40 for i in range(100)], False, id="few values, many times"),
    ],
)
def test_what_counts_up(values: object, counts: bool) -> None:
    assert suspicion.counts_up(pd.Series(values, dtype="int64")) is counts
