"""What a model was packaged with: every installed package with version, licence and address, as CycloneDX 1.6."""

import functools
import importlib.metadata
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tasks import files

FOLDER = "sbom"
NAMESPACE = uuid.UUID("6f2a1c0e-54c3-4d0e-9a53-6a0d5f3b2b11")
LONGEST = 120  # characters: what is longer is the licence's text, not its name
VAGUE = frozenset({"OSI Approved", "DFSG approved"})  # classifiers that name no licence


def bill(project: str, *, state: Path) -> bytes:
    """Give the bill of the installed environment; the same environment gives the same bytes, made once."""
    kept = state / FOLDER / f"{files.sha256_json([project, _versions()])}.json"
    if not kept.is_file():
        files.write_bytes_atomically(kept, _make(project))
    return kept.read_bytes()


def remember(project: str) -> None:
    """Make the bill now, so that a process that is forked from this one need not."""
    _make(project)
    _versions()


@functools.cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Name each package and its version; each is read from a file that is parsed anew whenever it is asked."""
    told = (package.metadata for package in _installed())
    return tuple((one["Name"], one["Version"]) for one in told)


@functools.cache
def _installed() -> tuple[importlib.metadata.Distribution, ...]:
    """List the packages once: what a process has installed does not change under it."""
    found = {d.metadata["Name"].lower(): d for d in importlib.metadata.distributions()}
    return tuple(d for _, d in sorted(found.items()))


@functools.cache
def _make(project: str) -> bytes:
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6

    root = Component(name=project, type=ComponentType.MACHINE_LEARNING_MODEL, bom_ref=project)
    components = [_component(d) for d in _installed()]
    bom = Bom(metadata=BomMetaData(component=root), components=components)
    bom.register_dependency(root, components)
    told = json.loads(JsonV1Dot6(bom).output_as_string())
    told["metadata"].pop("timestamp", None)  # the same environment, the same bytes
    told["serialNumber"] = f"urn:uuid:{uuid.uuid5(NAMESPACE, files.sha256_json(told['components']))}"
    return files.pretty(told)


def _component(package: importlib.metadata.Distribution) -> Any:
    from cyclonedx.model.component import Component, ComponentType
    from packageurl import PackageURL

    name, version = package.metadata["Name"], package.version
    return Component(
        name=name, version=version, type=ComponentType.LIBRARY, bom_ref=f"{name}=={version}",
        purl=PackageURL("pypi", None, name.lower().replace("_", "-"), version), licenses=_licences(package),
    )  # fmt: skip


def _licences(package: importlib.metadata.Distribution) -> list[Any]:
    """Give the licence as an SPDX expression where the package states one, else by its names."""
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression

    metadata = package.metadata.json
    if expression := str(metadata.get("license_expression") or ""):
        return [LicenseExpression(expression)]
    return [DisjunctiveLicense(name=name) for name in dict.fromkeys(_names(metadata))]


def _names(metadata: dict[str, Any]) -> Iterator[str]:
    for classifier in metadata.get("classifier") or ():
        last = str(classifier).split(" :: ")[-1]
        if str(classifier).startswith("License ::") and last not in VAGUE:
            yield last
    said = str(metadata.get("license") or "").strip()
    if said and len(said) <= LONGEST and "\n" not in said:
        yield said
