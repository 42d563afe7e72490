"""Tells somebody that a run failed: a file in reports/alerts, and an address or a program where one is configured."""

import contextlib
import json
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from config.errors import GateRefused, IntegrityAlarm, LifecycleError
from config.settings import Notify
from tasks import files

ALERTS = Path("reports/alerts")
PATIENCE_SECONDS = 5.0
Kind = Literal["failed", "refused", "interrupted", "alarm", "drill", "review", "test"]


@dataclass(frozen=True)
class Alert:
    """What somebody should know: what it was about, what was seen, and what to do."""

    kind: Kind
    about: str
    seen: str
    next_step: str = "lifecycle status"


def raise_alert(alert: Alert, notify: Notify, *, folder: Path = ALERTS) -> Path:
    """Write an alert down, then deliver it; what cannot be delivered is told in the file and ends nothing."""
    made = files.now()
    path = folder / f"{made:%Y%m%dT%H%M%S%f}.json"
    body = {"schema": 1, "made": made, **files.plain(alert)}
    with contextlib.suppress(LifecycleError):  # a full disk: the error that it tells of is still to be told
        files.write_json(path, {**body, "delivered": {}})
    delivered = _deliver(files.canonical(body), notify)
    with contextlib.suppress(LifecycleError):
        files.write_json(path, {**body, "delivered": delivered})
    return path


def tell(error: LifecycleError, about: str, notify: Notify) -> Path:
    """Raise the alert that an error calls for."""
    kind: Kind = "failed"
    if isinstance(error, GateRefused | IntegrityAlarm):
        kind = "refused" if isinstance(error, GateRefused) else "alarm"
    return raise_alert(Alert(kind, about, error.seen, error.next_step or "lifecycle status"), notify)


def _deliver(data: bytes, notify: Notify) -> dict[str, str]:
    """Give what came of each way that is configured; neither the address nor the answer is kept."""
    delivered = {}
    if notify.webhook:
        delivered["webhook"] = _post(notify.webhook, data)
    if notify.command:
        delivered["command"] = _run(notify.command, data)
    return delivered


def _post(address: str, data: bytes) -> str:
    request = urllib.request.Request(address, data=data, headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return f"HTTP {answer.status}"
    except (OSError, ValueError) as error:  # HTTPError and URLError are OSErrors
        return f"not delivered: {type(error).__name__}"


def _run(command: tuple[str, ...], data: bytes) -> str:
    try:
        ended = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"not delivered: {type(error).__name__}"
    return f"exit code {ended.returncode}"


def read_alerts(folder: Path = ALERTS) -> list[dict[str, Any]]:
    """Read all alerts, oldest first."""
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("[0-9]*.json"))]
