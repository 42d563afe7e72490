"""Look at the place that the project runs in: addresses of stores, the disk, the template, the work pools."""

import ipaddress
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from lens_checks.evidence.orchestration import orchestration
from lens_checks.evidence.pipeline import Disk
from lens_checks.evidence.place import Malformed, NoEvidence, Place
from lens_checks.evidence.records.premises import Address, Premises

ANSWERS = ".copier-answers.yml"
ITSELF = "this repository"  # the template is its own
OVER_TLS = frozenset({"https", "s3", "gs", "gcs", "azure", "abfs", "abfss", "wasbs", "ssh", "sftp", "webdavs"})
ON_DISK = frozenset({"", "file", "sqlite"})


def premises(place: Place) -> Premises:
    """Read where everything is kept or sent, and what of disk, template and work pools can be told."""
    return Premises(
        addresses=tuple(_address(name, value) for name, value in _named(place).items() if value),
        encrypted=_encrypted(place.root),
        template=_template(place.root),
        pools=_pools(place),
    )


def _named(place: Place) -> dict[str, str]:
    runtime = place.settings.runtime
    return {
        "tracking": runtime.tracking_uri,
        "artefacts": runtime.artifact_location,
        "Prefect": os.environ.get("PREFECT_API_URL") or runtime.prefect_api_url,
        "ledger": runtime.ledger,
        "backup": runtime.backup,
        "alerts": runtime.notify.webhook,
        "DVC remote": Disk(place.root).remote or "",
    }


def _address(name: str, value: str) -> Address:
    parts = urlsplit(value)
    shown = re.sub(r"(://)[^/@]*@", r"\1***@", value)
    shown = f"{parts.scheme}://{parts.hostname}" if name == "alerts" else shown
    return Address(name=name, address=shown, transport=_transport(parts.scheme.partition("+")[0], parts.hostname or ""))


def _transport(scheme: str, host: str) -> str:
    if scheme in ON_DISK:
        return "local"
    if host == "localhost" or _is_loopback(host):
        return "loopback"
    return "tls" if scheme in OVER_TLS else "clear"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _encrypted(root: Path) -> bool | None:
    """Ask the kernel for the device under the project: one of dm-crypt is encrypted; without one nothing is told."""
    number = root.stat().st_dev
    device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    return _crypt(device.resolve()) if device.exists() else None


def _crypt(device: Path) -> bool:
    uuid = device / "dm/uuid"
    if uuid.is_file() and uuid.read_text().startswith("CRYPT-"):
        return True
    below = sorted((device / "slaves").glob("*")) if (device / "slaves").is_dir() else []
    return bool(below) and all(_crypt(slave.resolve()) for slave in below)


def _template(root: Path) -> str | None:
    """Give the version of the template as copier wrote it down; the template itself is made from nothing else."""
    answers = root / ANSWERS
    if not answers.is_file():
        return ITSELF if (root / "copier.yml").is_file() else None
    try:
        written = yaml.safe_load(answers.read_bytes())
    except yaml.YAMLError as error:
        raise Malformed(f"{ANSWERS} is not YAML: {str(error).splitlines()[0]}") from None
    version = written.get("_commit") if isinstance(written, dict) else None
    return str(version) if version else None


def _pools(place: Place) -> dict[str, str | None]:
    try:
        return {deployment.name: deployment.work_pool for deployment in place.once(orchestration).deployments}
    except NoEvidence:
        return {}
