"""What shows where installed packages come from: the lock, an index, under which licences, in which image."""

from collections.abc import Iterator

from config.settings import Licences, Platform
from lens_checks.check import Missing
from lens_checks.evidence.records import Environment, Exposure, LicenceInventory


def of_lock(environment: Environment) -> Iterator[str]:
    """Say which packages the lock does not bind, by name, version and hash."""
    loose = (*environment.unhashed, *environment.with_urls)
    if not environment.pins or loose:
        yield f"{environment.lock_file} pins without a hash, or by a URL: {', '.join(loose[:5]) or 'nothing'}"
    if strange := (*environment.other_version, *environment.not_in_lock):
        yield f"installed and not as {environment.lock_file} says: {'; '.join(strange[:5])}"


def of_licences(inventory: LicenceInventory, licences: Licences) -> Iterator[str]:
    """Name packages whose licence is neither accepted nor allowed with a reason (Missing: nothing was read)."""
    if not inventory.licences:
        raise Missing("the licence of any installed package")
    outside = inventory.outside(frozenset(licences.accepted))
    if refused := [f"{n} ({says})" for n, says in outside.items() if not licences.allowances.get(n, "").strip()]:
        yield f"licences not accepted: {', '.join(refused[:5])}"


def of_origin(environment: Environment, platform: Platform) -> Iterator[str]:
    """Name packages that came from no index, and indexes that nobody approved where some were (Missing: none told)."""
    if environment.elsewhere:
        yield f"installed past every index: {', '.join(environment.elsewhere[:5])}"
    if not environment.indexes:
        raise Missing("the index that packages come from")
    if strange := [url for url in environment.indexes if platform.indexes and url not in platform.indexes]:
        yield f"packages come from {', '.join(strange[:5])}, which nobody approved"


def of_image(exposure: Exposure, platform: Platform) -> list[str]:
    """Ask for the digest of the image, where it runs in one (Missing)."""
    if exposure.inside_container and not platform.image:
        raise Missing("the digest of the image it runs in: `platform.image` of config/policy.yaml")
    return []


def in_words(environment: Environment, exposure: Exposure, platform: Platform) -> str:
    """Tell index and image."""
    image = f"image {platform.image}" if exposure.inside_container else "no image is used"
    return f"from {', '.join(environment.indexes)}; {image}"
