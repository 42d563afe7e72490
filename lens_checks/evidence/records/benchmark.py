"""The winner against what else was possible: reports/training/benchmark.json."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Margin(Record):
    """By how much the winner leads, in the unit of the metric; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, kw_only=True)
class Contestant(Record):
    """One way to answer; what varies against the winner is its family or its features."""

    varies: str
    family: str
    trial: int
    features: tuple[str, ...]
    value: float | None
    margin: Margin | None


@dataclass(frozen=True, kw_only=True)
class FitSetting(Record):
    """What the winner's fit on the sample took with so many threads; `grown_mib`: memory beyond what was held."""

    threads: int
    wall_seconds: float
    cpu_seconds: float
    busy: float
    peak_rss_mib: float
    grown_mib: float
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Benchmark(Record):
    """The contestants on the same tune rows, fitted on the same sample with the same seed."""

    primary: str
    seed: int
    sampled_rows: int
    confidence: float
    data_sha256: dict[str, str]
    rows: tuple[Contestant, ...]
    hardware: tuple[FitSetting, ...] = ()

    def varying(self, what: str) -> tuple[Contestant, ...]:
        """Give the contestants in which this varies."""
        return tuple(row for row in self.rows if row.varies == what)
