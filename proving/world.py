"""A world to plant a defect in: a copy of this project's code at the size of a sample, and hands to change it from
outside.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proving import configs
from proving.commands import Ended, Left, LetThrough, command

if TYPE_CHECKING:
    import pandas as pd

CODE = ("cli", "commands", "config", "flows", "lens_checks", "proving", "serving", "tasks")
SOURCE = Path("proving/sample/flights.parquet")
LATER = "2013-10-01"  # the end of the window of the second candidate


@dataclass(frozen=True)
class World:
    """A copy of the undisturbed run, the current folder of the process that plants a defect in it."""

    root: Path
    by: str

    def __call__(self, *words: str) -> Ended:
        """Run a command of the command line."""
        return command(*words, by=self.by)

    @property
    def now(self) -> Left:
        """What registry and ledger say, read by independent means."""
        return Left.now(self.root)

    # --- from outside: configuration, rows, records, files --------------------------------------------------------

    def set(self, file: str, key: str, value: Any) -> None:
        """Write a value into config/<file>.yaml, at a dotted key, and commit it as a person would."""
        self.change(file, lambda place: configs.put(place, key.split("."), value))

    def change(self, file: str, edit: Callable[[dict[str, Any]], Any]) -> None:
        """Edit config/<file>.yaml, and commit it."""
        values = configs.read(self.root, file)
        edit(values)
        configs.write(self.root, file, values)
        self.commit()

    def undo(self, path: str) -> None:
        """Bring a file back to what it was before the last commit, and commit it."""
        self._git("checkout", "--quiet", "HEAD~1", "--", path)
        self.commit()

    def commit(self) -> None:
        """Commit what was changed."""
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "-m", "Change")

    def _git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self.root, check=True, capture_output=True)

    def rows(self, change: "Callable[[pd.DataFrame], pd.DataFrame]") -> None:
        """Change the rows of the source."""
        from tasks import tables

        path = self.root / self.source
        tables.write_parquet(change(tables.read_parquet(path)).reset_index(drop=True), path)

    @property
    def source(self) -> Path:
        """The file that the source reads."""
        return Path(configs.read(self.root, "data")["source"]["path"])

    def later(self) -> None:
        """Let a month pass: the window ends later, so that the next run trains anew on more rows."""
        self.set("data", "window.end", LATER)

    def read(self, path: str) -> Any:
        """Read a JSON file."""
        return json.loads((self.root / path).read_text(encoding="utf-8"))

    def write(self, path: str, value: Any) -> None:
        """Write a JSON file; what is no number stays what it is."""
        (self.root / path).write_text(json.dumps(value, indent=2), encoding="utf-8")

    def forge(self, stage: str) -> None:
        """Let DVC take what lies there now for what a stage has made."""
        from tasks import versioning

        versioning.record_stage(stage)

    def sql(self, statement: str, *values: Any) -> None:
        """Change MLflow's database behind its back."""
        with closing(sqlite3.connect(self.root / "mlflow.db", timeout=30)) as database:
            if not database.execute(statement, values).rowcount:
                raise LetThrough(f"nothing was planted: {statement}")
            database.commit()

    def model(self) -> Path:
        """The file of the model that was trained last."""
        uri = self.read("reports/training/training.json")["model_uri"].removeprefix("models:/")
        return next((self.root / "mlartifacts" / "models" / uri).rglob("model.skops"))

    def add(self, path: str, text: str) -> None:
        """Add code to a file that belongs to the user, commit it, and let this process run the world's own code."""
        file = self.root / path
        known = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(known + text, encoding="utf-8")
        self.commit()
        for name in [name for name in sys.modules if name.split(".")[0] in CODE and not name.startswith("proving")]:
            del sys.modules[name]
        sys.path.insert(0, str(self.root))


def clone(source: Path, target: Path) -> Path:
    """Copy a world; MLflow keeps its addresses in full, so they are told of the new place."""
    shutil.copytree(source, target, symlinks=True)
    if (database := target / "mlflow.db").exists():
        _readdress(database, str(source), str(target))
    return target


def _readdress(database: Path, old: str, new: str) -> None:
    with closing(sqlite3.connect(database)) as opened:
        tables = [name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for _, column, kind, *_ in opened.execute(f"PRAGMA table_info({table})").fetchall():
                if "CHAR" in kind.upper() or "TEXT" in kind.upper():
                    change = f"UPDATE {table} SET {column} = replace({column}, ?, ?) WHERE instr({column}, ?)"
                    opened.execute(change, (old, new, old))
        opened.commit()


def enter(root: Path) -> None:
    """Make a world the place of this process: its folder, and no address of a store from anywhere else."""
    os.chdir(root)
    for name in [n for n in os.environ if n.startswith(("MLFLOW_TRACKING", "MLFLOW_REGISTRY", "LIFECYCLE_"))]:
        del os.environ[name]
