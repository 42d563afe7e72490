"""Tells somebody, once of each cause, that the server is not what it should be, however many workers see it."""

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.settings import Notify
from tasks import alerts
from tasks.alerts import Alert

NOTIFY = "SERVING_NOTIFY"  # no file of options: the address may hold a secret
PROCESS = re.compile(r"-\d+\b")  # process ids in names of folders: no two tries have the same


@dataclass(eq=False)
class Alarms:
    """What was told: by this process, and, as one empty file a cause, by all that share the folder."""

    folder: Path
    notify: Notify
    next_step: str = "lifecycle verify"
    last: str | None = None
    told: set[str] = field(default_factory=set)

    def look(self, reason: str) -> None:
        """Take what is wrong, empty for nothing; tell what two looks in a row find: a promotion may be half done."""
        cause, before = PROCESS.sub("", reason), self.last
        self.last = cause
        if not cause and before != "":
            self._forget()
        elif cause and cause == before and cause not in self.told:
            self.told.add(cause)
            if self._is_first(cause):
                alerts.raise_alert(Alert("alarm", "the scoring server", reason, self.next_step), self.notify)

    def _is_first(self, cause: str) -> bool:
        """Claim a cause for this process; where nothing can be written, told twice is better than never."""
        mark = self.folder / hashlib.sha256(cause.encode()).hexdigest()[:16]
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                mark.touch(exist_ok=False)
            except FileExistsError:
                return False
        return True

    def _forget(self) -> None:
        """Let a cause that is over be told again when it comes back."""
        self.told.clear()
        for path in self.folder.glob("*"):
            path.unlink(missing_ok=True)


def variables(notify: Notify) -> dict[str, str]:
    """Give what the environment of the server says of whom to tell."""
    return {NOTIFY: json.dumps(notify.model_dump())}  # model_dump_json would hide the path of the address


def whom(environment: Mapping[str, str]) -> Notify:
    """Read whom to tell; nobody where nothing is said."""
    return Notify.model_validate_json(environment.get(NOTIFY, "{}"))
