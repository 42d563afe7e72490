"""The canary: a share of the requests, told by their ids, goes to a staged version until a rule ends it."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from config.errors import GateRefused, LifecycleError
from config.settings.release import Release
from tasks import files

RUNNING, WITHIN, OUTSIDE = "running", "within", "outside"
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Shown:
    """What a canary has shown: `verdict` is running (too few requests yet), within, or outside, which ended it.

    Where there is nobody to stand beside it says no-champion or champion-lost; where no server answered, unanswered.
    """

    verdict: str
    because: str
    version: int
    champion: int | None = None
    source: str = ""
    share: float = 0.0
    asked: int = 0  # requests that went to the canary
    failed: int = 0  # of them, those that the champion answered in its place
    judged: int = 0  # the last so many of them tell the figures that follow
    errors: int = 0
    disagreement: float | None = None
    mean_difference: float | None = None
    p50_ms: float | None = None
    champion_p50_ms: float | None = None
    answered: int = 0  # answers that named the canary's version, as a client counted them
    unanswered: int = 0  # requests that nobody answered, as a client counted them


def takes(request_id: str, share: float) -> bool:
    """Tell whether a request goes to the canary; the same id always does, or never does."""
    digest = hashlib.blake2b(request_id.encode(), digest_size=8).digest()
    return int.from_bytes(digest) < share * 2**64


def place(home: Path, version: int, package_digest: str) -> Path:
    """Give the folder where the server tells of a canary: a file a worker."""
    return home / "canary" / f"{version}-{package_digest[:16]}"


def live(folder: Path, *, rule: Release) -> Shown | None:
    """Put together what every worker of the running server says of a canary; None where none says anything."""
    told = [_read(path) for path in sorted(folder.glob("*.json"))]
    if not told:
        return None
    worst = next((one for one in told if one.verdict == OUTSIDE), max(told, key=lambda one: one.judged))
    asked, failed = sum(one.asked for one in told), sum(one.failed for one in told)
    enough = asked >= rule.canary.requests and all(one.verdict == WITHIN for one in told if one.asked)
    verdict = OUTSIDE if worst.verdict == OUTSIDE else WITHIN if enough else RUNNING
    return replace(worst, verdict=verdict, asked=asked, failed=failed)


def ended(folder: Path) -> Shown | None:
    """Give what ended a canary, if a rule did."""
    return next((shown for path in sorted(folder.glob("*.json")) if (shown := _read(path)).verdict == OUTSIDE), None)


def _read(path: Path) -> Shown:
    """Read what a worker says; what is not whole ends a canary rather than lets it pass."""
    try:
        return Shown(**files.read_json(path))
    except (LifecycleError, TypeError) as error:
        return Shown(OUTSIDE, f"{path.name} cannot be read: {type(error).__name__}", 0)


def demand_not_ended(folder: Path, version: int) -> None:
    """Refuse a version whose canary a rule ended (GateRefused)."""
    if (shown := ended(folder)) is not None:
        raise GateRefused(
            f"the canary of version {version} was ended: {shown.because}",
            expected="a version that answers real requests within the bounds", next_step="run `lifecycle run`",
        )  # fmt: skip


def await_live(folder: Path, version: int, *, rule: Release) -> Shown:
    """Wait until the running server has sent a canary enough requests, a rule has ended it, or the time is over."""
    until = time.monotonic() + rule.canary.live_minutes * 60
    while (shown := live(folder, rule=rule) or Shown(RUNNING, "", version)).verdict == RUNNING:
        if time.monotonic() > until:
            words = f"the running server sent it {shown.asked} of {rule.canary.requests} requests in time"
            return replace(shown, because=words)
        time.sleep(LOOK_SECONDS)
    return shown


def forget(home: Path, but: Iterable[Path]) -> None:
    """Let go of what was said of canaries that are over; what a rule ended stays on record, and stays ended."""
    for folder in (home / "canary").glob("[0-9]*"):
        if folder not in set(but) and ended(folder) is None:
            for path in folder.glob("*.json"):
                path.unlink(missing_ok=True)
