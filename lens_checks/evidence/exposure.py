"""Look for secrets in the project's text, and at who may read the places that hold data, models and keys."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from lens_checks.evidence.place import Place
from lens_checks.evidence.records.ground import Exposure, PathMode, SecretFinding
from lens_checks.evidence.repository import ask_git

# Kind -> texts of which a match has one (quick to look for), and the pattern itself.
SECRETS = {
    "private key": (("PRIVATE KEY",), r"-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----"),
    "AWS access key": (("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": (
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{50,}\b",
    ),
    "GitLab token": (("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}\b"),
    "Slack token": (("xox",), r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b"),
    "Google API key": (("AIza",), r"\bAIza[A-Za-z0-9_-]{35}\b"),
    "Prefect API key": (("pnu_", "pnb_"), r"\bpn[ub]_[A-Za-z0-9]{30,}\b"),
    "JSON web token": (("eyJ",), r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "password in a URL": (("://",), r"://[^\s/:@'\"{}<>$]+:(?!\*+@)[^\s/:@'\"{}<>$]{3,}@[\w.-]+"),
    "password in a setting": (
        ("password", "passwd"),
        r"\bpass(?:word|wd)\b['\"]?\s*[:=]\s*['\"](?![$<{])[^'\"\s]{8,}['\"]",
    ),
    "key in a setting": (
        ("secret_key", "api_key", "auth_token", "access_token", "SECRET_KEY", "API_KEY"),
        r"\b(?:secret_key|api_key|auth_token|access_token|SECRET_KEY|API_KEY)\b['\"]?\s*[:=]\s*"
        r"['\"](?![$<{])[^'\"\s]{8,}['\"]",
    ),
}
PATTERNS = {kind: (hints, re.compile(pattern)) for kind, (hints, pattern) in SECRETS.items()}
LARGEST = 1_000_000
WATCHED = (".dvc/cache", ".lifecycle", ".lifecycle/keys", ".lifecycle/keys/signing.pem", "data/landed", "data/prepared",
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
    for kind, (hints, pattern) in PATTERNS.items():
        for match in pattern.finditer(text) if any(hint in text for hint in hints) else ():
            yield SecretFinding(path=path, line=text.count("\n", 0, match.start()) + 1, kind=kind)


def _mode(root: Path, path: str) -> PathMode:
    """Read the mode of a path; what lies in a folder that others cannot enter is out of their reach."""
    bits = stat.S_IMODE((root / path).stat().st_mode)
    rooms = [parent for parent in Path(path).parents if parent != Path(".")]
    entered = all((root / room).stat().st_mode & stat.S_IXOTH for room in rooms)
    return PathMode(
        path=path,
        mode=f"{bits:04o}",
        world_readable=bool(bits & stat.S_IROTH) and entered,
        world_writable=bool(bits & stat.S_IWOTH) and entered,
    )
