"""Read the licence of every installed package from its metadata, or else from the licence file that it ships."""

import importlib.metadata
import re
from collections.abc import Iterator
from functools import cache

from lens_checks.evidence.environment import normal, own_name
from lens_checks.evidence.place import Place
from lens_checks.evidence.records.ground import LicenceInventory

# Family -> what its names and its text have in common; the first that is found counts, so the strict ones stand first.
FAMILIES = {
    "AGPL": r"AGPL|Affero",
    "LGPL": r"LGPL|Lesser General Public",
    "GPL": r"GPL|GNU General Public",
    "MPL": r"MPL|Mozilla",
    "EPL": r"EPL|Eclipse Public",
    "Apache": r"Apache",
    "BSD": r"\b0?BSD|Redistribution and use in source and binary forms",
    "ISC": r"\bISC\b|\bISCL\b",
    "MIT": r"\bMIT\b|Permission is hereby granted, free of charge",
    "PSF": r"PSF|Python Software Foundation",
    "Python": r"CNRI-Python",
    "CC0": r"CC0",
    "Unlicense": r"Unlicense",
    "ZPL": r"ZPL|Zope",
    "Zlib": r"Zlib",
    "Artistic": r"Artistic",
}


def licences(place: Place) -> LicenceInventory:
    """Read name and licence of every installed package but the project itself, which needs nobody's leave."""
    own = own_name(place.root)
    return LicenceInventory(licences={n: told for n, told in _inventory().licences.items() if normal(n) != own})


def remember() -> None:
    """Read the packages now, so that a process that is forked from this one need not."""
    _inventory()


@cache
def _inventory() -> LicenceInventory:
    """Read the packages once: what a process has installed does not change under it."""
    found = {d.name.lower(): _licence(d) for d in importlib.metadata.distributions()}
    return LicenceInventory(licences=dict(sorted(found.items())))


def _licence(package: importlib.metadata.Distribution) -> tuple[tuple[str, ...], ...]:
    """Give the alternatives, each the families that hold together; empty where nothing is told."""
    for words in _told(package):
        if alternatives := tuple(filter(None, (_families(part) for part in re.split(r"\bOR\b|;", words)))):
            return alternatives
    return ()


def _told(package: importlib.metadata.Distribution) -> Iterator[str]:
    """Give what a package says of its licence, the most exact first."""
    metadata = package.metadata.json
    yield str(metadata.get("license_expression", ""))
    classified = [str(c).split(" :: ")[-1] for c in metadata.get("classifier", []) if str(c).startswith("License ::")]
    yield ";".join(classified)
    yield str(metadata.get("license", ""))[:200]
    for file in package.files or ():
        if re.search(r"(?i)licen[cs]e|copying", file.name):
            yield file.read_text(encoding="utf-8")[:1000].replace(";", ",")


def _families(words: str) -> tuple[str, ...]:
    parts = re.split(r"\bAND\b", words)
    found = [next((name for name, mark in FAMILIES.items() if re.search(mark, part)), "") for part in parts]
    return tuple(name or "other" for name in found) if any(found) else ()
