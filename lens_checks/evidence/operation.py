"""Read what releasing, monitoring and the last run left behind."""

from lens_checks.evidence.place import NoEvidence, Place, read_record
from lens_checks.evidence.records.features import FeatureRegistry
from lens_checks.evidence.records.lineage import Lineage
from lens_checks.evidence.records.operation import MonitoringHistory, MonitoringWindow, Release, RunReport
from lens_checks.evidence.records.workload import Workload

MONITOR = "run `lifecycle monitor WINDOW` once there is a champion"


def release(place: Place) -> Release:
    """Read the packaged candidate and the trial of its server."""
    how = "run `lifecycle run`: deployment packages the candidate and tries its server"
    return read_record(Release, place.root / "reports/release.json", how)


def lineage(place: Place) -> Lineage:
    """Read the graph of the candidate, from the source to the registry."""
    how = "run `lifecycle run`: deployment traces the candidate to its sources"
    return read_record(Lineage, place.root / "reports/lineage.json", how)


def features(place: Place) -> FeatureRegistry:
    """Read the registry of features."""
    how = "run `lifecycle run`: deployment registers the features of the candidate"
    return read_record(FeatureRegistry, place.root / "reports/features.json", how)


def workload(place: Place) -> Workload:
    """Read the profile of the workload."""
    how = "run `lifecycle run`: deployment measures the profile"
    return read_record(Workload, place.root / "reports/workload.json", how)


def monitoring(place: Place) -> MonitoringHistory:
    """Read every monitoring window, oldest first."""
    files = (place.root / "reports/monitoring").glob("*.json")
    windows = [read_record(MonitoringWindow, file, MONITOR) for file in sorted(files)]
    if not windows:
        raise NoEvidence(f"no window has been monitored: {MONITOR}")
    return MonitoringHistory(windows=tuple(sorted(windows, key=lambda window: window.window.start)))


def run_report(place: Place) -> RunReport:
    """Read the account of the last run."""
    return read_record(RunReport, place.root / "reports/run.json", "run `lifecycle run`: its end writes it")
