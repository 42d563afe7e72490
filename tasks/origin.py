"""Holds the files of the source against those that may be landed, by name and by digest."""

from fnmatch import fnmatch

from config.errors import GateRefused, IntegrityAlarm
from config.settings import Data


def refuse_strangers(data: Data, listed: list[dict[str, str]]) -> None:
    """Refuse files that may not be landed (GateRefused), or that are not what was approved (IntegrityAlarm)."""
    allowed, pinned = data.source.allowed, data.source.checksums
    names = [file["path"] for file in listed]
    if strange := [name for name in names if allowed and not any(fnmatch(name, pattern) for pattern in allowed)]:
        raise GateRefused(
            f"not on the list of files that may be landed: {', '.join(strange[:5])}",
            expected=f"files named {' or '.join(allowed)}",
            next_step="remove them, or add them to `source.allowed` in config/data.yaml",
        )
    if other := [file["path"] for file in listed if pinned.get(file["path"], file["sha256"]) != file["sha256"]]:
        raise IntegrityAlarm(
            f"{', '.join(other[:5])}: other bytes than `source.checksums` in config/data.yaml says",
            expected="the files that were approved, every byte of them",
            next_step="find out who changed them; what is meant to change, do not pin",
        )
