"""What landing and preparing data leaves behind."""

from dataclasses import dataclass, field

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Span(Record):
    """A span of days, as written: ISO dates."""

    start: str
    end: str


@dataclass(frozen=True, kw_only=True)
class SourceFile(Record):
    """A file that was read when data landed."""

    path: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Landing(Record):
    """The landed snapshot: data/landed/manifest.json, with the digest of the rows as they lie on disk now."""

    dataset: str
    reader: str
    rows: int
    columns: dict[str, str]
    sha256: str
    source_sha256: str
    window: Span | None
    sources: tuple[SourceFile, ...]
    licence: str
    purpose: str
    owner: str
    sha256_on_disk: str | None = None
    newest_row: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rule(Record):
    """One rule of the data contract and how it came out."""

    rule: str
    column: str | None
    success: bool
    unexpected: int
    examples: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, kw_only=True)
class Validation(Record):
    """The audit of the landed rows: validation.json; `quarantine_file` is where the offending rows lie, if any do."""

    data_sha256: str
    success: bool
    evaluated: int
    expected: int
    rows: int
    minimum_rows: int
    exceptions: tuple[str, ...]
    quarantined: int
    quarantine_share: float
    quarantine_limit: float
    rules: tuple[Rule, ...]
    quarantine_file: str | None = None


@dataclass(frozen=True, kw_only=True)
class BaselineColumn(Record):
    """The distribution of one column in the train part."""

    kind: str
    shares: tuple[float, ...] | dict[str, float]
    missing: float
    edges: tuple[float | None, ...] | None = None
    categories: tuple[str, ...] | None = None

    @property
    def figures(self) -> tuple[float, ...]:
        """The shares, whichever way they are written."""
        return tuple(self.shares.values()) if isinstance(self.shares, dict) else self.shares


@dataclass(frozen=True, kw_only=True)
class Baseline(Record):
    """What monitoring compares with: reference.json; `sha256` is the digest of the file."""

    columns: dict[str, BaselineColumn]
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProfiledColumn(Record):
    """Statistics of one column; the numeric ones only where the column is numeric."""

    type: str
    role: str
    sensitivity: str
    missing: float
    distinct: int
    mean: float | None = None
    std: float | None = None
    min: float | str | None = None
    max: float | str | None = None
    quantiles: dict[str, float | None] | tuple[float | None, ...] | None = None
    top: dict[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class PersonalData(Record):
    """Values that look like personal data, by column."""

    column: str
    pattern: str
    share: float


@dataclass(frozen=True, kw_only=True)
class Profile(Record):
    """The profile of the audited rows: profile.json."""

    data_sha256: str
    rows: int
    columns: dict[str, ProfiledColumn]
    personal_data_found: tuple[PersonalData, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """The columns that are features."""
        return tuple(name for name, column in self.columns.items() if column.role == "feature")

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """The columns that describe people: by their class, or by what the scan found in them."""
        found = {finding.column for finding in self.personal_data_found}
        return tuple(n for n, c in self.columns.items() if c.sensitivity in ("personal", "special") or n in found)

    def personal_in(self, baseline: Baseline) -> tuple[str, ...]:
        """The columns that describe people and are still there after preparation, which drops what it is told to."""
        return tuple(name for name in self.personal_columns if name in baseline.columns)


@dataclass(frozen=True, kw_only=True)
class Leak(Record):
    """One finding of the leakage search; `allowed` is the reason why it may pass, if there is one."""

    check: str
    columns: tuple[str, ...]
    share: float | None
    examples: tuple[str, ...] = ()
    sentence: str
    allowed: str | None


@dataclass(frozen=True, kw_only=True)
class Leakage(Record):
    """The leakage search: leakage.json; `checks` names what was searched for."""

    data_sha256: str
    checks: tuple[str, ...]
    findings: tuple[Leak, ...]
    passed: bool


@dataclass(frozen=True, kw_only=True)
class Part(Record):
    """One part of the split; `rows_sha256` digests its rows in any order, `sha256_on_disk` its file as it lies now."""

    rows: int
    sha256: str
    rows_sha256: str | None = None
    start: str | None = None
    end: str | None = None
    positives: int | None = None
    sha256_on_disk: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parts(Record):
    """The split: split.json. Effects are PSI against train; segments count rows by part."""

    data_sha256: str
    strategy: str
    parts: dict[str, Part]
    effects: dict[str, dict[str, float | None]]
    overlap_rows: int
    segments: dict[str, dict[str, dict[str, int]]]
    landed_rows: int
    dropped_rows: int
    left_out: dict[str, int] = field(default_factory=dict)
    readmitted_rows: int | None = None  # that go on although one that equals them was set aside
