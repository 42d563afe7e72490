"""Make the sample of the real data that the tests run on: `python -m proving.sample.make` from the project's root.

Every fourteenth flight of January to October 2013 in the order of departure, in the columns of config/data.yaml:
about 20,000 rows, the same ones each time.
"""

from datetime import date
from pathlib import Path

from config.load import load
from tasks import landing, tables

EVERY = 14

if __name__ == "__main__":
    data = load().data
    assert data.time_column is not None
    rows = landing.rows_between(data, date(2013, 1, 1), date(2013, 11, 1))
    ordered = rows.sort_values([data.time_column, *data.key_columns], ignore_index=True)
    tables.write_parquet(ordered.iloc[::EVERY].reset_index(drop=True), Path(__file__).with_name("flights.parquet"))
