"""Requests and answers are kept whole, without what is sensitive, and never at the price of an answer."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet
import pytest

from config.settings.serving import Capture as Settings
from serving.capture import Capture
from serving.served import Served
from serving.watching import Seen
from tasks.inference import Form, Inference
from tasks.scoring import ColumnContract, Contract

COLUMNS = tuple(
    ColumnContract(kind, kind, nullable=True) for kind in ("number", "integer", "boolean", "category", "timestamp")
)
CONTRACT = Contract("m", "r", "binary", ("0", "1"), 0.5, COLUMNS)
ROWS: dict[str, Any] = {
    "number": [1.5, None], "integer": [2, None], "boolean": [True, None], "category": ["a", None],
    "timestamp": np.array(["2013-01-01", "NaT"], dtype="datetime64[us]"),
}  # fmt: skip
MATRIX = np.array([[0.75, 0.25], [0.25, 0.75]])


def served(contract: Contract = CONTRACT) -> Served:
    return Served(Inference(Form.NATIVE, contract, None), contract, "d" * 64, version=7, decision=3)


def capture(tmp_path: Path, *, sensitive: tuple[str, ...] = (), **change: Any) -> Capture:
    return Capture(Settings(folder=str(tmp_path / "captured"), **change), frozenset(sensitive))


def offer(to: Capture, contract: Contract = CONTRACT, matrix: Any = MATRIX, *, probing: bool = False) -> None:
    seen = Seen(0.0, "POST", "/invocations", "request", "shop", probing=probing)
    to.offer(seen, served(contract), ROWS, matrix)


def test_rows_are_kept_with_request_version_decision_and_answer(tmp_path: Path) -> None:
    kept = capture(tmp_path)
    offer(kept)
    (path,) = kept.write()
    first, second = pyarrow.parquet.ParquetFile(path).read().to_pylist()
    assert path.parent.name.startswith("date=20")
    assert [first[n] for n in ("request", "consumer", "row", "version", "decision")] == ["request", "shop", 0, 7, 3]
    assert (first["feature.number"], first["answer.positive"], second["answer.probability"]) == (1.5, False, 0.75)
    assert all(second[f"feature.{column.name}"] is None for column in COLUMNS)


def test_rows_of_who_probes_are_marked(tmp_path: Path) -> None:
    kept = capture(tmp_path)
    offer(kept)
    offer(kept, probing=True)
    (path,) = kept.write()
    assert pyarrow.parquet.ParquetFile(path).read()["suspect"].to_pylist() == [False, False, True, True]


def test_sensitive_columns_are_left_empty(tmp_path: Path) -> None:
    kept = capture(tmp_path, sensitive=("category",))
    offer(kept)
    (path,) = kept.write()
    table = pyarrow.parquet.ParquetFile(path).read()
    assert table["feature.category"].null_count == 2 and table["feature.number"].null_count == 1


@pytest.mark.parametrize(
    ("problem", "matrix", "name"), [("regression", MATRIX[:, :1], "value"), ("multiclass", MATRIX, "label")]
)
def test_other_problems_keep_their_own_answers(tmp_path: Path, problem: str, matrix: Any, name: str) -> None:
    kept = capture(tmp_path)
    offer(kept, replace(CONTRACT, problem=problem), matrix)
    (path,) = kept.write()
    assert f"answer.{name}" in pyarrow.parquet.ParquetFile(path).schema_arrow.names


def test_a_full_buffer_drops_and_counts(tmp_path: Path) -> None:
    kept = capture(tmp_path, buffer_rows=3)
    for _ in range(3):
        offer(kept)
    assert (kept.rows_waiting, kept.dropped) == (2, 4)
    kept.write()
    assert (kept.rows_waiting, kept.written) == (0, 2)


def test_a_disk_that_takes_nothing_costs_the_rows_alone(tmp_path: Path) -> None:
    kept = capture(tmp_path)
    (tmp_path / "captured").write_text("a file where the folder should be")
    offer(kept)
    assert kept.write() == [] and (kept.rows_waiting, kept.written, kept.dropped) == (0, 0, 2)


def test_no_share_keeps_nothing(tmp_path: Path) -> None:
    kept = capture(tmp_path, share=0.0)
    offer(kept)
    assert kept.write() == []


WRITER = """
import sys
from pathlib import Path
from tests.serving.test_capture import capture, offer
kept = capture(Path(sys.argv[1]))
print("begun", flush=True)
while True:
    offer(kept)
    kept.write()
"""


def test_after_a_kill_every_file_is_whole(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], cwd=root, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == b"begun\n"
    time.sleep(1.0)
    process.kill()
    process.wait()
    process.stdout.close()
    found = list((tmp_path / "captured").glob("*/*.parquet"))
    assert found and all(pyarrow.parquet.ParquetFile(path).metadata.num_rows == 2 for path in found)
