"""Measures for the leakage search: how much one column tells about another, and which labels look flipped."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from config.settings import ColumnType

ROWS = 20_000  # enough to tell a leak, few enough to take no time
DEPTH = 4
SURE = 0.8  # a label is contradicted only where the numbers are this sure of another
LEAST = 30  # sure rows of each of two classes that a segment needs to be judged
NOISE = 4.0  # standard errors above the rest
SEGMENTS = 100

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Segment:
    """The rows of one part in which a column has one value."""

    column: str
    value: str
    part: str

    @property
    def told(self) -> str:
        """The segment in words."""
        return f"{self.column} is {self.value} in {self.part}"


def sample(rows: pd.DataFrame, *, most: int = ROWS) -> pd.DataFrame:
    """Take evenly spaced rows, the same ones each time."""
    if len(rows) <= most:
        return rows
    return rows.iloc[np.linspace(0, len(rows) - 1, most).astype("int64")]


def likeness(values: pd.Series, others: pd.Series) -> float:
    """Give the size of the rank correlation of two columns, 1.0 where one can be read off the other in order."""
    a, b = as_numbers(values), as_numbers(others)
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < LEAST or np.ptp(a[both]) == 0 or np.ptp(b[both]) == 0:
        return 0.0
    return float(abs(np.corrcoef(rankdata(a[both]), rankdata(b[both]))[0, 1]))


def single_feature_score(values: pd.Series, target: pd.Series, kind: ColumnType) -> float:
    """Score a shallow tree over one column, each half of the rows judged by the other half's tree.

    For classes the area under the ROC curve (one against the rest, weighted), for numbers the larger of R² and the
    rank correlation; 0.0 where nothing can be told.
    """
    x = np.where(np.isfinite(as_numbers(values, target)), as_numbers(values, target), np.nan).reshape(-1, 1)
    first = np.arange(len(x)) % 2 == 0
    if np.unique(x[~np.isnan(x)]).size < 2 and not np.isnan(x).any():
        return 0.0
    if kind not in (ColumnType.BOOLEAN, ColumnType.CATEGORY):
        return max(_regression(x, as_numbers(target), first), likeness(values, target))
    return _classification(x, pd.factorize(target.astype("str"), sort=True)[0], first)


def _regression(x: Floats, y: Floats, first: NDArray[np.bool_]) -> float:
    predicted = np.empty(len(y))
    for half in (first, ~first):
        tree = DecisionTreeRegressor(max_depth=DEPTH + 2, min_samples_leaf=5, random_state=0).fit(x[half], y[half])
        predicted[~half] = tree.predict(x[~half])
    return float(r2_score(y, predicted))


def _classification(x: Floats, y: NDArray[np.int64], first: NDArray[np.bool_]) -> float:
    classes = np.unique(y)
    if len(classes) < 2 or any(len(np.unique(y[half])) < len(classes) for half in (first, ~first)):
        return 0.0
    shares = np.empty((len(y), len(classes)))
    for half in (first, ~first):
        tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=5, random_state=0).fit(x[half], y[half])
        shares[~half] = tree.predict_proba(x[~half])
    if len(classes) == 2:
        return float(roc_auc_score(y, shares[:, 1]))
    return float(roc_auc_score(y, shares, multi_class="ovr", average="weighted"))


def as_numbers(values: pd.Series, target: pd.Series | None = None) -> Floats:
    """Give a column as numbers; categories in the order of the target's mean, or of their names."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return np.asarray(values.dt.as_unit("s").astype("int64").where(values.notna()), dtype="float64")
    if not pd.api.types.is_string_dtype(values.dtype):
        return np.asarray(pd.to_numeric(values, errors="coerce"), dtype="float64")
    if target is None:
        codes = pd.factorize(values, sort=True)[0].astype("float64")
        return np.where(codes < 0, np.nan, codes)
    order = pd.Series(as_numbers(target), index=values.index).groupby(values).mean()
    return np.asarray(values.map(order), dtype="float64")


def counts_up(values: pd.Series) -> bool:
    """Tell whether distinct integers are a counter: without great gaps."""
    return bool(len(values) and values.max() - values.min() < 3 * len(values))


def flipped(
    rows: pd.DataFrame, part: NDArray[np.int64], numbers: list[str], segments: list[str], target: str
) -> Iterator[tuple[Segment, float]]:
    """Estimate, for segments, the share of labels that contradict what the numbers say of them everywhere else.

    A tree over the numeric features says where it is sure. Another base rate makes sure answers wrong in one direction;
    flipped labels make them wrong in both, and the smaller of the two excess errors is the estimate.
    """
    if not numbers or not segments:
        return
    y = pd.factorize(rows[target].astype("str"), sort=True)[0]
    x = np.column_stack([as_numbers(rows[name]) for name in numbers])
    shares = _judged_by_others(np.where(np.isfinite(x), x, np.nan), y)
    guess, sure = shares.argmax(axis=1), shares.max(axis=1) >= SURE
    wrong = guess != y
    usual = {int(side): float(wrong[sure & (guess == side)].mean()) for side in np.unique(guess[sure])}
    for column in segments:
        codes, values = pd.factorize(rows[column], sort=True)
        for code in np.argsort(-np.bincount(codes[codes >= 0]))[:SEGMENTS]:
            for number, name in enumerate(("train", "tune", "promotion")):
                here = sure & (codes == code) & (part == number)
                if share := _excess(guess[here], wrong[here], usual):
                    yield Segment(column, str(values[code]), name), share


def _judged_by_others(x: Floats, y: NDArray[np.int64]) -> Floats:
    """Predict each half of the rows by the tree of the other half."""
    first = np.arange(len(y)) % 2 == 0
    shares = np.zeros((len(y), int(y.max()) + 1))
    for half in (first, ~first):
        taken = np.flatnonzero(half)[:: max(1, int(half.sum()) // ROWS)]
        tree = DecisionTreeClassifier(max_depth=2 * DEPTH, min_samples_leaf=LEAST, random_state=0).fit(
            x[taken], y[taken]
        )
        shares[np.ix_(~half, tree.classes_)] = tree.predict_proba(x[~half])
    return shares


def _excess(guess: NDArray[np.int64], wrong: NDArray[np.bool_], usual: dict[int, float]) -> float:
    """Give the second largest excess of wrong sure answers among the classes answered; 0.0 if chance explains it."""
    found = []
    for side, rate in usual.items():
        errors = wrong[guess == side]
        noise = NOISE * np.sqrt(max(rate * (1 - rate), 1e-4) / max(len(errors), 1))
        excess = float(errors.mean() - rate) if len(errors) >= LEAST else 0.0
        found.append(excess if excess > noise else 0.0)
    return sorted(found)[-2] if len(found) > 1 else 0.0
