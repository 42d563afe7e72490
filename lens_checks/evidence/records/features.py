"""The registry of features, as the deployment of a version left it."""

from dataclasses import dataclass
from datetime import datetime

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class RegisteredFeature(Record):
    """A feature with who answers for it and who reads it; `version` is the SHA-256 of its definition and its code."""

    name: str
    type: str
    description: str
    owner: str
    version: str
    consumers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Twins(Record):
    """Two features that tell the same; `alike` says in what."""

    features: tuple[str, str]
    alike: str


@dataclass(frozen=True, kw_only=True)
class FeatureRegistry(Record):
    """The features that a version reads: reports/features.json."""

    made: datetime
    version: int
    digest: str | None
    code: dict[str, str]  # of the stage that prepares them: path -> MD5
    train_sha256: str
    compared_rows: int
    alike: float  # rank correlation from which on two features are twins
    features: tuple[RegisteredFeature, ...]
    twins: tuple[Twins, ...]
