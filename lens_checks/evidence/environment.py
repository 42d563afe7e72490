"""Read the interpreter and its packages, and compare them with the lock."""

import hashlib
import os
import platform
import re
import sysconfig
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from lens_checks.evidence.place import NoEvidence, Place
from lens_checks.evidence.records.ground import Environment

LOCK = "requirements.lock"
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*(==|@)\s*([^\s;\\]+)")
DEFAULT_INDEX = "the default of the installers"
INDEX_VARIABLES = (
    "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"
)  # fmt: skip
INDEX_LINE = re.compile(r"(?m)^--(?:extra-)?index-url[ =](\S+)")
INSTALLERS = frozenset({"pip", "setuptools", "uv", "wheel"})  # what put the locked packages there


@dataclass
class _Pin:
    versions: set[str] = field(default_factory=set)
    hashed: bool = True
    url: bool = False


def environment(place: Place) -> Environment:
    """Read the lock, and compare what is installed with it."""
    lock = place.root / LOCK
    if not lock.is_file():
        raise NoEvidence(f"{LOCK} is not there: uv pip compile --universal --generate-hashes writes it")
    text = lock.read_bytes()
    pins = _pins(text.decode())
    installed = _installed()
    own = own_name(place.root)
    strange = sorted(n for n in installed if n not in pins and n not in INSTALLERS and n != own)
    other = sorted(n for n, v in installed.items() if n in pins and v not in pins[n].versions)
    told = tuple(f"{n} {installed[n]}, lock says {' or '.join(sorted(pins[n].versions))}" for n in other)
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        machine=platform.machine(),
        cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        threads=os.environ.get("OMP_NUM_THREADS", "default"),
        uid=os.getuid(),
        lock_file=LOCK,
        lock_sha256=hashlib.sha256(text).hexdigest(),
        pins=len(pins),
        unhashed=tuple(sorted(n for n, pin in pins.items() if not pin.hashed))[:20],
        with_urls=tuple(sorted(n for n, pin in pins.items() if pin.url))[:20],
        installed=len(installed),
        not_in_lock=tuple(strange)[:20],
        other_version=told[:20],
        elsewhere=tuple(name for name in _direct() if name != own)[:20],
        indexes=_indexes(text.decode()),
    )


def _pins(text: str) -> dict[str, _Pin]:
    """Read name, versions and hashes of every pin; a universal lock may pin a name once for each platform."""
    pins: dict[str, _Pin] = {}
    for requirement in re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", text)):
        if match := PIN.match(requirement):
            pin = pins.setdefault(normal(match[1]), _Pin())
            pin.versions.add(match[4])
            pin.hashed &= "--hash=sha256:" in requirement
            pin.url |= match[3] == "@" or "://" in requirement
    return pins


def _installed() -> dict[str, str]:
    """Read name and version of every installed distribution from the names of their folders."""
    return {normal(name): version for name, version in map(_named, _folders())}


def _folders() -> list[Path]:
    homes = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return [path for home in homes for path in Path(home).glob("*.dist-info")]


def _named(folder: Path) -> tuple[str, str]:
    name, _, version = folder.name.removesuffix(".dist-info").rpartition("-")
    return name, version


def _direct() -> list[str]:
    """Name the distributions that were installed from an address or a folder (PEP 610), not from an index."""
    return sorted(normal(_named(folder)[0]) for folder in _folders() if (folder / "direct_url.json").is_file())


def _indexes(lock: str) -> tuple[str, ...]:
    """Read which indexes the installers are told of, by their environment or the lock; where by none, their default."""
    told = [word for name in INDEX_VARIABLES for word in os.environ.get(name, "").split()]
    told += INDEX_LINE.findall(lock)
    return tuple(dict.fromkeys(_without_secrets(url) for url in told)) or (DEFAULT_INDEX,)


def _without_secrets(url: str) -> str:
    """Leave out whoever is named before the host, and the name that uv lets one give an index."""
    address = urlsplit(url if re.match(r"\w+://", url) else url.partition("=")[2])
    return urlunsplit((address.scheme, address.netloc.rpartition("@")[2], address.path.rstrip("/"), "", ""))


def own_name(root: Path) -> str:
    """Give the name of the project's own distribution, as installers write it; empty where it has none."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return ""
    return normal(str(tomllib.loads(path.read_text()).get("project", {}).get("name", "")))


def normal(name: str) -> str:
    """Write a distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
