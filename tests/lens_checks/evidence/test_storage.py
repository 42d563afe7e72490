"""The files that hold rows are told as they lie on disk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from lens_checks.evidence import storage
from lens_checks.evidence.place import Malformed, NoEvidence, Place, sha256_of
from tasks import files
from tests.lens_checks.evidence.test_data import MANIFEST

NOW = datetime(2026, 3, 15, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, example: Settings) -> Place:
    return Place(tmp_path, example, NOW)


def landed(place: Place, *sources: str) -> int | None:
    """Say that the rows were landed from these sources, and give the size that is told of them."""
    told = {"sources": [{"path": path, "sha256": "c"} for path in sources]}
    files.write_json(place.root / "data/landed/manifest.json", MANIFEST | told)
    files.write_bytes_atomically(place.root / "data/landed/rows.csv", b"rows")
    return storage.storage(place).source_bytes


def test_stored_rows_are_told_with_size_and_compression(place: Place) -> None:
    import pandas as pd

    folder = place.root / "data/prepared"
    folder.mkdir(parents=True)
    pd.DataFrame({"delay": [1, 2]}).to_parquet(folder / "train.parquet", compression="zstd")
    (place.root / "raw.csv").write_text("delay\n1\n2\n")
    files.write_json(place.root / "data/landed/manifest.json", MANIFEST)
    found = storage.storage(place)
    assert [(file.path, file.compression) for file in found.files] == [("data/prepared/train.parquet", "ZSTD")]
    assert found.source_bytes == 10


def test_every_file_of_rows_is_told(place: Place) -> None:
    rows = {
        "data/landed/a.csv", "data/landed/deep/a.feather", "data/prepared/a.json.gz", "data/quarantine/a.csv",
        "data/quarantine/b.csv",
    }  # fmt: skip
    for path in (*rows, "data/elsewhere/a.csv", "data/landed/manifest.json"):
        files.write_bytes_atomically(place.root / path, path.encode())
    (place.root / "data/landed/folder.csv").mkdir()
    found = {file.path: file for file in storage.storage(place).files}
    assert found.keys() == rows
    path = place.root / "data/landed/a.csv"
    one = found["data/landed/a.csv"]
    assert (one.size, one.sha256, one.compression) == (17, sha256_of(path), None)
    assert one.modified == datetime.fromtimestamp(path.stat().st_mtime, UTC)


def test_where_no_rows_are_stored_there_is_no_evidence(place: Place) -> None:
    with pytest.raises(NoEvidence, match="no rows are stored yet"):
        storage.storage(place)


@pytest.mark.parametrize("text", [b"rows", b"PAR1" + b"\xff" * 8 + b"\x08\0\0\0PAR1"])
def test_what_is_called_parquet_and_is_none_is_malformed(place: Place, text: bytes) -> None:
    files.write_bytes_atomically(place.root / "data/prepared/train.parquet", text)
    with pytest.raises(Malformed, match="is not Parquet"):
        storage.storage(place)


def test_where_no_group_of_rows_was_written_none_is_compressed(place: Place) -> None:
    import pyarrow
    import pyarrow.parquet

    path = place.root / "data/prepared/train.parquet"
    path.parent.mkdir(parents=True)
    pyarrow.parquet.ParquetWriter(path, pyarrow.schema([("delay", pyarrow.int64())])).close()
    assert [file.compression for file in storage.storage(place).files] == ["NONE"]


@pytest.mark.parametrize(
    ("sources", "size"),
    [
        pytest.param(("raw.csv",), 10, id="of the project"),
        pytest.param(("raw.csv", "raw/more.csv"), 15, id="two of them"),
        pytest.param(("raw.csv", "gone.csv"), 10, id="one that is gone"),
        pytest.param(("gone.csv",), None, id="none that is there"),
        pytest.param(("installed/rows.csv",), 3, id="of an installed package"),
        pytest.param(("installed/ours.csv",), 5, id="of the project, in a folder that is called like a package"),
        pytest.param(("installed/gone.csv",), None, id="none of its"),
        pytest.param(("math/rows.csv",), None, id="of a module without files"),
        pytest.param(("../raw.csv",), None, id="outside the project"),
        pytest.param(("s3://far/rows.csv",), None, id="of another host"),
        pytest.param((), None, id="no source at all"),
    ],
)
def test_the_size_of_what_was_landed_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch, sources: tuple[str, ...], size: int | None
) -> None:
    for path, text in {
        "raw.csv": "delay\n1\n2\n",
        "raw/more.csv": "more\n",
        "installed/ours.csv": "ours\n",
        "site/installed/rows.csv": "ab\n",
    }.items():
        files.write_bytes_atomically(place.root / path, text.encode())
    files.write_bytes_atomically(place.root / "site/installed/__init__.py", b"")
    monkeypatch.syspath_prepend(place.root / "site")
    assert landed(place, *sources) == size


def test_where_nothing_says_what_was_landed_no_size_is_told(place: Place) -> None:
    files.write_bytes_atomically(place.root / "data/landed/rows.csv", b"rows")
    assert storage.storage(place).source_bytes is None
    files.write_bytes_atomically(place.root / "data/landed/manifest.json", b"{")
    assert storage.storage(Place(place.root, place.settings, NOW)).source_bytes is None
