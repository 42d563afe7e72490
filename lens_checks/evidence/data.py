"""Read what landing and preparing data left behind."""

from dataclasses import replace

from lens_checks.evidence.place import Place, read_record, sha256_of
from lens_checks.evidence.records.bias import BiasBefore
from lens_checks.evidence.records.data import Baseline, Landing, Leakage, Parts, Profile, Validation
from lens_checks.evidence.records.difference import Difference

LAND = "run `lifecycle run`: it lands the source first"
PREPARE = "run `lifecycle run`: data preparation writes it"


def landing(place: Place) -> Landing:
    """Read the manifest of the landed snapshot, and digest the rows anew."""
    folder = place.root / "data/landed"
    record = read_record(Landing, folder / "manifest.json", LAND)
    return replace(record, sha256_on_disk=sha256_of(folder / "rows.parquet"))


def validation(place: Place) -> Validation:
    """Read the audit, and look for the quarantined rows."""
    record = read_record(Validation, place.prepared / "validation.json", PREPARE)
    rows = place.root / "data/quarantine" / f"{record.data_sha256[:12]}.parquet"
    return replace(record, quarantine_file=rows.relative_to(place.root).as_posix() if rows.is_file() else None)


def profile(place: Place) -> Profile:
    """Read the profile."""
    return read_record(Profile, place.prepared / "profile.json", PREPARE)


def leakage(place: Place) -> Leakage:
    """Read the leakage search."""
    return read_record(Leakage, place.prepared / "leakage.json", PREPARE)


def parts(place: Place) -> Parts:
    """Read the split, and digest the files of its parts anew."""
    record = read_record(Parts, place.prepared / "split.json", PREPARE)
    on_disk = {name: sha256_of(place.prepared / f"{name}.parquet") for name in record.parts}
    return replace(record, parts={n: replace(part, sha256_on_disk=on_disk[n]) for n, part in record.parts.items()})


def difference(place: Place) -> Difference:
    """Read how the data differs from the version accepted before."""
    return read_record(Difference, place.prepared / "difference.json", PREPARE)


def bias(place: Place) -> BiasBefore:
    """Read what the rows tell of bias before training."""
    return read_record(BiasBefore, place.prepared / "bias.json", PREPARE)


def baseline(place: Place) -> Baseline:
    """Read the statistics that monitoring compares with."""
    path = place.prepared / "reference.json"
    return replace(read_record(Baseline, path, PREPARE), sha256=sha256_of(path))
