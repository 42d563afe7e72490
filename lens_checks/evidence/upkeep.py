"""Read what is kept while a model lives; where nothing keeps it yet, say what is missing."""

from lens_checks.evidence.place import Place, read_record
from lens_checks.evidence.records.upkeep import AccessAudit, CostReport, Exploration, HumanReview, Utilisation


def costs(place: Place) -> CostReport:
    """Read cost by activity."""
    how = "run `lifecycle run`: its end adds up what each activity cost"
    return read_record(CostReport, place.root / "reports/costs.json", how)


def utilisation(place: Place) -> Utilisation:
    """Read how the endpoint was used."""
    how = "write requests, busy share and memory of the endpoint over a window, and what follows (docs/upkeep.md)"
    return read_record(Utilisation, place.root / "reports/utilisation.json", how)


def accesses(place: Place) -> AccessAudit:
    """Read who got at the data."""
    how = "write the audit of who read which data, with a planted access that raised an alert (docs/upkeep.md)"
    return read_record(AccessAudit, place.root / "reports/accesses.json", how)


def exploration(place: Place) -> Exploration:
    """Read which feature sets were compared."""
    how = "write down feature sets compared on one split, and columns that are new in the source (docs/upkeep.md)"
    return read_record(Exploration, place.root / "reports/exploration.json", how)


def human_review(place: Place) -> HumanReview:
    """Read what people found in a sample of answers."""
    how = "write what people found in a sample of answers, uncertain and random ones (docs/upkeep.md)"
    return read_record(HumanReview, place.root / "reports/human_review.json", how)
