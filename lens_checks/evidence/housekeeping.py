"""Read what housekeeping did and saw."""

from lens_checks.evidence.place import Place, read_record
from lens_checks.evidence.records.housekeeping import Housekeeping


def housekeeping(place: Place) -> Housekeeping:
    """Read the account of the last housekeeping."""
    return read_record(Housekeeping, place.root / "reports/housekeeping.json", "run `lifecycle run`: it begins with it")
