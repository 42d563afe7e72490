"""The log of one run, line by numbered line: what is lost between two of them shows."""

import contextlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tasks import files

LOGS = Path(".lifecycle/logs")
LONGEST = 2000  # characters of a text
Kind = Literal["begun", "phase", "step", "said", "done", "ended"]


@dataclass
class RunLog:
    """A log that is written as things happen; where it cannot be, a number is left out."""

    path: Path
    number: int = field(default=0, init=False)

    def write(self, kind: Kind, phase: str, text: str, **about: Any) -> None:
        """Add a line: its number, the instant, what kind it is of, in which phase, and the words."""
        self.number += 1
        line = {"n": self.number, "time": files.now().isoformat(), "kind": kind, "phase": phase, "text": text[:LONGEST]}
        with contextlib.suppress(OSError):  # a full disk ends no run; the missing number tells
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(json.dumps(line | about).encode() + b"\n")
