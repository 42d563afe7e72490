"""What is left of people in the prepared rows is found in all parts, and the model inherits the highest class."""

from pathlib import Path

import pandas as pd
import pytest

from config.settings import Column, ColumnType, Data, Role, Sensitivity, Source
from tasks import files, sensitivity
from tasks.splitting import Parts

TEXT = ColumnType.CATEGORY


def data(**classes: Sensitivity) -> Data:
    columns = {n: Column(type=TEXT, sensitivity=c, treatment="none") for n, c in classes.items()}
    target = Column(type=TEXT, role=Role.TARGET, sensitivity=Sensitivity.PUBLIC)
    source = Source(reader="csv", licence="CC0-1.0", purpose="machine learning", owner="Dan")
    return Data(source=source, columns=columns | {"late": target}, target="late")


def looked(rows: pd.DataFrame, about: Data) -> sensitivity.Derived:
    rows = rows.assign(late="no")
    parts = Parts("fingerprint", rows.iloc[:2], rows.iloc[2:3], rows.iloc[3:], horizon=pd.Timedelta(0))
    return sensitivity.derived(parts, list(rows.columns), about, data_sha256="a" * 64)


ROWS = pd.DataFrame({"town": ["Ulm", "Ulm", "Bonn", "Bonn"], "code": ["1", "2", "3", "x@example.org"]})


def test_rows_without_people_have_no_groups() -> None:
    found = looked(ROWS[["town"]], data(town=Sensitivity.INTERNAL))
    assert (found.highest, found.people, found.smallest_group) == ("internal", [], None)
    assert found.columns == {"town": "internal", "late": "public"}


def test_the_smallest_group_is_counted_over_the_columns_of_people_in_all_parts() -> None:
    found = looked(ROWS[["town"]], data(town=Sensitivity.SPECIAL))
    assert (found.highest, found.people, found.smallest_group) == ("special", ["town"], 2)


def test_a_sign_in_the_last_part_alone_is_found() -> None:
    found = looked(ROWS, data(town=Sensitivity.PUBLIC, code=Sensitivity.PUBLIC))
    assert [(sign.column, sign.pattern) for sign in found.found] == [("code", "e-mail address")]
    assert (found.people, found.smallest_group) == (["code"], 1)


@pytest.mark.parametrize(("told", "highest"), [({"highest": "personal"}, "personal"), (None, "")])
def test_the_class_of_a_model_is_that_of_its_rows(told: dict[str, str] | None, highest: str, tmp_path: Path) -> None:
    if told:
        files.write_json(tmp_path / sensitivity.FILE, told)
    assert sensitivity.highest_of(tmp_path) == highest
