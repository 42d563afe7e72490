"""What shows that a project keeps to itself: roles, modes, identity, and what the access drill could do."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from config.settings import Data, Owners, Platform, Resource, Sensitivity, Verb
from lens_checks.check import Missing, need
from lens_checks.evidence.records import (
    Clock,
    Drill,
    Exposure,
    Pipeline,
    Premises,
)

KEY = ".lifecycle/keys/signing.pem"
DRILLED = ("key", "landed rows", "ledger", "database")  # what a stranger must have tried to get at


def of_roles(platform: Platform) -> list[str]:
    """Say where the roles give more than a role needs, or leave something to nobody (Missing where there are none)."""
    if not platform.roles:
        raise Missing("who may do what: `platform.roles` of config/policy.yaml")
    return [*_of_personas(platform), *_of_powers(platform)]


def _of_personas(platform: Platform) -> Iterator[str]:
    personas, given = set(Owners.model_fields), set(platform.roles)
    if strange := sorted(given ^ personas):
        yield f"a role without rights, or rights of no role: {', '.join(strange)}"
    reached = {resource for rights in platform.roles.values() for resource, verbs in rights.items() if verbs}
    if unowned := [resource.value for resource in Resource if resource not in reached]:
        yield f"nobody may reach {', '.join(unowned)}"


def _of_powers(platform: Platform) -> Iterator[str]:
    for role, rights in platform.roles.items():
        verbs = {verb for given in rights.values() for verb in given}
        if {resource for resource, given in rights.items() if given} == set(Resource):
            yield f"{role} may reach everything"
        if Verb.APPROVE in verbs and Verb.WRITE in verbs:
            yield f"{role} may approve, and may change what is approved"
    if len(holders := [role for role, rights in platform.roles.items() if rights.get(Resource.KEYS)]) > 1:
        yield f"the keys are within reach of {', '.join(holders)}"


def of_review(platform: Platform, clock: Clock) -> list[str]:
    """Say whether the review of the roles has run out (Missing where there was none)."""
    reviewed = need(platform.reviewed, "a review of the roles: `platform.reviewed` of config/policy.yaml")
    today = clock.now.date()
    if reviewed > today:
        return [f"the review of the roles is dated {reviewed}, which is yet to come"]
    ends = reviewed + timedelta(days=platform.review_days)
    return [f"the review of the roles ended on {ends}"] if ends < today else []


def of_modes(exposure: Exposure) -> list[str]:
    """Name what others on the machine may read or write (Missing where there is no key to look at)."""
    if not any(found.path == KEY for found in exposure.modes):
        raise Missing(f"the mode of {KEY}: run `lifecycle run`")
    wide = [f"{m.path} ({m.mode})" for m in exposure.modes if m.world_readable or m.world_writable]
    return [f"open to everybody on this machine: {', '.join(wide[:5])}"] if wide else []


def of_identity(platform: Platform, exposure: Exposure) -> list[str]:
    """Say whether it runs as the administrator of the machine without a reason."""
    if exposure.uid == 0 and not platform.administrator.strip():
        return ["it runs as root: use an identity of its own, or say why under `platform.administrator`"]
    return []


def of_trespass(platform: Platform, drill: Drill) -> list[str]:
    """Say what the stranger got at, and what the own identity can do above its station (Missing: not tried)."""
    stranger, identity = _about(drill, "stranger"), _about(drill, "identity")
    if untried := [name for name in DRILLED if name not in (stranger.get("tried") or ())]:
        raise Missing(f"an attempt to get at {', '.join(untried)}: run `lifecycle drill access`")
    entered = need(stranger.get("entered"), "what a stranger got at: run `lifecycle drill access`")
    above = need(identity.get("above"), "what the own identity may write to: run `lifecycle drill access`")
    faults = [f"a stranger got at {', '.join(entered[:5])}"] if entered else []
    if above and not platform.administrator.strip():
        faults.append(f"the own identity may write to {', '.join(above)}")
    return faults


def of_secrets(exposure: Exposure) -> list[str]:
    """Name what looks like a secret in the project's text and reports (Missing where nothing was scanned)."""
    if not exposure.scanned_files:
        raise Missing("a file that was scanned for secrets")
    return [f"{found.kind} in {found.path}:{found.line}" for found in exposure.secrets[:5]]


def of_storage(premises: Premises, pipeline: Pipeline, data: Data, platform: Platform) -> list[str]:
    """Say where rows or models travel in the clear, lie in the clear though not public, or can be overwritten."""
    faults = [
        f"{a.name} at {a.address} is not encrypted on the way" for a in premises.addresses if a.transport == "clear"
    ]
    snapshot = pipeline.snapshots.get("data/landed")
    if snapshot is None or not (snapshot.cached and snapshot.sealed):
        faults.append("the landed rows lie in no store that keeps every version read-only")
    if is_public(data) or premises.encrypted or (premises.encrypted is None and platform.at_rest.strip()):
        return faults
    if premises.encrypted is False:
        return [*faults, "rows that are not public lie on a disk that is not encrypted"]
    raise Missing("whether the disk is encrypted: `platform.at_rest` of config/policy.yaml")


def is_public(data: Data) -> bool:
    """True when every column is classed as public."""
    classes = {column.sensitivity for column in data.columns.values()}
    return classes == {Sensitivity.PUBLIC}


def of_egress(platform: Platform, drill: Drill) -> list[str]:
    """Say whether the outside could be reached without a reason (Missing where it was not tried)."""
    outside = _about(drill, "outside")
    reached = need(outside.get("reached"), "an attempt to reach the outside: `platform.outside` of config/policy.yaml")
    if reached and not platform.egress.strip():
        return [f"{outside.get('address')} can be reached from here: nothing keeps data in"]
    return []


def of_vulnerabilities(platform: Platform, drill: Drill) -> list[str]:
    """Name the vulnerabilities that nobody has accepted (Missing where the look-up failed)."""
    looked = _about(drill, "advisories")
    found = looked.get("found")
    if looked.get("trouble") or not looked.get("packages") or not isinstance(found, dict):
        trouble = looked.get("trouble") or "no package was asked about, or nobody says what was found"
        raise Missing(f"a look-up of known vulnerabilities: {trouble}")
    accepted = {id for id, reason in platform.vulnerabilities.items() if reason.strip()}
    left = [f"{id} in {what}" for id, what in found.items() if id not in accepted]
    return [f"{len(left)} known vulnerabilities: {', '.join(left[:5])}"] if left else []


def in_words(drill: Drill, data: Data, platform: Platform) -> str:
    """Tell what lies in the clear, which way out is open, and what was looked up."""
    rest = "every column is public" if is_public(data) else platform.at_rest.strip() or "the disk is encrypted"
    open_way = (
        f"may be reached: {platform.egress.strip()}" if _about(drill, "outside")["reached"] else "is out of reach"
    )
    looked = _about(drill, "advisories")
    held = f"{looked['packages']} packages looked up, {len(looked['found'])} vulnerabilities, all accepted"
    return f"{rest}; {_about(drill, 'outside')['address']} {open_way}; {held}"


def _about(drill: Drill, name: str) -> dict[str, Any]:
    told = drill.about.get(name)
    return told if isinstance(told, dict) else {}
