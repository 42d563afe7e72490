"""A batch appears whole, is resumed after any end, leaves the same bytes, and names the rows that it refused."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from config.errors import ConfigError, LifecycleError
from tasks import answers, batches, failpoints, streams
from tasks.batches import Job, Scored
from tasks.inference import Form, Inference
from tasks.scoring import score
from tests.tasks.release_world import contract_for, fitted

AT = "2026-01-01T00:00:00+00:00"
ROWS = pd.DataFrame({"delay": np.linspace(-20, 60, 50), "wind": np.linspace(0, 30, 50), "flight": range(50)})
PIPELINE = fitted(1.0)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def run(source: str, output: Path, **where: str) -> Scored:
    """Score with a small model, ten rows at a time."""
    streams.CHUNK, streams.BLOCK = 10, 120
    opened = Inference(Form.NATIVE, contract_for("0" * 32), PIPELINE)
    at = os.environ.get("AT", AT)
    job = Job(output, streams.open_source(source, **where), opened, 3, "digest", ("flight",), at)
    return batches.score(job, state=output.resolve().parent / "state", told=lambda *_: None)


def parquet(rows: pd.DataFrame = ROWS, name: str = "rows.parquet") -> str:
    rows.to_parquet(name, index=False)
    return name


EXPECTED = [a["probability"] for a in score(PIPELINE, ROWS[["delay", "wind"]], contract_for("0" * 32))]


def database() -> str:
    with sqlite3.connect("rows.db") as connection:
        ROWS.to_sql("rows", connection, index=False)
    return "sqlite:///rows.db"


def csv() -> str:
    ROWS.to_csv("rows.csv", index=False)
    return "rows.csv"


def folder() -> str:
    for n, part in enumerate((ROWS[:20], ROWS[20:])):
        Path("in").mkdir(exist_ok=True)
        part.to_parquet(f"in/{n}.parquet", index=False)
    return "in"


SOURCES = [
    pytest.param(parquet, {}, id="Parquet"),
    pytest.param(csv, {}, id="CSV"),
    pytest.param(folder, {}, id="a folder"),
    pytest.param(lambda: folder() + "/*.parquet", {}, id="a pattern"),
    pytest.param(database, {"table": "rows"}, id="a table"),
    pytest.param(database, {"query": "select * from rows order by flight"}, id="a query"),
]


@pytest.mark.parametrize(("make", "where"), SOURCES)
def test_every_source_gives_every_row_once_with_its_key(make: Any, where: dict[str, str], tmp_path: Path) -> None:
    done = run(make(), tmp_path / "out.parquet", **where)
    answers = pq.read_table(done.output).to_pandas()
    assert np.allclose(answers["probability"], EXPECTED, atol=1e-12)
    assert answers["row"].tolist() == answers["flight"].astype(int).tolist() == list(range(50))
    assert (set(answers["model_version"]), set(answers["scored_at"])) == ({3}, {AT})


def test_answers_as_csv_are_the_same(tmp_path: Path) -> None:
    answers = pd.read_csv(run(parquet(), tmp_path / "out.csv").output)
    assert np.allclose(answers["probability"], EXPECTED, atol=1e-12)


def test_bad_rows_go_to_a_side_file_with_their_reason(tmp_path: Path) -> None:
    rows = ROWS.astype({"delay": object})
    rows.loc[[3, 17], "delay"] = ["late", None]
    rows.to_csv("rows.csv", index=False)
    with open("rows.csv", "a") as text:
        text.write("1,2\n")
    done = run("rows.csv", tmp_path / "out.parquet")
    faults = pd.read_csv(done.faults or "")
    assert (done.rows, done.scored, done.refused) == (51, 48, 3)
    assert faults["source_row"].tolist()[:2] == [3, 17]
    assert [
        w for w in ("not a number", "missing", "line 52: 2 values for 3") if w not in " ".join(faults["reason"])
    ] == []


def interrupted(source: str, output: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a batch end at a failpoint, leaving what lies there then."""
    failpoints.passed.clear()
    monkeypatch.setenv(failpoints.VARIABLE, f"{where}:raise")
    with pytest.raises(RuntimeError, match="failpoint"):
        run(source, output)
    monkeypatch.delenv(failpoints.VARIABLE)


FAILPOINTS = [
    "batch.begun", "batch.part", "batch.part@3", "batch.noted@2", "batch.faults", "batch.output", "batch.account",
]  # fmt: skip


