"""What is left of people in the prepared rows, what was removed when its time was up, and which copies lie about."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record
from lens_checks.evidence.records.data import PersonalData


@dataclass(frozen=True, kw_only=True)
class Derived(Record):
    """The sensitivity of the prepared rows: sensitivity.json; `smallest_group` is k over the columns of `people`."""

    data_sha256: str
    columns: dict[str, str]
    highest: str
    treated: dict[str, str]
    found: tuple[PersonalData, ...]
    people: tuple[str, ...]
    smallest_group: int | None


@dataclass(frozen=True, kw_only=True)
class Expired(Record):
    """A file that was removed, and how many days it had been kept."""

    path: str
    sha256: str
    days: float


@dataclass(frozen=True, kw_only=True)
class Expiry(Record):
    """The last removal of what is too old: reports/expiry.json."""

    made: datetime
    retention_days: int | None
    looked_at: int
    removed: tuple[Expired, ...]


@dataclass(frozen=True, kw_only=True)
class Copy(Record):
    """A file of rows under version control, which everybody who develops has."""

    path: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Copies(Record):
    """The files of rows under version control that are not the source itself; none is an answer too."""

    files: tuple[Copy, ...]
