"""Shows a refusal: a bad month arrives, `lifecycle run` refuses it before training, and the champion stays."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.load import load

HERE = Path(__file__).parent
MONTH = "flights-2013-09-bad"
QUARANTINE = Path("data/quarantine")
REFUSED = 3


def main() -> int:
    """Play the whole scene; 0 only if everything that should be seen was seen."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    champion, entries, started = _champion(), _entries(), time.time()
    with _arrived() as month:
        _say(f"{month} has arrived: a column in another unit, and keys twice. $ lifecycle run")
        code = subprocess.run([sys.executable, "-m", "cli", "run"], check=False).returncode
    _say(f"exit code {code} ({REFUSED}: a gate refused). {month} is taken away again.")
    refusals = [e for e in _entries()[len(entries) :] if e["body"].get("outcome") == "refused"]
    seen = {
        "the run ended with exit code 3": code == REFUSED,
        "the rows are in quarantine, with the rule that caught each": _show_quarantine(started),
        "the refusal is in the ledger, at the data gate": _show_refusals(refusals),
        f"champion is version {champion}, as before": champion is not None and champion == _champion(),
    }
    _say("What should have been seen:")
    for sentence, true in seen.items():
        print(f"  {'✓' if true else '✗'} {sentence}")
    return 0 if all(seen.values()) else 1


@contextlib.contextmanager
def _arrived() -> Iterator[Path]:
    """Put the bad month where data arrives, and take it away whatever happens."""
    source = next(path for path in sorted(HERE.glob(f"{MONTH}.*")) if path.suffix != ".py")
    month = Path(load().data.source.incoming) / source.name
    month.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy(source, month)
        yield month
    finally:
        month.unlink(missing_ok=True)


def _show_quarantine(started: float) -> bool:
    import pandas as pd

    fresh = [path for path in QUARANTINE.glob("*.parquet") if path.stat().st_mtime >= started]
    for path in fresh:
        rows = pd.read_parquet(path)
        _say(f"{path}: {len(rows)} findings")
        print(rows["rule"].value_counts().to_string())
        named = [name for name in rows if any(name in rule for rule in rows["rule"].unique())]
        columns = list(dict.fromkeys(["rule", *load().data.key_columns, *named]))
        print("\n" + rows.groupby("rule", observed=True).head(3)[columns].to_string(index=False))
        if rows.empty or rows["rule"].isna().any():
            return False
    return bool(fresh)


def _show_refusals(refusals: list[dict[str, Any]]) -> bool:
    for entry in refusals:
        body = entry["body"]
        _say(f"ledger entry {entry['number']}: gate {body['gate']}, {body['outcome']}")
        for reason in body["blocking"][:5]:
            print(f"  {reason.get('practice') or reason.get('bound')}: {reason['because']}")
    return any(entry["body"]["gate"] == "data" for entry in refusals)


def _champion() -> int | None:
    aliases = _asked("status")["aliases"]
    return None if aliases["champion"] is None else int(aliases["champion"])


def _entries() -> list[dict[str, Any]]:
    return list(_asked("ledger")["entries"])


def _asked(command: str) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-m", "cli", command, "--json"], check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(answer.stdout))


def _say(text: str) -> None:
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
