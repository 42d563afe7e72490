"""Personal data is recognised by name and form, and treated as declared."""

from pathlib import Path

import pandas as pd
import pytest

from config.errors import ConfigError
from config.settings import Column, ColumnType, Role
from tasks.personal import protect, scan
from tests.tasks.rows import columns, data, rows


@pytest.mark.parametrize(
    ("name", "value", "pattern"),
    [
        ("contact", "ann@example.org", "e-mail address"),
        ("contact", "+49 170 1234567", "telephone number"),
        ("contact", "078-05-1120", "identity number"),
        ("contact", "DE89 3704 0044 0532 0130 00", "bank or card number"),
        ("contact", "192.168.0.1", "online identifier"),
        ("firstName", "x", "name of a person"),
        ("customer_email", "x", "e-mail address"),
        ("date of birth", "x", "date of birth"),
        ("Gender", "x", "special category"),
        ("zip", "x", "postal address"),
    ],
)
def test_signs_of_personal_data(name: str, value: str, pattern: str) -> None:
    assert pattern in {sign.pattern for sign in scan(pd.DataFrame({name: [value] * 10}))}


@pytest.mark.parametrize("name", ["origin", "carrier", "mean radius", "flight", "embrace", "sexagesimal", "addressed"])
def test_plain_columns_give_no_sign(name: str) -> None:
    assert scan(pd.DataFrame({name: ["UA1545", "2013-01-01", "10.5"]})) == []


def test_columns_are_dropped_and_hashed(tmp_path: Path) -> None:
    declared = data(
        columns=columns(
            id=Column(role=Role.KEY, type=ColumnType.CATEGORY, treatment="hash"),
            place=Column(type=ColumnType.CATEGORY, treatment="drop"),
            count=Column(type=ColumnType.INTEGER, treatment="drop"),
        )
    )
    key = tmp_path / "keys" / "pseudonyms.key"
    treated = protect(rows(), declared, kept=("count",), key=key)
    assert list(treated.columns) == ["id", "when", "size", "count", "late"]
    assert treated["id"].nunique() == 400 and treated["id"].str.fullmatch("[0-9a-f]{64}").all()
    pd.testing.assert_frame_equal(treated, protect(rows(), declared, kept=("count",), key=key))
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_feature_is_not_hashed(tmp_path: Path) -> None:
    declared = data(columns=columns(place=Column(type=ColumnType.CATEGORY, treatment="hash")))
    with pytest.raises(ConfigError, match=r"columns\.place\.treatment"):
        protect(rows(), declared, kept=(), key=tmp_path / "key")
