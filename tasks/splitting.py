"""Parts rows into train, tune and promotion: by time, by entity, by the fingerprint of the features, or by two."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from config.errors import ConfigError
from config.settings import Data, Role, Split
from tasks.fingerprints import row_hashes

NAMES = ("train", "tune", "promotion")
LEFT_OUT = {"gap": -1, "horizon": -2, "entity": -3, "fingerprint": -4}  # why a row is in no part

Codes = NDArray[np.int64]
Marks = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Parts:
    """The three parts, in the same columns; every row of the input is in exactly one, or left out for one reason."""

    strategy: str
    train: pd.DataFrame
    tune: pd.DataFrame
    promotion: pd.DataFrame
    left_out: dict[str, pd.DataFrame] = field(default_factory=dict)
    horizon: pd.Timedelta = field(default=pd.Timedelta(0))

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """Give the names and the parts, train first."""
        return iter((name, getattr(self, name)) for name in NAMES)


def split(rows: pd.DataFrame, data: Data, params: Split) -> Parts:
    """Part rows; the same rows, in whatever order, give the same parts, rows in the same order.

    By time, the newest rows are the promotion set and no instant lies in two parts. Rows of the gap before a cut, and
    rows whose label was not known yet at the cut, are left out; so are, if asked for, later rows of an entity, or with
    features, that lie in an earlier part.

    By group or fingerprint, a row's part follows from its entity or its features alone: equal rows are never parted and
    stay where they are when rows are added. By both, rows that are connected by an entity or by features stay together;
    when new rows connect two such bundles, the younger one goes where the elder is.
    """
    rows = _ordered(rows, data)
    codes = _codes(rows, data, params)
    train, tune, promotion = (rows[codes == number].reset_index(drop=True) for number in range(len(NAMES)))
    left = {why: rows[codes == code].reset_index(drop=True) for why, code in LEFT_OUT.items() if (codes == code).any()}
    return Parts(params.strategy, train, tune, promotion, left, pd.Timedelta(hours=params.horizon_hours))


def _codes(rows: pd.DataFrame, data: Data, params: Split) -> Codes:
    """Number the part of each row, or say why it is in none."""
    first, *second = params.criteria
    if first == "time":
        codes = _by_time(rows[_columns_of(data, Role.TIME, params)[0]], params)
        for criterion in second:
            reason = LEFT_OUT["entity" if criterion == "group" else "fingerprint"]
            for marks in _marks(rows, data, params, criterion):
                codes = _without_known(codes, marks, reason)
        return codes
    held = [mark for criterion in params.criteria for mark in _marks(rows, data, params, criterion)]
    return _by_place(held[0] if len(held) == 1 else _bundles(held, rows, data), params)


def _marks(rows: pd.DataFrame, data: Data, params: Split, criterion: str) -> list[Marks]:
    """Give what rows are held together by: a fingerprint of each entity, or one of the features."""
    if criterion == "fingerprint":
        return [row_hashes(rows[list(data.features)], seed=params.seed)]
    return [row_hashes(rows[[name]], seed=params.seed) for name in _columns_of(data, Role.GROUP, params)]


def _ordered(rows: pd.DataFrame, data: Data) -> pd.DataFrame:
    """Bring rows into an order that does not depend on how they came: by time, then by fingerprint."""
    return rows.iloc[np.lexsort((row_hashes(rows), _times(rows, data)))].reset_index(drop=True)


def _times(rows: pd.DataFrame, data: Data) -> NDArray[np.generic]:
    return rows[data.time_column].to_numpy(dtype="datetime64[us]") if data.time_column else np.zeros(len(rows))


def _by_time(times: pd.Series, params: Split) -> Codes:
    """Cut at the instants nearest to the shares asked for; rows of one instant stay together."""
    shares = (1 - params.tune - params.promotion, 1 - params.promotion)
    cuts = [times.iloc[int(len(times) * share)] for share in shares]
    codes = sum((times >= cut).to_numpy().astype("int64") for cut in cuts)
    gap, horizon = pd.Timedelta(hours=params.gap_hours), pd.Timedelta(hours=params.horizon_hours)
    before = np.asarray(codes)
    for number, cut in enumerate(cuts):
        earlier = before == number
        codes = np.where(earlier & (times + horizon > cut), LEFT_OUT["horizon"], codes)
        codes = np.where(earlier & (times >= cut - gap), LEFT_OUT["gap"], codes)
    return np.asarray(codes)


def _without_known(codes: Codes, marks: Marks, reason: int) -> Codes:
    """Leave out the rows of tune and promotion whose mark lies in an earlier part."""
    tune = (codes == 1) & np.isin(marks, marks[codes == 0])
    promotion = (codes == 2) & np.isin(marks, marks[(codes == 0) | (codes == 1)])
    return np.where(tune | promotion, reason, codes)


def _by_place(marks: Marks, params: Split) -> Codes:
    """Place each mark as by a fair die of the shares asked for."""
    place = marks.astype("float64") / 2.0**64
    return (place < params.tune + params.promotion).astype("int64") + (place < params.promotion).astype("int64")


def _bundles(marks: list[Marks], rows: pd.DataFrame, data: Data) -> Marks:
    """Give rows that are connected by any mark the first mark of the eldest of them; without times, the smallest."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    codes = [pd.factorize(mark)[0] for mark in marks]
    starts = np.cumsum([0, *(code.max(initial=-1) + 1 for code in codes)])
    here = np.concatenate([codes[0]] * (len(codes) - 1))
    there = np.concatenate([code + start for code, start in zip(codes[1:], starts[1:], strict=False)])
    graph = coo_array((np.ones(len(here), dtype="int8"), (here, there)), shape=(starts[-1], starts[-1]))
    bundle = connected_components(graph, directed=False)[1][codes[0]]
    order = np.lexsort((marks[0], _times(rows, data)))
    _, first, inverse = np.unique(bundle[order], return_index=True, return_inverse=True)
    eldest = np.empty_like(marks[0])
    eldest[order] = marks[0][order][first][inverse]
    return eldest


def _columns_of(data: Data, role: Role, params: Split) -> list[str]:
    found = [name for name, column in data.columns.items() if column.role is role]
    if not found:
        raise ConfigError(
            f"config/params.yaml: split.strategy: saw '{params.strategy}', but no column has role '{role}'",
            expected=f"a column with role '{role}' in config/data.yaml, or strategy 'fingerprint'",
        )
    return found
