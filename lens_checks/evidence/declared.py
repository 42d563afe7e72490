"""Read what is known of training nodes and of a base model; where nobody wrote of them, that is a record too."""

from lens_checks.evidence.place import Place, read_record
from lens_checks.evidence.records.declared import BaseModel, TrainingNetwork

HOW = "docs/upkeep.md says what it holds"


def network(place: Place) -> TrainingNetwork:
    """Read which nodes trained, and how they spoke with one another."""
    path = place.root / "reports/network.json"
    return read_record(TrainingNetwork, path, HOW) if path.exists() else TrainingNetwork()


def base_model(place: Place) -> BaseModel:
    """Read what was found out about the part that was trained elsewhere."""
    path = place.root / "reports/base_model.json"
    return read_record(BaseModel, path, HOW) if path.exists() else BaseModel()
