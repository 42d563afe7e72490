"""A profile says what is in the data, of protected columns only how much; the baseline is that of train."""

import numpy as np

from config.settings import Column, ColumnType, Sensitivity
from tasks import files
from tasks.profiling import profile, reference
from tests.tasks.rows import columns, data, rows


def test_numbers_categories_and_times_are_described() -> None:
    found = profile(rows(), data(), data_sha256="0" * 64)
    size, place, when = (found.columns[name] for name in ("size", "place", "when"))
    assert (found.rows, size.type, size.role, size.missing) == (400, "number", "feature", 0.0)
    assert size.min is not None and size.quantiles is not None
    assert size.min <= size.quantiles["0.5"] <= size.max
    assert place.top is not None and sum(place.top.values()) == 1.0
    assert when.min == "2020-01-01T00:00:00+00:00"
    assert found.personal_data_found == []


def test_bad_rows_are_described_too() -> None:
    bad = rows().assign(size=np.inf, when="never").drop(columns="count")
    found = profile(bad, data(), data_sha256="0" * 64)
    assert found.columns["size"].mean is None
    assert "count" not in found.columns
    files.pretty(found)  # no NaN, no infinity


def test_protected_columns_show_no_value() -> None:
    hidden = Column(type=ColumnType.CATEGORY, sensitivity=Sensitivity.SPECIAL, treatment="drop")
    found = profile(rows(), data(columns=columns(place=hidden)), data_sha256="0" * 64)
    assert (found.columns["place"].distinct, found.columns["place"].top) == (2, None)


def test_the_baseline_has_every_feature_and_the_target() -> None:
    assert set(reference(rows(), data()).columns) == {"size", "count", "place", "late"}
