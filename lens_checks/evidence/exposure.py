"""Look for secrets in the project's text, and at who may read the places that hold data, models and keys."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from lens_checks.evidence.place import Place
from lens_checks.evidence.records.ground import Exposure, PathMode, SecretFinding
from lens_checks.evidence.repository import ask_git

SECRETS = {
    "private key": r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----",
    "AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{50,}\b",
    "GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}\b",
    "Slack token": r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b",
    "Google API key": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "Prefect API key": r"\bpn[ub]_[A-Za-z0-9]{30,}\b",
    "JSON web token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "password in a URL": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}<>$]+:[^\s/:@'\"{}<>$]{3,}@[\w.-]+",
    "secret in a setting": r"(?i)\b(?:password|passwd|secret_key|api_key|auth_token|access_token)\b['\"]?\s*[:=]\s*"
    r"['\"](?!\$|\{|<|env:|changeme)[^'\"\s]{8,}['\"]",
}
ONE = re.compile("|".join(f"(?P<k{number}>{pattern})" for number, pattern in enumerate(SECRETS.values())))
NAMES = tuple(SECRETS)
LARGEST = 1_000_000
WATCHED = (".lifecycle", ".lifecycle/keys", ".lifecycle/keys/signing.pem", "data/landed", "data/prepared",
           "data/quarantine", "ledger", "mlartifacts", "mlflow.db")  # fmt: skip


def exposure(place: Place) -> Exposure:
    """Scan the project's own text and reports for secrets, and read the modes of the watched places."""
    files = sorted(_texts(place.root))
    found = [finding for path in files for finding in _secrets(place.root, path)]
    return Exposure(
        scanned_files=len(files),
        secrets=tuple(found[:20]),
        modes=tuple(_mode(place.root, path) for path in WATCHED if (place.root / path).exists()),
        uid=os.getuid(),
        inside_container=Path("/.dockerenv").exists() or Path("/run/.containerenv").exists(),
    )


def _texts(root: Path) -> set[str]:
    """Name what git tracks or would track, else every file of the project's rooms; and the reports."""
    listed = ask_git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is None:
        rooms = [p for name in ("config", "flows", "tasks", "serving", "docs") for p in (root / name).rglob("*")]
        names = {p.relative_to(root).as_posix() for p in (*rooms, *root.glob("*"))}
    else:
        names = set(listed.split("\0")) - {""}
    names |= {p.relative_to(root).as_posix() for p in (root / "reports").rglob("*.json")}
    return {name for name in names if (root / name).is_file() and (root / name).stat().st_size <= LARGEST}


def _secrets(root: Path, path: str) -> Iterator[SecretFinding]:
    text = (root / path).read_bytes().decode("utf-8", errors="replace")
    for match in ONE.finditer(text):
        kind = NAMES[int(str(match.lastgroup)[1:])]
        yield SecretFinding(path=path, line=text.count("\n", 0, match.start()) + 1, kind=kind)


def _mode(root: Path, path: str) -> PathMode:
    bits = stat.S_IMODE((root / path).stat().st_mode)
    return PathMode(
        path=path,
        mode=f"{bits:04o}",
        world_readable=bool(bits & stat.S_IROTH),
        world_writable=bool(bits & stat.S_IWOTH),
    )
