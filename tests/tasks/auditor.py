"""An auditor of the ladder that shares no code with it: it reads the database and the ledger's files as they lie there.

SQLite and JSON are all it needs, so it may look at any instant, also while others write, and after any crash.
"""

import contextlib
import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

Entries = list[dict[str, Any]]


def audit(root: Path, *, damaged: int | None = None) -> int | None:
    """Give the champion's version, having seen that it was earned; AssertionError otherwise.

    The bytes of a version that a test has damaged are not looked at.
    """
    entries = read_ledger(root)
    check_chain(entries)
    with contextlib.closing(sqlite3.connect(root / "mlflow.db")) as database:
        aliases = dict(database.execute("select alias, version from registered_model_aliases"))
        (source, digest), *_ = database.execute(
            "select v.source, t.value from model_versions v join model_version_tags t"
            " on t.version = v.version and t.key = 'digest' where v.version = ?", (aliases.get("champion", -1),)
        ).fetchall() or [(None, None)]  # fmt: skip
        (head,) = database.execute("select value from registered_model_tags where key = 'ledger_head'").fetchone()
    number, _, remembered = head.partition(":")
    assert entries[int(number) - 1]["hash"] == remembered
    if "champion" not in aliases:
        return None
    version = int(aliases["champion"])
    check_earned(version, digest, entries)
    if version != damaged:
        assert digest_of(Path(source.removeprefix("file://"))) == digest
    return version


def read_ledger(root: Path) -> Entries:
    """Read the entries as they lie on the disk."""
    return [json.loads(path.read_bytes()) for path in sorted((root / "ledger").glob("[0-9]*.json"))]


def check_chain(entries: Entries) -> None:
    """See that entries are whole, numbered without a gap, and each carries the hash of the one before."""
    previous = "0" * 64
    for number, entry in enumerate(entries, 1):
        bare = {key: value for key, value in entry.items() if key != "hash"}
        text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (entry["number"], entry["previous"]) == (number, previous)
        assert entry["hash"] == hashlib.sha256(text.encode()).hexdigest()
        previous = entry["hash"]


def check_earned(version: int, digest: str, entries: Entries) -> None:
    """See that an intent for this version rests on a decision before it: complete, passed, of these bytes and base."""
    kinds = ("intent", "done", "rollback")
    mine = [e for e in entries if e["kind"] in kinds and e["body"]["alias"] == "champion"]
    intent = [e for e in mine if e["body"]["version"] == version][-1]
    decision = entries[intent["body"]["decision"] - 1]
    body = decision["body"]
    assert decision["kind"] == "decision" and decision["number"] < intent["number"]
    assert (body["outcome"], body["promotable"], body["blocking"]) == ("passed", True, [])
    assert (body["gate"], body["version"], body["model_digest"]) == ("champion", version, digest)
    if intent["body"]["action"] == "promotion":
        assert body["base_champion"] == intent["body"]["from"]


def digest_of(folder: Path) -> str:
    """Recompute the digest of a model's files."""
    listed = []
    for path in sorted(folder.rglob("*"), key=lambda p: p.relative_to(folder).as_posix()):
        if path.is_file() and path.name not in ("serving.json", "golden.json", "model.sig"):
            data = path.read_bytes()
            listed.append([path.relative_to(folder).as_posix(), len(data), hashlib.sha256(data).hexdigest()])
    return hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()


def check_closed_once(root: Path) -> None:
    """See that every intent was closed, once, and that no model became two versions."""
    entries = read_ledger(root)
    intents = [e["number"] for e in entries if e["kind"] == "intent"]
    closed = [e["body"]["intent"] for e in entries if e["kind"] in ("done", "aborted", "rollback")]
    assert sorted(closed) == intents
    with contextlib.closing(sqlite3.connect(root / "mlflow.db")) as database:
        versions = database.execute("select run_id, count(*) from model_versions group by run_id").fetchall()
    assert all(count == 1 for _, count in versions)
