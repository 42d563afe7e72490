"""What is wrong or odd about a custom-lens file: where, of which kind, and in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from config.errors import ConfigError

SHOWN = 5


class Severity(StrEnum):
    """An error keeps a lens out; a warning is told and tolerated."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One thing about one place of a lens file; `path` is a JSON path."""

    severity: Severity
    code: str
    path: str
    words: str

    def __str__(self) -> str:
        return f"{self.path}: {self.words}"


class LensError(ConfigError):
    """A file is no custom lens that can be taken in: each defect with its JSON path, at most five."""

    def __init__(self, seen: str, *, expected: str = "", next_step: str = "") -> None:
        expected = expected or "a custom lens of schemaVersion 2021-11-01, as docs/exchange.md says"
        super().__init__(seen, expected=expected, next_step=next_step or "correct the file, then `lifecycle lens lint`")


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give those that keep a lens out."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def refuse(name: str, findings: Iterable[Finding]) -> None:
    """Raise LensError naming at most five errors; do nothing when there are none."""
    wrong = errors(findings)
    if wrong:
        more = f"\nand {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        lines = "\n".join(str(finding) for finding in wrong[:SHOWN])
        raise LensError(f"{name} cannot be taken in:\n{lines}{more}")