@pytest.mark.parametrize("where", FAILPOINTS)
def test_an_interrupted_batch_is_resumed_to_the_same_bytes(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, output = parquet(), tmp_path / "out.parquet"
    (tmp_path / "whole").mkdir()
    whole = run(source, tmp_path / "whole" / "out.parquet")
    interrupted(source, output, where, monkeypatch)
    assert output.exists() == (where in {"batch.output", "batch.account"})
    assert run(source, output).sha256 == whole.sha256
    assert [path.name for path in tmp_path.glob(".out*")] == []


def test_a_killed_batch_leaves_nothing_half_written(tmp_path: Path) -> None:
    source, output = parquet(), tmp_path / "out.parquet"
    code = "import sys; from pathlib import Path; from tests.tasks.test_batches import run; "
    code += "run(sys.argv[1], Path(sys.argv[2]))"
    told = {"LIFECYCLE_FAILPOINT": "batch.noted@2:kill", "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run([sys.executable, "-c", code, source, str(output)], env=os.environ | told, check=False)
    assert (ended.returncode, output.exists()) == (-signal.SIGKILL, False)
    assert run(source, output).resumed_rows >= 20  # a third part may have been noted beside


def test_a_resumed_batch_keeps_the_time_of_its_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, output = parquet(), tmp_path / "out.parquet"
    first = run(source, output)
    output.unlink()
    monkeypatch.setenv("AT", "2030-01-01T00:00:00+00:00")
    assert run(source, output).sha256 == first.sha256


def test_a_finished_batch_is_left_alone_until_its_input_changes(tmp_path: Path) -> None:
    output = tmp_path / "out.parquet"
    run(parquet(), output)
    assert run("rows.parquet", output).changed is False
    assert run(parquet(ROWS[:5]), output).rows == 5


def test_a_part_that_was_cut_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, output = parquet(), tmp_path / "out.parquet"
    expected = run(source, tmp_path / "out.csv").rows
    interrupted(source, output, "batch.faults", monkeypatch)
    (tmp_path / ".out.parquet.job" / "000001.part").write_bytes(b"cut")
    done = run(source, output)
    assert (done.rows, done.resumed_rows) == (expected, expected - 10)


REFUSED: list[Any] = [
    pytest.param("nothing.csv", "out.parquet", "names no file", id="no file"),
    pytest.param("rows.parquet", "out.xlsx", "has no format", id="an output of no format"),
    pytest.param("rows.txt", "out.csv", "not all of them", id="an input of no format"),
    pytest.param("rows.parquet", "rows.parquet", "take the place of what is to be scored", id="the input"),
    pytest.param("*.parquet", "link/rows.parquet", "take the place", id="a part of the input, by another name"),
    pytest.param("rows.parquet.faults.csv", "rows.parquet", "take the place", id="an input that would be its faults"),
]


@pytest.mark.parametrize(("source", "output", "words"), REFUSED)
def test_what_cannot_be_is_said(source: str, output: str, words: str, tmp_path: Path) -> None:
    before = Path(parquet()).read_bytes()
    Path("rows.txt").touch()
    Path("rows.parquet.faults.csv").touch()
    Path("link").symlink_to(tmp_path)
    with pytest.raises(ConfigError, match=words):
        run(source, tmp_path / output)
    assert (Path("rows.parquet").read_bytes(), Path("rows.parquet.faults.csv").exists()) == (before, True)


def parquet_twice() -> str:
    columns = [pa.array([1.0]), pa.array([9.0]), pa.array([1.0])]
    pq.write_table(pa.Table.from_arrays(columns, names=["delay", "delay", "wind"]), "twice.parquet")
    return "twice.parquet"


def csv_twice() -> str:
    Path("twice.csv").write_text("delay,wind,delay\n1,2,3\n")
    return "twice.csv"


AMBIGUOUS = [
    pytest.param(parquet_twice, {}, id="Parquet"),
    pytest.param(csv_twice, {}, id="CSV"),
    pytest.param(database, {"query": "select delay, wind, 60.0 as delay from rows"}, id="a query"),
]


@pytest.mark.parametrize(("make", "where"), AMBIGUOUS)
def test_a_column_that_is_named_twice_is_refused(make: Any, where: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(LifecycleError, match="names a column twice"):
        run(make(), tmp_path / "out.parquet", **where)


def keyed(name: str, *keys: pa.Array | None) -> str:
    """Make a folder of files, each with its own keys, or with none."""
    Path(name).mkdir()
    for number, key in enumerate(keys):
        rows = pa.table({"delay": [1.0], "wind": [1.0]})
        pq.write_table(rows if key is None else rows.append_column("flight", key), f"{name}/{number}.parquet")
    return name


UNLIKE = [
    pytest.param([pa.array([1]), pa.array(["Doe"])], "out.parquet", "flight is string", id="two types"),
    pytest.param([pa.array([1]), None], "out.parquet", "there is none", id="one file without"),
    pytest.param([pa.array([[1, 2]])], "out.csv", "flight is list<", id="lists in CSV"),
]


@pytest.mark.parametrize(("keys", "output", "words"), UNLIKE)
def test_keys_that_cannot_be_written_are_said_without_a_value(
    keys: list[pa.Array | None], output: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(LifecycleError, match=f"the keys cannot stand .*: {words}") as caught:
        run(keyed("in", *keys), tmp_path / output)
    assert "Doe" not in caught.value.seen
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize("name", ["row", "positive", "probability", "model_version", "scored_at"])
def test_a_key_that_is_called_like_an_answer_stands_beside_it(name: str) -> None:
    rows, figures = np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]])
    keys = pa.table({name: ["a", "b"], "flight": [7, 8]})
    told = answers.table(figures, contract_for("0" * 32), rows=rows, version=3, at=AT, keys=keys)
    assert told[f"key_{name}"].to_pylist() == ["a", "b"] and told["flight"].to_pylist() == [7, 8]
    assert told["probability"].to_pylist() == [0.1, 0.8]
    assert told.column_names[0] == "row" and len(set(told.column_names)) == len(told.column_names)


def test_a_first_line_without_end_is_said(tmp_path: Path) -> None:
    Path("rows.csv").write_text("delay,wind," + "x" * 200_000 + "\n1,2,3\n")
    with pytest.raises(LifecycleError, match=r"rows.csv cannot be read: field larger"):
        run("rows.csv", tmp_path / "out.parquet")


def test_a_broken_file_is_said_and_nothing_appears(tmp_path: Path) -> None:
    Path("rows.parquet").write_bytes(b"PAR1 no rows PAR1")
    with pytest.raises(LifecycleError, match="cannot be read"):
        run("rows.parquet", tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()


def test_no_rows_give_an_empty_answer(tmp_path: Path) -> None:
    done = run(parquet(ROWS[:0]), tmp_path / "out.parquet")
    assert (done.rows, pq.read_table(done.output).num_rows) == (0, 0)


def test_the_account_is_readable(tmp_path: Path) -> None:
    done = run(parquet(), tmp_path / "out.parquet")
    assert json.loads(Path(done.output + ".json").read_text())["rows"] == 50
