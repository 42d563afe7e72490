"""Measures for the leakage search: how much one column tells about another, and what names a row."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from config.settings import ColumnType

ROWS = 20_000  # enough to tell a leak, few enough to take no time
DEPTH = 4
LEAST = 30  # rows that have both values, for a likeness to mean anything
REPEATS = 10  # among as many numbers that chance draws from the same range: so many would come twice, and none does

Floats = NDArray[np.float64]


def sample(rows: pd.DataFrame) -> pd.DataFrame:
    """Take evenly spaced rows, the same ones each time."""
    return rows.iloc[spaced(np.arange(len(rows)), ROWS)]


def spaced(positions: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Take so many positions, evenly spaced, or all where there are no more."""
    if len(positions) <= most:
        return positions
    return positions[np.linspace(0, len(positions) - 1, most).astype("int64")]


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
    classes = np.intersect1d(y[first], y[~first])  # one that a half lacks is left out, and hides no other
    if len(classes) < 2:
        return 0.0
    told = np.isin(y, classes)
    x, y, first = x[told], y[told], first[told]
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
    """Tell whether integers are a counter, without great gaps, or were dealt out so that next to none comes twice.

    Next to none is a tenth of the repeats among as many numbers that chance draws from the same range: rows delivered
    twice do not turn what names the row into what describes it.
    """
    n, span = len(values), float(values.max()) - float(values.min()) + 1
    by_chance = n + span * np.expm1(-n / span)
    return bool((span < 3 * n or by_chance > REPEATS) and n - values.nunique() <= by_chance / REPEATS)
