"""Look whether the data of every version on the ladder can be brought back: from DVC's cache, and from its remote."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lens_checks.evidence.pipeline import Disk, md5_of
from lens_checks.evidence.place import Place
from lens_checks.evidence.records.ground import Retrieval
from lens_checks.evidence.tracking import registry

if TYPE_CHECKING:
    from dvc_data.hashfile.db import HashFileDB

SHOWN = 5


def retrieval(place: Place) -> Retrieval:
    """Digest anew what the cache holds of each revision, and ask the remote, if there is one, for the same."""
    disk = Disk(place.root)
    versions = [version for version in place.once(registry).versions if version.aliases]
    revisions = sorted({version.tags.get("data_revision", "") for version in versions} - {""})
    found = {revision: [*_in_cache(disk, revision)] for revision in revisions}
    if disk.remote and revisions:
        for revision, faults in _in_remote(disk, revisions).items():
            found[revision] += faults
    return Retrieval(remote=disk.remote, faults={revision: tuple(faults[:SHOWN]) for revision, faults in found.items()})


def _in_cache(disk: Disk, revision: str) -> Iterator[str]:
    """DVC trusts what lies in its cache: only a digest taken now tells whether it is what it was."""
    for path in disk.objects(revision):
        name, digest = f"{path.parent.name}{path.name}", md5_of(path)
        if digest is None:
            yield f"{name[:12]} is not in the cache"
        elif digest != name.removesuffix(".dir"):
            yield f"{name[:12]} was changed in the cache"


def _in_remote(disk: Disk, revisions: list[str]) -> dict[str, list[str]]:
    """Ask the remote for every file of each revision; DVC's own answer would come from its index of last time."""
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    with Repo(str(disk.root)) as repo:
        try:
            remote = repo.cloud.get_remote_odb()
            return {revision: [*_lacking(disk, revision, remote)] for revision in revisions}
        except (DvcException, OSError) as error:
            why = f"the remote cannot be asked: {str(error).splitlines()[0][:200]}"
            return {revision: [why] for revision in revisions}


def _lacking(disk: Disk, revision: str, remote: "HashFileDB") -> Iterator[str]:
    for path in disk.objects(revision):
        name = f"{path.parent.name}{path.name}"
        if not remote.exists(name):
            yield f"{name[:12]} is not in the remote"
