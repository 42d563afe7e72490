"""What was tried out: drills, reproductions, and the runs of the tests."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Drill(Record):
    """A practised failure and how it came out: reports/drills/<name>.json; `entry` is its number in the ledger."""

    made: datetime
    name: str
    passed: bool
    seconds: float
    entry: int
    version: int | None
    commit: str | None
    about: dict[str, object]


@dataclass(frozen=True, kw_only=True)
class Drills(Record):
    """All drills, by name."""

    drills: dict[str, Drill]


@dataclass(frozen=True, kw_only=True)
class SeenInput(Record):
    """One input or part of a reproduction: what was recorded, what was found."""

    expected: object
    seen: object
    same: bool


@dataclass(frozen=True, kw_only=True)
class SeenMetric(Record):
    """One metric of a reproduction: what was recorded, what came out, and how far it may lie off."""

    expected: float | None
    seen: float | None
    tolerance: float
    within: bool


@dataclass(frozen=True, kw_only=True)
class Reproduction(Record):
    """A version rebuilt from what was recorded of it: reports/reproductions/<version>.json."""

    made: datetime
    version: int
    passed: bool
    exact: bool
    digest: dict[str, str | None]
    metrics: dict[str, SeenMetric]
    inputs: dict[str, SeenInput]
    parts: dict[str, SeenInput]
    differs: tuple[str, ...]
    entry: int
    commit: str | None


@dataclass(frozen=True, kw_only=True)
class Reproductions(Record):
    """The last reproduction of each version that was tried."""

    of: dict[int, Reproduction]


@dataclass(frozen=True, kw_only=True)
class TestRun(Record):
    """A run of the tests: reports/ci/<commit>.json; `kinds` counts those of data, model and API."""

    __test__ = False  # no test case, whatever pytest makes of the name

    made: datetime
    commit: str
    dirty: bool
    passed: bool
    tests: int
    failed: int
    kinds: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class TestRuns(Record):
    """All runs of the tests, by commit."""

    __test__ = False

    runs: dict[str, TestRun]
