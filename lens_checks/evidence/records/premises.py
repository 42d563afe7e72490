"""The place that the project runs in: where its stores are, what its disk and its template are, who runs it."""

from dataclasses import dataclass

from lens_checks.evidence.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Address(Record):
    """Where something of ours is kept or sent; transport is local, loopback, tls or clear."""

    name: str
    address: str  # without a password, and of a webhook the host alone
    transport: str


@dataclass(frozen=True, kw_only=True)
class Premises(Record):
    """Addresses, disk, template, pools; `encrypted` is None where the machine does not tell."""

    addresses: tuple[Address, ...]
    encrypted: bool | None
    template: str | None  # version of the template that the project was made from, as written down
    pools: dict[str, str | None]  # Prefect deployment -> work pool, None where the project serves it itself
