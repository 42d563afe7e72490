"""Searches the parts of a split for what a model could not know when it is used."""

from dataclasses import dataclass, replace

from config.settings import Bounds, Data, LeakSearch
from tasks.overlap import Case, Finding, overlapping
from tasks.searches import SEARCHES
from tasks.splitting import Parts


@dataclass(frozen=True)
class Leakage:
    """All that was searched for, and what was found; `overlap_rows` lie in two parts, but for key and time."""

    data_sha256: str
    checks: list[LeakSearch]
    findings: list[Finding]
    passed: bool
    overlap_rows: int
    schema: int = 1


def search_for_leaks(parts: Parts, data: Data, bounds: Bounds, *, data_sha256: str) -> Leakage:
    """Run every search over the parts; passed means that nothing was found, or that each finding is allowed."""
    case = Case.of(parts, data, bounds)
    found = [_allow(finding, data) for search in SEARCHES.values() for finding in search(case)]
    overlap = int(overlapping(case).sum())
    return Leakage(data_sha256, list(SEARCHES), found, all(finding.allowed for finding in found), overlap)


def _allow(finding: Finding, data: Data) -> Finding:
    """Attach the reason from config/data.yaml, if every column is allowed to be found by this search."""
    told = [data.leakage_allowances.get(name) for name in finding.columns]
    reasons = [one.reason for one in told if one is not None and finding.check in one.searches]
    allowed = "; ".join(dict.fromkeys(reasons)) if reasons and len(reasons) == len(finding.columns) else None
    return replace(finding, allowed=allowed)
