"""Equal rows have equal fingerprints, wherever and in whatever order they are."""

import numpy as np
import pandas as pd
import pytest

from tasks.fingerprints import row_hashes, rows_sha256
from tests.tasks.rows import rows


def test_fingerprints_are_those_of_other_machines_and_days() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", "2020-01-02"], utc=True)})
    assert [int(mark) for mark in row_hashes(frame)] == FINGERPRINTS
    assert [int(mark) for mark in row_hashes(frame.astype({"a": "float64"}))] == FINGERPRINTS


FINGERPRINTS = [18247314238082581073, 1842548275529770726]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param(lambda f: f.sample(frac=1, random_state=0), True, id="another order"),
        pytest.param(lambda f: f[list(f.columns[::-1])], True, id="columns in another order"),
        pytest.param(lambda f: f.astype({"count": "float64"}), True, id="stored otherwise"),
        pytest.param(lambda f: f.assign(size=f["size"] * -1 * -1), True, id="the sign of zero"),
        pytest.param(lambda f: f.iloc[1:], False, id="a row less"),
        pytest.param(lambda f: pd.concat([f, f.head(1)]), False, id="a row twice"),
        pytest.param(lambda f: f.assign(size=np.nextafter(f["size"], 1000)), False, id="the last bit"),
        pytest.param(lambda f: f.rename(columns={"size": "sizes"}), False, id="another name"),
        pytest.param(lambda f: f.iloc[:0], False, id="no rows"),
    ],
)
def test_a_digest_speaks_of_the_rows_and_not_of_their_order(change, same: bool) -> None:
    assert (rows_sha256(change(rows())) == rows_sha256(rows())) is same
