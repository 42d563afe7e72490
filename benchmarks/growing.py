"""Grows a finished project from outside, as if it had been run for years: versions, runs, ledger entries, windows."""

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from tasks import files
from tasks.ledger import Ledger

# Tables that hold what belongs to a run, and the column that names it.
OF_A_RUN = {"runs": "run_uuid", "metrics": "run_uuid", "latest_metrics": "run_uuid", "params": "run_uuid",
            "tags": "run_uuid", "inputs": "destination_id"}  # fmt: skip
PARENT = "mlflow.parentRunId"
VERSIONED = ("version", "base_champion", "before", "candidate")


def grow(root: Path, *, versions: int, runs: int) -> None:
    """Repeat what the newest version left behind until there are so many versions and runs; no commit is made."""
    with closing(sqlite3.connect(root / "mlflow.db")) as database:
        name, newest, winner = database.execute(
            "SELECT name, version, run_id FROM model_versions ORDER BY version DESC LIMIT 1"
        ).fetchone()
        ids = [
            row[0] for row in database.execute("SELECT run_uuid FROM runs ORDER BY run_uuid = ?, run_uuid", (winner,))
        ]
        rounds = -(-(runs - len(ids)) // len(ids))
        for number in range(1, rounds + 1):
            left = runs - len(ids) * number
            taken = ids if left >= len(ids) else [*ids[: left - 1], winner]
            _repeat_runs(database, taken, number)
            if newest + number <= versions:
                _repeat_version(database, name, newest, number, winner)
        for number in range(rounds + 1, versions - newest + 1):  # more versions than searches: they share the runs
            _repeat_version(database, name, newest, number, winner, of=(number - 1) % rounds + 1)
        database.commit()
    _grow_ledger(root, newest, versions)
    _grow_windows(root, versions)


def _named(id: str, number: int) -> str:
    return f"{number:04x}{id[4:]}"


def _columns(database: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def _repeat(
    database: sqlite3.Connection, table: str, where: str, values: tuple[Any, ...], changed: dict[str, Any]
) -> None:
    columns = _columns(database, table)
    shown = ", ".join("?" if column in changed else f'"{column}"' for column in columns)
    given = tuple(changed[column] for column in columns if column in changed)
    database.execute(f"INSERT INTO {table} SELECT {shown} FROM {table} WHERE {where}", (*given, *values))


def _repeat_runs(database: sqlite3.Connection, ids: list[str], number: int) -> None:
    for id in ids:
        for table, column in OF_A_RUN.items():
            new = {column: _named(id, number)}
            if table == "inputs":
                keys = database.execute("SELECT input_uuid FROM inputs WHERE destination_id = ?", (id,)).fetchall()
                for (key,) in keys:
                    _repeat(database, table, "input_uuid = ?", (key,), new | {"input_uuid": _named(key, number)})
            else:
                _repeat(database, table, f"{column} = ?", (id,), new)
        database.execute(
            "UPDATE tags SET value = ? || substr(value, 5) WHERE run_uuid = ? AND key = ?",
            (f"{number:04x}", _named(id, number), PARENT),
        )


def _repeat_version(
    database: sqlite3.Connection, name: str, newest: int, number: int, winner: str, of: int | None = None
) -> None:
    where, values = "name = ? AND version = ?", (name, newest)
    new = {"version": newest + number}
    _repeat(database, "model_versions", where, values, new | {"run_id": _named(winner, of or number)})
    _repeat(database, "model_version_tags", where, values, new)


def _grow_ledger(root: Path, newest: int, versions: int) -> None:
    """Write the entries of the newest version again for each that was added, signed and chained."""
    ledger = Ledger(root / "ledger", keys=root / ".lifecycle" / "keys")
    entries = [(entry.kind, entry.body) for entry in ledger.entries()]
    for version in range(newest + 1, versions + 1):
        for kind, body in entries:
            ledger.append(kind, {k: version if k in VERSIONED and v == newest else v for k, v in body.items()})


def _grow_windows(root: Path, versions: int) -> None:
    """Let there be a report of the monitor for each version, one a day before the oldest."""
    folder = root / "reports" / "monitoring"
    for path in islice(sorted(folder.glob("*.json")), 1):
        told = json.loads(path.read_text(encoding="utf-8"))
        for back in range(1, versions):
            name = (date(2013, 8, 31) - timedelta(days=back)).isoformat()
            files.write_json(folder / f"{name}.json", told | {"window": name})
