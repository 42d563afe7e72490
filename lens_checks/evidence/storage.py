"""Look at the files that hold rows: how large, how old, how compressed, and which hold the same bytes."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path

from lens_checks.evidence.data import landing
from lens_checks.evidence.place import Malformed, NoEvidence, Place, sha256_of
from lens_checks.evidence.records.ground import Storage, StoredFile

FOLDERS = ("data/landed", "data/prepared", "data/quarantine")
ROWS = (".parquet", ".csv", ".feather", ".json.gz")


def storage(place: Place) -> Storage:
    """List every file of rows under data/."""
    rooms = [p for folder in FOLDERS for p in sorted((place.root / folder).rglob("*"))]
    paths = [path for path in rooms if path.name.endswith(ROWS) and path.is_file()]
    if not paths:
        raise NoEvidence("no rows are stored yet: run `lifecycle run`")
    return Storage(files=tuple(_file(place.root, path) for path in paths), source_bytes=_source_bytes(place))


def _file(root: Path, path: Path) -> StoredFile:
    facts = path.stat()
    return StoredFile(
        path=path.relative_to(root).as_posix(),
        size=facts.st_size,
        sha256=sha256_of(path) or "",
        modified=datetime.fromtimestamp(facts.st_mtime, UTC),
        compression=_compression(path) if path.suffix == ".parquet" else None,
    )


def _compression(path: Path) -> str:
    import pyarrow.parquet

    try:
        groups = pyarrow.parquet.read_metadata(path)
    except (OSError, ValueError) as error:
        raise Malformed(f"{path.as_posix()} is not Parquet: {error}") from None
    return str(groups.row_group(0).column(0).compression) if groups.num_row_groups else "NONE"


def _source_bytes(place: Place) -> int | None:
    try:
        sources = [Path(source.path) for source in place.once(landing).sources]
    except (NoEvidence, Malformed):
        return None
    found = [path for source in sources if (path := _found(place.root, source)) is not None]
    return sum(path.stat().st_size for path in found) if found else None


def _found(root: Path, source: Path) -> Path | None:
    """Look for a source in the project, and then in the installed package that its first name is of."""
    package = importlib.util.find_spec(source.parts[0]) if source.parts[0].isidentifier() else None
    homes = [root, *(Path(home).parent for home in (package.submodule_search_locations or ()))] if package else [root]
    return next((home / source for home in homes if (home / source).is_file()), None)
