"""Whether the rows that trials are fitted on are like the whole: each column and the target held against the rest."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

KS, CHI2 = "Kolmogorov-Smirnov", "chi-squared"
EXPECTED = (
    5  # a cell that expects fewer rows spoils the approximation of chi-squared (Cochran 1954): rare values are pooled
)
DISTINCT = 20  # an integer column with no more values than these is counted, not ordered


@dataclass(frozen=True)
class Likeness:
    """One column of a sample beside the rows left out of it: the test, its effect from 0 to 1, and its p-value."""

    column: str
    test: str
    effect: float
    p_value: float


def likeness(rows: pd.DataFrame, chosen: np.ndarray) -> tuple[Likeness, ...]:
    """Hold the chosen rows against all others, column by column.

    Nothing is told of a column with a single value, or with rare ones alone.

    The effect is the distance of the distribution functions (Kolmogorov-Smirnov), or Cramer's V (chi-squared).
    """
    return tuple(_told(rows, chosen))


def _told(rows: pd.DataFrame, chosen: np.ndarray) -> Iterator[Likeness]:
    for name in rows.columns:
        column = rows[name]
        if _ordered(column):
            known = column.notna().to_numpy()
            if (known & chosen).any() and (known & ~chosen).any():
                yield _distance(str(name), column.to_numpy(dtype=float), chosen & known, ~chosen & known)
            column = column.isna()
        if (told := _association(str(name), column, chosen)) is not None:
            yield told


def _ordered(column: pd.Series) -> bool:
    numeric = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    return numeric and column.nunique() > DISTINCT


def _distance(name: str, values: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> Likeness:
    from scipy.stats import ks_2samp

    told = ks_2samp(values[inside], values[outside], method="asymp")
    return Likeness(name, KS, float(told.statistic), float(told.pvalue))


def _association(name: str, column: pd.Series, chosen: np.ndarray) -> Likeness | None:
    from scipy.stats import chi2_contingency

    codes, _ = pd.factorize(column, use_na_sentinel=False)
    sides = np.stack([np.bincount(codes[side], minlength=codes.max() + 1) for side in (chosen, ~chosen)])
    scarce = sides.sum(axis=0) * min(chosen.mean(), 1 - chosen.mean()) < EXPECTED
    table = np.column_stack([sides[:, ~scarce], sides[:, scarce].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] == 1 or not table.sum(axis=1).all():
        return None
    told = chi2_contingency(table, correction=False)
    return Likeness(name, CHI2, float(np.sqrt(told.statistic / table.sum())), float(told.pvalue))
