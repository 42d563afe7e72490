"""Make the bad month that `make demo-refusal` hands in: `python -m examples.make_bad_month` from the project's root.

Every ninth flight of September 2013, with two faults that are seen in practice: the delay at departure comes in seconds
instead of minutes, and the last fifty rows were delivered twice.
"""

from datetime import date
from pathlib import Path

import pandas as pd

from config.load import load
from tasks import landing, tables

EVERY = 9
TWICE = 50

if __name__ == "__main__":
    data = load().data
    rows = landing.rows_between(data, date(2013, 9, 1), date(2013, 10, 1))
    month = rows.sort_values([data.time_column, *data.key_columns], ignore_index=True).iloc[::EVERY]
    month = month.assign(dep_delay=month["dep_delay"] * 60)
    doubled = pd.concat([month, month.tail(TWICE)], ignore_index=True)
    tables.write_parquet(doubled, Path(__file__).with_name("flights-2013-09-bad.parquet"))
