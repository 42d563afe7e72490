"""Runs a command of the command line inside a world, and tells how it ended and what it left, by independent means."""

import contextlib
import importlib
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMPLETE = (
    "gate", "outcome", "model", "commit", "dirty", "lock_sha256", "policy_sha256", "report_sha256", "blocking",
    "promotable", "actor", "cause", "time",
)  # fmt: skip
ALIASES = "SELECT alias, version FROM registered_model_aliases"


class LetThrough(Exception):
    """The pipeline did not do what it owes to a defect: what was seen instead."""


@dataclass(frozen=True)
class Left:
    """What a world holds at one moment: the registry's aliases, and the ledger's entries."""

    aliases: dict[str, int]
    entries: list[dict[str, Any]] = field(repr=False)

    @classmethod
    def now(cls, root: Path) -> "Left":
        """Read SQLite and the ledger's files, with none of the code under proof."""
        entries = [json.loads(path.read_bytes()) for path in sorted((root / "ledger").glob("[0-9]*.json"))]
        return cls(aliases(root / "mlflow.db"), entries)

    @property
    def champion(self) -> int | None:
        """The version that serves."""
        return self.aliases.get("champion")


def aliases(database: Path) -> dict[str, int]:
    """Read which version each alias names."""
    if not database.exists():
        return {}
    with contextlib.closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as opened:
        return {str(alias): int(version) for alias, version in opened.execute(ALIASES)}


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, its words, and what the world held before and after."""

    command: str
    code: int
    out: str
    err: str
    by: str
    before: Left
    after: Left

    def new(self, kind: str) -> list[dict[str, Any]]:
        """List what the command added to the ledger, of one kind."""
        return [e["body"] for e in self.after.entries[len(self.before.entries) :] if e["kind"] == kind]

    def answer(self) -> Any:
        """Read what the command answered in JSON."""
        return json.loads(self.out)

    def ok(self) -> "Ended":
        """Ask for exit code 0."""
        return self.ends(0)

    def ends(self, code: int, *words: str) -> "Ended":
        """Ask for an exit code, and for words on standard error."""
        if self.code != code:
            raise LetThrough(f"`{self.command}` ended with {self.code}, not {code}: {self.told()}")
        if lacking := [word for word in words if word not in self.told(10_000)]:
            raise LetThrough(f"`{self.command}` does not say {lacking[0]!r}: {self.told()}")
        return self

    def told(self, most: int = 400) -> str:
        """Give what was seen, in the command's own words."""
        return " ".join(self.err[self.err.rfind("seen:") :].split())[:most] or "nothing was said"

    def unmoved(self) -> "Ended":
        """Ask that the champion is what it was."""
        if self.after.champion != self.before.champion:
            raise LetThrough(f"version {self.after.champion} is champion, before: {self.before.champion}")
        return self

    def misconfigured(self, *words: str) -> "Ended":
        """Ask for a configuration error that names what is wrong, before anything was decided."""
        self.ends(2, *words).unmoved()
        if self.new("decision"):
            raise LetThrough("a gate decided on a configuration that is none")
        return self

    def refused(self, *words: str, code: int = 3) -> "Ended":
        """Ask for a refusal by the gate, and for the reason, that the defect names; recorded whole, nothing moved."""
        self.ends(code).unmoved()
        gate, _, reason = self.by.partition(" gate: ")
        gate = gate.partition(" gate")[0]
        refusals = [b for b in self.new("decision") if b["gate"] == gate and b["outcome"] == "refused"]
        if not refusals:
            raise LetThrough(f"the ledger holds no refusal of the {gate} gate: {self.told()}")
        body = refusals[-1]
        if lacking := [name for name in COMPLETE if body.get(name) in (None, "", [])]:
            raise LetThrough(f"the refusal lies in the ledger without {', '.join(lacking)}")
        said = [f"{b['practice'] or b['bound']}: {b['because']}" for b in body["blocking"]]
        mine = [text for text in said if not reason or text.startswith(f"{reason}: ")]
        if not any(all(word in text for word in words) for text in mine):
            raise LetThrough(f"refused for another reason: {'; '.join(said)[:400]}")
        return self


def command(*words: str, by: str = "") -> Ended:
    """Run a command in this process and folder, as a shell would; words as they are typed after `lifecycle`."""
    before, code = Left.now(Path(".")), 0
    with _captured() as told:
        try:
            importlib.import_module("cli").main(list(words))
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    out, err = (re.sub(r"\x1b\[[0-9;]*m", "", text) for text in told)
    return Ended(" ".join(("lifecycle", *words)), code, out, err, by, before, Left.now(Path(".")))


@contextlib.contextmanager
def _captured() -> Iterator[list[str]]:
    """Catch what is written to the two outputs, by this process and by those it starts."""
    told: list[str] = []
    streams = (sys.stdout, sys.stderr)
    kept = [os.dup(number) for number in (1, 2)]
    paths = [Path(".lifecycle") / f"proof-{name}.txt" for name in ("out", "err")]
    paths[0].parent.mkdir(mode=0o700, exist_ok=True)
    with contextlib.ExitStack() as files:
        for number, path in enumerate(paths, start=1):
            streams[number - 1].flush()
            os.dup2(files.enter_context(path.open("wb")).fileno(), number)
        try:
            yield told
        finally:
            for number, descriptor in enumerate(kept, start=1):
                streams[number - 1].flush()
                os.dup2(descriptor, number)
                os.close(descriptor)
    told += [path.read_text(errors="replace") for path in paths]
