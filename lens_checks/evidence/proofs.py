"""Read what was tried out: drills, reproductions, runs of the tests."""

from lens_checks.evidence.place import Place, read_record
from lens_checks.evidence.records.findings import Finding, Findings
from lens_checks.evidence.records.proofs import Drill, Drills, Reproduction, Reproductions, TestRun, TestRuns


def drills(place: Place) -> Drills:
    """Read every drill; none at all is a record too, for what a check needs of them it asks by name."""
    files = sorted((place.root / "reports/drills").glob("*.json"))
    found = [read_record(Drill, file, "run `lifecycle drill`") for file in files]
    return Drills(drills={drill.name: drill for drill in found})


def findings(place: Place) -> Findings:
    """Read every finding; none at all is a record too."""
    files = sorted((place.root / "reports/findings").glob("[0-9]*.json"))
    how = "run `lifecycle run`: an evaluation that refuses leaves word"
    return Findings(all=tuple(read_record(Finding, file, how) for file in files))


def reproductions(place: Place) -> Reproductions:
    """Read the reproduction of every version that was tried."""
    files = sorted((place.root / "reports/reproductions").glob("*.json"))
    found = [read_record(Reproduction, file, "run `lifecycle reproduce VERSION`") for file in files]
    return Reproductions(of={reproduction.version: reproduction for reproduction in found})


def test_runs(place: Place) -> TestRuns:
    """Read the runs of the tests, by commit."""
    files = sorted((place.root / "reports/ci").glob("*.json"))
    found = [read_record(TestRun, file, "run `make test`") for file in files]
    return TestRuns(runs={run.commit: run for run in found})
