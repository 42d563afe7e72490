"""The resume drill: data preparation fails, is killed, and is run again, each in a process of its own on a copy."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from config.errors import LifecycleError
from config.settings import Recovery
from tasks import alerts, backup, files, preparing
from tasks.drills import Practised, Tell, copy_code, copy_ledger
from tasks.failpoints import VARIABLE
from tasks.stores import Stores
from tasks.tracking import database_file

STAGE = "flows.data_preparation"
FAILS, DIES = "prepare.read:raise", "prepare.publishing:kill"  # the worst instant: old data gone, new not yet there
DEADLINE_SECONDS = 600
TAKEN = ("data/landed", "data/landed.dvc", "data/prepared", "data/quarantine", "data/accepted")


@dataclass
class Told:
    """What came in at the address to which a failing run was to send its alert."""

    url: str
    alerts: list[dict[str, Any]] = field(default_factory=list)


def resume(place: Path, *, stores: Stores, policy: Recovery, tell: Tell) -> Practised:
    """Fail, kill and resume data preparation on a copy; what it publishes must be what an undisturbed run did."""
    expected = published(preparing.PREPARED)
    root = furnish(place / "project", stores)
    with listening() as told:
        tell("Let data preparation fail")
        failed = _run(root, told.url, FAILS)
        notified = bool(told.alerts) and bool(alerts.read_alerts(root / alerts.ALERTS))
        tell("Kill data preparation while it publishes")
        killed = _run(root, told.url, DIES)
        left = preparing.PREPARED.as_posix() if (root / preparing.PREPARED).exists() else "nothing published"
        start = time.monotonic()
        tell("Run data preparation again")
        ended = _run(root, told.url)
    seconds = time.monotonic() - start
    seen = published(root / preparing.PREPARED) if ended.returncode == 0 else {}
    differing = sorted(name for name in expected | seen if expected.get(name) != seen.get(name))
    faults = [
        *_of_children(failed, killed, ended),
        *([f"other output: {', '.join(differing[:5])}"] if differing else []),
    ]
    if not notified:
        faults.append("nobody was told that the first run failed")
    about = {
        "stage": STAGE, "killed_at": DIES.partition(":")[0], "left": left, "expected": files.sha256_json(expected),
        "seen": files.sha256_json(seen), "same": expected == seen, "files": len(expected), "notified": notified,
        "alert": told.alerts[0] if told.alerts else None, "rto_seconds": policy.rto_seconds,
    }  # fmt: skip
    done = f"killed at {about['killed_at']}, resumed: {len(expected)} files as undisturbed; a failure was told"
    return Practised(not faults, "; ".join(faults) or done, None, round(seconds, 3), about)


def published(folder: Path) -> dict[str, str]:
    """Give the digest of every published file, by name (LifecycleError where nothing is published)."""
    if not folder.is_dir():
        raise LifecycleError(f"{folder} is not there", expected="published data", next_step="lifecycle run")
    return {str(item["path"]): str(item["sha256"]) for item in files.list_tree(folder)}


def furnish(root: Path, stores: Stores) -> Path:
    """Copy what data preparation reads: code, settings, landed rows, what is published, ledger and registry."""
    root.mkdir(parents=True)
    copy_code(root)
    for name in TAKEN:
        if Path(name).is_dir():
            shutil.copytree(name, root / name, symlinks=True)
        elif Path(name).is_file():
            shutil.copy2(name, root / name)
    copy_ledger(stores, root / "ledger")
    (root / ".lifecycle").mkdir(mode=0o700)
    (root / ".lifecycle" / "keys").symlink_to(stores.ledger.keys.resolve())  # no second copy of a private key
    if (database := database_file(stores.registry.uri)) is not None:
        backup.copy_database(database, root / "mlflow.db")
    return root


@contextlib.contextmanager
def listening() -> Iterator[Told]:
    """Take in alerts on a loopback address of our own."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.alerts.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        told = Told(f"http://127.0.0.1:{server.server_address[1]}/")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()


def _run(root: Path, address: str, failpoint: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the stage as DVC does, in the copy: its stores, its ledger, and alerts to us instead of to people."""
    spared = ("NO_PROXY", "no_proxy")
    own = {
        "LIFECYCLE_RUNTIME__TRACKING_URI": f"sqlite:///{root / 'mlflow.db'}",
        "LIFECYCLE_RUNTIME__LEDGER": "ledger",
        "LIFECYCLE_RUNTIME__NOTIFY__WEBHOOK": address,
        "LIFECYCLE_RUNTIME__NOTIFY__COMMAND": "[]",
        "PYTHONPATH": str(root),
        **{name: ",".join(filter(None, (os.environ.get(name), "127.0.0.1"))) for name in spared},
        **({VARIABLE: failpoint} if failpoint else {}),
    }
    return subprocess.run(
        [sys.executable, "-m", STAGE], cwd=root, env=os.environ | own, capture_output=True, text=True,
        timeout=DEADLINE_SECONDS, check=False,
    )  # fmt: skip


def _of_children(
    failed: "subprocess.CompletedProcess[str]", killed: "subprocess.CompletedProcess[str]",
    ended: "subprocess.CompletedProcess[str]",
) -> list[str]:  # fmt: skip
    faults = []
    if failed.returncode <= 0:
        faults.append(f"a run that was made to fail ended with exit code {failed.returncode}")
    if killed.returncode != -signal.SIGKILL:
        faults.append(f"a run that was to be killed ended with exit code {killed.returncode}: {_last(killed)}")
    if ended.returncode != 0:
        faults.append(f"the run after it ended with exit code {ended.returncode}: {_last(ended)}")
    return faults


def _last(ended: "subprocess.CompletedProcess[str]") -> str:
    seen = [line for line in ended.stderr.splitlines() if line.startswith("seen:")] or ended.stderr.splitlines()
    return seen[-1].removeprefix("seen:").strip()[:300] if seen else "it said nothing"
