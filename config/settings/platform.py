"""policy.yaml, `platform`: who may do what, and what the place that the project runs in must be like."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from config.settings.base import Closed, Name


class Verb(StrEnum):
    """What a role may do with a resource."""

    READ = "read"
    WRITE = "write"
    APPROVE = "approve"


class Resource(StrEnum):
    """What there is to be reached: closed, so that no pattern can stand for everything."""

    CODE = "code"
    SETTINGS = "settings"
    DATA = "data"
    MODELS = "models"
    LEDGER = "ledger"
    KEYS = "keys"


class Platform(Closed):
    """Who may do what, and what the place that the project runs in must be like."""

    roles: dict[Name, dict[Resource, tuple[Verb, ...]]] = Field(
        default_factory=dict, description="Role, resource, and what the role may do with it; roles as under `owners`."
    )
    reviewed: date | None = Field(default=None, description="When the roles were last reviewed.")
    review_days: int = Field(default=183, ge=1, le=366, description="A review of the roles counts for so long.")
    administrator: str = Field(default="", description="Why it may run as the administrator of the machine, if it may.")
    at_rest: str = Field(default="", description="How the disk is encrypted, where the machine itself cannot tell.")
    outside: str = Field(
        default="", pattern=r"^([\w.-]+:\d{1,5})?$", description="Host and port that must not be reached from here."
    )
    egress: str = Field(default="", description="Why that address may be reached all the same, if it may.")
    advisories: str = Field(
        default="", description="Known vulnerabilities: a folder of OSV files, or an address that answers OSV queries."
    )
    vulnerabilities: dict[Name, str] = Field(
        default_factory=dict, description="Vulnerabilities by id that are accepted, each with the reason."
    )
    indexes: tuple[Name, ...] = Field(
        default=(),
        description="Addresses of approved package indexes, or `the default of the installers`; none: any, for the "
        "lock's hashes bind the bytes.",
    )
    image: str = Field(
        default="", pattern=r"^(\S+@sha256:[0-9a-f]{64})?$", description="The image it runs in, by digest, if in one."
    )
    templates: tuple[Name, ...] = Field(
        default=(), description="Approved versions of the template, as copier writes them, or the start of one."
    )
    work_pools: tuple[Name, ...] = Field(default=(), description="Prefect work pools that may run the project.")
