"""Read what is left of people in the prepared rows, the log of removals, and the rows under version control."""

import csv
from collections.abc import Iterator
from pathlib import Path

from lens_checks.evidence.data import PREPARE, landing
from lens_checks.evidence.place import Malformed, NoEvidence, Place, read_record
from lens_checks.evidence.records.privacy import Copies, Copy, Derived, Expiry
from lens_checks.evidence.repository import ask_git


def derived(place: Place) -> Derived:
    """Read the sensitivity of the prepared rows."""
    return read_record(Derived, place.prepared / "sensitivity.json", PREPARE)


def expiry(place: Place) -> Expiry:
    """Read the log of the last removal."""
    return read_record(Expiry, place.root / "reports/expiry.json", "run `lifecycle run`: landing removes what is old")


def copies(place: Place) -> Copies:
    """Count the rows of every Parquet and CSV file that git tracks, the source itself left aside."""
    listed = ask_git(place.root, "ls-files", "-z")
    if listed is None:
        raise NoEvidence("there is no git repository: run `git init`, add the project and commit it")
    sources = {source.path for source in landing(place).sources}
    names = [name for name in listed.split("\0") if name and name not in sources]
    return Copies(files=tuple(_copies(place.root, names)))


def _copies(root: Path, names: list[str]) -> Iterator[Copy]:
    for name in names:
        path = root / name
        if path.suffix == ".parquet" and path.is_file():
            yield _parquet(path, name)
        elif path.suffix == ".csv" and path.is_file():
            with path.open(encoding="utf-8", errors="replace", newline="") as file:
                header, *rows = csv.reader(file)
            yield Copy(path=name, rows=len(rows), columns=tuple(header))


def _parquet(path: Path, name: str) -> Copy:
    import pyarrow.parquet

    try:
        told = pyarrow.parquet.read_metadata(path)
    except (OSError, ValueError) as error:
        raise Malformed(f"{name} is not Parquet: {error}") from None
    return Copy(path=name, rows=told.num_rows, columns=tuple(told.schema.to_arrow_schema().names))
