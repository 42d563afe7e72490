"""What shows that the hand-made project keeps to itself: its roles, the modes of its places, the access drill."""

from collections.abc import Mapping
from typing import Any

from config.settings import Platform, Policy
from lens_checks.evidence import records as r
from tests.lens_checks.made import NOW

READ, BOTH = ["read"], ["read", "write"]
ROLES = {
    "business": {"settings": READ},
    "data": {"data": BOTH, "code": BOTH},
    "model": {"data": READ, "models": BOTH, "code": BOTH},
    "operations": {"keys": BOTH, "ledger": BOTH, "models": READ},
    "approver": {"models": ["read", "approve"], "ledger": READ},
}
DOORS = ["database", "key", "landed rows", "ledger", "models", "prepared rows"]
TRIED: dict[str, Any] = {
    "stranger": {"how": "by the modes", "tried": DOORS, "entered": []},
    "identity": {"uid": 1000, "above": []},
    "outside": {"address": "example.org:443", "reached": False},
    "advisories": {"source": "advisories", "packages": 9, "found": {}, "trouble": ""},
}
PLACES = (".lifecycle/keys/signing.pem", "data/landed", "ledger", "mlflow.db")


def platform(**change: Any) -> Platform:
    """Give what the policy says of roles and place."""
    whole = {"roles": ROLES, "reviewed": NOW.date(), "outside": "example.org:443", "advisories": "advisories"}
    return Platform.model_validate(whole | change)


def given(**change: Any) -> dict[type, dict[str, Any]]:
    """Let the policy say something else of roles and place."""
    return {Policy: {"platform": platform(**change)}}


def mode(path: str, *, readable: bool = False, writable: bool = False) -> r.PathMode:
    """Give the mode of a path."""
    return r.PathMode(path=path, mode="0600", world_readable=readable, world_writable=writable)


def address(name: str, transport: str) -> r.Address:
    """Give a place where something is kept."""
    return r.Address(name=name, address=f"{name}.example.org", transport=transport)


def guarded(records: Mapping[type, Any]) -> dict[type, object]:
    """Add to a project what it tells of itself and its place."""
    added: list[object] = [
        records[Policy].model_copy(update={"platform": platform()}),
        r.Exposure(scanned_files=9, secrets=(), modes=tuple(map(mode, PLACES)), uid=1000, inside_container=False),
        r.Premises(
            addresses=(address("tracking", "local"), address("alerts", "tls")), encrypted=None, template="v1.2",
            pools={"monitoring": None},
        ),
    ]  # fmt: skip
    return {**records, **{type(record): record for record in added}}
