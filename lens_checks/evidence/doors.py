"""Read who may ask the server, and the documents of its API."""

from lens_checks.evidence.place import NoEvidence, Place, read_record, sha256_of
from lens_checks.evidence.records.doors import ApiDocuments, ConsumerList

HOW = "`lifecycle keys add NAME` writes it"


def consumers(place: Place) -> ConsumerList:
    """Read the list of consumers; where there is no list, nobody is on it."""
    path = place.root / place.settings.runtime.serving.keys_file
    return read_record(ConsumerList, path, HOW) if path.exists() else ConsumerList(consumers=())


def documents(place: Place) -> ApiDocuments:
    """Digest the documents of the API."""
    found = {name: sha256_of(place.root / "serving" / name) for name in ("openapi.json", "openapi.released.json")}
    current, released = found.values()
    if current is None or released is None:
        gone = next(name for name, digest in found.items() if digest is None)
        raise NoEvidence(f"serving/{gone} is not there: `python -m serving.contract` writes serving/openapi.json")
    return ApiDocuments(current=current, released=released)
