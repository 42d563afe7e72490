"""Which group each row belongs to, by one column."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_GROUPS = 10  # a number column with more values than this is cut into quarters


def groups_of(values: pd.Series) -> NDArray[np.object_]:
    """Name the group of each row: its value, or for a number of many values its quarter; missing is a group too."""
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > MOST_GROUPS:
        values = pd.qcut(values, 4, duplicates="drop")
    return values.astype("str").fillna("missing").to_numpy(dtype=object)
