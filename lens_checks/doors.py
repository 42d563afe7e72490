"""What shows that only those who should reach the model, and that whoever tries something is stopped or noticed."""

import ipaddress
from collections.abc import Iterator

from config.settings.serving import Serving
from lens_checks.check import Missing
from lens_checks.evidence.records import (
    ApiDocuments,
    ApiTrial,
    Clock,
    ConsumerList,
    DoorTrial,
    Landing,
    Parts,
    Validation,
)

REFUSED = (401, 403)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def of_entry(tried: DoorTrial) -> Iterator[str]:
    """Say who was let in who should not be, or kept out who should not be, or is not named in the log."""
    for who, status in (("somebody without a key", tried.anonymous), ("a key that nobody has", tried.unknown)):
        if status not in REFUSED:
            yield f"{who} was answered {status}"
    if tried.known != 200:
        yield f"a known consumer was answered {tried.known}"
    if not tried.consumer or tried.logged != tried.consumer:
        yield f"the access log has {tried.logged or 'nobody'} where {tried.consumer or 'a consumer'} asked"


def of_settings(serving: Serving) -> Iterator[str]:
    """Say what the server is told that would undo what the trial saw (Missing: who encrypts is only stated)."""
    if not serving.access_log:
        yield "the server is told to write no access log"
    if is_loopback(serving.host):
        return
    if serving.ask_keys is False:
        yield f"on {serving.host} no key is asked for"
    if not serving.certificate:
        if serving.encryption.strip():
            raise Missing(f"a certificate of the server's own: that {serving.encryption} encrypts cannot be tried here")
        yield f"on {serving.host} nothing encrypts the traffic"


def of_consumers(listed: ConsumerList, clock: Clock) -> Iterator[str]:
    """Name the consumers that nobody has looked at in time; the days are ISO, so they compare as text."""
    today = clock.now.date().isoformat()
    for consumer in listed.consumers:
        if consumer.expires is None:
            yield f"the key of {consumer.name} has no end"
        elif not today < consumer.expires:
            yield f"the key of {consumer.name} ended on {consumer.expires}, and nobody renewed or revoked it"


def of_rate(tried: DoorTrial, serving: Serving) -> Iterator[str]:
    """Say where asking too often was not stopped, or would not be where the server is to stand."""
    rate = tried.limited
    whole = rate.refused > 0 and rate.answered + rate.refused == rate.sent
    if not whole or rate.answered < rate.per_minute:
        yield f"of {rate.sent} requests of one minute {rate.answered} were answered, {rate.per_minute} were allowed"
    if not is_loopback(serving.host) and not serving.limits.per_minute:
        yield f"on {serving.host} a consumer may ask as often as it likes"


def of_probing(tried: DoorTrial, serving: Serving) -> Iterator[str]:
    """Say where a burst of requests that are nearly the same was not noticed (Missing: nobody asked the server)."""
    probed = tried.probed
    if probed.before is None or probed.after is None:
        raise Missing("what the server says of who probes: lifecycle_probing_consumers at GET /metrics")
    if not serving.probing.least:
        yield "the server is told not to look for probing"
    if probed.sent < 1 or probed.after <= probed.before or tried.marked < 1:
        yield f"{probed.sent} requests that were nearly the same were not noticed"


def of_quarantine(landing: Landing, validation: Validation, parts: Parts, serving: Serving) -> Iterator[str]:
    """Say how a row that was set aside, or captured by the server, could have come among those that train."""
    if parts.readmitted_rows is None:
        raise Missing("rows that were set aside and go on all the same: `lifecycle run --force` counts them")
    if not parts.data_sha256 == validation.data_sha256 == landing.sha256:
        yield "the audit, the parts and the landed rows are not of the same data"
    if parts.readmitted_rows or parts.dropped_rows != validation.quarantined:
        yield f"{parts.readmitted_rows} rows that were set aside go on, {parts.dropped_rows} were left out"
    kept = sum(part.rows for part in parts.parts.values()) + sum(parts.left_out.values())
    if kept != parts.landed_rows - parts.dropped_rows:
        yield f"{parts.landed_rows} rows were landed and {parts.dropped_rows} set aside, and {kept} go on"
    if validation.quarantined and validation.quarantine_file is None:
        yield f"{validation.quarantined} rows were set aside, and their file is not there"
    aside = ("data/quarantine", serving.capture.folder.rstrip("/"))
    if fed := [file.path for file in landing.sources if file.path.startswith(tuple(f"{room}/" for room in aside))]:
        yield f"{fed[0]} was landed: what was set aside or captured comes in unseen"


def of_promises(tried: ApiTrial, documents: ApiDocuments) -> Iterator[str]:
    """Say where the candidate breaks what a version of the API promises, or a version what the one before did."""
    lying = {
        "this version": (tried.current, documents.current),
        "the released one": (tried.released, documents.released),
    }
    for name, (kept, digest) in lying.items():
        if kept.sha256 != digest:
            yield f"the document of {name} is not the one that was tried"
        if kept.calls < 1 or kept.broken:
            yield f"{name} ({kept.api}) is not kept: {'; '.join(kept.broken[:3]) or 'nothing was asked'}"
    if tried.changes and not tried.current.major > tried.released.major:
        yield f"{tried.changes[0]}, and {tried.current.api} is no major version after {tried.released.api}"


def of_signature(tried: ApiTrial) -> Iterator[str]:
    """Say which columns of the contract the model or the server has otherwise (Missing: no signature)."""
    about = tried.signature
    if about.model is None or about.server is None:
        raise Missing("the signature that MLflow logged with the model, beside the contract")
    if about.columns < 1:
        yield "the contract has no column"
    for who, differing in (("the model's signature", about.model), ("the server", about.server)):
        if differing:
            yield f"{who} has otherwise than the contract: {', '.join(differing[:5])}"
